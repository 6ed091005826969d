"""One case from application to annulment, walked in a real browser by everybody it concerns."""

import io

import openpyxl
import pytest

from tests import builders
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.exams.models import Sitting
from zhiping.apps.registry.models import Filing

pytestmark = [pytest.mark.stories, pytest.mark.django_db(transaction=True)]


def test_from_a_refused_application_to_an_annulled_certificate(at_browser, move_clock, tmp_path):
    move_clock(2026, 11, 23)
    body = builders.new_body()
    filing = builders.complete_filing(body, insured_headcount=299)
    clerk_name = builders.clerk_account(body).username
    district = builders.officer_account("district_handler", builders.SHUNDE).username
    city = builders.officer_account("city_handler").username
    leader = builders.officer_account("city_leader").username

    # 1. The enterprise applies: 299 insured is refused with the clause, 300 is accepted.
    clerk = at_browser(clerk_name)
    clerk.open(f"/body/filings/{filing.pk}/").sees("299", "300", "FS20-E2")
    clerk.open(f"/body/filings/{filing.pk}/verdict/").press("提交备案").sees("不能提交")
    assert Filing.objects.get(pk=filing.pk).state == "draft"
    clerk.open(f"/body/filings/{filing.pk}/").fill(insured_headcount=300).press("保存并判定")
    clerk.open(f"/body/filings/{filing.pk}/verdict/").press("提交备案")
    assert Filing.objects.get(pk=filing.pk).state == "submitted"
