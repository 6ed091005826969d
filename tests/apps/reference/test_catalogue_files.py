"""Workbooks of dated lists that are not as they should be, brought twice, or by two officers at once."""

import datetime as dt
import io
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pytest
from django.db import connection

from tests import builders
from tests.apps.reference.test_catalogues import (
    CLOCK,
    ELECTRICIAN,
    FOSHAN,
    GUANGDONG,
    JILIN,
    LIAONING,
    TODAY,
    bring,
    cancelled,
    details,
    events,
    item,
    keeper,
    rate,
    sheet,
    standard,
)
from zhiping.apps.journal.models import Entry
from zhiping.apps.reference import catalogue_queries as lists
from zhiping.apps.reference.actions import (
    add_directory_item,
    answer_tracking,
    apply_import,
    assign_tracker,
    open_edition,
    open_tracking,
    preview_import,
    publish_edition,
    returned_rows,
)
from zhiping.apps.reference.actions.directories import ItemDetails
from zhiping.apps.reference.errors import EditionNotFoundError, NothingToTrackError
from zhiping.apps.reference.models import (
    CancelledQualification,
    CatalogueImport,
    DirectoryItem,
    Equivalence,
    OccupationalStandard,
    Rate,
    TrackingTask,
)
from zhiping.core.catalogues.rates import RateKind
from zhiping.core.roster.errors import RosterFileError
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.errors import DomainError
from zhiping.portals.refusals import sentence

pytestmark = pytest.mark.django_db

LATER = builders.AT_CONFIRMATION


def preview(content, kind="cancelled", *, place=JILIN, actor=None, edition=None, name="清单.xlsx"):
    return preview_import(
        kind,
        place=place,
        edition_id=edition,
        file_name=name,
        content=content,
        actor=actor or keeper(),
        clock=CLOCK,
    )


def workbook(*rows, title="取消事项清单", before=(), merge=""):
    """Return rows of cells, the header first, as a workbook; `before` stands above the header."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = title
    for row in (*before, *rows):
        page.append(list(row))
    if merge:
        page.merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


HEADER = ("批次", "项目名称", "确定程度", "来源")
GOOD = ("第一批", "甲管理师", "有明文", "附件 1")


def reasons(done):
    return [reason["text"] for row in done.problems for reason in row["reasons"]]


# the file as a whole -------------------------------------------------------------------------------


def bomb():
    """Return a workbook whose sheet unpacks to far more than a list can be."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(HEADER, GOOD))) as good,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            bad.writestr(name, good.read(name))
        bad.writestr("xl/media/large.bin", b"\0" * 201_000_000)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (lambda: b"", "roster.file_empty", "没有可读取的数据行"),
        (workbook, "roster.file_empty", "没有可读取的数据行"),
        (lambda: workbook(HEADER), "roster.file_empty", "没有可读取的数据行"),
        (lambda: workbook(("说明",), ("本页是说明",), title="说明"), "roster.header_not_found", "表头"),
        (lambda: workbook(HEADER[:1] + HEADER[2:], GOOD[:1] + GOOD[2:]), "roster.header_refused", "项目名称"),
        (lambda: workbook((*HEADER, "项目名称"), (*GOOD, "乙")), "roster.header_refused", "项目名称"),
        (lambda: b"PK\x03\x04" + b"\0" * 200, "roster.damaged", "损坏"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "roster.old_workbook", "旧版"),
        (bomb, "roster.file_too_large", "过大"),
        (lambda: b"," * 5_000_001, "roster.file_too_large", "过大"),
        (lambda: sheet(*(cancelled(f"样例{n}师") for n in range(50_000))), "roster.too_many_rows", "20000"),
    ],
    ids=(
        "no-bytes", "no-cells", "no-rows", "another-sheet", "column-missing", "column-twice", "damaged",
        "old", "bomb", "large", "long",
    ),
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_in_words_and_leaves_nothing(content, code, word):
    with pytest.raises(RosterFileError) as refused:
        preview(content())
    assert refused.value.code == code
    told = sentence(refused.value)
    assert word in told.replace(",", ""), told
    assert "请" in told
    assert CatalogueImport.objects.count() == 0
    assert events() == []


def test_delimited_text_under_a_workbooks_name_is_read_all_the_same():
    done = preview(sheet(cancelled("甲管理师")), name="清单.xlsx")
    assert (done.rows_good, done.rows_bad) == (1, 0)


def test_a_title_merged_over_the_header_is_no_header():
    above = (("取消事项清单（样例）", None, None, None), (None, None, None, None))
    done = preview(workbook(HEADER, GOOD, before=above, merge="A1:D1"))
    assert (done.rows_good, done.rows_bad) == (1, 0)


def test_merged_cells_keep_their_value_in_the_first_and_the_others_come_back():
    done = preview(workbook(HEADER, GOOD, (None, "乙管理师", "有明文", "附件 1"), merge="A2:A3"))
    assert (done.rows_good, done.rows_bad) == (1, 1)
    assert "批次没有填写。请补上。" in reasons(done)


def test_a_formula_counts_as_what_it_last_showed_and_as_nothing_where_it_was_never_worked_out():
    done = preview(workbook(HEADER, GOOD, ("第一批", '="乙"&"管理师"', "有明文", "附件 1")))
    assert (done.rows_good, done.rows_bad) == (1, 1)
    assert any("项目名称" in text for text in reasons(done))
    kept = preview(sheet(cancelled("=HYPERLINK(1)")), name="公式.csv")
    assert "=" not in "".join(CancelledQualification.objects.values_list("name", flat=True))
    assert kept.rows_good + kept.rows_bad == 1


@pytest.mark.parametrize(
    "written",
    ["2024-01-01", "2024年1月1日", "２０２４－０１－０１", "2024/1/1", "20240101", dt.date(2024, 1, 1)],
)  # fmt: skip
def test_days_are_read_however_they_are_written(written):
    row = standard()
    headers = tuple(row)
    cells = tuple(written if name == "施行日" else value for name, value in row.items())
    done = preview(workbook(headers, cells, title="职业标准"), "standards", place="CN")
    assert (done.rows_good, done.problems) == (1, [])
    apply_import(done.pk, actor=keeper(), clock=CLOCK)
    assert OccupationalStandard.objects.get().valid_from == dt.date(2024, 1, 1)


def test_full_width_digits_are_digits():
    done = bring("fees", rate("１８０．５０", 施行日="２０２５年１月１日"))
    assert done.problems == []
    assert Rate.objects.get().amount_fen == 18050


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"施行日": "去年春天"}, "去年春天"),
        ({"施行日": "2025-02-30"}, "2025-02-30"),
        ({"金额（元）": "-5"}, "-5"),
        ({"金额（元）": "1e3"}, "1e3"),
        ({"等级": "九级"}, "九级"),
        ({"评价类型": "考试"}, "考试"),
        ({"项目": "长" * 121}, "121"),
        ({"来源": ""}, "来源"),
    ],
)
def test_a_cell_that_is_wrong_is_told_with_its_value_and_what_to_do(changes, word):
    done = preview(sheet(rate(**changes)), "fees")
    assert (done.rows_good, done.rows_bad) == (0, 1)
    (text,) = reasons(done)
    assert word in text
    assert "请" in text or "可以填" in text


def test_a_printed_name_meets_itself_from_a_workbook():
    """Cells are read in half width; an item in full-width brackets is still the one that is on record."""
    before = len(lists.cancelled_items(JILIN))
    name = "样例人员资格（香港、澳门）"
    for batch in range(2):
        bring("cancelled", cancelled(name, 备注=f"第{batch}次"))
    assert CancelledQualification.objects.get().name == name
    assert lists.cancelled_item(f"CN/1/{name}").note == "第1次"
    assert len(lists.cancelled_items(JILIN)) == before + 1


# rows against each other and against what is on record ---------------------------------------------


@pytest.mark.parametrize(
    ("kind", "rows", "place"),
    [
        ("fees", [rate(), rate("200")], JILIN),
        ("cancelled", [cancelled("甲管理师"), cancelled("甲管理师", 备注="又一次")], JILIN),
        ("standards", [standard(), standard(编制规程="2018年版")], "CN"),
    ],
)
def test_the_same_row_twice_in_a_file_brings_neither(kind, rows, place):
    done = bring(kind, *rows, place=place)
    assert (done.rows_good, done.rows_bad) == (0, 2)
    assert any("只保留一行" in text or "重复" in text or "相同" in text for text in reasons(done)), reasons(
        done
    )


def test_one_level_written_in_two_ways_is_one_row():
    row = {
        "比照依据": "职业技能等级", "依据内容": "高级工", "比照对象": "职称", "对象内容": "助理级",
        "比照效力": "可以申报", "文号": "样例〔2025〕1号", "施行日": "2025-01-01", "确定程度": "有明文",
        "来源": "样例",
    }  # fmt: skip
    done = bring("equivalences", row, row | {"依据内容": "三级/高级工"})
    assert (done.rows_good, done.rows_bad) == (0, 2)
    assert "与第 3 行是同一条。请只保留一行。" in reasons(done)
    assert Equivalence.objects.count() == 0


def test_ten_thousand_times_the_same_row_is_told_shortly():
    done = preview(sheet(*[item("教师资格")] * 5_000), "directory", edition=edition().pk)
    assert (done.rows_good, done.rows_bad) == (0, 5_000)
    assert max(len(text) for text in reasons(done)) < 400


def edition(place=JILIN, **more):
    return open_edition(details(place=place, **more), actor=keeper(place), clock=CLOCK)


def test_a_second_rate_for_the_same_days_is_refused_until_the_first_one_ends():
    bring("fees", rate())
    done = bring("fees", rate("200", 施行日="2026-01-01"))
    assert (done.rows_good, done.rows_bad) == (0, 1)
    (text,) = reasons(done)
    assert text.startswith("施行期间与已收录的一行重叠（2025-01-01 起，没有截止日）")
    both = bring("fees", rate(**{"截止日（不含）": "2026-01-01"}), rate("200", 施行日="2026-01-01"))
    assert (both.rows_added, both.rows_changed, both.rows_bad) == (1, 1, 0)
    asked = {"evaluation_type": "skill_level_recognition", "subject": "理论知识考试", "place": JILIN}
    for day, fen in ((dt.date(2025, 12, 31), 18000), (dt.date(2026, 1, 1), 20000)):
        assert lists.rate_of(RateKind.FEE, level="5", on=day, **asked).amount.fen == fen


def test_two_rows_of_a_file_for_the_same_days_name_each_other():
    done = bring("fees", rate(), rate("200", 施行日="2026-01-01"))
    assert (done.rows_good, done.rows_bad) == (1, 1)
    assert reasons(done)[0].startswith("施行期间与第 2 行重叠")
    assert Rate.objects.get().amount_fen == 18000


def test_an_item_that_is_surely_in_one_batch_does_not_move_to_another():
    bring("cancelled", cancelled("甲管理师", "第二批"))
    done = bring("cancelled", cancelled("甲管理师", "第三批"))
    assert (done.rows_good, done.rows_bad) == (0, 1)
    assert "已收录在" in reasons(done)[0]
    assert done.problems[0]["reasons"][0]["clause"] == "JL17-1a"
    named = bring("cancelled", cancelled("甲管理师", "第三批", **{"实施部门（单位）": "另一个部门"}))
    assert named.rows_good == 1, "two departments may have had an item of one name"


def test_a_good_row_beside_a_bad_one_goes_in_and_the_bad_one_comes_back_whole():
    who = keeper()
    content = workbook(HEADER, GOOD, ("第九批", "乙管理师", "有明文", "附件 1"))
    done = apply_import(preview(content, actor=who).pk, actor=who, clock=CLOCK)
    assert (done.rows_added, done.rows_bad) == (1, 1)
    back = openpyxl.load_workbook(io.BytesIO(returned_rows(done, actor=who, clock=CLOCK)))
    cells = [str(cell.value) for page in back for row in page.iter_rows() for cell in row if cell.value]
    assert "乙管理师" in cells
    assert any("第九批" in text and "可以填" in text for text in cells), "the reason stands beside the row"
    assert "甲管理师" not in cells


# twice, late, and two at once ----------------------------------------------------------------------


def test_bringing_twice_writes_once_and_says_what_was_written():
    who = keeper()
    first = preview(sheet(cancelled("甲管理师")), actor=who)
    done, again = (apply_import(first.pk, actor=who, clock=clock) for clock in (CLOCK, LATER))
    assert (again.applied_at, again.rows_added) == (done.applied_at, 1)
    assert events().count("reference.catalogue_imported") == 1
    assert CancelledQualification.objects.count() == 1


def test_a_file_that_would_change_something_again_may_be_brought_again():
    old, new = rate(), rate("200")
    first = bring("fees", old)
    bring("fees", new)
    assert Rate.objects.get().amount_fen == 20000
    once_more = preview(sheet(old), "fees")
    assert (once_more.pk, once_more.state, once_more.rows_changed) == (first.pk, "previewed", 1)
    apply_import(once_more.pk, actor=keeper(), clock=LATER)
    assert Rate.objects.get().amount_fen == 18000
    assert events().count("reference.catalogue_imported") == 3, "what was done before stays in the journal"


def test_rows_for_an_edition_that_went_out_in_the_meantime_are_refused_by_its_name():
    who = keeper()
    one = edition()
    bring("directory", item("教师资格"), edition=one.pk)
    waiting = preview(sheet(item("导游资格")), "directory", edition=one.pk)
    publish_edition(one.pk, actor=who, clock=CLOCK)
    for late in (
        lambda: apply_import(waiting.pk, actor=who, clock=LATER),
        lambda: preview(sheet(item("精算师")), "directory", edition=one.pk),
        lambda: add_directory_item(one.pk, ITEM, actor=who, clock=LATER),
        lambda: publish_edition(one.pk, actor=who, clock=LATER),
    ):
        with pytest.raises(EditionNotFoundError) as refused:
            late()
        assert "“吉林省职业资格目录清单”" in sentence(refused.value)
    waiting.refresh_from_db()
    assert (waiting.state, bytes(waiting.content)) == ("previewed", sheet(item("导游资格"))), (
        "nothing is lost"
    )
    assert DirectoryItem.objects.count() == 1


ITEM = ItemDetails(item="导游资格", kind="professional", type="access", source="样例")


def at_once(*acts):
    """Carry out acts side by side; return what each gave, or its refusal."""
    start = threading.Barrier(len(acts))

    def one(act):
        start.wait(timeout=30)
        try:
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.mark.django_db(transaction=True)
def test_two_officers_bring_the_same_row_at_once_and_it_is_there_once():
    first, second = keeper(), keeper()
    one = preview(sheet(rate()), "fees", actor=first)
    other = preview(sheet(rate("200")), "fees", actor=second)
    done = at_once(
        lambda: apply_import(one.pk, actor=first, clock=CLOCK),
        lambda: apply_import(other.pk, actor=second, clock=CLOCK),
    )
    assert sorted((each.rows_added, each.rows_changed) for each in done) == [(0, 1), (1, 0)]
    assert Rate.objects.count() == 1
    same = at_once(*[lambda: apply_import(one.pk, actor=first, clock=CLOCK)] * 2)
    assert {each.pk for each in same} == {one.pk}
    assert events().count("reference.catalogue_imported") == 2


@pytest.mark.django_db(transaction=True)
def test_two_officers_open_the_same_edition_and_the_same_tasks_at_once():
    first, second = keeper(), keeper()
    for act, refusal in (
        (lambda who: open_edition(details(), actor=who, clock=CLOCK), "reference.edition_exists"),
        (lambda who: open_tracking(JILIN, due_on=TODAY, actor=who, clock=CLOCK), NothingToTrackError.code),
    ):
        done = at_once(*(lambda who=who, act=act: act(who) for who in (first, second)))
        refused = [each for each in done if isinstance(each, DomainError)]
        assert [each.code for each in refused] == [refusal]
    assert TrackingTask.objects.count() == len(set(TrackingTask.objects.values_list("item_key", flat=True)))


@pytest.mark.django_db(transaction=True)
def test_an_edition_is_not_published_while_rows_go_into_it():
    who = keeper()
    one = edition()
    bring("directory", item("教师资格"), edition=one.pk)
    waiting = preview(sheet(item("导游资格")), "directory", edition=one.pk, actor=who)
    at_once(
        lambda: apply_import(waiting.pk, actor=who, clock=CLOCK),
        lambda: publish_edition(one.pk, actor=who, clock=CLOCK),
    )
    waiting.refresh_from_db()
    told = Entry.objects.get(event="reference.edition_published").facts["rows"]
    assert DirectoryItem.objects.count() == int(told) == (2 if waiting.state == "applied" else 1)


# other regions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "place"), [
    ("province_supervisor", LIAONING), ("province_supervisor", "220100"), ("auditor", JILIN),
])  # fmt: skip
def test_who_keeps_no_lists_of_a_place_changes_none_of_them(role, place):
    """Every action of the lists, by an officer of another province, of a city below, of no such duty."""
    own, foreign = keeper(), builders.officer(role, place)
    one = edition()
    waiting = preview(sheet(item("教师资格")), "directory", edition=one.pk, actor=own)
    applied = bring("cancelled", cancelled("甲管理师"), cancelled("乙", "第九批"))
    task = open_tracking(JILIN, due_on=TODAY, actor=own, clock=CLOCK)[0]
    before = Entry.objects.count()
    for act in (
        lambda who: open_edition(details(code="2030"), actor=who, clock=CLOCK),
        lambda who: add_directory_item(one.pk, ITEM, actor=who, clock=CLOCK),
        lambda who: publish_edition(one.pk, actor=who, clock=CLOCK),
        lambda who: preview(sheet(rate()), "fees", actor=who),
        lambda who: apply_import(waiting.pk, actor=who, clock=CLOCK),
        lambda who: apply_import(applied.pk, actor=who, clock=CLOCK),
        lambda who: returned_rows(applied, actor=who, clock=CLOCK),
        lambda who: assign_tracker(
            JILIN, "CN/6/插花员", department="甲厅", note="样例", actor=who, clock=CLOCK
        ),
        lambda who: open_tracking(JILIN, due_on=TODAY, actor=who, clock=CLOCK),
        lambda who: answer_tracking(task.pk, result="none_found", answer="样例", actor=who, clock=CLOCK),
    ):
        with pytest.raises(DutyMissingError):
            act(foreign)
    assert Entry.objects.count() == before
    for mine, theirs in (
        (lists.own_editions(own), lists.own_editions(foreign)),
        (lists.imports_of(own), lists.imports_of(foreign)),
        (lists.tracking_tasks(own), lists.tracking_tasks(foreign)),
    ):
        assert mine.exists()
        assert not theirs.exists()


def test_a_citys_list_is_not_brought_by_another_city():
    row = {"职业编码": ELECTRICIAN, "施行日": "2025-01-01", "确定程度": "有明文", "来源": "样例"}
    shenzhen = builders.officer("province_supervisor", "440300")
    with pytest.raises(DutyMissingError):
        preview(sheet(row), "shortages", place=FOSHAN, actor=shenzhen)
    assert preview(sheet(row), "shortages", place=FOSHAN, actor=keeper(GUANGDONG)).rows_good == 1
