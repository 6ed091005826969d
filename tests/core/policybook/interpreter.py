"""A naive interpreter of conditions: the oracle that the compiled form is held against."""

from datetime import date

from zhiping.core.policybook.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Count,
    Each,
    Fixed,
    FromFact,
    FromParameter,
    InPeriod,
    InSpan,
    Not,
)
from zhiping.core.policybook.values import shift
from zhiping.core.policybook.wording import Operator, operator_of

COMPARE = {
    Operator.AT_LEAST: lambda a, b: a >= b,
    Operator.MORE_THAN: lambda a, b: a > b,
    Operator.AT_MOST: lambda a, b: a <= b,
    Operator.LESS_THAN: lambda a, b: a < b,
    Operator.EQUAL: lambda a, b: a == b,
    Operator.NOT_EQUAL: lambda a, b: a != b,
    Operator.IN: lambda a, b: a in b,
    Operator.NOT_IN: lambda a, b: a not in b,
    Operator.INCLUDES_ALL: lambda a, b: all(one in a for one in b),
    Operator.INCLUDES_NONE: lambda a, b: not any(one in a for one in b),
}


def holds(condition, facts, values):
    """Return True, False or None by trying what every missing fact could do, the slow and plain way."""
    match condition:
        case AllOf(parts=parts):
            answers = [holds(part, facts, values) for part in parts]
            if any(answer is False for answer in answers):
                return False
            return None if any(answer is None for answer in answers) else True
        case AnyOf(parts=parts):
            answers = [holds(part, facts, values) for part in parts]
            if any(answer is True for answer in answers):
                return True
            return None if any(answer is None for answer in answers) else False
        case Not(part=part):
            answer = holds(part, facts, values)
            return None if answer is None else not answer
        case Compare(fact=fact, operator=Operator.YES):
            return facts.get(fact)
        case Compare(fact=fact, operator=Operator.NO):
            return None if facts.get(fact) is None else not facts[fact]
        case Compare(fact=fact, operator=operator, against=against):
            limit, operator = _limit(against, operator, facts, values)
            observed = facts.get(fact)
            return None if observed is None or limit is None else COMPARE[operator](observed, limit)
        case InPeriod(fact=fact, start=start, end=end):
            day = facts.get(fact)
            return None if day is None else day >= start and (end is None or not day >= end)
        case InSpan(fact=fact, anchor=anchor, is_after=is_after, length=length, unit=unit):
            day, origin = facts.get(fact), facts.get(anchor)
            span, _ = _limit(length, Operator.EQUAL, facts, values)
            if not isinstance(day, date) or not isinstance(origin, date) or span is None:
                return None
            if is_after:
                return day >= origin and day <= shift(origin, by=span, unit=unit)
            return day <= origin and day >= shift(origin, by=-span, unit=unit)
        case Each(of=of, condition=inner, when_empty=when_empty):
            rows = facts.get(of)
            if rows is None:
                return None
            if len(rows) == 0:
                return when_empty
            return holds_for_all([holds(inner, _merged(facts, row), values) for row in rows])
        case Count(of=of, where=where, operator=operator, against=against):
            rows = facts.get(of)
            limit, operator = _limit(against, operator, facts, values)
            if rows is None or limit is None:
                return None
            answers = [True if where is None else holds(where, _merged(facts, row), values) for row in rows]
            open_rows = sum(answer is None for answer in answers)
            sure = sum(answer is True for answer in answers)
            results = {COMPARE[operator](sure + extra, limit) for extra in range(open_rows + 1)}
            return results.pop() if len(results) == 1 else None
    raise AssertionError(condition)


def holds_for_all(answers):
    if any(answer is False for answer in answers):
        return False
    return None if any(answer is None for answer in answers) else True


def _merged(facts, row):
    return {**facts, "code": None, "assessors": None, **row}


def _limit(against, operator, facts, values):
    match against:
        case FromParameter(id=name):
            found = values.get(name)
            if found is None:
                return None, operator
            if operator is Operator.AS_WORDED:
                operator = operator_of(found.wording)
            return found.value, operator
        case Fixed(value=value):
            return value, operator
        case FromFact(name=name):
            return facts.get(name), operator
    raise AssertionError(against)
