"""What the policy folder holds: documents, clauses, parameters, facts, rules and their cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from zhiping.core.policybook.conditions import Condition
from zhiping.core.policybook.values import Value
from zhiping.kernel.period import Period
from zhiping.kernel.place import Place

CLAUSE_KINDS = ("P", "R", "S", "W", "L", "D", "X", "principle")

DECISION_DAYS = (
    "application_day",
    "acceptance_day",
    "declaration_day",
    "enrolment_day",
    "sitting_day",
    "result_day",
    "issue_day",
    "conduct_day",
    "decision_day",
    "assessment_day",
)
"""The named days that may pick a rule; "today" is none of them."""


class FactType(StrEnum):
    """What a fact's value is."""

    WHOLE = "whole"
    DECIMAL = "decimal"
    TEXT = "text"
    FLAG = "flag"
    DAY = "day"
    TEXTS = "texts"
    ROWS = "rows"


class RuleStatus(StrEnum):
    """Where a rule stands: only reviewed and retired rules judge."""

    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    RETIRED = "retired"


class Outcome(StrEnum):
    """What a rule or a whole verdict says."""

    PASS = "pass"  # noqa: S105  # an outcome, no password
    NOTE = "note"
    WARN = "warn"
    REFUSE = "refuse"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    NO_RULE_KNOWN = "no_rule_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where in the policy folder something was written."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause (条款): where it stands, what it demands in our words, and of which kinds it is."""

    id: str
    document: str
    where: str
    summary: str
    kinds: tuple[str, ...]
    origin: Origin

    @property
    def binds(self) -> bool:
        """Tell whether anything must be done about it."""
        return self.kinds != ("principle",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One notice (通知) with its official number, issuers, dates and clauses."""

    id: str
    title: str
    number: str | None
    issuers: tuple[str, ...]
    place: Place
    issued: date
    in_force: Period
    source: str
    basis: tuple[str, ...]
    note: str
    held: bool
    clauses: tuple[Clause, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """One dated value of a parameter at one place, with the wording and the clause it comes from."""

    parameter: str
    place: Place
    period: Period
    value: Value
    wording: str
    clause: str
    certainty: str
    note: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number or list that notices set (参数), with all its values."""

    id: str
    label: str
    unit: str
    values: tuple[ParameterValue, ...]
    checked_on: date
    checked_by: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class FactDeclaration:
    """One fact that rules may ask about (事实), its Chinese label, type and unit."""

    name: str
    label: str
    type: FactType
    unit: str = ""
    allowed: tuple[str, ...] = ()
    values_labels: Mapping[str, str]
    key: str = ""
    fields: tuple["FactDeclaration", ...] = ()
    note: str = ""
    origin: Origin

    def field(self, name: str) -> "FactDeclaration | None":
        """Return the declaration of a field of its rows."""
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One edge case of a rule: given facts, the place, the day, and what the rule must say."""

    name: str
    given: Mapping[str, object]
    place: Place
    day: date
    expect: Outcome
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule (规则): a condition with its clauses, places, period and cases."""

    id: str
    title: str
    asks_of: str
    decides_on: str
    where: tuple[Place, ...]
    period: Period
    applies_when: Condition | None
    clauses: tuple[str, ...]
    condition: Condition
    outcome: Outcome
    message: str
    unknown_message: str
    may_be_waived: bool
    kind: str
    note: str
    status: RuleStatus
    reviewed_by: str
    reviewed_on: date | None
    replaces: tuple[str, ...]
    superseded_by: str
    cases: tuple[Case, ...]
    content_hash: str
    origin: Origin

    @property
    def judges(self) -> bool:
        """Tell whether it takes part in judging: drafts do not."""
        return self.status is not RuleStatus.DRAFTED

    def binds_at(self, place: Place) -> bool:
        """Tell whether one of its places is the given one or contains it."""
        return any(own.contains(place) for own in self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenHeader:
    """What coverage needs to know of a screen: its id, title and clauses."""

    id: str
    title: str
    clauses: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One official list: rows of text under its header, with the hash of its file."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    content_hash: str
    origin: Origin


NUMERIC_TYPES = {FactType.WHOLE: int, FactType.DECIMAL: Decimal}
