"""A rule as it judged at a place on a day (规则快照): all that its findings are made from, under one address.

The version of a rule stands for what it says of cases; a finding shows more than that: wordings, titles
of documents, labels of facts. A snapshot holds all of it, so that a case can be judged again to the same
bytes when the policy files have long changed. Its address is the hash of its content: the same content
is kept once, and what was changed no longer fits its address.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from zhiping.core.policybook.condition_json import condition_json, condition_of, tagged, untagged
from zhiping.core.policybook.conditions import Condition
from zhiping.core.policybook.errors import SnapshotUnreadableError
from zhiping.core.policybook.loading import hash_of
from zhiping.core.policybook.model import (
    Catalogue,
    FactDeclaration,
    FactType,
    Origin,
    Outcome,
    ParameterValue,
)
from zhiping.core.policybook.verdict import Citation
from zhiping.core.policybook.yaml_reader import NO_DAY
from zhiping.kernel.period import Period
from zhiping.kernel.place import Place, PlaceMalformedError

if TYPE_CHECKING:  # only the annotations need it
    from zhiping.core.policybook.values import Value

BUILT_IN = ("day", "place")
"""Facts that the book itself adds to every case."""

_NOWHERE = Origin(file="", line=0)


@dataclass(frozen=True, kw_only=True)  # not slotted: its address is worked out once, when it is asked for
class RuleSnapshot:
    """One rule with what its parameters, clauses, facts and lists were at a place on a day (规则快照).

    `values` has None for a parameter without a value there and then. `facts` are the facts of the case
    that the rule reads, their rows' fields inside them.
    """

    rule: str
    version: str
    title: str
    asks_of: str
    decides_on: str
    outcome: Outcome
    may_be_waived: bool
    message: str
    unknown_message: str
    applies_when: Condition | None
    condition: Condition
    citations: tuple[Citation, ...]
    values: Mapping[str, ParameterValue | None]
    facts: Mapping[str, FactDeclaration]
    catalogues: Mapping[str, Catalogue]

    @cached_property
    def address(self) -> str:
        """Return the hash of its content."""
        return hash_of(self.to_json())

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the facts of the case that it reads, built-in ones left out."""
        return tuple(name for name in self.facts if name not in BUILT_IN)

    def to_json(self) -> dict[str, object]:
        """Return the content under its stable keys; what the address is the hash of."""
        return {
            "rule": self.rule,
            "version": self.version,
            "title": self.title,
            "asks_of": self.asks_of,
            "decides_on": self.decides_on,
            "outcome": self.outcome.value,
            "may_be_waived": self.may_be_waived,
            "message": self.message,
            "unknown_message": self.unknown_message,
            "applies_when": condition_json(self.applies_when),
            "condition": condition_json(self.condition),
            "citations": [asdict(one) for one in self.citations],
            "values": {name: None if one is None else _value_json(one) for name, one in self.values.items()},
            "facts": [_fact_json(one) for one in self.facts.values()],
            "catalogues": [
                {
                    "name": one.name,
                    "content_hash": one.content_hash,
                    "columns": list(one.columns),
                    "rows": [[row[column] for column in one.columns] for row in one.rows],
                }
                for one in self.catalogues.values()
            ],
        }


def snapshot_of(kept: Mapping[str, object], *, address: str) -> RuleSnapshot:
    """Return the snapshot of its content.

    Refuses:
        SnapshotUnreadableError: the content is not what the address stands for, or cannot be read.
    """
    if hash_of(kept) != address:
        raise SnapshotUnreadableError(address=address, reason="内容与指纹不符")
    try:
        return _snapshot_of(kept)
    except (KeyError, TypeError, ValueError, AttributeError, PlaceMalformedError) as error:
        raise SnapshotUnreadableError(address=address, reason=f"{type(error).__name__}: {error}") from error


def _snapshot_of(kept: Mapping[str, object]) -> RuleSnapshot:
    values, applies = _mapping(kept["values"]), kept["applies_when"]
    facts = [_fact_of(_mapping(one)) for one in _list(kept["facts"])]
    catalogues = [_catalogue_of(_mapping(one)) for one in _list(kept["catalogues"])]
    return RuleSnapshot(
        rule=str(kept["rule"]),
        version=str(kept["version"]),
        title=str(kept["title"]),
        asks_of=str(kept["asks_of"]),
        decides_on=str(kept["decides_on"]),
        outcome=Outcome(str(kept["outcome"])),
        may_be_waived=bool(kept["may_be_waived"]),
        message=str(kept["message"]),
        unknown_message=str(kept["unknown_message"]),
        applies_when=None if applies is None else condition_of(applies),
        condition=condition_of(kept["condition"]),
        citations=tuple(Citation(**_texts(one)) for one in _list(kept["citations"])),
        values={
            name: None if one is None else _value_of(name, _mapping(one)) for name, one in values.items()
        },
        facts={one.name: one for one in facts},
        catalogues={one.name: one for one in catalogues},
    )


def _value_json(one: ParameterValue) -> dict[str, object]:
    return {
        "place": one.place.code,
        "value": tagged(one.value),
        "wording": one.wording,
        "clause": one.clause,
        "certainty": one.certainty,
    }


def _value_of(name: str, kept: Mapping[str, object]) -> ParameterValue:
    value: Value = untagged(kept["value"])  # type: ignore[assignment]  # what was kept as a value
    return ParameterValue(
        parameter=name,
        place=Place(str(kept["place"])),
        period=Period(start=NO_DAY),
        value=value,
        wording=str(kept["wording"]),
        clause=str(kept["clause"]),
        certainty=str(kept["certainty"]),
        note="",
        origin=_NOWHERE,
    )


def _fact_json(one: FactDeclaration) -> dict[str, object]:
    return {
        "name": one.name,
        "label": one.label,
        "type": one.type.value,
        "unit": one.unit,
        "allowed": list(one.allowed),
        "values_labels": dict(one.values_labels),
        "key": one.key,
        "fields": [_fact_json(field) for field in one.fields],
    }


def _fact_of(kept: Mapping[str, object]) -> FactDeclaration:
    return FactDeclaration(
        name=str(kept["name"]),
        label=str(kept["label"]),
        type=FactType(str(kept["type"])),
        unit=str(kept["unit"]),
        allowed=tuple(str(one) for one in _list(kept["allowed"])),
        values_labels=_texts(kept["values_labels"]),
        key=str(kept["key"]),
        fields=tuple(_fact_of(_mapping(one)) for one in _list(kept["fields"])),
        origin=_NOWHERE,
    )


def _catalogue_of(kept: Mapping[str, object]) -> Catalogue:
    columns = tuple(str(one) for one in _list(kept["columns"]))
    rows = (_list(row) for row in _list(kept["rows"]))
    return Catalogue(
        name=str(kept["name"]),
        columns=columns,
        rows=tuple(dict(zip(columns, map(str, row), strict=True)) for row in rows),
        content_hash=str(kept["content_hash"]),
        origin=_NOWHERE,
    )


def _mapping(kept: object) -> Mapping[str, object]:
    if not isinstance(kept, Mapping):
        raise TypeError(kept)
    return kept


def _list(kept: object) -> list[object]:
    if not isinstance(kept, list):
        raise TypeError(kept)
    return kept


def _texts(kept: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in _mapping(kept).items()}
