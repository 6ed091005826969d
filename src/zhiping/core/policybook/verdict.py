"""Verdicts (判定) and findings (核验意见): what every rule said of one case, and why."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from zhiping.core.policybook.errors import (
    RuleUnknownError,
    VerdictUnreadableError,
    WaiverNotAllowedError,
    WaiverPointlessError,
    WaiverReasonMissingError,
)
from zhiping.core.policybook.messages import FLAGS, MISSING, UNITS, UNKNOWN_DEFAULT
from zhiping.core.policybook.model import FactDeclaration, Outcome
from zhiping.core.policybook.trace import Group, Met, Observation, Test, Trace, misses, observations
from zhiping.core.policybook.values import as_day, plain
from zhiping.core.policybook.wording import Operator
from zhiping.kernel.place import Place

if TYPE_CHECKING:  # a snapshot is made of citations
    from zhiping.core.policybook.snapshots import RuleSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A clause as it is cited: which document, where in it, what it demands, in which words."""

    clause: str
    document: str
    title: str
    number: str
    where: str
    summary: str
    wording: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBasis:
    """What a finding needs to know of its rule, the same for every case of a place and period.

    `snapshot` is all that the rule was compiled from; of a finding that was read back, `stored_snapshot`
    is the address under which it was kept ("" where none was).
    """

    rule: str
    version: str
    title: str
    outcome: Outcome
    may_be_waived: bool
    citations: tuple[Citation, ...]
    message: str = ""
    unknown_message: str = ""
    facts: Mapping[str, FactDeclaration] = field(default_factory=dict, repr=False, compare=False)
    snapshot: "RuleSnapshot | None" = field(default=None, repr=False, compare=False)
    stored_snapshot: str = ""

    @property
    def snapshot_address(self) -> str:
        """Return the address of all that the rule judged by; "" where it is not known."""
        return self.snapshot.address if self.snapshot is not None else self.stored_snapshot


_NO_FACTS: Mapping[str, object] = MappingProxyType({})


@dataclass(init=False)  # neither frozen nor slotted: see the remark on observations
class Finding:
    """What one rule says of one case.

    `outcome` is pass, the rule's own outcome (refuse, warn, note), unknown or not applicable. `facts`
    are what its message is filled from; what passed, or does not apply, has no message and keeps none.
    """

    basis: RuleBasis
    outcome: Outcome
    trace: Trace
    facts: Mapping[str, object] = field(default=_NO_FACTS, repr=False, compare=False)
    stored_message: str | None = None

    def __init__(
        self,
        basis: RuleBasis,
        outcome: Outcome,
        trace: Trace,
        facts: Mapping[str, object] | None = None,
        stored_message: str | None = None,
    ) -> None:
        # Most findings pass and have neither facts nor a stored message: the class has them for all.
        self.basis = basis
        self.outcome = outcome
        self.trace = trace
        if facts is not None:
            self.facts = facts
        if stored_message is not None:
            self.stored_message = stored_message

    @property
    def rule(self) -> str:
        """Return the rule's id."""
        return self.basis.rule

    @property
    def version(self) -> str:
        """Return the hash of the rule's substance and of the parameter values it used."""
        return self.basis.version

    @property
    def title(self) -> str:
        """Return the rule's title."""
        return self.basis.title

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Return the clauses it stands on."""
        return self.basis.citations

    @property
    def may_be_waived(self) -> bool:
        """Tell whether the rule holds only in principle (原则上)."""
        return self.basis.may_be_waived

    @property
    def nearest_misses(self) -> tuple[Observation, ...]:
        """Return the tests that would have to turn out otherwise for the rule to be met: the nearest way."""
        if self.outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
            return ()
        found = misses(self.trace)
        return tuple(sorted(found, key=lambda one: one.met is None))

    @property
    def decisive(self) -> Observation | None:
        """Return the test to show first: the first miss, or the first test where nothing was missed."""
        return next(iter(self.nearest_misses), None) or next(observations(self.trace), None)

    @property
    def observed(self) -> object:
        """Return what the decisive test observed."""
        return self.decisive.observed if self.decisive else None

    @property
    def required(self) -> object:
        """Return what the decisive test required."""
        return self.decisive.required if self.decisive else None

    @property
    def short_by(self) -> int | Decimal | tuple[str, ...] | None:
        """Return how far the decisive test was from holding."""
        return self.decisive.short_by if self.decisive else None

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the facts whose absence left tests open, without doubles."""
        if self.outcome is not Outcome.UNKNOWN:
            return ()
        open_tests = (one.test.fact for one in observations(self.trace) if one.met is None)
        return tuple(dict.fromkeys(open_tests))

    @property
    def message(self) -> str:
        """Return the Chinese sentence for people; "" for what was passed or does not apply."""
        if self.stored_message is not None:
            return self.stored_message
        if self.outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
            return ""
        return self._render()

    def _render(self) -> str:
        labels = {name: self.basis.facts[name].label for name in self.missing if name in self.basis.facts}
        shown: dict[str, str] = {
            name: shown_value(value, self.basis.facts.get(name)) for name, value in self.facts.items()
        }
        decisive = self.decisive
        if decisive is not None:
            shown["limit"] = shown_value(decisive.required, self.basis.facts.get(decisive.test.fact))
        row = self._failing_row()
        for one in observations(row) if row is not None else ():
            shown[one.test.fact] = shown_value(one.observed, self.basis.facts.get(one.test.fact))
        if row is not None and row.label:
            shown.update(dict.fromkeys(self._row_keys(), row.label))
        blanks = _Shown(shown)
        if self.outcome is Outcome.UNKNOWN:
            template = self.basis.unknown_message or UNKNOWN_DEFAULT
            return template.format_map(
                _Shown({**shown, "missing": "、".join(labels.values() or self.missing)})
            )
        return self.basis.message.format_map(blanks)

    def _failing_row(self) -> Group | None:
        return _first_row(self.trace, self.trace.met)

    def _row_keys(self) -> tuple[str, ...]:
        return tuple(one.key for one in self.basis.facts.values() if one.key)

    def to_json(self) -> dict[str, object]:
        """Return the finding under its stable keys."""
        address = self.basis.snapshot_address
        return {
            "rule": self.rule,
            "version": self.version,
            **({"snapshot": address} if address else {}),
            "title": self.title,
            "outcome": self.outcome.value,
            "outcome_if_unmet": self.basis.outcome.value,
            "may_be_waived": self.may_be_waived,
            "observed": plain(self.observed),
            "required": plain(self.required),
            "short_by": plain(self.short_by),
            "missing": list(self.missing),
            "message": self.message,
            "clauses": [_citation_json(one) for one in self.citations],
            "trace": _trace_json(self.trace),
        }


class _Shown(dict[str, str]):
    """Shows what is missing as missing."""

    def __missing__(self, key: str) -> str:
        return MISSING


def _first_row(trace: Trace, met: Met) -> Group | None:
    """Return the first row of a trace that came out as the whole did."""
    if isinstance(trace, Observation):
        return None
    if trace.kind == "row":
        return trace if trace.met is met else None
    found = (_first_row(part, met) for part in trace.parts)
    return next((row for row in found if row is not None), None)


def shown_value(  # noqa: PLR0911  # one return for each kind of value
    value: object, declaration: FactDeclaration | None
) -> str:
    """Return a value as people read it.

    >>> shown_value(None, None), shown_value(True, None), shown_value(("甲", "乙"), None)
    ('未提供', '是', '甲、乙')
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return FLAGS[value]
    if isinstance(value, tuple | list):
        if any(isinstance(part, Mapping) for part in value):
            return str(len(value))
        return "、".join(shown_value(part, declaration) for part in value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, str) and declaration is not None:
        return declaration.values_labels.get(value, value)
    return str(value)


def with_unit(value: object, unit: str) -> str:
    """Return a value with its Chinese unit; an unknown unit is left out."""
    shown = shown_value(value, None)
    return shown if value is None or isinstance(value, bool | str) else shown + UNITS.get(unit, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePeriod:
    """A rule of the question that was in force before, or comes later."""

    rule: str
    title: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One rule waived for one case (豁免): why, by whom, on which day."""

    rule: str
    reason: str
    by: str
    on: date


@dataclass(frozen=True, init=False)
class Verdict:
    """What all rules of a question say of one case at a place on its named day.

    `outcome` counts waivers; `outcome_before_waivers` does not. Both are kept.
    """

    question: str
    place: Place
    on: date
    decides_on: str
    outcome: Outcome
    findings: tuple[Finding, ...]
    facts: Mapping[str, object]
    outcome_before_waivers: Outcome
    waivers: tuple[Waiver, ...]
    earlier: tuple[RulePeriod, ...]
    later: tuple[RulePeriod, ...]

    def __init__(  # noqa: PLR0913  # as many as there are fields, all by keyword
        self,
        *,
        question: str,
        place: Place,
        on: date,
        decides_on: str,
        outcome: Outcome,
        findings: tuple[Finding, ...],
        facts: Mapping[str, object],
        outcome_before_waivers: Outcome,
        waivers: tuple[Waiver, ...] = (),
        earlier: tuple[RulePeriod, ...] = (),
        later: tuple[RulePeriod, ...] = (),
    ) -> None:
        # All in one step: made by itself, a frozen class sets one field after the other, each through a
        # call, which would take a tenth of the time of a judgement.
        self.__dict__.update(
            question=question,
            place=place,
            on=on,
            decides_on=decides_on,
            outcome=outcome,
            findings=findings,
            facts=facts,
            outcome_before_waivers=outcome_before_waivers,
            waivers=waivers,
            earlier=earlier,
            later=later,
        )

    @property
    def waived(self) -> frozenset[str]:
        """Return the ids of the waived rules."""
        return frozenset(waiver.rule for waiver in self.waivers)

    def of(self, outcome: Outcome) -> tuple[Finding, ...]:
        """Return the findings with an outcome, waived ones left out."""
        return tuple(one for one in self.findings if one.outcome is outcome and one.rule not in self.waived)

    def finding(self, rule: str) -> Finding:
        """Return the finding of one rule.

        Refuses:
            RuleUnknownError: the verdict has none of that rule.
        """
        for one in self.findings:
            if one.rule == rule:
                return one
        raise RuleUnknownError(rule=rule)

    def with_waivers(self, waivers: Iterable[Waiver]) -> "Verdict":
        """Waive rules that hold only in principle (原则上) and decide anew.

        Refuses:
            RuleUnknownError: the verdict has no finding of the rule.
            WaiverNotAllowedError: the rule is absolute.
            WaiverPointlessError: the rule did not fail.
            WaiverReasonMissingError: the reason is blank.
        """
        added = tuple(waivers)
        for waiver in added:
            finding = self.finding(waiver.rule)
            if not finding.may_be_waived:
                raise WaiverNotAllowedError(rule=waiver.rule)
            if finding.outcome not in {Outcome.REFUSE, Outcome.WARN}:
                raise WaiverPointlessError(rule=waiver.rule)
            if not waiver.reason.strip():
                raise WaiverReasonMissingError(rule=waiver.rule)
        names = {waiver.rule for waiver in added}
        kept = tuple(one for one in self.waivers if one.rule not in names)
        together = kept + added
        waived = {waiver.rule for waiver in together}
        return replace(self, waivers=together, outcome=combined(self.findings, waived))

    def to_json(self) -> dict[str, object]:
        """Return the verdict under its stable keys, ready to be stored and replayed."""
        return {
            "question": self.question,
            "place": self.place.code,
            "on": self.on.isoformat(),
            "decides_on": self.decides_on,
            "outcome": self.outcome.value,
            "outcome_before_waivers": self.outcome_before_waivers.value,
            "facts": plain(self.facts),
            "findings": [one.to_json() for one in self.findings],
            "waivers": [
                {"rule": one.rule, "reason": one.reason, "by": one.by, "on": one.on.isoformat()}
                for one in self.waivers
            ],
            "rules_earlier": [_period_json(one) for one in self.earlier],
            "rules_later": [_period_json(one) for one in self.later],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Verdict":
        """Read a stored verdict back; its `to_json` is what was stored.

        Refuses:
            VerdictUnreadableError: a key is missing or a value cannot be read.
        """
        try:
            return _verdict_of(stored)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise VerdictUnreadableError(reason=f"{type(error).__name__}: {error}") from error


# The order in which outcomes beat one another; the first that any finding has is the verdict's.
_ORDER = (
    Outcome.REFUSE,
    Outcome.UNKNOWN,
    Outcome.WARN,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
    Outcome.NO_RULE_KNOWN,
)
_RANK = {outcome.value: rank for rank, outcome in enumerate(_ORDER)}
_NOTE, _PASS, _REFUSE, _NOT_APPLICABLE = (
    Outcome.NOTE,
    Outcome.PASS,
    Outcome.REFUSE,
    Outcome.NOT_APPLICABLE,
)
_PASS_RANK, _NOT_APPLICABLE_RANK, _LAST_RANK = _RANK["pass"], _RANK["not_applicable"], len(_ORDER) - 1


def combined(findings: Iterable[Finding], waived: Iterable[str] = ()) -> Outcome:
    """Return the outcome of several findings together.

    Refuse beats unknown, unknown beats warn, warn beats pass; a note, even an open one, changes
    nothing; a waived finding counts as passed. No findings: no rule known.
    """
    excused = frozenset(waived)
    best, some_pass = _LAST_RANK, False
    for finding in findings:
        outcome = finding.outcome
        if outcome is _PASS:
            some_pass = True
        elif outcome is _NOT_APPLICABLE:
            best = min(best, _NOT_APPLICABLE_RANK)
        elif finding.basis.outcome is _NOTE or finding.basis.rule in excused:
            some_pass = True
        elif outcome is _REFUSE:  # nothing beats it
            return outcome
        else:
            best = min(best, _RANK[outcome.value])
    return _ORDER[min(best, _PASS_RANK) if some_pass else best]


# JSON --------------------------------------------------------------------------------------------


def _citation_json(one: Citation) -> dict[str, object]:
    return {
        "clause": one.clause,
        "document": one.document,
        "title": one.title,
        "number": one.number,
        "where": one.where,
        "summary": one.summary,
        "wording": one.wording,
    }


def _period_json(one: RulePeriod) -> dict[str, object]:
    return {
        "rule": one.rule,
        "title": one.title,
        "from": one.start.isoformat(),
        "to": one.end.isoformat() if one.end else None,
    }


def _trace_json(trace: Trace) -> dict[str, object]:
    if isinstance(trace, Group):
        return {
            "group": trace.kind,
            "label": trace.label,
            "met": trace.met,
            "parts": [_trace_json(part) for part in trace.parts],
        }
    test = trace.test
    return {
        "fact": test.fact,
        "label": test.label,
        "test": test.operator.value,
        "type": test.type,
        "unit": test.unit,
        "met": trace.met,
        "observed": plain(trace.observed),
        "required": plain(trace.required),
        "short_by": plain(trace.short_by),
        "parameter": test.parameter,
        "place": test.place,
        "wording": test.wording,
        "clause": test.clause,
        "certainty": test.certainty,
    }


type Stored = Mapping[str, object]


def _verdict_of(stored: Stored) -> Verdict:
    facts: Mapping[str, object] = stored["facts"]  # type: ignore[assignment]  # a mapping, by to_json
    return Verdict(
        question=str(stored["question"]),
        place=Place(str(stored["place"])),
        on=date.fromisoformat(str(stored["on"])),
        decides_on=str(stored["decides_on"]),
        outcome=Outcome(str(stored["outcome"])),
        outcome_before_waivers=Outcome(str(stored["outcome_before_waivers"])),
        facts=dict(facts),
        findings=tuple(_finding_of(one, facts) for one in _list(stored["findings"])),
        waivers=tuple(
            Waiver(
                rule=str(one["rule"]),
                reason=str(one["reason"]),
                by=str(one["by"]),
                on=date.fromisoformat(str(one["on"])),
            )
            for one in _list(stored["waivers"])
        ),
        earlier=tuple(_period_of(one) for one in _list(stored["rules_earlier"])),
        later=tuple(_period_of(one) for one in _list(stored["rules_later"])),
    )


def _list(value: object) -> list[Stored]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _period_of(one: Stored) -> RulePeriod:
    end = one["to"]
    return RulePeriod(
        rule=str(one["rule"]),
        title=str(one["title"]),
        start=date.fromisoformat(str(one["from"])),
        end=None if end is None else date.fromisoformat(str(end)),
    )


def _finding_of(one: Stored, facts: Mapping[str, object]) -> Finding:
    basis = RuleBasis(
        rule=str(one["rule"]),
        version=str(one["version"]),
        title=str(one["title"]),
        outcome=Outcome(str(one["outcome_if_unmet"])),
        may_be_waived=bool(one["may_be_waived"]),
        citations=tuple(
            Citation(**{key: str(value) for key, value in each.items()}) for each in _list(one["clauses"])
        ),
        stored_snapshot=str(one.get("snapshot", "")),
    )
    trace: Stored = one["trace"]  # type: ignore[assignment]  # a mapping, by to_json
    return Finding(basis, Outcome(str(one["outcome"])), _trace_of(trace), facts, str(one["message"]))


def _trace_of(one: Stored) -> Trace:
    met = one["met"]
    if met is not None and not isinstance(met, bool):
        raise TypeError(met)
    if "group" in one:
        parts = tuple(_trace_of(part) for part in _list(one["parts"]))
        return Group(str(one["group"]), met, parts, str(one["label"]))
    test = Test(
        fact=str(one["fact"]),
        label=str(one["label"]),
        operator=Operator(str(one["test"])),
        type=str(one["type"]),
        unit=str(one["unit"]),
        parameter=str(one["parameter"]),
        place=str(one["place"]),
        wording=str(one["wording"]),
        clause=str(one["clause"]),
        certainty=str(one["certainty"]),
    )
    read = _READERS.get(test.type, _same)
    return Observation(test, met, read(one["observed"]), read(one["required"]))


def _same(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _days(value: object) -> object:
    return tuple(as_day(part) for part in value) if isinstance(value, list) else as_day(value)


def _decimals(value: object) -> object:
    return None if value is None else Decimal(str(value))


_READERS: dict[str, Callable[[object], object]] = {"day": _days, "decimal": _decimals}
