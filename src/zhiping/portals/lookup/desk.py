"""Merged look-ups: those that arrive while a statement is under way share the next one.

Every statement reads the tables as they are: nothing that is shown is cached, an annulment shows with
the next answer. One batch is under way at a time: whoever arrives meanwhile joins the next, which costs the
server little more than a single look-up.

The steps of a batch:

1. count each look-up for its client's address, and refuse at once when there were too many;
2. read, in one statement, what is shown of each number and how often it was tried in vain;
3. send off the next batch, so that the server reads while this process decides;
4. decide one by one, in the order of arrival: refused, not found, found; count the failures; answer;
5. read more of those whose card does not tell all, over another connection, and answer.

Counts are kept in memory and merged into the table once a second over a connection of their own
(`limits` says what that promises).
"""

import asyncio
import datetime as dt
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from zhiping.apps.certificates import limits, lookups
from zhiping.apps.certificates.lookups import Question
from zhiping.kernel.clock import Clock
from zhiping.kernel.sealing import Sealer

ROLE = "zhiping_app"
LARGEST_BATCH = 256
DATABASE_FAILURES = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What is raised when the database is away, slow (a time-out is an OSError) or refuses."""
_PATIENCE = 10.0
_CLIENTS_REMEMBERED = 4096
_LOG = logging.getLogger(__name__)

CARDS = lookups.CARDS.format(
    numbers="$1",
    today="$3::date",
    failed=limits.READ_AS_ONE.format(keys="$2", start="$4", before="$5"),
)
DETAILS = lookups.DETAILS.format(ids="$1::bigint[]", today="$2::date")
COUNT_UP = limits.COUNT_UP.format(keys="$1", starts="$2", counts="$3", length="$4")
FORGET = limits.FORGET.format(before="$1")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True, eq=False)
class _Asked:
    """A look-up that waits for its answer."""

    question: Question
    client: bytes
    answer: asyncio.Future[str | None]


@dataclass(slots=True, eq=False)
class _Batch:
    """Look-ups that are read together, at one moment."""

    asked: list[_Asked]
    moment: dt.datetime
    today: dt.date
    keys: dict[str, bytes]
    rows: asyncio.Task[Sequence[Any]]


@dataclass(slots=True, eq=False)
class _Line:
    """A connection with its one statement, opened when first needed."""

    text: str
    connection: Any = None
    statement: Any = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ready(self, connect: Callable[[], Any]) -> Any:
        """Return the statement, on a connection that is open."""
        if self.connection is None or self.connection.is_closed():
            self.connection = await connect()
            self.statement = await self.connection.prepare(self.text)
        return self.statement

    async def fetch(self, connect: Callable[[], Any], *values: Any) -> Any:
        """Return the rows for some values, one caller after the other.

        A connection that broke, or was given up in the middle, is not used again.
        """
        async with self.turn:
            try:
                return await (await self.ready(connect)).fetch(*values)
            except BaseException:
                self.drop()
                raise

    def drop(self) -> None:
        """Close the connection without a word; the next use opens another."""
        if self.connection is not None:
            self.connection.terminate()
        self.connection = self.statement = None

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self.connection is not None:
            await self.connection.close()
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
    _reader: _Line = field(default_factory=lambda: _Line(CARDS))
    _worker: asyncio.Task[None] | None = None
    _details: _Line = field(default_factory=lambda: _Line(DETAILS))
    _telling: set[asyncio.Task[None]] = field(default_factory=set)
    _ledger: _Line = field(default_factory=lambda: _Line(COUNT_UP))
    _merger: asyncio.Task[None] | None = None

    def ask(self, question: Question, *, client: str) -> asyncio.Future[str | None]:
        """Return, to be awaited, what is shown, as JSON; None when not every fact is right.

        Refuses:
            TooManyRequestsError: over a limit.
        """
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Asked(question, self._client_key(client), answer))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return answer

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
        """Merge what was counted, close all connections."""
        if self._merger is not None:
            self._merger.cancel()
            await asyncio.wait([self._merger])
            self._merger = None
        try:
            await self._merge()
        except DATABASE_FAILURES:
            _LOG.exception("counts could not be merged and are forgotten")
        for line in (self._reader, self._details, self._ledger):
            await line.close()

    # Batches --------------------------------------------------------------------------------------

    async def _work(self) -> None:
        batch = self._send_off()
        while batch is not None:
            following = None
            try:
                rows = await batch.rows
                following = self._send_off()
                if following is not None:
                    await asyncio.sleep(0)  # the statement leaves with the end of the loop's round
                self._tell(batch, rows)
            except Exception as failed:  # noqa: BLE001 (whoever waits must hear of it, whatever it is)
                _fail(batch.asked, failed)
            batch = following or self._send_off()

    def _send_off(self) -> _Batch | None:
        """Begin to read what waits (steps 1 and 2); None when nothing does."""
        while self._waiting:
            waiting, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
            clock = self.clock()
            moment, today = clock.now(), clock.today()
            self._merge_later()
            asked = self._within_limit(waiting, moment)
            if not asked:
                continue
            keys = {one.question.number: b"" for one in asked}
            for number in keys:
                keys[number] = limits.number_index(self.counts, number)
            start = self.by_number.window.start(moment)
            before = start - self.by_number.window.length
            read = self._reader.fetch(self.connect, list(keys), list(keys.values()), today, start, before)
            return _Batch(asked, moment, today, keys, asyncio.create_task(read))
        return None

    def _tell(self, batch: _Batch, rows: Sequence[Any]) -> None:
        """Answer a batch whose rows are here (steps 4 and 5)."""
        numbers = list(batch.keys)
        cards = {numbers[place - 1]: card for place, *card, _ in rows}
        unusual = self._decide(batch, cards, limits.read_as_one(rows[0][-1]))
        if unusual:
            task = asyncio.create_task(self._tell_more(unusual, batch.today))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell_more(self, unusual: list[tuple[int, _Asked]], today: dt.date) -> None:
        try:
            rows = await self._details.fetch(self.connect, list({key for key, _ in unusual}), today)
            shown = {row["id"]: _encode(lookups.from_row(row, today=today).to_json()) for row in rows}
            for key, asked in unusual:
                if not asked.answer.done():
                    asked.answer.set_result(shown[key])
        except Exception as failed:  # noqa: BLE001 (as above)
            _fail([asked for _, asked in unusual], failed)

    def _within_limit(self, batch: Sequence[_Asked], moment: dt.datetime) -> list[_Asked]:
        window, (this, before) = self.by_address.window, self.by_address.at(moment)
        kept = []
        for asked in batch:
            this.add(asked.client)
            current, previous = this.count(asked.client), before.count(asked.client)
            if asked.answer.done():
                continue  # the client went away meanwhile
            if window.lets_through(previous, current, moment):
                kept.append(asked)
            else:
                asked.answer.set_exception(window.refusal(previous, current, moment))
        return kept

    def _decide(
        self, batch: _Batch, cards: dict[str, Sequence[Any]], failed: limits.Failed
    ) -> list[tuple[int, _Asked]]:
        """Answer those that can be answered; return those of which more must be read, with their keys."""
        moment, today, keys = batch.moment, batch.today.isoformat(), batch.keys
        window, (this, before) = self.by_number.window, self.by_number.at(moment)
        unusual = []
        for asked in batch.asked:
            if asked.answer.done():
                continue  # the client went away meanwhile
            number = asked.question.number
            key, (certificate_id, index, card) = keys[number], cards[number]
            current, previous = this.count(key, failed.this(key)), before.count(key, failed.before(key))
            if not window.lets_through(previous, current + 1, moment):
                asked.answer.set_exception(window.refusal(previous, current, moment))
            elif not lookups.is_right(asked.question, lookups.card_holder(card), index, self.last_four):
                this.add(key)
                asked.answer.set_result(None)
            elif shown := lookups.card_json(card, today=today):
                asked.answer.set_result(shown)
            else:
                unusual.append((certificate_id, asked))
        return unusual

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
                columns = (list(column) for column in zip(*taken, strict=True))
                rows = await self._ledger.fetch(self.connect, *columns, tally.window.length)
            except BaseException:
                tally.put_back()
                raise
            tally.merged(rows)


def _fail(asked: Sequence[_Asked], failed: Exception) -> None:
    for one in asked:
        if not one.answer.done():
            one.answer.set_exception(failed)


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
                "datestyle": "ISO",
                # Index scans whatever the arguments; planning costs more than running.
                "plan_cache_mode": "force_generic_plan",
            },
            command_timeout=_PATIENCE,
        )

    return connect
