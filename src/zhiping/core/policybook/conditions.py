"""The closed vocabulary of conditions, as a typed tree."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from zhiping.core.policybook.values import Value
from zhiping.core.policybook.wording import Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class FromParameter:
    """Compared with the value of a dated parameter."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """Compared with a value that the rule itself writes."""

    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFact:
    """Compared with another fact of the case."""

    name: str


type Against = FromParameter | Fixed | FromFact


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every part holds."""

    parts: tuple["Condition", ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Condition", ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part does not hold."""

    part: "Condition"
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """One fact against a parameter, a value or another fact; flags are compared with nothing."""

    fact: str
    operator: Operator
    against: Against | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InPeriod:
    """A day lies in a half-open period that the rule writes."""

    fact: str
    start: date
    end: date | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InSpan:
    """A day lies so many days, months or years after, or before, another day; both ends count."""

    fact: str
    anchor: str
    is_after: bool
    length: Against
    unit: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many rows (or texts) meet a condition, compared."""

    of: str
    where: "Condition | None"
    operator: Operator
    against: Against
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """Every row meets a condition; `when_empty` says what no rows mean."""

    of: str
    condition: "Condition"
    when_empty: bool | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A named predicate; `arguments` maps its argument names to facts."""

    predicate: str
    arguments: Mapping[str, str]
    line: int


type Condition = AllOf | AnyOf | Not | Compare | InPeriod | InSpan | Count | Each | Call


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield a condition and everything inside it, outermost first."""
    yield condition
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from walk(part)
        case Not(part=part):
            yield from walk(part)
        case Count(where=where):
            if where is not None:
                yield from walk(where)
        case Each(condition=inner):
            yield from walk(inner)
        case _:
            pass


def parameters_of(condition: Condition) -> tuple[str, ...]:
    """Return the parameters that a condition reads, in order of appearance, without doubles."""
    found: dict[str, None] = {}
    for part in walk(condition):
        against = part.length if isinstance(part, InSpan) else getattr(part, "against", None)
        if isinstance(against, FromParameter):
            found[against.id] = None
    return tuple(found)


def facts_of(condition: Condition) -> tuple[str, ...]:
    """Return the names that a condition reads, rows' fields included, in order, without doubles."""
    return tuple(dict.fromkeys(name for part in walk(condition) for name in _facts_of_one(part)))


def case_facts_of(condition: Condition, fields: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Return the facts of the case that a condition reads, in order of appearance, without doubles.

    `fields` gives the fields that the rows of a fact have: a condition on rows that names one of them
    reads the row, even where a fact of the case is called the same.
    """
    return tuple(dict.fromkeys(_case_facts(condition, fields, frozenset())))


def _case_facts(
    condition: Condition, fields: Mapping[str, Collection[str]], shadowed: frozenset[str]
) -> Iterator[str]:
    yield from (name for name in _facts_of_one(condition) if name not in shadowed)
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _case_facts(part, fields, shadowed)
        case Not(part=part):
            yield from _case_facts(part, fields, shadowed)
        case Each(of=of, condition=inner) | Count(of=of, where=inner) if inner is not None:
            yield from _case_facts(inner, fields, shadowed.union(fields.get(of, ())))
        case _:
            pass


def _facts_of_one(condition: Condition) -> tuple[str, ...]:
    """Return the names that one node reads itself."""
    match condition:
        case Compare(fact=fact, against=against) | Count(of=fact, against=against):
            return (fact, *_fact_behind(against))
        case InPeriod(fact=fact) | Each(of=fact):
            return (fact,)
        case InSpan(fact=fact, anchor=anchor, length=length):
            return (fact, anchor, *_fact_behind(length))
        case Call(arguments=arguments):
            return tuple(arguments.values())
        case AllOf() | AnyOf() | Not():
            return ()


def _fact_behind(against: Against | None) -> tuple[str, ...]:
    return (against.name,) if isinstance(against, FromFact) else ()
