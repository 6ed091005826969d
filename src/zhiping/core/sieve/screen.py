"""Screens (筛查规则): one folder each with a header, one query and a tiny world of cases."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, cast

import yaml

from zhiping.core.sieve.contract import Table
from zhiping.core.sieve.dialect import PLACE_CHAIN, Fault, faults, output_columns, parameter_table
from zhiping.core.sieve.errors import ScreensBrokenError, ScreenUnknownError
from zhiping.core.sieve.snapshot import ALL_TABLES

SEVERITIES = ("high", "medium", "low")
STATUSES = ("trial", "in_use", "retired")

_ID = re.compile(r"SCR-\d{3}\Z")
_CLAUSE = re.compile(r"[A-Z]+\d*(-[0-9A-Za-z.]+)+\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One screen: what it looks at, on what clauses, how its hits are told apart, how it may be wrong."""

    id: str
    title: str
    looks_at: tuple[str, ...]
    clauses: tuple[str, ...]
    severity: str
    parameters: Mapping[str, str]
    may_be_unknown: tuple[str, ...]
    key: tuple[str, ...]
    body_column: str
    place_column: str
    day_column: str
    evidence: Mapping[str, str]
    reasons: Mapping[str, str]
    explains_itself_wrongly_when: tuple[str, ...]
    routes_to: str
    status: str
    promoted: Mapping[str, str] | None
    query: str
    folder: Path

    @property
    def tables(self) -> Mapping[str, Table]:
        """Return every table that the query may name."""
        known = {name: ALL_TABLES[name] for name in self.looks_at}
        own = [parameter_table(name) for name in self.parameters]
        return known | {table.name: table for table in (*own, PLACE_CHAIN)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenProblem:
    """One thing that is wrong with a screen's files."""

    code: str
    file: str
    line: int
    found: str


def load_screens(folder: Path, *, only: Sequence[str] = ()) -> tuple[Screen, ...]:
    """Load every screen of a folder, in order of id; retired ones only when asked for by id.

    Refuses:
        ScreensBrokenError: with every problem of every screen at once.
        ScreenUnknownError: an id in `only` that the folder does not hold.
    """
    problems: list[ScreenProblem] = []
    screens: list[Screen] = []
    for header in sorted(folder.glob("*/screen.yaml")):
        screen = _load(header, problems)
        if screen is not None:
            screens.append(screen)
    screens.sort(key=lambda screen: screen.id)
    problems += [
        _problem("id_twice", later.folder / "screen.yaml", later.id)
        for earlier, later in pairwise(screens)
        if earlier.id == later.id
    ]
    if problems:
        raise ScreensBrokenError(problems=tuple(problems))
    for wanted in only:
        if wanted not in {screen.id for screen in screens}:
            raise ScreenUnknownError(screen=wanted, folder=str(folder))
    return tuple(screen for screen in screens if (screen.id in only if only else screen.status != "retired"))


def _problem(code: str, file: Path, found: str, line: int = 1) -> ScreenProblem:
    return ScreenProblem(code=code, file=f"{file.parent.name}/{file.name}", line=line, found=found)


class _StrictLoader(yaml.SafeLoader):
    """Reads YAML without its traps: a key twice is an error."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[object, object]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key twice: {key}", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)

_FIELDS: Final[Mapping[str, type]] = {
    "id": str,
    "title": str,
    "looks_at": list,
    "clauses": list,
    "severity": str,
    "parameters": dict,
    "may_be_unknown": list,
    "key": list,
    "body_column": str,
    "place_column": str,
    "day_column": str,
    "evidence": dict,
    "reasons": dict,
    "explains_itself_wrongly_when": list,
    "routes_to": str,
    "status": str,
}
_ALL_FIELDS = frozenset({*_FIELDS, "promoted"})


def _load(file: Path, problems: list[ScreenProblem]) -> Screen | None:
    before = len(problems)
    try:
        header = yaml.load(file.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
        query = (file.parent / "query.sql").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problems.append(_problem("unreadable", file, " ".join(str(error).split())[:200]))
        return None
    problems += _shape(file, header)
    if len(problems) > before:
        return None
    screen = _screen(cast("Mapping[str, object]", header), query, file.parent)
    problems += _meaning(file, screen)
    if len(problems) == before:
        problems += _query_problems(file.parent / "query.sql", screen)
    return screen


def _shape(file: Path, header: object) -> list[ScreenProblem]:
    if not isinstance(header, dict):
        return [_problem("not_a_mapping", file, str(header)[:80])]
    found = [
        _problem("field_unknown", file, str(name)) for name in sorted(map(str, header.keys() - _ALL_FIELDS))
    ]
    for name, kind in _FIELDS.items():
        value = header.get(name)
        if name not in header:
            found.append(_problem("field_absent", file, name))
        elif not isinstance(value, kind) or not all(isinstance(part, str) for part in _parts(value)):
            found.append(_problem("field_type", file, f"{name}: {value!r}"))
    return found


def _parts(value: object) -> list[object]:
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    return value if isinstance(value, list) else [value]


def _screen(header: Mapping[str, object], query: str, folder: Path) -> Screen:
    texts = {name: cast("str", header[name]) for name, kind in _FIELDS.items() if kind is str}
    lists = {name: tuple(cast("list[str]", header[name])) for name, kind in _FIELDS.items() if kind is list}
    maps = {name: cast("dict[str, str]", header[name]) for name, kind in _FIELDS.items() if kind is dict}
    return Screen(
        id=texts["id"],
        title=texts["title"],
        looks_at=lists["looks_at"],
        clauses=lists["clauses"],
        severity=texts["severity"],
        parameters=maps["parameters"],
        may_be_unknown=lists["may_be_unknown"],
        key=lists["key"],
        body_column=texts["body_column"],
        place_column=texts["place_column"],
        day_column=texts["day_column"],
        evidence=maps["evidence"],
        reasons=maps["reasons"],
        explains_itself_wrongly_when=lists["explains_itself_wrongly_when"],
        routes_to=texts["routes_to"],
        status=texts["status"],
        promoted=cast("Mapping[str, str] | None", header.get("promoted")),
        query=query,
        folder=folder,
    )


def _meaning(file: Path, screen: Screen) -> list[ScreenProblem]:
    subjects = (*screen.key, screen.body_column, screen.place_column, screen.day_column, "reason")
    wrong = [
        ("id_malformed", screen.id, _ID.match(screen.id)),
        ("folder_name", file.parent.name, file.parent.name.startswith(f"{screen.id}-")),
        ("severity_unknown", screen.severity, screen.severity in SEVERITIES),
        ("status_unknown", screen.status, screen.status in STATUSES),
        ("key_empty", screen.id, screen.key),
        ("clauses_empty", screen.id, screen.clauses),
        ("reasons_empty", screen.id, screen.reasons),
        ("false_alarms_unstated", screen.id, screen.explains_itself_wrongly_when),
        ("bodies_not_looked_at", screen.id, "bodies" in screen.looks_at),
        # A screen leaves its trial on evidence: a run and a reviewer.
        (
            "promotion_unproven",
            screen.status,
            screen.status != "in_use" or {"run", "reviewer"} <= set(screen.promoted or {}),
        ),
        *(("clause_malformed", clause, _CLAUSE.match(clause)) for clause in screen.clauses),
        *(("table_unknown", name, name in ALL_TABLES) for name in screen.looks_at),
        *(("parameter_malformed", name, _NAME.match(name)) for name in screen.parameters),
        *(("parameter_unknown", name, name in screen.parameters) for name in screen.may_be_unknown),
        *(("column_not_in_evidence", name, name in screen.evidence) for name in subjects),
    ]
    return [_problem(code, file, found) for code, found, is_right in wrong if not is_right]


def _query_problems(file: Path, screen: Screen) -> list[ScreenProblem]:
    found: tuple[Fault, ...] = faults(screen.query, tables=screen.tables)
    problems = [_problem(fault.code, file, fault.found, fault.line) for fault in found]
    if not problems and output_columns(screen.query) != tuple(screen.evidence):
        problems.append(_problem("columns_not_evidence", file, ", ".join(output_columns(screen.query))))
    return problems
