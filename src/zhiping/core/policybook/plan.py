"""The compiled rules of one question at one place while nothing changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from zhiping.core.policybook.compiling import Closure
from zhiping.core.policybook.model import Outcome
from zhiping.core.policybook.verdict import Finding, RuleBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """One rule with its parameters resolved: ready to judge."""

    basis: RuleBasis
    applies: Closure | None
    condition: Closure

    def judge(self, facts: Mapping[str, object]) -> Finding:
        """Return what the rule says of the facts."""
        if self.applies is not None:
            applicability = self.applies(facts)
            if applicability.met is False:
                return Finding(self.basis, Outcome.NOT_APPLICABLE, applicability, facts)
            if applicability.met is None:
                return Finding(self.basis, Outcome.UNKNOWN, applicability, facts)
        trace = self.condition(facts)
        if trace.met is True:
            return Finding(self.basis, Outcome.PASS, trace, facts)
        outcome = Outcome.UNKNOWN if trace.met is None else self.basis.outcome
        return Finding(self.basis, outcome, trace, facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All rules of one question that are in force together, and the facts that they read."""

    decides_on: str
    rules: tuple[CompiledRule, ...]
    reads: tuple[str, ...]
