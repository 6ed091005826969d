# ruff: noqa: S608 - statements are put together from the contract's names and our own paths, never from values
"""Read a folder of tables and hold it against the contract (读取并核验快照文件夹).

1. find the one file (or folder of parts) of each table;
2. bring text files and spreadsheets into columnar form, every value still text;
3. check the columns;
4. check every value in one pass: missing, unreadable, not allowed, wrong form, backwards periods;
5. check keys;
6. check references between the tables that passed;
7. convert what is not yet typed.

A table is accepted whole or refused with its problems.
"""

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import duckdb
import fastexcel
import polars as pl

from zhiping.core.sieve.contract import TABLES, Column, Table, Type
from zhiping.core.sieve.errors import FolderUnknownError, SuppliedTableBrokenError
from zhiping.core.sieve.snapshot import (
    SHOWN_PER_TABLE,
    LoadedTable,
    Problem,
    Refusal,
    Snapshot,
    SourceFile,
    path_list,
    text_literal,
)

ROW = "zhiping_row"
"""The name of the column that keeps where a row came from while a table is checked."""

ENDINGS = (".parquet", ".csv", ".xlsx")
_HEADER_LINES = 1
_CHUNK = 1 << 20


class _Refused(Exception):  # noqa: N818 - carries problems from a reading step to the one place that collects them
    def __init__(self, *problems: Problem) -> None:
        self.problems = problems


def read_folder(folder: Path, *, workspace: Path | None = None) -> Snapshot:
    """Read a folder of Parquet, CSV or XLSX tables and return what met the contract (读取快照).

    Each table is `<name>.parquet`, `<name>.csv`, `<name>.xlsx`, or a folder `<name>/` of Parquet parts.
    Converted tables go to `workspace`, or to a temporary folder that closing the snapshot removes.

    Refuses:
        FolderUnknownError: there is no such folder, or it holds none of the tables.
    """
    if not folder.is_dir():
        raise FolderUnknownError(folder=str(folder))
    found = {table.name: _files_of(table, folder) for table in TABLES}
    if not any(found.values()):
        raise FolderUnknownError(folder=str(folder))
    own = TemporaryDirectory(prefix="zhiping-screen-") if workspace is None else None
    place = Path(own.name) if own is not None else cast("Path", workspace)
    try:
        tables, refused = _read_tables(found, place)
    except BaseException:
        if own is not None:
            own.cleanup()
        raise
    return Snapshot(
        folder=folder,
        workspace=place,
        tables=tables,
        refused=refused,
        ignored_files=_ignored(folder, found),
        _own=own,
    )


def load_rows(table: Table, rows: Iterable[Mapping[str, object]], *, workspace: Path) -> LoadedTable:
    """Hold rows that the platform supplies itself against the contract and return them as a table.

    Refuses:
        SuppliedTableBrokenError: a row breaks the contract.
    """
    raw = workspace / f"{table.name}.supplied.parquet"
    texts = [
        {
            column.name: None if row.get(column.name) is None else str(row[column.name])
            for column in table.columns
        }
        for row in rows
    ]
    frame = pl.DataFrame(texts, schema=dict.fromkeys(table.column_names, pl.String))
    frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64)).write_parquet(raw)
    with duckdb.connect() as connection:
        try:
            return _accepted(connection, table, (raw,), sources=(), workspace=workspace)
        except _Refused as refused:
            raise SuppliedTableBrokenError(table=table.name, problems=refused.problems) from None


def _read_tables(
    found: Mapping[str, tuple[Path, ...]], workspace: Path
) -> tuple[dict[str, LoadedTable], dict[str, Refusal]]:
    tables: dict[str, LoadedTable] = {}
    refused: dict[str, Refusal] = {}
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        connection.execute(f"SET temp_directory = {text_literal(str(workspace / 'spill'))}")
        for table in TABLES:
            if not found[table.name]:
                continue
            try:
                sources, raw = _raw(table, found[table.name], workspace)
                tables[table.name] = _accepted(connection, table, raw, sources=sources, workspace=workspace)
            except _Refused as refusal:
                refused[table.name] = _refusal(table.name, refusal.problems)
        for table in TABLES:
            if table.name in tables:
                problems = _unknown_references(connection, tables[table.name], tables)
                if problems:
                    refused[table.name] = _refusal(table.name, problems)
        for name in refused:
            tables.pop(name, None)
    return tables, refused


def _refusal(table: str, problems: Sequence[Problem]) -> Refusal:
    return Refusal(
        table=table,
        problems=tuple(problems[:SHOWN_PER_TABLE]),
        total=sum(problem.stands_for for problem in problems),
    )


# 1. files


def _files_of(table: Table, folder: Path) -> tuple[Path, ...]:
    files = [folder / f"{table.name}{ending}" for ending in ENDINGS]
    parts = sorted((folder / table.name).glob("*.parquet")) if (folder / table.name).is_dir() else []
    return (*(path for path in files if path.is_file()), *parts)


def _ignored(folder: Path, found: Mapping[str, tuple[Path, ...]]) -> tuple[str, ...]:
    used = {path for paths in found.values() for path in paths}
    used |= {path.parent for path in used}
    return tuple(sorted(path.name for path in folder.iterdir() if path not in used))


def _source(path: Path) -> SourceFile:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        before = path.stat()
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return SourceFile(
        path=path, sha256=digest.hexdigest(), size=before.st_size, changed_at=before.st_mtime_ns
    )


# 2. columnar form


def _raw(
    table: Table, files: tuple[Path, ...], workspace: Path
) -> tuple[tuple[SourceFile, ...], tuple[Path, ...]]:
    is_one_source = len(files) == 1 or all(path.parent.name == table.name for path in files)
    if not is_one_source:
        names = "、".join(path.name for path in files)
        raise _Refused(Problem(code="file_ambiguous", table=table.name, value=names))
    try:
        sources = tuple(_source(path) for path in files)
        raw = tuple(_columnar(table, path, workspace, number) for number, path in enumerate(files))
    except (OSError, pl.exceptions.PolarsError, fastexcel.FastExcelError, UnicodeDecodeError) as error:
        first_line = str(error).split("\n", maxsplit=1)[0][:200]
        raise _Refused(
            Problem(code="file_unreadable", table=table.name, file=files[0].name, value=first_line)
        ) from error
    return sources, raw


def _columnar(table: Table, path: Path, workspace: Path, number: int) -> Path:
    # The engine is given names of our own: a name with a star in it would be taken for a pattern.
    raw = workspace / f"{table.name}.{number}.raw.parquet"
    if path.suffix == ".parquet":
        raw.symlink_to(path.resolve())
        return raw
    frame = _text_lines(path, workspace) if path.suffix == ".csv" else _sheet(table, path)
    numbered = frame.with_row_index(ROW, offset=1 + _HEADER_LINES).with_columns(pl.col(ROW).cast(pl.Int64))
    columns = [name for name in numbered.collect_schema().names() if name != ROW]
    numbered.filter(~pl.all_horizontal(pl.col(columns).is_null())).sink_parquet(raw)
    return raw


def _text_lines(path: Path, workspace: Path) -> pl.LazyFrame:
    try:
        with path.open(encoding="utf-8") as stream:
            while stream.read(_CHUNK):
                pass
        readable = path
    except UnicodeDecodeError:
        # Spreadsheet programs on Chinese desktops save text files in the national encoding.
        readable = workspace / f"{path.stem}.utf8.csv"
        with path.open(encoding="gb18030") as given, readable.open("w", encoding="utf-8") as kept:
            shutil.copyfileobj(given, kept, _CHUNK)
    return pl.scan_csv(readable, infer_schema=False)


def _sheet(table: Table, path: Path) -> pl.LazyFrame:
    workbook = fastexcel.read_excel(path)
    names = workbook.sheet_names
    sheet = workbook.load_sheet(table.name if table.name in names else 0, dtypes="string")
    return sheet.to_polars().lazy()


# 3. columns

_READABLE_AS: Mapping[Type, frozenset[str]] = {
    Type.TEXT: frozenset({"VARCHAR"}),
    Type.WHOLE: frozenset(
        {"VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UINTEGER", "USMALLINT", "UTINYINT"}
    ),
    Type.SCORE: frozenset(
        {"VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "DECIMAL"}
    ),
    Type.DAY: frozenset({"VARCHAR", "DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"}),
    Type.MOMENT: frozenset({"VARCHAR", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"}),
    Type.FLAG: frozenset({"VARCHAR", "BOOLEAN"}),
}
"""Which column types of a file are read as which type of the contract: none that may have lost digits."""


def _checked_columns(table: Table, given: Mapping[str, str]) -> tuple[Problem, ...]:
    problems = []
    for column in table.columns:
        kind = given.get(column.name)
        if kind is None:
            problems.append(Problem(code="column_absent", table=table.name, column=column.name))
        elif kind.split("(", maxsplit=1)[0] not in _READABLE_AS[column.type]:
            problems.append(Problem(code="column_type", table=table.name, column=column.name, value=kind))
    return tuple(problems)


# 4. values

_TEXT_FORMS: Mapping[Type, str] = {
    Type.WHOLE: r"-?[0-9]{1,18}",
    Type.SCORE: r"[0-9]{1,4}(\.[0-9])?",
    Type.DAY: r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]00:00:00)?",
    Type.MOMENT: r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?",
}
_FLAG_WORDS = {"true": "true", "1": "true", "是": "true", "false": "false", "0": "false", "否": "false"}


def _present(column: Column, kind: str) -> str:
    """Return the engine's expression for a column's value, an empty text counting as missing."""
    return f"""NULLIF("{column.name}", '')""" if kind == "VARCHAR" else f'"{column.name}"'


def _typed(column: Column, kind: str) -> str:
    """Return the engine's expression that reads a column's value, missing when it cannot be read."""
    value = _present(column, kind)
    if kind == column.type.value:
        return value
    if kind == "VARCHAR" and column.type is Type.FLAG:
        cases = " ".join(f"WHEN '{word}' THEN {flag}" for word, flag in _FLAG_WORDS.items())
        return f"CASE lower({value}) {cases} END"
    if kind == "VARCHAR":
        form = text_literal(_TEXT_FORMS[column.type])
        return (
            f"CASE WHEN regexp_full_match({value}, {form}) THEN TRY_CAST({value} AS {column.type.value}) END"
        )
    cast_value = f"TRY_CAST({value} AS {column.type.value})"
    if column.type in {Type.DAY, Type.SCORE}:
        # A time of day or a second decimal is not dropped in silence.
        same = f"{cast_value} = {value}" if column.type is Type.DAY else f"abs({cast_value} - {value}) < 1e-6"
        return f"CASE WHEN {same} THEN {cast_value} END"
    return cast_value


def _value_checks(table: Table, kinds: Mapping[str, str]) -> Iterator[tuple[str, Column, str]]:
    for column in table.columns:
        raw = _present(column, kinds[column.name])
        typed = _typed(column, kinds[column.name])
        if not column.may_be_missing:
            yield "value_missing", column, f"{raw} IS NULL"
        if typed != raw:
            yield "value_unreadable", column, f"{raw} IS NOT NULL AND ({typed}) IS NULL"
        if column.allowed:
            among = ", ".join(text_literal(value) for value in column.allowed)
            yield "value_not_allowed", column, f"{raw} NOT IN ({among})"
        if column.form:
            form = text_literal(column.form)
            yield "value_form", column, f"NOT regexp_full_match(CAST({typed} AS VARCHAR), {form})"
    by_name = {column.name: column for column in table.columns}
    for start, end in table.periods:
        starts, ends = (_typed(by_name[name], kinds[name]) for name in (start, end))
        yield "period_backwards", by_name[end], f"({ends}) < ({starts})"


def _accepted(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    raw: tuple[Path, ...],
    *,
    sources: tuple[SourceFile, ...],
    workspace: Path,
) -> LoadedTable:
    try:
        kinds = _kinds(connection, raw)
        problems: list[Problem] = list(_checked_columns(table, kinds))
        if not problems:
            view = _read_view(connection, table, raw, kinds)
            problems = [
                *_bad_values(connection, table, kinds, view),
                *_repeated_keys(connection, table, kinds, view),
            ]
        if problems:
            raise _Refused(*problems)
        return _converted(connection, table, raw, kinds, sources=sources, workspace=workspace)
    except duckdb.Error as error:
        first_line = str(error).split("\n", maxsplit=1)[0][:200]
        raise _Refused(Problem(code="file_unreadable", table=table.name, value=first_line)) from error


def _kinds(connection: duckdb.DuckDBPyConnection, raw: tuple[Path, ...]) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({path_list(raw)})").fetchall()
    return {str(row[0]): str(row[1]) for row in described}


def _read_view(
    connection: duckdb.DuckDBPyConnection, table: Table, raw: tuple[Path, ...], kinds: Mapping[str, str]
) -> str:
    """Make a view of the table as given, with where each row came from, and return its name."""
    row = f'"{ROW}"' if ROW in kinds else "file_row_number + 1"
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    view = f"raw_{table.name}"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {view} AS "
        f"SELECT {columns}, {row} AS zhiping_at, filename AS zhiping_file "
        f"FROM read_parquet({path_list(raw)}, file_row_number = true, filename = true)"
    )
    return view


def _bad_values(
    connection: duckdb.DuckDBPyConnection, table: Table, kinds: Mapping[str, str], view: str
) -> Iterator[Problem]:
    checks = list(_value_checks(table, kinds))
    counts = connection.execute(
        "SELECT " + ", ".join(f"count(*) FILTER (WHERE {check})" for _, _, check in checks) + f" FROM {view}"
    ).fetchall()[0]
    for (code, column, check), count in zip(checks, counts, strict=True):
        if not count:
            continue
        rows = connection.execute(
            f'SELECT zhiping_at, CAST("{column.name}" AS VARCHAR) FROM {view} WHERE {check} '
            f"ORDER BY zhiping_file, zhiping_at LIMIT {SHOWN_PER_TABLE}"
        ).fetchall()
        yield from _listed(code, table, column.name, rows, count)


def _listed(
    code: str, table: Table, column: str, rows: Sequence[tuple[int, str | None]], count: int
) -> Iterator[Problem]:
    for number, (row, value) in enumerate(rows, start=1):
        # The last one listed stands for those that are not.
        stands_for = 1 + count - len(rows) if number == len(rows) else 1
        yield Problem(
            code=code, table=table.name, column=column, row=row, value=value or "", stands_for=stands_for
        )


# 5. keys


def _repeated_keys(
    connection: duckdb.DuckDBPyConnection, table: Table, kinds: Mapping[str, str], view: str
) -> Iterator[Problem]:
    by_name = {column.name: column for column in table.columns}
    key = ", ".join(f"({_typed(by_name[name], kinds[name])})" for name in table.key)
    shown = " || '|' || ".join(f'CAST("{name}" AS VARCHAR)' for name in table.key)
    # The first row of a key stands; each later one is a problem.
    later = (
        f"SELECT max(zhiping_at) AS row, any_value({shown}) AS value, count(*) - 1 AS extra "
        f"FROM {view} GROUP BY {key} HAVING count(*) > 1"
    )
    total = connection.execute(f"SELECT coalesce(sum(extra), 0)::BIGINT FROM ({later})").fetchall()[0][0]
    if total:
        rows = connection.execute(
            f"SELECT row, value FROM ({later}) ORDER BY row LIMIT {SHOWN_PER_TABLE}"
        ).fetchall()
        yield from _listed("key_repeated", table, "+".join(table.key), rows, total)


# 6. references


def _unknown_references(
    connection: duckdb.DuckDBPyConnection, loaded: LoadedTable, tables: Mapping[str, LoadedTable]
) -> list[Problem]:
    problems: list[Problem] = []
    for column in loaded.table.columns:
        target, _, target_column = column.refers_to.partition(".")
        if target not in tables:
            continue
        known = f'SELECT "{target_column}" FROM read_parquet({path_list(tables[target].parts)})'
        orphan = (
            f"FROM raw_{loaded.table.name} "
            f'WHERE "{column.name}" IS NOT NULL AND "{column.name}" NOT IN ({known})'
        )
        total = connection.execute(f"SELECT count(*) {orphan}").fetchall()[0][0]
        if total:
            rows = connection.execute(
                f'SELECT zhiping_at, "{column.name}" {orphan} '
                f"ORDER BY zhiping_file, zhiping_at LIMIT {SHOWN_PER_TABLE}"
            ).fetchall()
            problems += _listed("reference_unknown", loaded.table, column.name, rows, total)
    return problems


# 7. types


def _converted(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    raw: tuple[Path, ...],
    kinds: Mapping[str, str],
    *,
    sources: tuple[SourceFile, ...],
    workspace: Path,
) -> LoadedTable:
    typed = {column.name: _typed(column, kinds[column.name]) for column in table.columns}
    is_typed_already = all(kinds[column.name] == column.type.value for column in table.columns)
    has_empty_text = is_typed_already and _has_empty_text(connection, table, raw)
    parts = raw
    if not is_typed_already or has_empty_text:
        parts = (workspace / f"{table.name}.typed.parquet",)
        columns = ", ".join(f'{expression} AS "{name}"' for name, expression in typed.items())
        connection.execute(
            f"COPY (SELECT {columns} FROM read_parquet({path_list(raw)})) "
            f"TO {text_literal(str(parts[0]))} (FORMAT parquet, COMPRESSION zstd)"
        )
    rows = connection.execute(f"SELECT count(*) FROM read_parquet({path_list(parts)})").fetchall()[0][0]
    return LoadedTable(table=table, parts=parts, rows=rows, sources=sources)


def _has_empty_text(connection: duckdb.DuckDBPyConnection, table: Table, raw: tuple[Path, ...]) -> bool:
    texts = [
        f"""coalesce(bool_or("{column.name}" = ''), false)"""
        for column in table.columns
        if column.type is Type.TEXT and column.may_be_missing
    ]
    if not texts:
        return False
    found = connection.execute(f"SELECT {' OR '.join(texts)} FROM read_parquet({path_list(raw)})").fetchall()
    return bool(found[0][0])
