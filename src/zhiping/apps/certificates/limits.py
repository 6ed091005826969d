"""Limits of the public look-up (查询限次): sliding windows over counters that all processes share.

No Django here: the pages and the fast look-up process count in the same table with the same
statements. A window slides: what was counted in the stretch before weighs as much as of it still lies
within the last minute or hour.

What is promised of the limit on failed tries: a process answers at most that many tries of a number
before it has written them down. Processes that try at the very same instant may each do so.
"""

import datetime as dt
import ipaddress
import math
from dataclasses import dataclass

from zhiping.apps.certificates import configuration
from zhiping.apps.certificates.errors import TooManyRequestsError
from zhiping.apps.certificates.messages import SUBJECTS
from zhiping.kernel.clock import CHINA
from zhiping.kernel.sealing import Sealer

KEY_BYTES = 16
PURPOSE = "certificates.look_up_count"
_SITE_PREFIX = 64

COUNT_UP = """
INSERT INTO certificates_lookupcount AS kept (key, started_at, count)
SELECT one.key, one.started_at, one.count
FROM unnest({keys}::bytea[], {starts}::timestamptz[], {counts}::int[]) AS one (key, started_at, count)
ORDER BY one.key
ON CONFLICT (key, started_at) DO UPDATE SET count = kept.count + excluded.count
RETURNING key, count, coalesce((
    SELECT before.count FROM certificates_lookupcount before
    WHERE before.key = kept.key AND before.started_at = kept.started_at - {length}::interval), 0)
"""

READ_COUNTS = """
SELECT key, started_at, count FROM certificates_lookupcount
WHERE key = ANY({keys}::bytea[]) AND started_at = ANY({starts}::timestamptz[])
"""

FORGET = "DELETE FROM certificates_lookupcount WHERE started_at < {before}"


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
