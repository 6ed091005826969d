"""Documents, clauses, rules with their cases, parameters, screens: one page each (政策依据)."""

import functools
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import PolicyBook, Rule
from zhiping.core.policybook.model import Case, Document
from zhiping.kernel.place import NATION, Place
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.public.conditions import Reader, given_facts
from zhiping.portals.public.forms import LawForm
from zhiping.portals.public.lists import place_choices
from zhiping.portals.public.tensions import Tension, tensions_of_clause, tensions_of_question
from zhiping.portals.public.views.law.asked import Asked, kept_of
from zhiping.portals.public.views.law.fact_forms import query_of
from zhiping.portals.public.views.law.pages import (
    document_line,
    frame,
    notice_of,
    question_word,
    questions_in_order,
    rule_line,
    value_shown,
)
from zhiping.portals.public.views.law.proof import clause_lines, rule_proofs, screen_proofs
from zhiping.portals.public.views.law.refused import keeps_place_and_day, missing, status_of
from zhiping.portals.public.views.law.standing import parameters_read
from zhiping.portals.public.words import CERTAINTIES, DECISION_DAYS
from zhiping.ui.shapes import Action, Column, Crumb, Definition, EmptyState, Table


@require_safe
@public
def documents(request: GatedRequest) -> HttpResponse:
    """List the documents, or those in force on a chosen day at a chosen place (文件)."""
    book = law()
    places = place_choices(
        [one.place.code for one in book.documents.values()], on=request.clock.today(), first="全国及各地"
    )
    form = LawForm(request.GET or None, places=places)
    asked = form.cleaned_data if form.is_valid() else {}
    on, place = asked.get("on"), asked.get("place") or ""
    rows = [
        document_line(one)
        for one in sorted(book.documents.values(), key=lambda one: one.issued, reverse=True)
        if not form.errors and _is_asked(one, on, place)
    ]
    empty = EmptyState(
        title="该日该地没有收录的文件",
        text="这不等于没有规定。可以改选日期或地区，或向当地主管部门核实。",
    )
    if form.errors:
        empty = EmptyState(title="筛选条件有误", text="请按上面的提示更正地区或日期。")
    table = Table(
        name="documents",
        caption=f"{on.year}年{on.month}月{on.day}日施行的文件" if on else "全部文件",
        columns=(
            Column(key="title", label="文件"),
            Column(key="number", label="文号"),
            Column(key="place", label="适用地区", kind="place"),
            Column(key="issued", label="印发日期", kind="date"),
            Column(key="start", label="施行起", kind="date"),
            Column(key="end", label="施行止（不含）", kind="date"),
            Column(key="clauses", label="收录条款", kind="number"),
        ),
        rows=rows,
        row_url=lambda row: reverse("public:policy-document", args=[row["id"]]),
        total=len(rows),
        filters=form,
        as_of=request.clock.now(),
        empty=empty,
    )
    context = {**frame(request, "documents"), "table": table}
    return render(request, "public/law.html", context, status=status_of(request, form))


def _is_asked(document: Document, on: date | None, place: str) -> bool:
    in_force = on is None or document.in_force.covers(on)
    return in_force and (not place or document.place.contains(Place(place)))


@require_safe
@public
@keeps_place_and_day
def document(request: GatedRequest, document_id: str) -> HttpResponse:
    """Show one document with its clauses and what enforces each (文件详情)."""
    book = law()
    found = book.documents.get(document_id)
    if found is None:
        return _missing(request, "文件", document_id, {one.id: one.title for one in book.documents.values()})
    page = frame(request)
    asked: Asked | None = page["asked"]
    context = {
        **page,
        "document": found,
        "standing": notice_of(
            "本文件",
            found.in_force,
            place_fits=asked is not None and found.place.contains(asked.place),
            asked=asked,
        ),
        "facts": (
            Definition(term="文号", value=found.number or "（无文号）"),
            Definition(term="发文单位", value="、".join(found.issuers), wide=True),
            Definition(term="适用地区", value=found.place.code, kind="place"),
            Definition(term="印发日期", value=found.issued, kind="date"),
            Definition(term="施行起", value=found.in_force.start, kind="date"),
            Definition(term="施行止（不含）", value=found.in_force.end, kind="date"),
            Definition(term="来源", value=found.source, wide=True),
            *((Definition(term="说明", value=found.note, wide=True),) if found.note else ()),
        ),
        "tensions": tensions_of_clause(document_id),
        "basis": [book.documents[one] for one in found.basis if one in book.documents],
        "based_on_it": [one for one in book.documents.values() if document_id in one.basis],
        "rows": [one for one in clause_lines() if one.row.clause.document == document_id],
        "crumbs": (Crumb(label="政策依据", url=reverse("public:policy-law")), Crumb(label=found.title)),
    }
    return render(request, "public/law_document.html", context)


@require_safe
@public
@keeps_place_and_day
def clause(request: GatedRequest, clause_id: str) -> HttpResponse:
    """Lead to a clause in its document, place and day kept (条款)."""
    found = law().clauses.get(clause_id)
    if found is None:
        return _missing(request, "条款", clause_id, {one.id: one.where for one in law().clauses.values()})
    asked = kept_of(request.GET, today=request.clock.today())
    address = reverse("public:policy-document", args=[found.document])
    return redirect(f"{address}{asked.kept if asked else ''}#{found.id}")


@require_safe
@public
@keeps_place_and_day
def rules(request: GatedRequest) -> HttpResponse:
    """List the rules of a question, or the questions with how many rules each has (规则)."""
    question, is_whole = request.GET.get("question", ""), request.GET.get("whole") == "1"
    if question and question not in law().questions:
        known = {one: question_word(one) for one in questions_in_order()}
        return missing(
            request, thing="事项", key=question, known=known, page="public:policy-here-question",
            within=reverse("public:policy-rules"),
        )  # fmt: skip
    by_question = _rules_by_question(law())
    context = {
        **frame(request, "rules"),
        "groups": [
            {"name": name, "question": question_word(name), "rules": by_question[name]}
            for name in questions_in_order()
            if is_whole or question == name
        ],
        "questions": [
            {"name": name, "label": question_word(name), "count": len(by_question[name]),
             "is_chosen": question == name}
            for name in questions_in_order()
        ],
        "question": question,
        "is_whole": is_whole,
        "count": sum(len(those) for those in by_question.values()),
        "tensions": tensions_of_question(question),
    }  # fmt: skip
    return render(request, "public/law_rules.html", context)


@functools.lru_cache(maxsize=2)
def _rules_by_question(book: PolicyBook) -> Mapping[str, tuple[dict[str, object], ...]]:
    ordered = sorted(book.rules.values(), key=lambda one: one.id)
    return {name: tuple(rule_line(one) for one in ordered if one.asks_of == name) for name in book.questions}


def _missing(request: GatedRequest, thing: str, key: str, known: Mapping[str, str]) -> HttpResponse:
    """Say that there is no such thing; its address and the list that has them go by its kind."""
    page, within = {
        "文件": ("policy-document", "policy-law"),
        "条款": ("policy-clause", "policy-coverage"),
        "规则": ("policy-rule", "policy-rules"),
        "参数": ("policy-parameter", "policy-here-values"),
        "筛查规则": ("policy-screen", "policy-coverage"),
    }[thing]
    return missing(
        request, thing=thing, key=key, known=known, page=f"public:{page}", within=reverse(f"public:{within}")
    )


@require_safe
@public
@keeps_place_and_day
def rule(request: GatedRequest, rule_id: str) -> HttpResponse:
    """Show one rule: what it demands where and when, its clauses, cases and tests (规则详情)."""
    book = law()
    found = book.rules.get(rule_id)
    if found is None:
        return _missing(request, "规则", rule_id, {one.id: one.title for one in book.rules.values()})
    page = frame(request)
    asked: Asked | None = page["asked"]
    fits = asked is not None and found.binds_at(asked.place)
    place, on = _shown_at(found, asked, request.clock.today())
    reader = Reader(book=book, place=place, on=on)
    query = urlencode({"question": found.asks_of, "place": place.code, "on": on.isoformat()})
    context = {
        **page,
        "rule": found,
        "question": question_word(found.asks_of),
        "standing": notice_of("本规则", found.period, place_fits=fits, asked=asked),
        "actions": (
            Action(
                label="就一个案例出具意见",
                url=f"{reverse('public:policy-opinion')}?{query}",
                kind="secondary",
            ),
        ),
        "tensions": _tensions_of(found),
        "facts": tuple(_rule_facts(found)),
        "places": [one.code for one in found.where],
        "shown_place": place.code,
        "on": on,
        "applies": list(reader.lines(found.applies_when)) if found.applies_when else [],
        "lines": list(reader.lines(found.condition)),
        "clauses": [book.clauses[one] for one in found.clauses],
        "titles": {one.id: one.title for one in book.documents.values()},
        "cases": _case_lines(book, found.id),
        "proofs": rule_proofs(found),
        "replaces": [book.rules[one] for one in found.replaces if one in book.rules],
        "replaced_by": [one for one in book.rules.values() if rule_id in one.replaces],
        "crumbs": (
            Crumb(label="规则", url=reverse("public:policy-rules") + page["kept"]),
            Crumb(label=found.id),
        ),
    }
    return render(request, "public/law_rule.html", context)


def _shown_at(rule: Rule, asked: Asked | None, today: date) -> tuple[Place, date]:
    """Return where and when its numbers are shown: as asked where it binds then, else at its own place."""
    place = asked.place if asked and rule.binds_at(asked.place) else rule.where[0]
    day = asked.on if asked else today
    if not rule.period.covers(day):
        day = rule.period.start
    return place, day


def _rule_facts(rule: Rule) -> Iterator[Definition]:
    yield Definition(term="回答的问题", value=question_word(rule.asks_of))
    yield Definition(term="以哪一天为准", value=DECISION_DAYS[rule.decides_on])
    yield Definition(term="不满足时", value=rule.outcome.value, kind="outcome")
    yield Definition(term="施行起", value=rule.period.start, kind="date")
    yield Definition(term="施行止（不含）", value=rule.period.end, kind="date")
    waived = "原则上的要求，可以说明理由后豁免" if rule.may_be_waived else "不能豁免"
    yield Definition(term="能否豁免", value=waived, wide=True)
    if rule.note:
        yield Definition(term="说明", value=rule.note, wide=True)


def _tensions_of(rule: Rule) -> list[Tension]:
    """Return where a reader may go wrong with one of its clauses; the waivable ones only where it is one."""
    named = [*rule.clauses, *(law().clauses[one].document for one in rule.clauses)]
    found = {one.id: one for name in named for one in tensions_of_clause(name)}
    return [one for one in found.values() if one.id != "in-principle" or rule.may_be_waived]


@functools.lru_cache(maxsize=1024)
def _case_lines(book: PolicyBook, rule_id: str) -> tuple[dict[str, object], ...]:
    """Return the cases of a rule with what it says of each: run once for each book that is loaded."""
    rule = book.rules[rule_id]
    return tuple(_case_line(book, rule, one, reverse("public:policy-opinion")) for one in rule.cases)


def _case_line(book: PolicyBook, rule: Rule, case: Case, opinion: str) -> dict[str, object]:
    facts = book.read_facts(case.given)
    said = book.judge_rule(rule, facts, place=case.place, on=case.day)
    query = urlencode({"question": rule.asks_of, "place": case.place.code, "on": case.day.isoformat()})
    answer = query_of(book, facts)
    return {
        "name": case.name,
        "given": given_facts(book, case.given),
        "place": case.place.code,
        "day": case.day,
        "expect": case.expect.value,
        "said": said.value,
        "holds": said is case.expect,
        "opinion": f"{opinion}?{query}&{answer}" if answer else f"{opinion}?{query}",
    }


@require_safe
@public
@keeps_place_and_day
def parameter(request: GatedRequest, parameter_id: str) -> HttpResponse:
    """Show one number that notices set: every value with place, period, wording, clause (参数)."""
    book = law()
    found = book.parameters.get(parameter_id)
    if found is None:
        known = {one.id: one.label for one in book.parameters.values()}
        return _missing(request, "参数", parameter_id, known)
    page = frame(request)
    asked: Asked | None = page["asked"]
    here = book.resolve(parameter_id, place=asked.place, on=asked.on) if asked else None
    values = sorted(
        found.values, key=lambda one: (one.place.code != NATION, one.place.code, one.period.start)
    )
    context = {
        **page,
        "parameter": found,
        "here": value_shown(here) if here else "",
        "values": [
            {"place": one.place.code, "start": one.period.start, "end": one.period.end,
             "value": value_shown(one), "wording": one.wording, "clause": one.clause,
             "certainty": CERTAINTIES[one.certainty], "note": one.note, "is_here": one is here}
            for one in values
        ],
        "used_by": _rules_reading(book, parameter_id),
        "crumbs": (Crumb(label="政策依据", url=reverse("public:policy-law")), Crumb(label=found.label)),
    }  # fmt: skip
    return render(request, "public/law_parameter.html", context)


@functools.lru_cache(maxsize=256)
def _rules_reading(book: PolicyBook, parameter_id: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in book.rules.values() if parameter_id in parameters_read(rule))


@require_safe
@public
@keeps_place_and_day
def screen(request: GatedRequest, screen_id: str) -> HttpResponse:
    """Show what one screen looks for, on which clauses, in which worlds it is tried (筛查规则)."""
    book = law()
    found = book.screens.get(screen_id)
    if found is None:
        return _missing(request, "筛查规则", screen_id, {one.id: one.title for one in book.screens.values()})
    context = {
        **frame(request),
        "screen": found,
        "clauses": [book.clauses[one] for one in found.clauses],
        "worlds": sum(one.count for one in screen_proofs(screen_id, found.clauses)),
        "crumbs": (Crumb(label="条款落实", url=reverse("public:policy-coverage")), Crumb(label=found.title)),
    }
    return render(request, "public/law_screen.html", context)
