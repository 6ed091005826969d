"""A stored verdict judged again (判定重演): the same bytes, or what differs and why.

A verdict keeps the version of each of its rules: a hash of the rule's substance, of the parameter values
it used and of the lists it looked into. Under the same versions the same facts give the same bytes. Where
they differ, each rule says why: another value of a parameter, another condition, a rule added or gone.
What a fact means may have changed as well: then the facts cannot be read, and nothing is judged.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from zhiping.core.policybook.book import PolicyBook
from zhiping.core.policybook.errors import FactMalformedError, FactUndeclaredError, QuestionUnknownError
from zhiping.core.policybook.fact_values import read_facts
from zhiping.core.policybook.model import Outcome
from zhiping.core.policybook.trace import observations
from zhiping.core.policybook.verdict import Finding, Verdict
from zhiping.kernel.errors import DomainError


class Cause(StrEnum):
    """Why one rule's part of a verdict is not as it was."""

    RULE_ADDED = "rule_added"
    RULE_GONE = "rule_gone"
    PARAMETER_CHANGED = "parameter_changed"
    CONDITION_CHANGED = "condition_changed"
    VERSION_CHANGED = "version_changed"
    """The rule was edited, or a list it looks into, and its tests are the same."""
    WORDING_CHANGED = "wording_changed"
    """The version is the same, but not all that is shown: a clause's summary, a document's title, a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """A parameter that gave another value: what the test required then and now."""

    parameter: str
    label: str
    before: object
    now: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that is not as it was, and why; outcomes None where the rule was or is not there."""

    rule: str
    title: str
    cause: Cause
    before: Outcome | None
    now: Outcome | None
    values: tuple[NewValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudgement:
    """A stored verdict, the verdict of today's book on the same facts, place and day, and what differs.

    `now` is None, and `hindrance` tells why, where the facts can no longer be read or nobody asks the
    question any more. `lost_waivers` are waivers of then that today's verdict has no use for.
    """

    before: Verdict
    now: Verdict | None
    is_same_bytes: bool
    reasons: tuple[Reason, ...] = ()
    lost_waivers: tuple[str, ...] = ()
    hindrance: DomainError | None = None

    @property
    def is_same_outcome(self) -> bool:
        """Tell whether the outcome, waivers counted, is as it was."""
        return self.now is not None and self.now.outcome is self.before.outcome

    @property
    def is_same_law(self) -> bool:
        """Tell whether the same versions of the same rules judged."""
        if self.now is None:
            return False
        return _versions(self.before) == _versions(self.now)


def canonical(stored: Mapping[str, object]) -> bytes:
    """Return the one spelling of a stored verdict: databases keep neither the order of keys nor blanks."""
    return json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def rejudge(book: PolicyBook, stored: Mapping[str, object]) -> Rejudgement:
    """Judge what a stored verdict judged once more, and compare.

    Refuses:
        VerdictUnreadableError: the stored verdict cannot be read.
    """
    before = Verdict.from_json(stored)
    try:
        facts = read_facts(book.facts, before.facts)
        now = book.judge(before.question, facts, place=before.place, on=before.on)
    except (FactUndeclaredError, FactMalformedError, QuestionUnknownError) as hindrance:
        return Rejudgement(before=before, now=None, is_same_bytes=False, hindrance=hindrance)
    failed = {one.rule for one in now.findings if one.outcome in _WAIVABLE and one.may_be_waived}
    now = now.with_waivers(one for one in before.waivers if one.rule in failed)
    return Rejudgement(
        before=before,
        now=now,
        is_same_bytes=canonical(now.to_json()) == canonical(stored),
        reasons=_reasons(before, now),
        lost_waivers=tuple(one.rule for one in before.waivers if one.rule not in failed),
    )


_WAIVABLE = frozenset({Outcome.REFUSE, Outcome.WARN})


def _versions(verdict: Verdict) -> dict[str, str]:
    return {one.rule: one.version for one in verdict.findings}


def _reasons(before: Verdict, now: Verdict) -> tuple[Reason, ...]:
    old = {one.rule: one for one in before.findings}
    new = {one.rule: one for one in now.findings}
    found = (_reason(old.get(rule), new.get(rule)) for rule in sorted(old.keys() | new.keys()))
    return tuple(one for one in found if one is not None)


def _reason(old: Finding | None, new: Finding | None) -> Reason | None:
    if old is None or new is None:
        there = new or old
        if there is None:
            return None
        return Reason(
            rule=there.rule,
            title=there.title,
            cause=Cause.RULE_ADDED if old is None else Cause.RULE_GONE,
            before=old.outcome if old else None,
            now=new.outcome if new else None,
        )
    if canonical(old.to_json()) == canonical(new.to_json()):
        return None
    cause, values = _cause(old, new)
    return Reason(
        rule=new.rule, title=new.title, cause=cause, before=old.outcome, now=new.outcome, values=values
    )


def _cause(old: Finding, new: Finding) -> tuple[Cause, tuple[NewValue, ...]]:
    if old.version == new.version:
        return Cause.WORDING_CHANGED, ()
    was, tests = _tests(old), _tests(new)
    if was.keys() != tests.keys():
        return Cause.CONDITION_CHANGED, ()
    values = tuple(
        NewValue(parameter=parameter, label=label, before=was[key], now=required)
        for key, required in tests.items()
        for _, _, parameter, label in (key,)
        if was[key] != required and parameter
    )
    if values:
        return Cause.PARAMETER_CHANGED, values
    is_same_test = all(was[key] == required for key, required in tests.items())
    return (Cause.VERSION_CHANGED if is_same_test else Cause.CONDITION_CHANGED), ()


def _tests(finding: Finding) -> dict[tuple[str, str, str, str], object]:
    """Return what a finding tested: fact, operator, parameter, label → what was required."""
    return {
        (one.test.fact, one.test.operator.value, one.test.parameter, one.test.label): one.required
        for one in observations(finding.trace)
    }
