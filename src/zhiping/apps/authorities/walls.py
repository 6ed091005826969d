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

_FUNCTION_BODY = """
  SELECT coalesce(
    current_setting('zhiping.reach', true) = '*'
    OR place ^@ ANY (string_to_array(nullif(current_setting('zhiping.reach', true), ''), ','))
    OR body = nullif(current_setting('zhiping.body', true), '')::bigint,
    false)
"""
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION zhiping_reaches(place text, body bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $${_FUNCTION_BODY}$$
"""

# Whoever reaches everywhere is asked once for each statement, not for each row.
_CONDITION = (
    "(SELECT current_setting('zhiping.reach', true)) = '*' OR zhiping_reaches({walled.place}, {walled.body})"
)

# What lacks a grant, each with the statement that gives it.
_MISSING_GRANTS = """
SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %%s TO %%I', c.oid::regclass, %(role)s)
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
  AND NOT (has_table_privilege(%(role)s, c.oid, 'SELECT') AND has_table_privilege(%(role)s, c.oid, 'INSERT')
           AND has_table_privilege(%(role)s, c.oid, 'UPDATE')
           AND has_table_privilege(%(role)s, c.oid, 'DELETE'))
UNION ALL
SELECT format('GRANT USAGE, SELECT ON SEQUENCE %%s TO %%I', c.oid::regclass, %(role)s)
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'
  AND NOT (has_sequence_privilege(%(role)s, c.oid, 'USAGE')
           AND has_sequence_privilege(%(role)s, c.oid, 'SELECT'))
UNION ALL
SELECT format('GRANT USAGE ON SCHEMA public TO %%I', %(role)s)
WHERE NOT has_schema_privilege(%(role)s, 'public', 'USAGE')
"""
_FUNCTION_STANDS = "SELECT prosrc FROM pg_proc WHERE oid = to_regproc('zhiping_reaches')"
# A policy carries as its comment the condition it was made from: PostgreSQL keeps its own spelling of it.
_POLICY_STANDS = """
SELECT c.relrowsecurity AND p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}'
       AND obj_description(p.oid, 'pg_policy') = %s
FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'wall'
WHERE c.oid = %s::regclass
"""


def build() -> int:
    """Build what the wall lacks (grants and policies for the plain role); return how many parts it lacked.

    A wall that stands is only read: a table is never locked beside a server that works on it. Runs as
    the owner; the role itself is made by whoever starts or names the server.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zhiping.walls'))")
        conditions = {
            apps.get_model(walled.model)._meta.db_table: _CONDITION.format(walled=walled) for walled in WALLED
        }
        open_tables = [table for table, condition in conditions.items() if not _stands(table, condition)]
        if open_tables:
            # All at once and before anything else: a vacuum under way gives way to a lock that is asked
            # for, but not to one that it meets while it waits for us.
            cursor.execute(f"LOCK TABLE {', '.join(open_tables)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(_FUNCTION_STANDS)
        missing = [] if cursor.fetchone() == (_FUNCTION_BODY,) else [_FUNCTION]
        cursor.execute(_MISSING_GRANTS, {"role": ROLE})
        missing += [statement for (statement,) in cursor.fetchall()]
        for table in open_tables:
            condition = conditions[table]
            missing += [
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"DROP POLICY IF EXISTS wall ON {table}",
                f"CREATE POLICY wall ON {table} USING ({condition})",
                f"COMMENT ON POLICY wall ON {table} IS $${condition}$$",
            ]
        for statement in missing:
            cursor.execute(statement)
    return len(missing)


def _stands(table: str, condition: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_POLICY_STANDS, [condition, table])
        return bool(cursor.fetchone() == (True,))


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
