"""Merged look-ups: those that arrive while a statement is under way share the next one.

Every statement reads the tables as they are: nothing is cached, an annulment shows with the next
answer. Two batches are under way at most, each on its own connections, so that one thinks while the
other waits for the server. What one has found out about failed tries, and the other could not read yet,
is told it in memory.

The steps of a batch:

1. count the look-ups per client's address, read the failed tries per number, find the certificates;
2. decide one by one, in the order of arrival: refused, not found, found;
3. write the failures down and read what is shown of those found;
4. answer.
"""

import asyncio
import datetime as dt
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from zhiping.apps.certificates import limits, lookups
from zhiping.apps.certificates.errors import TooManyRequestsError
from zhiping.apps.certificates.lookups import LookUp, Question
from zhiping.kernel.clock import Clock
from zhiping.kernel.sealing import Sealer

ROLE = "zhiping_app"
LARGEST_BATCH = 256
LANES = 2
_PATIENCE = 10.0
_CLIENTS_REMEMBERED = 4096

IDENTIFY = lookups.IDENTIFY.format(numbers="$1")
DETAILS = lookups.DETAILS.format(ids="$1", today="$2")
COUNT_UP = limits.COUNT_UP.format(keys="$1", starts="$2", counts="$3", length="$4")
READ_COUNTS = limits.READ_COUNTS.format(keys="$1", starts="$2")
FORGET = limits.FORGET.format(before="$1")

type Counts = dict[bytes, tuple[int, int]]


@dataclass(slots=True, eq=False)
class _Asked:
    """A look-up that waits for its answer; `outcome` is set in step 2, the answer in step 4."""

    question: Question
    client: bytes
    answer: asyncio.Future[LookUp | None]
    key: int | None = None
    refusal: TooManyRequestsError | None = None


@dataclass(slots=True, eq=False)
class _Failures:
    """Failed tries of one batch; `written_at` is when the table held them, infinity until then."""

    counts: Counter[bytes]
    written_at: float = math.inf


@dataclass(slots=True, eq=False)
class _Lane:
    """Three connections on which one batch is under way at a time, opened when first needed."""

    connect: Callable[[], Any]
    connections: tuple[Any, ...] = ()
    is_busy: bool = False

    async def ready(self) -> tuple[Any, ...]:
        if not self.connections or any(each.is_closed() for each in self.connections):
            self.drop()
            self.connections = tuple(await asyncio.gather(*(self.connect() for _ in range(3))))
        return self.connections

    def drop(self) -> None:
        for each in self.connections:
            each.terminate()
        self.connections = ()


@dataclass(slots=True)
class Desk:
    """Answers look-ups over connections of its own (查询台).

    `connect` opens a connection that reads everywhere under the plain role; connections that broke are
    opened anew with the next batch.
    """

    connect: Callable[[], Any]
    clock: Callable[[], Clock]
    last_four: Sealer
    counts: Sealer
    _waiting: list[_Asked] = field(default_factory=list)
    _clients: dict[str, bytes] = field(default_factory=dict)
    _lanes: list[_Lane] = field(default_factory=list)
    _workers: set[asyncio.Task[None]] = field(default_factory=set)
    _failures: list[_Failures] = field(default_factory=list)

    async def ask(self, question: Question, *, client: str) -> LookUp | None:
        """Return what is shown, None when not every fact is right.

        Refuses:
            TooManyRequestsError: over a limit.
        """
        asked = _Asked(question, self._client_key(client), asyncio.Future())
        self._waiting.append(asked)
        if not self._lanes:
            self._lanes = [_Lane(lambda: self.connect()) for _ in range(LANES)]  # noqa: PLW0108 (read late)
        lane = next((each for each in self._lanes if not each.is_busy), None)
        if lane is not None:
            lane.is_busy = True
            worker = asyncio.create_task(self._work(lane))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return await asked.answer

    def _client_key(self, client: str) -> bytes:
        key = self._clients.get(client)
        if key is None:
            if len(self._clients) >= _CLIENTS_REMEMBERED:
                self._clients.clear()
            key = self._clients[client] = limits.address_key(self.counts, client)
        return key

    async def forget(self) -> None:
        """Delete counters that no window reaches any more, over a connection of its own."""
        connection = await self.connect()
        try:
            await connection.execute(FORGET, self.clock().now() - 2 * limits.number_window().length)
        finally:
            await connection.close()

    async def close(self) -> None:
        """Close all connections."""
        for lane in self._lanes:
            for connection in lane.connections:
                await connection.close()
            lane.connections = ()

    async def _work(self, lane: _Lane) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
                try:
                    await asyncio.wait_for(self._answer(batch, lane), _PATIENCE)
                except Exception as failed:  # noqa: BLE001 (whoever waits must hear of it, whatever it is)
                    lane.drop()
                    for asked in batch:
                        if not asked.answer.done():
                            asked.answer.set_exception(failed)
        finally:
            lane.is_busy = False

    async def _answer(self, batch: Sequence[_Asked], lane: _Lane) -> None:
        counter, reader, tries = await lane.ready()
        clock, began = self.clock(), time.monotonic()
        moment = clock.now()
        # 1
        numbers = list({asked.question.number for asked in batch})
        keys = {number: limits.number_index(self.counts, number) for number in numbers}
        clients = Counter(asked.client for asked in batch)
        by_address, by_number, rows = await asyncio.gather(
            _count_up(counter, limits.address_window(), clients, moment),
            _read_counts(tries, limits.number_window(), list(keys.values()), moment),
            reader.fetch(IDENTIFY, numbers),
        )
        certificates = {row["number"]: row for row in rows}
        # 2
        unread = self._unread_failures(began)
        failed = self._decide(batch, certificates, keys, by_address, by_number, unread, moment)
        failures = _Failures(failed)
        if failed:
            self._failures.append(failures)
        # 3
        wanted = list({asked.key for asked in batch if asked.key is not None})
        try:
            shown, _ = await asyncio.gather(
                _details(reader, wanted, clock.today()),
                _count_up(counter, limits.number_window(), failed, moment),
            )
        finally:
            failures.written_at = time.monotonic()
        # 4
        for asked in batch:
            if asked.answer.done():
                continue  # the client went away meanwhile
            if asked.refusal is not None:
                asked.answer.set_exception(asked.refusal)
            else:
                asked.answer.set_result(None if asked.key is None else shown[asked.key])

    def _unread_failures(self, began: float) -> Counter[bytes]:
        """Return the failures of other batches that a batch begun then may not have read in the table."""
        kept_for = _PATIENCE
        self._failures = [each for each in self._failures if each.written_at > began - kept_for]
        unread: Counter[bytes] = Counter()
        for each in self._failures:
            if each.written_at > began:
                unread.update(each.counts)
        return unread

    def _decide(
        self,
        batch: Sequence[_Asked],
        certificates: dict[str, Any],
        keys: dict[str, bytes],
        by_address: Counts,
        by_number: Counts,
        unread: Counter[bytes],
        moment: dt.datetime,
    ) -> Counter[bytes]:
        """Decide each look-up in turn; return the failures per number."""
        addresses, numbers = limits.address_window(), limits.number_window()
        left = Counter(asked.client for asked in batch)
        failed: Counter[bytes] = Counter()
        for asked in batch:
            left[asked.client] -= 1
            current, previous = by_address[asked.client]
            current -= left[asked.client]  # those that came after it do not count against it
            if addresses.in_window(previous, current, moment) > addresses.limit:
                asked.refusal = addresses.refusal(previous, current, moment)
                continue
            key = keys[asked.question.number]
            current, previous = by_number.get(key, (0, 0))
            current += failed[key] + unread[key]
            if numbers.in_window(previous, current, moment) >= numbers.limit:
                asked.refusal = numbers.refusal(previous, current, moment)
                continue
            row = certificates.get(asked.question.number)
            asked.key = lookups.matching_id(asked.question, row, self.last_four)
            if asked.key is None:
                failed[key] += 1
        return failed


async def _count_up(
    connection: Any, window: limits.Window, counts: Counter[bytes], moment: dt.datetime
) -> Counts:
    if not counts:
        return {}
    starts = [window.start(moment)] * len(counts)
    rows = await connection.fetch(COUNT_UP, list(counts), starts, list(counts.values()), window.length)
    return {key: (current, previous) for key, current, previous in rows}


async def _read_counts(
    connection: Any, window: limits.Window, keys: list[bytes], moment: dt.datetime
) -> Counts:
    start = window.start(moment)
    counts: Counts = {}
    for key, started_at, count in await connection.fetch(READ_COUNTS, keys, [start, start - window.length]):
        current, previous = counts.get(key, (0, 0))
        counts[key] = (count, previous) if started_at == start else (current, count)
    return counts


async def _details(connection: Any, wanted: list[int], today: dt.date) -> dict[int, LookUp]:
    if not wanted:
        return {}
    rows = await connection.fetch(DETAILS, wanted, today)
    return {row[0]: lookups.from_row(row, today=today) for row in rows}


def opener(settings: dict[str, Any]) -> Callable[[], Any]:
    """Return what opens a connection to the database of Django's settings, for the desk."""

    async def connect() -> Any:
        return await asyncpg.connect(
            host=settings["HOST"] or None,
            port=int(settings["PORT"]) if settings["PORT"] else None,
            user=settings["USER"] or None,
            password=settings["PASSWORD"] or None,
            database=settings["NAME"],
            # Counters may be lost in a crash of the server: nobody waits for the disk.
            server_settings={
                "application_name": "zhiping-lookup",
                "synchronous_commit": "off",
                "role": ROLE,
                "zhiping.reach": "*",
                "jit": "off",
                # Index scans whatever the arguments; planning costs more than running.
                "plan_cache_mode": "force_generic_plan",
            },
            command_timeout=_PATIENCE,
        )

    return connect
