"""What of a person's data is shown to whom (脱敏)."""

from enum import StrEnum

MASK = "*"
_LONG_ENOUGH = 11


class Audience(StrEnum):
    """Who looks at it."""

    OPERATOR = "operator"
    """An officer or clerk who must tell two people apart: first three and last four."""
    PUBLIC = "public"
    """A public notice: the area digits only. Birth date and sequence go; so does the check character, since
    from it and the date the sequence could be tried out."""


def mask_identity_number(number: str, audience: Audience) -> str:
    """Return the number of an identity paper with the hidden places starred.

    Short numbers of other papers keep only their ends for operators and nothing but the first character for
    the public.

    >>> mask_identity_number("990101199001010019", Audience.OPERATOR)
    '990***********0019'
    >>> mask_identity_number("990101199001010019", Audience.PUBLIC)
    '990101************'
    """
    is_long = len(number) > _LONG_ENOUGH
    if audience is Audience.PUBLIC:
        return _keep(number, 6 if is_long else 1, 0)
    return _keep(number, 3, 4) if is_long else _keep(number, 1, 1)


def mask_name(name: str) -> str:
    """Return a name with all but its first character starred; the dot inside a name stays.

    >>> mask_name("张三"), mask_name("欧阳小明"), mask_name("阿依·古丽")
    ('张*', '欧***', '阿*·**')
    """
    return name[:1] + "".join(sign if sign == "·" else MASK for sign in name[1:])


def mask_phone(phone: str) -> str:
    """Return a telephone number with its middle starred.

    >>> mask_phone("19900001234")
    '199****1234'
    """
    return _keep(phone, 3, 4) if len(phone) >= _LONG_ENOUGH else _keep(phone, 0, 4)


def _keep(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    if hidden <= 0:
        # Too short to keep anything and still hide something.
        return MASK * len(text)
    return text[:head] + MASK * hidden + (text[-tail:] if tail else "")
