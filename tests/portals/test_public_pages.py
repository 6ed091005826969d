"""The directory, notices, law and the small pages of the public portal."""

import csv
import io
import json

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import builders
from zhiping.apps.reference.queries import law
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry.models import Document
from zhiping.portals.public.words import CERTAINTIES, CLAUSE_KINDS, DECISION_DAYS, QUESTIONS

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(at):
    found = builders.confirmed_body(name="虚构样例目录机构有限公司")
    at(builders.AT_CONFIRMATION)
    return found


# --- directory -----------------------------------------------------------------------------------


def test_directory_tells_name_address_contact_occupations_and_levels(body, client):
    page = client.get("/bodies/").content.decode()
    for told in (
        body.name,
        "19900000000",
        "电工",
        "五级/初级工至三级/高级工",
        "广东省佛山市顺德区",
        "在目录",
    ):
        assert told in page, told
    assert body.address in client.get(f"/bodies/{body.pk}/").content.decode()


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"place": "440600"}, True),
        ({"place": "440000"}, True),
        ({"kind": "employer"}, True),
        ({"kind": "school"}, False),
        ({"occupation": "电工"}, True),
        ({"occupation": "6-31-01"}, True),
        ({"occupation": "焊工"}, False),
        ({"occupation": "电工", "level": "3"}, True),
        ({"occupation": "电工", "level": "1"}, False),
        ({"text": "目录机构"}, True),
        ({"text": "别的名字"}, False),
        ({"state": "suspended"}, False),
    ],
)
def test_directory_is_filtered(body, client, query, is_found):
    page = client.get("/bodies/", query).content.decode()
    assert (body.name in page) is is_found
    assert ("没有符合条件的机构" in page) is not is_found


def test_directory_can_be_taken_away_in_three_forms(body, client):
    table = list(csv.DictReader(io.StringIO(client.get("/bodies/?export=csv").content.decode("utf-8-sig"))))
    data = json.loads(client.get("/bodies/?export=json").content)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/bodies/?export=xlsx").content)).active
    assert [row["机构名称"] for row in table] == [row["机构名称"] for row in data["rows"]] == [body.name]
    assert data["rows"][0]["认定职业"] == ["电工"]
    assert body.name in [cell.value for row in sheet.iter_rows() for cell in row]


def test_a_name_that_looks_like_a_formula_stays_a_text_in_csv(at, client):
    builders.confirmed_body(name="=HYPERLINK(1)")
    at(builders.AT_CONFIRMATION)
    assert "'=HYPERLINK(1)" in client.get("/bodies/?export=csv").content.decode("utf-8-sig")


def test_an_applicant_is_not_in_the_directory(body, client):
    applicant = builders.new_body(name="虚构申请中机构有限公司")
    assert applicant.name not in client.get("/bodies/").content.decode()
    assert client.get(f"/bodies/{applicant.pk}/").status_code == 404


def test_scope_is_shown_as_it_stood_on_the_chosen_day(body, client):
    before = client.get(f"/bodies/{body.pk}/", {"on": "2026-11-01"}).content.decode()
    after = client.get(f"/bodies/{body.pk}/", {"on": "2026-11-02"}).content.decode()
    assert "该日没有备案范围" in before
    assert "该日没有备案范围" not in after
    assert after.count(builders.ELECTRICIAN) == 3


def test_a_suspended_body_says_since_when_and_why(body, client):
    leader = builders.officer("city_leader", builders.FOSHAN)
    registry.suspend_body(body.pk, reason="样例停止原因", actor=leader, clock=builders.AT_CONFIRMATION)
    page = client.get(f"/bodies/{body.pk}/").content.decode()
    assert "停止评价" in page
    assert "样例停止原因" in page


def test_only_published_documents_are_handed_out_and_never_run(body, client):
    hidden = Document.objects.filter(body=body, kind="exam_affairs_rules").first()
    assert client.get(f"/documents/{hidden.pk}/").status_code == 404
    registry.publish_document(hidden.pk, actor=builders.clerk(body), clock=builders.AT_CONFIRMATION)
    handed = client.get(f"/documents/{hidden.pk}/")
    assert handed.content.startswith(b"%PDF")
    assert handed["Content-Disposition"].startswith("attachment")
    assert handed["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in handed["Content-Security-Policy"]
    page = client.get(f"/bodies/{body.pk}/").content.decode()
    assert hidden.original_name in page
    assert "尚未公开：命题管理办法、质量管理办法、证书管理办法、收费标准" in page


def test_the_directory_asks_as_much_for_many_bodies_as_for_one(body, client):
    client.get("/bodies/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/bodies/")
    for _ in range(4):
        builders.confirmed_body()
    with CaptureQueriesContext(connection) as many:
        client.get("/bodies/")
    assert len(many) == len(one)


# --- notices -------------------------------------------------------------------------------------


@pytest.fixture
def notice(at):
    filing = builders.noticed_filing()
    at(builders.AT_FILING)
    return filing.notices.get()


def test_an_objection_gets_a_receipt_and_its_answer_is_read_by_it(notice, client):
    assert notice.title in client.get("/notices/").content.decode()
    sent = client.post(f"/notices/filings/{notice.pk}/", {"content": "考点没有视频监控（样例）"}, follow=True)
    objection = notice.objections.get()
    page = sent.content.decode()
    assert objection.receipt in page
    assert objection.receipt not in sent.redirect_chain[-1][0]
    assert objection.receipt not in client.get("/notices/objection/").content.decode(), "shown once"
    asked = client.post("/notices/objection/", {"receipt": objection.receipt.lower()}).content.decode()
    assert "处理中" in asked
    registry.answer_objection(
        objection.pk,
        outcome="rejected",
        answer="复核视频监控齐全（样例）",
        actor=builders.officer("city_handler", builders.FOSHAN),
        clock=builders.AT_FILING,
    )
    asked = client.post("/notices/objection/", {"receipt": objection.receipt}).content.decode()
    assert "异议不成立" in asked
    assert "复核视频监控齐全（样例）" in asked
    assert (
        "没有这个回执码" in client.post("/notices/objection/", {"receipt": "YY0000000000"}).content.decode()
    )


def test_an_ended_notice_takes_no_more_objections(notice, client, at):
    at(builders.AT_CONFIRMATION)
    page = client.post(f"/notices/filings/{notice.pk}/", {"content": "太迟了"}).content.decode()
    assert "公示已结束" in page
    assert not notice.objections.exists()


def test_results_are_noticed_with_people_masked_and_only_while_the_notice_runs(at, client):
    sitting = builders.sitting_with_results()
    assert client.get(f"/notices/results/{sitting.pk}/").status_code == 404
    from zhiping.apps.exams import actions as exams

    exams.publish_results(sitting.pk, actor=builders.clerk(sitting.body), clock=builders.AFTER_SITTING)
    at(builders.AFTER_SITTING)
    page = client.get(f"/notices/results/{sitting.pk}/")
    html = page.content.decode()
    for enrolment in sitting.enrolments.select_related("person"):
        assert enrolment.person.name not in html
        assert enrolment.ticket not in html
        assert f">{enrolment.ticket[-4:]}<" in html
        assert enrolment.person.name[0] + "*" in html
    assert "noindex" in page["X-Robots-Tag"]
    at(builders.AFTER_NOTICE)
    over = client.get(f"/notices/results/{sitting.pk}/").content.decode()
    assert "名单不再显示" in over
    assert "准考证号后四位" not in over


# --- law -----------------------------------------------------------------------------------------


def test_every_document_rule_parameter_screen_and_clause_has_its_page(client):
    book = law()
    paths = [f"/law/documents/{one}/" for one in book.documents]
    paths += [f"/law/rules/{one}/" for one in book.rules]
    paths += [f"/law/parameters/{one}/" for one in book.parameters]
    paths += [f"/law/screens/{one}/" for one in book.screens]
    wrong = []
    for path in paths:
        answer = client.get(path)
        if answer.status_code != 200 or "未命名" in answer.content.decode():
            wrong.append(path)
    wrong += [one for one in book.clauses if client.get(f"/law/clauses/{one}/").status_code != 302]
    assert wrong == []
    for path in ("documents/NO", "rules/NO", "parameters/NO", "screens/NO", "clauses/NO"):
        assert client.get(f"/law/{path}/").status_code == 404


def test_the_words_for_the_policy_books_lists_are_complete():
    book = law()
    assert set(QUESTIONS) == set(book.questions)
    assert set(CLAUSE_KINDS) == {kind for one in book.clauses.values() for kind in one.kinds} | set(
        CLAUSE_KINDS
    )
    assert {one.decides_on for one in book.rules.values()} <= set(DECISION_DAYS)
    assert {value.certainty for one in book.parameters.values() for value in one.values} <= set(CERTAINTIES)


def test_a_rule_tells_its_number_wording_and_edge_cases(client):
    page = client.get("/law/rules/REG-003/").content.decode()
    for told in ("不少于 300人", "FS20-E2", "299 人，不符合", "恰好 300 人", "广东省佛山市"):
        assert told in page, told


def test_documents_in_force_on_a_day_at_a_place(client):
    def listed(**query):
        return client.get("/law/", query).content.decode()

    assert "/law/documents/FS20/" in listed(on="2020-08-17", place="440600")
    assert "/law/documents/FS20/" not in listed(on="2020-08-16", place="440600")
    assert "/law/documents/FS20/" not in listed(on="2021-01-01", place="210000")


def test_coverage_lists_every_clause_with_actions_beside_rules(client):
    page = client.get("/law/coverage/?whole=1").content.decode()
    assert all(f'id="{one}"' in page for one in law().clauses)
    assert "办理环节：提交备案" in page
    assert "公开：机构目录" in page


# --- the small pages -----------------------------------------------------------------------------


def test_home_counts_and_says_as_of_when(body, client, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    page = client.get("/").content.decode()
    assert "在目录的评价机构" in page
    assert "数据截至 <time" in page


def test_complaint_channels_say_so_where_none_is_published(client):
    builders.office(builders.FOSHAN)
    assert "本演示环境不公布电话和邮箱" in client.get("/complaints/").content.decode()


def test_links_of_every_public_page_lead_somewhere(body, notice, client):
    import re

    seen, waiting, broken = set(), ["/"], []
    while waiting and len(seen) < 150:
        path = waiting.pop()
        if path in seen or path.startswith(("/static/", "/law/rules/EXM", "/law/clauses/")):
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code >= 400:
            broken.append((path, answer.status_code))
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            waiting += [
                link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', answer.content.decode())
            ]
    assert broken == []
    assert len(seen) > 60


def test_health_answers_200_and_metrics_only_to_this_machine(client):
    assert client.get("/healthz").json() == {"status": "ready"}
    assert b"zhiping_ready 1.0" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 403
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 403


def test_health_answers_503_when_a_migration_is_missing(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'screening'")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "migrations_pending"})


def test_an_unknown_address_answers_404_in_chinese(client):
    answer = client.get("/没有这一页/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_chinese():
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/verify", {"number": "x", "second": "y"})
    assert answer.status_code == 403
    assert "这张表单已经过期" in answer.content.decode()
