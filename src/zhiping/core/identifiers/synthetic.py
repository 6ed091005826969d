"""Made-up identifiers that pass every check and can belong to nobody (虚构标识, for worlds and tests).

Identity numbers begin with 99: a 9 heads foreigners' permanent residence cards, two province digits follow,
and there is no province 90 to 99. Credit codes have a division that begins with 99, which GB/T 2260 never
assigns. Neither can therefore be the number of a real person or organisation.
"""

from datetime import date

from zhiping.core.identifiers import credit_code, identity_number
from zhiping.core.identifiers.identity_number import FICTIONAL_HEAD, Gender
from zhiping.kernel.errors import DomainError

AREA = "990101"
LARGEST_SEQUENCE = 999
LARGEST_ORGANISATION = 99_999_999


class NotFictionalError(DomainError):
    """The made-up identifier would look like a real one, or its counter is used up."""

    code = "identifiers.not_fictional"


def fictional_identity_number(*, born: date, sequence: int, area: str = AREA) -> str:
    """Return a valid 18-digit number of nobody; an odd sequence is a man's.

    >>> fictional_identity_number(born=date(1990, 1, 1), sequence=1)
    '990101199001010019'

    Refuses:
        NotFictionalError: the area does not begin with 99, or the sequence does not lie in 0 to 999.
    """
    has_area = len(area) == len(AREA) and area.isdecimal() and area.startswith(FICTIONAL_HEAD)
    if not has_area or not 0 <= sequence <= LARGEST_SEQUENCE:
        raise NotFictionalError(area=area, sequence=sequence)
    body = f"{area}{born:%Y%m%d}{sequence:03d}"
    return body + identity_number.check_character(body)


def fictional_sequence(index: int, gender: Gender) -> int:
    """Return the index-th sequence number of a gender: 500 of each on one day in one area.

    >>> fictional_sequence(0, Gender.MALE), fictional_sequence(0, Gender.FEMALE)
    (1, 0)
    """
    return 2 * index + (gender is Gender.MALE)


def fictional_credit_code(
    serial: int, *, department: str = "9", category: str = "1", area: str = AREA
) -> str:
    """Return a valid credit code of nobody; each serial gives another one.

    Refuses:
        NotFictionalError: the area does not begin with 99, the department is unknown, or the serial is too
        long.
    """
    has_area = len(area) == len(AREA) and area.isdecimal() and area.startswith(FICTIONAL_HEAD)
    is_known = (
        department in credit_code.DEPARTMENTS and len(category) == 1 and category in credit_code.ALPHABET
    )
    if not has_area or not is_known or not 0 <= serial <= LARGEST_ORGANISATION:
        raise NotFictionalError(area=area, department=department, category=category, serial=serial)
    organisation = f"{serial:08d}"
    organisation += credit_code.organisation_check_character(organisation)
    body = f"{department}{category}{area}{organisation}"
    return body + credit_code.check_character(body)
