"""Write a world of any size to a folder (写出仿真数据), part by part, so that memory stays bounded."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from worlds.truth import SCHEMA
from worlds.world import AS_OF, DEMO_ENROLMENTS, parts_of
from zhiping.kernel.errors import DomainError

MANIFEST = "world.json"
EXTRAS = "extras"

_CHUNK = 1 << 20

type Progress = Callable[[int, int], None]
"""Told, after each part, how many enrolments are written and how many there will be."""


class FolderNotEmptyError(DomainError):
    """The folder already holds something that is not a world."""

    code = "worlds.folder_not_empty"


@dataclass(slots=True, kw_only=True)
class _Files:
    """Open Parquet files by name; each part adds row groups."""

    folder: Path
    stack: ExitStack
    writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, frame: pl.DataFrame) -> None:
        table = pa.table(frame)
        if name not in self.writers:
            path = self.folder / f"{name}.parquet"
            self.writers[name] = self.stack.enter_context(
                pq.ParquetWriter(path, table.schema, compression="zstd")
            )
            self.rows[name] = 0
        self.writers[name].write_table(table)
        self.rows[name] += frame.height


def write(
    out: Path,
    seed: int,
    results: int | None = None,
    *,
    as_of: date = AS_OF,
    policy: Path | None = None,
    progress: Progress | None = None,
) -> Mapping[str, object]:
    """Write a world to a folder and return its manifest.

    `<table>.parquet` for every table of the contract, `truth.parquet`, more tables for a database under
    `extras/`, and `world.json` with seed, day, counts and the SHA-256 of every file. A world that stands
    in the folder already is replaced.

    Guarantees:
        Equal arguments and equal `policy/` give the same bytes. At most one part of the candidates is in
        memory.

    Refuses:
        FolderNotEmptyError: the folder holds something else.
        WorldTooSmallError: too few enrolments.
    """
    _clear(out)
    (out / EXTRAS).mkdir(parents=True, exist_ok=True)
    wanted = DEMO_ENROLMENTS if results is None else results
    truths = [pl.DataFrame(schema=SCHEMA)]
    with ExitStack() as stack:
        tables = _Files(folder=out, stack=stack)
        extras = _Files(folder=out / EXTRAS, stack=stack)
        for part in parts_of(seed, results, as_of=as_of, policy=policy):
            for name, frame in part.tables.items():
                tables.add(name, frame)
            for name, frame in part.extras.items():
                extras.add(name, frame)
            truths.append(part.truth)
            if progress is not None:
                progress(tables.rows["enrolments"], wanted)
        tables.add("truth", pl.concat(truths).sort("screen_id", "key"))
    return _manifest(out, seed=seed, as_of=as_of, rows=_named(tables, "") | _named(extras, f"{EXTRAS}/"))


def _named(files: _Files, prefix: str) -> dict[str, int]:
    return {f"{prefix}{name}.parquet": rows for name, rows in files.rows.items()}


def _clear(out: Path) -> None:
    if not out.exists():
        return
    if any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise FolderNotEmptyError(folder=str(out))
    for path in (*out.glob("*.parquet"), *(out / EXTRAS).glob("*.parquet"), out / MANIFEST):
        path.unlink(missing_ok=True)


def _manifest(out: Path, *, seed: int, as_of: date, rows: Mapping[str, int]) -> Mapping[str, object]:
    manifest: dict[str, object] = {
        "seed": seed,
        "as_of": as_of.isoformat(),
        "enrolments": rows["enrolments.parquet"],
        "files": {
            name: {"rows": count, "sha256": _digest(out / name)} for name, count in sorted(rows.items())
        },
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (out / MANIFEST).write_text(text, encoding="utf-8")
    return manifest


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
