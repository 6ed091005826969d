"""One sitting: who is assigned, the exam day, results, archive, certificates."""

import datetime as dt
from collections.abc import Sequence

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from zhiping.apps.exams import actions
from zhiping.apps.exams.models import Enrolment, RosterImport, Sitting
from zhiping.apps.exams.plan_facts import judge_sitting
from zhiping.apps.exams.queries import own_assignments, own_enrolments, own_imports, own_sitting, own_sittings
from zhiping.apps.exams.states import AWAITING_RESULTS, EDITABLE_PLANS, PlanState, SittingState, Subject
from zhiping.apps.registry.queries import own_assessors, own_staff
from zhiping.kernel.errors import DomainError
from zhiping.portals.body.forms import RESULTS_DUE, ArchiveForm, IncidentForm, RosterForm, SittingFilters
from zhiping.portals.body.lists import Listing, is_export
from zhiping.portals.body.pages import attachment, attempt, done, found, page, refused
from zhiping.portals.body.views.plans import crumbs
from zhiping.portals.gate import GatedRequest, body_clerk
from zhiping.portals.verdict_panels import BODY, panel, parted
from zhiping.ui import shapes
from zhiping.ui.labels import Tone, level

_ORDER = (
    (SittingState.PLANNED, "报名与考前准备"),
    (SittingState.HELD, "考试"),
    (SittingState.RESULTS_IN, "成绩上传"),
    (SittingState.IN_NOTICE, "成绩公示"),
    (SittingState.SUBMITTED, "考后审核"),
    (SittingState.APPROVED, "发证"),
    (SittingState.ISSUED, "完成"),
)


@body_clerk
def sittings(request: GatedRequest) -> HttpResponse:
    """List the sittings (场次)."""
    filters = SittingFilters(request.GET)
    rows = own_sittings(request.actor)
    if filters.is_valid():
        data = filters.cleaned_data
        if data["state"] == RESULTS_DUE[0]:
            rows = rows.filter(state__in=AWAITING_RESULTS)
        elif data["state"]:
            rows = rows.filter(state=data["state"])
        rows = rows.filter(occupation_name__contains=data["occupation"]) if data["occupation"] else rows
    listing = Listing(
        name="sittings",
        caption="场次",
        columns=(
            shapes.Column(key="number", label="场次编号", kind="code", sortable=True),
            shapes.Column(key="occupation_name", label="职业", sortable=True),
            shapes.Column(key="level", label="等级", kind="level", sortable=True),
            shapes.Column(key="starts_at", label="开考时间", kind="datetime", sortable=True),
            shapes.Column(key="venue.name", label="考点"),
            shapes.Column(key="enrolled", label="已报名", kind="number", sortable=True),
            shapes.Column(key="capacity", label="计划人数", kind="number"),
            shapes.Column(key="state", label="状态", kind="state", scope="sitting", sortable=True),
        ),
        sort="-starts_at",
        row_url=lambda row: reverse("body:exams-sitting", args=[row.pk]),
        filters=filters,
        empty=shapes.EmptyState(
            title="没有符合条件的场次",
            text="场次在考核计划中安排。",
            actions=(shapes.Action(label="查看考核计划", url=reverse("body:exams-plans")),),
        ),
    )
    if is_export(request):
        return listing.workbook(request, rows)
    return page(
        request, "list.html", title="场次", table=listing.table(request, rows), crumbs=crumbs(("场次", ""))
    )


def frame(one: Sitting, current: str) -> dict[str, object]:
    """Return what every tab of a sitting shows: head, tabs, way back."""
    tabs = (
        ("安排", "body:exams-sitting"),
        ("考生", "body:exams-candidates"),
        ("考试当天", "body:exams-day"),
        ("成绩", "body:exams-results"),
        ("档案", "body:exams-archive"),
        ("证书", "body:certificates-list"),
    )
    return {
        "sitting": one,
        "level": level(one.level),
        "tabs": [
            shapes.NavItem(label=label, url=reverse(name, args=[one.pk]), current=name == current)
            for label, name in tabs
        ],
        "crumbs": crumbs(
            ("考核计划", reverse("body:exams-plans")),
            (one.plan.number, reverse("body:exams-plan", args=[one.plan_id])),
            (one.number, ""),
        ),
    }


@body_clerk
def sitting(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Show a sitting: facts, assignments, live verdict, where it stands (场次安排)."""
    one = own_sitting(request.actor, sitting_id)
    editable = one.plan.state in EDITABLE_PLANS
    assigned = list(own_assignments(request.actor).filter(sitting=one, is_cancelled=False))
    taken = {row.person_id for row in assigned}
    facts = [
        shapes.Definition(term="职业", value=f"{one.occupation_name}（{one.occupation_code}）"),
        shapes.Definition(term="等级", value=one.level, kind="level"),
        shapes.Definition(term="考点", value=one.venue.name),
        shapes.Definition(term="考点地区", value=one.place, kind="place"),
        shapes.Definition(term="开考时间", value=one.starts_at, kind="datetime"),
        shapes.Definition(term="结束时间", value=one.ends_at, kind="datetime"),
        shapes.Definition(term="计划人数", value=one.capacity, kind="number"),
        shapes.Definition(
            term="科目", value=[row.get_subject_display() for row in one.subjects.order_by("id")], kind="tags"
        ),
    ]
    return page(
        request,
        "sitting.html",
        facts=facts,
        assigned=assigned,
        editable=editable,
        assessors=_free_assessors(request, one, taken) if editable else [],
        supervisors=_free_supervisors(request, taken) if editable else [],
        part=parted(
            panel(
                judge_sitting(one, declared_on=one.plan.declared_on or request.clock.today()),
                "本场安排",
                reader=BODY,
            )
        ),
        steps=_steps(one, request),
        **frame(one, "body:exams-sitting"),
    )


def _free_assessors(request: GatedRequest, one: Sitting, taken: set[int]) -> list[tuple[int, str]]:
    rows = own_assessors(request.actor).filter(occupations__occupation_code=one.occupation_code)
    day = one.starts_at.date()
    return [
        (row.pk, f"{row.person.name}（{row.get_grade_display()}）")
        for row in rows
        if row.person_id not in taken and (row.valid_to is None or row.valid_to > day)
    ]


def _free_supervisors(request: GatedRequest, taken: set[int]) -> list[tuple[int, str]]:
    rows = own_staff(request.actor).filter(role="internal_supervisor", valid_to__isnull=True)
    return [(row.pk, row.person.name) for row in rows if row.person_id not in taken]


def _steps(one: Sitting, request: GatedRequest) -> list[shapes.TimelineStep]:
    """Return where the sitting stands, from its plan to its certificates."""
    state = SittingState(one.state)
    if state == SittingState.CANCELLED:
        return [shapes.TimelineStep(label="场次已取消", state="refused", opinion=one.plan.opinion)]
    order = [each for each, _ in _ORDER]
    returned = state == SittingState.RETURNED
    here = order.index(SittingState.RESULTS_IN if returned else state)
    deadlines = {
        SittingState.IN_NOTICE: f"公示至 {one.notice_to - dt.timedelta(days=1):%Y-%m-%d}"
        if one.notice_to
        else "",
        SittingState.SUBMITTED: f"审核期限 {one.review_due_on:%Y-%m-%d}" if one.review_due_on else "",
    }
    late = one.review_due_on is not None and one.review_due_on < request.clock.today()
    steps = [
        shapes.TimelineStep(
            label=label,
            state="done" if index < here else "current" if index == here else "waiting",
            deadline=deadlines.get(each, "") if index == here else "",
            deadline_tone=Tone.BAD if late and each == SittingState.SUBMITTED else Tone.NEUTRAL,
        )
        for index, (each, label) in enumerate(_ORDER)
    ]
    if returned:
        back = shapes.TimelineStep(label="考后审核", state="returned", opinion=one.review_opinion)
        steps.insert(here, back)
    return steps


@body_clerk
@require_POST
def assign(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Assign an assessor or an internal supervisor to a sitting (安排人员)."""
    one = own_sitting(request.actor, sitting_id)
    assessor_id, member_id = request.POST.get("assessor", ""), request.POST.get("supervisor", "")
    try:
        if assessor_id.isdecimal():
            chosen = found(own_assessors(request.actor), int(assessor_id))
            row = actions.assign_assessor(one.pk, chosen.pk, actor=request.actor, clock=request.clock)
        elif member_id.isdecimal():
            member = found(own_staff(request.actor).filter(role="internal_supervisor"), int(member_id))
            row = actions.assign_supervisor(
                one.pk, member.pk, role="internal_supervisor", actor=request.actor, clock=request.clock
            )
        else:
            return done(request, "没有选择人员，安排未变。", "body:exams-sitting", one.pk)
    except DomainError as refusal:
        return refused(request, refusal, "body:exams-sitting", one.pk)
    text = f"{row.person.name} 已安排为{row.get_role_display()}。"
    return done(request, text, "body:exams-sitting", one.pk)


@body_clerk
@require_POST
def unassign(request: GatedRequest, assignment_id: int) -> HttpResponse:
    """Take somebody off a sitting (取消安排)."""
    row = found(own_assignments(request.actor), assignment_id)
    try:
        actions.cancel_assignment(row.pk, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, "body:exams-sitting", row.sitting_id)
    return done(request, f"已取消 {row.person.name} 的安排。", "body:exams-sitting", row.sitting_id)


# --- the exam day --------------------------------------------------------------------------------


@body_clerk
def day(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Take attendance and record incidents (考试当天); made for a phone."""
    one = own_sitting(request.actor, sitting_id)
    enrolments = list(own_enrolments(request.actor).filter(sitting=one).exclude(state="withdrawn"))
    form = IncidentForm(request.POST or None, enrolments=enrolments)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        incident = attempt(
            form,
            lambda: actions.record_incident(
                one.pk,
                data["kind"],
                data["note"],
                enrolment_id=int(data["enrolment"]) if data["enrolment"] else None,
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if incident is not None:
            return done(request, f"“{incident.get_kind_display()}”已登记。", "body:exams-day", one.pk)
    recorded = [row for row in enrolments if hasattr(row, "attendance")]
    return page(
        request,
        "day.html",
        form=form,
        enrolments=enrolments,
        present=sum(1 for row in recorded if row.attendance.is_present),
        recorded=len(recorded),
        incidents=one.incidents.select_related("enrolment__person"),
        is_open=one.state in {SittingState.PLANNED, SittingState.HELD}
        and one.plan.state == PlanState.ACCEPTED,
        can_hold=one.state == SittingState.PLANNED and one.plan.state == PlanState.ACCEPTED,
        is_over=request.clock.now() >= one.ends_at,
        **frame(one, "body:exams-day"),
    )


@body_clerk
@require_POST
def attendance(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Record who came (签到)."""
    one = own_sitting(request.actor, sitting_id)
    rows = own_enrolments(request.actor).filter(sitting=one, state=Enrolment.State.ENROLLED)
    answers = {row.pk: request.POST.get(f"present-{row.pk}") for row in rows}
    present = {pk: answer == "yes" for pk, answer in answers.items() if answer in {"yes", "no"}}
    try:
        count = actions.record_attendance(one.pk, present, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, "body:exams-day", one.pk)
    return done(request, f"已记录 {count} 名考生的签到。", "body:exams-day", one.pk)


@body_clerk
@require_POST
def hold(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Close the exam day (确认已考)."""
    one = own_sitting(request.actor, sitting_id)
    try:
        actions.hold_sitting(one.pk, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, "body:exams-day", one.pk)
    return done(request, "本场已确认考试结束，请上传成绩。", "body:exams-results", one.pk)


# --- results and archive -------------------------------------------------------------------------


@body_clerk
def results(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Show results; POST takes a results workbook to its preview (成绩)."""
    one = own_sitting(request.actor, sitting_id)
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        preview = attempt(
            form,
            lambda: actions.preview_results(
                one.pk, file_name=file.name, content=file.read(), actor=request.actor, clock=request.clock
            ),
        )
        if preview is not None:
            is_known = preview.state == RosterImport.State.APPLIED
            text = "该文件已导入过，无变化。" if is_known else "文件已核验，请核对后导入。"
            return done(request, text, "body:exams-import", preview.pk)
    subjects = list(one.subjects.order_by("id").values_list("subject", flat=True))
    rows = own_enrolments(request.actor).filter(sitting=one, state=Enrolment.State.ENROLLED)
    listing = _result_listing(subjects)
    if is_export(request):
        return listing.workbook(request, rows.prefetch_related("results"))
    return page(
        request,
        "results.html",
        form=form,
        table=listing.table(request, rows.prefetch_related("results")),
        imports=own_imports(request.actor).filter(sitting=one, kind=RosterImport.Kind.RESULTS),
        takes=one.state in AWAITING_RESULTS,
        can_publish=one.state == SittingState.RESULTS_IN,
        can_submit=one.state == SittingState.IN_NOTICE,
        notice_over=one.notice_to is not None and request.clock.today() >= one.notice_to,
        last_day=one.notice_to - dt.timedelta(days=1) if one.notice_to else None,
        **frame(one, "body:exams-results"),
    )


def _result_listing(subjects: Sequence[str]) -> Listing:
    def describe(row: Enrolment) -> None:
        scores = {each.subject: each for each in row.results.all()}
        for subject in subjects:
            result = scores.get(subject)
            words = "" if result is None else "缺考" if result.is_absent else f"{result.score:g}"
            setattr(row, f"score_{subject}", words)

    return Listing(
        name="results",
        caption="成绩",
        columns=(
            shapes.Column(key="ticket", label="准考证号", kind="code", sortable=True),
            shapes.Column(key="person.name", label="姓名"),
            *(shapes.Column(key=f"score_{each}", label=Subject(each).label) for each in subjects),
        ),
        sort="ticket",
        describe=describe,
        empty=shapes.EmptyState(title="没有考生", text="本场没有已报名的考生。"),
    )


@body_clerk
def results_template(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Send the workbook for the results (下载成绩模板)."""
    one = own_sitting(request.actor, sitting_id)
    return attachment(actions.result_template(one), f"成绩模板-{one.number}.xlsx")


@body_clerk
@require_POST
def results_publish(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Publish the results for objections (成绩公示)."""
    one = own_sitting(request.actor, sitting_id)
    try:
        after = actions.publish_results(one.pk, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, "body:exams-results", one.pk)
    last = after.notice_to - dt.timedelta(days=1) if after.notice_to else request.clock.today()
    return done(request, f"成绩已公示，至 {last:%Y-%m-%d} 止。", "body:exams-results", one.pk)


@body_clerk
@require_POST
def results_submit(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Submit the noticed results for review (提交考后审核)."""
    one = own_sitting(request.actor, sitting_id)
    try:
        actions.submit_results(one.pk, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, "body:exams-results", one.pk)
    return done(request, "已提交考后审核。", "body:exams-sitting", one.pk)


@body_clerk
def archive(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Show and fill the archive manifest (档案清单)."""
    one = own_sitting(request.actor, sitting_id)
    initial = {"keep_until": dt.date(one.starts_at.year + 5, 12, 31)}
    form = ArchiveForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        item = attempt(
            form,
            lambda: actions.add_archive_item(
                one.pk,
                kind=data["kind"],
                content=data["file"].read(),
                keep_until=data["keep_until"],
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if item is not None:
            return done(request, f"“{item.kind}”已登记入档。", "body:exams-archive", one.pk)
    listed = list(one.archive.all())
    have = {item.kind for item in listed}
    table = shapes.Table(
        name="archive",
        caption="档案清单",
        columns=(
            shapes.Column(key="kind", label="材料"),
            shapes.Column(key="digest", label="校验值", kind="code"),
            shapes.Column(key="keeper", label="保管人"),
            shapes.Column(key="keep_until", label="保存至", kind="date"),
            shapes.Column(key="recorded_at", label="登记时间", kind="datetime"),
        ),
        rows=[
            {
                "kind": item.kind,
                "digest": f"{item.sha256[:12]}…",
                "keeper": item.keeper,
                "keep_until": item.keep_until,
                "recorded_at": item.recorded_at,
            }
            for item in listed
        ],
        as_of=request.clock.now(),
        empty=shapes.EmptyState(title="还没有登记档案", text="五类材料登记齐全后才能提交考后审核。"),
    )
    return page(
        request,
        "archive.html",
        form=form,
        table=table,
        missing=[kind for kind in actions.ARCHIVE_KINDS if kind not in have],
        **frame(one, "body:exams-archive"),
    )
