"""Entry conditions (申报条件) as a clerk chooses among them."""

from zhiping.apps.reference.queries import law
from zhiping.core.policybook.catalogues import ENTRY_CONDITIONS


def conditions_for(level: str, generation: str | None) -> list[tuple[str, str]]:
    """Return the conditions of a level as (id, words), of one generation of rules or of both."""
    book = law()
    rows = book.catalogue(ENTRY_CONDITIONS).rows
    return [
        (row["condition"], f"{row['condition'].partition('/')[2]}　{book.clauses[row['clause']].summary}")
        for row in rows
        if row["level"] == level and (generation is None or row["condition"].startswith(f"{generation}/"))
    ]
