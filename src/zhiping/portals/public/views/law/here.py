"""What binds here on this day, and two of those side by side (当地当日适用、两相对照)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import ParameterValue, Rule
from zhiping.core.policybook.model import Document
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.public.tensions import tensions_of_question, twin_of
from zhiping.portals.public.views.law.asked import FIRST_DAY, Asked, PlaceDayForm
from zhiping.portals.public.views.law.pages import (
    document_line,
    frame,
    in_word_order,
    long,
    question_word,
    questions_in_order,
    rule_line,
    value_shown,
)
from zhiping.portals.public.views.law.refused import missing, status_of
from zhiping.portals.public.views.law.standing import (
    DAY,
    Answer,
    Pair,
    Standing,
    Turn,
    Value,
    apart,
    standing,
    values_read,
    years,
)
from zhiping.portals.public.words import CERTAINTIES, DECISION_DAYS

_YEAR_LABELS_APART = 5.5
"""Per cent of the scale's width that the number of a year needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark on the scale of days: how far along, in per cent; a phone leaves out every second year."""

    at: str
    label: str
    url: str = ""
    is_on: bool = False
    is_second: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The scale of days under the slider: where it begins and ends, its years, its turns."""

    first: date
    last: date
    position: int
    length: int
    at: str
    years: tuple[Mark, ...]
    turns: tuple[Mark, ...]


@require_safe
@public
def here(request: GatedRequest) -> HttpResponse:
    """Show what binds at a place on a day, in sum, with ways to each part of it (当地当日适用)."""
    page = _asked_page(request, "policy-here")
    if found := page.get("standing"):
        asked: Asked = page["asked"]
        page |= {
            "scale": _scale(found, request.clock.today()),
            "before": _turn_link(found.turn_before, asked),
            "after": _turn_link(found.turn_after, asked),
            "turns": [_turn_line(one, asked) for one in found.turns],
            "questions": [_question_line(one, asked) for one in in_word_order(found.known)],
            "rule_count": sum(len(one.rules) for one in found.known),
            **_documents_part(found),
            **_unknown_part(found),
        }
    return render(request, "public/law_here.html", page, status=status_of(request, page["form"]))


@require_safe
@public
def here_question(request: GatedRequest, question: str) -> HttpResponse:
    """Show the rules of one question at a place on a day, with their values (某事项适用的规则)."""
    if question not in law().questions:
        known = {one: question_word(one) for one in questions_in_order()}
        return missing(
            request, thing="事项", key=question, known=known, page="public:policy-here-question",
            within=reverse("public:policy-here"),
        )  # fmt: skip
    page = _asked_page(request, "policy-here-question", question)
    if found := page.get("standing"):
        answer = next(one for one in found.answers if one.question == question)
        page |= {
            "one": _answer(answer, found),
            "tensions": tensions_of_question(question),
            "twin": _twin(question, page["asked"]),
        }
    page["question_label"] = question_word(question)
    return render(request, "public/law_here_question.html", page, status=status_of(request, page["form"]))


@require_safe
@public
def here_values(request: GatedRequest) -> HttpResponse:
    """Show the numbers and lists that hold at a place on a day (当地当日的数值)."""
    page = _asked_page(request, "policy-here-values")
    if found := page.get("standing"):
        page |= _values_part(found)
    return render(request, "public/law_here_values.html", page, status=status_of(request, page["form"]))


@require_safe
@public
def here_whole(request: GatedRequest) -> HttpResponse:
    """Show everything of a place and a day on one page, for paper (全文打印)."""
    page = _asked_page(request, "policy-here-whole")
    if found := page.get("standing"):
        page |= {
            "answers": [_answer(one, found) for one in in_word_order(found.known)],
            **_documents_part(found),
            **_unknown_part(found),
            **_values_part(found),
        }
    return render(request, "public/law_here_whole.html", page, status=status_of(request, page["form"]))


def _asked_page(request: GatedRequest, name: str, *args: str) -> dict[str, Any]:
    """Return what every part shows: the chooser, and what was found; nothing is found for a wrong choice."""
    form = PlaceDayForm(request.GET or None, today=request.clock.today())
    asked = form.asked
    page = {
        **frame(request, "here", asked=asked),
        "form": form,
        "action": reverse(f"public:{name}", args=args),
        "place": asked.place.code,
        "on": asked.on,
        "today": Asked(place=asked.place, on=request.clock.today()),
        "as_of": request.clock.now(),
    }
    if not form.errors:
        page["standing"] = standing(law(), place=asked.place, on=asked.on)
        if asked.on > FIRST_DAY:
            page["compare_url"] = _compare_url(asked, Asked(place=asked.place, on=asked.on - DAY))
    return page


def _documents_part(found: Standing) -> dict[str, object]:
    return {
        "documents": [_document(one, found.on) for one in found.in_force],
        "lapsed": [document_line(one) for one in found.lapsed],
        "coming": [document_line(one) for one in found.coming],
    }


def _unknown_part(found: Standing) -> dict[str, object]:
    return {"unanswered": [_unanswered(one) for one in in_word_order(found.unknown)]}


def _values_part(found: Standing) -> dict[str, object]:
    return {
        "values": [_value(one) for one in found.valued],
        "valueless": [_value(one) for one in found.valueless],
    }


def _question_line(answer: Answer, asked: Asked) -> dict[str, object]:
    return {
        "label": question_word(answer.question),
        "url": reverse("public:policy-here-question", args=[answer.question]) + asked.kept,
        "day": DECISION_DAYS[answer.decides_on],
        "rules": len(answer.rules),
        "replaced": len(answer.replaced),
        "lapsed": len(answer.lapsed),
        "coming": len(answer.coming),
    }


def _twin(question: str, asked: Asked) -> dict[str, str] | None:
    twin = twin_of(question)
    if not twin:
        return None
    return {
        "label": question_word(twin),
        "url": reverse("public:policy-here-question", args=[twin]) + asked.kept,
    }


def _scale(found: Standing, today: date) -> Scale:
    days = [one.day for one in found.turns]
    first = date(min([*days, found.on, today]).year, 1, 1)
    last = date(max([*days, found.on, date(today.year + 1, 1, 1)]).year, 12, 31)
    length = (last - first).days

    def at(day: date) -> float:
        return 100 * (day - first).days / length

    fits = _thinned([at(day) for day in years(first, last)])
    return Scale(
        first=first,
        last=last,
        position=(found.on - first).days,
        length=length,
        at=f"{at(found.on):.2f}%",
        years=tuple(
            Mark(at=f"{at(day):.2f}%", label=str(day.year) if fit else "", is_second=bool(day.year % 2))
            for day, fit in zip(years(first, last), fits, strict=True)
        ),
        turns=tuple(
            Mark(
                at=f"{at(one.day):.2f}%",
                label=f"{long(one.day)}：{_said(one)}",
                url="?" + Asked(place=found.place, on=one.day).query,
                is_on=one.day == found.on,
            )
            for one in found.turns
        ),
    )


def _thinned(places: list[float]) -> tuple[bool, ...]:
    """Return which years are written out, so that their numbers do not meet."""
    step = 1
    while not all(apart(places[::step], by=_YEAR_LABELS_APART)):
        step += 1
    return tuple(index % step == 0 for index in range(len(places)))


def _said(turn: Turn) -> str:
    begins = "、".join(turn.begins)
    ends = "、".join(turn.ends)
    return "；".join(
        part for part in (begins and f"起施行：{begins}", ends and f"起不再施行：{ends}") if part
    )


def _turn_link(turn: Turn | None, asked: Asked) -> dict[str, object] | None:
    return (
        None if turn is None else {"day": turn.day, "url": "?" + Asked(place=asked.place, on=turn.day).query}
    )


def _turn_line(turn: Turn, asked: Asked) -> dict[str, object]:
    eve = Asked(place=asked.place, on=turn.day - DAY)
    day = Asked(place=asked.place, on=turn.day)
    return {
        "day": turn.day,
        "begins": turn.begins,
        "ends": turn.ends,
        "url": f"?{day.query}",
        "compare": _compare_url(eve, day),
        "is_on": turn.day == asked.on,
        "is_past": turn.day < asked.on,
    }


def _compare_url(left: Asked, right: Asked) -> str:
    query = f"{left.query}&place2={right.place.code}&on2={right.on.isoformat()}"
    return f"{reverse('public:policy-compare')}?{query}"


def _document(one: Document, on: date) -> dict[str, object]:
    end = one.in_force.end
    return {
        **document_line(one),
        "last_day": end - DAY if end else None,
        "is_last_day": end == on + DAY,
        "is_first_day": one.in_force.start == on,
    }


def _answer(answer: Answer, found: Standing) -> dict[str, object]:
    values = {one.parameter.id: one for one in found.values}
    query = f"question={answer.question}&place={found.place.code}&on={found.on.isoformat()}"
    return {
        **_unanswered(answer),
        "day": DECISION_DAYS[answer.decides_on],
        "rules": [_rule(one, values) for one in answer.rules],
        "replaced": [{**rule_line(one), "by": by} for one, by in answer.replaced],
        "opinion": f"{reverse('public:policy-opinion')}?{query}",
    }


def _unanswered(answer: Answer) -> dict[str, object]:
    """Return a question with the rules that it had before, or will have."""
    return {
        "question": answer.question,
        "label": question_word(answer.question),
        "lapsed": [rule_line(one) for one in answer.lapsed],
        "coming": [rule_line(one) for one in answer.coming],
        "lapsed_on": _days(one.period.end for one in answer.lapsed),
        "coming_on": _days(one.period.start for one in answer.coming),
    }


def _days(days: Iterable[date | None]) -> list[date]:
    return sorted({day for day in days if day is not None})


def _rule(rule: Rule, values: Mapping[str, Value]) -> dict[str, object]:
    return {
        **rule_line(rule),
        "values": [
            {"id": one.parameter.id, "label": one.parameter.label, "shown": _shown(one)}
            for one in values_read(rule, values)
        ],
    }


def _shown(value: Value) -> str:
    return value_shown(value.value) if value.value else "当日没有取值"


def _value(value: Value) -> dict[str, object]:
    found = value.value
    return {
        "id": value.parameter.id,
        "label": value.parameter.label,
        "shown": _shown(value),
        "place": found.place.code if found else "",
        "wording": found.wording if found else "",
        "clause": found.clause if found else "",
        "start": found.period.start if found else None,
        "end": found.period.end if found else None,
        "certainty": CERTAINTIES[found.certainty] if found and found.certainty != "stated" else "",
        "lapsed": [_other(one) for one in value.lapsed],
        "coming": [_other(one) for one in value.coming],
    }


def _other(value: ParameterValue) -> dict[str, object]:
    return {
        "shown": value_shown(value),
        "place": value.place.code,
        "start": value.period.start,
        "end": value.period.end,
    }


# side by side ------------------------------------------------------------------------------------


@require_safe
@public
def compare(request: GatedRequest) -> HttpResponse:
    """Show two places, or two days, side by side: documents, rules by question, values (两相对照)."""
    today = request.clock.today()
    left_form = PlaceDayForm(request.GET or None, today=today)
    left = left_form.asked
    right_form = PlaceDayForm(_right(request, left), today=today, suffix="2")
    right = right_form.asked
    is_all, status = request.GET.get("all") == "1", status_of(request, left_form, right_form)
    context = {
        **frame(request, "compare", asked=left),
        "left_form": left_form,
        "right_form": right_form,
        "left": left,
        "right": right,
        "is_all": is_all,
        "as_of": request.clock.now(),
    }
    if left_form.errors or right_form.errors:
        return render(request, "public/law_compare.html", context, status=status)
    one, two = (standing(law(), place=side.place, on=side.on) for side in (left, right))
    groups = [
        ("文件", list(_documents(one, two))),
        *((question_word(name), pairs) for name, pairs in _questions(one, two)),
        ("参数取值", list(_values(one, two))),
    ]
    shown_groups = [
        {"title": title, "pairs": kept, "differing": sum(pair.differs for pair in kept)}
        for title, pairs in groups
        if (kept := [pair for pair in pairs if is_all or pair.differs])
    ]
    context |= {
        "groups": shown_groups,
        "differing": sum(pair.differs for _, pairs in groups for pair in pairs),
        "same": sum(not pair.differs for _, pairs in groups for pair in pairs),
        "swap_url": _compare_url(right, left),
        "all_url": _compare_url(left, right) + ("" if is_all else "&all=1"),
    }
    return render(request, "public/law_compare.html", context)


def _right(request: GatedRequest, left: Asked) -> QueryDict:
    """Return the right side's data; where none was asked for, the left place on the day before."""
    data = request.GET.copy()
    data.setdefault("place2", left.place.code)
    data.setdefault("on2", max(left.on - DAY, FIRST_DAY).isoformat())
    return data


def _documents(left: Standing, right: Standing) -> Iterator[Pair]:
    sides = [{one.id: one for one in side.in_force} for side in (left, right)]
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        one = sides[0].get(name) or sides[1][name]
        yield Pair(
            name=reverse("public:policy-document", args=[name]),
            title=one.title,
            left=_in_words(sides[0].get(name)),
            right=_in_words(sides[1].get(name)),
        )


def _in_words(document: Document | None) -> str:
    if document is None:
        return ""
    end = document.in_force.end
    return "有约束力" + (f"，至 {long(end - DAY)}" if end else "")


def _questions(left: Standing, right: Standing) -> Iterator[tuple[str, list[Pair]]]:
    for one, two in zip(in_word_order(left.answers), in_word_order(right.answers), strict=True):
        rules = {rule.id: rule for rule in (*one.rules, *two.rules)}
        pairs = [
            Pair(
                name=reverse("public:policy-rule", args=[name]),
                title=f"{name} {rule.title}",
                left=_of(rule, one),
                right=_of(rule, two),
            )
            for name, rule in sorted(rules.items())
        ]
        yield one.question, pairs


def _of(rule: Rule, answer: Answer) -> str:
    return "适用" if rule in answer.rules else ""


def _values(left: Standing, right: Standing) -> Iterator[Pair]:
    for one, two in zip(left.values, right.values, strict=True):
        if one.value is None and two.value is None:
            continue
        yield Pair(
            name=reverse("public:policy-parameter", args=[one.parameter.id]),
            title=one.parameter.label,
            left=_worded(one),
            right=_worded(two),
        )


def _worded(value: Value) -> str:
    if value.value is None:
        return ""
    wording = f"（原文“{value.value.wording}”）" if value.value.wording else ""
    return f"{_shown(value)}{wording}"
