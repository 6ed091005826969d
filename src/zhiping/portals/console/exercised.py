"""What a test really does (测试所执行的), read from its syntax: what it calls, asks for, and names.

A comment is no syntax, a list of ids beside the tests belongs to no test, and a skipped test does nothing:
none of them is read here.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zhiping.portals.console.citations import clauses_in

_SKIPS = {"skip", "skipif", "xfail", "importorskip"}
_RAISES = {"raises", "warns", "fail"}
_ASKS = {"get", "post", "head", "put", "open", "goto"}
_ONLY_LOOKS = {"callable", "dir", "getattr", "hasattr", "isinstance", "print", "repr", "str", "type"}
_FILLED = "1"
"""What stands for the changing part of an address that a test builds."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One test that runs and can fail: the clauses that it names, and what it does.

    `calls` are full dotted names (`zhiping.apps.registry.actions.submit_filing`), methods by their last
    name (`.judge`); `words` all its strings; `addresses` those that it asks a server for.
    """

    name: str
    clauses: tuple[str, ...]
    calls: frozenset[str]
    words: frozenset[str]
    addresses: frozenset[str]


def exercises(text: str) -> Iterator[Exercise]:
    """Yield the tests of a file that run and can fail, as pytest would collect them."""
    file = _File(ast.parse(text))
    if _is_skipped_whole(file.tree):
        return
    for name, test in _collected(file.tree):
        parts = file.reached_from(test)
        if not parts[0].skips and any(part.can_fail for part in parts):
            yield Exercise(
                name=name,
                clauses=clauses_in("\n".join(sorted(parts[0].words))),
                calls=frozenset().union(*(part.calls for part in parts)),
                words=frozenset().union(*(part.words for part in parts)),
                addresses=frozenset().union(*(part.addresses for part in parts)),
            )


def _collected(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    for node in tree.body:
        if isinstance(node, Function) and node.name.startswith("test_"):
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            for inner in node.body if not _has_skip(node.decorator_list) else ():
                if isinstance(inner, Function) and inner.name.startswith("test_"):
                    yield f"{node.name}::{inner.name}", inner


# skipped, or unable to fail ------------------------------------------------------------------------


def _is_skipped_whole(tree: ast.Module) -> bool:
    """Tell whether the file's marks, or a call beside its tests, skip all of it."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(_last(one) == "pytestmark" for one in node.targets):
            if _has_skip([node.value]):
                return True
        elif isinstance(node, ast.Expr) and _has_skip([node]):
            return True
    return False


def _has_skip(nodes: Sequence[ast.AST]) -> bool:
    found = (inner for node in nodes for inner in ast.walk(node))
    return any(isinstance(one, ast.Attribute | ast.Name) and _last(one) in _SKIPS for one in found)


# what is reached -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one function does by itself, and the names that it uses."""

    names: frozenset[str]
    words: frozenset[str]
    calls: frozenset[str]
    addresses: frozenset[str]
    can_fail: bool
    skips: bool


class _File:
    """One file of tests: its imports, and its own functions, which tests call or take as fixtures."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        nodes = list(ast.walk(tree))
        self._functions = {
            node.name: node for node in nodes if isinstance(node, Function) and node.name[:5] != "test_"
        }
        self._imports: dict[str, str] = {}
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                bound = {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
                self._imports |= bound
            elif isinstance(node, ast.Import):
                self._imports |= {one.asname: one.name for one in node.names if one.asname}
        self._parts: dict[Function, _Part] = {}

    def reached_from(self, test: Function) -> list[_Part]:
        """Return the test and the functions of its own file that it calls or takes, however far."""
        reached: dict[Function, _Part] = {test: self._part(test)}
        left = [test]
        while left:
            for name in sorted(reached[left.pop()].names & self._functions.keys()):
                function = self._functions[name]
                if function not in reached:
                    reached[function] = self._part(function)
                    left.append(function)
        return list(reached.values())

    def _part(self, function: Function) -> _Part:
        if function not in self._parts:
            nodes = list(ast.walk(function))
            calls = [node for node in nodes if isinstance(node, ast.Call)]
            strings = (one.value for one in nodes if isinstance(one, ast.Constant))
            self._parts[function] = _Part(
                names=frozenset(one.id if isinstance(one, ast.Name) else one.arg
                                for one in nodes if isinstance(one, ast.Name | ast.arg)),
                words=frozenset(one for one in strings if isinstance(one, str)),
                calls=frozenset(name for node in calls for name in self._called(node)),
                addresses=frozenset(one for node in calls for one in self._asked_for(node)),
                can_fail=any(isinstance(one, ast.Assert) for one in nodes)
                or any(_last(node.func) in _RAISES for node in calls),
                skips=any(_last(one) in _SKIPS for one in nodes),
            )  # fmt: skip
        return self._parts[function]

    def _called(self, node: ast.Call) -> Iterator[str]:
        """Yield what is called, and what is handed to a call that may call it."""
        yield from self._meant(node.func)
        if _last(node.func) not in _ONLY_LOOKS:
            for handed in (*node.args, *(one.value for one in node.keywords)):
                yield from self._meant(handed)

    def _meant(self, node: ast.expr) -> Iterator[str]:
        """Yield the full name of a reference, where an import says it; and a method by its last name."""
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in self._imports:
            yield ".".join([self._imports[inner.id], *reversed(parts)])
        if parts:
            yield f".{parts[0]}"

    def _asked_for(self, node: ast.Call) -> Iterator[str]:
        """Yield the addresses that a client, or a helper of the tests, is given."""
        if self._asks(node.func):
            for text in map(_text, node.args):
                if text.startswith("/"):
                    yield text.partition("?")[0].partition("#")[0]

    def _asks(self, called: ast.expr) -> bool:
        if isinstance(called, ast.Name):
            return called.id in self._functions or self._imports.get(called.id, "").startswith("tests.")
        return isinstance(called, ast.Attribute) and called.attr in _ASKS


def _last(node: ast.AST) -> str:
    """Return the last name of a reference: `skip` of `pytest.mark.skip`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str:
    """Return a string, or one that is put together with its changing parts filled in; nothing else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else _FILLED for one in node.values)
    return ""
