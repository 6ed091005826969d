"""What a clerk does in the body portal, by its own forms and buttons."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse

from tests import builders
from zhiping.apps.exams.models import Attendance, Enrolment, Incident, Plan
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry.models import Filing, Kinship

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def url(name, *args):
    return reverse(f"body:{name}", args=args)


def text_of(response, status=200):
    text = response.content.decode()
    assert response.status_code == status, text[:3000]
    return text


def declaration(**changes):
    values = {
        name: value for name, value in builders.declared(**changes).items() if value not in (False, None)
    }
    return {name: "on" if value is True else str(value) for name, value in values.items()}


def sheet(name, content):
    return SimpleUploadedFile(name, content, content_type=XLSX)


def rows_of(response):
    assert response["Content-Type"] == XLSX
    return list(
        openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0].iter_rows(values_only=True)
    )


# --- filings -------------------------------------------------------------------------------------


def test_the_live_verdict_refuses_299_insured_and_passes_300(at, sign_in):
    body = builders.new_body()
    filing = builders.complete_filing(body)
    client = sign_in(body)
    page = url("registry-filing", filing.pk)

    short = text_of(client.post(page, declaration(insured_headcount=299), headers={"HX-Request": "true"}))
    assert 'id="declaration"' in short
    assert 'hx-swap-oob="true"' in short
    assert "有条件不符合" in short
    assert "本市参保职工 299 人，未达到 300 人以上的要求" in short
    assert "FS20-E2" in short

    enough = text_of(client.post(page, declaration(insured_headcount=300), headers={"HX-Request": "true"}))
    assert "有条件不符合" not in enough
    filing.refresh_from_db()
    assert filing.insured_headcount == 300


def test_without_scripts_saving_leads_back_to_the_page_with_its_verdict(at, sign_in):
    body = builders.new_body()
    filing = builders.complete_filing(body)
    client = sign_in(body)
    response = client.post(url("registry-filing", filing.pk), declaration(insured_headcount=299), follow=True)
    text = text_of(response)
    assert "申报内容已保存。" in text
    assert "未达到 300 人以上的要求" in text


def test_a_wrong_industry_code_is_said_on_the_form_and_nothing_typed_is_lost(at, sign_in):
    body = builders.new_body()
    filing = builders.complete_filing(body)
    response = sign_in(body).post(
        url("registry-filing", filing.pk), declaration(main_business_code="XX99", staff_count=777)
    )
    text = text_of(response)
    assert "国民经济行业分类中没有“XX99”" in text
    assert 'value="777"' in text
    filing.refresh_from_db()
    assert filing.staff_count == 520


def test_a_refused_submission_says_why_and_a_good_one_moves_on(at, sign_in):
    body = builders.new_body()
    filing = builders.complete_filing(body, insured_headcount=299)
    client = sign_in(body)
    refused = text_of(client.post(url("registry-filing-submit", filing.pk), follow=True))
    assert "参保职工人数达到备案要求" in refused
    assert Filing.objects.get(pk=filing.pk).state == "draft"

    client.post(url("registry-filing", filing.pk), declaration(insured_headcount=300))
    sent = text_of(client.post(url("registry-filing-submit", filing.pk), follow=True))
    assert "已提交，等待区级初审" in sent
    assert "区级初审" in sent
    review = filing.reviews.get(verb="submit")
    frozen = text_of(client.get(url("registry-filing-review", filing.pk, review.pk)))
    assert "结论固定于" in frozen
    assert "企业规模为中型及以上" in frozen


def test_only_one_filing_may_be_open(at, sign_in):
    body = builders.new_body()
    client = sign_in(body)
    text_of(client.post(url("registry-filing-open"), follow=True))
    text = text_of(client.post(url("registry-filing-open"), follow=True))
    assert "贵机构已有一件备案" in text
    assert body.filings.count() == 1


def test_occupations_are_found_by_name_and_code_and_added(at, sign_in):
    body = builders.new_body()
    filing = registry.open_filing(body.pk, actor=builders.clerk(body), clock=builders.AT_FILING)
    client = sign_in(body)
    hits = text_of(
        client.get(url("registry-line-search", filing.pk), {"q": "电工"}, headers={"HX-Request": "true"})
    )
    assert "6-31-01-03" in hits
    assert "<html" not in hits
    assert "电工" in text_of(client.get(url("registry-line-search", filing.pk), {"q": "6-31-01"}))
    assert "没有名称含“没有这个”" in text_of(
        client.get(url("registry-line-search", filing.pk), {"q": "没有这个"})
    )

    assert client.get(url("registry-line-add", filing.pk, "9-99-99-99")).status_code == 404

    builders.standard()
    response = client.post(
        url("registry-line-add", filing.pk, builders.ELECTRICIAN),
        {"levels": ["5", "4"], "standard": builders.standard().pk, "applicants": 60},
        follow=True,
    )
    assert "“电工”已保存" in text_of(response)
    line = filing.lines.get()
    assert (line.levels, line.applicants) == ("54", 60)
    text_of(client.post(url("registry-line-remove", filing.pk, line.pk), follow=True))
    assert not filing.lines.exists()


def test_hints_name_only_clauses_that_bind_at_the_place(at, sign_in):
    body = builders.new_body(place=builders.SHENYANG_DISTRICT)
    filing = registry.open_filing(body.pk, actor=builders.clerk(body), clock=builders.AT_FILING)
    text = text_of(sign_in(body).get(url("registry-filing", filing.pk)))
    assert "FS20-" not in text


def test_documents_are_served_to_be_saved_and_never_sniffed(at, sign_in):
    body = builders.new_body()
    filing = registry.open_filing(body.pk, actor=builders.clerk(body), clock=builders.AT_FILING)
    client = sign_in(body)
    upload = {"kind": "pay_rules", "file": SimpleUploadedFile("薪资制度.pdf", builders.PDF)}
    assert "已上传" in text_of(client.post(url("registry-filing-documents", filing.pk), upload, follow=True))
    response = client.get(url("registry-document", filing.documents.get().pk))
    assert response.content == builders.PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"

    upload = {"kind": "pay_rules", "file": SimpleUploadedFile("制度.pdf", b"<script>alert(1)</script>")}
    text = text_of(client.post(url("registry-filing-documents", filing.pk), upload))
    assert "未被接收" in text
    assert filing.documents.count() == 1


def test_a_management_rule_is_published_and_the_directory_preview_shows_it(at, sign_in):
    body = builders.new_body()
    client = sign_in(body)
    upload = {"kind": "quality_rules", "file": SimpleUploadedFile("质量办法.pdf", builders.PDF)}
    text_of(client.post(url("registry-profile-document"), upload, follow=True))
    document = body.documents.get()
    text = text_of(client.post(url("registry-document-publish", document.pk), follow=True))
    assert "已公开的管理办法" in text


# --- people and venues ---------------------------------------------------------------------------


def test_an_assessor_and_a_tie_are_registered_by_form(at, sign_in):
    body = builders.new_body()
    client = sign_in(body)
    who = builders.person(7)
    fields = {
        "name": who.name,
        "paper_kind": "居民身份证",
        "number": who.number,
        "grade": "assessor",
        "certificate_number": "KP0001",
        "occupations": "电工、6-18-01-01",
        "valid_from": "2026-01-01",
        "valid_through": "2026-12-31",
    }
    wrong = text_of(client.post(url("registry-assessor-add"), fields | {"occupations": "电工、屠龙工"}))
    assert "职业分类大典中没有“屠龙工”" in wrong
    assert who.name in wrong
    text_of(client.post(url("registry-assessor-add"), fields, follow=True))
    assessor = body.assessors.get()
    assert assessor.valid_to == dt.date(2027, 1, 1)
    assert assessor.occupations.count() == 2
    page = text_of(client.get(url("registry-assessor", assessor.pk)))
    assert who.number not in page
    assert "2026-12-31" in page

    other = builders.person(8)
    tie = {"name": other.name, "paper_kind": "居民身份证", "number": other.number, "tie": "relative"}
    text_of(client.post(url("registry-assessor", assessor.pk), tie, follow=True))
    assert Kinship.objects.get().person.name == other.name
    assert "即将到期" in text_of(client.get(url("registry-assessors"), {"standing": "soon"}))


def test_a_wrong_identity_number_is_refused_on_the_form(at, sign_in):
    body = builders.new_body()
    who = builders.person(9)
    broken = who.number[:-1] + ("0" if who.number[-1] != "0" else "1")
    fields = {
        "name": who.name,
        "paper_kind": "居民身份证",
        "number": broken,
        "role": "expert",
        "valid_from": "2026-01-01",
    }
    text = text_of(sign_in(body).post(url("registry-staff-add"), fields))
    assert "有误" in text
    assert not body.staff.exists()


def test_a_venue_keeps_its_workstations_and_its_name_is_unique(at, sign_in):
    body = builders.new_body()
    client = sign_in(body)
    fields = {
        "name": "一号考点",
        "place": builders.SHUNDE,
        "address": "样例路 2 号",
        "capacity": 40,
        "has_video": "on",
        "is_in_use": "on",
        "stations": "电工 20\n车工 12",
    }
    text_of(client.post(url("registry-venue-add"), fields, follow=True))
    venue = body.venues.get()
    assert dict(venue.stations.values_list("occupation_code", "workstations")) == {
        "6-31-01-03": 20,
        "6-18-01-01": 12,
    }
    assert "已经登记过" in text_of(client.post(url("registry-venue-add"), fields))
    text_of(client.post(url("registry-venue", venue.pk), fields | {"stations": "电工 8"}, follow=True))
    assert "电工（6-31-01-03） 8 个" in text_of(client.get(url("registry-venues")))
    assert venue.stations.get(occupation_code="6-18-01-01").workstations == 0


# --- plans and sittings --------------------------------------------------------------------------


def test_a_plan_goes_from_draft_to_declared_with_its_verdict(at, sign_in):
    body = builders.confirmed_body()
    at(builders.AT_PLANNING)
    client = sign_in(body)
    text_of(client.post(url("exams-plan-open"), {"title": "电工认定"}, follow=True))
    plan = Plan.objects.get()
    fields = {
        "scope": f"{builders.ELECTRICIAN}|4",
        "venue": body.venues.get().pk,
        "starts_at": "2026-11-26T09:00",
        "ends_at": "2026-11-26T12:00",
        "capacity": 20,
    }
    out_of_scope = text_of(client.post(url("exams-sitting-add", plan.pk), fields | {"scope": "6-18-01-01|4"}))
    assert "有效选项" in out_of_scope or "可用的选项" in out_of_scope
    text_of(client.post(url("exams-sitting-add", plan.pk), fields, follow=True))
    sitting = plan.sittings.get()
    assert sitting.starts_at == builders.at(builders.SITTING_DAY, 9)
    assert "考评人员不足" in text_of(client.get(url("exams-plan", plan.pk)))

    refused = text_of(client.post(url("exams-plan-declare", plan.pk), follow=True))
    assert "不能报备" in refused
    for assessor in body.assessors.all():
        text_of(client.post(url("exams-assign", sitting.pk), {"assessor": assessor.pk}, follow=True))
    member = body.staff.get(role="internal_supervisor")
    text_of(client.post(url("exams-assign", sitting.pk), {"supervisor": member.pk}, follow=True))
    assert "已报备，等待受理" in text_of(client.post(url("exams-plan-declare", plan.pk), follow=True))
    plan.refresh_from_db()
    assert plan.state == "declared"


def test_a_workbook_is_previewed_applied_returned_and_changes_nothing_twice(at, sign_in):
    sitting = builders.accepted_sitting(capacity=50)
    at(builders.AT_ENROLMENT)
    client = sign_in(sitting.body)
    template = client.get(url("exams-candidates-template", sitting.pk))
    assert len(rows_of(template)[0]) == 33

    rows = [builders.candidate_row(index) for index in range(10)]
    rows[2]["证件号码"] = "1234"
    rows[5]["专业年限"] = "1年"
    rows[7]["姓名"] = None
    content = builders.workbook(rows)
    page = url("exams-candidates", sitting.pk)
    preview = text_of(client.post(page, {"file": sheet("名册.xlsx", content)}, follow=True))
    assert "尚未导入" in preview
    assert "导入合格的 7 行" in preview
    assert "累计工作月数：12个月，要求 72个月" in preview
    assert "STD18-4-2" in preview
    assert not Enrolment.objects.exists()

    roster = sitting.imports.get()
    applied = text_of(client.post(url("exams-import-apply", roster.pk), follow=True))
    assert "已导入 7 行" in applied
    assert Enrolment.objects.count() == 7
    back = rows_of(client.get(url("exams-import-bad-rows", roster.pk)))
    assert len(back) == 4
    assert all(row[0] for row in back[1:])

    again = text_of(client.post(page, {"file": sheet("名册.xlsx", content)}, follow=True))
    assert "该文件已导入过，无变化" in again
    assert Enrolment.objects.count() == 7

    resaved = builders.workbook([rows[0], rows[1]])
    text_of(client.post(page, {"file": sheet("另存.xlsx", resaved)}, follow=True))
    other = sitting.imports.exclude(pk=roster.pk).get()
    same = text_of(client.post(url("exams-import-apply", other.pk), follow=True))
    assert "该文件已导入过，无变化" in same
    assert Enrolment.objects.count() == 7


def test_a_file_that_is_no_workbook_is_refused_in_words(at, sign_in):
    sitting = builders.accepted_sitting()
    at(builders.AT_ENROLMENT)
    client = sign_in(sitting.body)
    response = client.post(
        url("exams-candidates", sitting.pk), {"file": sheet("名册.xlsx", b"\xd0\xcf\x11\xe0" * 200)}
    )
    text = text_of(response)
    assert "错误" in text or "error" in text
    assert "操作未完成（" not in text
    assert not sitting.imports.exists()


def test_a_candidate_is_enrolled_by_hand_or_refused_with_the_clause(at, sign_in):
    sitting = builders.accepted_sitting()
    at(builders.AT_ENROLMENT)
    client = sign_in(sitting.body)
    who = builders.person(30)
    fields = {
        "name": who.name,
        "paper_kind": "居民身份证",
        "number": who.number,
        "phone": who.phone,
        "candidate_kind": "staff",
        "entry_condition": "2018/4-2",
        "years": 3,
        "education": "大学专科",
    }
    short = text_of(client.post(url("exams-candidate-add", sitting.pk), fields))
    assert "不符合报考要求" in short
    assert not Enrolment.objects.exists()
    good = text_of(client.post(url("exams-candidate-add", sitting.pk), fields | {"years": 8}, follow=True))
    assert "已报名，准考证号" in good
    enrolment = Enrolment.objects.get()
    gone = text_of(client.post(url("exams-enrolment", enrolment.pk), {"reason": "本人放弃"}, follow=True))
    assert "已退考" in gone


def test_the_exam_day_results_notice_archive_and_submission(at, sign_in):
    sitting = builders.enrolled_sitting(candidates=3)
    at(builders.AFTER_SITTING)
    client = sign_in(sitting.body)
    first, second, third = sitting.enrolments.order_by("ticket")
    answers = {f"present-{first.pk}": "yes", f"present-{second.pk}": "no"}
    assert "已记录 2 名考生的签到" in text_of(
        client.post(url("exams-attendance", sitting.pk), answers, follow=True)
    )
    assert Attendance.objects.filter(is_present=True).count() == 1
    incident = {"kind": "cheating", "enrolment": third.pk, "note": "携带资料"}
    text_of(client.post(url("exams-day", sitting.pk), incident, follow=True))
    assert Incident.objects.get().enrolment == third
    third.refresh_from_db()
    assert third.state == "disqualified"
    text_of(client.post(url("exams-hold", sitting.pk), follow=True))

    headers = builders.result_headers(sitting)
    assert headers["ticket"] in str(rows_of(client.get(url("exams-results-template", sitting.pk)))[0])
    rows = builders.result_rows(sitting)
    rows[1]["准考证号"] = "000"
    content = builders.workbook(rows, headers=tuple(headers.values()))
    preview = text_of(
        client.post(url("exams-results", sitting.pk), {"file": sheet("成绩.xlsx", content)}, follow=True)
    )
    assert "导入合格的 1 行" in preview
    roster = sitting.imports.get(kind="results")
    text_of(client.post(url("exams-import-apply", roster.pk), follow=True))
    incomplete = text_of(client.post(url("exams-results-publish", sitting.pk), follow=True))
    assert "还有 1 名考生的成绩不全" in incomplete
    assert len(rows_of(client.get(url("exams-import-bad-rows", roster.pk)))) == 2

    content = builders.workbook(builders.result_rows(sitting), headers=tuple(headers.values()))
    text_of(
        client.post(url("exams-results", sitting.pk), {"file": sheet("成绩2.xlsx", content)}, follow=True)
    )
    roster = sitting.imports.filter(kind="results").order_by("-id").first()
    text_of(client.post(url("exams-import-apply", roster.pk), follow=True))
    again = text_of(
        client.post(url("exams-results", sitting.pk), {"file": sheet("成绩2.xlsx", content)}, follow=True)
    )
    assert "该文件已导入过，无变化" in again
    assert "成绩已公示，至 2026-12-04 止" in text_of(
        client.post(url("exams-results-publish", sitting.pk), follow=True)
    )

    at(builders.AFTER_NOTICE)
    assert "档案清单还缺少" in text_of(client.post(url("exams-results-submit", sitting.pk), follow=True))
    for kind in builders.exams.ARCHIVE_KINDS:
        upload = {
            "kind": kind,
            "file": SimpleUploadedFile("材料.pdf", builders.PDF),
            "keep_until": "2031-12-31",
        }
        text_of(client.post(url("exams-archive", sitting.pk), upload, follow=True))
    assert "已提交考后审核" in text_of(client.post(url("exams-results-submit", sitting.pk), follow=True))
    sitting.refresh_from_db()
    assert sitting.state == "submitted"


def test_lists_are_exported_as_they_are_filtered(at, sign_in):
    sitting = builders.enrolled_sitting(candidates=4)
    client = sign_in(sitting.body)
    name = sitting.enrolments.first().person.name
    rows = rows_of(client.get(url("exams-candidates", sitting.pk), {"name": name, "export": "xlsx"}))
    assert [row[1] for row in rows[3:]] == [name]


# --- walls ---------------------------------------------------------------------------------------

_ARGUMENTS = ("filing_id", "line_id", "review_id", "document_id", "member_id", "assessor_id", "venue_id")
_ARGUMENTS += (
    "plan_id",
    "sitting_id",
    "assignment_id",
    "enrolment_id",
    "import_id",
    "certificate_id",
    "code",
)


def patterns():
    resolver = next(each for each in get_resolver().url_patterns if getattr(each, "app_name", "") == "body")
    return list(resolver.url_patterns)


def test_every_page_has_the_clerks_gate(at, client):
    for pattern in patterns():
        assert getattr(pattern.callback, "gate", "") == "body", pattern
    response = client.get(url("home"))
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_an_officer_is_kept_out(at, client):
    client.force_login(builders.officer_account(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url("home")).status_code == 403


def test_a_clerk_reaches_no_object_of_another_body_through_any_address(at, sign_in):
    theirs = builders.approved_sitting()
    body = theirs.body
    filing = body.filings.get()
    ids = {
        "filing_id": filing.pk,
        "line_id": filing.lines.get().pk,
        "review_id": filing.reviews.first().pk,
        "document_id": body.documents.first().pk,
        "member_id": body.staff.first().pk,
        "assessor_id": body.assessors.first().pk,
        "venue_id": body.venues.first().pk,
        "plan_id": theirs.plan_id,
        "sitting_id": theirs.pk,
        "assignment_id": theirs.assignments.first().pk,
        "enrolment_id": theirs.enrolments.first().pk,
        "import_id": theirs.imports.first().pk,
        "certificate_id": 1,
        "code": builders.ELECTRICIAN,
    }
    client = sign_in(builders.new_body())
    at(builders.AT_REVIEW)
    walked = 0
    for pattern in patterns():
        names = pattern.pattern.converters
        if not names:
            continue
        assert set(names) <= set(_ARGUMENTS), pattern
        address = reverse(f"body:{pattern.name}", kwargs={name: ids[name] for name in names})
        for method in (client.get, client.post):
            response = method(address)
            assert response.status_code in {403, 404, 405, 409}, (address, method, response.status_code)
            assert body.name not in response.content.decode()
            walked += 1
    assert walked > 60


def test_long_lists_take_the_same_number_of_queries_as_short_ones(at, sign_in, django_assert_max_num_queries):
    sitting = builders.enrolled_sitting(candidates=25, capacity=40)
    body = sitting.body
    for _ in range(12):
        builders.assessor(body)
    client = sign_in(body)
    for name, args, most in (
        ("home", (), 26),
        ("registry-assessors", (), 16),
        ("registry-staff", (), 16),
        ("registry-venues", (), 16),
        ("registry-filings", (), 16),
        ("exams-plans", (), 16),
        ("exams-sittings", (), 16),
        ("exams-candidates", (sitting.pk,), 18),
        ("exams-results", (sitting.pk,), 20),
        ("exams-day", (sitting.pk,), 18),
    ):
        with django_assert_max_num_queries(most):
            text_of(client.get(url(name, *args)))
