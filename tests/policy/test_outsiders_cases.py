"""The law asked by an outsider: answers written from the five texts alone, before the book was asked.

Each case of `outsiders_cases.yaml` names place, day, question and facts, the outcome that the text gives
and the clauses that the answer must cite for it. What binds elsewhere, or on other days, is cited nowhere.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import yaml

from zhiping.core.policybook import Finding, Outcome, PolicyBook, Verdict
from zhiping.core.policybook.penalty import judge_penalty
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

BOOK = PolicyBook.load(policy_folder())
HELD = frozenset({"GD18", "JL17", "LN24", "WH21", "FS20"})
NOT_REFUSED = "not_refused"
KEYS = frozenset(
    {
        *("id", "question", "place", "day", "conduct", "base", "facts", "without"),
        *("expect", "cites", "notes", "earlier", "later", "waivable", "applies", "owed", "why"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsidersCase:
    """One case as the outsider wrote it; `cites` are the clauses that carry the outcome."""

    id: str
    question: str
    place: Place
    on: date
    facts: Mapping[str, object]
    expect: str
    why: str
    cites: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    earlier: bool = False
    later: bool = False
    waivable: bool = False
    conduct: date | None = None
    applies: str | None = None
    owed: tuple[str, ...] | None = None
    unknown_keys: frozenset[str] = field(default_factory=frozenset)


def _cases() -> list[OutsidersCase]:
    written = yaml.safe_load((Path(__file__).parent / "outsiders_cases.yaml").read_text(encoding="utf-8"))
    bases = written["bases"]

    def read(one: dict[str, object]) -> OutsidersCase:
        facts = dict(bases[one["base"]]) if "base" in one else {}
        facts.update(one.get("facts", {}))
        for name in one.get("without", []):
            del facts[name]
        return OutsidersCase(
            id=one["id"],
            question=one["question"],
            place=Place(one["place"]),
            on=one["day"],
            facts=facts,
            expect=one["expect"],
            why=one["why"],
            cites=tuple(one.get("cites", ())),
            notes=tuple(one.get("notes", ())),
            earlier=one.get("earlier", False),
            later=one.get("later", False),
            waivable=one.get("waivable", False),
            conduct=one.get("conduct"),
            applies=one.get("applies"),
            owed=tuple(one["owed"]) if "owed" in one else None,
            unknown_keys=frozenset(one) - KEYS,
        )

    return [read(one) for one in written["cases"]]


CASES = _cases()


def _cited(findings: tuple[Finding, ...]) -> set[str]:
    return {citation.clause for finding in findings for citation in finding.citations}


def _carrying(verdict: Verdict, expect: str) -> tuple[Finding, ...]:
    """Return the findings that the expected outcome rests on."""
    if expect != NOT_REFUSED:
        return verdict.of(Outcome(expect))
    return tuple(one for one in verdict.findings if one.outcome in {Outcome.PASS, Outcome.WARN, Outcome.NOTE})


def _said(verdict: Verdict) -> str:
    lines = [
        f"{one.rule} {one.outcome.value}: {one.message} {sorted(_cited((one,)))}" for one in verdict.findings
    ]
    return f"{verdict.outcome.value}\n" + "\n".join(lines)


def _ask(case: OutsidersCase) -> Verdict:
    return BOOK.judge(case.question, BOOK.read_facts(case.facts), place=case.place, on=case.on)


@pytest.mark.parametrize("case", [one for one in CASES if one.conduct is None], ids=lambda case: case.id)
def test_the_book_answers_as_the_text_does(case):
    verdict = _ask(case)
    if case.expect == NOT_REFUSED:
        assert verdict.outcome not in {Outcome.REFUSE, Outcome.UNKNOWN}, f"{case.why}\n{_said(verdict)}"
    else:
        assert verdict.outcome is Outcome(case.expect), f"{case.why}\n{_said(verdict)}"
    missed = set(case.cites) - _cited(_carrying(verdict, case.expect))
    assert not missed, f"not cited: {sorted(missed)}\n{_said(verdict)}"
    assert set(case.notes) <= _cited(verdict.of(Outcome.NOTE))
    assert not case.earlier or any(one.end is not None and one.end <= case.on for one in verdict.earlier)
    assert not case.later or any(one.start > case.on for one in verdict.later)
    if case.waivable:
        assert all(one.may_be_waived for one in verdict.of(Outcome.REFUSE)), _said(verdict)


@pytest.mark.parametrize("case", [one for one in CASES if one.conduct is not None], ids=lambda case: case.id)
def test_of_two_days_the_milder_applies(case):
    found = judge_penalty(
        BOOK,
        case.question,
        BOOK.read_facts(case.facts),
        place=case.place,
        conduct_on=case.conduct,
        decision_on=case.on,
    )
    assert found.applies is not None
    assert found.applies.value == case.applies, case.why
    assert found.outcome is Outcome(case.expect), case.why
    assert set(case.cites) <= _cited(_carrying(found.verdict, case.expect))
    assert case.owed is None or set(found.owed) == set(case.owed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_no_answer_cites_what_does_not_bind_there_and_then(case):
    for clause in _cited(_ask(case).findings):
        name = clause.split("-")[0]
        if name not in HELD:
            continue
        document = BOOK.documents[name]
        assert document.place.contains(case.place), f"{clause} does not bind in {case.place.code}"
        assert document.in_force.start <= case.on, f"{clause} is not yet in force"
        assert document.in_force.end is None or case.on < document.in_force.end, f"{clause} has lapsed"


def test_the_cases_are_well_formed():
    assert not [one.id for one in CASES if one.unknown_keys]
    assert not [name for name, count in Counter(one.id for one in CASES).items() if count > 1]
    assert all(one.question in BOOK.questions for one in CASES)
    assert not {clause for one in CASES for clause in one.cites} - set(BOOK.clauses)
    assert not [one.id for one in CASES if one.expect in {"pass", "refuse"} and not one.cites]
