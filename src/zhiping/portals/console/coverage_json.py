"""Coverage under its stable keys, the same for the command line and for the public page."""

from collections.abc import Mapping

from zhiping.core.policybook.coverage import Coverage


def coverage_json(table: Coverage, proved: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    """Return the table as JSON can carry it, with what proves each clause beside it."""
    rows = [{**row.to_json(), "proofs": list(proved.get(row.clause.id, ()))} for row in table.rows]
    return {**table.to_json(), "rows": rows}
