"""Periods, places and money keep their algebra for every value, not only for the examples."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.kernel.money import Money
from zhiping.kernel.period import Period, PeriodBackwardsError
from zhiping.kernel.place import NATION, Place, PlaceMalformedError

FIRST = dt.date(2018, 1, 1)
DAYS = st.integers(0, 40).map(lambda offset: FIRST + dt.timedelta(days=offset))
WINDOW = [FIRST + dt.timedelta(days=offset) for offset in range(-2, 44)]


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(DAYS)
    length = draw(st.none() | st.integers(0, 30))
    return Period(start=start, end=None if length is None else start + dt.timedelta(days=length))


@st.composite
def place_codes(draw: st.DrawFn) -> str:
    province = draw(st.integers(11, 65))
    city = draw(st.integers(0, 99))
    district = draw(st.integers(0, 99)) if city else 0
    return f"{province}{city:02d}{district:02d}"


@given(periods())
def test_a_period_counts_its_first_day_and_not_its_end(period):
    assert period.covers(period.start) is not period.is_empty
    assert not period.covers(period.start - dt.timedelta(days=1))
    if period.end is not None:
        assert not period.covers(period.end)


@given(periods(), periods())
def test_two_periods_overlap_exactly_when_they_share_a_day(one, other):
    far = FIRST + dt.timedelta(days=4000)
    share = any(one.covers(day) and other.covers(day) for day in [*WINDOW, far])
    assert one.overlaps(other) is share
    assert other.overlaps(one) is share


@given(periods())
def test_adjoining_periods_share_no_day_and_leave_no_gap(period):
    if period.end is not None:
        following = Period(start=period.end)
        assert not period.overlaps(following)
        assert all(period.covers(day) is not following.covers(day) for day in WINDOW if day >= period.start)


@given(DAYS, st.integers(1, 500))
def test_a_period_that_ends_before_it_starts_is_refused(start, days):
    with pytest.raises(PeriodBackwardsError) as refusal:
        Period(start=start, end=start - dt.timedelta(days=days))
    assert refusal.value.facts == {"start": start, "end": start - dt.timedelta(days=days)}


@given(place_codes())
def test_a_chain_goes_from_the_place_to_the_nation_and_every_step_contains_it(code):
    place = Place(code)
    assert place.chain[0] == place
    assert place.chain[-1] == Place(NATION)
    assert all(step.contains(place) for step in place.chain)
    assert len(set(place.chain)) == len(place.chain)
    assert [step.level for step in place.chain[1:]] == [
        level for level in ("city", "province", "nation") if level in {step.level for step in place.chain[1:]}
    ]


@given(place_codes(), place_codes())
def test_one_place_contains_another_exactly_when_it_stands_in_its_chain(one, other):
    assert Place(one).contains(Place(other)) is (Place(one) in Place(other).chain)
    if one != other:
        assert not (Place(one).contains(Place(other)) and Place(other).contains(Place(one)))


@given(place_codes(), place_codes())
def test_containment_is_inherited_downwards(one, other):
    if Place(one).contains(Place(other)):
        assert set(Place(one).chain) <= set(Place(other).chain)


@given(place_codes(), place_codes())
def test_whatever_a_place_contains_starts_with_its_prefix(holder, inner):
    if Place(holder).contains(Place(inner)):
        assert inner.startswith(Place(holder).prefix)


@given(place_codes(), place_codes())
def test_a_prefix_lets_nothing_through_that_the_place_does_not_contain(holder, inner):
    directly_under_province = inner[2:4] == "90"
    if inner.startswith(Place(holder).prefix) and not directly_under_province:
        assert Place(holder).contains(Place(inner))


@given(place_codes())
def test_the_nation_contains_every_place_and_lies_in_none(code):
    assert Place(NATION).contains(Place(code))
    assert not Place(code).contains(Place(NATION))
    assert Place(NATION).prefix == ""


@given(st.text(max_size=8).filter(lambda text: not (text.isascii() and text.isdigit() and len(text) == 6)))
def test_anything_but_six_digits_is_no_place(text):
    if text == NATION:
        return
    with pytest.raises(PlaceMalformedError):
        Place(text)


FULL_WIDTH_DIGITS = "４４０６００"


def test_full_width_digits_are_no_place_code():
    with pytest.raises(PlaceMalformedError):
        Place(FULL_WIDTH_DIGITS)


AMOUNTS = st.integers(-(10**14), 10**14).map(Money)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_money_adds_up_in_any_order(one, other, third):
    assert one + other == other + one
    assert (one + other) + third == one + (other + third)
    assert (one + other) - other == one


@given(AMOUNTS, AMOUNTS)
def test_money_is_ordered_by_its_fen(one, other):
    assert (one < other) is (one.fen < other.fen)


@given(AMOUNTS)
def test_the_shown_amount_is_the_amount(amount):
    shown = str(amount).replace(",", "")
    assert shown.count(".") == 1
    assert len(shown.rpartition(".")[2]) == 2
    assert int(shown.replace(".", "")) == amount.fen
