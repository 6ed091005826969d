"""Reads for others, already scoped to an actor."""

from zhiping.apps.authorities.models import Account
from zhiping.apps.registry.models import BodyAccess
from zhiping.kernel.actor import Actor, ActorKind


def actor_of_body_account(account: Account) -> Actor | None:
    """Return the clerk as an actor of the body, or None for an account without a body."""
    access = BodyAccess.objects.filter(account=account).first()
    if access is None or not account.is_active:
        return None
    return Actor(kind=ActorKind.BODY, id=str(account.pk), name=str(account), body_id=access.body_id)
