"""The guide for policy officers, followed to the letter: what is printed goes in, what is promised comes out.

Every command of the guide runs in a shell, every file that it prints is written where its text says, in
a checkout whose policy folder is a copy. Only the environment is there beforehand.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from zhiping.core.policybook import Problem
from zhiping.core.policybook.messages import PROBLEMS
from zhiping.kernel.resources import policy_folder
from zhiping.portals.policy_problems import told

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "guides" / "policy-officer.md").read_text(encoding="utf-8")
PARTS = re.compile(r"^```(?P<kind>\w*)\n(?P<block>.*?)^```$", re.DOTALL | re.MULTILINE)
ANSWERS = re.findall(r"^\| [^|]+ \| (?:`([^`]+)`|回车) \|$", TEXT, re.MULTILINE)
GROWS = re.compile("政策库无误|[0-9a-f]{16}|：第 \\d+ 行|第 \\d+ 行：")
"""Lines whose counts, versions and line numbers move as the law grows."""
CHECK = ".venv/bin/zhiping policy check"


@dataclass
class Officer:
    """Somebody who does what the guide says, no more and no less."""

    folder: Path
    said: list[str] = field(default_factory=list)
    number: str = ""

    def runs(self, line, expect=0):
        told = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ZHIPING_POLICY_DIR": str(self.folder / "policy"),
            "ZHIPING_STATE_DIR": str(self.folder / "state"),
            "PYTHONPATH": str(ROOT / "src"),
        }
        answers = "\n".join([*ANSWERS, ""]) if "new-rule" in line else None
        ran = subprocess.run(
            ["sh", "-c", line],
            cwd=self.folder,
            env=told,
            input=answers,
            text=True,
            capture_output=True,
            check=False,
        )
        self.said.append(ran.stdout + ran.stderr)
        if " decide " in line:
            expect = 1  # as `zhiping policy decide --help` says of a case that does not pass
        assert ran.returncode == expect, (line, self.said[-1])
        if number := re.search(r"已新建规则 ([A-Z]{3}-\d{3})", ran.stdout):
            self.number = number[1]

    def writes(self, name, content):
        """Write a file that the guide names; the rule's own number stands for the one in the guide."""
        path = self.folder / name
        assert path.parent.is_dir(), name
        path.write_text(content, encoding="utf-8")

    def edits(self, name, change):
        path = self.folder / name.replace("REG-073", self.number or "REG-073")
        before = path.read_text(encoding="utf-8")
        after = change(before)
        assert after != before, name
        path.write_text(after, encoding="utf-8")


@pytest.fixture
def officer(tmp_path):
    """Return an officer in a fresh checkout: copies, and the commands of this environment."""
    ignored = shutil.ignore_patterns("*.parquet")
    shutil.copytree(policy_folder(), tmp_path / "policy", ignore=ignored)
    shutil.copytree(ROOT / "docs" / "schemas", tmp_path / "docs" / "schemas")
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name, does in (
        (".venv/bin/zhiping", f'exec {sys.executable} -m zhiping.portals.console "$@"'),
        ("scripts/bootstrap", "exit 0"),  # the environment is there
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        path.chmod(0o755)
    return Officer(tmp_path)


def file_named(text):
    """Return the file that the text last tells to make or open."""
    return re.findall(r"(?:新建文件|打开(?:它写的文件)?) `([^`]+\.yaml)`", text)[-1]


def first_line_of(block):
    return block.split("\n", 1)[0] + "\n"


def puts_value(officer, name, block):
    """Replace a value by the two that are printed; forget its end first, as the guide supposes."""
    end = "        to: 2027-01-01\n"
    assert block.count(end) == 1
    old = block[: block.index("      - place", 1)].replace(end, "")
    path = officer.folder / name
    before = path.read_text(encoding="utf-8")
    assert before.count(old) == 1
    officer.edits(name, lambda text: text.replace(old, block.replace(end, "")))
    officer.runs(CHECK, expect=1)
    path.write_text(before.replace(old, block), encoding="utf-8")


def puts_review(officer, name, block):
    """Write the review in place of the status; without the quotes first, as the guide supposes."""
    path = officer.folder / name.replace("REG-073", officer.number)
    before = path.read_text(encoding="utf-8")
    for lines, expect in ((block.replace('"on"', "on"), 1), (block, 0)):
        path.write_text(re.sub("^status:.*\n", lambda _, new=lines: new, before, flags=re.MULTILINE), "utf-8")
        officer.runs(CHECK, expect=expect)


def puts_line(key):
    def puts(officer, name, block):
        assert block.startswith(f"{key}:")
        officer.edits(name, lambda text: re.sub(f"^{key}:.*\n", lambda _: block, text, flags=re.MULTILINE))

    return puts


def does_yaml(officer, before, block):
    """Do with a printed piece of YAML what the text before it says."""
    name, says = file_named(before), before[-400:]
    if f"新建文件 `{name}`" in says:
        officer.writes(name, block)
    elif "写上止日" in says:
        puts_value(officer, name, block)
    elif "在同一文件的最后加上" in says:
        officer.edits(name, lambda text: text.rstrip("\n") + "\n" + block)
    elif block.startswith("  - case:"):
        officer.edits(name, lambda text: text.replace("cases:\n", f"cases:\n{block}", 1))
    elif block.startswith("status:"):
        puts_review(officer, name, block)
    else:
        puts_line(first_line_of(block).split(":")[0])(officer, name, block)


def asks_of_the_day_before(officer, line):
    assert (
        "把日期改成前一天 `--on 2026-12-31` 再问：`REG-003` 变成不符合（差 50人），`REG-073` 不出现" in TEXT
    )
    officer.runs(line.replace("2027-01-01", "2026-12-31"))
    assert "[不符合] REG-003" in officer.said[-1]
    assert "差 50人" in officer.said[-1]
    assert officer.number not in officer.said.pop()


def test_the_guide_can_be_followed_to_the_letter(officer):
    promised = []
    for part in PARTS.finditer(TEXT):
        kind, block = part["kind"], part["block"]
        if kind == "sh":
            for line in block.splitlines():
                officer.runs(line)
                if " decide " in line:
                    asks_of_the_day_before(officer, line)
        elif kind == "yaml":
            does_yaml(officer, TEXT[: part.start()], block)
        else:
            assert not kind, f"nobody knows what to do with {kind}"
            promised += [line for line in block.splitlines() if line.strip()]
    shown = "\n".join(officer.said).replace(officer.number, "REG-073")
    assert len(promised) > 20
    assert [line for line in promised if not GROWS.search(line) and line not in shown] == []
    assert sorted(path.name for path in officer.folder.iterdir() if "policy" in path.name) == ["policy"]
    assert not (officer.folder / "case.yaml").exists()
    same = subprocess.run(
        ["diff", "-r", str(officer.folder / "policy"), str(policy_folder())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in same.stdout.splitlines() if ".parquet" not in line] == []


MISTAKES = TEXT.split("## 常见的错误")[1].split("\n## ")[0]


@pytest.mark.parametrize("said", re.findall(r"^\| ([^|]+) \| [^|]+ \|$", MISTAKES, re.MULTILINE)[2:])
def test_each_common_mistake_of_the_guide_is_a_sentence_of_the_check(said):
    """The words by which an officer looks a mistake up are those that the check prints."""

    def plain(text):
        return re.sub(r"[“”…。（）]|\{[a-z_]+\}|[0-9.]+", "", text)

    loud = ("yaml_broken", {"reason": "could not find expected ':'"}), ("file_not_text", {"reason": "x"})
    broken = [told(Problem(file="", line=1, id="", code=code, facts=facts)).text for code, facts in loud]
    sentences = [plain(one) for one in (*PROBLEMS.values(), *broken)]
    words = [word for word in re.split(r"[ \u3000]|某日|on|refuse|pass", plain(said)) if len(word) > 1]
    assert words
    assert any(all(word in sentence for word in words) for sentence in sentences), said
