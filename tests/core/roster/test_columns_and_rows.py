"""Whole columns are read and settled as single rows are: same values, same reasons, same fingerprints."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.roster.made import CANDIDATES, DAY, HEADERS, candidate, workbook
from zhiping.core.identifiers.synthetic import fictional_identity_number
from zhiping.core.roster import (
    Limits,
    assessors_sheet,
    candidate_facts,
    identity_reader,
    read_and_check,
    results_sheet,
)
from zhiping.core.roster import workbook as opening
from zhiping.core.roster.candidates import candidate_columns
from zhiping.core.roster.errors import TooManyColumnsError, TooManyRowsError
from zhiping.core.roster.reading import normalised

BY_ROW = replace(
    CANDIDATES, fields=tuple(replace(each, as_written="") for each in CANDIDATES.fields), settle_columns=None
)
"""The candidate sheet without any of the ways for whole columns."""
SHEETS = (CANDIDATES, results_sheet(), assessors_sheet(read_identity=identity_reader(on=DAY)))
PLAIN = [(sheet, each) for sheet in SHEETS for each in sheet.fields if each.as_written]
FORMER = "990101900101001"

CELLS = {
    "职业工种名称": st.sampled_from(["电工", " 电 工", "焊工", None]),
    "认定等级": st.sampled_from(["四级/中级工", "4", "三级", "六级", None]),
    "申报条件": st.sampled_from(["4-2", "2023/4—2 满3年", "3-1", "随便", None]),
    "证件类型": st.sampled_from(
        ["居民身份证", "身份证", "护照", "港澳居民居住证", "外国人永久居留身份证", "学生证", None]
    ),
    "证件号码": st.one_of(
        st.builds(
            lambda days, sequence: fictional_identity_number(
                born=date(1950, 1, 1) + timedelta(days=days), sequence=sequence
            ),
            st.integers(0, 30_000),
            st.integers(0, 999),
        ),
        st.sampled_from([FORMER, "990101199001010012", "E12345678", "XYZ310090010112", "9.9E+17", None]),
        st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True),
    ),
    "姓名": st.sampled_from(["试样甲", "试 样", "阿依•古丽", "O'Neil Roe", "张3", None]),
    "性别": st.sampled_from(["男", "女", "女性", "无", None]),
    "出生日期": st.sampled_from(["1990-01-01", "19900101", "2024-02-30", None]),
    "手机号码": st.sampled_from(["19900000001", "+86 199-0000-0001", "123", None]),
    "是否有职业资格证书": st.sampled_from(["是", "否", "√", "也许", None]),
    "证书等级": st.sampled_from(["五级/初级工", "5", "没有", None]),
    "证书编号": st.sampled_from(["Y000099000001263000001", "y0001 23", None]),
    "参加工作时间": st.sampled_from(["2012-07", "1985-01", "2012-13", None]),
    "简要经历": st.sampled_from(["曾任\n班长", "it's", 'say "no"', "back\\slash", "\U00020000", None]),
    "专业年限": st.sampled_from(["5年6个月", "8", "很久", None]),
}


def delimited(rows):
    """Return rows as text with commas, which may hold signs that no workbook may."""
    lines = [
        ",".join('"' + (row.get(head) or "").replace('"', '""') + '"' for head in HEADERS) for row in rows
    ]
    return "\n".join([",".join(HEADERS), *lines]).encode()


def compared(roster):
    return [(row.number, row.raw, dict(row.clean), row.problems, row.fingerprint) for row in roster.rows]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.fixed_dictionaries({}, optional=CELLS), min_size=1, max_size=6))
def test_columns_give_what_single_rows_give(changes):
    data = delimited([candidate(index) | changed for index, changed in enumerate(changes)])
    one, other = read_and_check(data, CANDIDATES), read_and_check(data, BY_ROW)
    assert compared(one) == compared(other)
    assert one.content_digest == other.content_digest


@pytest.mark.parametrize(("sheet", "field"), PLAIN, ids=lambda each: each.name)
def test_a_cell_that_needs_no_reading_is_read_as_it_is_written(sheet, field):
    @settings(max_examples=100, deadline=None)
    @given(st.from_regex(field.as_written, fullmatch=True))
    def holds(cell):
        [text] = pl.DataFrame({"cell": [cell]}).select(normalised(pl.col("cell"))).to_series()
        assert (text, field.read(text)) == (cell, cell)

    holds()


_LOOSE = st.text(st.sampled_from("甲乙,\x1f\x1e '\"1"), max_size=4).map(lambda text: text or None)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({}, optional=CELLS | {"所在单位": _LOOSE, "户籍所在地": _LOOSE}), max_size=6
    )
)
def test_fingerprints_are_equal_where_the_values_are_and_nowhere_else(changes):
    rows = [candidate() | {"姓名": "试样甲"} | changed for changed in ({}, *changes)]
    told = [
        (repr([row.clean[each.name] for each in CANDIDATES.fields if each.in_fingerprint]), row.fingerprint)
        for row in read_and_check(delimited(rows), CANDIDATES).rows
    ]
    for one, other in itertools.combinations(told, 2):
        assert (one[0] == other[0]) is (one[1] == other[1])


def test_what_rows_declare_is_the_same_in_columns():
    rows = [
        candidate(),
        candidate(1) | {"性别": None, "证件类型": "护照", "证件号码": "E12345678", "出生日期": None},
        candidate(2)
        | {"考生来源": "劳务派遣人员", "文化程度": "博士", "专业年限": None, "参加工作时间": None},
    ]
    roster = read_and_check(workbook(rows), CANDIDATES)
    assert not roster.bad
    singly = [candidate_facts(row.clean) for row in roster.rows]
    columns = candidate_columns(roster.clean).to_dicts()
    assert columns == [{name: getattr(one, name) for name in columns[0]} for one in singly]


def test_several_levels_of_an_assessor_stay_a_tuple():
    sheet = SHEETS[2]
    row = {
        "姓名": "试样",
        "证件类型": "居民身份证",
        "证件号码": fictional_identity_number(born=date(1980, 1, 1), sequence=1),
        "人员类别": "考评员",
        "证卡编号": "KP0001",
        "职业工种名称": "电工",
        "可考评等级": "5-3",
        "有效期起": "2026-01-01",
        "有效期止": "2028-12-31",
    }
    [read] = read_and_check(workbook([row], headers=tuple(row)), sheet).rows
    assert read.problems == ()
    assert read.clean["levels"] == ("5", "4", "3")


@settings(max_examples=300, deadline=None)
@given(limit=st.integers(26, 16_000), column=st.integers(1, 16_384), row=st.integers(1, 1_048_576))
def test_a_quick_look_misses_no_far_cell(limit, column, row):
    limits = Limits(columns=limit, rows=limit)
    letters = opening._letters(column - 1)
    for reference in (f"{letters}{row}", f"{letters.lower()}{row}", f" {letters}{row}"):
        sheet = f'<worksheet><sheetData><c r = "{reference}"/></sheetData></worksheet>'.encode()
        if column <= limit and row <= limit:
            opening._refuse_far_cells([sheet], limits)
            continue
        with pytest.raises(TooManyColumnsError if column > limit else TooManyRowsError):
            opening._refuse_far_cells([sheet], limits)
