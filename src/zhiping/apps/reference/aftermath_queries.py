"""What is owed to each candidate of a cancelled item, by the law of the place, and the cases behind it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum

from zhiping.apps.authorities.queries import within
from zhiping.apps.reference.catalogue_queries import cancelled_items, cancelled_on
from zhiping.apps.reference.models import (
    AffectedBatch,
    AftermathCandidate,
    CancellationCase,
    CandidateList,
)
from zhiping.apps.reference.queries import binding_clauses, judge
from zhiping.core.catalogues.cancellations import CancelledRow
from zhiping.core.catalogues.qualifications import plain_name
from zhiping.core.policybook import Outcome, Verdict
from zhiping.kernel.actor import Actor
from zhiping.kernel.place import Place

AFTERMATH_CLAUSES = ("JL17-4",)
_MAINTAIN = "reference.maintain"
Stage = AffectedBatch.Stage
Choice = AftermathCandidate.Choice

CHOOSING = frozenset({Stage.ANNOUNCED, Stage.REGISTERING})
"""Stages at which each candidate chooses to sit or to be refunded."""

WHOLE_BATCH: Mapping[str, str] = {
    Stage.ANNOUNCED: "继续组织鉴定考试",
    Stage.REGISTERING: "继续组织鉴定考试",
    Stage.ISSUED: "确认证书继续作为能力水平的证明",
    Stage.ADJUSTED: "按调整、整合后的规定办理",
}
"""Stage → what is done for the batch as a whole."""

_NOBODY_SAYS = "没有明文规定应当如何办理：请办妥退费、考试或发证并登记，或写明另行处理情况。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What the law says of one candidate as recorded (应办事项): whether all is done, what is left.

    `is_silent` where no rule demands anything: then the same ways settle it, or a person's written word.
    """

    verdict: Verdict
    is_settled: bool
    is_silent: bool
    remaining: str


def facts_of(candidate: AftermathCandidate) -> dict[str, object]:
    """Return the facts of the question `cancelled_aftermath` about a candidate; the unknown are left out."""
    batch = candidate.batch
    stage = batch.stage
    done, is_granted = batch.carried_out_on is not None, candidate.granted_on is not None
    was_examined = stage in {Stage.EXAMINED, Stage.ISSUED}
    facts: dict[str, object] = {
        "cancelled_by": str(batch.case.cancelled_by),
        "stage_at_cancellation": str(stage)
        if stage in CHOOSING
        else Stage.EXAMINED.value
        if was_examined
        else "not_announced",
        "candidate_choice": str(candidate.choice),
        "examination_continued": sat_after_all(candidate),
        "fee_refunded": _is_refunded(candidate),
        "certificate_granted": is_granted or stage == Stage.ISSUED,
        "is_dual_certificate_student": stage == Stage.DUAL,
        "has_graduated": candidate.graduated_on is not None,
        "dual_certificates_granted": is_granted,
        "item_was_adjusted": stage == Stage.ADJUSTED,
        "follows_adjusted_rules": done,
        "certificate_obtained_before_cancellation": stage == Stage.ISSUED,
        "accepted_as_proof_of_ability": done,
    }
    if stage == Stage.ISSUED:
        facts["results_passed_before"] = True
    elif stage != Stage.EXAMINED or candidate.is_passed is not None:
        facts["results_passed_before"] = bool(candidate.is_passed) and stage == Stage.EXAMINED
    return facts


def way_of(candidate: AftermathCandidate, *, on: dt.date) -> Way:
    """Judge what is owed to one candidate (应办事项), by the law of the case's place on the day.

    Authority:
        JL17-4.
    """
    return ways_of((candidate,), on=on)[candidate.pk]


def ways_of(candidates: Iterable[AftermathCandidate], *, on: dt.date) -> dict[int, Way]:
    """Judge what is owed to many candidates: key of the candidate → way. Equal facts are judged once."""
    judged: dict[tuple[object, ...], Verdict] = {}
    found = {}
    for one in candidates:
        facts, place = facts_of(one), one.batch.case.place
        key = (place, *facts.items())
        if key not in judged:
            judged[key] = judge("cancelled_aftermath", facts, place=place, on=on)
        found[one.pk] = _way(one, judged[key])
    return found


def _way(one: AftermathCandidate, verdict: Verdict) -> Way:
    wanting = (*verdict.of(Outcome.REFUSE), *verdict.of(Outcome.UNKNOWN))
    if wanting:
        told = "".join(finding.message for finding in wanting)
        return Way(verdict=verdict, is_settled=False, is_silent=False, remaining=told[:300])
    demands = [
        finding
        for finding in verdict.findings
        if finding.basis.outcome is Outcome.REFUSE and finding.outcome is not Outcome.NOT_APPLICABLE
    ]
    failed = one.batch.stage == Stage.EXAMINED and one.is_passed is False
    if demands or (failed and verdict.findings):
        return Way(verdict=verdict, is_settled=True, is_silent=False, remaining="")
    if one.otherwise or _is_done(one):
        return Way(verdict=verdict, is_settled=True, is_silent=True, remaining="")
    return Way(verdict=verdict, is_settled=False, is_silent=True, remaining=_silence(one))


def _is_done(one: AftermathCandidate) -> bool:
    """Tell whether one of the ways was gone to its end, also where no rule demands it."""
    if one.batch.stage in CHOOSING:
        return (one.choice == Choice.REFUND and _is_refunded(one)) or sat_after_all(one)
    if one.batch.stage in WHOLE_BATCH:
        return one.batch.carried_out_on is not None
    return one.granted_on is not None


def _is_refunded(one: AftermathCandidate) -> bool:
    return one.refunded_on is not None or one.fee_fen == 0


def sat_after_all(one: AftermathCandidate) -> bool:
    """Tell whether the examination was held after this candidate chose to sit it."""
    held, chosen = one.batch.carried_out_on, one.chosen_on
    return one.choice == Choice.SIT and held is not None and chosen is not None and chosen <= held


def _silence(one: AftermathCandidate) -> str:
    if one.batch.stage == Stage.DUAL and one.graduated_on is None:
        return "尚未毕业：毕业时授予双证书；不再就读的，写明另行处理情况。"
    return _NOBODY_SAYS


# --- cases ---------------------------------------------------------------------------------------


def cancellation_cases(actor: Actor) -> QuerySet[CancellationCase]:
    """Return the cases of the officer's places, with how many people are on record and open (善后清单)."""
    people = AftermathCandidate.objects.filter(batch__case=OuterRef("pk")).order_by().values("batch__case")
    still_open = people.filter(is_settled=False)
    return within(CancellationCase.objects.all(), actor).annotate(
        people=Subquery(people.annotate(n=Count("pk")).values("n")),
        still_open=Subquery(still_open.annotate(n=Count("pk")).values("n")),
        next_due=Subquery(_unfinished(OuterRef("pk")).order_by("due_on").values("due_on")[:1]),
    )


def cases_awaiting(actor: Actor) -> QuerySet[CancellationCase]:
    """Return the open cases that the officer carries through: the first open deadline, and whose it is."""
    rows = within(CancellationCase.objects.all(), actor, _MAINTAIN)
    first = _unfinished(OuterRef("pk")).order_by("due_on", "pk")
    return rows.filter(state=CancellationCase.State.OPEN).annotate(
        next_due=Subquery(first.values("due_on")[:1]),
        next_organisation=Subquery(first.values("organisation")[:1]),
    )


def _unfinished(case: OuterRef) -> QuerySet[AffectedBatch]:
    """Return the batches of a case with somebody left, or with nobody on record yet."""
    people = AftermathCandidate.objects.filter(batch=OuterRef("pk"))
    return AffectedBatch.objects.filter(case=case).filter(
        Exists(people.filter(is_settled=False)) | ~Exists(people)
    )


def affected_batches(actor: Actor) -> QuerySet[AffectedBatch]:
    """Return the batches of the officer's places, with how many of each are open (受影响批次)."""
    rows = within(AffectedBatch.objects.select_related("case"), actor, field="case__place")
    return _counted(rows)


def batches_of(case: CancellationCase) -> QuerySet[AffectedBatch]:
    """Return the batches of a case, the earliest deadline first."""
    return _counted(AffectedBatch.objects.filter(case=case)).order_by("due_on", "pk")


def _counted(rows: QuerySet[AffectedBatch]) -> QuerySet[AffectedBatch]:
    return rows.annotate(
        people=Count("candidates"),
        still_open=Count("candidates", filter=Q(candidates__is_settled=False)),
    )


def aftermath_candidates(actor: Actor) -> QuerySet[AftermathCandidate]:
    """Return the candidates of the places whose cases the officer carries through (善后对象)."""
    rows = AftermathCandidate.objects.select_related("batch__case")
    return within(rows, actor, _MAINTAIN, field="batch__case__place")


def candidate_lists(actor: Actor) -> QuerySet[CandidateList]:
    """Return the workbooks of candidates, for who carries the cases through (善后名单)."""
    rows = CandidateList.objects.select_related("batch__case")
    return within(rows, actor, _MAINTAIN, field="batch__case__place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunds:
    """What was chosen to be refunded and what is paid, in fen (退费汇总)."""

    people: int
    owed_fen: int
    paid_people: int
    paid_fen: int

    @property
    def open_fen(self) -> int:
        """Return what is still to be paid."""
        return self.owed_fen - self.paid_fen


def refunds_of(candidates: QuerySet[AftermathCandidate]) -> Refunds:
    """Return what a set of candidates is owed in refunds and what of it is paid."""
    sums = candidates.filter(choice=Choice.REFUND).aggregate(
        people=Count("pk"),
        owed=Sum("fee_fen"),
        paid_people=Count("pk", filter=Q(refunded_on__isnull=False)),
        paid=Sum("refunded_fen"),
    )
    return Refunds(
        people=sums["people"],
        owed_fen=sums["owed"] or 0,
        paid_people=sums["paid_people"],
        paid_fen=sums["paid"] or 0,
    )


def candidates_of(case: CancellationCase) -> QuerySet[AftermathCandidate]:
    """Return everybody of a case, those still open first."""
    rows = AftermathCandidate.objects.filter(batch__case=case).select_related("batch__case")
    return rows.order_by("is_settled", "batch__due_on", "number")


def items_named(name: str, *, place: str, on: dt.date) -> Sequence[CancelledRow]:
    """Return the items of that very name that are cancelled at the place by the day (同名取消事项)."""
    wanted = plain_name(name)
    found = []
    for row in cancelled_items(place):
        day = cancelled_on(row)
        if day is not None and day <= on and plain_name(row.name) == wanted:
            found.append(row)
    return found


def proof_clauses(case: CancellationCase, *, on: dt.date) -> tuple[str, ...]:
    """Return the clauses that bind at a case's place on the day."""
    return binding_clauses(AFTERMATH_CLAUSES, place=case.place, on=on)


def place_chain(place: str) -> frozenset[str]:
    """Return the codes of a place and of all above it."""
    return frozenset(step.code for step in Place(place).chain)
