"""Write the workbook that people download, fill in and send back."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

import xlsxwriter

from zhiping.core.roster.headers import LISTS_TITLE
from zhiping.core.roster.sheet import Field, Sheet

FILLED_ROWS = 5_000
"""Lists and the text format reach this far down."""

_LONGEST_INLINE_LIST = 255
_NO_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
"""Workbooks carry a day of creation; ours is constant, so that equal sheets give equal bytes."""
FONT = {"font_name": "宋体", "font_size": 11}
_GUIDE_TITLE = "填写说明"


def template(sheet: Sheet, *, context: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return a workbook to fill in (下载模板).

    The first sheet has the header only: required columns starred and coloured, notes on each
    header, drop-down lists, every column formatted as text so that zeros and long numbers survive.
    The second explains each column and shows an example. `context` is shown on top of the second:
    what the file is for (plan, body), as pairs. Equal arguments give equal bytes.
    """
    target = io.BytesIO()
    with new_workbook(target) as book:
        page = book.add_worksheet(sheet.title)
        write_form(book, page, sheet.fields)
        page.freeze_panes(1, 0)
        _write_guide(book, sheet, context)
        write_lists(book, page, sheet.fields, first_column=0, first_row=1)
    return target.getvalue()


def new_workbook(target: io.BytesIO) -> "xlsxwriter.Workbook":
    """Return an empty workbook in which texts stay texts, whatever they begin with (新建工作簿)."""
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"created": _NO_MOMENT})
    return book


def write_form(
    book: "xlsxwriter.Workbook",
    page: "xlsxwriter.worksheet.Worksheet",
    fields: Sequence[Field],
    *,
    first_column: int = 0,
) -> None:
    """Write header, notes and text format of the fields onto a page (表头、批注、文本格式)."""
    text = book.add_format({**FONT, "num_format": "@"})
    heads = {required: book.add_format(head_format(required=required)) for required in (True, False)}
    page.set_row(0, 34)
    for column, field in enumerate(fields, start=first_column):
        page.set_column(column, column, max(field.width, len(field.header) * 2 + 3), text)
        page.write_string(
            0, column, f"*{field.header}" if field.required else field.header, heads[field.required]
        )
        page.write_comment(0, column, _remark(field), {"author": "", "x_scale": 1.6, "font_size": 10})


def head_format(*, required: bool) -> dict[str, object]:
    """Return the look of a header cell (表头样式)."""
    return {
        **FONT,
        "bold": True,
        "border": 1,
        "border_color": "#9AA5B1",
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "bg_color": "#FBE3D6" if required else "#E7EEF6",
        "font_color": "#8A1C1C" if required else "#1F3A5F",
        "num_format": "@",
    }


def _remark(field: Field) -> str:
    need = "必填。" if field.required else "选填。"
    offered = f"请从下拉列表中选择（共 {len(field.choices)} 项）。" if field.choices else ""
    example = f"\n示例：{field.example}" if field.example else ""
    return f"{need}{field.note}{offered}{example}"


def _write_guide(book: "xlsxwriter.Workbook", sheet: Sheet, context: Sequence[tuple[str, str]]) -> None:
    page = book.add_worksheet(_GUIDE_TITLE)
    words = book.add_format(
        {
            **FONT,
            "text_wrap": True,
            "valign": "top",
            "border": 1,
            "border_color": "#C6CED8",
            "num_format": "@",
        }
    )
    head = book.add_format(head_format(required=False))
    title = book.add_format({**FONT, "bold": True, "font_size": 14})
    plain = book.add_format({**FONT, "num_format": "@"})
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 8)
    page.set_column(2, 2, 62)
    page.set_column(3, 3, 26)
    lines = [
        f"请在第一个工作表“{sheet.title}”里填写，一行一人；不要改动表头。标 * 的为必填。",
        "所有单元格均为文本格式，请保持不变；从别处复制时，请用“选择性粘贴—值”。",
        "上传后先预览：合格的行可以入库，不合格的行连同原因退回同样的表格，改好后再传。",
    ]
    page.write_string(0, 0, f"{sheet.title}填写说明", title)
    for row, line in enumerate([*lines, *(f"{name}：{value}" for name, value in context)], start=1):
        page.write_string(row, 0, line, plain)
    top = len(lines) + len(context) + 2
    for column, word in enumerate(("栏目", "必填", "怎样填写", "示例")):
        page.write_string(top, column, word, head)
    for row, field in enumerate(sheet.fields, start=top + 1):
        offered = f"可选：{'、'.join(field.choices)}。" if field.choices else ""
        for column, word in enumerate(
            (field.header, "是" if field.required else "", f"{field.note}{offered}", field.example)
        ):
            page.write_string(row, column, word, words)
    page.freeze_panes(top + 1, 0)


def write_lists(
    book: "xlsxwriter.Workbook",
    page: "xlsxwriter.worksheet.Worksheet",
    fields: Sequence[Field],
    *,
    first_column: int,
    first_row: int,
) -> None:
    """Give every field with choices its drop-down list; long ones stand on a hidden sheet."""
    lists_page = None
    used = 0
    for column, field in enumerate(fields, start=first_column):
        if not field.choices:
            continue
        source: list[str] | str = list(field.choices)
        if len(",".join(field.choices)) > _LONGEST_INLINE_LIST or any("," in each for each in field.choices):
            if lists_page is None:
                lists_page = book.add_worksheet(LISTS_TITLE)
                lists_page.hide()
            lists_page.write_column(0, used, field.choices)
            letter = xlsxwriter.utility.xl_col_to_name(used, col_abs=True)
            source = f"='{LISTS_TITLE}'!{letter}$1:{letter}${len(field.choices)}"
            used += 1
        page.data_validation(
            first_row,
            column,
            first_row + FILLED_ROWS - 1,
            column,
            {
                "validate": "list",
                "source": source,
                "error_type": "warning",
                "error_title": field.header,
                "error_message": "不在列表之中，请从下拉列表中选择。",
            },
        )
