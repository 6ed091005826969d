"""Plans, their sittings and assignments."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from zhiping.apps.exams.errors import (
    AssignmentForbiddenError,
    BodyNotInRegisterError,
    OpinionMissingError,
    PersonBusyError,
    PlanIncompleteError,
    PlanNotEditableError,
    PlanRefusedByRulesError,
    SittingTimesWrongError,
    VenueTakenError,
)
from zhiping.apps.exams.models import Assignment, Plan, Sitting, SittingSubject
from zhiping.apps.exams.plan_facts import day_of, has_tie, judge_sitting
from zhiping.apps.exams.states import (
    EDITABLE_PLANS,
    PLAN_MOVES,
    SITTING_MOVES,
    PlanState,
    Role,
    SittingState,
    Subject,
)
from zhiping.apps.journal.actions import keep_rule_snapshots, record
from zhiping.apps.journal.numbering import next_number
from zhiping.apps.reference.queries import binding_clauses, calendar, law, occupation_name
from zhiping.apps.registry.models import Assessor, EvaluationBody, StaffMember, Venue
from zhiping.apps.registry.ownership import require_own
from zhiping.apps.registry.states import BodyState
from zhiping.core.policybook import Outcome, Verdict
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import MoveNotAllowedError, verbs_from, walk
from zhiping.kernel.period import Period
from zhiping.kernel.place import Place

ACCEPT_WORKDAYS = 3
"""Working days within which a declared plan is aimed to be answered; it orders the queue, nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingDetails:
    """A sitting as the body plans it."""

    occupation_code: str
    level: str
    venue_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    capacity: int


def open_plan(body_id: int, title: str, *, actor: Actor, clock: Clock) -> Plan:
    """Open an exam plan (编制考核计划).

    Refuses:
        NotYourBodyError, BodyNotInRegisterError.
    """
    require_own(actor, body_id)
    with transaction.atomic():
        body = EvaluationBody.objects.select_for_update().get(pk=body_id)
        _require_in_register(body)
        plan = Plan.objects.create(
            number=next_number("JH", body.place, clock),
            body=body,
            place=body.place,
            title=title,
            created_at=clock.now(),
        )
        record("exams.plan_opened", plan, body, actor=actor, at=clock.now(), place=plan.place)
    return plan


def save_sitting(
    plan_id: int, details: SittingDetails, *, actor: Actor, clock: Clock, sitting_id: int | None = None
) -> Sitting:
    """Add a sitting to a plan, or change it (安排场次); its subjects follow the level.

    Refuses:
        PlanNotEditableError, SittingTimesWrongError, VenueTakenError.
    """
    with transaction.atomic():
        plan = _editable(plan_id, actor)
        venue = Venue.objects.get(pk=details.venue_id, body=plan.body_id, is_in_use=True)
        _check_times(details, clock)
        _check_venue_free(venue, details, sitting_id)
        fields = {
            "occupation_code": details.occupation_code,
            "occupation_name": occupation_name(details.occupation_code),
            "level": details.level,
            "venue": venue,
            "place": venue.place,
            "starts_at": details.starts_at,
            "ends_at": details.ends_at,
            "capacity": details.capacity,
        }
        if sitting_id is None:
            number = f"{plan.number}-{plan.sittings.count() + 1:02d}"
            sitting = Sitting.objects.create(plan=plan, body=plan.body, number=number, **fields)
        else:
            sitting = Sitting.objects.select_for_update().get(pk=sitting_id, plan=plan)
            for name, value in fields.items():
                setattr(sitting, name, value)
            sitting.save()
            _move_assignments(sitting)
        _set_subjects(sitting)
        record(
            "exams.sitting_saved",
            sitting,
            plan,
            actor=actor,
            at=clock.now(),
            place=plan.place,
            facts={**fields, "venue": venue.name},
        )
    return sitting


def assign_assessor(sitting_id: int, assessor_id: int, *, actor: Actor, clock: Clock) -> Assignment:
    """Assign an assessor to a sitting (安排考评员).

    Authority:
        FS20-E6, LN24-2.3c and the exam rules: qualified on the day, nobody in two places, nobody
        examining their own trainees or relatives.
    Refuses:
        AssignmentForbiddenError, PersonBusyError, PlanNotEditableError.
    """
    with transaction.atomic():
        sitting = (
            Sitting.objects.select_for_update(of=("self",)).select_related("plan", "body").get(pk=sitting_id)
        )
        _editable(sitting.plan_id, actor)
        assessor = Assessor.objects.select_related("person").get(pk=assessor_id, body=sitting.body_id)
        name = assessor.person.name
        if not assessor.occupations.filter(occupation_code=sitting.occupation_code).exists():
            raise AssignmentForbiddenError(name=name, reason=f"未登记可考评职业“{sitting.occupation_name}”")
        if has_tie(assessor.person_id, sitting):
            raise AssignmentForbiddenError(name=name, reason="与本场考生有申报的亲属或师生关系，应当回避")
        return _assign(
            sitting,
            person_id=assessor.person_id,
            name=name,
            role=Role.ASSESSOR,
            grade=assessor.grade,
            qualified_from=assessor.valid_from,
            qualified_to=assessor.valid_to,
            actor=actor,
            clock=clock,
        )


def assign_supervisor(
    sitting_id: int, staff_member_id: int, *, role: str, actor: Actor, clock: Clock
) -> Assignment:
    """Assign an internal quality supervisor of the body (安排内部质量督导员).

    External supervisors are sent by the office: see `assign_external_supervisor`.

    Refuses:
        AssignmentForbiddenError: another role was asked for, or the post has ended by that day.
        PersonBusyError, PlanNotEditableError.
    """
    with transaction.atomic():
        sitting = (
            Sitting.objects.select_for_update(of=("self",)).select_related("plan", "body").get(pk=sitting_id)
        )
        _editable(sitting.plan_id, actor)
        member = StaffMember.objects.select_related("person").get(
            pk=staff_member_id, body=sitting.body_id, role=StaffMember.Role.INTERNAL_SUPERVISOR
        )
        name = member.person.name
        if role != Role.INTERNAL_SUPERVISOR:
            raise AssignmentForbiddenError(name=name, reason="机构只能安排内部质量督导员")
        _require_in_post(member, sitting)
        return _assign(sitting, person_id=member.person_id, name=name, role=role, actor=actor, clock=clock)


def cancel_assignment(assignment_id: int, *, actor: Actor, clock: Clock) -> Assignment:
    """Take somebody off a sitting (取消安排); the row stays."""
    with transaction.atomic():
        assignment = (
            Assignment.objects.select_for_update(of=("self",))
            .select_related("sitting__plan", "person")
            .get(pk=assignment_id)
        )
        plan = _editable(assignment.sitting.plan_id, actor)
        assignment.is_cancelled = True
        assignment.save(update_fields=["is_cancelled"])
        record(
            "exams.assignment_cancelled",
            assignment.sitting,
            assignment.person,
            actor=actor,
            at=clock.now(),
            place=plan.place,
            facts={"name": assignment.person.name, "role": assignment.get_role_display()},
        )
    return assignment


def declare_plan(plan_id: int, *, actor: Actor, clock: Clock) -> Plan:
    """Declare a plan before its sittings (考前报备): judged per sitting, frozen, put into the queue.

    Authority:
        LN24-3.7a (every exam is registered), FS20-3.2; the lead time is `exams.plan_lead_workdays`.
    Refuses:
        PlanIncompleteError, PlanRefusedByRulesError, BodyNotInRegisterError, MoveNotAllowedError.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update(of=("self",)).select_related("body").get(pk=plan_id)
        require_own(actor, plan.body_id)
        move = walk(PLAN_MOVES, plan.state, "declare", actor=actor, place=Place(plan.place))
        _require_in_register(plan.body)
        today = clock.today()
        verdicts = judge_plan(plan, declared_on=today)
        if not verdicts:
            raise PlanIncompleteError(missing="至少一个场次")
        refused = [finding for _, verdict in verdicts for finding in verdict.of(Outcome.REFUSE)]
        if refused:
            titles = "、".join(dict.fromkeys(finding.title for finding in refused))
            raise PlanRefusedByRulesError(count=len(refused), titles=titles)
        plan.state, plan.declared_on = move.to, today
        plan.verdict = _stored(verdicts)
        plan.due_on = calendar().add_workdays(today, ACCEPT_WORKDAYS)
        plan.save()
        record(
            "exams.plan_declared",
            plan,
            plan.body,
            *(sitting for sitting, _ in verdicts),
            actor=actor,
            at=clock.now(),
            place=plan.place,
            clauses=binding_clauses(move.clauses, place=plan.place, on=today),
            facts={"sittings": len(verdicts)},
        )
    return plan


def answer_plan(plan_id: int, verb: str, *, opinion: str, actor: Actor, clock: Clock) -> Plan:
    """Accept, return or refuse a declared plan (受理、退回、不予受理).

    Authority:
        LN24-2.3a, FS20-3.2, FS20-4.2.
    Duty:
        exams.accept_plan, at the plan's place.
    Refuses:
        MoveNotAllowedError, DutyMissingError, OpinionMissingError, PlanRefusedByRulesError.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update(of=("self",)).select_related("body").get(pk=plan_id)
        if verb not in _PAST:
            raise MoveNotAllowedError(
                state=plan.state, verb=verb, possible=verbs_from(PLAN_MOVES, plan.state)
            )
        move = walk(PLAN_MOVES, plan.state, verb, actor=actor, place=Place(plan.place))
        today = clock.today()
        if verb == "accept":
            verdicts = judge_plan(plan, declared_on=plan.declared_on or today)
            refused = [finding for _, verdict in verdicts for finding in verdict.of(Outcome.REFUSE)]
            if refused:
                titles = "、".join(dict.fromkeys(finding.title for finding in refused))
                raise PlanRefusedByRulesError(count=len(refused), titles=titles)
            plan.accepted_on, plan.verdict = today, _stored(verdicts)
        elif not opinion.strip():
            raise OpinionMissingError
        plan.state, plan.opinion, plan.due_on = move.to, opinion, None
        plan.save()
        record(
            f"exams.plan_{_PAST[verb]}",
            plan,
            plan.body,
            *plan.sittings.all(),
            actor=actor,
            at=clock.now(),
            place=plan.place,
            clauses=binding_clauses(move.clauses, place=plan.place, on=today),
            facts={"after": PlanState(move.to).label, "opinion": opinion},
        )
    return plan


def cancel_plan(plan_id: int, *, reason: str, actor: Actor, clock: Clock) -> Plan:
    """Cancel a plan and its sittings that were not held (取消计划).

    Refuses:
        OpinionMissingError: no reason is given.
        NotYourBodyError, MoveNotAllowedError.
    """
    if not reason.strip():
        raise OpinionMissingError
    with transaction.atomic():
        plan = Plan.objects.select_for_update(of=("self",)).select_related("body").get(pk=plan_id)
        require_own(actor, plan.body_id)
        move = walk(PLAN_MOVES, plan.state, "cancel", actor=actor, place=Place(plan.place))
        plan.state, plan.opinion = move.to, reason
        plan.save(update_fields=["state", "opinion"])
        sittings = list(plan.sittings.select_for_update().filter(state=SittingState.PLANNED))
        for sitting in sittings:
            sitting.state = walk(
                SITTING_MOVES, sitting.state, "cancel", actor=actor, place=Place(plan.place)
            ).to
            sitting.save(update_fields=["state"])
            sitting.assignments.update(is_cancelled=True)
        record(
            "exams.plan_cancelled",
            plan,
            plan.body,
            *sittings,
            actor=actor,
            at=clock.now(),
            place=plan.place,
            facts={"reason": reason},
        )
    return plan


def judge_plan(plan: Plan, *, declared_on: dt.date) -> tuple[tuple[Sitting, Verdict], ...]:
    """Return the verdict on each sitting of a plan that is declared on a day."""
    sittings = (
        plan.sittings.exclude(state=SittingState.CANCELLED).select_related("body", "venue").order_by("id")
    )
    return tuple((sitting, judge_sitting(sitting, declared_on=declared_on)) for sitting in sittings)


def _stored(verdicts: tuple[tuple[Sitting, Verdict], ...]) -> list[dict[str, object]]:
    """Return what is frozen with a plan, sitting by sitting; the rules by which it was judged are kept."""
    keep_rule_snapshots(verdict for _, verdict in verdicts)
    return [{"sitting": sitting.number, "verdict": verdict.to_json()} for sitting, verdict in verdicts]


_PAST = {"accept": "accepted", "return": "returned", "refuse": "refused"}


def _editable(plan_id: int, actor: Actor) -> Plan:
    plan = Plan.objects.select_for_update(of=("self",)).select_related("body").get(pk=plan_id)
    require_own(actor, plan.body_id)
    if plan.state not in EDITABLE_PLANS:
        raise PlanNotEditableError(number=plan.number, state=plan.get_state_display())
    return plan


def _require_in_register(body: EvaluationBody) -> None:
    if body.state != BodyState.FILED:
        raise BodyNotInRegisterError(state=body.get_state_display())


def _check_times(details: SittingDetails, clock: Clock) -> None:
    if details.ends_at <= details.starts_at:
        raise SittingTimesWrongError(reason="结束时间不晚于开考时间")
    if details.starts_at <= clock.now():
        raise SittingTimesWrongError(reason="开考时间已经过去")


def _check_venue_free(venue: Venue, details: SittingDetails, sitting_id: int | None) -> None:
    other = (
        Sitting.objects.filter(venue=venue, starts_at__lt=details.ends_at, ends_at__gt=details.starts_at)
        .exclude(state=SittingState.CANCELLED)
        .exclude(pk=sitting_id or 0)
        .first()
    )
    if other is not None:
        raise VenueTakenError(venue=venue.name, other=other.number)


def _set_subjects(sitting: Sitting) -> None:
    subjects = [Subject.THEORY, Subject.PRACTICAL]
    reviewed = law().resolve(
        "exams.levels_with_comprehensive_review", place=Place(sitting.place), on=day_of(sitting)
    )
    if reviewed is not None and sitting.level in tuple(str(level) for level in _as_tuple(reviewed.value)):
        subjects.append(Subject.COMPREHENSIVE)
    sitting.subjects.exclude(subject__in=subjects).delete()
    for subject in subjects:
        SittingSubject.objects.get_or_create(sitting=sitting, subject=subject)


def _as_tuple(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _require_in_post(member: StaffMember, sitting: Sitting) -> None:
    day = day_of(sitting)
    if not Period(start=member.valid_from, end=member.valid_to).covers(day):
        raise AssignmentForbiddenError(name=member.person.name, reason=f"在 {day} 不在督导岗位上")


def _move_assignments(sitting: Sitting) -> None:
    try:
        with transaction.atomic():
            sitting.assignments.update(starts_at=sitting.starts_at, ends_at=sitting.ends_at)
    except IntegrityError as taken:
        raise PersonBusyError(name="已安排的人员", other="其他场次") from taken


_ASSIGNING = {Role.EXTERNAL_SUPERVISOR: ("FS20-4.4", "LN24-4a")}
"""The clauses that sending somebody of a role carries out."""


def _assign(
    sitting: Sitting,
    *,
    person_id: int,
    name: str,
    role: str,
    actor: Actor,
    clock: Clock,
    grade: str = "",
    qualified_from: dt.date | None = None,
    qualified_to: dt.date | None = None,
) -> Assignment:
    """Write an assignment; the database itself refuses somebody in two places (nobody is quicker)."""
    try:
        with transaction.atomic():
            assignment, _ = Assignment.objects.update_or_create(
                sitting=sitting,
                person_id=person_id,
                role=role,
                defaults={
                    "grade": grade,
                    "qualified_from": qualified_from,
                    "qualified_to": qualified_to,
                    "starts_at": sitting.starts_at,
                    "ends_at": sitting.ends_at,
                    "is_cancelled": False,
                },
            )
    except IntegrityError as taken:
        other = (
            Assignment.objects.filter(
                person_id=person_id,
                is_cancelled=False,
                starts_at__lt=sitting.ends_at,
                ends_at__gt=sitting.starts_at,
            )
            .select_related("sitting")
            .first()
        )
        raise PersonBusyError(name=name, other=other.sitting.number if other else "其他场次") from taken
    record(
        "exams.person_assigned",
        sitting,
        assignment.person,
        actor=actor,
        at=clock.now(),
        place=sitting.place,
        facts={"name": name, "role": assignment.get_role_display()},
        clauses=_ASSIGNING.get(Role(role), ()),
    )
    return assignment


def assign_external_supervisor(
    sitting_id: int, staff_member_id: int, *, actor: Actor, clock: Clock
) -> Assignment:
    """Send an external quality supervisor to a sitting (选派外部质量督导员).

    The supervisor is a registered quality supervisor of another body, never of the one that is
    watched.

    Authority:
        FS20-4.4, LN24-4a (peer supervision).
    Duty:
        exams.supervise, at the sitting's place.
    Refuses:
        AssignmentForbiddenError: the person works for the watched body.
        PersonBusyError: the person is elsewhere at that time.
    """
    with transaction.atomic():
        sitting = Sitting.objects.select_for_update(of=("self",)).select_related("body").get(pk=sitting_id)
        actor.require("exams.supervise", Place(sitting.place))
        member = StaffMember.objects.select_related("person").get(
            pk=staff_member_id, role=StaffMember.Role.INTERNAL_SUPERVISOR
        )
        if sitting.state != SittingState.PLANNED:
            raise AssignmentForbiddenError(
                name=member.person.name, reason=f"场次目前为“{sitting.get_state_display()}”"
            )
        _require_in_post(member, sitting)
        works_here = any(
            posts.objects.filter(body=sitting.body_id, person=member.person_id).exists()
            for posts in (StaffMember, Assessor)
        )
        if works_here:
            raise AssignmentForbiddenError(name=member.person.name, reason="是被督导机构的人员，应当回避")
        return _assign(
            sitting,
            person_id=member.person_id,
            name=member.person.name,
            role=Role.EXTERNAL_SUPERVISOR,
            actor=actor,
            clock=clock,
        )
