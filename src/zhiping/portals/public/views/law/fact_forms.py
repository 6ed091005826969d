"""A form for the facts that rules read (填写事实): made from their declarations, read back into their types.

What is left empty is missing, and stays missing: it never becomes "no", zero or an empty list.
"""

import csv
import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict
from django.utils.html import format_html

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import PolicyBook
from zhiping.core.policybook.messages import UNITS
from zhiping.core.policybook.model import FactDeclaration, FactType
from zhiping.portals.law_values import MORE_UNITS
from zhiping.portals.public.views.law.asked import LAST_DAY

MOST_ROWS, MOST_LINES, MOST_TEXT, MOST_PASTED = 30, 500, 200, 60_000
MOST_DIGITS = 12
ENTRY_CONDITION = "entry_condition"
"""The one fact whose values are the rows of a list: it is chosen, not typed."""

_FIRST_DAY = date(1900, 1, 1)
_NONE = "-"
_NOTHING = "无"
_INSIDE = re.compile(r"[a-z]+_[a-z_]+|\.(?:csv|yaml)\b")
_WHOLE = re.compile(r"-?\d+\Z")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z")
_FLAGS = {"yes": True, "no": False, "是": True, "否": False, "true": True, "false": False}
_UNITS = {**UNITS, **MORE_UNITS}

SENTENCES: Mapping[str, str] = {
    "whole": "“{value}”不是整数。请填不带小数的数字，如 300。",
    "decimal": "“{value}”不是数。请填数字，如 62.5。",
    "digits": "“{value}”位数太多，请核对。",
    "negative": "“{value}”小于 0。{label}不会是负数，请核对。",
    "day": "“{value}”不是日期。请写成 2021-03-01 这样的格式。",
    "day_range": "“{value}”不在 1900 年至 2099 年之间，请核对年份。",
    "flag": "“{value}”不是“是”或“否”。不知道的请留空。",
    "choice": "“{value}”不在可选之列。可选：{allowed}。",
    "long": "内容有 {count} 个字，最多 {most} 个字，请精简。",
    "none_and_more": "选了“以上都没有”，又选了其他项。请只留一种。",
    "rows_and_none": "声明了没有任何一行，下面却填了内容。请去掉其中一种。",
    "rows_and_pasted": "表格和粘贴框都填了内容。请只用一种。",
    "header": "第一行应为列名。可用的列名：{columns}。没有认出的列名：{unknown}。",
    "header_twice": "列名“{column}”出现了两次，请只留一个。",
    "line": "第 {line} 行“{column}”：{reason}",
    "line_long": "第 {line} 行有 {count} 格，列名只有 {columns} 个。请补上列名或去掉多余的格。",
    "lines": "共 {count} 行，最多 {most} 行，请分批填写。",
}


def parse(declaration: FactDeclaration, written: str) -> object:
    """Return the value of one cell in its declared type; None where nothing is written.

    Refuses:
        ValidationError: with a sentence that says what to write instead.
    """
    text = unicodedata.normalize("NFKC", written).strip()
    if not text:
        return None
    most = MOST_TEXT if declaration.type is not FactType.TEXTS else MOST_TEXT * 10
    if len(text) > most:
        raise _wrong("long", count=len(text), most=most)
    return _PARSERS[declaration.type](declaration, text)


def _wrong(code: str, **facts: object) -> ValidationError:
    return ValidationError(SENTENCES[code].format(**facts), code=code)


def _whole(declaration: FactDeclaration, text: str) -> int:
    bare = text.replace(",", "")
    if not _WHOLE.match(bare):
        raise _wrong("whole", value=text)
    if len(bare) > MOST_DIGITS:
        raise _wrong("digits", value=text)
    number = int(bare)
    if number < 0:
        raise _wrong("negative", value=text, label=declaration.label)
    return number


def _decimal(declaration: FactDeclaration, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "").removesuffix("%"))
    except InvalidOperation:
        raise _wrong("decimal", value=text) from None
    if not number.is_finite():
        raise _wrong("decimal", value=text)
    if len(text) > MOST_DIGITS or abs(number.adjusted()) > MOST_DIGITS:
        raise _wrong("digits", value=text)
    if number < 0:
        raise _wrong("negative", value=text, label=declaration.label)
    return number


def _day(_: FactDeclaration, text: str) -> date:
    found = _DAY.match(text)
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise _wrong("day", value=text)
    if not _FIRST_DAY <= day <= LAST_DAY:
        raise _wrong("day_range", value=text)
    return day


def _flag(_: FactDeclaration, text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise _wrong("flag", value=text)
    return _FLAGS[text.lower()]


def _text(declaration: FactDeclaration, text: str) -> str:
    if not declaration.allowed:
        return text
    codes = {declaration.values_labels.get(code, code): code for code in declaration.allowed}
    if text in declaration.allowed:
        return text
    if text not in codes:
        raise _wrong("choice", value=text, allowed="、".join(codes))
    return codes[text]


def _texts(_: FactDeclaration, text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.splitlines() if part.strip())
    return () if parts == (_NOTHING,) else parts


_PARSERS: Mapping[FactType, Any] = {
    FactType.WHOLE: _whole,
    FactType.DECIMAL: _decimal,
    FactType.DAY: _day,
    FactType.FLAG: _flag,
    FactType.TEXT: _text,
    FactType.TEXTS: _texts,
}


# fields ------------------------------------------------------------------------------------------


class FactField(forms.CharField):
    """One fact, written as text; nothing written is None."""

    def __init__(self, declaration: FactDeclaration, **kwargs: Any) -> None:
        """Take label, unit and note from the declaration."""
        self.declaration = declaration
        super().__init__(required=False, strip=False, help_text=_hint(declaration), **kwargs)

    def clean(self, value: Any) -> object:
        """Return the fact in its type."""
        return parse(self.declaration, value or "")


class TextsField(forms.MultipleChoiceField):
    """Several out of a closed list; none ticked is missing, `以上都没有` is an empty list."""

    def __init__(self, declaration: FactDeclaration, **kwargs: Any) -> None:
        """Offer what is allowed, and that there is none of it."""
        choices = [(code, declaration.values_labels.get(code, code)) for code in declaration.allowed]
        super().__init__(
            choices=[*choices, (_NONE, "以上都没有")],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_hint(declaration, "一项也不勾选，就是“未提供”。"),
            error_messages={"invalid_choice": "“%(value)s”不在可选之列，请重新勾选。"},
            **kwargs,
        )

    def clean(self, value: Any) -> tuple[str, ...] | None:
        """Return the ticked codes in the order in which they were sent."""
        ticked = super().clean(value)
        if _NONE in ticked and len(ticked) > 1:
            raise _wrong("none_and_more")
        if not ticked:
            return None
        return tuple(code for code in dict.fromkeys(ticked) if code != _NONE)


def _hint(declaration: FactDeclaration, more: str = "") -> str:
    unit = _UNITS.get(declaration.unit, "")
    parts = (f"单位：{unit}。" if unit else "", plain_note(declaration.note), more)
    return "".join(part for part in parts if part)


def plain_note(note: str) -> str:
    """Return a note without the sentences that speak of files and names inside the program."""
    sentences = re.findall(r"[^；。]+[；。]?", note)
    kept = "".join(one for one in sentences if not _INSIDE.search(one))
    return f"{kept[:-1]}。" if kept.endswith("；") else kept


def _field(declaration: FactDeclaration, *, label: str = "") -> forms.Field:
    named = {"label": label or declaration.label}
    if declaration.type is FactType.TEXTS and declaration.allowed:
        return TextsField(declaration, **named)
    return FactField(declaration, widget=_widget(declaration), **named)


def _widget(declaration: FactDeclaration) -> forms.Widget:
    keyboard = {FactType.WHOLE: "numeric", FactType.DECIMAL: "decimal"}.get(declaration.type, "text")
    match declaration.type:
        case FactType.FLAG:
            return forms.RadioSelect(choices=[("", "未提供"), ("yes", "是"), ("no", "否")])
        case FactType.TEXT if declaration.name == ENTRY_CONDITION:
            return forms.Select(choices=[("", "未提供"), *_entry_conditions(law())])
        case FactType.TEXT if declaration.allowed:
            labelled = [(code, declaration.values_labels.get(code, code)) for code in declaration.allowed]
            return forms.Select(choices=[("", "未提供"), *labelled])
        case FactType.TEXTS:
            return forms.Textarea(attrs={"rows": 3, "placeholder": "每行一项；确认没有的，填“无”"})
        case FactType.DAY:
            return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        case _:
            return forms.TextInput(attrs={"inputmode": keyboard, "autocomplete": "off"})


@functools.lru_cache(maxsize=2)
def _entry_conditions(book: PolicyBook) -> tuple[tuple[str, str], ...]:
    """Return the conditions of entry to choose from, each in the words of its clause."""
    rows = book.catalogue("entry_conditions").rows
    return tuple(
        (row["condition"], f"{row['condition']}　{book.clauses[row['clause']].summary}") for row in rows
    )


# the form ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPart:
    """What the page needs to draw one list of rows."""

    name: str
    label: str
    note: str
    rows: Sequence[Sequence[BoundField]]
    none: BoundField
    pasted: BoundField
    columns: str
    can_grow: bool


class FactForm(forms.Form):
    """The facts that some rules read, each in a field of its type; `facts` gives them typed."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        declarations: Sequence[FactDeclaration],
        clauses: Mapping[str, str],
        one_more: str = "",
    ) -> None:
        """Make a field for each fact, and for each field of each row; `one_more` names a list that grows."""
        super().__init__(data)
        self.declarations, self.clauses = declarations, clauses
        self._counts: dict[str, int] = {}
        for one in declarations:
            if one.type is FactType.ROWS:
                self._add_rows(one, _rows_in(data, one.name) + (one.name == one_more))
            else:
                self.fields[one.name] = _field(one)

    def _add_rows(self, one: FactDeclaration, count: int) -> None:
        self._counts[one.name] = count = min(max(count, 1), MOST_ROWS)
        self.fields[f"{one.name}.none"] = forms.BooleanField(label="确认没有任何一行", required=False)
        for index in range(count):
            for field in one.fields:
                label = format_html(
                    '{}<span class="law-row-mark">（第 {} 行）</span>', field.label, index + 1
                )
                self.fields[f"{one.name}.{index}.{field.name}"] = _field(field, label=label)
        self.fields[f"{one.name}.pasted"] = forms.CharField(
            label=f"粘贴“{one.label}”的表格",
            required=False,
            max_length=MOST_PASTED,
            widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            help_text="从电子表格中连同列名一起复制过来，或粘贴 CSV。列名："
            + "、".join(field.label for field in one.fields)
            + "。",
            error_messages={"max_length": f"粘贴的内容超过 {MOST_PASTED} 个字，请分批填写。"},
        )

    def clean(self) -> dict[str, Any]:
        """Bring rows together; refuse two ways of giving the same list."""
        cleaned: dict[str, Any] = super().clean() or {}
        for one in self.declarations:
            if one.type is FactType.ROWS:
                cleaned[one.name] = self._rows_of(one, cleaned)
        return cleaned

    def _rows_of(self, one: FactDeclaration, cleaned: Mapping[str, Any]) -> tuple[dict[str, Any], ...] | None:
        pasted, none = cleaned.get(f"{one.name}.pasted", ""), cleaned.get(f"{one.name}.none", False)
        rows = [
            {field.name: value for field in one.fields
             if (value := cleaned.get(f"{one.name}.{index}.{field.name}")) is not None}
            for index in range(self._counts[one.name])
        ]  # fmt: skip
        typed = tuple(row for row in rows if row)
        if none and (typed or pasted.strip()):
            self.add_error(f"{one.name}.none", SENTENCES["rows_and_none"])
        if typed and pasted.strip():
            self.add_error(f"{one.name}.pasted", SENTENCES["rows_and_pasted"])
        elif pasted.strip():
            return self._pasted(one, pasted)
        return () if none else typed or None

    def _pasted(self, one: FactDeclaration, text: str) -> tuple[dict[str, Any], ...] | None:
        try:
            return read_pasted(one, text)
        except ValidationError as error:
            self.add_error(f"{one.name}.pasted", error)
            return None

    @property
    def facts(self) -> dict[str, object]:
        """Return the facts that were given, typed; the missing ones are not in it."""
        given = {one.name: self.cleaned_data.get(one.name) for one in self.declarations}
        return {name: value for name, value in given.items() if value is not None}

    # for the page --------------------------------------------------------------------------------

    @property
    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """Return the plain fields in groups: numbers and choices, yes or no, lists to tick."""
        kinds = {
            "数值与选项": {FactType.WHOLE, FactType.DECIMAL, FactType.TEXT, FactType.DAY},
            "是与否": {FactType.FLAG},
            "清单": {FactType.TEXTS},
        }
        found = [
            (legend, [self[one.name] for one in self.declarations if one.type in types])
            for legend, types in kinds.items()
        ]
        return [(legend, fields) for legend, fields in found if fields]

    @property
    def row_parts(self) -> list[RowsPart]:
        """Return the lists of rows."""
        return [
            RowsPart(
                name=one.name,
                label=one.label,
                note=one.note,
                rows=[
                    [self[f"{one.name}.{index}.{field.name}"] for field in one.fields]
                    for index in range(self._counts[one.name])
                ],
                none=self[f"{one.name}.none"],
                pasted=self[f"{one.name}.pasted"],
                columns="、".join(field.label for field in one.fields),
                can_grow=self._counts[one.name] < MOST_ROWS,
            )
            for one in self.declarations
            if one.type is FactType.ROWS
        ]


def _rows_in(data: QueryDict | None, name: str) -> int:
    """Return how many rows of a list the data carry."""
    pattern = re.compile(rf"{re.escape(name)}\.(\d{{1,3}})\.")
    found = [int(match[1]) for key in data or () if (match := pattern.match(key))]
    return max(found, default=-1) + 1


def read_pasted(declaration: FactDeclaration, text: str) -> tuple[dict[str, Any], ...]:
    """Return the rows of a pasted table; its first line names the columns, by label or by name.

    Refuses:
        ValidationError: with every cell that does not fit, by line and column.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) - 1 > MOST_LINES:
        raise _wrong("lines", count=len(lines) - 1, most=MOST_LINES)
    delimiter = "\t" if "\t" in lines[0] else ","
    normal = [line if delimiter == "\t" else line.replace("，", ",") for line in lines]
    header, *body = csv.reader(normal, delimiter=delimiter)
    columns = _columns(declaration, header)
    problems: list[ValidationError] = []
    rows = [
        {field.name: value for field, value in _cells(columns, cells, number, problems)}
        for number, cells in enumerate(body, start=2)
    ]
    if problems:
        raise ValidationError(problems)
    return tuple(row for row in rows if row)


def _columns(declaration: FactDeclaration, header: Sequence[str]) -> list[FactDeclaration]:
    known = {field.label: field for field in declaration.fields}
    known |= {field.name: field for field in declaration.fields}
    names = [unicodedata.normalize("NFKC", name).strip() for name in header]
    unknown = [name or "（空）" for name in names if name not in known]
    if unknown:
        labels = "、".join(field.label for field in declaration.fields)
        raise _wrong("header", columns=labels, unknown="、".join(unknown))
    columns = [known[name] for name in names]
    for index, one in enumerate(columns):
        if one in columns[:index]:
            raise _wrong("header_twice", column=one.label)
    return columns


def _cells(
    columns: Sequence[FactDeclaration], cells: Sequence[str], line: int, problems: list[ValidationError]
) -> Iterator[tuple[FactDeclaration, object]]:
    if len(cells) > len(columns):
        problems.append(_wrong("line_long", line=line, count=len(cells), columns=len(columns)))
        return
    for column, cell in zip(columns, cells, strict=False):
        try:
            value = parse(column, cell)
        except ValidationError as error:
            problems.append(_wrong("line", line=line, column=column.label, reason=error.message))
            continue
        if value is not None:
            yield column, value


# facts as a query --------------------------------------------------------------------------------


def query_of(book: PolicyBook, facts: Mapping[str, object]) -> str:
    """Return typed facts as the query string that the form reads back to the same facts."""
    return urlencode([pair for name, value in facts.items() for pair in _pairs(book.facts[name], value)])


def _pairs(declaration: FactDeclaration, value: object) -> Iterator[tuple[str, str]]:
    name = declaration.name
    if value is None:
        return
    if declaration.type is FactType.ROWS and isinstance(value, tuple):
        if not value:
            yield f"{name}.none", "on"
        for index, row in enumerate(value):
            for field in declaration.fields:
                for key, written in _pairs(field, row.get(field.name)):
                    yield f"{name}.{index}.{key}", written
    elif isinstance(value, tuple) and declaration.allowed:
        yield from ((name, code) for code in value or (_NONE,))
    elif isinstance(value, tuple):
        yield name, "\n".join(value) if value else _NOTHING
    elif isinstance(value, bool):
        yield name, "yes" if value else "no"
    else:
        yield name, str(value)
