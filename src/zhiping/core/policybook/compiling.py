"""Compiles a condition, with its parameters resolved, into closures that observe facts.

A closure takes the facts of one case and returns a trace; nothing is looked up by name but facts.
Every part is observed even where the outcome is settled already: people want to see all of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from zhiping.core.policybook.conditions import (
    Against,
    AllOf,
    AnyOf,
    Call,
    Compare,
    Condition,
    Count,
    Each,
    FromFact,
    FromParameter,
    InPeriod,
    InSpan,
    Not,
    facts_of,
)
from zhiping.core.policybook.fact_values import FITS, wanted_of
from zhiping.core.policybook.model import Catalogue, FactDeclaration, FactType
from zhiping.core.policybook.predicates import PREDICATES
from zhiping.core.policybook.resolving import Parameters, constant, resolved_operator
from zhiping.core.policybook.trace import Group, Met, Observation, Test, Trace
from zhiping.core.policybook.values import as_decimal, refuse_value, shift
from zhiping.core.policybook.wording import Operator, comparison_of
from zhiping.kernel.place import Place, PlaceMalformedError

type Facts = Mapping[str, object]
type Closure = Callable[[Facts], Trace]
type Getter = Callable[[Facts], object]
type RowTest = Callable[[Facts, Facts], Group]
type Combine = Callable[[tuple[Trace, ...]], Met]

NUMERIC = (FactType.WHOLE, FactType.DECIMAL)


def all_of(parts: tuple[Trace, ...]) -> Met:
    """Return whether all parts hold; unknown only where no part fails. No parts: they do."""
    met: Met = True
    for part in parts:
        if part.met is False:
            return False
        if part.met is None:
            met = None
    return met


def any_of(parts: tuple[Trace, ...]) -> Met:
    """Return whether any part holds; unknown only where no part holds. No parts: none does."""
    met: Met = False
    for part in parts:
        if part.met is True:
            return True
        if part.met is None:
            met = None
    return met


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiler:
    """Turns conditions into closures under the parameters of one place and day."""

    facts: Mapping[str, FactDeclaration]
    parameters: Parameters
    catalogues: Mapping[str, Catalogue]

    def compile(self, condition: Condition) -> Closure:  # noqa: PLR0911  # one return for each kind
        """Return the closure of a condition."""
        match condition:
            case AllOf():
                return self._group("all", condition, all_of)
            case AnyOf():
                return self._group("any", condition, any_of)
            case Not(part=part):
                return _negation(self.compile(part))
            case Compare():
                return self._compare(condition)
            case InPeriod():
                return self._in_period(condition)
            case InSpan():
                return self._in_span(condition)
            case Count():
                return self._count(condition)
            case Each():
                return self._each(condition)
            case Call():
                return self._call(condition)

    def _group(self, kind: str, condition: AllOf | AnyOf, combine: Combine) -> Closure:
        closures = tuple(self.compile(part) for part in condition.parts)
        flags = _flags_of(condition)
        if 0 < len(flags) <= _MOST_FLAGS:
            return _group_of_flags(kind, tuple(zip(flags, closures, strict=True)), combine)
        return _group(kind, closures, combine)

    def _inside(self, rows: FactDeclaration) -> "Compiler":
        return Compiler(
            facts={**self.facts, **{one.name: one for one in rows.fields}},
            parameters=self.parameters,
            catalogues=self.catalogues,
        )

    def _test(self, fact: FactDeclaration, operator: Operator, against: Against | None, unit: str) -> Test:
        source = self.parameters.get(against.id) if isinstance(against, FromParameter) else None
        return Test(
            fact=fact.name,
            label=fact.label,
            operator=operator,
            type=fact.type.value,
            unit=unit,
            parameter=against.id if isinstance(against, FromParameter) else "",
            place=source.place.code if source else "",
            wording=source.wording if source else "",
            clause=source.clause if source else "",
            certainty=source.certainty if source else "stated",
        )

    def _required(self, against: Against | None, *, exact: bool) -> Getter:
        """Return what gives the required value; decimals where the fact is a decimal."""
        if isinstance(against, FromFact):
            get = _getter(self.facts[against.name])
            return _decimal_of(get) if exact else get
        value = constant(against, self.parameters)
        required = as_decimal(value) if exact else value
        return lambda _facts: required

    def _compare(self, condition: Compare) -> Closure:
        fact = self.facts[condition.fact]
        operator = resolved_operator(condition.operator, condition.against, self.parameters)
        unit = fact.unit
        test = self._test(fact, operator, condition.against, unit)
        observe = _getter(fact)
        if operator in {Operator.YES, Operator.NO}:
            return _flag(test, fact.name, observe, wanted=operator is Operator.YES)
        exact = fact.type is FactType.DECIMAL or (
            isinstance(condition.against, FromFact)
            and self.facts[condition.against.name].type is FactType.DECIMAL
        )
        required = self._required(condition.against, exact=exact)
        if exact:
            observe = _decimal_of(observe)
        if operator is Operator.AS_WORDED:  # no value here on this day, hence no wording either
            return lambda facts: Observation(test, None, observe(facts), None)
        if not isinstance(condition.against, FromFact):
            return _compared_with_constant(test, fact, observe, required({}))
        return _compared(test, observe, required)

    def _in_period(self, condition: InPeriod) -> Closure:
        test = self._test(self.facts[condition.fact], Operator.WITHIN, None, "")
        observe = _getter(self.facts[condition.fact])
        start, end = condition.start, condition.end
        required = (start, end)

        def closure(facts: Facts) -> Trace:
            day = observe(facts)
            if not isinstance(day, date):
                return Observation(test, None, None, required)
            return Observation(test, start <= day and (end is None or day < end), day, required)

        return closure

    def _in_span(self, condition: InSpan) -> Closure:
        test = self._test(self.facts[condition.fact], Operator.WITHIN, condition.length, "")
        observe, anchor = _getter(self.facts[condition.fact]), _getter(self.facts[condition.anchor])
        length = self._required(condition.length, exact=False)
        unit, is_after = condition.unit, condition.is_after

        def closure(facts: Facts) -> Trace:
            day, origin, span = observe(facts), anchor(facts), length(facts)
            if not isinstance(origin, date) or not isinstance(span, int):
                return Observation(test, None, day, None)
            far = shift(origin, by=span if is_after else -span, unit=unit)
            first, last = (origin, far) if is_after else (far, origin)
            required = (first, date.fromordinal(last.toordinal() + 1))
            met = first <= day <= last if isinstance(day, date) else None
            return Observation(test, met, day, required)

        return closure

    def _count(self, condition: Count) -> Closure:
        rows = self.facts[condition.of]
        operator = resolved_operator(condition.operator, condition.against, self.parameters)
        test = self._test(rows, operator, condition.against, rows.unit)
        test = replace(test, type=FactType.WHOLE.value)
        required = self._required(condition.against, exact=False)
        ask = None if condition.where is None else self._row_test(rows, condition.where)
        observe = _getter(rows)

        def closure(facts: Facts) -> Trace:
            given, limit = observe(facts), required(facts)
            if given is None:
                return Group("count", None, (Observation(test, None, None, limit),), rows.label)
            listed: tuple[Mapping[str, object], ...] = given  # type: ignore[assignment]  # checked by the getter
            if ask is None:
                return Group("count", *_tally(test, operator, (len(listed), len(listed)), limit), rows.label)
            parts = tuple([ask(facts, row) for row in listed])
            sure = sum(part.met is True for part in parts)
            possible = sure + sum(part.met is None for part in parts)
            met, tally = _tally(test, operator, (sure, possible), limit)
            return Group("count", met, (*tally, *parts), rows.label)

        return closure

    def _each(self, condition: Each) -> Closure:
        rows = self.facts[condition.of]
        ask, observe = self._row_test(rows, condition.condition), _getter(rows)
        when_empty, label = condition.when_empty, rows.label
        some = self._test(rows, Operator.AT_LEAST, None, rows.unit)
        some = replace(some, type=FactType.WHOLE.value)

        def closure(facts: Facts) -> Trace:
            given = observe(facts)
            if not given:
                met, count = (None, None) if given is None else (when_empty, 0)
                return Group("each", met, (Observation(some, met, count, 1),), label)
            parts = tuple([ask(facts, row) for row in given])  # type: ignore[attr-defined]  # rows
            return Group("each", all_of(parts), parts, label)

        return closure

    def _row_test(self, rows: FactDeclaration, condition: Condition) -> RowTest:
        """Return what tests one row; it sees the case as well only where the condition asks for it."""
        inner, key = self._inside(rows).compile(condition), rows.key
        blank: Facts = dict.fromkeys((one.name for one in rows.fields), None)
        reads_case = not set(facts_of(condition)) <= blank.keys()

        def test(facts: Facts, row: Facts) -> Group:
            # A gap in a row is not filled from the case.
            part = inner({**facts, **blank, **row} if reads_case else row)
            name = row.get(key)
            label = name if type(name) is str else "" if name is None else str(name)
            return Group("row", part.met, (part,), label)

        return test

    def _call(self, condition: Call) -> Closure:
        predicate = PREDICATES[condition.predicate]
        getters = {argument: _getter(self.facts[name]) for argument, name in condition.arguments.items()}
        catalogues = {name: self.catalogues[name] for name in predicate.catalogues}

        def closure(facts: Facts) -> Trace:
            arguments = {argument: get(facts) for argument, get in getters.items()}
            found = predicate.function(arguments, catalogues)
            return Group("predicate", all_of(found), found, predicate.name)

        return closure


_MOST_FLAGS = 4
"""Up to so many flags in a group all their 3ⁿ ways to stand are made beforehand."""


def _flags_of(condition: AllOf | AnyOf) -> tuple[str, ...]:
    """Return the flags that a group tests, part by part; none where it tests anything else."""
    names = tuple(
        part.fact
        for part in condition.parts
        if isinstance(part, Compare) and part.operator in {Operator.YES, Operator.NO}
    )
    return names if len(names) == len(condition.parts) else ()


def _group_of_flags(kind: str, flags: tuple[tuple[str, Closure], ...], combine: Combine) -> Closure:
    """Return what tests a group of flags; each way that they can stand is made once, for all cases."""
    made: dict[Met, Any] = _ways(kind, flags, combine, ())
    closures = tuple(closure for _, closure in flags)

    def closure(facts: Facts) -> Trace:
        found: Any = made
        for part in closures:
            found = found[part(facts).met]
        group: Group = found
        return group

    return closure


def _ways(
    kind: str, flags: tuple[tuple[str, Closure], ...], combine: Combine, parts: tuple[Trace, ...]
) -> Any:
    """Return the groups by whether each flag's test holds, one after the other."""
    if not flags:
        return Group(kind, combine(parts), parts)
    (name, closure), *others = flags
    traces = [closure({name: value}) for value in (True, False, None)]
    return {one.met: _ways(kind, tuple(others), combine, (*parts, one)) for one in traces}


def _group(kind: str, closures: tuple[Closure, ...], combine: Combine) -> Closure:
    def closure(facts: Facts) -> Trace:
        parts = tuple([part(facts) for part in closures])
        return Group(kind, combine(parts), parts)

    return closure


def _negation(inner: Closure) -> Closure:
    def closure(facts: Facts) -> Trace:
        part = inner(facts)
        return Group("not", None if part.met is None else not part.met, (part,))

    return closure


def _flag(test: Test, name: str, observe: Getter, *, wanted: bool) -> Closure:
    """Return what tests a flag; its three observations are made once and shared by all cases."""
    yes, no = (Observation(test, flag is wanted, flag, wanted) for flag in (True, False))
    missing = Observation(test, None, None, wanted)

    def closure(facts: Facts) -> Trace:
        observed = facts.get(name)
        if observed is True:
            return yes
        if observed is False:
            return no
        observe(facts)  # refuses what is no flag
        return missing

    return closure


def flag_tested(condition: Condition) -> tuple[str, bool] | None:
    """Return the flag that is all a condition tests, and how it should stand; None where it tests more."""
    match condition:
        case Compare(fact=fact, operator=Operator.YES | Operator.NO as operator):
            return fact, operator is Operator.YES
        case _:
            return None


def shared_pass(condition: Condition, closure: Closure) -> Trace | None:
    """Return the one trace of all cases that meet a condition; None where each has its own."""
    parts = condition.parts if isinstance(condition, AllOf) else (condition,)
    tested = [flag_tested(part) for part in parts]
    wanted = dict(one for one in tested if one is not None)
    if len(wanted) < len(parts) or not 0 < len(parts) <= _MOST_FLAGS:
        return None
    trace = closure(wanted)
    return trace if trace.met is True else None


def _compared_with_constant(test: Test, fact: FactDeclaration, observe: Getter, required: object) -> Closure:
    if required is None:
        return lambda facts: Observation(test, None, observe(facts), None)
    holds, name, (wanted,) = _with_constant(test.operator, required), fact.name, FITS[fact.type]
    if fact.type is FactType.TEXT and fact.allowed:
        return _one_of_a_closed_list(test, fact, observe, holds, required)

    def closure(facts: Facts) -> Trace:
        observed = facts.get(name)
        if type(observed) is not wanted:  # missing, or to be brought into its type, or to be refused
            observed = observe(facts)
            if observed is None:
                return Observation(test, None, None, required)
        return Observation(test, holds(observed), observed, required)

    return closure


def _one_of_a_closed_list(
    test: Test, fact: FactDeclaration, observe: Getter, holds: Callable[[Any], bool], required: object
) -> Closure:
    """Return what tests a text of a closed list; one observation for each word of it serves all cases."""
    made = {word: Observation(test, holds(word), word, required) for word in fact.allowed}
    missing, name = Observation(test, None, None, required), fact.name

    def closure(facts: Facts) -> Trace:
        observed = facts.get(name)
        if type(observed) is not str:
            observe(facts)  # refuses what is no text
            return missing
        return made.get(observed) or Observation(test, holds(observed), observed, required)

    return closure


def _with_constant(operator: Operator, required: Any) -> Callable[[Any], bool]:
    """Return the test of an operator whose required value is the same for every case."""
    if operator in _MIRRORED:
        return partial(comparison_of(_MIRRORED[operator]), required)
    if operator is Operator.INCLUDES_ALL:
        return frozenset(required).issubset
    if operator is Operator.INCLUDES_NONE:
        return frozenset(required).isdisjoint
    holds = _MEMBERSHIP_TESTS[operator]
    return lambda observed: holds(observed, required)


_MIRRORED = {
    Operator.AT_LEAST: Operator.AT_MOST,
    Operator.AT_MOST: Operator.AT_LEAST,
    Operator.MORE_THAN: Operator.LESS_THAN,
    Operator.LESS_THAN: Operator.MORE_THAN,
    Operator.EQUAL: Operator.EQUAL,
    Operator.NOT_EQUAL: Operator.NOT_EQUAL,
}
"""What a comparison is called when the required value comes first."""


def _compared(test: Test, observe: Getter, required: Getter) -> Closure:
    holds = _MEMBERSHIP_TESTS.get(test.operator) or comparison_of(test.operator)

    def closure(facts: Facts) -> Trace:
        observed, limit = observe(facts), required(facts)
        met = None if observed is None or limit is None else holds(observed, limit)
        return Observation(test, met, observed, limit)

    return closure


def is_inside(observed: object, limit: object) -> bool:
    """Tell whether a place code lies in another.

    Refuses:
        FactMalformedError: one of them is no place code.
    """
    try:
        return Place(str(limit)).contains(Place(str(observed)))
    except PlaceMalformedError as error:
        raise refuse_value("place", error.facts["value"], "六位行政区划代码") from error


_MEMBERSHIP_TESTS: dict[Operator, Callable[[object, object], bool]] = {
    Operator.IN: lambda observed, limit: observed in limit,  # type: ignore[operator]  # lists, by the loader's check
    Operator.NOT_IN: lambda observed, limit: observed not in limit,  # type: ignore[operator]  # lists, see above
    Operator.INCLUDES_ALL: lambda observed, limit: set(limit) <= set(observed),  # type: ignore[call-overload]  # lists
    Operator.INCLUDES_NONE: lambda observed, limit: not set(limit) & set(observed),  # type: ignore[call-overload]  # lists
    Operator.INSIDE: is_inside,
}


def _getter(declaration: FactDeclaration) -> Getter:
    """Return what reads a fact and refuses a value of another type; a missing fact is None."""
    name, fits = declaration.name, FITS[declaration.type]
    (wanted,) = fits
    may_be_whole, is_list = declaration.type is FactType.DECIMAL, wanted is tuple

    def get(facts: Facts) -> object:
        value = facts.get(name)
        if value is None or type(value) is wanted:
            return value
        if may_be_whole and type(value) is int:
            return Decimal(value)
        if is_list and type(value) is list:
            return tuple(value)
        raise refuse_value(name, value, wanted_of(declaration))

    return get


def _decimal_of(get: Getter) -> Getter:
    def exact(facts: Facts) -> object:
        value = get(facts)
        return None if value is None else as_decimal(value)

    return exact


def _tally(
    test: Test, operator: Operator, counts: tuple[int, int], limit: object
) -> tuple[Met, tuple[Trace, ...]]:
    """Compare the sure and the possible count: where they answer differently, nobody knows."""
    sure, possible = counts
    if limit is None or operator is Operator.AS_WORDED:
        return None, (Observation(test, None, sure, None),)
    compare = comparison_of(operator)
    answers = {compare(number, limit) for number in range(sure, possible + 1)}
    met = answers.pop() if len(answers) == 1 else None
    return met, (Observation(test, met, sure, limit),)
