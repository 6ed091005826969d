"""Print certificates (打印证书): the face with the full number of the paper, under a duty, journalled."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from zhiping.apps.certificates.documents import document_of
from zhiping.apps.certificates.errors import (
    AnnulledNotPrintedError,
    CertificateNotFoundError,
    NothingToPrintError,
    PaperChangedError,
)
from zhiping.apps.certificates.lookups import number_key
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.certificates.queries import credit_code_of
from zhiping.apps.certificates.states import CertificateState
from zhiping.apps.exams.errors import SittingNotFoundError
from zhiping.apps.exams.models import Sitting
from zhiping.apps.journal.actions import record
from zhiping.apps.registry.identity import open_number
from zhiping.core.credential import LARGEST_BATCH, CertificateDocument, Paper, digest, render_pdf
from zhiping.gateways.fonts import font_folders
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.kernel.clock import Clock
from zhiping.kernel.place import Place

DUTY = "certificates.issue"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBatch:
    """One file of a sitting's certificates (批量打印)."""

    pdf: bytes
    part: int
    parts: int
    numbers: tuple[str, ...]


def certificate_pdf(number: str, *, paper: Paper = Paper.A4, actor: Actor, clock: Clock) -> bytes:
    """Return the printable certificate (证书版式文件), with the QR code that leads to the look-up.

    Duty:
        certificates.issue at the certificate's place, or a clerk of the body that issued it.
    Refuses:
        CertificateNotFoundError, DutyMissingError.
        AnnulledNotPrintedError: it does not count.
        PaperChangedError: the record is not what was issued.
        MissingGlyphError, FontsMissingError: it cannot be set without blank boxes.
    """
    with transaction.atomic():
        rows = Certificate.objects.select_for_update(of=("self",)).select_related("person")
        certificate = rows.filter(number=number_key(number)).first()
        if certificate is None:
            raise CertificateNotFoundError(value=number)
        _require_may_print(actor, body_id=certificate.body_id, place=certificate.place, number=number)
        if certificate.state != CertificateState.VALID:
            raise AnnulledNotPrintedError(number=certificate.number, since=certificate.state_since)
        pdf = _rendered([certificate], paper)
        record(
            "certificates.printed",
            certificate,
            actor=actor,
            at=clock.now(),
            place=certificate.place,
            facts={"numbers": [certificate.number], "unmasked": True},
        )
    return pdf


def sitting_pdf(
    sitting_id: int, *, part: int = 1, paper: Paper = Paper.A4, actor: Actor, clock: Clock
) -> PrintedBatch:
    """Return a sitting's valid certificates in one file, at most 200 in each part (批量打印).

    Duty:
        certificates.issue at the sitting's place, or a clerk of the body that held it.
    Refuses:
        SittingNotFoundError, DutyMissingError, PaperChangedError, MissingGlyphError.
        NothingToPrintError: no valid certificate in that part.
    """
    with transaction.atomic():
        sitting = Sitting.objects.filter(pk=sitting_id).first()
        if sitting is None:
            raise SittingNotFoundError(value=sitting_id)
        _require_may_print(actor, body_id=sitting.body_id, place=sitting.place, number=sitting.number)
        rows = Certificate.objects.filter(enrolment__sitting=sitting, state=CertificateState.VALID)
        parts = math.ceil(rows.count() / LARGEST_BATCH)
        first = (part - 1) * LARGEST_BATCH
        if not 1 <= part <= parts:
            raise NothingToPrintError(sitting=sitting.number, part=part, parts=parts)
        certificates = list(rows.select_related("person").order_by("number")[first : first + LARGEST_BATCH])
        pdf = _rendered(certificates, paper)
        numbers = tuple(certificate.number for certificate in certificates)
        record(
            "certificates.printed",
            sitting,
            *certificates,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            facts={"numbers": numbers, "unmasked": True, "part": part, "parts": parts},
        )
    return PrintedBatch(pdf=pdf, part=part, parts=parts, numbers=numbers)


def _require_may_print(actor: Actor, *, body_id: int, place: str, number: str) -> None:
    if actor.kind is ActorKind.BODY:
        if actor.body_id != body_id:
            raise CertificateNotFoundError(value=number)
        return
    actor.require(DUTY, Place(place))


def _rendered(certificates: Sequence[Certificate], paper: Paper) -> bytes:
    codes = {body_id: credit_code_of(body_id) for body_id in {one.body_id for one in certificates}}
    documents = [_as_issued(one, codes[one.body_id]) for one in certificates]
    return render_pdf(documents, fonts=font_folders(), paper=paper)


def _as_issued(certificate: Certificate, credit_code: str) -> CertificateDocument:
    """Return the document, after comparing it with the digest that was kept when it was last written."""
    document = document_of(certificate, paper_number=open_number(certificate.person), credit_code=credit_code)
    if digest(document) != certificate.digest:
        raise PaperChangedError(number=certificate.number)
    return document
