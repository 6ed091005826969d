"""The dated lists on pages: everybody reads and downloads them, officers keep and bring them."""

import datetime as dt
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import builders
from tests.apps.reference.test_catalogues import cancelled, details, item, keeper, rate, sheet
from zhiping.apps.journal.models import Entry
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
    DirectoryItem,
    Equivalence,
    OccupationalStandard,
    Rate,
    ShortageOccupation,
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


EDITION_FORM = {
    "place": JILIN, "code": "2026", "title": "吉林省职业资格目录清单", "document_number": "样例〔2026〕1号",
    "valid_from": "2026-01-01", "certainty": "stated", "source": "样例",
}  # fmt: skip
ITEM_FORM = {
    "item": "查干湖冬捕管理师", "kind": "skilled", "type": "level", "certainty": "stated", "source": "样例",
}  # fmt: skip


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
    form = EDITION_FORM
    opened = desk.post(reverse("authority:reference-edition-new"), form)
    edition = DirectoryEdition.objects.get()
    assert opened.url == reverse("authority:reference-edition", args=[edition.pk])
    again = desk.post(reverse("authority:reference-edition-new"), form)
    assert again.status_code == 409
    assert "已有版本" in again.content.decode()
    add = reverse("authority:reference-edition-item", args=[edition.pk])
    one = ITEM_FORM
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
    assert "已导入：新增 1 行" in text_of(desk.get(sent.url))
    assert "此前已经导入（新增 1 行，更改 0 行），本次无变化" in text_of(desk.post(sent.url, follow=True))
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


@pytest.mark.parametrize(
    ("role", "place"), [("province_supervisor", "440000"), ("province_supervisor", "220100")]
)
def test_another_province_and_a_city_below_neither_see_nor_change(desk, client, role, place):
    """Every address of the lists with a key, and every one that takes a place or an edition."""
    who = keeper()
    open_tracking(JILIN, due_on=TODAY, actor=who, clock=CLOCK)
    edition = open_edition(details(title="未公布的清单"), actor=who, clock=CLOCK)
    sent = preview_import(
        "directory", place=JILIN, edition_id=edition.pk, file_name="草稿.csv",
        content=sheet(item("教师资格"), item("甲", "无此类")), actor=who, clock=CLOCK,
    )  # fmt: skip
    account = builders.officer_account(role, place)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    task = TrackingTask.objects.first()
    before = Entry.objects.count()
    keyed = [
        reverse(f"authority:reference-{name}", args=[key])
        for name, key in (
            ("tracking-task", task.pk), ("edition", edition.pk), ("edition-item", edition.pk),
            ("edition-publish", edition.pk), ("import", sent.pk), ("import-bad-rows", sent.pk),
        )
    ]  # fmt: skip
    asked = f"?kind=directory&edition={edition.pk}&place={JILIN}"
    keyed += [reverse("authority:reference-import-new") + asked]
    keyed += [reverse("authority:reference-import-template") + asked]
    for page in keyed:
        assert client.get(page).status_code == 404, page
        assert client.post(page, ITEM_FORM | {"result": "revived", "answer": "样例"}).status_code == 404, page
        assert desk.get(page).status_code == 200, page
    tracker = reverse("authority:reference-tracker") + f"?place={JILIN}&key=CN/6/插花员"
    assert "请先选择取消事项" in text_of(client.post(tracker, {"department": "甲厅", "note": "样例"}))
    order = reverse("authority:reference-tracking-open")
    assert client.post(order, {"place": JILIN, "due_on": TODAY.isoformat()}).status_code == 422
    fees = reverse("authority:reference-import-new") + "?kind=fees"
    file = SimpleUploadedFile("标准.csv", sheet(rate()))
    assert client.post(fees, {"place": JILIN, "file": file}).status_code == 422
    form = EDITION_FORM | {"code": "2030"}
    assert client.post(reverse("authority:reference-edition-new"), form).status_code == 422
    assert Entry.objects.count() == before
    for name in LISTS:
        text = text_of(client.get(reverse(f"authority:reference-{name}")))
        assert "未公布的清单" not in text
        assert "草稿.csv" not in text
    assert "没有跟踪督查任务" in text_of(client.get(reverse("authority:reference-tracking")))
    for page in ("catalogues", "catalogues-qualifications", "catalogues-implementing"):
        assert "未公布的清单" not in text_of(client.get(reverse(f"public:{page}"), {"place": JILIN}))


def test_who_keeps_no_lists_reads_them_and_gets_no_button(client):
    account = builders.officer_account("auditor", JILIN)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    for name in LISTS:
        text = text_of(client.get(reverse(f"authority:reference-{name}")))
        assert "导入清单" not in text
    assert client.get(reverse("authority:reference-import-new")).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_every_list_of_the_desk_is_a_workbook_too(desk, name):
    page = reverse(f"authority:reference-{name}")
    assert desk.get(page, {"export": "xlsx"}).content[:4] == b"PK\x03\x04"


def fill(first, last):
    """Put rows number `first` to `last` into every list, past the actions: the pages are what is tried."""
    numbers = range(first, last)
    known = {"certainty": "stated", "source": "样例"}
    dated = known | {"valid_from": dt.date(2020, 1, 1)}
    CancelledQualification.objects.bulk_create(
        CancelledQualification(place="CN", batch="7", name=f"样例{number}师", **known) for number in numbers
    )
    editions = DirectoryEdition.objects.bulk_create(
        DirectoryEdition(
            place=place, code=f"样{number}", title=f"样例第{number}版", document_number="样例",
            state="published", **dated | {"valid_from": dt.date(2000, 1, 1) + dt.timedelta(days=number)},
        )
        for number in numbers for place in (JILIN, "210000", "440000")
    )  # fmt: skip
    DirectoryItem.objects.bulk_create(
        DirectoryItem(edition=one, item=f"样例{n}", kind="skilled", type="level", **known)
        for one in editions for n in range(2)
    )  # fmt: skip
    TrackingTask.objects.bulk_create(
        TrackingTask(
            place=JILIN, item_key=f"CN/7/样例{number}师", item_name=f"样例{number}师", batch="7",
            department="样例厅", due_on=TODAY, opened_at=CLOCK.now(),
        )
        for number in numbers
    )  # fmt: skip
    CatalogueImport.objects.bulk_create(
        CatalogueImport(
            kind="fees", place=JILIN, file_name=f"{number}.csv", sha256=f"{number}", content=b"",
            rows_total=1, rows_good=1, rows_bad=0, rows_added=1, rows_changed=0, uploaded_by="样例",
            uploaded_at=CLOCK.now(),
        )
        for number in numbers
    )  # fmt: skip
    OccupationalStandard.objects.bulk_create(
        OccupationalStandard(
            occupation_code="6-31-01-03", title=f"样例{number}", kind="norm", generation="2023", **dated
        )
        for number in numbers
    )
    ShortageOccupation.objects.bulk_create(
        ShortageOccupation(place=JILIN, occupation_code=f"6-31-01-{number:02}", **dated) for number in numbers
    )
    Equivalence.objects.bulk_create(
        Equivalence(
            place=JILIN, basis_kind="qualification", basis=f"样例{number}", counterpart_kind="title",
            counterpart="助理级", effect="可以申报", document_number="样例", **dated,
        )
        for number in numbers
    )  # fmt: skip
    Rate.objects.bulk_create(
        Rate(
            kind=kind, place=JILIN, evaluation_type="skill_level_recognition", subject=f"样例{number}",
            amount_fen=100, unit="人次", document_number="样例", **dated,
        )
        for number in numbers for kind in ("fee", "subsidy")
    )  # fmt: skip


FEW, MANY = 4, 64
"""More than a page of either portal."""


@pytest.mark.parametrize(
    "page", [*(f"public:{name}" for name in PUBLIC), *(f"authority:reference-{name}" for name in LISTS)]
)
def test_a_long_list_costs_no_more_queries_than_a_short_one(desk, page):
    asked = {"place": JILIN} | ({"name": "样例1师"} if page.endswith("check") else {})
    counts, reads = [], []
    for first, last in ((1, FEW), (FEW, MANY)):
        fill(first, last)
        desk.get(reverse(page), asked)  # what is kept between requests is there from now on
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(reverse(page), asked).status_code == 200
        counts.append(len(queries))
        reads.append([one["sql"] for one in queries])
    assert counts[1] <= counts[0], sorted(set(reads[1]) - set(reads[0]))
    assert counts[1] <= 36


@pytest.mark.parametrize(
    ("page", "table", "per_page"),
    [
        ("public:catalogues-standards", "reference_occupationalstandard", 50),
        ("public:catalogues-shortages", "reference_shortageoccupation", 50),
        ("public:catalogues-rates", "reference_rate", 50),
        ("public:catalogues-equivalences", "reference_equivalence", 50),
        ("authority:reference-rates", "reference_rate", 30),
        ("authority:reference-equivalences", "reference_equivalence", 30),
        ("authority:reference-tracking", "reference_trackingtask", 30),
        ("authority:reference-imports", "reference_catalogueimport", 30),
    ],
)
def test_a_page_reads_a_page_of_its_table(desk, page, table, per_page):
    fill(1, MANY)
    with CaptureQueriesContext(connection) as queries:
        text = text_of(desk.get(reverse(page), {"place": JILIN}))
    assert f"{per_page}" in text or "下一页" in text
    whole = [
        one["sql"]
        for one in queries
        if f'FROM "{table}"' in one["sql"]
        and not re.search(r"LIMIT \d+|COUNT\(|DISTINCT|GROUP BY|SELECT 1 ", one["sql"])
    ]
    assert whole == []


def test_the_pages_of_a_list_of_files_and_tables_hold_every_row_once(client):
    fill(1, MANY)
    page = reverse("public:catalogues-rates")
    seen = []
    for number in (1, 2, 3):
        shown = client.get(page, {"place": JILIN, "page": number}).context["table"].rows
        seen += [(row["标准"], row["项目"]) for row in shown]
    told = json.loads(client.get(page, {"place": JILIN, "export": "json"}).content)["rows"]
    assert len(seen) == len(set(seen)) == len(told) >= 2 * (MANY - 1)
    assert [(row["标准"], row["项目"]) for row in told] == seen
