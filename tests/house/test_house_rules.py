"""The house rules, held against every file of the repository."""

import ast
import functools
import inspect
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house import house_lints as lints
from zhiping.portals.console.enforcers import exported_actions, installed_apps, move_tables

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "src" / "zhiping" / "apps"
EXTRA_FILES = ROOT / "docs" / "decisions" / "0009-doors-and-extra-files.md"
STANDARD = {
    "__init__",
    "actions",
    "apps",
    "errors",
    "facts",
    "messages",
    "migrations",
    "models",
    "queries",
    "states",
}
DOORS = {"actions", "queries", "errors", "states", "models"}


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a checkout")
    names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in names if path.is_file()]


def texts(*suffixes):
    for path in tracked():
        if suffixes and path.suffix not in suffixes:
            continue
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a workbook


def named(path):
    return path.relative_to(ROOT).as_posix()


@functools.cache
def module_trees():
    trees = {}
    for path, text in texts(".py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] in {"src", "worlds"}:
            trees[".".join(parts).removeprefix("src.").removesuffix(".__init__")] = ast.parse(text)
    return trees


def test_no_file_is_named_for_nothing():
    assert [named(path) for path in tracked() if lints.forbidden_name(path.relative_to(ROOT))] == []


def test_no_file_speaks_of_a_place_of_work_or_a_tool():
    assert {named(path): found for path, text in texts() if (found := lints.forbidden_words(text))} == {}


def test_nothing_is_left_as_a_note():
    code = texts(".py", ".html", ".css", ".js", ".sh", ".sql", ".yaml", ".toml", ".typ", "")
    lints_themselves = {"tests/house/house_lints.py"}
    assert {
        named(path): found
        for path, text in code
        if named(path) not in lints_themselves and (found := lints.notes_to_self(text))
    } == {}


def test_no_test_is_held_to_the_clock():
    examples = {"tests/house/test_house_lints.py", "tests/house/house_lints.py"}
    assert {
        named(path): found
        for path, text in texts(".py")
        if named(path).startswith("tests/")
        and named(path) not in examples
        and (found := lints.timed_assertions(text))
    } == {}


def test_whoever_silences_a_lint_says_why():
    examples = {"tests/house/test_house_lints.py", "tests/house/house_lints.py"}
    assert {
        named(path): found
        for path, text in texts(".py")
        if named(path) not in examples and (found := lints.bare_suppressions(text))
    } == {}


def test_every_link_between_pages_leads_somewhere():
    pages = [path for path in tracked() if path.suffix == ".md"]
    assert {named(path): found for path in pages if (found := lints.broken_links(path, root=ROOT))} == {}


# actions and refusals ----------------------------------------------------------------------------


@pytest.mark.parametrize("app", installed_apps())
def test_every_action_says_what_it_does_on_what_authority_and_what_it_refuses(app):
    verbs = {
        verb
        for upstream in installed_apps()
        for _, table in move_tables(upstream)
        for (_, verb), move in table.items()
        if move.clauses
    }
    lacking = {}
    for name, action in exported_actions(app):
        tree = ast.parse(Path(inspect.getsourcefile(action)).read_text(encoding="utf-8"))
        beside = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        helpers = {other: node for other, node in beside.items() if other.startswith("_")}
        missing = lints.missing_sections(beside[name], position_verbs=verbs, helpers=helpers)
        if missing:
            lacking[name] = missing
    assert lacking == {}


def test_every_refusal_has_a_code_of_its_own_and_a_chinese_sentence():
    trees = module_trees()
    codes = lints.refusals(trees)
    sentences = lints.texts_by_key([tree for module, tree in trees.items() if "messages" in module])
    parents = {
        above for module, tree in trees.items() for one in lints._classes(module, tree) for above in one.above
    }
    leaves = {key: code for key, code in codes.items() if key not in parents}
    assert len(leaves) > 100
    assert sorted(code for code in leaves.values() if code not in sentences) == []
    assert sorted(code for code in leaves.values() if not re.search(r"[一-鿿]", sentences[code])) == []
    assert len(set(leaves.values())) == len(leaves), "two refusals share a code"
    assert [code for code in codes.values() if not re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", code)] == []


COMPUTED = {"sieve.screens_broken": {"count"}}
"""Placeholders that the function which makes the sentence fills by itself."""


def test_every_placeholder_of_a_sentence_is_filled_where_the_refusal_is_raised():
    trees = module_trees()
    sentences = lints.texts_by_key([tree for module, tree in trees.items() if "messages" in module])
    calls = lints.calls_by_class(trees)
    empty = {}
    for key, code in lints.refusals(trees).items():
        missing = lints.unfilled(sentences.get(code, ""), calls.get(key, [])) - COMPUTED.get(code, set())
        if missing:
            empty[code] = sorted(missing)
    assert empty == {}


# apps and their walls ----------------------------------------------------------------------------


def extra_files():
    """Return what the decision record allows beyond the usual files: "app.file" → door or private."""
    rows = re.findall(
        r"^\| `(\w+)\.(\w+)` \| (door|private) \|", EXTRA_FILES.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {(app, file): kind for app, file, kind in rows}


def app_files():
    return {
        (app.name, entry.stem)
        for app in sorted(APPS.iterdir())
        if (app / "__init__.py").is_file()
        for entry in app.iterdir()
        if entry.suffix == ".py" or (entry / "__init__.py").is_file()
    }


def test_every_app_has_the_same_files_and_says_why_it_has_others():
    there = {one for one in app_files() if one[1] not in STANDARD}
    assert there - set(extra_files()) == set(), "not in the decision record"
    assert set(extra_files()) - there == set(), "in the decision record, and gone"


def test_apps_enter_each_other_by_the_door():
    doors = {one for one, kind in extra_files().items() if kind == "door"}
    through_the_wall = {}
    for path in sorted(APPS.rglob("*.py")):
        app = path.relative_to(APPS).parts[0]
        if "migrations" in path.parts or path.parent == APPS:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for other, module in lints.imports_between_apps(tree, app):
            if module not in DOORS and (other, module) not in doors:
                through_the_wall.setdefault(named(path), []).append(f"{other}.{module}")
    assert through_the_wall == {}


def test_only_an_app_itself_writes_its_tables():
    found = {}
    for path in sorted(APPS.rglob("*.py")):
        app = path.relative_to(APPS).parts[0]
        writes = lints.foreign_writes(ast.parse(path.read_text(encoding="utf-8")), app)
        if writes:
            found[named(path)] = writes
    assert found == {}


def test_pages_read_through_queries_and_not_through_tables():
    """Accounts are the exception, and the console, which loads whole worlds; labels of lists are no rows."""
    found = {}
    for path in sorted((ROOT / "src" / "zhiping" / "portals").rglob("*.py")):
        if "console" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        models = {
            alias.asname or alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            and re.match(r"zhiping\.apps\.(?!authorities)\w+\.models", node.module or "")
            for alias in node.names
        }
        rows = sorted(
            f"{node.value.id}.objects"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr == "objects"
            and isinstance(node.value, ast.Name)
            and node.value.id in models
        )
        if rows:
            found[named(path)] = rows
    assert found == {}


# the import contracts ----------------------------------------------------------------------------


@pytest.fixture
def small_project(tmp_path):
    """An empty package of our shape, under our own contracts."""
    config = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    start = config.index("[tool.importlinter]")
    section = config[
        start : re.compile(r"^\[(?!\[?tool\.importlinter)", re.MULTILINE).search(config, start).start()
    ]
    (tmp_path / "pyproject.toml").write_text(section, encoding="utf-8")
    for init in (ROOT / "src" / "zhiping").rglob("__init__.py"):
        target = tmp_path / init.relative_to(ROOT / "src")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    return tmp_path


def contracts_hold(project):
    linter = shutil.which("lint-imports", path=Path(sys.executable).parent)
    done = subprocess.run([linter, "--no-cache"], cwd=project, capture_output=True, text=True, check=False)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return done.returncode == 0


@pytest.mark.parametrize(
    ("file", "line", "holds"),
    [
        ("apps/exams/queries.py", "import zhiping.apps.registry", True),
        ("apps/registry/queries.py", "import zhiping.apps.exams", False),
        ("core/roster/reading.py", "import zhiping.core.identifiers", True),
        ("core/roster/reading.py", "import zhiping.core.policybook", False),
        ("core/identifiers/provinces.py", "import zhiping.core.catalogues", False),
        ("core/sieve/running.py", "import django", False),
        ("kernel/place.py", "import zhiping.core.identifiers", False),
        ("portals/public/views.py", "import zhiping.portals.body", False),
        ("apps/exams/queries.py", "import zhiping.portals.gate", False),
        ("apps/novelty/__init__.py", "", False),
    ],
)
def test_the_import_contracts_bite(small_project, file, line, holds):
    path = small_project / "zhiping" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(line + "\n")
    assert contracts_hold(small_project) is holds


def test_the_river_is_written_down_once():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (river,) = (c for c in config["tool"]["importlinter"]["contracts"] if c["name"] == "One river")
    assert tuple(reversed(river["layers"])) == installed_apps()
    shown = " → ".join(installed_apps())
    for page in ("ARCHITECTURE.md", "README.md"):
        assert shown in (ROOT / page).read_text(encoding="utf-8"), page
