"""Writing law: a new rule begun by a command, schemas for editors made from the loader."""

import copy
import json
import re
import shutil
from pathlib import Path

import fastjsonschema
import pytest
import yaml
from click.testing import CliRunner

from zhiping.core.policybook import PolicyBook
from zhiping.core.policybook.model import FactType
from zhiping.kernel.resources import policy_folder
from zhiping.portals.console import policy_schema
from zhiping.portals.console.new_rule import TO_FILL
from zhiping.portals.console.policy import policy as policy_command

DOCS = Path(__file__).parents[2] / "docs"
SCHEMAS = DOCS / "schemas"

SAID = {
    "question": "employer_filing",
    "app": "registry",
    "clause": "FS20-E2",
    "title": "示例：参保职工人数",
    "place": "440600",
    "from": "2020-08-17",
    "fact": "insured_headcount",
    "parameter": "employer_filing.minimum_insured_headcount",
}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(policy_folder(), tmp_path / "policy", ignore=shutil.ignore_patterns("*.parquet"))
    return tmp_path / "policy"


def run(folder, *extra, **said):
    options = [part for name, value in said.items() if value is not None for part in (f"--{name}", value)]
    return CliRunner().invoke(policy_command, ["new-rule", "--policy", str(folder), *options, *extra])


def written(folder, result):
    path = Path(re.search(r"已新建规则 \S+：(\S+)", result.output)[1])
    assert path.is_relative_to(folder)
    return path


# --- a new rule ----------------------------------------------------------------------------------


def test_a_new_rule_loads_and_only_what_is_marked_is_left_to_write(folder):
    result = run(folder, **SAID)
    assert result.exit_code == 0, result.output
    path = written(folder, result)
    book, problems = PolicyBook.read(folder)
    assert [one for one in problems if one.file.endswith(path.name)] == []
    rule = book.rules[path.name[:7]]
    assert not rule.judges, "a draft judges nobody"
    assert rule.decides_on == "acceptance_day"
    assert [(one.given, one.day.isoformat(), one.expect.value) for one in rule.cases] == [
        ({"insured_headcount": 300}, "2020-08-17", "pass"),
        ({"insured_headcount": 299}, "2020-08-17", "refuse"),
        ({"insured_headcount": 299}, "2020-08-16", "not_applicable"),
    ]
    assert list(book.failing_cases()) == []
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if TO_FILL in line] == [
        line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("message:")
    ]
    assert "下一步" in result.output


@pytest.mark.parametrize(
    ("wording", "inside", "outside"),
    [("300人以上", 300, 299), ("超过300人", 301, 300), ("不超过300人", 300, 301), ("不满300人", 299, 300)],
)
def test_the_edges_follow_the_wording(folder, wording, inside, outside):
    file = folder / "parameters" / "employer_filing.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("300人以上", wording, 1), encoding="utf-8")
    path = written(folder, run(folder, **SAID))
    rule = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [case["given"]["insured_headcount"] for case in rule["cases"]] == [inside, outside, outside]


def test_every_fact_there_is_can_begin_a_rule_and_each_problem_left_is_at_a_mark(folder):
    book = PolicyBook.load(folder)
    seen = {}
    for name, fact in book.facts.items():
        if name not in {"day", "place"} and fact.type is not FactType.ROWS:
            seen.setdefault((fact.type, bool(fact.allowed)), name)
    assert len(seen) >= 7
    for name in seen.values():
        said = {**SAID, "fact": name, "parameter": None, "name": name.replace("_", "-")}
        if book.facts[name].type is not FactType.FLAG:
            said["value"] = TO_FILL
        result = run(folder, **said)
        assert result.exit_code == 0, result.output
        path = written(folder, result)
        lines = path.read_text(encoding="utf-8").splitlines()
        for problem in PolicyBook.read(folder)[1]:
            if problem.file.endswith(path.name):
                assert TO_FILL in lines[problem.line - 1], str(problem)
        path.unlink()


def test_numbers_are_never_given_twice(folder):
    first = written(folder, run(folder, **SAID)).name[:7]
    second = written(folder, run(folder, **SAID)).name[:7]
    before = PolicyBook.load(policy_folder()).rules
    assert first != second
    assert not {first, second} & before.keys()


def test_an_ended_document_gives_its_last_day_to_the_rule(folder):
    said = {**SAID, "clause": "GD18-2b", "place": "440000", "from": "2018-12-01"}
    said |= {"question": "certificate_text", "app": "certificates"}
    path = written(folder, run(folder, **said))
    assert "in_force: {from: 2018-12-01, to: 2023-12-01}" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"clause": "FS20-E99"}, "--clause：没有条款“FS20-E99”"),
        ({"fact": "headcount"}, "--fact：没有事实“headcount”"),
        ({"parameter": "no.such"}, "--parameter：没有参数“no.such”"),
        ({"app": "nowhere"}, "--app：没有名为“nowhere”的规则文件夹"),
        ({"place": "44060"}, "--place：“44060”不是行政区划代码"),
        ({"place": "990000"}, "--place：行政区划中没有代码“990000”"),
        ({"from": "2020-8-17"}, "--from：“2020-8-17”不是日期"),
        ({"is": "bigger"}, "--is：“bigger”不是比较方式"),
        ({"name": "Headcount!"}, "--name：“Headcount!”不能作文件名"),
        ({"question": "new_matter"}, "确是新事项的，请加 --new-question"),
        ({"value": "300"}, "比较对象只能写一个"),
    ],
)
def test_a_wrong_option_is_refused_with_what_to_write_and_nothing_is_written(folder, wrong, sentence):
    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    result = run(folder, **{**SAID, **wrong})
    assert result.exit_code == 2
    assert sentence in result.output
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == before


def test_asked_for_one_by_one_a_wrong_answer_is_asked_again(folder):
    answers = """employer_filing
registry
FS20-E99
FS20-E2
示例：参保职工人数


insured_headcount
employer_filing.minimum_insured_headcount
"""
    result = CliRunner().invoke(policy_command, ["new-rule", "--policy", str(folder)], input=answers)
    assert result.exit_code == 0, result.output
    assert "没有条款“FS20-E99”" in result.output
    path = written(folder, result)
    assert 'where: ["440600"]' in path.read_text(encoding="utf-8"), "the document's place was offered"
    assert "in_force: {from: 2020-08-17}" in path.read_text(encoding="utf-8")


def test_a_look_before_writes_nothing(folder):
    before = sorted(folder.rglob("*.yaml"))
    result = run(folder, "--dry-run", **SAID)
    assert "asks_of: employer_filing" in result.output
    assert sorted(folder.rglob("*.yaml")) == before


def test_what_is_not_known_is_looked_for_by_its_chinese_words(folder):
    result = run(folder, **{**SAID, "fact": "参保职工"})
    assert result.exit_code == 2
    assert "insured_headcount  本市参保职工人数" in result.output


def test_no_rule_that_judges_still_has_something_to_fill_in():
    book = PolicyBook.load(policy_folder())
    texts = {one.id: (policy_folder() / one.origin.file).read_text(encoding="utf-8")
             for one in book.rules.values() if one.judges}  # fmt: skip
    assert [name for name, text in texts.items() if TO_FILL in text] == []


# --- schemas -------------------------------------------------------------------------------------


class Reader(yaml.SafeLoader):
    """Reads as editors do: a day is a text, only true and false are truth values."""


Reader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in those if not tag.endswith(("timestamp", "bool"))]
    for first, those in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Reader)  # a SafeLoader


@pytest.fixture(scope="module")
def validators():
    return {
        name: fastjsonschema.compile(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")))
        for name in policy_schema.FILES
    }


def files(kind):
    return sorted(policy_folder().glob(policy_schema.FILES[kind]))


@pytest.mark.parametrize("kind", policy_schema.FILES)
def test_every_policy_file_there_is_meets_its_schema(validators, kind):
    assert files(kind)
    wrong = {}
    for path in files(kind):
        try:
            validators[kind](read(path))
        except fastjsonschema.JsonSchemaValueException as error:
            wrong[path.name] = error.message
    assert wrong == {}


def test_the_schemas_are_those_that_the_loader_gives():
    made = {f"{name}.json": policy_schema.written(one) for name, one in policy_schema.schemas().items()}
    assert made == {path.name: path.read_text(encoding="utf-8") for path in sorted(SCHEMAS.glob("*.json"))}


def test_what_no_schema_describes_is_no_law():
    described = {path for kind in policy_schema.FILES for path in files(kind)}
    rest = set(policy_folder().rglob("*.yaml")) - described
    assert {path.parent.name for path in rest if path.name != "expected.yaml"} <= {"catalogues"}


BREAKS = {
    "a key that nobody knows": lambda rule: rule.update(remark="x"),
    "no clause": lambda rule: rule.pop("clauses"),
    "two cases": lambda rule: rule.update(cases=rule["cases"][:2]),
    "an outcome that is none": lambda rule: rule.update(outcome="forbid"),
    "a place without quotes": lambda rule: rule.update(where=[440600]),
    "a day that is none": lambda rule: rule.update(in_force={"from": "2020-8-17"}),
    "no comparison": lambda rule: rule.update(condition={"fact": "insured_headcount"}),
    "two things to compare with": lambda rule: rule["condition"].update(value=300),
    "an operator that is none": lambda rule: rule["condition"].update({"is": "bigger"}),
    "two forms in one": lambda rule: rule.update(condition={**rule["condition"], "all": [rule["condition"]]}),
    "a case without its day": lambda rule: rule["cases"][0]["given"].pop("day"),
    "a flag in words": lambda rule: rule.update(may_be_waived="no"),
}


@pytest.fixture(scope="module")
def broken():
    """The same sound rule, broken in each way, under a number of its own."""
    sound = read(next(policy_folder().glob("rules/registry/REG-003-*.yaml")))
    found = {}
    for number, (name, breaks) in enumerate(BREAKS.items(), start=1):
        found[name] = copy.deepcopy(sound)
        found[name]["id"] = f"ZZZ-{number:03d}"
        breaks(found[name])
    return found


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_rule_does_not_meet_the_schema(validators, broken, name):
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        validators["rule"](broken[name])


def test_what_the_schema_refuses_the_loader_refuses_too(folder, broken):
    for rule in broken.values():
        file = folder / "rules" / "registry" / f"{rule['id']}-broken.yaml"
        file.write_text(json.dumps(rule, ensure_ascii=False), encoding="utf-8")
    refused = {one.file.rsplit("/", 1)[-1][:7] for one in PolicyBook.read(folder)[1]}
    assert refused == {rule["id"] for rule in broken.values()}


def test_the_loaders_keys_and_the_schemas_are_one_list():
    allowed, required = policy_schema.keys_of("rule")
    rule = json.loads((SCHEMAS / "rule.json").read_text(encoding="utf-8"))
    assert set(allowed) == set(rule["properties"])
    assert set(required) == set(rule["required"])
    assert {"note", "reviewed", "replaces"} <= set(allowed) - set(required)


def test_the_command_writes_and_checks(tmp_path):
    def ran(*extra):
        return CliRunner().invoke(policy_command, ["schema", "--out", str(tmp_path), *extra])

    assert ran("--check").exit_code == 1
    assert ran().exit_code == 0
    assert ran("--check").exit_code == 0
    (tmp_path / "rule.json").write_text("{}", encoding="utf-8")
    late = ran("--check")
    assert late.exit_code == 1
    assert "不是最新的" in late.output
