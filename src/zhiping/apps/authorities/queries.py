"""Who may do what where."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Model, Q, QuerySet

from zhiping.apps.authorities.duties import ROLES
from zhiping.apps.authorities.models import Account, DutyGrant, Office
from zhiping.apps.journal.scoping import within_prefixes
from zhiping.kernel.actor import Actor, ActorKind, Duty
from zhiping.kernel.place import Place


def actor_of(account: Account, *, on: dt.date) -> Actor:
    """Return the officer as an actor with the duties held on the day.

    Accounts of bodies become actors in `registry.queries.actor_of_body_account`.
    """
    grants = account.duty_grants.filter(valid_from__lte=on).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    )
    return Actor(
        kind=ActorKind.OFFICER,
        id=str(account.pk),
        name=str(account),
        duties=frozenset(
            Duty(name=name, place=Place(place)) for name, place in grants.values_list("duty", "place")
        ),
        office_id=account.office_id,
    )


def reach(actor: Actor, duty: str | None = None) -> tuple[str, ...]:
    """Return the prefixes of the places that the actor reaches, with the duty or with any.

    The system reaches everywhere (""); a body's account and the public reach no place.
    """
    if actor.kind is ActorKind.SYSTEM:
        return ("",)
    return tuple(sorted({held.place.prefix for held in actor.duties if duty in {None, held.name}}))


def within[M: Model](
    rows: QuerySet[M], actor: Actor, duty: str | None = None, *, field: str = "place"
) -> QuerySet[M]:
    """Narrow rows to the places where the actor holds the duty (or any)."""
    return within_prefixes(rows, reach(actor, duty), field)


def office_for(place: Place) -> Office | None:
    """Return the narrowest office responsible for a place."""
    offices = {
        office.place: office for office in Office.objects.filter(place__in=[p.code for p in place.chain])
    }
    return next((offices[step.code] for step in place.chain if step.code in offices), None)


def offices() -> QuerySet[Office]:
    """Return all offices, ordered by place."""
    return Office.objects.all()


def demo_accounts() -> QuerySet[Account]:
    """Return the demonstration accounts for the sign-in page."""
    return (
        Account.objects.filter(is_demo=True, is_active=True).select_related("office").order_by("kind", "id")
    )


def role_names(accounts: Iterable[Account]) -> dict[int, str]:
    """Return the Chinese name of the role whose duties each officer holds, by account; one query."""
    held: dict[int, set[str]] = {}
    grants = DutyGrant.objects.filter(account__in=list(accounts))
    for account, duty in grants.values_list("account_id", "duty"):
        held.setdefault(account, set()).add(duty)
    names = {frozenset(duties): label for label, duties in ROLES.values()}
    return {
        account: names[frozenset(duties)] for account, duties in held.items() if frozenset(duties) in names
    }
