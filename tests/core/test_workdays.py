from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.kernel.workdays import CalendarUnknownError, DayCountNegativeError, WorkCalendar

CALENDAR = WorkCalendar()
FIRST, LAST = CALENDAR.published_years
# Terms start early enough that they end within the published years.
KNOWN_DAYS = st.dates(date(FIRST, 1, 1), date(LAST, 6, 30))
COUNTS = st.integers(0, 60)


def test_public_holidays_rest_and_made_up_weekends_work():
    assert not CALENDAR.is_workday(date(2024, 10, 1))
    assert not CALENDAR.is_workday(date(2024, 2, 12))
    assert CALENDAR.is_workday(date(2024, 9, 29))
    assert CALENDAR.is_workday(date(2024, 10, 12))
    assert not CALENDAR.is_workday(date(2024, 10, 13))


def test_the_day_of_the_event_does_not_count():
    assert CALENDAR.add_workdays(date(2024, 3, 4), 1) == date(2024, 3, 5)
    assert CALENDAR.add_workdays(date(2024, 3, 8), 1) == date(2024, 3, 11)
    assert CALENDAR.add_workdays(date(2024, 3, 9), 1) == date(2024, 3, 11)


def test_a_term_runs_over_the_national_day_week():
    # Worked after 30 September 2024: 8, 9, 10, 11 and the made-up Saturday 12 October.
    assert CALENDAR.add_workdays(date(2024, 9, 30), 5) == date(2024, 10, 12)


def test_a_term_of_calendar_days_ends_on_a_worked_day():
    assert CALENDAR.add_days(date(2024, 9, 24), 7) == date(2024, 10, 8)
    assert CALENDAR.add_days(date(2024, 3, 4), 3) == date(2024, 3, 7)


def test_an_unpublished_year_is_an_error_that_names_the_day():
    with pytest.raises(CalendarUnknownError) as refusal:
        CALENDAR.is_workday(date(LAST + 1, 1, 4))
    assert refusal.value.facts == {"day": date(LAST + 1, 1, 4), "first_year": FIRST, "last_year": LAST}
    with pytest.raises(CalendarUnknownError):
        CALENDAR.is_workday(date(FIRST - 1, 12, 31))


def test_a_term_that_runs_into_an_unpublished_year_is_refused():
    with pytest.raises(CalendarUnknownError) as refusal:
        CALENDAR.add_workdays(date(LAST, 12, 20), 30)
    assert refusal.value.facts["day"] == date(LAST + 1, 1, 1)
    with pytest.raises(CalendarUnknownError):
        CALENDAR.workdays_between(date(LAST, 12, 30), date(LAST + 1, 1, 2))


def test_days_an_administrator_entered_go_first_and_reach_beyond_the_published_years():
    ahead = {date(LAST + 1, 1, 1) + timedelta(days=offset): offset > 2 for offset in range(10)}
    calendar = WorkCalendar(overrides={date(2024, 3, 5): False, date(2024, 10, 1): True} | ahead)
    assert calendar.add_workdays(date(2024, 3, 4), 1) == date(2024, 3, 6)
    assert calendar.is_workday(date(2024, 10, 1))
    assert not calendar.is_workday(date(LAST + 1, 1, 3))
    assert calendar.is_workday(date(LAST + 1, 1, 4))
    with pytest.raises(CalendarUnknownError):
        calendar.is_workday(date(LAST + 1, 1, 11))


def test_entered_days_cannot_be_changed_behind_the_calendars_back():
    entered = {date(2024, 3, 5): False}
    calendar = WorkCalendar(overrides=entered)
    entered[date(2024, 3, 5)] = True
    assert not calendar.is_workday(date(2024, 3, 5))
    with pytest.raises(TypeError):
        calendar.overrides[date(2024, 3, 6)] = False


def test_a_term_cannot_be_negative():
    with pytest.raises(DayCountNegativeError):
        CALENDAR.add_workdays(date(2024, 3, 4), -1)
    with pytest.raises(DayCountNegativeError):
        CALENDAR.add_days(date(2024, 3, 4), -1)


@given(start=KNOWN_DAYS, count=COUNTS)
def test_counting_back_gives_the_term(start, count):
    assert CALENDAR.workdays_between(start, CALENDAR.add_workdays(start, count)) == count


@given(start=KNOWN_DAYS, count=st.integers(1, 60))
def test_a_term_ends_on_a_worked_day_and_not_before_its_length(start, count):
    end = CALENDAR.add_workdays(start, count)
    assert CALENDAR.is_workday(end)
    assert (end - start).days >= count


@given(start=KNOWN_DAYS, one=COUNTS, more=COUNTS)
def test_two_terms_in_a_row_are_one(start, one, more):
    assert CALENDAR.add_workdays(CALENDAR.add_workdays(start, one), more) == CALENDAR.add_workdays(
        start, one + more
    )


LATE_DAYS = st.dates(date(LAST - 1, 1, 1), date(LAST, 12, 31))


@given(start=LATE_DAYS, middle=LATE_DAYS, end=LATE_DAYS)
def test_spans_add_up(start, middle, end):
    between = CALENDAR.workdays_between
    assert between(start, middle) + between(middle, end) == between(start, end)
    assert between(start, end) == -between(end, start)


@given(day=st.dates(date(FIRST, 1, 1), date(LAST, 12, 31)))
def test_the_calendar_agrees_with_the_package_it_stands_on(day):
    assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day)
