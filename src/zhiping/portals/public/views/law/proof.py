"""Clauses with what carries them out and what proves it, for the pages (条款落实、验证)."""

import functools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import PolicyBook, Rule
from zhiping.core.policybook.coverage import CoverageRow
from zhiping.portals.console.proofs import judged_by
from zhiping.portals.console.waiting import WAITING
from zhiping.portals.public.tensions import Tension, tensions_of_clause
from zhiping.portals.public.views.law.pages import own_coverage, own_proofs
from zhiping.portals.public.words import CLAUSE_KINDS, TEST_KINDS, enforcer_word

STATES: Mapping[str, str] = {
    "done": "已落实",
    "part": "判定已落实，办理待建",
    "open": "待落实",
    "principle": "原则性条款",
}
"""How far a clause is carried out; in this order on the page's filter."""

TONES: Mapping[str, str] = {"done": "ok", "part": "info", "open": "warn", "principle": "neutral"}

_BEYOND_JUDGING = {"W", "D", "X"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What proves something, counted: the cases of one rule, the worlds of one screen, tests of one kind."""

    label: str
    count: int
    unit: str
    thing: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseLine:
    """One clause as tables show it."""

    row: CoverageRow
    kinds: str
    rules: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, str], ...]
    screens: tuple[tuple[str, str], ...]
    others: tuple[str, ...]
    state: str
    waits_for: tuple[str, str]
    proofs: tuple[Proof, ...]
    tensions: tuple[Tension, ...]

    @property
    def clause(self) -> object:
        """Return the clause itself."""
        return self.row.clause

    @property
    def binds(self) -> bool:
        """Tell whether it binds anybody."""
        return self.row.clause.binds

    @property
    def state_word(self) -> str:
        """Return how far it is carried out, in words."""
        return STATES[self.state]

    @property
    def tone(self) -> str:
        """Return the tone of that word."""
        return TONES[self.state]


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


def clause_lines() -> tuple[ClauseLine, ...]:
    """Return every clause of the book that is loaded, as tables show it."""
    return _lines_of(law())


@functools.lru_cache(maxsize=2)
def _lines_of(book: PolicyBook) -> tuple[ClauseLine, ...]:
    return tuple(_line(book, row) for row in own_coverage().rows)


def _line(book: PolicyBook, row: CoverageRow) -> ClauseLine:
    state = state_of(row)
    waiting = WAITING.get(row.clause.id) if state == "open" else None
    return ClauseLine(
        row=row,
        kinds="、".join(CLAUSE_KINDS[kind] for kind in row.clause.kinds),
        rules=tuple((one, book.rules[one].title) for one in row.rules),
        parameters=tuple((one, book.parameters[one].label) for one in row.parameters),
        screens=tuple((one, book.screens[one].title) for one in row.screens),
        others=tuple(dict.fromkeys(enforcer_word(one) for one in row.others)),
        state=state,
        waits_for=(waiting.app_label, waiting.missing) if waiting else ("", ""),
        proofs=counted(own_proofs().get(row.clause.id, ())) if row.is_covered else (),
        tensions=tensions_of_clause(row.clause.id),
    )


def counted(written: Iterable[str]) -> tuple[Proof, ...]:
    """Return proofs as `zhiping policy coverage` writes them, counted: by rule, screen, kind of test."""
    cases: dict[str, int] = {}
    worlds: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    for one in dict.fromkeys(written):
        kind, _, name = one.partition(" ")
        if kind == "case":
            rule, _, count = name.partition(" ")
            cases[rule] = int(count[1:-1])
        elif kind == "world":
            worlds[name.partition("/")[0]] += 1
        else:
            tests[TEST_KINDS.get(name.partition("/")[0], "其他测试")] += 1
    return (
        *(
            Proof(label="案例", thing=one, count=count, unit="个", url=f"{_at('rule', one)}#cases")
            for one, count in cases.items()
        ),
        *(
            Proof(label="微型数据", thing=one, count=count, unit="组", url=_at("screen", one))
            for one, count in worlds.items()
        ),
        *(Proof(label=one, count=tests[one], unit="项") for one in sorted(tests)),
    )


def _at(page: str, key: str) -> str:
    return reverse(f"public:policy-{page}", args=[key])


def rule_proofs(rule: Rule) -> tuple[Proof, ...]:
    """Return the tests that judge by a rule, and those that prove one of its clauses, counted by kind."""
    of_clauses = (one for clause in rule.clauses for one in own_proofs().get(clause, ()))
    tests = (one for one in of_clauses if one.startswith("test "))
    return counted([*_judged_by(law()).get(rule.id, ()), *tests])


@functools.lru_cache(maxsize=2)
def _judged_by(book: PolicyBook) -> Mapping[str, tuple[str, ...]]:
    return judged_by(book)


def screen_proofs(screen: str, clauses: Iterable[str]) -> tuple[Proof, ...]:
    """Return the worlds on which a screen is tried, counted."""
    every = (one for clause in clauses for one in own_proofs().get(clause, ()))
    return counted(one for one in every if one.startswith(f"world {screen}/"))
