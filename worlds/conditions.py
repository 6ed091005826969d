"""Conditions of entry (申报条件), read from `policy/` so that no number of a notice stands here."""

import csv
from dataclasses import dataclass
from pathlib import Path

from zhiping.kernel.resources import policy_folder

_NAME = Path("catalogues") / "entry_conditions.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of entry to a level."""

    id: str
    generation: str
    level: str
    min_age: int | None
    min_work_months: int | None
    prior_level: str | None
    months_since_prior: int | None
    education: tuple[str, ...]
    title: str | None
    months_since_title: int | None

    @property
    def suits_students(self) -> bool:
        """Tell whether somebody still at school can meet it."""
        return not self.min_work_months and not self.title and not self.months_since_prior


def load_conditions(policy: Path | None = None) -> tuple[Condition, ...]:
    """Return all conditions of entry in the file's order."""
    path = (policy or policy_folder()) / _NAME
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return tuple(_condition(row) for row in rows)


def _condition(row: dict[str, str]) -> Condition:
    education = row["education"]
    return Condition(
        id=row["condition"],
        generation=row["condition"].partition("/")[0],
        level=row["level"],
        min_age=_whole(row["min_age"]),
        min_work_months=_whole(row["min_work_months"]),
        prior_level=row["prior_level"] or None,
        months_since_prior=_whole(row["months_since_prior"]),
        education=tuple(education.split("|")) if education else (),
        title=row["title"] or None,
        months_since_title=_whole(row["months_since_title"]),
    )


def _whole(text: str) -> int | None:
    return int(text) if text else None
