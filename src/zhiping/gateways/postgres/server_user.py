"""The user that a server runs as: PostgreSQL refuses to run as root, rightly."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhiping.gateways.postgres.errors import ServerUserMissingError

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerUser:
    """Who owns the data and runs the server."""

    name: str
    uid: int
    gid: int
    is_another: bool

    def own(self, folder: Path) -> None:
        """Make the folder if needed; nobody but this user (and root) may enter it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.is_another:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this user may pass through the folder and all above it."""
        return all(self._may_search(each) for each in (folder, *folder.parents) if each.exists())

    def _may_search(self, folder: Path) -> bool:
        if not self.is_another:
            return os.access(folder, os.X_OK)
        asked = subprocess.run(["/usr/bin/test", "-x", folder], check=False, cwd="/", **self.identity())
        return asked.returncode == 0

    def identity(self) -> dict[str, Any]:
        """Return what `subprocess` needs to become this user; nothing where we are it already."""
        if not self.is_another:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_user() -> ServerUser:
    """Return ourselves, or an unprivileged user when we are root.

    Refuses:
        ServerUserMissingError: root, and the system knows no such user.
    """
    if os.geteuid() != 0:
        own = pwd.getpwuid(os.geteuid()) if _is_known(os.geteuid()) else None
        return ServerUser(
            name=own.pw_name if own else "", uid=os.geteuid(), gid=os.getegid(), is_another=False
        )
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return ServerUser(name=name, uid=entry.pw_uid, gid=entry.pw_gid, is_another=True)
    raise ServerUserMissingError(tried=", ".join(_CANDIDATES), line="useradd --system postgres")


def _is_known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
