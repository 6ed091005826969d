"""Official lists of the policy folder that rules use: read and checked row by row."""

import csv
import hashlib
import io
from collections.abc import Callable, Container, Mapping

from zhiping.core.policybook.model import Catalogue, Origin
from zhiping.core.policybook.problems import ProblemList

ENTRY_CONDITIONS = "entry_conditions"
LEVELS = ("5", "4", "3", "2", "1")
TITLES = ("junior", "middle", "senior")
EDUCATIONS = (
    "none",
    "secondary_vocational",
    "senior_technical",
    "technician_class",
    "junior_college",
    "bachelor_or_above",
)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    ENTRY_CONDITIONS: (
        "condition",
        "level",
        "min_age",
        "min_work_months",
        "prior_level",
        "months_since_prior",
        "education",
        "title",
        "months_since_title",
        "clause",
    )
}
"""The catalogues whose shape the policybook relies on; others are kept as they are by whoever reads them."""


def read_catalogue(
    text: str, *, name: str, file: str, clauses: Container[str], problems: ProblemList
) -> Catalogue | None:
    """Return one catalogue; note wrong columns, cells and repeated keys."""
    reader = csv.DictReader(io.StringIO(text), strict=True)
    columns = tuple(reader.fieldnames or ())
    wanted = COLUMNS[name]
    if columns != wanted:
        problems.add(
            "catalogue_columns",
            file=file,
            line=1,
            thing=name,
            wanted=", ".join(wanted),
            found=", ".join(columns),
        )
        return None
    rows: list[Mapping[str, str]] = []
    seen: set[str] = set()
    for row in reader:
        line = reader.line_num
        cells = {column: (row[column] or "").strip() for column in wanted}
        rows.append(cells)
        for column, value in cells.items():
            fault = _fault(column, value, clauses)
            if fault:
                problems.add(
                    "catalogue_cell",
                    file=file,
                    line=line,
                    thing=cells["condition"],
                    row=line,
                    column=column,
                    value=value,
                    wanted=fault,
                )
        if cells["condition"] in seen:
            problems.add(
                "catalogue_key_repeated",
                file=file,
                line=line,
                thing=cells["condition"],
                key=cells["condition"],
            )
        seen.add(cells["condition"])
    return Catalogue(
        name=name,
        columns=columns,
        rows=tuple(rows),
        content_hash=hashlib.sha256(text.encode()).hexdigest()[:16],
        origin=Origin(file=file, line=1),
    )


def _is_whole(value: str) -> bool:
    return value.isascii() and value.isdigit()


_MAY_BE_EMPTY: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "min_age": (_is_whole, "整数"),
    "min_work_months": (_is_whole, "整数"),
    "prior_level": (lambda value: value in LEVELS, "等级 5 至 1"),
    "months_since_prior": (_is_whole, "整数"),
    "education": (
        lambda value: all(part in EDUCATIONS for part in value.split("|")),
        "学历门类，竖线分隔",
    ),
    "title": (lambda value: value in TITLES, "junior、middle 或 senior"),
    "months_since_title": (_is_whole, "整数"),
}


def _fault(column: str, value: str, clauses: Container[str]) -> str:
    """Return what the cell should have been; "" where it is right."""
    if column == "condition":
        return "" if value else "不能为空"
    if column == "level":
        return "" if value in LEVELS else "等级 5 至 1"
    if column == "clause":
        return "" if value in clauses else "已登记的条款编号"
    is_right, wanted = _MAY_BE_EMPTY[column]
    return "" if not value or is_right(value) else wanted
