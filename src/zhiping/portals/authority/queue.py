"""The officer's one queue (待办): everything that waits for this officer, ordered by deadline."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, DateField, F, Min, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, TruncDate
from django.urls import reverse

from zhiping.apps.certificates import blank_queries as blanks
from zhiping.apps.exams import office_queries as exams
from zhiping.apps.reference.aftermath_queries import cases_awaiting
from zhiping.apps.reference.catalogue_queries import tracking_awaiting
from zhiping.apps.reference.handover_queries import handovers_awaiting
from zhiping.apps.reference.project_queries import calls_awaiting, specifications_awaiting
from zhiping.apps.reference.states import SpecificationState
from zhiping.apps.registry import office_queries as registry
from zhiping.apps.screening.queries import findings_awaiting, screen_headers
from zhiping.core.policybook.messages import OUTCOMES
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import CHINA, Clock
from zhiping.ui import labels

SOON_DAYS = 7
"""Sittings are put into the queue this many days ahead."""

_NEVER = dt.date(9999, 12, 31)
"""Where there is no deadline: comes last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of work in the queue."""

    code: str
    label: str
    duties: tuple[str, ...]
    page: str
    no_deadline: str = ""


KINDS: Mapping[str, Kind] = {
    one.code: one
    for one in (
        Kind(
            code="filing",
            label="备案待办",
            duties=(
                "registry.review_district",
                "registry.review_city",
                "registry.verify_onsite",
                "registry.publish_notice",
                "registry.confirm",
            ),
            page="authority:filings-show",
        ),
        Kind(
            code="objection",
            label="异议待答复",
            duties=("registry.publish_notice",),
            page="authority:filings-objection",
        ),
        Kind(code="plan", label="计划待受理", duties=("exams.accept_plan",), page="authority:plans-show"),
        Kind(code="sitting", label="近期督考", duties=("exams.supervise",), page="authority:sittings-show"),
        Kind(
            code="result",
            label="成绩待审核",
            duties=("exams.review_results",),
            page="authority:sittings-results",
        ),
        Kind(
            code="issue",
            label="待核准发证",
            duties=("certificates.issue",),
            page="authority:sittings-show",
            no_deadline="审核通过后即可办理",
        ),
        Kind(
            code="blank_request",
            label="空白证书待供应",
            duties=("certificates.supply_blanks",),
            page="authority:blanks-request",
        ),
        Kind(
            code="blank_write_off",
            label="空白证书待见证",
            duties=("certificates.witness_blanks",),
            page="authority:blanks-write-off",
            no_deadline="登记后尽快见证",
        ),
        Kind(
            code="finding",
            label="发现待研判",
            duties=("screening.judge",),
            page="authority:findings-show",
            no_deadline="未定期限",
        ),
        Kind(
            code="tracking",
            label="跟踪督查待答复",
            duties=("reference.maintain",),
            page="authority:reference-tracking-task",
        ),
        Kind(
            code="aftermath",
            label="取消善后待办",
            duties=("reference.maintain",),
            page="authority:reference-aftermath-case",
            no_deadline="登记批次或结案",
        ),
        Kind(
            code="handover",
            label="移交待办结",
            duties=("reference.maintain",),
            page="authority:reference-handover",
        ),
        Kind(
            code="call",
            label="征集待结束",
            duties=("reference.solicit_specification",),
            page="authority:reference-call",
        ),
        Kind(
            code="specification",
            label="考核规范待办",
            duties=(
                "reference.solicit_specification",
                "reference.review_specification",
                "reference.argue_specification",
            ),
            page="authority:reference-specification",
            no_deadline="未定期限",
        ),
    )
}

_FINDING_WORDS = {"high": "严重", "medium": "一般", "low": "提示"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One row of the queue."""

    kind: Kind
    key: int
    what: str
    step: str
    body: str
    place: str
    due_on: dt.date | None

    @property
    def url(self) -> str:
        """Return where it is dealt with."""
        return reverse(self.kind.page, args=[self.key])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the queue is asked for; empty fields ask for everything."""

    kind: str = ""
    prefix: str = ""
    is_overdue: bool = False


def kinds_of(actor: Actor) -> list[Kind]:
    """Return the kinds of work that the officer's duties can bring."""
    return [kind for kind in KINDS.values() if any(actor.may_anywhere(duty) for duty in kind.duties)]


def counts_of(actor: Actor, clock: Clock, prefix: str = "") -> list[tuple[Kind, int, dt.date | None]]:
    """Return per kind how many wait and the earliest deadline."""
    found = []
    for kind in kinds_of(actor):
        rows = _rows(kind, actor, clock, prefix)
        total = rows.aggregate(count=Count("pk"), first=Min("due"))
        first = total["first"]
        found.append((kind, total["count"], None if first == _NEVER else first))
    return found


def queue_of(actor: Actor, clock: Clock, wanted: Wanted) -> QuerySet[Any, Any]:
    """Return the whole queue as one ordered query of plain rows, to be paged; `as_tasks` reads the rows."""
    parts = []
    for kind in kinds_of(actor):
        if wanted.kind in {"", kind.code}:
            rows = _rows(kind, actor, clock, wanted.prefix)
            if wanted.is_overdue:
                rows = rows.filter(due__lt=clock.today())
            parts.append(
                rows.annotate(work=Value(kind.code, output_field=CharField())).values_list(
                    "work", "pk", "what", "step", "body_called", "lies_in", "due"
                )
            )
    if not parts:
        return exams.plans_awaiting(actor).none().values_list("pk")
    # Subqueries in parentheses keep their own order out of the union.
    first, *others = [part.order_by() for part in parts]
    together: QuerySet[Any, Any] = first.union(*others, all=True) if others else first
    return together.order_by("due", "work", "pk") if others else together.order_by("due", "pk")


def as_tasks(rows: Sequence[Sequence[Any]]) -> list[Task]:
    """Return rows of the queue as tasks."""
    return [
        Task(
            kind=KINDS[kind],
            key=key,
            what=_what(kind, what),
            step=_step(kind, step),
            body=body or "",
            place=place,
            due_on=None if due == _NEVER else due,
        )
        for kind, key, what, step, body, place, due in rows
    ]


def _what(kind: str, what: str) -> str:
    if kind == "finding":
        screen_id, _, severity = what.partition("|")
        screen = screen_headers().get(screen_id)
        return f"{screen.title if screen else screen_id}（{_FINDING_WORDS.get(severity, severity)}）"
    return what


_SCOPES = {
    "filing": "filing", "plan": "plan", "sitting": "sitting", "result": "sitting", "issue": "sitting",
    "blank_request": "blank_request", "blank_write_off": "blank_write_off"}  # fmt: skip


def _step(kind: str, step: str) -> str:
    if kind in _SCOPES:
        return labels.state(step, _SCOPES[kind]).word
    if kind == "specification":
        return SpecificationState(step).label
    words = {"objection": "公示异议待答复", "finding": "待研判", "tracking": "待答复", "handover": "待办结",
             "call": "征集中", "aftermath": "办理中"}  # fmt: skip
    return words.get(kind, OUTCOMES.get(step, step))


_REFERENCE_ROWS: Mapping[str, tuple[Callable[[Actor], QuerySet[Any, Any]], str, str, str]] = {
    "aftermath": (cases_awaiting, "item_name", "next_organisation", "next_due"),
    "handover": (handovers_awaiting, "item", "receiver", "passes_on"),
    "call": (calls_awaiting, "title", "opened_by", "due_on"),
    "specification": (specifications_awaiting, "name", "unit", ""),
}
"""Kind → who asks for its rows, and which columns say what, whose and until when."""


def _rows(kind: Kind, actor: Actor, clock: Clock, prefix: str) -> QuerySet[Any, Any]:
    """Return the rows of one kind with the columns that all kinds share."""
    today = clock.today()
    if kind.code == "filing":
        rows: QuerySet[Any, Any] = registry.filings_awaiting(actor)
        shared = _shared(
            what=F("number"), step=F("state"), body="body__name", place="place", due=_or_never("due_on")
        )
    elif kind.code == "objection":
        rows = registry.objections_awaiting(actor)
        shared = _shared(
            what=F("notice__title"),
            step=Value(""),
            body="notice__filing__body__name",
            place="notice__place",
            due=_or_never("notice__ends_on"),
        )
    elif kind.code == "plan":
        rows = exams.plans_awaiting(actor)
        shared = _shared(
            what=F("title"), step=F("state"), body="body__name", place="place", due=_or_never("due_on")
        )
    elif kind.code == "finding":
        rows = findings_awaiting(actor)
        shared = _shared(
            what=Concat("screen_id", Value("|"), "severity"),
            step=F("judgement"),
            body="body__name",
            place="place",
            due=Value(_NEVER),
        )
    elif kind.code == "blank_request":
        rows = blanks.requests_awaiting(actor)
        shared = _shared(
            what=F("number"), step=F("state"), body="asked_by", place="place", due=_or_never("due_on")
        )
    elif kind.code == "blank_write_off":
        rows = blanks.write_offs_awaiting(actor)
        shared = _shared(
            what=F("number"), step=F("state"), body="keeper_name", place="stock__place", due=Value(_NEVER)
        )
    elif kind.code == "tracking":
        rows = tracking_awaiting(actor)
        shared = _shared(
            what=F("item_name"), step=F("state"), body="department", place="place", due=_or_never("due_on")
        )
    elif kind.code in _REFERENCE_ROWS:
        awaiting, what, body, day = _REFERENCE_ROWS[kind.code]
        rows = awaiting(actor)
        due = _or_never(day) if day else Value(_NEVER)
        shared = _shared(what=F(what), step=F("state"), body=body, place="place", due=due)
    else:
        rows, due = _sittings(kind, actor, today)
        title = Concat("occupation_name", Value(" "), "level", Value("级 "), "number")
        shared = _shared(what=title, step=F("state"), body="body__name", place="place", due=due)
    rows = rows.annotate(**shared)
    return rows.filter(lies_in__startswith=prefix) if prefix else rows


def _sittings(kind: Kind, actor: Actor, today: dt.date) -> tuple[QuerySet[Any, Any], Any]:
    if kind.code == "result":
        return exams.results_awaiting(actor), _or_never("review_due_on")
    if kind.code == "issue":
        return exams.sittings_awaiting_issue(actor), Value(_NEVER)
    start = dt.datetime.combine(today, dt.time(), tzinfo=CHINA)
    rows = exams.sittings_to_supervise(actor, start=start, end=start + dt.timedelta(days=SOON_DAYS + 1))
    return rows, TruncDate("starts_at", tzinfo=CHINA)


def _shared(*, what: Any, step: Any, body: str, place: str, due: Any) -> dict[str, Any]:
    text = CharField()
    return {
        "what": Cast(what, text),
        "step": Cast(step, text),
        "body_called": F(body),
        "lies_in": F(place),
        "due": Cast(due, DateField()),
    }


def _or_never(name: str) -> Any:
    return Coalesce(name, Value(_NEVER), output_field=DateField())
