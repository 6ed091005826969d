"""Numbers under concurrency and under kill -9, on the real PostgreSQL."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from certificate_world import CLOCK, approved_sitting, enrol, enrol_many, filed_body, officer
from django.db import connection, transaction

from zhiping.apps.certificates.actions import issue_certificates
from zhiping.apps.certificates.models import Certificate, Change, NumberSeries
from zhiping.apps.exams.models import Sitting
from zhiping.apps.exams.states import SittingState
from zhiping.apps.journal.models import Entry, Subject
from zhiping.kernel.moves import MoveNotAllowedError

HERE = Path(__file__).parent
WRITERS = 16


class Undone(Exception):  # noqa: N818 (no error: the writer changes its mind)
    pass


def serials():
    return sorted(int(number[16:]) for number in Certificate.objects.values_list("number", flat=True))


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_some_rolled_back_leave_no_gap_and_no_duplicate():
    body = filed_body()
    sittings = [approved_sitting(body) for _ in range(48)]
    sizes = [1 + n % 4 for n in range(48)]
    for sitting, size in zip(sittings, sizes, strict=True):
        for _ in range(size):
            enrol(sitting)
    start = threading.Barrier(WRITERS)
    undone = {sitting.pk for sitting in sittings[::5]}

    def write(mine):
        start.wait()
        try:
            for pk in mine:
                try:
                    with transaction.atomic():
                        issue_certificates(pk, actor=officer(), clock=CLOCK)
                        time.sleep(random.random() / 200)
                        if pk in undone:
                            raise Undone  # noqa: TRY301 (what the test is about)
                except Undone:
                    pass
        finally:
            connection.close()

    keys = [sitting.pk for sitting in sittings]
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, [keys[n::WRITERS] for n in range(WRITERS)]))

    expected = sum(size for sitting, size in zip(sittings, sizes, strict=True) if sitting.pk not in undone)
    assert serials() == list(range(1, expected + 1))
    assert NumberSeries.objects.get().last_serial == expected
    for sitting in sittings:
        sitting.refresh_from_db()
        own = sorted(Certificate.objects.filter(enrolment__sitting=sitting).values_list("number", flat=True))
        if sitting.pk in undone:
            assert (own, sitting.state) == ([], SittingState.APPROVED)
        else:
            block = [int(number[16:]) for number in own]
            assert block == list(range(block[0], block[0] + len(block)))
            assert sitting.state == SittingState.ISSUED


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_on_one_sitting_issue_it_once():
    sitting = approved_sitting(filed_body())
    for _ in range(5):
        enrol(sitting)
    start = threading.Barrier(WRITERS)

    def write(_):
        start.wait()
        try:
            return len(issue_certificates(sitting.pk, actor=officer(), clock=CLOCK).numbers)
        except MoveNotAllowedError:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        issued = sorted(pool.map(write, range(WRITERS)))
    assert issued == [0] * (WRITERS - 1) + [5]
    assert serials() == [1, 2, 3, 4, 5]


VICTIM = """
import sys
sys.path.insert(0, {here!r})
import django
from django.conf import settings
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {database!r}
from certificate_world import CLOCK, officer
from zhiping.apps.certificates.actions import issue_certificates

seen = 0

def watch(execute, sql, params, many, context):
    global seen
    done = execute(sql, params, many, context)
    if {marker!r} in sql:
        seen += 1
        if seen == {after}:
            print("in the middle", flush=True)
            sys.stdin.read()
    return done

with connection.execute_wrapper(watch):
    issue_certificates({sitting}, actor=officer(), clock=CLOCK)
print("finished", flush=True)
"""


def kill_in_the_middle(sitting, marker, after):
    """Start an issue in a process of its own and kill -9 it after so many statements with the marker."""
    program = VICTIM.format(
        here=str(HERE),
        database=connection.settings_dict["NAME"],
        marker=marker,
        after=after,
        sitting=sitting.pk,
    )
    victim = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "zhiping.config.settings"},
    )
    try:
        assert victim.stdout.readline() == "in the middle\n"
        assert is_at_work(), "the server must have an open transaction of the victim"
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
    assert victim.returncode == -signal.SIGKILL
    while is_at_work():
        time.sleep(0.02)


def is_at_work():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        )
        return cursor.fetchone()[0] > 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_kill_9_in_a_bulk_issue_of_ten_thousand_leaves_nothing_and_loses_no_number():
    body = filed_body()
    sitting = approved_sitting(body)
    enrol_many(sitting, 10_000)
    for marker, after in (
        ("UPDATE certificates_numberseries", 1),
        ("INSERT INTO certificates_certificate", 1),
        ('INSERT INTO "journal_subject"', 1),
    ):
        kill_in_the_middle(sitting, marker, after)
        assert Certificate.objects.count() == 0
        assert Change.objects.count() == 0
        assert not NumberSeries.objects.filter(last_serial__gt=0).exists()
        assert not Entry.objects.filter(event__startswith="certificates").exists()
        assert not Subject.objects.filter(thing="certificates.certificate").exists()
        assert Sitting.objects.get(pk=sitting.pk).state == SittingState.APPROVED
    report = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK)
    assert len(report.numbers) == 10_000
    assert serials() == list(range(1, 10_001))
    assert Certificate.objects.values("enrolment").distinct().count() == 10_000
    assert Change.objects.count() == 10_000
    assert Subject.objects.filter(thing="certificates.certificate").count() == 10_000
    assert Sitting.objects.get(pk=sitting.pk).state == SittingState.ISSUED
