"""Showing a holder's whole paper number (查看完整证件号码): under a duty, with a reason, on record."""

from django.db import transaction

from zhiping.apps.certificates.errors import CertificateNotFoundError, ReasonMissingError
from zhiping.apps.certificates.lookups import number_key
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.journal.actions import record
from zhiping.apps.registry.identity import open_number
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.place import Place

DUTY = "certificates.unmask"


def unmask_paper_number(number: str, *, reason: str, actor: Actor, clock: Clock) -> str:
    """Return the number of the holder's paper in clear, after recording who sees it and why.

    Duty:
        certificates.unmask, at the certificate's place.
    Refuses:
        CertificateNotFoundError, DutyMissingError, ReasonMissingError.
    """
    with transaction.atomic():
        certificate = Certificate.objects.select_related("person").filter(number=number_key(number)).first()
        if certificate is None:
            raise CertificateNotFoundError(value=number)
        actor.require(DUTY, Place(certificate.place))
        if not reason.strip():
            raise ReasonMissingError
        record(
            "certificates.number_unmasked",
            certificate,
            certificate.person,
            actor=actor,
            at=clock.now(),
            place=certificate.place,
            facts={"reason": reason.strip()},
        )
        return open_number(certificate.person)
