"""The book asked: resolution by place and day, verdicts, waivers, coverage."""

import json
import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.policybook import (
    CatalogueUnknownError,
    FactMalformedError,
    FactUndeclaredError,
    NoValueKnownError,
    Outcome,
    ParameterUnknownError,
    PolicyBook,
    PolicyInvalidError,
    QuestionUnknownError,
    RuleUnknownError,
    Verdict,
    VerdictUnreadableError,
    Waiver,
    WaiverNotAllowedError,
    WaiverPointlessError,
    WaiverReasonMissingError,
)
from zhiping.core.policybook.coverage import coverage
from zhiping.core.policybook.drafts import changes
from zhiping.core.policybook.predicates.entry_condition_met import _latest_start, entry_condition_met
from zhiping.core.policybook.trace import Group
from zhiping.core.policybook.values import shift
from zhiping.core.policybook.verdict import Finding, RuleBasis, combined
from zhiping.kernel.place import Place

GOOD = Path(__file__).parent / "good"
BOOK = PolicyBook.load(GOOD)
PROVINCE, CITY, DISTRICT = Place("990000"), Place("990100"), Place("990105")
OTHER_CITY, ELSEWHERE = Place("990200"), Place("980100")
DAY = date(2021, 3, 1)
DAYS = st.dates(date(2018, 1, 1), date(2026, 12, 31))
PLACES = st.sampled_from([PROVINCE, CITY, DISTRICT, OTHER_CITY, Place("990201"), ELSEWHERE, Place("CN")])


def filing(**changes):
    facts = {
        "headcount": 300,
        "registered": True,
        "is_branch": False,
        "years": 6,
        "share": Decimal("0.30"),
        "lines": ({"code": "甲", "assessors": 3},),
    }
    return {name: value for name, value in {**facts, **changes}.items() if value is not ...}


def judge(place=CITY, on=DAY, **changes):
    return BOOK.judge("filing", filing(**changes), place=place, on=on)


def changed(tmp_path, file, old, new):
    folder = Path(shutil.copytree(GOOD, tmp_path / "policy"))
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return PolicyBook.load(folder)


# parameters


def test_a_district_takes_its_citys_value_and_another_city_its_provinces():
    assert BOOK.value("filing.headcount", place=DISTRICT, on=DAY) == 300
    assert BOOK.value("filing.headcount", place=OTHER_CITY, on=DAY) == 100


def test_a_value_ends_on_the_day_its_successor_starts():
    assert BOOK.value("filing.headcount", place=CITY, on=date(2021, 12, 31)) == 300
    assert BOOK.value("filing.headcount", place=CITY, on=date(2022, 1, 1)) == 200


def test_where_nothing_is_known_the_book_says_so():
    with pytest.raises(NoValueKnownError):
        BOOK.value("filing.headcount", place=ELSEWHERE, on=DAY)
    with pytest.raises(ParameterUnknownError):
        BOOK.value("filing.head", place=CITY, on=DAY)
    with pytest.raises(CatalogueUnknownError):
        BOOK.catalogue("entry_conditions")
    with pytest.raises(RuleUnknownError):
        BOOK.rule("REG-999")


@given(st.sampled_from(sorted(BOOK.parameters)), PLACES, DAYS)
def test_resolution_picks_the_narrowest_value_that_covers_the_day(name, place, day):
    found = BOOK.resolve(name, place=place, on=day)
    candidates = [
        value
        for value in BOOK.parameters[name].values
        if value.place.contains(place)
        and value.period.start <= day
        and (value.period.end is None or day < value.period.end)
    ]
    if not candidates:
        assert found is None
        return
    assert found in candidates
    assert all(other.place.contains(found.place) for other in candidates)


def test_the_rows_of_parameters_are_all_of_them_once():
    rows = list(BOOK.parameter_rows())
    assert len(rows) == sum(len(one.values) for one in BOOK.parameters.values())
    assert [(row.value, row.valid_to) for row in rows if row.key == "filing.headcount"] == [
        (100, None),
        (300, date(2022, 1, 1)),
        (200, None),
    ]


# verdicts


def test_a_verdict_explains_each_refusal_with_its_clause():
    verdict = judge(headcount=299)
    assert verdict.outcome is Outcome.REFUSE
    finding = verdict.finding("REG-001")
    assert (finding.observed, finding.required, finding.short_by) == (299, 300, 1)
    assert finding.message == "参保职工 299 人，未达到 300 人。"
    (cite,) = finding.citations
    assert (cite.clause, cite.number, cite.where, cite.wording) == (
        "TA20-1",
        "甲人社〔2020〕1号",
        "第一条",
        "300人以上",
    )


def test_the_edge_number_is_inside():
    assert judge().outcome is Outcome.PASS
    assert judge(headcount=200, on=date(2022, 1, 1)).outcome is Outcome.PASS


def test_the_row_that_failed_is_the_one_that_is_shown():
    verdict = judge(lines=({"code": "甲", "assessors": 3}, {"code": "乙", "assessors": 1}))
    finding = verdict.finding("REG-004")
    assert finding.message == "职业 乙 的考评人员为 1 名，应不少于 3 名。"
    assert finding.short_by == 2


def test_a_missing_field_of_a_row_is_not_filled_from_elsewhere():
    verdict = judge(lines=({"code": "甲"},))
    assert verdict.finding("REG-004").outcome is Outcome.UNKNOWN
    assert verdict.finding("REG-004").missing == ("assessors",)


@pytest.mark.parametrize("missing", [..., None])
def test_a_missing_fact_is_unknown_never_a_silent_pass(missing):
    verdict = judge(headcount=missing)
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.finding("REG-001").missing == ("headcount",)
    assert "参保职工人数" in verdict.finding("REG-001").message


def test_whether_a_rule_applies_may_itself_be_unknown():
    assert judge(is_branch=None).finding("REG-003").outcome is Outcome.UNKNOWN
    assert judge(is_branch=True).finding("REG-003").outcome is Outcome.NOT_APPLICABLE


def test_refuse_beats_unknown_beats_warn_and_a_note_changes_nothing():
    assert judge(headcount=299, years=None, registered=False).outcome is Outcome.REFUSE
    assert judge(years=None, registered=False).outcome is Outcome.UNKNOWN
    assert judge(registered=False).outcome is Outcome.WARN
    assert judge(share=Decimal("0.1")).outcome is Outcome.PASS
    assert judge(share=Decimal("0.1")).finding("REG-006").outcome is Outcome.NOTE
    assert judge(share=None).outcome is Outcome.PASS


OUTCOMES = st.sampled_from(
    [Outcome.PASS, Outcome.WARN, Outcome.REFUSE, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE]
)


@given(st.lists(OUTCOMES, max_size=6), OUTCOMES)
def test_one_more_finding_never_makes_a_verdict_milder(outcomes, more):
    def found(listed):
        return [
            Finding(
                RuleBasis(
                    rule=f"REG-{number:03}",
                    version="",
                    title="",
                    outcome=Outcome.REFUSE,
                    may_be_waived=False,
                    citations=(),
                ),
                outcome,
                Group("all", None, ()),
                {},
            )
            for number, outcome in enumerate(listed)
        ]

    severity = ["no_rule_known", "not_applicable", "pass", "warn", "unknown", "refuse"]
    before, after = combined(found(outcomes)), combined(found([*outcomes, more]))
    assert severity.index(after.value) >= severity.index(before.value)
    assert severity.index(after.value) >= severity.index(more.value)


def test_a_citys_rule_may_stand_in_for_the_provinces():
    assert {one.rule for one in judge().findings} >= {"REG-001", "REG-003"}
    assert "REG-002" not in {one.rule for one in judge().findings}
    assert {one.rule for one in judge(place=OTHER_CITY).findings} == {"REG-002", "REG-003"}


def test_before_the_city_had_its_rule_the_provinces_held():
    assert {one.rule for one in judge(on=date(2020, 1, 31)).findings} == {"REG-002", "REG-003"}


def test_no_rule_known_tells_what_came_before_and_what_comes_later():
    verdict = judge(place=OTHER_CITY, on=date(2024, 1, 1))
    assert verdict.outcome is Outcome.NO_RULE_KNOWN
    assert [one.rule for one in verdict.earlier] == ["REG-002", "REG-003"]
    verdict = judge(place=OTHER_CITY, on=date(2018, 12, 31))
    assert [one.rule for one in verdict.later] == ["REG-002", "REG-003"]
    verdict = judge(place=ELSEWHERE)
    assert (verdict.outcome, verdict.earlier, verdict.later) == (Outcome.NO_RULE_KNOWN, (), ())


@given(PLACES, DAYS, st.sampled_from([99, 100, 101, 199, 200, 299, 300]))
def test_a_plan_kept_for_a_stretch_of_days_answers_as_if_made_for_the_day(place, day, headcount):
    facts = filing(headcount=headcount)
    kept = BOOK.judge("filing", facts, place=place, on=day).to_json()
    fresh = PolicyBook(BOOK._library).judge("filing", facts, place=place, on=day).to_json()
    expected = [one.id for one in BOOK.rules_in_force("filing", place=place, on=day)]
    assert kept == fresh
    assert [one["rule"] for one in kept["findings"]] == expected
    for rule in expected:
        assert BOOK.rules[rule].period.covers(day)


@given(DAYS)
def test_nothing_changes_between_two_turning_days(day):
    days = BOOK.turning_days("filing", place=CITY)
    if day in days:
        return
    before = BOOK.judge("filing", filing(), place=CITY, on=day - timedelta(days=1)).to_json()
    now = BOOK.judge("filing", filing(), place=CITY, on=day).to_json()
    assert {**before, "on": ""} == {**now, "on": ""}


def test_what_nobody_declared_is_refused():
    with pytest.raises(QuestionUnknownError):
        BOOK.judge("fling", {}, place=CITY, on=DAY)
    with pytest.raises(FactUndeclaredError):
        judge(head_count=300)
    with pytest.raises(FactMalformedError):
        judge(headcount="300")
    with pytest.raises(FactMalformedError):
        BOOK.read_facts({"size": "gigantic"})
    with pytest.raises(FactUndeclaredError):
        BOOK.read_facts({"lines": [{"codes": "甲"}]})


def test_facts_are_read_from_json_into_their_types():
    read = BOOK.read_facts({"removed_on": "2021-01-31", "share": "0.30", "papers": ["甲"], "lines": []})
    assert read == {"removed_on": date(2021, 1, 31), "share": Decimal("0.30"), "papers": ("甲",), "lines": ()}
    with pytest.raises(FactMalformedError):
        BOOK.read_facts({"share": 0.3})


def test_only_the_facts_that_rules_read_are_kept():
    assert "size" not in BOOK.judge("filing", filing(size="large"), place=CITY, on=DAY).facts


# waivers


WAIVER = Waiver(rule="REG-005", reason="承担全市试点，材料齐全", by="officer-1", on=date(2021, 3, 5))


def test_what_holds_in_principle_may_be_waived_and_both_outcomes_stay():
    verdict = judge(years=5)
    waived = verdict.with_waivers([WAIVER])
    assert (verdict.outcome, waived.outcome) == (Outcome.REFUSE, Outcome.PASS)
    assert waived.outcome_before_waivers is Outcome.REFUSE
    assert waived.finding("REG-005").outcome is Outcome.REFUSE
    assert waived.of(Outcome.REFUSE) == ()


def test_a_waiver_does_not_touch_what_is_absolute():
    with pytest.raises(WaiverNotAllowedError):
        judge(headcount=299).with_waivers([Waiver(rule="REG-001", reason="求情", by="officer-1", on=DAY)])
    assert judge(years=5, headcount=299).with_waivers([WAIVER]).outcome is Outcome.REFUSE


def test_a_waiver_needs_a_failure_and_a_reason():
    with pytest.raises(WaiverPointlessError):
        judge().with_waivers([WAIVER])
    with pytest.raises(WaiverReasonMissingError):
        judge(years=5).with_waivers([Waiver(rule="REG-005", reason=" ", by="officer-1", on=DAY)])
    with pytest.raises(RuleUnknownError):
        judge().with_waivers([Waiver(rule="REG-777", reason="无", by="officer-1", on=DAY)])


# stored verdicts


@given(
    st.sampled_from([299, 300, None]),
    st.sampled_from([5, 6, None]),
    st.sampled_from([Decimal("0.29"), Decimal("0.30"), None]),
    st.lists(st.fixed_dictionaries({"code": st.just("甲"), "assessors": st.integers(1, 4)}), max_size=3),
    PLACES,
    DAYS,
)
def test_a_verdict_survives_being_stored(headcount, years, share, lines, place, day):
    verdict = judge(place, day, headcount=headcount, years=years, share=share, lines=tuple(lines))
    stored = json.loads(json.dumps(verdict.to_json(), ensure_ascii=False))
    again = Verdict.from_json(stored)
    assert again.to_json() == stored
    assert [one.short_by for one in again.findings] == [one.short_by for one in verdict.findings]


def test_waivers_are_stored_too():
    stored = json.loads(json.dumps(judge(years=5).with_waivers([WAIVER]).to_json()))
    assert Verdict.from_json(stored).waivers == (WAIVER,)


@pytest.mark.parametrize("spoil", ["outcome", "findings", "on"])
def test_a_damaged_verdict_is_refused(spoil):
    stored = judge().to_json()
    with pytest.raises(VerdictUnreadableError):
        Verdict.from_json({**stored, spoil: "?"})
    with pytest.raises(VerdictUnreadableError):
        Verdict.from_json({key: value for key, value in stored.items() if key != spoil})


# drafts, retired rules, cases


def test_a_draft_rule_judges_nobody(tmp_path):
    book = changed(tmp_path, "rules/registry/REG-005-years.yaml", "status: reviewed", "status: drafted")
    verdict = book.judge("filing", filing(years=1), place=CITY, on=DAY)
    assert "REG-005" not in {one.rule for one in verdict.findings}
    assert list(book.failing_cases()) == []


def test_a_question_that_only_drafts_ask_has_no_answer_yet(tmp_path):
    folder = Path(shutil.copytree(GOOD, tmp_path / "policy"))
    for path in folder.glob("rules/*/*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("status: reviewed", "status: drafted"), encoding="utf-8")
    verdict = PolicyBook.load(folder).judge("filing", filing(), place=CITY, on=date(2018, 1, 1))
    assert (verdict.outcome, verdict.earlier, verdict.later) == (Outcome.NO_RULE_KNOWN, (), ())


def test_a_case_that_comes_out_otherwise_is_found(tmp_path):
    book = changed(tmp_path, "rules/registry/REG-005-years.yaml", "years: 6", "years: 4")
    (failure,) = book.failing_cases()
    assert (failure.rule, failure.actual) == ("REG-005", Outcome.REFUSE)


def test_a_draft_notice_shows_what_it_would_change(tmp_path):
    now = changed(
        tmp_path, "parameters/filing.yaml", "value: 200, wording: 200人", "value: 500, wording: 500人"
    )
    found = {
        (one.thing, one.kind, one.place): (one.before, one.now)
        for one in changes(BOOK, now, on=date(2022, 1, 1))
    }
    assert found == {("filing.headcount", "parameter", "990100"): (200, 500)}
    assert list(changes(BOOK, BOOK, on=DAY)) == []


# coverage


def test_coverage_names_what_enforces_each_clause_and_what_is_open():
    table = coverage(BOOK)
    rows = {row.clause.id: row for row in table.rows}
    assert rows["TA20-1"].rules == ("REG-001",)
    assert rows["TA20-1"].parameters == ("filing.headcount", "filing.sizes")
    assert rows["PA19-2"].screens == ("SCR-001",)
    assert [row.clause.id for row in table.open] == ["TA20-5"]
    assert not rows["TA20-4"].is_open
    covered = coverage(BOOK, {"public.fees": ["TA20-5"]})
    assert covered.open == ()
    assert covered.to_json()["covered"] == covered.to_json()["binding"] == 6


def test_an_enforcer_of_a_clause_that_does_not_exist_is_refused():
    with pytest.raises(PolicyInvalidError):
        coverage(BOOK, {"public.fees": ["TA20-55"]})


# entry conditions


def entry_rows(*rows):
    columns = (
        "condition",
        "level",
        "min_age",
        "min_work_months",
        "prior_level",
        "months_since_prior",
        "education",
        "title",
        "months_since_title",
        "clause",
    )
    listed = tuple(dict(zip(columns, row.split(","), strict=True)) for row in rows)

    class Listed:
        rows = listed

    return {"entry_conditions": Listed}


ROWS = entry_rows(
    "2023/4-2,4,,,5,36,,,,C-1",
    "2023/5-1,5,16,,,,,,,C-1",
    "2023/2-2,2,,60,3,12,,junior,60,C-1",
    "2023/4-3,4,,,,,secondary_vocational|junior_college,,,C-1",
)
NOBODY = dict.fromkeys(
    ("born_on", "work_months", "prior_level", "prior_issued_on", "education", "title", "title_issued_on")
)


def entry(condition, level, **facts):
    given = {**NOBODY, "entry_condition": condition, "level": level, "day": DAY, **facts}
    found = entry_condition_met(given, ROWS)
    met = [one.met for one in found]
    return False if False in met else None if None in met else True


@pytest.mark.parametrize(
    ("issued", "expected"),
    [(date(2018, 3, 1), True), (date(2018, 3, 2), False), (date(2017, 1, 1), True), (None, None)],
)
def test_three_years_since_the_certificate_end_on_the_corresponding_day(issued, expected):
    assert entry("2023/4-2", "4", prior_level="5", prior_issued_on=issued) is expected


def test_a_higher_level_serves_a_lower_does_not():
    assert entry("2023/4-2", "4", prior_level="3", prior_issued_on=date(2010, 1, 1)) is True
    assert entry("2023/2-2", "2", prior_level="4", prior_issued_on=date(2010, 1, 1)) is False


def test_sixteen_is_reached_on_the_birthday():
    assert entry("2023/5-1", "5", born_on=date(2005, 3, 1)) is True
    assert entry("2023/5-1", "5", born_on=date(2005, 3, 2)) is False


def test_every_cell_of_the_row_must_hold():
    full = {
        "work_months": 60,
        "prior_level": "3",
        "prior_issued_on": date(2020, 3, 1),
        "title": "middle",
        "title_issued_on": date(2016, 3, 1),
    }
    assert entry("2023/2-2", "2", **full) is True
    assert entry("2023/2-2", "2", **{**full, "work_months": 59}) is False
    assert entry("2023/2-2", "2", **{**full, "prior_issued_on": date(2020, 3, 2)}) is False
    assert entry("2023/2-2", "2", **{**full, "title": "none"}) is False
    assert entry("2023/2-2", "2", **{**full, "title_issued_on": date(2016, 3, 2)}) is False
    assert entry("2023/2-2", "2", **{**full, "title": None}) is None


def test_the_condition_must_exist_and_be_of_the_level():
    assert entry("2023/9-9", "4") is False
    assert entry(None, "4") is None
    assert entry("2023/4-3", "3", education="junior_college") is False
    assert entry("2023/4-3", "4", education="bachelor_or_above") is False
    assert entry("2023/4-3", "4", education="junior_college") is True


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 130))
def test_the_latest_start_is_the_last_day_that_serves(day, months):
    latest = _latest_start(day, months, "month")
    assert shift(latest, by=months, unit="month") <= day
    assert shift(latest + timedelta(days=1), by=months, unit="month") > day
