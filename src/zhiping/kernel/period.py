"""Half-open periods of days."""

from dataclasses import dataclass
from datetime import date

from zhiping.kernel.errors import DomainError


class PeriodBackwardsError(DomainError):
    """The period ends before it starts."""

    code = "kernel.period_backwards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from `start` (counts) to `end` (does not count); no end means open.

    >>> law = Period(start=date(2018, 12, 1), end=date(2023, 12, 1))
    >>> law.covers(date(2023, 11, 30)), law.covers(date(2023, 12, 1))
    (True, False)
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts."""
        if self.end is not None and self.end < self.start:
            raise PeriodBackwardsError(start=self.start, end=self.end)

    def covers(self, day: date) -> bool:
        """Tell whether the day lies in the period."""
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: "Period") -> bool:
        """Tell whether the two periods share a day."""
        starts_before_other_ends = other.end is None or self.start < other.end
        other_starts_before_end = self.end is None or other.start < self.end
        return starts_before_other_ends and other_starts_before_end and not (self.is_empty or other.is_empty)

    @property
    def is_empty(self) -> bool:
        """Tell whether no day lies in the period."""
        return self.end is not None and self.end == self.start
