"""Where a server's data, socket and programs lie, remembered between starts.

A checkout may be under a folder that the server's user cannot enter (a home of mode 0700), or so
deep that the path of a unix socket would not fit. Nobody's folder is ever opened up for that: the
data go to a private folder elsewhere, whose name is recorded here.
"""

import json
import os
import secrets
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from zhiping.gateways.postgres.binaries import Binaries
from zhiping.gateways.postgres.server_user import ServerUser

_LONGEST_SOCKET_PATH = 107
_SOCKET_NAME = ".s.PGSQL.5432"
_RECORD = "placement.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The folders of one server, and the passwords of its three roles."""

    instance: str
    home: str
    data: str
    sockets: str
    log: str
    programs: str
    admin_password: str = field(repr=False)
    owner_password: str = field(repr=False)
    app_password: str = field(repr=False)

    @property
    def data_folder(self) -> Path:
        """Return the folder of the data."""
        return Path(self.data)

    @property
    def socket_folder(self) -> Path:
        """Return the folder of the socket."""
        return Path(self.sockets)

    @property
    def log_file(self) -> Path:
        """Return the server's log."""
        return Path(self.log)

    def program(self, name: str) -> str:
        """Return the path of a server program."""
        return str(Path(self.programs) / name)


def placement(root: Path, binaries: Binaries, user: ServerUser) -> Placement:
    """Return the recorded folders for these programs under `root`, making and recording them if new.

    Data of one major version and source are never opened by another: each has a folder of its own.
    """
    instance = root / f"{binaries.major}-{binaries.source}"
    for ours in (root, instance):
        ours.mkdir(parents=True, exist_ok=True)
        ours.chmod(
            0o711
        )  # The server's user passes through, whatever the umask; what is inside guards itself.
    recorded = _settled(_read(instance / _RECORD), instance)
    if recorded is not None and _still_stands(recorded, user):
        if recorded.programs and Path(recorded.programs).is_dir():
            return recorded
        recorded = _with_programs(recorded, binaries, user)
    elif recorded is not None and _is_ours(recorded.data_folder, user):
        recorded = _with_sockets(recorded, user)
    else:
        recorded = _new(instance, binaries, user)
    _write(instance / _RECORD, recorded)
    return recorded


def recorded_placements(root: Path) -> list[Placement]:
    """Return every placement recorded under `root`, whether its server runs or not.

    Those that came along when another checkout was copied are the other's, and not returned.
    """
    paths = sorted(root.glob(f"*/{_RECORD}"))
    found = [_settled(_read(path), path.parent) for path in paths]
    return [each for each in found if each is not None]


def _settled(recorded: Placement | None, instance: Path) -> Placement | None:
    """Tell a checkout that was moved from one that was copied.

    A copy must never open the database of its original; a moved one keeps its own.
    """
    if recorded is None or recorded.instance == str(instance):
        return recorded
    if Path(recorded.instance).exists():
        return None
    moved = {
        name: value.replace(recorded.instance, str(instance), 1)
        for name, value in asdict(recorded).items()
        if not name.endswith("_password")
    }
    return Placement(**{**asdict(recorded), **moved, "programs": ""})


def _still_stands(recorded: Placement, user: ServerUser) -> bool:
    return _is_ours(recorded.data_folder, user) and _is_ours(recorded.socket_folder, user)


def _is_ours(folder: Path, user: ServerUser) -> bool:
    """Tell whether the folder is there and ours: a name in a shared folder may be taken by others."""
    return folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == user.uid


def _new(instance: Path, binaries: Binaries, user: ServerUser) -> Placement:
    home = instance if user.can_enter(instance) else _private_folder("/var/tmp", user)  # noqa: S108 - mkdtemp makes the name unguessable and the folder ours
    if (home / "data").exists():
        # Data whose record is lost or that came with a copied folder cannot be opened: kept, out of the way.
        (home / "data").rename(home / f"data-set-aside-{secrets.token_hex(4)}")
    for name in ("log", "run"):
        if (home / name).exists():
            shutil.rmtree(home / name)
    user.own(home / "data")
    user.own(home / "log")
    bare = Placement(
        instance=str(instance),
        home=str(home),
        data=str(home / "data"),
        sockets="",
        log=str(home / "log" / "server.log"),
        programs="",
        admin_password=secrets.token_urlsafe(24),
        owner_password=secrets.token_urlsafe(24),
        app_password=secrets.token_urlsafe(24),
    )
    return _with_programs(_with_sockets(bare, user), binaries, user)


def _with_sockets(bare: Placement, user: ServerUser) -> Placement:
    folder = Path(bare.home) / "run"
    if len(os.fsencode(folder / _SOCKET_NAME)) > _LONGEST_SOCKET_PATH:
        folder = _short_folder(user) / "run"
    user.own(folder)
    return Placement(**{**asdict(bare), "sockets": str(folder)})


def _with_programs(bare: Placement, binaries: Binaries, user: ServerUser) -> Placement:
    """Use the programs where they are, or a copy of them where the server's user cannot reach them."""
    folder = binaries.folder
    if not user.can_enter(folder):
        copy = Path(bare.home) / "programs"
        if not user.can_enter(Path(bare.home)):
            copy = _private_folder("/var/tmp", user) / "programs"  # noqa: S108 - as above
        shutil.copytree(binaries.installation, copy, symlinks=True, dirs_exist_ok=True)
        folder = copy / binaries.folder.name
    return Placement(**{**asdict(bare), "programs": str(folder)})


def _short_folder(user: ServerUser) -> Path:
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - as above
        within = len(os.fsencode(parent)) + len("/zhiping-12345678/run/") + len(_SOCKET_NAME)
        if within <= _LONGEST_SOCKET_PATH and user.can_enter(Path(parent)):
            return _private_folder(parent, user)
    return _private_folder("/tmp", user)  # noqa: S108 - as above


def _private_folder(parent: str, user: ServerUser) -> Path:
    """Make a folder that only we can write to; the server's user may pass through it."""
    folder = Path(tempfile.mkdtemp(prefix="zhiping-", dir=parent))
    if user.is_another:
        folder.chmod(0o711)
    return folder


def _read(path: Path) -> Placement | None:
    try:
        return Placement(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None  # None yet, or one of an earlier shape: a new one is made beside the old data.


def _write(path: Path, value: Placement) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(value), indent=1), encoding="utf-8")
    draft.replace(path)
