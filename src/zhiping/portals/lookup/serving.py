"""Processes that answer on one port: one listens and watches, as many as asked for answer.

The first process binds the port, so that an address that is taken is said at once, and hands the socket to
its children; whichever is idle takes the next connection. A child that ends by itself is replaced. A
child ends when it is asked to, or when the pipe from its parent closes, however that ended.
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

import uvloop

from zhiping.portals.lookup.errors import AddressTakenError
from zhiping.portals.lookup.process import LookUpProcess
from zhiping.portals.lookup.wire import Wire

BACKLOG = 1024
_LOG = logging.getLogger(__name__)
_BREATH = 1.0
_GRACE = 10.0


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Refuses:
        AddressTakenError: another program has the port, or there is no such address here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as taken:
        sock.close()
        raise AddressTakenError(host=host, port=port, said=taken.strerror or str(taken)) from taken
    sock.listen(BACKLOG)
    return sock


def answer(sock: socket.socket, parent: int | None = None) -> None:
    """Answer on a socket until asked to end, or until the pipe `parent` closes."""
    uvloop.run(_answer(sock, parent))


async def _answer(sock: socket.socket, parent: int | None) -> None:
    loop, asked_to_end = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_end.set)
    if parent is not None:
        loop.add_reader(parent, asked_to_end.set)
    process = LookUpProcess()
    process.start()
    wire = Wire(process.answer)
    # What is loaded by now stays for good: the collector of unreachable objects need not walk it again.
    gc.collect()
    gc.freeze()
    await wire.listen(sock)
    await asked_to_end.wait()
    await wire.close()
    await process.close()


def watch(sock: socket.socket, workers: int) -> None:
    """Keep so many processes answering on a socket, until asked to end."""
    is_asked_to_end = False

    def end(_number: int, _frame: object) -> None:
        nonlocal is_asked_to_end
        is_asked_to_end = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    reads, writes = os.pipe()
    children = [_child(sock, reads) for _ in range(workers)]
    while not is_asked_to_end:
        for place, child in enumerate(children):
            if child.poll() is not None:
                _LOG.error("process %s ended with %s; another takes its place", child.pid, child.returncode)
                time.sleep(_BREATH)
                children[place] = _child(sock, reads)
        time.sleep(0.2)
    os.close(writes)
    _wait(children)


def _child(sock: socket.socket, reads: int) -> subprocess.Popen[bytes]:
    inherited = (sock.fileno(), reads)
    words = [sys.executable, "-m", "zhiping.portals.lookup", "--inherited", ",".join(map(str, inherited))]
    # A session of its own: Ctrl-C reaches the parent alone.
    return subprocess.Popen(words, pass_fds=inherited, stdin=subprocess.DEVNULL, start_new_session=True)


def _wait(children: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + _GRACE
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, until - time.monotonic()))
        if child.poll() is None:
            child.kill()
            child.wait()
