"""Find the header among the first rows of the visible sheets."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from zhiping.core.roster.errors import FileEmptyError, HeaderNotFoundError, HeaderRefusedError
from zhiping.core.roster.sheet import Sheet
from zhiping.core.roster.workbook import Table, Upload

SEARCHED_ROWS = 10
REASON_HEADERS = ("不通过原因", "原表行号")
"""Columns of our own in a file that was given back; they are neither needed nor strange."""
LISTS_TITLE = "选项"
"""The hidden sheet of our own that long drop-down lists stand on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where the header stands (表头): table, row and, by field, column; both counted from 0."""

    table: Table
    row: int
    columns: Mapping[str, int]
    unknown: tuple[str, ...] = ()
    other_tables: tuple[str, ...] = ()


def plain_header(text: str) -> str:
    """Return a header as compared: half width, no blanks, stars, colons or remarks that it is required.

    >>> plain_header(" *姓 名（必填）："), plain_header("所在省(市)区")
    ('姓名', '所在省(市)区')
    """
    text = re.sub(r"[\s*※:\u200b\ufeff]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"\((?:必填|选填|必填项|选填项)\)", "", text)


def find_header(upload: Upload, sheet: Sheet) -> Header:
    """Find the sheet's header (查找表头).

    The visible table and, among its first rows, the row that know most of the sheet's columns win;
    rows above it (a title, an explanation) are passed over.

    Refuses:
        FileEmptyError: no visible sheet has a cell.
        HeaderNotFoundError: no row knows at least two columns.
        HeaderRefusedError: columns are missing that are required, or stand there twice.
    """
    tables = [table for table in upload.tables if table.frame.width and table.frame.height]
    if not tables:
        raise FileEmptyError(hidden_sheets=upload.hidden)
    names = _names(sheet)
    scored = [(_score(table, row, names), table, row) for table in tables for row in range(_searched(table))]
    score, table, row = max(scored, key=lambda each: each[0])
    if score < 2:  # noqa: PLR2004 - one word alone may be a title
        raise HeaderNotFoundError(searched=SEARCHED_ROWS, first_cells=_first_cells(table))
    others = tuple(
        dict.fromkeys(other.title for count, other, _ in scored if count == score and other is not table)
    )
    return _accepted(table, row, names, sheet, others)


def _names(sheet: Sheet) -> dict[str, str]:
    return {
        plain_header(header): field.name
        for field in sheet.fields
        for header in (*field.aliases, field.header)
    }


def _searched(table: Table) -> int:
    return min(SEARCHED_ROWS, table.frame.height)


def _score(table: Table, row: int, names: Mapping[str, str]) -> int:
    return len(
        {names[word] for word in map(plain_header, filter(None, table.frame.row(row))) if word in names}
    )


def _first_cells(table: Table) -> str:
    cells = [
        cell.strip()
        for row in range(_searched(table))
        for cell in table.frame.row(row)
        if cell and cell.strip()
    ]
    return "、".join(cell[:20] for cell in cells[:6])


def _accepted(
    table: Table, row: int, names: Mapping[str, str], sheet: Sheet, others: tuple[str, ...]
) -> Header:
    found: dict[str, list[int]] = defaultdict(list)
    unknown = []
    for column, cell in enumerate(table.frame.row(row)):
        word = plain_header(cell or "")
        if word in names:
            found[names[word]].append(column)
        elif word and word not in REASON_HEADERS:
            unknown.append(word[:30])
    missing = [field.header for field in sheet.fields if field.required and field.name not in found]
    repeated = [sheet.header_of(name) for name, columns in found.items() if len(columns) > 1]
    if missing or repeated:
        raise HeaderRefusedError(row=row + 1, missing=missing, repeated=repeated, unknown=unknown)
    columns = {name: places[0] for name, places in found.items()}
    return Header(table=table, row=row, columns=columns, unknown=tuple(unknown), other_tables=others)
