"""Many rows at once by PostgreSQL's COPY: rows of Python values, or whole columns as a frame holds them."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from django.db import connection, models

_MISSING = r"\N"
_ESCAPED = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
"""Signs that the text form of COPY reads as its own, and how a text that has them is written."""
_AT_ONCE = 2_000


def copy_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows by COPY, inside the transaction of the caller.

    `fields` are attribute names ("person_id"); values are plain Python values as psycopg takes them.
    Not for tables behind the wall: PostgreSQL refuses COPY into them, by design.
    """
    by_attribute = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    columns = ", ".join(quote(by_attribute[name]) for name in fields)
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def copy_frame(table: str, frame: pl.DataFrame) -> None:
    """Write a frame's columns into the columns of the same names, inside the transaction of the caller.

    Not for tables behind the wall: PostgreSQL refuses COPY into them, by design.
    """
    copy_frames(table, frame.columns, parts_of(frame))


def parts_of(frame: pl.DataFrame) -> Iterable[pl.DataFrame]:
    """Return a frame in parts of a size at which the server works on one while the next is made."""
    return frame.iter_slices(_AT_ONCE)


def copy_frames(table: str, columns: Iterable[str], frames: Iterable[pl.DataFrame]) -> None:
    """Write frames of the same columns one after the other, as `copy_frame` does one."""
    quote = connection.ops.quote_name
    statement = f"COPY {quote(table)} ({', '.join(map(quote, columns))}) FROM STDIN"
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for frame in frames:
            copy.write(_written(frame))


def _written(frame: pl.DataFrame) -> str:
    """Return a frame in the text form of COPY, which the server reads quicker than the quoted one."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    binary = [name for name, dtype in frame.schema.items() if dtype == pl.Binary]
    has_own = frame.select(pl.col(texts).unique().str.contains(r"[\\\t\n\r]").any()).row(0, named=True)
    plain = frame.with_columns(
        *(_escaped(name) for name in texts if has_own[name]),
        *((r"\\x" + pl.col(name).bin.encode("hex")).alias(name) for name in binary),
    )
    return plain.write_csv(include_header=False, separator="\t", quote_style="never", null_value=_MISSING)


def _escaped(name: str) -> pl.Expr:
    text = pl.col(name)
    for sign, written in _ESCAPED.items():
        text = text.str.replace_all(sign, written, literal=True)
    return text
