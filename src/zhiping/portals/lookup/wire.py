"""HTTP/1.1 of the look-up process: requests in, answers out, one object for each connection.

Parsing is httptools', reading and writing uvloop's. What is left for here is what an answer to a look-up
needs, and nothing more: no coroutine and no task for each request, which would cost more than the look-up.
Requests of one connection are answered in their order, one at a time, so that a client that asks without
reading fills nothing but its own pipe. Refused and closed: what is no HTTP, is too long, comes too slowly,
or one connection too many. It speaks plain HTTP and is meant to stand behind a proxy that speaks TLS.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple

import httptools

LONGEST_REQUEST = 16 * 1024
"""Bytes of one request, its headers and a body that nobody asked for included."""
MOST_CONNECTIONS = 10_000
REQUEST_SECONDS = 10.0
"""How long a request may take to arrive once it has begun, and an answer to be taken."""
IDLE_SECONDS = 75.0
CLOSING_SECONDS = 5.0
_SWEEP_SECONDS = 2.5
_MOST_WAITING = 16
_FORWARDED = b"x-forwarded-for"
_LOG = logging.getLogger(__name__)

_WRITTEN = b"%b%bcontent-length: %d\r\n\r\n%b"

type Headers = tuple[tuple[str, str], ...]

_PLAIN: Headers = (("cache-control", "no-store"), ("content-type", "text/plain; charset=utf-8"))


class Response(NamedTuple):
    """What is answered: status, headers without length and date, text."""

    status: int
    headers: Headers
    body: str


class Request(NamedTuple):
    """What is asked: path and query still percent-encoded; `forwarded` is what proxies say of the client."""

    method: str
    path: str
    query: str
    forwarded: str | None
    peer: str
    is_last: bool
    """The client wants the connection closed with the answer."""


type Reply = Callable[[Response], None]
type Application = Callable[[Request, Reply], asyncio.Future[Any] | None]
"""Calls `Reply` once, at once or later; returns what can be cancelled when the client goes away."""


class Wire:
    """All connections of one process (接入端)."""

    def __init__(self, application: Application) -> None:
        """Answer by `application`."""
        self.application = application
        self.connections: set[Connection] = set()
        self.is_closing = False
        self._emptied = asyncio.Event()
        self._second = -1
        self._date = b""
        self._sweeper: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None

    async def listen(self, sock: Any) -> None:
        """Take connections from a socket that is bound."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), sock=sock, backlog=1024)
        self._sweeper = loop.create_task(self._sweep())

    async def close(self) -> None:
        """Take no more, answer what was asked, then close; what takes too long is cut."""
        self.is_closing = True
        if self._server is not None:
            self._server.close()
        for each in list(self.connections):
            each.close_when_idle()
        if self.connections:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), CLOSING_SECONDS)
        for each in list(self.connections):
            each.cut()
        if self.connections:
            await self._emptied.wait()
        if self._sweeper is not None:
            self._sweeper.cancel()

    def leave(self, connection: "Connection") -> None:
        """Forget a connection that is closed."""
        self.connections.discard(connection)
        if self.is_closing and not self.connections:
            self._emptied.set()

    def date(self, now: float) -> bytes:
        """Return the header that says when, made once a second."""
        second = int(now)
        if second != self._second:
            self._second, self._date = second, f"date: {formatdate(usegmt=True)}\r\n".encode()
        return self._date

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = asyncio.get_running_loop().time()
            for each in list(self.connections):
                each.check(now)


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, wire: Wire) -> None:
        """Belong to a wire."""
        self.wire = wire
        self.loop = asyncio.get_running_loop()
        self.parser = httptools.HttpRequestParser(self)
        self.transport: Any = None
        self.peer = ""
        self.url, self.forwarded = b"", b""
        self.arrived = 0  # bytes of the request that is arriving
        self.since = self.loop.time()  # when it began to arrive, or the last answer was given
        self.waiting: deque[Request] = deque()
        self.answering: Request | None = None
        self.pending: asyncio.Future[Any] | None = None
        self.last_words: bytes | None = None  # said when what was asked before is answered
        self.is_full = self.is_broken = False
        self.is_reading = True

    # What the transport tells -----------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        """Welcome a client, unless there are too many."""
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.peer = peer[0] if peer else ""
        self.wire.connections.add(self)
        if len(self.wire.connections) > MOST_CONNECTIONS:
            self._refuse(503, "连接过多，请稍后再试。")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (the transport's interface)
        """Forget a client; what it asked is not answered any more."""
        self.wire.leave(self)
        self.is_broken = True
        self.waiting.clear()
        if self.pending is not None:
            self.pending.cancel()

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request, or several requests."""
        if self.is_broken or self.last_words is not None:
            return
        if not self.arrived:
            self.since = self.loop.time()
        self.arrived += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.last_words = b""  # answered as if it had not asked for another protocol, then closed
            return
        except httptools.HttpParserError:
            self._refuse(400, "收到的不是 HTTP/1.1 请求。")
            return
        if self.arrived > LONGEST_REQUEST:
            self._refuse(431, f"请求过长：最多 {LONGEST_REQUEST} 字节。")

    def pause_writing(self) -> None:
        """Answer nothing more until the client takes what it was told."""
        self.is_full, self.since = True, self.loop.time()
        self._read_or_rest()

    def resume_writing(self) -> None:
        """Go on."""
        self.is_full, self.since = False, self.loop.time()
        self._read_or_rest()
        self._next()

    # What the parser tells --------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Begin a request."""
        self.url = self.forwarded = b""

    def on_url(self, url: bytes) -> None:
        """Take the target, or a piece of it."""
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take the one header that matters."""
        if len(name) == len(_FORWARDED) and name.lower() == _FORWARDED:
            self.forwarded = self.forwarded + b"," + value if self.forwarded else value

    def on_message_complete(self) -> None:
        """Answer a request, or let it wait for the one before."""
        self.arrived = 0
        path, _, query = self.url.decode("utf-8", "replace").partition("?")
        request = Request(
            self.parser.get_method().decode("ascii"),
            path,
            query,
            self.forwarded.decode("latin-1") if self.forwarded else None,
            self.peer,
            self.parser.should_upgrade() or not self.parser.should_keep_alive(),
        )
        if self.answering is None and not self.is_full:
            self._answer(request)
            return
        self.waiting.append(request)
        self._read_or_rest()

    # Answers ----------------------------------------------------------------------------------------

    def _answer(self, request: Request) -> None:
        self.answering = request
        try:
            self.pending = self.wire.application(request, self._reply)
        except Exception:  # noqa: BLE001 (the client is told, the log tells all)
            _LOG.exception("a request could not be answered")
            self.answering = None
            self._refuse(500, "服务出错，请稍后再试。")

    def _reply(self, response: Response) -> None:
        request, self.answering, self.pending = self.answering, None, None
        if self.is_broken or request is None:
            return
        now = self.since = self.loop.time()
        is_last = request.is_last or self.wire.is_closing
        body = response.body.encode()
        head = _head(response.status, response.headers, is_last=is_last)
        shown = b"" if request.method == "HEAD" else body
        self.transport.write(_WRITTEN % (head, self.wire.date(now), len(body), shown))
        if is_last:
            self._end()
        elif self.waiting or self.last_words is not None:
            # Not from within: a row of requests that are answered at once must not nest.
            self.loop.call_soon(self._next)

    def _next(self) -> None:
        if self.answering is not None or self.is_full or self.is_broken:
            return
        if self.waiting:
            request = self.waiting.popleft()
            self._read_or_rest()
            self._answer(request)
        elif self.last_words is not None:
            self.transport.write(self.last_words)
            self._end()

    def _read_or_rest(self) -> None:
        """Read on only while answers are taken and not too many requests wait for theirs."""
        should_read = not self.is_full and len(self.waiting) < _MOST_WAITING
        if should_read and not self.is_reading:
            self.transport.resume_reading()
        elif self.is_reading and not should_read:
            self.transport.pause_reading()
        self.is_reading = should_read

    def _refuse(self, status: int, sentence: str) -> None:
        """Say why, after the answers to what was asked before; then close."""
        body, head = sentence.encode(), _head(status, _PLAIN, is_last=True)
        self.last_words = _WRITTEN % (head, self.wire.date(self.loop.time()), len(body), body)
        self._next()

    def _end(self) -> None:
        self.is_broken, self.since = True, self.loop.time()
        self.waiting.clear()
        self.transport.close()

    # Ends -------------------------------------------------------------------------------------------

    def check(self, now: float) -> None:
        """Close the connection if it has been idle, or the client slow, for too long."""
        waited = now - self.since
        if self.is_broken or self.is_full:
            if waited > REQUEST_SECONDS:
                self.cut()
        elif self.arrived and self.answering is None:
            if waited > REQUEST_SECONDS:
                self._refuse(408, "请求迟迟没有传完，已断开。")
        elif self.answering is None and waited > IDLE_SECONDS:
            self._end()

    def close_when_idle(self) -> None:
        """Close at once if nothing is being answered; else the answer will be the last."""
        if self.answering is None and not self.is_broken:
            self._end()

    def cut(self) -> None:
        """Close without waiting for anything."""
        self.is_broken = True
        self.transport.abort()


@lru_cache(maxsize=512)
def _head(status: int, headers: Sequence[tuple[str, str]], *, is_last: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    if is_last:
        lines.append("connection: close")
    return ("\r\n".join(lines) + "\r\n").encode()
