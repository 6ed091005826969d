"""`kill -9` in the middle of an import of 10,000 rows leaves nothing half done."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from tests import builders
from tests.apps.journal.watching import recorded
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.models import Enrolment, RosterImport
from zhiping.apps.registry.models import Person

ROOT = Path(__file__).resolve().parents[3]
ROWS = 10_000


def start(seen: RosterImport, body_id: int) -> subprocess.Popen[str]:
    """Start taking the import over in its own process, and wait until it works on it."""
    name = connection.settings_dict["NAME"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.apps.exams.importing", name, str(seen.pk), str(body_id)],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "zhiping.config.settings",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n", process.stderr.read()
    return process


def wait_for(query: str, timeout: float = 30) -> None:
    """Wait until another session of this database runs a statement like that."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle' AND query LIKE %s",
                [query],
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.003)
    pytest.fail(f"no session came to {query}")


def wait_until_gone(timeout: float = 20) -> None:
    """Wait until the server has noticed that the killed one is gone."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("the killed session is still there")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_of_ten_thousand_rows_leaves_nothing_and_the_next_run_everything():
    body = builders.confirmed_body()
    sitting = builders.accepted_sitting(body, capacity=ROWS)
    content = builders.workbook([builders.candidate_row(index) for index in range(ROWS)])
    seen = exams.preview_candidates(
        sitting.pk,
        file_name="万人.xlsx",
        content=content,
        actor=builders.clerk(body),
        clock=builders.AT_ENROLMENT,
    )
    assert (seen.rows_good, seen.rows_bad) == (ROWS, 0)
    people = Person.objects.count()

    with recorded() as entries:
        # While it reads, while persons are written, while enrolments stream in by COPY.
        for moment in (None, "%registry_person%", "COPY%exams_enrolment%"):
            process = start(seen, body.pk)
            if moment is None:
                time.sleep(0.4)
            else:
                wait_for(moment)
            process.kill()
            process.communicate(timeout=20)
            assert process.returncode == -9
            wait_until_gone()
            seen.refresh_from_db()
            assert seen.state == RosterImport.State.PREVIEWED
            assert not Enrolment.objects.filter(sitting=sitting).exists()
            assert Person.objects.count() == people
    assert entries == []

    process = start(seen, body.pk)
    said, complained = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "done\n"), complained
    seen.refresh_from_db()
    assert (seen.state, seen.rows_good, seen.rows_unchanged) == (RosterImport.State.APPLIED, ROWS, 0)
    tickets = sorted(int(ticket[-5:]) for ticket in sitting.enrolments.values_list("ticket", flat=True))
    assert tickets == list(range(1, ROWS + 1))
    assert sitting.enrolments.values("person").distinct().count() == ROWS
