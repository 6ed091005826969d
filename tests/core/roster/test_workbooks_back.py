import dataclasses
import io
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import polars as pl
import pytest

from tests.core.roster.made import CANDIDATES, DAY, HEADERS, candidate, full_width, workbook
from zhiping.core.roster import (
    CandidateLists,
    Problem,
    candidate_sheet,
    give_back,
    identity_reader,
    read_and_check,
    results_sheet,
    table_to_xlsx,
    template,
)
from zhiping.core.roster.kept import pack, unpack

MOMENT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_template_has_the_columns_lists_notes_and_text_format():
    book = opened(template(CANDIDATES, context=[("考核计划", "2026 年第 1 批")]))
    page = book.worksheets[0]
    heads = [cell.value for cell in page[1]]
    assert [head.lstrip("*") for head in heads] == list(HEADERS)
    assert [head.startswith("*") for head in heads] == [field.required for field in CANDIDATES.fields]
    assert page.freeze_panes == "A2"
    assert page.max_row == 1
    for cell, field in zip(page[1], CANDIDATES.fields, strict=True):
        assert cell.comment.text.startswith("必填。" if field.required else "选填。")
        assert page.column_dimensions[cell.column_letter].width >= 6
    for letter in "AFJM":
        assert page.column_dimensions[letter].number_format == "@"
    lists = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in page.data_validations.dataValidation}
    assert lists["H2"] == '"男,女"'
    assert lists["C2"] == '"五级/初级工,四级/中级工,三级/高级工,二级/技师,一级/高级技师"'
    assert lists["V2"].startswith('"汉族,')
    assert set(lists) == {
        f"{cell.column_letter}2"
        for cell, field in zip(page[1], CANDIDATES.fields, strict=True)
        if field.choices
    }
    guide = [cell.value for row in book["填写说明"].iter_rows() for cell in row if cell.value]
    assert "考核计划：2026 年第 1 批" in guide
    assert "5年6个月" in guide


def test_equal_templates_have_equal_bytes():
    assert template(CANDIDATES) == template(CANDIDATES)


def test_a_template_filled_in_is_read_without_a_problem():
    book = opened(template(CANDIDATES))
    page = book.worksheets[0]
    for column, header in enumerate(HEADERS, start=1):
        page.cell(2, column, candidate().get(header))
    target = io.BytesIO()
    book.save(target)
    roster = read_and_check(target.getvalue(), CANDIDATES)
    assert roster.rows[0].problems == ()
    assert roster.notices == ()


def test_a_long_list_of_occupations_becomes_a_list_too():
    lists = CandidateLists(occupations=tuple(f"职业{index}" for index in range(300)))
    sheet = candidate_sheet(read_identity=identity_reader(on=DAY), word_lists=lists)
    book = opened(template(sheet))
    assert [book["选项"].cell(row, 1).value for row in (1, 300)] == ["职业0", "职业299"]
    assert book["选项"].sheet_state == "hidden"
    rule = next(
        each for each in book.worksheets[0].data_validations.dataValidation if "B2" in str(each.sqref)
    )
    assert rule.formula1 == "'选项'!$A$1:$A$300"


def test_our_own_hidden_list_is_not_mentioned_to_the_clerk():
    lists = CandidateLists(occupations=(*(f"职业{index}" for index in range(300)), "电工"))
    sheet = candidate_sheet(read_identity=identity_reader(on=DAY), word_lists=lists)
    book = opened(template(sheet))
    for column, header in enumerate(HEADERS, start=1):
        book.worksheets[0].cell(2, column, candidate().get(header))
    target = io.BytesIO()
    book.save(target)
    roster = read_and_check(target.getvalue(), sheet)
    assert roster.rows[0].problems == ()
    assert roster.notices == ()


def given_back(rows, **options):
    data = workbook(rows, **options)
    roster = read_and_check(data, CANDIDATES)
    return roster, give_back(data, roster.rows, CANDIDATES)


def test_only_the_bad_rows_come_back_as_they_were_with_their_reasons():
    bad = candidate(1) | {"手机号码": full_width("123"), "姓名": " 张3 ", "通讯地址": "  原样  "}
    _, data = given_back([candidate(), bad, candidate(2)], above=[["标题"]])
    book = opened(data)
    page = book.active
    heads = [cell.value for cell in page[1]]
    assert heads[:2] == ["不通过原因", "原表行号"]
    assert [head.lstrip("*") for head in heads[2:]] == list(HEADERS)
    assert page.max_row == 2
    cells = dict(zip([head.lstrip("*") for head in heads], page[2], strict=True))
    assert cells["原表行号"].value == "4"
    assert cells["手机号码"].value == full_width("123")
    assert cells["姓名"].value == " 张3 "
    assert cells["通讯地址"].value == "  原样  "
    assert cells["手机号码"].fill.fgColor.rgb == "FFFFD9D2"
    assert cells["通讯地址"].fill.fgColor.rgb != "FFFFD9D2"
    assert "11 位手机号码" in cells["手机号码"].comment.text
    reasons = cells["不通过原因"].value.split("\n")
    assert len(reasons) == 2
    assert reasons[0].startswith("1. 姓名“张3”")
    assert reasons[1].startswith("2. 手机号码")


def test_the_returned_file_is_accepted_once_mended():
    _, data = given_back([candidate(), candidate(1) | {"手机号码": "123"}, candidate(2) | {"民族": "火星族"}])
    book = opened(data)
    page = book.active
    column = {cell.value.lstrip("*"): cell.column for cell in page[1]}
    page.cell(2, column["手机号码"], "19900000001")
    target = io.BytesIO()
    book.save(target)
    again = read_and_check(target.getvalue(), CANDIDATES)
    assert [row.is_good for row in again.rows] == [True, False]
    assert "columns_unknown" not in str(again.notices)
    assert (
        again.rows[0].fingerprint
        == read_and_check(workbook([candidate(1) | {"手机号码": "19900000001"}]), CANDIDATES)
        .rows[0]
        .fingerprint
    )
    twice = opened(give_back(target.getvalue(), again.rows, CANDIDATES)).active
    heads = [cell.value for cell in twice[1]]
    assert heads.count("不通过原因") == 1
    assert twice.max_row == 2


def test_unknown_columns_come_back_too():
    _, data = given_back([candidate() | {"车牌": "某A00001", "民族": "x"}], headers=[*HEADERS, "车牌"])
    page = opened(data).active
    assert page.cell(1, page.max_column).value == "车牌"
    assert page.cell(2, page.max_column).value == "某A00001"


def test_a_callers_own_reason_stands_in_the_file_with_its_clause():
    data = workbook([candidate()])
    row = read_and_check(data, CANDIDATES).rows[0]
    refused = row.with_problems(
        Problem(
            field="condition",
            code="exams.entry_condition",
            clause="FS20-1.1",
            sentence="累计从业 30 个月，应满 36 个月。",
        )
    )
    page = opened(give_back(data, [refused], CANDIDATES)).active
    assert page["A2"].value == "1. 累计从业 30 个月，应满 36 个月。（FS20-1.1）"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", '=HYPERLINK("http://127.0.0.1")', "http://127.0.0.1"],
)
def test_cells_that_begin_like_a_formula_are_written_as_text(text):
    rows = (
        ",".join(HEADERS)
        + "\n"
        + ",".join(
            '"'
            + ({"简要经历": text, "民族": "x"}.get(header) or candidate().get(header) or "").replace(
                '"', '""'
            )
            + '"'
            for header in HEADERS
        )
    )
    roster = read_and_check(rows.encode(), CANDIDATES)
    returned = opened(give_back(rows.encode(), roster.rows, CANDIDATES)).active
    exported = opened(
        table_to_xlsx(["简要经历"], [[text]], title="导出", as_of=datetime(2026, 11, 22, 8, tzinfo=UTC))
    ).active
    for page in (returned, exported):
        cells = [cell for row in page.iter_rows() for cell in row if cell.value == text]
        assert len(cells) == 1
        assert cells[0].data_type == "s"
        assert cells[0].hyperlink is None


def test_an_export_keeps_zeros_long_numbers_and_says_its_moment():
    data = table_to_xlsx(
        ["证书编号", "序号", "成绩", "成绩", "日期"],
        [["Y000099000001263000001", 1, Decimal("59.5"), 59.5, DAY], ["007", 2, None, 60.0, None]],
        title="证书清单：某市/2026",
        as_of=datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
    )
    page = opened(data).active
    assert page["A1"].value == "证书清单：某市/2026"
    assert page["A2"].value == "数据截至 2026-11-22 08:30　共 2 行"
    assert [cell.value for cell in page[3]] == ["证书编号", "序号", "成绩", "成绩（2）", "日期"]
    assert [cell.value for cell in page[4]] == ["Y000099000001263000001", 1, "59.5", 59.5, "2026-11-22"]
    assert [cell.value for cell in page[5]] == ["007", 2, None, 60, None]
    assert page.freeze_panes == "A4"


def test_an_empty_export_still_has_its_header():
    page = opened(table_to_xlsx(["甲", "乙"], [], title="空", as_of=MOMENT)).active
    assert [cell.value for cell in page[3]][:2] == ["甲", "乙"]


def test_an_export_of_one_column_opens():
    page = opened(table_to_xlsx(["甲"], [["x"]], title="一列", as_of=MOMENT)).active
    assert page["A4"].value == "x"


def test_the_results_template_offers_the_absent_flag_only():
    page = opened(template(results_sheet())).worksheets[0]
    lists = [rule.formula1 for rule in page.data_validations.dataValidation]
    assert lists == ['"是"'] * 3


def test_a_checked_roster_comes_back_from_its_bytes_as_it_was():
    wrong = {"手机号码": "1", "出生日期": "2024-02-30", "证件号码": "999"}
    roster = read_and_check(workbook([candidate(), candidate(1) | wrong, candidate(2)]), CANDIDATES)
    assert len(roster.bad) == 1
    beside = pl.DataFrame({"index": [b"1", None, b"\0"]})
    again, columns = unpack(pack(roster, beside=beside), CANDIDATES)
    assert columns.equals(beside)
    for part in (each.name for each in dataclasses.fields(roster)):
        one, other = getattr(roster, part), getattr(again, part)
        assert one.equals(other) if isinstance(one, pl.DataFrame | pl.Series) else one == other
    assert again.clean.schema == roster.clean.schema
    assert again.rows == roster.rows
