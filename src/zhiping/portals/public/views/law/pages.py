"""What all pages of the law share: tabs, the place and day that links keep, words for things (政策依据)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import ParameterValue, Rule
from zhiping.core.policybook.coverage import Coverage
from zhiping.core.policybook.model import Document
from zhiping.core.policybook.verdict import shown_value
from zhiping.kernel.period import Period
from zhiping.kernel.resources import policy_folder
from zhiping.portals import law_values
from zhiping.portals.console.coverage_json import coverage_of, proofs_of
from zhiping.portals.gate import GatedRequest
from zhiping.portals.public.views.law.asked import Asked, kept_of
from zhiping.portals.public.views.law.standing import Answer
from zhiping.portals.public.words import QUESTIONS
from zhiping.ui.shapes import NavItem

_TABS = (
    ("documents", "文件", "public:policy-law"),
    ("rules", "规则", "public:policy-rules"),
    ("here", "当地当日适用", "public:policy-here"),
    ("compare", "两相对照", "public:policy-compare"),
    ("opinion", "个案意见", "public:policy-opinion"),
    ("tensions", "易混之处", "public:policy-tensions"),
    ("coverage", "条款落实", "public:policy-coverage"),
)
_KEEPING = {"rules", "here", "compare", "opinion"}


def frame(request: GatedRequest, current: str = "", *, asked: Asked | None = None) -> dict[str, Any]:
    """Return what every template of the law needs: `tabs`, `asked` and `kept`, what links append."""
    asked = asked or kept_of(request.GET, today=request.clock.today())
    kept = asked.kept if asked else ""
    tabs = tuple(
        NavItem(label=label, url=reverse(url) + (kept if name in _KEEPING else ""), current=current == name)
        for name, label, url in _TABS
    )
    return {"tabs": tabs, "asked": asked, "kept": kept}


def own_coverage() -> Coverage:
    """Return what carries out each clause of the book that is loaded."""
    return coverage_of(law())


def own_proofs() -> Mapping[str, tuple[str, ...]]:
    """Return what proves each clause of the book that is loaded."""
    return proofs_of(law(), policy_folder())


def question_word(name: str) -> str:
    """Return how a question is called."""
    return QUESTIONS.get(name, name)


def in_word_order(answers: Iterable[Answer]) -> list[Answer]:
    """Return answers in the order in which the questions follow one another in the work."""
    order = {name: index for index, name in enumerate(QUESTIONS)}
    return sorted(answers, key=lambda one: (order.get(one.question, len(order)), one.question))


def questions_in_order() -> list[str]:
    """Return the questions of the book in that order."""
    order = {name: index for index, name in enumerate(QUESTIONS)}
    return sorted(law().questions, key=lambda name: (order.get(name, len(order)), name))


def value_shown(value: ParameterValue) -> str:
    """Return a parameter's value as people read it."""
    return law_values.value_shown(law(), value)


def standing_of(period: Period, place_fits: bool, asked: Asked) -> tuple[str, str]:  # noqa: FBT001 - a plain fact
    """Return (tone, word) for what has a period: whether it binds at the place and day asked for."""
    if not place_fits:
        return "neutral", "不适用于该地"
    if period.start > asked.on:
        return "info", "当日尚未施行"
    if period.end is not None and period.end <= asked.on:
        return "warn", "当日已失效"
    return "ok", "当日适用"


def notice_of(thing: str, period: Period, *, place_fits: bool, asked: Asked | None) -> dict[str, str] | None:
    """Return tone and sentence for the page of one thing: does it bind where and when the reader asked?"""
    if asked is None:
        return None
    tone, _ = standing_of(period, place_fits, asked)
    if not place_fits:
        return {"tone": tone, "text": f"{thing}不适用于所选地区。"}
    if period.start > asked.on:
        return {"tone": tone, "text": f"{thing}在所选日期尚未施行，自 {long(period.start)}起施行。"}
    if period.end is None:
        return {
            "tone": tone,
            "text": f"{thing}在所选地区、所选日期适用，自 {long(period.start)}起，没有写明止日。",
        }
    if period.covers(asked.on):
        return {"tone": tone, "text": f"{thing}在所选地区、所选日期适用；自 {long(period.end)}起不再适用。"}
    return {"tone": tone, "text": f"{thing}在所选日期已不适用：自 {long(period.end)}起失效。"}


def long(day: date) -> str:
    """Return a day in words."""
    return shown_value(day, None)


def document_line(document: Document) -> dict[str, object]:
    """Return a document as lists show it."""
    return {
        "id": document.id,
        "title": document.title,
        "number": document.number or "（无文号）",
        "place": document.place.code,
        "issued": document.issued,
        "start": document.in_force.start,
        "end": document.in_force.end,
        "held": document.held,
        "clauses": len(document.clauses),
    }


def rule_line(rule: Rule) -> dict[str, object]:
    """Return a rule as lists show it."""
    return {
        "id": rule.id,
        "title": rule.title,
        "places": [one.code for one in rule.where],
        "clauses": rule.clauses,
        "start": rule.period.start,
        "end": rule.period.end,
        "outcome": rule.outcome.value,
        "cases": len(rule.cases),
        "drafted": not rule.judges,
    }
