"""Days as whole numbers since 1970-01-01, vectorised: months back, birthdays, months of a world."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

type Whole = npt.NDArray[np.int64]

EPOCH = date(1970, 1, 1)


def ordinal(day: date) -> int:
    """Return the day as days since 1970-01-01."""
    return (day - EPOCH).days


def to_date(days: int) -> date:
    """Return the date of a day number."""
    return EPOCH + timedelta(days=int(days))


def months_before(days: Whole, months: Whole) -> Whole:
    """Return the same day of the month that many months earlier, or that month's last day.

    >>> months_before(np.array([ordinal(date(2024, 3, 31))]), np.array([1])) == ordinal(date(2024, 2, 29))
    array([ True])
    """
    moment = days.astype("datetime64[D]")
    month = moment.astype("datetime64[M]")
    day_of_month = (moment - month).astype(np.int64)
    earlier = month - months.astype("timedelta64[M]")
    first = earlier.astype("datetime64[D]").astype(np.int64)
    length = (earlier + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - first
    moved: Whole = first + np.minimum(day_of_month, length - 1)
    return moved


def month_earlier(day: date, months: int) -> date:
    """Return the same day of the month that many months earlier, or that month's last day."""
    return to_date(int(months_before(np.array([ordinal(day)]), np.array([months]))[0]))


def months_up_to(last: date, count: int) -> list[date]:
    """Return the first days of `count` months, the last one being the month of `last`."""
    newest = last.year * 12 + last.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(newest - count + 1, newest + 1)]
