"""Dated lists: what stands in them on a day, what an import changes, who tracks what was cancelled."""

import csv
import datetime as dt
import io

import pytest

from tests import builders
from zhiping.apps.journal.models import Entry
from zhiping.apps.reference import catalogue_queries as lists
from zhiping.apps.reference.actions import (
    add_directory_item,
    answer_tracking,
    apply_import,
    assign_tracker,
    import_template,
    open_edition,
    open_tracking,
    preview_import,
    publish_edition,
    returned_rows,
)
from zhiping.apps.reference.actions.directories import EditionDetails, ItemDetails
from zhiping.apps.reference.errors import (
    AnswerMissingError,
    BatchUnknownError,
    CancelledItemNotFoundError,
    CataloguePlaceError,
    DirectoryItemExistsError,
    EditionCountError,
    EditionEmptyError,
    EditionExistsError,
    EditionNotFoundError,
    EditionOrderError,
    ImportNotFoundError,
    LocalItemRefusedError,
    NothingToTrackError,
    TrackingDueError,
    TrackingPlaceError,
    TrackingTaskNotFoundError,
)
from zhiping.apps.reference.models import (
    CancelledQualification,
    CatalogueImport,
    DirectoryEdition,
    Equivalence,
    OccupationalStandard,
    Rate,
    ShortageOccupation,
    TrackerAssignment,
    TrackingTask,
)
from zhiping.apps.reference.queries import judge
from zhiping.core.catalogues.qualifications import ChangeKind
from zhiping.core.catalogues.rates import RateKind
from zhiping.core.roster.check import read_and_check
from zhiping.core.roster.errors import RosterFileError
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.moves import MoveNotAllowedError

pytestmark = pytest.mark.django_db

JILIN, GUANGDONG, FOSHAN, LIAONING = "220000", "440000", "440600", "210000"
CLOCK = builders.AT_FILING
TODAY = CLOCK.today()
ELECTRICIAN = "6-31-01-03"


def keeper(place=JILIN):
    return builders.officer("province_supervisor", place)


def events():
    """Return what the journal says of the lists, in order."""
    entries = Entry.objects.filter(event__startswith="reference.").order_by("id")
    return list(entries.values_list("event", flat=True))


def sheet(*rows: dict[str, str]) -> bytes:
    """Return rows as a delimited file with the headers that they name."""
    headers = list(dict.fromkeys(name for row in rows for name in row))
    target = io.StringIO()
    writer = csv.DictWriter(target, headers)
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode("utf-8-sig")


def bring(kind, *rows, place=JILIN, actor=None, edition=None):
    """Preview and apply a workbook."""
    who = actor or keeper()
    preview = preview_import(
        kind,
        place=place,
        edition_id=edition,
        file_name="样例.csv",
        content=sheet(*rows),
        actor=who,
        clock=CLOCK,
    )
    return apply_import(preview.pk, actor=who, clock=CLOCK)


def cancelled(name, batch="第一批", **more):
    return {"批次": batch, "项目名称": name, "确定程度": "有明文", "来源": "附件 1", **more}


def item(name, type_="准入类", **more):
    return {
        "职业资格名称": name, "人员类别": "专业技术人员", "资格类别": type_,
        "确定程度": "有明文", "来源": "样例", **more,
    }  # fmt: skip


def details(**more):
    values = {
        "place": JILIN, "code": "2018", "title": "吉林省职业资格目录清单",
        "document_number": "样例〔2018〕1号",
        "valid_from": dt.date(2018, 3, 1), "source": "样例",
    } | more  # fmt: skip
    return EditionDetails(**values)


# the directory -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (dt.date(2017, 9, 11), None),
        (dt.date(2017, 9, 12), "2017"),
        (dt.date(2021, 11, 22), "2017"),
        (dt.date(2021, 11, 23), "2021"),
        (dt.date(2026, 11, 22), "2021"),
    ],
)
def test_one_edition_counts_on_each_day(day, code):
    found = lists.directory_on(day)
    assert (found.edition.code if found else None) == code


def test_an_edition_that_has_no_days_is_on_record_and_counts_on_none():
    assert lists.directory("CN", "2019").edition.counts == {"items": 139}
    assert "2019" in {one.code for one in lists.editions_on_record()}
    assert "2019" not in {one.edition.code for one in lists.directories()}


def test_a_provinces_list_counts_from_the_day_it_is_published_for():
    who = keeper()
    edition = open_edition(details(), actor=who, clock=CLOCK)
    bring("directory", item("教师资格"), item("会计专业技术资格", "水平评价类"), edition=edition.pk)
    assert lists.directory_on(dt.date(2018, 3, 1), JILIN) is None, "nothing counts before it is published"
    publish_edition(edition.pk, actor=who, clock=CLOCK)
    assert lists.directory_on(dt.date(2018, 2, 28), JILIN) is None
    found = lists.directory_on(dt.date(2018, 3, 1), JILIN)
    assert [row.item for row in found.rows] == ["教师资格", "会计专业技术资格"]
    assert lists.directory_on(dt.date(2018, 3, 1), LIAONING) is None
    assert events() == [
        "reference.edition_opened",
        "reference.catalogue_previewed",
        "reference.catalogue_imported",
        "reference.edition_published",
    ]
    assert Entry.objects.get(event="reference.edition_published").clauses == ["JL17-2a", "JL17-2b"]


def test_the_next_edition_ends_the_one_before_and_the_difference_shows():
    who = keeper()
    first = open_edition(details(), actor=who, clock=CLOCK)
    bring("directory", item("教师资格"), item("导游资格"), edition=first.pk)
    publish_edition(first.pk, actor=who, clock=CLOCK)
    second = open_edition(details(code="2022", valid_from=dt.date(2022, 1, 1)), actor=who, clock=CLOCK)
    bring("directory", item("教师资格"), item("精算师", "水平评价类"), edition=second.pk)
    publish_edition(second.pk, actor=who, clock=CLOCK)
    old, new = lists.directories(JILIN)
    assert old.edition.period.end == new.edition.period.start == dt.date(2022, 1, 1)
    changes = {
        (change.before or change.after).item: change.kinds for change in lists.changes_between(old, new)
    }
    assert changes == {"精算师": {ChangeKind.ADDED}, "导游资格": {ChangeKind.REMOVED}}


def test_an_edition_goes_out_only_whole_filled_and_in_its_turn():
    who = keeper()
    edition = open_edition(details(is_whole=True, items_stated=3), actor=who, clock=CLOCK)
    with pytest.raises(EditionEmptyError):
        publish_edition(edition.pk, actor=who, clock=CLOCK)
    bring("directory", item("教师资格"), item("导游资格"), edition=edition.pk)
    with pytest.raises(EditionCountError) as refused:
        publish_edition(edition.pk, actor=who, clock=CLOCK)
    assert (refused.value.facts["stated"], refused.value.facts["held"]) == (3, 2)
    bring("directory", item("法律职业资格"), edition=edition.pk)
    publish_edition(edition.pk, actor=who, clock=CLOCK)
    with pytest.raises(EditionNotFoundError):
        publish_edition(edition.pk, actor=who, clock=CLOCK)
    with pytest.raises(EditionNotFoundError):
        bring("directory", item("拍卖师"), edition=edition.pk)
    early = open_edition(details(code="早", valid_from=dt.date(2018, 3, 1)), actor=who, clock=CLOCK)
    bring("directory", item("拍卖师"), edition=early.pk)
    with pytest.raises(EditionOrderError):
        publish_edition(early.pk, actor=who, clock=CLOCK)


def test_an_edition_is_kept_by_its_province_and_once():
    open_edition(details(), actor=keeper(), clock=CLOCK)
    with pytest.raises(EditionExistsError):
        open_edition(details(), actor=keeper(), clock=CLOCK)
    with pytest.raises(DutyMissingError):
        open_edition(details(place=GUANGDONG), actor=keeper(), clock=CLOCK)
    with pytest.raises(CataloguePlaceError):
        open_edition(details(place="220100"), actor=keeper(), clock=CLOCK)
    assert DirectoryEdition.objects.count() == 1


def test_the_whole_national_list_goes_before_what_was_delivered():
    who = keeper()
    edition = open_edition(
        details(place="CN", code="2021", valid_from=dt.date(2021, 11, 23), is_whole=True),
        actor=who,
        clock=CLOCK,
    )
    bring("directory", item("甲资格"), edition=edition.pk, place="CN", actor=who)
    assert len(lists.directory_on(TODAY).rows) == 95
    publish_edition(edition.pk, actor=who, clock=CLOCK)
    assert [row.item for row in lists.directory_on(TODAY).rows] == ["甲资格"]


# local items ---------------------------------------------------------------------------------------


def test_an_item_of_the_provinces_own_is_refused_with_the_clause():
    who = keeper()
    edition = open_edition(details(), actor=who, clock=CLOCK)
    own = ItemDetails(item="查干湖冬捕管理师", kind="skilled", type="level", source="样例")
    with pytest.raises(LocalItemRefusedError) as refused:
        add_directory_item(edition.pk, own, actor=who, clock=CLOCK)
    assert "JL17-1d" in refused.value.facts["reason"]
    listed = ItemDetails(item="教师资格", kind="professional", type="access", source="样例")
    assert add_directory_item(edition.pk, listed, actor=who, clock=CLOCK).item == "教师资格"
    with pytest.raises(DirectoryItemExistsError):
        add_directory_item(edition.pk, listed, actor=who, clock=CLOCK)
    assert edition.items.count() == 1


def test_a_workbooks_local_item_comes_back_and_does_not_cost_the_others():
    edition = open_edition(details(), actor=keeper(), clock=CLOCK)
    done = bring(
        "directory", item("教师资格"), item("查干湖冬捕管理师"), item("导游资格"), edition=edition.pk
    )
    assert (done.rows_good, done.rows_bad, done.rows_added) == (2, 1, 2)
    (bad,) = done.problems
    assert (bad["row"], bad["reasons"][0]["clause"]) == (3, "JL17-1d")
    assert "不在国家职业资格目录（2017年）内" in bad["reasons"][0]["text"]


def test_the_type_is_that_of_the_nations_directory():
    edition = open_edition(details(), actor=keeper(), clock=CLOCK)
    done = bring("directory", item("教师资格", "水平评价类"), edition=edition.pk)
    assert done.rows_added == 0
    assert "准入类" in done.problems[0]["reasons"][0]["text"]


def test_where_no_rule_forbids_it_nobody_invents_one():
    who = keeper(LIAONING)
    edition = open_edition(details(place=LIAONING), actor=who, clock=CLOCK)
    own = ItemDetails(item="样例冬捕管理师", kind="skilled", type="level", source="样例")
    assert add_directory_item(edition.pk, own, actor=who, clock=CLOCK).pk


def test_guangdong_refuses_while_its_notice_is_in_force_and_not_after():
    who = keeper(GUANGDONG)
    own = ItemDetails(item="样例冬捕管理师", kind="skilled", type="level", source="样例")
    last, after = (
        open_edition(details(place=GUANGDONG, code=str(day), valid_from=day), actor=who, clock=CLOCK)
        for day in (dt.date(2023, 11, 30), dt.date(2023, 12, 1))
    )
    with pytest.raises(LocalItemRefusedError) as refused:
        add_directory_item(last.pk, own, actor=who, clock=CLOCK)
    assert "GD18-2a" in refused.value.facts["reason"]
    assert add_directory_item(after.pk, own, actor=who, clock=CLOCK).pk


# cancelled items -----------------------------------------------------------------------------------


def test_a_full_list_completes_what_is_named_and_the_same_file_twice_changes_nothing():
    before = len(lists.cancelled_items(JILIN))
    rows = [
        cancelled("甲管理师"),
        cancelled("招标师", "第六批"),
        cancelled("乙鉴定员", "吉林省自行设置（全部取消）"),
    ]
    done = bring("cancelled", *rows)
    assert (done.rows_good, done.rows_added, done.rows_bad) == (3, 3, 0)
    assert len(lists.cancelled_items(JILIN)) == before + 2, "招标师 was named before"
    again = bring("cancelled", *rows)
    assert again.pk == done.pk
    saved_anew = bring("cancelled", *reversed(rows))
    assert (saved_anew.rows_added, saved_anew.rows_changed, saved_anew.rows_unchanged) == (0, 0, 3)
    mended = bring("cancelled", cancelled("甲管理师", 衔接项目="乙管理师"))
    assert (mended.rows_added, mended.rows_changed) == (0, 1)
    assert CancelledQualification.objects.get(name="甲管理师").successor == "乙管理师"


def test_a_preview_changes_nothing_of_the_list():
    preview = preview_import(
        "cancelled",
        place=JILIN,
        file_name="样例.csv",
        content=sheet(cancelled("甲管理师")),
        actor=keeper(),
        clock=CLOCK,
    )
    assert (preview.rows_good, preview.rows_added) == (1, 1)
    assert CancelledQualification.objects.count() == 0
    assert events() == ["reference.catalogue_previewed"]


def test_bad_rows_come_back_with_reasons_and_go_in_when_mended():
    who = keeper()
    content = sheet(cancelled("甲管理师"), cancelled("", "第一批"), cancelled("乙管理师", "第九批"))
    preview = preview_import(
        "cancelled", place=JILIN, file_name="样", content=content, actor=who, clock=CLOCK
    )
    done = apply_import(preview.pk, actor=who, clock=CLOCK)
    assert (done.rows_total, done.rows_good, done.rows_bad) == (3, 1, 2)
    back = returned_rows(done, actor=who, clock=CLOCK)
    from zhiping.core.roster.catalogues import cancelled_sheet

    roster = read_and_check(back, cancelled_sheet(["第一批"]))
    assert len(roster.rows) == 2
    assert not roster.good


def test_a_batch_takes_no_more_items_than_were_announced():
    done = bring("cancelled", *(cancelled(f"第{number}样例师") for number in range(1, 4)))
    assert (done.rows_added, done.rows_bad) == (1, 2), "ten of eleven are named"
    assert "11 项" in done.problems[0]["reasons"][0]["text"]
    assert done.problems[0]["reasons"][0]["clause"] == "JL17-1a"


def test_a_list_is_brought_by_who_keeps_it():
    with pytest.raises(DutyMissingError):
        bring("cancelled", cancelled("甲管理师"), place=GUANGDONG)
    with pytest.raises(DutyMissingError):
        bring("standards", standard(), place="CN", actor=builders.officer("city_handler", JILIN))
    with pytest.raises(CataloguePlaceError):
        bring("cancelled", cancelled("甲管理师"), place="220100")
    with pytest.raises(ImportNotFoundError):
        apply_import(999_999, actor=keeper(), clock=CLOCK)
    with pytest.raises(RosterFileError):
        preview_import("cancelled", place=JILIN, file_name="样", content=b"", actor=keeper(), clock=CLOCK)
    assert CatalogueImport.objects.count() == 0


def test_every_list_has_a_template_that_its_reader_knows():
    who = keeper()
    edition = open_edition(details(), actor=who, clock=CLOCK)
    for kind, place in (
        ("directory", JILIN), ("cancelled", JILIN), ("standards", "CN"), ("shortages", "220100"),
        ("equivalences", JILIN), ("fees", JILIN), ("subsidies", JILIN),
    ):  # fmt: skip
        content = import_template(kind, place=place, edition_id=edition.pk, clock=CLOCK)
        with pytest.raises(RosterFileError) as empty:
            preview_import(
                kind,
                place=place,
                edition_id=edition.pk,
                file_name="空",
                content=content,
                actor=who,
                clock=CLOCK,
            )
        assert empty.value.code == "roster.file_empty", kind


def test_an_item_is_cancelled_from_the_day_of_its_batch():
    day = dt.date(2014, 8, 12)
    assert lists.cancellations_of("企业法律顾问", on=day - dt.timedelta(days=1), place=JILIN) == ()
    assert [one.batch for one in lists.cancellations_of("企业法律顾问资格证书", on=day, place=JILIN)] == ["1"]


# facts of a name -----------------------------------------------------------------------------------


def facts(name, place=JILIN, on=dt.date(2019, 5, 10)):
    return dict(lists.named_qualification(name, place=place, on=on).facts)


def test_what_the_lists_say_of_a_name_are_the_facts_of_the_rule():
    assert facts("物业管理师") == {
        "on_directory_on_day": False, "is_cancelled_on_day": True, "resembles_cancelled_item": False,
        "provincial_list_published": False,
    }  # fmt: skip
    assert facts("教师资格") == {
        "on_directory_on_day": True, "is_cancelled_on_day": False, "resembles_cancelled_item": False,
        "provincial_list_published": False, "qualification_type": "access",
    }  # fmt: skip


def test_a_name_like_a_cancelled_one_is_flagged_and_not_called_cancelled():
    found = lists.named_qualification("注册物业管里师", place=JILIN, on=dt.date(2019, 5, 10))
    assert found.facts["is_cancelled_on_day"] is False
    assert found.facts["resembles_cancelled_item"] is True
    assert [one.item.name for one in found.likenesses] == ["物业管理师"]


def test_what_nobody_knows_is_left_out():
    assert "on_directory_on_day" not in facts("电工", on=dt.date(2020, 11, 1))
    assert "on_directory_on_day" not in facts("教师资格", on=dt.date(2016, 1, 1))


def test_what_was_cancelled_and_is_listed_again_is_not_cancelled_any_more():
    assert facts("矿业权评估师", on=dt.date(2019, 5, 10))["is_cancelled_on_day"] is True
    again = facts("矿业权评估师", on=dt.date(2022, 5, 10))
    assert again["is_cancelled_on_day"] is False
    assert again["on_directory_on_day"] is True
    assert again["qualification_type"] == "level"


def test_a_provinces_own_items_count_there_and_nowhere_else():
    bring("cancelled", cancelled("查干湖冬捕管理师", "吉林省自行设置（全部取消）"))
    assert facts("查干湖冬捕管理师")["is_cancelled_on_day"] is True
    assert facts("查干湖冬捕管理师", place=LIAONING)["is_cancelled_on_day"] is False
    assert lists.likely_revivals("查干湖冬捕管理员", TODAY, place=JILIN)
    assert lists.likely_revivals("查干湖冬捕管理员", TODAY, place=LIAONING) == ()


def test_the_provinces_list_answers_once_it_is_published():
    edition = open_edition(details(is_whole=True), actor=keeper(), clock=CLOCK)
    bring("directory", item("教师资格"), edition=edition.pk)
    publish_edition(edition.pk, actor=keeper(), clock=CLOCK)
    on_list, off_list = facts("教师资格"), facts("导游资格")
    assert on_list["provincial_list_published"] is off_list["provincial_list_published"] is True
    assert (on_list["on_provincial_list_on_day"], off_list["on_provincial_list_on_day"]) == (True, False)
    assert facts("教师资格", place="220106")["on_provincial_list_on_day"] is True, (
        "a city reads its province's"
    )
    assert facts("教师资格", on=dt.date(2018, 2, 28))["provincial_list_published"] is False


# tracking ------------------------------------------------------------------------------------------


def tracker(name, place=JILIN, on=TODAY):
    row = next(one for one in lists.cancelled_items(place) if one.name == name)
    return lists.trackers([row], place=place, on=on)[row.key]


def test_the_counterpart_tracks_national_items_where_the_notice_binds():
    found = tracker("物业管理师")
    assert (found.department, found.rule, found.clauses) == (
        "吉林省住房和城乡建设厅", "counterpart_department", ("JL17-1d",),
    )  # fmt: skip
    assert tracker("物业管理师", on=dt.date(2017, 7, 13)).rule == "none"
    assert tracker("物业管理师", place=LIAONING).department == ""
    assert tracker("土地登记代理人").department == "吉林省自然资源厅"
    assert tracker("土地登记代理人", on=dt.date(2017, 7, 14)).department == "吉林省国土资源厅"


def test_the_rule_agrees_with_what_the_lists_say_of_a_tracker():
    for name, outcome in (("物业管理师", "pass"), ("插花员", "refuse")):
        row = next(one for one in lists.cancelled_items(JILIN) if one.name == name)
        facts = lists.tracking_facts(row, tracker(name))
        assert judge("item_tracking", facts, place=JILIN, on=TODAY).outcome.value == outcome


def test_the_setter_tracks_the_provinces_own_items():
    bring(
        "cancelled", cancelled("乙鉴定员", "吉林省自行设置（全部取消）", **{"实施部门（单位）": "吉林省某厅"})
    )
    found = tracker("乙鉴定员")
    assert (found.department, found.rule) == ("吉林省某厅", "setting_department")


def test_a_list_may_name_the_department_and_so_may_an_officer():
    bring("cancelled", cancelled("咖啡师", "第五批", 跟踪督查部门="吉林省甲厅"))
    assert (tracker("咖啡师").department, tracker("咖啡师").rule) == ("吉林省甲厅", "other")
    key = "CN/6/插花员"
    assert tracker("插花员").rule == "none"
    assign_tracker(JILIN, key, department="吉林省乙厅", note="会议纪要", actor=keeper(), clock=CLOCK)
    assert tracker("插花员").department == "吉林省乙厅"
    with pytest.raises(CancelledItemNotFoundError):
        assign_tracker(JILIN, "CN/6/没有", department="甲", note="乙", actor=keeper(), clock=CLOCK)
    with pytest.raises(AnswerMissingError):
        assign_tracker(JILIN, key, department="甲", note=" ", actor=keeper(), clock=CLOCK)
    assert TrackerAssignment.objects.count() == 2


def test_tasks_go_to_every_item_with_a_department_once_for_each_day():
    due = TODAY + dt.timedelta(days=30)
    items = lists.cancelled_items(JILIN)
    known = lists.trackers(items, place=JILIN, on=TODAY)
    tasks = open_tracking(JILIN, due_on=due, actor=keeper(), clock=CLOCK)
    assert {task.item_key for task in tasks} == {key for key, one in known.items() if one.department}
    assert 0 < len(tasks) < len(items)
    with pytest.raises(NothingToTrackError):
        open_tracking(JILIN, due_on=due, actor=keeper(), clock=CLOCK)
    later = open_tracking(
        JILIN, due_on=due + dt.timedelta(days=1), department="吉林省水利厅", actor=keeper(), clock=CLOCK
    )
    assert [task.item_name for task in later] == ["水利工程质量与安全监督员"]
    entry = Entry.objects.filter(event="reference.tracking_opened").first()
    assert entry.clauses == ["JL17-1d"]
    assert entry.facts["tasks"] == 1


def test_tasks_are_of_provinces_and_never_due_before_today():
    with pytest.raises(TrackingPlaceError):
        open_tracking("220100", due_on=TODAY, actor=keeper(), clock=CLOCK)
    with pytest.raises(TrackingDueError):
        open_tracking(JILIN, due_on=TODAY - dt.timedelta(days=1), actor=keeper(), clock=CLOCK)
    with pytest.raises(DutyMissingError):
        open_tracking(GUANGDONG, due_on=TODAY, actor=keeper(), clock=CLOCK)
    with pytest.raises(NothingToTrackError):
        open_tracking(LIAONING, due_on=TODAY, actor=keeper(LIAONING), clock=CLOCK)


def test_a_task_is_answered_once_with_its_facts():
    who = keeper()
    task = open_tracking(JILIN, due_on=TODAY, actor=who, clock=CLOCK)[0]
    with pytest.raises(AnswerMissingError):
        answer_tracking(task.pk, result="none_found", answer=" ", actor=who, clock=CLOCK)
    done = answer_tracking(task.pk, result="revived", answer="查到一处培训点", actor=who, clock=CLOCK)
    assert (done.state, done.get_result_display()) == ("answered", "发现恢复或变相恢复")
    with pytest.raises(MoveNotAllowedError):
        answer_tracking(task.pk, result="none_found", answer="样例", actor=who, clock=CLOCK)
    with pytest.raises(TrackingTaskNotFoundError):
        answer_tracking(999_999, result="none_found", answer="样例", actor=who, clock=CLOCK)
    other = TrackingTask.objects.exclude(pk=task.pk).first()
    with pytest.raises(DutyMissingError):
        answer_tracking(other.pk, result="none_found", answer="样", actor=keeper(GUANGDONG), clock=CLOCK)
    assert task.pk not in lists.tracking_awaiting(who).values_list("pk", flat=True)
    assert lists.tracking_awaiting(keeper(GUANGDONG)).count() == 0


# the other lists -----------------------------------------------------------------------------------


def standard(**more):
    return {
        "职业编码": ELECTRICIAN, "名称": "电工国家职业标准", "类别": "国家职业标准", "编制规程": "2023年版",
        "涵盖等级": "5-1", "施行日": "2024-01-01", "确定程度": "有明文", "来源": "样例", **more,
    }  # fmt: skip


def test_a_standard_counts_on_its_days_and_its_occupation_is_listed():
    done = bring("standards", standard(), standard(职业编码="9-99-99-99"), place="CN")
    assert (done.rows_added, done.rows_bad) == (1, 1)
    assert OccupationalStandard.objects.get().levels == "54321"
    assert lists.standards_on(dt.date(2023, 12, 31)).count() == 0
    assert lists.standards_on(dt.date(2024, 1, 1)).count() == 1
    ended = bring("standards", standard(**{"截止日（不含）": "2026-01-01"}), place="CN")
    assert (ended.rows_added, ended.rows_changed) == (0, 1)
    assert lists.standards_on(dt.date(2026, 1, 1)).count() == 0


def test_a_period_that_ends_before_it_starts_is_refused():
    done = bring("standards", standard(**{"截止日（不含）": "2024-01-01"}), place="CN")
    assert (done.rows_good, done.rows_bad) == (0, 1)


def test_a_citys_shortage_list_is_its_own():
    row = {
        "职业编码": ELECTRICIAN,
        "职业名称": "电工",
        "施行日": "2025-01-01",
        "确定程度": "有明文",
        "来源": "样例",
    }
    who = keeper(GUANGDONG)
    done = bring("shortages", row, row | {"职业编码": "6-18-02-04"}, place=FOSHAN, actor=who)
    assert (done.rows_added, done.rows_bad) == (1, 1), "焊工 is not called 电工"
    assert ShortageOccupation.objects.get().place == FOSHAN
    assert lists.shortages_on(TODAY, "440606").count() == 1
    assert lists.shortages_on(TODAY, "440100").count() == 0
    assert lists.shortages_on(dt.date(2024, 12, 31), FOSHAN).count() == 0
    assert done.kind == "shortages"


def test_equivalences_of_a_province_stand_before_the_nations():
    row = {
        "比照依据": "职业技能等级", "依据内容": "高级工", "比照对象": "职称", "对象内容": "助理级",
        "比照效力": "可以申报",
        "文号": "样例〔2025〕1号", "施行日": "2025-01-01", "确定程度": "有明文", "来源": "样例",
    }  # fmt: skip
    done = bring("equivalences", row, row | {"依据内容": "不是等级"})
    assert (done.rows_added, done.rows_bad) == (1, 1)
    assert Equivalence.objects.get().basis == "3"
    found = lists.equivalences_on(TODAY, JILIN)
    assert (found[0].place, found[0].document_number) == (JILIN, "样例〔2025〕1号")
    assert all(one.place == "CN" for one in lists.equivalences_on(TODAY, LIAONING))
    assert Entry.objects.get(event="reference.catalogue_imported").clauses == ["JL17-3b"]


def rate(amount="180.00", **more):
    return {
        "评价类型": "职业技能等级认定", "项目": "理论知识考试", "金额（元）": amount, "计价单位": "人次",
        "文号": "样例〔2025〕2号", "施行日": "2025-01-01", "确定程度": "有明文", "来源": "样例", **more,
    }  # fmt: skip


def test_rates_are_whole_fen_and_the_level_goes_before_the_general_one():
    done = bring("fees", rate(), rate("220.5", 等级="三级/高级工"), rate("约 200", 等级="二级/技师"))
    assert (done.rows_added, done.rows_bad) == (2, 1)
    asked = {
        "evaluation_type": "skill_level_recognition",
        "subject": "理论知识考试",
        "place": "220106",
        "on": TODAY,
    }
    assert lists.rate_of(RateKind.FEE, level="3", **asked).amount.fen == 22050
    assert lists.rate_of(RateKind.FEE, level="5", **asked).amount.fen == 18000
    assert lists.rate_of(RateKind.SUBSIDY, level="5", **asked) is None
    assert lists.rate_of(RateKind.FEE, level="5", **asked | {"on": dt.date(2024, 12, 31)}) is None
    assert lists.rate_of(RateKind.FEE, level="5", **asked | {"place": LIAONING}) is None


def test_a_rate_without_an_amount_is_shown_until_somebody_enters_it():
    weihai = "371000"
    (open_,) = lists.rates_on(TODAY, RateKind.SUBSIDY, weihai)
    assert open_.amount is None
    asked = {"evaluation_type": open_.evaluation_type, "subject": open_.subject, "level": "", "on": TODAY}
    assert lists.rate_of(RateKind.SUBSIDY, place=weihai, **asked) is None
    bring(
        "subsidies", rate(评价类型="专项职业能力考核", 项目="考核鉴定补贴", 文号=open_.document_number),
        place=weihai, actor=keeper("370000"),
    )  # fmt: skip
    assert [one.amount.fen for one in lists.rates_on(TODAY, RateKind.SUBSIDY, weihai)] == [18000]
    assert Rate.objects.get().kind == "subsidy"


def test_the_implementing_list_is_what_the_province_published():
    assert lists.implementing_list(TODAY, "220106") == ()
    edition = open_edition(details(), actor=keeper(), clock=CLOCK)
    bring("directory", item("教师资格", 组织实施机构="某市教育局"), edition=edition.pk)
    publish_edition(edition.pk, actor=keeper(), clock=CLOCK)
    (only,) = lists.implementing_list(TODAY, "220106")
    assert (only.place, only.qualification.body) == (JILIN, "某市教育局")
    assert lists.implementing_list(TODAY, LIAONING) == ()


def test_no_batch_no_list(monkeypatch):
    monkeypatch.setattr(lists.cancellations, "batches", lambda: ())
    with pytest.raises(BatchUnknownError):
        bring("cancelled", cancelled("甲管理师"))


def test_fifty_rows_need_no_more_queries_than_five(django_assert_max_num_queries):
    who = keeper(GUANGDONG)
    row = {"职业编码": ELECTRICIAN, "施行日": "2025-01-01", "确定程度": "有明文", "来源": "样例"}
    content = sheet(*(
        row | {"施行日": f"20{year}-01-01", "截止日（不含）": f"20{year}-07-01"} for year in range(10, 60)
    ))  # fmt: skip
    preview = preview_import(
        "shortages", place=FOSHAN, file_name="样例", content=content, actor=who, clock=CLOCK
    )
    with django_assert_max_num_queries(12):
        assert apply_import(preview.pk, actor=who, clock=CLOCK).rows_added == 50


def test_a_provinces_whole_directory_is_held_against_the_nations_in_few_queries(
    django_assert_max_num_queries,
):
    who = keeper()
    edition = open_edition(details(valid_from=dt.date(2022, 1, 1)), actor=who, clock=CLOCK)
    rows = lists.directory_on(TODAY).rows
    content = sheet(*(
        item(row.item, "准入类" if row.type == "access" else "水平评价类", 具体项目=row.sub_item,
             人员类别="技能人员" if row.kind == "skilled" else "专业技术人员")
        for row in rows
    ))  # fmt: skip
    with django_assert_max_num_queries(25):
        preview = preview_import(
            "directory", place=JILIN, edition_id=edition.pk, file_name="样例", content=content,
            actor=who, clock=CLOCK,
        )  # fmt: skip
    assert (preview.rows_good, preview.rows_bad) == (95, 0), preview.problems
