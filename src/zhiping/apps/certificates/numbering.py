"""Taking numbers (编号): consecutive, without gap and without duplicate."""

import datetime as dt

from django.db import connection

from zhiping.apps.certificates.errors import SerialsExhaustedError
from zhiping.core.identifiers.certificate_number import LARGEST_SERIAL, CertificateNumber, IssuerKind

_KINDS = {
    "employer": IssuerKind.EMPLOYER,
    "social_body": IssuerKind.SOCIAL_BODY,
    "school": IssuerKind.SOCIAL_BODY,
}


def first_number(
    *, body_kind: str, province: str, site_code: str, day: dt.date, level: str
) -> CertificateNumber:
    """Return the first number of the series of a site, year and level (serial 1).

    Refuses:
        CertificateNumberInvalidError: a part does not fit, for example a level without a character.
    """
    return CertificateNumber.compose(
        kind=_KINDS[body_kind],
        province=province,
        body_serial=site_code,
        year=day.year,
        level=level,
        serial=1,
    )


def series_prefix(number: CertificateNumber) -> str:
    """Return the 16 characters that a series shares."""
    return str(number)[:16]


def take_serials(prefix: str, count: int) -> range:
    """Take the next serials of a series, in the transaction of the caller, which holds it to its end.

    Other writers of the same series wait; if the transaction is rolled back or its process dies, the
    serials were never taken.

    Refuses:
        SerialsExhaustedError: six digits do not hold so many more.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO certificates_numberseries (prefix, last_serial) VALUES (%s, 0)"
            " ON CONFLICT DO NOTHING",
            [prefix],
        )
        cursor.execute(
            "SELECT last_serial FROM certificates_numberseries WHERE prefix = %s FOR UPDATE", [prefix]
        )
        last = int(cursor.fetchone()[0])
        if last + count > LARGEST_SERIAL:
            raise SerialsExhaustedError(prefix=prefix, left=LARGEST_SERIAL - last, needed=count)
        cursor.execute(
            "UPDATE certificates_numberseries SET last_serial = %s WHERE prefix = %s", [last + count, prefix]
        )
    return range(last + 1, last + count + 1)
