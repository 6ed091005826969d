"""Compiles conditions into expressions over columns, which judge a whole table at once.

An expression is true, false or null (unknown) for each row, exactly as the closures of `compiling` are
for one case; there is no trace. What reads only a row of a list is evaluated inside the list. What
reads the case as well, or calls a predicate, is evaluated on the rows laid out one below the other.
Predicates without a form for columns (see COLUMN_FORMS), and the test whether one place lies inside
another, are asked in Python, once for each distinct set of arguments.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import polars as pl

from zhiping.core.policybook.column_facts import DECIMAL, DTYPES, FRACTION_DIGITS, DType, missing, typed
from zhiping.core.policybook.compiling import NUMERIC, all_of, is_inside
from zhiping.core.policybook.conditions import (
    Against,
    AllOf,
    AnyOf,
    Call,
    Compare,
    Condition,
    Count,
    Each,
    FromFact,
    InPeriod,
    InSpan,
    Not,
    facts_of,
    walk,
)
from zhiping.core.policybook.model import Catalogue, FactDeclaration, FactType
from zhiping.core.policybook.predicates import PREDICATES
from zhiping.core.policybook.predicates.entry_condition_columns import entry_condition_met
from zhiping.core.policybook.resolving import Parameters, constant, resolved_operator
from zhiping.core.policybook.trace import Met
from zhiping.core.policybook.values import MONTHS_PER_YEAR, as_decimal
from zhiping.core.policybook.wording import ORDERING, Operator
from zhiping.kernel.errors import DomainError

COLUMN_FORMS: Mapping[str, Callable[[Mapping[str, pl.Expr], Mapping[str, Catalogue]], pl.Expr]] = {
    "entry_condition_met": entry_condition_met
}
"""Predicates that say of columns what they say of one case; a test holds the two against each other."""

UNKNOWN = pl.lit(None, dtype=pl.Boolean)
_ROW, _NUMBER, _MET = "\0row", "\0number", "\0met"
"""Names of columns that no fact can have."""
_FEW = 8
"""So many texts are compared one by one faster than looked up."""
_INT64_LIMIT = 2**63 - 1
_DECIMAL_LIMIT = 10**38 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnCompiler:
    """Turns conditions into expressions under the parameters of one place and day.

    `columns` gives the facts that are there; `fields` the types of the fields that each list's rows
    have; `fixed` the facts that are the same for every row, so that they may be read inside a list.
    What Python refuses while an expression is evaluated lies in `refusals` afterwards, since the engine
    of tables would put an error of its own in its place: whoever evaluates raises it.
    """

    facts: Mapping[str, FactDeclaration]
    columns: Mapping[str, pl.Expr]
    fields: Mapping[str, Mapping[str, DType]]
    fixed: frozenset[str]
    parameters: Parameters
    catalogues: Mapping[str, Catalogue]
    refusals: list[DomainError] = field(default_factory=list)

    def compile(self, condition: Condition) -> pl.Expr:  # noqa: PLR0911  # one return for each kind
        """Return the expression of a condition: true, false, or null where a missing fact decides."""
        match condition:
            case AllOf(parts=parts):
                return pl.all_horizontal(pl.lit(value=True), *(self.compile(part) for part in parts))
            case AnyOf(parts=parts):
                return pl.any_horizontal(pl.lit(value=False), *(self.compile(part) for part in parts))
            case Not(part=part):
                return ~self.compile(part)
            case Compare():
                return self._compare(condition)
            case InPeriod(fact=fact, start=start, end=end):
                day = self._column(fact)
                return day >= start if end is None else (day >= start) & (day < end)
            case InSpan():
                return self._in_span(condition)
            case Count():
                return self._count(condition)
            case Each():
                return self._each(condition)
            case Call():
                return self._call(condition)

    def _column(self, name: str) -> pl.Expr:
        found = self.columns.get(name)
        return missing(self.facts[name]) if found is None else found

    # tests on one fact ---------------------------------------------------------------------------

    def _compare(self, condition: Compare) -> pl.Expr:
        fact, against = self.facts[condition.fact], condition.against
        operator = resolved_operator(condition.operator, against, self.parameters)
        observed = self._column(fact.name)
        if operator is Operator.YES:
            return observed
        if operator is Operator.NO:
            return ~observed
        if operator is Operator.AS_WORDED:  # no value here on this day, hence no wording either
            return UNKNOWN
        if operator is Operator.INSIDE or operator in _AGAINST_COLUMNS:
            return self._membership(operator, observed, against)
        return self._ordered(operator, observed, fact.type, against)

    def _ordered(
        self, operator: Operator, observed: pl.Expr, kind: FactType, against: Against | None
    ) -> pl.Expr:
        if isinstance(against, FromFact):
            other = self.facts[against.name]
            return _compared(operator, *_of_one_type(observed, kind, self._column(other.name), other.type))
        required = constant(against, self.parameters)
        if kind not in NUMERIC:
            return UNKNOWN if required is None else _compared(operator, observed, pl.lit(required))
        number = as_decimal(required)
        return UNKNOWN if number is None else _compared_with_number(operator, observed, kind, number)

    def _membership(self, operator: Operator, observed: pl.Expr, against: Against | None) -> pl.Expr:
        if operator is Operator.INSIDE:
            return self._inside(observed, against)
        if isinstance(against, FromFact):
            limit = self._column(against.name)
            return _where_known(_AGAINST_COLUMNS[operator](observed, limit), observed, limit)
        required = constant(against, self.parameters)
        if required is None:
            return UNKNOWN
        return _where_known(_AGAINST_CONSTANTS[operator](observed, required), observed)

    def _inside(self, observed: pl.Expr, against: Against | None) -> pl.Expr:
        limit = (
            self._column(against.name)
            if isinstance(against, FromFact)
            else pl.lit(constant(against, self.parameters), dtype=pl.String)
        )

        def holds(given: dict[str, object]) -> Met:
            return None if None in given.values() else is_inside(given["observed"], given["limit"])

        return asked_once(holds, {"observed": observed, "limit": limit}, self.refusals)

    def _in_span(self, condition: InSpan) -> pl.Expr:
        day, origin = self._column(condition.fact), self._column(condition.anchor)
        length = self._length(condition.length)
        if length is None:
            return UNKNOWN
        far = _shifted(origin, length if condition.is_after else -length, condition.unit)
        first, last = (origin, far) if condition.is_after else (far, origin)
        return _where_known((first <= day) & (day <= last), day, first, last)

    def _length(self, against: Against) -> pl.Expr | None:
        """Return the length of a span; None where it is no whole number, as for a single case."""
        if isinstance(against, FromFact):
            whole = self.facts[against.name].type is FactType.WHOLE
            return self._column(against.name) if whole else None
        required = constant(against, self.parameters)
        return pl.lit(required, dtype=pl.Int64) if isinstance(required, int) else None

    # tests on rows -------------------------------------------------------------------------------

    def _each(self, condition: Each) -> pl.Expr:
        listed = self.columns.get(condition.of)
        if listed is None:
            return UNKNOWN
        empty = pl.lit(condition.when_empty, dtype=pl.Boolean)
        met = self._of_rows(condition.of, condition.condition)
        answer = met.map_batches(_all_met, return_dtype=pl.Boolean)
        return pl.when(listed.list.len() == 0).then(empty).otherwise(answer)

    def _count(self, condition: Count) -> pl.Expr:
        operator = resolved_operator(condition.operator, condition.against, self.parameters)
        listed = self.columns.get(condition.of)
        if operator is Operator.AS_WORDED or listed is None:
            return UNKNOWN
        if condition.where is None:
            sure = possible = listed.list.len().cast(pl.Int64)
        else:
            met = self._of_rows(condition.of, condition.where)
            sure = _number_of(met, pl.element()).cast(pl.Int64)
            possible = sure + _number_of(met, pl.element().is_null()).cast(pl.Int64)

        def answer(test: Operator, number: pl.Expr) -> pl.Expr:
            return self._ordered(test, number, FactType.WHOLE, condition.against)

        return _agreed(operator, answer, sure, possible)

    def _of_rows(self, rows: str, inner: Condition) -> pl.Expr:
        """Return for each list what the condition says of its rows; a missing list has no answers."""
        declaration = self.facts[rows]
        fields = {one.name: one for one in declaration.fields}
        present = self.fields.get(rows, {})
        outside = [name for name in facts_of(inner) if name not in fields and name in self.columns]
        stays_inside = set(outside) <= self.fixed and not any(_asks_python(part) for part in walk(inner))
        element = pl.element() if stays_inside else pl.col(_ROW)
        within = {
            name: typed(element.struct.field(name), fields[name], dtype) for name, dtype in present.items()
        }
        around = {name: one for name, one in self.columns.items() if name not in fields}
        fixed = self.fixed - fields.keys()
        if not stays_inside:
            around, fixed = {name: pl.col(name) for name in outside}, frozenset()
        compiler = replace(self, facts={**self.facts, **fields}, columns={**around, **within}, fixed=fixed)
        met = compiler.compile(inner)
        listed = self.columns[rows]
        if stays_inside:
            return listed.list.eval(met)
        around_rows = (self._column(name).alias(name) for name in outside)
        return pl.struct(_numbered(), listed.alias(_ROW), *around_rows).map_batches(
            lambda table: _laid_out(table, met), return_dtype=pl.List(pl.Boolean)
        )

    # predicates ----------------------------------------------------------------------------------

    def _call(self, condition: Call) -> pl.Expr:
        predicate = PREDICATES[condition.predicate]
        catalogues = {name: self.catalogues[name] for name in predicate.catalogues}
        arguments = {argument: self._column(name) for argument, name in condition.arguments.items()}
        in_columns = COLUMN_FORMS.get(predicate.name)
        if in_columns is not None:
            left_out = {
                argument: pl.lit(None, dtype=DTYPES[kind])
                for argument, kind in predicate.arguments.items()
                if argument not in arguments
            }
            return in_columns({**left_out, **arguments}, catalogues)

        def holds(given: dict[str, object]) -> Met:
            return all_of(predicate.function(given, catalogues))

        return asked_once(holds, arguments, self.refusals)


# comparisons -------------------------------------------------------------------------------------


def _compared(operator: Operator, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    return _COMPARISONS[operator](left, right)


_COMPARISONS: Mapping[Operator, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    Operator.AT_LEAST: lambda left, right: left >= right,
    Operator.MORE_THAN: lambda left, right: left > right,
    Operator.AT_MOST: lambda left, right: left <= right,
    Operator.LESS_THAN: lambda left, right: left < right,
    Operator.EQUAL: lambda left, right: left == right,
    Operator.NOT_EQUAL: lambda left, right: left != right,
}


def _of_one_type(
    left: pl.Expr, left_kind: FactType, right: pl.Expr, right_kind: FactType
) -> tuple[pl.Expr, pl.Expr]:
    """Return two columns as they compare exactly: whole numbers beside decimals become decimals."""
    if left_kind is right_kind or not {left_kind, right_kind} <= set(NUMERIC):
        return left, right
    return left.cast(DECIMAL), right.cast(DECIMAL)


def _compared_with_number(
    operator: Operator, observed: pl.Expr, kind: FactType, required: Decimal
) -> pl.Expr:
    """Compare a column with a number of any length, in the column's own type.

    The number is brought to the nearest one that the column can hold, on the side that leaves the
    answer as it is: at least 2.5 is at least 3 for whole numbers.
    """
    after_point, limit = (FRACTION_DIGITS, _DECIMAL_LIMIT) if kind is FactType.DECIMAL else (0, _INT64_LIMIT)
    exact = Fraction(required) * 10**after_point
    takes_upper = operator in {Operator.AT_LEAST, Operator.LESS_THAN}
    edge = math.ceil(exact) if takes_upper else math.floor(exact)
    if abs(edge) > limit or (edge != exact and operator not in ORDERING):
        return _where_known(pl.lit(value=_always(operator, is_above=edge > 0)), observed)
    if kind is FactType.WHOLE:
        return _compared(operator, observed, pl.lit(edge, dtype=pl.Int64))
    sign, digits, _ = Decimal(edge).as_tuple()
    scaled = Decimal((sign, digits, -FRACTION_DIGITS))  # exact, whatever the context's precision
    return _compared(operator, observed, pl.lit(scaled, dtype=DECIMAL))


def _always(operator: Operator, *, is_above: bool) -> bool:
    """Return what a test says of every number when the required one is out of their reach."""
    if operator in {Operator.EQUAL, Operator.NOT_EQUAL}:
        return operator is Operator.NOT_EQUAL
    return (operator in {Operator.AT_MOST, Operator.LESS_THAN}) is is_above


def _where_known(answer: pl.Expr, *needed: pl.Expr) -> pl.Expr:
    """Return the answer where everything that it needs is there, else unknown."""
    return pl.when(pl.all_horizontal(one.is_not_null() for one in needed)).then(answer)


def _shifted(day: pl.Expr, by: pl.Expr, unit: str) -> pl.Expr:
    """Return the corresponding day so many days, months or years later, as `values.shift` does."""
    if unit == "day":
        return day.dt.offset_by(pl.format("{}d", by))
    months = by * MONTHS_PER_YEAR if unit == "year" else by
    return day.dt.offset_by(pl.format("{}mo", months))


def _has_all(observed: pl.Expr, limit: object) -> pl.Expr:
    listed: tuple[str, ...] = limit  # type: ignore[assignment]  # a list, by the loader's check
    return pl.all_horizontal(pl.lit(value=True), *(_lists(observed, one) for one in listed))


def _has_any(observed: pl.Expr, limit: object) -> pl.Expr:
    listed: tuple[str, ...] = limit  # type: ignore[assignment]  # a list, by the loader's check
    return pl.any_horizontal(pl.lit(value=False), *(_lists(observed, one) for one in listed))


def _lists(observed: pl.Expr, text: str) -> pl.Expr:
    return _number_of(observed, pl.element() == text) > 0


def _is_one_of(observed: pl.Expr, limit: object) -> pl.Expr:
    listed: tuple[str, ...] = limit  # type: ignore[assignment]  # a list, by the loader's check
    if len(listed) > _FEW:
        return observed.is_in(listed)
    return pl.any_horizontal(pl.lit(value=False), *(observed == one for one in listed))


_AGAINST_CONSTANTS: Mapping[Operator, Callable[[pl.Expr, object], pl.Expr]] = {
    Operator.IN: _is_one_of,
    Operator.NOT_IN: lambda observed, limit: ~_is_one_of(observed, limit),
    Operator.INCLUDES_ALL: _has_all,
    Operator.INCLUDES_NONE: lambda observed, limit: ~_has_any(observed, limit),
}
_AGAINST_COLUMNS: Mapping[Operator, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    Operator.IN: lambda observed, limit: limit.list.contains(observed),
    Operator.NOT_IN: lambda observed, limit: ~limit.list.contains(observed),
    Operator.INCLUDES_ALL: lambda observed, limit: limit.list.set_difference(observed).list.len() == 0,
    Operator.INCLUDES_NONE: lambda observed, limit: limit.list.set_intersection(observed).list.len() == 0,
}


def _agreed(
    operator: Operator, answer: Callable[[Operator, pl.Expr], pl.Expr], low: pl.Expr, high: pl.Expr
) -> pl.Expr:
    """Return what every number from the sure to the possible count answers alike, else unknown."""
    if operator in ORDERING:
        at_low, at_high = answer(operator, low), answer(operator, high)
        return pl.when(at_low == at_high).then(at_low)
    # Equal, or not: all agree where there is one number, or where the required one is not among them.
    among = answer(Operator.AT_LEAST, high) & answer(Operator.AT_MOST, low)
    return pl.when((low == high) | ~among).then(answer(operator, low))


# rows --------------------------------------------------------------------------------------------


def _all_met(answers: pl.Series) -> pl.Series:
    """Return of each list of answers whether all hold; unknown only where none fails."""
    none_fails = answers.to_frame(_MET).select(_number_of(pl.col(_MET), ~pl.element()) == 0).to_series()
    if not answers.explode(empty_as_null=False, keep_nulls=False).has_nulls():
        return none_fails
    some_open = answers.to_frame(_MET).select(_number_of(pl.col(_MET), pl.element().is_null()) > 0)
    return none_fails.zip_with(~(none_fails & some_open.to_series()), pl.Series([None], dtype=pl.Boolean))


def _number_of(listed: pl.Expr, holds: pl.Expr) -> pl.Expr:
    """Return of how many elements of each list something holds: sums are what lists do fastest."""
    return listed.list.eval(holds.cast(pl.UInt32)).list.sum()


def _asks_python(condition: Condition) -> bool:
    if isinstance(condition, Compare):
        return condition.operator is Operator.INSIDE
    return isinstance(condition, Call | Each | Count)


def _numbered() -> pl.Expr:
    return pl.int_range(pl.len(), dtype=pl.UInt32).alias(_NUMBER)


def _laid_out(table: pl.Series, met: pl.Expr) -> pl.Series:
    """Evaluate a condition on the rows of all lists, one below the other, and gather them again."""
    frame = table.struct.unnest()
    rows = frame.explode(_ROW, empty_as_null=False, keep_nulls=False)
    answers = rows.with_columns(met.alias(_MET)).group_by(_NUMBER, maintain_order=True).agg(_MET)
    found = frame.join(answers, on=_NUMBER, how="left", maintain_order="left").get_column(_MET)
    nothing = pl.Series([[]], dtype=pl.List(pl.Boolean))
    return found.zip_with(found.is_not_null() | frame.get_column(_ROW).is_null(), nothing)


def asked_once(
    holds: Callable[[dict[str, object]], Met],
    arguments: Mapping[str, pl.Expr],
    refusals: list[DomainError],
) -> pl.Expr:
    """Ask a function of Python once for each distinct set of arguments; note what it refuses."""

    def answer(row: dict[str, object]) -> Met:
        try:
            return holds(_as_facts(row))
        except DomainError as refusal:
            refusals.append(refusal)
            return None

    def ask(table: pl.Series) -> pl.Series:
        frame = table.struct.unnest()
        distinct = frame.select(list(arguments)).unique()
        answers = [answer(row) for row in distinct.iter_rows(named=True)]
        asked = distinct.with_columns(pl.Series(_MET, answers, dtype=pl.Boolean))
        found = frame.join(asked, on=list(arguments), how="left", nulls_equal=True, maintain_order="left")
        return found.get_column(_MET)

    columns = (one.alias(name) for name, one in arguments.items())
    return pl.struct(_numbered(), *columns).map_batches(ask, return_dtype=pl.Boolean)


def _as_facts(row: dict[str, object]) -> dict[str, object]:
    """Return arguments as facts of one case: lists are tuples."""
    return {name: tuple(one) if isinstance(one, list) else one for name, one in row.items()}
