"""The snapshot: every table of the contract, taken from the database at one point in time.

Persons leave the database as pseudonymous keys only; names and numbers stay.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from django.db import connection, transaction

from zhiping.apps.authorities.walls import EVERYWHERE
from zhiping.core.sieve.contract import TABLES, Table, Type

_QUERIES = {
    "bodies": """
        SELECT id::text, name, kind, credit_code, place, filed_on,
               CASE state WHEN 'left' THEN 'removed' ELSE state END
        FROM registry_evaluationbody""",
    "scope_lines": """
        SELECT id::text, body_id::text, occupation_code, level, place, valid_from, valid_to
        FROM registry_scopeline WHERE valid_to IS NULL OR valid_to > valid_from""",
    "sittings": """
        SELECT s.id::text, s.plan_id::text, s.body_id::text, s.occupation_code, s.level, s.place,
               s.venue_id::text, s.starts_at AT TIME ZONE 'Asia/Shanghai',
               s.ends_at AT TIME ZONE 'Asia/Shanghai', p.accepted_on,
               CASE WHEN s.state IN ('planned', 'cancelled') THEN s.state ELSE 'held' END
        FROM exams_sitting s JOIN exams_plan p ON p.id = s.plan_id""",
    "assignments": """
        SELECT a.sitting_id::text, p.key::text, a.role, nullif(a.grade, ''), a.qualified_from,
               a.qualified_to
        FROM exams_assignment a JOIN registry_person p ON p.id = a.person_id
        WHERE NOT a.is_cancelled""",
    "enrolments": """
        SELECT e.id::text, e.sitting_id::text, p.key::text, e.candidate_kind, p.born_on,
               e.entry_condition, e.work_months, nullif(e.prior_level, ''), e.prior_issued_on,
               nullif(e.education, ''), nullif(e.title, ''), e.title_issued_on
        FROM exams_enrolment e JOIN registry_person p ON p.id = e.person_id
        WHERE e.state <> 'withdrawn'""",
    "results": """
        SELECT r.enrolment_id::text, r.subject, r.score, r.is_absent, r.recorded_on
        FROM exams_result r JOIN exams_enrolment e ON e.id = r.enrolment_id
        WHERE e.state <> 'withdrawn'""",
    "certificates": """
        SELECT c.number, c.enrolment_id::text, p.key::text, c.body_id::text, c.occupation_code, c.level,
               c.place, c.issued_on, c.state
        FROM certificates_certificate c JOIN registry_person p ON p.id = c.person_id""",
    "insured_months": "SELECT body_id::text, month, insured_count FROM registry_insuredmonth",
    "insurance_spans": """
        SELECT p.key::text, coalesce(s.body_id::text, s.unit), s.valid_from, s.valid_to
        FROM registry_insurancespan s JOIN registry_person p ON p.id = s.person_id""",
    "dispatch_spans": """
        SELECT p.key::text, coalesce(s.body_id::text, s.unit), s.valid_from, s.valid_to
        FROM registry_dispatchspan s JOIN registry_person p ON p.id = s.person_id""",
    "prior_certificates": """
        SELECT p.key::text, c.occupation_code, c.level, c.issued_on
        FROM exams_priorcertificate c JOIN registry_person p ON p.id = c.person_id""",
}
"""Per table of the contract: its columns in the contract's order."""

_POLARS: dict[Type, type[pl.DataType] | pl.DataType] = {
    Type.TEXT: pl.String,
    Type.WHOLE: pl.Int64,
    Type.SCORE: pl.Decimal(5, 1),
    Type.DAY: pl.Date,
    Type.FLAG: pl.Boolean,
}


@contextmanager
def _one_moment() -> Iterator[None]:
    """Run a transaction that sees one point in time, whatever is written meanwhile."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # A screening leaves nothing out: the one reader that reaches every place.
            cursor.execute("SELECT set_config('zhiping.reach', %s, true)", [EVERYWHERE])
        yield


def take_snapshot(folder: Path) -> str:
    """Write one Parquet file per table of the contract; return the digest of them all.

    Refuses nothing: what breaks the contract is found by whoever reads the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with _one_moment():
        for table in TABLES:
            path = folder / f"{table.name}.parquet"
            _export(table, path)
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _export(table: Table, path: Path) -> None:
    text = path.with_suffix(".csv")
    statement = f"COPY ({_QUERIES[table.name]}) TO STDOUT WITH (FORMAT csv)"
    with text.open("wb") as out, connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            out.write(block)
    columns = [column.name for column in table.columns]
    if text.stat().st_size:
        rows = pl.scan_csv(text, has_header=False, new_columns=columns, infer_schema=False)
    else:
        rows = pl.LazyFrame(schema=dict.fromkeys(columns, pl.String))
    rows.select(_typed(name, column.type) for name, column in zip(columns, table.columns, strict=True)).sort(
        list(table.key)
    ).collect().write_parquet(path)
    text.unlink()


def _typed(name: str, kind: Type) -> pl.Expr:
    if kind is Type.FLAG:
        return (pl.col(name) == "t").alias(name)
    if kind is Type.MOMENT:
        return pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us")
    if kind is Type.DAY:
        return pl.col(name).str.to_date("%Y-%m-%d")
    return pl.col(name).cast(_POLARS[kind])
