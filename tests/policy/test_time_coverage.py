"""At every place, for every question, on every quarter: one answer, or no rule known; never two."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby, pairwise

import pytest

from zhiping.core.policybook import Outcome, PolicyBook
from zhiping.core.policybook.conditions import Compare, Fixed, FromParameter
from zhiping.core.policybook.model import Rule
from zhiping.core.policybook.wording import ORDERING, Operator
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

BOOK = PolicyBook.load(policy_folder())
QUESTIONS = BOOK.questions

FIRST_YEAR = 2014
LAST_YEAR = max(parameter.checked_on.year for parameter in BOOK.parameters.values()) + 1
QUARTERS = [date(year, month, 1) for year in range(FIRST_YEAR, LAST_YEAR + 1) for month in (1, 4, 7, 10)]

KNOWN = {
    *(place for rule in BOOK.rules.values() for place in rule.where),
    *(value.place for parameter in BOOK.parameters.values() for value in parameter.values),
    *(document.place for document in BOOK.documents.values()),
}
INSIDE = {Place(code) for code in ("440605", "440304", "210102", "220102", "371002", "370200")}
UNKNOWN = {Place(code) for code in ("620100", "510000", "429004", "469005", "650000", "810000")}
PLACES = sorted(KNOWN | INSIDE | UNKNOWN)

EDGES = {Operator.AS_WORDED, Operator.EQUAL, *ORDERING}
NOTHING_GIVEN = {Outcome.UNKNOWN, Outcome.NOT_APPLICABLE, Outcome.NO_RULE_KNOWN}


def claim_of(rule: Rule) -> tuple[object, ...]:
    """Return what a rule claims: when it applies and what it tests, without the edge that it sets.

    Two rules of one question with the same claim speak of the same thing. In force together they give two
    answers where their edges differ, and one answer twice where they do not.
    """
    return (rule.asks_of, _shape(rule.applies_when), _shape(rule.condition))


def _shape(node: object) -> object:
    if isinstance(node, Compare) and node.operator in EDGES and _is_an_edge(node):
        return ("edge", node.fact)
    if is_dataclass(node) and not isinstance(node, type):
        return (
            type(node).__name__,
            *(_shape(getattr(node, one.name)) for one in fields(node) if one.name != "line"),
        )
    if isinstance(node, tuple):
        return tuple(_shape(part) for part in node)
    return sorted(node.items()) if isinstance(node, dict) else node


def _is_an_edge(node: Compare) -> bool:
    """Tell a number or day that a notice sets from a word that merely tells cases apart."""
    match node.against:
        case FromParameter():
            return True
        case Fixed(value=value):
            return not isinstance(value, str)
        case _:
            return False


def test_the_span_and_the_places_are_those_of_the_law():
    assert QUARTERS[0] == date(2014, 1, 1)
    assert QUARTERS[-1] == date(LAST_YEAR, 10, 1)
    assert {Place("440000"), Place("220000"), Place("210000"), Place("371000"), Place("440600")} <= KNOWN
    for place in UNKNOWN:
        local = [
            rule for rule in BOOK.rules.values() if rule.binds_at(place) and Place("CN") not in rule.where
        ]
        assert local == [], place


def test_every_question_has_one_answer_or_none_known_on_every_quarter():
    answered = 0
    for question in QUESTIONS:
        for place in PLACES:
            for days in stretches(question, place):
                rules = BOOK.rules_in_force(question, place=place, on=days[0])
                assert _claims_are_single(rules), (question, place, days[0])
                assert len({rule.decides_on for rule in rules}) <= 1
                for day in days if rules else (days[0], days[-1]):
                    verdict = BOOK.judge(question, {}, place=place, on=day)
                    where = (question, place, day)
                    assert [finding.rule for finding in verdict.findings] == [rule.id for rule in rules], (
                        where
                    )
                    assert (verdict.outcome is Outcome.NO_RULE_KNOWN) is (not rules), where
                    assert verdict.outcome in NOTHING_GIVEN or _only_notes(rules), where
                    answered += bool(rules)
    assert answered > len(QUESTIONS)


def stretches(question: str, place: Place) -> list[list[date]]:
    """Return the quarters, grouped by the stretches in which the law of a question does not change."""
    turning = BOOK.turning_days(question, place=place)
    return [list(days) for _, days in groupby(QUARTERS, lambda day: bisect_right(turning, day))]


def _only_notes(rules: tuple[Rule, ...]) -> bool:
    """A verdict of notes alone says pass: a note decides nothing, known or not."""
    return all(rule.outcome is Outcome.NOTE for rule in rules)


@cache
def _claim(rule_id: str) -> str:
    return repr(claim_of(BOOK.rules[rule_id]))


def _claims_are_single(rules: tuple[Rule, ...]) -> bool:
    claims = [_claim(rule.id) for rule in rules]
    return len(claims) == len(set(claims))


@pytest.mark.parametrize("question", QUESTIONS)
def test_where_no_rule_is_known_the_earlier_and_the_later_ones_are_told(question):
    asking = [rule for rule in BOOK.rules.values() if rule.asks_of == question]
    for place in PLACES:
        near = [rule for rule in asking if rule.binds_at(place)]
        for days in stretches(question, place):
            verdict = BOOK.judge(question, {}, place=place, on=days[0])
            if verdict.outcome is Outcome.NO_RULE_KNOWN:
                ended = {rule.id for rule in near if rule.period.end and rule.period.end <= days[0]}
                assert {one.rule for one in verdict.earlier} == ended
                assert {one.rule for one in verdict.later} == {
                    rule.id for rule in near if rule.period.start > days[0]
                }


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_two_rules_claim_the_same_on_the_day_of_a_change_or_the_day_before(question):
    for place in PLACES:
        for day in BOOK.turning_days(question, place=place):
            for on in (day, day - timedelta(days=1)):
                assert _claims_are_single(BOOK.rules_in_force(question, place=place, on=on)), (place, on)


def test_a_second_rule_with_another_edge_would_be_seen():
    rule = BOOK.rules["REG-003"]
    assert not _claims_are_single((rule, rule))
    assert _claims_are_single((rule, BOOK.rules["REG-009"]))


def test_no_parameter_has_two_values_of_one_place_on_one_day():
    for parameter in BOOK.parameters.values():
        by_place = defaultdict(list)
        for value in parameter.values:
            by_place[value.place].append(value.period)
        for periods in by_place.values():
            ordered = sorted(periods, key=lambda period: period.start)
            assert all(not one.overlaps(other) for one, other in pairwise(ordered)), parameter.id
            days = [*QUARTERS, *(period.start for period in ordered)]
            assert all(sum(period.covers(day) for period in ordered) <= 1 for day in days), parameter.id
