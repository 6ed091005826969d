from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from worlds import days
from worlds.identities import (
    PERSONS_PER_BLOCK,
    day_ordinals_kept_apart,
    identity_numbers,
    people_frame,
)
from zhiping.core.identifiers import identity_number

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2030, 12, 31))


@given(day=DAYS, months=st.integers(min_value=0, max_value=700))
def test_months_before_keeps_the_day_or_takes_the_months_last(day: date, months: int) -> None:
    earlier = days.month_earlier(day, months)
    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months
    if earlier.day != day.day:
        assert earlier.day < day.day
        assert (earlier + timedelta(days=1)).day == 1


@given(person=st.integers(min_value=0, max_value=30_000_000), born=DAYS)
def test_identity_numbers_pass_the_official_check(person: int, born: date) -> None:
    number = identity_numbers(np.array([person]), np.array([days.ordinal(born)]))[0]
    assert number[:2] == "99"
    assert number[6:14] == f"{born:%Y%m%d}"
    assert number[17] == identity_number.check_character(number[:17])


@given(born=DAYS, person=st.integers(min_value=0, max_value=PERSONS_PER_BLOCK - 1))
def test_people_of_different_blocks_never_share_a_number(born: date, person: int) -> None:
    people = np.array([person, person + PERSONS_PER_BLOCK, person + 2 * PERSONS_PER_BLOCK])
    wanted = np.full(3, days.ordinal(born))
    moved = day_ordinals_kept_apart(wanted, people, 3 * PERSONS_PER_BLOCK)
    assert identity_numbers(people, moved).n_unique() == 3
    assert (moved <= wanted).all()
    assert (wanted - moved <= 2).all()


def test_a_person_is_the_same_in_whatever_company() -> None:
    born = np.arange(5) + 9000
    together = people_frame(np.arange(5), born)
    assert people_frame(np.array([3]), born[3:4]).equals(together[3:4])


def test_months_up_to_end_with_the_month_asked_for() -> None:
    months = days.months_up_to(date(2026, 11, 20), 36)
    assert (months[0], months[-1], len(months)) == (date(2023, 12, 1), date(2026, 11, 1), 36)
