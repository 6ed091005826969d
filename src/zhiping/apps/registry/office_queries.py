"""What officers read of the registry: always narrowed to the places where they hold the duty."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db.models import Q, QuerySet

from zhiping.apps.authorities.queries import within
from zhiping.apps.registry.errors import BodyNotFoundError, FilingNotFoundError
from zhiping.apps.registry.models import (
    Accountability,
    Assessor,
    Bar,
    Document,
    EvaluationBody,
    Filing,
    Objection,
    Person,
    StaffMember,
)
from zhiping.apps.registry.states import BODY_MOVES, FILING_MOVES, FilingState
from zhiping.kernel.actor import Actor
from zhiping.kernel.moves import verbs_from
from zhiping.kernel.place import Place

READ = "registry.read"

FILING_KINDS: Mapping[str, str] = {one.value: str(one.label) for one in EvaluationBody.Kind}
OBJECTION_OUTCOMES: tuple[tuple[str, str], ...] = tuple(
    (one.value, str(one.label)) for one in Objection.Outcome
)

_FORWARD = ("pass_district", "pass_city", "verify", "publish", "confirm")


# --- filings -------------------------------------------------------------------------------------


def filings_within(actor: Actor) -> QuerySet[Filing]:
    """Return the filings of the officer's places that were ever handed in; drafts are the body's own."""
    return (
        within(Filing.objects.select_related("body"), actor, READ)
        .exclude(state=FilingState.DRAFT)
        .filter(submitted_at__isnull=False)
    )


def filing_within(actor: Actor, filing_id: int) -> Filing:
    """Return one filing within reach.

    Refuses:
        FilingNotFoundError: there is none, or it lies elsewhere.
    """
    filing = filings_within(actor).filter(pk=filing_id).first()
    if filing is None:
        raise FilingNotFoundError(value=filing_id)
    return filing


def filings_awaiting(actor: Actor) -> QuerySet[Filing]:
    """Return the filings whose next step forward is the officer's by duty and place."""
    waiting = Filing.objects.none()
    for (state, verb), move in FILING_MOVES.items():
        if verb in _FORWARD:
            waiting |= within(Filing.objects.filter(state=state), actor, move.duty)
    return waiting


def verbs_of_filing(filing: Filing, actor: Actor) -> tuple[str, ...]:
    """Return what the officer may do with a filing now, in the order of the table of moves."""
    place = Place(filing.place)
    return tuple(
        verb
        for verb in verbs_from(FILING_MOVES, filing.state)
        if (move := FILING_MOVES[filing.state, verb]).duty and actor.may(move.duty, place)
    )


def objection_within(actor: Actor, objection_id: int) -> Objection:
    """Return one objection to a notice within reach.

    Refuses:
        FilingNotFoundError: there is none, or it lies elsewhere.
    """
    rows = within(
        Objection.objects.select_related("notice__filing__body"), actor, READ, field="notice__place"
    )
    objection = rows.filter(pk=objection_id).first()
    if objection is None:
        raise FilingNotFoundError(value=objection_id)
    return objection


def objections_awaiting(actor: Actor) -> QuerySet[Objection]:
    """Return the objections that the officer has to answer."""
    rows = Objection.objects.filter(answered_at__isnull=True)
    return within(rows, actor, "registry.publish_notice", field="notice__place")


def accountabilities_within(actor: Actor) -> QuerySet[Accountability]:
    """Return the accountability records of the officer's places (LN24-2.1b)."""
    rows = Accountability.objects.select_related("filing__body", "review__office", "reversed_by__office")
    return within(rows, actor, READ)


# --- bodies --------------------------------------------------------------------------------------


def bodies_within(actor: Actor) -> QuerySet[EvaluationBody]:
    """Return the bodies of the officer's places."""
    return within(EvaluationBody.objects.all(), actor, READ)


def body_within(actor: Actor, body_id: int) -> EvaluationBody:
    """Return one body within reach.

    Refuses:
        BodyNotFoundError: there is none, or it lies elsewhere.
    """
    body = bodies_within(actor).filter(pk=body_id).first()
    if body is None:
        raise BodyNotFoundError(value=body_id)
    return body


def verbs_of_body(body: EvaluationBody, actor: Actor) -> tuple[str, ...]:
    """Return what the officer may do with a body's standing now (suspend, resume, remove)."""
    place = Place(body.place)
    verbs = ("suspend", "resume", "remove")
    found = ((verb, BODY_MOVES.get((body.state, verb))) for verb in verbs)
    return tuple(verb for verb, move in found if move is not None and actor.may(move.duty, place))


def bars_of(body: EvaluationBody) -> QuerySet[Bar]:
    """Return every bar to filing that the body's credit code ever had, the newest first."""
    return Bar.objects.filter(credit_code=body.credit_code).order_by("-valid_from")


def document_within(actor: Actor, document_id: int) -> Document:
    """Return one document of a body within reach.

    Refuses:
        BodyNotFoundError: there is none, or its body lies elsewhere.
    """
    rows = within(Document.objects.select_related("body"), actor, READ, field="body__place")
    document = rows.filter(pk=document_id).first()
    if document is None:
        raise BodyNotFoundError(value=document_id)
    return document


# --- people --------------------------------------------------------------------------------------


def person_on_record(person_id: int) -> Person | None:
    """Return a person by key; the caller shows nothing unless something of theirs lies within reach."""
    return Person.objects.filter(pk=person_id).first()


def assessor_posts_within(actor: Actor, person_id: int) -> QuerySet[Assessor]:
    """Return a person's assessor posts at bodies of the officer's places."""
    rows = Assessor.objects.filter(person=person_id).select_related("body").prefetch_related("occupations")
    return within(rows, actor, READ, field="body__place").order_by("-valid_from")


def staff_posts_within(actor: Actor, person_id: int) -> QuerySet[StaffMember]:
    """Return a person's posts on the staff of bodies of the officer's places."""
    rows = StaffMember.objects.filter(person=person_id).select_related("body")
    return within(rows, actor, READ, field="body__place").order_by("-valid_from")


def external_supervisors(body_id: int, *, city: str, on: dt.date) -> list[StaffMember]:
    """Return the registered quality supervisors of other bodies of the city, for a sitting of this body."""
    staff = StaffMember.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on),
        role=StaffMember.Role.INTERNAL_SUPERVISOR,
        body__place__startswith=city[:4],
        body__state="filed",
        valid_from__lte=on,
    )
    own = StaffMember.objects.filter(body=body_id).values("person")
    return list(
        staff.exclude(body=body_id)
        .exclude(person__in=own)
        .select_related("body", "person")
        .order_by("body", "id")
    )


def people_by_name(name: str) -> QuerySet[Person]:
    """Return the persons of that name; the caller shows only those with something within reach."""
    return Person.objects.filter(name=name).order_by("id")


def people_by_index(index: bytes) -> QuerySet[Person]:
    """Return the persons whose paper has that keyed index; the caller shows only those within reach."""
    return Person.objects.filter(number_index=index)


def person_by_key(key: str) -> Person | None:
    """Return the person behind a pseudonym; the caller shows nothing that is not within reach."""
    try:
        pseudonym = uuid.UUID(key)
    except ValueError:
        return None
    return Person.objects.filter(key=pseudonym).first()
