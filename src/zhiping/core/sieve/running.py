# ruff: noqa: S608 - statements are put together from the contract's names and our own paths, never from values
"""Run screens over a snapshot (执行筛查) and prove what was looked at (覆盖证明).

1. supply what the platform itself knows: parameters resolved by place and day, entry conditions, the chain
   of places;
2. decide which screens can run and say why the others cannot;
3. run each;
4. keep the hits inside the place and not after the day;
5. count what was looked at and make sure that nothing changed meanwhile.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from zhiping.core.sieve.contract import ENTRY_CONDITIONS
from zhiping.core.sieve.dialect import PLACE_CHAIN, expand, parameter_table, parse
from zhiping.core.sieve.errors import EngineFailedError, ScreenMisbehavedError
from zhiping.core.sieve.findings import FINDING_SCHEMA, fingerprint, key_text, written
from zhiping.core.sieve.parameters import Gap, InForce, ParameterRow, gaps, resolved
from zhiping.core.sieve.reading import load_rows
from zhiping.core.sieve.screen import Screen
from zhiping.core.sieve.snapshot import LoadedTable, Snapshot, path_list, text_literal
from zhiping.kernel.period import Period
from zhiping.kernel.place import Place

THREADS = 2
_TABLES_WITH_PLACES = ("bodies", "scope_lines", "sittings", "certificates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a screen could not run: a table refused or absent, or a parameter nobody knows."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one screen did."""

    screen: Screen
    obstacles: tuple[Obstacle, ...]
    hits: pl.DataFrame
    seconds: float
    rows_looked_at: Mapping[str, int]
    not_judged: tuple[Gap, ...]

    @property
    def did_run(self) -> bool:
        """Tell whether the screen could run."""
        return not self.obstacles


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Proof that nothing was left out: rows read against rows seen by the engine, bodies in the place."""

    rows_in_snapshot: Mapping[str, int]
    rows_seen: Mapping[str, int]
    bodies: int
    bodies_in_place: int
    sittings_in_place: int
    certificates_in_place: int

    @property
    def is_complete(self) -> bool:
        """Tell whether the engine saw exactly the rows that were read."""
        return dict(self.rows_in_snapshot) == dict(self.rows_seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run: its scope, what each screen did, and the proof of coverage."""

    snapshot: Snapshot
    place: str
    as_of: date
    outcomes: tuple[Outcome, ...]
    coverage: Coverage
    seconds: float

    @property
    def screens_that_ran(self) -> tuple[str, ...]:
        """Return the ids of the screens that could run."""
        return tuple(outcome.screen.id for outcome in self.outcomes if outcome.did_run)

    def findings(self) -> pl.DataFrame:
        """Return the findings of all screens in the columns they share, in order of screen and key."""
        rows = [row for outcome in self.outcomes for row in _common(outcome)]
        return pl.DataFrame(rows, schema=FINDING_SCHEMA, orient="row")


type Progress = Callable[[str, int, int], None]
"""Told, before each screen, its id, its number and how many there are."""


def run_screens(  # noqa: PLR0913 - one keyword for each thing a run depends on
    snapshot: Snapshot,
    screens: Sequence[Screen],
    *,
    parameters: Iterable[Sequence[object]],
    entry_conditions: Iterable[Mapping[str, object]] | None,
    place: str,
    as_of: date,
    threads: int = THREADS,
    memory_limit: str | None = None,
    spill_folder: Path | None = None,
    progress: Progress | None = None,
) -> RunReport:
    """Run screens over a snapshot and return hits, evidence and proof (执行筛查).

    A hit counts when it lies in the place or its body is filed there, and not after the day. The same
    snapshot, screens, parameters, place and day give the same hits, however many threads work.
    `parameters` are rows (key, place, valid_from, valid_to, value, clause).

    Refuses:
        SnapshotChangedError: a file changed since it was read.
        SuppliedTableBrokenError, ParameterUnusableError: what the platform itself supplied is unusable.
        EngineFailedError: the engine ran out of memory or disk, or met a damaged file.
        ScreenMisbehavedError: a screen gave the same key twice or an undeclared reason.
    """
    started = time.perf_counter()
    rows = [ParameterRow(*row) for row in parameters]  # type: ignore[arg-type]  # checked when resolved
    with TemporaryDirectory(prefix="zhiping-run-") as own, duckdb.connect() as connection:
        workspace = Path(own)
        bench = _Bench(connection=connection, snapshot=snapshot, place=Place(place), as_of=as_of)
        # Folders are opened to the engine before its settings are locked.
        _set_up(connection, snapshot, workspace, threads, memory_limit, spill_folder or workspace / "spill")
        try:
            bench.supply(rows, screens, entry_conditions, workspace)
            outcomes = []
            for number, screen in enumerate(screens, start=1):
                if progress is not None:
                    progress(screen.id, number, len(screens))
                outcomes.append(bench.outcome(screen))
            coverage = bench.coverage()
        except duckdb.Error as error:
            first_line = str(error).split("\n", maxsplit=1)[0][:300]
            raise EngineFailedError(message=first_line) from error
    snapshot.check_unchanged()
    return RunReport(
        snapshot=snapshot,
        place=place,
        as_of=as_of,
        outcomes=tuple(outcomes),
        coverage=coverage,
        seconds=time.perf_counter() - started,
    )


def _set_up(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    workspace: Path,
    threads: int,
    memory_limit: str | None,
    spill_folder: Path,
) -> None:
    connection.execute(f"SET threads = {threads:d}")
    if memory_limit is not None:
        connection.execute(f"SET memory_limit = {text_literal(memory_limit)}")
    connection.execute(f"SET temp_directory = {text_literal(str(spill_folder))}")
    # A screen can read the tables and nothing else on this machine, whatever its query says.
    folders = (*snapshot.readable_folders, workspace.resolve(), spill_folder.resolve())
    connection.execute(f"SET allowed_directories = {path_list(folders)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


@dataclass(slots=True, kw_only=True)
class _Bench:
    """The engine with everything a run needs laid out on it."""

    connection: duckdb.DuckDBPyConnection
    snapshot: Snapshot
    place: Place
    as_of: date
    supplied: dict[str, LoadedTable] | None = None
    known: dict[str, tuple[InForce, ...]] | None = None
    places: tuple[str, ...] = ()
    body_places: dict[str, str] | None = None
    period: Period | None = None
    seen: dict[str, int] | None = None

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        return self.connection.execute(query).fetchall()

    def supply(
        self,
        rows: Sequence[ParameterRow],
        screens: Sequence[Screen],
        entry_conditions: Iterable[Mapping[str, object]] | None,
        workspace: Path,
    ) -> None:
        """Lay out the tables, the chain of places, the parameters and the entry conditions."""
        self.snapshot.mount(self.connection)
        self.seen = {name: self._count(name) for name in self.snapshot.tables}
        self.supplied = {}
        if entry_conditions is not None:
            loaded = load_rows(ENTRY_CONDITIONS, entry_conditions, workspace=workspace)
            parts = path_list(loaded.parts)
            self.connection.execute(
                f"CREATE VIEW {ENTRY_CONDITIONS.name} AS SELECT * FROM read_parquet({parts})"
            )
            self.supplied[ENTRY_CONDITIONS.name] = loaded
            self.seen[ENTRY_CONDITIONS.name] = self._count(ENTRY_CONDITIONS.name)
        self.body_places = (
            {str(body): str(place) for body, place in self._rows("SELECT body_id, place FROM bodies")}
            if "bodies" in self.snapshot.tables
            else {}
        )
        self._lay_out_places()
        self._lay_out_parameters(rows, screens)

    def _count(self, name: str) -> int:
        return int(str(self._rows(f'SELECT count(*) FROM "{name}"')[0][0]))

    def _lay_out_places(self) -> None:
        here = [name for name in _TABLES_WITH_PLACES if name in self.snapshot.tables]
        union = " UNION ".join(f"SELECT place FROM {name}" for name in here)
        self.places = tuple(sorted(str(row[0]) for row in self._rows(union))) if here else ()
        chain = [(code, above.code) for code in self.places for above in Place(code).chain]
        self._make(PLACE_CHAIN.name, "place VARCHAR, inside VARCHAR", chain)

    def _lay_out_parameters(self, rows: Sequence[ParameterRow], screens: Sequence[Screen]) -> None:
        self.period = self._days()
        self.known = {}
        for key in sorted({key for screen in screens for key in screen.parameters.values()}):
            self.known[key] = resolved(rows, key, self.places)
        for name, key in sorted({pair for screen in screens for pair in screen.parameters.items()}):
            columns = ", ".join(
                f"{column.name} {column.type.value}" for column in parameter_table(name).columns
            )
            self._make(f"p_{name}", columns, self.known[key])

    def _make(self, name: str, columns: str, rows: Sequence[Sequence[object]]) -> None:
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" ({columns})')
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            self.connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)

    def _days(self) -> Period | None:
        """Return the days on which the snapshot's sittings were held, up to the day of the run."""
        if "sittings" not in self.snapshot.tables:
            return None
        first, last = self._rows(
            "SELECT min(starts_at)::DATE, max(starts_at)::DATE FROM sittings WHERE state = 'held'"
        )[0]
        if not isinstance(first, date) or not isinstance(last, date):
            return None
        end = min(last, self.as_of) + timedelta(days=1)
        return Period(start=first, end=end) if first < end else None

    def obstacles(self, screen: Screen) -> tuple[Obstacle, ...]:
        """Say what keeps a screen from running."""
        assert self.supplied is not None  # noqa: S101 - supply() ran
        assert self.known is not None  # noqa: S101 - supply() ran
        found = []
        for name in screen.looks_at:
            if name in self.snapshot.refused:
                found.append(Obstacle(code="table_refused", name=name))
            elif name not in self.snapshot.tables and name not in self.supplied:
                found.append(Obstacle(code="table_absent", name=name))
        for name, key in screen.parameters.items():
            if name not in screen.may_be_unknown and self.places and not self.known[key]:
                found.append(Obstacle(code="parameter_unknown", name=key))
        return tuple(found)

    def outcome(self, screen: Screen) -> Outcome:
        """Run one screen, or say why it cannot run."""
        started = time.perf_counter()
        obstacles = self.obstacles(screen)
        if obstacles:
            return Outcome(
                screen=screen,
                obstacles=obstacles,
                hits=pl.DataFrame(schema=dict.fromkeys(screen.evidence, pl.String)),
                seconds=0.0,
                rows_looked_at={},
                not_judged=(),
            )
        query = expand(parse(screen.query), as_of=self.as_of).sql("duckdb")
        hits = pl.DataFrame(self.connection.sql(query).to_arrow_table())
        assert self.seen is not None  # noqa: S101 - supply() ran
        return Outcome(
            screen=screen,
            obstacles=(),
            hits=self._in_scope(screen, hits),
            seconds=time.perf_counter() - started,
            rows_looked_at={name: self.seen[name] for name in screen.looks_at},
            not_judged=self._not_judged(screen),
        )

    def _in_scope(self, screen: Screen, hits: pl.DataFrame) -> pl.DataFrame:
        """Check what a screen gave, keep what lies in the place and not after the day, and order it."""
        assert self.body_places is not None  # noqa: S101 - supply() ran
        _check_behaviour(screen, hits)
        inside = {code for code in self.places if self.place.contains(Place(code))}
        bodies_inside = [body for body, place in self.body_places.items() if place in inside]
        kept = hits.filter(
            (
                pl.col(screen.place_column).is_in(list(inside))
                | pl.col(screen.body_column).is_in(bodies_inside)
            )
            & (pl.col(screen.day_column) <= self.as_of)
        )
        placed = kept.with_columns(
            pl.col(screen.body_column)
            .replace_strict(self.body_places, default=None, return_dtype=pl.String)
            .alias("body_place")
        )
        return placed.sort(screen.key)

    def _not_judged(self, screen: Screen) -> tuple[Gap, ...]:
        assert self.known is not None  # noqa: S101 - supply() ran
        if self.period is None:
            return ()
        inside = [code for code in self.places if self.place.contains(Place(code))]
        return tuple(
            gap
            for name, key in sorted(screen.parameters.items())
            if name not in screen.may_be_unknown
            for gap in gaps(key, self.known[key], inside, within=self.period)
        )

    def coverage(self) -> Coverage:
        """Count what was seen."""
        assert self.supplied is not None  # noqa: S101 - supply() ran
        assert self.seen is not None  # noqa: S101 - supply() ran
        everything = {**self.snapshot.tables, **self.supplied}
        return Coverage(
            rows_in_snapshot={name: loaded.rows for name, loaded in everything.items()},
            rows_seen={name: self._count(name) for name in everything},
            bodies=self.seen.get("bodies", 0),
            bodies_in_place=self._inside("bodies"),
            sittings_in_place=self._inside("sittings"),
            certificates_in_place=self._inside("certificates"),
        )

    def _inside(self, name: str) -> int:
        if name not in self.snapshot.tables:
            return 0
        inside = f"SELECT place FROM {PLACE_CHAIN.name} WHERE inside = {text_literal(self.place.code)}"
        return int(str(self._rows(f'SELECT count(*) FROM "{name}" WHERE place IN ({inside})')[0][0]))


def _check_behaviour(screen: Screen, hits: pl.DataFrame) -> None:
    if hits.select(pl.any_horizontal(pl.col(screen.key).is_null())).to_series().any():
        raise ScreenMisbehavedError(screen=screen.id, misbehaviour="key_missing")
    if hits.select(screen.key).is_duplicated().any():
        twice = hits.filter(hits.select(screen.key).is_duplicated()).select(screen.key).row(0)
        raise ScreenMisbehavedError(screen=screen.id, misbehaviour="key_twice", key=key_text(twice))
    undeclared = sorted(set(hits["reason"].to_list()) - set(screen.reasons), key=str)
    if undeclared:
        raise ScreenMisbehavedError(
            screen=screen.id, misbehaviour="reason_undeclared", key=str(undeclared[0])
        )


def _common(outcome: Outcome) -> Iterable[tuple[object, ...]]:
    screen = outcome.screen
    for row in outcome.hits.iter_rows(named=True):
        key = [row[name] for name in screen.key]
        evidence = {name: None if row[name] is None else written(row[name]) for name in screen.evidence}
        yield (
            fingerprint(screen.id, key),
            screen.id,
            screen.severity,
            key_text(key),
            row[screen.body_column],
            row[screen.place_column],
            row["body_place"],
            row[screen.day_column],
            row["reason"],
            " ".join(screen.clauses),
            json.dumps(evidence, ensure_ascii=False),
        )
