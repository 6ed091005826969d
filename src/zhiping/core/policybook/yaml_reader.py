"""Strict reading of YAML: typed access to nodes, every fault noted with its line."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import yaml

from zhiping.core.policybook.problems import ProblemList
from zhiping.core.policybook.values import as_day
from zhiping.kernel.period import Period
from zhiping.kernel.place import Place, PlaceMalformedError

_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_OCTAL = re.compile(r"-?0[0-9]+\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?\Z")
_CODE = re.compile(r"[0-9]{4,}\Z")
# The parser in C reads the same and is ten times faster; an installation may lack it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NO_DAY = date(1, 1, 1)
"""Stands in for a day that could not be read; the problem is noted, so that it never reaches a book."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One YAML node with its file, the id of the thing it belongs to, and its name there."""

    node: yaml.Node
    file: str
    problems: ProblemList
    key: str = ""
    thing: str = ""

    @property
    def line(self) -> int:
        """Return the line, counted from one."""
        return int(self.node.start_mark.line) + 1

    @property
    def kind(self) -> str:
        """Return the YAML type: map, seq, str, int, bool, float, null, timestamp."""
        return str(self.node.tag).removeprefix(_TAG)

    @property
    def raw(self) -> str:
        """Return the written text of a scalar, or a word for what else it is."""
        if isinstance(self.node, yaml.ScalarNode):
            return str(self.node.value)
        return "{…}" if isinstance(self.node, yaml.MappingNode) else "[…]"

    @property
    def is_null(self) -> bool:
        """Tell whether nothing is written."""
        return self.kind == "null"

    def fail(self, code: str, **facts: object) -> None:
        """Note a problem at this node."""
        self.problems.add(code, file=self.file, line=self.line, thing=self.thing, **facts)

    def child(self, node: yaml.Node, key: str) -> "Entry":
        """Return a node inside this one."""
        return Entry(node=node, file=self.file, problems=self.problems, key=key, thing=self.thing)

    def mapping(
        self, *, required: Collection[str] = (), optional: Collection[str] = ()
    ) -> dict[str, "Entry"]:
        """Return the parts by key; note duplicate, unknown, bare and missing keys."""
        parts = self.open_mapping()
        allowed = {*required, *optional}
        for key, part in parts.items():
            if key not in allowed:
                part.fail("unknown_key", key=key, allowed="、".join(sorted(allowed)))
        if isinstance(self.node, yaml.MappingNode):
            for key in required:
                if key not in parts:
                    self.fail("key_missing", key=key)
        return {key: part for key, part in parts.items() if key in allowed}

    def open_mapping(self) -> dict[str, "Entry"]:
        """Return the parts by key, whatever the keys are; note duplicate and bare ones."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("wrong_type", key=self.key, wanted="“键: 值”", value=self.raw)
            return {}
        parts: dict[str, Entry] = {}
        for key_node, value_node in self.node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            part = self.child(value_node, key)
            at_key = self.child(key_node, key)
            if at_key.kind == "bool":
                at_key.fail("bare_boolean_key", key=key)
            elif at_key.kind != "str":
                at_key.fail("wrong_type", key="键", wanted="文字", value=at_key.raw)
            if key in parts:
                at_key.fail("duplicate_key", key=key, first=parts[key].line)
            else:
                parts[key] = part
        return parts

    def items(self, *, may_be_empty: bool = False) -> list["Entry"]:
        """Return the parts of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail("wrong_type", key=self.key, wanted="列表", value=self.raw)
            return []
        if not self.node.value and not may_be_empty:
            self.fail("list_empty", key=self.key)
        return [self.child(part, self.key) for part in self.node.value]

    def text(self) -> str:
        """Return a text; a bare truth value, number or day is noted."""
        if self.kind == "bool":
            self.fail("bare_boolean", key=self.key, value=self.raw)
        elif self.kind == "int" and _CODE.match(self.raw):
            self.fail("code_unquoted", key=self.key, value=self.raw)
        elif self.kind != "str" or not self.raw.strip():
            self.fail("wrong_type", key=self.key, wanted="文字", value=self.raw or "空")
        else:
            return self.raw.strip()
        return ""

    def texts(self, *, may_be_empty: bool = False) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(part.text() for part in self.items(may_be_empty=may_be_empty))

    def one_of(self, allowed: Collection[str]) -> str:
        """Return a text out of a closed list; "" where it is none of them."""
        text = self.text()
        if text and text not in allowed:
            self.fail("not_one_of", key=self.key, value=text, allowed="、".join(allowed))
            return ""
        return text

    def flag(self) -> bool:
        """Return true or false, written as such."""
        if self.kind != "bool" or self.raw not in {"true", "false"}:
            self.fail("wrong_type", key=self.key, wanted="true 或 false", value=self.raw)
        return self.raw == "true"

    def whole(self) -> int:
        """Return a whole number in plain decimal digits."""
        if self.kind == "int" and _WHOLE.match(self.raw):
            return int(self.raw)
        if _OCTAL.match(self.raw) and self._is_plain:
            self.fail("octal_number", key=self.key, value=self.raw)
        else:
            self.fail("wrong_type", key=self.key, wanted="整数", value=self.raw)
        return 0

    @property
    def _is_plain(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode) and not self.node.style

    def day(self) -> date:
        """Return a day."""
        day = as_day(self.raw) if self.kind == "timestamp" else None
        if day is None:
            self.fail("wrong_type", key=self.key, wanted="日期（如 2020-08-17）", value=self.raw)
        return day or NO_DAY

    def place(self) -> Place:
        """Return a place from its quoted code."""
        if self.kind == "int":
            self.fail("code_unquoted", key=self.key, value=self.raw)
        elif self.kind == "str":
            try:
                return Place(self.raw)
            except PlaceMalformedError:
                self.fail("place_malformed", value=self.raw)
        else:
            self.fail("wrong_type", key=self.key, wanted="加引号的行政区划代码", value=self.raw)
        return Place("CN")

    def period(self) -> Period:
        """Return the half-open period of a mapping with `from` and, maybe, `to`."""
        parts = self.mapping(required=("from",), optional=("to",))
        return period_of(parts, self)

    def value(self) -> object:
        """Return whatever is written, in the type it is written in; faults of the writing are noted."""
        if isinstance(self.node, yaml.SequenceNode):
            return tuple(part.value() for part in self.items(may_be_empty=True))
        if isinstance(self.node, yaml.MappingNode):
            return {key: part.value() for key, part in self.open_mapping().items()}
        return self._scalar()

    def _scalar(self) -> object:
        match self.kind:
            case "int":
                return self.whole()
            case "bool":
                if self.raw not in {"true", "false"}:
                    self.fail("bare_boolean", key=self.key, value=self.raw)
                return self.raw == "true"
            case "timestamp":
                return self.day()
            case "float":
                if _OCTAL.match(self.raw):
                    self.fail("octal_number", key=self.key, value=self.raw)
                else:
                    self.fail("decimal_unquoted", key=self.key, value=self.raw)
                return None
            case "null":
                return None
            case _:
                return self.raw


def period_of(parts: Mapping[str, Entry], at: Entry) -> Period:
    """Return the half-open period of the parts `from` and `to`; note one that holds no day."""
    start = parts["from"].day() if "from" in parts else NO_DAY
    end = parts["to"].day() if "to" in parts and not parts["to"].is_null else None
    if end is not None and end <= start:
        if NO_DAY not in {start, end}:
            parts.get("from", at).fail("period_backwards", start=start, end=end)
        end = None
    return Period(start=start, end=end)


def is_decimal_text(text: str) -> bool:
    """Tell whether a text is a plain decimal number."""
    return bool(_DECIMAL.match(text))


def compose(text: str, *, file: str, problems: ProblemList) -> Entry | None:
    """Read one YAML document; None, and a problem, where it cannot be parsed or is empty."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.add("yaml_broken", file=file, line=line, reason=error.problem or error.context or "?")
        return None
    except yaml.YAMLError as error:  # a character that YAML forbids has no mark
        problems.add("yaml_broken", file=file, line=1, reason=str(error).splitlines()[0])
        return None
    if node is None:
        problems.add("file_empty", file=file, line=1)
        return None
    return Entry(node=node, file=file, problems=problems)
