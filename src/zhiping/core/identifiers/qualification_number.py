"""Numbers of vocational qualification certificates (职业资格证书编号): 16 digits."""

import re
from dataclasses import dataclass

from zhiping.core.identifiers.look_alike import as_digits
from zhiping.core.identifiers.normal_text import normalise_code
from zhiping.core.identifiers.problems import IdentifierInvalidError, Problem

LENGTH = 16
SHANGHAI_LENGTH = 13
SHANGHAI_FILL = "000"
SITE_KINDS = {
    "0": "指导中心",
    "1": "国家鉴定所",
    "2": "地方鉴定站",
    "3": "行业特有工种站",
    "4": "工考委或企业内",
}
_DIGITS = re.compile(r"[0-9]+\Z")
_FIRST_YEAR_OF_NINETIES = 90


class QualificationNumberInvalidError(IdentifierInvalidError):
    """The text is no number of a qualification certificate."""

    code = "identifiers.qualification_number_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationNumber:
    """A qualification certificate's number, part by part.

    Digits 3 and 4 name a province **or** a ministry or group, in a table of their own that is not GB/T 2260:
    10 is Jiangsu and 72 the tobacco industry. They are never looked up as a place.

    Shanghai's old 13-digit numbers stand in the national query with three zeros before them; they have
    another inner order, so their parts are empty.

    >>> QualificationNumber.parse("1210012003400001").issuer_code
    '10'
    """

    text: str
    year: int | None
    issuer_code: str
    city_code: str
    site_kind: str
    site_serial: str
    level: str
    serial: str

    def __str__(self) -> str:
        """Return the 16 digits."""
        return self.text

    @property
    def is_old_shanghai(self) -> bool:
        """Tell whether it is one of Shanghai's 13-digit numbers."""
        return self.text.startswith(SHANGHAI_FILL)

    @classmethod
    def parse(cls, text: str) -> "QualificationNumber":
        """Return the number that a text writes; 13 digits are filled up to 16.

        Refuses:
            QualificationNumberInvalidError: with every problem found.
        """
        found = problems(text)
        if found:
            raise QualificationNumberInvalidError(problems=found, value=text)
        number = normalise_code(text).rjust(LENGTH, "0")
        if number.startswith(SHANGHAI_FILL):
            empty = dict.fromkeys(
                ("issuer_code", "city_code", "site_kind", "site_serial", "level", "serial"), ""
            )
            return cls(text=number, year=None, **empty)
        short_year = int(number[:2])
        return cls(
            text=number,
            # Numbers of this form were given from the 1990s on.
            year=short_year + (1900 if short_year >= _FIRST_YEAR_OF_NINETIES else 2000),
            issuer_code=number[2:4],
            city_code=number[4:6],
            site_kind=number[6],
            site_serial=number[7:10],
            level=number[10],
            serial=number[11:],
        )


def problems(text: str) -> tuple[Problem, ...]:
    """Return what is wrong with a qualification certificate's number; nothing when it has the form of one."""
    number = normalise_code(text)
    if len(number) not in {LENGTH, SHANGHAI_LENGTH}:
        facts = {"value": number, "length": len(number)}
        return (Problem(code="identifiers.qualification_number_length", facts=facts),)
    if not _DIGITS.match(number):
        read = as_digits(number)
        facts = {"value": number, "hint": read if _DIGITS.match(read) else ""}
        return (Problem(code="identifiers.qualification_number_characters", facts=facts),)
    number = number.rjust(LENGTH, "0")
    if number.startswith(SHANGHAI_FILL):
        return ()
    found = []
    if number[6] not in SITE_KINDS:
        facts = {"value": number, "site_kind": number[6]}
        found.append(Problem(code="identifiers.qualification_number_site_kind", facts=facts))
    if number[10] not in "12345":
        facts = {"value": number, "level": number[10]}
        found.append(Problem(code="identifiers.qualification_number_level", facts=facts))
    if number[11:] == "00000":
        found.append(Problem(code="identifiers.qualification_number_serial", facts={"value": number}))
    return tuple(found)
