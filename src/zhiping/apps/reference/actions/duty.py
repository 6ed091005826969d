"""Where an officer keeps lists, and that only one does so at a time."""

from django.db import connection

from zhiping.kernel.actor import Actor, DutyMissingError
from zhiping.kernel.place import NATION, Place

DUTY = "reference.maintain"


def place_of(actor: Actor) -> str:
    """Return the widest place of the duty: it is where the journal files the operation.

    Refuses:
        DutyMissingError: the actor holds the duty nowhere.
    """
    held = sorted(
        (one.place for one in actor.duties if one.name == DUTY),
        key=lambda place: (len(place.prefix), place.code),
    )
    if not held:
        raise DutyMissingError(duty=DUTY, place=NATION, actor=actor.name)
    return held[0].code


def filed_at(place: str, actor: Actor) -> str:
    """Return the place under which work on a list is filed, after checking the duty.

    A list of the whole nation has no office of its own: the duty at any place suffices, and the officer's
    widest place is where the journal files it.

    Refuses:
        DutyMissingError: the actor does not hold the duty there.
    """
    if place == NATION:
        return place_of(actor)
    actor.require(DUTY, Place(place))
    return place


def alone(list_name: str) -> None:
    """Wait until nobody else writes to a list; the transaction's end lets the next one in.

    Rows that do not exist yet cannot be locked, and two officers may bring the same ones at once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"zhiping.list.{list_name}"])
