"""A stored verdict judged again: the same bytes under the same law, and else the reason why not."""

import json
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiping.core.policybook import Outcome, PolicyBook, VerdictUnreadableError
from zhiping.core.policybook.rejudging import Cause, canonical, rejudge
from zhiping.core.policybook.verdict import Waiver
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

sys.path.insert(0, str(Path(__file__).parent))
from table_cases import Edges

LAW = PolicyBook.load(policy_folder())
SLOWLY = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def stored(verdict):
    """Return a verdict as it comes back from where it was kept: through text, the order of keys lost."""
    return json.loads(json.dumps(verdict.to_json(), ensure_ascii=False, sort_keys=True))


def where_and_when(question):
    """Return the places and days at which a question may be judged by other rules than before."""
    rules = [rule for rule in LAW.rules.values() if rule.asks_of == question]
    places = sorted({place for rule in rules for place in rule.where})
    return [
        (place, day)
        for place in places
        for day in (*LAW.turning_days(question, place=place)[:6], date(2026, 12, 1))
    ]


@pytest.mark.parametrize("question", LAW.questions)
def test_every_verdict_judged_again_gives_the_same_bytes(question):
    rules = [rule for rule in LAW.rules.values() if rule.asks_of == question]
    names = sorted({name for rule in rules for name in LAW.reads_of(rule)})
    edges = Edges(LAW, rules)
    spots = where_and_when(question)

    @SLOWLY
    @given(st.data(), st.sampled_from(spots), st.booleans())
    def holds(data, spot, is_waived):
        place, day = spot
        facts = data.draw(edges.cases(names, day))
        facts = {name: value for name, value in facts.items() if is_sayable(LAW.facts[name], value)}
        verdict = LAW.judge(question, facts, place=place, on=day)
        if is_waived:
            verdict = verdict.with_waivers(
                Waiver(rule=one.rule, reason="情况特殊", by="负责人", on=day)
                for one in verdict.findings
                if one.may_be_waived and one.outcome in {Outcome.REFUSE, Outcome.WARN}
            )
        again = rejudge(LAW, stored(verdict))
        assert again.is_same_bytes
        assert again.is_same_law
        assert again.is_same_outcome
        assert again.reasons == again.lost_waivers == ()
        assert canonical(again.now.to_json()) == canonical(verdict.to_json())

    holds()


def is_sayable(declaration, value):
    """Tell whether a fact could ever be handed in: of a closed list, one of the list."""
    if declaration.fields:
        return all(
            part is None or is_sayable(declaration.field(name), part)
            for row in value or ()
            for name, part in row.items()
        )
    if not declaration.allowed or value is None:
        return True
    return set(value if isinstance(value, tuple) else [value]) <= set(declaration.allowed)


# what differs, and why

TOY = Path(__file__).parent / "good"
CITY, DAY = Place("990100"), date(2021, 3, 1)
FACTS = {"headcount": 310, "registered": True, "is_branch": False, "lines": ({"code": "甲", "assessors": 3},)}


@pytest.fixture
def kept():
    return stored(PolicyBook.load(TOY).judge("filing", FACTS, place=CITY, on=DAY))


def changed(tmp_path, path, *pairs):
    text = (TOY / path).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text, encoding="utf-8")
    return PolicyBook.read(TOY, draft=tmp_path)[0]


def test_another_value_of_a_parameter_is_named_with_both(kept, tmp_path):
    book = changed(tmp_path, "parameters/filing.yaml", ("value: 300", "value: 320"), ("300人", "320人"))
    again = rejudge(book, kept)
    (reason,) = again.reasons
    assert (reason.rule, reason.cause) == ("REG-001", Cause.PARAMETER_CHANGED)
    assert (reason.before, reason.now) == (Outcome.PASS, Outcome.REFUSE)
    (value,) = reason.values
    assert (value.parameter, value.before, value.now) == ("filing.headcount", 300, 320)
    assert not again.is_same_bytes
    assert not again.is_same_law
    assert again.before.finding("REG-001").outcome is Outcome.PASS


def test_another_condition_is_told_from_another_value(kept, tmp_path):
    book = changed(
        tmp_path, "rules/registry/REG-003-registered.yaml", ('registered, is: "yes"', 'is_branch, is: "no"')
    )
    assert [(one.rule, one.cause) for one in rejudge(book, kept).reasons] == [
        ("REG-003", Cause.CONDITION_CHANGED)
    ]
    limit = changed(
        tmp_path,
        "rules/registry/REG-003-registered.yaml",
        ('registered, is: "yes"', "headcount, is: at_least, value: 5"),
    )
    assert rejudge(limit, kept).reasons[0].cause is Cause.CONDITION_CHANGED


def test_a_rule_that_was_edited_and_tests_the_same_says_so(kept, tmp_path):
    book = changed(tmp_path, "rules/registry/REG-003-registered.yaml", ("outcome: warn", "outcome: refuse"))
    (reason,) = rejudge(book, kept).reasons
    assert (reason.cause, reason.before, reason.now) == (Cause.VERSION_CHANGED, Outcome.PASS, Outcome.PASS)


def test_rules_that_come_and_go_are_named(kept, tmp_path):
    gone = changed(tmp_path, "rules/registry/REG-003-registered.yaml", ("to: 2024-01-01", "to: 2020-01-01"))
    (reason,) = rejudge(gone, kept).reasons
    assert (reason.cause, reason.before, reason.now) == (Cause.RULE_GONE, Outcome.PASS, None)
    then = stored(gone.judge("filing", FACTS, place=CITY, on=DAY))
    (reason,) = rejudge(PolicyBook.load(TOY), then).reasons
    # What no rule read then was not kept with the verdict: the new rule cannot be decided from it.
    assert (reason.cause, reason.before, reason.now) == (Cause.RULE_ADDED, None, Outcome.UNKNOWN)


def test_another_wording_of_a_clause_changes_the_bytes_and_not_the_law(kept, tmp_path):
    text = (TOY / "documents/TA20.yaml").read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title:"))
    book = changed(tmp_path, "documents/TA20.yaml", (title, f"{title}（印发稿）"))
    again = rejudge(book, kept)
    assert {one.cause for one in again.reasons} == {Cause.WORDING_CHANGED}
    assert again.is_same_law
    assert again.is_same_outcome
    assert not again.is_same_bytes


def test_facts_that_cannot_be_read_any_more_hinder_and_are_named(kept, tmp_path):
    book = changed(tmp_path, "facts.yaml", ("name: registered", "name: is_registered"))
    again = rejudge(book, kept)
    assert again.now is None
    assert again.hindrance.code == "policybook.fact_undeclared"
    assert again.hindrance.facts["fact"] == "registered"
    assert not again.is_same_bytes
    assert not again.is_same_law
    assert not again.is_same_outcome


def test_a_verdict_that_was_tampered_with_is_not_the_same(kept):
    kept["findings"][0]["message"] = "改过的话"
    again = rejudge(PolicyBook.load(TOY), kept)
    assert not again.is_same_bytes
    assert [one.cause for one in again.reasons] == [Cause.WORDING_CHANGED]
    with pytest.raises(VerdictUnreadableError):
        rejudge(PolicyBook.load(TOY), {"question": "filing"})


def test_a_waiver_that_nothing_needs_any_more_is_named(tmp_path):
    book = changed(
        tmp_path,
        "rules/registry/REG-001-headcount.yaml",
        ("may_be_waived: false", "may_be_waived: true"),
    )
    verdict = book.judge("filing", {**FACTS, "headcount": 250}, place=CITY, on=DAY)
    waived = verdict.with_waivers([Waiver(rule="REG-001", reason="试点", by="负责人", on=DAY)])
    assert rejudge(book, stored(waived)).is_same_bytes
    again = rejudge(PolicyBook.load(TOY), stored(waived))
    assert again.lost_waivers == ("REG-001",)
    assert not again.is_same_outcome
