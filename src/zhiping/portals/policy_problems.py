"""Problems of policy files in sentences that somebody who does not program can act upon.

The policy book names file, line and fault. What a YAML parser says of a broken file is English and speaks
of tokens; here it becomes what to look for in that line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from zhiping.core.policybook import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One problem as it is shown: where, of what, in one sentence with the fix."""

    file: str
    line: int
    id: str
    text: str

    def __str__(self) -> str:
        """Return file, line, id and sentence, as editors link them."""
        named = f" [{self.id}]" if self.id else ""
        return f"{self.file}:{self.line}:{named} {self.text}"


def told(problem: Problem) -> Told:
    """Say where a problem is and what to do about it."""
    return Told(file=problem.file, line=problem.line, id=problem.id, text=_sentence(problem))


def _sentence(problem: Problem) -> str:
    if problem.code == "yaml_broken":
        reason = str(problem.facts["reason"])
        for part, sentence in _BROKEN.items():
            if part in reason:
                return f"写法有误，这一行或上一行无法读出：{sentence}"
    if problem.code == "file_not_text":
        return f"文件不是 UTF-8 文字：{NOT_TEXT}"
    return problem.sentence


NOT_TEXT = "多半是存成了 ANSI 或 GBK。请在编辑器中“另存为”，编码选 UTF-8。"

_BROKEN: Mapping[str, str] = {
    "mapping values are not allowed": (
        "上一行的冒号写成了中文的“：”或后面没有空格，或文字里有“: ”而没有用英文双引号括起来，或缩进没有对齐。"
    ),
    "could not find expected ':'": (
        "键后面没有英文冒号加空格。请写成“键: 值”：冒号用英文的 :（不是：），后面空一格。"
    ),
    "cannot start any token": (
        "有不能放在开头的字符，常见的是制表符（Tab）或 @、`。"
        "缩进请用空格；以这些字符开头的文字请加英文双引号。"
    ),
    "tab character that violates indentation": "缩进用了制表符（Tab）。请改用空格。",
    "did not find expected key": "缩进没有对齐，或引号、括号没有成对。同一层的键前面空格数应相同。",
    "did not find expected '-' indicator": "列表没有对齐。同一列表的每个“- ”前面空格数应相同。",
    "did not find expected ',' or": "方括号或花括号没有成对，或各项之间少了英文逗号。",
    "did not find expected node content": "方括号或花括号里少了内容，或多了逗号。",
    "found unexpected end of stream": "引号没有成对：到文件末尾也没有找到另一个引号。",
    "found unexpected document indicator": "引号没有成对，或文字中间有单独一行 ---。",
    "found undefined alias": "以 * 开头的文字会被当作引用。请用英文双引号括起来。",
    "did not find expected alphabetic or numeric character": (
        "以 * 或 & 开头的文字会被当作引用。请用英文双引号括起来。"
    ),
    "found unknown escape character": "英文双引号里的反斜杠要写成两个 \\。",
    "block sequence entries are not allowed": "“- ”不能写在这里。列表请另起一行，并比上一行的键多缩进两格。",
    "block mapping entries are not allowed": "键不能写在这里，请检查缩进。",
    "did not find expected <document start>": "缩进没有对齐：前面的行比这一行缩进得多。同一层的键请对齐。",
    "comment or line break": "以 | 或 > 开头的文字会被当作多行文字。请用英文双引号括起来。",
    "another document": "一个文件里只能有一份内容，请去掉单独一行的 ---。",
    "control characters are not allowed": "文件里有看不见的控制字符。请删去后重新输入这一行。",
    "special characters are not allowed": "文件里有看不见的特殊字符。请删去后重新输入这一行。",
}
"""What the parser says (a part of it) → what to look for."""
