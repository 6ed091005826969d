"""The second wall between offices: row-level security, independent of the queries above it.

Every walled table has a policy that shows a row only where the session's reach covers its place, or
where the row belongs to the session's body. The reach is set by the portal's gate for the length of
one transaction; without it nothing is shown (it fails closed). Superusers and owners bypass policies,
hence the plain role that each request runs under.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

ROLE = "zhiping_app"
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Walled:
    """A table behind the wall, with the columns that say where and whose a row is."""

    model: str
    place: str = "place"
    body: str = "body_id"


WALLED = (
    Walled("registry.EvaluationBody", body="id"),
    Walled("registry.Filing"),
    Walled("exams.Plan"),
    Walled("exams.Sitting"),
    Walled("certificates.Certificate"),
    Walled("screening.Finding", body="NULL::bigint"),
)

_FUNCTION = """
CREATE OR REPLACE FUNCTION zhiping_reaches(place text, body bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(
    current_setting('zhiping.reach', true) = '*'
    OR place ^@ ANY (string_to_array(nullif(current_setting('zhiping.reach', true), ''), ','))
    OR body = nullif(current_setting('zhiping.body', true), '')::bigint,
    false)
$$
"""


def build() -> None:
    """Build the wall (idempotent): grants and policies for the plain role.

    Runs as the owner; the role itself is made by whoever starts or names the server.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zhiping.walls'))")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {ROLE}")
        cursor.execute(_FUNCTION)
        for walled in WALLED:
            table = apps.get_model(walled.model)._meta.db_table
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS wall ON {table}")
            cursor.execute(
                f"CREATE POLICY wall ON {table} USING (zhiping_reaches({walled.place}, {walled.body}))"
            )


@contextmanager
def reaching(prefixes: Iterable[str], *, body_id: int | None = None) -> Iterator[None]:
    """Run one transaction under the plain role, reaching the place prefixes and the body's own rows.

    An empty prefix reaches everywhere. Nothing is reached without prefixes and without a body.
    """
    prefixes = tuple(prefixes)
    reach = EVERYWHERE if "" in prefixes else ",".join(prefixes)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('zhiping.reach', %s, true),"
            " set_config('zhiping.body', %s, true)",
            [ROLE, reach, "" if body_id is None else str(body_id)],
        )
        yield


@contextmanager
def reaching_everywhere() -> Iterator[None]:
    """Widen the reach for one step that needs the whole table (a number that is unique in a province).

    The reach before is restored afterwards, also when the step fails.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('zhiping.reach', true), '')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('zhiping.reach', %s, true)", [EVERYWHERE])
    try:
        with transaction.atomic():
            yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('zhiping.reach', %s, true)", [before])
