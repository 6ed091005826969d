"""The compiled rules of one question at one place while nothing changes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from zhiping.core.policybook.compiling import Closure, Compiler, Facts, flag_tested, shared_pass
from zhiping.core.policybook.conditions import Condition
from zhiping.core.policybook.model import Outcome, ParameterValue, Rule
from zhiping.core.policybook.snapshots import RuleSnapshot
from zhiping.core.policybook.verdict import Finding, RuleBasis, Verdict, combined
from zhiping.kernel.place import Place

type Judge = Callable[[Facts], Finding]
"""One rule with its parameters resolved: says what it finds of the facts of one case."""


def judge_of(snapshot: RuleSnapshot) -> Judge:
    """Return what judges by a rule as it was at a place on a day."""
    compiler = Compiler(facts=snapshot.facts, parameters=snapshot.values, catalogues=snapshot.catalogues)
    basis = _basis_of(snapshot)
    condition = compiler.compile(snapshot.condition)
    applies = compiler.compile(snapshot.applies_when) if snapshot.applies_when else None
    judge = _judge(basis, snapshot.condition, condition)
    return judge if applies is None else _where_it_applies(basis, applies, judge)


def _basis_of(snapshot: RuleSnapshot) -> RuleBasis:
    read = {name: snapshot.facts[name] for name in snapshot.reads}
    return RuleBasis(
        rule=snapshot.rule,
        version=snapshot.version,
        title=snapshot.title,
        outcome=snapshot.outcome,
        may_be_waived=snapshot.may_be_waived,
        citations=snapshot.citations,
        message=snapshot.message,
        unknown_message=snapshot.unknown_message,
        facts={**read, **{field.name: field for one in read.values() for field in one.fields}},
        snapshot=snapshot,
    )


def _judge(basis: RuleBasis, condition: Condition, closure: Closure) -> Judge:
    """Return what judges where the rule applies.

    Where all passing cases have one trace in common, they have the finding in common too.
    """

    def found(facts: Facts) -> Finding:
        trace = closure(facts)
        met = trace.met
        if met is True:
            return Finding(basis, _PASS, trace)
        return Finding(basis, _UNKNOWN if met is None else basis.outcome, trace, facts)

    shared, flag = shared_pass(condition, closure), flag_tested(condition)
    if shared is None:
        return found
    passed = Finding(basis, _PASS, shared)
    if flag is not None:
        name, wanted = flag
        return lambda facts: passed if facts.get(name) is wanted else found(facts)
    return lambda facts: passed if closure(facts) is shared else found(facts)


def _where_it_applies(basis: RuleBasis, applies: Closure, judge: Judge) -> Judge:
    def found(facts: Facts) -> Finding:
        applicability = applies(facts)
        if applicability.met is True:
            return judge(facts)
        if applicability.met is False:
            return Finding(basis, _NOT_APPLICABLE, applicability)
        return Finding(basis, _UNKNOWN, applicability, facts)

    return found


# Looked up once: an enum's member costs as much to look up as a finding to make.
_PASS, _UNKNOWN, _NOT_APPLICABLE = Outcome.PASS, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRule:
    """One rule with the values that its parameters have at a place on a day."""

    rule: Rule
    values: Mapping[str, ParameterValue | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All rules of one question that are in force together, and the facts that they read."""

    question: str
    decides_on: str
    judges: tuple[Judge, ...]
    reads: frozenset[str]

    def judge(self, facts: Facts, read: Mapping[str, object], place: Place, on: date) -> Verdict:
        """Return the verdict on one case; `read` are those of its facts that the rules read."""
        scope = {**facts, "day": on, "place": place.code}
        findings = tuple([judge(scope) for judge in self.judges])
        outcome = combined(findings)
        return Verdict(
            question=self.question,
            place=place,
            on=on,
            decides_on=self.decides_on,
            outcome=outcome,
            outcome_before_waivers=outcome,
            findings=findings,
            facts=read,
        )


def plan_of(snapshots: Iterable[RuleSnapshot]) -> Plan:
    """Return the plan of rules that judge together; there must be one at least, all of one question."""
    together = tuple(snapshots)
    return Plan(
        question=together[0].asks_of,
        decides_on=together[0].decides_on,
        judges=tuple(judge_of(one) for one in together),
        reads=frozenset(name for one in together for name in one.reads),
    )
