"""The directories: what stands in them on a day, and what changed between two editions."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.catalogues.files import Certainty
from zhiping.core.catalogues.qualifications import (
    ChangeKind,
    Directory,
    Edition,
    Qualification,
    QualificationKind,
    QualificationType,
    RowsHeld,
    Standing,
    counted,
    differences,
    listed_directories,
    plain_name,
)
from zhiping.kernel.period import Period

OLD, ADJUSTED, NEW = listed_directories()
IN_2019, IN_2022 = dt.date(2019, 5, 10), dt.date(2022, 5, 10)


def edition(rows_held=RowsHeld.ALL, place="CN"):
    return Edition(
        code="样例", title="样例", place=place, document_number="", rows_held=rows_held,
        period=Period(start=dt.date(2020, 1, 1)), certainty=Certainty.CONFIRMED,
    )  # fmt: skip


def row(item, sub_item="", *, type_="level", formerly="", **more):
    return Qualification(
        edition="样例", item=item, sub_item=sub_item, kind=QualificationKind.SKILLED,
        type=QualificationType(type_), formerly=formerly, certainty=Certainty.CONFIRMED, **more,
    )  # fmt: skip


def changes(old, new):
    found = differences(Directory(edition(), old), Directory(edition(), new))
    return [
        (
            [kind.value for kind in change.ordered],
            change.before and change.before.full_name,
            change.after and change.after.full_name,
        )
        for change in found
    ]


def test_the_newer_edition_has_as_many_items_of_each_kind_as_were_published():
    held, published = counted(NEW.rows), NEW.edition.counts
    assert published == {
        "items": 72, "professional": 59, "professional_access": 33, "professional_level": 26, "skilled": 13,
    }  # fmt: skip
    assert {name: held[name] for name in published} == published
    assert len(NEW.rows) == 95


def test_the_older_edition_has_its_professionals_in_full_and_its_skilled_workers_by_name():
    held = counted(OLD.rows)
    for name in ("professional", "professional_access", "professional_level"):
        assert held[name] == OLD.edition.counts[name]
    assert held["skilled_access"] == OLD.edition.counts["skilled_access"] == 5
    assert sum(one.kind is QualificationKind.SKILLED for one in OLD.rows) == 198
    assert OLD.edition.counts["skilled"] == 81
    assert OLD.edition.counts["items"] == 140


def test_editions_follow_each_other_without_a_gap_and_the_uncertain_one_decides_no_day():
    assert OLD.edition.period.end == NEW.edition.period.start
    assert NEW.edition.period.end is None
    assert ADJUSTED.edition.period is None
    assert ADJUSTED.rows == ()
    assert ADJUSTED.edition.certainty is Certainty.UNCERTAIN


def test_every_row_says_how_sure_it_is_and_where_it_comes_from():
    assert all(one.source for one in (*OLD.rows, *NEW.rows))
    guessed = {one.item for one in OLD.rows if one.certainty is Certainty.UNCERTAIN}
    assert guessed == {"会计从业资格", "航空人员资格"}


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("电工", IN_2019, Standing.ON),
        ("电工", dt.date(2020, 9, 30), Standing.ON),
        ("电工", dt.date(2020, 10, 1), Standing.UNKNOWN),
        ("电工", dt.date(2020, 12, 31), Standing.UNKNOWN),
        ("电工", dt.date(2021, 1, 1), Standing.OFF),
        ("电工", IN_2022, Standing.OFF),
        ("消防设施操作员", dt.date(2020, 12, 1), Standing.ON),
        ("物业管理师", IN_2019, Standing.OFF),
        ("一级建造师执业资格证书", IN_2022, Standing.ON),
        (" 医师资格证书", IN_2022, Standing.ON),
        ("航空安全员", IN_2022, Standing.ON),
        ("国际注册会计师", IN_2022, Standing.UNKNOWN),
        ("矿业权评估师", IN_2019, Standing.OFF),
        ("矿业权评估师", IN_2022, Standing.ON),
    ],
)
def test_a_name_stands_in_the_directory_or_not_on_its_day(name, day, expected):
    directory = OLD if OLD.edition.period.covers(day) else NEW
    assert directory.ask(name, on=day).standing is expected


def test_a_name_that_comes_near_is_for_a_person_and_says_what_it_comes_near_to():
    answer = NEW.ask("国际注册会计师", on=IN_2022)
    assert [one.name for one in answer.near] == ["注册会计师"]
    assert answer.row is None


def test_nothing_is_off_a_list_that_is_not_held_in_full():
    part = Directory(edition(RowsHeld.SOME), [row("甲工")])
    assert part.ask("甲工", on=IN_2022).standing is Standing.ON
    assert part.ask("乙工种", on=IN_2022).standing is Standing.UNKNOWN


def test_changes_are_added_removed_renamed_and_of_another_type():
    assert changes([row("甲工"), row("乙工")], [row("甲工"), row("丙工")]) == [
        (["added"], None, "丙工"),
        (["removed"], "乙工", None),
    ]
    assert changes([row("旧名工")], [row("新名工", formerly="旧名工", type_="access")]) == [
        (["renamed", "type_changed"], "旧名工", "新名工")
    ]
    assert changes([row("甲工")], [row("甲工", "一"), row("甲工", "二")]) == [
        (["regrouped"], "甲工", "甲工（一）"),
        (["regrouped"], "甲工", "甲工（二）"),
    ]


def test_what_is_known_to_have_changed_in_2021_is_what_the_comparison_says():
    found = {
        (change.before.name if change.before else "", change.after.name if change.after else ""): change.kinds
        for change in differences(OLD, NEW)
    }
    assert found["专利代理人", "专利代理师"] == {ChangeKind.RENAMED}
    assert found["注册设备监理师", "设备监理师"] == {ChangeKind.RENAMED, ChangeKind.TYPE_CHANGED}
    assert (
        found["", "精算师"] == found["", "矿业权评估师"] == found["", "职业病诊断医师"] == {ChangeKind.ADDED}
    )
    for gone in ("出入境检疫处理人员资格", "乡村兽医", "注册机械工程师", "注册冶金工程师", "电工"):
        assert found[gone, ""] == {ChangeKind.REMOVED}
    left = [one for one, kinds in found.items() if kinds == {ChangeKind.REMOVED}]
    skilled = {one.name for one in OLD.rows if one.kind is QualificationKind.SKILLED}
    assert len([one for one, _ in left if one in skilled]) == 29 + 156


names = st.lists(st.text("甲乙丙丁戊", min_size=2, max_size=4), unique_by=plain_name, max_size=8)


@given(names, names)
def test_between_two_lists_each_name_is_kept_added_or_removed(old, new):
    before, after = ([row(name) for name in found] for found in (old, new))
    found = differences(Directory(edition(), before), Directory(edition(), after))
    added = {change.after.name for change in found if change.before is None}
    removed = {change.before.name for change in found if change.after is None}
    assert added == set(new) - set(old)
    assert removed == set(old) - set(new)
    assert len(found) == len(added) + len(removed)


@given(names)
def test_an_edition_does_not_differ_from_itself(found):
    rows = [row(name) for name in found]
    assert differences(Directory(edition(), rows), Directory(edition(), rows)) == ()
