"""Every page of the body portal, as a clerk meets it."""

import re

import pytest
from django.urls import reverse

from tests import builders

pytestmark = pytest.mark.django_db


def read(client, name, *args, **query):
    response = client.get(reverse(f"body:{name}", args=args), query)
    assert response.status_code == 200, (name, response.status_code, response.content.decode()[:2000])
    text = response.content.decode()
    assert not re.search(r"操作未完成（|未命名状态|未知地区|\{\{|\{%", text), name
    assert 'lang="zh-CN"' in text
    return text


def test_every_page_of_the_registry_renders_in_chinese(at, sign_in):
    body = builders.new_body()
    filing = builders.complete_filing(body)
    client = sign_in(body)
    for name in (
        "home",
        "registry-profile",
        "registry-filings",
        "registry-filing-open",
        "registry-staff",
        "registry-staff-add",
        "registry-assessors",
        "registry-assessor-add",
        "registry-venues",
        "registry-venue-add",
        "exams-plans",
        "exams-plan-open",
        "exams-sittings",
    ):
        read(client, name)
    for name in (
        "registry-filing",
        "registry-filing-lines",
        "registry-filing-documents",
        "registry-filing-verdict",
        "registry-filing-progress",
        "registry-filing-withdraw",
        "registry-line-search",
    ):
        read(client, name, filing.pk)
    read(client, "registry-line", filing.pk, filing.lines.get().pk)
    read(client, "registry-line-add", filing.pk, "6-18-01-01")
    read(client, "registry-staff-member", body.staff.first().pk)
    read(client, "registry-assessor", body.assessors.first().pk)
    read(client, "registry-assessor-end", body.assessors.first().pk)
    read(client, "registry-venue", body.venues.first().pk)


def test_every_page_of_the_exams_renders_in_chinese(at, sign_in):
    sitting = builders.approved_sitting()
    at(builders.AT_REVIEW)
    client = sign_in(sitting.body)
    read(client, "exams-plan", sitting.plan_id)
    for name in (
        "exams-sitting",
        "exams-candidates",
        "exams-day",
        "exams-results",
        "exams-archive",
        "certificates-list",
    ):
        read(client, name, sitting.pk)
    read(client, "exams-enrolment", sitting.enrolments.first().pk)
    for roster in sitting.imports.all():
        read(client, "exams-import", roster.pk)
