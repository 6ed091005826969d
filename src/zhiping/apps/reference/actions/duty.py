"""Where an officer keeps lists: the widest place of the duty."""

from zhiping.kernel.actor import Actor, DutyMissingError
from zhiping.kernel.place import NATION

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
