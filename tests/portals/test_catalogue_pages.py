"""The dated lists on pages: everybody reads and downloads them, officers keep and bring them."""

import datetime as dt
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import builders
from tests.apps.reference.test_catalogues import cancelled, details, item, keeper, sheet
from zhiping.apps.reference.actions import (
    apply_import,
    open_edition,
    open_tracking,
    preview_import,
    publish_edition,
)
from zhiping.apps.reference.models import (
    CancelledQualification,
    CatalogueImport,
    DirectoryEdition,
    TrackingTask,
)

pytestmark = pytest.mark.django_db
JILIN = "220000"
CLOCK = builders.AT_FILING
TODAY = CLOCK.today()
LISTS = (
    "editions", "cancelled", "tracking", "equivalences", "rates", "imports", "standards", "shortages",
)  # fmt: skip
PUBLIC = (
    "catalogues", "catalogues-qualifications", "catalogues-changes", "catalogues-cancelled",
    "catalogues-implementing", "catalogues-check", "catalogues-standards", "catalogues-shortages",
    "catalogues-equivalences", "catalogues-rates",
)  # fmt: skip


@pytest.fixture(autouse=True)
def clock(at):
    at(CLOCK)


@pytest.fixture
def desk():
    """A province's keeper at the desk."""
    client = Client()
    account = builders.officer_account("province_supervisor", JILIN)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(response):
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("name", PUBLIC)
def test_everybody_reads_every_list(client, name):
    assert "目录公开" in text_of(client.get(reverse(f"public:{name}")))


def test_the_directory_is_that_of_the_day_that_is_asked_for(client):
    page = reverse("public:catalogues-qualifications")
    assert "精算师" in text_of(client.get(page, {"on": "2022-01-01", "text": "精算"}))
    assert "精算师" not in text_of(client.get(page, {"on": "2019-01-01", "text": "精算"})).replace(
        "精算 师", ""
    )
    assert "没有可以显示的目录" in text_of(client.get(page, {"on": "2016-01-01"}))
    assert "59 项" in text_of(client.get(page, {"on": "2022-01-01"}))


def test_lists_are_open_data_in_three_forms(client):
    page = reverse("public:catalogues-qualifications")
    found = json.loads(client.get(page, {"on": "2022-01-01", "export": "json"}).content)
    assert found["count"] == len(found["rows"]) == 95
    assert {"职业资格名称", "具体项目", "实施部门", "资格类别", "确定程度"} <= set(found["rows"][0])
    csv = client.get(page, {"on": "2022-01-01", "export": "csv"})
    assert csv.content.decode("utf-8-sig").count("\n") == 96
    assert client.get(page, {"export": "xlsx"}).content[:4] == b"PK\x03\x04"
    changes = json.loads(client.get(reverse("public:catalogues-changes"), {"export": "json"}).content)
    assert {"更名、类别调整"} <= {row["变化"] for row in changes["rows"]}


def test_differences_between_two_editions_are_named_and_counted(client):
    text = text_of(client.get(reverse("public:catalogues-changes")))
    for word in ("新增 14", "退出 192", "更名 5", "类别调整 1", "专利代理人", "专利代理师"):
        assert word in text
    only = text_of(client.get(reverse("public:catalogues-changes"), {"change": "type_changed"}))
    assert "设备监理师" in only
    assert "专利代理人" not in only


def test_batches_say_how_many_were_announced_and_how_many_are_named(client):
    page = reverse("public:catalogues-cancelled")
    text = text_of(client.get(page, {"place": JILIN}))
    assert "合计 500 项" in text
    assert "吉林省住房和城乡建设厅" in text
    assert "待修订法律法规" in text
    assert "合计 429 项" in text_of(client.get(page))
    assert "物业管理师" not in text_of(client.get(page, {"on": "2015-01-01"}))


def test_a_name_is_held_against_the_lists_and_the_law(client):
    page = reverse("public:catalogues-check")
    asked = {"name": "物业管理师", "place": JILIN, "on": "2019-05-10"}
    text = text_of(client.get(page, asked))
    for word in ("不在目录内", "第六批", "JL17-1a", "不符合", "没有相近的取消事项"):
        assert word in text, word
    assert "请填写要核对的名称" in text_of(client.get(page, {"name": ""}))
    alike = text_of(client.get(page, asked | {"name": "注册物业管里师"}))
    assert "相近度" in alike


def test_the_implementing_list_says_who_carries_what_out(client, desk):
    edition = open_edition(details(), actor=keeper(), clock=CLOCK)
    preview = preview_import(
        "directory", place=JILIN, edition_id=edition.pk, file_name="样例.csv",
        content=sheet(item("教师资格", 组织实施机构="某市教育考试院")), actor=keeper(), clock=CLOCK,
    )  # fmt: skip
    apply_import(preview.pk, actor=keeper(), clock=CLOCK)
    page = reverse("public:catalogues-implementing")
    assert "没有公布的实施清单" in text_of(client.get(page, {"place": JILIN}))
    publish_edition(edition.pk, actor=keeper(), clock=CLOCK)
    assert "某市教育考试院" in text_of(client.get(page, {"place": JILIN}))


def test_the_desk_keeps_an_edition_from_its_opening_to_its_publication(desk):
    form = {
        "place": JILIN, "code": "2026", "title": "吉林省职业资格目录清单",
        "document_number": "样例〔2026〕1号",
        "valid_from": "2026-01-01", "certainty": "stated", "source": "样例",
    }  # fmt: skip
    opened = desk.post(reverse("authority:reference-edition-new"), form)
    edition = DirectoryEdition.objects.get()
    assert opened.url == reverse("authority:reference-edition", args=[edition.pk])
    again = desk.post(reverse("authority:reference-edition-new"), form)
    assert again.status_code == 409
    assert "已有版本" in again.content.decode()
    add = reverse("authority:reference-edition-item", args=[edition.pk])
    one = {
        "item": "查干湖冬捕管理师",
        "kind": "skilled",
        "type": "level",
        "certainty": "stated",
        "source": "样例",
    }
    refused = desk.post(add, one)
    assert refused.status_code == 409
    assert "JL17-1d" in refused.content.decode()
    assert 'value="查干湖冬捕管理师"' in refused.content.decode(), "what was typed stays"
    assert (
        desk.post(add, one | {"item": "教师资格", "kind": "professional", "type": "access"}).status_code
        == 302
    )
    assert "教师资格" in text_of(desk.get(opened.url))
    publish = reverse("authority:reference-edition-publish", args=[edition.pk])
    assert "上一版在施行日终止" in text_of(desk.get(publish))
    assert desk.post(publish).status_code == 302
    edition.refresh_from_db()
    assert edition.state == "published"


def test_the_desk_brings_a_list_sees_each_row_and_gives_bad_rows_back(desk):
    new = reverse("authority:reference-import-new") + "?kind=cancelled"
    assert "下载模板" in text_of(desk.get(new))
    template = desk.get(reverse("authority:reference-import-template"), {"kind": "cancelled", "place": JILIN})
    assert template.content[:4] == b"PK\x03\x04"
    content = sheet(cancelled("甲管理师"), cancelled("乙管理师", "第九批"))
    sent = desk.post(new, {"place": JILIN, "file": SimpleUploadedFile("清单.csv", content)})
    one = CatalogueImport.objects.get()
    assert sent.url == reverse("authority:reference-import", args=[one.pk])
    text = text_of(desk.get(sent.url))
    assert "导入合格的 1 行" in text
    assert "第九批" in text
    assert CancelledQualification.objects.count() == 0
    assert desk.post(sent.url).status_code == 302
    assert CancelledQualification.objects.get().name == "甲管理师"
    assert "合格行已导入" in text_of(desk.get(sent.url))
    back = desk.get(reverse("authority:reference-import-bad-rows", args=[one.pk]))
    assert back.content[:4] == b"PK\x03\x04"
    bad = desk.post(new, {"place": JILIN, "file": SimpleUploadedFile("坏.xlsx", b"\x00\x01")})
    assert bad.status_code == 409
    assert desk.post(new, {"place": JILIN}).status_code == 422


def test_the_desk_names_departments_orders_looks_and_answers(desk):
    listed = desk.get(reverse("authority:reference-cancelled"), {"place": JILIN, "tracker": "none"})
    assert "插花员" in text_of(listed)
    name = reverse("authority:reference-tracker") + f"?place={JILIN}&key=CN/6/插花员"
    assert desk.post(name, {"department": "吉林省乙厅", "note": "样例"}).status_code == 302
    order = reverse("authority:reference-tracking-open")
    due = TODAY + dt.timedelta(days=10)
    assert desk.post(order, {"place": JILIN, "due_on": due.isoformat()}).status_code == 302
    task = TrackingTask.objects.get(item_name="插花员")
    assert task.department == "吉林省乙厅"
    assert "跟踪督查待答复" in text_of(desk.get("/desk/"))
    page = reverse("authority:reference-tracking-task", args=[task.pk])
    assert desk.post(page, {"result": "none_found", "answer": ""}).status_code == 422
    assert desk.post(page, {"result": "none_found", "answer": "查三处，未见"}).status_code == 302
    assert "查三处" in text_of(desk.get(page))
    assert "待答复 " in text_of(desk.get(reverse("authority:reference-tracking")))


def test_an_overdue_look_is_shown_as_late(desk, at):
    open_tracking(JILIN, due_on=TODAY, actor=keeper(), clock=CLOCK)
    at(builders.AT_REVIEW)
    text = text_of(desk.get(reverse("authority:reference-tracking"), {"state": "late"}))
    assert "超期" in text
    task = TrackingTask.objects.first()
    assert "已超过答复期限" in text_of(desk.get(reverse("authority:reference-tracking-task", args=[task.pk])))


def test_another_province_neither_sees_nor_changes(desk):
    open_tracking(JILIN, due_on=TODAY, actor=keeper(), clock=CLOCK)
    edition = open_edition(details(), actor=keeper(), clock=CLOCK)
    task = TrackingTask.objects.first()
    other = Client()
    account = builders.officer_account("province_supervisor", "440000")
    other.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    for page in (
        reverse("authority:reference-tracking-task", args=[task.pk]),
        reverse("authority:reference-edition", args=[edition.pk]),
        reverse("authority:reference-edition-publish", args=[edition.pk]),
    ):
        assert other.get(page).status_code == 404
        assert other.post(page, {"result": "revived", "answer": "样例"}).status_code == 404
        assert desk.get(page).status_code == 200


def test_who_keeps_no_lists_reads_them_and_gets_no_button(client):
    account = builders.officer_account("auditor", JILIN)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    for name in (
        "editions",
        "cancelled",
        "tracking",
        "equivalences",
        "rates",
        "imports",
        "standards",
        "shortages",
    ):
        text = text_of(client.get(reverse(f"authority:reference-{name}")))
        assert "导入清单" not in text
    assert client.get(reverse("authority:reference-import-new")).status_code == 403


@pytest.mark.parametrize(
    "name",
    ["editions", "cancelled", "equivalences", "rates", "imports", "tracking", "standards", "shortages"],
)
def test_every_list_of_the_desk_is_a_workbook_too(desk, name):
    page = reverse(f"authority:reference-{name}")
    assert desk.get(page, {"export": "xlsx"}).content[:4] == b"PK\x03\x04"


def test_long_lists_need_no_more_queries(client, django_assert_max_num_queries):
    CancelledQualification.objects.bulk_create(
        CancelledQualification(
            place="CN", batch="7", name=f"样例{number}师", certainty="stated", source="样例"
        )
        for number in range(100)
    )
    with django_assert_max_num_queries(20):
        client.get(reverse("public:catalogues-cancelled"), {"place": JILIN})
    with django_assert_max_num_queries(20):
        client.get(reverse("public:catalogues-qualifications"))
