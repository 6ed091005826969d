"""Import of candidates: rows a second through the whole path, against the floor in the same run.

The whole path is what a clerk waits for: preview (read, check, judge) and taking over (judged again,
identity numbers sealed, COPY). The floor does the least that could be called an import: parse the same
workbook as strings and COPY the rows into a plain table of the same server.

Run with `python -m bench.imports`.
"""

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


def run(rows: int = ROWS) -> dict[str, object]:
    """Measure one import of new people, and the floor before and after it; return the numbers."""
    _prepare()
    from django.db import transaction

    from tests import builders
    from zhiping.apps.exams import actions as exams

    content = builders.workbook([builders.candidate_row(index) for index in range(rows)])
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
        done, applying = _timed(lambda: exams.apply_candidates(seen.pk, **who))
        _, after = _timed(lambda: _floor(content))
        if (counted, done.rows_good) != (rows, rows):
            message = f"floor {counted}, enrolled {done.rows_good} of {rows} rows: {done.problems[:1]}"
            raise AssertionError(message)
        transaction.set_rollback(True)
    floor = (before + after) / 2
    return {
        "rows": rows,
        "preview_seconds": round(previewing, 3),
        "apply_seconds": round(applying, 3),
        "rows_per_second": round(rows / (previewing + applying)),
        "floor_seconds": round(floor, 3),
        "floor_rows_per_second": round(rows / floor),
        "times_floor": round((previewing + applying) / floor, 2),
    }


if __name__ == "__main__":
    if not (Path.cwd() / "pyproject.toml").is_file():
        raise SystemExit("run it at the root of the repository")
    print(json.dumps(run(), ensure_ascii=False, indent=2))
