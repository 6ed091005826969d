"""Uploaded files of bodies: evidence as it was handed in, rosters sealed.

Rosters carry identity numbers by the thousand, hence the seal.
"""

import functools
import hashlib
from pathlib import Path

from django.conf import settings

from zhiping.apps.journal import storage
from zhiping.apps.journal.storage import LIMIT_BYTES, Stored, path_of, store
from zhiping.kernel.sealing import SealBrokenError, Sealer

__all__ = [
    "LIMIT_BYTES",
    "Stored",
    "keep",
    "keep_beside",
    "path_of",
    "read",
    "read_beside",
    "store",
]


@functools.cache
def _rosters() -> Sealer:
    return Sealer(settings.FIELD_KEY, "exams.roster")


def keep(content: bytes) -> str:
    """Keep a roster sealed under the SHA-256 of its clear content, which is returned (密存名册)."""
    digest = hashlib.sha256(content).hexdigest()
    storage.put_unless_whole(
        _sealed_path(digest),
        lambda: _unsealed(digest),
        lambda: _rosters().seal_bytes(content, digest.encode()),
    )
    return digest


def read(sha256: str) -> bytes:
    """Return the bytes kept under a SHA-256, in clear, after checking that they are still those.

    Refuses:
        DocumentRefusedError: the file is gone, or is no longer what was handed in.
    """
    content = _unsealed(sha256)
    return storage.read(sha256) if content is None else content


def keep_beside(sha256: str, name: str, content: bytes) -> None:
    """Keep what was made of a roster sealed beside it, in place of what was kept there before."""
    storage.put(_path_beside(sha256, name), _rosters().seal_bytes(content, f"{sha256}/{name}".encode()))


def read_beside(sha256: str, name: str) -> bytes | None:
    """Return what was kept beside a roster, or None where that is gone or broken: it can be made again."""
    path = _path_beside(sha256, name)
    try:
        return _rosters().open_bytes(path.read_bytes(), f"{sha256}/{name}".encode())
    except (FileNotFoundError, SealBrokenError):
        return None


def _unsealed(sha256: str) -> bytes | None:
    """Return the bytes that lie sealed; None where they are gone or were changed."""
    try:
        content = _rosters().open_bytes(_sealed_path(sha256).read_bytes(), sha256.encode())
    except (FileNotFoundError, SealBrokenError):
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def _sealed_path(sha256: str) -> Path:
    return path_of(sha256).with_suffix(".sealed")


def _path_beside(sha256: str, name: str) -> Path:
    return path_of(sha256).with_suffix(f".{name}.sealed")
