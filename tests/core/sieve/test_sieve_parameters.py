from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.sieve.errors import ParameterUnusableError
from zhiping.core.sieve.parameters import ParameterRow, gaps, resolved
from zhiping.kernel.period import Period
from zhiping.kernel.place import Place

START = date(2020, 1, 1)
PLACES = ("440605", "440600", "440000", "CN", "210102", "429004")


@st.composite
def parameter_rows(draw):
    rows = []
    for place in PLACES:
        edges = sorted(set(draw(st.lists(st.integers(0, 60), max_size=6))))
        for first, last in zip(edges[::2], edges[1::2], strict=False):
            is_open = last == edges[-1] and draw(st.booleans())
            rows.append(
                ParameterRow(
                    key="a.b",
                    place=place,
                    valid_from=START + timedelta(days=first),
                    valid_to=None if is_open else START + timedelta(days=last),
                    value=draw(st.integers(1, 3)),
                    clause=draw(st.sampled_from(["A-1", "B-2"])),
                )
            )
    return draw(st.permutations(rows))


def narrowest(rows, place, day):
    for above in Place(place).chain:
        for row in rows:
            if (
                row.place == above.code
                and row.valid_from <= day
                and (row.valid_to is None or day < row.valid_to)
            ):
                return row.value, row.clause
    return None


@given(parameter_rows(), st.integers(-5, 80))
def test_on_every_day_the_narrowest_place_in_force_wins_and_there_is_one_answer(rows, offset):
    day = START + timedelta(days=offset)
    answers = resolved(rows, "a.b", PLACES[:1] + PLACES[4:])
    for place in (PLACES[0], *PLACES[4:]):
        covering = [row for row in answers if row.place == place and row.valid_from <= day < row.valid_to]
        expected = narrowest(rows, place, day)
        assert [(row.value, row.clause) for row in covering] == ([expected] if expected else [])


@given(parameter_rows(), st.integers(0, 70))
def test_a_day_is_in_a_gap_exactly_when_nothing_is_in_force(rows, offset):
    within = Period(start=START, end=START + timedelta(days=70))
    day = START + timedelta(days=min(offset, 69))
    known = resolved(rows, "a.b", ["440605", "210102"])
    found = gaps("a.b", known, ["440605", "210102"], within=within)
    for place in ("440605", "210102"):
        in_gap = [gap for gap in found if gap.place == place and gap.period.covers(day)]
        assert len(in_gap) == (0 if narrowest(rows, place, day) else 1)


def row(**changes):
    return ParameterRow("a.b", "CN", START, None, 3, "A-1")._replace(**changes)


@pytest.mark.parametrize(
    "rows",
    [
        [row(value=["5", "4"])],
        [row(value=True)],
        [row(value="3")],
        [row(), row(valid_from=START + timedelta(days=1))],
    ],
)
def test_values_that_cannot_be_joined_are_refused(rows):
    with pytest.raises(ParameterUnusableError):
        resolved(rows, "a.b", ["440600"])


def test_another_parameter_s_odd_value_is_none_of_our_business():
    assert resolved([row(key="c.d", value=["x"]), row()], "a.b", ["440600"])[0].value == 3
