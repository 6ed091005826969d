"""Reads for others, already scoped to an actor."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import batched

from django.db import connection
from django.db.models import Count, Q, QuerySet

from zhiping.apps.authorities.queries import within
from zhiping.apps.authorities.walls import reaching_everywhere
from zhiping.apps.exams.eligibility import Claim, Eligibility, EligibilityDesk
from zhiping.apps.exams.errors import PlanNotFoundError, RosterNotFoundError, SittingNotFoundError
from zhiping.apps.exams.models import Assignment, Enrolment, Plan, RosterImport, Sitting
from zhiping.apps.exams.plan_facts import sitting_facts
from zhiping.apps.reference.queries import law
from zhiping.core.policybook.case_frames import Batch, Case, frame_of
from zhiping.kernel.actor import Actor
from zhiping.kernel.place import Place

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


# --- the facts of all plans, for trying a draft on them ------------------------------------------

_BATCH = 1_000

_FROZEN = """
SELECT part ->> 'sitting', part #>> '{verdict,place}', part #> '{verdict,facts}'
FROM exams_plan AS plan
CROSS JOIN LATERAL jsonb_array_elements(plan.verdict) AS part
WHERE plan.id = ANY(%s) AND jsonb_typeof(plan.verdict) = 'array'
"""


def plans_on_record(actor: Actor, *, place: str = "") -> QuerySet[Plan]:
    """Return the plans that were ever declared, within reach and, where one is named, within a place."""
    rows = within(Plan.objects.filter(declared_on__isnull=False), actor, "exams.read")
    return rows.filter(place__startswith=Place(place).prefix if place else "")


def plan_batches(actor: Actor, *, place: str = "") -> Iterator[Batch]:
    """Yield the facts of all plans on record, batch by batch: a plan's parts are its sittings.

    The facts are those of the verdict that was frozen when the plan was declared or accepted. A sitting
    without one (taken over from another system) is read as its answer would read it.
    """
    keys = plans_on_record(actor, place=place).order_by("id").values_list("id", flat=True)
    for part in batched(keys.iterator(), _BATCH):
        yield _plan_batch(part)


def _plan_batch(keys: Sequence[int]) -> Batch:
    # A plan's sitting may be held at a venue of another place: it is a part of the plan all the same.
    with reaching_everywhere():
        return _plan_facts(keys)


def _plan_facts(keys: Sequence[int]) -> Batch:
    with connection.cursor() as cursor:
        cursor.execute(_FROZEN, [list(keys)])
        frozen = {number: (place, json.loads(facts)) for number, place, facts in cursor.fetchall()}
    sittings = Sitting.objects.filter(plan__in=keys).select_related("plan", "body", "venue")
    cases, read = [], set()
    for sitting in sittings.order_by("plan_id", "id"):
        place, facts = frozen.get(sitting.number) or (sitting.plan.place, _read_sitting(sitting))
        stated = {
            "body_kind": sitting.body.kind,
            "level": sitting.level,
            "largest_practical_group": sitting.capacity,
        }
        cases.append(Case(sitting.plan.number, sitting.number, place, {**stated, **facts}))
        if sitting.number not in frozen:
            read.add(sitting.plan_id)
    frame = frame_of(law().facts, "plan", cases)
    return Batch(frames={"plan": frame}, records=len(keys), frozen=len(keys) - len(read))


def _read_sitting(sitting: Sitting) -> Mapping[str, object]:
    declared = sitting.plan.declared_on
    return {} if declared is None else sitting_facts(sitting, declared_on=declared)


# --- an enrolment judged again --------------------------------------------------------------------


def enrolment_within(actor: Actor, enrolment_id: int) -> Enrolment:
    """Return one enrolment at a sitting within reach, with its sitting.

    Refuses:
        SittingNotFoundError: there is none, or it lies elsewhere.
    """
    rows = within(Enrolment.objects.all(), actor, "exams.read", field="sitting__place")
    found = rows.select_related("sitting__body", "person").filter(pk=enrolment_id).first()
    if found is None:
        raise SittingNotFoundError(value=enrolment_id)
    return found


def judged_again(enrolment: Enrolment) -> Eligibility:
    """Judge an enrolment once more, by the law of its sitting's place and day.

    The summary that is kept with it holds no facts: they are read from the enrolment, the insurance
    spans and the earlier certificates as they are on record now.
    """
    claim = Claim(
        candidate_kind=enrolment.candidate_kind,
        entry_condition=enrolment.entry_condition,
        born_on=enrolment.person.born_on,
        work_months=enrolment.work_months,
        prior_level=enrolment.prior_level,
        prior_issued_on=enrolment.prior_issued_on,
        education=enrolment.education,
        title=enrolment.title,
        title_issued_on=enrolment.title_issued_on,
    )
    desk = EligibilityDesk(enrolment.sitting, [enrolment.person_id])
    return desk.judge(enrolment.person_id, claim)


def enrolment_on_ticket(actor: Actor, ticket: str) -> Enrolment | None:
    """Return the enrolment with a ticket number, or None where there is none within reach."""
    rows = within(Enrolment.objects.all(), actor, "exams.read", field="sitting__place")
    return rows.filter(ticket=ticket).first()
