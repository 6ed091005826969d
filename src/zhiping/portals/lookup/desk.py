"""Merged look-ups: those that arrive while a statement is under way share the next one.

Every statement reads the tables as they are: nothing is cached, an annulment shows with the next
answer. One batch is under way at a time, so that what one batch wrote down about failed tries is known
to the next.

The steps of a batch:

1. count the look-ups per client's address, read the failed tries per number, find the certificates;
2. decide one by one, in the order of arrival: refused, not found, found;
3. write the failures down and read what is shown of those found;
4. answer.
"""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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


@dataclass(slots=True)
class Desk:
    """Answers look-ups over two connections of its own (查询台).

    `connect` opens a connection that reads everywhere under the plain role; a connection that broke
    is opened anew with the next batch.
    """

    connect: Callable[[], Any]
    clock: Callable[[], Clock]
    last_four: Sealer
    counts: Sealer
    _waiting: list[_Asked] = field(default_factory=list)
    _clients: dict[str, bytes] = field(default_factory=dict)
    _worker: asyncio.Task[None] | None = None
    _counter: Any = None
    _reader: Any = None

    async def ask(self, question: Question, *, client: str) -> LookUp | None:
        """Return what is shown, None when not every fact is right.

        Refuses:
            TooManyRequestsError: over a limit.
        """
        asked = _Asked(question, self._client_key(client), asyncio.Future())
        self._waiting.append(asked)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
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
        """Close both connections."""
        for connection in (self._counter, self._reader):
            if connection is not None:
                await connection.close()
        self._counter = self._reader = None

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
            try:
                await asyncio.wait_for(self._answer(batch), _PATIENCE)
            except Exception as failed:  # noqa: BLE001 (whoever waits must hear of it, whatever it is)
                self._drop_connections()
                for asked in batch:
                    if not asked.answer.done():
                        asked.answer.set_exception(failed)

    def _drop_connections(self) -> None:
        for connection in (self._counter, self._reader):
            if connection is not None:
                connection.terminate()
        self._counter = self._reader = None

    async def _answer(self, batch: Sequence[_Asked]) -> None:
        if self._counter is None or self._counter.is_closed():
            self._counter = await self.connect()
        if self._reader is None or self._reader.is_closed():
            self._reader = await self.connect()
        clock = self.clock()
        moment = clock.now()
        # 1
        numbers = list({asked.question.number for asked in batch})
        keys = {number: limits.number_index(self.counts, number) for number in numbers}
        (by_address, by_number), rows = await asyncio.gather(
            self._counted(batch, keys.values(), moment), self._reader.fetch(IDENTIFY, numbers)
        )
        certificates = {row["number"]: row for row in rows}
        # 2
        failed = self._decide(batch, certificates, keys, by_address, by_number, moment)
        # 3
        wanted = list({asked.key for asked in batch if asked.key is not None})
        shown, _ = await asyncio.gather(
            self._details(wanted, clock.today()), self._count_up(limits.number_window(), failed, moment)
        )
        # 4
        for asked in batch:
            if asked.answer.done():
                continue  # the client went away meanwhile
            if asked.refusal is not None:
                asked.answer.set_exception(asked.refusal)
            else:
                asked.answer.set_result(None if asked.key is None else shown[asked.key])

    async def _counted(
        self, batch: Sequence[_Asked], keys: Iterable[bytes], moment: dt.datetime
    ) -> tuple[Counts, Counts]:
        by_address = await self._count_up(
            limits.address_window(), Counter(asked.client for asked in batch), moment
        )
        window = limits.number_window()
        start = window.start(moment)
        starts = [start, start - window.length]
        counts: Counts = {}
        for key, started_at, count in await self._counter.fetch(READ_COUNTS, list(keys), starts):
            current, previous = counts.get(key, (0, 0))
            counts[key] = (count, previous) if started_at == start else (current, count)
        return by_address, counts

    async def _count_up(self, window: limits.Window, counts: Counter[bytes], moment: dt.datetime) -> Counts:
        if not counts:
            return {}
        starts = [window.start(moment)] * len(counts)
        rows = await self._counter.fetch(COUNT_UP, list(counts), starts, list(counts.values()), window.length)
        return {key: (current, previous) for key, current, previous in rows}

    async def _details(self, wanted: list[int], today: dt.date) -> dict[int, LookUp]:
        if not wanted:
            return {}
        rows = await self._reader.fetch(DETAILS, wanted, today)
        return {row[0]: lookups.from_row(row, today=today) for row in rows}

    def _decide(
        self,
        batch: Sequence[_Asked],
        certificates: dict[str, Any],
        keys: dict[str, bytes],
        by_address: Counts,
        by_number: Counts,
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
            current += failed[key]
            if numbers.in_window(previous, current, moment) >= numbers.limit:
                asked.refusal = numbers.refusal(previous, current, moment)
                continue
            row = certificates.get(asked.question.number)
            asked.key = lookups.matching_id(asked.question, row, self.last_four)
            if asked.key is None:
                failed[key] += 1
        return failed


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
                # Every statement is one index scan whatever its arguments; planning it costs more than running it.
                "plan_cache_mode": "force_generic_plan",
            },
            command_timeout=_PATIENCE,
        )

    return connect
