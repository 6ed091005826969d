"""Reads a table of facts: which column is which fact, of which type, as an expression to judge by.

| type of the fact | column |
|---|---|
| whole | any integer up to 64 bits |
| decimal | decimal, integer or plain decimal text; at most 20 digits before the point, 18 after it |
| flag | boolean |
| text | string, categorical, enum |
| day | date |
| texts | list of texts |
| rows | list of structs, whose fields are declared |

Floats are refused, whatever the fact. A null, and a column that is not there, is a missing fact. A null
row is a row of which nothing is known.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
from polars.datatypes import DataTypeClass

from zhiping.core.policybook.errors import FactMalformedError, FactUndeclaredError
from zhiping.core.policybook.fact_values import wanted_of
from zhiping.core.policybook.messages import WANTED
from zhiping.core.policybook.model import FactDeclaration, FactType
from zhiping.kernel.place import Place

type DType = pl.DataType | DataTypeClass

FRACTION_DIGITS = 18
WHOLE_DIGITS = 20
DECIMAL = pl.Decimal(FRACTION_DIGITS + WHOLE_DIGITS, FRACTION_DIGITS)
"""The one type in which decimals are compared: exact, whatever the scale they come in."""

DTYPES: Mapping[FactType, pl.DataType] = {
    FactType.WHOLE: pl.Int64(),
    FactType.DECIMAL: DECIMAL,
    FactType.TEXT: pl.String(),
    FactType.FLAG: pl.Boolean(),
    FactType.DAY: pl.Date(),
    FactType.TEXTS: pl.List(pl.String),
}
"""The type of a column once it is read; rows keep the struct they come in."""

_PLAIN_DECIMAL = rf"^-?[0-9]{{1,{WHOLE_DIGITS}}}(\.[0-9]{{1,{FRACTION_DIGITS}}})?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFacts:
    """A table whose columns were checked.

    `columns` gives each fact that is there as an expression of its type; `fields` the types of the
    fields that the rows of a list have; `fixed` the facts that are the same for every row.
    """

    frame: pl.DataFrame
    columns: Mapping[str, pl.Expr]
    fields: Mapping[str, Mapping[str, DType]]
    fixed: frozenset[str] = frozenset()

    def at(self, place: Place, on: date) -> "TableFacts":
        """Return the table with all rows judged at one place on one day."""
        built_in = {"day": pl.lit(on), "place": pl.lit(place.code)}
        return TableFacts(
            frame=self.frame,
            columns={**self.columns, **built_in},
            fields=self.fields,
            fixed=frozenset(built_in),
        )

    def taken(self, rows: pl.Series) -> "TableFacts":
        """Return the table of some of the rows."""
        return TableFacts(frame=self.frame[rows], columns=self.columns, fields=self.fields, fixed=self.fixed)


def read_table(
    declarations: Mapping[str, FactDeclaration],
    facts: pl.DataFrame | pl.LazyFrame,
    *,
    reads: Collection[str],
    keys: Mapping[str, str],
) -> TableFacts:
    """Check the columns of a table and keep those that are read.

    `keys` names the columns that say where and when a row is judged: they stand in for the built-in
    facts (place, day) and need not be declared.

    Refuses:
        FactUndeclaredError: the vocabulary has no fact of a column's (or a row's field's) name.
        FactMalformedError: a column has another type than declared, or a decimal text is no number.
    """
    schema = facts.collect_schema()
    fields: dict[str, Mapping[str, DType]] = {}
    columns: dict[str, pl.Expr] = {}
    for name, dtype in schema.items():
        declaration = declarations.get(name)
        if declaration is None:
            if name in keys.values():
                continue
            raise FactUndeclaredError(fact=name)
        if declaration.type is FactType.ROWS:
            fields[name] = _check_rows(declaration, dtype)
        else:
            _check_column(declaration, dtype)
        if dtype != pl.Null() and name in reads:
            columns[name] = typed(pl.col(name), declaration, dtype)
    _check_keys(schema, keys)
    wanted = list(dict.fromkeys([*columns, *keys.values()]))
    frame = facts.lazy().select(wanted).collect() if wanted else _blank(facts)
    for name in columns:
        _check_decimals(frame.get_column(name), declarations[name])
    for fact, name in keys.items():
        columns[fact] = pl.col(name).cast(DTYPES[_KEY_TYPES[fact]])
    return TableFacts(frame=frame, columns=columns, fields=fields)


def typed(column: pl.Expr, declaration: FactDeclaration, dtype: DType) -> pl.Expr:
    """Return a checked column in the one type of its fact."""
    wanted = DTYPES.get(declaration.type)
    return column if wanted is None or dtype == wanted else column.cast(wanted)


def missing(declaration: FactDeclaration) -> pl.Expr:
    """Return the column of a fact that nobody gave."""
    return pl.lit(None, dtype=DTYPES.get(declaration.type, pl.List(pl.Null)))


_KEY_TYPES = {"place": FactType.TEXT, "day": FactType.DAY}


def _blank(facts: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return a table of as many rows with one column that means nothing: no rule reads any other."""
    return facts.lazy().select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("")).collect()


def _check_keys(schema: Mapping[str, DType], keys: Mapping[str, str]) -> None:
    for fact, name in keys.items():
        kind = _KEY_TYPES[fact]
        if name not in schema or not _FITS[kind](schema[name]):
            raise FactMalformedError(fact=name, value=str(schema.get(name)), wanted=WANTED[kind.value])


def _check_column(declaration: FactDeclaration, dtype: DType) -> None:
    if dtype != pl.Null() and not _FITS[declaration.type](dtype):
        raise FactMalformedError(fact=declaration.name, value=str(dtype), wanted=wanted_of(declaration))


def _check_rows(declaration: FactDeclaration, dtype: DType) -> dict[str, DType]:
    """Return the types of the fields that the rows have."""
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    if inner == pl.Null():
        return {}
    if not isinstance(dtype, pl.List) or not isinstance(inner, pl.Struct):
        raise FactMalformedError(fact=declaration.name, value=str(dtype), wanted=wanted_of(declaration))
    found: dict[str, DType] = {}
    for name, kind in inner.to_schema().items():
        field = declaration.field(name)
        if field is None:
            raise FactUndeclaredError(fact=name)
        _check_column(field, kind)
        if kind != pl.Null():
            found[name] = kind
    return found


def _check_decimals(column: pl.Series, declaration: FactDeclaration) -> None:
    """Refuse a number that does not fit, in a column or in the rows of a list."""
    if declaration.type is FactType.ROWS:
        for field in _decimal_fields(column.dtype, declaration):
            rows = column.explode(empty_as_null=False, keep_nulls=False)
            _check_decimals(rows.struct.field(field.name), field)
        return
    if declaration.type is not FactType.DECIMAL or column.dtype in _WHOLE:
        return
    fits = column.cast(DECIMAL, strict=False).is_not_null()
    if column.dtype == pl.String():
        fits &= column.str.contains(_PLAIN_DECIMAL)
    wrong = column.filter(~fits & column.is_not_null())
    if wrong.len():
        raise FactMalformedError(
            fact=declaration.name, value=str(wrong.first()), wanted=wanted_of(declaration)
        )


def _decimal_fields(dtype: DType, declaration: FactDeclaration) -> list[FactDeclaration]:
    """Return the fields of a list's rows that hold decimals whose values have to be looked at."""
    if not isinstance(dtype, pl.List) or not isinstance(dtype.inner, pl.Struct):
        return []
    kinds = dtype.inner.to_schema()
    return [
        field
        for field in declaration.fields
        if field.type is FactType.DECIMAL and kinds.get(field.name, pl.Int64()) not in {*_WHOLE, pl.Null()}
    ]


_WHOLE = {pl.Int8(), pl.Int16(), pl.Int32(), pl.Int64(), pl.UInt8(), pl.UInt16(), pl.UInt32()}


def _is_text(dtype: DType) -> bool:
    return isinstance(dtype, pl.String | pl.Categorical | pl.Enum)


def _is_decimal(dtype: DType) -> bool:
    if isinstance(dtype, pl.Decimal):
        return dtype.scale <= FRACTION_DIGITS
    return dtype in _WHOLE or dtype == pl.String()


def _is_texts(dtype: DType) -> bool:
    return isinstance(dtype, pl.List) and (dtype.inner == pl.Null() or _is_text(dtype.inner))


_FITS: Mapping[FactType, Callable[[DType], bool]] = {
    FactType.WHOLE: lambda dtype: dtype in _WHOLE,
    FactType.DECIMAL: _is_decimal,
    FactType.TEXT: _is_text,
    FactType.FLAG: lambda dtype: dtype == pl.Boolean(),
    FactType.DAY: lambda dtype: dtype == pl.Date(),
    FactType.TEXTS: _is_texts,
}
