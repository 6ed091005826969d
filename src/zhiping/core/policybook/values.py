"""Values that parameters and facts have, and their one written form."""

import calendar
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from zhiping.core.policybook.errors import FactMalformedError

type Value = int | Decimal | str | bool | date | tuple[str, ...]

MONTHS_PER_YEAR = 12


def plain(value: object) -> object:
    """Return a value as JSON can carry it: days and decimals as text, tuples as lists.

    >>> plain((Decimal("0.30"), date(2020, 8, 17)))
    ['0.30', '2020-08-17']
    """
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value


def as_day(value: object) -> date | None:
    """Return the day that a value means: a day itself, or its ISO text; None where it means none."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def as_decimal(value: object) -> Decimal | None:
    """Return the exact decimal that a value means: whole, Decimal or text; never a binary fraction."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str):
        try:
            number = Decimal(value)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    return None


def shift(day: date, *, by: int, unit: str) -> date:
    """Return the corresponding day so many days, months or years later (negative: earlier).

    Where the month has no corresponding day, its last day counts (民法典 art. 202).

    >>> shift(date(2021, 1, 31), by=1, unit="month"), shift(date(2020, 2, 29), by=1, unit="year")
    (datetime.date(2021, 2, 28), datetime.date(2021, 2, 28))
    """
    if unit == "day":
        return day + timedelta(days=by)
    months = by * MONTHS_PER_YEAR if unit == "year" else by
    year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + months, MONTHS_PER_YEAR)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def refuse_value(name: str, value: object, wanted: str) -> FactMalformedError:
    """Return the refusal of a value that does not fit."""
    return FactMalformedError(fact=name, value=repr(value), wanted=wanted)
