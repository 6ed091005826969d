"""What all rules of a question say of a whole table of cases (成批判定)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # only the annotations need it: whoever judges single cases does not wait for its import
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableVerdict:
    """The outcome of every row, and every finding that somebody has to look at.

    `outcomes` holds one Outcome value for each row, in the order of the table. `findings` has the
    columns row (UInt32), rule and outcome (String): one line for every finding that is neither pass
    nor not applicable, nothing left out, ordered by rule, then by row. `rules` are the ids of the
    rules that were asked.
    """

    outcomes: "pl.Series"
    findings: "pl.DataFrame"
    rules: tuple[str, ...]
