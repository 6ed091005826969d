"""Identity numbers of 18 digits and their 15-digit forerunners (公民身份号码, GB 11643)."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zhiping.core.identifiers.normal_text import normalise_code
from zhiping.core.identifiers.problems import IdentifierInvalidError, Problem
from zhiping.core.identifiers.provinces import MAINLAND

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
FICTIONAL_HEAD = "99"
OLDEST_YEARS = 150
LENGTH = 18
FORMER_LENGTH = 15
_FULL = re.compile(r"[0-9]{17}[0-9X]\Z")
_FORMER = re.compile(r"[0-9]{15}\Z")


class Gender(StrEnum):
    """Gender as the number states it."""

    MALE = "男"
    FEMALE = "女"


class Holder(StrEnum):
    """Whom a number of this form belongs to, by its head."""

    RESIDENT = "resident"
    FOREIGNER = "foreigner"
    HONG_KONG_MACAO_TAIWAN = "hong_kong_macao_taiwan"
    FICTIONAL = "fictional"


class IdentityNumberInvalidError(IdentifierInvalidError):
    """The text is no identity number."""

    code = "identifiers.identity_number_invalid"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IdentityNumber:
    """An identity number that passed every check that needs no register.

    The area digits say where the number was first given, possibly under a code that was abolished long ago,
    so they are never compared with a list of places, and never tell where somebody lives.
    """

    text: str
    """Always 18 characters; a 15-digit number was upgraded."""
    was_upgraded: bool = False

    def __repr__(self) -> str:
        """Show no more than an operator may see: values end up in logs."""
        return f"IdentityNumber({self.text[:3]}***********{self.text[-4:]})"

    def __str__(self) -> str:
        """Return the 18 characters."""
        return self.text

    @property
    def area(self) -> str:
        """Return the six area digits."""
        return self.text[:6]

    @property
    def born(self) -> date:
        """Return the birth date."""
        return date(int(self.text[6:10]), int(self.text[10:12]), int(self.text[12:14]))

    @property
    def gender(self) -> Gender:
        """Return the gender: the 17th digit is odd for men."""
        return Gender.MALE if int(self.text[16]) % 2 else Gender.FEMALE

    @property
    def holder(self) -> Holder | None:
        """Return whom numbers with this head belong to; never None for a parsed number."""
        return holder_of(self.text)

    @property
    def is_fictional(self) -> bool:
        """Tell whether the number is one that nobody can have."""
        return self.holder is Holder.FICTIONAL

    def age_on(self, day: date) -> int:
        """Return the full years of age on a day (周岁)."""
        return years_between(self.born, day)


def years_between(start: date, day: date) -> int:
    """Return the full years from one day to another.

    >>> leap_day = date(2000, 2, 29)
    >>> years_between(leap_day, date(2018, 2, 28)), years_between(leap_day, date(2018, 3, 1))
    (17, 18)
    """
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))


def holder_of(text: str) -> Holder | None:
    """Return whom a number with this head belongs to, or None for a head nobody has.

    9 is the head of foreigners' permanent residence cards and 81 to 83 that of residence permits for people
    from Hong Kong, Macao and Taiwan. Behind the 9 stand two province digits and there is no province 90 to
    99: numbers that begin with 99 can belong to nobody and serve as made-up people.
    """
    if text.startswith(FICTIONAL_HEAD):
        return Holder.FICTIONAL
    if text.startswith("9"):
        return Holder.FOREIGNER
    if text[:2] in {"81", "82", "83"}:
        return Holder.HONG_KONG_MACAO_TAIWAN
    return Holder.RESIDENT if text[:2] in MAINLAND or text[:2] == "71" else None


def check_character(first_seventeen: str) -> str:
    """Return the check character of the first 17 digits.

    >>> check_character("11010519491231002")
    'X'
    """
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_seventeen, strict=True))
    return CHECK_CHARACTERS[total % 11]


def upgrade(former: str) -> str:
    """Return the 18-digit number of a 15-digit one (15 位升 18 位).

    >>> upgrade("110105491231002")
    '11010519491231002X'

    Refuses:
        IdentityNumberInvalidError: the text has not exactly 15 digits.
    """
    if not _FORMER.match(former):
        found = Problem(code="identifiers.identity_number_length", facts={"length": len(former)})
        raise IdentityNumberInvalidError(problems=(found,))
    body = f"{former[:6]}19{former[6:]}"
    return body + check_character(body)


def problems(text: str, *, on: date) -> tuple[Problem, ...]:
    """Return what is wrong with an identity number; nothing when it passes.

    Judged are form, head, birth date (a real day, not after `on`, not more than 150 years before it) and
    check character. A 15-digit number has no check character, so more of its mistakes stay unseen.
    """
    return _problems_of_normal(normalise_code(text), on)


def _problems_of_normal(number: str, on: date) -> tuple[Problem, ...]:
    if len(number) not in {LENGTH, FORMER_LENGTH}:
        return (Problem(code="identifiers.identity_number_length", facts={"length": len(number)}),)
    if not (_FULL.match(number) or _FORMER.match(number)):
        wrong = [
            place
            for place, sign in enumerate(number, 1)
            if sign not in "0123456789" and (place, sign) != (LENGTH, "X")
        ]
        return (Problem(code="identifiers.identity_number_characters", facts={"places": wrong}),)
    found = []
    if holder_of(number) is None:
        found.append(Problem(code="identifiers.identity_number_head", facts={"head": number[:2]}))
    full = number if len(number) == LENGTH else upgrade(number)
    found.extend(_birth_problems(full[6:14], on))
    if full[-1] != check_character(full[:-1]):
        # The expected character is not told: it would turn a forger's attempt into a valid number.
        found.append(Problem(code="identifiers.identity_number_check"))
    return tuple(found)


def _birth_problems(digits: str, on: date) -> list[Problem]:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return [Problem(code="identifiers.birth_date_not_a_day", facts={"month_and_day": digits[4:]})]
    if born > on:
        return [Problem(code="identifiers.birth_date_in_future", facts={"on": on})]
    if years_between(born, on) > OLDEST_YEARS:
        return [Problem(code="identifiers.birth_date_too_long_ago", facts={"years": OLDEST_YEARS})]
    return []


def parse(text: str, *, on: date) -> IdentityNumber:
    """Return the identity number, upgraded to 18 characters where needed.

    Refuses:
        IdentityNumberInvalidError: with every problem found; the number itself is not among its facts.
    """
    number = normalise_code(text)
    found = _problems_of_normal(number, on)
    if found:
        raise IdentityNumberInvalidError(problems=found)
    if len(number) == FORMER_LENGTH:
        return IdentityNumber(text=upgrade(number), was_upgraded=True)
    return IdentityNumber(text=number)


def same_person(one: str, other: str) -> bool:
    """Tell whether two texts write the same number, one of them possibly in its 15-digit form."""
    left, right = (normalise_code(text) for text in (one, other))
    upgraded = [upgrade(number) if _FORMER.match(number) else number for number in (left, right)]
    return upgraded[0] == upgraded[1]
