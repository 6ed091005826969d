"""What a sheet is, and what reading one gives: fields, rows, problems, rosters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

import polars as pl

type Value = str | int | bool | Decimal | date | tuple[str, ...] | None
type Clean = Mapping[str, Value]

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A cell that cannot be taken (不接受): why, and what a person needs to know to mend it."""

    code: str
    facts: Mapping[str, str] = NOTHING


type Reader = Callable[[str], Value | Refused]
type Check = Callable[[Value], Refused | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason why a row is not good (不通过原因).

    `field` is empty when the reason concerns the row as a whole. `sentence` is filled by a caller
    whose own rules refuse the row, with the clause they stand on; the core's own codes have their
    sentences in `messages`.
    """

    field: str
    code: str
    value: str = ""
    clause: str | None = None
    facts: Mapping[str, str] = NOTHING
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a sheet (栏目): its header, how its cells are read, what may stand in them.

    `read` gets the cell already normalised (half width, no invisible characters, no outer
    blanks) and never an empty one. `choices` are the words offered in the template's drop-down
    list. `is_long_number` marks numbers a spreadsheet destroys when it takes them for quantities.
    `dtype` is what its clean values are in a column. `as_written` is a pattern of cells that
    normalising leaves alone and `read` gives back as they are; they are not read one by one.
    """

    name: str
    header: str
    read: Reader
    dtype: pl.DataType = field(default_factory=pl.String)
    as_written: str = ""
    required: bool = False
    check: Check | None = None
    choices: tuple[str, ...] = ()
    note: str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()
    width: int = 14
    is_long_number: bool = False
    in_fingerprint: bool = True


type Settle = Callable[[Clean], tuple[Clean, tuple[Problem, ...]]]
type SettleColumns = Callable[[pl.DataFrame], tuple[pl.DataFrame, pl.Series]]
"""From the columns as read to the same columns settled, and the rows that these stand for."""


def settle_nothing(clean: Clean) -> tuple[Clean, tuple[Problem, ...]]:
    """Return the row as it is: no check across its columns."""
    return clean, ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A kind of spreadsheet (名册格式): its columns in order and what holds across them.

    `settle` completes one row from itself and reports what does not fit together; `unique` names
    the groups of fields that no two rows of a file may share. `settle_columns` says the same of
    thousands of rows at once where nothing is wrong with them; of the others `settle` is asked.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    settle: Settle = settle_nothing
    settle_columns: SettleColumns | None = None
    unique: tuple[tuple[str, ...], ...] = ()

    def field(self, name: str) -> Field:
        """Return the field of that name."""
        return next(each for each in self.fields if each.name == name)

    def header_of(self, name: str) -> str:
        """Return the Chinese header of a field, or an empty text for the row as a whole."""
        return next((each.header for each in self.fields if each.name == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One row in neutral form (名册行): as written, as understood, and what is wrong with it.

    `number` is the row's number as the spreadsheet program shows it. `clean` holds every field of
    the sheet; a cell with a problem is None there. Equal clean values give equal fingerprints,
    whatever the file looked like.
    """

    number: int
    raw: Mapping[str, str]
    clean: Clean
    problems: tuple[Problem, ...]
    fingerprint: str

    @property
    def is_good(self) -> bool:
        """Tell whether nothing is wrong with the row."""
        return not self.problems

    def with_problems(self, *problems: Problem) -> "RosterRow":
        """Return the row with further problems, found by a caller's own rules."""
        return replace(self, problems=self.problems + problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a person should know about the file although no row is wrong (提示)."""

    code: str
    facts: Mapping[str, str] = NOTHING


@dataclass(frozen=True, kw_only=True, eq=False)
class Roster:
    """A file that was read (名册): its rows, what to mention, and two digests.

    Rows stand in columns, all of one length and in the order of the file: `numbers` and
    `fingerprints`, `clean`, and `written`, the cells of those `known` columns in which not all are
    written as they are understood; `problems` has the rows with problems by their place. `rows` gives
    the same row by row. `file_digest` is the SHA-256 of the bytes sent; `content_digest` that
    of the clean rows, so that the same people saved again by another program are recognised.
    """

    sheet: Sheet
    sheet_title: str
    header_row: int
    numbers: Sequence[int]
    clean: pl.DataFrame
    known: tuple[str, ...]
    written: pl.DataFrame
    fingerprints: pl.Series
    problems: Mapping[int, tuple[Problem, ...]]
    notices: tuple[Notice, ...] = ()
    file_digest: str
    content_digest: str
    columns: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def rows(self) -> tuple[RosterRow, ...]:
        """Return every row, in the order of the file."""
        return self.rows_at(range(len(self.numbers)))

    def rows_at(self, places: Sequence[int]) -> tuple[RosterRow, ...]:
        """Return the rows at some places, counted from 0."""
        chosen = list(places)
        clean = self.clean[chosen]
        # Without a column the table has no rows either: then every cell is written as it is understood.
        written = self.written[chosen] if self.written.width else self.written
        raw = clean.with_columns(written).select(self.known).fill_null("")
        return tuple(
            RosterRow(
                number=self.numbers[place],
                raw=as_written,
                clean=values,
                problems=self.problems.get(place, ()),
                fingerprint=fingerprint,
            )
            for place, values, as_written, fingerprint in zip(
                chosen, dicts_of(clean), raw.to_dicts(), self.fingerprints.gather(chosen), strict=True
            )
        )

    @property
    def good(self) -> tuple[RosterRow, ...]:
        """Return the rows without a problem."""
        return self.rows_at([place for place in range(len(self.numbers)) if place not in self.problems])

    @property
    def bad(self) -> tuple[RosterRow, ...]:
        """Return the rows with at least one problem."""
        return self.rows_at(sorted(self.problems))


def dicts_of(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of clean columns; several values in one cell are a tuple."""
    rows = frame.to_dicts()
    for name in (name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)):
        for row in rows:
            row[name] = None if row[name] is None else tuple(row[name])
    return rows
