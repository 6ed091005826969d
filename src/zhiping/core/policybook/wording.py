"""The operator that a Chinese wording states (以上、以下、超过…)."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

_NUMERAL = r"[\d一二三四五六七八九十百千万两]"


class Operator(StrEnum):
    """The closed list of tests that a condition can make on a fact."""

    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    AS_WORDED = "as_worded"
    IN = "in"
    NOT_IN = "not_in"
    YES = "yes"
    NO = "no"
    INCLUDES_ALL = "includes_all"
    INCLUDES_NONE = "includes_none"
    INSIDE = "inside"
    WITHIN = "within"


ORDERING = (Operator.AT_LEAST, Operator.MORE_THAN, Operator.AT_MOST, Operator.LESS_THAN)

# The longest phrases first, so that 不低于 is not read as 低于.
_PHRASES: tuple[tuple[str, Operator], ...] = (
    (r"不得?(?:少于|低于|小于|短于|早于)|不应(?:少于|低于|小于)", Operator.AT_LEAST),
    (r"不得?(?:超过|超出|高于|多于|大于|晚于|长于)|不应(?:超过|高于|多于|大于)", Operator.AT_MOST),
    (r"(?:不|未)(?:满|足|达到|达)", Operator.LESS_THAN),
    (r"以上|至少|达到|起码|最低|最少|年?满(?=" + _NUMERAL + ")", Operator.AT_LEAST),
    (r"以下|以内|之内|至多|最多|最高", Operator.AT_MOST),
    (r"超过|超出|高于|大于|多于|以外", Operator.MORE_THAN),
    (r"低于|少于|小于", Operator.LESS_THAN),
)

# Two operators that split the numbers at the same edge: what one holds for, the other does not.
_OPPOSITE = {
    Operator.AT_LEAST: Operator.LESS_THAN,
    Operator.LESS_THAN: Operator.AT_LEAST,
    Operator.AT_MOST: Operator.MORE_THAN,
    Operator.MORE_THAN: Operator.AT_MOST,
}


def operators_of(wording: str) -> tuple[Operator, ...]:
    """Return every operator that the wording states, in the order of the phrase table, without doubles.

    >>> [operator.value for operator in operators_of("300人以上")]
    ['at_least']
    >>> [operator.value for operator in operators_of("不得低于30%")]
    ['at_least']
    >>> [operator.value for operator in operators_of("3人以上，不超过9人")]
    ['at_most', 'at_least']
    >>> operators_of("连续6年")
    ()
    """
    found: list[Operator] = []
    left = re.sub(r"\s+", "", wording)
    for pattern, operator in _PHRASES:
        left, hits = re.subn(pattern, "|", left)
        if hits and operator not in found:
            found.append(operator)
    return tuple(found)


@cache
def operator_of(wording: str) -> Operator | None:
    """Return the one operator that the wording states; None where it states none or several."""
    found = operators_of(wording)
    return found[0] if len(found) == 1 else None


def is_consistent(operator: Operator, wording: str) -> bool:
    """Tell whether a named comparator splits the numbers where the wording does.

    "300人以上" goes with at_least, and with less_than (its opposite), never with more_than or at_most.

    >>> is_consistent(Operator.AT_LEAST, "300人以上"), is_consistent(Operator.MORE_THAN, "300人以上")
    (True, False)
    """
    stated = operators_of(wording)
    if operator not in _OPPOSITE or not stated:
        return True
    return operator in stated or _OPPOSITE[operator] in stated


def comparison_of(operator: Operator) -> Callable[[object, object], bool]:
    """Return the Python comparison of an operator on two ordered values."""
    return _COMPARISONS[operator]


# Both sides were checked to be of one ordered type when the policy was loaded.
_COMPARISONS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.AT_LEAST: ge,
    Operator.MORE_THAN: gt,
    Operator.AT_MOST: le,
    Operator.LESS_THAN: lt,
    Operator.EQUAL: eq,
    Operator.NOT_EQUAL: ne,
}
