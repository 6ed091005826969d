"""Every screen of `policy/screens` keeps what its header, its cases and its parameters promise."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import sqlglot
import yaml
from click.testing import CliRunner

from zhiping.core.sieve.cases import load_cases, run_case, try_case
from zhiping.core.sieve.contract import BY_NAME
from zhiping.core.sieve.dialect import faults, translated
from zhiping.core.sieve.scoring import scored
from zhiping.core.sieve.screen import load_screens
from zhiping.portals.console.screen import screen as screen_command

ROOT = Path(__file__).parents[2]
SCREENS = load_screens(ROOT / "policy" / "screens")
CASES = [(screen, case) for screen in SCREENS for case in load_cases(screen)]
NAMES = [f"{screen.id}-{case.folder.name}" for screen, case in CASES]

PARAMETERS = {
    entry["id"]: entry
    for file in (ROOT / "policy" / "parameters").glob("*.yaml")
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["parameters"]
}
CLAUSES = {
    clause["id"]
    for file in (ROOT / "policy" / "documents").glob("*.yaml")
    for clause in yaml.safe_load(file.read_text(encoding="utf-8"))["clauses"]
}


def by_id(screens):
    return [screen.id for screen in screens]


def test_the_first_six_screens_are_there():
    assert by_id(SCREENS) == [f"SCR-00{number}" for number in range(1, 7)]


@pytest.mark.parametrize(("screen", "case"), CASES, ids=NAMES)
def test_a_screen_hits_and_spares_what_its_cases_say(screen, case):
    result = try_case(screen, case)
    assert result.is_right, result


@pytest.mark.parametrize("screen", SCREENS, ids=by_id(SCREENS))
def test_every_reason_is_shown_by_a_case_and_near_misses_are_spared(screen):
    cases = load_cases(screen)
    assert {reason for case in cases for reason in case.hits.values()} == set(screen.reasons)
    assert sum(len(case.spares) for case in cases) >= 3


@pytest.mark.parametrize("screen", SCREENS, ids=by_id(SCREENS))
def test_on_its_cases_a_screen_has_full_precision_and_recall(screen):
    for case in load_cases(screen):
        truth = pl.DataFrame(
            [(screen.id, key, True) for key in case.hits] + [(screen.id, key, False) for key in case.spares],
            schema=["screen_id", "key", "is_violation"],
            orient="row",
        )
        everything = scored(run_case(screen, case).findings(), truth, screens_that_ran=(screen.id,))[-1]
        assert (everything.precision, everything.recall, everything.is_perfect) == (1.0, 1.0, True)


@pytest.mark.parametrize("screen", SCREENS, ids=by_id(SCREENS))
def test_a_screen_cites_clauses_and_parameters_that_exist(screen):
    assert set(screen.clauses) <= CLAUSES
    for key in screen.parameters.values():
        assert key in PARAMETERS
        assert all(isinstance(one["value"], int) for one in PARAMETERS[key]["values"])


@pytest.mark.parametrize("target", ["spark", "postgres"])
@pytest.mark.parametrize("screen", SCREENS, ids=by_id(SCREENS))
def test_a_screen_translates_and_reads_back(screen, target):
    text = translated(screen.query, target, as_of=date(2024, 9, 30))
    tree = sqlglot.parse_one(text, read=target)
    assert tree.named_selects == list(screen.evidence)


@pytest.mark.parametrize("screen", SCREENS, ids=by_id(SCREENS))
def test_the_lint_finds_no_fault_in_a_screen(screen):
    assert faults(screen.query, tables=screen.tables) == ()


@pytest.mark.parametrize(("screen", "case"), CASES, ids=NAMES)
def test_the_same_world_as_text_sheet_or_columns_gives_the_same_findings(screen, case, tmp_path):
    expected = run_case(screen, case).findings()
    for ending in (".xlsx", ".parquet"):
        folder = tmp_path / ending[1:]
        shutil.copytree(case.folder, folder)
        for name in BY_NAME:
            text = folder / f"{name}.csv"
            if text.exists():
                frame = pl.read_csv(text, infer_schema=False)
                text.unlink()
                if ending == ".xlsx":
                    frame.write_excel(folder / f"{name}.xlsx")
                else:
                    frame.write_parquet(folder / f"{name}.parquet")
        moved = type(case)(
            folder=folder, place=case.place, as_of=case.as_of, hits=case.hits, spares=case.spares
        )
        assert run_case(screen, moved).findings().equals(expected)


def test_a_case_that_names_nobody_s_row_is_found_out(tmp_path):
    screen = SCREENS[0]
    case = load_cases(screen)[0]
    misspelt = type(case)(
        folder=case.folder,
        place=case.place,
        as_of=case.as_of,
        hits={**case.hits, "C99": "absent"},
        spares={"C0l": "拼错"},
    )
    result = try_case(screen, misspelt)
    assert result.missed == ("C99",)
    assert result.spares_not_in_world == ("C0l",)
    assert not result.is_right


# the command


def ask(*words):
    return CliRunner().invoke(screen_command, [str(word) for word in words])


def folder_of(screen_id):
    return next(case.folder for screen, case in CASES if screen.id == screen_id)


def test_the_command_screens_a_folder_and_writes_what_it_found(tmp_path):
    out = tmp_path / "out"
    words = ("--place", "CN", "--as-of", "2024-09-30", "--out", out, "--only", "SCR-002")
    answer = ask(folder_of("SCR-002"), *words)
    assert answer.exit_code == 0, answer.output
    assert "SCR-002" in answer.stderr
    assert "SCR-002" not in answer.stdout.split("## 各规则")[0]
    assert sorted(file.name for file in out.iterdir()) == [
        "findings.parquet",
        "findings.xlsx",
        "report.json",
        "report.md",
    ]
    again = ask(folder_of("SCR-002"), *words, "--json")
    assert again.exit_code == 0
    assert '"SCR-002"' in again.stdout
    assert again.stdout.startswith("{")


def test_the_command_says_when_not_all_could_be_screened(tmp_path):
    answer = ask(folder_of("SCR-002"), "--place", "CN", "--as-of", "2024-09-30", "--out", tmp_path)
    assert answer.exit_code == 1
    assert "没有表“results”" in answer.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere", "--place", "CN", "--as-of", "2024-09-30", "--out", "x"), "nowhere"),
        ((".", "--place", "44", "--as-of", "2024-09-30", "--out", "x"), "六位数字"),
        ((".", "--place", "CN", "--as-of", "2024-9-31", "--out", "x"), "2024-09-30"),
        ((".", "--place", "CN", "--as-of", "2024-09-30", "--out", "x", "--only", "SCR-999"), "SCR-999"),
    ],
)
def test_the_command_refuses_with_what_to_do_next(words, said):
    answer = ask(*words)
    assert answer.exit_code == 2
    assert said in answer.stderr


def test_the_command_scores_findings_against_a_truth(tmp_path):
    case = next(case for screen, case in CASES if screen.id == "SCR-002")
    truth = pl.DataFrame({"screen_id": "SCR-002", "key": list(case.hits), "is_violation": True})
    truth.write_csv(tmp_path / "truth.csv")
    out = tmp_path / "out"
    words = ("--place", case.place, "--as-of", "2024-09-30", "--out", out, "--only", "SCR-002")
    told = ask(case.folder, *words, "--truth", tmp_path / "truth.csv")
    assert told.exit_code == 0
    assert "| 合计 | 6 | 6 | 6 | 1.0000 | 1.0000 |" in told.stdout
    truth[1:].write_csv(tmp_path / "truth.csv")
    again = ask("score", out, "--truth", tmp_path / "truth.csv")
    assert again.exit_code == 1
    assert "| 合计 | 6 | 5 | 5 | 0.8333 | 1.0000 |" in again.stdout
    assert ask("score", tmp_path, "--truth", tmp_path / "truth.csv").exit_code == 2


def test_the_command_prints_the_contract_and_the_screens():
    tables, listed = ask("tables"), ask("list")
    assert (tables.exit_code, listed.exit_code) == (0, 0)
    for name in BY_NAME:
        assert name in tables.stdout
    for screen in SCREENS:
        assert screen.title in listed.stdout
    assert '"may_be_missing"' in ask("tables", "--json").stdout
    assert '"reasons"' in ask("list", "--json").stdout


def test_a_folder_is_screened_twice_to_the_byte(tmp_path):
    written = []
    for number in (1, 2):
        out = tmp_path / str(number)
        command = "from zhiping.portals.console.screen import screen; screen()"
        words = [folder_of("SCR-005"), "--place", "CN", "--as-of", "2024-09-30", "--out", out]
        subprocess.run(
            [sys.executable, "-c", command, *map(str, words), "--only", "SCR-005", "--threads", str(number)],
            check=True,
            capture_output=True,
        )
        written.append((out / "findings.parquet").read_bytes())
    assert written[0] == written[1]
