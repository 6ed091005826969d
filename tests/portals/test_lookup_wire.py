"""The look-up process's HTTP, as clients of other makes meet it, and as none should behave."""

import asyncio
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from zhiping.portals.lookup import command, wire
from zhiping.portals.lookup.wire import Response, Wire

HEADERS = (("content-type", "text/plain; charset=utf-8"),)


class Server:
    """A wire with an application of the test's, on a loop in a thread of its own."""

    def __init__(self, application):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self.wire = Wire(application)
        self.thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self):
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.wire.listen(self.socket), self.loop).result()
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self.wire.close(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def talk(self, *pieces, half_close=False):
        """Send pieces on one connection, return all that comes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as link:
            for piece in pieces:
                link.sendall(piece)
            if half_close:
                link.shutdown(socket.SHUT_WR)
            return until_closed(link)


def until_closed(link):
    told = b""
    while piece := link.recv(65536):
        told += piece
    return told


def echo(request, reply):
    reply(Response(200, HEADERS, f"{request.method} {request.path} {request.query} {request.forwarded}"))


def later(request, reply):
    """Answer in another round of the loop."""
    answer = asyncio.get_running_loop().create_future()
    answer.add_done_callback(lambda told: told.cancelled() or echo(request, reply))
    asyncio.get_running_loop().call_later(0.01, lambda: answer.done() or answer.set_result(None))
    return answer


@pytest.fixture(params=[echo, later])
def server(request):
    with Server(request.param) as started:
        yield started


def get(path, *headers):
    return ("\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers]) + "\r\n\r\n").encode()


LAST = "Connection: close"


def test_a_client_of_another_make_asks_twice_over_one_connection(server):
    link = http.client.HTTPConnection("127.0.0.1", server.port)
    for number in (1, 2):
        link.request("GET", f"/a/{number}?b=%E8%80%83", headers={"X-Forwarded-For": "198.51.100.1"})
        answer = link.getresponse()
        assert answer.status == 200
        assert answer.read().decode() == f"GET /a/{number} b=%E8%80%83 198.51.100.1"
        assert parsedate_to_datetime(answer.headers["date"]).utcoffset().total_seconds() == 0
    link.close()


def test_requests_sent_in_one_go_are_answered_in_their_order_however_many(server):
    asked = [get(f"/{n}") for n in range(199)]
    told = server.talk(b"".join(asked), get("/199", LAST))
    order = [line.split()[1] for line in told.decode().splitlines() if line.startswith("GET ")]
    assert [path.split("HTTP")[0] for path in order] == [f"/{n}" for n in range(200)]


def test_a_request_in_single_bytes_is_one_request(server):
    told = server.talk(*(bytes([one]) for one in get("/bytes?x=1", LAST)))
    assert told.endswith(b"GET /bytes x=1 None")


def test_the_connection_is_closed_when_the_client_wants_it_and_with_the_old_protocol(server):
    assert b"connection: close" in server.talk(get("/", LAST))
    assert b"connection: close" in server.talk(b"GET / HTTP/1.0\r\n\r\n")


def test_a_wish_for_another_protocol_is_not_heard_and_the_connection_is_closed(server):
    told = server.talk(get("/", "Connection: upgrade", "Upgrade: websocket") + b"\x00\x01\x02")
    assert told.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in told


def test_head_has_the_length_and_no_text(server):
    told = server.talk(b"HEAD /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head, _, body = told.partition(b"\r\n\r\n")
    assert body == b""
    assert f"content-length: {len('HEAD /h  None')}".encode() in head


def test_a_chain_of_proxies_in_several_headers_is_one_chain(server):
    told = server.talk(get("/", "X-Forwarded-For: 192.0.2.1", "x-forwarded-for: 198.51.100.1", LAST))
    assert told.endswith(b"192.0.2.1,198.51.100.1")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
        b"GET / HTTP/9.9\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_closed(server, sent):
    assert server.talk(sent).startswith(b"HTTP/1.1 400 ")


def test_an_endless_request_is_refused_whether_headers_or_body(server):
    endless = b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * (wire.LONGEST_REQUEST // 6)
    assert server.talk(endless).startswith(b"HTTP/1.1 431 ")
    body = b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + b"x" * wire.LONGEST_REQUEST
    assert server.talk(body).startswith(b"HTTP/1.1 431 ")


def test_nonsense_after_good_requests_is_refused_after_they_are_answered(server):
    told = server.talk(get("/one") + get("/two") + b"nonsense\r\n\r\n")
    assert [told.index(part) for part in (b"GET /one", b"GET /two", b"HTTP/1.1 400 ")] == sorted(
        told.index(part) for part in (b"GET /one", b"GET /two", b"HTTP/1.1 400 ")
    )


def test_a_client_that_is_slow_to_ask_is_told_and_one_that_is_idle_is_let_go(monkeypatch):
    monkeypatch.setattr(wire, "REQUEST_SECONDS", 0.2)
    monkeypatch.setattr(wire, "IDLE_SECONDS", 0.2)
    monkeypatch.setattr(wire, "_SWEEP_SECONDS", 0.05)
    with Server(echo) as server:
        assert server.talk(b"GET / HTTP/1.1\r\nHost:").startswith(b"HTTP/1.1 408 ")
        assert server.talk() == b""
        assert server.talk(get("/once")).endswith(b"GET /once  None")


def test_a_client_that_never_reads_is_cut_and_fills_nothing(monkeypatch):
    monkeypatch.setattr(wire, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(wire, "_SWEEP_SECONDS", 0.05)
    answered = []

    def long(_request, reply):
        answered.append(1)
        reply(Response(200, HEADERS, "x" * 1_000_000))

    with Server(long) as server, socket.create_connection(("127.0.0.1", server.port)) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                link.sendall(get("/"))
        while not answered or server.wire.connections:
            time.sleep(0.02)
        assert len(answered) < 50


def test_more_connections_than_allowed_are_told_so(monkeypatch):
    monkeypatch.setattr(wire, "MOST_CONNECTIONS", 1)
    with Server(echo) as server:
        first = http.client.HTTPConnection("127.0.0.1", server.port)
        first.request("GET", "/")
        assert first.getresponse().read()
        assert server.talk().startswith(b"HTTP/1.1 503 ")
        first.close()


def test_a_client_that_leaves_cancels_its_question():
    asked = []

    def never(_request, _reply):
        asked.append(asyncio.get_running_loop().create_future())
        return asked[-1]

    with Server(never) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as link:
            link.sendall(get("/"))
            while not asked:
                time.sleep(0.01)
        while not asked[0].done():
            time.sleep(0.01)
        assert asked[0].cancelled()


def test_an_application_that_fails_is_an_answer_too():
    def failing(_request, _reply):
        raise RuntimeError

    with Server(failing) as server:
        assert server.talk(get("/")).startswith(b"HTTP/1.1 500 ")


def test_who_was_being_answered_when_the_process_was_asked_to_end_is_answered_still():
    started = threading.Event()

    def slow(request, reply):
        started.set()
        return asyncio.get_running_loop().call_later(0.3, lambda: echo(request, reply)) and None

    with Server(slow) as server:
        link = http.client.HTTPConnection("127.0.0.1", server.port)
        link.request("GET", "/patience")
        started.wait()
        closing = asyncio.run_coroutine_threadsafe(server.wire.close(), server.loop)
        answer = link.getresponse()
        assert (answer.status, answer.read()) == (200, b"GET /patience  None")
        assert answer.headers["connection"] == "close"
        closing.result()


# Processes ----------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


@contextlib.contextmanager
def running(workers):
    port = free_port()
    process = subprocess.Popen(command(port, workers=workers), stderr=subprocess.PIPE)
    try:
        wait_healthy(port)
        yield process, port
    finally:
        process.kill()
        process.communicate()


def wait_healthy(port):
    address = f"http://127.0.0.1:{port}/healthz"
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=30) as told:
            assert told.status == 200
            return
        time.sleep(0.05)
    raise AssertionError(port)


def children_of(pid):
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(each) for each in told.split()]


def is_alive(pid):
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return told.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.django_db
def test_a_worker_that_dies_is_replaced_and_a_parent_that_is_killed_leaves_none_behind():
    with running(2) as (process, port):
        first = children_of(process.pid)
        assert len(first) == 2
        os.kill(first[0], signal.SIGKILL)
        while first[0] in children_of(process.pid) or len(children_of(process.pid)) < 2:
            time.sleep(0.05)
        wait_healthy(port)
        left = children_of(process.pid)
        process.kill()
        while any(is_alive(each) for each in left):
            time.sleep(0.05)


@pytest.mark.django_db
@pytest.mark.parametrize("workers", [1, 2])
def test_asked_to_end_it_ends_in_order(workers):
    with running(workers) as (process, _):
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.django_db
def test_an_address_that_is_taken_is_told_in_a_sentence():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        told = subprocess.run(command(holder.getsockname()[1]), capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "端口提供查询" in told.stderr
    assert sys.executable not in told.stderr
