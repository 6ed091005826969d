"""A penalty judged on the day of conduct and on the day of decision (从旧兼从轻); the milder applies.

The law of the day of conduct applies. Where that of the day of decision is milder, it applies instead.
What is milder is no number of the program: two dated parameters list outcomes and sanctions from the
mildest to the harshest, and those in force at the place on the day of decision are used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zhiping.core.policybook.book import PolicyBook
from zhiping.core.policybook.errors import PenaltyDaysError
from zhiping.core.policybook.model import Outcome
from zhiping.core.policybook.trace import Observation, Trace
from zhiping.core.policybook.verdict import Verdict
from zhiping.core.policybook.wording import Operator
from zhiping.kernel.place import Place

OUTCOMES_BY_MILDNESS = "sanctions.outcomes_by_mildness"
SANCTIONS_BY_MILDNESS = "sanctions.by_mildness"
SANCTIONS_FACT = "proposed_sanctions"
"""The fact that rules on penalties ask for; what they require of it is what is owed."""


class Day(StrEnum):
    """Which of the two days."""

    CONDUCT = "conduct_day"
    DECISION = "decision_day"


class Ground(StrEnum):
    """Why the verdict of one day applies."""

    SAME = "same"
    """Neither is milder: the law of the day of conduct stays."""
    MILDER_OUTCOME = "milder_outcome"
    MILDER_SANCTIONS = "milder_sanctions"
    """The outcomes are the same; the heaviest sanction that one requires is lighter."""
    FEWER_SANCTIONS = "fewer_sanctions"
    """The outcomes and the heaviest sanctions are the same; one requires fewer."""
    FACTS_MISSING = "facts_missing"
    """One day is open for want of facts, and what is missing decides which is milder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyVerdict:
    """Both verdicts, which of them applies and why; `applies` is None while facts are missing.

    `owed_*` are the sanctions that each day's rules require, the mildest first.
    """

    question: str
    place: Place
    conduct_on: date
    decision_on: date
    on_conduct: Verdict
    on_decision: Verdict
    applies: Day | None
    ground: Ground
    owed_on_conduct: tuple[str, ...]
    owed_on_decision: tuple[str, ...]

    @property
    def verdict(self) -> Verdict | None:
        """Return the verdict that applies."""
        return None if self.applies is None else self.of(self.applies)

    @property
    def outcome(self) -> Outcome:
        """Return the outcome that applies; unknown while facts are missing."""
        return Outcome.UNKNOWN if self.verdict is None else self.verdict.outcome

    @property
    def owed(self) -> tuple[str, ...]:
        """Return the sanctions that the verdict that applies requires."""
        if self.applies is None:
            return ()
        return self.owed_on_conduct if self.applies is Day.CONDUCT else self.owed_on_decision

    def of(self, day: Day) -> Verdict:
        """Return the verdict of one day."""
        return self.on_conduct if day is Day.CONDUCT else self.on_decision

    def to_json(self) -> dict[str, object]:
        """Return the judgement under its stable keys."""
        return {
            "question": self.question,
            "place": self.place.code,
            "conduct_on": self.conduct_on.isoformat(),
            "decision_on": self.decision_on.isoformat(),
            "applies": self.applies.value if self.applies else None,
            "ground": self.ground.value,
            "outcome": self.outcome.value,
            "owed": list(self.owed),
            "owed_on_conduct": list(self.owed_on_conduct),
            "owed_on_decision": list(self.owed_on_decision),
            "on_conduct": self.on_conduct.to_json(),
            "on_decision": self.on_decision.to_json(),
        }


def is_about_penalties(book: PolicyBook, question: str) -> bool:
    """Tell whether a question is on penalties: a rule of it asks what sanctions are proposed."""
    asking = (rule for rule in book.rules.values() if rule.asks_of == question)
    return any(SANCTIONS_FACT in book.reads_of(rule) for rule in asking)


def judge_penalty(
    book: PolicyBook,
    question: str,
    facts: Mapping[str, object],
    *,
    place: Place,
    conduct_on: date,
    decision_on: date,
) -> PenaltyVerdict:
    """Judge one case on the day of conduct and on the day of decision; the milder applies.

    First the outcomes are compared, then the heaviest sanction that each requires, then how many. An
    unknown outcome could still be any: it stands against nothing but the mildest of all.

    Authority:
        行政处罚法第三十七条 (the law of the day of conduct; the later law where it is milder).
    Refuses:
        PenaltyDaysError: the day of conduct is after the day of decision.
        NoValueKnownError, ParameterUnknownError: no order of mildness is in force.
        QuestionUnknownError, FactUndeclaredError, FactMalformedError: see `PolicyBook.judge`.
    """
    if conduct_on > decision_on:
        raise PenaltyDaysError(conduct_on=conduct_on, decision_on=decision_on)
    order = _Order(
        outcomes=_listed(book, OUTCOMES_BY_MILDNESS, place, decision_on),
        sanctions=_listed(book, SANCTIONS_BY_MILDNESS, place, decision_on),
    )
    on_conduct, on_decision = (
        book.judge(question, facts, place=place, on=day) for day in (conduct_on, decision_on)
    )
    owed = [order.owed(one) for one in (on_conduct, on_decision)]
    applies, ground = order.milder((on_conduct, owed[0]), (on_decision, owed[1]))
    return PenaltyVerdict(
        question=question,
        place=place,
        conduct_on=conduct_on,
        decision_on=decision_on,
        on_conduct=on_conduct,
        on_decision=on_decision,
        applies=applies,
        ground=ground,
        owed_on_conduct=owed[0],
        owed_on_decision=owed[1],
    )


type _Side = tuple[Verdict, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Outcomes and sanctions from the mildest to the harshest; what is not listed is the harshest."""

    outcomes: tuple[str, ...]
    sanctions: tuple[str, ...]

    def milder(self, conduct: _Side, decision: _Side) -> tuple[Day | None, Ground]:
        """Return which of the two applies, and why; None while that cannot be said."""
        weights = [self._weight(*side) for side in (conduct, decision)]
        unknown = [side[0].outcome is Outcome.UNKNOWN for side in (conduct, decision)]
        if any(unknown):
            # Nothing is milder than the mildest: then the open one need not be known.
            if not unknown[0] and weights[0][0] == 0:
                return Day.CONDUCT, Ground.SAME
            if not unknown[1] and weights[1][0] == 0:
                return Day.DECISION, Ground.MILDER_OUTCOME
            return None, Ground.FACTS_MISSING
        if weights[0] == weights[1]:
            return Day.CONDUCT, Ground.SAME
        day = Day.CONDUCT if weights[0] < weights[1] else Day.DECISION
        step = next(step for step in range(len(_GROUNDS)) if weights[0][step] != weights[1][step])
        return day, _GROUNDS[step]

    def _weight(self, verdict: Verdict, owed: tuple[str, ...]) -> tuple[int, int, int]:
        heaviest = max((self._rank(one) for one in owed), default=-1)
        return _place_in(self.outcomes, verdict.outcome.value), heaviest, len(owed)

    def _rank(self, sanction: str) -> int:
        return _place_in(self.sanctions, sanction)

    def owed(self, verdict: Verdict) -> tuple[str, ...]:
        """Return the sanctions that the rules of a verdict require, the mildest first."""
        required = {
            sanction
            for finding in verdict.findings
            if finding.outcome is not Outcome.NOT_APPLICABLE and finding.rule not in verdict.waived
            for sanction in self._required(finding.trace, is_wanted=True)
        }
        return tuple(sorted(required, key=lambda one: (self._rank(one), one)))

    def _required(self, trace: Trace, *, is_wanted: bool) -> Iterator[str]:
        """Yield what a trace requires of the sanctions; of several ways to do, the mildest one."""
        if isinstance(trace, Observation):
            if trace.test.fact == SANCTIONS_FACT and isinstance(trace.required, tuple):
                yield from self._required_by(trace.test.operator, trace.required, is_wanted=is_wanted)
            return
        wanted = is_wanted is not (trace.kind == "not")
        ways = [tuple(self._required(part, is_wanted=wanted)) for part in trace.parts]
        is_one_enough = (trace.kind == "any") is wanted and trace.kind in {"any", "all"}
        if is_one_enough:
            ways = [min(ways, key=self._weight_of_way, default=())]
        for way in ways:
            yield from way

    def _required_by(
        self, operator: Operator, listed: tuple[str, ...], *, is_wanted: bool
    ) -> tuple[str, ...]:
        if operator is Operator.INCLUDES_ALL and is_wanted:
            return listed
        if operator is Operator.INCLUDES_NONE and not is_wanted:  # one of them is wanted
            return (min(listed, key=self._rank),) if listed else ()
        return ()

    def _weight_of_way(self, way: tuple[str, ...]) -> tuple[int, int]:
        return max((self._rank(one) for one in way), default=-1), len(way)


_GROUNDS = (Ground.MILDER_OUTCOME, Ground.MILDER_SANCTIONS, Ground.FEWER_SANCTIONS)
"""What each part of a weight means."""


def _place_in(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _listed(book: PolicyBook, parameter: str, place: Place, on: date) -> tuple[str, ...]:
    value = book.value(parameter, place=place, on=on)
    return value if isinstance(value, tuple) else (str(value),)
