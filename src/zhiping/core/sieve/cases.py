"""The tiny worlds of a screen (筛查规则的样例): what it must hit and what it must spare.

`cases/<world>/` holds the tables the screen looks at as CSV, the parameters and entry conditions it needs,
and `expected.yaml` with the place, the day, the hits with their reasons, and near misses that must be spared.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from zhiping.core.sieve.findings import key_text
from zhiping.core.sieve.parameters import ParameterRow
from zhiping.core.sieve.reading import read_folder
from zhiping.core.sieve.running import RunReport, run_screens
from zhiping.core.sieve.screen import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One tiny world: its folder, its scope, and what is expected of the screen there."""

    folder: Path
    place: str
    as_of: date
    hits: Mapping[str, str]
    spares: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What a screen did in a tiny world, against what was expected; keys parts joined by an upright line."""

    missed: tuple[str, ...]
    accused_wrongly: tuple[str, ...]
    wrong_reason: tuple[str, ...]
    spares_not_in_world: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Tell whether everything was as expected."""
        return not (self.missed or self.accused_wrongly or self.wrong_reason or self.spares_not_in_world)


def load_cases(screen: Screen) -> tuple[Case, ...]:
    """Return the tiny worlds of a screen, in order of name."""
    return tuple(_case(file) for file in sorted(screen.folder.glob("cases/*/expected.yaml")))


def _case(file: Path) -> Case:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Case(
        folder=file.parent,
        place=content["place"],
        as_of=content["as_of"],
        hits={key_text(hit["key"]): hit["reason"] for hit in content["hits"]},
        spares={key_text(spare["key"]): spare["because"] for spare in content["spares"]},
    )


def run_case(screen: Screen, case: Case) -> RunReport:
    """Run a screen in one of its tiny worlds."""
    conditions = _rows(case.folder / "entry_conditions.csv")
    with read_folder(case.folder) as snapshot:
        return run_screens(
            snapshot,
            [screen],
            parameters=parameter_rows(case.folder / "parameters.csv"),
            entry_conditions=conditions or None,
            place=case.place,
            as_of=case.as_of,
        )


def try_case(screen: Screen, case: Case) -> CaseResult:
    """Run a screen in one of its tiny worlds and compare with what is expected."""
    found = {
        str(key): str(reason)
        for key, reason in run_case(screen, case).findings().select("key", "reason").iter_rows()
    }
    in_world = _values(case.folder)
    return CaseResult(
        missed=tuple(sorted(case.hits.keys() - found.keys())),
        accused_wrongly=tuple(sorted(found.keys() - case.hits.keys())),
        wrong_reason=tuple(
            sorted(key for key, reason in found.items() if case.hits.get(key, reason) != reason)
        ),
        # A near miss with a misspelt key would be spared for nothing.
        spares_not_in_world=tuple(
            sorted(key for key in case.spares if not _stands_in(key, in_world, screen.reasons))
        ),
    )


def _stands_in(key: str, in_world: set[str], reasons: Mapping[str, str]) -> bool:
    return all(part in in_world or part in reasons or part == "-" for part in key.split("|"))


def _values(folder: Path) -> set[str]:
    return {value for file in folder.glob("*.csv") for row in _rows(file) for value in row.values() if value}


def _rows(file: Path) -> list[dict[str, str | None]]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return [{name: value or None for name, value in row.items()} for row in csv.DictReader(stream)]


def parameter_rows(file: Path) -> Sequence[ParameterRow]:
    """Read rows of parameters from a CSV file in the form of the contract's `parameters` table."""
    return [
        ParameterRow(
            key=str(row["key"]),
            place=str(row["place"]),
            valid_from=date.fromisoformat(str(row["valid_from"])),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            value=int(str(row["value"])),
            clause=str(row["clause"]),
        )
        for row in _rows(file)
    ]
