"""Conditions as JSON and back: what a rule's snapshot is kept in, whatever becomes of the files' layout."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zhiping.core.policybook.conditions import (
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
from zhiping.core.policybook.wording import Operator

# The names under which they are kept; a class may be renamed, its name here never.
_NAMES: Mapping[type, str] = {
    AllOf: "all",
    AnyOf: "any",
    Not: "not",
    Compare: "compare",
    InPeriod: "in_period",
    InSpan: "in_span",
    Count: "count",
    Each: "each",
    Call: "call",
    FromParameter: "from_parameter",
    Fixed: "fixed",
    FromFact: "from_fact",
}
_CLASSES = {name: own for own, name in _NAMES.items()}
_LINE = "line"


def condition_json(condition: Condition | None) -> object:
    """Return a condition as JSON can carry it; the lines of the file are left out."""
    return tagged(condition)


def condition_of(kept: object) -> Condition:
    """Return the condition of its JSON.

    Raises KeyError, TypeError or ValueError where it is none: the reader of snapshots refuses for all.
    """
    found = untagged(kept)
    if type(found) not in _NAMES:
        raise TypeError(kept)
    condition: Condition = found  # type: ignore[assignment]  # one of the classes of the union, as just checked
    return condition


def tagged(value: object) -> object:  # noqa: PLR0911  # one return for each type
    """Return a value as JSON can carry it, each type that JSON lacks under its `kind`."""
    if is_dataclass(value):
        parts = {one.name: getattr(value, one.name) for one in fields(value) if one.name != _LINE}
        return {"kind": _NAMES[type(value)], **{name: tagged(part) for name, part in parts.items()}}
    match value:
        case Operator():
            return {"kind": "operator", "of": value.value}
        case date():
            return {"kind": "day", "of": value.isoformat()}
        case Decimal():
            return {"kind": "decimal", "of": str(value)}
        case Mapping():
            return {"kind": "map", "of": {key: tagged(part) for key, part in value.items()}}
        case tuple():
            return [tagged(part) for part in value]
        case _:
            return value


def untagged(kept: object) -> object:  # noqa: PLR0911  # one return for each type
    """Return the value of its JSON."""
    if isinstance(kept, list):
        return tuple(untagged(part) for part in kept)
    if not isinstance(kept, Mapping):
        return kept
    match kept["kind"]:
        case "operator":
            return Operator(kept["of"])
        case "day":
            return date.fromisoformat(kept["of"])
        case "decimal":
            return Decimal(kept["of"])
        case "map":
            return {key: untagged(part) for key, part in kept["of"].items()}
        case name:
            own: Any = _CLASSES[name]
            parts = {key: untagged(part) for key, part in kept.items() if key != "kind"}
            has_line = any(one.name == _LINE for one in fields(own))
            return own(**parts, **({_LINE: 0} if has_line else {}))
