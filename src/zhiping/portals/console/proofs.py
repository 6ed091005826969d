"""What proves that a clause is carried out: cases of rules, worlds of screens, tests that exercise it."""

import functools
import inspect
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from django.urls import Resolver404, resolve

from zhiping.core.policybook import PolicyBook
from zhiping.portals.console.citations import names_anything
from zhiping.portals.console.enforcers import enforcers, exported_actions, installed_apps, move_tables
from zhiping.portals.console.exercised import Exercise, exercises

_TESTS = Path(__file__).resolve().parents[4] / "tests"
_ACTION = re.compile(r"zhiping\.apps\.(\w+)\.actions(?:\.\w+)*\.(\w+)")
_JUDGES = {".judge", ".judge_rule", ".judge_table", ".judge_each"}
_JUDGING = {f"zhiping.apps.reference.queries.{one}" for one in ("judge", "judge_table")}
_READS = {".value", ".resolve"}
_READING = {f"zhiping.apps.reference.queries.{one}" for one in ("whole_parameter", "listed")}


def proofs(book: PolicyBook, *, policy: Path, tests: Path = _TESTS) -> Mapping[str, tuple[str, ...]]:
    """Return clause → what proves it, in three forms, each sorted.

    `case REG-003 (4)`: a rule that cites the clause, with the number of its cases;
    `world SCR-001/one-certificate-each`: a tiny world of a screen that cites it;
    `test apps/registry/test_bars.py::test_name`: a test that names the clause and exercises something that
    carries out this very clause: it calls the action (or makes the move), asks for the page, judges by the
    rule, reads the parameter. A test that is skipped, that cannot fail, or that only lists ids proves
    nothing, and neither does a comment.

    An installed package carries no tests: then the third form is missing.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for clause, proof in (*_cases(book), *_worlds(book, policy), *_tests(book, tests)):
        found[clause].add(proof)
    return {clause: tuple(sorted(those)) for clause, those in found.items()}


def judged_by(book: PolicyBook, *, tests: Path = _TESTS) -> Mapping[str, tuple[str, ...]]:
    """Return rule → the tests that name it and judge by it, written as `proofs` writes them."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for test, one in _read(tests):
        for rule in sorted(one.words & book.rules.keys() if _judges(one) else ()):
            found[rule].append(f"test {test}")
    return {rule: tuple(those) for rule, those in found.items()}


def _cases(book: PolicyBook) -> Iterator[tuple[str, str]]:
    for rule in book.rules.values():
        if rule.judges and rule.cases:
            yield from ((clause, f"case {rule.id} ({len(rule.cases)})") for clause in rule.clauses)


def _worlds(book: PolicyBook, policy: Path) -> Iterator[tuple[str, str]]:
    for screen in book.screens.values():
        for case in policy.glob(f"screens/{screen.id}-*/cases/*"):
            if case.is_dir():
                yield from ((clause, f"world {screen.id}/{case.name}") for clause in screen.clauses)


def _tests(book: PolicyBook, tests: Path) -> Iterator[tuple[str, str]]:
    declared = enforcers()
    for test, one in _read(tests):
        named = book.clauses.keys() & set(one.clauses)
        for clause in named & _carried_out(one, book, declared) if named else ():
            yield clause, f"test {test}"


@functools.lru_cache(maxsize=2)
def _read(tests: Path) -> tuple[tuple[str, Exercise], ...]:
    """Return every test that runs and can fail, with its name, of the files that name anything at all."""
    texts = {
        path.relative_to(tests).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(tests.rglob("test_*.py"))
    }
    return tuple(
        (f"{file}::{one.name}", one)
        for file, text in texts.items()
        if names_anything(text)
        for one in exercises(text)
    )


def _carried_out(one: Exercise, book: PolicyBook, declared: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Return every clause that something carries out which the test exercises."""
    found = {clause for name in _declaring(one) for clause in declared.get(name, ())}
    if _judges(one):
        for rule in book.rules.values():
            if rule.judges and one.words & {rule.id, rule.asks_of}:
                found |= set(rule.clauses)
    if one.calls & (_READS | _READING):
        for name in one.words & book.parameters.keys():
            found |= {value.clause for value in book.parameters[name].values}
    return found


def _judges(one: Exercise) -> bool:
    return bool(one.calls & (_JUDGES | _JUDGING))


def _declaring(one: Exercise) -> Iterator[str]:
    """Yield the names of the actions, moves and pages that a test exercises."""
    for call in one.calls:
        if match := _ACTION.fullmatch(call):
            app, action = match.groups()
            yield f"{app}.{action}"
            moved = _verbs(app, action)
            for thing, verbs in _moves().get(app, {}).items():
                yield from (f"{app}.{thing}.{verb}" for verb in verbs & (moved | one.words))
    for address in one.addresses:
        yield from _pages_at(address)
    if one.calls & {".get", ".post"}:  # it asks by the page's own name
        yield from (word for word in one.words if ":" in word)


@functools.cache
def _moves() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return app → thing → verbs of its table of moves."""
    return {
        app: {thing: frozenset(verb for _, verb in table) for thing, table in move_tables(app)}
        for app in installed_apps()
    }


@functools.cache
def _verbs(app: str, action: str) -> frozenset[str]:
    """Return the verbs that an action writes out itself; a verb that is handed to it is the caller's word."""
    named: dict[str, Callable[..., object]] = dict(exported_actions(app)) if app in _moves() else {}
    if action not in named:
        return frozenset()
    return frozenset(re.findall(r'"([a-z_]+)"', inspect.getsource(named[action])))


@functools.cache
def _pages_at(address: str) -> tuple[str, ...]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiping.config.settings")
    try:
        found = resolve(address)
    except Resolver404:
        return ()
    return (found.view_name,)
