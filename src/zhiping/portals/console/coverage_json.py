"""Coverage of the book that is loaded, and its stable keys: one for command line, desk and public page."""

import functools
from collections.abc import Mapping
from pathlib import Path

from zhiping.core.policybook import PolicyBook
from zhiping.core.policybook.coverage import Coverage
from zhiping.core.policybook.coverage import coverage as clause_coverage
from zhiping.portals.console.enforcers import enforcers
from zhiping.portals.console.proofs import proofs


@functools.lru_cache(maxsize=2)
def coverage_of(book: PolicyBook) -> Coverage:
    """Return what carries out each clause; declared clauses that the book does not have are left out."""
    known = book.clauses.keys()
    declared = {name: [one for one in clauses if one in known] for name, clauses in enforcers().items()}
    return clause_coverage(book, declared)


@functools.lru_cache(maxsize=2)
def proofs_of(book: PolicyBook, policy: Path) -> Mapping[str, tuple[str, ...]]:
    """Return what proves each clause; read once, since the tests' texts do not change while we run."""
    return proofs(book, policy=policy)


def coverage_json(table: Coverage, proved: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    """Return the table as JSON can carry it, with what proves each clause beside it."""
    rows = [{**row.to_json(), "proofs": list(proved.get(row.clause.id, ()))} for row in table.rows]
    return {**table.to_json(), "rows": rows}
