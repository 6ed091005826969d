"""Reads a condition from YAML into the typed tree."""

from decimal import Decimal

from zhiping.core.policybook.conditions import (
    Against,
    AllOf,
    AnyOf,
    Call,
    Compare,
    Condition,
    Count,
    Each,
    Fixed,
    FromFact,
    FromParameter,
    InPeriod,
    InSpan,
    Not,
)
from zhiping.core.policybook.predicates import PREDICATES
from zhiping.core.policybook.values import Value
from zhiping.core.policybook.wording import ORDERING, Operator
from zhiping.core.policybook.yaml_reader import Entry, is_decimal_text, period_of

_HEADS = ("all", "any", "not", "fact", "count", "each", "predicate")
_COMPARISONS = (*ORDERING, Operator.AS_WORDED, Operator.EQUAL, Operator.NOT_EQUAL)
_AGAINST = {
    **dict.fromkeys(_COMPARISONS, ("parameter", "value", "other_fact")),
    **dict.fromkeys((Operator.IN, Operator.NOT_IN), ("parameter", "values", "other_fact")),
    **dict.fromkeys((Operator.INCLUDES_ALL, Operator.INCLUDES_NONE), ("parameter", "values")),
    Operator.INSIDE: ("value", "other_fact"),
    Operator.YES: (),
    Operator.NO: (),
}
_SPAN_UNITS = ("day", "month", "year")
_WHEN_EMPTY = {"met": True, "unmet": False, "unknown": None}


def read_condition(entry: Entry) -> Condition:  # noqa: PLR0911  # one return for each form
    """Return the condition that is written; faults are noted and a harmless stand-in is returned."""
    parts = entry.open_mapping()
    heads = [head for head in _HEADS if head in parts]
    if len(heads) != 1:
        if parts:
            entry.fail("condition_malformed")
        return AllOf(parts=(), line=entry.line)
    match heads[0]:
        case "all":
            inside = entry.mapping(required=("all",))["all"].items()
            return AllOf(parts=tuple(read_condition(part) for part in inside), line=entry.line)
        case "any":
            inside = entry.mapping(required=("any",))["any"].items()
            return AnyOf(parts=tuple(read_condition(part) for part in inside), line=entry.line)
        case "not":
            return Not(part=read_condition(entry.mapping(required=("not",))["not"]), line=entry.line)
        case "fact":
            return _read_test(entry, parts)
        case "count":
            return _read_count(entry)
        case "each":
            return _read_each(entry)
        case _:
            return _read_call(entry)


def _read_test(entry: Entry, parts: dict[str, Entry]) -> Condition:
    if "is" in parts and parts["is"].kind == "str" and parts["is"].raw == Operator.WITHIN:
        return _read_within(entry, parts)
    operator = _read_operator(entry, parts, tuple(_AGAINST))
    if operator is None:
        return AllOf(parts=(), line=entry.line)
    allowed = _AGAINST[operator]
    read = entry.mapping(required=("fact", "is"), optional=allowed)
    fact = read["fact"].text() if "fact" in read else ""
    return Compare(
        fact=fact,
        operator=operator,
        against=_read_against(entry, read, allowed) if allowed else None,
        line=entry.line,
    )


def _read_operator(entry: Entry, parts: dict[str, Entry], allowed: tuple[Operator, ...]) -> Operator | None:
    if "is" not in parts:
        entry.fail("key_missing", key="is")
        return None
    name = parts["is"].one_of([operator.value for operator in allowed])
    return Operator(name) if name else None


def _read_against(entry: Entry, read: dict[str, Entry], allowed: tuple[str, ...]) -> Against:
    written = [key for key in allowed if key in read]
    if len(written) != 1:
        entry.fail("against_malformed", allowed="、".join(allowed))
        return Fixed(value=0)
    part = read[written[0]]
    match written[0]:
        case "parameter":
            return FromParameter(id=part.text())
        case "other_fact":
            return FromFact(name=part.text())
        case "values":
            return Fixed(value=part.texts())
        case _:
            return Fixed(value=_read_fixed(part))


def _read_fixed(part: Entry) -> Value:
    value = part.value()
    if isinstance(value, dict | tuple) or value is None:
        part.fail("wrong_type", key=part.key, wanted="单个值", value=part.raw)
        return 0
    if isinstance(value, str) and is_decimal_text(value) and "." in value:
        return Decimal(value)
    return value  # type: ignore[return-value]  # a scalar of YAML: whole, text, flag or day


def _read_within(entry: Entry, parts: dict[str, Entry]) -> Condition:
    if "from" in parts:
        read = entry.mapping(required=("fact", "is", "from"), optional=("to",))
        period = period_of(read, entry)
        return InPeriod(fact=read["fact"].text(), start=period.start, end=period.end, line=entry.line)
    read = entry.mapping(
        required=("fact", "is", "unit"), optional=("parameter", "value", "other_fact", "after", "before")
    )
    anchors = [key for key in ("after", "before") if key in read]
    if len(anchors) != 1:
        entry.fail("against_malformed", allowed="after、before")
    return InSpan(
        fact=read["fact"].text(),
        anchor=read[anchors[0]].text() if anchors else "",
        is_after=anchors[:1] == ["after"],
        length=_read_against(entry, read, ("parameter", "value", "other_fact")),
        unit=read["unit"].one_of(_SPAN_UNITS) if "unit" in read else "",
        line=entry.line,
    )


def _read_count(entry: Entry) -> Condition:
    read = entry.mapping(required=("count",), optional=("is", "parameter", "value", "other_fact"))
    inside = read["count"].mapping(required=("of",), optional=("where",))
    operator = _read_operator(entry, read, _COMPARISONS)
    if operator is None:
        return AllOf(parts=(), line=entry.line)
    return Count(
        of=inside["of"].text() if "of" in inside else "",
        where=read_condition(inside["where"]) if "where" in inside else None,
        operator=operator,
        against=_read_against(entry, read, ("parameter", "value", "other_fact")),
        line=entry.line,
    )


def _read_each(entry: Entry) -> Condition:
    inside = entry.mapping(required=("each",))["each"].mapping(
        required=("of", "condition"), optional=("when_empty",)
    )
    when_empty = inside["when_empty"].one_of(_WHEN_EMPTY) if "when_empty" in inside else "unknown"
    return Each(
        of=inside["of"].text() if "of" in inside else "",
        condition=read_condition(inside["condition"])
        if "condition" in inside
        else AllOf(parts=(), line=entry.line),
        when_empty=_WHEN_EMPTY.get(when_empty),
        line=entry.line,
    )


def _read_call(entry: Entry) -> Condition:
    read = entry.mapping(required=("predicate",), optional=("with",))
    name = read["predicate"].text()
    predicate = PREDICATES.get(name)
    if predicate is None:
        if name:
            known = "、".join(sorted(PREDICATES))
            read["predicate"].fail("predicate_unknown", predicate=name, known=known)
        return AllOf(parts=(), line=entry.line)
    arguments = dict.fromkeys(predicate.arguments, "")
    if "with" in read:
        given = {key: part.text() for key, part in read["with"].open_mapping().items()}
        if given.keys() - arguments.keys() or set(predicate.required) - given.keys():
            read["with"].fail("predicate_arguments", predicate=name, wanted="、".join(arguments))
        arguments = {key: fact for key, fact in given.items() if key in arguments}
    else:
        arguments = {key: key for key in arguments}
    return Call(predicate=name, arguments=arguments, line=entry.line)
