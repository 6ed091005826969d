"""Clause coverage (条款覆盖): which clause is enforced by what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhiping.core.policybook.book import PolicyBook
from zhiping.core.policybook.errors import PolicyInvalidError
from zhiping.core.policybook.model import Clause
from zhiping.core.policybook.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """One clause and everything that enforces it."""

    clause: Clause
    rules: tuple[str, ...]
    parameters: tuple[str, ...]
    screens: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def is_covered(self) -> bool:
        """Tell whether anything enforces it."""
        return bool(self.rules or self.parameters or self.screens or self.others)

    @property
    def is_open(self) -> bool:
        """Tell whether it binds and nothing enforces it: a defect."""
        return self.clause.binds and not self.is_covered

    def to_json(self) -> dict[str, object]:
        """Return the row under its stable keys."""
        return {
            "clause": self.clause.id,
            "document": self.clause.document,
            "where": self.clause.where,
            "summary": self.clause.summary,
            "kinds": list(self.clause.kinds),
            "rules": list(self.rules),
            "parameters": list(self.parameters),
            "screens": list(self.screens),
            "others": list(self.others),
            "open": self.is_open,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All clauses with what enforces them."""

    rows: tuple[CoverageRow, ...]

    @property
    def open(self) -> tuple[CoverageRow, ...]:
        """Return the binding clauses that nothing enforces."""
        return tuple(row for row in self.rows if row.is_open)

    @property
    def binding(self) -> tuple[CoverageRow, ...]:
        """Return the clauses that bind."""
        return tuple(row for row in self.rows if row.clause.binds)

    def to_json(self) -> dict[str, object]:
        """Return the table under its stable keys."""
        return {
            "clauses": len(self.rows),
            "binding": len(self.binding),
            "covered": len(self.binding) - len(self.open),
            "open": [row.clause.id for row in self.open],
            "rows": [row.to_json() for row in self.rows],
        }


def coverage(book: PolicyBook, enforcers: Mapping[str, Iterable[str]] | None = None) -> Coverage:
    """Return, for each clause, the rules, parameters, screens and other enforcers beside it.

    `enforcers` maps the name of an action, page or report ("registry.accept_filing") to the clauses
    that it declares. Drafted rules enforce nothing.

    Refuses:
        PolicyInvalidError: an enforcer declares a clause that no document has.
    """
    given = {name: tuple(clauses) for name, clauses in (enforcers or {}).items()}
    _refuse_unknown(book, given)
    by_rule = _turned({rule.id: rule.clauses for rule in book.rules.values() if rule.judges})
    by_parameter = _turned(
        {one.id: tuple(value.clause for value in one.values) for one in book.parameters.values()}
    )
    by_screen = _turned({screen.id: screen.clauses for screen in book.screens.values()})
    by_other = _turned(given)
    return Coverage(
        rows=tuple(
            CoverageRow(
                clause=clause,
                rules=by_rule[clause.id],
                parameters=by_parameter[clause.id],
                screens=by_screen[clause.id],
                others=by_other[clause.id],
            )
            for clause in book.clauses.values()
        )
    )


def _turned(things: Mapping[str, tuple[str, ...]]) -> defaultdict[str, tuple[str, ...]]:
    """Return clause → names from name → clauses."""
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for name in sorted(things):
        for clause in dict.fromkeys(things[name]):
            found[clause] += (name,)
    return found


def _refuse_unknown(book: PolicyBook, enforcers: Mapping[str, tuple[str, ...]]) -> None:
    problems = tuple(
        Problem(file=name, line=0, id=name, code="clause_unknown", facts={"clause": clause})
        for name, clauses in sorted(enforcers.items())
        for clause in clauses
        if clause not in book.clauses
    )
    if problems:
        raise PolicyInvalidError(problems=problems)
