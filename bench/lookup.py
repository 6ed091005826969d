"""Look-ups per second of the fast process, against prepared single-row selects on the same server.

The floor is pgbench with prepared statements (`SELECT … WHERE number = $1`) on the same table of the same
scratch database, with as many connections as the load has; where there is no pgbench, asyncpg does the
same. The look-up does more: two facts compared, the issuer's standing on two days, limits counted. Its
load comes over loopback HTTP from a client in a process of its own, keep-alive, random numbers with the
right last four characters, two in a hundred wrong. Latency is taken at half of the rate that was reached,
sent by the clock and measured from when each request was due.
"""

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

CERTIFICATES = 100_000
CONNECTIONS = 32
WORKERS = 2
SECONDS = 4.0
SCRATCH = "zhiping_bench_lookup"
WRONG = 0.02
PREFIX = "Y000021000001264"

_FILL = """
INSERT INTO registry_evaluationbody (name, kind, credit_code, place, address, contact_name, contact_phone,
    industry_code, state, site_code, filed_on, state_reason, state_since, fee_statement)
VALUES ('仿真机电有限公司', 'employer', '919901010000000019', '210102', '', '', '', '', 'filed', '000001',
    '2025-01-06', '', '2025-01-06', '');
INSERT INTO registry_scopeline (body_id, occupation_code, occupation_edition, occupation_name, level, place,
    valid_from)
SELECT id, '6-31-01-03', '2022', '电工', l::text, '210100', '2025-01-06'
FROM registry_evaluationbody, generate_series(3, 5) l;
INSERT INTO registry_person (key, name, paper_kind, number_cipher, number_index, sex, nation)
VALUES (gen_random_uuid(), '王仿真', '居民身份证', ''::bytea, '\\x00'::bytea, '', '');
"""


def _settings() -> dict[str, Any]:
    from django.conf import settings

    return settings.DATABASES["default"]


@contextmanager
def _scratch(count: int) -> Iterator[str]:
    """Make a scratch database with so many certificates; drop it afterwards."""
    import django
    from django.db import connection

    django.setup()
    from django.core.management import call_command

    def administer(statement: str) -> None:
        with connection._nodb_cursor() as cursor:  # noqa: SLF001 (what Django's own test runner uses)
            cursor.execute(statement)

    administer(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
    administer(f"CREATE DATABASE {SCRATCH}")
    try:
        connection.close()
        connection.settings_dict["NAME"] = SCRATCH
        call_command("migrate", verbosity=0, interactive=False)
        from zhiping.apps.authorities import walls

        walls.build()
        _fill(count)
        connection.close()
        yield SCRATCH
    finally:
        connection.close()
        administer(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")


def _fill(count: int) -> None:
    from django.db import connection

    from zhiping.apps.certificates.documents import last_four_index

    with connection.cursor() as cursor:
        cursor.execute(_FILL)
        cursor.execute("SELECT (SELECT id FROM registry_evaluationbody), (SELECT id FROM registry_person)")
        body, person = cursor.fetchone()
    fields = (
        "number", "person_id", "body_id", "place", "state", "holder_name", "paper_kind", "number_masked",
        "occupation_code", "occupation_name", "work_type", "level", "body_name", "theory_score",
        "practical_score", "issued_on", "query_address", "digest", "last_four_index", "state_since",
        "state_reason",
    )  # fmt: skip
    with (
        connection.connection.cursor() as raw,
        raw.copy(f"COPY certificates_certificate ({', '.join(fields)}) FROM STDIN") as copy,
    ):
        for index in range(count):
            number = f"{PREFIX}{index + 1:06d}"
            paper = f"99010119900101{index % 10_000:04d}"
            copy.write_row((
                number, person, body, "210102", "valid", "王仿真", "居民身份证", "990101************",
                "6-31-01-03", "电工", "", "4", "仿真机电有限公司", "80.0", "80.0", "2026-03-20",
                "http://127.0.0.1:8000/verify", "0" * 64, last_four_index(number, paper), "2026-03-20", "",
            ))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET vacuum_cost_delay = 0")
        cursor.execute("VACUUM certificates_certificate")


def _floor(database: str, count: int, seconds: float) -> tuple[float, str]:
    """Return prepared single-row selects a second, and what measured them."""
    program = shutil.which("pgbench")
    settings = _settings()
    if program is None:
        return asyncio.run(_floor_by_asyncpg(database, count, seconds)), "asyncpg"
    with TemporaryDirectory() as folder:
        script = Path(folder) / "select.sql"
        script.write_text(
            f"\\set n random(1, {count})\n"
            "SELECT number, holder_name, state, state_since, issued_on, body_name"
            f" FROM certificates_certificate WHERE number = ('{PREFIX}' || lpad(:n::text, 6, '0'));\n",
            encoding="utf-8",
        )
        words = [program, "-n", "-M", "prepared", "-f", str(script), "-c", str(CONNECTIONS), "-j", "1",
                 "-T", str(max(1, round(seconds))), database]  # fmt: skip
        surroundings = os.environ | {
            "PGHOST": settings["HOST"], "PGPORT": settings["PORT"], "PGUSER": settings["USER"],
            "PGPASSWORD": settings["PASSWORD"],
        }  # fmt: skip
        told = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=True).stdout
    return float(re.findall(r"tps = ([0-9.]+)", told)[-1]), "pgbench"


async def _floor_by_asyncpg(database: str, count: int, seconds: float) -> float:
    from zhiping.portals.lookup.desk import opener

    done, until = 0, time.perf_counter() + seconds

    async def one() -> None:
        nonlocal done
        link = await opener({**_settings(), "NAME": database})()
        select = await link.prepare(
            "SELECT number, holder_name, state, state_since, issued_on, body_name"
            " FROM certificates_certificate WHERE number = $1"
        )
        while time.perf_counter() < until:
            await select.fetchrow(f"{PREFIX}{random.randint(1, count):06d}")
            done += 1
        await link.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return done / seconds


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def _process(database: str) -> Iterator[int]:
    from zhiping.portals.lookup import command

    settings, port = _settings(), _free_port()
    user = f"{quote(settings['USER'])}:{quote(settings['PASSWORD'])}"
    url = f"postgresql://{user}@/{database}?host={quote(settings['HOST'])}&port={settings['PORT']}"
    surroundings = os.environ | {
        "ZHIPING_APP_DATABASE_URL": url,
        "ZHIPING_AS_OWNER": "0",
        "ZHIPING_LOOK_UPS_PER_MINUTE": "1000000000",
        "ZHIPING_FAILED_LOOK_UPS_PER_HOUR": "1000000000",
    }
    process = subprocess.Popen(
        command(port, workers=WORKERS), env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                    break
            except OSError:
                time.sleep(0.05)
        else:
            raise TimeoutError(port)
        yield port
    finally:
        process.terminate()
        process.wait()


_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class _Link(asyncio.Protocol):
    """One keep-alive connection with at most one request under way; knows only enough of HTTP.

    Without a rate the next request goes out from the callback that took the answer, so that the client
    takes little of the processors that it shares with what it measures.
    """

    def __init__(self, load: "_Load") -> None:
        self.load = load
        self.buffer = b""
        self.expected, self.due = 0, 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.next()

    def next(self) -> None:
        now = time.perf_counter()
        self.due = self.load.take_turn(now)
        if self.due > self.load.until:
            self.load.ended()
            return
        if self.due > now:
            asyncio.get_running_loop().call_later(self.due - now, self.send)
        else:
            self.send()

    def send(self) -> None:
        request, self.expected = random.choice(self.load.requests)
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self.buffer, 0, head)
        if length is None or len(self.buffer) < head + 4 + int(length[1]):
            return
        if int(self.buffer[9:12]) != self.expected:
            raise AssertionError(self.buffer)
        self.buffer = b""
        self.load.latencies.append(time.perf_counter() - self.due)
        self.next()


class _Load:
    def __init__(self, count: int, seconds: float, rate: float | None) -> None:
        self.requests = [_request(count) for _ in range(50_000)]
        self.latencies: list[float] = []
        self.rate = rate
        self.began = time.perf_counter()
        self.until = self.began + seconds
        self.sent = 0
        self.running = CONNECTIONS
        self.finished = asyncio.get_running_loop().create_future()

    def take_turn(self, now: float) -> float:
        """Return when the next request is due: at once, or by the clock."""
        self.sent += 1
        return now if self.rate is None else self.began + self.sent / self.rate

    def ended(self) -> None:
        self.running -= 1
        if not self.running:
            self.finished.set_result(None)


def _request(count: int) -> tuple[bytes, int]:
    index = random.randrange(count)
    is_wrong = random.random() < WRONG
    four = f"{(index + is_wrong) % 10_000:04d}"
    line = f"GET /api/v1/certificates/{PREFIX}{index + 1:06d}?last_four={four} HTTP/1.1\r\nHost: x\r\n\r\n"
    return line.encode(), 404 if is_wrong else 200


async def _load(port: int, count: int, seconds: float, rate: float | None) -> dict[str, Any]:
    """Send as fast as answers come, or at a rate by the clock; return the rate reached and latencies."""
    loop = asyncio.get_running_loop()
    load = _Load(count, seconds, rate)
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: _Link(load), "127.0.0.1", port)
    await load.finished
    took = time.perf_counter() - load.began
    latencies = sorted(load.latencies)

    def at(share: float) -> float:
        return latencies[int(share * (len(latencies) - 1))] * 1000

    return {"requests_per_second": len(latencies) / took, "p50_ms": at(0.5), "p99_ms": at(0.99)}


def client(port: int, count: int, seconds: float, rate: float | None) -> dict[str, Any]:
    """Run the load in a process of its own."""
    words = [sys.executable, "-m", "bench.lookup", "--client", str(port), "--certificates", str(count),
             "--seconds", str(seconds), "--rate", str(rate or 0)]  # fmt: skip
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    if told.returncode:
        raise RuntimeError(told.stderr)
    return dict(json.loads(told.stdout))


def measure(count: int = CERTIFICATES, seconds: float = SECONDS) -> dict[str, Any]:
    """Return the rates, their ratio, and the latency at half load."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiping.config.settings")
    os.environ["ZHIPING_AS_OWNER"] = "1"
    with _scratch(count) as database, _process(database) as port:
        client(port, count, 1.0, None)  # warm up
        floor_before, by = _floor(database, count, seconds)
        full = client(port, count, seconds, None)
        floor_after, _ = _floor(database, count, seconds)
        half = client(port, count, seconds, full["requests_per_second"] / 2)
    floor = (floor_before + floor_after) / 2
    return {
        "certificates": count,
        "connections": CONNECTIONS,
        "look_ups_per_second": round(full["requests_per_second"]),
        "floor_per_second": round(floor),
        "floor_by": by,
        "ratio": round(full["requests_per_second"] / floor, 3),
        "p99_ms_at_full_load": round(full["p99_ms"], 2),
        "half_load_per_second": round(half["requests_per_second"]),
        "p50_ms_at_half_load": round(half["p50_ms"], 2),
        "p99_ms_at_half_load": round(half["p99_ms"], 2),
    }


def run() -> dict[str, Any]:
    """Measure with the figures of this file; what `zhiping bench lookup` calls."""
    return measure()


def main() -> None:
    """Print the figures, as text or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--certificates", type=int, default=CERTIFICATES)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--client", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--rate", type=float, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.client:
        import uvloop

        told = uvloop.run(_load(given.client, given.certificates, given.seconds, given.rate or None))
        print(json.dumps(told))
        return
    figures = measure(given.certificates, given.seconds)
    if given.json:
        print(json.dumps(figures))
        return
    print(
        "look-ups {look_ups_per_second:,}/s, floor ({floor_by}, prepared select) {floor_per_second:,}/s,"
        " ratio {ratio} (aim ≥ 0.25); p99 at half load ({half_load_per_second:,}/s) {p99_ms_at_half_load} ms"
        " (aim < 50); {certificates:,} certificates, {connections} connections".format(**figures)
    )


if __name__ == "__main__":
    main()
