"""Administrative divisions by year (历年行政区划), so that a code is read as of a day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache

from zhiping.core.catalogues.errors import DivisionUnknownError
from zhiping.core.catalogues.files import catalogue_folder, read_rows
from zhiping.kernel.period import Period
from zhiping.kernel.place import NATION, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """One division under one code, name and parent.

    The yearly lists show 31 December; the period therefore begins on 1 January of the first year that shows
    it.
    """

    code: str
    name: str
    parent: str
    level: str
    """province, city or district; 东莞, 中山, 儋州 and 嘉峪关 are cities without districts."""
    period: Period

    @property
    def place(self) -> Place:
        """Return the place."""
        return Place(self.code)

    @property
    def is_directly_under_province(self) -> bool:
        """Tell whether a district-level unit has no city above it (省直辖县级, and all of a municipality)."""
        return self.level == "district" and self.parent.endswith("0000")


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionChange:
    """One recorded change; explains, never decides."""

    year: int
    kind: str
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    document_number: str


class Divisions:
    """All divisions of all years.

    Codes were given to other places in the course of time, so there is no look-up without a day.
    """

    def __init__(self, spans: list[Division], changes: list[DivisionChange]) -> None:
        """Index the spans by code and by parent."""
        self._by_code: dict[str, list[Division]] = defaultdict(list)
        self._by_parent: dict[str, list[Division]] = defaultdict(list)
        self._by_name: dict[str, list[Division]] = defaultdict(list)
        for span in spans:
            self._by_code[span.code].append(span)
            self._by_parent[span.parent].append(span)
            self._by_name[span.name].append(span)
        self._changes = changes

    def find(self, code: str, *, on: date) -> Division | None:
        """Return the division that had the code on the day, or None.

        The day of a change within a year is not on record. In the year of the change the new name counts; a
        division that ended without a successor under its code counts to the end of that year.
        """
        for span in self._by_code.get(code, ()):
            if span.period.covers(on):
                return span
        new_year = date(on.year, 1, 1)
        for span in self._by_code.get(code, ()):
            if span.period.end == new_year:
                return span
        return None

    def get(self, code: str, *, on: date) -> Division:
        """Return the division that had the code on the day.

        Refuses:
            DivisionUnknownError: none had.
        """
        found = self.find(code, on=on)
        if found is None:
            raise DivisionUnknownError(code=code, on=on)
        return found

    def history(self, code: str) -> tuple[Division, ...]:
        """Return every division that ever had the code, in time order."""
        return tuple(self._by_code.get(code, ()))

    def children(self, code: str, *, on: date) -> tuple[Division, ...]:
        """Return the divisions directly under a code ("CN" for the provinces) on the day, by code."""
        return tuple(span for span in self._by_parent.get(code, ()) if span.period.covers(on))

    def named(self, name: str, *, on: date) -> tuple[Division, ...]:
        """Return the divisions of that name on the day; many places share a name."""
        return tuple(span for span in self._by_name.get(name, ()) if span.period.covers(on))

    def chain(self, code: str, *, on: date) -> tuple[Division, ...]:
        """Return the division and those above it, the narrowest first; the nation is left out.

        Refuses:
            DivisionUnknownError: the code, or one above it, had no holder on the day.
        """
        found = [self.get(code, on=on)]
        while found[-1].parent != NATION:
            found.append(self.get(found[-1].parent, on=on))
        return tuple(found)

    def full_name(self, code: str, *, on: date) -> str:
        """Return the name with those above it, as addresses write it (广东省佛山市顺德区)."""
        return "".join(division.name for division in reversed(self.chain(code, on=on)))

    def changes_of(self, code: str) -> tuple[DivisionChange, ...]:
        """Return the recorded changes in which the code is the old or the new one, in time order."""
        return tuple(change for change in self._changes if code in {change.old_code, change.new_code})


@cache
def _read(_folder: object) -> Divisions:
    spans = [
        Division(
            code=row["code"],
            name=row["name"],
            parent=row["parent"],
            level=row["level"],
            period=Period(
                start=date.fromisoformat(row["valid_from"]),
                end=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            ),
        )
        for row in read_rows("divisions.csv")
    ]
    changes = [
        DivisionChange(
            year=int(row["year"]),
            kind=row["kind"],
            old_code=row["old_code"],
            old_name=row["old_name"],
            new_code=row["new_code"],
            new_name=row["new_name"],
            document_number=row["document_number"],
        )
        for row in read_rows("division_changes.csv")
    ]
    return Divisions(spans, changes)


def divisions() -> Divisions:
    """Return the divisions of all years (行政区划); read once."""
    return _read(catalogue_folder())


def division(code: str, *, on: date) -> Division:
    """Return the division that had the code on the day.

    Refuses:
        DivisionUnknownError: none had.
    """
    return divisions().get(code, on=on)
