"""Clocks: the only way to learn what time it is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the time; passed to every action so that tests and replays choose it."""

    def now(self) -> datetime:
        """Return the moment, aware."""

    def today(self) -> date:
        """Return the day in China."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the moment, aware, in China's time."""
        return datetime.now(tz=CHINA)

    def today(self) -> date:
        """Return the day in China."""
        return self.now().date()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests, worlds and replays."""

    moment: datetime

    @classmethod
    def at(cls, year: int, month: int, day: int, hour: int = 9) -> "FixedClock":
        """Return a clock that stands at the hour of that day in China."""
        return cls(datetime(year, month, day, hour, tzinfo=CHINA))

    def now(self) -> datetime:
        """Return the moment, aware."""
        return self.moment

    def today(self) -> date:
        """Return the day in China."""
        return self.moment.astimezone(CHINA).date()


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """The machine's clock moved by a number of days, for demonstrations."""

    days: int

    def now(self) -> datetime:
        """Return the moment, aware, in China's time."""
        return datetime.now(tz=CHINA) + timedelta(days=self.days)

    def today(self) -> date:
        """Return the day in China."""
        return self.now().date()
