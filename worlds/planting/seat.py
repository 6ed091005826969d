"""One planted candidate as rows that a flavour may spoil before they become frames again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from worlds.bodies import Body
from worlds.conditions import Condition
from worlds.days import month_earlier
from worlds.frames import Row
from worlds.sittings import Sitting
from worlds.truth import CertificateReference, KeyPart


@dataclass(slots=True, kw_only=True)
class Seat:
    """One candidate's rows in every table; clean until a flavour changes them."""

    sitting: Sitting
    condition: Condition
    person: int
    reference: str
    strangers: Sequence[Body]
    """Other employers, with which nobody of this body is insured."""
    stranger: str
    """The key of a person who sits in the next seat."""
    enrolment: Row
    results: list[Row]
    certificate: Row
    insurance: list[Row]
    dispatch: list[Row]
    prior: list[Row]
    is_enrolled: bool = True
    is_certified: bool = True

    @property
    def day(self) -> date:
        """Return the day of the sitting."""
        return self.sitting.day

    def days_off(self, count: int) -> date:
        """Return the day that many days after the sitting."""
        return self.day + timedelta(days=count)

    def months_ago(self, months: int, days: int = 0) -> date:
        """Return the day that many months before the sitting, moved by some days."""
        return month_earlier(self.day, months) + timedelta(days=days)


type Spoil = Callable[[Seat], None]
type Suits = Callable[[Sitting], bool]
type Allows = Callable[[Condition], bool]


def any_sitting(_: Sitting) -> bool:
    """Accept every sitting."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """One way to break a screen's rule with one candidate, or to come near it.

    `allows` picks the condition of entry the candidate claims, `kind` the candidate's kind; without them
    both are as drawn.
    """

    screen_id: str
    is_violation: bool
    note: str
    spoil: Spoil
    suits: Suits = any_sitting
    allows: Allows | None = None
    kind: str | None = None

    def key(self, seat: Seat) -> tuple[KeyPart, ...]:
        """Return the key of the finding: the certificate where it was wrongly issued, else the enrolment."""
        if self.screen_id == "SCR-001":
            return (CertificateReference(reference=seat.reference),)
        return (str(seat.enrolment["enrolment_id"]),)


def untouched(_: Seat) -> None:
    """Leave a candidate as it is."""
