from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.roster.made import DAY, workbook
from zhiping.core.identifiers.synthetic import fictional_identity_number
from zhiping.core.roster import (
    Expected,
    Refused,
    assessors_sheet,
    identity_reader,
    match,
    read_and_check,
    results_sheet,
    sentence,
)
from zhiping.core.roster.reading import read_score

RESULTS = results_sheet()
NUMBER = fictional_identity_number(born=date(1990, 1, 1), sequence=1)
HEADERS = (
    "准考证号",
    "姓名",
    "证件号码",
    "理论成绩",
    "理论缺考",
    "技能成绩",
    "技能缺考",
    "综合成绩",
    "综合缺考",
)


def result(ticket="00000001", name="王试样", **changes):
    return {"准考证号": ticket, "姓名": name, "理论成绩": "86.5", "技能成绩": "60"} | changes


def read(rows, sheet=RESULTS):
    return read_and_check(workbook(rows, headers=HEADERS), sheet)


def codes(row):
    return {(problem.field, problem.code.removeprefix("roster.")) for problem in row.problems}


def test_the_results_sheet_has_its_nine_columns():
    assert tuple(field.header for field in RESULTS.fields) == HEADERS


def test_scores_and_absence_are_read():
    row = read([result(理论成绩=None, 理论缺考="是")]).rows[0]
    assert row.problems == ()
    assert (row.clean["theory_score"], row.clean["theory_absent"]) == (None, True)
    assert (row.clean["practical_score"], row.clean["practical_absent"]) == (Decimal("60.0"), False)
    assert row.clean["comprehensive_absent"] is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"理论缺考": "是"}, {("theory_score", "score_and_absent")}),
        ({"理论成绩": None}, {("theory_score", "score_missing")}),
        ({"理论成绩": "缺考"}, {("theory_score", "absent_in_score")}),
        ({"理论成绩": "100.1"}, {("theory_score", "score_out_of_range")}),
        ({"理论成绩": "-1"}, {("theory_score", "not_a_score")}),
        ({"理论成绩": "59.95"}, {("theory_score", "score_too_fine")}),
        ({"理论成绩": "优"}, {("theory_score", "not_a_score")}),
        (
            {"理论缺考": "病假", "理论成绩": None},
            {("theory_absent", "not_an_absent_flag"), ("theory_score", "score_missing")},
        ),
        ({"综合成绩": "70"}, {("comprehensive_score", "subject_not_examined")}),
        ({"综合缺考": "是"}, {("comprehensive_score", "subject_not_examined")}),
    ],
)
def test_a_result_that_cannot_stand_is_refused(changes, expected):
    row = read([result(**changes)]).rows[0]
    assert codes(row) == expected
    for problem in row.problems:
        assert "{" not in sentence(problem, RESULTS)


def test_the_comprehensive_review_counts_where_it_is_examined():
    sheet = results_sheet(subjects=("theory", "practical", "comprehensive"))
    assert codes(read([result()], sheet).rows[0]) == {("comprehensive_score", "score_missing")}
    assert read([result(综合成绩=77.5)], sheet).rows[0].clean["comprehensive_score"] == Decimal("77.5")


@given(st.decimals(min_value=-10, max_value=200, allow_nan=False, places=3))
def test_a_score_is_taken_exactly_when_it_is_a_tenth_between_0_and_100(number):
    value = read_score(f"{number}")
    fits = 0 <= number <= 100 and (number * 10) % 1 == 0 and not number.is_signed()
    assert isinstance(value, Refused) != fits
    if fits:
        assert value == number


EXPECTED = [
    Expected(key="a", ticket="00000001", name="王试样", paper_number=NUMBER),
    Expected(key="b", ticket="00000002", name="李试样"),
    Expected(key="c", ticket="00000003", name="赵试样"),
]


def test_rows_are_matched_by_ticket_and_everyone_else_is_accounted_for():
    rows = read(
        [
            result(证件号码=NUMBER),
            result("00000002", "李试祥"),
            result("99999999", "某某"),
        ]
    ).rows
    matches = match(rows, EXPECTED)
    assert [(row.number, enrolment.key) for row, enrolment in matches.matched] == [(2, "a")]
    assert [codes(row) for row in matches.rejected] == [
        {("name", "name_differs")},
        {("ticket", "ticket_unknown")},
    ]
    assert [enrolment.key for enrolment in matches.absent_from_file] == ["c"]
    assert "李试样" in sentence(matches.rejected[0].problems[0], RESULTS)


def test_a_ticket_that_lost_its_zeros_is_not_guessed_but_explained():
    matches = match(read([result(ticket="0001"), result(ticket=2.0 * 1000, name="李试样")]).rows, EXPECTED)
    assert matches.matched == ()
    assert codes(matches.rejected[0]) == {("ticket", "leading_zero_lost")}
    assert "00000001" in sentence(matches.rejected[0].problems[0], RESULTS)
    assert codes(matches.rejected[1]) == {("ticket", "ticket_unknown")}


def test_another_identity_number_is_refused_without_telling_the_right_one():
    other = fictional_identity_number(born=date(1991, 1, 1), sequence=1)
    matches = match(read([result(证件号码=other)]).rows, EXPECTED)
    assert codes(matches.rejected[0]) == {("paper_number", "paper_number_differs")}
    assert NUMBER not in sentence(matches.rejected[0].problems[0], RESULTS)


def test_a_row_with_a_bad_score_is_rejected_although_its_person_is_known():
    matches = match(read([result(理论成绩="优")]).rows, EXPECTED)
    assert matches.matched == ()
    assert len(matches.rejected) == 1
    assert "a" not in {enrolment.key for enrolment in matches.absent_from_file}


def test_the_same_ticket_twice_is_reported_on_both_rows():
    roster = read([result(), result()])
    assert [codes(row) for row in roster.rows] == [{("ticket", "repeated")}] * 2


ASSESSORS = assessors_sheet(read_identity=identity_reader(on=DAY))


def assessor(**changes):
    return {
        "姓名": "钱试样",
        "证件类型": "居民身份证",
        "证件号码": NUMBER,
        "人员类别": "高级考评员",
        "证卡编号": "KP2026000001",
        "职业工种名称": "电工",
        "可考评等级": "5-3",
        "有效期起": "2026-01-01",
        "有效期止": "2028-12-31",
    } | changes


def read_assessors(*rows):
    headers = [field.header for field in ASSESSORS.fields]
    return read_and_check(workbook(list(rows), headers=headers), ASSESSORS).rows


def test_an_assessor_is_read_with_levels_and_validity():
    row = read_assessors(assessor())[0]
    assert row.problems == ()
    assert row.clean["levels"] == ("5", "4", "3")
    assert row.clean["grade"] == "senior_assessor"
    assert row.clean["valid_through"] == date(2028, 12, 31)


def test_an_assessor_may_have_a_row_for_each_occupation_but_not_two_for_one():
    rows = read_assessors(assessor(), assessor(职业工种名称="焊工"), assessor())
    assert [row.is_good for row in rows] == [False, True, False]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"有效期止": "2025-12-31"}, ("valid_through", "ends_before_start")),
        ({"可考评等级": "特级"}, ("levels", "not_a_level")),
        (
            {"证件号码": NUMBER[:-1] + ("1" if NUMBER[-1] == "0" else "0")},
            ("paper_number", "identity_invalid"),
        ),
        ({"人员类别": "监考员"}, ("grade", "not_in_list")),
    ],
)
def test_a_bad_assessor_row_is_refused(changes, expected):
    row = read_assessors(assessor(**changes))[0]
    assert codes(row) == {expected}
    assert "{" not in sentence(row.problems[0], ASSESSORS)
