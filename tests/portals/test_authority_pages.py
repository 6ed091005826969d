"""The desk, as an officer meets it: every page in Chinese, the queue in order, each step taken."""

import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.urls import URLPattern, reverse

import zhiping.apps
from tests import builders
from tests.portals import authority_builders
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.exams.models import Incident, Sitting
from zhiping.apps.journal.models import Entry
from zhiping.apps.reference.models import WorkdayOverride
from zhiping.apps.reference.queries import law
from zhiping.apps.registry.actions import review_filing
from zhiping.apps.registry.identity import open_number
from zhiping.apps.registry.models import Bar, EvaluationBody, Filing, OnsiteVisit
from zhiping.kernel.clock import FixedClock
from zhiping.portals import clock as portal_clock
from zhiping.portals import context, gate
from zhiping.portals.authority import journal_words, urls

pytestmark = pytest.mark.django_db

MISSING = re.compile(r"操作未完成（|未命名状态|未知地区|其他操作|\{\{|\{%|None")
SIGNED_BY = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the portal."""

    def set_to(clock):
        for module in (gate, context, portal_clock):
            monkeypatch.setattr(module, "current_clock", lambda: clock)

    set_to(builders.AT_REVIEW)
    return set_to


@pytest.fixture
def desk(client, at):
    """Sign an officer in."""

    def sign_in(role="city_handler", place=builders.FOSHAN):
        account = builders.officer_account(role, place)
        client.force_login(account, backend=SIGNED_BY)
        client.officer = account
        return client

    return sign_in


def address(name, *args):
    return reverse(f"authority:{name}", args=args)


def read(client, name, *args, **query):
    response = client.get(address(name, *args), query)
    text = response.content.decode()
    assert response.status_code == 200, (name, response.status_code, text[:2000])
    assert not MISSING.search(text), (
        name,
        MISSING.search(text),
        text[max(0, MISSING.search(text).start() - 300) :][:500],
    )
    assert 'lang="zh-CN"' in text
    return text


def test_every_page_of_a_full_city_renders_in_chinese(desk):
    one = authority_builders.city()
    client = desk()
    entry = Entry.objects.filter(event="certificates.issued").first()
    pages = [
        ("desk",),
        ("filings-list",),
        ("filings-show", one.submitted.pk),
        ("filings-show", one.noticed.pk),
        ("filings-objection", one.objection.pk),
        ("accountabilities-list",),
        ("bodies-list",),
        ("bodies-show", one.body.pk),
        ("plans-list",),
        ("plans-show", one.declared.pk),
        ("plans-step", one.declared.pk, "accept"),
        ("sittings-list",),
        ("sittings-today",),
        ("sittings-show", one.planned.pk),
        ("sittings-show", one.issued_sitting.pk),
        ("sittings-results", one.submitted_sitting.pk),
        ("sittings-review", one.submitted_sitting.pk, "approve"),
        ("sittings-incident", one.planned.pk),
        ("sittings-supervisor", one.planned.pk),
        ("certificates-list",),
        ("certificates-show", one.certificate.number),
        ("certificates-step", one.certificate.number, "correct"),
        ("people-list",),
        ("people-show", one.certificate.person_id),
        ("people-show", one.body.assessors.first().person_id),
        ("runs-list",),
        ("runs-new",),
        ("runs-show", one.run.pk),
        ("runs-progress", one.run.pk),
        ("findings-list",),
        ("findings-show", one.finding.pk),
        ("findings-step", one.finding.pk, "confirm"),
        ("journal-list",),
        ("journal-show", entry.pk),
        ("journal-trace", "certificates.certificate", one.certificate.pk),
        ("journal-trace", "registry.filing", one.noticed.pk),
        ("reference-standards",),
        ("reference-shortages",),
        ("reference-access",),
        ("reference-calendar",),
        ("law-checks",),
        ("law-proofs",),
    ]
    for name, *args in pages:
        if name == "runs-progress":
            assert "已处理" in client.get(address(name, *args)).content.decode()
            continue
        read(client, name, *args)


def test_every_url_of_the_desk_passes_a_gate_for_officers():
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        assert pattern.callback.gate.startswith("officer:"), pattern


def test_every_list_is_exported_as_a_workbook_and_stays_cheap(desk, django_assert_max_num_queries):
    one = authority_builders.city()
    client = desk()
    for name in (
        "desk",
        "filings-list",
        "bodies-list",
        "plans-list",
        "sittings-list",
        "certificates-list",
        "findings-list",
        "journal-list",
        "runs-list",
    ):
        with django_assert_max_num_queries(60 if name == "desk" else 35):
            read(client, name)
        response = client.get(address(name), {"export": "xlsx"})
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        rows = list(book.active.iter_rows(min_row=4, values_only=True))
        assert rows, name
        assert not any(str(cell).startswith("<") for row in rows for cell in row), name
    response = client.get(address("certificates-list"), {"export": "xlsx"})
    cells = [
        cell for row in openpyxl.load_workbook(io.BytesIO(response.content)).active.values for cell in row
    ]
    assert one.certificate.number in cells
    assert "有效" in cells


def test_a_list_filters_sorts_and_ignores_what_it_does_not_know(desk):
    one = authority_builders.city()
    client = desk()
    assert one.submitted.number in read(client, "filings-list", state="submitted")
    assert one.submitted.number not in read(client, "filings-list", state="in_notice")
    assert one.submitted.number in read(client, "filings-list", text=one.submitted.body.name)
    assert "没有符合条件的备案" in read(client, "filings-list", text="没有这样的机构")
    numbers = [
        re.findall(r"BA\d+", read(client, "filings-list", sort=sort))[0] for sort in ("number", "-number")
    ]
    assert numbers[0] < numbers[1]
    assert one.submitted.number in read(
        client, "filings-list", state="nonsense", sort="body__password", page="99"
    )


def test_the_queue_is_ordered_by_deadline_and_holds_only_what_the_duties_allow(desk):
    one = authority_builders.city()
    text = read(desk("city_handler"), "desk")
    for kind in ("备案待办", "计划待受理", "成绩待审核", "发现待研判", "异议待答复", "近期督考"):
        assert kind in text
    dates = re.findall(r"data-label=\"办理期限\">\s*(\d{4}-\d{2}-\d{2})", text)
    assert dates == sorted(dates)
    assert len(dates) >= 3
    assert one.submitted.number not in text  # waits for the district
    district = read(desk("district_handler", builders.SHUNDE), "desk")
    assert one.submitted.number in district
    assert "计划待受理" not in district
    assert "没有待办" in read(desk("district_handler", builders.NANHAI), "desk")


def test_the_queue_shows_overdue_work_alone(desk, at):
    one = authority_builders.city()
    at(FixedClock.at(2026, 12, 9))
    text = read(desk("district_handler", builders.SHUNDE), "desk", overdue="1", kind="filing")
    assert one.submitted.number in text
    assert "超期" in text
    at(builders.AT_FILING)
    assert one.submitted.number not in read(
        desk("district_handler", builders.SHUNDE), "desk", overdue="1", kind="filing"
    )


def test_a_filing_travels_over_the_desk_to_the_register(desk, at):
    at(builders.AT_FILING)
    filing = builders.submitted_filing()

    def step(role, place, verb, **data):
        return desk(role, place).post(address("filings-step", filing.pk, verb), data)

    back = step("district_handler", builders.SHUNDE, "return", opinion="  ")
    assert back.status_code == 409
    assert "必须写明理由" in back.content.decode()
    assert step("district_handler", builders.SHUNDE, "pass_district", opinion="材料齐全").status_code == 302
    assert step("city_handler", builders.FOSHAN, "pass_city", opinion="符合条件").status_code == 302
    refused = step("city_handler", builders.FOSHAN, "verify")
    assert refused.status_code == 409
    assert "实地核查尚未完成" in refused.content.decode()

    client = desk("city_handler", builders.FOSHAN)
    form = read(client, "filings-visit", filing.pk)
    places = sorted({int(found) for found in re.findall(r'name="met_(\d+)"', form)})
    assert len(places) >= 3
    picture = io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 64)
    picture.name = "场地.png"
    data = {"visited_on": "2026-10-12", "inspectors": "甲、乙", "conclusion": "属实", "photo_0": picture}
    data |= {f"met_{place}": "yes" for place in places}
    assert client.post(address("filings-visit", filing.pk), data).status_code == 302
    visit = OnsiteVisit.objects.get(filing=filing)
    assert visit.items.count() == len(places)
    photo = visit.items.exclude(photo=None).get().photo
    shown = client.get(address("documents-picture", photo.pk))
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"

    assert step("city_handler", builders.FOSHAN, "verify").status_code == 302
    assert step("city_handler", builders.FOSHAN, "publish").status_code == 302
    early = step("city_handler", builders.FOSHAN, "confirm")
    assert early.status_code == 409
    assert "公示尚不能结束" in early.content.decode()
    at(builders.AT_CONFIRMATION)
    assert step("city_handler", builders.FOSHAN, "confirm", opinion="同意").status_code == 302
    assert Filing.objects.get(pk=filing.pk).state == "confirmed"
    text = read(desk(), "filings-show", filing.pk)
    assert "已确认入目录" in text
    assert "REG-003" in text


def test_a_photo_that_is_no_picture_is_refused_and_nothing_is_written(desk, at):
    at(builders.AT_FILING)
    filing = builders.submitted_filing()
    builders_district = builders.officer("district_handler", builders.SHUNDE)
    review_filing(filing.pk, "pass_district", opinion="", actor=builders_district, clock=builders.AT_FILING)
    review_filing(
        filing.pk, "pass_city", opinion="", actor=builders.officer("city_handler"), clock=builders.AT_FILING
    )
    client = desk()
    form = read(client, "filings-visit", filing.pk)
    places = {int(found) for found in re.findall(r'name="met_(\d+)"', form)}
    script = io.BytesIO(b"<script>alert(1)</script>")
    script.name = "x.png"
    data = {"visited_on": "2026-10-12", "inspectors": "甲、乙", "photo_0": script}
    data |= {f"met_{place}": "yes" for place in places}
    response = client.post(address("filings-visit", filing.pk), data)
    assert response.status_code == 409
    assert "未被接收" in response.content.decode()
    assert 'value="甲、乙"' in response.content.decode()
    assert not OnsiteVisit.objects.exists()


def test_a_filing_leads_to_the_verdict_of_each_step_beside_the_verdict_now(desk, at):
    at(builders.AT_FILING)
    filing = builders.submitted_filing()
    step = filing.reviews.get(verb="submit")
    there = f"{address('replay-filing', filing.pk)}?step={step.pk}"
    assert there in read(desk(), "filings-show", filing.pk)
    assert "重演一致" in desk().get(there).content.decode()


def test_documents_are_handed_out_as_attachments_only(desk, at):
    at(builders.AT_FILING)
    filing = builders.submitted_filing()
    document = filing.documents.first()
    response = desk().get(address("documents-download", document.pk))
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.content.startswith(b"%PDF-")
    assert (
        desk()
        .get(address("documents-picture", document.pk))
        .headers["Content-Disposition"]
        .startswith("attachment")
    )


def test_an_objection_is_answered_once(desk, at):
    one = authority_builders.city()
    client = desk()
    url = address("filings-objection", one.objection.pk)
    assert client.post(url, {"outcome": "rejected", "answer": "经核实，照片与实际一致。"}).status_code == 302
    assert "经核实" in read(client, "filings-objection", one.objection.pk)
    again = client.post(url, {"outcome": "upheld", "answer": "改判"})
    assert again.status_code == 409


def test_removing_a_body_says_what_happens_and_bars_it(desk, at):
    body = builders.confirmed_body()
    at(FixedClock.at(2026, 11, 5))
    client = desk("city_leader")
    page = read(client, "bodies-step", body.pk, "remove")
    assert "2 年内不再受理" in page
    assert "备案范围 3 条全部于今日终止" in page
    assert client.post(address("bodies-step", body.pk, "remove"), {"reason": ""}).status_code == 422
    assert client.post(address("bodies-step", body.pk, "remove"), {"reason": "违规评价"}).status_code == 302
    assert EvaluationBody.objects.get(pk=body.pk).state == "removed"
    assert Bar.objects.get(credit_code=body.credit_code).valid_to == dt.date(2028, 11, 6)
    assert "不予受理期" in read(client, "bodies-show", body.pk)
    assert client.get(address("bodies-step", body.pk, "remove")).status_code == 409


def test_an_officer_without_the_duty_is_refused_a_step(desk, at):
    body = builders.confirmed_body()
    client = desk("city_handler")
    assert client.get(address("bodies-step", body.pk, "suspend")).status_code == 403
    assert client.post(address("bodies-step", body.pk, "suspend"), {"reason": "试"}).status_code == 403
    assert EvaluationBody.objects.get(pk=body.pk).state == "filed"


def test_plans_results_and_certificates_are_dealt_with_on_the_desk(desk, at):
    body = builders.confirmed_body()
    plan = builders.declared_plan(body, day=dt.date(2026, 12, 21))
    waiting = builders.submitted_sitting(body, candidates=3, first=authority_builders.new_people())
    client = desk()
    assert client.post(address("plans-step", plan.pk, "return"), {"opinion": ""}).status_code == 409
    assert client.post(address("plans-step", plan.pk, "accept"), {"opinion": "同意"}).status_code == 302

    text = read(client, "sittings-results", waiting.pk)
    assert "合格率 100.0%" in text
    review = address("sittings-review", waiting.pk, "approve")
    assert client.post(review, {"opinion": "核对无误"}).status_code == 302
    assert client.post(review, {"opinion": "核对无误"}).status_code == 409
    issued = client.post(address("sittings-issue", waiting.pk))
    assert issued.status_code == 200
    assert "核发完成" in issued.content.decode()
    assert Sitting.objects.get(pk=waiting.pk).state == "issued"
    assert Certificate.objects.filter(enrolment__sitting=waiting).count() == 3
    assert client.post(address("sittings-issue", waiting.pk)).status_code == 409
    assert Certificate.objects.filter(enrolment__sitting=waiting).count() == 3


def test_a_supervisor_records_an_incident_and_is_sent_from_another_body(desk, at):
    body, other = builders.confirmed_body(), builders.confirmed_body()
    sitting = builders.enrolled_sitting(body, candidates=2, first=authority_builders.new_people())
    client = desk()
    at(FixedClock.at(2026, 11, 26, 10))
    assert "应到 2 人" in read(client, "sittings-today")
    enrolment = sitting.enrolments.order_by("ticket").first()
    data = {"kind": "cheating", "enrolment": str(enrolment.pk), "note": "携带手机"}
    assert client.post(address("sittings-incident", sitting.pk), data).status_code == 302
    assert Incident.objects.get(sitting=sitting).enrolment_id == enrolment.pk
    enrolment.refresh_from_db()
    assert enrolment.state == "disqualified"
    assert "应到 1 人" in read(client, "sittings-today")
    own = body.staff.filter(role="internal_supervisor").first()
    theirs = other.staff.filter(role="internal_supervisor").first()
    supervisor = address("sittings-supervisor", sitting.pk)
    assert client.post(supervisor, {"member": str(own.pk)}).status_code == 422
    assert client.post(supervisor, {"member": str(theirs.pk)}).status_code == 302
    assert "外部质量督导员" in read(client, "sittings-show", sitting.pk)


def test_a_certificate_is_corrected_annulled_and_restored(desk, at):
    one = authority_builders.city()
    number = one.certificate.number
    handler = desk("city_handler")
    fields = {
        "holder_name": one.certificate.holder_name,
        "occupation_name": "电工",
        "work_type": "",
        "body_name": one.certificate.body_name,
    }
    same = handler.post(address("certificates-step", number, "correct"), {**fields, "reason": "核对"})
    assert same.status_code == 409
    changed = {**fields, "holder_name": "林新名", "reason": "录入错误"}
    assert handler.post(address("certificates-step", number, "correct"), changed).status_code == 302
    text = read(handler, "certificates-show", number)
    assert "林新名" in text
    assert "录入错误" in text
    assert handler.get(address("certificates-step", number, "annul")).status_code == 403

    leader = desk("city_leader")
    page = read(leader, "certificates-step", number, "annul")
    assert "FS20-5.2" in page
    assert "LN24-3.5c" not in page  # a Liaoning clause is no ground in Foshan
    wrong = leader.post(
        address("certificates-step", number, "annul"), {"clause": "LN24-3.5c", "reason": "查实"}
    )
    assert wrong.status_code == 422
    data = {"clause": "FS20-5.2", "reason": "成绩查实无效"}
    assert leader.post(address("certificates-step", number, "annul"), data).status_code == 302
    text = read(leader, "certificates-show", number)
    assert "已作废" in text
    assert "成绩查实无效" in text
    assert leader.get(address("certificates-step", number, "annul")).status_code == 409
    data = {"reason": "复核后撤销"}
    assert leader.post(address("certificates-step", number, "restore"), data).status_code == 302
    assert Certificate.objects.get(number=number).state == "valid"


def test_a_whole_number_is_shown_once_under_a_duty_and_on_record(desk, at):
    one = authority_builders.city()
    number = one.certificate.number
    paper = open_number(one.certificate.person)
    for page in ("certificates-show",):
        assert paper not in read(desk("city_leader"), page, number)
    assert desk("city_handler").get(address("certificates-unmask", number)).status_code == 403
    leader = desk("city_leader")
    assert leader.post(address("certificates-unmask", number), {"reason": ""}).status_code == 422
    shown = leader.post(address("certificates-unmask", number), {"reason": "核对身份"})
    assert paper in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    entry = Entry.objects.get(event="certificates.number_unmasked")
    assert entry.actor_name == leader.officer.display_name
    assert paper not in str(entry.facts)
    assert paper not in read(leader, "certificates-show", number)


def test_no_page_of_a_sitting_or_a_person_shows_a_whole_number(desk, at):
    one = authority_builders.city()
    papers = [open_number(row.person) for row in one.issued_sitting.enrolments.select_related("person")]
    client = desk("city_leader")
    texts = [
        read(client, "sittings-show", one.issued_sitting.pk),
        read(client, "people-show", one.certificate.person_id),
        read(client, "certificates-list"),
        read(client, "journal-list"),
        read(client, "findings-show", one.finding.pk),
    ]
    assert not [paper for paper in papers for text in texts if paper in text]


def test_the_chain_of_responsibility_leads_from_certificate_to_office_and_back(desk, at):
    one = authority_builders.city()
    client = desk()
    text = read(client, "certificates-show", one.certificate.number)
    assessor = one.issued_sitting.assignments.filter(role="assessor").first()
    for name, key in (
        ("sittings-show", one.issued_sitting.pk),
        ("sittings-results", one.issued_sitting.pk),
        ("people-show", assessor.person_id),
        ("bodies-show", one.body.pk),
    ):
        assert f'href="{address(name, key)}"' in text
    assert "成绩审核人" in text
    assert "人力资源和社会保障局" in text
    back = address("certificates-show", one.certificate.number)
    assert back in read(client, "sittings-show", one.issued_sitting.pk)
    assert back in read(client, "people-show", one.certificate.person_id)
    assert address("sittings-show", one.issued_sitting.pk) in read(client, "people-show", assessor.person_id)


def test_people_are_found_by_name_and_by_number_without_the_number_in_an_address(desk, at):
    one = authority_builders.city()
    client = desk()
    target = address("people-show", one.certificate.person_id)
    by_number = client.post(address("people-list"), {"text": open_number(one.certificate.person)})
    assert by_number.status_code == 302
    assert by_number.headers["Location"] == target
    by_name = client.post(address("people-list"), {"text": one.certificate.person.name})
    assert target in (by_name.headers.get("Location") or by_name.content.decode())
    elsewhere = desk("city_handler", builders.SHENYANG)
    nobody = elsewhere.post(address("people-list"), {"text": one.certificate.person.name})
    assert "没有找到此人" in nobody.content.decode()


def test_findings_are_judged_with_a_note(desk, at):
    one = authority_builders.city()
    client = desk()
    text = read(client, "findings-show", one.finding.pk)
    assert "没有任何成绩" in text
    assert "单科成绩保留或补考" in text
    assert one.certificate.number in text
    assert "不在本地施行" in text  # the Liaoning clauses, seen from Foshan
    url = address("findings-step", one.finding.pk, "confirm")
    assert client.post(url, {"note": ""}).status_code == 422
    assert client.post(url, {"note": "已调阅成绩册"}).status_code == 302
    one.finding.refresh_from_db()
    assert one.finding.judgement == "confirmed"
    assert client.post(url, {"note": "已调阅成绩册"}).status_code == 409
    undo = address("findings-step", one.finding.pk, "reconsider")
    assert client.post(undo, {"note": "补充核实"}).status_code == 302


def test_a_run_is_requested_once_and_shows_its_progress(desk, at):
    builders.confirmed_body()
    client = desk()
    response = client.post(address("runs-new"), {"place": builders.FOSHAN})
    assert response.status_code == 302, response.content.decode()[:1500]
    run_page = response.headers["Location"]
    assert "hx-get" in client.get(run_page).content.decode()
    again = client.post(address("runs-new"), {"place": builders.FOSHAN})
    assert again.status_code == 409
    assert "已有一次筛查正在进行" in again.content.decode()
    assert client.post(address("runs-new"), {"place": builders.SHENYANG}).status_code == 422


def test_the_calendar_is_kept_by_who_holds_the_duty(desk, at):
    assert desk("city_handler").get(address("reference-year")).status_code == 403
    client = desk("province_supervisor", "440000")
    blank = client.post(address("reference-year"), {"year": 2031, "note": " "})
    assert blank.status_code == 422
    assert client.post(address("reference-year"), {"year": 2024, "note": "试"}).status_code == 409
    assert client.post(address("reference-year"), {"year": 2031, "note": "以通知为准"}).status_code == 302
    assert WorkdayOverride.objects.filter(day__year=2031).count() == 365
    assert WorkdayOverride.objects.filter(day__year=2031, is_workday=True).count() == 261
    one_day = {"day": "2031-10-01", "is_workday": "no", "note": "国庆节"}
    assert client.post(address("reference-workday"), one_day).status_code == 302
    row = WorkdayOverride.objects.get(day=dt.date(2031, 10, 1))
    assert (row.is_workday, row.note) == (False, "国庆节")
    assert "国庆节" in read(client, "reference-calendar", year=2031)
    assert client.post(address("reference-withdraw", row.pk)).status_code == 302
    assert not WorkdayOverride.objects.filter(pk=row.pk).exists()
    events = set(Entry.objects.filter(event__startswith="reference.").values_list("event", flat=True))
    assert events == {"reference.year_preset", "reference.workday_set", "reference.workday_withdrawn"}


def test_the_law_is_read_in_one_browser_and_the_desk_adds_only_what_officers_check(desk, at):
    book = law()
    text = read(desk(), "law-checks")
    assert f'href="{reverse("public:policy-here")}?place={builders.FOSHAN[:4]}' in text
    doubts = [v for one in book.parameters.values() for v in one.values if v.certainty != "stated"]
    assert f"待核实的数值（{len(doubts)} 项）" in text
    assert doubts
    assert all(one.note in text for one in doubts if one.note and "“" not in one.note)
    assert all(one.title in text for one in book.documents.values() if not one.held)
    assert "policy-desk" in text
    assert 'href="/law/parameters/' in text
    assert 'href="/desk/law/documents/' not in text


def test_the_desk_names_the_tests_that_prove_a_clause(desk, at):
    text = read(desk(), "law-proofs", document="FS20")
    assert "case REG-003 (" in text
    assert "test apps/registry/test_filings.py::" in text
    assert "没有这份文件" in read(desk(), "law-proofs", document="<b>")


def test_every_event_that_an_app_records_has_a_name():
    found = set()
    for file in Path(zhiping.apps.__path__[0]).rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        found |= set(re.findall(r'record\(\s*"([a-z]+\.[a-z_]+)"', source))
    assert len(found) > 30
    assert found <= set(journal_words.EVENTS), found - set(journal_words.EVENTS)


def test_the_journal_tells_what_changed_before_and_after(desk, at):
    one = authority_builders.city()
    client = desk()
    entry = Entry.objects.filter(event="registry.filing_passed_by_city").order_by("-id").first()
    text = read(client, "journal-show", entry.pk)
    assert "初审通过，待市级审核" in text
    assert "审核通过，待实地核查" in text
    assert address("filings-show", one.noticed.pk) in text
    trace = read(client, "journal-trace", "registry.filing", one.noticed.pk)
    assert "提交备案" in trace
    assert "发布公示" in trace
    only = read(client, "journal-list", event="registry.notice_published")
    assert "区级初审通过" not in re.sub(r"<select.*?</select>", "", only, flags=re.DOTALL)


def test_the_navigation_offers_what_the_duties_open(desk, at):
    text = read(desk("city_handler"), "desk")
    for label in ("备案审核", "考核计划", "证书管理", "筛查发现", "操作留痕", "今日考场"):
        assert label in text
    assert "今日考场" not in read(desk("auditor"), "desk")
