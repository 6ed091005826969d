from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from worlds import World
from worlds.planting.enrolments import FLAVOURS
from worlds.writing import write
from zhiping.portals.console.screen import screen

SCREENS = ("SCR-001", "SCR-002", "SCR-003", "SCR-004", "SCR-005", "SCR-006")


def test_every_screen_has_many_violations_and_near_misses_of_several_flavours(world: World) -> None:
    for screen_id in SCREENS:
        mine = world.truth.filter(pl.col("screen_id") == screen_id)
        violations = mine.filter(pl.col("is_violation"))
        spared = mine.filter(~pl.col("is_violation"))
        assert violations.height >= 8, screen_id
        assert violations["note"].n_unique() >= 3, screen_id
        assert spared.height >= 6, screen_id
        assert spared["note"].n_unique() >= 2, screen_id
    assert not world.truth.select("screen_id", "key").is_duplicated().any()


def test_every_flavour_of_candidates_is_planted(world: World) -> None:
    planted = Counter(world.truth.select("screen_id", "note", "is_violation").iter_rows())
    for flavour in FLAVOURS:
        assert planted[flavour.screen_id, flavour.note, flavour.is_violation] >= 2, flavour.note


def test_every_key_names_something_that_is_there(world: World) -> None:
    for screen_id, table, column in (
        ("SCR-001", "certificates", "certificate_number"),
        ("SCR-002", "sittings", "sitting_id"),
        ("SCR-003", "bodies", "body_id"),
        ("SCR-004", "enrolments", "enrolment_id"),
        ("SCR-005", "sittings", "sitting_id"),
        ("SCR-006", "enrolments", "enrolment_id"),
    ):
        keys = world.truth.filter(pl.col("screen_id") == screen_id)["key"].str.split("|").list.first()
        assert set(keys) <= set(world.tables[table][column]), screen_id


@pytest.mark.parametrize("seed", [1, 2026])
def test_the_screens_find_every_violation_and_nothing_else(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "world"
    write(folder, seed, 5_000)
    arguments = [str(folder), "--place", "CN", "--as-of", "2026-11-20", "--out", str(tmp_path / "out")]
    answer = CliRunner().invoke(screen, [*arguments, "--truth", str(folder / "truth.parquet")])
    assert answer.exit_code == 0, answer.output
    assert "1.0000" in answer.output


def test_one_fact_put_right_or_wrong_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    write(folder, 3, 5_000)
    truth = pl.read_parquet(folder / "truth.parquet")
    spared = truth.filter((pl.col("screen_id") == "SCR-003") & (pl.col("note") == "评价人数恰好等于参保人数"))
    body, month = spared["key"][0].split("|")
    months = pl.read_parquet(folder / "insured_months.parquet")
    hit = (pl.col("body_id") == body) & (pl.col("month").cast(pl.String) == month)
    fewer = months.with_columns(
        insured_count=pl.when(hit).then(pl.col("insured_count") - 1).otherwise("insured_count")
    )
    assert fewer["insured_count"].sum() == months["insured_count"].sum() - 1
    fewer.write_parquet(folder / "insured_months.parquet")
    arguments = [str(folder), "--place", "CN", "--as-of", "2026-11-20", "--out", str(tmp_path / "out")]
    answer = CliRunner().invoke(screen, [*arguments, "--truth", str(folder / "truth.parquet")])
    assert answer.exit_code == 1, answer.output
