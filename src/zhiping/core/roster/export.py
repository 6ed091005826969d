"""Write any table as a workbook (导出)."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import polars as pl
import rustpy_xlsxwriter as writer

type Cell = str | int | float | date | None

_TITLE_ROWS = 2
_NARROWEST, _WIDEST = 8.0, 60.0
_LONGEST_SHEET_TITLE = 31


def table_to_xlsx(
    headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str, as_of: datetime
) -> bytes:
    """Return a table as a workbook (导出为表格).

    Above the header stand the title and the moment for which the figures hold. Every value is
    written as text except whole numbers and fractions that came as such: leading zeros, long
    numbers and texts that begin like a formula stay what they are.
    """
    columns = list(zip(*rows, strict=True)) or [() for _ in headers]
    frame = pl.DataFrame(
        [_series(f"column_{place}", column) for place, column in enumerate(columns)],
    )
    frame.columns = _distinct(headers)
    bold = writer.Format().set_bold().set_background_color("#E7EEF6").set_border("thin").set_text_wrap()
    target = io.BytesIO()
    count = len(headers)
    writer.write_worksheet(
        frame,
        target,
        sheet_name=_sheet_title(title),
        header_row=_TITLE_ROWS,
        header_format=bold,
        freeze_row=_TITLE_ROWS + 1,
        autofilter=True,
        column_widths=[_width(header, column) for header, column in zip(headers, columns, strict=True)],
        merge_ranges=[
            (0, 0, 0, max(count - 1, 1), title, writer.Format().set_bold().set_font_size(14)),
            (
                1,
                0,
                1,
                max(count - 1, 1),
                f"数据截至 {as_of:%Y-%m-%d %H:%M}　共 {frame.height} 行",
                writer.Format(),
            ),
        ],
    )
    return target.getvalue()


def _series(name: str, column: Sequence[Cell]) -> pl.Series:
    if column and all(cell is None or type(cell) is int for cell in column):
        return pl.Series(name, column, dtype=pl.Int64)
    if column and all(cell is None or type(cell) in {int, float} for cell in column):
        return pl.Series(name, column, dtype=pl.Float64)
    return pl.Series(name, [None if cell is None else str(cell) for cell in column], dtype=pl.String)


def _distinct(headers: Sequence[str]) -> list[str]:
    """Return headers that differ, since two columns may say the same."""
    seen: dict[str, int] = {}
    names = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        names.append(header if seen[header] == 1 else f"{header}（{seen[header]}）")
    return names


def _width(header: str, column: Sequence[Cell]) -> float:
    longest = max((_shown_length(str(cell)) for cell in column[:200] if cell is not None), default=0)
    return min(max(float(max(longest, _shown_length(header))) + 2, _NARROWEST), _WIDEST)


def _shown_length(text: str) -> int:
    return len(text) + sum(ord(letter) > 0x2E7F for letter in text)  # noqa: PLR2004 - Chinese takes two places


def _sheet_title(title: str) -> str:
    return (
        "".join("_" if letter in "[]:*?/\\'" else letter for letter in title)[:_LONGEST_SHEET_TITLE] or "导出"
    )
