# ruff: noqa: S608 - statements are put together from the contract's names and our own paths, never from values
"""The snapshot (快照): the tables that met the contract, as typed columnar files, and what was refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import duckdb

from zhiping.core.sieve.contract import BY_NAME, SUPPLIED, Table
from zhiping.core.sieve.errors import SnapshotChangedError

SHOWN_PER_TABLE = 100
"""How many problems of one table are listed; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One breach of the contract: where it is and what stands there.

    `row` is the line of the sheet or text file (its header is line 1), or the row number in a columnar file.
    Only so many problems of one kind are listed: the last one `stands_for` those that are not.
    """

    code: str
    table: str
    column: str = ""
    file: str = ""
    row: int | None = None
    value: str = ""
    stands_for: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A table that broke the contract: the first problems and how many there are in all."""

    table: str
    problems: tuple[Problem, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as it was when it was read."""

    path: Path
    sha256: str
    size: int
    changed_at: int

    def check_unchanged(self) -> None:
        """Refuse when the file is no longer what was read."""
        try:
            now = self.path.stat()
        except OSError as error:
            raise SnapshotChangedError(file=str(self.path)) from error
        if (now.st_size, now.st_mtime_ns) != (self.size, self.changed_at):
            raise SnapshotChangedError(file=str(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTable:
    """A table that met the contract: typed columnar files, their rows, and the files they came from."""

    table: Table
    parts: tuple[Path, ...]
    rows: int
    sources: tuple[SourceFile, ...]
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a run is made on; a context manager, since it keeps converted tables in a folder of its own."""

    folder: Path
    workspace: Path
    tables: Mapping[str, LoadedTable]
    refused: Mapping[str, Refusal]
    ignored_files: tuple[str, ...] = ()
    _own: TemporaryDirectory[str] | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the converted tables, if the snapshot made their folder itself."""
        if self._own is not None:
            self._own.cleanup()

    @property
    def absent(self) -> tuple[str, ...]:
        """Return the tables that the folder does not hold at all."""
        return tuple(name for name in BY_NAME if name not in self.tables and name not in self.refused)

    def check_unchanged(self) -> None:
        """Refuse when a file is no longer what was read."""
        for loaded in self.tables.values():
            for source in loaded.sources:
                source.check_unchanged()

    def mount(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make every table readable under its name in the connection."""
        for name, loaded in self.tables.items():
            columns = ", ".join(f'"{column}"' for column in loaded.table.column_names)
            connection.execute(
                f'CREATE VIEW "{name}" AS SELECT {columns} FROM read_parquet({path_list(loaded.parts)})'
            )

    @property
    def readable_folders(self) -> tuple[Path, ...]:
        """Return the folders an engine must be allowed to read."""
        folders = {part.resolve().parent for loaded in self.tables.values() for part in loaded.parts}
        return (self.workspace.resolve(), *sorted(folders))


def path_list(paths: tuple[Path, ...]) -> str:
    """Return paths as a list literal of the engine."""
    return "[" + ", ".join(text_literal(str(path)) for path in paths) + "]"


def text_literal(text: str) -> str:
    """Return text as a literal of the engine."""
    return "'" + text.replace("'", "''") + "'"


ALL_TABLES: Mapping[str, Table] = {**BY_NAME, **{table.name: table for table in SUPPLIED}}
