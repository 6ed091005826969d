"""From the rows to what a certificate says: its document, digest, masked number, keyed index."""

import functools

from django.conf import settings

from zhiping.apps.certificates.lookups import INDEX_BYTES, PURPOSE, last_four_text, level_name
from zhiping.apps.certificates.models import Certificate
from zhiping.core.credential import CertificateDocument
from zhiping.kernel.sealing import Sealer


@functools.cache
def last_four_sealer() -> Sealer:
    """Return the sealer whose index finds the last four characters of an identity paper."""
    return Sealer(settings.FIELD_KEY, PURPOSE)


def last_four_index(number: str, paper_number: str) -> bytes:
    """Return the keyed index over a certificate number and the last four characters of a paper."""
    return last_four_sealer().index(last_four_text(number, paper_number[-4:]), length=INDEX_BYTES)


def document_of(certificate: Certificate, *, paper_number: str, credit_code: str) -> CertificateDocument:
    """Return everything that the certificate's face says, with the number of the paper in clear.

    Refuses:
        DocumentFieldError: a text cannot be printed.
    """
    return CertificateDocument(
        name=certificate.holder_name,
        paper_kind=certificate.paper_kind,
        paper_number=paper_number,
        occupation_name=certificate.occupation_name,
        occupation_code=certificate.occupation_code,
        work_type=certificate.work_type,
        level_name=level_name(certificate.level),
        certificate_number=certificate.number,
        body_name=certificate.body_name,
        body_credit_code=credit_code,
        issued_on=certificate.issued_on,
        theory_score=certificate.theory_score,
        practical_score=certificate.practical_score,
        comprehensive_score=certificate.comprehensive_score,
        query_address=certificate.query_address,
    )
