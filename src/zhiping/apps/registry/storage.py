"""Uploaded files: judged by their content, kept by their hash, never executed.

Evidence lies as it was handed in. Rosters carry identity numbers by the thousand and lie sealed.
"""

import functools
import hashlib
import os
import threading
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.conf import settings

from zhiping.apps.registry.errors import DocumentRefusedError
from zhiping.kernel.sealing import SealBrokenError, Sealer

LIMIT_BYTES = 20 * 1024 * 1024
_UNPACKED_LIMIT_BYTES = 20 * LIMIT_BYTES
"""What an office file may unpack to; whoever opens a bomb later is protected here, at the door."""

_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is safe to keep."""

    sha256: str
    size: int
    content_type: str


def store(name: str, content: bytes) -> Stored:
    """Judge a file by its first bytes and keep it under its SHA-256.

    Accepted: PDF, JPEG, PNG, DOCX, XLSX without macros. The name's ending is not believed.

    Refuses:
        DocumentRefusedError: empty, too large, or of another kind.
    """
    limit = LIMIT_BYTES // (1024 * 1024)
    if not content:
        raise DocumentRefusedError(name=name, reason="文件是空的", limit_mb=limit)
    if len(content) > LIMIT_BYTES:
        raise DocumentRefusedError(name=name, reason="文件过大", limit_mb=limit)
    content_type = _sniff(content)
    if content_type is None:
        raise DocumentRefusedError(name=name, reason="文件内容不是可接收的类型", limit_mb=limit)
    digest = hashlib.sha256(content).hexdigest()
    _put(path_of(digest), content)
    return Stored(sha256=digest, size=len(content), content_type=content_type)


def path_of(sha256: str) -> Path:
    """Return where the content with that hash lies."""
    return Path(settings.STATE_DIR) / "files" / sha256[:2] / sha256


def _sniff(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"PK\x03\x04"):
        return _sniff_office(content)
    return None


def _sniff_office(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        return None
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    if has_macros or unpacked > _UNPACKED_LIMIT_BYTES:
        return None
    return next((kind for member, kind in _OFFICE.items() if member in names), None)


@functools.cache
def _rosters() -> Sealer:
    return Sealer(settings.FIELD_KEY, "exams.roster")


def keep(content: bytes) -> str:
    """Keep a roster sealed under the SHA-256 of its clear content, which is returned (密存名册)."""
    digest = hashlib.sha256(content).hexdigest()
    path = _sealed_path(digest)
    if not path.exists():
        _put(path, _rosters().seal_bytes(content, digest.encode()))
    return digest


def read(sha256: str) -> bytes:
    """Return the bytes kept under a SHA-256, in clear, after checking that they are still those.

    Refuses:
        DocumentRefusedError: the file is gone, or is no longer what was handed in.
    """
    sealed, plain = _sealed_path(sha256), path_of(sha256)
    try:
        if sealed.exists():
            content = _rosters().open_bytes(sealed.read_bytes(), sha256.encode())
        else:
            content = plain.read_bytes() if plain.exists() else b""
    except SealBrokenError as broken:
        raise _lost(sha256) from broken
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _lost(sha256)
    return content


def keep_beside(sha256: str, name: str, content: bytes) -> None:
    """Keep what was made of a roster sealed beside it, so that it need not be made again."""
    _put(_path_beside(sha256, name), _rosters().seal_bytes(content, f"{sha256}/{name}".encode()))


def read_beside(sha256: str, name: str) -> bytes | None:
    """Return what was kept beside a roster, or None where that is gone or broken: it can be made again."""
    path = _path_beside(sha256, name)
    try:
        return _rosters().open_bytes(path.read_bytes(), f"{sha256}/{name}".encode())
    except (FileNotFoundError, SealBrokenError):
        return None


def _sealed_path(sha256: str) -> Path:
    return path_of(sha256).with_suffix(".sealed")


def _path_beside(sha256: str, name: str) -> Path:
    return path_of(sha256).with_suffix(f".{name}.sealed")


def _put(path: Path, content: bytes) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        draft.write_bytes(content)
        draft.replace(path)


def _lost(sha256: str) -> DocumentRefusedError:
    return DocumentRefusedError(
        name=sha256[:12], reason="存储的文件已缺失或被改动", limit_mb=LIMIT_BYTES // (1024 * 1024)
    )
