"""Reads for others, already scoped to an actor."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from zhiping.apps.authorities.models import Account
from zhiping.apps.registry.errors import BodyNotFoundError, FilingNotFoundError
from zhiping.apps.registry.models import (
    Assessor,
    BodyAccess,
    DispatchSpan,
    Document,
    EvaluationBody,
    Filing,
    InsuranceSpan,
    InsuredMonth,
    Kinship,
    ScopeLine,
    StaffMember,
    Venue,
)
from zhiping.kernel.actor import Actor, ActorKind


def actor_of_body_account(account: Account) -> Actor | None:
    """Return the clerk as an actor of the body, or None for an account without a body."""
    access = BodyAccess.objects.filter(account=account).first()
    if access is None or not account.is_active:
        return None
    return Actor(kind=ActorKind.BODY, id=str(account.pk), name=str(account), body_id=access.body_id)


type SpanRow = tuple[int | None, str, dt.date, dt.date | None]
"""Body (None for another unit), the unit's place, first day, day after the last."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What insurance and dispatch filing tell about a set of persons and one body."""

    body_id: int
    feed_reaches_body: bool
    insured: Mapping[int, tuple[SpanRow, ...]]
    dispatched: Mapping[int, tuple[SpanRow, ...]]
    city: str

    def is_insured_here(self, person_id: int | None, day: dt.date) -> bool:
        """Tell whether the body insured the person on the day."""
        rows = self.insured.get(person_id or 0, ())
        return any(body == self.body_id and _covers(start, end, day) for body, _, start, end in rows)

    def dispatch_months(self, person_id: int | None, day: dt.date) -> int:
        """Return the full months of dispatch to the body up to the day, over touching spans."""
        rows = sorted(
            (start, end)
            for body, _, start, end in self.dispatched.get(person_id or 0, ())
            if body == self.body_id and start <= day
        )
        since: dt.date | None = None
        reached: dt.date | None = None
        for start, end in rows:
            if since is None or (reached is not None and start > reached):
                since = start
            reached = end
        if since is None or (reached is not None and reached <= day):
            return 0
        return (day.year - since.year) * 12 + day.month - since.month - (day.day < since.day)

    def is_tied_to_city(self, person_id: int | None, day: dt.date) -> bool:
        """Tell whether the person was insured or employed in the city on the day (FS20-T1)."""
        rows = (*self.insured.get(person_id or 0, ()), *self.dispatched.get(person_id or 0, ()))
        return any(place.startswith(self.city) and _covers(start, end, day) for _, place, start, end in rows)


def spans_of(person_ids: tuple[int, ...], *, body_id: int, city: str) -> Spans:
    """Return the insurance and dispatch spans of the persons, for questions about one body."""

    def of(model: type[InsuranceSpan | DispatchSpan]) -> dict[int, tuple[SpanRow, ...]]:
        found: dict[int, list[SpanRow]] = defaultdict(list)
        rows = model.objects.filter(person_id__in=person_ids)
        for person, body, place, start, end in rows.values_list(
            "person_id", "body_id", "place", "valid_from", "valid_to"
        ):
            found[person].append((body, place, start, end))
        return {person: tuple(spans) for person, spans in found.items()}

    return Spans(
        body_id=body_id,
        feed_reaches_body=InsuredMonth.objects.filter(body_id=body_id).exists(),
        insured=of(InsuranceSpan),
        dispatched=of(DispatchSpan),
        city=city,
    )


def _covers(start: dt.date, end: dt.date | None, day: dt.date) -> bool:
    return start <= day and (end is None or day < end)


def body_ids() -> list[int]:
    """Return the keys of every body, for runs over all data."""
    return list(EvaluationBody.objects.values_list("id", flat=True))


# --- a clerk's own rows ------------------------------------------------------------------------


def own_body(actor: Actor) -> EvaluationBody:
    """Return the body that a clerk works for.

    Refuses:
        BodyNotFoundError: the actor is no clerk, or the session does not reach the body.
    """
    found = EvaluationBody.objects.filter(pk=actor.body_id or 0).first()
    if found is None:
        raise BodyNotFoundError(value=actor.name)
    return found


def own_filings(actor: Actor) -> QuerySet[Filing]:
    """Return the filings of the clerk's body, the newest first."""
    return Filing.objects.filter(body_id=actor.body_id).select_related("body")


def own_filing(actor: Actor, filing_id: int) -> Filing:
    """Return one filing of the clerk's body.

    Refuses:
        FilingNotFoundError: there is none of that id, or it is another body's.
    """
    found = own_filings(actor).filter(pk=filing_id).first()
    if found is None:
        raise FilingNotFoundError(value=filing_id)
    return found


def own_scope(actor: Actor, *, on: dt.date) -> QuerySet[ScopeLine]:
    """Return the scope lines of the clerk's body that are in force on the day."""
    return ScopeLine.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), body_id=actor.body_id, valid_from__lte=on
    )


def own_documents(actor: Actor) -> QuerySet[Document]:
    """Return the documents of the clerk's body, those taken out included."""
    return Document.objects.filter(body_id=actor.body_id)


def own_staff(actor: Actor) -> QuerySet[StaffMember]:
    """Return everybody who is or was on the staff of the clerk's body."""
    return StaffMember.objects.filter(body_id=actor.body_id).select_related("person").order_by("id")


def own_assessors(actor: Actor) -> QuerySet[Assessor]:
    """Return the assessors of the clerk's body with the occupations they examine."""
    return (
        Assessor.objects.filter(body_id=actor.body_id)
        .select_related("person")
        .prefetch_related("occupations")
        .order_by("id")
    )


def own_ties(actor: Actor) -> QuerySet[Kinship]:
    """Return the ties that the assessors of the clerk's body declared."""
    return (
        Kinship.objects.filter(assessor__body_id=actor.body_id)
        .select_related("assessor__person", "person")
        .order_by("-id")
    )


def own_venues(actor: Actor) -> QuerySet[Venue]:
    """Return the venues of the clerk's body with their workstations."""
    return Venue.objects.filter(body_id=actor.body_id).prefetch_related("stations")
