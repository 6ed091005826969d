"""The public look-up, as somebody with a certificate in hand meets it."""

import itertools

import pytest

from tests import builders
from zhiping.apps.certificates import actions
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.registry.identity import open_number

pytestmark = pytest.mark.django_db

_addresses = (f"198.51.100.{last}" for last in itertools.count(1))


@pytest.fixture
def certificate(at):
    sitting = builders.approved_sitting()
    handler = builders.officer("city_handler", builders.FOSHAN)
    actions.issue_certificates(sitting.pk, actor=handler, clock=builders.AT_REVIEW)
    at(builders.AT_REVIEW)
    return Certificate.objects.select_related("person").order_by("id").first()


@pytest.fixture
def look_up(client):
    """Look up from an address of one's own: counts are kept outside the test's transaction."""
    address = next(_addresses)

    def ask(number, second):
        return client.post("/verify", {"number": number, "second": second}, REMOTE_ADDR=address)

    return ask


def test_number_and_name_show_every_printed_field_status_and_standing(certificate, look_up):
    page = look_up(certificate.number, certificate.holder_name).content.decode()
    for printed in (
        certificate.number,
        certificate.holder_name,
        certificate.paper_kind,
        certificate.number_masked,
        certificate.occupation_name,
        certificate.occupation_code,
        certificate.body_name,
        "四级/中级工",
        "80.0",
    ):
        assert printed in page, printed
    assert "有效" in page
    assert "在目录，本职业、等级在备案范围内" in page
    assert "核发" in page
    assert open_number(certificate.person) not in page


def test_last_four_of_the_paper_will_do_in_place_of_the_name(certificate, look_up):
    last_four = open_number(certificate.person)[-4:]
    assert certificate.holder_name in look_up(certificate.number, last_four.lower()).content.decode()


def _answer(response) -> str:
    """Return what the page says, without the form that repeats what was typed and the moving parts."""
    html = response.content.decode()
    return html[html.index("<main") : html.index("数据截至") if "数据截至" in html else None]


def test_an_unknown_number_and_a_wrong_name_get_the_same_answer(certificate, look_up):
    wrong = look_up(certificate.number, "某某某")
    unknown = look_up("Y000044999999265000001", certificate.holder_name)
    assert wrong.status_code == unknown.status_code == 200
    assert _answer(wrong) == _answer(unknown)
    assert "没有查到" in _answer(wrong)
    assert certificate.body_name not in wrong.content.decode()


def test_the_address_in_the_qr_code_reveals_nothing_by_itself(certificate, client):
    page = client.get(f"/verify/{certificate.number}")
    html = page.content.decode()
    assert f'value="{certificate.number}"' in html
    for secret in (certificate.holder_name, certificate.body_name, certificate.occupation_name, "有效"):
        assert secret not in html
    unknown = client.get("/verify/Y000044999999265000001").content.decode()
    assert (
        html.replace(certificate.number, "").split("<main")[1]
        == unknown.replace("Y000044999999265000001", "").split("<main")[1]
    )


def test_answers_stay_out_of_caches_and_search_engines(certificate, look_up, client):
    for response in (look_up(certificate.number, certificate.holder_name), client.get("/verify")):
        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]


def test_an_annulled_certificate_says_so_with_day_reason_clause_and_history(certificate, look_up):
    leader = builders.officer("city_leader", builders.FOSHAN)
    actions.annul_certificate(
        certificate.number, reason="成绩造假样例", clause="FS20-5.2", actor=leader, clock=builders.AT_REVIEW
    )
    page = look_up(certificate.number, certificate.holder_name).content.decode()
    for said in ("已作废", "成绩造假样例", "FS20-5.2", "2026年12月9日", "宣布作废"):
        assert said in page, said
    assert leader.name not in page


def test_too_many_failed_tries_of_a_number_are_stopped_with_a_page(look_up, monkeypatch, at):
    monkeypatch.setenv("ZHIPING_FAILED_LOOK_UPS_PER_HOUR", "3")
    at(builders.AT_REVIEW)
    number = f"Y0000449999992650{builders.serial():05d}"
    answers = [look_up(number, f"某某{step}").status_code for step in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    stopped = look_up(number, "某某某")
    assert "过于频繁" in stopped.content.decode()
    assert int(stopped["Retry-After"]) > 0


def test_a_form_without_its_second_fact_says_what_is_missing(look_up):
    page = look_up("Y000044999999265000001", "").content.decode()
    assert "请再填写持证人姓名，或其证件号码的后四位" in page
    assert "没有查到" not in page
