"""Frames of a world: exactly the columns and types of the table contract (筛查数据表约定)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import polars as pl

from zhiping.core.sieve.contract import BY_NAME, Type

type Row = dict[str, Any]

_POLARS: Mapping[Type, pl.DataType | type[pl.DataType]] = MappingProxyType(
    {
        Type.TEXT: pl.String,
        Type.WHOLE: pl.Int64,
        Type.SCORE: pl.Decimal(5, 1),
        Type.DAY: pl.Date,
        Type.MOMENT: pl.Datetime("us"),
        Type.FLAG: pl.Boolean,
    }
)


def schema(table: str) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Return the columns of a contract table with their polars types, in order."""
    return {column.name: _POLARS[column.type] for column in BY_NAME[table].columns}


def from_rows(table: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Return a contract table made from rows; unknown columns are dropped."""
    return pl.DataFrame(list(rows), schema=schema(table))


def conformed(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with exactly the contract's columns, in order and typed."""
    return frame.select(pl.col(name).cast(kind) for name, kind in schema(table).items())
