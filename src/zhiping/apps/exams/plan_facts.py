"""The facts of a sitting in a plan, and the verdict on them."""

import datetime as dt

from django.db.models import Q, Sum

from zhiping.apps.exams.models import Assignment, Sitting
from zhiping.apps.exams.states import Role
from zhiping.apps.reference.queries import calendar, judge
from zhiping.apps.registry.models import Kinship, ScopeLine, VenueStation
from zhiping.core.policybook import Verdict
from zhiping.kernel.clock import CHINA
from zhiping.kernel.place import Place

type Facts = dict[str, object]


def judge_sitting(sitting: Sitting, *, declared_on: dt.date) -> Verdict:
    """Judge a sitting by the law of its place on its day (question `plan`).

    Authority:
        LN24-2.3a, LN24-3.5a, FS20-3.2 and the exam rules, as far as they bind at the place.
    """
    day = day_of(sitting)
    return judge("plan", sitting_facts(sitting, declared_on=declared_on), place=sitting.body.place, on=day)


def day_of(sitting: Sitting) -> dt.date:
    """Return the day of a sitting in China."""
    return sitting.starts_at.astimezone(CHINA).date()


def is_in_scope(sitting: Sitting) -> bool:
    """Tell whether occupation and level lie in the body's scope on the day, at the venue's place."""
    day = day_of(sitting)
    lines = ScopeLine.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        body=sitting.body_id,
        occupation_code=sitting.occupation_code,
        level=sitting.level,
        valid_from__lte=day,
    )
    here = Place(sitting.place)
    return any(Place(place).contains(here) for place in lines.values_list("place", flat=True))


def sitting_facts(sitting: Sitting, *, declared_on: dt.date) -> Facts:
    """Return the plain facts of a sitting that is declared on a day."""
    day = day_of(sitting)
    assignments = list(sitting.assignments.filter(is_cancelled=False).select_related("person"))
    assessors = [row for row in assignments if row.role == Role.ASSESSOR]
    assessor_people = {row.person_id for row in assessors}
    internal = {row.person_id for row in assignments if row.role == Role.INTERNAL_SUPERVISOR}
    external = {row.person_id for row in assignments if row.role == Role.EXTERNAL_SUPERVISOR}
    stations = VenueStation.objects.filter(venue=sitting.venue_id, occupation_code=sitting.occupation_code)
    return {
        "body_kind": sitting.body.kind,
        "body_state": "applicant" if sitting.body.state == "left" else sitting.body.state,
        "level": sitting.level,
        "is_within_filed_scope": is_in_scope(sitting),
        "is_venue_in_filing_place": sitting.venue.place[:4] == sitting.body.place[:4],
        "is_declared_before_sitting": declared_on < day,
        "declared_workdays_before_sitting": _workdays_before(declared_on, day),
        "assessors": [_assessor_row(row, sitting, day) for row in assessors],
        "is_assessor_number_odd": len(assessors) % 2 == 1,
        "supervisor_is_also_assessor": bool(assessor_people & (internal | external)),
        "internal_supervisor_is_also_external": bool(internal & external),
        "internal_supervisors": len(internal),
        "venue_workstations": stations.aggregate(total=Sum("workstations"))["total"] or 0,
        "largest_practical_group": sitting.capacity,
    }


def _workdays_before(declared_on: dt.date, day: dt.date) -> int:
    """Count the working days after the declaration and before the sitting's own day."""
    return max(0, calendar().workdays_between(declared_on, day - dt.timedelta(days=1)))


def _assessor_row(row: Assignment, sitting: Sitting, day: dt.date) -> Facts:
    elsewhere = Assignment.objects.filter(
        person=row.person_id, is_cancelled=False, starts_at__lt=row.ends_at, ends_at__gt=row.starts_at
    ).exclude(sitting=sitting)
    return {
        "person_key": str(row.person.key),
        "grade": row.grade,
        "is_qualified_on_day": (
            row.qualified_from is not None
            and row.qualified_from <= day
            and (row.qualified_to is None or day < row.qualified_to)
        ),
        "is_free_at_that_time": not elsewhere.exists(),
        "has_declared_conflict": has_tie(row.person_id, sitting),
    }


def has_tie(person_id: int, sitting: Sitting) -> bool:
    """Tell whether somebody enrolled is a declared relative or trainee of the assessor."""
    return Kinship.objects.filter(assessor__person_id=person_id, person__enrolments__sitting=sitting).exists()
