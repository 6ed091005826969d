"""The compiled conditions say what a plain interpreter says, and their traces explain it."""

import json
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.policybook import FactMalformedError, PolicyBook
from zhiping.core.policybook.compiling import Compiler
from zhiping.core.policybook.condition_json import condition_json, condition_of
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
from zhiping.core.policybook.trace import misses, observations
from zhiping.core.policybook.values import shift
from zhiping.core.policybook.wording import Operator, is_consistent, operator_of
from zhiping.kernel.place import Place

sys.path.insert(0, str(Path(__file__).parent))
from interpreter import holds  # a neighbour, found beside this file

BOOK = PolicyBook.load(Path(__file__).parent / "good")
CITY, DAY = Place("990100"), date(2021, 3, 1)
VALUES = {name: BOOK.resolve(name, place=CITY, on=DAY) for name in BOOK.parameters}
COMPILER = Compiler(facts=BOOK.facts, parameters=VALUES, catalogues={})
ORDERED = (Operator.AT_LEAST, Operator.MORE_THAN, Operator.AT_MOST, Operator.LESS_THAN)
COMPARED = (*ORDERED, Operator.EQUAL, Operator.NOT_EQUAL)
DAYS = st.dates(date(2019, 1, 1), date(2023, 12, 31))
SMALL = st.integers(0, 4)


def maybe(strategy):
    return st.none() | strategy


FACTS = st.fixed_dictionaries(
    {
        "headcount": maybe(st.integers(298, 302)),
        "registered": maybe(st.booleans()),
        "years": maybe(st.integers(4, 8)),
        "share": maybe(st.sampled_from([Decimal("0.29"), Decimal("0.3"), Decimal("0.30"), Decimal("0.31")])),
        "size": maybe(st.sampled_from(["small", "medium", "large"])),
        "papers": maybe(st.lists(st.sampled_from(["甲", "乙", "丙"]), max_size=3).map(tuple)),
        "removed_on": maybe(DAYS),
        "day": st.just(DAY),
        "place": st.just(CITY.code),
        "lines": maybe(
            st.lists(
                st.fixed_dictionaries(
                    {}, optional={"code": st.sampled_from(["甲", "乙"]), "assessors": maybe(SMALL)}
                ),
                max_size=4,
            ).map(tuple)
        ),
    }
)


def compare(fact, operators, against):
    return st.builds(
        lambda operator, one: Compare(fact=fact, operator=operator, against=one, line=1),
        st.sampled_from(operators),
        against,
    )


def numbers(parameter, low, high):
    return st.just(FromParameter(id=parameter)) | st.integers(low, high).map(lambda n: Fixed(value=n))


LEAVES = st.one_of(
    compare("headcount", COMPARED, numbers("filing.headcount", 298, 302)),
    compare("headcount", ORDERED, st.just(FromFact(name="years"))),
    compare("headcount", (Operator.AS_WORDED,), st.just(FromParameter(id="filing.headcount"))),
    compare("share", (*COMPARED, Operator.AS_WORDED), st.just(FromParameter(id="filing.share"))),
    compare("size", (Operator.IN, Operator.NOT_IN), st.just(FromParameter(id="filing.sizes"))),
    compare("registered", (Operator.YES, Operator.NO), st.none()),
    compare(
        "papers",
        (Operator.INCLUDES_ALL, Operator.INCLUDES_NONE),
        st.lists(st.sampled_from(["甲", "乙", "丁"]), max_size=2).map(lambda one: Fixed(value=tuple(one))),
    ),
    st.builds(
        lambda start, length: InPeriod(
            fact="removed_on",
            start=start,
            end=None if length is None else start + timedelta(days=length),
            line=1,
        ),
        DAYS,
        maybe(st.integers(1, 400)),
    ),
    st.builds(
        lambda is_after, span, unit: InSpan(
            fact="day" if is_after else "removed_on",
            anchor="removed_on" if is_after else "day",
            is_after=is_after,
            length=Fixed(value=span),
            unit=unit,
            line=1,
        ),
        st.booleans(),
        st.integers(0, 3),
        st.sampled_from(["day", "month", "year"]),
    ),
    st.builds(
        lambda operator, limit: Count(
            of="lines",
            where=None,
            operator=operator,
            against=Fixed(value=limit),
            line=1,
        ),
        st.sampled_from(COMPARED),
        SMALL,
    ),
)
ROW_LEAVES = compare("assessors", COMPARED, numbers("filing.assessors", 0, 4)) | LEAVES


def nested(children):
    parts = st.lists(children, max_size=3).map(tuple)
    return st.one_of(
        parts.map(lambda one: AllOf(parts=one, line=1)),
        parts.map(lambda one: AnyOf(parts=one, line=1)),
        children.map(lambda one: Not(part=one, line=1)),
        st.builds(
            lambda inner, when_empty: Each(of="lines", condition=inner, when_empty=when_empty, line=1),
            ROW_LEAVES,
            maybe(st.booleans()),
        ),
        st.builds(
            lambda inner, operator, limit: Count(
                of="lines", where=inner, operator=operator, against=Fixed(value=limit), line=1
            ),
            ROW_LEAVES,
            st.sampled_from(COMPARED),
            SMALL,
        ),
    )


CONDITIONS = st.recursive(LEAVES, nested, max_leaves=8)


@given(CONDITIONS, FACTS)
def test_compiled_conditions_say_what_a_plain_interpreter_says(condition, facts):
    assert COMPILER.compile(condition)(facts).met is holds(condition, facts, VALUES)


@given(CONDITIONS, FACTS)
def test_a_condition_that_was_kept_judges_as_it_did(condition, facts):
    kept = json.loads(json.dumps(condition_json(condition), sort_keys=True))
    again = condition_of(kept)
    assert condition_json(again) == condition_json(condition)
    assert COMPILER.compile(again)(facts) == COMPILER.compile(condition)(facts)


@given(CONDITIONS, FACTS)
def test_filling_in_a_missing_fact_never_turns_a_yes_into_a_no(condition, facts):
    closure = COMPILER.compile(condition)
    before = closure({**facts, "headcount": None}).met
    after = closure({**facts, "headcount": 300}).met
    assert before is None or before is after


@given(CONDITIONS, FACTS)
def test_what_does_not_hold_names_a_miss_and_what_holds_names_none(condition, facts):
    trace = COMPILER.compile(condition)(facts)
    has_tests = any(True for _ in observations(trace))
    assert bool(misses(trace)) <= (trace.met is not True)
    if trace.met is False and has_tests and trace.__class__.__name__ == "Observation":
        assert misses(trace) == (trace,)


@given(st.sampled_from(COMPARED), st.integers(290, 310), st.integers(290, 310))
def test_the_shortfall_is_exactly_what_is_missing(operator, observed, required):
    condition = Compare(fact="headcount", operator=operator, against=Fixed(value=required), line=1)
    closure = COMPILER.compile(condition)
    one = closure({"headcount": observed})
    if one.met or operator not in ORDERED:
        assert one.short_by is None
        return
    step = 1 if operator in {Operator.AT_LEAST, Operator.MORE_THAN} else -1
    assert closure({"headcount": observed + step * one.short_by}).met is True
    assert closure({"headcount": observed + step * (one.short_by - 1)}).met is False


def test_of_several_ways_the_nearest_is_named():
    near = Compare(fact="headcount", operator=Operator.AT_LEAST, against=Fixed(value=300), line=1)
    far = Compare(fact="years", operator=Operator.AT_LEAST, against=Fixed(value=60), line=1)
    trace = COMPILER.compile(AnyOf(parts=(far, near), line=1))({"headcount": 299, "years": 6})
    assert [(one.test.fact, one.short_by) for one in misses(trace)] == [("headcount", 1)]
    trace = COMPILER.compile(AllOf(parts=(far, near), line=1))({"headcount": 299, "years": 6})
    assert [(one.test.fact, one.short_by) for one in misses(trace)] == [("years", 54), ("headcount", 1)]


def test_a_missing_paper_is_named():
    condition = Compare(
        fact="papers", operator=Operator.INCLUDES_ALL, against=Fixed(value=("甲", "乙")), line=1
    )
    assert COMPILER.compile(condition)({"papers": ("甲",)}).short_by == ("乙",)


def test_a_place_inside_and_outside():
    condition = Compare(fact="site", operator=Operator.INSIDE, against=FromFact(name="place"), line=1)
    closure = COMPILER.compile(condition)
    assert closure({"site": "990105", "place": "990100"}).met is True
    assert closure({"site": "990200", "place": "990100"}).met is False
    assert closure({"place": "990100"}).met is None
    with pytest.raises(FactMalformedError):
        closure({"site": "somewhere", "place": "990100"})


@pytest.mark.parametrize("value", ["300", 300.0, True, Decimal(300)])
def test_a_fact_of_another_type_is_refused_not_guessed(value):
    condition = Compare(fact="headcount", operator=Operator.AT_LEAST, against=Fixed(value=1), line=1)
    with pytest.raises(FactMalformedError):
        COMPILER.compile(condition)({"headcount": value})


@pytest.mark.parametrize(
    ("wording", "operator"),
    [
        ("300人以上", Operator.AT_LEAST),
        ("中型及以上企业", Operator.AT_LEAST),
        ("不少于3名", Operator.AT_LEAST),
        ("不低于30%", Operator.AT_LEAST),
        ("不得低于 60 分", Operator.AT_LEAST),
        ("至少3人", Operator.AT_LEAST),
        ("满1年", Operator.AT_LEAST),
        ("年满16周岁", Operator.AT_LEAST),
        ("超过3人", Operator.MORE_THAN),
        ("15日以内", Operator.AT_MOST),
        ("60分以下", Operator.AT_MOST),
        ("不超过9人", Operator.AT_MOST),
        ("不得超过15个工作日", Operator.AT_MOST),
        ("不满1年", Operator.LESS_THAN),
        ("未满十六周岁", Operator.LESS_THAN),
        ("不足50人", Operator.LESS_THAN),
        ("低于60分", Operator.LESS_THAN),
        ("连续6年", None),
        ("满分100分", None),
        ("3人以上不超过9人", None),
    ],
)
def test_the_operator_follows_the_wording(wording, operator):
    assert operator_of(wording) is operator


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_yishang_includes_its_number_and_exceeding_does_not(observed, limit):
    def answer(operator):
        condition = Compare(fact="headcount", operator=operator, against=Fixed(value=limit), line=1)
        return COMPILER.compile(condition)({"headcount": observed}).met

    assert answer(operator_of(f"{limit}人以上")) is (observed >= limit)
    assert answer(operator_of(f"超过{limit}人")) is (observed > limit)
    assert answer(operator_of(f"{limit}人以下")) is (observed <= limit)
    assert answer(operator_of(f"不满{limit}人")) is (observed < limit)


@pytest.mark.parametrize("operator", ORDERED)
def test_a_comparator_goes_with_exactly_one_edge(operator):
    assert is_consistent(operator, "300人以上") is (operator in {Operator.AT_LEAST, Operator.LESS_THAN})
    assert is_consistent(operator, "超过300人") is (operator in {Operator.MORE_THAN, Operator.AT_MOST})
    assert is_consistent(operator, "连续6年")


@given(DAYS, st.integers(-40, 40), st.sampled_from(["day", "month", "year"]))
def test_shifting_keeps_the_order_of_days(day, by, unit):
    assert shift(day, by=by, unit=unit) <= shift(day + timedelta(days=1), by=by, unit=unit)
    assert shift(day, by=0, unit=unit) == day
