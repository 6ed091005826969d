"""Many cases as columns (成批事实): which record each is a part of, and its facts, as stored or as judged."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from zhiping.core.policybook.column_facts import DTYPES
from zhiping.core.policybook.model import FactDeclaration, FactType
from zhiping.core.policybook.values import as_day, as_decimal


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """Facts of many cases of one question, and which record each is a part of.

    `rows` has the columns record (its number, unique within its kind), part ("" where a record has only
    one; an occupation, a sitting), place (six digits) and, where there are waivers, waived (the rules
    that were waived for that row). `facts` has as many rows: facts by their declared names, null where
    missing.
    """

    kind: str
    rows: pl.DataFrame
    facts: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Some of the records of one kind: their frames by question, and where their facts come from.

    Of `records`, so many as `frozen` says have their facts from the verdict that was kept with them at
    the time; those of the others were read from the rows on record, as of the record's own day.
    """

    frames: Mapping[str, Frame]
    records: int
    frozen: int


class Case(NamedTuple):
    """One row of a frame, as an app hands it over; the facts as judged, or as a stored verdict has them."""

    record: str
    part: str
    place: str
    facts: Mapping[str, object]
    waived: Sequence[str] = ()


_TEXT, _TEXTS = pl.String(), pl.List(pl.String)
_ROWS = pl.Schema([("record", _TEXT), ("part", _TEXT), ("place", _TEXT), ("waived", _TEXTS)])


def frame_of(declarations: Mapping[str, FactDeclaration], kind: str, cases: Iterable[Case]) -> Frame:
    """Return cases as a frame, their facts in declared columns.

    A fact that the vocabulary does not have, or that is stored in a form its type cannot be read from,
    is missing: the verdict says "unknown" rather than guess.
    """
    known = list(cases)
    names = sorted({name for one in known for name in one.facts} & declarations.keys())
    rows = pl.DataFrame(
        {
            "record": [one.record for one in known],
            "part": [one.part for one in known],
            "place": [one.place for one in known],
            "waived": _text_lists("waived", [tuple(one.waived) for one in known]),
        },
        schema=_ROWS,
    )
    columns = [_column(declarations[name], [one.facts.get(name) for one in known]) for name in names]
    return Frame(kind=kind, rows=rows, facts=pl.DataFrame(columns))


def _column(declaration: FactDeclaration, values: Sequence[object]) -> pl.Series:
    if declaration.type is FactType.ROWS:
        return _lists(declaration, values)
    if declaration.type is FactType.TEXTS:
        return _text_lists(declaration.name, [_texts(value) for value in values])
    read = _READERS[declaration.type]
    dtype = pl.String() if declaration.type is FactType.DECIMAL else DTYPES[declaration.type]
    return pl.Series(declaration.name, [read(value) for value in values], dtype=dtype)


def _text_lists(name: str, values: Sequence[tuple[str, ...] | None]) -> pl.Series:
    """Return lists of texts as a column; equal lists, of which there are few, are made once."""
    codes = {value: code for code, value in enumerate(dict.fromkeys(values))}
    made = pl.Series(
        name, [None if value is None else list(value) for value in codes], dtype=pl.List(pl.String)
    )
    return made.gather(pl.Series([codes[value] for value in values], dtype=pl.UInt32))


def _lists(declaration: FactDeclaration, values: Sequence[object]) -> pl.Series:
    """Return lists of rows as a column: built field by field, which is far quicker than row by row."""
    lists = [_rows(value) for value in values]
    inside = [row for one in lists for row in one or ()]
    fields = [_column(field, [row.get(field.name) for row in inside]) for field in declaration.fields]
    whose = pl.Series("whose", [place for place, one in enumerate(lists) for _ in one or ()], dtype=pl.UInt32)
    packed = pl.DataFrame([whose, pl.DataFrame(fields).to_struct("rows")]).group_by("whose").agg("rows")
    there = pl.Series("there", [one is not None for one in lists], dtype=pl.Boolean)
    found = pl.DataFrame({"there": there}).with_row_index("whose")
    none = pl.lit([], dtype=packed.schema["rows"])
    return (
        found.join(packed, on="whose", how="left", maintain_order="left")
        .select(pl.when("there").then(pl.col("rows").fill_null(none)).alias(declaration.name))
        .to_series()
    )


def _rows(value: object) -> Sequence[Mapping[str, object]] | None:
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        return None
    return value


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        return None
    return tuple(value)


def _decimal(value: object) -> str | None:
    number = value if isinstance(value, Decimal) else as_decimal(value)
    return None if number is None or not number.is_finite() else f"{number:f}"


_READERS: Mapping[FactType, Callable[[object], object]] = {
    FactType.WHOLE: lambda value: value if type(value) is int else None,
    FactType.DECIMAL: _decimal,
    FactType.TEXT: lambda value: value if isinstance(value, str) else None,
    FactType.FLAG: lambda value: value if isinstance(value, bool) else None,
    FactType.DAY: as_day,
}
