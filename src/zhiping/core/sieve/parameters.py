"""Resolve dated parameters for every place of a snapshot (按地区和期间解析参数).

A row of a parameter says: in this place, from this day to that, the number is so much. The narrowest place
wins: district, city, province, nation. The sieve resolves once, before any screen runs, so that a query joins
on equality of place and a range of days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from zhiping.core.sieve.errors import ParameterUnusableError
from zhiping.kernel.period import Period
from zhiping.kernel.place import Place


class ParameterRow(NamedTuple):
    """One dated value of a parameter in one place, as the policy book gives it."""

    key: str
    place: str
    valid_from: date
    valid_to: date | None
    value: object
    clause: str


class InForce(NamedTuple):
    """What is in force in a place over a period that does not end unless it says so."""

    place: str
    valid_from: date
    valid_to: date
    value: int
    clause: str


OPEN_ENDED = date(9999, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Days on which a parameter has no value in a place: rows of those days were not judged."""

    parameter: str
    place: str
    period: Period


def resolved(rows: Iterable[ParameterRow], key: str, places: Iterable[str]) -> tuple[InForce, ...]:
    """Return what is in force of one parameter in each place, in order of place and day.

    Refuses:
        ParameterUnusableError: a value is no whole number, or two rows of one place overlap.
    """
    of_key: dict[str, list[ParameterRow]] = {}
    for row in rows:
        if row.key == key:
            if isinstance(row.value, bool) or not isinstance(row.value, int):
                raise ParameterUnusableError(key=key, place=row.place, value=row.value)
            of_key.setdefault(row.place, []).append(row)
    for of_place in of_key.values():
        of_place.sort(key=lambda row: row.valid_from)
        for earlier, later in pairwise(of_place):
            if earlier.valid_to is None or later.valid_from < earlier.valid_to:
                raise ParameterUnusableError(key=key, place=later.place, value=later.value)
    found = []
    for place in sorted(set(places)):
        chain = [of_key[above.code] for above in Place(place).chain if above.code in of_key]
        found += _in_force(place, chain)
    return tuple(found)


def _in_force(place: str, chain: Sequence[Sequence[ParameterRow]]) -> list[InForce]:
    edges = {row.valid_from for of_place in chain for row in of_place}
    edges |= {row.valid_to or OPEN_ENDED for of_place in chain for row in of_place}
    periods: list[InForce] = []
    for start, end in pairwise(sorted(edges)):
        narrowest = next((row for of_place in chain for row in of_place if _covers(row, start)), None)
        if narrowest is None:
            continue
        assert isinstance(narrowest.value, int)  # noqa: S101 - `resolved` refused everything else
        last = periods[-1] if periods else None
        is_same = last is not None and last.valid_to == start
        if last is not None and is_same and (last.value, last.clause) == (narrowest.value, narrowest.clause):
            periods[-1] = last._replace(valid_to=end)  # noqa: SLF001 (a named tuple's own way to copy)
        else:
            periods.append(InForce(place, start, end, narrowest.value, narrowest.clause))
    return periods


def _covers(row: ParameterRow, day: date) -> bool:
    return Period(start=row.valid_from, end=row.valid_to).covers(day)


def gaps(
    parameter: str, known: Iterable[InForce], places: Iterable[str], *, within: Period
) -> tuple[Gap, ...]:
    """Return the days within a period on which places have no value of a parameter."""
    end = within.end or OPEN_ENDED
    by_place: dict[str, list[InForce]] = {}
    for row in known:
        by_place.setdefault(row.place, []).append(row)
    found = []
    for place in sorted(set(places)):
        day = within.start
        for row in by_place.get(place, []):
            if row.valid_from > day:
                found.append(_gap(parameter, place, day, min(row.valid_from, end)))
            day = max(day, row.valid_to)
            if day >= end:
                break
        if day < end:
            found.append(_gap(parameter, place, day, end))
    return tuple(gap for gap in found if not gap.period.is_empty)


def _gap(parameter: str, place: str, start: date, end: date) -> Gap:
    return Gap(parameter=parameter, place=place, period=Period(start=start, end=max(start, end)))
