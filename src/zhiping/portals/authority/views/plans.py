"""Plans: the list, one plan with a verdict panel per sitting, and its answer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.exams import office_queries as exams
from zhiping.apps.exams.actions import answer_plan, judge_plan
from zhiping.apps.exams.states import PLAN_MOVES, PlanState
from zhiping.apps.reference.queries import binding_clauses
from zhiping.core.policybook import Outcome, Verdict
from zhiping.kernel.moves import MoveNotAllowedError
from zhiping.kernel.place import Place
from zhiping.portals.authority.listing import Filters, Listing, due
from zhiping.portals.authority.pages import (
    ALL,
    attempt,
    crumbs,
    form_status,
    link,
    list_page,
    offer,
    page,
    place_choices,
    posted,
    prefix_of,
    succeeded,
)
from zhiping.portals.authority.views.filings import OpinionForm
from zhiping.portals.gate import GatedRequest, officer
from zhiping.portals.verdict_panels import OFFICER, outcome_word, panel
from zhiping.ui.shapes import Column, Definition, EmptyState

VERBS = {
    "accept": ("受理", "primary", "受理后机构可以组织报名，各场次进入督考安排。"),
    "return": ("退回修改", "secondary", "退回后由机构修改并重新报备；须写明需要修改的内容。"),
    "refuse": ("不予受理", "danger", "计划就此办结，不能组织考核；须写明理由。"),
}


class PlanFilters(Filters):
    """What of the plans to show."""

    text = forms.CharField(label="机构、计划名称或编号")
    state = forms.ChoiceField(
        label="状态", choices=[ALL, *(one for one in PlanState.choices if one[0] != PlanState.DRAFT)]
    )
    place = forms.ChoiceField(label="地区")

    def narrow(self, rows: Any) -> Any:
        """Narrow the plans to what was chosen."""
        if text := self.value("text"):
            rows = rows.filter(
                Q(body__name__icontains=text) | Q(title__icontains=text) | Q(number__icontains=text)
            )
        if state := self.value("state"):
            rows = rows.filter(state=state)
        if place := self.value("place"):
            rows = rows.filter(place__startswith=prefix_of(place))
        return rows


@officer("exams.read")
def plans(request: GatedRequest) -> HttpResponse:
    """List the declared plans of the officer's places (考核计划)."""
    filters = PlanFilters(request.GET)
    offer(filters, "place", place_choices(request.actor, "exams.read", request.clock))
    today = request.clock.today()

    def prepare(rows: Sequence[Any]) -> None:
        for row in rows:
            row.due_shown = due(row.due_on, today)

    listing = Listing(
        name="plans",
        caption="考核计划",
        columns=(
            Column(key="number", label="计划编号", kind="code", sortable=True),
            Column(key="title", label="计划名称", sortable=True),
            Column(key="body.name", label="机构", sortable=True),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="sitting_count", label="场次", kind="number", sortable=True),
            Column(key="state", label="状态", kind="state", scope="plan", sortable=True),
            Column(key="declared_on", label="报备日", kind="date", sortable=True),
            Column(key="due_shown", label="受理期限", sortable=True),
        ),
        fields={"due_shown": "due_on"},
        sort="due_shown",
        prepare=prepare,
        row_url=lambda plan: reverse("authority:plans-show", args=[plan.pk]),
        empty=EmptyState(title="没有符合条件的考核计划", text="机构报备考核计划后会出现在这里。"),
    )
    rows = filters.narrow(exams.plans_within(request.actor)).annotate(sitting_count=Count("sittings"))
    return list_page(request, listing, rows, filters=filters)


@officer("exams.read")
def plan(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one plan with the verdict on each of its sittings (计划详情)."""
    found = exams.plan_within(request.actor, pk)
    judged = judge_plan(found, declared_on=found.declared_on or request.clock.today())
    verbs = exams.verbs_of_plan(found, request.actor)
    return page(
        request,
        "plan",
        {
            "title": found.title,
            "crumbs": crumbs(("考核计划", reverse("authority:plans-list")), (found.number, "")),
            "plan": found,
            "actions": [
                link(VERBS[verb][0], reverse("authority:plans-step", args=[pk, verb]), VERBS[verb][1])
                for verb in verbs
            ],
            "items": _details(found, request),
            "sittings": [
                {
                    "sitting": sitting,
                    "panel": panel(verdict, f"场次 {sitting.number}", reader=OFFICER),
                    "people": exams.assignments_of(sitting),
                }
                for sitting, verdict in judged
            ],
            "frozen": [
                {"sitting": part["sitting"], "outcome": outcome_word(Outcome(part["verdict"]["outcome"]))}
                for part in found.verdict or ()
            ],
            "trace_url": reverse("authority:journal-trace", args=["exams.plan", str(pk)]),
        },
    )


def _details(found: Any, request: GatedRequest) -> list[Definition]:
    return [
        Definition(term="计划编号", value=found.number, kind="code"),
        Definition(
            term="机构", value=found.body.name, url=reverse("authority:bodies-show", args=[found.body_id])
        ),
        Definition(term="地区", value=found.place, kind="place"),
        Definition(term="报备日", value=found.declared_on, kind="date"),
        Definition(term="受理期限", value=due(found.due_on, request.clock.today())),
        Definition(term="受理日", value=found.accepted_on, kind="date"),
        Definition(term="受理意见", value=found.opinion, wide=True),
    ]


@officer("exams.read")
def step(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Accept, return or refuse a plan (受理、退回、不予受理)."""
    found = exams.plan_within(request.actor, pk)
    move = PLAN_MOVES.get((found.state, verb))
    if verb not in VERBS or move is None or not move.duty:
        raise MoveNotAllowedError(
            state=found.get_state_display(), verb=VERBS[verb][0] if verb in VERBS else verb
        )
    request.actor.require(move.duty, Place(found.place))
    label, kind, text = VERBS[verb]
    form = OpinionForm(posted(request))
    form.fields["opinion"].label = "受理意见"
    if request.method == "POST" and form.is_valid():
        opinion = form.cleaned_data["opinion"]
        if attempt(
            form, lambda: answer_plan(pk, verb, opinion=opinion, actor=request.actor, clock=request.clock)
        ):
            succeeded(request, f"计划 {found.number} 已办理：{label}。")
            return redirect("authority:plans-show", pk)
    judged = judge_plan(found, declared_on=found.declared_on or request.clock.today())
    return page(
        request,
        "confirm",
        {
            "title": f"{label}：{found.title}",
            "text": text,
            "crumbs": crumbs(
                ("考核计划", reverse("authority:plans-list")),
                (found.number, reverse("authority:plans-show", args=[pk])),
                (label, ""),
            ),
            "items": _details(found, request),
            "consequences": _consequences(found, verb, [verdict for _, verdict in judged]),
            "form": form,
            "submit": f"确认{label}",
            "danger": kind == "danger",
            "clauses": binding_clauses(move.clauses, place=found.place, on=request.clock.today()),
            "duty": DUTIES[move.duty],
            "cancel_url": reverse("authority:plans-show", args=[pk]),
        },
        status=form_status(form),
    )


def _consequences(found: Any, verb: str, judged: list[Verdict]) -> list[str]:
    move = PLAN_MOVES[found.state, verb]
    lines = [
        f"计划状态由“{found.get_state_display()}”变为“{PlanState(move.to).label}”，共 {len(judged)} 个场次。"
    ]
    refused = {one.title for verdict in judged for one in verdict.of(Outcome.REFUSE)}
    unknown = {one.title for verdict in judged for one in verdict.of(Outcome.UNKNOWN)}
    if verb == "accept" and refused:
        lines.append(f"有不符合要求的项目（{'、'.join(sorted(refused))}），系统不会受理；请退回修改。")
    if verb == "accept" and unknown:
        lines.append(f"有待核的项目（{'、'.join(sorted(unknown))}），请核实后再受理。")
    return lines
