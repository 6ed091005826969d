"""A table judged at once says of each row what the row judged alone says."""

import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiping.core.policybook import (
    FactMalformedError,
    FactUndeclaredError,
    Outcome,
    PolicyBook,
    QuestionUnknownError,
)
from zhiping.core.policybook.column_facts import read_table
from zhiping.core.policybook.columns import COLUMN_FORMS, ColumnCompiler, asked_once
from zhiping.core.policybook.compiling import Compiler, all_of
from zhiping.core.policybook.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Count,
    Each,
    Fixed,
    FromFact,
    InSpan,
    Not,
)
from zhiping.core.policybook.plan import ResolvedRule, judge_of
from zhiping.core.policybook.predicates import PREDICATES
from zhiping.core.policybook.table_judging import judge_by_rules
from zhiping.core.policybook.values import shift
from zhiping.core.policybook.wording import Operator
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

sys.path.insert(0, str(Path(__file__).parent))
import test_conditions as random_conditions  # a neighbour, found beside this file
from table_cases import Edges, table_of

LAW = PolicyBook.load(policy_folder())
TOY = PolicyBook.load(Path(__file__).parent / "good")
CITY, DAY = Place("990100"), date(2021, 3, 1)
QUIET = {Outcome.PASS, Outcome.NOT_APPLICABLE}
SLOWLY = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def loud(verdicts):
    return sorted(
        (row, finding.rule, finding.outcome.value)
        for row, verdict in enumerate(verdicts)
        for finding in verdict.findings
        if finding.outcome not in QUIET
    )


def assert_same(found, verdicts):
    assert found.outcomes.to_list() == [one.outcome.value for one in verdicts]
    assert sorted(found.findings.rows()) == loud(verdicts)
    assert found.findings.rows() == sorted(found.findings.rows(), key=lambda one: (one[1], one[0]))


# conditions of every form


def met_in_table(book, condition, cases, *, values=None):
    values = random_conditions.VALUES if values is None else values
    names = {"headcount", *(name for case in cases for name in case)} - {"day", "place"}
    frame = table_of(book.facts, cases, names=sorted(names))
    table = read_table(book.facts, frame, reads=names, keys={}).at(CITY, DAY)
    compiler = ColumnCompiler(
        facts=book.facts,
        columns=table.columns,
        fields=table.fields,
        fixed=table.fixed,
        parameters=values,
        catalogues=book.catalogues,
    )
    one = pl.int_range(pl.len()).alias("number")
    met = frame.select(one, compiler.compile(condition).alias("met")).get_column("met").to_list()
    assert not compiler.refusals
    return met


@settings(max_examples=120, deadline=None)
@given(random_conditions.CONDITIONS, st.lists(random_conditions.FACTS, min_size=1, max_size=6))
def test_an_expression_says_of_each_row_what_the_closure_says_of_the_case(condition, cases):
    closure = random_conditions.COMPILER.compile(condition)
    assert met_in_table(TOY, condition, cases) == [closure(case).met for case in cases]


ACROSS = [
    # what the rows are asked depends on the case
    Each(
        of="lines",
        condition=Compare(
            fact="assessors", operator=Operator.AT_LEAST, against=FromFact(name="years"), line=1
        ),
        when_empty=None,
        line=1,
    ),
    Count(
        of="lines",
        where=Compare(fact="code", operator=Operator.EQUAL, against=FromFact(name="size"), line=1),
        operator=Operator.EQUAL,
        against=FromFact(name="years"),
        line=1,
    ),
    Count(of="papers", where=None, operator=Operator.NOT_EQUAL, against=FromFact(name="years"), line=1),
    Count(of="lines", where=None, operator=Operator.AT_LEAST, against=FromFact(name="share"), line=1),
    # rows inside rows
    Each(
        of="lines",
        condition=Count(
            of="lines",
            where=Compare(
                fact="assessors", operator=Operator.MORE_THAN, against=FromFact(name="headcount"), line=1
            ),
            operator=Operator.AT_LEAST,
            against=Fixed(value=1),
            line=1,
        ),
        when_empty=True,
        line=1,
    ),
    # facts against facts
    Compare(fact="size", operator=Operator.IN, against=FromFact(name="papers"), line=1),
    Compare(fact="size", operator=Operator.NOT_IN, against=FromFact(name="papers"), line=1),
    Compare(fact="papers", operator=Operator.INCLUDES_ALL, against=FromFact(name="papers"), line=1),
    Compare(fact="papers", operator=Operator.INCLUDES_NONE, against=FromFact(name="papers"), line=1),
    Compare(fact="share", operator=Operator.AT_MOST, against=FromFact(name="years"), line=1),
    Compare(fact="years", operator=Operator.NOT_EQUAL, against=FromFact(name="share"), line=1),
    Compare(fact="removed_on", operator=Operator.LESS_THAN, against=FromFact(name="day"), line=1),
    Compare(fact="site", operator=Operator.INSIDE, against=FromFact(name="place"), line=1),
    Compare(fact="site", operator=Operator.INSIDE, against=Fixed(value="990000"), line=1),
    # numbers that no column holds
    *(
        Compare(fact=fact, operator=operator, against=Fixed(value=value), line=1)
        for fact in ("headcount", "share")
        for operator in random_conditions.COMPARED
        for value in (Decimal("300.5"), Decimal("0.3000000000000000000000001"), 10**40, -(10**40))
    ),
    *(
        InSpan(fact="removed_on", anchor="day", is_after=after, length=length, unit=unit, line=1)
        for after in (True, False)
        for unit in ("day", "month", "year")
        for length in (FromFact(name="years"), FromFact(name="share"), Fixed(value=13))
    ),
    AllOf(parts=(), line=1),
    Not(part=AnyOf(parts=(), line=1), line=1),
]
CROSSING = st.fixed_dictionaries(
    {},
    optional={
        "headcount": st.none() | st.integers(-2, 4) | st.sampled_from([300, 301, 2**62]),
        "years": st.none() | st.integers(0, 3),
        "share": st.none()
        | st.sampled_from([Decimal("0.3"), Decimal(2), Decimal("2.000000001"), Decimal(-1)]),
        "size": st.none() | st.sampled_from(["small", "甲"]),
        "papers": st.none() | st.lists(st.sampled_from(["small", "甲", "乙"]), max_size=3).map(tuple),
        "site": st.none() | st.sampled_from(["990105", "990200", "980100"]),
        "removed_on": st.none() | st.dates(date(2017, 1, 1), date(2025, 1, 1)),
        "lines": st.none()
        | st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "code": st.none() | st.sampled_from(["small", "甲"]),
                    "assessors": st.none() | st.integers(0, 4),
                },
            ),
            max_size=3,
        ).map(tuple),
    },
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(ACROSS), st.lists(CROSSING, min_size=1, max_size=8))
def test_facts_compared_with_facts_inside_rows_and_out_agree_too(condition, cases):
    closure = Compiler(facts=TOY.facts, parameters={}, catalogues={}).compile(condition)
    alone = [closure({**case, "day": DAY, "place": CITY.code}).met for case in cases]
    assert met_in_table(TOY, condition, cases, values={}) == alone


@pytest.mark.parametrize("operator", random_conditions.COMPARED)
@pytest.mark.parametrize(
    "required", [300, Decimal("300.5"), Decimal("300.000000001"), Decimal("1e-30"), 10**40, -(10**40), -300]
)
def test_numbers_are_compared_exactly_at_their_edge(operator, required):
    near = [Decimal(one) for one in ("300", "300.000000001", "300.000000002", "299.999999999", "300.5", "0")]
    cases = [{"headcount": one, "share": None} for one in (299, 300, 301, -300, -301, 0, 1, None, 2**63 - 1)]
    cases += [{"headcount": None, "share": one} for one in (*near, *(-one for one in near), None)]
    for fact in ("headcount", "share"):
        condition = Compare(fact=fact, operator=operator, against=Fixed(value=required), line=1)
        closure = Compiler(facts=TOY.facts, parameters={}, catalogues={}).compile(condition)
        assert met_in_table(TOY, condition, cases, values={}) == [closure(case).met for case in cases]


@pytest.mark.parametrize("operator", random_conditions.COMPARED)
@pytest.mark.parametrize("limit", range(5))
def test_counts_with_open_rows_are_unknown_exactly_where_the_open_rows_decide(operator, limit):
    condition = Count(
        of="lines",
        where=Compare(fact="assessors", operator=Operator.AT_LEAST, against=Fixed(value=3), line=1),
        operator=operator,
        against=Fixed(value=limit),
        line=1,
    )
    rows = [{"assessors": 3}, {"assessors": 2}, {"assessors": None}]
    cases = [{"lines": None}]
    for sure, unmet, unknown in product(range(4), range(2), range(4)):
        cases.append({"lines": (rows[0],) * sure + (rows[1],) * unmet + (rows[2],) * unknown})
    closure = Compiler(facts=TOY.facts, parameters={}, catalogues={}).compile(condition)
    assert met_in_table(TOY, condition, cases, values={}) == [closure(case).met for case in cases]


@settings(max_examples=100, deadline=None)
@given(
    st.dates(date(1990, 1, 1), date(2030, 12, 31)),
    st.lists(st.dates(date(1990, 1, 1), date(2030, 12, 31)), min_size=1, max_size=5),
    st.integers(0, 40),
    st.sampled_from(["day", "month", "year"]),
    st.booleans(),
)
def test_months_end_in_a_table_where_they_end_for_a_case(origin, days, length, unit, after):
    condition = InSpan(
        fact="removed_on", anchor="day", is_after=after, length=Fixed(value=length), unit=unit, line=1
    )
    closure = Compiler(facts=TOY.facts, parameters={}, catalogues={}).compile(condition)
    ends = closure({"removed_on": origin, "day": origin}).required
    near = [*days, *(one + timedelta(days=step) for one in ends for step in (-1, 0, 1))]
    frame = pl.DataFrame({"removed_on": near, "origin": [origin] * len(near)})
    compiler = ColumnCompiler(
        facts=TOY.facts,
        columns={"removed_on": pl.col("removed_on"), "day": pl.col("origin")},
        fields={},
        fixed=frozenset(),
        parameters={},
        catalogues={},
    )
    alone = [closure({"removed_on": one, "day": origin}).met for one in near]
    assert frame.select(compiler.compile(condition)).to_series().to_list() == alone


# every rule of the law


def placed(data, rule):
    place = data.draw(st.sampled_from(rule.where))
    start, end = rule.period.start, rule.period.end
    turns = {one for one in LAW.turning_days(rule.asks_of, place=place) if rule.period.covers(one)}
    near = {one + timedelta(days=step) for one in {start, *turns} for step in (0, 1, 365)}
    near |= {end - timedelta(days=1)} if end else {date(2026, 11, 20)}
    return place, data.draw(st.sampled_from(sorted(one for one in near if rule.period.covers(one))))


@pytest.mark.parametrize("rule", LAW.rules.values(), ids=lambda rule: rule.id)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_rule_says_of_a_table_what_it_says_of_each_case(rule, data):
    place, on = placed(data, rule)
    names = LAW.reads_of(rule)
    cases = data.draw(st.lists(Edges(LAW, [rule]).cases(names, on), min_size=1, max_size=12))
    judge = judge_of(LAW.snapshot(rule, place=place, on=on))
    alone = [judge({**case, "day": on, "place": place.code}) for case in cases]
    table = read_table(LAW.facts, table_of(LAW.facts, cases, names=names), reads=names, keys={})
    resolved = ResolvedRule(rule=rule, values=LAW._values_of(rule, place, on))
    found = judge_by_rules(LAW, [resolved], table.at(place, on))
    loud_ones = [
        (row, rule.id, one.outcome.value) for row, one in enumerate(alone) if one.outcome not in QUIET
    ]
    assert found.findings.rows() == loud_ones
    as_pass = {"note": "pass", "unknown": "pass"} if rule.outcome is Outcome.NOTE else {}
    assert found.outcomes.to_list() == [as_pass.get(one.outcome.value, one.outcome.value) for one in alone]


@pytest.mark.parametrize("rule", LAW.rules.values(), ids=lambda rule: rule.id)
def test_the_cases_of_every_rule_hold_in_a_table(rule):
    for case in rule.cases:
        if not rule.binds_at(case.place) or not rule.period.covers(case.day):
            assert case.expect is Outcome.NOT_APPLICABLE
            continue
        facts = LAW.read_facts(case.given)
        names = LAW.reads_of(rule)
        frame = table_of(LAW.facts, [{name: facts.get(name) for name in names}], names=names)
        table = read_table(LAW.facts, frame, reads=names, keys={}).at(case.place, case.day)
        resolved = ResolvedRule(rule=rule, values=LAW._values_of(rule, case.place, case.day))
        found = judge_by_rules(LAW, [resolved], table)
        expected = [] if case.expect in QUIET else [(0, rule.id, case.expect.value)]
        assert found.findings.rows() == expected, case.name


@pytest.mark.parametrize("rule", ["EXM-042", "EXM-043"])
@SLOWLY
@given(data=st.data())
def test_a_predicate_without_a_form_for_columns_is_asked_in_python(rule, data):
    condition = LAW.rules[rule].condition
    arguments = {name: pl.col(fact) for name, fact in condition.arguments.items() if fact != "day"}
    names = sorted({*condition.arguments.values()} - {"day"})
    cases = data.draw(st.lists(Edges(LAW, [LAW.rules[rule]]).cases(names, DAY), min_size=1, max_size=8))
    predicate = PREDICATES[condition.predicate]

    def holds(given):
        return all_of(predicate.function(given, LAW.catalogues))

    frame = table_of(LAW.facts, cases, names=names)
    asked = asked_once(holds, {**arguments, "day": pl.lit(DAY)}, [])
    in_columns = COLUMN_FORMS[condition.predicate]({**arguments, "day": pl.lit(DAY)}, LAW.catalogues)
    found = frame.select(pl.col(names), asked=asked, in_columns=in_columns)
    closure = Compiler(facts=LAW.facts, parameters={}, catalogues=LAW.catalogues).compile(condition)
    alone = [closure({**case, "day": DAY}).met for case in cases]
    assert found.get_column("asked").to_list() == alone
    assert found.get_column("in_columns").to_list() == alone


def entry_cases(row, on):
    """Return candidates who meet a row of the table of entry conditions, all but for one cell."""

    def since(months):
        last = shift(on, by=-months, unit="month")
        return [last + timedelta(days=step) for step in (0, -1, 1, 2, 3)]

    cells = {"entry_condition": [row["condition"], "没有", None], "level": [row["level"], "别的", None]}
    if row["min_age"]:
        cells["born_on"] = [*since(12 * int(row["min_age"])), None]
    if row["min_work_months"]:
        cells["work_months"] = [int(row["min_work_months"]) + step for step in (0, 1, -1)] + [None]
    if row["prior_level"]:
        cells["prior_level"] = [row["prior_level"], "1", "2", "3", "4", "5", None]
    if row["months_since_prior"]:
        cells["prior_issued_on"] = [*since(int(row["months_since_prior"])), None]
    if row["education"]:
        cells["education"] = [*row["education"].split("|"), "none", None]
    if row["title"]:
        cells["title"] = [row["title"], "none", "junior", "middle", "senior", None]
    if row["months_since_title"]:
        cells["title_issued_on"] = [*since(int(row["months_since_title"])), None]
    base = {name: values[0] for name, values in cells.items()}
    return [{**base, name: value} for name, values in cells.items() for value in values]


@pytest.mark.parametrize("on", [date(2023, 2, 28), date(2024, 2, 29), date(2024, 3, 31), date(2026, 11, 20)])
def test_every_cell_of_every_entry_condition_draws_its_edge_at_the_same_day(on):
    rows = LAW.catalogue("entry_conditions").rows
    cases = [case for row in rows for case in entry_cases(row, on)]
    names = sorted(name for name in PREDICATES["entry_condition_met"].arguments if name != "day")
    frame = table_of(LAW.facts, cases, names=names)
    facts = {**{name: pl.col(name) for name in names}, "day": pl.lit(on)}
    found = frame.select(COLUMN_FORMS["entry_condition_met"](facts, LAW.catalogues)).to_series().to_list()
    predicate = PREDICATES["entry_condition_met"]
    blank = dict.fromkeys(predicate.arguments)
    alone = [all_of(predicate.function({**blank, **case, "day": on}, LAW.catalogues)) for case in cases]
    assert found == alone
    assert {True, False, None} <= set(found)


# every question, as callers ask it

PLACES = ["440600", "440605", "440300", "210000", "210100", "330000", "CN"]


def days_of(question):
    turns = {day for code in PLACES for day in LAW.turning_days(question, place=Place(code))}
    near = {day + timedelta(days=step) for day in turns for step in (-1, 0, 1)}
    return st.sampled_from(sorted(near | {date(2015, 1, 1), date(2026, 11, 20)}))


def asked(question):
    rules = [rule for rule in LAW.rules.values() if rule.asks_of == question]
    names = sorted({name for rule in rules for name in LAW.reads_of(rule)})
    return rules, names


@pytest.mark.parametrize("question", LAW.questions)
@SLOWLY
@given(data=st.data())
def test_a_table_at_one_place_and_day_equals_its_rows_judged_alone(question, data):
    rules, names = asked(question)
    place, on = Place(data.draw(st.sampled_from(PLACES))), data.draw(days_of(question))
    cases = data.draw(st.lists(Edges(LAW, rules).cases(names, on), min_size=1, max_size=6))
    found = LAW.judge_table(question, table_of(LAW.facts, cases, names=names), place=place, on=on)
    assert_same(found, [LAW.judge(question, case, place=place, on=on) for case in cases])
    assert found.rules == tuple(one.id for one in LAW.rules_in_force(question, place=place, on=on))


@pytest.mark.parametrize("question", LAW.questions)
@SLOWLY
@given(data=st.data())
def test_a_table_of_many_places_and_days_equals_its_rows_judged_alone(question, data):
    rules, names = asked(question)
    keys = st.tuples(st.sampled_from(PLACES), days_of(question))
    keyed = data.draw(st.lists(keys, min_size=1, max_size=8))
    cases = [data.draw(Edges(LAW, rules).cases(names, on)) for _, on in keyed]
    frame = table_of(LAW.facts, cases, names=names)
    columns = [pl.Series("where", [code for code, _ in keyed]), pl.Series("when", [on for _, on in keyed])]
    alone = [
        LAW.judge(question, case, place=Place(code), on=on)
        for case, (code, on) in zip(cases, keyed, strict=True)
    ]
    whole = frame.with_columns(columns) if frame.width else pl.DataFrame(columns)
    found = LAW.judge_table_by(question, whole, place="where", on="when")
    assert_same(found, alone)
    assert_same(LAW.judge_table_by(question, whole.lazy(), place="where", on="when"), alone)


# what callers may rely on


def toy(frame, place=CITY, on=DAY):
    return TOY.judge_table("filing", frame, place=place, on=on)


def test_a_note_changes_nothing_not_even_an_open_one():
    facts = {
        "headcount": [300] * 3,
        "registered": [True] * 3,
        "is_branch": [False] * 3,
        "years": [6] * 3,
        "lines": [[{"code": "甲", "assessors": 3}]] * 3,
        "share": [Decimal("0.30"), Decimal("0.10"), None],
    }
    found = toy(pl.DataFrame(facts))
    assert found.outcomes.to_list() == ["pass", "pass", "pass"]
    assert found.findings.rows() == [(1, "REG-006", "note"), (2, "REG-006", "unknown")]


def test_refuse_beats_unknown_beats_warn():
    good = {"headcount": 300, "registered": True, "is_branch": False, "years": 6, "share": Decimal("0.30")}
    lines = [{"code": "甲", "assessors": 3}]
    rows = [
        {**good, "lines": lines, "headcount": 299, "years": None, "registered": False},
        {**good, "lines": lines, "years": None, "registered": False},
        {**good, "lines": lines, "registered": False},
        {**good, "lines": lines, "is_branch": True},
    ]
    assert toy(pl.DataFrame(rows)).outcomes.to_list() == ["refuse", "unknown", "warn", "pass"]


def test_absent_columns_are_missing_facts():
    found = toy(pl.DataFrame({"headcount": [299, 300, None]}))
    assert found.outcomes.to_list() == ["refuse", "unknown", "unknown"]
    assert found.findings.filter(rule="REG-001").rows() == [
        (0, "REG-001", "refuse"),
        (2, "REG-001", "unknown"),
    ]
    assert toy(pl.DataFrame({"headcount": [None]})).outcomes.to_list() == ["unknown"]


def test_a_table_without_rows_has_no_findings():
    found = toy(pl.DataFrame({"headcount": []}, schema={"headcount": pl.Int64}))
    assert (found.outcomes.len(), found.findings.height, len(found.rules)) == (0, 0, 5)
    assert found.findings.schema == {"row": pl.UInt32, "rule": pl.String, "outcome": pl.String}
    empty = pl.DataFrame(schema={"headcount": pl.Int64, "place": pl.String, "day": pl.Date})
    assert TOY.judge_table_by("filing", empty, place="place", on="day").outcomes.len() == 0


def test_where_no_rule_is_known_every_row_says_so():
    found = toy(pl.DataFrame({"headcount": [1, 2]}), place=Place("980100"))
    assert found.outcomes.to_list() == ["no_rule_known"] * 2
    assert (found.findings.height, found.rules) == (0, ())


@pytest.mark.parametrize("dtype", [pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32])
def test_whole_numbers_may_come_in_any_integer_type(dtype):
    found = toy(pl.DataFrame({"years": pl.Series([5, 6], dtype=dtype)}))
    assert ("REG-005" in found.findings.filter(row=0)["rule"].to_list()) is True
    assert ("REG-005" in found.findings.filter(row=1)["rule"].to_list()) is False


@pytest.mark.parametrize(
    "shares",
    [
        pl.Series(["0.30", "0.29", "0.3000000000000000001"[:20], None]),
        pl.Series([Decimal("0.30"), Decimal("0.29"), Decimal("0.30000001"), None]),
    ],
)
def test_decimals_are_compared_exactly(shares):
    found = toy(pl.DataFrame({"share": shares}))
    rows = found.findings.filter(rule="REG-006").select("row", "outcome").rows()
    assert rows == [(1, "note"), (3, "unknown")]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("headcount", pl.Series([300.0])),
        ("headcount", pl.Series(["300"])),
        ("headcount", pl.Series([True])),
        ("headcount", pl.Series([Decimal(300)])),
        ("headcount", pl.Series([300], dtype=pl.UInt64)),
        ("share", pl.Series([0.3])),
        ("share", pl.Series(["0.3.1"])),
        ("share", pl.Series(["3e-1"])),
        ("share", pl.Series([Decimal("1e30")])),
        ("share", pl.Series([Decimal("0.3")], dtype=pl.Decimal(38, 20))),
        ("registered", pl.Series([1])),
        ("size", pl.Series([1])),
        ("removed_on", pl.Series(["2021-03-01"])),
        ("removed_on", pl.Series([date(2021, 3, 1)]).cast(pl.Datetime)),
        ("papers", pl.Series(["甲"])),
        ("papers", pl.Series([[1]])),
        ("lines", pl.Series([["甲"]])),
        ("lines", pl.Series([{"code": "甲"}])),
        ("lines", pl.Series([[{"code": "甲", "assessors": 3.0}]])),
    ],
)
def test_a_column_of_another_type_is_refused_by_its_name(name, values):
    with pytest.raises(FactMalformedError) as refusal:
        toy(pl.DataFrame({name: values}))
    assert refusal.value.facts["fact"] in {name, "assessors"}
    assert refusal.value.facts["wanted"]


def test_what_nobody_declared_is_refused():
    with pytest.raises(FactUndeclaredError) as refusal:
        toy(pl.DataFrame({"head_count": [300]}))
    assert refusal.value.facts == {"fact": "head_count"}
    with pytest.raises(FactUndeclaredError):
        toy(pl.DataFrame({"lines": [[{"codes": "甲"}]]}))
    with pytest.raises(QuestionUnknownError):
        TOY.judge_table("fling", pl.DataFrame(), place=CITY, on=DAY)


@pytest.mark.parametrize(
    ("place", "on"), [(None, DAY), ("990100", None), (990100, DAY), ("990100", "2021-03-01")]
)
def test_a_row_without_place_or_day_is_refused(place, on):
    frame = pl.DataFrame({"headcount": [300], "where": [place], "when": [on]})
    with pytest.raises(FactMalformedError) as refusal:
        TOY.judge_table_by("filing", frame, place="where", on="when")
    assert refusal.value.facts["fact"] in {"where", "when"}
    with pytest.raises(FactMalformedError):
        TOY.judge_table_by("filing", frame.drop("where", "when"), place="where", on="when")


def test_a_malformed_place_is_refused_as_for_one_case():
    condition = Compare(fact="site", operator=Operator.INSIDE, against=FromFact(name="place"), line=1)
    rule = replace(TOY.rules["REG-005"], condition=condition, applies_when=None)
    frame = pl.DataFrame({"site": ["990105", None, "990200", "somewhere"]})
    resolved = [ResolvedRule(rule=rule, values={})]
    good = read_table(TOY.facts, frame.head(3), reads={"site"}, keys={}).at(CITY, DAY)
    assert judge_by_rules(TOY, resolved, good).outcomes.to_list() == ["pass", "unknown", "refuse"]
    wrong = read_table(TOY.facts, frame, reads={"site"}, keys={}).at(CITY, DAY)
    with pytest.raises(FactMalformedError) as refusal:
        judge_by_rules(TOY, resolved, wrong)
    assert refusal.value.facts["value"] == "'somewhere'"


def test_texts_may_come_as_categories():
    plain = pl.DataFrame({"size": ["small", "large", None], "is_branch": [False] * 3})
    expected = toy(plain)
    for dtype in (pl.Categorical, pl.Enum(["small", "large"])):
        found = toy(plain.cast({"size": dtype}))
        assert found.outcomes.equals(expected.outcomes)
        assert found.findings.equals(expected.findings)
