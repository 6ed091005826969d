"""A rule's condition in Chinese, as an indented list of lines (规则条件)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from zhiping.core.policybook import PolicyBook
from zhiping.core.policybook.conditions import (
    Against,
    AllOf,
    AnyOf,
    Call,
    Compare,
    Condition,
    Count,
    Each,
    Fixed,
    FromFact,
    FromParameter,
    InPeriod,
    InSpan,
    Not,
)
from zhiping.core.policybook.messages import OPERATORS
from zhiping.core.policybook.model import FactDeclaration
from zhiping.core.policybook.verdict import shown_value
from zhiping.core.policybook.wording import operator_of
from zhiping.kernel.place import Place
from zhiping.portals.law_values import shown

PREDICATES: Mapping[str, str] = {"entry_condition_met": "所选申报条件的各项要求逐一满足"}
_SPAN_UNITS = {"day": "天", "month": "个月", "year": "年"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a condition: how deep, what it says, which parameter it reads."""

    depth: int
    text: str
    parameter: str = ""
    wording: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads conditions with the vocabulary of a policy book, at a place on a day.

    Inside rows (`rows` names the fact) a name means the row's field first, as the engine reads it.
    """

    book: PolicyBook
    place: Place
    on: date
    rows: str = ""

    def lines(self, condition: Condition, depth: int = 0) -> Iterator[Line]:
        """Yield the lines of a condition, outermost first."""
        match condition:
            case AllOf(parts=parts):
                yield Line(depth=depth, text="同时满足：")
                for part in parts:
                    yield from self.lines(part, depth + 1)
            case AnyOf(parts=parts):
                yield Line(depth=depth, text="至少满足一项：")
                for part in parts:
                    yield from self.lines(part, depth + 1)
            case Not(part=part):
                yield Line(depth=depth, text="不得有：")
                yield from self.lines(part, depth + 1)
            case Each(of=of, condition=inner):
                yield Line(depth=depth, text=f"“{self._label(of)}”中的每一项：")
                yield from replace(self, rows=of).lines(inner, depth + 1)
            case Count(of=of, where=where):
                yield self._count(condition, of, depth)
                if where is not None:
                    yield from replace(self, rows=of).lines(where, depth + 1)
            case _:
                yield self._leaf(condition, depth)

    def _count(self, condition: Count, of: str, depth: int) -> Line:
        suffix = "，其中只计：" if condition.where is not None else ""
        return self._against(
            f"“{self._label(of)}”的数量", condition.operator.value, condition.against, depth, suffix
        )

    def _leaf(self, condition: Condition, depth: int) -> Line:
        match condition:
            case Compare(fact=fact, operator=operator, against=None):
                return Line(depth=depth, text=f"{self._label(fact)}：{OPERATORS[operator.value]}")
            case Compare(fact=fact, operator=operator, against=against) if against is not None:
                return self._against(self._label(fact), operator.value, against, depth, fact=fact)
            case InPeriod(fact=fact, start=start, end=end):
                until = f"，早于 {shown_value(end, None)}" if end else ""
                return Line(depth=depth, text=f"{self._label(fact)}不早于 {shown_value(start, None)}{until}")
            case InSpan(fact=fact, anchor=anchor, is_after=is_after, length=length, unit=unit):
                value, parameter, wording = self._value(length)
                side = "之后" if is_after else "之前"
                length_text = f"{value} {_SPAN_UNITS.get(unit, unit)}以内"
                text = f"{self._label(fact)}在“{self._label(anchor)}”{side} {length_text}"
                return Line(depth=depth, text=text, parameter=parameter, wording=wording)
            case Call(predicate=predicate):
                return Line(depth=depth, text=PREDICATES.get(predicate, "按专门的判定程序核对"))
            case _:
                raise TypeError(condition)

    def _against(
        self, subject: str, operator: str, against: Against, depth: int, suffix: str = "", *, fact: str = ""
    ) -> Line:
        value, parameter, wording = self._value(against, fact)
        known = operator_of(wording) if operator == "as_worded" and wording else None
        word = OPERATORS.get(known.value if known else operator, "按原文比较")
        return Line(
            depth=depth, text=f"{subject}{word} {value}{suffix}", parameter=parameter, wording=wording
        )

    def _value(self, against: Against, fact: str = "") -> tuple[str, str, str]:
        match against:
            case FromParameter(id=parameter):
                found = self.book.resolve(parameter, place=self.place, on=self.on)
                declared = self.book.parameters[parameter]
                if found is None:
                    return f"“{declared.label}”（当地当日没有取值）", parameter, ""
                return self._in_words(found.value, declared.unit, fact), parameter, found.wording
            case Fixed(value=value):
                return shown_value(value, self.declaration(fact)), "", ""
            case FromFact(name=name):
                return f"“{self._label(name)}”", "", ""

    def _in_words(self, value: object, unit: str, fact: str) -> str:
        """Return a value with its unit, or codes as the fact that is compared calls them."""
        is_code = isinstance(value, str) or (isinstance(value, tuple) and isinstance(value[0], str))
        return shown_value(value, self.declaration(fact)) if is_code else shown(value, unit)

    def declaration(self, name: str) -> FactDeclaration | None:
        """Return what a name means here: a field of the rows, a fact, or else any row's field."""
        own = self.book.facts[self.rows].field(name) if self.rows in self.book.facts else None
        if own is not None:
            return own
        if name in self.book.facts:
            return self.book.facts[name]
        found = (fact.field(name) for fact in self.book.facts.values())
        return next((one for one in found if one is not None), None)

    def _label(self, name: str) -> str:
        found = self.declaration(name)
        return found.label if found else {"day": "判定依据日", "place": "地区"}.get(name, name)


def given_facts(book: PolicyBook, given: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the facts of a case as (label, value), in Chinese."""
    reader = Reader(book=book, place=Place("CN"), on=date.min)
    shown = []
    for name, value in given.items():
        if name in {"place", "day"}:
            continue
        declaration = reader.declaration(name)
        if isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value):
            inside = replace(reader, rows=name)
            text = "；".join(_row(inside, part) for part in value if isinstance(part, Mapping))
        else:
            text = shown_value(value, declaration)
        shown.append((declaration.label if declaration else name, text))
    return shown


def _row(reader: Reader, row: Mapping[str, object]) -> str:
    parts = []
    for name, value in row.items():
        declaration = reader.declaration(name)
        parts.append(f"{declaration.label if declaration else name} {shown_value(value, declaration)}")
    return "，".join(parts)
