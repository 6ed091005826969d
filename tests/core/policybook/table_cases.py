"""Cases around every edge that rules draw, and the table that holds them."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
from hypothesis import strategies as st

from zhiping.core.policybook.conditions import (
    Call,
    Compare,
    Count,
    Fixed,
    FromParameter,
    InPeriod,
    InSpan,
    walk,
)
from zhiping.core.policybook.model import FactType
from zhiping.core.policybook.values import shift

DTYPES = {
    FactType.WHOLE: pl.Int64,
    FactType.DECIMAL: pl.Decimal(38, 9),
    FactType.TEXT: pl.String,
    FactType.FLAG: pl.Boolean,
    FactType.DAY: pl.Date,
    FactType.TEXTS: pl.List(pl.String),
}


def dtype_of(declaration):
    if declaration.type is FactType.ROWS:
        return pl.List(pl.Struct({one.name: dtype_of(one) for one in declaration.fields}))
    return DTYPES[declaration.type]


def table_of(declarations, cases, *, names=None):
    """Return the cases as a table; a fact that no case gives has no column."""
    names = sorted({name for case in cases for name in case}) if names is None else names
    schema = {name: dtype_of(declarations[name]) for name in names}
    rows = [{name: _listed(case.get(name)) for name in schema} for case in cases]
    if not schema:
        return pl.DataFrame({"": [None] * len(cases)}).select([])
    return pl.DataFrame(rows, schema=schema)


def _listed(value):
    return list(value) if isinstance(value, tuple) else value


class Edges:
    """The numbers, texts and spans that the conditions of some rules name."""

    def __init__(self, book, rules):
        self.book, self.named, self.spans = book, {}, {(0, "day"), (1, "year")}
        for rule in rules:
            for condition in (rule.applies_when, rule.condition):
                for part in () if condition is None else walk(condition):
                    self._note(part)

    def _note(self, part):
        match part:
            case Compare(fact=fact, against=against) | Count(of=fact, against=against):
                self.named.setdefault(fact, set()).update(self._values(against))
            case InSpan(length=length, unit=unit):
                self.spans |= {(value, unit) for value in self._values(length)}
            case InPeriod(fact=fact, start=start, end=end):
                self.named.setdefault(fact, set()).update({start, end} - {None})
            case Call(predicate="entry_condition_met"):
                rows = self.book.catalogue("entry_conditions").rows
                self.named.setdefault("entry_condition", set()).update(row["condition"] for row in rows)
                self.named.setdefault("work_months", set()).update(
                    int(row["min_work_months"]) for row in rows if row["min_work_months"]
                )
                self.spans |= {
                    (int(row[column]), unit)
                    for row in rows
                    for column, unit in (
                        ("min_age", "year"),
                        ("months_since_prior", "month"),
                        ("months_since_title", "month"),
                    )
                    if row[column]
                }

    def _values(self, against):
        match against:
            case FromParameter(id=name):
                return {value.value for value in self.book.parameters[name].values}
            case Fixed(value=value):
                return {value}
        return set()

    def of(self, declaration, on):
        """Return a strategy of values of a fact around the edges on a day."""
        named = sorted(self.named.get(declaration.name, ()), key=str)
        match declaration.type:
            case FactType.WHOLE:
                edges = [int(one) + step for one in named for step in (-1, 0, 1)]
                return st.sampled_from([0, 1, 2, 3, *edges])
            case FactType.DECIMAL:
                steps = [Decimal(step) for step in ("-1", "-0.000000001", "0", "0.000000001", "1")]
                return st.sampled_from(
                    [Decimal(0), *(Decimal(one) + step for one in named for step in steps)]
                )
            case FactType.TEXT:
                texts = [part for one in named for part in (one if isinstance(one, tuple) else (one,))]
                return st.sampled_from([*declaration.allowed, *texts, "别的"])
            case FactType.FLAG:
                return st.booleans()
            case FactType.DAY:
                days = {shift(on, by=-length, unit=unit) for length, unit in self.spans}
                days |= {one for one in named if isinstance(one, date)}
                near = [one + timedelta(days=step) for one in days for step in (-1, 0, 1)]
                return st.sampled_from(sorted(near))
            case FactType.TEXTS:
                named = [part for one in named if isinstance(one, tuple) for part in one]
                return st.lists(
                    st.sampled_from([*declaration.allowed, *named, "别的"]), max_size=6, unique=True
                ).map(tuple)
            case FactType.ROWS:
                longest = max([2, *(int(one) + 1 for one in named if not isinstance(one, tuple))])
                fields = {one.name: st.none() | self.of(one, on) for one in declaration.fields}
                return st.lists(st.fixed_dictionaries({}, optional=fields), max_size=min(longest, 5)).map(
                    tuple
                )
        raise AssertionError(declaration)

    def cases(self, names, on):
        """Return a strategy of facts; each may be missing or not be given at all."""
        facts = {name: self.of(self.book.facts[name], on) for name in names}
        given = {name: st.one_of(one, one, one, st.none()) for name, one in facts.items()}
        return st.one_of(
            st.fixed_dictionaries(facts),
            st.fixed_dictionaries({}, optional=given),
            st.fixed_dictionaries(given),
        )
