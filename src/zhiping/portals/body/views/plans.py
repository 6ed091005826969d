"""Plans and their sittings, who is assigned, declaring."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from zhiping.apps.exams import actions
from zhiping.apps.exams.models import Plan, Sitting
from zhiping.apps.exams.plan_facts import judge_sitting
from zhiping.apps.exams.queries import own_plan, own_plans, own_sitting, own_sittings
from zhiping.apps.exams.states import EDITABLE_PLANS, PlanState
from zhiping.apps.registry.queries import own_body, own_scope, own_venues
from zhiping.core.policybook import Verdict
from zhiping.kernel.errors import DomainError
from zhiping.portals.body.forms import PlanFilters, PlanForm, ReasonForm, SittingForm
from zhiping.portals.body.lists import Listing, is_export
from zhiping.portals.body.pages import attempt, done, page, refused
from zhiping.portals.gate import GatedRequest, body_clerk
from zhiping.portals.verdict_panels import BODY, panel, parted
from zhiping.ui import shapes
from zhiping.ui.labels import level

_CANCELLABLE = frozenset({PlanState.DRAFT, PlanState.RETURNED, PlanState.ACCEPTED})


def crumbs(*steps: tuple[str, str]) -> list[shapes.Crumb]:
    """Return the way from the desk to the page."""
    return [
        shapes.Crumb(label="工作台", url=reverse("body:home")),
        *(shapes.Crumb(label=label, url=url) for label, url in steps),
    ]


@body_clerk
def plans(request: GatedRequest) -> HttpResponse:
    """List the exam plans (考核计划)."""
    filters = PlanFilters(request.GET)
    rows = own_plans(request.actor)
    if filters.is_valid() and filters.cleaned_data["state"]:
        rows = rows.filter(state=filters.cleaned_data["state"])
    new = shapes.Action(label="编制计划", url=reverse("body:exams-plan-open"), kind="primary")
    listing = Listing(
        name="plans",
        caption="考核计划",
        columns=(
            shapes.Column(key="number", label="计划编号", kind="code", sortable=True),
            shapes.Column(key="title", label="计划名称"),
            shapes.Column(key="state", label="状态", kind="state", scope="plan", sortable=True),
            shapes.Column(key="declared_on", label="报备日", kind="date", sortable=True),
            shapes.Column(key="accepted_on", label="受理日", kind="date", sortable=True),
            shapes.Column(key="due_on", label="受理期限", kind="date", sortable=True),
        ),
        sort="-number",
        row_url=lambda row: reverse("body:exams-plan", args=[row.pk]),
        filters=filters,
        empty=shapes.EmptyState(
            title="还没有考核计划", text="编制计划、安排场次和人员，开考前报备。", actions=(new,)
        ),
    )
    if is_export(request):
        return listing.workbook(request, rows)
    return page(
        request,
        "list.html",
        title="考核计划",
        table=listing.table(request, rows),
        actions=[new],
        crumbs=crumbs(("考核计划", "")),
    )


@body_clerk
def plan_open(request: GatedRequest) -> HttpResponse:
    """Open a plan (编制考核计划)."""
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        plan = attempt(
            form,
            lambda: actions.open_plan(
                own_body(request.actor).pk,
                form.cleaned_data["title"],
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if plan is not None:
            return done(request, f"计划 {plan.number} 已建立，请安排场次。", "body:exams-plan", plan.pk)
    return page(
        request,
        "form.html",
        title="编制考核计划",
        form=form,
        submit="建立计划",
        cancel_url=reverse("body:exams-plans"),
        crumbs=crumbs(("考核计划", reverse("body:exams-plans")), ("编制", "")),
    )


@body_clerk
def plan(request: GatedRequest, plan_id: int) -> HttpResponse:
    """Show a plan with its sittings and their live verdicts (考核计划)."""
    one = own_plan(request.actor, plan_id)
    editable = one.state in EDITABLE_PLANS
    sittings = own_sittings(request.actor).filter(plan=one).order_by("id")
    return page(
        request,
        "plan.html",
        plan=one,
        editable=editable,
        can_cancel=one.state in _CANCELLABLE,
        sittings=[
            (sitting, parted(_verdict(one, sitting, request, editable=editable))) for sitting in sittings
        ],
        steps=_steps(one),
        crumbs=crumbs(("考核计划", reverse("body:exams-plans")), (one.number, "")),
    )


def _verdict(one: Plan, sitting: Sitting, request: GatedRequest, *, editable: bool) -> shapes.Verdict:
    """Return the live verdict while the plan can change, the frozen one afterwards."""
    title = f"{sitting.occupation_name} {level(sitting.level)}"
    if not editable:
        frozen: list[dict[str, Any]] = one.verdict or []
        for each in frozen:
            if each["sitting"] == sitting.number:
                return panel(Verdict.from_json(each["verdict"]), title, reader=BODY)
    return panel(judge_sitting(sitting, declared_on=request.clock.today()), title, reader=BODY)


def _steps(one: Plan) -> list[shapes.TimelineStep]:
    state = PlanState(one.state)
    first = shapes.TimelineStep(label="机构报备", state="current" if state == PlanState.DRAFT else "done")
    if state == PlanState.RETURNED:
        return [
            shapes.TimelineStep(label="受理", state="returned", opinion=one.opinion),
            shapes.TimelineStep(label="机构修改后再报备", state="current"),
        ]
    if state == PlanState.REFUSED:
        return [first, shapes.TimelineStep(label="受理", state="refused", opinion=one.opinion)]
    if state == PlanState.CANCELLED:
        return [first, shapes.TimelineStep(label="计划已取消", state="refused", opinion=one.opinion)]
    waits = "waiting" if state == PlanState.DRAFT else "current" if state == PlanState.DECLARED else "done"
    deadline = f"受理期限 {one.due_on:%Y-%m-%d}" if one.due_on else ""
    return [
        first,
        shapes.TimelineStep(label="主管部门受理", state=waits, opinion=one.opinion, deadline=deadline),  # type: ignore[arg-type] # one of the five states
    ]


@body_clerk
@require_POST
def plan_declare(request: GatedRequest, plan_id: int) -> HttpResponse:
    """Declare a plan (考前报备)."""
    one = own_plan(request.actor, plan_id)
    try:
        actions.declare_plan(one.pk, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, "body:exams-plan", one.pk)
    return done(request, f"计划 {one.number} 已报备，等待受理。", "body:exams-plan", one.pk)


@body_clerk
def plan_cancel(request: GatedRequest, plan_id: int) -> HttpResponse:
    """Cancel a plan with a reason (取消计划)."""
    one = own_plan(request.actor, plan_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        gone = attempt(
            form,
            lambda: actions.cancel_plan(
                one.pk, reason=form.cleaned_data["reason"], actor=request.actor, clock=request.clock
            ),
        )
        if gone is not None:
            return done(request, f"计划 {one.number} 已取消。", "body:exams-plan", one.pk)
    return page(
        request,
        "confirm.html",
        title=f"取消计划 {one.number}",
        form=form,
        consequences=["尚未开考的场次全部取消，人员安排随之取消", "已报名的考生不再参加这些场次，请另行通知"],
        submit="取消计划",
        danger=True,
        cancel_url=reverse("body:exams-plan", args=[one.pk]),
    )


@body_clerk
def sitting_new(request: GatedRequest, plan_id: int) -> HttpResponse:
    """Add a sitting to a plan (安排场次)."""
    return _sitting_page(request, own_plan(request.actor, plan_id), None)


@body_clerk
def sitting_edit(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Change a sitting of a plan (修改场次)."""
    sitting = own_sitting(request.actor, sitting_id)
    return _sitting_page(request, sitting.plan, sitting)


def _sitting_page(request: GatedRequest, one: Plan, sitting: Sitting | None) -> HttpResponse:
    form = SittingForm(
        request.POST or None,
        scope=own_scope(request.actor, on=request.clock.today()),
        venues=own_venues(request.actor).filter(is_in_use=True),
        initial=_sitting_values(sitting) if sitting else None,
    )
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: _save(request, one, form, sitting))
        if saved is not None:
            return done(
                request, f"场次 {saved.number} 已保存，请安排考评员和督导员。", "body:exams-sitting", saved.pk
            )
    title = f"修改场次 {sitting.number}" if sitting else "安排场次"
    return page(
        request,
        "form.html",
        title=title,
        subtitle="考核科目按等级自动确定；同一考点同一时段只能安排一场。",
        form=form,
        submit="保存场次",
        cancel_url=reverse("body:exams-plan", args=[one.pk]),
        crumbs=crumbs(
            ("考核计划", reverse("body:exams-plans")),
            (one.number, reverse("body:exams-plan", args=[one.pk])),
            (title, ""),
        ),
    )


def _sitting_values(sitting: Sitting) -> dict[str, object]:
    return {
        "scope": f"{sitting.occupation_code}|{sitting.level}",
        "venue": sitting.venue_id,
        "starts_at": sitting.starts_at,
        "ends_at": sitting.ends_at,
        "capacity": sitting.capacity,
    }


def _save(request: GatedRequest, one: Plan, form: SittingForm, sitting: Sitting | None) -> Sitting:
    data = form.cleaned_data
    code, _, grade = data["scope"].partition("|")
    return actions.save_sitting(
        one.pk,
        actions.SittingDetails(
            occupation_code=code,
            level=grade,
            venue_id=int(data["venue"]),
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            capacity=data["capacity"],
        ),
        sitting_id=sitting.pk if sitting else None,
        actor=request.actor,
        clock=request.clock,
    )
