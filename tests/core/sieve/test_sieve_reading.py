import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
import xlsxwriter

from tests.core.sieve.sieve_worlds import BODY, ENROLMENT, RESULT, SCOPE, SITTING, good_folder, write_csv
from zhiping.core.sieve.contract import BY_NAME, ENTRY_CONDITIONS, LEVELS
from zhiping.core.sieve.errors import FolderUnknownError, SuppliedTableBrokenError
from zhiping.core.sieve.messages import MESSAGES, problem_sentence
from zhiping.core.sieve.reading import load_rows, read_folder
from zhiping.core.sieve.snapshot import SHOWN_PER_TABLE

FULL_WIDTH = "６０"
NINE = dt.datetime.fromisoformat("2024-05-11 09:00:00")


def loaded(snapshot, name):
    return pl.concat([pl.read_parquet(part) for part in snapshot.tables[name].parts])


def test_a_folder_that_meets_the_contract_is_read_whole_and_typed(tmp_path):
    with read_folder(good_folder(tmp_path)) as snapshot:
        assert not snapshot.refused
        assert set(snapshot.tables) == {"bodies", "scope_lines", "sittings", "enrolments", "results"}
        assert "certificates" in snapshot.absent
        result = loaded(snapshot, "results").row(0, named=True)
        assert result["score"] == Decimal("59.5")
        assert result["absent"] is False
        assert result["recorded_on"] == dt.date(2024, 5, 15)
        assert loaded(snapshot, "sittings")["starts_at"][0] == NINE
        assert loaded(snapshot, "scope_lines")["valid_to"][0] is None
        assert len(snapshot.tables["bodies"].sources[0].sha256) == 64
        workspace = snapshot.workspace
        assert workspace.exists()
    assert not workspace.exists()


def test_a_folder_that_is_not_there_or_holds_none_of_the_tables_is_refused(tmp_path):
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(FolderUnknownError):
            read_folder(folder)


BAD_ROWS = {
    # name of the fault: table, row, code, column, value shown
    "a_level_that_does_not_exist": ("sittings", SITTING | {"level": "6"}, "value_not_allowed", "level", "6"),
    "a_day_that_does_not_exist": (
        "scope_lines",
        SCOPE | {"valid_from": "2023-02-29"},
        "value_unreadable",
        "valid_from",
        "2023-02-29",
    ),
    "a_day_in_another_order": (
        "scope_lines",
        SCOPE | {"valid_from": "01/05/2024"},
        "value_unreadable",
        "valid_from",
        "01/05/2024",
    ),
    "a_day_with_an_hour": (
        "results",
        RESULT | {"recorded_on": "2024-05-15 08:00:00"},
        "value_unreadable",
        "recorded_on",
        "2024-05-15 08:00:00",
    ),
    "a_score_with_two_decimals": (
        "results",
        RESULT | {"score": "59.95"},
        "value_unreadable",
        "score",
        "59.95",
    ),
    "a_score_in_full_width_digits": (
        "results",
        RESULT | {"score": FULL_WIDTH},
        "value_unreadable",
        "score",
        FULL_WIDTH,
    ),
    "a_flag_in_other_words": ("results", RESULT | {"absent": "maybe"}, "value_unreadable", "absent", "maybe"),
    "months_that_are_no_number": (
        "enrolments",
        ENROLMENT | {"work_months": "6 years"},
        "value_unreadable",
        "work_months",
        "6 years",
    ),
    "a_place_that_is_a_name": ("bodies", BODY | {"place": "佛山市"}, "value_form", "place", "佛山市"),
    "a_place_of_four_digits": ("sittings", SITTING | {"place": "4406"}, "value_form", "place", "4406"),
    "a_body_without_a_kind": ("bodies", BODY | {"kind": ""}, "value_missing", "kind", ""),
    "a_sitting_that_ends_before_it_starts": (
        "sittings",
        SITTING | {"ends_at": "2024-05-11 08:59:59"},
        "period_backwards",
        "ends_at",
        "2024-05-11 08:59:59",
    ),
    "a_sitting_of_nobody": ("sittings", SITTING | {"body_id": "E9"}, "reference_unknown", "body_id", "E9"),
    "a_month_that_starts_late": (
        "insured_months",
        {"body_id": "E1", "month": "2024-05-02", "insured_count": "3"},
        "value_form",
        "month",
        "2024-05-02",
    ),
}


@pytest.mark.parametrize("fault", BAD_ROWS)
def test_a_bad_row_refuses_its_table_with_row_column_and_value(tmp_path, fault):
    table, row, code, column, value = BAD_ROWS[fault]
    folder = good_folder(tmp_path)
    good = {"bodies": BODY, "scope_lines": SCOPE, "sittings": SITTING, "enrolments": ENROLMENT}
    key = BY_NAME[table].key[0]
    before = [good[table] | {key: "K0"}] if table in good else []
    write_csv(folder, table, [*before, row])
    with read_folder(folder) as snapshot:
        refusal = snapshot.refused[table]
        problem = refusal.problems[0]
        assert (problem.code, problem.column, problem.value) == (code, column, value)
        assert problem.row == 2 + len(before)
        assert refusal.total == 1
        assert table not in snapshot.tables
        assert "bodies" in snapshot.tables or table == "bodies"
        said = problem_sentence(problem)
        assert str(problem.row) in said
        assert "{" not in said


def test_every_reason_is_given_at_once_and_counted_beyond_the_list(tmp_path):
    folder = good_folder(tmp_path)
    many = [RESULT | {"subject": "theory", "enrolment_id": f"N{n}", "score": "x"} for n in range(250)]
    write_csv(folder, "results", [*many, RESULT | {"subject": "dance"}, RESULT | {"subject": "dance"}])
    with read_folder(folder) as snapshot:
        refusal = snapshot.refused["results"]
        assert len(refusal.problems) == SHOWN_PER_TABLE
        # 250 scores, 2 subjects, 1 repeated key; references are looked at when the table itself is right
        assert refusal.total == 253


def test_a_key_that_stands_twice_is_refused_where_it_stands_again(tmp_path):
    folder = good_folder(tmp_path)
    write_csv(folder, "sittings", [SITTING, SITTING | {"sitting_id": "S2"}, SITTING])
    with read_folder(folder) as snapshot:
        (problem,) = snapshot.refused["sittings"].problems
        assert (problem.code, problem.row, problem.value) == ("key_repeated", 4, "S1")


def test_a_column_that_is_missing_is_named_and_one_too_many_is_left_alone(tmp_path):
    folder = good_folder(tmp_path)
    columns = [name for name in BODY if name != "state"]
    write_csv(folder, "bodies", [{name: BODY[name] for name in columns}], columns=columns)
    write_csv(
        folder,
        "sittings",
        [SITTING | {"remark": "雨"}],
        columns=[*BY_NAME["sittings"].column_names, "remark"],
    )
    with read_folder(folder) as snapshot:
        (problem,) = snapshot.refused["bodies"].problems
        assert (problem.code, problem.column) == ("column_absent", "state")
        assert loaded(snapshot, "sittings").columns == list(BY_NAME["sittings"].column_names)


def test_two_files_of_one_table_are_refused(tmp_path):
    folder = good_folder(tmp_path)
    pl.read_csv(folder / "bodies.csv", infer_schema=False).write_parquet(folder / "bodies.parquet")
    with read_folder(folder) as snapshot:
        (problem,) = snapshot.refused["bodies"].problems
        assert problem.code == "file_ambiguous"


@pytest.mark.parametrize("ending", [".parquet", ".xlsx", ".csv"])
def test_a_damaged_file_is_refused_and_the_others_are_read(tmp_path, ending):
    folder = good_folder(tmp_path)
    (folder / "results.csv").unlink()
    (folder / f"results{ending}").write_bytes(b"\xff\xfe\x00PAR1 not a table \x81\x30\x81")
    with read_folder(folder) as snapshot:
        assert snapshot.refused["results"].problems[0].code in {"file_unreadable", "column_absent"}
        assert "enrolments" in snapshot.tables


def test_a_truncated_columnar_file_is_refused(tmp_path):
    folder = good_folder(tmp_path)
    whole = folder / "enrolments.parquet"
    pl.read_csv(folder / "enrolments.csv", infer_schema=False).write_parquet(whole)
    (folder / "enrolments.csv").unlink()
    whole.write_bytes(whole.read_bytes()[:-20])
    with read_folder(folder) as snapshot:
        assert snapshot.refused["enrolments"].problems[0].code == "file_unreadable"


def test_numbers_where_text_belongs_are_refused_since_leading_zeros_are_gone(tmp_path):
    folder = good_folder(tmp_path)
    frame = pl.read_csv(folder / "bodies.csv", infer_schema=False)
    (folder / "bodies.csv").unlink()
    frame.with_columns(pl.col("place").cast(pl.Int64)).write_parquet(folder / "bodies.parquet")
    with read_folder(folder) as snapshot:
        (problem,) = snapshot.refused["bodies"].problems
        assert (problem.code, problem.column, problem.value) == ("column_type", "place", "BIGINT")


def test_a_text_file_in_the_national_encoding_is_read(tmp_path):
    folder = good_folder(tmp_path)
    text = (folder / "bodies.csv").read_text(encoding="utf-8")
    (folder / "bodies.csv").write_bytes(text.encode("gb18030"))
    with read_folder(folder) as snapshot:
        assert loaded(snapshot, "bodies")["name"].to_list() == ["样例制造厂"]


def test_a_sheet_as_people_make_them_is_read(tmp_path):
    folder = good_folder(tmp_path)
    (folder / "results.csv").unlink()
    with xlsxwriter.Workbook(str(folder / "results.xlsx")) as workbook:
        workbook.add_worksheet("说明").write(0, 0, "请填第二页")
        sheet = workbook.add_worksheet("results")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for column, name in enumerate(BY_NAME["results"].column_names):
            sheet.write(0, column, name)
        # row 2 of the sheet is blank, the numbers are numbers, the day is a day
        for row, (subject, score) in enumerate([("theory", 60), ("practical", 59.5)], start=2):
            sheet.write_row(row, 0, ["N1", subject, score, False])
            sheet.write_datetime(row, 4, dt.date(2024, 5, 15), day)
    with read_folder(folder) as snapshot:
        assert not snapshot.refused
        assert loaded(snapshot, "results")["score"].to_list() == [Decimal("60.0"), Decimal("59.5")]
        assert snapshot.tables["results"].rows == 2


def test_parts_of_a_table_in_a_folder_are_one_table(tmp_path):
    folder = good_folder(tmp_path)
    frame = pl.read_csv(folder / "sittings.csv", infer_schema=False)
    (folder / "sittings.csv").unlink()
    (folder / "sittings").mkdir()
    frame.write_parquet(folder / "sittings" / "a.parquet")
    frame.with_columns(sitting_id=pl.lit("S2")).write_parquet(folder / "sittings" / "b[1]*.parquet")
    with read_folder(folder) as snapshot:
        assert snapshot.tables["sittings"].rows == 2
        assert len(snapshot.tables["sittings"].sources) == 2


def test_what_is_no_table_is_left_alone_and_named(tmp_path):
    folder = good_folder(tmp_path)
    (folder / "truth.parquet").write_bytes(b"")
    with read_folder(folder) as snapshot:
        assert snapshot.ignored_files == ("truth.parquet",)


def test_a_table_that_the_platform_supplies_meets_the_contract_too(tmp_path):
    row = {"condition": "2023/4-1", "level": "4", "min_work_months": 60, "clause": "STD23-4-1"}
    table = load_rows(ENTRY_CONDITIONS, [row], workspace=tmp_path)
    assert table.rows == 1
    with pytest.raises(SuppliedTableBrokenError) as refused:
        load_rows(ENTRY_CONDITIONS, [row | {"level": "9"}], workspace=tmp_path)
    assert refused.value.facts["problems"][0].code == "value_not_allowed"


def test_every_code_of_the_reader_has_a_sentence():
    for code in {fault[2] for fault in BAD_ROWS.values()} | {"file_ambiguous", "column_type", "key_repeated"}:
        assert MESSAGES[code]
    assert LEVELS == ("5", "4", "3", "2", "1")
