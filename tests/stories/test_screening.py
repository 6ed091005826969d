"""An officer screens the city from the page, a worker carries it out, the finding lives from run to run."""

import io
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import openpyxl
import pytest
from django.db import connection

from tests import builders
from zhiping.apps.certificates.actions import issue_certificates
from zhiping.apps.exams.models import Result
from zhiping.apps.screening.models import Finding, Run
from zhiping.gateways.postgres import Endpoint

pytestmark = [pytest.mark.stories, pytest.mark.django_db(transaction=True)]


def test_a_lowered_score_is_found_judged_and_cured(at_browser, move_clock, database_endpoint):
    move_clock(2026, 12, 14)
    sitting = builders.approved_sitting()
    issue_certificates(sitting.pk, actor=builders.officer("city_handler"), clock=builders.AT_REVIEW)
    lowered = Result.objects.filter(enrolment__sitting=sitting, subject="theory").order_by("id").first()
    Result.objects.filter(pk=lowered.pk).update(score=50)
    city = at_browser(builders.officer_account("city_handler").username)

    # 1. The run is asked for on the page, waits, and is carried out by a worker under the plain role.
    city.open("/desk/screening/runs/new/").fill(place="440600").submit().sees("排队中")
    work(database_endpoint)
    run = Run.objects.get()
    city.open(f"/desk/screening/runs/{run.pk}/").sees("已完成")

    # 2. The finding shows its evidence and its clause; its list goes to Excel.
    finding = Finding.objects.get(screen_id="SCR-001")
    number = lowered.enrolment.certificate.number
    city.open(f"/desk/screening/findings/{finding.pk}/").sees(number, "50", "发现只是线索")
    city.open("/desk/screening/findings/?screen=SCR-001")
    with city.page.expect_download() as download:
        city.page.get_by_role("link", name="导出", exact=False).first.click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert any(number in str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)

    # 3. A person judges it, with a reason on record.
    city.open(f"/desk/screening/findings/{finding.pk}/do/confirm/").fill(note="成绩册与证书不符").submit()
    finding.refresh_from_db()
    assert finding.judgement == "confirmed"

    # 4. The data are put right: the next run cures the finding and forgets nothing.
    Result.objects.filter(pk=lowered.pk).update(score=80)
    city.open("/desk/screening/runs/new/").fill(place="440600").submit()
    work(database_endpoint)
    finding.refresh_from_db()
    assert (finding.state, finding.judgement) == ("cured", "confirmed")
    assert finding.cured_run_id == Run.objects.order_by("-id").first().pk


def work(endpoint: Endpoint) -> None:
    """Let a worker of its own process do what is waiting, as the plain role, behind the wall."""
    parts = urlsplit(endpoint.app_url)
    here = urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"]))
    environment = {
        **os.environ,
        "ZHIPING_DATABASE_URL": here,
        "ZHIPING_APP_DATABASE_URL": here,
        "ZHIPING_AS_OWNER": "0",
        "ZHIPING_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "zhiping.config.settings",
    }
    command = [sys.executable, "-m", "django", "procrastinate", "worker", "--one-shot"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
