"""Read a file as a sheet and judge every row (读取与核验).

The steps, each over whole columns:

1. open the file as tables of texts;
2. find the table and the row that carry the sheet's header;
3. normalise and read every distinct cell once;
4. numbers that a spreadsheet destroyed;
5. what does not fit together within a row;
6. what two rows must not share;
7. digests.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from zhiping.core.roster.errors import FileEmptyError
from zhiping.core.roster.headers import LISTS_TITLE, Header, find_header
from zhiping.core.roster.reading import normalised
from zhiping.core.roster.sheet import Field, Notice, Problem, Refused, Roster, Sheet, Value, dicts_of
from zhiping.core.roster.workbook import STANDARD_LIMITS, Limits, Upload, open_upload

_SPREADSHEET_PRECISION = 15
"""A spreadsheet keeps this many digits of a quantity and writes zeros after them."""

type Problems = dict[int, list[Problem]]
"""Problems by the place of their row."""


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
    known = [each for each in sheet.fields if each.name in header.columns]
    cells = pl.DataFrame([body.to_series(header.columns[each.name]).alias(each.name) for each in known])
    read = _read_columns(known, cells)
    filled = _filled_rows(read)
    if not filled.len():
        raise FileEmptyError(header_row=header.row + 1)
    if filled.len() < body.height:
        read = {name: column.at(filled) for name, column in read.items()}
    numbers = [header.row + 2 + place for place in filled.to_list()]
    missing = pl.Series([None], dtype=pl.String).new_from_index(0, len(numbers))
    problems: Problems = defaultdict(list)
    for each in sheet.fields:
        _collect_problems(each, read.get(each.name, _Column(missing, missing, missing)), problems)  # 3
    clean = pl.DataFrame(
        [
            read[each.name].values.alias(each.name) if each.name in read else _nothing(each, len(numbers))
            for each in sheet.fields
        ]
    )
    clean = _without_destroyed_numbers(sheet, header, read, numbers, clean, problems)  # 4
    clean = _settle(sheet, clean, read, problems)  # 5
    _find_repeats(sheet, clean, numbers, problems)  # 6
    fingerprints = _fingerprints(sheet, clean)  # 7
    content = "".join(sorted(fingerprints))
    written = [
        column.written.alias(name)
        for name, column in read.items()
        if not column.written.equals(clean[name], check_dtypes=True)
    ]
    return Roster(
        sheet=sheet,
        sheet_title=header.table.title,
        header_row=header.row + 1,
        numbers=numbers,
        clean=clean,
        known=tuple(read),
        written=pl.DataFrame(written),
        fingerprints=pl.Series("fingerprint", fingerprints, dtype=pl.String),
        problems={place: _in_column_order(sheet, problems[place]) for place in sorted(problems)},
        notices=_notices(upload, header),
        file_digest=hashlib.sha256(data).hexdigest(),
        content_digest=hashlib.sha256(content.encode()).hexdigest(),
        columns=dict(header.columns),
    )


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: cells as written, their normalised texts, their values (missing where refused)."""

    written: pl.Series
    texts: pl.Series
    values: pl.Series
    refused: Mapping[str, Refused] = field(default_factory=dict)

    def at(self, places: pl.Series) -> "_Column":
        """Return the column with some of its rows."""
        return _Column(
            self.written.gather(places), self.texts.gather(places), self.values.gather(places), self.refused
        )


def _nothing(field: Field, count: int) -> pl.Series:
    return pl.Series(field.name, [None], dtype=field.dtype).new_from_index(0, count)


def _read_columns(fields: Sequence[Field], cells: pl.DataFrame) -> dict[str, _Column]:
    """Return columns with every distinct cell read once, and those that need no reading not at all."""
    filled = [each for each in fields if cells[each.name].null_count() < cells.height]
    # 1. What is not plain, of all columns at once, normalised in one go.
    found = cells.lazy().select(_strange(each).implode() for each in filled).collect()
    strange = {each.name: found[each.name].item() for each in filled}
    everything = pl.concat([pl.Series("cell", dtype=pl.String), *strange.values()]).to_frame("cell")
    texts = everything.select(normalised(pl.col("cell"))).to_series()
    # 2. Each distinct text read once.
    start = 0
    mended: list[pl.Expr] = []
    understood: list[pl.Expr] = []
    refused: dict[str, dict[str, Refused]] = {}
    for each in filled:
        written = strange[each.name]
        own, start = texts.slice(start, len(written)), start + len(written)
        if not len(written):
            continue
        by_text = {text: _read_cell(each, text) for text in own.unique() if text is not None}
        refused[each.name] = {text: why for text, why in by_text.items() if isinstance(why, Refused)}
        values = [
            None if text is None or text in refused[each.name] else by_text[text] for text in own.to_list()
        ]
        column = pl.col(each.name)
        if not own.equals(written):
            mended.append(column.replace_strict(written, own, default=column))
        understood.append(_replaced(each, written, pl.Series(values, dtype=each.dtype)))
    # 3. Put where they belong.
    shown, clean = cells.with_columns(mended), cells.with_columns(understood)
    return {
        each.name: _Column(
            cells[each.name],
            shown[each.name],
            clean[each.name] if each in filled else _nothing(each, cells.height),
            refused.get(each.name, {}),
        )
        for each in fields
    }


def _replaced(field: Field, written: pl.Series, values: pl.Series) -> pl.Expr:
    """Return the column's values: what was read of each cell, or the cell where it needed no reading."""
    column = pl.col(field.name)
    if field.as_written:
        return column.replace_strict(written, values, default=column, return_dtype=field.dtype)
    places = pl.Series(range(len(written)), dtype=pl.UInt32)
    return pl.lit(values).gather(column.replace_strict(written, places, default=None)).alias(field.name)


def _strange(field: Field) -> pl.Expr:
    """Return the distinct cells that have to be read one by one."""
    column = pl.col(field.name).drop_nulls()
    if field.as_written and field.check is None:
        column = column.filter(~column.str.contains(rf"\A(?:{field.as_written})\z"))
    return column.unique()


def _filled_rows(read: Mapping[str, _Column]) -> pl.Series:
    """Return the places of the rows that have any text."""
    texts = [column.texts for column in read.values()]
    return pl.select(pl.any_horizontal(pl.lit(each).is_not_null() for each in texts).arg_true()).to_series()


def _collect_problems(field: Field, column: _Column, problems: Problems) -> None:
    """Put what was refused, and what is required and missing, into problems by the row's place."""
    if column.refused:
        for place in column.texts.is_in(list(column.refused)).arg_true():
            text = column.texts[place]
            why = column.refused[text]
            problems[place].append(Problem(field=field.name, code=why.code, value=text, facts=why.facts))
    if field.required and column.texts.has_nulls():
        for place in column.texts.is_null().arg_true():
            problems[place].append(Problem(field=field.name, code="roster.missing"))


def _read_cell(field: Field, text: str) -> Value | Refused:
    value = field.read(text)
    if isinstance(value, Refused) or field.check is None:
        return value
    return field.check(value) or value


def _without_destroyed_numbers(
    sheet: Sheet,
    header: Header,
    read: Mapping[str, _Column],
    numbers: Sequence[int],
    clean: pl.DataFrame,
    problems: Problems,
) -> pl.DataFrame:
    """Refuse long numbers stored as quantities: their last digits are gone, whatever is shown.

    Being a number that a quantity can hold is only a suspicion, which one number in a hundred
    meets by chance; the type of the cell in the workbook is the proof.
    """
    for each in sheet.fields:
        if not each.is_long_number or each.name not in read:
            continue
        texts = read[each.name].texts
        if texts.null_count() == len(texts):
            continue
        suspects = [place for place in _may_be_quantities(texts) if _fits_quantity(texts[place])]
        among = frozenset(numbers[place] - 1 for place in suspects)
        quantities = header.table.number_rows(header.columns[each.name], among=among) if among else among
        destroyed = [place for place in suspects if numbers[place] - 1 in quantities]
        for place in destroyed:
            problems[place] = [one for one in problems[place] if one.field != each.name]
            problems[place].append(Problem(field=each.name, code="roster.digits_lost", value=texts[place]))
        if destroyed:
            clean = clean.with_columns(clean[each.name].clone().scatter(destroyed, None))
    return clean


def _may_be_quantities(texts: pl.Series) -> pl.Series:
    """Return the places of long numbers that are not certainly too exact for a quantity.

    Numbers beyond 18 digits are for the exact look.
    """
    long = texts.str.contains(rf"^[0-9]{{{_SPREADSHEET_PRECISION + 1},}}$").fill_null(value=False)
    if not long.any():
        return pl.Series(dtype=pl.UInt32)
    exact = texts.cast(pl.Int64, strict=False)
    is_exact = (exact.cast(pl.Float64).cast(pl.Int64, strict=False) != exact).fill_null(value=False)
    ends_in_zero = texts.str.ends_with("0")
    return (long & (~is_exact | ends_in_zero)).arg_true()


def _fits_quantity(text: str) -> bool:
    """Tell whether a long number could have come out of a spreadsheet's quantity."""
    if len(text) <= _SPREADSHEET_PRECISION or not (text.isascii() and text.isdecimal()):
        return False
    return not text[_SPREADSHEET_PRECISION:].strip("0") or int(float(text)) == int(text)


def _settle(
    sheet: Sheet, clean: pl.DataFrame, read: Mapping[str, _Column], problems: Problems
) -> pl.DataFrame:
    """Return the settled columns: at once where nothing is wrong, row by row where something may be."""
    if sheet.settle_columns is None:
        settled, is_settled = clean, pl.Series([False]).new_from_index(0, clean.height)
    else:
        settled, is_settled = sheet.settle_columns(clean)
    others = (~is_settled).arg_true()
    if not others.len():
        return settled
    rows = []
    for place, values in zip(others.to_list(), dicts_of(clean[others]), strict=True):
        row, found = sheet.settle(values)
        rows.append(row)
        # a cell that could not be read is not blamed a second time for not fitting
        unread = {problem.field for problem in problems[place]} if place in problems else set()
        for problem in found:
            if problem.field not in unread:
                text = read[problem.field].texts[place] if problem.field in read else None
                problems[place].append(
                    problem if problem.value or text is None else _with_value(problem, text)
                )
    singly = pl.DataFrame(rows, schema=clean.schema, orient="row")
    order = pl.concat([is_settled.arg_true(), others]).arg_sort()
    return pl.concat([settled.filter(is_settled), singly])[order]


def _with_value(problem: Problem, text: str) -> Problem:
    return Problem(
        field=problem.field, code=problem.code, value=text, clause=problem.clause, facts=problem.facts
    )


def _find_repeats(sheet: Sheet, clean: pl.DataFrame, numbers: Sequence[int], problems: Problems) -> None:
    """Report every row that shares a unique group of values with another, on all of them."""
    for group in sheet.unique:
        keys = clean.select(group).with_row_index("place").drop_nulls()
        repeated = keys.filter(pl.struct(group).is_duplicated())
        positions = defaultdict(list)
        for row in repeated.iter_rows():
            positions[row[1:]].append(row[0])
        for key, same in positions.items():
            for place in same:
                others = "、".join(str(numbers[other]) for other in same if other != place)
                problems[place].append(
                    Problem(field=group[0], code="roster.repeated", value=str(key[0]), facts={"rows": others})
                )


def _in_column_order(sheet: Sheet, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    places = {each.name: place for place, each in enumerate(sheet.fields)}
    return tuple(sorted(problems, key=lambda problem: places.get(problem.field, -1)))


def _fingerprints(sheet: Sheet, clean: pl.DataFrame) -> list[str]:
    """Return the digest of every row's clean values.

    No clean text holds a control character, so that those between the values tell where one ends, and
    what is missing from what is written. Scores are read with exactly one decimal: equal values are equal
    texts.
    """
    texts = [
        (pl.col(each.name).list.join(",") if isinstance(each.dtype, pl.List) else pl.col(each.name))
        .cast(pl.String)
        .fill_null("\0")
        for each in sheet.fields
        if each.in_fingerprint
    ]
    rows = clean.select(pl.concat_str(texts, separator="\x1f").cast(pl.Binary)).to_series()
    digest = hashlib.sha256
    return [digest(row).hexdigest() for row in rows.to_list()]


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
