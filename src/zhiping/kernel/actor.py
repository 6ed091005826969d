"""Actors: who does something, with which duties, where."""

from dataclasses import dataclass, field
from enum import StrEnum

from zhiping.kernel.errors import DomainError
from zhiping.kernel.place import Place


class DutyMissingError(DomainError):
    """The actor lacks the duty at that place."""

    code = "kernel.duty_missing"


class ActorKind(StrEnum):
    """What kind of actor it is."""

    OFFICER = "officer"
    BODY = "body"
    PUBLIC = "public"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A duty (职责) named like an action ("registry.review_filing") within a place."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: an officer with duties per place, an account of a body, the public, the system.

    Guarantees:
        `places` lists where an officer may read; a body reads only its own rows (`body_id`).
    """

    kind: ActorKind
    id: str
    name: str
    duties: frozenset[Duty] = field(default_factory=frozenset)
    body_id: int | None = None
    office_id: int | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Return the places in which the actor holds any duty, without duplicates, ordered."""
        return tuple(sorted({duty.place for duty in self.duties}))

    def may(self, duty: str, place: Place) -> bool:
        """Tell whether the actor holds the duty at a place that contains the given one."""
        return any(held.name == duty and held.place.contains(place) for held in self.duties)

    def may_anywhere(self, duty: str) -> bool:
        """Tell whether the actor holds the duty at all."""
        return any(held.name == duty for held in self.duties)

    def require(self, duty: str, place: Place) -> None:
        """Refuse an actor without the duty there.

        Refuses:
            DutyMissingError: no such duty at a place that contains the given one.
        """
        if not self.may(duty, place):
            raise DutyMissingError(duty=duty, place=place.code, actor=self.name)

    def require_unless_system(self, duty: str, place: Place) -> None:
        """Refuse everybody but the system itself without the duty there.

        The system sets up what must be there before anybody holds a duty.

        Refuses:
            DutyMissingError: as `require` does.
        """
        if self.kind is not ActorKind.SYSTEM:
            self.require(duty, place)


PUBLIC = Actor(kind=ActorKind.PUBLIC, id="public", name="社会公众")
