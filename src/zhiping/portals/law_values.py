"""Values of the policy book as people read them, for every portal (参数取值的写法)."""

import functools
from collections.abc import Iterator, Mapping

from zhiping.core.policybook import ParameterValue, PolicyBook, Rule
from zhiping.core.policybook.conditions import Compare, Condition, FromParameter, facts_of, walk
from zhiping.core.policybook.messages import OUTCOMES
from zhiping.core.policybook.verdict import shown_value, with_unit

MORE_UNITS: Mapping[str, str] = {"minute": "分钟", "percent": "%", "sitting": "场"}
"""Units of the vocabulary that the core writes without a word."""


def shown(value: object, unit: str, words: Mapping[str, str] | None = None) -> str:
    """Return a value with its unit; codes by the words for them."""
    if words and isinstance(value, str):
        return words.get(value, value)
    if words and isinstance(value, tuple):
        return "、".join(words.get(str(part), str(part)) for part in value)
    if unit in MORE_UNITS and not isinstance(value, bool | str | tuple) and value is not None:
        return f"{shown_value(value, None)}{MORE_UNITS[unit]}"
    return with_unit(value, unit)


def value_shown(book: PolicyBook, value: ParameterValue) -> str:
    """Return a parameter's value as people read it."""
    return shown(value.value, book.parameters[value.parameter].unit, _words_of(book, value.parameter))


@functools.lru_cache(maxsize=512)
def _words_of(book: PolicyBook, parameter: str) -> Mapping[str, str]:
    """Return code → word for a parameter that lists codes.

    As the facts compared with it call them; else as any list calls them that has all of its codes: the
    outcomes, or what a fact allows.
    """
    every = [*book.facts.values(), *(field for fact in book.facts.values() for field in fact.fields)]
    conditions = (part for rule in book.rules.values() for part in _parts(rule))
    names = {
        name
        for one in conditions
        if isinstance(one, Compare) and one.against == FromParameter(id=parameter)
        for name in facts_of(one)
    }
    found = {code: word for fact in every if fact.name in names for code, word in fact.values_labels.items()}
    if found:
        return found
    values = [one.value for one in book.parameters[parameter].values]
    codes = {str(part) for one in values for part in (one if isinstance(one, tuple) else (one,))}
    lists = (OUTCOMES, *(fact.values_labels for fact in every))
    return next((words for words in lists if codes <= words.keys()), {})


def _parts(rule: Rule) -> Iterator[Condition]:
    yield from walk(rule.condition)
    if rule.applies_when is not None:
        yield from walk(rule.applies_when)
