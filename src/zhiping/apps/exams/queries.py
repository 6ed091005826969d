"""Reads for others, already scoped to an actor."""

from django.db.models import Count, Q, QuerySet

from zhiping.apps.exams.errors import PlanNotFoundError, RosterNotFoundError, SittingNotFoundError
from zhiping.apps.exams.models import Assignment, Enrolment, Plan, RosterImport, Sitting
from zhiping.kernel.actor import Actor

# --- a clerk's own rows ------------------------------------------------------------------------


def own_plans(actor: Actor) -> QuerySet[Plan]:
    """Return the plans of the clerk's body, the newest first."""
    return Plan.objects.filter(body_id=actor.body_id).select_related("body")


def own_plan(actor: Actor, plan_id: int) -> Plan:
    """Return one plan of the clerk's body.

    Refuses:
        PlanNotFoundError: there is none of that id, or it is another body's.
    """
    found = own_plans(actor).filter(pk=plan_id).first()
    if found is None:
        raise PlanNotFoundError(value=plan_id)
    return found


def own_sittings(actor: Actor) -> QuerySet[Sitting]:
    """Return the sittings of the clerk's body with the number of candidates enrolled."""
    enrolled = Count("enrolments", filter=Q(enrolments__state=Enrolment.State.ENROLLED))
    return (
        Sitting.objects.filter(body_id=actor.body_id)
        .select_related("plan", "body", "venue")
        .annotate(enrolled=enrolled)
    )


def own_sitting(actor: Actor, sitting_id: int) -> Sitting:
    """Return one sitting of the clerk's body.

    Refuses:
        SittingNotFoundError: there is none of that id, or it is another body's.
    """
    found = own_sittings(actor).filter(pk=sitting_id).first()
    if found is None:
        raise SittingNotFoundError(value=sitting_id)
    return found


def own_imports(actor: Actor) -> QuerySet[RosterImport]:
    """Return the rosters that the clerk's body handed in, the newest first."""
    return RosterImport.objects.filter(sitting__body_id=actor.body_id).select_related("sitting")


def own_import(actor: Actor, import_id: int) -> RosterImport:
    """Return one roster of the clerk's body.

    Refuses:
        RosterNotFoundError: there is none of that id, or it is another body's.
    """
    found = own_imports(actor).filter(pk=import_id).first()
    if found is None:
        raise RosterNotFoundError(value=import_id)
    return found


def own_enrolments(actor: Actor) -> QuerySet[Enrolment]:
    """Return the enrolments in the sittings of the clerk's body, with person and attendance."""
    return (
        Enrolment.objects.filter(sitting__body_id=actor.body_id)
        .select_related("person", "sitting", "attendance")
        .order_by("ticket")
    )


def own_assignments(actor: Actor) -> QuerySet[Assignment]:
    """Return who is assigned to the sittings of the clerk's body."""
    return (
        Assignment.objects.filter(sitting__body_id=actor.body_id)
        .select_related("person", "sitting")
        .order_by("role", "id")
    )
