"""The house rules that no tool on the market knows, as functions from text to offences.

Each is shown to bite in test_house_lints.py, with an example that passes and one that fails.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

FORBIDDEN_MODULES = {
    "utils",
    "helpers",
    "common",
    "misc",
    "base",
    "manager",
    "handler",
    "data",
    "info",
}
FORBIDDEN_PARTS = re.compile(r"(^|_)(utils?|helpers?|misc|v\d+)(_|$)")
NOTE = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
CLOCK = re.compile(r"\b(perf_counter|process_time|thread_time|timeit)\b|assert\b.*\b(monotonic|time\.time)\(")
SUPPRESSION = re.compile(
    r"#\s*(?P<kind>noqa|type:\s*ignore)(?P<codes>:\s*[A-Z]+[0-9]+[A-Z0-9, ]*|\[[a-z, -]+\])?(?P<rest>.*)"
)
LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ +(?P<text>.+?) *#*$", re.MULTILINE)

# Written in pieces, so that this file does not forbid itself.
FORBIDDEN_WORDS = tuple(
    "".join(parts)
    for parts in (
        ("/wo", "rk/"),
        ("/tmp", "/zp"),
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("cla", "ude"),
        ("anthro", "pic"),
        ("open", "ai"),
        ("chat", "gpt"),
        ("co", "pilot"),
    )
)


def forbidden_name(path: Path) -> bool:
    """Tell whether a module is named for nothing in particular."""
    if path.suffix != ".py":
        return False
    names = [path.stem, *path.parent.parts[-1:]]
    return any(name in FORBIDDEN_MODULES or FORBIDDEN_PARTS.search(name) for name in names)


def forbidden_words(text: str) -> list[str]:
    """Return the words that belong to a place of work or a tool, not to the product."""
    low = text.lower()
    return [word for word in FORBIDDEN_WORDS if word in low]


def notes_to_self(text: str) -> list[int]:
    """Return the lines with a note that something is still to be done."""
    return [number for number, line in enumerate(text.splitlines(), 1) if NOTE.search(line)]


def timed_assertions(text: str) -> list[int]:
    """Return the lines that hold a test to the clock: speed is measured in bench/, as a ratio."""
    return [number for number, line in enumerate(text.splitlines(), 1) if CLOCK.search(line)]


def bare_suppressions(text: str) -> list[int]:
    """Return the lines that silence a lint or the type checker without its code and a reason.

    The reason stands after the code, or in a comment of its own on the line above. Once given, it
    holds for the lines right below that silence the same.
    """
    found, lines, reasoned = [], text.splitlines(), ""
    for number, line in enumerate(lines, 1):
        match = SUPPRESSION.search(line)
        if match is None:
            if not line.strip().startswith(("#", "@")):
                reasoned = (
                    reasoned if line.strip() and line.startswith((" ", "\t", "from ", "import ")) else ""
                )
            continue
        codes = (match["codes"] or "").strip(": []")
        above = lines[number - 2].strip() if number > 1 else ""
        has_reason = len(match["rest"].strip(" #-()")) > 3 or above.startswith("#")
        if codes and has_reason:
            reasoned = codes
        elif not codes or codes != reasoned:
            found.append(number)
    return found


def broken_links(page: Path, *, root: Path) -> list[str]:
    """Return the links of a page that lead to no file, or to no heading of it."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in LINK.finditer(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        target, _, anchor = match["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        if (
            not file.exists()
            or not file.is_relative_to(root)
            or (
                anchor
                and anchor not in {_slug(one["text"]) for one in HEADING.finditer(file.read_text("utf-8"))}
            )
        ):
            found.append(match["target"])
    return found


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def environment_names(text: str) -> set[str]:
    """Return the settings of ours that a text of code reads or sets."""
    return set(re.findall(r"\bZHIPING_[A-Z_]*[A-Z]\b", text))


# actions -----------------------------------------------------------------------------------------


def missing_sections(
    action: ast.FunctionDef, *, position_verbs: set[str], helpers: dict[str, ast.FunctionDef]
) -> list[str]:
    """Return the docstring sections that an action lacks.

    `Authority:` where it walks a table of moves for a verb that stands on clauses; `Refuses:` where it
    raises by itself. `helpers` are the private functions beside it, which count as its own.
    """
    doc = ast.get_docstring(action) or ""
    reached = _with_helpers(action, helpers)
    walks = any(name == "walk" for part in reached for name in _called(part))
    verbs = {
        node.value
        for part in reached
        for node in ast.walk(part)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    walked_by_name = any(_walk_verb_is_name(part) for part in reached)
    stands_on_clauses = walks and (
        bool(verbs & position_verbs)
        or (walked_by_name and not verbs & position_verbs and "verb" in _arguments(action))
    )
    missing = []
    if not doc:
        missing.append("docstring")
    if stands_on_clauses and not re.search(r"^Authority:$", doc, re.MULTILINE):
        missing.append("Authority")
    raises = any(isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(action))
    if raises and not re.search(r"^(Refuses|Raises):$", doc, re.MULTILINE):
        missing.append("Refuses")
    return missing


def _arguments(function: ast.FunctionDef) -> set[str]:
    return {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}


def _called(node: ast.AST) -> list[str]:
    return [
        one.func.id for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
    ]


def _with_helpers(action: ast.FunctionDef, helpers: dict[str, ast.FunctionDef]) -> list[ast.FunctionDef]:
    found, names = [action], {action.name}
    for part in found:
        for name in _called(part):
            if name in helpers and name not in names:
                names.add(name)
                found.append(helpers[name])
    return found


def _walk_verb_is_name(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "walk"
        and len(node.args) > 2
        and isinstance(node.args[2], ast.Name)
        for node in ast.walk(function)
    )


# refusals ----------------------------------------------------------------------------------------


def unfilled(template: str, calls: list[ast.Call]) -> set[str]:
    """Return the placeholders that some call does not fill; a call with `**facts` may fill any."""
    wanted = {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(template) if name}
    missing: set[str] = set()
    for call in calls:
        given = {keyword.arg for keyword in call.keywords}
        if None not in given:
            missing |= wanted - given
    return missing


# walls between apps ------------------------------------------------------------------------------


def imports_between_apps(tree: ast.Module, app: str) -> list[tuple[str, str]]:
    """Return (other app, module of it) for each import from another app."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("zhiping.apps."):
            parts = (node.module or "").split(".")[2:]
            modules = [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
            found += [(parts[0], module) for module in modules if parts[0] != app]
    return found


def foreign_writes(tree: ast.Module, app: str) -> list[str]:
    """Return the writes through models that another app owns: `Model.objects.create(…)` and its like."""
    theirs = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and re.match(rf"zhiping\.apps\.(?!{app}\.)\w+\.models", node.module or "")
        for alias in node.names
    }
    writes = {"create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "update", "delete"}
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in writes:
            root = _root_of(node.func)
            if root in theirs:
                found.append(f"{root}.{node.func.attr}")
        elif isinstance(node.func, ast.Name) and node.func.id in {"copy_rows", "copy_frame", "copy_frames"}:
            table = node.args[0] if node.args else node
            is_named = isinstance(table, ast.Constant)
            written = str(table.value) if isinstance(table, ast.Constant) else _root_of(table)
            if not written.startswith(f"{app}_") if is_named else written in theirs:
                found.append(f"{node.func.id}({written})")
    return found


def _root_of(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


# classes of refusals -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Refusal:
    """A class of refusals: where, what it inherits from, its code."""

    module: str
    name: str
    above: tuple[tuple[str, str], ...]
    own_code: str


def refusals(trees: dict[str, ast.Module]) -> dict[tuple[str, str], str]:
    """Return (module, class) → code of every refusal: what inherits from DomainError, however far."""
    classes = {
        (one.module, one.name): one for module, tree in trees.items() for one in _classes(module, tree)
    }
    found: dict[tuple[str, str], str] = {}
    for key, one in classes.items():
        line = [one, *_ancestors(one, classes)]
        if any(above[1] == "DomainError" for each in line for above in each.above):
            found[key] = next((each.own_code for each in line if each.own_code), "")
    return found


def _classes(module: str, tree: ast.Module) -> list[Refusal]:
    home = names_imported(module, tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            above = tuple(
                home.get(one.id, (module, one.id)) for one in node.bases if isinstance(one, ast.Name)
            )
            codes = [
                line.value.value
                for line in node.body
                if isinstance(line, ast.Assign | ast.AnnAssign)
                and isinstance(line.value, ast.Constant)
                and "code" in {t.id for t in _targets(line) if isinstance(t, ast.Name)}
            ]
            found.append(Refusal(module, node.name, above, codes[0] if codes else ""))
    return found


def _targets(line: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return line.targets if isinstance(line, ast.Assign) else [line.target]


def _ancestors(one: Refusal, classes: dict[tuple[str, str], Refusal]) -> list[Refusal]:
    found = []
    for key in one.above:
        if key in classes:
            found += [classes[key], *_ancestors(classes[key], classes)]
    return found


def names_imported(module: str, tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Return local name → (module, name) of what a module imports or defines itself."""
    found = {node.name: (module, node.name) for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = (node.module or "", alias.name)
    return found


def calls_by_class(trees: dict[str, ast.Module]) -> dict[tuple[str, str], list[ast.Call]]:
    """Return (module, class) → its calls, wherever they are; names are followed through one import."""
    found: dict[tuple[str, str], list[ast.Call]] = {}
    for module, tree in trees.items():
        home = names_imported(module, tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in home:
                found.setdefault(home[node.func.id], []).append(node)
    return found


def texts_by_key(trees: list[ast.Module]) -> dict[str, str]:
    """Return key → text of every table of sentences: a dict display from text to text."""
    found = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if (
                        isinstance(key, ast.Constant)
                        and isinstance(key.value, str)
                        and isinstance(value, ast.Constant)
                        and isinstance(value.value, str)
                    ):
                        found[key.value] = value.value
    return found
