"""The desk's handovers, calls and specifications, as officers of three levels meet them."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import builders
from tests.apps.reference import specification_builders as made
from tests.apps.reference.specification_builders import HUANCUI, OTHER_DISTRICT, SHANDONG, TODAY, WEIHAI
from tests.apps.reference.test_handovers import (
    DAY,
    ITEM,
    JILIN,
    LIAONING,
    UNION,
    details,
    done,
    draft,
    keeper,
)
from zhiping.apps.reference.models import (
    AbilityProject,
    Handover,
    HandoverPaper,
    Specification,
    SpecificationCall,
)

pytestmark = pytest.mark.django_db
CLOCK = builders.AT_FILING
FORM = {
    "name": "海带结制作",
    "unit": "样例海产品行业协会",
    "weights": "备料 20\n打结：50%\n包装 30",
    "is_smallest_unit": "true",
    "covered_by_standard": "false",
    **{f"section_{code}": text for code, text in made.TEXTS.items()},
}


@pytest.fixture(autouse=True)
def clock(at):
    at(CLOCK)


def desk(role, place):
    client = Client()
    account = builders.officer_account(role, place)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def province():
    return desk("province_supervisor", JILIN)


def text_of(response, status=200):
    assert response.status_code == status, (response.status_code, response.content.decode()[-500:])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def url(name, *args):
    return reverse(f"authority:reference-{name}", args=args)


# --- handovers -----------------------------------------------------------------------------------


def test_a_handover_is_entered_documented_and_done(province):
    assert "没有移交登记" in text_of(province.get(url("handovers")))
    form = {
        "place": JILIN, "item": ITEM, "giver": "样例省经济管理厅", "receiver": UNION,
        "receiver_kind": "association", "qualified_by": "样例公告", "passes_on": DAY.isoformat(),
    }  # fmt: skip
    assert "登记移交" in text_of(province.get(url("handover-new")))
    refused = province.post(url("handover-new"), {**form, "item": "教师资格"})
    assert "准入类职业资格，不能移交" in text_of(refused, 409)
    assert "依据 JL17-3a" in text_of(refused, 409)
    assert "样例公告" in refused.content.decode(), "what was typed stays"
    wrong = province.post(url("handover-new"), {**form, "receiver_code": "91110000MA00000000"})
    assert wrong.status_code == 409
    made_ = province.post(url("handover-new"), form)
    one = Handover.objects.get()
    assert made_.url == url("handover", one.pk)
    page = text_of(province.get(made_.url))
    for word in ("拟移交", "还没有材料", "办结移交", "作废登记", "修改"):
        assert word in page, word
    empty_handed = province.post(url("handover-step", one.pk, "hand_over"))
    assert "还没有材料" in text_of(empty_handed, 409)
    bad = SimpleUploadedFile("协议.pdf", b"MZ not a document")
    assert "未被接收" in text_of(province.post(made_.url, {"kind": "agreement", "file": bad}), 409)
    good = SimpleUploadedFile("协议.pdf", builders.PDF)
    assert province.post(made_.url, {"kind": "agreement", "file": good}).status_code == 302
    taken = province.get(url("handover-paper", HandoverPaper.objects.get().pk))
    assert taken.content == builders.PDF
    assert taken.headers["Content-Disposition"].startswith("attachment")
    assert taken.headers["X-Content-Type-Options"] == "nosniff"
    amended = province.post(url("handover-edit", one.pk), {**form, "note": "补充"})
    assert amended.status_code == 302
    confirm = text_of(province.get(url("handover-step", one.pk, "hand_over")))
    assert "JL17-3a" in confirm
    assert province.post(url("handover-step", one.pk, "hand_over")).status_code == 302
    page = text_of(province.get(made_.url))
    assert "已移交" in page
    assert "首次移交以前" in page
    assert province.get(url("handover-step", one.pk, "hand_over")).status_code == 409
    back = province.post(
        url("handover-step", one.pk, "reverse"), {"reversed_on": "2025-01-01", "reason": "不再具备条件"}
    )
    assert back.status_code == 302
    assert "不再具备条件" in text_of(province.get(made_.url))


def test_the_register_says_who_answers_on_the_day_that_is_asked(province):
    done(keeper())
    draft(keeper(), item="会计专业技术资格")
    listed = text_of(province.get(url("handovers")))
    assert UNION in listed
    assert "尚未移交，由原单位负责" in listed
    before = province.get(url("handovers"), {"on": "2023-12-31", "state": "handed_over"})
    rows = before.content.decode()
    assert rows.count("样例省经济管理厅") >= 2, "giver, and body that answered that day"
    sheet = province.get(url("handovers"), {"export": "xlsx", "text": "经济"})
    assert sheet.content[:4] == b"PK\x03\x04"
    queue = text_of(province.get(reverse("authority:desk")))
    assert "移交待办结" in queue
    assert "会计专业技术资格" in queue


def test_an_officer_of_another_province_meets_nothing_of_it():
    one = done(keeper())
    stranger = desk("province_supervisor", LIAONING)
    for name, args in (
        ("handover", (one.pk,)), ("handover-edit", (one.pk,)), ("handover-step", (one.pk, "reverse")),
        ("handover-paper", (one.papers.get().pk,)),
    ):  # fmt: skip
        assert stranger.get(url(name, *args)).status_code == 404, name
    assert "没有移交登记" in text_of(stranger.get(url("handovers")))
    assert stranger.post(url("handover-new"), {"place": JILIN}).status_code == 422
    assert desk("city_handler", builders.FOSHAN).get(url("handover-new")).status_code == 403
    assert details().item == ITEM


# --- calls and specifications --------------------------------------------------------------------


def test_the_way_from_the_call_to_the_directory_through_three_desks():
    district, city = desk("district_handler", HUANCUI), desk("city_handler", WEIHAI)
    province = desk("province_supervisor", SHANDONG)
    assert "没有征集" in text_of(district.get(url("calls")))
    late = {"place": HUANCUI, "title": "征集", "text": "范围", "due_on": "2026-01-01"}
    assert "早于今天" in text_of(district.post(url("call-new"), late), 409)
    opened = district.post(url("call-new"), {**late, "due_on": "2026-11-01"})
    call = SpecificationCall.objects.get()
    assert opened.url == url("call", call.pk)
    assert "登记规范" in text_of(district.get(opened.url))
    form = text_of(district.get(url("specification-new", call.pk)))
    assert "ZXGF-2（待核实：附件原文未见）" in form
    typo = district.post(url("specification-new", call.pk), {**FORM, "weights": "打结"})
    assert "没有分开写工作任务和比重" in text_of(typo, 422)
    short = {**FORM, "weights": "备料 20\n打结 50"}
    drafted = district.post(url("specification-new", call.pk), short)
    one = Specification.objects.get()
    assert drafted.url == url("specification", one.pk)
    assert "考核比重合计 70%" in text_of(district.get(drafted.url))
    refused = district.post(url("specification-step", one.pk, "submit"))
    assert "不符合编写要求" in text_of(refused, 409)
    assert district.post(url("specification-edit", one.pk), FORM).status_code == 302

    def step(client, verb, data=None):
        shown = client.get(url("specification-step", one.pk, verb))
        assert shown.status_code == 200, verb
        assert "WH21-4" in shown.content.decode()
        answer = client.post(url("specification-step", one.pk, verb), data or {})
        assert answer.status_code == 302, (verb, text_of(answer, answer.status_code))

    step(district, "submit")
    assert "考核规范待办" in text_of(district.get(reverse("authority:desk")))
    assert city.get(url("specification-step", one.pk, "pass_district")).status_code == 403
    step(district, "pass_district", {"opinion": "同意"})
    assert district.get(url("specification-step", one.pk, "pass_city")).status_code == 403
    nothing = city.post(url("specification-step", one.pk, "return"), {"opinion": ""})
    assert nothing.status_code == 422
    step(city, "pass_city")
    argued = {
        "argued_on": TODAY.isoformat(), "experts": "5", "expert_names": "专家甲等", "opinion": "可行",
        "conclusion": "passed",
    }  # fmt: skip
    wrong_day = {**argued, "argued_on": "2026-01-01"}
    assert province.post(url("specification-step", one.pk, "pass_argument"), wrong_day).status_code == 409
    step(province, "pass_argument", argued)
    step(province, "file", {"number": "样例备〔2026〕9号", "filed_on": TODAY.isoformat()})
    assert "海带结制作" in text_of(city.get(reverse("authority:desk"), {"kind": "specification"}))
    step(city, "publish", {"valid_from": TODAY.isoformat()})
    page = text_of(city.get(url("specification", one.pk)))
    for word in ("已纳入目录", "专家甲等", "样例备〔2026〕9号", "第 1 版", "纳入目录"):
        assert word in page, word
    assert "海带结制作" in text_of(district.get(url("projects")))
    closed = district.post(url("call-close", call.pk), {"note": "收到一份，已纳入目录"})
    assert closed.status_code == 302
    project = AbilityProject.objects.get()
    assert "退出目录" in text_of(city.get(url("project", project.pk)))
    assert "退出目录" not in text_of(district.get(url("project", project.pk)))
    gone = {"ends_on": "2026-12-31", "reason": "已并入国家职业标准"}
    assert city.post(url("project-withdraw", project.pk), gone).status_code == 302
    assert "已并入国家职业标准" in text_of(city.get(url("project", project.pk)))
    assert "不在目录" in text_of(city.get(url("projects"), {"on": "2027-01-01"}))


def test_another_places_officer_is_refused_every_page():
    one = made.brought("publish")
    other = made.drafted()
    project = one.version.project
    strangers = (desk("district_handler", OTHER_DISTRICT), desk("city_handler", builders.FOSHAN))
    for client in strangers:
        for name, args in (
            ("specification", (one.pk,)), ("specification-edit", (other.pk,)),
            ("specification-step", (other.pk, "submit")), ("call", (one.call_id,)),
            ("call-close", (other.call_id,)), ("specification-new", (other.call_id,)),
        ):  # fmt: skip
            for method in (client.get, client.post):
                assert method(url(name, *args)).status_code in {403, 404}, name
        assert "没有考核规范" in text_of(client.get(url("specifications")))
        assert "没有征集" in text_of(client.get(url("calls")))
    assert strangers[0].get(url("project", project.pk)).status_code == 200, "used in its city"
    assert strangers[1].get(url("project", project.pk)).status_code == 404
    assert strangers[1].post(url("project-withdraw", project.pk)).status_code == 404
    assert Specification.objects.get(pk=other.pk).state == "drafted"


def test_lists_filter_export_and_keep_to_few_queries(django_assert_max_num_queries):
    client = desk("district_handler", HUANCUI)
    for name in ("甲项制作", "乙项制作", "丙项制作"):
        made.drafted(name=name)
    made.brought("submit", name="丁项制作")
    with django_assert_max_num_queries(14):
        assert "丁项制作" in text_of(client.get(url("specifications")))
    with django_assert_max_num_queries(14):
        client.get(url("calls"))
    mine = text_of(client.get(url("specifications"), {"own": "mine"}))
    assert "丁项制作" in mine
    assert "甲项制作" not in mine
    found = text_of(client.get(url("specifications"), {"text": "乙项", "state": "drafted"}))
    assert "乙项制作" in found
    assert "丙项制作" not in found
    for name in ("specifications", "calls", "projects"):
        assert client.get(url(name), {"export": "xlsx"}).content[:4] == b"PK\x03\x04"
    assert (
        client.get(url("specification-step", Specification.objects.first().pk, "publish")).status_code == 409
    )
