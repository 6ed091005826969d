"""The exam day: who came, what went wrong, that it was held."""

from collections.abc import Mapping

from django.db import transaction

from zhiping.apps.exams.errors import RosterClosedError, SittingNotOverError
from zhiping.apps.exams.models import Attendance, Enrolment, Incident, Sitting
from zhiping.apps.exams.states import SITTING_MOVES, IncidentKind, PlanState, SittingState
from zhiping.apps.journal.actions import record
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.registry.ownership import require_own
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.kernel.clock import CHINA, Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place


def record_attendance(sitting_id: int, present: Mapping[int, bool], *, actor: Actor, clock: Clock) -> int:
    """Record who came (签到), by enrolment; return how many rows were written.

    Authority:
        LN24-2.3c (the process must be traceable).
    """
    with transaction.atomic():
        sitting = _of_the_day(sitting_id, actor)
        enrolments = sitting.enrolments.filter(pk__in=present, state=Enrolment.State.ENROLLED)
        rows = [
            Attendance(
                enrolment=enrolment,
                is_present=present[enrolment.pk],
                recorded_by=actor.name,
                recorded_at=clock.now(),
            )
            for enrolment in enrolments
        ]
        Attendance.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["enrolment"],
            update_fields=["is_present", "recorded_by", "recorded_at"],
        )
        record(
            "exams.attendance_recorded",
            sitting,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(("LN24-2.3c",), place=sitting.place, on=clock.today()),
            facts={"present": sum(present.values()), "absent": len(present) - sum(present.values())},
        )
    return len(rows)


def record_incident(
    sitting_id: int,
    kind: str,
    note: str,
    *,
    actor: Actor,
    clock: Clock,
    enrolment_id: int | None = None,
) -> Incident:
    """Record something out of order at a sitting (登记考场情况), by the body or by a supervisor.

    Substitution and cheating disqualify the candidate named.

    Authority:
        LN24-2.3c, FS20-4.4.
    """
    with transaction.atomic():
        sitting = _of_the_day(sitting_id, actor)
        enrolment = (
            None if enrolment_id is None else sitting.enrolments.select_for_update().get(pk=enrolment_id)
        )
        incident = Incident.objects.create(
            sitting=sitting,
            enrolment=enrolment,
            kind=IncidentKind(kind),
            note=note,
            recorded_by=actor.name,
            recorded_at=clock.now(),
        )
        if enrolment is not None and kind in {IncidentKind.CHEATING, IncidentKind.SUBSTITUTION}:
            enrolment.state = Enrolment.State.DISQUALIFIED
            enrolment.save(update_fields=["state"])
        record(
            "exams.incident_recorded",
            incident,
            sitting,
            *([enrolment] if enrolment else []),
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(("LN24-2.3c", "FS20-4.4"), place=sitting.place, on=clock.today()),
            facts={"kind": incident.get_kind_display(), "note": note},
        )
    return incident


def hold_sitting(sitting_id: int, *, actor: Actor, clock: Clock) -> Sitting:
    """Close the exam day (确认已考): the sitting was held and awaits its results.

    Authority:
        LN24-3.7a.
    Refuses:
        SittingNotOverError: it has not ended yet.
    """
    with transaction.atomic():
        sitting = (
            Sitting.objects.select_for_update(of=("self",)).select_related("plan", "body").get(pk=sitting_id)
        )
        require_own(actor, sitting.body_id)
        move = walk(SITTING_MOVES, sitting.state, "hold", actor=actor, place=Place(sitting.place))
        if sitting.plan.state != PlanState.ACCEPTED:
            raise RosterClosedError(number=sitting.number, state=sitting.plan.get_state_display())
        if clock.now() < sitting.ends_at:
            raise SittingNotOverError(
                number=sitting.number, ends_at=f"{sitting.ends_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
            )
        sitting.state = move.to
        sitting.save(update_fields=["state"])
        record(
            "exams.sitting_held",
            sitting,
            sitting.plan,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(move.clauses, place=sitting.place, on=clock.today()),
            facts={"state": SittingState(move.to).label},
        )
    return sitting


def _of_the_day(sitting_id: int, actor: Actor) -> Sitting:
    """Return the locked sitting for its body, or for an officer who supervises there."""
    sitting = Sitting.objects.select_for_update(of=("self",)).select_related("body").get(pk=sitting_id)
    if actor.kind is ActorKind.OFFICER:
        actor.require("exams.supervise", Place(sitting.place))
    else:
        require_own(actor, sitting.body_id)
    if sitting.state not in {SittingState.PLANNED, SittingState.HELD}:
        raise RosterClosedError(number=sitting.number, state=sitting.get_state_display())
    return sitting
