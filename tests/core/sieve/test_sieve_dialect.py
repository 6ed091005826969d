from calendar import monthrange
from datetime import date

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.sieve.contract import BY_NAME
from zhiping.core.sieve.dialect import PLACE_CHAIN, expand, faults, parameter_table, parse, translated

TABLES = {
    **{name: BY_NAME[name] for name in ("bodies", "sittings", "results", "enrolments")},
    "p_mark": parameter_table("mark"),
    PLACE_CHAIN.name: PLACE_CHAIN,
}

GOOD = """
WITH held AS (SELECT sitting_id, place, CAST(starts_at AS DATE) AS day FROM sittings WHERE state = 'held')
SELECT held.sitting_id, COUNT(*) AS people
FROM held INNER JOIN enrolments AS e ON e.sitting_id = held.sitting_id
INNER JOIN p_mark AS m ON m.place = held.place AND m.valid_from <= held.day AND m.valid_to > held.day
WHERE held.day <= $as_of AND whole_years(e.born_on, held.day) < m.value
GROUP BY held.sitting_id
"""

BAD = {
    "a_misspelt_word": ("SELEC sitting_id FROM sittings", "syntax"),
    "two_statements": ("SELECT sitting_id FROM sittings; SELECT 1 AS a", "syntax"),
    "a_deletion": ("DELETE FROM sittings", "not_a_select"),
    "a_new_table": ("CREATE TABLE a AS SELECT sitting_id FROM sittings", "not_a_select"),
    "a_setting": ("SET threads = 1", "not_a_select"),
    "an_attached_file": ("ATTACH 'a.db'", "not_a_select"),
    "a_file": ("SELECT a FROM read_csv('/etc/passwd')", "table_function"),
    "a_file_by_its_name": ("SELECT a FROM 'data.parquet'", "table_unknown"),
    "a_table_nobody_knows": ("SELECT a FROM secrets", "table_unknown"),
    "a_table_of_the_engine": ("SELECT name FROM information_schema.tables", "table_unknown"),
    "chance": ("SELECT sitting_id FROM sittings WHERE random() < 1", "construct_not_allowed"),
    "the_clock": ("SELECT sitting_id FROM sittings WHERE starts_at < now()", "function_not_allowed"),
    "today": ("SELECT sitting_id FROM sittings WHERE starts_at < current_date", "construct_not_allowed"),
    "an_unknown_function": ("SELECT soundex2(name) AS a FROM bodies", "function_not_allowed"),
    "an_environment_variable": ("SELECT getenv('HOME') AS a FROM bodies", "function_not_allowed"),
    "years_by_boundaries": (
        "SELECT date_diff('year', born_on, born_on) AS a FROM enrolments",
        "construct_not_allowed",
    ),
    "a_number_of_the_law": ("SELECT enrolment_id FROM results WHERE score < 60", "literal_number"),
    "a_number_hidden_in_a_sum": ("SELECT enrolment_id FROM results WHERE score + 40 < 1", "literal_number"),
    "a_number_hidden_in_a_step": (
        "WITH l AS (SELECT 60 AS mark, 'N' AS k FROM bodies) SELECT mark FROM l",
        "literal_number",
    ),
    "a_day_of_the_law": (
        "SELECT sitting_id FROM sittings WHERE starts_at > CAST('2024-01-01' AS DATE)",
        "literal_day",
    ),
    "everything": ("SELECT * FROM sittings", "star"),
    "a_cross_join": ("SELECT a.body_id FROM bodies AS a CROSS JOIN sittings AS b", "cross_join"),
    "a_comma_join": ("SELECT a.body_id FROM bodies AS a, sittings AS b", "cross_join"),
    "a_join_by_range_alone": (
        "SELECT a.sitting_id FROM sittings AS a INNER JOIN sittings AS b ON a.starts_at < b.ends_at",
        "join_without_equality",
    ),
    "a_misspelt_column": ("SELECT sitting_idd FROM sittings", "column_unknown"),
    "an_ambiguous_column": (
        "SELECT body_id FROM bodies INNER JOIN sittings ON sittings.body_id = bodies.body_id",
        "column_unknown",
    ),
    "text_against_number": (
        "SELECT s.level FROM sittings AS s INNER JOIN p_mark AS m ON m.place = s.place AND s.level < m.value",
        "types_differ",
    ),
    "day_against_text": ("SELECT enrolment_id FROM enrolments WHERE born_on > person_key", "types_differ"),
    "a_value_that_never_occurs": (
        "SELECT sitting_id FROM sittings WHERE state = 'done'",
        "value_never_occurs",
    ),
    "a_column_not_grouped": ("SELECT place, COUNT(*) AS n FROM sittings GROUP BY body_id", "engine_refuses"),
    "a_cast_that_rounds": ("SELECT CAST(score AS INT) AS a FROM results", "cast_not_allowed"),
    "a_step_named_as_a_table": (
        "WITH bodies AS (SELECT place FROM sittings) SELECT place FROM bodies",
        "step_hides_table",
    ),
    "a_parameter_nobody_gives": ("SELECT sitting_id FROM sittings WHERE place = $place", "parameter_unknown"),
    "a_macro_short_of_an_argument": (
        "SELECT whole_years(born_on) AS a FROM enrolments",
        "wrong_number_of_arguments",
    ),
    "a_limit": ("SELECT sitting_id FROM sittings LIMIT 1", "construct_not_allowed"),
    "a_sample": ("SELECT sitting_id FROM sittings USING SAMPLE 1 ROWS", "construct_not_allowed"),
}


def test_a_query_inside_the_dialect_has_no_fault():
    assert faults(GOOD, tables=TABLES) == ()


@pytest.mark.parametrize("name", BAD)
def test_what_the_dialect_does_not_know_is_refused(name):
    query, code = BAD[name]
    assert code in {fault.code for fault in faults(query, tables=TABLES)}


def test_a_fault_says_its_line():
    (fault,) = faults("SELECT\n    enrolment_id\nFROM results\nWHERE score < absolute(score)", tables=TABLES)
    assert (fault.code, fault.line) == ("function_not_allowed", 4)


def _answer(expression):
    query = expand(parse(f"SELECT {expression} AS a"), as_of=date(2024, 1, 1)).sql("duckdb")
    return duckdb.execute(query).fetchall()[0][0]


def _day_reached(start, months):
    """The day that completes so many months (Civil Code art. 202), by the calendar."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


days = st.dates(date(1950, 1, 1), date(2035, 12, 31))


@given(days, days)
def test_whole_months_and_years_are_what_the_calendar_says(first, second):
    start, end = sorted((first, second))
    months = _answer(f"whole_months(CAST('{start}' AS DATE), CAST('{end}' AS DATE))")
    assert _day_reached(start, months) <= end < _day_reached(start, months + 1)
    years = _answer(f"whole_years(CAST('{start}' AS DATE), CAST('{end}' AS DATE))")
    assert years == months // 12


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 100))
def test_over_means_strictly_over(people, insured, percent):
    assert _answer(f"is_over({people}, {insured}, {percent})") == (people > insured * (100 + percent) / 100)


@given(st.integers(0, 50))
def test_even_is_even(number):
    assert _answer(f"is_even({number})") == (number % 2 == 0)


@pytest.mark.parametrize("target", ["duckdb", "spark", "postgres"])
def test_macros_and_the_day_are_written_out_for_every_engine(target):
    text = translated(GOOD, target, as_of=date(2024, 9, 30))
    assert "whole_years" not in text.lower()
    assert "2024-09-30" in text
    assert sqlglot.parse_one(text, read=target) is not None
