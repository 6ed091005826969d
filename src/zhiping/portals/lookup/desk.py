"""Merged look-ups: those that arrive while a statement is under way share the next one.

Every statement reads the tables as they are: nothing that is shown is cached, an annulment shows with
the next answer. Two batches are under way at most, each on its own connection, so that one thinks while
the other waits for the server.

A look-up is counted for its client's address as it arrives, and refused at once when there were too many.
The steps of a batch:

1. read, in one statement, what is shown of each number and how often it was tried in vain;
2. decide one by one, in the order of arrival: refused, not found, found; count the failures;
3. answer.

Counts are kept in memory and merged into the table once a second over a connection of their own
(`limits` says what that promises).
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from zhiping.apps.certificates import limits, lookups
from zhiping.apps.certificates.lookups import LookUp, Question
from zhiping.kernel.clock import Clock
from zhiping.kernel.sealing import Sealer

ROLE = "zhiping_app"
LARGEST_BATCH = 256
LANES = 2
DATABASE_FAILURES = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What is raised when the database is away, slow (a time-out is an OSError) or refuses."""
_PATIENCE = 10.0
_CLIENTS_REMEMBERED = 4096
_LOG = logging.getLogger(__name__)

ANSWERS = lookups.ANSWERS.format(
    numbers="$1",
    keys="$2",
    today="$3::date",
    failed_in_this=limits.IN_STRETCH.format(key="asked.key", start="$4"),
    failed_before=limits.IN_STRETCH.format(key="asked.key", start="$5"),
)
COUNT_UP = limits.COUNT_UP.format(keys="$1", starts="$2", counts="$3", length="$4")
FORGET = limits.FORGET.format(before="$1")


@dataclass(slots=True, eq=False)
class _Asked:
    """A look-up that waits for its answer."""

    question: Question
    answer: asyncio.Future[LookUp | None]


@dataclass(slots=True, eq=False)
class _Lane:
    """A connection on which one batch is under way at a time, opened when first needed."""

    connection: Any = None
    statement: Any = None
    is_busy: bool = False

    def drop(self) -> None:
        """Close the connection without a word; the next batch opens another."""
        if self.connection is not None:
            self.connection.terminate()
        self.connection = self.statement = None


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
    by_address: limits.Tally = field(default_factory=lambda: limits.Tally(limits.address_window()))
    by_number: limits.Tally = field(default_factory=lambda: limits.Tally(limits.number_window()))
    _waiting: list[_Asked] = field(default_factory=list)
    _clients: dict[str, bytes] = field(default_factory=dict)
    _lanes: tuple[_Lane, ...] = field(default_factory=lambda: tuple(_Lane() for _ in range(LANES)))
    _workers: set[asyncio.Task[None]] = field(default_factory=set)
    _ledger: _Lane = field(default_factory=_Lane)
    _merger: asyncio.Task[None] | None = None

    async def ask(self, question: Question, *, client: str) -> LookUp | None:
        """Return what is shown, None when not every fact is right.

        Refuses:
            TooManyRequestsError: over a limit.
        """
        self._count_address(client)
        asked = _Asked(question, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        for lane in self._lanes:
            if not lane.is_busy:
                lane.is_busy = True
                worker = asyncio.create_task(self._work(lane))
                self._workers.add(worker)
                worker.add_done_callback(self._workers.discard)
                break
        return await asked.answer

    def _count_address(self, client: str) -> None:
        moment = self.clock().now()
        key = self._clients.get(client)
        if key is None:
            if len(self._clients) >= _CLIENTS_REMEMBERED:
                self._clients.clear()
            key = self._clients[client] = limits.address_key(self.counts, client)
        window = self.by_address.window
        this, before = self.by_address.at(moment)
        this.add(key)
        self._merge_later()
        current, previous = this.count(key), before.count(key)
        if window.in_window(previous, current, moment) > window.limit:
            raise window.refusal(previous, current, moment)

    async def forget(self) -> None:
        """Delete counters that no window reaches any more, over a connection of its own."""
        connection = await self.connect()
        try:
            await connection.execute(FORGET, self.clock().now() - 2 * limits.number_window().length)
        finally:
            await connection.close()

    async def close(self) -> None:
        """Merge what was counted, close all connections."""
        if self._merger is not None:
            self._merger.cancel()
            await asyncio.wait([self._merger])
            self._merger = None
        try:
            await self._merge()
        except DATABASE_FAILURES:
            _LOG.exception("counts could not be merged and are forgotten")
        for lane in (*self._lanes, self._ledger):
            if lane.connection is not None:
                await lane.connection.close()
                lane.connection = lane.statement = None

    # Batches --------------------------------------------------------------------------------------

    async def _work(self, lane: _Lane) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
                try:
                    await self._answer(batch, lane)
                except Exception as failed:  # noqa: BLE001 (whoever waits must hear of it, whatever it is)
                    lane.drop()
                    for asked in batch:
                        if not asked.answer.done():
                            asked.answer.set_exception(failed)
        finally:
            lane.is_busy = False

    async def _answer(self, batch: Sequence[_Asked], lane: _Lane) -> None:
        clock = self.clock()
        moment, today = clock.now(), clock.today()
        # 1
        keys = {asked.question.number: b"" for asked in batch}
        for number in keys:
            keys[number] = limits.number_index(self.counts, number)
        numbers, start = list(keys), self.by_number.window.start(moment)
        if lane.connection is None or lane.connection.is_closed():
            lane.connection = await self.connect()
            lane.statement = await lane.connection.prepare(ANSWERS)
        rows = await lane.statement.fetch(
            numbers, list(keys.values()), today, start, start - self.by_number.window.length
        )
        by_number = {numbers[row[-3] - 1]: row for row in rows}
        # 2 and 3
        for asked in batch:
            if asked.answer.done():
                continue  # the client went away meanwhile
            row, key = by_number[asked.question.number], keys[asked.question.number]
            self._decide(asked, row, key, moment, today)

    def _decide(self, asked: _Asked, row: Any, key: bytes, moment: dt.datetime, today: dt.date) -> None:
        window = self.by_number.window
        this, before = self.by_number.at(moment)
        current, previous = this.count(key, row[-2]), before.count(key, row[-1])
        if window.in_window(previous, current, moment) >= window.limit:
            asked.answer.set_exception(window.refusal(previous, current, moment))
        elif lookups.is_right(asked.question, row["holder_name"], row["last_four_index"], self.last_four):
            asked.answer.set_result(lookups.from_row(row, today=today))
        else:
            this.add(key)
            asked.answer.set_result(None)

    # Counts ---------------------------------------------------------------------------------------

    def _merge_later(self) -> None:
        if self._merger is None or self._merger.done():
            self._merger = asyncio.create_task(self._merge_while_counting())

    async def _merge_while_counting(self) -> None:
        while self.by_address.holds_unmerged() or self.by_number.holds_unmerged():
            await asyncio.sleep(limits.MERGE_SECONDS)
            try:
                await self._merge()
            except DATABASE_FAILURES:
                _LOG.exception("counts could not be merged; the next try is in a second")

    async def _merge(self) -> None:
        for tally in (self.by_address, self.by_number):
            taken = tally.take()
            if not taken:
                continue
            try:
                if self._ledger.connection is None or self._ledger.connection.is_closed():
                    self._ledger.connection = await self.connect()
                    self._ledger.statement = await self._ledger.connection.prepare(COUNT_UP)
                keys, starts, counts = (list(column) for column in zip(*taken, strict=True))
                rows = await self._ledger.statement.fetch(keys, starts, counts, tally.window.length)
            except BaseException:
                tally.put_back()
                self._ledger.drop()
                raise
            tally.merged(rows)


def opener(settings: dict[str, Any]) -> Callable[[], Any]:
    """Return what opens a connection to the database of Django's settings, for the desk."""

    async def connect() -> Any:
        return await asyncpg.connect(
            host=settings["HOST"] or None,
            port=int(settings["PORT"]) if settings["PORT"] else None,
            user=settings["USER"] or None,
            password=settings["PASSWORD"] or None,
            database=settings["NAME"],
            timeout=_PATIENCE,
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
