"""A stored verdict judged again (判定重演): by the rules stored with it, and by those of today's book.

A verdict keeps, of each of its rules, the version and the address of the rule's snapshot. Judged by these
snapshots, the same facts give the same bytes, however the policy files were edited since; where they do
not, the stored verdict or the program is another. Beside it stands what today's rules say of the same
facts, place and day. Each rule that differs between the two says why, from the two snapshots: another
value of a parameter, another condition, another list, other words, a rule added or gone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from zhiping.core.policybook.book import PolicyBook
from zhiping.core.policybook.condition_json import condition_json
from zhiping.core.policybook.errors import (
    FactMalformedError,
    FactUndeclaredError,
    QuestionUnknownError,
    SnapshotUnreadableError,
)
from zhiping.core.policybook.fact_values import read_facts
from zhiping.core.policybook.model import FactDeclaration, Outcome
from zhiping.core.policybook.plan import plan_of
from zhiping.core.policybook.snapshots import RuleSnapshot, snapshot_of
from zhiping.core.policybook.values import Value
from zhiping.core.policybook.verdict import Finding, Verdict
from zhiping.kernel.errors import DomainError

type Kept = Mapping[str, Mapping[str, object]]
"""The content of snapshots by address, as `RuleSnapshot.to_json` gave it."""


class Cause(StrEnum):
    """Why one rule's part of a verdict is not as it was."""

    RULE_ADDED = "rule_added"
    RULE_GONE = "rule_gone"
    PARAMETER_CHANGED = "parameter_changed"
    CONDITION_CHANGED = "condition_changed"
    LIST_CHANGED = "list_changed"
    RULE_CHANGED = "rule_changed"
    """What follows from the rule, its places, period or clauses were edited; its tests are the same."""
    WORDING_CHANGED = "wording_changed"
    """The version is the same, but not all that is shown: a clause's summary, a document's title, a label."""
    NOT_KEPT = "not_kept"
    """The version is another, and the one of then was not kept: nobody can say what was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """A parameter that has another value, or another wording, than it had; None where it had or has none."""

    parameter: str
    before: Value | None
    now: Value | None
    wording_before: str
    wording_now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that is not as it was, and why; outcomes None, versions "" where it was or is not there."""

    rule: str
    title: str
    cause: Cause
    before: Outcome | None
    now: Outcome | None
    version_before: str = ""
    version_now: str = ""
    values: tuple[NewValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A stored verdict, the same judged again by its own rules, and by today's.

    `again` is None where not all of its rules were kept (`missing`) or what was kept cannot be read
    (`hindrance_then`). `now` is None, and `hindrance` tells why, where the facts can no longer be read
    or nobody asks the question any more. `lost_waivers` are waivers of then that today's verdict has no
    use for.
    """

    before: Verdict
    again: Verdict | None
    now: Verdict | None
    is_same_bytes: bool
    is_same_bytes_now: bool
    reasons: tuple[Reason, ...] = ()
    lost_waivers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    hindrance_then: DomainError | None = None
    hindrance: DomainError | None = None

    @property
    def is_same_outcome(self) -> bool:
        """Tell whether today's outcome, waivers counted, is as it was."""
        return self.now is not None and self.now.outcome is self.before.outcome

    @property
    def is_same_law(self) -> bool:
        """Tell whether the same versions of the same rules judge today."""
        return self.now is not None and _versions(self.before) == _versions(self.now)


def canonical(stored: Mapping[str, object]) -> bytes:
    """Return the one spelling of a stored verdict: databases keep neither the order of keys nor blanks."""
    return json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def snapshots_named(stored: Mapping[str, object]) -> tuple[str, ...]:
    """Return the addresses of the snapshots that a stored verdict names, without doubles.

    Refuses:
        VerdictUnreadableError: the stored verdict cannot be read.
    """
    names = (one.basis.stored_snapshot for one in Verdict.from_json(stored).findings)
    return tuple(dict.fromkeys(name for name in names if name))


def replay(book: PolicyBook, stored: Mapping[str, object], kept: Kept) -> Replay:
    """Judge what a stored verdict judged once more, by its own rules and by the book's, and compare.

    `kept` holds the snapshots that it names, as far as they were kept; a rule that is still the same in
    the book needs none.

    Refuses:
        VerdictUnreadableError: the stored verdict cannot be read.
    """
    before = Verdict.from_json(stored)
    now, lost_waivers, hindrance = _judged_now(book, before)
    snapshots, hindrance_then = _snapshots_then(before, now, kept)
    missing = tuple(one.rule for one in before.findings if one.rule not in snapshots)
    again: Verdict | None = None
    if not missing:
        again, hindrance_then = _judged_again(before, snapshots)
    return Replay(
        before=before,
        again=again,
        now=now,
        is_same_bytes=again is not None and canonical(again.to_json()) == canonical(stored),
        is_same_bytes_now=now is not None and canonical(now.to_json()) == canonical(stored),
        reasons=() if now is None else _reasons(before, now, snapshots),
        lost_waivers=lost_waivers,
        missing=missing,
        hindrance_then=hindrance_then,
        hindrance=hindrance,
    )


# judging -----------------------------------------------------------------------------------------

_WAIVABLE = frozenset({Outcome.REFUSE, Outcome.WARN})


def _judged_now(
    book: PolicyBook, before: Verdict
) -> tuple[Verdict | None, tuple[str, ...], DomainError | None]:
    """Return today's verdict with the waivers that still fit, those that do not, and what hinders."""
    try:
        facts = read_facts(book.facts, before.facts)
        now = book.judge(before.question, facts, place=before.place, on=before.on)
    except (FactUndeclaredError, FactMalformedError, QuestionUnknownError) as hindrance:
        return None, (), hindrance
    now, lost = _waived(now, before)
    return now, lost, None


def _judged_again(
    before: Verdict, snapshots: Mapping[str, RuleSnapshot]
) -> tuple[Verdict | None, DomainError | None]:
    """Return the verdict of the rules stored with it."""
    if not snapshots:  # no rule was known: there is nothing to judge by, and nothing that may differ
        return before, None
    plan = plan_of(snapshots[one.rule] for one in before.findings)
    declared: dict[str, FactDeclaration] = {}
    for one in snapshots.values():
        declared |= one.facts
    try:
        facts = read_facts(declared, before.facts)
        again = plan.judge(facts, facts, before.place, before.on)
    except (FactUndeclaredError, FactMalformedError) as hindrance:
        return None, hindrance
    return _waived(again, before)[0], None


def _waived(verdict: Verdict, before: Verdict) -> tuple[Verdict, tuple[str, ...]]:
    failed = {one.rule for one in verdict.findings if one.outcome in _WAIVABLE and one.may_be_waived}
    fitting = verdict.with_waivers(one for one in before.waivers if one.rule in failed)
    return fitting, tuple(one.rule for one in before.waivers if one.rule not in failed)


def _snapshots_then(
    before: Verdict, now: Verdict | None, kept: Kept
) -> tuple[dict[str, RuleSnapshot], DomainError | None]:
    """Return the snapshots that a stored verdict names, by rule, and what hindered the reading of one.

    A rule whose address is still that of today's is at hand in any case.
    """
    at_hand = {} if now is None else _snapshots_of(now)
    found: dict[str, RuleSnapshot] = {}
    hindrance: DomainError | None = None
    for one in before.findings:
        address = one.basis.stored_snapshot
        same = at_hand.get(one.rule)
        try:
            if address in kept:
                found[one.rule] = snapshot_of(kept[address], address=address)
            elif same is not None and same.address == address:
                found[one.rule] = same
        except SnapshotUnreadableError as error:
            hindrance = error
    return found, hindrance


def _snapshots_of(verdict: Verdict) -> dict[str, RuleSnapshot]:
    return {one.rule: one.basis.snapshot for one in verdict.findings if one.basis.snapshot is not None}


# what differs ------------------------------------------------------------------------------------


def _versions(verdict: Verdict) -> dict[str, str]:
    return {one.rule: one.version for one in verdict.findings}


def _reasons(before: Verdict, now: Verdict, then: Mapping[str, RuleSnapshot]) -> tuple[Reason, ...]:
    old, new = ({one.rule: one for one in verdict.findings} for verdict in (before, now))
    today = _snapshots_of(now)
    found = (
        _reason(old.get(rule), new.get(rule), then.get(rule), today.get(rule))
        for rule in sorted(old.keys() | new.keys())
    )
    return tuple(one for one in found if one is not None)


def _reason(
    old: Finding | None, new: Finding | None, then: RuleSnapshot | None, today: RuleSnapshot | None
) -> Reason | None:
    either = new or old
    if either is None or (old and new and canonical(old.to_json()) == canonical(new.to_json())):
        return None
    cause, values = _cause(old, new, then, today)
    return Reason(
        rule=either.rule,
        title=either.title,
        cause=cause,
        before=old.outcome if old else None,
        now=new.outcome if new else None,
        version_before=old.version if old else "",
        version_now=new.version if new else "",
        values=values,
    )


def _cause(  # noqa: PLR0911  # one return for each cause
    old: Finding | None, new: Finding | None, then: RuleSnapshot | None, today: RuleSnapshot | None
) -> tuple[Cause, tuple[NewValue, ...]]:
    if old is None:
        return Cause.RULE_ADDED, ()
    if new is None:
        return Cause.RULE_GONE, ()
    if old.version == new.version:
        return Cause.WORDING_CHANGED, ()
    if then is None or today is None:
        return Cause.NOT_KEPT, ()
    if _conditions(then) != _conditions(today):
        return Cause.CONDITION_CHANGED, ()
    values = tuple(_new_values(then, today))
    if values:
        return Cause.PARAMETER_CHANGED, values
    lists = [{name: one.content_hash for name, one in side.catalogues.items()} for side in (then, today)]
    return (Cause.LIST_CHANGED if lists[0] != lists[1] else Cause.RULE_CHANGED), ()


def _conditions(snapshot: RuleSnapshot) -> tuple[object, object]:
    return condition_json(snapshot.applies_when), condition_json(snapshot.condition)


def _new_values(then: RuleSnapshot, today: RuleSnapshot) -> list[NewValue]:
    """Return the parameters whose value or wording changed; the conditions, hence the names, are the same."""
    found = []
    for name in today.values:
        was, is_now = then.values.get(name), today.values[name]
        before, now = (None if one is None else one.value for one in (was, is_now))
        wordings = ["" if one is None else one.wording for one in (was, is_now)]
        if before != now or wordings[0] != wordings[1]:
            found.append(
                NewValue(
                    parameter=name,
                    before=before,
                    now=now,
                    wording_before=wordings[0],
                    wording_now=wordings[1],
                )
            )
    return found
