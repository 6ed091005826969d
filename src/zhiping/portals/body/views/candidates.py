"""Candidates of a sitting: the list, by hand, by workbook with preview and give-back."""

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from zhiping.apps.exams import actions
from zhiping.apps.exams.eligibility import Claim
from zhiping.apps.exams.models import RosterImport, Sitting
from zhiping.apps.exams.queries import own_enrolments, own_import, own_imports, own_sitting
from zhiping.apps.exams.states import PlanState, SittingState
from zhiping.apps.reference.queries import standards_of
from zhiping.apps.registry.actions.people import PersonDetails
from zhiping.kernel.clock import CHINA
from zhiping.kernel.errors import DomainError
from zhiping.portals.body.conditions import conditions_for
from zhiping.portals.body.forms import CandidateFilters, CandidateForm, ReasonForm, RosterForm
from zhiping.portals.body.lists import Listing, is_export
from zhiping.portals.body.pages import attachment, attempt, done, found, page, refused
from zhiping.portals.body.views.plans import crumbs
from zhiping.portals.body.views.sittings import frame
from zhiping.portals.gate import GatedRequest, body_clerk
from zhiping.ui import shapes

_MONTHS = 12


@body_clerk
def candidates(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """List the candidates; POST takes a workbook to its preview (考生)."""
    one = own_sitting(request.actor, sitting_id)
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        preview = attempt(
            form,
            lambda: actions.preview_candidates(
                one.pk, file_name=file.name, content=file.read(), actor=request.actor, clock=request.clock
            ),
        )
        if preview is not None:
            is_known = preview.state == RosterImport.State.APPLIED
            text = "该文件已导入过，无变化。" if is_known else "文件已核验，请核对后导入。"
            return done(request, text, "body:exams-import", preview.pk)
    filters = CandidateFilters(request.GET)
    rows = own_enrolments(request.actor).filter(sitting=one)
    if filters.is_valid():
        data = filters.cleaned_data
        text = data["name"]
        rows = rows.filter(Q(person__name__contains=text) | Q(ticket__endswith=text)) if text else rows
        rows = rows.filter(state=data["state"]) if data["state"] else rows
    listing = _listing(filters)
    if is_export(request):
        return listing.workbook(request, rows)
    return page(
        request,
        "candidates.html",
        form=form,
        table=listing.table(request, rows),
        imports=own_imports(request.actor).filter(sitting=one, kind=RosterImport.Kind.CANDIDATES),
        is_open=_is_open(one),
        **frame(one, "body:exams-candidates"),
    )


def _is_open(one: Sitting) -> bool:
    return one.state == SittingState.PLANNED and one.plan.state == PlanState.ACCEPTED


def _listing(filters: CandidateFilters) -> Listing:
    return Listing(
        name="candidates",
        caption="考生名单",
        columns=(
            shapes.Column(key="ticket", label="准考证号", kind="code", sortable=True),
            shapes.Column(key="person.name", label="姓名", sortable=True),
            shapes.Column(key="get_candidate_kind_display", label="考生身份"),
            shapes.Column(key="entry_condition", label="申报条件", kind="code"),
            shapes.Column(key="employer_name", label="所在单位"),
            shapes.Column(key="get_state_display", label="状态"),
            shapes.Column(key="enrolled_at", label="报名时间", kind="datetime", sortable=True),
        ),
        sort="ticket",
        row_url=lambda row: reverse("body:exams-enrolment", args=[row.pk]),
        filters=filters,
        empty=shapes.EmptyState(
            title="没有符合条件的考生", text="计划受理后，可以下载模板填好后上传，也可以逐个报名。"
        ),
    )


@body_clerk
def candidate_template(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Send the workbook to fill in (下载报名模板)."""
    one = own_sitting(request.actor, sitting_id)
    return attachment(actions.candidate_template(one), f"报名模板-{one.number}.xlsx")


@body_clerk
def candidate_add(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Enrol one candidate by hand (逐个报名)."""
    one = own_sitting(request.actor, sitting_id)
    form = CandidateForm(request.POST or None, conditions=_conditions(one))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        enrolment = attempt(
            form,
            lambda: actions.enrol_by_hand(
                one.pk,
                PersonDetails(
                    name=data["name"],
                    number=data["number"],
                    paper_kind=data["paper_kind"],
                    phone=data["phone"],
                ),
                Claim(
                    candidate_kind=data["candidate_kind"],
                    entry_condition=data["entry_condition"],
                    work_months=None if data["years"] is None else data["years"] * _MONTHS,
                    prior_level=data["prior_level"],
                    prior_issued_on=data["prior_issued_on"],
                    education=data["education"],
                ),
                employer_name=data["employer_name"],
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if enrolment is not None:
            text = f"{enrolment.person.name} 已报名，准考证号 {enrolment.ticket}。"
            return done(request, text, "body:exams-candidates", one.pk)
    return page(
        request,
        "form.html",
        title="逐个报名",
        subtitle=f"{one.occupation_name}，场次 {one.number}。是否符合报考要求在提交时逐条判定。",
        form=form,
        submit="报名",
        cancel_url=reverse("body:exams-candidates", args=[one.pk]),
        crumbs=crumbs(
            ("场次", reverse("body:exams-sittings")),
            (one.number, reverse("body:exams-candidates", args=[one.pk])),
            ("逐个报名", ""),
        ),
    )


def _conditions(one: Sitting) -> list[tuple[str, str]]:
    day = one.starts_at.astimezone(CHINA).date()
    standard = standards_of([one.occupation_code], on=day).get(one.occupation_code)
    generation = standard.generation if standard else None
    return conditions_for(one.level, generation)


@body_clerk
def enrolment(request: GatedRequest, enrolment_id: int) -> HttpResponse:
    """Show one candidate; POST takes the candidate out (退考)."""
    one = found(own_enrolments(request.actor), enrolment_id)
    sitting = own_sitting(request.actor, one.sitting_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        gone = attempt(
            form,
            lambda: actions.withdraw_enrolment(
                one.pk, reason=form.cleaned_data["reason"], actor=request.actor, clock=request.clock
            ),
        )
        if gone is not None:
            return done(request, f"{one.person.name} 已退考。", "body:exams-candidates", sitting.pk)
    items = [
        shapes.Definition(term="准考证号", value=one.ticket, kind="code"),
        shapes.Definition(term="状态", value=one.get_state_display()),
        shapes.Definition(term="考生身份", value=one.get_candidate_kind_display()),
        shapes.Definition(term="申报条件", value=one.entry_condition, kind="code"),
        shapes.Definition(term="累计工作月数", value=one.work_months, kind="number"),
        shapes.Definition(term="文化程度", value=one.education_text),
        shapes.Definition(term="已有证书等级", value=one.prior_level, kind="level"),
        shapes.Definition(term="已有证书编号", value=one.prior_number, kind="code"),
        shapes.Definition(term="所在单位", value=one.employer_name),
        shapes.Definition(term="报名时间", value=one.enrolled_at, kind="datetime"),
    ]
    return page(
        request,
        "enrolment.html",
        enrolment=one,
        items=items,
        form=form,
        can_withdraw=_is_open(sitting) and one.state == "enrolled",
        crumbs=crumbs(
            ("场次", reverse("body:exams-sittings")),
            (sitting.number, reverse("body:exams-candidates", args=[sitting.pk])),
            (one.person.name, ""),
        ),
    )


# --- imports -------------------------------------------------------------------------------------


@body_clerk
def roster(request: GatedRequest, import_id: int) -> HttpResponse:
    """Show what a workbook would bring, or has brought (名册核验)."""
    one = own_import(request.actor, import_id)
    is_candidates = one.kind == RosterImport.Kind.CANDIDATES
    back = reverse("body:exams-candidates" if is_candidates else "body:exams-results", args=[one.sitting_id])
    unchanged = one.rows_unchanged
    figures = [
        shapes.Figure(label="总行数", value=one.rows_total, unit="行"),
        shapes.Figure(
            label="合格",
            value=one.rows_good,
            unit="行",
            hint=f"其中 {unchanged} 行无变化" if unchanged else "",
        ),
        shapes.Figure(label="不合格", value=one.rows_bad, unit="行"),
    ]
    return page(
        request,
        "roster.html",
        roster=one,
        figures=figures,
        is_applied=one.state == RosterImport.State.APPLIED,
        is_unchanged=one.rows_good > 0 and one.rows_unchanged == one.rows_good,
        back=back,
        crumbs=crumbs(("场次", reverse("body:exams-sittings")), (one.sitting.number, back), ("名册核验", "")),
    )


@body_clerk
@require_POST
def roster_apply(request: GatedRequest, import_id: int) -> HttpResponse:
    """Take over the good rows (导入合格行)."""
    one = own_import(request.actor, import_id)
    is_candidates = one.kind == RosterImport.Kind.CANDIDATES
    apply = actions.apply_candidates if is_candidates else actions.apply_results
    try:
        after = apply(one.pk, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, "body:exams-import", one.pk)
    text = f"已导入 {after.rows_good} 行，其中 {after.rows_unchanged} 行无变化；{after.rows_bad} 行未导入。"
    if after.rows_good and after.rows_good == after.rows_unchanged:
        text = "该文件已导入过，无变化。"
    return done(request, text, "body:exams-import", one.pk)


@body_clerk
def roster_bad_rows(request: GatedRequest, import_id: int) -> HttpResponse:
    """Send the bad rows back in their own form with the reasons (下载不合格行)."""
    one = own_import(request.actor, import_id)
    is_candidates = one.kind == RosterImport.Kind.CANDIDATES
    content = actions.returned_workbook(one) if is_candidates else actions.returned_results(one)
    return attachment(content, f"不合格行-{one.file_name.rsplit('.', 1)[0]}.xlsx")
