"""Many rows at once: PostgreSQL's COPY behind the names of a model's fields."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


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
