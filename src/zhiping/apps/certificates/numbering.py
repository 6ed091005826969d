"""Taking numbers (编号): consecutive, without gap and without duplicate."""

import datetime as dt
from collections.abc import Iterator

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


def open_series(prefix: str) -> int:
    """Return the last serial that a series gave out, and hold the series until the transaction ends.

    Other writers of the same series wait; if the transaction is rolled back or its process dies, no
    serial was ever taken.
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
        return int(cursor.fetchone()[0])


def close_series(prefix: str, last: int) -> None:
    """Write down the last serial that was given out, in the transaction that opened the series."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE certificates_numberseries SET last_serial = %s WHERE prefix = %s", [last, prefix]
        )


def numbers_after(prefix: str, last: int, *, needed: int) -> Iterator[str]:
    """Return the numbers that follow, one by one.

    Refuses:
        SerialsExhaustedError: six digits do not hold so many more.
    """
    left = LARGEST_SERIAL - last
    if needed > left:
        raise SerialsExhaustedError(prefix=prefix, left=left, needed=needed)
    return (f"{prefix}{serial:06d}" for serial in range(last + 1, last + needed + 1))
