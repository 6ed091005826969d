"""Give the bad rows back in the form they came in, with the reason beside each."""

import io
from collections.abc import Iterable, Mapping, Sequence

from zhiping.core.roster.headers import REASON_HEADERS, Header, find_header, plain_header
from zhiping.core.roster.messages import sentence
from zhiping.core.roster.sheet import Field, RosterRow, Sheet
from zhiping.core.roster.template import FONT, head_format, new_workbook, write_form, write_lists
from zhiping.core.roster.workbook import STANDARD_LIMITS, Limits, open_upload

_REASON, _NUMBER = REASON_HEADERS


def give_back(
    original: bytes, rows: Iterable[RosterRow], sheet: Sheet, *, limits: Limits = STANDARD_LIMITS
) -> bytes:
    """Return a workbook with the bad rows only, each with its reasons (退回不合格行).

    Columns, their order and every cell's text are those of the original, unknown columns too; two
    columns of ours stand before them: the reasons and the row's number in the original. Cells with
    a problem are coloured and carry their reason as a note. Everything is written as text, so a
    cell that begins like a formula is harmless. Once mended, the same file can be sent: our two
    columns are passed over.

    Refuses:
        RosterFileError: the original cannot be read as the sheet.
    """
    header = find_header(open_upload(original, limits=limits), sheet)
    columns = _columns_to_return(header)
    fields = {column: sheet.field(name) for name, column in header.columns.items()}
    body = header.table.frame.slice(header.row + 1)
    bad = [row for row in rows if not row.is_good]
    target = io.BytesIO()
    with new_workbook(target) as book:
        page = book.add_worksheet(sheet.title)
        head = book.add_format(head_format(required=False))
        text = book.add_format({**FONT, "num_format": "@", "valign": "top"})
        wrong = book.add_format({**FONT, "num_format": "@", "valign": "top", "bg_color": "#FFD9D2"})
        reason = book.add_format(
            {**FONT, "num_format": "@", "valign": "top", "text_wrap": True, "font_color": "#8A1C1C"}
        )
        shown = [fields.get(column) or _stranger(header, column) for column in columns]
        write_form(book, page, shown, first_column=len(REASON_HEADERS))
        page.write_string(0, 0, _REASON, head)
        page.write_string(0, 1, _NUMBER, head)
        page.set_column(0, 0, 60, text)
        page.set_column(1, 1, 8, text)
        for line, row in enumerate(bad, start=1):
            reasons = _reasons(row, sheet)
            page.write_string(line, 0, "\n".join(reasons[""]), reason)
            page.write_string(line, 1, str(row.number), text)
            cells = body.row(row.number - header.row - 2)
            for place, column in enumerate(columns, start=len(REASON_HEADERS)):
                name = fields[column].name if column in fields else None
                found = reasons.get(name, ()) if name else ()
                page.write_string(line, place, cells[column] or "", wrong if found else text)
                if found:
                    page.write_comment(line, place, "\n".join(found), {"author": "", "x_scale": 2})
        page.freeze_panes(1, len(REASON_HEADERS))
        write_lists(book, page, shown, first_column=len(REASON_HEADERS), first_row=1)
    return target.getvalue()


def _columns_to_return(header: Header) -> list[int]:
    """Return the original's columns that have a header or a cell, without those we added before."""
    heads = header.table.frame.row(header.row)
    body = header.table.frame.slice(header.row + 1)
    return [
        column
        for column, head in enumerate(heads)
        if plain_header(head or "") not in REASON_HEADERS
        and (head or body.to_series(column).null_count() < body.height)
    ]


def _stranger(header: Header, column: int) -> Field:
    """Return a column that the sheet does not know, so that it is written like the others."""
    title = header.table.frame.row(header.row)[column] or ""
    return Field(name=f"unknown_{column}", header=title, read=str, note="模板里没有这一列，系统不读取。")


def _reasons(row: RosterRow, sheet: Sheet) -> Mapping[str, Sequence[str]]:
    """Return the row's reasons by field; all of them, numbered, under the empty name."""
    by_field: dict[str, list[str]] = {}
    every = []
    for count, problem in enumerate(row.problems, start=1):
        words = sentence(problem, sheet)
        by_field.setdefault(problem.field, []).append(words)
        every.append(f"{count}. {words}{f'（{problem.clause}）' if problem.clause else ''}")
    return {**by_field, "": every}
