"""The shapes that components take: frozen values that a view fills and a template reads.

A component reads attributes only, so any object with the same attributes will do; these classes
exist so that a misspelt name fails in the type checker and not on the page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.core.paginator import Page
from django.forms import BaseForm

from zhiping.ui.labels import Tone

type Moment = datetime | date
type Outcome = Literal["pass", "refuse", "unknown", "not_applicable", "explain"]
type Kind = Literal[
    "text", "number", "code", "date", "datetime", "state", "outcome", "severity",
    "level", "place", "masked_id", "masked_name", "money", "file_size", "yes_no", "tags",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button: a link, or with method "post" a form of its own."""

    label: str
    url: str
    kind: Literal["primary", "secondary", "danger", "quiet"] = "secondary"
    method: Literal["get", "post"] = "get"
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """One step of the way to this page; the last has no address."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A link of the navigation or a tab; `count` shows how much waits there."""

    label: str
    url: str
    count: int | None = None
    tone: Tone = Tone.NEUTRAL
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NavSection:
    """A heading of the side navigation with its links."""

    label: str
    items: Sequence[NavItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who is signed in, where, with which duties."""

    name: str
    office: str
    place: str = ""
    duties: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A queue on the desk: how many wait, and until when the first of them may."""

    label: str
    count: int
    url: str
    tone: Tone = Tone.NEUTRAL
    deadline: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with its name, unit and comparison."""

    label: str
    value: object
    unit: str = ""
    hint: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a ranking."""

    label: str
    value: float
    url: str = ""
    tone: Tone = Tone.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyState:
    """What a page says when there is nothing to list: that, and what to do next."""

    title: str
    text: str = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `key` is looked up on the row (dots reach further), `kind` says how it is written."""

    key: str
    label: str
    kind: Kind = "text"
    sortable: bool = False
    scope: str = "common"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list with its tools.

    Guarantees:
        `name` is unique on the page; `sort` is the key of the sorting column, with "-" when
        descending; `page` is a paginator's page or None; `narrow` says what a phone does with
        the table: lay each row out as pairs ("stack") or scroll inside its own box ("scroll").
    """

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    row_url: Callable[[Any], str] | None = None
    sort: str = ""
    page: Page[Any] | None = None
    total: int | None = None
    empty: EmptyState = field(default_factory=lambda: EmptyState(title="没有符合条件的记录"))
    export_url: str = ""
    filters: BaseForm | None = None
    as_of: datetime | None = None
    narrow: Literal["stack", "scroll"] = "stack"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """What one rule says about the case (依据逐条)."""

    outcome: Outcome
    title: str
    observed: str = ""
    required: str = ""
    near_miss: str = ""
    clause: str = ""
    clause_url: str = ""
    document: str = ""
    wording: str = ""
    overridden: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judgement as a person reads it (核验结论)."""

    outcome: Outcome
    title: str
    place: str = ""
    on: date | None = None
    on_label: str = "适用日期"
    summary: str = ""
    rules: Sequence[RuleLine] = ()
    frozen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """A step that was taken, is being taken, or waits."""

    label: str
    state: Literal["done", "current", "waiting", "returned", "refused"]
    who: str = ""
    office: str = ""
    at: datetime | None = None
    opinion: str = ""
    clauses: Sequence[str] = ()
    deadline: str = ""
    deadline_tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a form in several pages."""

    label: str
    state: Literal["done", "current", "waiting"]
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A name and its value, written by its kind."""

    term: str
    value: object
    kind: Kind = "text"
    scope: str = "common"
    clause: str = ""
    url: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A stored document."""

    name: str
    url: str
    kind: str = ""
    size: int = 0
    sha256: str = ""
    at: datetime | None = None
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture taken as evidence; `text` describes it to who cannot see it."""

    url: str
    text: str
    thumbnail: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckItem:
    """One item of an on-site checklist with its result and pictures."""

    text: str
    outcome: Outcome
    remark: str = ""
    clause: str = ""
    photos: Sequence[Photo] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One changed fact."""

    label: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One operation that was recorded."""

    at: datetime
    who: str
    office: str = ""
    what: str
    subject: str = ""
    subject_url: str = ""
    clauses: Sequence[str] = ()
    changes: Sequence[Change] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """A certificate as the public may see it.

    Guarantees:
        `printed` holds every field that is printed on the paper, in its order; `status` is a
        state code on the day `as_of`; `standing` is the issuer's on the day of issue.
    """

    kind: str
    number: str
    holder: str
    printed: Sequence[Definition]
    status: str
    status_on: date | None = None
    reason: str = ""
    clauses: Sequence[str] = ()
    issuer: str
    issuer_url: str = ""
    standing: str
    standing_tone: Tone = Tone.OK
    standing_note: str = ""
    notes: Sequence[str] = ()
    as_of: datetime
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Work that runs in the background; `url` answers with the same component."""

    name: str
    label: str
    state: Literal["waiting", "running", "done", "failed"]
    done: int = 0
    total: int | None = None
    unit: str = "条"
    url: str = ""
    text: str = ""
    result_url: str = ""
    result_label: str = "查看结果"

    @property
    def is_moving(self) -> bool:
        """Tell whether to ask again."""
        return self.state in {"waiting", "running"}

    @property
    def percent(self) -> int | None:
        """Return the share that is done, rounded down, or None while it is not known."""
        return self.done * 100 // self.total if self.total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account of the demo world."""

    username: str
    name: str
    office: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRole:
    """The demo accounts of one role."""

    label: str
    accounts: Sequence[DemoAccount]
