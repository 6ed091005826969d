"""`zhiping policy` as people call it: exit codes, sentences, stable JSON keys."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from zhiping.portals.console.policy import policy

GOOD = Path(__file__).parents[1] / "core" / "policybook" / "good"
FACTS = (
    "headcount: {headcount}\nregistered: true\nis_branch: false\nyears: 6\n"
    "lines: [{{code: 甲, assessors: 3}}]\n"
)


def call(*arguments, given=""):
    return CliRunner().invoke(policy, [str(one) for one in arguments], input=given)


def decide(*arguments, headcount=300, day="2021-03-01", place="990100", facts=None):
    given = FACTS.format(headcount=headcount) if facts is None else facts
    where = ["--place", place, "--on", day, "--facts", "-", "--policy", GOOD]
    return call("decide", "filing", *where, *arguments, given=given)


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(GOOD, tmp_path / "policy"))


def test_check_counts_what_is_there():
    result = call("check", "--policy", GOOD)
    assert result.exit_code == 0
    assert "规则 6 条" in result.output
    counted = json.loads(call("check", "--policy", GOOD, "--json").output)
    assert counted["ok"] is True
    assert counted["counts"]["rules"] == 6
    assert set(counted["counts"]) == {
        "documents",
        "clauses",
        "parameters",
        "values",
        "facts",
        "rules",
        "cases",
        "screens",
    }


def test_check_prints_file_and_line_of_each_problem(folder):
    path = folder / "rules/registry/REG-001-headcount.yaml"
    path.write_text(path.read_text().replace("clauses: [TA20-1]", "clauses: [TA20-9]"))
    result = call("check", "--policy", folder)
    assert result.exit_code == 1
    assert "rules/registry/REG-001-headcount.yaml:1: [REG-001] 没有条款“TA20-9”" in result.output
    problems = json.loads(call("check", "--policy", folder, "--json").output)["problems"]
    assert set(problems[0]) == {"file", "line", "id", "code", "message"}


def test_check_runs_the_cases(folder):
    path = folder / "rules/registry/REG-005-years.yaml"
    path.write_text(path.read_text().replace("years: 6", "years: 4"))
    result = call("check", "--policy", folder)
    assert result.exit_code == 1
    assert "案例“恰好六年”期待 pass，实际为 refuse" in result.output


def test_decide_passes_and_refuses_with_the_clause():
    assert decide().exit_code == 0
    result = decide(headcount=299)
    assert result.exit_code == 1
    assert "参保职工 299 人，未达到 300 人" in result.output
    assert "TA20-1 《甲市试行办法》（甲人社〔2020〕1号）第一条" in result.output
    assert "差 1人" in result.output


def test_decide_says_what_is_missing_and_where_no_rule_is_known():
    result = decide(facts="registered: true")
    assert result.exit_code == 3
    assert "缺少判定所需的资料：参保职工人数" in result.output
    result = decide(place="990200", day="2024-01-01")
    assert result.exit_code == 3
    assert "没有已知规则" in result.output
    assert "2024-01-01 起失效：REG-002 " in result.output
    assert "2019-01-01 起施行：REG-002 " in decide(place="990200", day="2018-01-01").output


@pytest.mark.parametrize(
    "wrong",
    [
        {"facts": "head: 3"},
        {"facts": 'headcount: "300"'},
        {"facts": "- 1"},
        {"facts": "a: [1"},
        {"place": "9901"},
        {"day": "yesterday"},
    ],
)
def test_wrong_use_is_exit_code_two(wrong):
    result = decide(**wrong)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_the_verdict_in_json_has_its_stable_keys():
    verdict = json.loads(decide("--json", headcount=299).output)
    assert set(verdict) == {
        "question",
        "place",
        "on",
        "decides_on",
        "outcome",
        "outcome_before_waivers",
        "facts",
        "findings",
        "waivers",
        "rules_earlier",
        "rules_later",
    }
    assert set(verdict["findings"][0]) == {
        "rule",
        "version",
        "snapshot",
        "title",
        "outcome",
        "outcome_if_unmet",
        "may_be_waived",
        "observed",
        "required",
        "short_by",
        "missing",
        "message",
        "clauses",
        "trace",
    }
    assert set(verdict["findings"][0]["clauses"][0]) == {
        "clause",
        "document",
        "title",
        "number",
        "where",
        "summary",
        "wording",
    }


def test_coverage_lists_open_clauses():
    result = call("coverage", "--policy", GOOD)
    assert "TA20-5\tD\t公开收费标准\t待落实" in result.output
    table = json.loads(call("coverage", "--policy", GOOD, "--json").output)
    assert set(table) == {"clauses", "binding", "covered", "open", "rows"}
    assert table["open"] == ["TA20-5"]


def test_diff_tries_a_draft(tmp_path):
    draft = tmp_path / "draft" / "parameters"
    draft.mkdir(parents=True)
    text = (GOOD / "parameters" / "filing.yaml").read_text(encoding="utf-8")
    text = text.replace("value: 300, wording: 300人", "value: 400, wording: 400人")
    (draft / "filing.yaml").write_text(text, encoding="utf-8")
    arguments = ("diff", "--on", "2021-03-01", "--with", tmp_path / "draft", "--policy", GOOD)
    result = call(*arguments)
    assert result.exit_code == 0
    assert "参数 filing.headcount（990100）：300 → 400" in result.output
    found = json.loads(call(*arguments, "--json").output)["changes"]
    assert {one["kind"] for one in found} == {"parameter", "case"}


def test_a_broken_folder_is_no_answer(folder):
    (folder / "facts.yaml").write_text("facts: {", encoding="utf-8")
    result = call("coverage", "--policy", folder)
    assert result.exit_code == 2
    assert "facts.yaml" in result.output


def test_coverage_counts_what_the_platform_declares(tmp_path):
    declared = tmp_path / "enforcers.json"
    declared.write_text(json.dumps({"public.fees": ["TA20-5"]}), encoding="utf-8")
    arguments = ("coverage", "--policy", GOOD, "--enforcers", declared)
    assert "public.fees" in call(*arguments).output
    assert json.loads(call(*arguments, "--json").output)["open"] == []
    declared.write_text(json.dumps({"public.fees": ["TA20-55"]}), encoding="utf-8")
    refused = call(*arguments)
    assert refused.exit_code == 2
    assert "TA20-55" in refused.output
    declared.write_text("[1]", encoding="utf-8")
    assert call(*arguments).exit_code == 2


def test_what_is_missing_is_named_as_a_file_of_facts_writes_it():
    result = decide(facts="registered: true\nis_branch: false\nlines: [{code: 甲, assessors: 3}]")
    assert result.exit_code == 3
    needed = result.output.partition("还需要这些事实")[2]
    assert "headcount：参保职工人数；整数（人）" in needed
    assert "registered：" not in needed
    assert "还需要这些事实" not in decide().output


def test_a_mistyped_fact_is_answered_with_its_likes():
    result = decide(facts="head_count: 3")
    assert result.exit_code == 2
    assert "是不是：headcount" in result.output


def test_a_fact_that_no_rule_reads_does_not_go_unseen():
    facts = "body_kind: employer\nlevel: '3'\nemployment_kind: public\n"
    result = call(
        "decide", "candidate", "--place", "440600", "--on", "2021-03-01", "--facts", "-", given=facts
    )
    assert result.exit_code == 1
    assert "没有规则用到：level。" in result.output


def test_a_fact_that_opens_a_rule_is_no_requirement():
    result = call(
        "decide", "scope_line", "--place", "210100", "--on", "2025-03-03", "--facts", "-", given="{}"
    )
    assert "机构类别：未提供；先要知道这一项，才能判断本条是否适用" in result.output
    assert "所写的标准或规范在该日现行有效：未提供；要求为是" in result.output


def test_what_lapsed_is_named_with_its_document():
    where = ["--place", "440100", "--on", "2023-12-01", "--facts", "-"]
    result = call("decide", "qualification_named", *where, given="{}")
    assert result.exit_code == 3
    assert "2023-12-01 起失效：QUA-001" in result.output
    assert "，GD18-2a" in result.output


def test_every_question_is_listed_with_its_meaning_and_its_facts():
    listed = call("questions")
    assert listed.exit_code == 0
    assert "candidate：考生能否由该机构评价；依据日：考试日" in listed.output
    rows = json.loads(call("questions", "--json").output)
    assert all(row["label"] != row["question"] for row in rows)
    of_one = call("questions", "candidate")
    assert "employment_kind：考生身份；文字" in of_one.output
    assert "dispatched（劳务派遣人员）" in of_one.output
    there = json.loads(
        call("questions", "candidate", "--place", "210100", "--on", "2025-03-03", "--json").output
    )
    assert "volunteers" not in there["facts"]
    assert "employment_kind" in there["facts"]
    nowhere = call("questions", "candidate", "--place", "330100", "--on", "2025-03-03")
    assert "没有已收录的规则" in nowhere.output


@pytest.mark.parametrize("wrong", [["candidat"], ["candidate", "--place", "440600"], ["--on", "2021-03-01"]])
def test_a_question_asked_wrongly_is_exit_code_two(wrong):
    result = call("questions", *wrong)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_day_that_was_missed_is_late_by_so_many_days():
    facts = "{reporter_kind: industry_department, is_submitted: false}"
    where = ["--place", "440000", "--on", "2020-01-20", "--facts", "-"]
    result = call("decide", "annual_register", *where, given=facts)
    assert "要求不晚于 2020年1月15日（原文“每年1月15日前”），差 5天" in result.output
