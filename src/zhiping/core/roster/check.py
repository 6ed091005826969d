"""Read a file as a sheet and judge every row (读取与核验).

The steps, each over whole columns:

1. open the file as tables of texts;
2. find the table and the row that carry the sheet's header;
3. normalise and read every distinct cell once;
4. numbers that a spreadsheet destroyed;
5. per row: what is missing, what does not fit together;
6. what two rows must not share;
7. digests.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from zhiping.core.roster.errors import FileEmptyError
from zhiping.core.roster.headers import LISTS_TITLE, Header, find_header
from zhiping.core.roster.reading import normalised
from zhiping.core.roster.sheet import (
    Clean,
    Field,
    Notice,
    Problem,
    Refused,
    Roster,
    RosterRow,
    Sheet,
    Value,
)
from zhiping.core.roster.workbook import STANDARD_LIMITS, Limits, Upload, open_upload

_SPREADSHEET_PRECISION = 15
"""A spreadsheet keeps this many digits of a quantity and writes zeros after them."""


def read_and_check(data: bytes, sheet: Sheet, *, limits: Limits = STANDARD_LIMITS) -> Roster:
    """Read a file as a sheet and judge every row (读取与核验名册).

    Bad rows never stop the good ones; every bad row carries all its problems. The same bytes and
    sheet give the same roster.

    Refuses:
        RosterFileError: the file as a whole; see `open_upload` and `find_header`.
        FileEmptyError: there is no row under the header.
    """
    upload = open_upload(data, limits=limits)  # 1
    header = find_header(upload, sheet)  # 2
    body = header.table.frame.slice(header.row + 1)
    known = {field.name: header.columns[field.name] for field in sheet.fields if field.name in header.columns}
    read = {name: _read_distinct(sheet.field(name), body.to_series(place)) for name, place in known.items()}
    is_filled = np.zeros(body.height, dtype=bool)
    for column in read.values():
        is_filled |= column.is_filled
    numbers = np.flatnonzero(is_filled).tolist()
    if not numbers:
        raise FileEmptyError(header_row=header.row + 1)
    first_number = header.row + 2
    cells: dict[str, list[str | None]] = {}
    problems: dict[int, list[Problem]] = defaultdict(list)
    columns: dict[str, list[Value]] = {}
    shown: dict[str, list[str]] = {}
    for field in sheet.fields:
        column = read.get(field.name, _NO_COLUMN)
        cells[field.name], columns[field.name], shown[field.name] = column.at(numbers)
        _collect_problems(field, column, cells[field.name], problems)  # 3
    _find_destroyed_numbers(sheet, header, cells, numbers, columns, problems)  # 4
    cleans = _settle(sheet, columns, cells, problems)  # 5
    row_numbers = [first_number + index for index in numbers]
    _find_repeats(sheet, cleans, row_numbers, problems)  # 6
    fingerprints = _fingerprints(sheet, cleans, columns, shown)
    names = tuple(known)
    written = zip(*(read[name].written_at(numbers) for name in names), strict=True)
    nothing: tuple[Problem, ...] = ()
    rows = tuple(
        RosterRow(
            number=number,
            raw=dict(zip(names, texts, strict=True)),
            clean=clean,
            problems=_in_column_order(sheet, problems[position]) if position in problems else nothing,
            fingerprint=fingerprint,
        )
        for position, (number, texts, clean, fingerprint) in enumerate(
            zip(row_numbers, written, cleans, fingerprints, strict=True)
        )
    )
    return Roster(
        sheet=sheet,
        sheet_title=header.table.title,
        header_row=header.row + 1,
        rows=rows,
        notices=_notices(upload, header),
        file_digest=hashlib.sha256(data).hexdigest(),
        content_digest=hashlib.sha256("".join(sorted(row.fingerprint for row in rows)).encode()).hexdigest(),
        columns=dict(header.columns),
    )


@dataclass(frozen=True, slots=True)
class _Column:
    """A column by its distinct cells: each is normalised, read and shown once."""

    places: np.ndarray[tuple[int], np.dtype[np.int64]]
    """Row of the body → place of its cell among the distinct ones; place 0 is the empty cell."""
    is_filled: np.ndarray[tuple[int], np.dtype[np.bool_]]
    written: list[str]
    texts: list[str | None]
    read: list[Value | Refused]

    def at(self, numbers: Sequence[int]) -> tuple[list[str | None], list[Value], list[str]]:
        """Return texts, values (None where refused) and shown values of the rows."""
        if not len(self.places):
            return [None] * len(numbers), [None] * len(numbers), ["None"] * len(numbers)
        values = [None if isinstance(value, Refused) else value for value in self.read]
        shown = [repr(value) for value in values]
        places = self.places[numbers].tolist()
        return (
            [self.texts[place] for place in places],
            [values[place] for place in places],
            [shown[place] for place in places],
        )

    def written_at(self, numbers: Sequence[int]) -> list[str]:
        """Return the cells of the rows as written."""
        return [self.written[place] for place in self.places[numbers].tolist()]


_NO_COLUMN = _Column(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_), [""], [None], [None])


def _read_distinct(field: Field, cells: pl.Series) -> _Column:
    """Return a column with every distinct cell read once."""
    if cells.null_count() == len(cells):
        nothing = np.zeros(len(cells), dtype=np.int64)
        return _Column(nothing, nothing.astype(np.bool_), [""], [None], [None])
    distinct = cells.drop_nulls().unique(maintain_order=True)
    texts = [None, *distinct.to_frame("cell").select(normalised(pl.col("cell"))).to_series().to_list()]
    places = (
        cells.replace_strict(
            distinct, pl.Series(range(1, len(distinct) + 1)), default=0, return_dtype=pl.Int64
        )
        .fill_null(0)
        .to_numpy()
    )
    by_text: dict[str | None, Value | Refused] = {None: None}
    for text in texts:
        if text not in by_text:
            by_text[text] = _read_cell(field, str(text))
    is_text = np.array([text is not None for text in texts], dtype=np.bool_)
    return _Column(
        places, is_text[places], ["", *distinct.to_list()], texts, [by_text[text] for text in texts]
    )


def _collect_problems(
    field: Field, column: _Column, cells: Sequence[str | None], problems: dict[int, list[Problem]]
) -> None:
    """Put what was refused, and what is required and missing, into problems by the row's position."""
    refused = {
        text: value
        for text, value in zip(column.texts, column.read, strict=True)
        if isinstance(value, Refused)
    }
    if refused:
        for position, text in enumerate(cells):
            if text in refused:
                why = refused[text]
                problems[position].append(
                    Problem(field=field.name, code=why.code, value=text or "", facts=why.facts)
                )
    if field.required and None in cells:
        for position, text in enumerate(cells):
            if text is None:
                problems[position].append(Problem(field=field.name, code="roster.missing"))


def _read_cell(field: Field, text: str) -> Value | Refused:
    value = field.read(text)
    if isinstance(value, Refused) or field.check is None:
        return value
    return field.check(value) or value


def _find_destroyed_numbers(
    sheet: Sheet,
    header: Header,
    cells: Mapping[str, Sequence[str | None]],
    numbers: Sequence[int],
    columns: dict[str, list[Value]],
    problems: dict[int, list[Problem]],
) -> None:
    """Refuse long numbers stored as quantities: their last digits are gone, whatever is shown.

    Being a number that a quantity can hold is only a suspicion, which one number in a hundred
    meets by chance; the type of the cell in the workbook is the proof.
    """
    for field in sheet.fields:
        texts = cells.get(field.name, ()) if field.is_long_number else ()
        suspects = [(position, text) for position, text in enumerate(texts) if text and _fits_quantity(text)]
        if not suspects:
            continue
        places = frozenset(header.row + 1 + numbers[position] for position, _ in suspects)
        quantities = header.table.number_rows(header.columns[field.name], among=places)
        for position, text in suspects:
            if header.row + 1 + numbers[position] in quantities:
                problems[position] = [each for each in problems[position] if each.field != field.name]
                problems[position].append(Problem(field=field.name, code="roster.digits_lost", value=text))
                columns[field.name][position] = None


def _fits_quantity(text: str) -> bool:
    """Tell whether a long number could have come out of a spreadsheet's quantity."""
    if len(text) <= _SPREADSHEET_PRECISION or not (text.isascii() and text.isdecimal()):
        return False
    return not text[_SPREADSHEET_PRECISION:].strip("0") or int(float(text)) == int(text)


def _settle(
    sheet: Sheet,
    columns: Mapping[str, Sequence[Value]],
    cells: Mapping[str, Sequence[str | None]],
    problems: dict[int, list[Problem]],
) -> list[Clean]:
    names = tuple(columns)
    cleans: list[Clean] = []
    for position, values in enumerate(zip(*columns.values(), strict=True)):
        clean, found = sheet.settle(dict(zip(names, values, strict=True)))
        cleans.append(clean)
        # a cell that could not be read is not blamed a second time for not fitting
        unread = {problem.field for problem in problems[position]} if position in problems else set()
        for problem in found:
            if problem.field not in unread:
                text = cells[problem.field][position] if problem.field in cells else None
                problems[position].append(
                    problem if problem.value or text is None else _with_value(problem, text)
                )
    return cleans


def _with_value(problem: Problem, text: str) -> Problem:
    return Problem(
        field=problem.field, code=problem.code, value=text, clause=problem.clause, facts=problem.facts
    )


def _find_repeats(
    sheet: Sheet, cleans: Sequence[Clean], numbers: Sequence[int], problems: dict[int, list[Problem]]
) -> None:
    """Report every row that shares a unique group of values with another, on all of them."""
    for group in sheet.unique:
        positions = defaultdict(list)
        for position, clean in enumerate(cleans):
            key = tuple(clean[name] for name in group)
            if None not in key:
                positions[key].append(position)
        for key, same in positions.items():
            for position in same if len(same) > 1 else ():
                others = "、".join(str(numbers[other]) for other in same if other != position)
                problems[position].append(
                    Problem(field=group[0], code="roster.repeated", value=str(key[0]), facts={"rows": others})
                )


def _in_column_order(sheet: Sheet, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    places = {field.name: place for place, field in enumerate(sheet.fields)}
    return tuple(sorted(problems, key=lambda problem: places.get(problem.field, -1)))


def _fingerprints(
    sheet: Sheet,
    cleans: Sequence[Clean],
    columns: Mapping[str, Sequence[Value]],
    shown: Mapping[str, list[str]],
) -> list[str]:
    """Return the digest of every row's clean values.

    A value is shown once per distinct cell, and again only where settling the row replaced it. Scores
    are read with exactly one decimal, so equal values always show the same.
    """
    digest = hashlib.sha256
    counted = [
        [
            before if (value := clean[field.name]) is read and value is not None else repr(value)
            for clean, read, before in zip(cleans, columns[field.name], shown[field.name], strict=True)
        ]
        for field in sheet.fields
        if field.in_fingerprint
    ]
    return [digest(f"[{', '.join(row)}]".encode()).hexdigest() for row in zip(*counted, strict=True)]


def _notices(upload: Upload, header: Header) -> tuple[Notice, ...]:
    notices = []
    if header.unknown:
        notices.append(Notice(code="roster.columns_unknown", facts={"headers": "、".join(header.unknown)}))
    hidden = [title for title in upload.hidden if title != LISTS_TITLE]
    if hidden:
        notices.append(Notice(code="roster.sheets_hidden", facts={"titles": "、".join(hidden)}))
    if header.other_tables:
        notices.append(Notice(code="roster.sheets_unread", facts={"titles": "、".join(header.other_tables)}))
    if header.table.hidden_rows:
        notices.append(Notice(code="roster.rows_hidden", facts={"rows": str(header.table.hidden_rows)}))
    return tuple(notices)
