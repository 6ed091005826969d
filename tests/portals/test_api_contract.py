"""The API: what it answers, and how it refuses."""

import pytest
from django.test import Client

from tests import builders
from zhiping.apps.certificates import actions
from zhiping.apps.certificates.models import Certificate

pytestmark = pytest.mark.django_db


def _decide(client, **changes):
    case = {
        "question": "employer_filing",
        "place": "440600",
        "on": "2021-03-01",
        "facts": {"insured_headcount": 299},
    }
    return client.post("/api/v1/law/decide", {**case, **changes}, content_type="application/json")


def test_the_description_is_openapi_3_1_and_lists_every_operation(client):
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert {
        "/api/v1/certificates/{number}",
        "/api/v1/bodies",
        "/api/v1/bodies/{body_id}",
        "/api/v1/notices",
        "/api/v1/law/decide",
        "/api/v1/filings",
        "/api/v1/plans",
        "/api/v1/sittings",
        "/api/v1/findings",
        "/api/v1/own/filings",
        "/api/v1/own/plans",
    } <= set(described["paths"])


def test_the_same_application_is_judged_differently_before_and_after_the_notice(client):
    after = _decide(client).json()
    refused = [one for one in after["findings"] if one["outcome"] == "refuse"]
    assert after["outcome"] == "refuse"
    assert [one["rule"] for one in refused] == ["REG-003"]
    assert refused[0]["clauses"][0]["clause"] == "FS20-E2"
    assert _decide(client, on="2020-08-16").json()["outcome"] == "no_rule_known"
    assert _decide(client, place="440100").json()["outcome"] == "no_rule_known"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"place": "foshan"}, "api.invalid"),
        ({"on": "soon"}, "api.invalid"),
        ({"facts": None}, "api.invalid"),
        ({"surprise": 1}, "api.invalid"),
        ({"question": "nothing"}, "policybook.question_unknown"),
        ({"facts": {"no_such_fact": 1}}, "policybook.fact_undeclared"),
        ({"facts": {"insured_headcount": "many"}}, "policybook.fact_malformed"),
    ],
)
def test_a_wrong_case_is_a_problem_in_chinese(client, changes, code):
    answer = _decide(client, **changes)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:zhiping:{code}"
    assert any("\u4e00" <= sign <= "\u9fff" for sign in problem["title"])
    assert all(
        any("\u4e00" <= sign <= "\u9fff" for sign in one["message"]) for one in problem.get("errors", ())
    )


def test_a_body_that_is_no_json_is_a_problem(client):
    answer = client.post("/api/v1/law/decide", "{", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_what_is_not_there_is_a_problem(client):
    for path in ("/api/v1/nothing/", "/api/v1/bodies/999999", "/api/v1/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json"), path


def test_signed_in_lists_answer_401_to_strangers_and_403_to_the_wrong_kind(client, at):
    assert client.get("/api/v1/filings").status_code == 401
    clerk = builders.clerk_account(builders.new_body())
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    refused = client.get("/api/v1/filings")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert client.get("/api/v1/own/filings").status_code == 200


def test_lists_are_paged_and_say_as_of_when(client, at):
    for _ in range(3):
        builders.submitted_filing()
    client.force_login(builders.officer_account(), backend="django.contrib.auth.backends.ModelBackend")
    first = client.get("/api/v1/filings?per_page=2").json()
    second = client.get("/api/v1/filings?per_page=2&page=2").json()
    assert (first["total"], first["pages"], len(first["items"]), len(second["items"])) == (3, 2, 2, 1)
    assert first["as_of"]
    assert first["items"][0]["state_label"] == "已提交，待区级初审"
    assert client.get("/api/v1/filings?per_page=100000").status_code == 422


def test_a_certificate_is_told_only_to_who_holds_two_facts(client, at):
    sitting = builders.approved_sitting()
    handler = builders.officer("city_handler", builders.FOSHAN)
    actions.issue_certificates(sitting.pk, actor=handler, clock=builders.AT_REVIEW)
    at(builders.AT_REVIEW)
    certificate = Certificate.objects.order_by("id").first()

    def ask(number=certificate.number, **facts):
        return client.get(f"/api/v1/certificates/{number}", facts, REMOTE_ADDR="198.51.100.210")

    found = ask(name=certificate.holder_name)
    assert found.json()["state"] == "valid"
    assert found.json()["issuer"]["at_issue"]["in_scope"] == "yes"
    assert found["Cache-Control"] == "no-store"
    wrong, unknown = ask(name="某某某"), ask("Y000044999999265000001", name=certificate.holder_name)
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    assert wrong.status_code == 404
    assert ask().status_code == 400


def test_an_unsafe_request_with_a_session_needs_its_token(at):
    """There is no unsafe operation behind the session yet; the guard that one would get refuses."""
    from zhiping.portals.api.gates import SESSION

    assert SESSION.csrf is True
    client = Client(enforce_csrf_checks=True)
    assert _decide(client).status_code == 200, "a question changes nothing and carries no session"
