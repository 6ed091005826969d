"""Numbers of skill level certificates (职业技能等级证书编号): one letter and 21 digits in seven parts."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from zhiping.core.identifiers import provinces
from zhiping.core.identifiers.look_alike import as_digits
from zhiping.core.identifiers.normal_text import normalise_code
from zhiping.core.identifiers.problems import IdentifierInvalidError, Problem

LENGTH = 22
PREFIX_LENGTH = 13
FILED_WITH_PROVINCE = "0000"
"""The body code of bodies first filed with a province; those first filed with the ministry have their own."""
CENTURY = 2000
LARGEST_SERIAL = 999_999
_BODY = re.compile(r"[0-9]{4}\Z")
_SIX = re.compile(r"[0-9]{6}\Z")


class IssuerKind(StrEnum):
    """First character: what kind of body issues (机构类别)."""

    EMPLOYER = "Y"
    SOCIAL_BODY = "S"


class CertificateNumberInvalidError(IdentifierInvalidError):
    """The text, or a part, is no certificate number."""

    code = "identifiers.certificate_number_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberScheme:
    """What a certificate number may contain where the published structure leaves room.

    Levels 1 to 5 always count. Which letter marks the levels above them is not published: it is
    configuration.
    """

    provinces: frozenset[str] = provinces.ALL
    level_letters: str = ""

    @property
    def levels(self) -> str:
        """Return every character that may stand at the place of the level."""
        return "12345" + self.level_letters


PLAIN_SCHEME = NumberScheme()


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateNumber:
    """A certificate number, part by part.

    The number has no check character: that it has the right form says nothing about a certificate's
    existence.

    >>> number = CertificateNumber.parse("Y000123000001195000001")
    >>> number.prefix, number.year, number.level, number.serial
    ('Y000123000001', 2019, '5', 1)
    """

    kind: IssuerKind
    body_code: str
    province: str
    body_serial: str
    year: int
    level: str
    serial: int
    scheme: NumberScheme = field(default=PLAIN_SCHEME, repr=False, compare=False)

    @classmethod
    def compose(
        cls,
        *,
        kind: IssuerKind,
        province: str,
        body_serial: str,
        year: int,
        level: str,
        serial: int,
        body_code: str = FILED_WITH_PROVINCE,
        scheme: NumberScheme = PLAIN_SCHEME,
    ) -> "CertificateNumber":
        """Put a number together from its parts.

        Refuses:
            CertificateNumberInvalidError: a part does not fit its place; every such part is named.
        """
        number = cls(
            kind=kind,
            body_code=body_code,
            province=province,
            body_serial=body_serial,
            year=year,
            level=level,
            serial=serial,
            scheme=scheme,
        )
        found = _part_problems(number)
        if found:
            raise CertificateNumberInvalidError(problems=found)
        return number

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        on: date | None = None,
        scheme: NumberScheme = PLAIN_SCHEME,
    ) -> "CertificateNumber":
        """Return the number that a text writes, in whatever width and with whatever spaces.

        Refuses:
            CertificateNumberInvalidError: with every problem found.
        """
        found = problems(text, on=on, scheme=scheme)
        if found:
            raise CertificateNumberInvalidError(problems=found, value=text)
        number = normalise_code(text)
        return cls(
            kind=IssuerKind(number[0]),
            body_code=number[1:5],
            province=number[5:7],
            body_serial=number[7:13],
            year=CENTURY + int(number[13:15]),
            level=number[15],
            serial=int(number[16:]),
            scheme=scheme,
        )

    def __str__(self) -> str:
        """Return the 22 characters."""
        return f"{self.prefix}{self.year % 100:02d}{self.level}{self.serial:06d}"

    @property
    def prefix(self) -> str:
        """Return the first 13 characters, which identify the issuing body or site."""
        return f"{self.kind}{self.body_code}{self.province}{self.body_serial}"

    @property
    def was_filed_with_ministry(self) -> bool:
        """Tell whether the body was first filed with the ministry."""
        return self.body_code != FILED_WITH_PROVINCE


def problems(
    text: str,
    *,
    on: date | None = None,
    scheme: NumberScheme = PLAIN_SCHEME,
) -> tuple[Problem, ...]:
    """Return what is wrong with a certificate number; nothing when it has the form of one.

    Args:
        text: as typed.
        on: a day after whose year no certificate can have been issued yet; left out, the year is not judged.
        scheme: provinces and level letters that count.
    """
    number = normalise_code(text)
    if len(number) != LENGTH:
        facts = {"value": number, "length": len(number)}
        return (Problem(code="identifiers.certificate_number_length", facts=facts),)
    found = []
    if number[0] not in set(IssuerKind):
        facts = {"value": number, "character": number[0], "hint": "S" if number[0] == "5" else ""}
        found.append(Problem(code="identifiers.certificate_number_kind", facts=facts))
    digits = number[1:15] + number[16:]
    if not re.fullmatch("[0-9]+", digits):
        return (*found, _characters_problem(number))
    if number[5:7] not in scheme.provinces:
        facts = {"value": number, "province": number[5:7]}
        found.append(Problem(code="identifiers.certificate_number_province", facts=facts))
    if on is not None and CENTURY + int(number[13:15]) > on.year:
        facts = {"value": number, "year": CENTURY + int(number[13:15]), "this_year": on.year}
        found.append(Problem(code="identifiers.certificate_number_year", facts=facts))
    if number[15] not in scheme.levels:
        facts = {"value": number, "level": number[15]}
        found.append(Problem(code="identifiers.certificate_number_level", facts=facts))
    return tuple(found)


def _characters_problem(number: str) -> Problem:
    places = [
        place
        for place, sign in enumerate(number, 1)
        if sign not in "0123456789" and place not in {1, 16}
    ]  # fmt: skip
    read = number[0] + as_digits(number[1:15]) + number[15] + as_digits(number[16:])
    hint = read if re.fullmatch(r".[0-9]{14}.[0-9]{6}", read) else ""
    facts = {"value": number, "places": places, "hint": hint}
    return Problem(code="identifiers.certificate_number_characters", facts=facts)


def _part_problems(number: CertificateNumber) -> tuple[Problem, ...]:
    parts = {
        "kind": number.kind in set(IssuerKind),
        "body_code": bool(_BODY.match(number.body_code)),
        "province": number.province in number.scheme.provinces,
        "body_serial": bool(_SIX.match(number.body_serial)),
        "year": CENTURY <= number.year < CENTURY + 100,
        "level": len(number.level) == 1 and number.level in number.scheme.levels,
        "serial": 1 <= number.serial <= LARGEST_SERIAL,
    }
    return tuple(
        Problem(
            code="identifiers.certificate_number_part",
            facts={"part": part, "value": str(getattr(number, part))},
        )
        for part, is_right in parts.items()
        if not is_right
    )
