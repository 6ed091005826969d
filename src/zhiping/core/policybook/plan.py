"""The compiled rules of one question at one place while nothing changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zhiping.core.policybook.compiling import Closure, Facts
from zhiping.core.policybook.model import Outcome, ParameterValue, Rule
from zhiping.core.policybook.trace import Trace
from zhiping.core.policybook.verdict import Finding, RuleBasis

type Judge = Callable[[Facts], Finding]
"""One rule with its parameters resolved: says what it finds of the facts of one case."""


def judge_of(basis: RuleBasis, *, applies: Closure | None, condition: Closure, shared: Trace | None) -> Judge:
    """Return what judges by a rule, given its compiled conditions.

    `shared` is the trace that all passing cases have in common, if there is one; then they have the
    finding in common too.
    """

    def found(facts: Facts) -> Finding:
        trace = condition(facts)
        met = trace.met
        if met is True:
            return Finding(basis, _PASS, trace)
        return Finding(basis, _UNKNOWN if met is None else basis.outcome, trace, facts)

    judge = found if shared is None else _sharing(found, condition, Finding(basis, _PASS, shared))
    return judge if applies is None else _where_it_applies(basis, applies, judge)


def _sharing(judge: Judge, condition: Closure, passed: Finding) -> Judge:
    shared = passed.trace
    return lambda facts: passed if condition(facts) is shared else judge(facts)


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

    decides_on: str
    judges: tuple[Judge, ...]
    reads: frozenset[str]
