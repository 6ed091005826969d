"""What binds at a place on a day (当地当日适用): documents, rules, values; what lapsed and what comes."""

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from zhiping.core.policybook import ParameterValue, PolicyBook, Rule
from zhiping.core.policybook.conditions import parameters_of
from zhiping.core.policybook.model import Document, Parameter
from zhiping.kernel.period import Period
from zhiping.kernel.place import Place

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A parameter with the value that is in force, and what it was before and will be."""

    parameter: Parameter
    value: ParameterValue | None
    lapsed: tuple[ParameterValue, ...] = ()
    coming: tuple[ParameterValue, ...] = ()

    @property
    def ends(self) -> date | None:
        """Return the first day on which the value no longer holds."""
        return self.value.period.end if self.value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question with the rules that answer it there and then.

    `replaced` are rules of a wider place (or older ones) whose place others took, with the ids of those.
    """

    question: str
    decides_on: str
    rules: tuple[Rule, ...]
    replaced: tuple[tuple[Rule, tuple[str, ...]], ...]
    lapsed: tuple[Rule, ...]
    coming: tuple[Rule, ...]

    @property
    def is_known(self) -> bool:
        """Tell whether any rule is in force."""
        return bool(self.rules)

    @property
    def was_or_will_be(self) -> bool:
        """Tell whether none is in force, but one was or will be."""
        return not self.rules and bool(self.lapsed or self.coming)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A day on which something begins or ends at a place (变动日)."""

    day: date
    begins: tuple[str, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that binds at one place on one day, and its surroundings in time."""

    place: Place
    on: date
    in_force: tuple[Document, ...]
    lapsed: tuple[Document, ...]
    coming: tuple[Document, ...]
    answers: tuple[Answer, ...]
    values: tuple[Value, ...]
    turns: tuple[Turn, ...]

    @property
    def known(self) -> tuple[Answer, ...]:
        """Return the questions that rules answer."""
        return tuple(one for one in self.answers if one.is_known)

    @property
    def unknown(self) -> tuple[Answer, ...]:
        """Return the questions for which no rule is known."""
        return tuple(one for one in self.answers if not one.is_known)

    @property
    def valued(self) -> tuple[Value, ...]:
        """Return the parameters with a value in force."""
        return tuple(one for one in self.values if one.value is not None)

    @property
    def valueless(self) -> tuple[Value, ...]:
        """Return the parameters that had a value there, or will have one, but have none that day."""
        return tuple(one for one in self.values if one.value is None and (one.lapsed or one.coming))

    @property
    def turn_before(self) -> Turn | None:
        """Return the last turn before the day."""
        return next((one for one in reversed(self.turns) if one.day < self.on), None)

    @property
    def turn_today(self) -> Turn | None:
        """Return what turns on the day itself."""
        return next((one for one in self.turns if one.day == self.on), None)

    @property
    def turn_after(self) -> Turn | None:
        """Return the first turn after the day."""
        return next((one for one in self.turns if one.day > self.on), None)

    @property
    def ended_today(self) -> tuple[Document, ...]:
        """Return the documents whose last day was the day before."""
        return tuple(one for one in self.lapsed if one.in_force.end == self.on)

    @property
    def ending_tomorrow(self) -> tuple[Document, ...]:
        """Return the documents for which it is the last day."""
        return tuple(one for one in self.in_force if one.in_force.end == self.on + DAY)


def standing(book: PolicyBook, *, place: Place, on: date) -> Standing:
    """Return what binds at a place on a day.

    Between two turns nothing changes, so it is found once for each stretch of days and kept with the book.
    """
    turned = max((one.day for one in turns(book, place=place) if one.day <= on), default=date.min)
    return replace(_standing_since(book, place, turned), on=on)


@functools.lru_cache(maxsize=256)
def _standing_since(book: PolicyBook, place: Place, turned: date) -> Standing:
    return standing_on(book, place=place, on=turned)


def standing_on(book: PolicyBook, *, place: Place, on: date) -> Standing:
    """Return what binds at a place on a day, as the engine itself resolves it; found anew each time."""
    documents = sorted(
        (one for one in book.documents.values() if one.place.contains(place)),
        key=lambda one: (-len(one.place.chain), one.issued, one.id),
    )
    return Standing(
        place=place,
        on=on,
        in_force=tuple(one for one in documents if one.in_force.covers(on)),
        lapsed=tuple(one for one in documents if _is_over(one.in_force, on)),
        coming=tuple(one for one in documents if one.in_force.start > on),
        answers=tuple(_answer(book, question, place, on) for question in book.questions),
        values=tuple(_value(book, one, place, on) for one in book.parameters.values()),
        turns=turns(book, place=place),
    )


def _answer(book: PolicyBook, question: str, place: Place, on: date) -> Answer:
    asking = [one for one in book.rules.values() if one.asks_of == question]
    own = [one for one in asking if one.judges and one.binds_at(place)]
    rules = book.rules_in_force(question, place=place, on=on)
    judging = {one.id for one in rules}
    covering = [one for one in own if one.period.covers(on)]
    taken = [one for one in covering if one.id not in judging]
    return Answer(
        question=question,
        decides_on=asking[0].decides_on,
        rules=rules,
        replaced=tuple((one, tuple(by.id for by in covering if one.id in by.replaces)) for one in taken),
        lapsed=tuple(one for one in own if _is_over(one.period, on)),
        coming=tuple(one for one in own if one.period.start > on),
    )


def _value(book: PolicyBook, parameter: Parameter, place: Place, on: date) -> Value:
    here = [one for one in parameter.values if one.place.contains(place)]
    return Value(
        parameter=parameter,
        value=book.resolve(parameter.id, place=place, on=on),
        lapsed=tuple(one for one in here if _is_over(one.period, on)),
        coming=tuple(one for one in here if one.period.start > on),
    )


def turns(book: PolicyBook, *, place: Place) -> tuple[Turn, ...]:
    """Return the days on which a document, a rule or a value begins or ends there, in order."""
    return _turns(book, place)


@functools.lru_cache(maxsize=256)
def _turns(book: PolicyBook, place: Place) -> tuple[Turn, ...]:
    begins: defaultdict[date, list[str]] = defaultdict(list)
    ends: defaultdict[date, list[str]] = defaultdict(list)
    for name, period in _periods(book, place):
        begins[period.start].append(name)
        if period.end is not None:
            ends[period.end].append(name)
    return tuple(
        Turn(day=day, begins=_counted(begins[day]), ends=_counted(ends[day]))
        for day in sorted(begins.keys() | ends.keys())
    )


def _periods(book: PolicyBook, place: Place) -> Iterable[tuple[str, Period]]:
    """Yield what has a period there: documents by title, rules and values by kind."""
    for document in book.documents.values():
        if document.place.contains(place):
            yield f"《{document.title}》", document.in_force
    for rule in book.rules.values():
        if rule.judges and rule.binds_at(place):
            yield _RULES, rule.period
    for parameter in book.parameters.values():
        for value in parameter.values:
            if value.place.contains(place):
                yield _VALUES, value.period


_RULES, _VALUES = "规则", "参数取值"
_COUNTERS = {_RULES: "条", _VALUES: "项"}


def _counted(names: list[str]) -> tuple[str, ...]:
    """Return titles one by one, rules and values by their number."""
    counts: Mapping[str, int] = {name: names.count(name) for name in dict.fromkeys(names)}
    titles = [name for name in counts if name not in _COUNTERS]
    numbers = [f"{name} {counts[name]} {_COUNTERS[name]}" for name in counts if name in _COUNTERS]
    return (*titles, *numbers)


def _is_over(period: Period, on: date) -> bool:
    return period.end is not None and period.end <= on


def values_read(rule: Rule, values: Mapping[str, Value]) -> tuple[Value, ...]:
    """Return the values that a rule reads, in the order in which it reads them."""
    return tuple(values[name] for name in parameters_read(rule) if name in values)


def parameters_read(rule: Rule) -> tuple[str, ...]:
    """Return the parameters that a rule reads, once each, in order."""
    parts = (rule.condition,) if rule.applies_when is None else (rule.condition, rule.applies_when)
    return tuple(dict.fromkeys(name for part in parts for name in parameters_of(part)))


# two standings -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One thing on both sides; nothing on a side where it does not bind."""

    name: str
    title: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """Tell whether the two sides differ."""
        return self.left != self.right


def years(first: date, last: date) -> tuple[date, ...]:
    """Return the New Year's days of a stretch of time, its first day not among them."""
    return tuple(date(year, 1, 1) for year in range(first.year + 1, last.year + 1))


def apart(days: Iterable[float], *, by: float) -> tuple[bool, ...]:
    """Tell for each of some ordered positions whether it is so far from the one before that a mark fits."""
    places = list(days)
    return (True, *(after - before >= by for before, after in pairwise(places))) if places else ()
