"""Limits of the public look-up (查询限次): sliding windows over counters that all processes share.

No Django here: the pages and the fast look-up process count in the same table with the same
statements. A window slides: what was counted in the stretch before weighs as much as of it still lies
within the last minute or hour.

The pages write each count at once. The fast process counts in memory (`Tally`) and merges into the table
every `MERGE_SECONDS`. What is promised of it:

- within one process both limits are exact, also for look-ups that arrive at the same instant;
- failed tries that are in the table count at once, whoever wrote them;
- what other processes count besides is known after both have merged. Until then each process lets
  through what the limit allows of itself: of an address or a number, at most the limit times the
  processes, once;
- a process that is killed forgets what it counted since the last merge; one that is asked to end merges
  first.
"""

import datetime as dt
import ipaddress
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from zhiping.apps.certificates import configuration
from zhiping.apps.certificates.errors import TooManyRequestsError
from zhiping.apps.certificates.messages import SUBJECTS
from zhiping.kernel.clock import CHINA
from zhiping.kernel.sealing import Sealer

KEY_BYTES = 16
PURPOSE = "certificates.look_up_count"
MERGE_SECONDS = 1.0
_SITE_PREFIX = 64
_REMEMBERED = 100_000

COUNT_UP = """
INSERT INTO certificates_lookupcount AS kept (key, started_at, count)
SELECT one.key, one.started_at, one.count
FROM unnest({keys}::bytea[], {starts}::timestamptz[], {counts}::int[]) AS one (key, started_at, count)
ORDER BY one.key, one.started_at
ON CONFLICT (key, started_at) DO UPDATE SET count = kept.count + excluded.count
RETURNING key, count, coalesce((
    SELECT before.count FROM certificates_lookupcount before
    WHERE before.key = kept.key AND before.started_at = kept.started_at - {length}::interval), 0), started_at
"""

READ_COUNTS = """
SELECT key, started_at, count FROM certificates_lookupcount
WHERE key = ANY({keys}::bytea[]) AND started_at = ANY({starts}::timestamptz[])
"""

READ_AS_ONE = """SELECT string_agg(encode(kept.key, 'hex') || ' ' || kept.count
        || CASE WHEN kept.started_at = {start} THEN ' this' ELSE ' before' END, ';')
    FROM certificates_lookupcount kept
    WHERE kept.key = ANY({keys}::bytea[]) AND kept.started_at IN ({start}, {before})"""
"""What the table holds of several keys in two stretches, as one text of another statement."""

FORGET = "DELETE FROM certificates_lookupcount WHERE started_at < {before}"


@dataclass(frozen=True, slots=True)
class Failed:
    """Failed tries that the table was seen to hold, of many numbers in two stretches."""

    in_this: Mapping[bytes, int]
    in_before: Mapping[bytes, int]

    def this(self, key: bytes) -> int:
        """Return how many in the stretch under way."""
        return self.in_this.get(key, 0)

    def before(self, key: bytes) -> int:
        """Return how many in the one before."""
        return self.in_before.get(key, 0)


def read_as_one(text: str | None) -> Failed:
    r"""Return what a text of `READ_AS_ONE` says.

    >>> read_as_one("0aff 3 this;0aff 1 before").in_this
    {b'\\n\\xff': 3}
    """
    counts: dict[str, dict[bytes, int]] = {"this": {}, "before": {}}
    for told in text.split(";") if text else ():
        key, count, stretch = told.split()
        counts[stretch][bytes.fromhex(key)] = int(count)
    return Failed(counts["this"], counts["before"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A limit: so many within so long, of one subject (address or number)."""

    subject: str
    length: dt.timedelta
    limit: int

    def start(self, moment: dt.datetime) -> dt.datetime:
        """Return when the stretch began in which the moment lies."""
        seconds = self.length.total_seconds()
        return dt.datetime.fromtimestamp(math.floor(moment.timestamp() / seconds) * seconds, tz=CHINA)

    def lets_through(self, previous: int, current: int, moment: dt.datetime) -> bool:
        """Say whether no more than the limit count at the moment."""
        return previous + current <= self.limit or self.in_window(previous, current, moment) <= self.limit

    def in_window(self, previous: int, current: int, moment: dt.datetime) -> float:
        """Return how many count at the moment."""
        elapsed = (moment - self.start(moment)) / self.length
        return previous * (1 - elapsed) + current

    def again_at(self, previous: int, current: int, moment: dt.datetime) -> dt.datetime:
        """Return when the next one is let through if none comes in between."""
        start, room = self.start(moment), self.limit - 1
        if current <= room and previous > 0:
            # Still within this stretch: wait until enough of the one before has slid out.
            return max(moment, start + self.length * (1 - (room - current) / previous))
        return start + self.length * (2 - room / max(current, room, 1))

    def refusal(self, previous: int, current: int, moment: dt.datetime) -> TooManyRequestsError:
        """Return the refusal, saying when to try again."""
        seconds = max(1, math.ceil((self.again_at(previous, current, moment) - moment).total_seconds()))
        again_at = (moment + dt.timedelta(seconds=seconds)).astimezone(CHINA)
        return TooManyRequestsError(
            subject=SUBJECTS[self.subject], again_at=f"{again_at:%H:%M:%S}", seconds=seconds
        )


@dataclass(slots=True)
class Stretch:
    """What one process knows of one stretch: the table's counts when last merged, and its own since."""

    merged: dict[bytes, int] = field(default_factory=dict)
    merging: dict[bytes, int] = field(default_factory=dict)
    own: dict[bytes, int] = field(default_factory=dict)

    def count(self, key: bytes, read: int = 0) -> int:
        """Return how many; `read` is what the table was just seen to hold.

        The greater of two: a count that is being merged may be in what was read, or not yet.
        """
        known = self.merged.get(key, 0) + self.merging.get(key, 0)
        return max(read, known) + self.own.get(key, 0)

    def add(self, key: bytes) -> None:
        """Count one more."""
        self.own[key] = self.own.get(key, 0) + 1


@dataclass(slots=True)
class Tally:
    """Counts of one window in the memory of one process, merged into the table now and then (计数簿)."""

    window: Window
    _stretches: dict[dt.datetime, Stretch] = field(default_factory=dict)

    def _stretch(self, start: dt.datetime) -> Stretch:
        found = self._stretches.get(start)
        if found is None:
            found = self._stretches[start] = Stretch()
        return found

    def at(self, moment: dt.datetime) -> tuple[Stretch, Stretch]:
        """Return the stretch in which the moment lies, and the one before it."""
        start = self.window.start(moment)
        return self._stretch(start), self._stretch(start - self.window.length)

    def holds_unmerged(self) -> bool:
        """Say whether something was counted that the table does not know."""
        return any(each.own or each.merging for each in self._stretches.values())

    def take(self) -> list[tuple[bytes, dt.datetime, int]]:
        """Return what is to be merged; until told how that ended, it counts as being merged."""
        taken = []
        for start, stretch in self._stretches.items():
            stretch.merging, stretch.own = stretch.own, {}
            taken += [(key, start, count) for key, count in stretch.merging.items()]
        return taken

    def put_back(self) -> None:
        """Take back what could not be merged. If it was after all, it counts twice: never too little."""
        for stretch in self._stretches.values():
            for key, count in stretch.merging.items():
                stretch.own[key] = stretch.own.get(key, 0) + count
            stretch.merging = {}

    def merged(self, rows: Iterable[tuple[bytes, int, int, dt.datetime]]) -> None:
        """Learn what the table holds now, from the rows of `COUNT_UP`; forget what no window reaches."""
        for key, current, previous, start in rows:
            self._stretch(start).merged[key] = current
            if previous:
                self._stretch(start - self.window.length).merged[key] = previous
        for stretch in self._stretches.values():
            stretch.merging = {}
        last = max(self._stretches)
        for start, stretch in list(self._stretches.items()):
            if start < last - self.window.length and not stretch.own:
                del self._stretches[start]
            elif len(stretch.merged) > _REMEMBERED:
                # A flood from everywhere: remember the busy ones, the table tells of the others again.
                busy = self.window.limit / 2
                stretch.merged = {key: count for key, count in stretch.merged.items() if count >= busy}


def address_window() -> Window:
    """Return the limit for look-ups from one address."""
    return Window(
        subject="address", length=dt.timedelta(minutes=1), limit=configuration.look_ups_per_minute()
    )


def number_window() -> Window:
    """Return the limit for failed look-ups of one number."""
    return Window(
        subject="number", length=dt.timedelta(hours=1), limit=configuration.failed_look_ups_per_hour()
    )


def address_key(sealer: Sealer, address: str) -> bytes:
    """Return the keyed index of a client's address; a whole IPv6 site (/64) is one client."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return sealer.index(f"address\0{address}", length=KEY_BYTES)
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        text = str(mapped or ipaddress.ip_network((parsed, _SITE_PREFIX), strict=False))
    else:
        text = str(parsed)
    return sealer.index(f"address\0{text}", length=KEY_BYTES)


def number_index(sealer: Sealer, number: str) -> bytes:
    """Return the keyed index of a number that is tried, existing or not."""
    return sealer.index(f"number\0{number}", length=KEY_BYTES)
