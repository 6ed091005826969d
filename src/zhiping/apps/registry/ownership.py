"""Whose row it is: the check that every action of a body's clerk starts with."""

from zhiping.apps.registry.errors import NotYourBodyError
from zhiping.kernel.actor import Actor, ActorKind


def require_own(actor: Actor, body_id: int) -> None:
    """Refuse a clerk who acts on another body's rows; the system may act for any body.

    Refuses:
        NotYourBodyError: the row belongs to another body.
    """
    if actor.kind is ActorKind.SYSTEM:
        return
    if actor.kind is not ActorKind.BODY or actor.body_id != body_id:
        raise NotYourBodyError(actor=actor.name)
