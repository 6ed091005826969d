"""The policy data asked through the engine: the answers that a body, an officer and a lawyer rely on."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.policybook import (
    Outcome,
    PolicyBook,
    Verdict,
    Waiver,
    WaiverNotAllowedError,
)
from zhiping.core.sieve.contract import ENTRY_CONDITIONS
from zhiping.kernel.place import Place

POLICY = Path(__file__).parents[2] / "policy"
BOOK = PolicyBook.load(POLICY)

FOSHAN, SHUNDE, GUANGZHOU = Place("440600"), Place("440606"), Place("440100")
SHENYANG, SHANGHAI = Place("210100"), Place("310000")
DAY = date(2025, 3, 3)

FIVE_RULES = (
    "exam_affairs_rules",
    "paper_rules",
    "quality_rules",
    "certificate_rules",
    "fee_rules",
)


def employer(**changes: object) -> dict[str, object]:
    """Return an employer that meets every condition of Foshan exactly at its edge."""
    facts: dict[str, object] = {
        "registered_in_city": True,
        "is_legal_person": True,
        "is_operating_lawfully": True,
        "has_bad_credit_record": False,
        "enterprise_size": "medium",
        "main_business_is_training_evaluation_or_consulting": False,
        "insured_headcount": 300,
        "insured_headcount_source": "feed",
        "scope_lines": [
            {
                "occupation_code": "6-18-02-04",
                "workstations": 10,
                "video_monitored": True,
                "venue_fits": True,
                "assessors": 3,
            }
        ],
        "documents": ["incentive_rules", "pay_rules", "finance_rules", "undertaking", *FIVE_RULES],
        "has_own_unit": True,
        "full_time_staff": 1,
        "experts": 1,
        "internal_supervisors": 1,
        "can_develop_resources": True,
        "draws_education_funds_in_full": True,
        "has_stable_funds": True,
        "is_nonprofit_undertaken": True,
        "has_filing_bar": False,
    }
    return facts | changes


def social_body(**changes: object) -> dict[str, object]:
    """Return a social body that opens to the whole city and meets every condition at its edge."""
    facts: dict[str, object] = {
        "registered_in_city": True,
        "main_business_is_talent_training": True,
        "has_bad_credit_record": False,
        "opens_city_wide": True,
        "consecutive_training_evaluation_years": 6,
        "training_evaluation_person_times": 30000,
        "evaluation_share_percent": Decimal(30),
        "scope_lines": [
            {
                "occupation_code": "6-31-01-03",
                "venue_fits": True,
                "video_monitored": True,
                "training_evaluation_person_times": 6000,
            }
        ],
        "documents": [
            "finance_rules",
            "management_rules",
            "training_evaluation_proof",
            "undertaking",
            *FIVE_RULES,
        ],
        "has_own_unit": True,
        "full_time_staff": 1,
        "experts": 1,
        "has_stable_funds": True,
        "is_nonprofit_undertaken": True,
        "has_filing_bar": False,
    }
    return facts | changes


def ask(question: str, facts: Mapping[str, object], place: Place = FOSHAN, on: date = DAY) -> Verdict:
    return BOOK.judge(question, BOOK.read_facts(facts), place=place, on=on)


# the employer's filing -----------------------------------------------------------------------


def test_an_employer_at_every_edge_is_accepted() -> None:
    assert ask("employer_filing", employer()).outcome is Outcome.PASS


def test_299_insured_are_refused_with_clause_wording_and_the_missing_one() -> None:
    verdict = ask("employer_filing", employer(insured_headcount=299))
    assert verdict.outcome is Outcome.REFUSE
    (finding,) = verdict.of(Outcome.REFUSE)
    assert (finding.rule, finding.observed, finding.required, finding.short_by) == ("REG-003", 299, 300, 1)
    (citation,) = finding.citations
    assert (citation.clause, citation.document, citation.wording) == ("FS20-E2", "FS20", "300人以上")
    assert "299" in finding.message
    assert "300" in finding.message


@given(headcount=st.integers(min_value=0, max_value=100_000))
def test_the_headcount_alone_decides_at_300(headcount: int) -> None:
    outcome = ask("employer_filing", employer(insured_headcount=headcount)).outcome
    assert outcome is (Outcome.PASS if headcount >= 300 else Outcome.REFUSE)


@pytest.mark.parametrize(
    ("changes", "rule", "clause"),
    [
        ({"registered_in_city": False}, "REG-001", "FS20-E1"),
        ({"is_legal_person": False}, "REG-002", "FS20-E1"),
        ({"has_bad_credit_record": True}, "REG-004", "FS20-E1"),
        ({"enterprise_size": "small"}, "REG-005", "FS20-E1"),
        ({"main_business_is_training_evaluation_or_consulting": True}, "REG-006", "FS20-E1"),
        ({"has_own_unit": False}, "REG-012", "FS20-E5"),
        ({"full_time_staff": 0}, "REG-012", "FS20-E5"),
        ({"experts": 0}, "REG-013", "FS20-E5"),
        ({"can_develop_resources": False}, "REG-015", "FS20-E7"),
        ({"draws_education_funds_in_full": False}, "REG-017", "FS20-E8"),
        ({"is_nonprofit_undertaken": False}, "REG-018", "FS20-E8"),
        ({"has_stable_funds": False}, "REG-022", "FS20-E8"),
    ],
)
def test_each_condition_refuses_alone_with_its_clause(
    changes: dict[str, object], rule: str, clause: str
) -> None:
    (finding,) = ask("employer_filing", employer(**changes)).of(Outcome.REFUSE)
    assert finding.rule == rule
    assert clause in {citation.clause for citation in finding.citations}


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ("incentive_rules", "REG-010"),
        ("pay_rules", "REG-011"),
        ("finance_rules", "REG-016"),
        ("undertaking", "REG-019"),
    ],
)
def test_each_missing_document_is_refused_by_its_own_rule(document: str, rule: str) -> None:
    documents = employer()["documents"]
    assert isinstance(documents, list)
    kept = [kind for kind in documents if kind != document]
    (finding,) = ask("employer_filing", employer(documents=kept)).of(Outcome.REFUSE)
    assert (finding.rule, finding.short_by) == (rule, (document,))


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("workstations", 9, "REG-009"),
        ("assessors", 2, "REG-014"),
        ("video_monitored", False, "REG-008"),
        ("venue_fits", False, "REG-008"),
    ],
)
def test_one_weak_occupation_among_several_is_named(field: str, value: object, rule: str) -> None:
    lines = employer()["scope_lines"]
    assert isinstance(lines, list)
    good: dict[str, object] = lines[0]
    weak = {**good, "occupation_code": "6-31-01-03", field: value}
    (finding,) = ask("employer_filing", employer(scope_lines=[good, weak])).of(Outcome.REFUSE)
    assert finding.rule == rule
    assert "6-31-01-03" in finding.message


@pytest.mark.parametrize("missing", sorted(employer().keys()))
def test_a_missing_fact_is_never_a_silent_pass(missing: str) -> None:
    facts = employer()
    del facts[missing]
    outcome = ask("employer_filing", facts).outcome
    # Where the headcount comes from is a note to the reviewer; it decides nothing.
    assert outcome is (Outcome.PASS if missing == "insured_headcount_source" else Outcome.UNKNOWN)


def test_a_declared_headcount_is_noted_as_unverified_and_changes_nothing() -> None:
    verdict = ask("employer_filing", employer(insured_headcount_source="declared"))
    assert verdict.outcome is Outcome.PASS
    assert [finding.rule for finding in verdict.of(Outcome.NOTE)] == ["REG-007"]


def test_management_rules_are_a_warning_in_foshan() -> None:
    documents = ["incentive_rules", "pay_rules", "finance_rules", "undertaking"]
    verdict = ask("employer_filing", employer(documents=documents))
    assert verdict.outcome is Outcome.WARN
    assert [finding.rule for finding in verdict.of(Outcome.WARN)] == ["REG-021"]


def test_a_barred_body_may_apply_again_on_the_day_the_bar_ends() -> None:
    barred = employer(has_filing_bar=True, barred_until=DAY)
    assert ask("employer_filing", barred).outcome is Outcome.PASS
    verdict = ask("employer_filing", barred, on=DAY - timedelta(days=1))
    assert [finding.rule for finding in verdict.of(Outcome.REFUSE)] == ["REG-020"]


def test_an_unknown_end_of_a_bar_is_not_taken_for_its_end() -> None:
    assert ask("employer_filing", employer(has_filing_bar=True)).outcome is Outcome.UNKNOWN


# place and day -------------------------------------------------------------------------------


def test_before_the_notice_no_rule_is_known_and_the_coming_ones_are_told() -> None:
    before = ask("employer_filing", employer(), on=date(2020, 8, 16))
    assert before.outcome is Outcome.NO_RULE_KNOWN
    assert {rule.start for rule in before.later} == {date(2020, 8, 17)}
    assert "REG-003" in {rule.rule for rule in before.later}
    assert ask("employer_filing", employer(), on=date(2020, 8, 17)).outcome is Outcome.PASS


@pytest.mark.parametrize("place", [GUANGZHOU, SHANGHAI, Place("440000"), Place("CN")])
@pytest.mark.parametrize("question", ["employer_filing", "social_body_filing", "school_filing", "scope_line"])
def test_elsewhere_no_rule_is_known(question: str, place: Place) -> None:
    verdict = ask(question, {}, place=place)
    assert (verdict.outcome, verdict.findings, verdict.later) == (Outcome.NO_RULE_KNOWN, (), ())


def test_a_district_is_under_the_rules_of_its_city() -> None:
    assert ask("employer_filing", employer(insured_headcount=299), place=SHUNDE).outcome is Outcome.REFUSE


def test_shenyang_asks_for_five_documents_and_for_no_headcount() -> None:
    facts = {"documents": list(FIVE_RULES), "insured_headcount": 1}
    assert ask("employer_filing", facts, place=SHENYANG).outcome is Outcome.PASS
    facts["documents"] = list(FIVE_RULES[:-1])
    (finding,) = ask("employer_filing", facts, place=SHENYANG).of(Outcome.REFUSE)
    assert [citation.clause for citation in finding.citations] == ["LN24-2.3b"]
    early = ask("employer_filing", facts, place=SHENYANG, on=date(2024, 9, 29))
    assert early.outcome is Outcome.NO_RULE_KNOWN


@pytest.mark.parametrize("rule", sorted(BOOK.rules))
def test_a_local_rule_binds_only_where_its_document_does(rule: str) -> None:
    places = BOOK.rules[rule].where
    documents = {BOOK.clauses[clause].document for clause in BOOK.rules[rule].clauses}
    local = [BOOK.documents[name].place for name in documents if BOOK.documents[name].place.code != "CN"]
    for place in places:
        assert all(home.contains(place) for home in local)


@pytest.mark.parametrize("rule", sorted(BOOK.rules))
def test_no_rule_starts_before_the_first_document_it_cites(rule: str) -> None:
    documents = {BOOK.clauses[clause].document for clause in BOOK.rules[rule].clauses}
    assert BOOK.rules[rule].period.start >= min(BOOK.documents[name].in_force.start for name in documents)


# the social body's filing --------------------------------------------------------------------


def test_a_social_body_at_every_edge_is_accepted() -> None:
    verdict = ask("social_body_filing", social_body(), on=DAY)
    assert verdict.outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"consecutive_training_evaluation_years": 5}, "REG-034"),
        ({"training_evaluation_person_times": 29999}, "REG-035"),
        ({"evaluation_share_percent": Decimal("29.9")}, "REG-037"),
    ],
)
def test_what_holds_in_principle_may_be_waived_with_a_reason(changes: dict[str, object], rule: str) -> None:
    verdict = ask("social_body_filing", social_body(**changes))
    (finding,) = verdict.of(Outcome.REFUSE)
    assert finding.rule == rule
    waiver = Waiver(rule=rule, reason="新兴职业，全市尚无更长经历的机构", by="reviewer", on=DAY)
    waived = verdict.with_waivers([waiver])
    assert (waived.outcome, waived.outcome_before_waivers) == (Outcome.PASS, Outcome.REFUSE)


def test_numbers_do_not_bind_a_body_that_does_not_open_city_wide() -> None:
    facts = social_body(
        opens_city_wide=False, consecutive_training_evaluation_years=1, training_evaluation_person_times=10
    )
    assert ask("social_body_filing", facts).outcome is Outcome.PASS


def test_only_what_holds_in_principle_may_be_waived() -> None:
    waivable = {rule.id for rule in BOOK.rules.values() if rule.may_be_waived}
    assert waivable == {"REG-034", "REG-035", "REG-036", "REG-037", "CLM-006"}  # FS20-S2, WH21-5.2
    verdict = ask("employer_filing", employer(insured_headcount=299))
    waiver = Waiver(rule="REG-003", reason="差一人", by="reviewer", on=DAY)
    with pytest.raises(WaiverNotAllowedError):
        verdict.with_waivers([waiver])


def test_preferences_are_shown_and_never_stand_in_for_a_condition() -> None:
    preferred = {
        "ran_provincial_pilot_without_bad_record": True,
        "took_part_in_career_link_pilot": True,
        "took_part_in_standard_writing": True,
        "is_provincial_training_base": True,
    }
    verdict = ask("social_body_filing", social_body(registered_in_city=False, **preferred))
    assert verdict.outcome is Outcome.REFUSE
    assert all(verdict.finding(rule).outcome is Outcome.PASS for rule in ("REG-044", "REG-047"))
    none = ask("social_body_filing", social_body(**dict.fromkeys(preferred, False)))
    assert none.outcome is Outcome.PASS
    assert len(none.of(Outcome.NOTE)) == 4


# scope lines ---------------------------------------------------------------------------------


def employer_line(**changes: object) -> dict[str, object]:
    facts: dict[str, object] = {
        "body_kind": "employer",
        "occupation_is_skill_class": True,
        "occupation_published_or_filed": True,
        "related_to_main_business": True,
        "main_production_line": False,
        "has_influence": True,
        "applicants_for_same_level": 50,
        "is_access_type_qualification": False,
    }
    return facts | changes


def test_fifty_applicants_of_one_level_are_enough_and_49_are_not() -> None:
    assert ask("scope_line", employer_line()).outcome is Outcome.PASS
    verdict = ask("scope_line", employer_line(applicants_for_same_level=49))
    assert [finding.rule for finding in verdict.of(Outcome.REFUSE)] == ["REG-083"]


@pytest.mark.parametrize("kind", ["employer", "social_body", "school"])
def test_an_access_type_qualification_is_refused_to_every_kind_of_body(kind: str) -> None:
    facts = employer_line(
        body_kind=kind,
        is_access_type_qualification=True,
        on_shortage_list=True,
        has_national_standard=True,
    )
    assert [finding.rule for finding in ask("scope_line", facts).of(Outcome.REFUSE)] == ["REG-084"]


def test_the_shortage_list_binds_social_bodies_only() -> None:
    facts = employer_line(on_shortage_list=False, has_national_standard=False)
    assert ask("scope_line", facts).outcome is Outcome.PASS
    verdict = ask("scope_line", facts | {"body_kind": "social_body"})
    assert {finding.rule for finding in verdict.of(Outcome.REFUSE)} == {"REG-085", "REG-086"}


def test_an_evaluation_norm_is_for_employers_only_in_liaoning() -> None:
    facts = {
        "body_kind": "employer",
        "standard_basis": "evaluation_norm",
        "standard_in_force_on_day": True,
        "norm_follows_drafting_rules": True,
    }
    assert ask("scope_line", facts, place=SHENYANG).outcome is Outcome.PASS
    verdict = ask("scope_line", facts | {"body_kind": "social_body"}, place=SHENYANG)
    assert "REG-088" in {finding.rule for finding in verdict.of(Outcome.REFUSE)}


# candidates ----------------------------------------------------------------------------------


def dispatched(months: int) -> dict[str, object]:
    return {
        "body_kind": "employer",
        "employment_kind": "dispatched",
        "dispatch_months": months,
        "insured_or_employed_in_city": True,
    }


def test_foshan_wants_a_year_of_dispatch_and_liaoning_does_not() -> None:
    assert ask("candidate", dispatched(12)).outcome is Outcome.PASS
    assert ask("candidate", dispatched(11)).outcome is Outcome.REFUSE
    assert ask("candidate", dispatched(0), place=SHENYANG).outcome is Outcome.PASS


@pytest.mark.parametrize("place", [FOSHAN, SHENYANG])
def test_an_employer_cannot_evaluate_outsiders(place: Place) -> None:
    facts = {"body_kind": "employer", "employment_kind": "public"}
    assert ask("candidate", facts, place=place).outcome is Outcome.REFUSE


def test_staff_not_insured_on_the_day_are_refused_in_foshan_and_questioned_in_shenyang() -> None:
    facts = {"body_kind": "employer", "employment_kind": "staff", "insured_by_body_on_day": False}
    assert ask("candidate", facts).outcome is Outcome.REFUSE
    assert ask("candidate", facts, place=SHENYANG).outcome is Outcome.WARN


# plans, results ------------------------------------------------------------------------------


def plan(assessors: int = 3, **changes: object) -> dict[str, object]:
    rows = [
        {
            "person_key": f"考评员{number}",
            "grade": "assessor",
            "is_qualified_on_day": True,
            "is_free_at_that_time": True,
            "has_declared_conflict": False,
        }
        for number in range(assessors)
    ]
    facts: dict[str, object] = {
        "level": "4",
        "body_state": "filed",
        "is_within_filed_scope": True,
        "is_venue_in_filing_place": True,
        "is_declared_before_sitting": True,
        "declared_workdays_before_sitting": 5,
        "assessors": rows,
        "is_assessor_number_odd": assessors % 2 == 1,
        "internal_supervisors": 1,
        "supervisor_is_also_assessor": False,
        "internal_supervisor_is_also_external": False,
        "venue_workstations": 20,
        "largest_practical_group": 20,
    }
    return facts | changes


@pytest.mark.parametrize("place", [FOSHAN, SHENYANG])
def test_a_regular_plan_passes(place: Place) -> None:
    assert ask("plan", plan(), place=place).outcome is Outcome.PASS


def test_a_venue_elsewhere_is_refused_in_liaoning_where_a_notice_says_so() -> None:
    elsewhere = plan(is_venue_in_filing_place=False)
    (finding,) = ask("plan", elsewhere, place=SHENYANG).of(Outcome.REFUSE)
    assert [citation.clause for citation in finding.citations] == ["LN24-3.5a"]
    assert ask("plan", elsewhere).outcome is Outcome.PASS


@pytest.mark.parametrize(("number", "rules"), [(2, {"EXM-009", "EXM-010"}), (4, {"EXM-010"}), (5, set())])
def test_assessors_are_three_or_more_and_odd(number: int, rules: set[str]) -> None:
    assert {finding.rule for finding in ask("plan", plan(number)).of(Outcome.REFUSE)} == rules


def test_a_figure_nobody_found_in_a_notice_only_warns() -> None:
    assert ask("plan", plan(declared_workdays_before_sitting=4)).outcome is Outcome.WARN


def test_rules_of_the_platform_itself_never_refuse_on_a_number() -> None:
    resting = [
        rule
        for rule in BOOK.rules.values()
        if rule.outcome is Outcome.REFUSE
        and all(BOOK.clauses[clause].document == "CFG" for clause in rule.clauses)
    ]
    # One person in two places at once is a fact about the world, not a figure.
    assert [rule.id for rule in resting] == ["EXM-013"]


def subjects(**scores: str | None) -> list[dict[str, object]]:
    return [
        {"subject": name, "absent": score is None, **({} if score is None else {"score": score})}
        for name, score in scores.items()
    ]


@pytest.mark.parametrize(
    ("level", "rows", "expected"),
    [
        ("4", subjects(theory="60", practical="60"), Outcome.PASS),
        ("4", subjects(theory="99.5", practical="59.9"), Outcome.REFUSE),
        ("4", subjects(theory="99.5", practical=None), Outcome.REFUSE),
        ("4", subjects(theory="99.5"), Outcome.REFUSE),
        ("2", subjects(theory="80", practical="80"), Outcome.REFUSE),
        ("2", subjects(theory="80", practical="80", comprehensive="60"), Outcome.PASS),
    ],
)
def test_every_subject_counts(level: str, rows: list[dict[str, object]], expected: Outcome) -> None:
    assert ask("result", {"level": level, "subjects": rows}).outcome is expected


def test_upload_clocks_bind_only_where_they_were_set() -> None:
    facts = {"body_kind": "employer", "workdays_since_exam_end": 11}
    assert ask("result_upload", facts, place=Place("440300")).outcome is Outcome.WARN
    assert ask("result_upload", facts).outcome is Outcome.NO_RULE_KNOWN


# entry conditions ----------------------------------------------------------------------------

CONDITIONS = {row["condition"]: row for row in BOOK.catalogue("entry_conditions").rows}


def years_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, day.day)


def exactly(condition: str) -> dict[str, object]:
    """Return a candidate who meets the row by not one day more than it asks."""
    row = CONDITIONS[condition]
    facts: dict[str, object] = {
        "standard_generation": condition[:4],
        "entry_condition": condition,
        "level": row["level"],
        "in_related_occupation": True,
        "has_completed_apprenticeship": True,
    }
    if row["min_age"]:
        facts["born_on"] = years_before(DAY, 12 * int(row["min_age"]))
    if row["min_work_months"]:
        facts["work_months"] = int(row["min_work_months"])
    if row["prior_level"]:
        facts["prior_level"] = row["prior_level"]
    if row["months_since_prior"]:
        facts["prior_issued_on"] = years_before(DAY, int(row["months_since_prior"]))
    if row["education"]:
        facts["education"] = row["education"].split("|")[0]
    if row["title"]:
        facts["title"] = row["title"]
    if row["months_since_title"]:
        facts["title_issued_on"] = years_before(DAY, int(row["months_since_title"]))
    return facts


def just_short(facts: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Return, by the fact that is short, the same candidate missing the row by the least step."""
    worse: dict[str, dict[str, object]] = {}
    for name, value in facts.items():
        match name, value:
            case "work_months", int():
                worse[name] = {**facts, name: value - 1}
            case (("born_on" | "prior_issued_on" | "title_issued_on"), date()):
                worse[name] = {**facts, name: value + timedelta(days=1)}
            case "prior_level", str():
                lower = str(int(value) + 1) if value != "5" else None
                if lower is not None:
                    worse[name] = {**facts, name: lower}
            case (("education" | "title"), _):
                worse[name] = {**facts, name: "none"}
            case "level", str():
                worse[name] = {**facts, name: "1" if value != "1" else "2"}
            case _:
                pass  # flags that only some rows ask for: their own rules have the cases
    return worse


@pytest.mark.parametrize("condition", sorted(CONDITIONS))
def test_a_candidate_exactly_at_a_condition_is_admitted_and_one_step_short_is_not(condition: str) -> None:
    facts = exactly(condition)
    assert ask("entry_condition", facts).outcome is Outcome.PASS
    shorts = just_short(facts)
    assert shorts
    for short in shorts.values():
        assert ask("entry_condition", short).outcome is Outcome.REFUSE


@pytest.mark.parametrize("condition", sorted(CONDITIONS))
def test_a_condition_of_the_other_generation_is_refused(condition: str) -> None:
    other = {"2018": "2023", "2023": "2018"}[condition[:4]]
    facts = exactly(condition) | {"standard_generation": other}
    assert ask("entry_condition", facts).outcome is Outcome.REFUSE


def test_an_unknown_condition_is_refused() -> None:
    facts = exactly("2023/4-1") | {"entry_condition": "2023/4-9"}
    assert ask("entry_condition", facts).outcome is Outcome.REFUSE


def test_the_table_of_conditions_meets_the_contract_of_the_screens() -> None:
    assert BOOK.catalogue("entry_conditions").columns == ENTRY_CONDITIONS.column_names
    allowed = {column.name: column.allowed for column in ENTRY_CONDITIONS.columns if column.allowed}
    for row in CONDITIONS.values():
        assert all(not row[name] or row[name] in values for name, values in allowed.items())
        assert row["condition"].split("/")[1].startswith(row["level"])


# the whole folder ----------------------------------------------------------------------------


def test_every_case_of_every_rule_comes_out_as_written() -> None:
    assert [(failure.rule, failure.case.name, failure.actual) for failure in BOOK.failing_cases()] == []


@pytest.mark.parametrize("rule", sorted(BOOK.rules))
def test_every_rule_shows_just_in_just_out_and_not_yet(rule: str) -> None:
    rules_cases = BOOK.rules[rule].cases
    assert {Outcome.PASS, BOOK.rules[rule].outcome, Outcome.NOT_APPLICABLE} <= {
        case.expect for case in rules_cases
    }
    day_before = BOOK.rules[rule].period.start - timedelta(days=1)
    assert any(case.day == day_before for case in rules_cases)


@pytest.mark.parametrize(
    ("question", "place", "since"),
    [
        *[
            (question, FOSHAN, date(2020, 8, 17))
            for question in ("employer_filing", "scope_line", "candidate")
        ],
        *[
            (question, SHENYANG, date(2024, 9, 30))
            for question in ("employer_filing", "scope_line", "candidate")
        ],
        *[(question, SHANGHAI, date(2018, 3, 7)) for question in ("plan", "result", "entry_condition")],
    ],
)
def test_from_its_first_day_to_next_year_a_question_never_falls_silent(
    question: str, place: Place, since: date
) -> None:
    day = since
    while day < date(2028, 1, 1):
        assert ask(question, {}, place=place, on=day).outcome is not Outcome.NO_RULE_KNOWN
        day += timedelta(days=89)


@pytest.mark.parametrize(
    ("parameter", "place", "value"),
    [
        ("exams.pass_mark", FOSHAN, 60),
        ("exams.minimum_assessors", SHENYANG, 3),
        ("candidate.minimum_dispatch_months", FOSHAN, 12),
        ("candidate.minimum_dispatch_months", SHENYANG, 0),
        ("screening.headcount_tolerance_percent", SHENYANG, 0),
    ],
)
def test_the_parameters_that_screens_read_have_whole_values(parameter: str, place: Place, value: int) -> None:
    assert BOOK.value(parameter, place=place, on=DAY) == value


def test_documents_that_are_not_held_say_what_is_uncertain_about_them() -> None:
    for document in BOOK.documents.values():
        assert document.held or document.note
