"""The clock that requests run by: the machine's, or in a demonstration one that can be moved.

A case takes weeks: notices must run, sittings must come. In a demonstration (and only there) the
day can be moved forward so that one person can walk a whole case by hand; every page says so.
"""

import datetime as dt
from pathlib import Path

from django.conf import settings

from zhiping.kernel.clock import Clock, ShiftedClock, SystemClock


def _file() -> Path:
    return Path(settings.STATE_DIR) / "demo-clock"


def current_clock() -> Clock:
    """Return the clock of this request."""
    if not settings.DEMO:
        return SystemClock()
    try:
        days = int(_file().read_text(encoding="ascii"))
    except FileNotFoundError:
        return SystemClock()
    return ShiftedClock(days)


def shifted_days() -> int:
    """Return by how many days the demonstration's clock is moved; zero in service."""
    clock = current_clock()
    return clock.days if isinstance(clock, ShiftedClock) else 0


def move_demo_clock(day: dt.date | None) -> None:
    """Move the demonstration's clock to a day; None puts it back."""
    if day is None:
        _file().unlink(missing_ok=True)
        return
    _file().write_text(str((day - SystemClock().today()).days), encoding="ascii")
