"""What officers read of exams: always narrowed to the places where they hold the duty."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet

from zhiping.apps.authorities.queries import within
from zhiping.apps.exams.errors import PlanNotFoundError, SittingNotFoundError
from zhiping.apps.exams.models import Assignment, Enrolment, Plan, Result, Sitting
from zhiping.apps.exams.plan_facts import day_of
from zhiping.apps.exams.states import PLAN_MOVES, SITTING_MOVES, PlanState, SittingState, Subject
from zhiping.apps.reference.queries import whole_parameter
from zhiping.kernel.actor import Actor
from zhiping.kernel.moves import verbs_from
from zhiping.kernel.place import Place

READ = "exams.read"

CANDIDATE_KINDS: Mapping[str, str] = {one.value: str(one.label) for one in Enrolment.CandidateKind}


def plans_within(actor: Actor) -> QuerySet[Plan]:
    """Return the plans of the officer's places that were ever declared; drafts are the body's own."""
    rows = Plan.objects.select_related("body").filter(declared_on__isnull=False)
    return within(rows, actor, READ)


def plan_within(actor: Actor, plan_id: int) -> Plan:
    """Return one plan within reach.

    Refuses:
        PlanNotFoundError: there is none, or it lies elsewhere.
    """
    plan = plans_within(actor).filter(pk=plan_id).first()
    if plan is None:
        raise PlanNotFoundError(value=plan_id)
    return plan


def plans_awaiting(actor: Actor) -> QuerySet[Plan]:
    """Return the declared plans that the officer has to answer."""
    return within(Plan.objects.filter(state=PlanState.DECLARED), actor, "exams.accept_plan")


def verbs_of_plan(plan: Plan, actor: Actor) -> tuple[str, ...]:
    """Return what the officer may do with a plan now."""
    place = Place(plan.place)
    return tuple(
        verb
        for verb in verbs_from(PLAN_MOVES, plan.state)
        if (move := PLAN_MOVES[plan.state, verb]).duty and actor.may(move.duty, place)
    )


def sittings_within(actor: Actor) -> QuerySet[Sitting]:
    """Return the sittings of declared plans within the officer's places."""
    rows = Sitting.objects.select_related("body", "plan", "venue").filter(plan__declared_on__isnull=False)
    return within(rows, actor, READ)


def sitting_within(actor: Actor, sitting_id: int) -> Sitting:
    """Return one sitting within reach.

    Refuses:
        SittingNotFoundError: there is none, or it lies elsewhere.
    """
    sitting = sittings_within(actor).filter(pk=sitting_id).first()
    if sitting is None:
        raise SittingNotFoundError(value=sitting_id)
    return sitting


def sittings_to_supervise(actor: Actor, *, start: dt.datetime, end: dt.datetime) -> QuerySet[Sitting]:
    """Return the accepted sittings that touch the stretch of time, where the officer supervises."""
    rows = Sitting.objects.filter(
        plan__state=PlanState.ACCEPTED, state=SittingState.PLANNED, starts_at__lt=end, ends_at__gt=start
    )
    return within(rows, actor, "exams.supervise")


def sittings_of_day(actor: Actor, *, start: dt.datetime, end: dt.datetime) -> QuerySet[Sitting]:
    """Return every sitting of a stretch of time where the officer supervises, with attendance counted."""
    rows = (
        Sitting.objects.filter(plan__state=PlanState.ACCEPTED, starts_at__lt=end, ends_at__gt=start)
        .exclude(state=SittingState.CANCELLED)
        .select_related("body", "venue")
        .annotate(
            enrolled=Count("enrolments", filter=Q(enrolments__state="enrolled"), distinct=True),
            present=Count(
                "enrolments",
                filter=Q(enrolments__state="enrolled", enrolments__attendance__is_present=True),
                distinct=True,
            ),
            absent=Count(
                "enrolments",
                filter=Q(enrolments__state="enrolled", enrolments__attendance__is_present=False),
                distinct=True,
            ),
            incident_count=Count("incidents", distinct=True),
        )
    )
    return within(rows, actor, "exams.supervise").order_by("starts_at", "id")


def results_awaiting(actor: Actor) -> QuerySet[Sitting]:
    """Return the sittings whose results the officer has to review."""
    return within(Sitting.objects.filter(state=SittingState.SUBMITTED), actor, "exams.review_results")


def sittings_awaiting_issue(actor: Actor) -> QuerySet[Sitting]:
    """Return the approved sittings whose certificates the officer has to issue."""
    return within(Sitting.objects.filter(state=SittingState.APPROVED), actor, "certificates.issue")


def verbs_of_sitting(sitting: Sitting, actor: Actor) -> tuple[str, ...]:
    """Return what the officer may do with a sitting now (approve, return, issue)."""
    place = Place(sitting.place)
    return tuple(
        verb
        for verb in verbs_from(SITTING_MOVES, sitting.state)
        if (move := SITTING_MOVES[sitting.state, verb]).duty and actor.may(move.duty, place)
    )


def assignments_of(sitting: Sitting) -> list[Assignment]:
    """Return who is assigned to a sitting, cancelled ones left out."""
    return list(
        sitting.assignments.filter(is_cancelled=False).select_related("person").order_by("role", "id")
    )


def enrolments_within(actor: Actor, person_id: int) -> QuerySet[Enrolment]:
    """Return a person's enrolments at sittings of the officer's places, the newest first."""
    rows = Enrolment.objects.filter(person=person_id).select_related("sitting__body", "sitting__venue")
    return within(rows, actor, READ, field="sitting__place").prefetch_related("results").order_by("-id")


def assignments_within(actor: Actor, person_id: int) -> QuerySet[Assignment]:
    """Return a person's duties at sittings of the officer's places, the newest first."""
    rows = Assignment.objects.filter(person=person_id, is_cancelled=False).select_related("sitting__body")
    return within(rows, actor, READ, field="sitting__place").order_by("-starts_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateLine:
    """One candidate of a sitting: who, whether there, with which scores, whether passed (None: not known)."""

    enrolment: Enrolment
    is_present: bool | None
    scores: tuple[Result | None, ...]
    is_passed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectCount:
    """How one subject went: who passed, who failed, who was absent, who has no result, and the mean."""

    subject: str
    passed: int
    failed: int
    absent: int
    missing: int
    mean: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSheet:
    """All results of a sitting, with the figures a reviewer looks at first (成绩表)."""

    subjects: tuple[str, ...]
    pass_mark: int | None
    lines: tuple[CandidateLine, ...]
    counts: tuple[SubjectCount, ...]

    @property
    def passed(self) -> int:
        """Return how many candidates passed every subject."""
        return sum(line.is_passed is True for line in self.lines)

    @property
    def judged(self) -> int:
        """Return how many candidates have a result in every subject."""
        return sum(line.is_passed is not None for line in self.lines)

    @property
    def pass_rate(self) -> Decimal | None:
        """Return the share of judged candidates who passed, in per cent with one digit."""
        if not self.judged:
            return None
        return (Decimal(self.passed) * 100 / self.judged).quantize(Decimal("0.1"))


def result_sheet(sitting: Sitting) -> ResultSheet:
    """Return the results of a sitting's candidates, judged by the pass mark of its place and day (NSTD-2)."""
    subjects = tuple(sitting.subjects.order_by("id").values_list("subject", flat=True))
    mark = whole_parameter("exams.pass_mark", place=sitting.place, on=day_of(sitting))
    enrolments = (
        sitting.enrolments.exclude(state=Enrolment.State.WITHDRAWN)
        .select_related("person", "attendance")
        .prefetch_related(Prefetch("results", queryset=Result.objects.all()))
        .order_by("ticket")
    )
    lines = tuple(_line(row, subjects, mark) for row in enrolments)
    return ResultSheet(
        subjects=subjects,
        pass_mark=mark,
        lines=lines,
        counts=tuple(
            _count(subject, [line.scores[at] for line in lines], mark) for at, subject in enumerate(subjects)
        ),
    )


def _line(enrolment: Enrolment, subjects: Sequence[str], mark: int | None) -> CandidateLine:
    found = {result.subject: result for result in enrolment.results.all()}
    scores = tuple(found.get(subject) for subject in subjects)
    attendance = getattr(enrolment, "attendance", None)
    is_passed = None
    if mark is not None and scores and all(score is not None for score in scores):
        is_passed = enrolment.state == Enrolment.State.ENROLLED and all(
            _passes(score, mark) for score in scores
        )
    return CandidateLine(
        enrolment=enrolment,
        is_present=None if attendance is None else attendance.is_present,
        scores=scores,
        is_passed=is_passed,
    )


def _passes(result: Result | None, mark: int) -> bool:
    return result is not None and result.score is not None and result.score >= mark


def _count(subject: str, results: Sequence[Result | None], mark: int | None) -> SubjectCount:
    scores = [result.score for result in results if result is not None and result.score is not None]
    passed = sum(mark is not None and score >= mark for score in scores)
    return SubjectCount(
        subject=str(Subject(subject).label),
        passed=passed,
        failed=len(scores) - passed,
        absent=sum(result is not None and result.is_absent for result in results),
        missing=sum(result is None for result in results),
        mean=(sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.1")) if scores else None,
    )


def enrolment_counts(sittings: Sequence[Sitting]) -> Mapping[int, int]:
    """Return how many are enrolled per sitting, in one query."""
    found: dict[int, int] = defaultdict(int)
    rows = (
        Enrolment.objects.filter(sitting__in=[one.pk for one in sittings], state=Enrolment.State.ENROLLED)
        .values_list("sitting")
        .annotate(count=Count("id"))
    )
    found.update(dict(rows))
    return found
