"""The desk, as an officer meets it: pages, queue, steps, refusals."""

import pytest
from django.urls import reverse

from tests import builders
from tests.portals import authority_builders

pytestmark = pytest.mark.django_db


def test_try(monkeypatch, client):
    monkeypatch.setattr("zhiping.portals.gate.current_clock", lambda: builders.AT_REVIEW)
    one = authority_builders.city()
    account = builders.officer_account("city_handler", builders.FOSHAN)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    for url in (
        "/desk/", "/desk/filings/", f"/desk/filings/{one.submitted.pk}/", f"/desk/filings/{one.noticed.pk}/", "/desk/bodies/", f"/desk/bodies/{one.body.pk}/",
        "/desk/plans/", f"/desk/plans/{one.declared.pk}/", "/desk/sittings/", f"/desk/sittings/{one.issued_sitting.pk}/",
        f"/desk/sittings/{one.submitted_sitting.pk}/results/", "/desk/certificates/", f"/desk/certificates/{one.certificate.number}/",
        "/desk/people/", f"/desk/people/{one.certificate.person_id}/", "/desk/screening/runs/", f"/desk/screening/runs/{one.run.pk}/", "/desk/screening/findings/", f"/desk/screening/findings/{one.finding.pk}/",
        "/desk/journal/", f"/desk/journal/about/exams.sitting/{one.issued_sitting.pk}/", "/desk/reference/", "/desk/reference/calendar/", "/desk/law/", "/desk/law/parameters/", "/desk/law/rules/", "/desk/law/rules/REG-003/", "/desk/law/documents/FS20/",
    ):
        response = client.get(url)
        print(url, response.status_code)
        assert response.status_code == 200, response.content.decode()[:3000]
