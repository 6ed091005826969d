"""Import of candidates: the wait of a clerk, against the floor in the same run.

Compared are, over one workbook of 10,000 new people in 33 columns that is written before any clock runs:

- the floor, the least that could be called an import: fastexcel parses the workbook as strings and COPY
  writes the rows into a plain temporary table of the same server; measured before, between and after,
  the mean counts;
- the preview: opened without trust, every cell read and checked, every row judged by the rules, kept sealed;
- the apply: judged again, persons sealed and put on record, enrolments written and journalled, and the
  checks of foreign keys that the server leaves for the end of the transaction. The floor has none.

Every figure is one run's wall-clock time, as printed; nothing is left out and no best run is picked. One
warming run of 50 rows and of the floor stands before.

Run with `python -m bench.imports`.
"""

import io
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROWS = 10_000


def _prepare() -> None:
    """Point Django at a database of its own on our own server."""
    from zhiping.gateways.postgres import ensure_database
    from zhiping.gateways.state_folder import CHECKOUT

    if not os.environ.get("ZHIPING_BENCH_READY"):
        endpoint = ensure_database(CHECKOUT / ".zhiping" / "test-postgres", "zhiping_bench")
        os.environ.update(endpoint.environment())
    os.environ["ZHIPING_AS_OWNER"] = "1"
    os.environ["ZHIPING_STATE_DIR"] = tempfile.mkdtemp(prefix="zhiping-bench-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiping.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _timed[T](work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _floor(content: bytes) -> int:
    """Parse the workbook as strings and COPY it into a plain table."""
    import fastexcel
    from django.db import connection, transaction

    sheet = fastexcel.read_excel(content).load_sheet(0, dtypes="string")
    frame = sheet.to_polars()
    with transaction.atomic(), connection.cursor() as cursor:
        columns = ", ".join(f"c{index} text" for index in range(frame.width))
        cursor.execute(f"CREATE TEMPORARY TABLE bench_floor ({columns})")
        with connection.connection.cursor() as raw, raw.copy("COPY bench_floor FROM STDIN") as copy:
            for row in frame.iter_rows():
                copy.write_row(row)
        cursor.execute("SELECT count(*) FROM bench_floor")
        counted = int(cursor.fetchone()[0])
        cursor.execute("DROP TABLE bench_floor")
    return counted


def _applied[T](work: Callable[[], T]) -> T:
    """Do the work, and what the server would do for it with the commit: here all is rolled back."""
    from django.db import connection

    done = work()
    connection.check_constraints()
    return done


def _workbook(rows: int) -> bytes:
    """Return the workbook of new people, every cell a text, in the columns of the sheet."""
    import rustpy_xlsxwriter

    from tests import builders

    heads = builders._CANDIDATE_HEADERS  # noqa: SLF001 (the columns that the builders' own workbooks have)
    people = [builders.candidate_row(index) for index in range(rows)]
    target = io.BytesIO()
    rustpy_xlsxwriter.write_worksheet([{head: row.get(head, "") for head in heads} for row in people], target)
    return target.getvalue()


def run(rows: int = ROWS) -> dict[str, object]:
    """Measure one import of new people, and the floor before and after it; return the numbers."""
    _prepare()
    from django.db import transaction

    from tests import builders
    from zhiping.apps.exams import actions as exams

    content = _workbook(rows)
    with transaction.atomic():
        sitting = builders.accepted_sitting(capacity=rows)
        who = {"actor": builders.clerk(sitting.body), "clock": builders.AT_ENROLMENT}
        _floor(content)  # the first run warms both up
        small = builders.workbook([builders.candidate_row(index) for index in range(50)])
        exams.preview_candidates(sitting.pk, file_name="小.xlsx", content=small, **who)
        counted, before = _timed(lambda: _floor(content))
        seen, previewing = _timed(
            lambda: exams.preview_candidates(sitting.pk, file_name="大.xlsx", content=content, **who)
        )
        _, between = _timed(lambda: _floor(content))
        done, applying = _timed(lambda: _applied(lambda: exams.apply_candidates(seen.pk, **who)))
        _, after = _timed(lambda: _floor(content))
        if (counted, done.rows_good) != (rows, rows):
            message = f"floor {counted}, enrolled {done.rows_good} of {rows} rows: {done.problems[:1]}"
            raise AssertionError(message)
        transaction.set_rollback(True)
    floor = (before + between + after) / 3
    return {
        "rows": rows,
        "floor_seconds": round(floor, 3),
        "preview_seconds": round(previewing, 3),
        "apply_seconds": round(applying, 3),
        "rows_per_second": {
            "floor": round(rows / floor),
            "preview": round(rows / previewing),
            "apply": round(rows / applying),
            "both": round(rows / (previewing + applying)),
        },
        "times_floor": {
            "preview": round(previewing / floor, 2),
            "apply": round(applying / floor, 2),
            "both": round((previewing + applying) / floor, 2),
        },
    }


if __name__ == "__main__":
    if not (Path.cwd() / "pyproject.toml").is_file():
        raise SystemExit("run it at the root of the repository")
    print(json.dumps(run(), ensure_ascii=False, indent=2))
