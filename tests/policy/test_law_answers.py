"""The law beyond filing: what lapsed, what binds where, what is owed, which of two penalties is milder."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.policybook import Outcome, PolicyBook, Verdict, Waiver
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

POLICY = policy_folder()
BOOK = PolicyBook.load(POLICY)

GUANGDONG, GUANGZHOU, FOSHAN = Place("440000"), Place("440100"), Place("440600")
CHANGCHUN, SHENYANG, WEIHAI, QINGDAO = Place("220100"), Place("210100"), Place("371000"), Place("370200")
LAST_DAY, LAPSED = date(2023, 11, 30), date(2023, 12, 1)
DAY = date(2025, 3, 3)

QUALIFICATION, RECOGNITION, ABILITY = (
    "qualification_evaluation",
    "skill_level_recognition",
    "special_ability_assessment",
)


def ask(question: str, facts: Mapping[str, object], place: Place, on: date = DAY) -> Verdict:
    return BOOK.judge(question, BOOK.read_facts(facts), place=place, on=on)


def clauses_of(verdict: Verdict, outcome: Outcome) -> set[str]:
    return {citation.clause for finding in verdict.of(outcome) for citation in finding.citations}


# a document that lapsed --------------------------------------------------------------------------

LAPSING = {
    "certificate_text": {
        "certificate_kind": "own_assessment",
        "forbidden_words_found": ["全国"],
        "words_needing_person": [],
        "carries_national_emblem": False,
    },
    "qualification_named": {
        "on_directory_on_day": False,
        "is_cancelled_on_day": False,
        "resembles_cancelled_item": False,
    },
    "local_item": {"on_directory_on_day": False, "approved_by_nation": False},
    "annual_register": {
        "reporter_kind": "central_unit",
        "is_submitted": False,
        "has_year_summary": True,
        "has_registration_form": True,
    },
    "sanctions": {"violations": ["unlawful_qualification"], "proposed_sanctions": []},
    "supervising_office": {"evaluation_type": QUALIFICATION, "supervising_relations": []},
}


@pytest.mark.parametrize("question", sorted(LAPSING))
def test_guangdong_binds_on_its_last_day_and_tells_the_next_day_that_it_did(question: str) -> None:
    facts = LAPSING[question]
    last = ask(question, facts, GUANGZHOU, LAST_DAY)
    assert last.outcome is Outcome.REFUSE
    refusing = {finding.rule for finding in last.of(Outcome.REFUSE)}
    after = ask(question, facts, GUANGZHOU, LAPSED)
    assert (after.outcome, after.findings) == (Outcome.NO_RULE_KNOWN, ())
    told = {rule["rule"]: rule["to"] for rule in after.to_json()["rules_earlier"]}
    assert refusing <= told.keys()
    assert set(told.values()) == {LAPSED.isoformat()}


@pytest.mark.parametrize("question", sorted(LAPSING))
def test_guangdong_did_not_bind_before_its_first_day(question: str) -> None:
    before = ask(question, LAPSING[question], GUANGZHOU, date(2018, 11, 30))
    assert before.outcome is Outcome.NO_RULE_KNOWN
    assert before.later
    assert ask(question, {}, GUANGZHOU, date(2018, 12, 1)).outcome is Outcome.UNKNOWN


def test_the_term_of_five_years_gives_the_last_day() -> None:
    document = BOOK.documents["GD18"]
    years = BOOK.value("notices.validity_years", place=GUANGDONG, on=document.in_force.start)
    assert isinstance(years, int)
    start = document.in_force.start
    assert document.in_force.end == start.replace(year=start.year + years) == LAPSED


@pytest.mark.parametrize("rule_id", sorted(BOOK.rules))
def test_no_rule_outlives_all_the_documents_that_it_cites(rule_id: str) -> None:
    rule = BOOK.rules[rule_id]
    ends = {BOOK.documents[BOOK.clauses[clause].document].in_force.end for clause in rule.clauses}
    if None not in ends:
        assert rule.period.end is not None
        assert rule.period.end <= max(end for end in ends if end is not None)


def test_no_number_outlives_the_document_that_it_comes_from() -> None:
    for parameter in BOOK.parameters.values():
        for value in parameter.values:
            source = BOOK.documents[BOOK.clauses[value.clause].document]
            if source.in_force.end is not None:
                assert value.period.end is not None
                assert value.period.end <= source.in_force.end


def test_what_the_nation_still_asks_is_a_caution_under_its_own_question() -> None:
    facts = LAPSING["certificate_text"] | {"carries_other_emblem": False}
    after = ask("certificate_text_national", facts, GUANGZHOU, LAPSED)
    assert after.outcome is Outcome.WARN
    assert clauses_of(after, Outcome.WARN) == {"RSBF17-68-2", "RSBH22-25-1"}
    named = ask("qualification_named_national", {"on_directory_on_day": False}, GUANGZHOU, LAPSED)
    assert (named.outcome, clauses_of(named, Outcome.WARN)) == (Outcome.WARN, {"RSBF17-68-1"})


def test_nothing_that_is_not_held_in_full_refuses_where_the_text_is_hearsay() -> None:
    hearsay = {"RSBF17-68", "RSBH22-25"}
    for rule in BOOK.rules.values():
        if {BOOK.clauses[clause].document for clause in rule.clauses} <= hearsay:
            assert rule.outcome is Outcome.WARN, rule.id


# the chain of documents --------------------------------------------------------------------------


def test_the_five_documents_name_what_they_stand_on() -> None:
    stands_on = {name: set(BOOK.documents[name].basis) for name in ("GD18", "LN24", "WH21", "FS20")}
    assert {"RSBF17-68", "RSBF16-3", "RSBF16-31"} == stands_on["GD18"]
    assert "RSTF24-27" in stands_on["LN24"]
    assert {"RSBF19-90", "LRSZ20-100", "WRSZ19-73"} == stands_on["WH21"]
    assert {"RSBF19-90", "GTZ17-213"} <= stands_on["FS20"]
    for document in (BOOK.documents[name] for name in stands_on):
        for name in set(document.basis) & BOOK.documents.keys():
            assert BOOK.documents[name].issued <= document.issued, (document.id, name)


@pytest.mark.parametrize(
    ("document", "number"),
    [
        ("RSBF17-68", "人社部发〔2017〕68号"),
        ("RSBF19-90", "人社部发〔2019〕90号"),
        ("RSTF24-27", "人社厅发〔2024〕27号"),
        ("RSBF16-3", "人社部发〔2016〕3号"),
        ("RSBF16-31", "人社部发〔2016〕31号"),
        ("GTZ17-213", "国统字〔2017〕213号"),
    ],
)
def test_cited_documents_are_marked_as_not_held(document: str, number: str) -> None:
    cited = BOOK.documents[document]
    assert (cited.number, cited.held) == (number, False)
    assert "未入库" in cited.note


# words on certificates ---------------------------------------------------------------------------


def test_an_assessment_of_ones_own_may_not_call_itself_national_nor_provincial() -> None:
    facts = LAPSING["certificate_text"] | {"forbidden_words_found": ["国家", "上岗证"]}
    verdict = ask("certificate_text", facts, FOSHAN, LAST_DAY)
    assert {finding.rule for finding in verdict.of(Outcome.REFUSE)} == {"CRT-020", "CRT-021"}
    lawful = facts | {"certificate_kind": "directory_qualification"}
    assert ask("certificate_text", lawful, FOSHAN, LAST_DAY).outcome is Outcome.NOT_APPLICABLE


def test_a_word_in_a_registered_name_goes_to_a_person() -> None:
    facts = LAPSING["certificate_text"] | {"forbidden_words_found": [], "words_needing_person": ["中国"]}
    assert ask("certificate_text", facts, FOSHAN, LAST_DAY).outcome is Outcome.WARN


@pytest.mark.parametrize(
    ("clause", "parameters"),
    [
        ("GD18-2b", ("certificate_text.forbidden_words", "certificate_text.forbidden_local_words")),
        ("RSBF17-68-2", ("certificate_text.forbidden_words_national",)),
        ("RSBH22-25-1", ("certificate_text.campaign_words",)),
    ],
)
def test_the_list_that_the_wording_guard_reads_has_the_same_words(
    clause: str, parameters: tuple[str, ...]
) -> None:
    with (POLICY / "catalogues" / "forbidden_words.csv").open(encoding="utf-8", newline="") as file:
        listed = {
            row["word"]
            for row in csv.DictReader(file)
            if row["clause"] == clause and "certificate_name" in row["applies_to"]
        }
    assert listed == {word for name in parameters for word in BOOK.parameters[name].values[0].value}


# qualifications ----------------------------------------------------------------------------------


def test_jilin_asks_for_its_own_list_only_once_there_is_one() -> None:
    facts = {
        "is_cancelled_on_day": False,
        "resembles_cancelled_item": False,
        "provincial_list_published": False,
    }
    assert ask("qualification_named", facts, CHANGCHUN).outcome is Outcome.PASS
    facts |= {"provincial_list_published": True, "on_provincial_list_on_day": False}
    verdict = ask("qualification_named", facts, CHANGCHUN)
    assert clauses_of(verdict, Outcome.REFUSE) == {"JL17-2a"}


def test_a_name_like_a_cancelled_one_is_for_a_person_to_judge() -> None:
    facts = {
        "is_cancelled_on_day": False,
        "resembles_cancelled_item": True,
        "provincial_list_published": False,
    }
    assert ask("qualification_named", facts, CHANGCHUN).outcome is Outcome.WARN
    unsure = facts | {"resembles_cancelled_item": None}
    assert ask("qualification_named", unsure, CHANGCHUN).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("set_by", "kind", "facts", "outcome"),
    [
        ("state_council_department", "access", {"has_legal_basis": False}, Outcome.REFUSE),
        (
            "state_council_department",
            "access",
            {
                "has_legal_basis": True,
                "closely_concerns_safety": False,
                "suits_qualification_management": True,
            },
            Outcome.WARN,
        ),
        (
            "state_council_department",
            "access",
            {
                "has_legal_basis": True,
                "closely_concerns_safety": True,
                "suits_qualification_management": True,
            },
            Outcome.PASS,
        ),
        ("national_association", "level", {"is_self_set": True}, Outcome.REFUSE),
        ("local", "level", {"is_self_set": True}, Outcome.REFUSE),
        ("nation", "level", {}, Outcome.NOT_APPLICABLE),
    ],
)
def test_each_of_the_four_cancellations_is_told_apart(
    set_by: str, kind: str, facts: dict[str, object], outcome: Outcome
) -> None:
    given_facts = {"item_set_by": set_by, "qualification_type": kind, **facts}
    assert ask("qualification_basis", given_facts, CHANGCHUN).outcome is outcome


@pytest.mark.parametrize(
    ("kind", "matter", "cancelled", "refused"),
    [
        ("level", "administrative_approval", True, {"JL17-1c"}),
        ("access", "taking_up_job", False, set()),
        ("level", "taking_up_job", False, {"JL17-1c", "JL17-2a"}),
        ("level", "employment_or_business", False, {"JL17-2a"}),
        ("level", "none", True, set()),
    ],
)
def test_what_a_qualification_may_be_a_precondition_of(
    kind: str, matter: str, *, cancelled: bool, refused: set[str]
) -> None:
    facts = {
        "is_cancelled_on_day": cancelled,
        "qualification_type": kind,
        "precondition_of": matter,
        "on_provincial_list_on_day": not cancelled,
    }
    assert clauses_of(ask("precondition", facts, CHANGCHUN), Outcome.REFUSE) == refused


NOTHING_ELSE = {
    "cancelled_by": "state_council",
    "results_passed_before": False,
    "is_dual_certificate_student": False,
    "item_was_adjusted": False,
    "certificate_obtained_before_cancellation": False,
}


@pytest.mark.parametrize(
    ("facts", "refusing"),
    [
        ({"stage_at_cancellation": "announced", "candidate_choice": "not_asked"}, {"QUA-030"}),
        (
            {
                "stage_at_cancellation": "registering",
                "candidate_choice": "sit",
                "examination_continued": False,
                "fee_refunded": True,
            },
            {"QUA-031"},
        ),
        ({"stage_at_cancellation": "registering", "candidate_choice": "refund", "fee_refunded": True}, set()),
        (
            {
                "cancelled_by": "province",
                "stage_at_cancellation": "announced",
                "candidate_choice": "not_asked",
            },
            set(),
        ),
        (
            {
                "stage_at_cancellation": "examined",
                "results_passed_before": True,
                "certificate_granted": False,
            },
            {"QUA-033"},
        ),
        (
            {
                "stage_at_cancellation": "not_announced",
                "is_dual_certificate_student": True,
                "has_graduated": True,
                "dual_certificates_granted": False,
            },
            {"QUA-034"},
        ),
    ],
)
def test_what_is_owed_to_a_candidate_of_a_cancelled_item(
    facts: dict[str, object], refusing: set[str]
) -> None:
    verdict = ask("cancelled_aftermath", NOTHING_ELSE | facts, CHANGCHUN)
    assert {finding.rule for finding in verdict.of(Outcome.REFUSE)} == refusing


def test_an_earlier_certificate_stays_proof_of_ability_and_says_that_its_item_is_cancelled() -> None:
    facts = NOTHING_ELSE | {
        "stage_at_cancellation": "not_announced",
        "certificate_obtained_before_cancellation": True,
        "accepted_as_proof_of_ability": True,
    }
    verdict = ask("cancelled_aftermath", facts, CHANGCHUN)
    assert verdict.outcome is Outcome.PASS
    (note,) = verdict.of(Outcome.NOTE)
    assert "能力水平" in note.message


# tensions ----------------------------------------------------------------------------------------


def test_training_is_kept_apart_in_jilin_and_linked_in_weihai_each_for_its_own_kind() -> None:
    def of(place: Place, kind: str) -> Verdict:
        facts = {"evaluation_type": kind, "trained_by_evaluating_body": True, "has_taken_training": False}
        return ask("training_separation", facts, place)

    assert of(CHANGCHUN, QUALIFICATION).outcome is Outcome.REFUSE
    assert of(CHANGCHUN, ABILITY).outcome is Outcome.NOT_APPLICABLE
    assert of(CHANGCHUN, RECOGNITION).outcome is Outcome.NOT_APPLICABLE
    weihai = of(WEIHAI, ABILITY)
    assert weihai.of(Outcome.REFUSE) == ()
    assert clauses_of(weihai, Outcome.NOTE) == {"WH21-3.3"}
    assert of(WEIHAI, QUALIFICATION).of(Outcome.NOTE) == ()
    for place in (SHENYANG, FOSHAN, QINGDAO):
        assert of(place, QUALIFICATION).outcome is Outcome.NO_RULE_KNOWN


def test_the_same_application_gets_each_citys_own_answer() -> None:
    facts = {"documents": [], "registered_in_city": False, "has_filing_bar": False}
    assert "FS20-E1" in clauses_of(ask("employer_filing", facts, FOSHAN), Outcome.REFUSE)
    assert clauses_of(ask("employer_filing", facts, SHENYANG), Outcome.REFUSE) == {"LN24-2.3b"}
    assert ask("employer_filing", facts, WEIHAI).outcome is Outcome.NO_RULE_KNOWN


def test_registering_a_group_holds_in_principle_only() -> None:
    facts = {
        "claims_through_training_body": True,
        "has_agency_agreement": True,
        "registered_as_group": False,
        "meets_subsidy_conditions": True,
        "has_special_ability_certificate": True,
        "fee_was_paid": True,
        "fee_as_in_price_letter": True,
        "has_receipt": True,
    }
    verdict = ask("claim", facts, WEIHAI)
    assert verdict.outcome is Outcome.REFUSE
    waiver = Waiver(rule="CLM-006", reason="考生自行报名在先，培训单位补签协议", by="reviewer", on=DAY)
    assert verdict.with_waivers([waiver]).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "missing", ["has_agency_agreement", "has_special_ability_certificate", "fee_was_paid"]
)
def test_a_claim_without_agreement_certificate_or_payment_is_refused(missing: str) -> None:
    facts = {
        "claims_through_training_body": True,
        "has_agency_agreement": True,
        "registered_as_group": True,
        "meets_subsidy_conditions": True,
        "has_special_ability_certificate": True,
        "fee_was_paid": True,
        "fee_as_in_price_letter": True,
        "has_receipt": True,
    }
    assert ask("claim", facts, WEIHAI).outcome is Outcome.PASS
    assert ask("claim", facts | {missing: False}, WEIHAI).outcome is Outcome.REFUSE
    assert ask("claim", facts | {missing: False}, QINGDAO).outcome is Outcome.NO_RULE_KNOWN


# filing again ------------------------------------------------------------------------------------


def anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February: the last day of the month stands in
        return day.replace(year=day.year + years, day=28)


@given(cancelled=st.dates(date(2020, 8, 17), date(2030, 12, 31)), later=st.integers(0, 1200))
def test_a_removed_body_may_apply_from_the_day_after_its_second_anniversary(
    cancelled: date, later: int
) -> None:
    facts = {"was_filing_cancelled": True, "cancellation_ground": "idle", "filing_cancelled_on": cancelled}
    on = cancelled + timedelta(days=later)
    barred = on <= anniversary(cancelled, 2)
    outcome = ask("refiling", facts, FOSHAN, on).outcome
    assert outcome is (Outcome.REFUSE if barred else Outcome.PASS)


@given(
    months=st.integers(0, 40),
    sittings=st.integers(0, 2),
    fit=st.booleans(),
    acted=st.sampled_from(["", "both"]),
)
def test_an_idle_filing_is_cancelled_and_no_other(
    months: int, sittings: int, acted: str, *, fit: bool
) -> None:
    both = ["cancel_filing", "bar_new_filing"]
    facts = {
        "months_since_filing": months,
        "sittings_in_inactivity_period": sittings,
        "still_meets_conditions": fit,
        "follow_ups": both if acted else ["none"],
        "proposed_bar_years": 2,
    }
    must_go = months >= 12 and (sittings == 0 or not fit)
    must_stay = fit and not (months >= 12 and sittings == 0)
    outcome = ask("idle_filing", facts, FOSHAN).outcome
    wrong = (must_go and not acted) or (must_stay and acted)
    assert (outcome is Outcome.REFUSE) is bool(wrong)


# penalties: the day of conduct and the day of decision -------------------------------------------

MILDEST_FIRST = (
    Outcome.NO_RULE_KNOWN,
    Outcome.NOT_APPLICABLE,
    Outcome.PASS,
    Outcome.WARN,
    Outcome.UNKNOWN,
    Outcome.REFUSE,
)


def milder(facts: Mapping[str, object], place: Place, *, conduct: date, decision: date) -> Outcome:
    """Judge by the law of both days and take the milder answer, as whoever proposes a penalty must."""
    outcomes = [ask("sanctions", facts, place, day).outcome for day in (conduct, decision)]
    return min(outcomes, key=MILDEST_FIRST.index)


def liaoning(*proposed: str, violations: tuple[str, ...] = ("papers_forged",)) -> dict[str, object]:
    return {
        "violations": list(violations),
        "proposed_sanctions": list(proposed),
        "has_affected_results": True,
        "has_affected_certificates": True,
        "has_uploaded_data": True,
        "has_paid_subsidies": False,
        "is_suspected_unlawful": False,
        "is_crime": False,
    }


OWED = ("stop_evaluation", "cancel_results", "void_certificates", "withdraw_uploads", "order_rectification")


@pytest.mark.parametrize("left_out", OWED)
def test_a_decision_that_lacks_an_owed_sanction_is_refused(left_out: str) -> None:
    assert ask("sanctions", liaoning(*OWED), SHENYANG).outcome is Outcome.PASS
    proposed = [one for one in OWED if one != left_out]
    verdict = ask("sanctions", liaoning(*proposed), SHENYANG)
    assert verdict.outcome is Outcome.REFUSE
    assert len(verdict.of(Outcome.REFUSE)) == 1


def test_nothing_is_owed_for_conduct_before_the_notice() -> None:
    eve, after = date(2024, 9, 29), date(2024, 9, 30)
    assert milder(liaoning(), SHENYANG, conduct=after, decision=DAY) is Outcome.REFUSE
    assert milder(liaoning(), SHENYANG, conduct=eve, decision=DAY) is Outcome.NO_RULE_KNOWN
    assert milder(liaoning(*OWED), SHENYANG, conduct=eve, decision=DAY) is Outcome.NO_RULE_KNOWN


def test_nothing_is_owed_once_the_notice_lapsed_before_the_decision() -> None:
    facts = LAPSING["sanctions"]
    assert milder(facts, GUANGZHOU, conduct=LAST_DAY, decision=LAST_DAY) is Outcome.REFUSE
    assert milder(facts, GUANGZHOU, conduct=LAST_DAY, decision=LAPSED) is Outcome.NO_RULE_KNOWN


def test_every_sanction_rule_says_how_the_two_days_are_taken() -> None:
    rules = [rule for rule in BOOK.rules.values() if rule.asks_of == "sanctions"]
    assert len(rules) > 20
    assert all("行为日" in rule.note and "决定日" in rule.note for rule in rules)


def test_a_sanction_for_nothing_is_refused_and_for_what_is_not_listed_goes_to_a_person() -> None:
    assert "SAN-010" in {
        finding.rule
        for finding in ask("sanctions", liaoning(*OWED, violations=()), SHENYANG).of(Outcome.REFUSE)
    }
    unlisted = ask("sanctions", liaoning(*OWED, violations=("out_of_scope",)), SHENYANG)
    assert unlisted.outcome is Outcome.WARN


def test_foshan_removes_only_what_is_verified_and_bars_only_the_idle() -> None:
    facts: dict[str, object] = {
        "violations": ["fraud"],
        "is_verified": True,
        "proposed_sanctions": ["remove_from_directory", "cancel_filing"],
        "is_suspected_unlawful": False,
    }
    assert ask("sanctions", facts, FOSHAN).outcome is Outcome.PASS
    assert ask("sanctions", facts | {"is_verified": False}, FOSHAN).outcome is Outcome.REFUSE
    barred = facts | {"proposed_sanctions": ["remove_from_directory", "cancel_filing", "bar_new_filing"]}
    assert ask("sanctions", barred, FOSHAN).outcome is Outcome.WARN


# who supervises, which kind of evaluation ---------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "offices", "outcome"),
    [
        (QUALIFICATION, ["implementing_department", "human_resources_department"], Outcome.PASS),
        (QUALIFICATION, ["human_resources_department"], Outcome.REFUSE),
        (RECOGNITION, ["selecting_department"], Outcome.PASS),
        (RECOGNITION, ["implementing_department"], Outcome.REFUSE),
        (ABILITY, ["organising_department"], Outcome.PASS),
        (ABILITY, [], Outcome.REFUSE),
    ],
)
def test_who_files_supervises_and_who_selects_supervises(
    kind: str, offices: list[str], outcome: Outcome
) -> None:
    facts = {"evaluation_type": kind, "supervising_relations": offices}
    assert ask("supervising_office", facts, SHENYANG).outcome is outcome


@pytest.mark.parametrize(
    ("kind", "by", "basis", "refused"),
    [
        (QUALIFICATION, "implementing_department", "national_standard", set()),
        (QUALIFICATION, "social_body", "national_standard", {"EXM-090"}),
        (RECOGNITION, "employer", "evaluation_norm", set()),
        (RECOGNITION, "social_body", "evaluation_norm", {"EXM-095"}),
        (RECOGNITION, "assessment_site", "national_standard", {"EXM-093"}),
        (ABILITY, "assessment_site", "ability_specification", set()),
        (ABILITY, "assessment_site", "national_standard", {"EXM-096"}),
    ],
)
def test_each_of_the_three_kinds_has_its_own_bodies_and_basis(
    kind: str, by: str, basis: str, refused: set[str]
) -> None:
    facts = {
        "evaluation_type": kind,
        "evaluator_kind": by,
        "evaluation_basis": basis,
        "on_directory_on_day": True,
        "is_selected_and_published": True,
        "is_smallest_unit": True,
    }
    verdict = ask("evaluation_type", facts, SHENYANG)
    assert {finding.rule for finding in verdict.of(Outcome.REFUSE)} == refused


# specific ability --------------------------------------------------------------------------------


@given(scope=st.booleans(), age=st.booleans(), skill=st.booleans(), free=st.booleans())
def test_an_applicant_is_in_the_subsidy_scope_or_of_age_with_the_skill(
    *, scope: bool, age: bool, skill: bool, free: bool
) -> None:
    facts = {
        "in_training_subsidy_scope": scope,
        "of_legal_working_age": age,
        "has_the_skill": skill,
        "volunteers": free,
        "applicant_group": "other",
    }
    allowed = free and (scope or (age and skill))
    assert ask("ability_applicant", facts, WEIHAI).outcome is (Outcome.PASS if allowed else Outcome.REFUSE)


@given(total=st.decimals(0, 200, places=2))
def test_the_weights_of_a_specification_make_exactly_a_hundred(total: Decimal) -> None:
    facts = {
        "specification_name_ending": "作",
        "specification_sections": list(BOOK.parameters["ability.required_sections"].values[0].value),
        "specification_weight_total": total,
        "is_smallest_unit": True,
        "covered_by_national_standard": False,
    }
    outcome = ask("ability_specification", facts, WEIHAI).outcome
    assert outcome is (Outcome.PASS if total == 100 else Outcome.REFUSE)


# reports -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2022, 2023])
def test_the_annual_register_is_due_on_15_january_of_every_year_in_force(year: int) -> None:
    facts = {
        "reporter_kind": "industry_department",
        "is_submitted": False,
        "has_year_summary": True,
        "has_registration_form": True,
    }
    assert ask("annual_register", facts, GUANGDONG, date(year, 1, 15)).outcome is Outcome.PASS
    assert ask("annual_register", facts, GUANGDONG, date(year, 1, 16)).outcome is Outcome.REFUSE
    sent = facts | {"is_submitted": True, "submitted_on": date(year, 1, 15)}
    assert ask("annual_register", sent, GUANGDONG, date(year, 3, 1)).outcome is Outcome.PASS


@given(days=st.integers(-5, 40))
def test_the_sweep_starts_within_fifteen_days_of_the_notice(days: int) -> None:
    issued = BOOK.documents["LN24"].issued
    facts = {
        "notice_issued_on": issued,
        "sweep_started_on": issued + timedelta(days=days),
        "sweep_bodies": [
            "employers",
            "social_bodies",
            "central_enterprise_branches",
            "national_body_branches",
        ],
        "sweep_contents": ["activities", "data"],
    }
    outcome = ask("sweep", facts, SHENYANG, issued + timedelta(days=60)).outcome
    assert outcome is (Outcome.PASS if 0 <= days <= 15 else Outcome.REFUSE)
