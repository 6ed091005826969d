"""The closed dialect of screens (筛查 SQL 方言): what a `query.sql` may say, its macros, its translations.

A screen is judged on its syntax tree: only listed constructs pass, so that the same file means the
same on every engine and can neither write, read files, nor look at the clock. Numbers of the law
never stand in a query: they are joined from the parameters by place and day.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from zhiping.core.sieve.contract import Column, Table, Type

OPEN_END = "9999-12-31"
"""The end of a period that has none: the only day a screen may write."""

PLACE_CHAIN = Table(
    "place_chain",
    "地区包含关系（由引擎生成）",
    ("place", "inside"),
    (
        Column("place", Type.TEXT, "行政区划代码"),
        Column("inside", Type.TEXT, "该地区本身或其上级，直至 CN"),
    ),
)
"""Every place of the snapshot and everything it lies in, itself included."""


def parameter_table(name: str) -> Table:
    """Return the table that holds a screen's parameter, resolved for every place of the snapshot."""
    return Table(
        f"p_{name}",
        "按地区解析的参数（由引擎生成）",
        ("place", "valid_from"),
        (
            Column("place", Type.TEXT, "行政区划代码"),
            Column("valid_from", Type.DAY, "起始日（含）"),
            Column("valid_to", Type.DAY, "截止日（不含）；无截止日为 9999-12-31"),
            Column("value", Type.WHOLE, "数值"),
            Column("clause", Type.TEXT, "条款"),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing a query says that the dialect does not know."""

    code: str
    line: int
    found: str


_ALLOWED: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Select, exp.With, exp.CTE, exp.TableAlias, exp.Table, exp.Identifier, exp.Column, exp.Alias,
        exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Distinct,
        exp.Union, exp.Subquery, exp.Exists, exp.Not, exp.And, exp.Or, exp.Paren, exp.EQ, exp.NEQ, exp.GT,
        exp.GTE, exp.LT, exp.LTE, exp.Is, exp.Null, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Case,
        exp.If, exp.Coalesce, exp.Cast, exp.DataType, exp.Literal, exp.Boolean, exp.Add, exp.Sub, exp.Count,
        exp.Min, exp.Max, exp.Sum, exp.Filter, exp.Window, exp.WindowSpec, exp.RowNumber, exp.DPipe,
        exp.StrPosition, exp.Star, exp.Placeholder, exp.Var,
    }
)  # fmt: skip

_CAST_TO = frozenset({exp.DType.DATE, exp.DType.VARCHAR, exp.DType.TEXT})

_YEARS = "EXTRACT(YEAR FROM b) - EXTRACT(YEAR FROM a)"
# The day that completes a month is the day of the same number, or the month's last day if there is none
# (Civil Code art. 202): b is short of it when its number is smaller and tomorrow is not the first.
_SHORT_OF_DAY = (
    "EXTRACT(DAY FROM b) < EXTRACT(DAY FROM a) AND EXTRACT(DAY FROM (CAST(b AS DATE) + INTERVAL 1 DAY)) > 1"
)
MACROS: Mapping[str, str] = {
    # whole months from day a to day b
    "whole_months": f"(({_YEARS}) * 12 + EXTRACT(MONTH FROM b) - EXTRACT(MONTH FROM a)"
    f" - CASE WHEN {_SHORT_OF_DAY} THEN 1 ELSE 0 END)",
    # whole years from day a to day b: the age on b of who was born on a
    "whole_years": f"(({_YEARS}) - CASE WHEN EXTRACT(MONTH FROM b) < EXTRACT(MONTH FROM a)"
    f" OR (EXTRACT(MONTH FROM b) = EXTRACT(MONTH FROM a) AND {_SHORT_OF_DAY}) THEN 1 ELSE 0 END)",
    # first day of the month of day a
    "month_of": "CAST(DATE_TRUNC('month', CAST(a AS DATE)) AS DATE)",
    # count a exceeds (超过) count b by more than c percent of b
    "is_over": "(a * 100 > b * (100 + c))",
    # count a is an even number
    "is_even": "(a % 2 = 0)",
}
"""Project macros: written as functions in a query, expanded on the tree before any engine sees it."""

_PLACEHOLDERS = "abc"


def _line(node: exp.Expr) -> int:
    for part in node.walk():
        if "line" in part.meta:
            return int(part.meta["line"])
    return 1


def _fault(code: str, node: exp.Expr) -> Fault:
    return Fault(code=code, line=_line(node), found=node.sql("duckdb")[:120])


def parse(text: str) -> exp.Expr:
    """Return the tree of a query; raises the parser's error for what is no single statement."""
    statements = sqlglot.parse(text, read="duckdb")
    if len(statements) != 1 or statements[0] is None:
        raise SqlglotError(f"{len(statements)} statements")
    return statements[0]


def expand(tree: exp.Expr, *, as_of: date) -> exp.Expr:
    """Return a copy of the tree with macros written out and `$as_of` put in."""

    def written_out(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.lower() in MACROS:
            given = dict(zip(_PLACEHOLDERS, node.expressions, strict=False))
            body = sqlglot.parse_one(MACROS[node.name.lower()], read="duckdb")

            def put_in(part: exp.Expr) -> exp.Expr:
                if isinstance(part, exp.Column) and part.name in given and not part.table:
                    return exp.paren(given[part.name].copy())
                return part

            # Arguments may be macros themselves.
            return body.transform(put_in).transform(written_out)
        if isinstance(node, exp.Placeholder) and node.name == "as_of":
            return exp.cast(exp.Literal.string(as_of.isoformat()), "DATE")
        return node

    return tree.copy().transform(written_out)


def translated(text: str, target: str, *, as_of: date) -> str:
    """Return a query, macros expanded, in the dialect of another engine ("duckdb", "spark", "postgres")."""
    return expand(parse(text), as_of=as_of).sql(target, pretty=True)


def faults(text: str, *, tables: Mapping[str, Table]) -> tuple[Fault, ...]:
    """Return everything in the query that the closed dialect does not allow.

    `tables` are the tables the query may name: contract, parameters and what the engine supplies.
    """
    try:
        tree = parse(text)
    except SqlglotError as error:
        return (Fault(code="syntax", line=1, found=str(error)[:200]),)
    if not isinstance(tree, exp.Select):
        return (_fault("not_a_select", tree),)
    found = [
        fault for check in (_constructs, _literals, _joins, _names, _values) for fault in check(tree, tables)
    ]
    if found:
        return tuple(found)
    return tuple(_types(tree, tables)) or tuple(_explained(tree, tables))


def _constructs(tree: exp.Expr, _tables: Mapping[str, Table]) -> Iterator[Fault]:
    for node in tree.walk():
        code = _refused_as(node)
        if code:
            yield _fault(code, node)


def _refused_as(node: exp.Expr) -> str:
    match node:
        case exp.Anonymous() if node.name.lower() not in MACROS:
            return "function_not_allowed"
        case exp.Anonymous():
            is_whole = len(node.expressions) == _arity(node.name.lower())
            return "" if is_whole else "wrong_number_of_arguments"
        case exp.Placeholder() if node.name != "as_of":
            return "parameter_unknown"
        case exp.Star() if not isinstance(node.parent, exp.Count):
            return "star"
        case exp.Cast() if node.to.this not in _CAST_TO:
            return "cast_not_allowed"
    return "" if type(node) in _ALLOWED else "construct_not_allowed"


def _arity(name: str) -> int:
    body = sqlglot.parse_one(MACROS[name], read="duckdb")
    return len({part.name for part in body.find_all(exp.Column)})


def _literals(tree: exp.Expr, _tables: Mapping[str, Table]) -> Iterator[Fault]:
    for node in tree.find_all(exp.Literal):
        frame = node.find_ancestor(exp.WindowSpec)
        if node.is_string:
            if isinstance(node.parent, exp.Cast) and node.name != OPEN_END:
                yield _fault("literal_day", node)
        elif node.name not in {"0", "1"} and frame is None:
            yield _fault("literal_number", node)


def _joins(tree: exp.Expr, _tables: Mapping[str, Table]) -> Iterator[Fault]:
    for join in tree.find_all(exp.Join):
        on = join.args.get("on")
        if join.args.get("using"):
            continue
        if on is None or join.kind == "CROSS" or join.method:
            yield _fault("cross_join", join)
        elif not any(_compares_columns(equal) for equal in on.find_all(exp.EQ)):
            yield _fault("join_without_equality", join)


def _compares_columns(equal: exp.EQ) -> bool:
    return all(side.find(exp.Column) is not None for side in (equal.this, equal.expression))


def _names(tree: exp.Expr, tables: Mapping[str, Table]) -> Iterator[Fault]:
    steps = {cte.alias for cte in tree.find_all(exp.CTE)}
    for node in tree.find_all(exp.Table):
        if not isinstance(node.this, exp.Identifier):
            yield _fault("table_function", node)
        elif node.db or (node.name not in tables and node.name not in steps):
            yield _fault("table_unknown", node)
    for step in sorted(steps & set(tables)):
        yield Fault(code="step_hides_table", line=1, found=step)


def _values(tree: exp.Expr, tables: Mapping[str, Table]) -> Iterator[Fault]:
    allowed: dict[str, set[str]] = {}
    for table in tables.values():
        for column in table.columns:
            if column.allowed:
                allowed.setdefault(column.name, set()).update(column.allowed)
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        sides = (node.this, *node.expressions) if isinstance(node, exp.In) else (node.this, node.expression)
        columns = [side for side in sides if isinstance(side, exp.Column) and side.name in allowed]
        for side in sides:
            is_text = isinstance(side, exp.Literal) and side.is_string
            if is_text and columns and side.name not in allowed[columns[0].name]:
                yield _fault("value_never_occurs", node)


_KINDS: Mapping[str, Callable[[exp.DataType], bool]] = {
    "text": lambda kind: kind.this in exp.DataType.TEXT_TYPES,
    "number": lambda kind: kind.this in exp.DataType.NUMERIC_TYPES,
    "day": lambda kind: kind.this in exp.DataType.TEMPORAL_TYPES,
    "flag": lambda kind: kind.this == exp.DType.BOOLEAN,
}


def _kind(node: exp.Expr) -> str | None:
    of_type = node.type
    if not isinstance(of_type, exp.DataType):
        return None
    return next((name for name, belongs in _KINDS.items() if belongs(of_type)), None)


def _types(tree: exp.Expr, tables: Mapping[str, Table]) -> Iterator[Fault]:
    schema: dict[str, object] = {
        table.name: {column.name: column.type.value for column in table.columns} for table in tables.values()
    }
    try:
        typed = annotate_types(
            qualify(
                expand(tree, as_of=date(2000, 1, 1)),
                schema=schema,
                dialect="duckdb",
                quote_identifiers=False,
            ),
            schema=schema,
            dialect="duckdb",
        )
    except SqlglotError as error:
        yield Fault(code="column_unknown", line=1, found=str(error)[:200])
        return
    for node in typed.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE):
        left, right = _kind(node.this), _kind(node.expression)
        if left and right and left != right:
            yield Fault(code="types_differ", line=1, found=f"{node.sql('duckdb')[:100]}: {left}, {right}")


def _explained(tree: exp.Expr, tables: Mapping[str, Table]) -> Iterator[Fault]:
    with duckdb.connect() as connection:
        for table in tables.values():
            columns = ", ".join(f'"{column.name}" {column.type.value}' for column in table.columns)
            connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
        try:
            query = expand(tree, as_of=date(2000, 1, 1)).sql("duckdb")
            connection.execute(f"EXPLAIN {query}").fetchall()
        except duckdb.Error as error:
            yield Fault(code="engine_refuses", line=1, found=str(error).split("\n", maxsplit=1)[0][:200])


def output_columns(text: str) -> tuple[str, ...]:
    """Return the names of the columns that a query gives, in order."""
    tree = parse(text)
    return tuple(tree.named_selects) if isinstance(tree, exp.Query) else ()
