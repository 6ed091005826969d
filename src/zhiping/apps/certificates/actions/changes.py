"""Correct, annul, restore: a certificate's row stays, and each change of it stays (证书变更)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from zhiping.apps.certificates.documents import document_of
from zhiping.apps.certificates.errors import (
    CertificateNotFoundError,
    ClauseNotBindingError,
    FieldNotCorrectableError,
    NothingToCorrectError,
    ReasonMissingError,
    ReasonTooLongError,
    ValueUnusableError,
)
from zhiping.apps.certificates.lookups import number_key
from zhiping.apps.certificates.messages import FIELD_LABELS, UNUSABLE
from zhiping.apps.certificates.models import Certificate, Change
from zhiping.apps.certificates.queries import annulment_clauses, credit_code_of
from zhiping.apps.certificates.states import CERTIFICATE_MOVES, CertificateState, ChangeKind
from zhiping.apps.journal.actions import record
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.registry.identity import open_number
from zhiping.core.credential import DocumentFieldError, digest
from zhiping.core.identifiers.normal_text import normalise_text
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import Move, walk
from zhiping.kernel.place import Place

CORRECTABLE = tuple(FIELD_LABELS)
_LONGEST_REASON = 500


def correct_certificate(
    number: str, *, changes: Mapping[str, str], reason: str, actor: Actor, clock: Clock
) -> Certificate:
    """Correct what is printed on a certificate (更正证书); number, level, scores and holder stay.

    Authority:
        LN24-2.3a.
    Duty:
        certificates.correct, at the certificate's place.
    Refuses:
        CertificateNotFoundError, MoveNotAllowedError (annulled), DutyMissingError.
        ReasonMissingError, ReasonTooLongError.
        FieldNotCorrectableError: a field outside the closed list.
        ValueUnusableError: a value that cannot be printed or is too long.
        NothingToCorrectError: nothing differs from what is printed.
    """
    reason = _reason(reason)
    with transaction.atomic():
        certificate, move = _walked(number, "correct", actor)
        before, after = _differences(certificate, changes)
        for name, value in after.items():
            setattr(certificate, name, value)
        certificate.digest = _digest(certificate)
        certificate.save(update_fields=[*after, "digest"])
        _change(
            certificate,
            ChangeKind.CORRECTED,
            move.clauses,
            reason=reason,
            actor=actor,
            clock=clock,
            fields=(before, after),
        )
    return certificate


def annul_certificate(
    number: str, *, reason: str, clause: str = "LN24-3.5c", actor: Actor, clock: Clock
) -> Certificate:
    """Declare a certificate void (宣布证书作废); row, number and history stay.

    Authority:
        The clause given, which must bind at the certificate's place today: LN24-3.5c in Liaoning,
        FS20-5.2 in Foshan.
    Duty:
        certificates.annul, at the certificate's place.
    Refuses:
        CertificateNotFoundError, MoveNotAllowedError (annulled already), DutyMissingError.
        ReasonMissingError, ReasonTooLongError.
        ClauseNotBindingError: the clause is no ground there and then; names those that are.
    """
    reason = _reason(reason)
    with transaction.atomic():
        certificate, move = _walked(number, "annul", actor)
        binding = annulment_clauses(certificate.place, on=clock.today())
        if clause not in binding:
            raise ClauseNotBindingError(
                clause=clause or "（未填）",
                place=certificate.place,
                on=clock.today(),
                binding="、".join(binding) or "没有",
            )
        _set_state(certificate, move, reason=reason, clock=clock)
        _change(certificate, ChangeKind.ANNULLED, (clause,), reason=reason, actor=actor, clock=clock)
    return certificate


def restore_certificate(number: str, *, reason: str, actor: Actor, clock: Clock) -> Certificate:
    """Take an annulment back (撤销作废): the certificate counts again from today.

    The days in between stay annulled in the history.

    Authority:
        The clause on which it was annulled, as far as it binds today.
    Duty:
        certificates.annul, at the certificate's place.
    Refuses:
        CertificateNotFoundError, MoveNotAllowedError (it is valid), DutyMissingError.
        ReasonMissingError, ReasonTooLongError.
    """
    reason = _reason(reason)
    with transaction.atomic():
        certificate, move = _walked(number, "restore", actor)
        annulled = certificate.changes.filter(kind=ChangeKind.ANNULLED).order_by("-id").first()
        grounds = (annulled.clause,) if annulled is not None and annulled.clause else ()
        _set_state(certificate, move, reason="", clock=clock)
        _change(certificate, ChangeKind.RESTORED, grounds, reason=reason, actor=actor, clock=clock)
    return certificate


def _reason(text: str) -> str:
    reason = normalise_text(text)
    if not reason:
        raise ReasonMissingError
    if len(reason) > _LONGEST_REASON:
        raise ReasonTooLongError(length=len(reason), limit=_LONGEST_REASON)
    return reason


def _walked(number: str, verb: str, actor: Actor) -> tuple[Certificate, Move]:
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("person")
    certificate = rows.filter(number=number_key(number)).first()
    if certificate is None:
        raise CertificateNotFoundError(value=number)
    move = walk(CERTIFICATE_MOVES, certificate.state, verb, actor=actor, place=Place(certificate.place))
    return certificate, move


def _differences(
    certificate: Certificate, changes: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    unknown = [name for name in changes if name not in CORRECTABLE]
    if unknown:
        raise FieldNotCorrectableError(field="、".join(unknown), fields="、".join(FIELD_LABELS.values()))
    wanted = {name: normalise_text(value) for name, value in changes.items()}
    for name, value in wanted.items():
        limit = _longest(name)
        if len(value) > limit:
            raise ValueUnusableError(
                field=FIELD_LABELS[name], value=value, reason=UNUSABLE["too_long"].format(limit=limit)
            )
    after = {name: value for name, value in wanted.items() if value != getattr(certificate, name)}
    if not after:
        raise NothingToCorrectError(number=certificate.number)
    return {name: getattr(certificate, name) for name in after}, after


def _longest(name: str) -> int:
    field = Certificate._meta.get_field(name)
    return getattr(field, "max_length", None) or 0


_DOCUMENT_FIELDS = {
    "name": "holder_name",
    "occupation_name": "occupation_name",
    "work_type": "work_type",
    "body_name": "body_name",
}


def _digest(certificate: Certificate) -> str:
    try:
        document = document_of(
            certificate,
            paper_number=open_number(certificate.person),
            credit_code=credit_code_of(certificate.body_id),
        )
    except DocumentFieldError as refusal:
        field = _DOCUMENT_FIELDS.get(str(refusal.facts["field"]), str(refusal.facts["field"]))
        raise ValueUnusableError(
            field=FIELD_LABELS.get(field, field),
            value=refusal.facts["value"],
            reason=UNUSABLE["unprintable"],
        ) from refusal
    return digest(document)


def _set_state(certificate: Certificate, move: Move, *, reason: str, clock: Clock) -> None:
    certificate.state = CertificateState(move.to)
    certificate.state_since, certificate.state_reason = clock.today(), reason
    certificate.save(update_fields=["state", "state_since", "state_reason"])


def _change(
    certificate: Certificate,
    kind: ChangeKind,
    clauses: tuple[str, ...],
    *,
    reason: str,
    actor: Actor,
    clock: Clock,
    fields: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None,
) -> None:
    """Write the change and record the operation, citing those of the clauses that bind."""
    today = clock.today()
    binding = binding_clauses(clauses, place=certificate.place, on=today)
    before, after = fields or (None, None)
    Change.objects.create(
        certificate=certificate,
        kind=kind,
        state=certificate.state,
        effective_on=today,
        at=clock.now(),
        reason=reason,
        clause=next(iter(binding), ""),
        actor_name=actor.name,
        before=before,
        after=after,
        digest=certificate.digest,
    )
    record(
        f"certificates.{kind.value}",
        certificate,
        actor=actor,
        at=clock.now(),
        place=certificate.place,
        clauses=binding,
        facts={"number": certificate.number, "reason": reason, "before": before, "after": after},
    )
