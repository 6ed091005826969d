"""What proves that a clause is carried out: cases of rules and screens, and tests that name the clause."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from zhiping.core.policybook import PolicyBook
from zhiping.portals.console.citations import clauses_in

_CHECKOUT = Path(__file__).resolve().parents[4]


def proofs(
    book: PolicyBook, *, policy: Path, tests: Path = _CHECKOUT / "tests"
) -> Mapping[str, tuple[str, ...]]:
    """Return clause → what proves it, in three forms, each sorted.

    `case REG-003 (4)`: a rule that cites the clause, with the number of its cases;
    `world SCR-001/one-certificate-each`: a tiny world of a screen that cites it;
    `test apps/registry/test_bars.py::test_name`: a test, or a class or module of tests, that names it.

    An installed package carries no tests: then the third form is missing.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for rule in book.rules.values():
        if rule.judges and rule.cases:
            for clause in rule.clauses:
                found[clause].add(f"case {rule.id} ({len(rule.cases)})")
    for screen in book.screens.values():
        for clause in screen.clauses:
            found[clause].update(
                f"world {screen.id}/{case.name}"
                for case in sorted(policy.glob(f"screens/{screen.id}-*/cases/*"))
                if case.is_dir()
            )
    for clause, test in _naming_tests(tests):
        if clause in book.clauses:
            found[clause].add(f"test {test}")
    return {clause: tuple(sorted(those)) for clause, those in found.items()}


def _naming_tests(tests: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(tests.rglob("test_*.py")) if tests.is_dir() else ():
        text = path.read_text(encoding="utf-8")
        file = path.relative_to(tests).as_posix()
        left = set(clauses_in(text))
        for name, source in _tests_of(text) if left else ():
            for clause in clauses_in(source):
                yield clause, f"{file}::{name}"
                left.discard(clause)
        # Named beside the tests only, in a table or a builder: the whole file speaks of it.
        for clause in sorted(left):
            yield clause, file


def _tests_of(text: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            decorators = "\n".join(ast.get_source_segment(text, one) or "" for one in node.decorator_list)
            yield node.name, f"{decorators}\n{ast.get_source_segment(text, node) or ''}"
