"""The public's look-up, counted and limited (公众查询限次)."""

import functools
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from zhiping.apps.authorities.walls import ROLE
from zhiping.apps.certificates import limits, lookups
from zhiping.apps.certificates.lookups import LookUp
from zhiping.apps.certificates.queries import answer
from zhiping.kernel.clock import Clock
from zhiping.kernel.sealing import Sealer


@functools.cache
def _sealer() -> Sealer:
    return Sealer(settings.FIELD_KEY, limits.PURPOSE)


def ask(
    number: str, *, name: str | None = None, last_four: str | None = None, client: str, clock: Clock
) -> LookUp | None:
    """Answer a look-up of the public, None when not every fact in it is right (公众查询证书).

    The steps:

    1. count the look-up for the client's address; refuse when there were too many;
    2. refuse when too many look-ups of this number failed, whether the number exists or not;
    3. answer; write down a failure before the answer is given.

    Counting has its own connection: an error page that rolls the request back does not undo it. The
    look-up is journalled nowhere, since who looked up whom is nobody's business.

    Refuses:
        SecondFactMissingError: neither a name nor the last four characters.
        TooManyRequestsError: over a limit; says when to try again.
    """
    asked = lookups.question(number, name=name, last_four=last_four)
    moment = clock.now()
    with _counting() as counters:
        # 1
        by_address = limits.address_window()
        current, previous = _count(counters, by_address, limits.address_key(_sealer(), client), clock)
        if by_address.in_window(previous, current, moment) > by_address.limit:
            raise by_address.refusal(previous, current, moment)
        # 2
        by_number, key = limits.number_window(), limits.number_index(_sealer(), asked.number)
        failed, failed_before = _read(counters, by_number, key, clock)
        if by_number.in_window(failed_before, failed, moment) >= by_number.limit:
            raise by_number.refusal(failed_before, failed, moment)
        # 3
        found = answer(asked, today=clock.today())
        if found is None:
            _count(counters, by_number, key, clock)
    return found


def forget_counts(*, clock: Clock) -> int:
    """Delete counters that no window reaches any more; return how many there were."""
    before = clock.now() - 2 * limits.number_window().length
    with _counting() as counters:
        return counters.execute(limits.FORGET.format(before="%s"), [before]).rowcount


def _counting() -> psycopg.Connection[tuple[Any, ...]]:
    """Return a connection of its own under the plain role; counters may be lost in a crash of the server."""
    given = connection.get_connection_params()
    wanted = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}
    counters = psycopg.connect(**wanted, autocommit=True, options="-c synchronous_commit=off")
    counters.execute("SELECT set_config('role', %s, false)", [ROLE])
    return counters


def _count(
    counters: psycopg.Connection[tuple[Any, ...]], window: limits.Window, key: bytes, clock: Clock
) -> tuple[int, int]:
    statement = limits.COUNT_UP.format(
        keys="%(keys)s", starts="%(starts)s", counts="%(counts)s", length="%(length)s"
    )
    values = {
        "keys": [key],
        "starts": [window.start(clock.now())],
        "counts": [1],
        "length": window.length,
    }
    row = counters.execute(statement, values).fetchone()
    if row is None:
        raise RuntimeError(key)
    return int(row[1]), int(row[2])


def _read(
    counters: psycopg.Connection[tuple[Any, ...]], window: limits.Window, key: bytes, clock: Clock
) -> tuple[int, int]:
    start = window.start(clock.now())
    statement = limits.READ_COUNTS.format(keys="%(keys)s", starts="%(starts)s")
    rows = counters.execute(statement, {"keys": [key], "starts": [start, start - window.length]}).fetchall()
    counts = {started_at: count for _, started_at, count in rows}
    return counts.get(start, 0), counts.get(start - window.length, 0)
