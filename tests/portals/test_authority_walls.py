"""Two officers of different cities meet nothing of each other's on the desk, through any address."""

import re

import pytest
from django.urls import reverse

from tests import builders
from tests.portals import authority_builders
from zhiping.apps.authorities.actions import grant_role
from zhiping.apps.authorities.models import Account
from zhiping.apps.journal.models import Entry
from zhiping.kernel.place import Place
from zhiping.portals import clock as portal_clock
from zhiping.portals import context, gate
from zhiping.portals.authority import urls

pytestmark = pytest.mark.django_db

SIGNED_BY = "django.contrib.auth.backends.ModelBackend"
REFUSED = {403, 404, 409}
OF_EVERYBODY = {"reference-withdraw"}
"""Addresses with a key that belong to no place."""


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Let the desk live on the day of the review."""
    for module in (gate, context, portal_clock):
        monkeypatch.setattr(module, "current_clock", lambda: builders.AT_REVIEW)


def objects_of(city):
    """Return arguments for every address of the desk that names an object."""
    entry = Entry.objects.filter(place__startswith=city.place[:4], event="certificates.issued").first()
    person = city.certificate.person_id
    number = city.certificate.number
    return {
        "filings-show": [city.submitted.pk],
        "filings-visit": [city.noticed.pk],
        "filings-waive": [city.submitted.pk, "REG-003"],
        "filings-step": [city.submitted.pk, "pass_district"],
        "filings-objection": [city.objection.pk],
        "documents-download": [city.submitted.documents.first().pk],
        "documents-picture": [city.submitted.documents.first().pk],
        "bodies-show": [city.body.pk],
        "bodies-step": [city.body.pk, "suspend"],
        "plans-show": [city.declared.pk],
        "plans-step": [city.declared.pk, "accept"],
        "sittings-show": [city.planned.pk],
        "sittings-incident": [city.planned.pk],
        "sittings-supervisor": [city.planned.pk],
        "sittings-results": [city.submitted_sitting.pk],
        "sittings-review": [city.submitted_sitting.pk, "approve"],
        "sittings-issue": [city.submitted_sitting.pk],
        "certificates-show": [number],
        "certificates-unmask": [number],
        "certificates-pdf": [number],
        "certificates-step": [number, "annul"],
        "certificates-blank": [number],
        "sittings-blanks": [city.issued_sitting.pk],
        "people-show": [person],
        "runs-show": [city.run.pk],
        "runs-progress": [city.run.pk],
        "findings-show": [city.finding.pk],
        "findings-step": [city.finding.pk, "confirm"],
        "journal-show": [entry.pk],
        "journal-trace": ["certificates.certificate", city.certificate.pk],
        "replay-filing": [city.submitted.pk],
        "replay-plan": [city.declared.pk],
        "replay-issue": [city.certificate.enrolment.sitting_id],
        "replay-enrolment": [city.certificate.enrolment_id],
    }


def officer_with_every_role(place, client):
    account = builders.officer_account("city_handler", place)
    for role in ("district_handler", "city_leader", "province_supervisor"):
        grant_role(
            account,
            role,
            Place(place),
            valid_from=builders.dt.date(2020, 1, 1),
            actor=builders.SYSTEM,
            clock=builders.AT_FILING,
        )
    client.force_login(account, backend=SIGNED_BY)
    return client


KEYED = {
    "filings-show", "filings-visit", "filings-waive", "filings-step", "filings-objection",
    "documents-download", "documents-picture", "bodies-show", "bodies-step", "plans-show", "plans-step",
    "sittings-show", "sittings-incident", "sittings-supervisor", "sittings-results", "sittings-review",
    "sittings-issue", "certificates-show", "certificates-unmask", "certificates-pdf", "certificates-step",
    "certificates-blank", "sittings-blanks", "people-show", "runs-show", "runs-progress", "findings-show",
    "findings-step",
    "journal-show", "journal-trace", "replay-filing", "replay-plan", "replay-issue",
    "replay-enrolment",
}  # fmt: skip

OF_LISTS_AND_DRAFTS = {
    "blanks-stock", "blanks-request", "blanks-request-step", "blanks-supply", "blanks-write-off",
    "blanks-write-off-step",
    "reference-edition", "reference-edition-item", "reference-edition-publish", "reference-tracking-task",
    "reference-import", "reference-import-bad-rows", "whatif-show", "whatif-progress", "whatif-again",
    "whatif-drop",
    "reference-handover", "reference-handover-edit", "reference-handover-step", "reference-handover-paper",
    "reference-aftermath-case", "reference-aftermath-people", "reference-aftermath-batch-new",
    "reference-aftermath-step", "reference-aftermath-batch", "reference-aftermath-remind",
    "reference-aftermath-carry-out", "reference-aftermath-person-new", "reference-aftermath-template",
    "reference-aftermath-person", "reference-aftermath-person-step", "reference-aftermath-list",
    "reference-aftermath-bad-rows",
    "reference-project", "reference-project-withdraw", "reference-call", "reference-call-close",
    "reference-specification-new", "reference-specification", "reference-specification-edit",
    "reference-specification-step",
}  # fmt: skip
"""Walked with all other addresses in test_every_url, which makes one of each for both cities."""

FORMS = {
    "opinion": "越权",
    "reason": "越权",
    "note": "越权",
    "outcome": "rejected",
    "answer": "越权",
    "kind": "other",
    "clause": "FS20-5.2",
    "visited_on": "2026-10-12",
    "inspectors": "甲、乙",
}


def test_officers_of_two_cities_meet_nothing_of_each_others(client):
    cities = {
        builders.FOSHAN: authority_builders.city(builders.SHUNDE),
        builders.SHENYANG: authority_builders.city(builders.SHENYANG_DISTRICT),
    }
    for own, other in ((builders.FOSHAN, builders.SHENYANG), (builders.SHENYANG, builders.FOSHAN)):
        officer_with_every_role(own, client)
        theirs = objects_of(cities[other])
        assert set(theirs) == KEYED
        before = Entry.objects.count()
        for name, args in theirs.items():
            url = reverse(f"authority:{name}", args=args)
            assert client.get(url).status_code in REFUSED, ("GET", own, url)
            assert client.post(url, FORMS).status_code in REFUSED, ("POST", own, url)
        assert Entry.objects.count() == before
        mine = objects_of(cities[own])
        for name in (
            "filings-show",
            "bodies-show",
            "certificates-show",
            "findings-show",
            "people-show",
            "journal-show",
        ):
            assert client.get(reverse(f"authority:{name}", args=mine[name])).status_code == 200, name
        foreign = cities[other]
        names = (
            foreign.body.name,
            foreign.submitted.number,
            foreign.declared.number,
            foreign.certificate.number,
        )
        for name in (
            "desk", "filings-list", "bodies-list", "plans-list", "sittings-list", "sittings-today",
            "certificates-list", "runs-list", "findings-list", "journal-list", "accountabilities-list",
        ):  # fmt: skip
            text = client.get(reverse(f"authority:{name}")).content.decode()
            assert not [one for one in names if one in text], (own, name)
            sheet = client.get(reverse(f"authority:{name}"), {"export": "xlsx"})
            assert sheet.status_code == 200
        hidden = client.get(reverse("authority:sittings-list"), {"body": foreign.body.pk, "place": other})
        assert foreign.planned.number not in hidden.content.decode()
    assert not re.search("越权", "".join(Entry.objects.values_list("actor_name", flat=True)))


def test_nobody_without_an_account_and_no_clerk_enters_the_desk(client):
    body = builders.new_body()
    plain = [pattern for pattern in urls.urlpatterns if "<" not in str(pattern.pattern)]
    assert len(plain) > 15
    for pattern in plain:
        response = client.get(reverse(f"authority:{pattern.name}"))
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/sign-in/")
    client.force_login(builders.clerk_account(body), backend=SIGNED_BY)
    for pattern in plain:
        assert client.get(reverse(f"authority:{pattern.name}")).status_code == 403
        assert client.post(reverse(f"authority:{pattern.name}")).status_code == 403


def test_an_officer_without_any_duty_sees_an_empty_desk_and_nothing_else(client):
    account = Account.objects.create(
        username="bare",
        kind=Account.Kind.OFFICER,
        display_name="无职责人员",
        office=builders.office(builders.FOSHAN),
    )
    client.force_login(account, backend=SIGNED_BY)
    assert client.get(reverse("authority:desk")).status_code == 200
    for name in (
        "filings-list",
        "bodies-list",
        "plans-list",
        "certificates-list",
        "findings-list",
        "journal-list",
    ):
        assert client.get(reverse(f"authority:{name}")).status_code == 403


def test_every_address_with_a_key_is_walked():
    keyed = {pattern.name for pattern in urls.urlpatterns if "<" in str(pattern.pattern)}
    assert keyed == KEYED | OF_EVERYBODY | OF_LISTS_AND_DRAFTS
