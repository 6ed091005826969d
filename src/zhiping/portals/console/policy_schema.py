"""`zhiping policy schema`: JSON schemas of the policy files, for editors that complete and mark faults.

The keys, which of them are required, and the closed lists are not written here: the loader is asked. A
probe file with a key that nobody knows is answered with the keys that are allowed there and with those
that are missing; a word that nobody knows, with the words that are known. Written here is only what kind
of value stands behind a key, and what an editor says about it.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from zhiping.core.policybook import PolicyBook, Problem
from zhiping.core.policybook.predicates import PREDICATES
from zhiping.core.policybook.wording import ORDERING, Operator
from zhiping.core.sieve.screen import SEVERITIES, STATUSES
from zhiping.core.sieve.snapshot import ALL_TABLES

type Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
FOLDER = Path(__file__).resolve().parents[4] / "docs" / "schemas"
FILES: Mapping[str, str] = {
    "document": "documents/*.yaml",
    "parameters": "parameters/*.yaml",
    "facts": "facts.yaml",
    "rule": "rules/*/*.yaml",
    "screen": "screens/*/screen.yaml",
}
"""Name of the schema → the policy files that it describes."""

_UNKNOWN = "nobody_knows_this"

# the kinds of value ------------------------------------------------------------------------------

_TEXT: Schema = {"type": "string", "minLength": 1}
_NOTE: Schema = {"type": ["string", "null"]}
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_PLACE: Schema = {"type": "string", "pattern": "^(CN|[0-9]{6})$"}
_FLAG: Schema = {"type": "boolean"}
_WHOLE: Schema = {"type": "integer"}
_DECIMAL = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
_NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
_PERIOD: Schema = {
    "type": "object",
    "properties": {"from": _DAY, "to": {"anyOf": [_DAY, {"type": "null"}]}},
    "required": ["from"],
    "additionalProperties": False,
}
_SCALAR: Schema = {"type": ["integer", "string", "boolean"]}
_VALUE: Schema = {"anyOf": [_WHOLE, _TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_BY_ON: Schema = {
    "type": "object",
    "properties": {"by": _TEXT, "on": _DAY},
    "required": ["by", "on"],
    "additionalProperties": False,
}
_CONDITION: Schema = {"$ref": "#/definitions/condition"}


def _list(of: Schema, *, least: int = 1) -> Schema:
    return {"type": "array", "items": of, **({"minItems": least} if least else {})}


def _choice(words: Sequence[str]) -> Schema:
    return {"type": "string", "enum": list(words)}


def _mapping(of: Schema) -> Schema:
    return {"type": "object", "additionalProperties": of}


_SAYS: Mapping[str, str] = {
    "id": "编号，永久且唯一，须与文件名相符",
    "title": "标题",
    "number": "文号，没有则写 null",
    "issuers": "发文单位",
    "place": "行政区划代码，六位数字加引号；全国写 CN",
    "issued": "印发日期",
    "in_force": "施行期间：from 当日计入，to 当日不计入；没有 to 就是没有止日",
    "source": "来源：文本或网址",
    "basis": "依据的文件",
    "held": "是否存有原文；只被引用的写 false",
    "note": "说明",
    "clauses": "条款",
    "where": "条款在文件中的位置；在规则里是适用地区",
    "summary": "用自己的话概括要求",
    "kind": "性质：P 参数，R 条件，S 筛查，W 流程，L 名录，D 公开，X 交换；或单独写 principle",
    "label": "中文名称",
    "unit": "单位代号，如 person、month",
    "values": "各地区、各期间的取值",
    "wording": "原文用语，比较方式由它得出",
    "clause": "条款编号",
    "certainty": "stated 有明文，uncertain 待核实",
    "checked": "核对：何人、何日；on 要加引号",
    "type": "事实的类型",
    "allowed": "可取的值",
    "values_labels": "值的代号 → 中文",
    "key": "列表中用来称呼一行的字段",
    "fields": "列表每行的字段",
    "asks_of": "回答哪个事项",
    "decides_on": "以哪一天为准",
    "applies_when": "什么情况下适用；不满足就是不适用",
    "condition": "要求满足的条件",
    "outcome": "不满足时：refuse 不予通过，warn 警示，note 提示",
    "message": "不满足时给人看的话：差在哪里、下一步怎么办",
    "unknown_message": "资料不全时给人看的话",
    "may_be_waived": "原文写“原则上”的，为 true",
    "status": "drafted 草拟不判定，reviewed 已复核，retired 停用",
    "reviewed": "复核：何人、何日；on 要加引号",
    "replaces": "取代哪些规则",
    "superseded_by": "停用后由哪条规则接替",
    "cases": "边界案例，至少三个：恰好符合、恰好不符、施行前一日",
    "case": "案例的名称",
    "given": "案例的事实，以及 place 和 day",
    "expect": "这条规则应有的结果",
}
"""What an editor shows beside a key."""

_BEHIND: Mapping[str, Mapping[str, Schema]] = {
    "document": {
        "id": _TEXT, "title": _TEXT, "number": _NOTE, "issuers": _list(_TEXT), "place": _PLACE,
        "issued": _DAY, "in_force": _PERIOD, "source": _TEXT, "basis": _list(_TEXT, least=0),
        "note": _NOTE, "held": _FLAG,
        "clauses": _list({"$ref": "#/definitions/clause"}, least=0),
    },
    "clause": {"id": _TEXT, "where": _TEXT, "summary": _TEXT},
    "parameter": {
        "id": {"type": "string", "pattern": r"^[a-z0-9_]+(\.[a-z0-9_]+)*$"}, "label": _TEXT, "unit": _TEXT,
        "values": _list({"$ref": "#/definitions/value"}), "checked": _BY_ON, "note": _NOTE,
    },
    "value": {
        "place": _PLACE, "from": _DAY, "to": {"anyOf": [_DAY, {"type": "null"}]}, "value": _VALUE,
        "wording": _TEXT, "clause": _TEXT, "note": _NOTE,
    },
    "fact": {
        "name": _NAME, "label": _TEXT, "unit": _NOTE, "allowed": _list(_TEXT),
        "values_labels": _mapping(_TEXT), "note": _NOTE, "key": _NAME,
        "fields": _list({"$ref": "#/definitions/fact"}),
    },
    "rule": {
        "id": {"type": "string", "pattern": r"^[A-Z]{3}-\d{3}$"}, "title": _TEXT, "asks_of": _NAME,
        "where": _list(_PLACE), "in_force": _PERIOD, "applies_when": _CONDITION, "clauses": _list(_TEXT),
        "condition": _CONDITION, "message": _TEXT, "unknown_message": _NOTE, "may_be_waived": _FLAG,
        "kind": _NOTE, "note": _NOTE, "reviewed": _BY_ON, "replaces": _list(_TEXT), "superseded_by": _NOTE,
        "cases": _list({"$ref": "#/definitions/case"}, least=3),
    },
    "case": {"case": _TEXT, "given": {"$ref": "#/definitions/given"}},
}  # fmt: skip
"""Which kind of value stands behind each key; closed lists are added from what the loader answers."""

# asking the loader -------------------------------------------------------------------------------

_DOCUMENT = {"id": "PRB1", "title": "x", "number": None, "issuers": ["x"], "place": "CN",
             "issued": "2020-01-01", "in_force": {"from": "2020-01-01"}, "source": "x",
             "basis": []}  # fmt: skip
_PROBES: Mapping[str, tuple[str, object]] = {
    "document": ("documents/PRB1.yaml", {_UNKNOWN: 1}),
    "clause": ("documents/PRB1.yaml", {**_DOCUMENT, "clauses": [{_UNKNOWN: 1}]}),
    "parameters": ("parameters/probe.yaml", {_UNKNOWN: 1}),
    "parameter": ("parameters/probe.yaml", {"parameters": [{_UNKNOWN: 1}]}),
    "value": ("parameters/probe.yaml", {"parameters": [
        {"id": "a.b", "label": "x", "unit": "x", "checked": {"on": "2020-01-01", "by": "x"},
         "values": [{_UNKNOWN: 1}]}]}),
    "facts": ("facts.yaml", {_UNKNOWN: 1}),
    "fact": ("facts.yaml", {"facts": [{_UNKNOWN: 1}]}),
    "rule": ("rules/probe/PRB-001.yaml", {_UNKNOWN: 1}),
    "case": ("rules/probe/PRB-001.yaml", {"cases": [{_UNKNOWN: 1}]}),
}  # fmt: skip
"""Thing → a file in which the only unknown key stands where that thing's keys are read."""

_WORDS: Mapping[tuple[str, str], tuple[str, object]] = {
    ("clause", "kind"): (
        "documents/PRB1.yaml",
        {**_DOCUMENT, "clauses": [{"id": "PRB1-1", "kind": _UNKNOWN}]},
    ),
    ("value", "certainty"): (
        "parameters/probe.yaml",
        {"parameters": [{"values": [{"certainty": _UNKNOWN}]}]},
    ),
    ("fact", "type"): ("facts.yaml", {"facts": [{"name": "a", "type": _UNKNOWN}]}),
    ("rule", "decides_on"): ("rules/probe/PRB-001.yaml", {"decides_on": _UNKNOWN}),
    ("rule", "outcome"): ("rules/probe/PRB-001.yaml", {"outcome": _UNKNOWN}),
    ("rule", "status"): ("rules/probe/PRB-001.yaml", {"status": _UNKNOWN}),
    ("case", "expect"): ("rules/probe/PRB-001.yaml", {"cases": [{"expect": _UNKNOWN}]}),
}
"""Key with a closed list → a file in which a word stands that is not on it."""


def _asked(file: str, content: object) -> tuple[Problem, ...]:
    """Return what the loader says of one file alone; JSON is YAML."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
        return PolicyBook.read(name)[1]


def keys_of(thing: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys that the loader allows in a thing, and those of them that it requires."""
    problems = _asked(*_PROBES[thing])
    allowed = next(one for one in problems if one.code == "unknown_key" and one.facts["key"] == _UNKNOWN)
    names = str(allowed.facts["allowed"]).split("、")
    missing = {str(one.facts["key"]) for one in problems if one.code == "key_missing"}
    return tuple(names), tuple(name for name in names if name in missing)


def words_of(thing: str, key: str) -> tuple[str, ...]:
    """Return the closed list of words that the loader knows behind a key."""
    problems = _asked(*_WORDS[thing, key])
    found = next(
        one
        for one in problems
        if one.code == "not_one_of" and _UNKNOWN in {str(v) for v in one.facts.values()}
    )
    return tuple(str(found.facts["allowed"]).split("、"))


def _thing(name: str) -> Schema:
    """Return the schema of one thing: the loader's keys, each with the kind of value behind it."""
    allowed, required = keys_of(name)
    behind = dict(_BEHIND.get(name, {}))
    for thing, key in _WORDS:
        if thing == name:
            behind[key] = _choice(words_of(thing, key))
    if name == "clause":
        words = behind["kind"]["enum"]
        behind["kind"] = {
            "anyOf": [_choice(words), _list(_choice([one for one in words if one != "principle"]))]
        }
    unknown = set(allowed) ^ set(behind)
    if unknown:  # the loader learned a key, or forgot one: the table above must follow
        raise LookupError(f"{name}: {sorted(unknown)}")
    return {
        "type": "object",
        "properties": {
            key: {**behind[key], **({"description": _SAYS[key]} if key in _SAYS else {})} for key in allowed
        },
        "required": list(required),
        "additionalProperties": False,
    }


# conditions --------------------------------------------------------------------------------------

_ONE: Mapping[str, Schema] = {"parameter": _TEXT, "value": _SCALAR, "other_fact": _NAME}
_COMPARED = [*ORDERING, Operator.AS_WORDED, Operator.EQUAL, Operator.NOT_EQUAL]


def _form(properties: Mapping[str, Schema], required: Sequence[str], *, one_of: Sequence[str] = ()) -> Schema:
    """Return one form of a condition: these keys and no others; of `one_of` exactly one."""
    form: Schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }
    if one_of:
        form["oneOf"] = [{"required": [name]} for name in one_of]
    return form


def _forms() -> Iterator[Schema]:
    yield _form({"all": _list(_CONDITION)}, ["all"])
    yield _form({"any": _list(_CONDITION)}, ["any"])
    yield _form({"not": _CONDITION}, ["not"])
    fact: Mapping[str, Schema] = {"fact": _NAME}
    yield _form({**fact, "is": _choice(_COMPARED), **_ONE}, ["fact", "is"], one_of=tuple(_ONE))
    listed = {"parameter": _TEXT, "values": _list(_TEXT), "other_fact": _NAME}
    yield _form(
        {**fact, "is": _choice([Operator.IN, Operator.NOT_IN]), **listed},
        ["fact", "is"],
        one_of=tuple(listed),
    )
    several = {"parameter": _TEXT, "values": _list(_TEXT)}
    includes = _choice([Operator.INCLUDES_ALL, Operator.INCLUDES_NONE])
    yield _form({**fact, "is": includes, **several}, ["fact", "is"], one_of=tuple(several))
    yield _form({**fact, "is": _choice([Operator.YES, Operator.NO])}, ["fact", "is"])
    place = {"value": _PLACE, "other_fact": _NAME}
    yield _form({**fact, "is": _choice([Operator.INSIDE]), **place}, ["fact", "is"], one_of=tuple(place))
    within = _choice([Operator.WITHIN])
    yield _form({**fact, "is": within, **_PERIOD["properties"]}, ["fact", "is", "from"])
    span = {"unit": _choice(["day", "month", "year"]), "after": _NAME, "before": _NAME}
    yield {
        **_form({**fact, "is": within, **span, **_ONE}, ["fact", "is", "unit"], one_of=tuple(_ONE)),
        "anyOf": [{"required": ["after"]}, {"required": ["before"]}],
        "not": {"required": ["after", "before"]},
    }
    counted = _form({"of": _NAME, "where": _CONDITION}, ["of"])
    yield _form({"count": counted, "is": _choice(_COMPARED), **_ONE}, ["count", "is"], one_of=tuple(_ONE))
    empty = _choice(["met", "unmet", "unknown"])
    each = _form({"of": _NAME, "condition": _CONDITION, "when_empty": empty}, ["of", "condition"])
    yield _form({"each": each}, ["each"])
    yield _form({"predicate": _choice(sorted(PREDICATES)), "with": _mapping(_NAME)}, ["predicate"])


# whole files -------------------------------------------------------------------------------------


def schemas() -> dict[str, Schema]:
    """Return every schema by its name."""
    facts_keys, facts_required = keys_of("facts")
    parameters_keys, parameters_required = keys_of("parameters")
    return {
        "document": _file("document", "一份文件及其条款", _thing("document"), clause=_thing("clause")),
        "parameters": _file(
            "parameters",
            "一组参数：各地区、各期间的数值和名单",
            _form(
                {key: _list({"$ref": "#/definitions/parameter"}) for key in parameters_keys},
                parameters_required,
            ),
            parameter=_thing("parameter"),
            value=_thing("value"),
        ),
        "facts": _file(
            "facts",
            "规则可以询问的事实",
            _form({key: _list({"$ref": "#/definitions/fact"}) for key in facts_keys}, facts_required),
            fact=_thing("fact"),
        ),
        "rule": _file(
            "rule",
            "一条规则及其边界案例",
            _thing("rule"),
            condition={"oneOf": list(_forms()), "description": "条件：只能是其中一种写法"},
            case=_thing("case"),
            given={
                "type": "object",
                "properties": {"place": _PLACE, "day": _DAY},
                "required": ["place", "day"],
                "description": _SAYS["given"],
            },
        ),
        "screen": _file("screen", "一条筛查规则的表头", _screen()),
    }


def _screen() -> Schema:
    """Return the schema of a screen's header, which the screening engine reads."""
    texts = ("id", "title", "body_column", "place_column", "day_column", "routes_to")
    lists = ("clauses", "may_be_unknown", "key", "explains_itself_wrongly_when")
    maps = ("parameters", "evidence", "reasons")
    properties: dict[str, Schema] = {
        **dict.fromkeys(texts, _TEXT),
        **{name: _list(_TEXT, least=0) for name in lists},
        **{name: _mapping(_TEXT) for name in maps},
        "id": {"type": "string", "pattern": r"^SCR-\d{3}$"},
        "looks_at": _list(_choice(list(ALL_TABLES))),
        "severity": _choice(SEVERITIES),
        "status": _choice(STATUSES),
        "promoted": {"anyOf": [{"type": "null"}, _mapping(_TEXT)]},
    }
    required = sorted(properties.keys() - {"promoted"})
    described = {key: {**one, **({"description": _SAYS[key]} if key in _SAYS else {})}
                 for key, one in properties.items()}  # fmt: skip
    return _form(described, required)


def _file(name: str, title: str, body: Schema, **definitions: Schema) -> Schema:
    head = {"$schema": DRAFT, "title": f"{title}（policy/{FILES[name]}）"}
    return {**head, **body, **({"definitions": definitions} if definitions else {})}


def written(one: Schema) -> str:
    """Return a schema as its file carries it."""
    return json.dumps(one, ensure_ascii=False, indent=2) + "\n"


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    help="写到哪个文件夹；不写则为 docs/schemas。",
)
@click.option("--check", "is_check", is_flag=True, help="只检查已有的是否最新；不是最新的，退出码 1。")
def schema(out: Path, *, is_check: bool) -> None:
    """由载入程序生成政策文件的 JSON schema，供编辑器补全和标错."""
    made = {f"{name}.json": written(one) for name, one in schemas().items()}
    stale = [
        name
        for name, text in made.items()
        if not (out / name).is_file() or (out / name).read_text(encoding="utf-8") != text
    ]
    if is_check:
        for name in stale:
            click.echo(f"{out / name} 不是最新的。请运行 zhiping policy schema。", err=True)
        sys.exit(1 if stale else 0)
    out.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (out / name).write_text(made[name], encoding="utf-8")
    click.echo(f"{out}：{len(made)} 个，其中改写 {len(stale)} 个。")
