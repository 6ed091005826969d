import json
import shutil
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tests.core.sieve.sieve_worlds import BODY, ENROLMENT, SCOPE, SITTING, good_folder, write_csv
from zhiping.core.sieve.errors import (
    EngineFailedError,
    OutputUnwritableError,
    ScreenMisbehavedError,
    ScreensBrokenError,
    ScreenUnknownError,
    SnapshotChangedError,
    TruthUnreadableError,
)
from zhiping.core.sieve.messages import sentence
from zhiping.core.sieve.parameters import ParameterRow
from zhiping.core.sieve.reading import read_folder
from zhiping.core.sieve.running import run_screens
from zhiping.core.sieve.scoring import read_truth, scored
from zhiping.core.sieve.screen import load_screens
from zhiping.core.sieve.writing import FILES, as_mapping, write_report

HEADER = """
id: SCR-900
title: 试验规则
looks_at: [bodies, sittings]
clauses: [LN24-3.5b]
severity: low
parameters: {{{parameters}}}
may_be_unknown: []
key: [sitting_id]
body_column: body_id
place_column: place
day_column: day
evidence: {{sitting_id: 场次标识, body_id: 机构标识, place: 地区, day: 日期, reason: 原因}}
reasons: {{found: 命中}}
explains_itself_wrongly_when: [总是]
routes_to: supervising_authority
status: trial
promoted: null
"""
QUERY = """
SELECT sitting_id, body_id, place, CAST(starts_at AS DATE) AS day, 'found' AS reason
FROM sittings
WHERE state = 'held'
"""
MARKED = """
SELECT s.sitting_id, s.body_id, s.place, CAST(s.starts_at AS DATE) AS day, 'found' AS reason
FROM sittings AS s
INNER JOIN p_limit AS l
    ON l.place = s.place
    AND l.valid_from <= CAST(s.starts_at AS DATE) AND l.valid_to > CAST(s.starts_at AS DATE)
"""


def screen_in(folder, *, query=QUERY, header=HEADER, parameters=""):
    place = folder / "SCR-900-trial"
    place.mkdir(parents=True, exist_ok=True)
    (place / "screen.yaml").write_text(header.format(parameters=parameters), encoding="utf-8")
    (place / "query.sql").write_text(query, encoding="utf-8")
    return folder


def run(
    folder, screens, *, place="CN", as_of=date(2024, 9, 30), parameters=(), entry_conditions=None, **options
):
    with read_folder(folder) as snapshot:
        return run_screens(
            snapshot,
            screens,
            parameters=parameters,
            entry_conditions=entry_conditions,
            place=place,
            as_of=as_of,
            **options,
        )


@pytest.fixture
def screens(tmp_path):
    return load_screens(screen_in(tmp_path / "screens"))


@pytest.fixture
def folder(tmp_path):
    folder = good_folder(tmp_path / "tables")
    write_csv(folder, "bodies", [BODY, BODY | {"body_id": "E2", "place": "210100"}])
    sittings = [
        SITTING,
        SITTING | {"sitting_id": "S2", "body_id": "E2", "place": "210102"},
        SITTING | {"sitting_id": "S3", "body_id": "E1", "place": "440300"},
        SITTING | {"sitting_id": "S4", "starts_at": "2024-10-01 09:00:00", "ends_at": "2024-10-01 10:00:00"},
    ]
    write_csv(folder, "sittings", sittings)
    return folder


def keys(report):
    return report.findings()["key"].to_list()


def test_a_hit_counts_in_the_place_it_lies_in_and_in_the_place_its_body_is_filed_in(folder, screens):
    assert keys(run(folder, screens, place="CN")) == ["S1", "S2", "S3"]
    assert keys(run(folder, screens, place="440600")) == ["S1", "S3"]
    assert keys(run(folder, screens, place="440300")) == ["S3"]
    assert keys(run(folder, screens, place="210000")) == ["S2"]
    assert keys(run(folder, screens, place="440604")) == []


def test_what_happens_after_the_day_is_not_looked_at(folder, screens):
    assert "S4" not in keys(run(folder, screens, as_of=date(2024, 9, 30)))
    assert "S4" in keys(run(folder, screens, as_of=date(2024, 10, 1)))


def test_a_finding_carries_who_where_when_why_and_its_row(folder, screens):
    finding = run(folder, screens, place="440300").findings().row(0, named=True)
    assert len(finding["finding"]) == 32
    assert (finding["body_id"], finding["place"], finding["body_place"]) == ("E1", "440300", "440600")
    assert (finding["day"], finding["reason"], finding["clauses"]) == (
        date(2024, 5, 11),
        "found",
        "LN24-3.5b",
    )
    assert json.loads(finding["evidence"])["sitting_id"] == "S3"


def test_any_number_of_threads_and_little_memory_give_the_same_findings(folder, screens, tmp_path):
    whole = run(folder, screens, threads=1).findings()
    spare = run(folder, screens, threads=4, memory_limit="200MB", spill_folder=tmp_path / "spill").findings()
    assert whole.equals(spare)


def test_the_coverage_reconciles_what_was_read_with_what_was_seen(folder, screens):
    coverage = run(folder, screens, place="440000").coverage
    assert coverage.is_complete
    assert coverage.rows_seen["sittings"] == 4
    assert (coverage.bodies, coverage.bodies_in_place, coverage.sittings_in_place) == (2, 1, 3)


def test_a_refused_or_absent_table_keeps_only_the_screens_that_need_it_from_running(
    folder, screens, tmp_path
):
    other = screen_in(
        tmp_path / "other",
        header=HEADER.replace("SCR-900", "SCR-901").replace(
            "[bodies, sittings]", "[bodies, enrolments, certificates]"
        ),
        query="""SELECT e.sitting_id, b.body_id, b.place, e.born_on AS day, 'found' AS reason
        FROM enrolments AS e
        INNER JOIN bodies AS b ON b.body_id = e.person_key""",
    )
    (other / "SCR-900-trial").rename(other / "SCR-901-other")
    write_csv(folder, "enrolments", [ENROLMENT | {"born_on": "?"}])
    report = run(folder, [*screens, *load_screens(other)])
    assert report.screens_that_ran == ("SCR-900",)
    assert keys(report) == ["S1", "S2", "S3"]
    assert [(o.code, o.name) for o in report.outcomes[1].obstacles] == [
        ("table_refused", "enrolments"),
        ("table_absent", "certificates"),
    ]


def limit(place, valid_from, value=1, valid_to=None):
    return ParameterRow("a.limit", place, valid_from, valid_to, value, "A-1")


def test_rows_without_a_parameter_in_force_are_reported_as_not_judged(folder, tmp_path):
    screens = load_screens(screen_in(tmp_path / "screens", query=MARKED, parameters="limit: a.limit"))
    report = run(
        folder, screens, parameters=[limit("440600", date(2020, 1, 1)), limit("210000", date(2024, 6, 1))]
    )
    assert keys(report) == ["S1"]
    not_judged = {(gap.place, gap.period.start, gap.period.end) for gap in report.outcomes[0].not_judged}
    assert ("440300", date(2024, 5, 11), date(2024, 10, 1)) in not_judged
    assert ("210102", date(2024, 5, 11), date(2024, 6, 1)) in not_judged
    assert not any(place.startswith("4406") for place, _, _ in not_judged)


def test_a_screen_whose_parameter_nobody_knows_does_not_run(folder, tmp_path):
    screens = load_screens(screen_in(tmp_path / "screens", query=MARKED, parameters="limit: a.limit"))
    report = run(folder, screens, parameters=[limit("110000", date(2020, 1, 1))])
    assert [(o.code, o.name) for o in report.outcomes[0].obstacles] == [("parameter_unknown", "a.limit")]
    assert not report.screens_that_ran


def test_a_file_that_changes_during_the_run_makes_it_void(folder, screens):
    with read_folder(folder) as snapshot:
        write_csv(folder, "scope_lines", [SCOPE, SCOPE | {"scope_id": "L2"}])
        with pytest.raises(SnapshotChangedError) as refused:
            run_screens(
                snapshot, screens, parameters=[], entry_conditions=None, place="CN", as_of=date(2024, 9, 30)
            )
        assert "scope_lines.csv" in sentence(refused.value)


@pytest.mark.parametrize(
    ("query", "misbehaviour"),
    [
        (QUERY.replace("'found'", "'else'"), "reason_undeclared"),
        (QUERY.replace("SELECT sitting_id", "SELECT plan_id AS sitting_id"), "key_twice"),
        (QUERY.replace("SELECT sitting_id", "SELECT COALESCE(NULL, NULL) AS sitting_id"), "key_missing"),
    ],
)
def test_a_screen_that_does_not_keep_its_header_s_promise_is_stopped(folder, tmp_path, query, misbehaviour):
    screens = load_screens(screen_in(tmp_path / "screens", query=query))
    with pytest.raises(ScreenMisbehavedError) as refused:
        run(folder, screens)
    assert refused.value.facts["misbehaviour"] == misbehaviour
    assert "SCR-900" in sentence(refused.value)


def test_a_query_that_slipped_past_the_lint_can_read_no_other_file(folder, screens, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("sitting_id\nS1\n", encoding="utf-8")
    sly = replace(screens[0], query=f"SELECT sitting_id FROM read_csv('{secret}')")
    with pytest.raises(EngineFailedError):
        run(folder, [sly])


def test_progress_names_every_screen_once(folder, screens):
    told = []
    run(folder, screens, progress=lambda *what: told.append(what))
    assert told == [("SCR-900", 1, 1)]


# headers


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("severity: low", "severity: dire"), "severity_unknown"),
        (("status: trial", "status: in_use"), "promotion_unproven"),
        (("clauses: [LN24-3.5b]", "clauses: []"), "clauses_empty"),
        (("clauses: [LN24-3.5b]", "clauses: [第三条]"), "clause_malformed"),
        (("[总是]", "[]"), "false_alarms_unstated"),
        (("key: [sitting_id]", "key: [enrolment_id]"), "column_not_in_evidence"),
        (("looks_at: [bodies, sittings]", "looks_at: [bodies, sitting]"), "table_unknown"),
        (("looks_at: [bodies, sittings]", "looks_at: [sittings]"), "bodies_not_looked_at"),
        (("title: 试验规则\n", ""), "field_absent"),
        (("title: 试验规则", "title: 试验规则\nowner: x"), "field_unknown"),
        (("title: 试验规则", "title: 试验规则\ntitle: 又一个"), "unreadable"),
        (("id: SCR-900", "id: SCR-9"), "id_malformed"),
        (("day: 日期, ", "day: 日期, more: 多余, "), "columns_not_evidence"),
        (("id: SCR-900", "id: 900"), "field_type"),
    ],
)
def test_a_wrong_header_is_refused_with_its_file_and_line(tmp_path, change, code):
    folder = screen_in(tmp_path, header=HEADER.replace(*change))
    with pytest.raises(ScreensBrokenError) as refused:
        load_screens(folder)
    found = refused.value.facts["problems"]
    assert code in {problem.code for problem in found}
    assert found[0].file.startswith("SCR-900-trial/")
    assert str(len(found)) in sentence(refused.value)


def test_two_screens_of_one_id_are_refused_and_an_unknown_id_too(tmp_path):
    folder = screen_in(tmp_path)
    shutil.copytree(folder / "SCR-900-trial", folder / "SCR-900-again")
    with pytest.raises(ScreensBrokenError):
        load_screens(folder)
    shutil.rmtree(folder / "SCR-900-again")
    with pytest.raises(ScreenUnknownError):
        load_screens(folder, only=["SCR-901"])


def test_a_retired_screen_runs_only_when_asked_for(tmp_path):
    folder = screen_in(tmp_path, header=HEADER.replace("status: trial", "status: retired"))
    assert load_screens(folder) == ()
    assert [screen.id for screen in load_screens(folder, only=["SCR-900"])] == ["SCR-900"]


# output


def test_the_report_is_written_for_people_and_for_programs(folder, screens, tmp_path):
    write_csv(folder, "enrolments", [ENROLMENT | {"born_on": "?"}])
    report = run(folder, screens)
    files = write_report(report, tmp_path / "out")
    assert [file.name for file in files] == list(FILES)
    assert pl.read_parquet(files[0]).equals(report.findings())
    sheet = pl.read_excel(files[1], sheet_name="SCR-900 试验规则", engine="calamine")
    assert sheet.columns == ["场次标识", "机构标识", "地区", "日期", "原因"]
    assert sheet["原因"].to_list() == ["命中"] * 3
    described = json.loads(files[2].read_text(encoding="utf-8"))
    assert described == as_mapping(report)
    assert described["findings"] == 3
    assert described["refused_tables"][0]["problems"][0]["value"] == "?"
    text = files[3].read_text(encoding="utf-8")
    assert "命中是线索，不是认定违规" in text
    assert "enrolments" in text


def test_a_folder_that_cannot_be_written_leaves_what_was_there(folder, screens, tmp_path):
    report = run(folder, screens)
    out = tmp_path / "out"
    write_report(report, out)
    before = (out / "findings.parquet").read_bytes()
    (out / "report.md").unlink()
    (out / "report.md").mkdir()
    (out / ".report.md.unfinished").mkdir()
    with pytest.raises(OutputUnwritableError):
        write_report(run(folder, screens, place="440300"), out)
    assert (out / "findings.parquet").read_bytes() == before


def test_a_score_counts_what_was_missed_and_who_was_accused_wrongly(folder, screens, tmp_path):
    truth = pl.DataFrame(
        {
            "screen_id": ["SCR-900", "SCR-900", "SCR-900"],
            "key": ["S1", "S9", "S3"],
            "is_violation": [True, True, False],
        }
    )
    truth.write_csv(tmp_path / "truth.csv")
    truth.write_parquet(tmp_path / "truth.parquet")
    for name in ("truth.csv", "truth.parquet"):
        one, everything = scored(
            run(folder, screens).findings(), read_truth(tmp_path / name), screens_that_ran=("SCR-900",)
        )
        assert (one.missed, one.accused_wrongly) == (("S9",), ("S2", "S3"))
        assert one.precision == pytest.approx(1 / 3)
        assert one.recall == pytest.approx(1 / 2)
        assert not everything.is_perfect
    truth.drop("key").write_csv(tmp_path / "truth.csv")
    with pytest.raises(TruthUnreadableError):
        read_truth(tmp_path / "truth.csv")
