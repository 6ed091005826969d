"""Penalties are judged on both days, and the milder applies: over the whole law, and at the command line."""

import json
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiping.core.policybook import NoValueKnownError, Outcome, PolicyBook
from zhiping.core.policybook.errors import PenaltyDaysError
from zhiping.core.policybook.penalty import (
    OUTCOMES_BY_MILDNESS,
    SANCTIONS_BY_MILDNESS,
    SANCTIONS_FACT,
    Day,
    Ground,
    is_about_penalties,
    judge_penalty,
)
from zhiping.kernel.place import NATION, Place
from zhiping.kernel.resources import policy_folder
from zhiping.portals.console.policy import policy

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "policybook"))
from table_cases import Edges

LAW = PolicyBook.load(policy_folder())
SHENYANG, GUANGZHOU = Place("210100"), Place("440100")
LN24_STARTS, GD18_ENDS = date(2024, 9, 30), date(2023, 12, 1)
RULES = [rule for rule in LAW.rules.values() if rule.asks_of == "sanctions"]
FAKED = {
    "violations": ("certificate_without_exam",),
    "is_verified": True,
    "has_affected_results": False,
    "has_affected_certificates": False,
    "has_uploaded_data": False,
    "has_paid_subsidies": False,
    "is_suspected_unlawful": False,
    "is_suspected_crime": False,
}


def penalty(book, facts, *, place=SHENYANG, conduct_on, decision_on):
    known = {name: value for name, value in facts.items() if name in book.facts}
    return judge_penalty(
        book, "sanctions", known, place=place, conduct_on=conduct_on, decision_on=decision_on
    )


def edited(folder, *pairs):
    shutil.copytree(policy_folder(), folder)
    path = folder / "parameters" / "sanctions.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return PolicyBook.load(folder)


# cases


def test_conduct_before_the_notice_is_not_judged_by_it():
    found = penalty(
        LAW,
        {**FAKED, "proposed_sanctions": ()},
        conduct_on=LN24_STARTS - timedelta(days=1),
        decision_on=date(2025, 4, 14),
    )
    assert found.on_decision.outcome is Outcome.REFUSE
    assert found.on_conduct.outcome is Outcome.NO_RULE_KNOWN
    assert (found.applies, found.ground) == (Day.CONDUCT, Ground.MILDER_OUTCOME)
    assert found.owed == ()
    assert "stop_evaluation" in found.owed_on_decision


def test_conduct_on_the_first_day_of_the_notice_is_judged_by_it():
    found = penalty(
        LAW,
        {**FAKED, "proposed_sanctions": ()},
        conduct_on=LN24_STARTS,
        decision_on=date(2025, 4, 14),
    )
    assert (found.applies, found.ground, found.outcome) == (Day.CONDUCT, Ground.SAME, Outcome.REFUSE)


def test_a_notice_that_ended_before_the_decision_is_not_applied_any_more():
    facts = {"violations": ("unlawful_qualification",), "proposed_sanctions": ("handle",)}
    found = penalty(LAW, facts, place=GUANGZHOU, conduct_on=date(2023, 11, 30), decision_on=GD18_ENDS)
    assert found.on_conduct.outcome is Outcome.REFUSE
    assert (found.applies, found.ground) == (Day.DECISION, Ground.MILDER_OUTCOME)
    assert found.outcome is Outcome.NO_RULE_KNOWN


def test_while_facts_are_missing_nobody_says_which_day_applies():
    found = penalty(LAW, {}, conduct_on=LN24_STARTS, decision_on=date(2025, 4, 14))
    assert (found.applies, found.ground, found.outcome) == (None, Ground.FACTS_MISSING, Outcome.UNKNOWN)
    assert found.verdict is None
    assert found.owed == ()


def test_what_is_missing_does_not_matter_where_the_other_day_knows_no_rule():
    found = penalty(LAW, {}, conduct_on=date(2024, 9, 1), decision_on=date(2025, 4, 14))
    assert found.on_decision.outcome is Outcome.UNKNOWN
    assert (found.applies, found.outcome) == (Day.CONDUCT, Outcome.NO_RULE_KNOWN)
    found = penalty(LAW, {}, place=GUANGZHOU, conduct_on=date(2023, 11, 30), decision_on=GD18_ENDS)
    assert (found.applies, found.outcome) == (Day.DECISION, Outcome.NO_RULE_KNOWN)


_OWED = """  - id: sanctions.qualification_owed
    label: 违法违规开展职业资格许可认定须作的处理
    unit: code
    values:
      - place: "440000"
        from: 2018-12-01
        to: {end}
        value: [{first}]
        wording: 先前
        clause: GD18-5d
      - place: "440000"
        from: {end}
        to: 2023-12-01
        value: [{second}]
        wording: 其后
        clause: GD18-5d
      - place: "220000"
"""


def with_two_values(folder, first, second):
    """Return the law as if the sanctions owed in Guangdong had been others since 2021."""
    text = (policy_folder() / "parameters" / "sanctions.yaml").read_text(encoding="utf-8")
    start = text.index("  - id: sanctions.qualification_owed")
    end = text.index('      - place: "220000"', start) + len('      - place: "220000"\n')
    new = _OWED.format(end="2021-01-01", first=", ".join(first), second=", ".join(second))
    return edited(folder, (text[start:end], new))


@pytest.mark.parametrize(
    ("first", "second", "applies", "ground"),
    [
        (["handle"], ["cancel_item"], Day.CONDUCT, Ground.MILDER_SANCTIONS),
        (["cancel_item"], ["handle"], Day.DECISION, Ground.MILDER_SANCTIONS),
        (["handle", "cancel_item"], ["cancel_item"], Day.DECISION, Ground.FEWER_SANCTIONS),
        (["cancel_item"], ["handle", "cancel_item"], Day.CONDUCT, Ground.FEWER_SANCTIONS),
        (["cancel_item"], ["cancel_item"], Day.CONDUCT, Ground.SAME),
    ],
)
@pytest.mark.parametrize("proposed", [(), ("handle", "cancel_item")])
def test_of_equal_outcomes_the_one_that_requires_less_applies(
    tmp_path, first, second, applies, ground, proposed
):
    book = with_two_values(tmp_path / "policy", first, second)
    facts = {"violations": ("unlawful_qualification",), "proposed_sanctions": proposed}
    found = penalty(book, facts, place=GUANGZHOU, conduct_on=date(2020, 6, 1), decision_on=date(2022, 6, 1))
    assert found.on_conduct.outcome is found.on_decision.outcome
    assert (found.applies, found.ground) == (applies, ground)
    assert set(found.owed) == set(first if applies is Day.CONDUCT else second)


def test_the_order_is_the_policys_and_not_the_programs(tmp_path):
    turned = edited(
        tmp_path / "policy",
        ("value: [no_rule_known, not_applicable, pass, warn, refuse]",
         "value: [refuse, warn, pass, not_applicable, no_rule_known]"),
    )  # fmt: skip
    days = {"conduct_on": LN24_STARTS - timedelta(days=1), "decision_on": date(2025, 4, 14)}
    facts = {**FAKED, "proposed_sanctions": ()}
    assert penalty(LAW, facts, **days).applies is Day.CONDUCT
    assert penalty(turned, facts, **days).applies is Day.DECISION


def test_days_the_wrong_way_round_and_days_without_an_order_are_refused():
    with pytest.raises(PenaltyDaysError):
        penalty(LAW, {}, conduct_on=date(2025, 4, 15), decision_on=date(2025, 4, 14))
    with pytest.raises(NoValueKnownError):
        penalty(LAW, {}, conduct_on=date(2016, 1, 1), decision_on=date(2017, 12, 31))


def test_the_order_names_every_sanction_and_every_outcome_once():
    nation, today = Place(NATION), date(2026, 11, 20)
    order = LAW.value(SANCTIONS_BY_MILDNESS, place=nation, on=today)
    assert sorted(order) == sorted(LAW.facts[SANCTIONS_FACT].allowed)
    outcomes = LAW.value(OUTCOMES_BY_MILDNESS, place=nation, on=today)
    # A note never is the outcome of a whole verdict, and an unknown one cannot be weighed.
    assert sorted(outcomes) == sorted({one.value for one in Outcome} - {"note", "unknown"})


def test_only_the_questions_on_sanctions_are_about_penalties():
    assert [one for one in LAW.questions if is_about_penalties(LAW, one)] == ["sanctions"]


# properties

PLACES = sorted({place for rule in RULES for place in rule.where})
TURNS = sorted({day for place in PLACES for day in LAW.turning_days("sanctions", place=place)})
DAYS = st.sampled_from(
    sorted({turn + timedelta(days=step) for turn in TURNS for step in (-1, 0, 1, 400)} | {date(2026, 11, 20)})
)
NAMES = sorted({name for rule in RULES for name in LAW.reads_of(rule)})
ORDER = LAW.value(OUTCOMES_BY_MILDNESS, place=Place(NATION), on=date(2026, 11, 20))
RANKS = LAW.value(SANCTIONS_BY_MILDNESS, place=Place(NATION), on=date(2026, 11, 20))


def heaviest(owed):
    return max((RANKS.index(one) for one in owed), default=-1)


@settings(max_examples=150)
@given(st.data(), st.sampled_from(PLACES), DAYS, DAYS)
def test_what_applies_is_never_harsher_than_either_day(data, place, one_day, other_day):
    conduct_on, decision_on = sorted([one_day, max(other_day, date(2018, 1, 1))])
    facts = data.draw(Edges(LAW, RULES).cases(NAMES, decision_on))
    found = penalty(LAW, facts, place=place, conduct_on=conduct_on, decision_on=decision_on)
    for day, on in ((Day.CONDUCT, conduct_on), (Day.DECISION, decision_on)):
        alone = LAW.judge("sanctions", facts, place=place, on=on)
        assert found.of(day).to_json() == alone.to_json()
    if found.applies is None:
        assert Outcome.UNKNOWN in {found.on_conduct.outcome, found.on_decision.outcome}
        return
    rank = ORDER.index(found.outcome.value)
    for day, owed in ((Day.CONDUCT, found.owed_on_conduct), (Day.DECISION, found.owed_on_decision)):
        other = found.of(day).outcome
        if other is Outcome.UNKNOWN:
            assert rank == 0
            continue
        assert rank <= ORDER.index(other.value)
        if other is found.outcome:
            assert heaviest(found.owed) <= heaviest(owed)
            if heaviest(found.owed) == heaviest(owed):
                assert len(found.owed) <= len(owed)
    if found.ground is Ground.SAME:
        assert found.applies is Day.CONDUCT
    assert found.outcome is found.verdict.outcome
    assert json.loads(json.dumps(found.to_json()))["applies"] == found.applies.value


@given(st.data(), st.sampled_from(PLACES), DAYS)
def test_one_day_for_both_is_the_plain_verdict(data, place, day):
    day = max(day, date(2018, 1, 1))
    facts = data.draw(Edges(LAW, RULES).cases(NAMES, day))
    found = penalty(LAW, facts, place=place, conduct_on=day, decision_on=day)
    plain = LAW.judge("sanctions", facts, place=place, on=day)
    assert found.outcome is plain.outcome
    assert found.ground in {Ground.SAME, Ground.FACTS_MISSING}


# the command


def decide(tmp_path, *options, facts):
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    return CliRunner().invoke(policy, ["decide", "sanctions", "--facts", str(path), *options])


def test_the_command_judges_both_days_and_says_which_applies(tmp_path):
    facts = {"violations": ["certificate_without_exam"], "proposed_sanctions": []}
    common = ["--place", "210100", "--on", "2025-04-14"]
    result = decide(tmp_path, *common, "--conduct", "2024-09-29", facts=facts)
    assert "【行为日】" in result.output
    assert "【决定日】" in result.output
    assert "不考试就发证" in result.output
    assert "适用行为日的规定" in result.output
    assert "应作的处理：没有要求的处理" in result.output
    assert result.exit_code == 3
    result = decide(tmp_path, *common, "--conduct", "2024-09-30", "--json", facts=facts)
    assert json.loads(result.output)["on_conduct"]["on"] == "2024-09-30"
    result = decide(tmp_path, *common, facts=facts)
    assert "请用 --conduct 写明行为日" in result.output
    result = decide(tmp_path, *common, "--conduct", "2025-04-15", facts=facts)
    assert result.exit_code == 2
    assert "行为日 2025-04-15 晚于决定日 2025-04-14" in result.output
