"""`zhiping wording` as its user meets it."""

import json

import pytest
from click.testing import CliRunner

from zhiping.portals.console.wording import wording


def run(*arguments):
    return CliRunner().invoke(wording, arguments)


def check(text, *more, on="2019-05-10"):
    return run("check", text, "--place", "440600", "--on", on, "--certificate", "own_assessment", *more)


@pytest.mark.parametrize(
    ("text", "more", "status", "heading"),
    [
        ("中国焊工证", (), 1, "不得使用"),
        ("焊工证", (), 0, "未发现禁用字样"),
        ("中国衡川集团有限公司", ("--registered", "中国衡川集团有限公司"), 3, "需人工判断"),
        ("中国焊工证", ("--issuer", "authority"), 3, "没有已知规则"),
        ("国徽", ("--kind", "mark"), 1, "不得使用"),
    ],
)
def test_check_says_what_it_found_and_ends_with_the_status_of_it(text, more, status, heading):
    result = check(text, *more)
    assert result.exit_code == status
    assert result.output.startswith(f"{heading}：{text}")
    assert result.output.count("\n") > 1


def test_check_as_json_gives_places_and_law():
    told = json.loads(check("中·國焊工证", "--json").output)
    (hit,) = told["hits"]
    assert (told["outcome"], hit["start"], hit["end"], hit["found"]) == ("refused", 0, 3, "中·國")
    assert hit["rules"][0] == {
        "clause": "GD18-2b",
        "wording": "证书不得使用“中国”等字样",
        "place": "440000",
        "from": "2018-12-01",
        "to": "2023-12-01",
        "certainty": "confirmed",
    }
    assert hit["message"] in told["sentences"]


def test_wrong_place_and_day_are_usage_errors_that_say_what_is_wanted():
    wrong = run("check", "甲", "--place", "44", "--on", "2019-05-10")
    assert (wrong.exit_code, "应为六位数字" in wrong.output) == (2, True)
    wrong = run("check", "甲", "--place", "440600", "--on", "2019年")
    assert (wrong.exit_code, "应写成 2020-08-17" in wrong.output) == (2, True)


def test_measure_prints_precision_and_recall_of_every_set():
    result = run("measure", "--at-least", "0.98")
    assert result.exit_code == 0
    assert result.output.count("准确率") == 6
    for name in ("调试用", "留出", "全部"):
        assert name in result.output


def test_measure_as_json_and_a_bound_that_is_missed(monkeypatch):
    told = json.loads(run("measure", "--json").output)
    assert set(told["wording"]) == {"tuning", "held_out", "all"}
    assert told["wording"]["all"]["precision"] >= 0.98
    monkeypatch.setattr("zhiping.core.wording.measure.guard_in_force", blind_guard)
    assert run("measure", "--at-least", "0.98").exit_code == 1


def blind_guard():
    from zhiping.core.wording import Guard

    return Guard([])
