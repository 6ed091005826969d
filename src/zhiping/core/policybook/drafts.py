"""What a draft notice would change: the book as it is against the book with the draft."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from zhiping.core.policybook.book import PolicyBook
from zhiping.core.policybook.model import Outcome, Rule
from zhiping.core.policybook.values import plain
from zhiping.kernel.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference on a day: a rule or a parameter's value that comes, goes or changes at a place."""

    thing: str
    kind: str
    place: str
    before: object
    now: object

    def to_json(self) -> dict[str, object]:
        """Return the change under its stable keys."""
        return {
            "thing": self.thing,
            "kind": self.kind,
            "place": self.place,
            "before": plain(self.before),
            "now": plain(self.now),
        }


def changes(before: PolicyBook, now: PolicyBook, *, on: date) -> Iterator[Change]:
    """Yield what differs between two books on one day: values, rules, and outcomes of known cases."""
    yield from _values(before, now, on)
    yield from _rules(before, now, on)
    yield from _cases(before, now)


def _values(before: PolicyBook, now: PolicyBook, on: date) -> Iterator[Change]:
    for name in sorted(before.parameters.keys() | now.parameters.keys()):
        holders = [book.parameters[name] for book in (before, now) if name in book.parameters]
        places = sorted({value.place for holder in holders for value in holder.values})
        for place in places:
            old, new = (_value(book, name, place, on) for book in (before, now))
            if old != new:
                yield Change(thing=name, kind="parameter", place=place.code, before=old, now=new)


def _value(book: PolicyBook, name: str, place: Place, on: date) -> object:
    if name not in book.parameters:
        return None
    found = book.resolve(name, place=place, on=on)
    return found.value if found else None


def _rules(before: PolicyBook, now: PolicyBook, on: date) -> Iterator[Change]:
    for name in sorted(before.rules.keys() | now.rules.keys()):
        rules = [book.rules[name] for book in (before, now) if name in book.rules]
        for place in sorted({place for rule in rules for place in rule.where}):
            old, new = (_version(book, name, place, on) for book in (before, now))
            if old != new:
                yield Change(thing=name, kind="rule", place=place.code, before=old, now=new)


def _version(book: PolicyBook, name: str, place: Place, on: date) -> str | None:
    rule = book.rules.get(name)
    if rule is None or not rule.judges or not rule.binds_at(place) or not rule.period.covers(on):
        return None
    return rule.content_hash


def _cases(before: PolicyBook, now: PolicyBook) -> Iterator[Change]:
    """Run the cases of the present book under both: what was decided so would be decided otherwise."""
    for rule in before.rules.values():
        other = now.rules.get(rule.id)
        for case in rule.cases if other is not None else ():
            old, new = (
                _outcome(book, book.rules[rule.id], case.given, case.place, case.day)
                for book in (before, now)
            )
            if old is not new:
                yield Change(
                    thing=rule.id,
                    kind="case",
                    place=case.place.code,
                    before=f"{case.name}：{old.value}",
                    now=new.value,
                )


def _outcome(book: PolicyBook, rule: Rule, given: Mapping[str, object], place: Place, day: date) -> Outcome:
    facts = book.read_facts(given)
    return book.judge_rule(rule, facts, place=place, on=day)
