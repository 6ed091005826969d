"""Working days of China (工作日): public holidays, made-up days, and an administrator's corrections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

import chinese_calendar

from zhiping.kernel.errors import DomainError

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_PUBLISHED_YEARS = frozenset(day.year for day in chinese_calendar.holidays)


class CalendarUnknownError(DomainError):
    """The State Council's holiday notice for that year is not on record."""

    code = "kernel.calendar_unknown"


class DayCountNegativeError(DomainError):
    """A term cannot have fewer than no days."""

    code = "kernel.day_count_negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Says which days are worked, and counts them.

    The holiday notice of a year appears in the autumn before it. Until then its days are unknown: every
    question about them is refused, so that no deadline is ever computed from a guess, unless an administrator
    entered the day.

    >>> calendar = WorkCalendar()
    >>> calendar.is_workday(date(2024, 9, 29))  # a Sunday, worked to make up for the National Day week
    True
    >>> calendar.add_workdays(date(2024, 9, 30), 5)
    datetime.date(2024, 10, 12)
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    """Day → whether it is worked; goes before the published calendar."""

    def __post_init__(self) -> None:
        """Keep a copy that nobody changes later."""
        object.__setattr__(self, "overrides", MappingProxyType(dict(self.overrides)))

    @property
    def published_years(self) -> tuple[int, int]:
        """Return the first and the last year whose holiday notice is on record."""
        return min(_PUBLISHED_YEARS), max(_PUBLISHED_YEARS)

    def is_workday(self, day: date) -> bool:
        """Tell whether the day is worked.

        Refuses:
            CalendarUnknownError: the year is not published and the day was not entered.
        """
        entered = self.overrides.get(day)
        if entered is not None:
            return entered
        if day.year not in _PUBLISHED_YEARS:
            first, last = self.published_years
            raise CalendarUnknownError(day=day, first_year=first, last_year=last)
        # The package's own function walks all its days on every call; its tables answer at once.
        is_made_up = day in chinese_calendar.workdays
        return is_made_up or (day.weekday() < _SATURDAY and day not in chinese_calendar.holidays)

    def add_workdays(self, start: date, count: int) -> date:
        """Return the last day of a term of working days; the day of the event does not count (次日起算).

        A term of no working days ends on the day of the event.

        Authority:
            民法典 art. 201.
        Refuses:
            DayCountNegativeError: the count is negative.
            CalendarUnknownError: the term runs into an unpublished year.
        """
        if count < 0:
            raise DayCountNegativeError(count=count)
        day = start
        left = count
        while left:
            day += _ONE_DAY
            left -= self.is_workday(day)
        return day

    def add_days(self, start: date, count: int) -> date:
        """Return the last day of a term of calendar days, moved on to a worked day where it is none.

        Authority:
            民法典 arts. 201 and 203.
        Refuses:
            DayCountNegativeError: the count is negative.
            CalendarUnknownError: the last day lies in an unpublished year.
        """
        if count < 0:
            raise DayCountNegativeError(count=count)
        return self.next_workday(start + timedelta(days=count))

    def next_workday(self, day: date) -> date:
        """Return the day itself if it is worked, else the first worked day after it."""
        while not self.is_workday(day):
            day += _ONE_DAY
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end`, negative when `end` comes first.

        The inverse of `add_workdays`: five working days after a day there are five working days between the
        two.
        """
        if end < start:
            return -self.workdays_between(end, start)
        days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
        return sum(self.is_workday(day) for day in days)
