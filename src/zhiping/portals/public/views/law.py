"""The law as the platform applies it: documents, clauses, rules with their edge cases (政策依据)."""

import functools
from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import Rule
from zhiping.core.policybook.conditions import parameters_of
from zhiping.core.policybook.coverage import CoverageRow
from zhiping.core.policybook.coverage import coverage as clause_coverage
from zhiping.core.policybook.model import Document
from zhiping.core.policybook.verdict import with_unit
from zhiping.kernel.place import NATION, Place
from zhiping.portals.console.enforcers import enforcers
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.public.conditions import Reader, given_facts
from zhiping.portals.public.forms import LawForm
from zhiping.portals.public.lists import place_choices
from zhiping.portals.public.words import (
    CERTAINTIES,
    CLAUSE_KINDS,
    DECISION_DAYS,
    QUESTIONS,
    enforcer_word,
)
from zhiping.ui.shapes import Column, Crumb, Definition, EmptyState, NavItem, Table


@functools.cache
def _enforcers() -> Mapping[str, tuple[str, ...]]:
    """Return what actions, moves and pages declare: name → clauses that a document has."""
    known = law().clauses.keys()
    declared = {name: tuple(one for one in clauses if one in known) for name, clauses in enforcers().items()}
    return {name: clauses for name, clauses in declared.items() if clauses}


def _tabs(current: str) -> tuple[NavItem, ...]:
    return (
        NavItem(label="文件", url=reverse("public:policy-law"), current=current == "documents"),
        NavItem(label="规则", url=reverse("public:policy-rules"), current=current == "rules"),
        NavItem(label="条款落实", url=reverse("public:policy-coverage"), current=current == "coverage"),
    )


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
        {
            "id": one.id,
            "title": one.title,
            "number": one.number or "（无文号）",
            "place": one.place.code,
            "issued": one.issued,
            "start": one.in_force.start,
            "end": one.in_force.end,
            "clauses": len(one.clauses),
        }
        for one in sorted(book.documents.values(), key=lambda one: one.issued, reverse=True)
        if _is_asked(one, on, place)
    ]
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
        empty=EmptyState(
            title="该日该地没有收录的文件",
            text="这不等于没有规定。可以改选日期或地区，或向当地主管部门核实。",
        ),
    )
    return render(request, "public/law.html", {"table": table, "tabs": _tabs("documents")})


def _is_asked(document: Document, on: date | None, place: str) -> bool:
    in_force = on is None or document.in_force.covers(on)
    return in_force and (not place or document.place.contains(Place(place)))


@require_safe
@public
def document(request: GatedRequest, document_id: str) -> HttpResponse:
    """Show one document with its clauses and what enforces each (文件详情)."""
    book = law()
    found = book.documents.get(document_id)
    if found is None:
        raise Http404
    rows = [row for row in clause_coverage(book, _enforcers()).rows if row.clause.document == document_id]
    context = {
        "document": found,
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
        "basis": [book.documents[one] for one in found.basis if one in book.documents],
        "rows": [_coverage_line(row) for row in rows],
        "crumbs": (Crumb(label="政策依据", url=reverse("public:policy-law")), Crumb(label=found.title)),
    }
    return render(request, "public/law_document.html", context)


@require_safe
@public
def clause(_request: GatedRequest, clause_id: str) -> HttpResponse:
    """Lead to a clause in its document (条款)."""
    found = law().clauses.get(clause_id)
    if found is None:
        raise Http404
    return redirect(f"{reverse('public:policy-document', args=[found.document])}#{found.id}")


@require_safe
@public
def coverage(request: GatedRequest) -> HttpResponse:
    """Show which clause is enforced by what, clause by clause (条款落实)."""
    table = clause_coverage(law(), _enforcers())
    titles = {one.id: one.title for one in law().documents.values()}
    grouped: dict[str, list[dict[str, object]]] = {}
    for row in table.rows:
        grouped.setdefault(row.clause.document, []).append(_coverage_line(row))
    context = {
        "tabs": _tabs("coverage"),
        "groups": [{"id": name, "title": titles[name], "rows": rows} for name, rows in grouped.items()],
        "binding": len(table.binding),
        "covered": len(table.binding) - len(table.open),
        "open": len(table.open),
        "as_of": request.clock.now(),
    }
    return render(request, "public/law_coverage.html", context)


def _coverage_line(row: CoverageRow) -> dict[str, object]:
    book = law()
    return {
        "clause": row.clause,
        "kinds": "、".join(CLAUSE_KINDS[kind] for kind in row.clause.kinds),
        "rules": [(one, book.rules[one].title) for one in row.rules],
        "parameters": [(one, book.parameters[one].label) for one in row.parameters],
        "screens": [(one, book.screens[one].title) for one in row.screens],
        "others": list(dict.fromkeys(enforcer_word(one) for one in row.others)),
        "is_open": row.is_open,
        "binds": row.clause.binds,
    }


@require_safe
@public
def rules(request: GatedRequest) -> HttpResponse:
    """List the rules by the question that they answer (规则)."""
    book = law()
    question = request.GET.get("question", "")
    ordered = sorted(book.rules.values(), key=lambda one: one.id)
    groups = [
        {
            "question": QUESTIONS.get(name, name),
            "rules": [_rule_line(one) for one in ordered if one.asks_of == name],
        }
        for name in book.questions
        if question in {"", name}
    ]  # fmt: skip
    choices = [("全部", "?", not question)]
    choices += [
        (QUESTIONS.get(name, name), f"?{urlencode({'question': name})}", question == name)
        for name in book.questions
    ]
    return render(
        request,
        "public/law_rules.html",
        {"tabs": _tabs("rules"), "groups": groups, "choices": choices, "count": len(book.rules)},
    )


def _rule_line(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "places": [one.code for one in rule.where],
        "clauses": rule.clauses,
        "start": rule.period.start,
        "end": rule.period.end,
        "outcome": rule.outcome.value,
        "cases": len(rule.cases),
    }


@require_safe
@public
def rule(request: GatedRequest, rule_id: str) -> HttpResponse:
    """Show one rule: what it demands where and when, its clauses, its edge cases (规则详情)."""
    book = law()
    found = book.rules.get(rule_id)
    if found is None:
        raise Http404
    today = request.clock.today()
    on = today if found.period.covers(today) else found.period.start
    reader = Reader(book=book, place=found.where[0], on=on)
    context = {
        "rule": found,
        "facts": (
            Definition(term="回答的问题", value=QUESTIONS.get(found.asks_of, found.asks_of)),
            Definition(term="以哪一天为准", value=DECISION_DAYS[found.decides_on]),
            Definition(term="不满足时", value=found.outcome.value, kind="outcome"),
            Definition(term="施行起", value=found.period.start, kind="date"),
            Definition(term="施行止（不含）", value=found.period.end, kind="date"),
            Definition(
                term="能否豁免",
                value="原则上的要求，可以说明理由后豁免" if found.may_be_waived else "不能豁免",
                wide=True,
            ),
            *((Definition(term="说明", value=found.note, wide=True),) if found.note else ()),
        ),
        "places": [one.code for one in found.where],
        "applies": list(reader.lines(found.applies_when)) if found.applies_when else [],
        "lines": list(reader.lines(found.condition)),
        "on": on,
        "clauses": [book.clauses[one] for one in found.clauses],
        "titles": {one.id: one.title for one in book.documents.values()},
        "cases": [
            {"name": one.name, "given": given_facts(book, one.given), "place": one.place.code, "day": one.day,
             "expect": one.expect.value}
            for one in found.cases
        ],
        "crumbs": (Crumb(label="规则", url=reverse("public:policy-rules")), Crumb(label=found.id)),
    }  # fmt: skip
    return render(request, "public/law_rule.html", context)


@require_safe
@public
def parameter(request: GatedRequest, parameter_id: str) -> HttpResponse:
    """Show one number that notices set: every value with place, period, wording, clause (参数)."""
    book = law()
    found = book.parameters.get(parameter_id)
    if found is None:
        raise Http404
    values = sorted(
        found.values, key=lambda one: (one.place.code != NATION, one.place.code, one.period.start)
    )
    context = {
        "parameter": found,
        "values": [
            {"place": one.place.code, "start": one.period.start, "end": one.period.end,
             "value": with_unit(one.value, found.unit), "wording": one.wording, "clause": one.clause,
             "certainty": CERTAINTIES[one.certainty], "note": one.note}
            for one in values
        ],
        "used_by": _rules_reading(parameter_id),
        "crumbs": (Crumb(label="政策依据", url=reverse("public:policy-law")), Crumb(label=found.label)),
    }  # fmt: skip
    return render(request, "public/law_parameter.html", context)


def _rules_reading(parameter_id: str) -> list[Rule]:
    def reads(rule: Rule) -> Iterable[str]:
        yield from parameters_of(rule.condition)
        if rule.applies_when is not None:
            yield from parameters_of(rule.applies_when)

    return [rule for rule in law().rules.values() if parameter_id in reads(rule)]


@require_safe
@public
def screen(request: GatedRequest, screen_id: str) -> HttpResponse:
    """Show what one screen looks for and on which clauses (筛查规则)."""
    book = law()
    found = book.screens.get(screen_id)
    if found is None:
        raise Http404
    context = {
        "screen": found,
        "clauses": [book.clauses[one] for one in found.clauses],
        "crumbs": (Crumb(label="条款落实", url=reverse("public:policy-coverage")), Crumb(label=found.title)),
    }
    return render(request, "public/law_screen.html", context)
