"""The labelled lists: every example, and the figures that the product promises."""

import sys
from collections import Counter

import pytest

from zhiping.core.wording import RevivalGuard, guard_in_force
from zhiping.core.wording.errors import ExampleUnreadableError
from zhiping.core.wording.guard import WordingOutcome
from zhiping.core.wording.measure import (
    ExampleSet,
    Judged,
    example_items,
    judged_name,
    judged_text,
    measure,
    rates,
    revival_examples,
    wording_examples,
)
from zhiping.core.wording.rules import TextKind

ENOUGH = 0.98
TEXTS, NAMES = wording_examples(), revival_examples()
GUARD = guard_in_force()
REVIVAL = RevivalGuard(example_items(NAMES))


@pytest.mark.parametrize("example", TEXTS, ids=lambda one: f"line-{one.line}")
def test_a_labelled_text_comes_out_as_labelled(example):
    assert judged_text(GUARD, example).mistake is None, example.why


# The label says 物业管理师 with a filler; the guard says 项目管理师 with one: a mistake of the item.
AMBIGUOUS = {"物业项目管理师"}


@pytest.mark.parametrize("example", NAMES, ids=lambda one: f"line-{one.line}")
def test_a_labelled_name_comes_out_as_labelled(example):
    judged = judged_name(REVIVAL, example)
    assert judged.is_flagged is example.is_revival, example.why
    assert (judged.mistake is None) is (example.name not in AMBIGUOUS)


@pytest.fixture(scope="module")
def figures():
    return measure()


def test_the_figures_hold_over_all_and_are_printed(figures, capsys):
    for title, of_sets in (("wording", figures.wording), ("revival", figures.revival)):
        for name, one in of_sets.items():
            with capsys.disabled():
                sys.stdout.write(
                    f"\n{title} {name}: {one.examples} examples, "
                    f"precision {one.precision:.3f}, recall {one.recall:.3f}"
                )
            assert min(one.precision, one.recall) >= ENOUGH, (title, name)
        assert of_sets["all"].examples == of_sets["tuning"].examples + of_sets["held_out"].examples


def test_the_lists_are_large_and_half_is_held_out():
    assert len(TEXTS) >= 200
    assert len(NAMES) >= 150
    for examples in (TEXTS, NAMES):
        held_out = sum(one.set is ExampleSet.HELD_OUT for one in examples)
        assert held_out >= len(examples) / 2
        keys = Counter(
            repr((one.text, one.kind, one.place, one.on, one.certificate, one.registered_names))
            if examples is TEXTS
            else one.name
            for one in examples
        )
        assert [key for key, count in keys.items() if count > 1] == []


def test_innocent_texts_are_plenty_and_every_kind_and_outcome_is_there():
    for one in ExampleSet:
        of_set = [example for example in TEXTS if example.set is one]
        assert sum(example.outcome is WordingOutcome.LAWFUL for example in of_set) >= len(of_set) / 4
        assert {example.kind for example in of_set} == set(TextKind)
        assert {example.outcome for example in of_set} == set(WordingOutcome)


def test_rates_are_counted_as_they_are_defined():
    def judged(should, flagged):
        return Judged(set=ExampleSet.TUNING, should_flag=should, is_flagged=flagged, mistake=None)

    counted = rates(
        [judged(True, True)] * 6
        + [judged(False, True)] * 2
        + [judged(True, False)] * 3
        + [judged(False, False)]
    )
    assert (counted.precision, counted.recall, counted.examples) == (0.75, pytest.approx(2 / 3), 12)
    nothing = rates([])
    assert (nothing.precision, nothing.recall) == (1.0, 1.0)


def test_a_guard_that_knows_nothing_scores_nothing():
    """The figures can fail: without rules every example that should be flagged is missed."""
    from zhiping.core.wording import Guard

    counted = rates(judged_text(Guard([]), one) for one in TEXTS)
    assert counted.recall == 0
    assert counted.misses > 150


def test_a_wrong_row_is_refused_and_named(monkeypatch):
    monkeypatch.setattr(
        "zhiping.core.wording.measure.read_rows", lambda _file: [{"name": "甲", "is_revival": "perhaps"}]
    )
    with pytest.raises(ExampleUnreadableError) as refusal:
        revival_examples()
    assert refusal.value.facts["line"] == 2
    with pytest.raises(ExampleUnreadableError):
        wording_examples()
