"""Start the processes of the service, watch them, and leave none behind.

1. Each child asks the kernel for a signal when its parent dies, so a killed supervisor takes them along.
2. Each child leads a session of its own: Ctrl-C reaches the supervisor alone, which stops them in order.
3. Each child carries a mark in its environment. What outlives 1 and 2 (a child of a child) is found by
   the mark at the next start, and ended.
4. The supervisor holds a lock that the kernel frees when it dies, however it dies.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zhiping.portals.console.errors import AlreadyServingError, ChildEndedError

MARK = "ZHIPING_SERVED_FROM"

_SET_PARENT_DEATH_SIGNAL = 1
_GRACE = 10.0


@dataclass(frozen=True, slots=True)
class Child:
    """A running process of the service."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """Return the end of its log, as one line."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return " | ".join(line.strip() for line in lines[-6:])


def start_child(name: str, command: list[str], *, folder: Path, environment: dict[str, str]) -> Child:
    """Start a process of the service; what it says goes to `folder/name.log`, anew at each start."""
    log = folder / f"{name}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            command,
            env={**environment, MARK: str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent(),  # noqa: PLW1509 - one call into libc, loaded beforehand
        )
    return Child(name, process, log)


def _end_with_parent() -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:  # It died between the fork and the request.
            os._exit(1)

    return ask


def watch(children: list[Child]) -> None:
    """Return never, unless a child ends by itself.

    Refuses:
        ChildEndedError: names the child, its status and the end of its log.
    """
    while True:
        for child in children:
            status = child.process.poll()
            if status is not None:
                raise ChildEndedError(name=child.name, status=status, log=child.log, said=child.last_words())
        time.sleep(0.2)


def stop_children(children: list[Child]) -> None:
    """Ask the children to end, last started first; end by force what has not ended in time."""
    for child in reversed(children):
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + _GRACE
    for child in reversed(children):
        try:
            child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()


def reclaim(folder: Path) -> int:
    """End what an earlier supervisor of this folder left behind; return how many processes that were.

    Call it only under the lock: then no living supervisor can own them.
    """
    left = _marked(folder)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _marked(folder):
            _send(pid, number)
        deadline = time.monotonic() + _GRACE / 2
        while _marked(folder) and time.monotonic() < deadline:
            time.sleep(0.05)
    return len(left)


def _marked(folder: Path) -> list[int]:
    wanted = f"{MARK}={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            surroundings = (entry / "environ").read_bytes()
        except OSError:
            continue  # Ended meanwhile, or another user's: not ours in either case.
        if wanted in surroundings.split(b"\0"):
            found.append(int(entry.name))
    return found


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # It ended by itself: what was wanted.


@contextmanager
def sole_supervisor(folder: Path, address: str) -> Iterator[None]:
    """Hold this folder's lock.

    Refuses:
        AlreadyServingError: a living supervisor holds it; says its process and address.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            lock.seek(0)
            pid, _, place = lock.read().partition(" ")
            raise AlreadyServingError(pid=pid, address=place) from held
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()} {address}")
        lock.flush()
        yield


def supervisor_of(folder: Path) -> int | None:
    """Return the process that serves this folder now, or nothing."""
    try:
        with (folder / "lock").open("r+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read().partition(" ")[0])
    except FileNotFoundError:
        return None
    return None
