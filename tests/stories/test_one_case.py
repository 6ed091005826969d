"""One case from application to annulment, walked in a real browser by everybody it concerns."""

import io
import re

import openpyxl
import pytest

from tests import builders
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.exams.actions import ARCHIVE_KINDS
from zhiping.apps.exams.models import Plan, Sitting
from zhiping.apps.registry.models import Filing

pytestmark = [pytest.mark.stories, pytest.mark.django_db(transaction=True)]

CANDIDATES, BAD = 40, 6


def test_from_a_refused_application_to_an_annulled_certificate(at_browser, move_clock, tmp_path):
    move_clock(2026, 11, 23)
    body = builders.new_body()
    filing = builders.complete_filing(body, insured_headcount=299)
    clerk = at_browser(builders.clerk_account(body).username)
    district = at_browser(builders.officer_account("district_handler", builders.SHUNDE).username)
    city = at_browser(builders.officer_account("city_handler").username)
    leader = at_browser(builders.officer_account("city_leader").username)
    public = at_browser()

    apply_at_299_and_300(clerk, filing)
    review_and_confirm(district, city, public, move_clock, filing)
    public.open(f"/bodies/?text={body.name}").sees(body.name, "在目录")
    public.open(f"/bodies/{body.pk}/").sees("电工", "6-31-01-03", "四级/中级工")

    sitting = plan_an_exam(clerk, city, body)
    enrol_from_excel(clerk, sitting, tmp_path)
    hold_and_grade(clerk, move_clock, sitting, tmp_path)
    issue(clerk, city, move_clock, sitting)

    certificate = Certificate.objects.order_by("number").first()
    look_up_annul_and_look_up_again(public, leader, certificate)


def apply_at_299_and_300(clerk, filing):
    """The enterprise applies: refused at 299 insured with the clause shown, accepted at 300."""
    clerk.open(f"/body/filings/{filing.pk}/").sees("299", "300", "FS20-E2")
    clerk.open(f"/body/filings/{filing.pk}/verdict/").press("提交备案").sees("不能提交")
    assert state_of(filing) == "draft"
    clerk.open(f"/body/filings/{filing.pk}/").fill(insured_headcount=300).press("保存并判定")
    clerk.open(f"/body/filings/{filing.pk}/verdict/").press("提交备案")
    assert state_of(filing) == "submitted"


def review_and_confirm(district, city, public, move_clock, filing):
    """District, city, on-site verification, public notice, confirmation."""
    district.open("/desk/").sees(filing.body.name)
    district.open(f"/desk/filings/{filing.pk}/do/pass_district/").fill(opinion="材料齐全").press("初审通过")
    city.open(f"/desk/filings/{filing.pk}/do/pass_city/").fill(opinion="符合条件").press("审核通过")
    assert state_of(filing) == "city_passed"
    city.open(f"/desk/filings/{filing.pk}/visit/").fill(
        visited_on="2026-11-23", inspectors="核查员甲、核查员乙"
    )
    for met in city.page.locator('main input[type="radio"][value="yes"]').all():
        met.check()
    city.submit()
    city.open(f"/desk/filings/{filing.pk}/do/verify/").fill(opinion="现场与申报一致").press("核查通过")
    city.open(f"/desk/filings/{filing.pk}/do/publish/").press("发布公示")
    assert state_of(filing) == "in_notice"
    public.open("/notices/").sees(filing.body.name)
    city.open(f"/desk/filings/{filing.pk}/do/confirm/").press("确认入目录").sees("公示")
    assert state_of(filing) == "in_notice", "a running notice cannot be cut short"
    move_clock(2026, 12, 1)
    city.open(f"/desk/filings/{filing.pk}/do/confirm/").press("确认入目录")
    assert state_of(filing) == "confirmed"


def plan_an_exam(clerk, city, body):
    """A plan with one sitting, its assessors and supervisor, declared in time and accepted."""
    clerk.open("/body/plans/new/").fill(title="2026年第四季度电工等级认定").submit()
    plan = Plan.objects.get(body=body)
    clerk.open(f"/body/plans/{plan.pk}/sittings/add/")
    scope = clerk.page.locator('main select[name="scope"]')
    scope.select_option(
        label=next(words for words in scope.locator("option").all_inner_texts() if "四级" in words)
    )
    venue = clerk.page.locator('main select[name="venue"]')
    venue.select_option(index=venue.locator("option").count() - 1)
    clerk.fill(starts_at="2026-12-10T09:00", ends_at="2026-12-10T11:30", capacity=40)
    clerk.submit()
    sitting = Sitting.objects.get(plan=plan)
    for _ in range(3):
        clerk.open(f"/body/sittings/{sitting.pk}/").press("安排考评员")
    clerk.open(f"/body/sittings/{sitting.pk}/").press("安排督导员")
    clerk.open(f"/body/plans/{plan.pk}/").press("报备计划").sees("已报备")
    city.open(f"/desk/plans/{plan.pk}/do/accept/").submit()
    plan.refresh_from_db()
    assert plan.state == "accepted"
    return sitting


def enrol_from_excel(clerk, sitting, tmp_path):
    """Forty candidates of whom six are bad, each for another reason; the bad ones come back with it."""
    rows = [builders.candidate_row(index) for index in range(CANDIDATES)]
    number = rows[0]["证件号码"]
    rows[0]["证件号码"] = number[:-1] + ("0" if number[-1] != "0" else "1")
    rows[1]["姓名"] = ""
    rows[2]["职业工种名称"] = "车工"
    rows[3]["认定等级"] = "三级/高级工"
    rows[4]["专业年限"] = "2年"
    rows[5]["考生来源"] = "灵活就业人员"
    book = tmp_path / "考生名册.xlsx"
    book.write_bytes(builders.workbook(rows))
    clerk.open(f"/body/sittings/{sitting.pk}/candidates/")
    clerk.page.locator('main input[type="file"]').first.set_input_files(str(book))
    clerk.press("上传并核验").sees("导入合格的 34 行", "不合格的 6 行")
    assert sitting.enrolments.count() == 0, "a preview enrols nobody"
    clerk.press("导入合格的", exact=False).sees("合格行已导入")
    assert sitting.enrolments.count() == CANDIDATES - BAD
    with clerk.page.expect_download() as download:
        clerk.page.locator("main").get_by_role("link", name=re.compile("下载不合格的")).click()
    back = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    reasons = [row[0] for row in back.iter_rows(min_row=2, values_only=True) if row[0]]
    assert len(reasons) == BAD
    assert len(set(reasons)) == BAD, "each bad row says its own reason"
    clerk.open(f"/body/sittings/{sitting.pk}/candidates/")
    clerk.page.locator('main input[type="file"]').first.set_input_files(str(book))
    clerk.press("上传并核验").sees("已导入过")
    assert sitting.enrolments.count() == CANDIDATES - BAD


def hold_and_grade(clerk, move_clock, sitting, tmp_path):
    """The exam is held; results from Excel: one absent, one below the mark, the rest pass."""
    move_clock(2026, 12, 11)
    clerk.open(f"/body/sittings/{sitting.pk}/day/").press("确认考试已结束")
    sitting.refresh_from_db()
    assert sitting.state == "held"
    rows = builders.result_rows(sitting)
    headers = builders.result_headers(sitting)
    rows[0] |= {headers["theory_score"]: "", headers["theory_absent"]: "是"}
    rows[1][headers["practical_score"]] = "59.5"
    book = tmp_path / "成绩.xlsx"
    book.write_bytes(builders.workbook(rows, headers=tuple(headers.values())))
    clerk.open(f"/body/sittings/{sitting.pk}/results/")
    clerk.page.locator('main input[type="file"]').first.set_input_files(str(book))
    clerk.press("上传并核验").press("导入合格的", exact=False).sees("合格行已导入")
    clerk.open(f"/body/sittings/{sitting.pk}/results/").press("发布成绩公示")
    archive = tmp_path / "档案.pdf"
    for kind in ARCHIVE_KINDS:
        archive.write_bytes(builders.PDF + kind.encode())
        clerk.open(f"/body/sittings/{sitting.pk}/archive/").fill(kind=kind)
        clerk.page.locator('main input[type="file"]').first.set_input_files(str(archive))
        clerk.press("登记")
    clerk.sees("五类材料已登记齐全")


def issue(clerk, city, move_clock, sitting):
    """The notice runs out, the authority reviews, certificates are issued in bulk."""
    move_clock(2026, 12, 21)
    clerk.open(f"/body/sittings/{sitting.pk}/results/").press("提交考后审核")
    city.open("/desk/").sees(sitting.body.name)
    city.open(f"/desk/sittings/{sitting.pk}/results/approve/").submit()
    city.open(f"/desk/sittings/{sitting.pk}/issue/").submit()
    sitting.refresh_from_db()
    assert sitting.state == "issued"
    numbers = sorted(Certificate.objects.values_list("number", flat=True))
    assert len(numbers) == CANDIDATES - BAD - 2
    assert [int(number[-6:]) for number in numbers] == list(range(1, len(numbers) + 1))


def look_up_annul_and_look_up_again(public, leader, certificate):
    """The public finds the certificate, not with a wrong name; after annulment it shows date and reason."""

    def look_up(second):
        public.open("/verify").fill(number=certificate.number, second=second).press("查询", exact=False)

    look_up("不是此人")
    public.sees("没有查到与所填内容一致的证书")
    look_up(certificate.holder_name)
    public.sees(
        certificate.number, certificate.holder_name, "电工", "四级/中级工", certificate.body_name, "有效"
    )
    leader.open(f"/desk/certificates/{certificate.number}/do/annul/")
    leader.page.locator('main input[name="clause"]').first.check()
    leader.fill(reason="复核发现成绩登记有误").submit()
    certificate.refresh_from_db()
    assert certificate.state == "annulled"
    look_up(certificate.holder_name)
    public.sees("已作废", "2026年12月21日", "复核发现成绩登记有误")


def state_of(filing):
    return Filing.objects.get(pk=filing.pk).state
