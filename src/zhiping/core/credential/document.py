"""What a certificate says (证书载明事项), in one canonical form of bytes."""

import base64
import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhiping.core.credential.errors import DocumentFieldError

FORMAT = "zhiping-certificate/1"
_CHECK_BYTES = 5
_MAY_BE_EMPTY = frozenset({"occupation_code", "work_type", "body_credit_code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDocument:
    """Everything a certificate shows, and nothing else (证书).

    Paper and electronic form are two views of one document. Texts are NFC, one line, without
    invisible signs; scores carry one decimal or are None when not printed.

    Refuses:
        DocumentFieldError: a text is empty, has line breaks, control or unassigned signs.
    """

    title: str = "职业技能等级证书"
    name: str
    paper_kind: str
    paper_number: str
    occupation_name: str
    occupation_code: str = ""
    work_type: str = ""
    level_name: str
    certificate_number: str
    body_name: str
    body_credit_code: str = ""
    issued_on: date
    theory_score: Decimal | None = None
    practical_score: Decimal | None = None
    comprehensive_score: Decimal | None = None
    query_address: str

    def __post_init__(self) -> None:
        """Refuse what could not be printed as it stands."""
        for field, value in self.texts().items():
            is_plain = value == value.strip() and all(map(_is_printable, value))
            if not is_plain or unicodedata.normalize("NFC", value) != value:
                raise DocumentFieldError(field=field, value=value)
            if not value and field not in _MAY_BE_EMPTY:
                raise DocumentFieldError(field=field, value=value)

    def texts(self) -> dict[str, str]:
        """Return the fields that are texts."""
        return {
            "title": self.title,
            "name": self.name,
            "paper_kind": self.paper_kind,
            "paper_number": self.paper_number,
            "occupation_name": self.occupation_name,
            "occupation_code": self.occupation_code,
            "work_type": self.work_type,
            "level_name": self.level_name,
            "certificate_number": self.certificate_number,
            "body_name": self.body_name,
            "body_credit_code": self.body_credit_code,
            "query_address": self.query_address,
        }

    def scores(self) -> dict[str, str | None]:
        """Return the scores as printed, None where there is none."""
        return {
            "theory_score": _shown(self.theory_score),
            "practical_score": _shown(self.practical_score),
            "comprehensive_score": _shown(self.comprehensive_score),
        }


def _is_printable(sign: str) -> bool:
    return sign == " " or unicodedata.category(sign)[0] not in "CZ"


def _shown(score: Decimal | None) -> str | None:
    return None if score is None else f"{score:.1f}"


def canonical_bytes(document: CertificateDocument) -> bytes:
    """Return the document's one form of bytes (规范字节串).

    The rules of RFC 8785 for an object of texts: keys in order, no blanks, UTF-8, only what must
    be escaped is. There are no numbers in it, since those differ between languages. Equal
    documents give equal bytes, and different ones different bytes.
    """
    content = {
        "format": FORMAT,
        "issued_on": document.issued_on.isoformat(),
        **document.texts(),
        **document.scores(),
    }
    return _canonical(content)


def _canonical(content: dict[str, str | None]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(document: CertificateDocument) -> str:
    """Return the SHA-256 of the canonical bytes, in lower hexadecimal (摘要)."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def check_code(document: CertificateDocument) -> str:
    """Return the short code that stands in the QR code and beside it (校验码): eight signs.

    It covers every field but the number of the identity paper: a short digest over that number
    could be searched through until the number is found. It finds mistyped and altered
    certificates; it proves nothing about who made one.
    """
    texts = document.texts()
    del texts["paper_number"]
    content = {"format": FORMAT, "issued_on": document.issued_on.isoformat(), **texts, **document.scores()}
    return base64.b32encode(hashlib.sha256(_canonical(content)).digest()[:_CHECK_BYTES]).decode()


def verification_address(document: CertificateDocument) -> str:
    """Return the address that the QR code leads to (核验地址)."""
    address = document.query_address.rstrip("/")
    return f"{address}/{document.certificate_number}?c={check_code(document)}"
