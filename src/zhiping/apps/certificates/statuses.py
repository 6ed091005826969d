"""Status as of a day (某日证书状态): what the changes on record say of any day."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Status(StrEnum):
    """How a certificate stood on a day."""

    NOT_ISSUED = "not_issued"
    VALID = "valid"
    ANNULLED = "annulled"


class Recorded(Protocol):
    """What is needed of a change on record."""

    @property
    def kind(self) -> str: ...  # noqa: D102 (fields of a protocol)
    @property
    def effective_on(self) -> dt.date: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102
    @property
    def clause(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOnDay:
    """How a certificate stood on a day, since when, why."""

    day: dt.date
    status: Status
    since: dt.date | None = None
    reason: str = ""
    clause: str = ""


_LEADS_TO = {"issued": Status.VALID, "annulled": Status.ANNULLED, "restored": Status.VALID}


def status_as_of(changes: Iterable[Recorded], day: dt.date) -> StatusOnDay:
    """Return the status on the day, from the changes in the order in which they were decided.

    Each decision counts from its effective day on and overrules what was decided before for those
    days; a correction leaves the status alone. Before the issue took effect there was no certificate.
    """
    found = StatusOnDay(day=day, status=Status.NOT_ISSUED)
    for change in changes:
        status = _LEADS_TO.get(change.kind)
        if status is not None and change.effective_on <= day:
            found = StatusOnDay(
                day=day,
                status=status,
                since=change.effective_on,
                reason=change.reason,
                clause=change.clause,
            )
    return found
