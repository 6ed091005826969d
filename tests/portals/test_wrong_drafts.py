"""Drafts that come in but are wrong: told in Chinese with file, line and the fix; nothing is tried."""

import re
import tempfile

import pytest

from tests import builders
from tests.portals.draft_builders import (
    NUMBERS,
    address,
    changed,
    desk_of,
    in_force,
    stricter,
    upload,
    zipped,
)
from zhiping.apps.reference.queries import law
from zhiping.kernel.resources import policy_folder
from zhiping.portals.authority import trial_runs

pytestmark = pytest.mark.django_db

RULE = "REG-003-insured-headcount.yaml"
ONLY_ONE = """parameters:
  - id: employer_filing.minimum_insured_headcount
    label: 用人单位备案最低参保职工人数
    unit: person
    values:
      - {place: "440600", from: 2020-08-17, value: 400, wording: 400人以上, clause: FS20-E2}
    checked: {"on": 2026-11-22, by: policy-desk}
"""
SECOND_VALUE = """        clause: FS20-E2
      - place: "440600"
        from: 2027-01-01
        value: 200
        wording: 不少于200人
        clause: FS20-E2
"""


@pytest.fixture
def desk(client, monkeypatch, settings, tmp_path):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return desk_of(client, monkeypatch, settings, tmp_path / "state")()


def rule(old, new):
    return changed(f"rules/registry/{RULE}", old, new)


WRONG = {
    "an unknown clause": (
        [(RULE, rule("[FS20-E2]", "[FS20-E99]"))],
        (f"rules/registry/{RULE}", "没有条款“FS20-E99”", "请在 policy/documents 中登记"),
    ),
    "a period that overlaps": (
        [(NUMBERS, changed(f"parameters/{NUMBERS}", "        clause: FS20-E2\n", SECOND_VALUE))],
        (f"parameters/{NUMBERS}", "440600 的两个值在 2027-01-01 重叠", "请为前一个值写明 to"),
    ),
    "an id that is taken": (
        [("new-numbers.yaml", ONLY_ONE.encode())],
        ("employer_filing.minimum_insured_headcount", "已在 parameters/", "请让草案文件与它所在的文件同名"),
    ),
    "a rule's number that is taken": (
        [("REG-003-again.yaml", in_force(f"rules/registry/{RULE}").encode())],
        ("rules/draft/REG-003-again.yaml", f"已在 rules/registry/{RULE}:", "同名、同文件夹"),
    ),
    "what was left out of a replaced file": (
        [(NUMBERS, ONLY_ONE.encode())],
        (f"在 parameters/{NUMBERS}，草案的同名文件里没有了它", "不改的内容也请留着"),
    ),
    "a rule emptied to delete it": (
        [(RULE, b"# REG-003\n")],
        (f"rules/registry/{RULE}", "空文件不会停止原来的规定", "status 改为 retired"),
    ),
    "a colon of the Chinese keyboard": (
        [(RULE, rule("outcome: refuse", "outcome：refuse"))],
        (f"rules/registry/{RULE}", "键后面没有英文冒号加空格"),
    ),
    "a tab": (
        [(NUMBERS, changed(f"parameters/{NUMBERS}", "    unit: person", "\tunit: person"))],
        (f"parameters/{NUMBERS}", "制表符"),
    ),
    "a quotation mark that is not closed": (
        [(RULE, rule("不符合\n", '不符合"\n').replace(b"message: ", b'message: "x" ', 1))],
        (f"rules/registry/{RULE}", "引号、括号没有成对"),
    ),
    "no end where a rule is retired": (
        [(RULE, rule("status: reviewed", "status: retired"))],
        (f"rules/registry/{RULE}", "停用的规则应在 in_force 写明 to"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_draft_is_told_with_file_line_and_fix_and_nothing_is_kept(desk, tmp_path, name):
    files, says = WRONG[name]
    before = {path: path.stat().st_mtime_ns for path in policy_folder().rglob("*.yaml")}
    response = upload(desk, *files)
    text = response.content.decode().replace("&quot;", '"')
    assert response.status_code == 422
    for part in says:
        assert part in text, part
    assert re.search(r'<td class="kind-number" data-label="行">[1-9]\d*</td>', text)
    assert "没有试算" in text
    assert not trial_runs._base().exists()
    assert list((tmp_path / "temporary").iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in policy_folder().rglob("*.yaml")} == before


def test_a_draft_equal_to_the_law_is_not_tried_and_says_so(desk):
    same = in_force(f"parameters/{NUMBERS}").encode()
    for content in (same, same.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + same):
        response = upload(desk, (NUMBERS, content))
        assert response.status_code == 422
        assert "与现行政策库完全相同，没有可以试算的改动" in response.content.decode()
    assert not trial_runs._base().exists()


def folder_without(app, name):
    """Return the zip of a whole folder of rules from which one file was deleted."""
    files = sorted((policy_folder() / "rules" / app).glob("*.yaml"))
    assert any(path.name == name for path in files)
    return [(f"rules/{app}/{path.name}", path.read_bytes()) for path in files if path.name != name]


def test_a_deleted_file_stops_no_rule_and_the_page_says_how_to_stop_one(desk):
    one = builders.submitted_filing()
    copy = folder_without("registry", RULE)
    response = upload(desk, ("draft.zip", zipped(*copy)))
    text = response.content.decode()
    assert response.status_code == 422
    assert f"照旧施行：rules/registry/{RULE}" in text
    assert "status 改为 retired" in text
    response = upload(desk, ("draft.zip", zipped(*copy, (f"parameters/{NUMBERS}", stricter()))))
    text = desk.get(response.url).content.decode()
    assert "删去的文件没有起作用" in text
    assert one.number in text, "the rule of the deleted file still refuses"


def test_a_rule_is_stopped_by_its_end(desk):
    builders.submitted_filing()
    retired = rule("in_force: {from: 2020-08-17}", "in_force: {from: 2020-08-17, to: 2026-12-01}")
    retired = retired.replace(b"status: reviewed", b"status: retired", 1)
    url = upload(desk, (RULE, retired)).url
    text = desk.get(url).content.decode()
    assert "不再施行" in text
    assert "REG-003" in text
    assert law().rules["REG-003"].period.end is None


def test_line_ends_of_windows_and_a_mark_at_the_start_are_read(desk):
    one = builders.submitted_filing()
    url = upload(desk, (NUMBERS, b"\xef\xbb\xbf" + stricter().replace(b"\n", b"\r\n"))).url
    assert one.number in desk.get(url).content.decode()


def test_a_draft_that_changes_nothing_on_the_day_says_so(desk):
    builders.submitted_filing()
    later = changed(f"parameters/{NUMBERS}", "        clause: FS20-E2\n", SECOND_VALUE)
    later = later.replace(
        b"from: 2020-08-17\n        value: 300",
        b"from: 2020-08-17\n        to: 2027-01-01\n        value: 300",
        1,
    )
    url = upload(desk, (NUMBERS, later)).url
    assert "没有改变任何参数、规则或案例" in desk.get(url).content.decode()
    url = upload(desk, (NUMBERS, later), on="2027-01-01").url
    assert re.search(r'data-label="草案">200<', desk.get(url).content.decode())
    assert desk.get(address("whatif-new")).status_code == 200
