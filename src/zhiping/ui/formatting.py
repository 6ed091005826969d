"""Write values the way people in China read them: dates, times, numbers, masked identities."""

from datetime import date, datetime

from zhiping.kernel.clock import CHINA
from zhiping.kernel.errors import DomainError

EMPTY = "—"
WAN = 10_000

# The public look-up accepts the last four characters of an identity number as one of its two facts,
# so a masked number shows fewer than four of them.
MASK_HEAD = 3
MASK_TAIL = 2


class MomentNaiveError(DomainError):
    """A moment has no time zone, so it names no moment."""

    code = "ui.moment_naive"


def _in_china(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise MomentNaiveError(value=moment)
    return moment.astimezone(CHINA)


def day_of(value: date | datetime) -> date:
    """Return the day in China of a day or of an aware moment."""
    return _in_china(value).date() if isinstance(value, datetime) else value


def long_day(value: date | datetime | None) -> str:
    """Write a day in running text (2024年3月5日); nothing gives a dash.

    >>> long_day(date(2024, 3, 5))
    '2024年3月5日'
    """
    if value is None or value == "":
        return EMPTY
    day = day_of(value)
    return f"{day.year}年{day.month}月{day.day}日"


def short_day(value: date | datetime | None) -> str:
    """Write a day for a table column, all of one width (2024-03-05)."""
    return EMPTY if value is None or value == "" else day_of(value).isoformat()


def long_moment(value: datetime | None) -> str:
    """Write a moment in running text, in China's time (2024年3月5日 09:00).

    Refuses:
        MomentNaiveError: the moment has no time zone.
    """
    if value is None or value == "":
        return EMPTY
    local = _in_china(value)
    return f"{long_day(local)} {local:%H:%M}"


def short_moment(value: datetime | None) -> str:
    """Write a moment for a table column (2024-03-05 09:00).

    Refuses:
        MomentNaiveError: the moment has no time zone.
    """
    return EMPTY if value is None or value == "" else f"{_in_china(value):%Y-%m-%d %H:%M}"


def masked(value: object) -> str:
    """Hide the middle of an identity number or a telephone number; a short one shows its end only.

    >>> masked("999101199001011234"), masked("E99001234"), masked("1234")
    ('999*************34', '*******34', '****')
    """
    text = str(value or "")
    if not text:
        return EMPTY
    shown = MASK_HEAD + MASK_TAIL
    head, tail = (
        (MASK_HEAD, MASK_TAIL) if len(text) > 2 * shown else (0, MASK_TAIL if len(text) > shown else 0)
    )
    end = len(text) - tail
    return f"{text[:head]}{'*' * (end - head)}{text[end:]}"


def masked_name(value: object) -> str:
    """Hide a person's name except its first character.

    >>> masked_name("林小满")
    '林**'
    """
    text = str(value or "").strip()
    return text[0] + "*" * (len(text) - 1 or 1) if text else EMPTY


def thousands(value: object) -> str:
    """Write a number with thousands separators; what is no number is written as it is.

    >>> thousands(30000), thousands(1234.5)
    ('30,000', '1,234.5')
    """
    if value is None or value == "":
        return EMPTY
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}"
    text = str(value)
    digits = text.removeprefix("-")
    return f"{int(text):,}" if digits.isascii() and digits.isdigit() else text


def in_wan(value: float) -> str:
    """Write a large number short, in units of ten thousand (3.2万); below that, in full.

    >>> in_wan(24000), in_wan(9999), in_wan(30000)
    ('2.4万', '9,999', '3万')
    """
    if abs(value) < WAN:
        return thousands(value)
    return f"{value / WAN:,.1f}".removesuffix(".0") + "万"


def file_size(size: int) -> str:
    """Write a number of bytes for people.

    >>> file_size(512), file_size(1536), file_size(3 * 1024 * 1024)
    ('512 B', '1.5 KB', '3.0 MB')
    """
    step = 1024
    if size < step:
        return f"{size} B"
    if size < step * step:
        return f"{size / step:.1f} KB"
    return f"{size / step / step:.1f} MB"
