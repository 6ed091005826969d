import hashlib
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from worlds import FolderNotEmptyError, World, write
from worlds import world as world_module
from zhiping.core.sieve.contract import TABLES
from zhiping.portals.console.world import world as command


def test_the_command_writes_the_world_and_its_manifest(tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = CliRunner().invoke(command, [str(out), "--results", "3000", "--seed", "5"])
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == ""
    assert "3,000 / 3,000" in answer.stderr
    manifest = json.loads((out / "world.json").read_text(encoding="utf-8"))
    assert (manifest["seed"], manifest["as_of"], manifest["enrolments"]) == (5, "2026-11-20", 3_000)
    assert {f"{table.name}.parquet" for table in TABLES} | {"truth.parquet"} <= set(manifest["files"])
    for name, about in manifest["files"].items():
        file = out / name
        assert hashlib.sha256(file.read_bytes()).hexdigest() == about["sha256"]
        assert pl.scan_parquet(file).select(pl.len()).collect().item() == about["rows"]


def test_writing_twice_gives_the_same_bytes_and_replaces_the_world(tmp_path: Path) -> None:
    first = write(tmp_path / "out", 5, 3_000)
    other = write(tmp_path / "out", 6, 3_000)
    assert first != other
    assert write(tmp_path / "out", 5, 3_000) == first == write(tmp_path / "elsewhere", 5, 3_000)


def test_what_is_written_is_what_is_generated(tmp_path: Path, world: World) -> None:
    write(tmp_path, 7, 6_000)
    for name, frame in world.tables.items():
        assert pl.read_parquet(tmp_path / f"{name}.parquet").equals(frame), name
    for name, frame in world.extras.items():
        assert pl.read_parquet(tmp_path / "extras" / f"{name}.parquet").equals(frame), name
    assert pl.read_parquet(tmp_path / "truth.parquet").equals(world.truth)


def test_a_world_made_in_several_parts_keeps_numbers_and_people_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world_module, "ENROLMENTS_PER_PART", 700)
    told: list[tuple[int, int]] = []
    write(tmp_path, 5, 3_000, progress=lambda done, wanted: told.append((done, wanted)))
    assert len(told) > 3
    assert told[-1] == (3_000, 3_000)
    certificates = pl.read_parquet(tmp_path / "certificates.parquet")
    assert certificates["certificate_number"].is_unique().all()
    groups = certificates.group_by(pl.col("certificate_number").str.slice(0, 16)).agg(
        last=pl.col("certificate_number").str.slice(16).cast(pl.Int64).max(), issued=pl.len()
    )
    assert (groups["last"] == groups["issued"]).all()
    people = pl.read_parquet(tmp_path / "extras" / "people.parquet")
    assert people["identity_number"].is_unique().all()


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "notes.txt"
    mine.write_text("keep", encoding="utf-8")
    with pytest.raises(FolderNotEmptyError):
        write(tmp_path, 1, 3_000)
    answer = CliRunner().invoke(command, [str(tmp_path), "--results", "3000"])
    assert answer.exit_code == 1
    assert str(tmp_path) in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_too_small_a_world_is_refused_in_a_sentence(tmp_path: Path) -> None:
    answer = CliRunner().invoke(command, [str(tmp_path / "out"), "--results", "10"])
    assert answer.exit_code == 1
    assert "10" in answer.stderr
    assert "3000" in answer.stderr
