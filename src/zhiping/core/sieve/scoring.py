"""Score findings against a truth table (查准率与查全率)."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from zhiping.core.sieve.errors import TruthUnreadableError

_COLUMNS = ("screen_id", "key", "is_violation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one screen, or all together (`screen_id` is "all"), did against the truth."""

    screen_id: str
    found: int
    planted: int
    found_rightly: int
    missed: tuple[str, ...]
    accused_wrongly: tuple[str, ...]

    @property
    def precision(self) -> float:
        """Return which part of what was found is a violation (1 when nothing was found)."""
        return self.found_rightly / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return which part of the violations was found (1 when there is none)."""
        return self.found_rightly / self.planted if self.planted else 1.0

    @property
    def is_perfect(self) -> bool:
        """Tell whether exactly the truth was found."""
        return self.found == self.planted == self.found_rightly


def read_truth(file: Path) -> pl.DataFrame:
    """Read a truth table: screen_id, key (parts joined by an upright line), is_violation and a note.

    Refuses:
        TruthUnreadableError: it cannot be read or lacks one of its columns.
    """
    try:
        truth = pl.read_csv(file, infer_schema=False) if file.suffix == ".csv" else pl.read_parquet(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise TruthUnreadableError(file=str(file), missing="") from error
    missing = [name for name in _COLUMNS if name not in truth.columns]
    if missing:
        raise TruthUnreadableError(file=str(file), missing="、".join(missing))
    if truth.schema["is_violation"] != pl.Boolean:
        truth = truth.with_columns(
            pl.col("is_violation").cast(pl.String).str.to_lowercase().is_in(["true", "1"])
        )
    return truth


def scored(
    findings: pl.DataFrame, truth: pl.DataFrame, *, screens_that_ran: tuple[str, ...]
) -> tuple[Score, ...]:
    """Return the score of each screen that ran and, last, of all together."""
    planted = truth.filter(pl.col("is_violation"))
    by_screen = []
    for screen_id in screens_that_ran:
        found_keys = set(findings.filter(pl.col("screen_id") == screen_id)["key"].to_list())
        true_keys = set(planted.filter(pl.col("screen_id") == screen_id)["key"].to_list())
        by_screen.append(
            Score(
                screen_id=screen_id,
                found=len(found_keys),
                planted=len(true_keys),
                found_rightly=len(found_keys & true_keys),
                missed=tuple(sorted(true_keys - found_keys)),
                accused_wrongly=tuple(sorted(found_keys - true_keys)),
            )
        )
    everything = Score(
        screen_id="all",
        found=sum(score.found for score in by_screen),
        planted=sum(score.planted for score in by_screen),
        found_rightly=sum(score.found_rightly for score in by_screen),
        missed=tuple(key for score in by_screen for key in score.missed),
        accused_wrongly=tuple(key for score in by_screen for key in score.accused_wrongly),
    )
    return (*by_screen, everything)
