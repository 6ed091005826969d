"""A stored verdict judged again: the same bytes by its own rules; by today's, or the reason why not."""

import json
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiping.core.policybook import Outcome, PolicyBook, VerdictUnreadableError
from zhiping.core.policybook.errors import SnapshotUnreadableError
from zhiping.core.policybook.loading import Library, hash_of
from zhiping.core.policybook.replay import Cause, canonical, replay, snapshots_named
from zhiping.core.policybook.snapshots import snapshot_of
from zhiping.core.policybook.verdict import Waiver
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

sys.path.insert(0, str(Path(__file__).parent))
from table_cases import Edges

LAW = PolicyBook.load(policy_folder())
NOTHING = PolicyBook(Library())
SLOWLY = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def stored(verdict):
    """Return a verdict as it comes back from where it was kept: through text, the order of keys lost."""
    return json.loads(json.dumps(verdict.to_json(), ensure_ascii=False, sort_keys=True))


def kept_with(verdict):
    """Return the snapshots of a verdict's rules by address, as they come back from a database."""
    found = {one.basis.snapshot.address: one.basis.snapshot.to_json() for one in verdict.findings}
    return json.loads(json.dumps(found, ensure_ascii=False, sort_keys=True))


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
        found = replay(LAW, stored(verdict), kept_with(verdict))
        assert found.is_same_bytes
        assert found.is_same_bytes_now
        assert found.is_same_law
        assert found.is_same_outcome
        assert found.reasons == found.lost_waivers == found.missing == ()
        assert canonical(found.now.to_json()) == canonical(verdict.to_json())
        # By the snapshots alone, without any of today's rules:
        found = replay(NOTHING, stored(verdict), kept_with(verdict))
        assert found.is_same_bytes
        assert found.hindrance.code in {"policybook.fact_undeclared", "policybook.question_unknown"}

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
def then():
    return PolicyBook.load(TOY).judge("filing", FACTS, place=CITY, on=DAY)


@pytest.fixture
def replayed(then):
    """Judge the verdict of then again, by a book and by what was kept."""

    def again(book, verdict=then, **changed):
        found = replay(book, {**stored(verdict), **changed}, kept_with(verdict))
        assert found.missing == ()
        assert found.hindrance_then is None
        return found

    return again


def changed(tmp_path, path, *pairs):
    text = (TOY / path).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text, encoding="utf-8")
    return PolicyBook.read(TOY, draft=tmp_path)[0]


def test_another_value_of_a_parameter_is_named_with_both(replayed, tmp_path):
    book = changed(tmp_path, "parameters/filing.yaml", ("value: 300", "value: 320"), ("300人", "320人"))
    found = replayed(book)
    assert found.is_same_bytes
    assert found.again.outcome is found.before.outcome
    assert found.again.finding("REG-001").required == 300
    (reason,) = found.reasons
    assert (reason.rule, reason.cause) == ("REG-001", Cause.PARAMETER_CHANGED)
    assert (reason.before, reason.now) == (Outcome.PASS, Outcome.REFUSE)
    assert reason.version_before != reason.version_now
    (value,) = reason.values
    assert (value.parameter, value.before, value.now) == ("filing.headcount", 300, 320)
    assert not found.is_same_bytes_now
    assert not found.is_same_outcome
    assert not found.is_same_law
    assert found.now.finding("REG-001").required == 320


def test_another_wording_that_means_another_edge_is_another_version(replayed, tmp_path):
    book = changed(
        tmp_path,
        "parameters/filing.yaml",
        ("value: 300, wording: 300人以上", "value: 310, wording: 超过310人"),
    )
    found = replayed(book)
    (reason,) = found.reasons
    assert (reason.cause, reason.before, reason.now) == (
        Cause.PARAMETER_CHANGED,
        Outcome.PASS,
        Outcome.REFUSE,
    )
    (value,) = reason.values
    assert (value.wording_before, value.wording_now) == ("300人以上", "超过310人")
    assert found.is_same_bytes


def test_a_parameter_that_a_rule_did_not_reach_is_named_too(replayed, tmp_path):
    verdict = PolicyBook.load(TOY).judge("filing", {**FACTS, "is_branch": True}, place=CITY, on=DAY)
    book = changed(tmp_path, "parameters/filing.yaml", ("value: 300", "value: 320"), ("300人", "320人"))
    found = replayed(book, verdict)
    assert [(one.rule, one.cause) for one in found.reasons] == [("REG-001", Cause.PARAMETER_CHANGED)]


def test_another_condition_is_told_from_another_value(replayed, tmp_path):
    book = changed(
        tmp_path, "rules/registry/REG-003-registered.yaml", ('registered, is: "yes"', 'is_branch, is: "no"')
    )
    found = replayed(book)
    assert [(one.rule, one.cause) for one in found.reasons] == [("REG-003", Cause.CONDITION_CHANGED)]
    assert found.is_same_bytes
    limit = changed(
        tmp_path,
        "rules/registry/REG-003-registered.yaml",
        ('registered, is: "yes"', "headcount, is: at_least, value: 5"),
    )
    assert replayed(limit).reasons[0].cause is Cause.CONDITION_CHANGED


def test_a_rule_that_was_edited_and_tests_the_same_says_so(replayed, tmp_path):
    book = changed(tmp_path, "rules/registry/REG-003-registered.yaml", ("outcome: warn", "outcome: refuse"))
    found = replayed(book)
    (reason,) = found.reasons
    assert (reason.cause, reason.before, reason.now) == (Cause.RULE_CHANGED, Outcome.PASS, Outcome.PASS)
    assert found.is_same_bytes


def test_rules_that_come_and_go_are_named(replayed, tmp_path):
    gone = changed(tmp_path, "rules/registry/REG-003-registered.yaml", ("to: 2024-01-01", "to: 2020-01-01"))
    found = replayed(gone)
    (reason,) = found.reasons
    assert (reason.cause, reason.before, reason.now) == (Cause.RULE_GONE, Outcome.PASS, None)
    assert found.is_same_bytes
    found = replayed(PolicyBook.load(TOY), gone.judge("filing", FACTS, place=CITY, on=DAY))
    (reason,) = found.reasons
    # What no rule read then was not kept with the verdict: the new rule cannot be decided from it.
    assert (reason.cause, reason.before, reason.now) == (Cause.RULE_ADDED, None, Outcome.UNKNOWN)
    assert found.is_same_bytes


def test_a_rule_that_no_longer_stands_in_for_another_names_both(replayed, tmp_path):
    book = changed(tmp_path, "rules/registry/REG-001-headcount.yaml", ("replaces: [REG-002]\n", ""))
    causes = {one.rule: one.cause for one in replayed(book).reasons}
    assert causes == {"REG-001": Cause.RULE_CHANGED, "REG-002": Cause.RULE_ADDED}


def test_another_wording_of_a_clause_changes_the_bytes_and_not_the_law(replayed, tmp_path):
    text = (TOY / "documents/TA20.yaml").read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title:"))
    book = changed(tmp_path, "documents/TA20.yaml", (title, f"{title}（印发稿）"))
    found = replayed(book)
    assert {one.cause for one in found.reasons} == {Cause.WORDING_CHANGED}
    assert found.is_same_law
    assert found.is_same_outcome
    assert found.is_same_bytes
    assert not found.is_same_bytes_now


def test_another_title_is_no_new_version_and_the_old_title_is_found_again(replayed, tmp_path):
    book = changed(tmp_path, "rules/registry/REG-001-headcount.yaml", ("title: 参保职工人数", "title: 人数"))
    found = replayed(book)
    assert found.is_same_law
    assert found.is_same_bytes
    assert (found.again.finding("REG-001").title, found.now.finding("REG-001").title) == (
        "参保职工人数",
        "人数",
    )


def test_facts_that_cannot_be_read_any_more_hinder_only_the_verdict_of_today(replayed, tmp_path):
    book = changed(tmp_path, "facts.yaml", ("name: registered", "name: is_registered"))
    found = replayed(book)
    assert found.now is None
    assert found.hindrance.code == "policybook.fact_undeclared"
    assert found.hindrance.facts["fact"] == "registered"
    assert not found.is_same_law
    assert not found.is_same_outcome
    assert found.is_same_bytes


def test_where_no_rule_was_known_there_is_nothing_to_judge_by(replayed):
    verdict = PolicyBook.load(TOY).judge("filing", {}, place=CITY, on=date(1990, 1, 1))
    assert verdict.outcome is Outcome.NO_RULE_KNOWN
    assert replayed(PolicyBook.load(TOY), verdict).is_same_bytes


# what was not kept, or tampered with


def test_a_verdict_without_its_snapshots_is_judged_by_rules_that_are_still_the_same(then, tmp_path):
    assert replay(PolicyBook.load(TOY), stored(then), {}).is_same_bytes
    book = changed(tmp_path, "parameters/filing.yaml", ("value: 300", "value: 320"), ("300人", "320人"))
    found = replay(book, stored(then), {})
    assert found.missing == ("REG-001",)
    assert found.again is None
    assert not found.is_same_bytes
    assert [one.cause for one in found.reasons] == [Cause.NOT_KEPT]


def test_a_verdict_of_before_snapshots_were_kept_says_that_they_are_missing(then):
    old = stored(then)
    for one in old["findings"]:
        del one["snapshot"]
    found = replay(PolicyBook.load(TOY), old, kept_with(then))
    assert found.missing == tuple(one.rule for one in then.findings)
    assert found.is_same_law
    assert found.is_same_outcome
    assert found.before.to_json() == old


def test_a_verdict_that_was_tampered_with_is_not_the_same(then):
    spoilt = stored(then)
    spoilt["findings"][0]["message"] = "改过的话"
    found = replay(PolicyBook.load(TOY), spoilt, kept_with(then))
    assert not found.is_same_bytes
    assert [one.cause for one in found.reasons] == [Cause.WORDING_CHANGED]
    with pytest.raises(VerdictUnreadableError):
        replay(PolicyBook.load(TOY), {"question": "filing"}, {})


def test_a_snapshot_that_was_tampered_with_does_not_fit_its_address(then, tmp_path):
    book = changed(tmp_path, "parameters/filing.yaml", ("value: 300", "value: 320"), ("300人", "320人"))
    kept = kept_with(then)
    address = next(one.basis.snapshot.address for one in then.findings if one.rule == "REG-001")
    kept[address]["values"]["filing.headcount"]["value"] = 250
    with pytest.raises(SnapshotUnreadableError):
        snapshot_of(kept[address], address=address)
    found = replay(book, stored(then), kept)
    assert found.missing == ("REG-001",)
    assert found.hindrance_then.facts["address"] == address


@pytest.mark.parametrize("spoil", ["condition", "facts", "outcome"])
def test_a_snapshot_that_is_none_is_refused(then, spoil):
    content = {**next(iter(kept_with(then).values())), spoil: [1]}
    with pytest.raises(SnapshotUnreadableError):
        snapshot_of(content, address=hash_of(content))


def test_the_snapshots_of_a_verdict_are_named_once(then):
    assert set(snapshots_named(stored(then))) == set(kept_with(then))


@pytest.mark.parametrize("rule", LAW.rules.values(), ids=lambda rule: rule.id)
def test_every_rule_survives_being_kept(rule):
    for place in rule.where:
        made = LAW.snapshot(rule, place=place, on=rule.period.start)
        kept = json.loads(json.dumps(made.to_json(), ensure_ascii=False, sort_keys=True))
        again = snapshot_of(kept, address=made.address)
        assert again.to_json() == made.to_json()
        assert again.address == made.address


KEPT = (Path(__file__).parent / "kept" / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", KEPT, ids=lambda line: json.loads(line)["stored"]["question"])
def test_what_was_kept_once_is_judged_to_the_same_bytes_for_ever(line):
    """Verdicts and rules as they were kept in November 2026: never to be written anew."""
    kept = json.loads(line)
    found = replay(NOTHING, kept["stored"], kept["kept"])
    assert found.hindrance_then is None
    assert found.is_same_bytes


def test_a_waiver_that_nothing_needs_any_more_is_named(replayed, tmp_path):
    book = changed(
        tmp_path,
        "rules/registry/REG-001-headcount.yaml",
        ("may_be_waived: false", "may_be_waived: true"),
    )
    verdict = book.judge("filing", {**FACTS, "headcount": 250}, place=CITY, on=DAY)
    waived = verdict.with_waivers([Waiver(rule="REG-001", reason="试点", by="负责人", on=DAY)])
    assert replayed(book, waived).is_same_bytes_now
    found = replayed(PolicyBook.load(TOY), waived)
    assert found.is_same_bytes
    assert found.lost_waivers == ("REG-001",)
    assert not found.is_same_outcome
