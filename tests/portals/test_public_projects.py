"""The directory of ability projects and the responsible bodies, as everybody reads them."""

import datetime as dt
import json
import re

import pytest
from django.urls import reverse

from tests import builders
from tests.apps.reference import specification_builders as made
from tests.apps.reference.specification_builders import TODAY, WEIHAI
from tests.apps.reference.test_handovers import BUREAU, DAY, ITEM, JILIN, UNION, done, draft
from zhiping.apps.reference import actions

pytestmark = pytest.mark.django_db
PROJECTS = "/catalogues/projects/"
HANDOVERS = "/catalogues/handovers/"


@pytest.fixture(autouse=True)
def clock(at):
    at(builders.AT_FILING)


def text_of(response, status=200):
    assert response.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def project():
    """A project with two versions, the second from a month on."""
    first = made.brought("publish").version
    second = made.brought("file", sections={**made.TEXTS, "definition": "第二版的定义。"})
    made.take("publish", second, valid_from=TODAY + dt.timedelta(days=30))
    return first.project


def test_the_catalogues_lead_to_both_pages(client):
    page = client.get(reverse("public:catalogues")).content.decode()
    assert PROJECTS in page
    assert HANDOVERS in page


def test_the_directory_is_that_of_the_day_and_place(client, project):
    assert "海带结制作" in text_of(client.get(PROJECTS))
    assert "第 2 版" in text_of(client.get(PROJECTS, {"on": "2027-01-01"}))
    assert "没有符合条件的考核项目" in text_of(client.get(PROJECTS, {"on": "2020-01-01"}))
    assert "WH21-1" in text_of(client.get(PROJECTS, {"place": WEIHAI}))
    assert "海带结制作" in text_of(client.get(PROJECTS, {"text": "海产品"}))
    assert "没有符合条件" in text_of(client.get(PROJECTS, {"text": "没有的"}))


def test_the_directory_is_open_data(client, project):
    found = json.loads(client.get(PROJECTS, {"export": "json"}).content)
    assert found["count"] == 1
    row = found["rows"][0]
    assert (row["项目名称"], row["版次"], row["部备案编号"]) == ("海带结制作", "第 1 版", "样例备〔2026〕1号")
    csv = client.get(PROJECTS, {"export": "csv"}).content.decode("utf-8-sig")
    assert csv.count("\n") == 2
    assert client.get(PROJECTS, {"export": "xlsx"}).content[:4] == b"PK\x03\x04"


def test_a_project_shows_the_text_of_the_day_and_its_versions(client, project):
    page = f"{PROJECTS}{project.pk}/"
    today = text_of(client.get(page))
    for word in ("运用工具", "打结", "50", "第 1 版", "第 2 版", "样例备〔2026〕1号", "5 人论证", "WH21-4"):
        assert word in today, word
    assert "第二版的定义" not in today
    assert "专家甲" not in today, "who argued is not published"
    later = text_of(client.get(page, {"on": "2027-01-01"}))
    assert "第二版的定义" in later
    assert "非今日" in later
    before = text_of(client.get(page, {"on": "2020-01-01"}))
    assert "该日不在目录内" in before
    assert "日期应写成" in text_of(client.get(page, {"on": "明天"}))
    whole = json.loads(client.get(page, {"export": "json"}).content)
    assert [row["版次"] for row in whole["rows"]] == ["第 2 版", "第 1 版"]
    assert whole["rows"][1]["各部分"]["定义"].startswith("运用工具")
    assert whole["rows"][1]["考核比重"][1] == {"工作任务": "打结", "比重（%）": "50"}
    assert "专家甲" not in client.get(page, {"export": "json"}).content.decode()
    assert client.get(f"{PROJECTS}987654/").status_code == 404


def test_what_is_under_way_is_not_public(client):
    made.brought("file", name="在办项制作")
    assert "在办项制作" not in text_of(client.get(PROJECTS))


def test_long_directories_are_paged_with_few_queries(client, django_assert_max_num_queries):
    for number in range(35):
        made.brought("publish", name=f"第{number}项制作")
    with django_assert_max_num_queries(8):
        assert "35" in text_of(client.get(PROJECTS))
    assert text_of(client.get(PROJECTS, {"page": "2"})).count("项制作") >= 5


def test_everybody_sees_who_answers_on_which_day(client):
    done()
    draft(item="会计专业技术资格")
    page = text_of(client.get(HANDOVERS))
    assert UNION in page
    assert "会计专业技术资格" not in page, "a draft is nobody's business yet"
    eve = (DAY - dt.timedelta(days=1)).isoformat()
    assert BUREAU in text_of(client.get(HANDOVERS, {"on": eve}))
    assert UNION not in text_of(client.get(HANDOVERS, {"on": eve}))
    named = text_of(client.get(HANDOVERS, {"item": ITEM, "place": "220000", "on": DAY.isoformat()}))
    assert UNION in named
    assert "移交登记（吉林省）" in named
    assert "JL17-3a" in named
    only_listed = text_of(client.get(HANDOVERS, {"item": "教师资格"}))
    assert "目录所列实施部门（全国）" in only_listed
    assert "没有移交登记" in text_of(client.get(HANDOVERS, {"item": "没有的资格"}))


def test_responsible_bodies_are_machine_readable_for_any_day(client):
    one = done()
    actions.reverse_handover(
        one.pk,
        reversed_on=dt.date(2025, 1, 1),
        reason="收回",
        actor=keeper_of(JILIN),
        clock=builders.AT_FILING,
    )
    for day, body in (("2023-01-01", BUREAU), ("2024-06-01", UNION), ("2025-01-01", BUREAU)):
        found = json.loads(client.get(HANDOVERS, {"on": day, "export": "json"}).content)
        assert [row["责任单位"] for row in found["rows"]] == [body], day
    assert client.get(HANDOVERS, {"export": "csv"}).content.decode("utf-8-sig").count("\n") == 2
    assert client.get(HANDOVERS, {"export": "xlsx"}).content[:4] == b"PK\x03\x04"
    assert "没有符合条件的移交" in text_of(client.get(HANDOVERS, {"item": "社会工作者职业资格"}))


def keeper_of(place):
    return builders.officer("province_supervisor", place)
