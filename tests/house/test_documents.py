"""What the documents say is so: settings, commands, words, generated pages, the README's examples."""

import ast
import inspect
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db.models import Choices
from packaging.requirements import Requirement

from tests.house import house_lints as lints
from zhiping.portals.console import main
from zhiping.portals.console.docs import docs as docs_command
from zhiping.portals.console.enforcers import installed_apps

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides"
READMES = ("README.md", "README.zh-CN.md")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def guides():
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(GUIDES.glob("*.md")))


# settings and commands ---------------------------------------------------------------------------


def undocumented(names, text):
    return sorted(name for name in names if not re.search(rf"(?<![\w]){re.escape(name)}(?!\w)", text))


def test_every_setting_is_documented():
    code = [*ROOT.glob("src/**/*.py"), *ROOT.glob("worlds/**/*.py"), *ROOT.glob("bench/**/*.py")]
    scripts = [path for path in (ROOT / "scripts").iterdir() if path.is_file()]
    names = {name for path in (*code, *scripts) for name in lints.environment_names(path.read_text("utf-8"))}
    assert len(names) > 10
    assert undocumented(names, guides()) == []
    assert undocumented({"ZHIPING_NOT_THERE"}, guides()) == ["ZHIPING_NOT_THERE"]


def commands():
    context = click.Context(main.zhiping)
    for name in main.zhiping.list_commands(context):
        command = main.zhiping.get_command(context, name)
        yield name, command
        if isinstance(command, click.Group):
            for sub in command.list_commands(context):
                yield f"{name} {sub}", command.get_command(context, sub)


def test_every_command_is_documented():
    text = guides()
    missing = [
        name
        for name, command in commands()
        if f"zhiping {name}" not in text and not command.hidden and not re.search(_among(name), text)
    ]
    assert missing == []


def _among(name):
    """A sub-command may be listed with its siblings: `zhiping db start|stop`."""
    group, _, sub = name.partition(" ")
    return rf"zhiping {group} (\w+\|)*{sub}\b" if sub else r"(?!)"


def test_every_option_says_what_it_is_for():
    silent = [
        f"{name} --{option.name}"
        for name, command in commands()
        for option in command.params
        if isinstance(option, click.Option) and not option.help and option.name not in {"help", "base", "out"}
    ]
    assert silent == []


# the README's commands ---------------------------------------------------------------------------


def shell_lines(text):
    """Return the lines of a page's `sh` blocks, continued lines joined, comments cut."""
    lines = []
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        lines += [line.split(" #")[0].strip() for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def misuse(line):
    """Tell what is wrong with a line that calls `zhiping` or `make`; nothing when it would be understood."""
    words = shlex.split(line)
    words = words[next((i for i, word in enumerate(words) if "=" not in word), 0) :]
    if words[0] == "make":
        targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
        return [word for word in words[1:] if word not in targets and "=" not in word]
    if words[0].removeprefix(".venv/bin/") != "zhiping":
        return []
    context, command = click.Context(main.zhiping), main.zhiping
    words = words[1:]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        below = command.get_command(context, words[0])
        if below is None:
            break
        command, words = below, words[1:]
    known = {
        spelt
        for one in [command, *(command.commands.values() if hasattr(command, "commands") else ())]
        for option in one.params
        for spelt in (*option.opts, *option.secondary_opts)
    } | {"--help", "-h", "--version"}
    return [
        word for word in words if word.startswith("-") and word != "-" and word.split("=")[0] not in known
    ]


@pytest.mark.parametrize("name", READMES)
def test_the_commands_of_the_readme_are_those_of_the_program(name):
    lines = shell_lines(read(name))
    assert sum("zhiping " in line for line in lines) >= 5
    assert {line: wrong for line in lines if (wrong := misuse(line))} == {}


def test_a_command_that_is_not_there_is_seen():
    assert misuse("zhiping policy decide x --wher 440600") == ["--wher"]
    assert misuse("make everything") == ["everything"]
    assert misuse("PORT=8010 make run") == []
    assert misuse(".venv/bin/zhiping policy decide x --place 440600 --on 2021-03-01 --facts -") == []


@pytest.mark.parametrize("name", READMES)
def test_the_case_of_the_readme_is_decided_as_it_says(name, tmp_path, monkeypatch):
    (facts,) = re.findall(r"cat > (\S+) <<'END'\n(.*?)END\n", read(name), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path(facts[0]).write_text(facts[1], encoding="utf-8")
    lines = [line for line in shell_lines(read(name)) if "policy decide" in line]
    answers = {}
    for line in lines:
        words = shlex.split(line)[1:]
        result = CliRunner().invoke(main.zhiping, words)
        answers[words[words.index("--place") + 1], words[words.index("--on") + 1]] = result
    assert "299" in answers["440600", "2021-03-01"].output
    assert "FS20-E2" in answers["440600", "2021-03-01"].output
    assert answers["440600", "2021-03-01"].exit_code == 1
    assert "没有已知规则" in answers["440600", "2020-08-16"].output
    assert "没有已知规则" in answers["330100", "2021-03-01"].output
    assert answers["330100", "2021-03-01"].exit_code == 3


# words -------------------------------------------------------------------------------------------


def classes_to_name():
    """Return the tables of our apps and the closed lists beside and inside them."""
    found = set()
    for app in installed_apps():
        config = apps.get_app_config(app)
        modules = [f"{config.name}.states", *{model.__module__ for model in config.get_models()}]
        found |= {model.__name__ for model in config.get_models()}
        for module in modules:
            path = ROOT / "src" / Path(*module.split("."))
            file = path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
            if file.is_file():
                tree = ast.parse(file.read_text(encoding="utf-8"))
                found |= {
                    node.name
                    for node in ast.walk(tree)
                    if isinstance(node, ast.ClassDef)
                    and any(
                        isinstance(base, ast.Attribute) and base.attr.endswith("Choices")
                        for base in node.bases
                    )
                }
    return found


def unnamed(names, text):
    return sorted(name for name in names if f"`{name}`" not in text)


def test_every_table_and_closed_list_is_in_the_glossary():
    names = classes_to_name()
    assert len(names) > 50
    assert unnamed(names, read("GLOSSARY.md")) == []
    assert unnamed({"Agency"}, read("GLOSSARY.md")) == ["Agency"]


def test_the_glossary_names_nothing_that_is_gone():
    known = classes_to_name()
    named = set(re.findall(r"`([A-Z]\w+)`", read("GLOSSARY.md").split("## Law as data")[0]))
    named |= set(re.findall(r"`([A-Z]\w+)`", read("GLOSSARY.md").split("## Offices and duties")[1]))
    assert sorted(named - known) == []


def test_every_table_and_column_of_a_form_speaks_chinese():
    def is_chinese(text):
        return bool(re.search(r"[一-鿿]", str(text)))

    dumb = []
    for app in installed_apps():
        for model in apps.get_app_config(app).get_models():
            if not is_chinese(model._meta.verbose_name):
                dumb.append(model.__name__)
            for _, member in inspect.getmembers(
                model, lambda one: inspect.isclass(one) and issubclass(one, Choices)
            ):
                dumb += [f"{model.__name__}.{one.name}" for one in member if not is_chinese(one.label)]
    assert dumb == []


# generated pages and records ---------------------------------------------------------------------


def test_the_generated_pages_are_up_to_date(tmp_path):
    result = CliRunner().invoke(docs_command, ["--check"])
    assert result.exit_code == 0, f"run `zhiping docs`: {result.output}"
    written = CliRunner().invoke(docs_command, ["--into", str(tmp_path)])
    assert written.exit_code == 0
    page = tmp_path / "catalogue" / "rules.md"
    page.write_text(page.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    (tmp_path / "apps" / "gone.md").write_text("# gone", encoding="utf-8")
    stale = CliRunner().invoke(docs_command, ["--check", "--into", str(tmp_path)])
    assert stale.exit_code == 1
    assert "catalogue/rules.md" in stale.output
    assert "apps/gone.md" in stale.output


def test_every_dependency_has_its_reason():
    project = tomllib.loads(read("pyproject.toml"))
    wanted = {
        Requirement(line).name.lower()
        for line in [
            *project["project"]["dependencies"],
            *project["project"]["optional-dependencies"]["database"],
            *project["dependency-groups"]["dev"],
        ]
    }
    rows = re.findall(
        r"^\| `([\w-]+)` \| .{10,} \|$", read("docs/decisions/0010-dependencies.md"), re.MULTILINE
    )
    assert sorted(wanted - set(rows)) == []
    assert sorted(set(rows) - wanted) == []
    assert len(rows) == len(set(rows))


def test_every_decision_says_why_and_has_a_number_of_its_own():
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in records]
    assert numbers == [f"{number:04d}" for number in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]}"), path.name
        assert "## " in text, path.name


def test_every_folder_is_on_the_map():
    text = read("ARCHITECTURE.md")
    places = [
        ROOT / "src" / "zhiping",
        ROOT / "src" / "zhiping" / "core",
        ROOT / "src" / "zhiping" / "portals",
    ]
    folders = [path for place in places for path in place.iterdir() if (path / "__init__.py").is_file()]
    assert [
        path.name for path in folders if f"{path.name}/`" not in text and f"/{path.name}/" not in text
    ] == []
