"""Checks across files: references, types, comparators against wordings, periods, placeholders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from string import Formatter

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
    facts_of,
    parameters_of,
)
from zhiping.core.policybook.errors import FactMalformedError, FactUndeclaredError
from zhiping.core.policybook.fact_values import read_fact
from zhiping.core.policybook.loading import Library
from zhiping.core.policybook.model import FactDeclaration, FactType, Outcome, Parameter, Rule
from zhiping.core.policybook.predicates import PREDICATES
from zhiping.core.policybook.problems import ProblemList
from zhiping.core.policybook.values import Value
from zhiping.core.policybook.wording import ORDERING, Operator, is_consistent, operator_of
from zhiping.kernel.period import Period

_ORDERED = {FactType.WHOLE, FactType.DECIMAL, FactType.DAY}
_SCALAR = {*_ORDERED, FactType.TEXT}
_TYPES_OF: Mapping[Operator, set[FactType]] = {
    **dict.fromkeys((*ORDERING, Operator.AS_WORDED), _ORDERED),
    Operator.EQUAL: _SCALAR,
    Operator.NOT_EQUAL: _SCALAR,
    Operator.IN: {FactType.TEXT},
    Operator.NOT_IN: {FactType.TEXT},
    Operator.YES: {FactType.FLAG},
    Operator.NO: {FactType.FLAG},
    Operator.INCLUDES_ALL: {FactType.TEXTS},
    Operator.INCLUDES_NONE: {FactType.TEXTS},
    Operator.INSIDE: {FactType.TEXT},
}
_LISTS = {Operator.IN, Operator.NOT_IN, Operator.INCLUDES_ALL, Operator.INCLUDES_NONE}
_LIST, _NUMBER = "list", "number"


def check_library(library: Library, problems: ProblemList) -> None:
    """Note every problem that only shows when the files are read together."""
    for parameter in library.parameters.values():
        _check_parameter(parameter, library, problems)
    for screen in library.screens.values():
        for clause in screen.clauses:
            if clause and clause not in library.clauses:
                problems.add(
                    "clause_unknown",
                    file=screen.origin.file,
                    line=screen.origin.line,
                    thing=screen.id,
                    clause=clause,
                )
    for rule in library.rules.values():
        _RuleCheck(rule=rule, library=library, problems=problems).run()
    _check_named_days(library, problems)


def _check_parameter(parameter: Parameter, library: Library, problems: ProblemList) -> None:
    seen: list[tuple[str, Period, int]] = []
    for value in parameter.values:
        fail = partial(problems.add, file=value.origin.file, line=value.origin.line, thing=parameter.id)
        if value.clause and value.clause not in library.clauses:
            fail("clause_unknown", clause=value.clause)
        for place, period, line in seen:
            if place == value.place.code and period.overlaps(value.period):
                day = max(period.start, value.period.start)
                fail("values_overlap", place=place, day=day, other=line)
        seen.append((value.place.code, value.period, value.origin.line))


def _check_named_days(library: Library, problems: ProblemList) -> None:
    first: dict[str, Rule] = {}
    for rule in library.rules.values():
        other = first.setdefault(rule.asks_of, rule)
        if rule.decides_on and other.decides_on and rule.decides_on != other.decides_on:
            problems.add(
                "named_days_differ",
                file=rule.origin.file,
                line=rule.origin.line,
                thing=rule.id,
                question=rule.asks_of,
                day=rule.decides_on,
                other=other.id,
                other_day=other.decides_on,
            )


type Scope = Mapping[str, FactDeclaration]


@dataclass(slots=True, kw_only=True)
class _RuleCheck:
    """The checks of one rule."""

    rule: Rule
    library: Library
    problems: ProblemList

    def run(self) -> None:
        """Note every problem of the rule."""
        rule, library = self.rule, self.library
        line = rule.origin.line
        for clause in rule.clauses:
            if clause and clause not in library.clauses:
                self._fail("clause_unknown", line, clause=clause)
        for other in (*rule.replaces, *([rule.superseded_by] if rule.superseded_by else [])):
            if other and other not in library.rules:
                self._fail("rule_unknown", line, rule=other)
        for condition in self._conditions():
            self._check(condition, library.facts)
        self._check_gaps()
        self._check_templates()
        self._check_cases()

    def _conditions(self) -> Iterator[Condition]:
        if self.rule.applies_when is not None:
            yield self.rule.applies_when
        yield self.rule.condition

    def _fail(self, code: str, line: int, **facts: object) -> None:
        self.problems.add(code, file=self.rule.origin.file, line=line, thing=self.rule.id, **facts)

    def _check(self, condition: Condition, scope: Scope) -> None:
        match condition:
            case AllOf(parts=parts) | AnyOf(parts=parts):
                for part in parts:
                    self._check(part, scope)
            case Not(part=part):
                self._check(part, scope)
            case Compare():
                self._check_compare(condition, scope)
            case InPeriod(fact=fact, line=line):
                self._fact(fact, scope, line, "within", {FactType.DAY})
            case InSpan():
                self._check_span(condition, scope)
            case Count():
                self._check_count(condition, scope)
            case Each(of=of, condition=inner, line=line):
                rows = self._fact(of, scope, line, "each", {FactType.ROWS})
                self._check(inner, _inside(scope, rows))
            case Call():
                self._check_call(condition, scope)

    def _fact(
        self, name: str, scope: Scope, line: int, operator: str, types: set[FactType]
    ) -> FactDeclaration | None:
        if not name:
            return None
        declaration = scope.get(name)
        if declaration is None:
            self._fail("fact_unknown", line, fact=name)
        elif declaration.type not in types:
            self._fail("operator_and_type", line, operator=operator, type=declaration.type.value, fact=name)
        else:
            return declaration
        return None

    def _check_compare(self, condition: Compare, scope: Scope) -> None:
        operator = condition.operator
        fact = self._fact(condition.fact, scope, condition.line, operator.value, _TYPES_OF[operator])
        if condition.against is not None and fact is not None:
            wanted = _LIST if operator in _LISTS else _class_of(fact.type)
            self._check_against(condition.against, scope, condition.line, (fact.name, wanted, operator))

    def _check_against(
        self, against: Against, scope: Scope, line: int, wanted: tuple[str, str, Operator]
    ) -> None:
        fact, wanted_class, operator = wanted
        if operator is Operator.AS_WORDED and not isinstance(against, FromParameter):
            self._fail("as_worded_needs_parameter", line)
        match against:
            case FromFact(name=name):
                other = self._fact(name, scope, line, operator.value, set(FactType))
                if other is not None and _class_of(other.type) != wanted_class:
                    self._fail("types_differ", line, fact=fact, type=wanted_class, other=other.type.value)
            case Fixed(value=value):
                if class_of_value(value) != wanted_class:
                    self._fail(
                        "types_differ", line, fact=fact, type=wanted_class, other=class_of_value(value)
                    )
            case FromParameter(id=name):
                self._check_parameter(name, line, wanted)

    def _check_parameter(self, name: str, line: int, wanted: tuple[str, str, Operator]) -> None:
        fact, wanted_class, operator = wanted
        parameter = self.library.parameters.get(name)
        if parameter is None:
            if name:
                self._fail("parameter_unknown", line, parameter=name)
            return
        for value in parameter.values:
            if class_of_value(value.value) != wanted_class:
                self._fail(
                    "types_differ", line, fact=fact, type=wanted_class, other=class_of_value(value.value)
                )
            if operator is Operator.AS_WORDED and operator_of(value.wording) is None:
                self._fail("wording_silent", line, parameter=name, wording=value.wording)
            if not is_consistent(operator, value.wording):
                self._fail(
                    "wording_contradicted",
                    line,
                    operator=operator.value,
                    parameter=name,
                    wording=value.wording,
                )

    def _check_span(self, condition: InSpan, scope: Scope) -> None:
        self._fact(condition.fact, scope, condition.line, "within", {FactType.DAY})
        self._fact(condition.anchor, scope, condition.line, "within", {FactType.DAY})
        self._check_against(
            condition.length, scope, condition.line, (condition.fact, _NUMBER, Operator.WITHIN)
        )
        if isinstance(condition.length, FromParameter):
            parameter = self.library.parameters.get(condition.length.id)
            if parameter is not None and parameter.unit != condition.unit:
                self._fail(
                    "span_unit",
                    condition.line,
                    parameter=parameter.id,
                    unit=parameter.unit,
                    wanted=condition.unit,
                )

    def _check_count(self, condition: Count, scope: Scope) -> None:
        types = {FactType.ROWS} if condition.where is not None else {FactType.ROWS, FactType.TEXTS}
        rows = self._fact(condition.of, scope, condition.line, "count", types)
        if condition.where is not None:
            self._check(condition.where, _inside(scope, rows))
        self._check_against(
            condition.against, scope, condition.line, (condition.of, _NUMBER, condition.operator)
        )

    def _check_call(self, condition: Call, scope: Scope) -> None:
        predicate = PREDICATES[condition.predicate]
        for argument, fact in condition.arguments.items():
            self._fact(fact, scope, condition.line, predicate.name, {predicate.arguments[argument]})
        for catalogue in predicate.catalogues:
            if catalogue not in self.library.catalogues:
                self._fail("catalogue_unknown", condition.line, predicate=predicate.name, catalogue=catalogue)

    def _check_gaps(self) -> None:
        """Note the first day of the rule on which a parameter has no value at one of its places."""
        names = {name for condition in self._conditions() for name in parameters_of(condition)}
        for name in sorted(names & self.library.parameters.keys()):
            values = self.library.parameters[name].values
            for place in self.rule.where:
                is_left_to_narrower = any(
                    place.contains(value.place) and value.place != place for value in values
                )
                if is_left_to_narrower:
                    continue
                periods = [value.period for value in values if value.place.contains(place)]
                gap = first_gap(self.rule.period, periods)
                if gap is not None:
                    self._fail(
                        "parameter_gap", self.rule.origin.line, parameter=name, place=place.code, day=gap
                    )

    def _check_templates(self) -> None:
        known = {"limit", "day", "place"}
        for condition in self._conditions():
            for name in facts_of(condition):
                known.add(name)
                declaration = self.library.facts.get(name)
                known.update(one.name for one in declaration.fields) if declaration else None
        for template in (self.rule.message, self.rule.unknown_message):
            self._check_template(template, known)

    def _check_template(self, template: str, known: set[str]) -> None:
        line = self.rule.origin.line
        try:
            parts = list(Formatter().parse(template))
        except ValueError:
            self._fail("placeholder_malformed", line, name=template)
            return
        for _, name, spec, conversion in parts:
            if name is None:
                continue
            if spec or conversion or not name.isidentifier():
                self._fail("placeholder_malformed", line, name=name)
            elif name not in known:
                self._fail("placeholder_unknown", line, name=name)

    def _check_cases(self) -> None:
        own = {Outcome.PASS, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE, self.rule.outcome}
        for case in self.rule.cases:
            line = case.origin.line
            if case.expect not in own:
                self._fail(
                    "case_expects_other",
                    line,
                    outcome=self.rule.outcome.value,
                    expect=case.expect.value,
                )
            for name, value in case.given.items():
                self._check_given(name, value, line)

    def _check_given(self, name: str, value: object, line: int) -> None:
        declaration = self.library.facts.get(name)
        if declaration is None:
            self._fail("fact_unknown", line, fact=name)
            return
        try:
            read_fact(declaration, value)
        except FactUndeclaredError as error:
            self._fail("fact_unknown", line, fact=error.facts["fact"])
        except FactMalformedError as error:
            self._fail(
                "fact_value_malformed",
                line,
                fact=error.facts["fact"],
                value=error.facts["value"],
                wanted=error.facts["wanted"],
            )


def _inside(scope: Scope, rows: FactDeclaration | None) -> Scope:
    return {**scope, **{one.name: one for one in rows.fields}} if rows is not None else scope


def _class_of(fact_type: FactType) -> str:
    if fact_type in {FactType.WHOLE, FactType.DECIMAL}:
        return _NUMBER
    return _LIST if fact_type in {FactType.TEXTS, FactType.ROWS} else fact_type.value


def class_of_value(value: Value) -> str:
    """Return which class of values may be compared with it: number, day, text, flag, list."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | Decimal):
        return _NUMBER
    if isinstance(value, date):
        return "day"
    return _LIST if isinstance(value, tuple) else "text"


def first_gap(wanted: Period, periods: list[Period]) -> date | None:
    """Return the first day of a period that none of the others covers; None where there is none."""
    day = wanted.start
    while wanted.covers(day):
        covering = [period for period in periods if period.covers(day)]
        if not covering:
            return day
        if any(period.end is None for period in covering):
            return None
        day = max(period.end for period in covering if period.end is not None)
    return None
