"""Make, start and stop the server of one placement."""

import os
import subprocess
import time
from pathlib import Path
from typing import Any

from zhiping.gateways.postgres.errors import ServerCommandError, ServerNotReadyError
from zhiping.gateways.postgres.placement import Placement
from zhiping.gateways.postgres.server_user import ServerUser

ADMIN = "postgres"

_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_connections": "200",
    "wal_compression": "on",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_timezone": "UTC",
}
_READY, _REFUSING, _SILENT = 0, 1, 2
"""What `pg_isready` answers: it accepts, it is starting or stopping, nobody is there."""

_PATIENCE = 60.0
_RETRIES = 20
_PAUSE = 0.5


def make_if_absent(place: Placement, user: ServerUser) -> bool:
    """Initialise the data folder once; tell whether this call did.

    A folder left half made by an interrupted call is emptied first: `initdb` writes PG_VERSION
    early, so the mark of a finished folder is our own, set last.
    """
    finished = place.data_folder.parent / "initialised"
    if finished.exists() and (place.data_folder / "PG_VERSION").exists():
        return False
    finished.unlink(missing_ok=True)
    _run(["find", place.data, "-mindepth", "1", "-delete"], place, user)
    password = place.log_file.with_name("password")
    try:
        _hand_over(password, place.admin_password, user)
        _run(
            [
                place.program("initdb"),
                f"--pgdata={place.data}",
                f"--username={ADMIN}",
                "--auth=scram-sha-256",
                f"--pwfile={password}",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
            ],
            place,
            user,
        )
    finally:
        password.unlink(missing_ok=True)
    finished.touch()
    return True


def start_if_stopped(place: Placement, user: ServerUser) -> bool:
    """Have the server accept connections; tell whether this call started it.

    After a killed server its backends hold shared memory for a moment, and a lock file may name a
    process that is long another one: both are waited out or cleared, not reported.

    Refuses:
        ServerNotReadyError: it did not come up; carries the end of its log.
    """
    started = False
    for _ in range(_RETRIES):
        answer = _answer(place, user)
        if answer == _READY:
            return started
        if answer == _REFUSING:
            _wait_until_settled(place, user)
            continue
        _clear_stale_lock(place)
        if _start(place, user):
            started = True
        else:
            time.sleep(_PAUSE)
    raise ServerNotReadyError(seconds=_RETRIES * _PAUSE, said=tail(place.log_file), log=place.log)


def stop_if_running(place: Placement, user: ServerUser) -> bool:
    """Stop the server and wait for its end; tell whether there was one to stop."""
    pid = _postmaster(place)
    if pid is None or not _is_postgres(pid):
        return False
    command = [
        place.program("pg_ctl"),
        f"--pgdata={place.data}",
        "--mode=fast",
        "--wait",
        "--timeout=60",
        "stop",
    ]
    _run(command, place, user)
    return True


def tail(path: Path, lines: int = 5) -> str:
    """Return the last lines of a log, as one."""
    try:
        written = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return " | ".join(written[-lines:])


def _answer(place: Placement, user: ServerUser) -> int:
    # `pg_ctl status` trusts the lock file, which a killed server leaves behind: the socket is asked.
    command = [
        place.program("pg_isready"),
        "--quiet",
        f"--host={place.sockets}",
        "--port=5432",
        "--timeout=3",
    ]
    return subprocess.run(command, check=False, **_surroundings(user)).returncode


def _wait_until_settled(place: Placement, user: ServerUser) -> None:
    deadline = time.monotonic() + _PATIENCE
    while _answer(place, user) == _REFUSING:
        if time.monotonic() > deadline:
            raise ServerNotReadyError(seconds=_PATIENCE, said=tail(place.log_file), log=place.log)
        time.sleep(0.05)


def _start(place: Placement, user: ServerUser) -> bool:
    settings = {**_SETTINGS, "unix_socket_directories": place.sockets}
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    command = [
        place.program("pg_ctl"),
        f"--pgdata={place.data}",
        "--wait",
        f"--timeout={_PATIENCE:.0f}",
        f"--log={place.log}",
        f"--options={options}",
        "start",
    ]
    # Its standard output must not be a pipe: the server inherits it and would hold it open for ever.
    done = subprocess.run(
        command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **_surroundings(user)
    )
    return done.returncode == 0


def _postmaster(place: Placement) -> int | None:
    try:
        return int((place.data_folder / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _is_postgres(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() == "postgres"
    except FileNotFoundError:
        return False


def _clear_stale_lock(place: Placement) -> None:
    """Remove a lock file that names a process which is no server: the number was given away again."""
    pid = _postmaster(place)
    if pid is not None and Path(f"/proc/{pid}").exists() and not _is_postgres(pid):
        (place.data_folder / "postmaster.pid").unlink(missing_ok=True)


def _hand_over(file: Path, words: str, user: ServerUser) -> None:
    """Write a file that only the server's user may read."""
    file.touch(mode=0o600)
    file.write_text(words, encoding="ascii")
    if user.is_another:
        os.chown(file, user.uid, user.gid)


def _run(command: list[str], place: Placement, user: ServerUser) -> None:
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        **_surroundings(user, within=place.home),
    )
    if done.returncode != 0:
        said = " | ".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise ServerCommandError(
            command=Path(command[0]).name, status=done.returncode, said=said, log=place.log
        )


def _surroundings(user: ServerUser, within: str = "/") -> dict[str, Any]:
    """Return what every server command runs with: its user, a folder it may stand in, nothing of ours.

    A session of its own keeps Ctrl-C on our terminal away from the server: we stop it in order.
    """
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {**user.identity(), "env": environment, "cwd": within, "start_new_session": True}
