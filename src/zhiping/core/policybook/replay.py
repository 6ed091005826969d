"""Replays (重演): is a stored verdict still what the book says, and if not, why?"""

from dataclasses import dataclass
from enum import StrEnum

from zhiping.core.policybook.verdict import Finding, Verdict


class DifferenceKind(StrEnum):
    """In which way one rule differs between a stored verdict and its replay."""

    RULE_ADDED = "rule_added"
    RULE_GONE = "rule_gone"
    RULE_CHANGED = "rule_changed"
    OUTCOME_CHANGED = "outcome_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One rule that differs: its versions and outcomes before and now ("" where it was not there)."""

    rule: str
    kind: DifferenceKind
    version_before: str = ""
    version_now: str = ""
    outcome_before: str = ""
    outcome_now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A stored verdict, the verdict now for the same facts, place and day, and the differences."""

    before: Verdict
    now: Verdict
    differences: tuple[Difference, ...]

    @property
    def is_same(self) -> bool:
        """Tell whether rules, versions and outcomes are all as they were."""
        return not self.differences and self.outcome_is_same

    @property
    def outcome_is_same(self) -> bool:
        """Tell whether the outcome is as it was, waivers left aside."""
        return self.before.outcome_before_waivers is self.now.outcome_before_waivers

    def to_json(self) -> dict[str, object]:
        """Return the replay under its stable keys."""
        return {
            "same": self.is_same,
            "outcome_same": self.outcome_is_same,
            "outcome_before": self.before.outcome_before_waivers.value,
            "outcome_now": self.now.outcome_before_waivers.value,
            "differences": [
                {
                    "rule": one.rule,
                    "kind": one.kind.value,
                    "version_before": one.version_before,
                    "version_now": one.version_now,
                    "outcome_before": one.outcome_before,
                    "outcome_now": one.outcome_now,
                }
                for one in self.differences
            ],
        }


def compare(before: Verdict, now: Verdict) -> Replay:
    """Return the replay with its differences, ordered by rule."""
    old = {one.rule: one for one in before.findings}
    new = {one.rule: one for one in now.findings}
    found = (_difference(rule, old.get(rule), new.get(rule)) for rule in sorted(old.keys() | new.keys()))
    return Replay(before=before, now=now, differences=tuple(one for one in found if one is not None))


def _difference(rule: str, old: Finding | None, new: Finding | None) -> Difference | None:
    kind = _kind(old, new)
    if kind is None:
        return None
    return Difference(
        rule=rule,
        kind=kind,
        version_before=old.version if old else "",
        version_now=new.version if new else "",
        outcome_before=_outcome(old),
        outcome_now=_outcome(new),
    )


def _kind(old: Finding | None, new: Finding | None) -> DifferenceKind | None:
    if old is None:
        return DifferenceKind.RULE_ADDED
    if new is None:
        return DifferenceKind.RULE_GONE
    if old.version != new.version:
        return DifferenceKind.RULE_CHANGED
    return DifferenceKind.OUTCOME_CHANGED if old.outcome is not new.outcome else None


def _outcome(finding: Finding | None) -> str:
    return finding.outcome.value if finding else ""
