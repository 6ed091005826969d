"""The law, the calendar and the dated lists, asked for a place and a day."""

import datetime as dt

import pytest

from zhiping.apps.reference.models import (
    AccessQualification,
    OccupationalStandard,
    ShortageOccupation,
    WorkdayOverride,
)
from zhiping.apps.reference.queries import (
    binding_clauses,
    calendar,
    is_access_type,
    is_on_shortage_list,
    listed,
    occupation_name,
    standards_in_force,
    standards_of,
    whole_parameter,
)
from zhiping.core.catalogues.errors import OccupationUnknownError

pytestmark = pytest.mark.django_db
CODE = "6-31-01-03"
DAY = dt.date(2026, 11, 2)
KNOWN = {"certainty": "stated"}


def test_a_clause_binds_in_its_place_from_its_day_and_nowhere_else():
    clauses = ("LN24-2.1a", "FS20-4.1")
    assert binding_clauses(clauses, place="440606", on=DAY) == ("FS20-4.1",)
    assert binding_clauses(clauses, place="210102", on=DAY) == ("LN24-2.1a",)
    assert binding_clauses(clauses, place="440100", on=DAY) == ()
    assert binding_clauses(clauses, place="440606", on=dt.date(2020, 8, 16)) == ()
    assert binding_clauses(clauses, place="440606", on=dt.date(2020, 8, 17)) == ("FS20-4.1",)


def test_a_parameter_is_known_where_and_when_a_rule_names_it():
    assert whole_parameter("filing.bar_years", place="440606", on=DAY) == 2
    assert whole_parameter("filing.bar_years", place="440606", on=dt.date(2020, 8, 16)) is None
    assert whole_parameter("filing.bar_years", place="210102", on=DAY) is None
    assert listed("employer_filing.accepted_sizes", place="440606", on=DAY) == ("medium", "large")
    assert listed("employer_filing.accepted_sizes", place="440100", on=DAY) == ()


def test_an_administrators_word_on_a_day_goes_before_the_calendar():
    monday, sunday = dt.date(2026, 11, 2), dt.date(2026, 11, 8)
    assert (calendar().is_workday(monday), calendar().is_workday(sunday)) == (True, False)
    WorkdayOverride.objects.create(day=monday, is_workday=False, note="停工")
    WorkdayOverride.objects.create(day=sunday, is_workday=True, note="补班")
    assert (calendar().is_workday(monday), calendar().is_workday(sunday)) == (False, True)


def test_a_dated_row_counts_from_its_first_day_until_the_day_it_ends():
    AccessQualification.objects.create(
        occupation_code=CODE, title="样例", valid_from=dt.date(2020, 1, 1), valid_to=DAY, **KNOWN
    )
    found = [is_access_type(CODE, on=dt.date(2020, 1, 1) + dt.timedelta(days=step)) for step in (-1, 0)]
    assert found == [False, True]
    assert is_access_type(CODE, on=DAY - dt.timedelta(days=1))
    assert not is_access_type(CODE, on=DAY)
    assert not is_access_type("4-04-05-01", on=dt.date(2021, 1, 1))


def test_without_a_list_it_is_unknown_whether_an_occupation_is_scarce():
    assert is_on_shortage_list(CODE, place="440606", on=DAY) is None
    ShortageOccupation.objects.create(
        place="440600", occupation_code=CODE, valid_from=dt.date(2025, 1, 1), **KNOWN
    )
    assert is_on_shortage_list(CODE, place="440606", on=DAY) is True
    assert is_on_shortage_list("4-04-05-01", place="440606", on=DAY) is False
    assert is_on_shortage_list(CODE, place="210102", on=DAY) is None
    assert is_on_shortage_list(CODE, place="440606", on=dt.date(2024, 12, 31)) is None


def test_the_national_standard_goes_before_a_norm_and_the_newer_before_the_older():
    def standard(kind, year, title):
        return OccupationalStandard.objects.create(
            occupation_code=CODE,
            kind=kind,
            title=title,
            generation="2018",
            valid_from=dt.date(year, 1, 1),
            **KNOWN,
        )

    old, new = standard("national", 2019, "旧"), standard("national", 2024, "新")
    norm = standard("norm", 2025, "规范")
    assert standards_of([CODE], on=DAY)[CODE] == new
    assert standards_of([CODE], on=dt.date(2020, 1, 1))[CODE] == old
    assert set(standards_in_force(CODE, on=DAY)) == {old, new, norm}
    assert standards_of([CODE], on=dt.date(2018, 1, 1)) == {}


def test_an_occupation_has_its_name_and_an_unknown_code_has_none():
    assert occupation_name(CODE) == "电工"
    with pytest.raises(OccupationUnknownError):
        occupation_name("9-99-99-99")
