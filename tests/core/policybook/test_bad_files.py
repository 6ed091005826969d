"""A gallery of bad policy files: each is one edit to a good folder, named after its fault."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from zhiping.core.policybook import PolicyBook, PolicyInvalidError

GOOD = Path(__file__).parent / "good"
HEADCOUNT = "rules/registry/REG-001-headcount.yaml"
ASSESSORS = "rules/registry/REG-004-assessors.yaml"
NUMBERS = "parameters/filing.yaml"
CITY = "documents/TA20.yaml"
FACTS = "facts.yaml"


@dataclass(frozen=True, slots=True)
class Fault:
    """One edit, and the problems that it must cause: code and the text on the line they point at."""

    file: str
    old: str
    new: str
    codes: tuple[str, ...]
    points_at: str = ""


GALLERY = {
    "key_twice": Fault(
        HEADCOUNT,
        "outcome: refuse\n",
        "outcome: refuse\noutcome: warn\n",
        ("duplicate_key",),
        "outcome: warn",
    ),
    "key_unknown": Fault(
        HEADCOUNT, "outcome: refuse\n", "outcome: refuse\nseverity: high\n", ("unknown_key",), "severity"
    ),
    "key_missing": Fault(HEADCOUNT, "title: 参保职工人数\n", "", ("key_missing",)),
    "on_bare_as_key": Fault(HEADCOUNT, '"on": 2026', "on: 2026", ("bare_boolean_key",), "reviewed"),
    "yes_bare_as_value": Fault(
        "rules/registry/REG-003-registered.yaml", 'is: "yes"', "is: yes", ("bare_boolean",), "is: yes"
    ),
    "place_unquoted": Fault(HEADCOUNT, 'where: ["990100"]', "where: [990100]", ("code_unquoted",), "where"),
    "place_seven_digits": Fault(
        HEADCOUNT, 'where: ["990100"]', 'where: ["9901000"]', ("place_malformed",), "where"
    ),
    "number_octal": Fault(NUMBERS, "value: 300,", "value: 0300,", ("octal_number",), "0300"),
    "decimal_bare": Fault(NUMBERS, 'value: "0.30"', "value: 0.30", ("decimal_unquoted",), "0.30"),
    "flag_written_on": Fault(
        HEADCOUNT, "may_be_waived: false", "may_be_waived: off", ("wrong_type",), "may_be_waived"
    ),
    "day_as_text": Fault(CITY, "issued: 2020-01-15", 'issued: "2020-01-15"', ("wrong_type",), "issued"),
    "period_backwards": Fault(
        HEADCOUNT,
        "{from: 2020-02-01}",
        "{from: 2020-02-01, to: 2020-02-01}",
        ("period_backwards",),
        "in_force",
    ),
    "yaml_broken": Fault(HEADCOUNT, "clauses: [TA20-1]", "clauses: [TA20-1", ("yaml_broken",)),
    "file_empty": Fault(HEADCOUNT, "*", "# nothing\n", ("file_empty",)),
    "clause_unknown_in_rule": Fault(HEADCOUNT, "clauses: [TA20-1]", "clauses: [TA20-9]", ("clause_unknown",)),
    "clause_unknown_in_value": Fault(
        NUMBERS, "clause: TA20-2", "clause: TA20-99", ("clause_unknown",), "TA20-99"
    ),
    "clause_unknown_in_screen": Fault(
        "screens/SCR-001-toy/screen.yaml", "PA19-2", "PA19-7", ("clause_unknown",)
    ),
    "clause_of_another_document": Fault(CITY, "id: TA20-5", "id: PA19-5", ("clause_id_foreign",), "PA19-5"),
    "clause_twice": Fault(CITY, "id: TA20-5", "id: TA20-4", ("duplicate_id",), "公开收费标准"),
    "clause_kind_unknown": Fault(CITY, "kind: [D]", "kind: [Q]", ("not_one_of",), "[Q]"),
    "principle_with_others": Fault(
        CITY, "kind: [D]", "kind: [D, principle]", ("kind_principle_alone",), "principle]"
    ),
    "document_in_other_file": Fault(
        CITY, "id: TA20\n", "id: TA21\n", ("document_id_and_file", "clause_id_foreign"), "id: TA21"
    ),
    "rule_id_malformed": Fault(HEADCOUNT, "id: REG-001", "id: REG-1", ("rule_id_malformed",), "id: REG-1"),
    "rule_id_twice": Fault(HEADCOUNT, "id: REG-001", "id: REG-002", ("rule_id_and_file", "duplicate_id"), ""),
    "values_overlap": Fault(
        NUMBERS, "to: 2022-01-01, value", "to: 2022-01-02, value", ("values_overlap",), "from: 2022-01-01"
    ),
    "value_is_a_word": Fault(NUMBERS, "value: 300,", "value: many,", ("value_malformed",), "many"),
    "parameter_unknown": Fault(
        HEADCOUNT,
        "parameter: filing.headcount",
        "parameter: filing.headcounts",
        ("parameter_unknown",),
        "headcounts",
    ),
    "parameter_starts_after_rule": Fault(
        NUMBERS, "from: 2020-02-01, value: 3,", "from: 2020-03-01, value: 3,", ("parameter_gap",)
    ),
    "comparator_against_wording": Fault(
        ASSESSORS, "is: at_least", "is: more_than", ("wording_contradicted",), "more_than"
    ),
    "as_worded_without_words": Fault(
        "rules/registry/REG-005-years.yaml", "is: at_least", "is: as_worded", ("wording_silent",), "as_worded"
    ),
    "as_worded_against_value": Fault(
        "rules/registry/REG-002-province-headcount.yaml",
        "is: more_than",
        "is: as_worded",
        ("as_worded_needs_parameter",),
        "as_worded",
    ),
    "fact_unknown": Fault(
        HEADCOUNT, "fact: headcount,", "fact: head_count,", ("fact_unknown", "placeholder_unknown"), ""
    ),
    "field_outside_its_rows": Fault(
        HEADCOUNT, "fact: headcount,", "fact: assessors,", ("fact_unknown", "placeholder_unknown"), ""
    ),
    "operator_for_another_type": Fault(
        "rules/registry/REG-003-registered.yaml",
        '{fact: registered, is: "yes"}',
        "{fact: registered, is: at_least, value: 1}",
        ("operator_and_type",),
        "at_least",
    ),
    "types_differ": Fault(
        "rules/registry/REG-002-province-headcount.yaml",
        "value: 100}",
        "value: 2020-01-01}",
        ("types_differ",),
        "2020-01-01}",
    ),
    "two_comparands": Fault(
        "rules/registry/REG-002-province-headcount.yaml",
        "value: 100}",
        "value: 100, other_fact: years}",
        ("against_malformed",),
        "other_fact",
    ),
    "two_heads": Fault(
        HEADCOUNT,
        "condition: {fact",
        "condition: {all: [], fact",
        ("condition_malformed", "placeholder_unknown"),
        "condition",
    ),
    "predicate_unknown": Fault(
        HEADCOUNT,
        "{fact: headcount, is: as_worded, parameter: filing.headcount}",
        "{predicate: is_nice}",
        ("predicate_unknown", "placeholder_unknown"),
        "",
    ),
    "predicate_without_its_list": Fault(
        HEADCOUNT,
        "{fact: headcount, is: as_worded, parameter: filing.headcount}",
        "{predicate: entry_condition_met, with: {entry_condition: size, level: size}}",
        ("catalogue_unknown", "placeholder_unknown"),
        "",
    ),
    "placeholder_unknown": Fault(HEADCOUNT, "{headcount} 人，", "{heads} 人，", ("placeholder_unknown",)),
    "placeholder_reaches_inside": Fault(
        HEADCOUNT, "{headcount} 人，", "{headcount.real} 人，", ("placeholder_malformed",)
    ),
    "brace_left_open": Fault(HEADCOUNT, "{headcount} 人，", "{headcount 人，", ("placeholder_malformed",)),
    "rule_unknown_replaced": Fault(
        HEADCOUNT, "replaces: [REG-002]", "replaces: [REG-777]", ("rule_unknown",)
    ),
    "named_day_unknown": Fault(HEADCOUNT, "acceptance_day", "today", ("not_one_of",), "today"),
    "named_days_differ": Fault(HEADCOUNT, "acceptance_day", "issue_day", ("named_days_differ",) * 5),
    "review_missing": Fault(
        HEADCOUNT, 'reviewed: {by: policy-desk, "on": 2026-01-05}\n', "", ("review_missing",), "status"
    ),
    "retired_without_end": Fault(
        HEADCOUNT, "status: reviewed", "status: retired", ("retired_without_end",), "status"
    ),
    "cases_too_few": Fault(
        HEADCOUNT,
        "  - {case: 施行前, "
        'given: {headcount: 1, place: "990100", day: 2020-01-31}, expect: not_applicable}\n'
        '  - {case: 缺资料, given: {place: "990100", day: 2021-03-01}, expect: unknown}\n',
        "",
        ("cases_missing",),
    ),
    "case_named_twice": Fault(HEADCOUNT, "case: 差一人", "case: 恰好", ("case_duplicate",)),
    "case_without_day": Fault(HEADCOUNT, ", day: 2020-01-31}", "}", ("key_missing",)),
    "case_expects_what_cannot_be": Fault(
        HEADCOUNT, "expect: refuse", "expect: warn", ("case_expects_other",), "差一人"
    ),
    "case_with_unknown_fact": Fault(
        HEADCOUNT, "given: {headcount: 299", "given: {heads: 299", ("fact_unknown",), "差一人"
    ),
    "case_with_wrong_type": Fault(
        HEADCOUNT, "given: {headcount: 299", 'given: {headcount: "299"', ("fact_value_malformed",), "差一人"
    ),
    "case_with_unknown_field": Fault(
        ASSESSORS, "{code: 乙, assessors: 2}", "{code: 乙, examiners: 2}", ("fact_unknown",), "两名"
    ),
    "fact_named_like_ours": Fault(FACTS, "name: site", "name: place", ("fact_reserved",), "name: place"),
    "fact_twice": Fault(FACTS, "name: site", "name: size", ("duplicate_id",), "考点所在地"),
    "rows_without_fields": Fault(
        FACTS, "type: texts}", "type: rows}", ("fact_fields_missing",), "type: rows}"
    ),
    "fields_without_rows": Fault(
        FACTS,
        "    type: rows\n",
        "    type: texts\n",
        ("fact_fields_needless", "operator_and_type", "fact_unknown", "fact_unknown", "fact_value_malformed"),
    ),
    "key_is_no_field": Fault(FACTS, "key: code", "key: number", ("fact_key_unknown",), "key: number"),
}


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(GOOD, tmp_path / "policy"))


def spoil(folder: Path, fault: Fault) -> list[str]:
    path = folder / fault.file
    text = path.read_text(encoding="utf-8")
    if fault.old == "*":
        text = fault.new
    else:
        assert fault.old in text
        text = text.replace(fault.old, fault.new, 1)
    path.write_text(text, encoding="utf-8")
    return text.splitlines()


def test_the_good_folder_has_no_problems():
    assert PolicyBook.read(GOOD)[1] == ()


@pytest.mark.parametrize("name", GALLERY)
def test_the_loader_names_the_fault_its_file_and_its_line(folder, name):
    fault = GALLERY[name]
    lines = spoil(folder, fault)
    with pytest.raises(PolicyInvalidError) as refusal:
        PolicyBook.load(folder)
    problems = refusal.value.problems
    assert set(fault.codes) <= {one.code for one in problems}, [str(one) for one in problems]
    assert {one.code for one in problems} <= set(fault.codes) | {"fact_unknown"}, [str(p) for p in problems]
    for one in problems:
        assert one.sentence
        assert f"{one.file}:{one.line}:" in str(one)
    if fault.points_at:
        pointed = [lines[one.line - 1] for one in problems if one.file == fault.file]
        assert any(fault.points_at in line for line in pointed), pointed


def test_all_problems_come_at_once_each_in_its_file(folder):
    for name in ("key_twice", "decimal_bare", "clause_kind_unknown", "fact_named_like_ours"):
        spoil(folder, GALLERY[name])
    with pytest.raises(PolicyInvalidError) as refusal:
        PolicyBook.load(folder)
    found = {(one.file, one.code) for one in refusal.value.problems}
    assert {
        (HEADCOUNT, "duplicate_key"),
        (NUMBERS, "decimal_unquoted"),
        (CITY, "not_one_of"),
        (FACTS, "fact_reserved"),
    } <= found


def test_a_file_that_is_not_text_is_a_problem_not_a_crash(folder):
    (folder / HEADCOUNT).write_bytes(b"\xff\xfe\x00")
    assert "file_not_text" in {one.code for one in PolicyBook.read(folder)[1]}


def test_a_control_character_is_a_problem_not_a_crash(folder):
    path = folder / HEADCOUNT
    path.write_text(path.read_text(encoding="utf-8") + "\x07", encoding="utf-8")
    assert "yaml_broken" in {one.code for one in PolicyBook.read(folder)[1]}


ENTRY = (
    "condition,level,min_age,min_work_months,prior_level,"
    "months_since_prior,education,title,months_since_title,clause\n"
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENTRY.replace("level,", "", 1), "catalogue_columns"),
        (ENTRY + "2023/4-2,6,,,5,36,,,,TA20-1\n", "catalogue_cell"),
        (ENTRY + "2023/4-2,4,,,5,three,,,,TA20-1\n", "catalogue_cell"),
        (ENTRY + "2023/4-2,4,,,5,36,college,,,TA20-1\n", "catalogue_cell"),
        (ENTRY + "2023/4-2,4,,,5,36,,,,TA99-1\n", "catalogue_cell"),
        (ENTRY + "2023/4-2,4,,,5,36,,,,TA20-1\n" * 2, "catalogue_key_repeated"),
    ],
)
def test_a_bad_list_is_refused(folder, text, code):
    (folder / "catalogues").mkdir(exist_ok=True)
    (folder / "catalogues" / "entry_conditions.csv").write_text(text, encoding="utf-8")
    assert {one.code for one in PolicyBook.read(folder)[1]} == {code}
