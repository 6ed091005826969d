"""How facts are written: what a file of facts may say for each, for those who write one."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from zhiping.core.policybook import Finding, Outcome, PolicyBook, Verdict
from zhiping.core.policybook.messages import UNITS
from zhiping.core.policybook.model import FactDeclaration, FactType
from zhiping.kernel.place import Place

_WRITTEN: Mapping[FactType, str] = {
    FactType.WHOLE: "整数",
    FactType.DECIMAL: '小数，加引号，如 "29.9"',
    FactType.TEXT: "文字",
    FactType.FLAG: "true 或 false",
    FactType.DAY: "日期，如 2020-08-17",
    FactType.TEXTS: "文字列表，一个也没有写 []",
    FactType.ROWS: "若干行",
}


def fact_lines(fact: FactDeclaration, *, indent: str = "  ", mark: str = "") -> Iterator[str]:
    """Yield how one fact is written: name, label, kind of value, the words allowed, the note."""
    kind = _WRITTEN[fact.type]
    unit = f"（{UNITS.get(fact.unit, fact.unit)}）" if fact.unit else ""
    yield f"{indent}{mark}{fact.name}：{fact.label}；{kind}{unit}"
    if fact.allowed:
        words = "、".join(
            f"{code}（{fact.values_labels[code]}）" if code in fact.values_labels else code
            for code in fact.allowed
        )
        yield f"{indent}    可写：{words}"
    if fact.note:
        yield f"{indent}    {fact.note}"
    for field in fact.fields:
        yield from fact_lines(field, indent=f"{indent}    ", mark="- ")


def missing_facts(book: PolicyBook, verdict: Verdict) -> list[FactDeclaration]:
    """Return the facts that a verdict was short of, in its order; for a field of rows, the rows."""
    found: dict[str, FactDeclaration] = {}
    for name in (name for finding in verdict.findings for name in finding.missing):
        if name in book.facts:
            found[name] = book.facts[name]
            continue
        for fact in (one for one in book.facts.values() if one.field(name) and one.name in verdict.facts):
            found[fact.name] = fact
    return list(found.values())


def applies_open(book: PolicyBook, finding: Finding) -> frozenset[str]:
    """Return the facts for want of which it is open whether the finding's rule applies at all.

    What such a fact is tested for is no requirement: a case of which it does not hold is not concerned.
    """
    rule = book.rules[finding.rule]
    if finding.outcome is not Outcome.UNKNOWN or rule.applies_when is None:
        return frozenset()
    return frozenset(book.case_facts([rule.applies_when])) - set(book.case_facts([rule.condition]))


def facts_read(book: PolicyBook, question: str, *, place: Place | None, on: date | None) -> tuple[str, ...]:
    """Return the facts that a question's rules read, in the order of the vocabulary.

    Without a place and a day, those of all its rules that judge or judged.

    Refuses:
        QuestionUnknownError: no rule asks it.
    """
    if place is not None and on is not None:
        rules = book.rules_in_force(question, place=place, on=on)
    else:
        rules = tuple(one for one in book.rules.values() if one.asks_of == question and one.judges)
    read = {name for rule in rules for name in book.reads_of(rule)}
    return tuple(name for name in book.facts if name in read)


def unread(book: PolicyBook, verdict: Verdict, given: Iterable[str]) -> tuple[str, ...]:
    """Return the facts that were given and that no rule in force there and then reads."""
    read = facts_read(book, verdict.question, place=verdict.place, on=verdict.on)
    return tuple(name for name in given if name not in read)


def alike(name: str, known: Iterable[str]) -> str:
    """Return a half sentence that names what a mistyped name may have meant; "" where nothing is near."""
    near = difflib.get_close_matches(name, list(known), n=3)
    return f"是不是：{'、'.join(near)}？" if near else ""
