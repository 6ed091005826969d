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
    raw = _texts(body, known)
    numbers = [index for index, row in enumerate(zip(*raw.values(), strict=True)) if any(row)]
    if not numbers:
        raise FileEmptyError(header_row=header.row + 1)
    first_number = header.row + 2
    cells = {name: [texts[index] for index in numbers] for name, texts in raw.items()}
    written = body.select(pl.nth(list(known.values())).fill_null("")).rows()
    problems: dict[int, list[Problem]] = defaultdict(list)
    columns = {
        field.name: _read_column(field, cells.get(field.name, [None] * len(numbers)), problems)  # 3
        for field in sheet.fields
    }
    _find_destroyed_numbers(sheet, header, cells, numbers, columns, problems)  # 4
    cleans = _settle(sheet, columns, cells, problems)  # 5
    _find_repeats(sheet, cleans, [first_number + index for index in numbers], problems)  # 6
    counted = [field.name for field in sheet.fields if field.in_fingerprint]
    rows = tuple(
        RosterRow(
            number=first_number + index,
            raw=dict(zip(known, written[index], strict=True)),
            clean=clean,
            problems=_in_column_order(sheet, problems.get(position, ())),
            fingerprint=_fingerprint(counted, clean),
        )
        for position, (index, clean) in enumerate(zip(numbers, cleans, strict=True))
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


def _texts(body: pl.DataFrame, known: Mapping[str, int]) -> dict[str, list[str | None]]:
    cleaned = body.select(normalised(pl.nth(index)).alias(name) for name, index in known.items())
    return {name: cleaned.get_column(name).to_list() for name in known}


def _read_column(
    field: Field, texts: Sequence[str | None], problems: dict[int, list[Problem]]
) -> list[Value]:
    """Return the column's values; what was refused goes into problems by the row's position."""
    read = {text: _read_cell(field, text) for text in set(texts) if text is not None}
    values: list[Value] = []
    for position, text in enumerate(texts):
        value = None if text is None else read[text]
        if isinstance(value, Refused):
            problems[position].append(
                Problem(field=field.name, code=value.code, value=text or "", facts=value.facts)
            )
            value = None
        elif text is None and field.required:
            problems[position].append(Problem(field=field.name, code="roster.missing"))
        values.append(value)
    return values


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
        quantities = header.table.number_rows(header.columns[field.name]) if suspects else frozenset()
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


def _fingerprint(names: Sequence[str], clean: Clean) -> str:
    """Return the digest of a row's clean values.

    Scores are read with exactly one decimal, so equal values always show the same.
    """
    return hashlib.sha256(repr([clean[name] for name in names]).encode()).hexdigest()


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
