"""Reads for others, already scoped to an actor; and the public look-up."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from zhiping.apps.authorities.queries import within
from zhiping.apps.authorities.walls import reaching_everywhere
from zhiping.apps.certificates import lookups
from zhiping.apps.certificates.documents import last_four_sealer
from zhiping.apps.certificates.errors import CertificateNotFoundError
from zhiping.apps.certificates.lookups import LookUp, number_key
from zhiping.apps.certificates.models import Certificate, Change
from zhiping.apps.certificates.states import CertificateState, ChangeKind
from zhiping.apps.certificates.statuses import StatusOnDay, status_as_of
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.registry.models import EvaluationBody
from zhiping.kernel.actor import Actor, ActorKind

ANNULMENT_CLAUSES = ("LN24-3.5c", "FS20-5.2")
"""The clauses on which a certificate is declared void; each binds in its own place only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One change of a certificate, as it was decided (证书变更)."""

    kind: str
    kind_label: str
    state: str
    state_label: str
    effective_on: dt.date
    at: dt.datetime
    reason: str
    clause: str
    actor_name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    digest: str


def certificates_within(actor: Actor) -> QuerySet[Certificate]:
    """Return the certificates that the actor may see, the newest first.

    Officers with certificates.read see those of their places, a body's clerk its own, the system all.
    """
    rows = Certificate.objects.all()
    if actor.kind is ActorKind.BODY:
        return rows.filter(body_id=actor.body_id)
    return within(rows, actor, "certificates.read")


def certificate_for(actor: Actor, number: str) -> Certificate:
    """Return one certificate that the actor may see, with its body and sitting.

    Refuses:
        CertificateNotFoundError: there is none, or not for this actor.
    """
    rows = certificates_within(actor).select_related("person", "enrolment__sitting")
    certificate = rows.filter(number=number_key(number)).first()
    if certificate is None:
        raise CertificateNotFoundError(value=number)
    return certificate


def history(number: str) -> tuple[ChangeView, ...]:
    """Return a certificate's changes in the order in which they were decided (证书历史)."""
    rows = Change.objects.filter(certificate__number=number_key(number)).order_by("id")
    return tuple(
        ChangeView(
            kind=row.kind,
            kind_label=row.get_kind_display(),
            state=row.state,
            state_label=row.get_state_display(),
            effective_on=row.effective_on,
            at=row.at,
            reason=row.reason,
            clause=row.clause,
            actor_name=row.actor_name,
            before=row.before,
            after=row.after,
            digest=row.digest,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Implied:
    kind: str
    effective_on: dt.date
    reason: str = ""
    clause: str = ""


def status_on(number: str, day: dt.date) -> StatusOnDay:
    """Return how a certificate stood on a day (某日状态), not issued yet before its issue.

    Certificates taken over from another system may have no changes on record; for them the row's own
    days tell.

    Refuses:
        CertificateNotFoundError: no such certificate within reach.
    """
    certificate = Certificate.objects.filter(number=number_key(number)).first()
    if certificate is None:
        raise CertificateNotFoundError(value=number)
    changes = list(certificate.changes.order_by("id"))
    if any(change.kind == ChangeKind.ISSUED for change in changes):
        return status_as_of(changes, day)
    issued = _Implied(kind=ChangeKind.ISSUED, effective_on=certificate.issued_on)
    if changes or certificate.state == CertificateState.VALID:
        return status_as_of((issued, *changes), day)
    annulled = _Implied(
        kind=ChangeKind.ANNULLED, effective_on=certificate.state_since, reason=certificate.state_reason
    )
    return status_as_of((issued, annulled), day)


def annulment_clauses(place: str, *, on: dt.date) -> tuple[str, ...]:
    """Return the clauses on which a certificate of the place can be annulled on the day."""
    return binding_clauses(ANNULMENT_CLAUSES, place=place, on=on)


def credit_code_of(body_id: int) -> str:
    """Return the credit code of an issuing body, also one of another place."""
    with reaching_everywhere():
        return EvaluationBody.objects.values_list("credit_code", flat=True).get(pk=body_id)


def look_up(
    number: str, *, name: str | None = None, last_four: str | None = None, today: dt.date
) -> LookUp | None:
    """Answer the public (公众查询): only who holds two facts of a certificate learns of it.

    An unknown number and a wrong second fact give the same answer, None, after the same work. What
    the public asks goes through `actions.ask`, which counts and limits.

    Refuses:
        SecondFactMissingError: neither a name nor the last four characters.
    """
    asked = lookups.question(number, name=name, last_four=last_four)
    return answer(asked, today=today)


def answer(asked: lookups.Question, *, today: dt.date) -> LookUp | None:
    """Return what is shown for a question, None when not every fact in it is right."""
    with connection.cursor() as cursor:
        cursor.execute(lookups.IDENTIFY.format(numbers="%s"), [[asked.number]])
        key = lookups.matching_id(asked, cursor.fetchone(), last_four_sealer())
    return None if key is None else _details(key, today)


def read_certificate(number: str, *, today: dt.date) -> LookUp | None:
    """Return what a look-up would show, without a second fact: for an operator at the command line."""
    key = Certificate.objects.filter(number=number_key(number)).values_list("pk", flat=True).first()
    return None if key is None else _details(key, today)


def _details(key: int, today: dt.date) -> LookUp:
    with connection.cursor() as cursor:
        statement = lookups.DETAILS.format(ids="%(ids)s", today="%(today)s")
        cursor.execute(statement, {"ids": [key], "today": today})
        row = cursor.fetchone()
    return lookups.from_row(row, today=today)
