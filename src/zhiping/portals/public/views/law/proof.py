"""Clauses with what enforces and what proves them, for the pages (条款落实、验证)."""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.urls import reverse

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import Rule
from zhiping.core.policybook.coverage import CoverageRow
from zhiping.portals.console.waiting import WAITING, Waiting
from zhiping.portals.public.words import CLAUSE_KINDS, enforcer_word

STATES: Mapping[str, str] = {
    "done": "已落实",
    "part": "判定已落实，办理待建",
    "open": "待落实",
    "principle": "原则性条款",
}
"""How far a clause is carried out; in this order on the page's filter."""

TONES: Mapping[str, str] = {"done": "ok", "part": "info", "open": "warn", "principle": "neutral"}

_BEYOND_JUDGING = {"W", "D", "X"}
_RULE_ID = re.compile(r"\b[A-Z]{3}-\d{3}\b")
_TESTS = Path(__file__).resolve().parents[6] / "tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One thing that proves a clause: the cases of a rule, a screen's tiny world, a test."""

    kind: str
    label: str
    url: str = ""
    count: int = 1

    @classmethod
    def read(cls, written: str) -> "Proof":
        """Read one from the form in which `zhiping policy coverage` writes it."""
        kind, _, name = written.partition(" ")
        if kind == "case":
            rule, _, count = name.partition(" ")
            return cls(
                kind=kind, label=rule, url=reverse("public:policy-rule", args=[rule]), count=int(count[1:-1])
            )
        if kind == "world":
            screen, _, _ = name.partition("/")
            return cls(kind=kind, label=name, url=reverse("public:policy-screen", args=[screen]))
        return cls(kind=kind, label=name)


def state_of(row: CoverageRow) -> str:
    """Return how far a clause is carried out.

    "part": a rule or a number stands for it, but it also asks for a workflow, a publication or an exchange
    that no action and no page declares.
    """
    if not row.clause.binds:
        return "principle"
    if row.is_open:
        return "open"
    return "part" if _BEYOND_JUDGING & set(row.clause.kinds) and not row.others else "done"


def coverage_line(row: CoverageRow, proved: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    """Return one clause as tables show it."""
    book = law()
    state = state_of(row)
    tried = [Proof.read(one) for one in proved.get(row.clause.id, ())]
    return {
        "clause": row.clause,
        "kinds": "、".join(CLAUSE_KINDS[kind] for kind in row.clause.kinds),
        "rules": [(one, book.rules[one].title) for one in row.rules],
        "parameters": [(one, book.parameters[one].label) for one in row.parameters],
        "screens": [(one, book.screens[one].title) for one in row.screens],
        "others": list(dict.fromkeys(enforcer_word(one) for one in row.others)),
        "is_open": row.is_open,
        "binds": row.clause.binds,
        "state": state,
        "state_word": STATES[state],
        "tone": TONES[state],
        "waits_for": _waiting(row.clause.id) if state == "open" else None,
        "proofs": tried if row.is_covered else [],
        "proved_by": summary(tried),
    }


def _waiting(clause: str) -> Waiting | None:
    return WAITING.get(clause)


def summary(tried: Iterable[Proof]) -> str:
    """Return in a few words what proves a clause: 案例 26 个、微型数据 1 组、测试 3 项."""
    counts = {"case": 0, "world": 0, "test": 0}
    for one in tried:
        counts[one.kind] += one.count
    words = (("case", "案例 {} 个"), ("world", "微型数据 {} 组"), ("test", "测试 {} 项"))
    return "、".join(word.format(counts[kind]) for kind, word in words if counts[kind])


def rule_proofs(rule: Rule, proved: Mapping[str, tuple[str, ...]]) -> list[Proof]:
    """Return the tests that name a rule, then those that name one of its clauses, without doubles."""
    named = [Proof(kind="test", label=one) for one in _tests_naming_rules().get(rule.id, ())]
    of_clauses = (Proof.read(one) for clause in rule.clauses for one in proved.get(clause, ()))
    tests = [one for one in of_clauses if one.kind == "test"]
    worlds = sorted(
        {Proof.read(one) for clause in rule.clauses for one in proved.get(clause, ()) if one[:5] == "world"},
        key=lambda one: one.label,
    )
    return [*dict.fromkeys([*named, *tests]), *worlds]


@functools.cache
def _tests_naming_rules() -> Mapping[str, tuple[str, ...]]:
    """Return rule → the files of tests that name it; none where the tests are not installed."""
    found: dict[str, dict[str, None]] = {}
    for path in sorted(_TESTS.rglob("test_*.py")) if _TESTS.is_dir() else ():
        for rule in _RULE_ID.findall(path.read_text(encoding="utf-8")):
            found.setdefault(rule, {})[path.relative_to(_TESTS).as_posix()] = None
    return {rule: tuple(files) for rule, files in found.items()}
