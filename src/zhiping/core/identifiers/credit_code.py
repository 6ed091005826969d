"""Unified social credit codes (统一社会信用代码, GB 32100) and the organisation codes inside (GB 11714)."""

import re
from dataclasses import dataclass

from zhiping.core.identifiers.look_alike import DIGIT_FOR
from zhiping.core.identifiers.normal_text import normalise_code
from zhiping.core.identifiers.problems import IdentifierInvalidError, Problem

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: the letters I, O, S, V and Z are never used."""
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
LENGTH = 18
FICTIONAL_DIVISION = "99"
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

DEPARTMENTS = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "工商",
    "A": "中央军委改革和编制办公室",
    "N": "农业",
    "Y": "其他",
}
"""First character → the department that registered the organisation."""


class CreditCodeInvalidError(IdentifierInvalidError):
    """The text is no unified social credit code."""

    code = "identifiers.credit_code_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditCode:
    """A unified social credit code whose two check characters agree."""

    text: str

    def __str__(self) -> str:
        """Return the 18 characters."""
        return self.text

    @property
    def department(self) -> str:
        """Return the department that registered the organisation (登记管理部门)."""
        return DEPARTMENTS[self.text[0]]

    @property
    def is_enterprise(self) -> bool:
        """Tell whether it was registered as an enterprise (91)."""
        return self.text.startswith("91")

    @property
    def division(self) -> str:
        """Return the division code of the registering office on the day of registration."""
        return self.text[2:8]

    @property
    def organisation_code(self) -> str:
        """Return the nine-character organisation code inside (组织机构代码)."""
        return self.text[8:17]

    @property
    def is_fictional(self) -> bool:
        """Tell whether the division is one that is never assigned."""
        return self.division.startswith(FICTIONAL_DIVISION)


def check_character(first_seventeen: str) -> str:
    """Return the check character of the first 17 characters.

    >>> check_character("91350100M000100Y4")
    '3'
    """
    total = sum(weight * ALPHABET.index(sign) for weight, sign in zip(WEIGHTS, first_seventeen, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first_eight: str) -> str:
    """Return the check character of an organisation code's first eight characters.

    >>> organisation_check_character("60003734")
    '1'
    """
    total = sum(
        weight * _ORGANISATION_ALPHABET.index(sign)
        for weight, sign in zip(ORGANISATION_WEIGHTS, first_eight, strict=True)
    )
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def problems(text: str) -> tuple[Problem, ...]:
    """Return what is wrong with a credit code; nothing when it passes.

    Letters in the first two places are allowed: rural collectives (N), the army (A) and others (Y) have them.
    """
    code = normalise_code(text)
    if len(code) != LENGTH:
        return (Problem(code="identifiers.credit_code_length", facts={"value": code, "length": len(code)}),)
    foreign = [(place, sign) for place, sign in enumerate(code, 1) if sign not in ALPHABET]
    if foreign:
        place, sign = foreign[0]
        hint = DIGIT_FOR.get(sign, "")
        facts = {"value": code, "place": place, "character": sign, "hint": hint}
        return (Problem(code="identifiers.credit_code_characters", facts=facts),)
    found = []
    if code[0] not in DEPARTMENTS:
        found.append(
            Problem(code="identifiers.credit_code_department", facts={"value": code, "character": code[0]})
        )
    if not re.fullmatch("[0-9]{6}", code[2:8]):
        found.append(
            Problem(code="identifiers.credit_code_division", facts={"value": code, "division": code[2:8]})
        )
    if code[16] != organisation_check_character(code[8:16]):
        found.append(Problem(code="identifiers.organisation_code_check", facts={"value": code[8:17]}))
    if code[17] != check_character(code[:17]):
        found.append(Problem(code="identifiers.credit_code_check", facts={"value": code}))
    return tuple(found)


def parse(text: str) -> CreditCode:
    """Return the credit code.

    Refuses:
        CreditCodeInvalidError: with every problem found.
    """
    found = problems(text)
    if found:
        raise CreditCodeInvalidError(problems=found, value=text)
    return CreditCode(text=normalise_code(text))
