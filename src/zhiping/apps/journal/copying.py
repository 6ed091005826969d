"""Many rows at once: PostgreSQL's COPY behind the names of a model's fields."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def copy_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows by COPY, inside the transaction of the caller.

    `fields` are attribute names ("person_id"); values are plain Python values as psycopg takes them.
    Not for tables behind the wall: PostgreSQL refuses COPY into them, by design.
    """
    names = [model._meta.get_field(name.removesuffix("_id")).column for name in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name in names)
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
