"""Uploaded files: judged by their content, kept by their hash, never executed.

Evidence lies as it was handed in. What must lie sealed is kept by the app that knows why.

A file is written before the transaction that names it commits: one that is rolled back leaves its files
behind. `left_behind` finds them once they are old enough that no transaction can still be at them.
"""

import datetime as dt
import hashlib
import os
import re
import threading
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.conf import settings

from zhiping.apps.journal.errors import DocumentRefusedError
from zhiping.kernel.clock import CHINA

LIMIT_BYTES = 20 * 1024 * 1024
_UNPACKED_LIMIT_BYTES = 20 * LIMIT_BYTES
"""What an office file may unpack to; whoever opens a bomb later is protected here, at the door."""

_HASH = 64
_KEPT = re.compile(r"[0-9a-f]{64}(\.[0-9a-z]+)*\Z")
"""Names that are given to kept files; whatever else lies in their folder is somebody else's."""
_PART = ".part"

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
    put_unless_whole(path_of(digest), lambda: clear(digest), lambda: content)
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


def read(sha256: str) -> bytes:
    """Return the bytes kept under a SHA-256, after checking that they are still those.

    Refuses:
        DocumentRefusedError: the file is gone, or is no longer what was handed in.
    """
    content = clear(sha256)
    if content is None:
        raise lost(sha256)
    return content


def clear(sha256: str) -> bytes | None:
    """Return the bytes that lie as they were handed in; None where they are gone or were changed."""
    try:
        content = path_of(sha256).read_bytes()
    except FileNotFoundError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def put_unless_whole(path: Path, whole: Callable[[], bytes | None], content: Callable[[], bytes]) -> None:
    """Write a file unless what lies there is whole; so one that was broken on disk is healed.

    What is whole is marked as wanted again. The mark keeps a sweep away from a file that an earlier
    transaction, rolled back, left behind and that the present one is about to name.
    """
    if whole() is None:
        put(path, content())
    else:
        os.utime(path)


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, in place of what lies there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}x{threading.get_ident()}{_PART}")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # the name must never come to stand over bytes that were not yet written
    part.replace(path)


def lost(sha256: str) -> DocumentRefusedError:
    """Return the refusal to hand out a file that is gone or changed."""
    return DocumentRefusedError(
        name=sha256[:12], reason="存储的文件已缺失或被改动", limit_mb=LIMIT_BYTES // (1024 * 1024)
    )


# --- what was left behind --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """A stored file that no row names, or that was never written to its end."""

    path: Path
    size: int
    touched_at: dt.datetime


def kept_files() -> Iterator[Path]:
    """Yield every stored file, in order."""
    for path in sorted((Path(settings.STATE_DIR) / "files").glob("[0-9a-f][0-9a-f]/*")):
        if _KEPT.match(path.name):
            yield path


def left_behind(named: Collection[str], *, before: dt.datetime) -> Iterator[LeftBehind]:
    """Yield the stored files whose hash is not among those named, untouched since before a moment.

    `named` must hold every hash that any row names: whatever is missing there is taken for an orphan.
    """
    for path in kept_files():
        if path.name[:_HASH] in named and path.suffix != _PART:
            continue
        try:
            about = path.stat()
        except FileNotFoundError:  # written to its end, or removed, since it was listed
            continue
        touched = dt.datetime.fromtimestamp(about.st_mtime, tz=CHINA)
        if touched < before:
            yield LeftBehind(path=path, size=about.st_size, touched_at=touched)
