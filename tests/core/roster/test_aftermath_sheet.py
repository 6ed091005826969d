"""The list of candidates of a cancelled item, read without a database."""

import pytest

from zhiping.core.roster.aftermath import aftermath_sheet
from zhiping.core.roster.check import read_and_check

HEAD = "报名号或准考证号,姓名,证件号码后四位,已缴费用（元）,考生意愿,意愿日期\n"


def read(text, *, with_fees=True):
    return read_and_check(text.encode(), aftermath_sheet(with_fees=with_fees))


def test_a_file_in_which_every_cell_stands_as_it_is_understood_is_read():
    """Then no column is kept twice, and the rows are there all the same."""
    roster = read("准考证号,姓名,证件号码后四位,已缴费用\nP1,样例甲,0012,180\nP2,样例乙,0029,180.00\n")
    assert [row.raw["number"] for row in roster.rows] == ["P1", "P2"]
    assert [row.raw["fee"] for row in roster.good] == ["180", "180.00"]
    assert roster.bad == ()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("P1,样例甲,12,180,,", "last_four"),
        ("P1,样例甲,X123,180,,", "last_four"),
        ("P1,样例甲,0012,一百,,", "fee"),
        ("P1,样例甲,0012,180.005,,", "fee"),
        ("P1,样例甲,0012,180,退费,", "chosen_on"),
        ("P1,样例甲,0012,180,,2014-09-01", "chosen_on"),
        ("P1,样例甲,0012,180,放弃,2014-09-01", "choice"),
        (",样例甲,0012,180,,", "number"),
        ("P1,样9,0012,180,,", "name"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_column(row, field):
    (bad,) = read(HEAD + row + "\n").bad
    assert field in {problem.field for problem in bad.problems}


def test_one_number_stands_once():
    assert len(read(HEAD + "P1,样例甲,0012,180,,\nP1,样例乙,0029,180,,\n").bad) >= 1
