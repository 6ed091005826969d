"""How single cells are read: a text in, a clean value or a refusal out.

Every reader gets text that `normalised` has been over, and never an empty one.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from zhiping.core.roster.sheet import Reader, Refused, Value

_INVISIBLE = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u{AD}\u{180B}-\u{180E}\u{200B}-\u{200F}\u{202A}-\u{202E}"
    r"\u{2060}-\u{206F}\u{FE00}-\u{FE0F}\u{FEFF}\u{FFF9}-\u{FFFB}\u{E0000}-\u{E01EF}]|_x000[Dd]_"
)


def normalised(column: pl.Expr) -> pl.Expr:
    """Return a column with half-width forms, no invisible characters, no outer blanks, no empty texts."""
    text = column.str.normalize("NFKC").str.replace_all(_INVISIBLE, "")
    text = text.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(text != "").then(text)


PLAIN_TEXT = r"[0-9A-Za-z()./\-\u4E00-\u9FA5]{1,200}"
PLAIN_NAME = r"[\u4E00-\u9FA5]{2,60}"
PLAIN_PHONE = r"1[3-9][0-9]{9}"
PLAIN_NUMBER = r"[0-9A-DF-Z()/.\-\u4E00-\u9FA5]{4,40}"
"""Cells that normalising and the reader of the same name leave as they are; no E, which quantities have."""


def as_text(*, longest: int = 200) -> Reader:
    """Read free text up to a length (文本)."""

    def read(text: str) -> Value | Refused:
        if len(text) > longest:
            return Refused(code="roster.too_long", facts={"length": str(len(text)), "longest": str(longest)})
        return text

    return read


def as_choice(choices: Mapping[str, str]) -> Reader:
    """Read one of a closed list of words, each with the value it stands for (选项)."""
    by_word = {_plain_word(word): value for word, value in choices.items()}
    offered = "、".join(choices)

    def read(text: str) -> Value | Refused:
        value = by_word.get(_plain_word(text))
        return value if value is not None else Refused(code="roster.not_in_list", facts={"choices": offered})

    return read


def _plain_word(word: str) -> str:
    return unicodedata.normalize("NFKC", word).replace(" ", "")


_YES = {"是", "有", "√", "Y", "y", "1", "true"}
_NO = {"否", "无", "没有", "×", "N", "n", "0", "false"}


def read_flag(text: str) -> Value | Refused:
    """Read yes or no (是/否).

    >>> read_flag("是"), read_flag("无")
    (True, False)
    """
    if text in _YES:
        return True
    return False if text in _NO else Refused(code="roster.not_a_flag")


LEVEL_NAMES: Mapping[str, str] = {
    "5": "五级/初级工",
    "4": "四级/中级工",
    "3": "三级/高级工",
    "2": "二级/技师",
    "1": "一级/高级技师",
}
"""Levels as printed and offered in lists; the 1+5+2 system's further levels are not asked for here."""

_LEVEL_BY_WORD = {
    word: level
    for level, name in LEVEL_NAMES.items()
    for word in (
        level,
        f"{level}级",
        name,
        *name.split("/"),
        name.replace("/", ""),
        f"{name.split('/')[0]}({name.split('/')[1]})",
    )
} | {"初级": "5", "中级": "4", "高级": "3"}


def read_level(text: str) -> Value | Refused:
    """Read a skill level however it is written (等级).

    >>> read_level("五级/初级工"), read_level("高级工"), read_level("5"), read_level("一级、高级技师")
    ('5', '3', '5', '1')
    """
    word = re.sub(r"[\s、|-]", "", text)
    level = _LEVEL_BY_WORD.get(word)
    return level or Refused(code="roster.not_a_level", facts={"choices": "、".join(LEVEL_NAMES.values())})


def read_levels(text: str) -> Value | Refused:
    """Read several levels, listed or as a range (可考评等级).

    >>> read_levels("五级、四级、三级"), read_levels("5-3"), read_levels("二级/技师")
    (('5', '4', '3'), ('5', '4', '3'), ('2',))
    """
    span = re.fullmatch(r"([1-5])级?\s*[-—~至到]\s*([1-5])级?", text)
    if span:
        low, high = sorted(map(int, span.groups()))
        return tuple(str(level) for level in range(high, low - 1, -1))
    levels = [read_level(part) for part in re.split(r"[、,;，；\s]+", text) if part]
    for level in levels:
        if isinstance(level, Refused):
            return level
    return tuple(sorted({str(level) for level in levels}, reverse=True))


_FIRST_SERIAL_DAY = date(1899, 12, 30)
_DAY_FORMS = (
    re.compile(
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
        r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
    ),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_MONTH_FORMS = (re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?"), re.compile(r"(\d{4})(\d{2})"))
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2199


def read_day(text: str) -> Value | Refused:
    """Read a day in the forms people and spreadsheets write (日期).

    Five digits are a spreadsheet's own count of days. What could be read two ways is refused.

    >>> read_day("2024年3月5日"), read_day("20240305"), read_day("45356")
    (datetime.date(2024, 3, 5), datetime.date(2024, 3, 5), datetime.date(2024, 3, 5))
    >>> read_day("5/3/2024").code, read_day("2023-02-29").code
    ('roster.not_a_day', 'roster.no_such_day')
    """
    for form in _DAY_FORMS:
        found = form.fullmatch(text)
        if found:
            year, month, day = map(int, found.groups())
            return _day(year, month, day)
    if _SERIAL.fullmatch(text):
        return _FIRST_SERIAL_DAY + timedelta(days=int(text[:5]))
    return Refused(code="roster.not_a_day")


def read_month(text: str) -> Value | Refused:
    """Read a month, or a day of it, as the first day it can mean (年月).

    >>> read_month("2015年7月"), read_month("201507"), read_month("2015-07-15")
    (datetime.date(2015, 7, 1), datetime.date(2015, 7, 1), datetime.date(2015, 7, 15))
    """
    for form in _MONTH_FORMS:
        found = form.fullmatch(text)
        if found:
            year, month = map(int, found.groups())
            return _day(year, month, 1)
    return read_day(text)


def _day(year: int, month: int, day: int) -> Value | Refused:
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        return Refused(code="roster.no_such_day")
    try:
        return date(year, month, day)
    except ValueError:
        return Refused(code="roster.no_such_day")


_MOST_POINTS = Decimal(100)
_STEP = Decimal("0.1")


def read_score(text: str) -> Value | Refused:
    """Read a score from 0 to 100 with one decimal at most (百分制成绩).

    >>> read_score("59.50"), read_score("100").as_tuple().exponent, read_score("85.55").code
    (Decimal('59.5'), -1, 'roster.score_too_fine')
    """
    if text in {"缺考", "缺", "旷考"}:
        return Refused(code="roster.absent_in_score")
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,15})?)\s*分?", text)
    if found is None:
        return Refused(code="roster.not_a_score")
    score = Decimal(found.group(1))
    if score > _MOST_POINTS:
        return Refused(code="roster.score_out_of_range")
    rounded = score.quantize(_STEP)
    return rounded if rounded == score else Refused(code="roster.score_too_fine")


_HAN = r"[\u2E80-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF]"
_BETWEEN_HAN = re.compile(f"(?<={_HAN}) (?={_HAN})")
_DOTS = re.compile(r"\s*[•・‧∙⋅.]\s*(?=[\u2E80-\u9FFF])")
_NAME = re.compile(
    r"[\u2E80-\u2FDF\u3005-\u3007\u3400-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFFA-Za-zÀ-ɏ·'\- ,.]{2,60}"
)


def read_name(text: str) -> Value | Refused:
    """Read a person's name (姓名); blanks between Chinese characters are padding, dots become ·.

    >>> read_name("张 三"), read_name("阿卜杜•买买提"), read_name("张3").code
    ('张三', '阿卜杜·买买提', 'roster.not_a_name')
    """
    name = _DOTS.sub("·", _BETWEEN_HAN.sub("", text))
    return name if _NAME.fullmatch(name) else Refused(code="roster.not_a_name")


def read_phone(text: str) -> Value | Refused:
    """Read a mobile number (手机号码).

    >>> read_phone("+86 199-0000-0001"), read_phone("1990000").code
    ('19900000001', 'roster.not_a_phone')
    """
    digits = re.sub(r"^(?:\+86|0086)|[\s-]", "", re.sub(r"\s", "", text))
    return digits if re.fullmatch(r"1[3-9]\d{9}", digits) else Refused(code="roster.not_a_phone")


def read_email(text: str) -> Value | Refused:
    """Read an electronic mail address (电子邮箱)."""
    return (
        text
        if re.fullmatch(r"[^\s@]{1,64}@[^\s@]+\.[^\s@.]{2,}", text)
        else Refused(code="roster.not_an_email")
    )


def as_digits(length: int) -> Reader:
    """Read a code of so many digits; fewer look like zeros a spreadsheet dropped (前导零)."""

    def read(text: str) -> Value | Refused:
        if not re.fullmatch(r"[0-9]+", text) or len(text) > length:
            return Refused(code="roster.not_digits", facts={"digits": str(length)})
        if len(text) < length:
            return Refused(
                code="roster.leading_zero_lost", facts={"digits": str(length), "guess": text.zfill(length)}
            )
        return text

    return read


def read_number(text: str) -> Value | Refused:
    """Read the number of a paper or certificate (证件、证书编号): no blanks, capital letters.

    >>> read_number("y0001 23 000001 26 5 000001"), read_number("9.99E+17").code
    ('Y000123000001265000001', 'roster.number_in_scientific')
    """
    number = re.sub(r"\s", "", text).upper().lstrip("'`")
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", number):
        return Refused(code="roster.number_in_scientific")
    if not re.fullmatch(r"[0-9A-Z\u4E00-\u9FFF()\-/.]{4,40}", number):
        return Refused(code="roster.not_a_number")
    return number


def read_tenure(text: str) -> Value | Refused:
    """Read a length of work as whole months (专业年限); a bare number means years.

    >>> read_tenure("5"), read_tenure("3年6个月"), read_tenure("5.5年"), read_tenure("18个月")
    (60, 42, 66, 18)
    """
    found = re.fullmatch(
        r"(?:(\d{1,2}(?:\.\d{1,2})?)(?:\s*年|$))?\s*(?:零|又)?\s*(?:(\d{1,3})\s*个?月)?", text
    )
    if found is None or not any(found.groups()):
        return Refused(code="roster.not_a_tenure")
    years, months = found.groups()
    return int(Decimal(years or 0) * 12) + int(months or 0)


def read_condition(text: str) -> Value | Refused:
    """Read the number of an entry condition (申报条件), with the edition of the rules if given.

    Words after the number are left out, because they are copied from the standard.

    >>> read_condition("4-2"), read_condition("2023/4—2 取得五级后满3年"), read_condition("从事本职业").code
    ('4-2', '2023/4-2', 'roster.not_a_condition')
    """
    found = re.match(r"\(?(?:(\d{4})\s*(?:版|年版)?\s*[/ ])?\s*([1-5])\s*[-—–－_.]\s*(\d{1,2})(?!\d)", text)
    if found is None:
        return Refused(code="roster.not_a_condition")
    edition, level, serial = found.groups()
    return f"{edition}/{level}-{int(serial)}" if edition else f"{level}-{int(serial)}"
