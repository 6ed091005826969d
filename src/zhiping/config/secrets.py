"""Secrets that a first start makes for itself."""

import os
import secrets
from pathlib import Path


def secret_from_state(folder: Path, name: str) -> str:
    """Return the secret kept in the folder under that name, making it at the first call.

    The file is readable by its owner only; 32 random bytes as 64 hex digits. Two processes that
    start at once agree, since only one of them can create the file.
    """
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = keys / name
    draft = keys / f".{name}.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(32), encoding="ascii")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
