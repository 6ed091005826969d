"""The policy book (政策库): loaded, checked, asked by place and day."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from zhiping.core.policybook.checking import check_library
from zhiping.core.policybook.conditions import Call as PredicateCall
from zhiping.core.policybook.conditions import Condition, case_facts_of, parameters_of, walk
from zhiping.core.policybook.errors import (
    CatalogueUnknownError,
    FactUndeclaredError,
    NoValueKnownError,
    ParameterUnknownError,
    PolicyInvalidError,
    QuestionUnknownError,
    RuleUnknownError,
)
from zhiping.core.policybook.fact_values import read_facts
from zhiping.core.policybook.loading import Library, file_texts, hash_of, read_library
from zhiping.core.policybook.model import (
    Case,
    Catalogue,
    Clause,
    Document,
    FactDeclaration,
    Outcome,
    Parameter,
    ParameterValue,
    Rule,
    ScreenHeader,
)
from zhiping.core.policybook.plan import Judge, Plan, ResolvedRule, judge_of, plan_of
from zhiping.core.policybook.predicates import PREDICATES
from zhiping.core.policybook.problems import Problem, ProblemList
from zhiping.core.policybook.snapshots import BUILT_IN, RuleSnapshot
from zhiping.core.policybook.table_verdict import TableVerdict
from zhiping.core.policybook.values import Value, plain
from zhiping.core.policybook.verdict import Citation, RulePeriod, Verdict
from zhiping.core.policybook.wording import operator_of
from zhiping.kernel.place import Place

if TYPE_CHECKING:  # only the annotations need it
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterRow:
    """One dated value, flat, as tables carry it."""

    key: str
    place: str
    valid_from: date
    valid_to: date | None
    value: Value
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFailure:
    """A case whose rule did not say what the case expects."""

    rule: str
    case: Case
    actual: Outcome


class PolicyBook:
    """Everything that the policy folder says, ready to be asked.

    Guarantees:
        Loading either gives a book without problems or refuses with all of them. A book never
        changes; asking twice gives equal answers. Safe to share between threads.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._plans: dict[tuple[str, str], tuple[list[date], list[Plan | None]]] = {}
        self._alone: dict[tuple[str, str, date], Judge] = {}

    @classmethod
    def load(cls, folder: Path | str, *, draft: Path | str | None = None) -> "PolicyBook":
        """Load a policy folder; files of a draft folder stand in for, or join, those of the same path.

        Refuses:
            PolicyInvalidError: the files have problems; it carries all of them.
        """
        book, problems = cls.read(folder, draft=draft)
        if problems:
            raise PolicyInvalidError(problems=problems)
        return book

    @classmethod
    def read(
        cls, folder: Path | str, *, draft: Path | str | None = None
    ) -> "tuple[PolicyBook, tuple[Problem, ...]]":
        """Return the book and every problem; a book with problems is only good for looking at."""
        found = ProblemList()
        files = file_texts(Path(folder))
        if draft is not None:
            files |= file_texts(Path(draft))
        library = read_library(_in_reading_order(files), found)
        check_library(library, found)
        return cls(library), found.ordered()

    # what it holds -------------------------------------------------------------------------------

    @property
    def documents(self) -> Mapping[str, Document]:
        """Return the documents by id."""
        return self._library.documents

    @property
    def clauses(self) -> Mapping[str, Clause]:
        """Return the clauses by id."""
        return self._library.clauses

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Return the parameters by id."""
        return self._library.parameters

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Return the rules by id, drafts included."""
        return self._library.rules

    @property
    def screens(self) -> Mapping[str, ScreenHeader]:
        """Return the headers of the screens by id."""
        return self._library.screens

    @property
    def facts(self) -> Mapping[str, FactDeclaration]:
        """Return the vocabulary of facts by name."""
        return self._library.facts

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """Return the questions that rules answer, in order."""
        return tuple(sorted({rule.asks_of for rule in self.rules.values()}))

    def catalogue(self, name: str) -> Catalogue:
        """Return an official list.

        Refuses:
            CatalogueUnknownError: the folder has none of that name.
        """
        found = self._library.catalogues.get(name)
        if found is None:
            raise CatalogueUnknownError(catalogue=name)
        return found

    def rule(self, rule_id: str) -> Rule:
        """Return a rule by its id.

        Refuses:
            RuleUnknownError: there is none.
        """
        if rule_id not in self.rules:
            raise RuleUnknownError(rule=rule_id)
        return self.rules[rule_id]

    # parameters ----------------------------------------------------------------------------------

    def resolve(self, parameter: str, *, place: Place, on: date) -> ParameterValue | None:
        """Return the value in force: the district's before the city's, the province's, the nation's.

        Refuses:
            ParameterUnknownError: no parameter has that id.
        """
        known = self.parameters.get(parameter)
        if known is None:
            raise ParameterUnknownError(parameter=parameter)
        for step in place.chain:
            for value in known.values:
                if value.place == step and value.period.covers(on):
                    return value
        return None

    def value(self, parameter: str, *, place: Place, on: date) -> Value:
        """Return the bare value in force at a place on a named day.

        Refuses:
            ParameterUnknownError: no parameter has that id.
            NoValueKnownError: no value is in force there and then.
        """
        found = self.resolve(parameter, place=place, on=on)
        if found is None:
            raise NoValueKnownError(parameter=parameter, place=place.code, on=on)
        return found.value

    def parameter_rows(self) -> Iterator[ParameterRow]:
        """Yield every value of every parameter, ordered by key, place and start."""
        for key in sorted(self.parameters):
            values = self.parameters[key].values
            for one in sorted(values, key=lambda value: (value.place.code, value.period.start)):
                yield ParameterRow(
                    key=key,
                    place=one.place.code,
                    valid_from=one.period.start,
                    valid_to=one.period.end,
                    value=one.value,
                    clause=one.clause,
                )

    # judging -------------------------------------------------------------------------------------

    def read_facts(self, raw: Mapping[str, object]) -> dict[str, object]:
        """Return facts from YAML or JSON in their declared types.

        Refuses:
            FactUndeclaredError: the vocabulary has no such fact.
            FactMalformedError: a value does not fit its type.
        """
        return read_facts(self.facts, raw)

    def judge(self, question: str, facts: Mapping[str, object], *, place: Place, on: date) -> Verdict:
        """Judge one case by every rule of a question that is in force at the place on the named day.

        A missing fact (absent or None) makes a finding unknown, never a silent pass. Where no rule is
        in force the verdict is `no_rule_known` and tells which came before and which come later.

        Refuses:
            QuestionUnknownError: no rule of any place or period asks that question.
            FactUndeclaredError: a fact is not in the vocabulary.
            FactMalformedError: a fact that a rule reads has another type than declared.
        """
        plan = self._plan(question, place, on)
        if plan is None:
            self._refuse_undeclared(facts)
            return self._no_rule(question, facts, place, on)
        if plan.reads.issuperset(facts):  # what a rule reads is declared
            read = dict(facts)
        else:
            self._refuse_undeclared(facts)
            read = {name: value for name, value in facts.items() if name in plan.reads}
        return plan.judge(facts, read, place, on)

    def _refuse_undeclared(self, facts: Mapping[str, object]) -> None:
        if not facts.keys() <= self.facts.keys():
            raise FactUndeclaredError(fact=min(facts.keys() - self.facts.keys()))

    def judge_table(
        self, question: str, facts: "pl.DataFrame | pl.LazyFrame", *, place: Place, on: date
    ) -> TableVerdict:
        """Judge every row of a table as `judge` judges one case, at one place on one day.

        The columns are facts by their declared names; a null and an absent column are missing facts.
        `columns` and `column_facts` say how. There are no traces, and no waivers: who needs a reason
        judges that row alone.

        Refuses:
            QuestionUnknownError: no rule of any place or period asks that question.
            FactUndeclaredError: a column, or a field of its rows, is not in the vocabulary.
            FactMalformedError: a column has another type than declared.
        """
        from zhiping.core.policybook.table_judging import judge_table  # noqa: PLC0415  # see below

        return judge_table(self, question, facts, place=place, on=on)

    def judge_table_by(
        self, question: str, facts: "pl.DataFrame | pl.LazyFrame", *, place: str, on: str
    ) -> TableVerdict:
        """Judge every row of a table at the place and on the day that its own columns name.

        Rows for which no rule is known get `no_rule_known`.

        Refuses:
            QuestionUnknownError, FactUndeclaredError: see `judge_table`.
            FactMalformedError: see there; or a place or a day is missing or malformed.
        """
        # The engine of tables takes longer to import than a single case takes to judge.
        from zhiping.core.policybook.table_judging import judge_table_by  # noqa: PLC0415  # see above

        return judge_table_by(self, question, facts, place=place, on=on)

    def rules_at(self, question: str, *, place: Place, on: date) -> tuple[ResolvedRule, ...]:
        """Return the rules that judge there and then, by id, with the values that their parameters have.

        Refuses:
            QuestionUnknownError: no rule at all asks the question.
        """
        return tuple(
            ResolvedRule(rule=rule, values=self._values_of(rule, place, on))
            for rule in self.rules_in_force(question, place=place, on=on)
        )

    @property
    def catalogues(self) -> Mapping[str, Catalogue]:
        """Return the official lists by name."""
        return self._library.catalogues

    def _no_rule(self, question: str, facts: Mapping[str, object], place: Place, on: date) -> Verdict:
        near = [rule for rule in self._rules_of(question) if rule.judges and rule.binds_at(place)]
        return Verdict(
            question=question,
            place=place,
            on=on,
            decides_on=self._rules_of(question)[0].decides_on,
            outcome=Outcome.NO_RULE_KNOWN,
            outcome_before_waivers=Outcome.NO_RULE_KNOWN,
            findings=(),
            facts=dict(facts),
            earlier=tuple(
                _period_of(rule) for rule in near if rule.period.end is not None and rule.period.end <= on
            ),
            later=tuple(_period_of(rule) for rule in near if rule.period.start > on),
        )

    def _rules_of(self, question: str) -> tuple[Rule, ...]:
        """Return the rules that ask the question, drafts left out, by id.

        Refuses:
            QuestionUnknownError: no rule at all asks it.
        """
        if question not in self.questions:
            raise QuestionUnknownError(question=question, known="、".join(self.questions))
        asking = sorted(
            (rule for rule in self.rules.values() if rule.asks_of == question), key=lambda rule: rule.id
        )
        judging = tuple(rule for rule in asking if rule.judges)
        if not judging:  # only drafts ask it: the question exists, and nothing answers it yet
            return tuple(asking)
        return judging

    def rules_in_force(self, question: str, *, place: Place, on: date) -> tuple[Rule, ...]:
        """Return the rules that judge there and then, replaced ones left out, by id.

        Refuses:
            QuestionUnknownError: no rule at all asks the question.
        """
        binding = [
            rule
            for rule in self._rules_of(question)
            if rule.judges and rule.binds_at(place) and rule.period.covers(on)
        ]
        replaced = {other for rule in binding for other in rule.replaces}
        return tuple(rule for rule in binding if rule.id not in replaced)

    def turning_days(self, question: str, *, place: Place) -> tuple[date, ...]:
        """Return the days on which the answer to a question may change at a place, in order."""
        days: set[date] = set()
        for rule in self._rules_of(question):
            if not rule.binds_at(place):
                continue
            days |= {rule.period.start, *([rule.period.end] if rule.period.end else [])}
            for name in _parameters_of(rule):
                for value in self.parameters[name].values:
                    if value.place.contains(place):
                        end = value.period.end
                        days |= {value.period.start, *([end] if end else [])}
        return tuple(sorted(days))

    def _plan(self, question: str, place: Place, on: date) -> Plan | None:
        """Return the compiled rules; compiled once for each stretch of days in which nothing changes."""
        kept = self._plans.get((question, place.code))
        if kept is None:
            days = list(self.turning_days(question, place=place))
            plans = [None, *(self._compile(question, place, day) for day in days)]
            kept = self._plans[question, place.code] = (days, plans)
        days, plans = kept
        return plans[bisect_right(days, on)]

    def _compile(self, question: str, place: Place, on: date) -> Plan | None:
        rules = self.rules_in_force(question, place=place, on=on)
        return plan_of(self.snapshot(rule, place=place, on=on) for rule in rules) if rules else None

    def _values_of(self, rule: Rule, place: Place, on: date) -> dict[str, ParameterValue | None]:
        return {name: self.resolve(name, place=place, on=on) for name in _parameters_of(rule)}

    def reads_of(self, rule: Rule) -> tuple[str, ...]:
        """Return the facts of the case that a rule reads; rows' fields and built-in facts left out."""
        return self.case_facts(_conditions_of(rule))

    def case_facts(self, conditions: Iterable[Condition]) -> tuple[str, ...]:
        """Return the facts of the case that conditions read; rows' fields and built-in facts left out."""
        names = (name for one in conditions for name in case_facts_of(one, self._row_fields))
        return tuple(name for name in dict.fromkeys(names) if name in self.facts and name not in BUILT_IN)

    @cached_property
    def _row_fields(self) -> Mapping[str, frozenset[str]]:
        """Return the fields of the rows of each fact that has rows."""
        return {
            name: frozenset(field.name for field in one.fields)
            for name, one in self.facts.items()
            if one.fields
        }

    def snapshot(self, rule: Rule, *, place: Place, on: date) -> RuleSnapshot:
        """Return all that a rule judges by at a place on a day: values, clauses, facts and lists."""
        values = self._values_of(rule, place, on)
        # An operator may be taken from the wording beside the value: it is part of what the rule says.
        used = {
            name: [plain(one.value), operator_of(one.wording)] if one else None
            for name, one in values.items()
        }
        catalogues = self._catalogues_of(rule)
        conditions = _conditions_of(rule)
        read = dict.fromkeys(
            name for one in conditions for name in case_facts_of(one, self._row_fields) if name in self.facts
        )
        return RuleSnapshot(
            rule=rule.id,
            version=hash_of([rule.content_hash, used, [one.content_hash for one in catalogues]]),
            title=rule.title,
            asks_of=rule.asks_of,
            decides_on=rule.decides_on,
            outcome=rule.outcome,
            may_be_waived=rule.may_be_waived,
            message=rule.message,
            unknown_message=rule.unknown_message,
            applies_when=rule.applies_when,
            condition=rule.condition,
            citations=tuple(self._cite(clause, values) for clause in rule.clauses),
            values=values,
            facts={name: self.facts[name] for name in read},
            catalogues={one.name: one for one in catalogues},
        )

    def _catalogues_of(self, rule: Rule) -> list[Catalogue]:
        """Return the lists that a rule looks into, by name."""
        names = {
            name
            for condition in _conditions_of(rule)
            for part in walk(condition)
            if isinstance(part, PredicateCall)
            for name in PREDICATES[part.predicate].catalogues
        }
        return [self.catalogue(name) for name in sorted(names)]

    def _cite(self, clause_id: str, values: Mapping[str, ParameterValue | None]) -> Citation:
        clause = self.clauses[clause_id]
        document = self.documents[clause.document]
        wordings = (one.wording for one in values.values() if one is not None and one.clause == clause_id)
        return Citation(
            clause=clause_id,
            document=document.id,
            title=document.title,
            number=document.number or "",
            where=clause.where,
            summary=clause.summary,
            wording="；".join(dict.fromkeys(wordings)),
        )

    # cases ---------------------------------------------------------------------------------------

    def judge_rule(self, rule: Rule, facts: Mapping[str, object], *, place: Place, on: date) -> Outcome:
        """Return what one rule alone says; not applicable outside its places and period."""
        if not rule.binds_at(place) or not rule.period.covers(on):
            return Outcome.NOT_APPLICABLE
        return self._judge_alone(rule, place, on)({**facts, "day": on, "place": place.code}).outcome

    def _judge_alone(self, rule: Rule, place: Place, on: date) -> Judge:
        """Return the compiled rule; the cases of a rule mostly share its place and day."""
        key = (rule.id, place.code, on)
        judge = self._alone.get(key)
        if judge is None:
            judge = self._alone[key] = judge_of(self.snapshot(rule, place=place, on=on))
        return judge

    def failing_cases(self) -> Iterator[CaseFailure]:
        """Run every case of every rule, drafts included, and yield those that come out otherwise."""
        for rule in self.rules.values():
            for case in rule.cases:
                facts = self.read_facts(case.given)
                actual = self.judge_rule(rule, facts, place=case.place, on=case.day)
                if actual is not case.expect:
                    yield CaseFailure(rule=rule.id, case=case, actual=actual)


def _in_reading_order(files: Mapping[str, Path]) -> dict[str, Path]:
    """Return the files so that what is cited is read before what cites it: catalogues check clauses."""
    order = ("documents", "parameters", "facts.yaml", "catalogues", "rules", "screens")
    return dict(sorted(files.items(), key=lambda item: (order.index(item[0].split("/", 1)[0]), item[0])))


def _conditions_of(rule: Rule) -> tuple[Condition, ...]:
    return (rule.condition,) if rule.applies_when is None else (rule.applies_when, rule.condition)


def _parameters_of(rule: Rule) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(name for condition in _conditions_of(rule) for name in parameters_of(condition))
    )


def _period_of(rule: Rule) -> RulePeriod:
    return RulePeriod(rule=rule.id, title=rule.title, start=rule.period.start, end=rule.period.end)
