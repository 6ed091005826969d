"""Filings: the list, the dossier in tabs with its live verdict, submission, progress."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from zhiping.apps.reference.queries import standards_in_force
from zhiping.apps.registry import actions
from zhiping.apps.registry.actions.filings import LineDetails
from zhiping.apps.registry.judgements import FilingVerdict, judge_filing
from zhiping.apps.registry.models import Filing, FilingLine, Review
from zhiping.apps.registry.queries import own_body, own_documents, own_filing, own_filings, own_venues
from zhiping.apps.registry.states import EDITABLE, FilingState
from zhiping.core.catalogues.occupations import occupations
from zhiping.core.policybook import Verdict
from zhiping.kernel.errors import DomainError
from zhiping.portals.body.forms import (
    DeclarationForm,
    DocumentForm,
    FilingFilters,
    LineForm,
    ReasonForm,
    bound_hints,
    clause_hints,
    declared_values,
)
from zhiping.portals.body.lists import Listing, is_export
from zhiping.portals.body.occupations import search_occupations
from zhiping.portals.body.pages import attempt, done, found, page, refused
from zhiping.portals.gate import GatedRequest, body_clerk
from zhiping.portals.verdict_panels import BODY, filing_panels, overall, panel, parted, stored_parts
from zhiping.ui import shapes
from zhiping.ui.labels import Tone, level

_VERBS = {
    "submit": "机构提交",
    "withdraw": "机构撤回",
    "pass_district": "区级初审",
    "pass_city": "市级审核",
    "verify": "实地核查",
    "publish": "公示",
    "confirm": "确认入目录",
    "return": "退回补正",
    "refuse": "不予备案",
}
_AHEAD = (
    (FilingState.SUBMITTED, "区级初审"),
    (FilingState.DISTRICT_PASSED, "市级审核"),
    (FilingState.CITY_PASSED, "实地核查"),
    (FilingState.VERIFIED, "公示"),
    (FilingState.IN_NOTICE, "确认入目录"),
)
_WITHDRAWABLE = frozenset({*EDITABLE, FilingState.SUBMITTED})


@body_clerk
def filings(request: GatedRequest) -> HttpResponse:
    """List the body's filings (备案)."""
    filters = FilingFilters(request.GET)
    rows = own_filings(request.actor)
    if filters.is_valid() and filters.cleaned_data["state"]:
        rows = rows.filter(state=filters.cleaned_data["state"])
    listing = Listing(
        name="filings",
        caption="备案",
        columns=(
            shapes.Column(key="number", label="备案编号", kind="code", sortable=True),
            shapes.Column(key="state", label="状态", kind="state", scope="filing", sortable=True),
            shapes.Column(key="created_at", label="创建时间", kind="datetime", sortable=True),
            shapes.Column(key="submitted_at", label="提交时间", kind="datetime", sortable=True),
            shapes.Column(key="due_on", label="本环节办理期限", kind="date", sortable=True),
            shapes.Column(key="confirmed_on", label="确认日", kind="date", sortable=True),
        ),
        sort="-created_at",
        row_url=lambda row: reverse("body:registry-filing", args=[row.pk]),
        filters=filters,
        empty=shapes.EmptyState(
            title="还没有备案",
            text="发起后可以随时保存，提交前系统逐条判定是否符合条件。",
            actions=(
                shapes.Action(label="发起备案", url=reverse("body:registry-filing-open"), kind="primary"),
            ),
        ),
    )
    if is_export(request):
        return listing.workbook(request, rows)
    return page(
        request,
        "list.html",
        title="备案",
        table=listing.table(request, rows),
        actions=[shapes.Action(label="发起备案", url=reverse("body:registry-filing-open"), kind="primary")],
        crumbs=_crumbs("备案"),
    )


@body_clerk
def filing_open(request: GatedRequest) -> HttpResponse:
    """Open a filing after saying what follows (发起备案)."""
    body = own_body(request.actor)
    if request.method == "POST":
        try:
            filing = actions.open_filing(body.pk, actor=request.actor, clock=request.clock)
        except DomainError as refusal:
            return refused(request, refusal, "body:registry-filings")
        return done(request, f"备案 {filing.number} 已建立，请填报。", "body:registry-filing", filing.pk)
    return page(
        request,
        "confirm.html",
        title="发起备案",
        text="填报内容可以随时保存，提交前逐条显示是否符合条件。",
        items=[
            shapes.Definition(term="机构名称", value=body.name, wide=True),
            shapes.Definition(term="机构类别", value=body.get_kind_display()),
            shapes.Definition(term="受理地区", value=body.place, kind="place"),
        ],
        consequences=[
            "建立一件新的备案，同一时间只能有一件在办",
            "提交后依次经过初审、审核、实地核查、公示和确认",
        ],
        submit="发起备案",
        cancel_url=reverse("body:registry-filings"),
    )


@body_clerk
def filing(request: GatedRequest, filing_id: int) -> HttpResponse:
    """Fill in the declaration with the live verdict beside it (申报内容)."""
    one = own_filing(request.actor, filing_id)
    if request.method == "POST":
        form = _declaration(request, one, request.POST)
        if form.is_valid():
            saved = attempt(
                form,
                lambda: actions.save_declaration(
                    one.pk, form.cleaned_data, actor=request.actor, clock=request.clock
                ),
            )
            if saved is not None:
                if not request.headers.get("HX-Request"):
                    return done(request, "申报内容已保存。", "body:registry-filing", one.pk)
                one = saved
        if request.headers.get("HX-Request"):
            return page(
                request,
                "filing_saved.html",
                form=form,
                filing=one,
                is_saved=form.is_valid(),
                **_live(request, one),
            )
    else:
        form = _declaration(request, one, None)
    if one.state not in EDITABLE:
        return redirect("body:registry-filing-progress", one.pk)
    return page(
        request,
        "filing.html",
        form=form,
        **_frame(one, "body:registry-filing"),
        **_live(request, one),
    )


def _declaration(request: GatedRequest, one: Filing, data: Mapping[str, str] | None) -> DeclarationForm:
    return DeclarationForm(
        data,
        kind=one.body.kind,
        clauses=_binding(request, one, clause_hints(one.body.kind)),
        initial=declared_values(one),
    )


def _binding(request: GatedRequest, one: Filing, hints: Mapping[str, str]) -> dict[str, str]:
    return bound_hints(hints, place=one.place, on=request.clock.today())


def _live(request: GatedRequest, one: Filing) -> dict[str, object]:
    """Return the verdict as the filing stands now."""
    verdict = judge_filing(one, on=one.accepted_on or request.clock.today())
    outcome, words = overall(verdict.outcome)
    return {
        "outcome": outcome,
        "outcome_words": words,
        "parts": [parted(each) for each in filing_panels(verdict, reader=BODY)],
        "hard": _hard(verdict),
        "judged_at": request.clock.now(),
    }


def _hard(verdict: FilingVerdict) -> int:
    return sum(1 for finding in verdict.refusals if not finding.may_be_waived)


def _frame(one: Filing, current: str) -> dict[str, object]:
    editable = one.state in EDITABLE
    tabs = [
        ("申报内容", "body:registry-filing", None),
        ("申报职业", "body:registry-filing-lines", one.lines.count()),
        ("材料", "body:registry-filing-documents", one.documents.filter(is_withdrawn=False).count()),
        ("判定与提交", "body:registry-filing-verdict", None),
        ("办理进度", "body:registry-filing-progress", None),
    ]
    return {
        "filing": one,
        "editable": editable,
        "can_withdraw": one.state in _WITHDRAWABLE,
        "tabs": [
            shapes.NavItem(
                label=label, url=reverse(name, args=[one.pk]), count=count, current=name == current
            )
            for label, name, count in tabs
            if editable or name != "body:registry-filing"
        ],
        "crumbs": [*_crumbs("备案", "body:registry-filings"), shapes.Crumb(label=one.number)],
    }


def _crumbs(label: str, name: str = "") -> list[shapes.Crumb]:
    return [
        shapes.Crumb(label="工作台", url=reverse("body:home")),
        shapes.Crumb(label=label, url=reverse(name) if name else ""),
    ]


# --- occupations applied for ---------------------------------------------------------------------


@body_clerk
def lines(request: GatedRequest, filing_id: int) -> HttpResponse:
    """List the occupations applied for (申报职业)."""
    one = own_filing(request.actor, filing_id)
    rows = [
        {
            "id": line.pk,
            "name": line.occupation_name,
            "code": line.occupation_code,
            "levels": "、".join(level(each) for each in line.levels),
            "standard": line.standard.title if line.standard else "未选择",
            "venue": line.venue.name if line.venue else "未选择",
            "applicants": line.applicants,
            "person_times": line.person_times,
        }
        for line in one.lines.select_related("standard", "venue")
    ]
    return page(
        request,
        "filing_lines.html",
        rows=rows,
        is_employer=one.body.kind == "employer",
        **_frame(one, "body:registry-filing-lines"),
        **_live(request, one),
    )


@body_clerk
def line_search(request: GatedRequest, filing_id: int) -> HttpResponse:
    """Find an occupation by name or code (查找职业); answers partial requests with the hits alone."""
    one = own_filing(request.actor, filing_id)
    text = request.GET.get("q", "")
    context: dict[str, object] = {"q": text, "hits": search_occupations(text), "filing": one}
    if request.headers.get("HX-Request"):
        return page(request, "occupation_hits.html", **context)
    return page(
        request,
        "occupation_search.html",
        **context,
        crumbs=[
            *_crumbs("备案", "body:registry-filings"),
            shapes.Crumb(label=one.number, url=reverse("body:registry-filing-lines", args=[one.pk])),
            shapes.Crumb(label="添加职业"),
        ],
    )


@body_clerk
def line_new(request: GatedRequest, filing_id: int, code: str) -> HttpResponse:
    """Add an occupation to the filing (添加职业)."""
    one = own_filing(request.actor, filing_id)
    return _line_page(request, one, code, None)


@body_clerk
def line_edit(request: GatedRequest, filing_id: int, line_id: int) -> HttpResponse:
    """Change an occupation of the filing (修改申报职业)."""
    one = own_filing(request.actor, filing_id)
    line = found(one.lines.all(), line_id)
    return _line_page(request, one, line.occupation_code, line)


def _line_page(request: GatedRequest, one: Filing, code: str, line: FilingLine | None) -> HttpResponse:
    occupation = occupations().find(code)
    if occupation is None:
        raise Http404
    hints = {
        "applicants": "FS20-O1",
        "relates_to_main_business": "FS20-O1",
        "is_main_production_line": "FS20-O1",
    }
    hints |= {
        "has_influence": "FS20-O1",
        "person_times": "FS20-S2",
        "venue": "FS20-E3",
        "standard": "LN24-2.2d",
    }
    form = LineForm(
        request.POST or None,
        kind=one.body.kind,
        standards=standards_in_force(code, on=request.clock.today()),
        venues=own_venues(request.actor).filter(is_in_use=True),
        clauses=_binding(request, one, hints),
        initial=_line_values(line) if line else {"levels": list("543")},
    )
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        details = LineDetails(
            occupation_code=code,
            levels="".join(data.pop("levels")),
            standard_id=int(data.pop("standard") or 0) or None,
            venue_id=int(data.pop("venue") or 0) or None,
            **data,
        )
        saved = attempt(
            form,
            lambda: actions.save_line(
                one.pk, details, line_id=line.pk if line else None, actor=request.actor, clock=request.clock
            ),
        )
        if saved is not None:
            return done(request, f"“{saved.occupation_name}”已保存。", "body:registry-filing-lines", one.pk)
    return page(
        request,
        "form.html",
        title=f"{occupation.name}（{code}）",
        subtitle=occupation.definition,
        form=form,
        submit="保存",
        cancel_url=reverse("body:registry-filing-lines", args=[one.pk]),
        crumbs=[
            *_crumbs("备案", "body:registry-filings"),
            shapes.Crumb(label=one.number, url=reverse("body:registry-filing-lines", args=[one.pk])),
            shapes.Crumb(label=occupation.name),
        ],
    )


def _line_values(line: FilingLine) -> dict[str, object]:
    values = {name: getattr(line, name) for name in LineForm.base_fields if hasattr(line, name)}
    return values | {"levels": list(line.levels), "standard": line.standard_id, "venue": line.venue_id}


@body_clerk
@require_POST
def line_remove(request: GatedRequest, filing_id: int, line_id: int) -> HttpResponse:
    """Take an occupation out of the filing (移除申报职业)."""
    one = own_filing(request.actor, filing_id)
    line = found(one.lines.all(), line_id)
    try:
        actions.remove_line(line.pk, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, "body:registry-filing-lines", one.pk)
    return done(request, f"“{line.occupation_name}”已移除。", "body:registry-filing-lines", one.pk)


# --- documents, verdict, progress ----------------------------------------------------------------


@body_clerk
def filing_documents(request: GatedRequest, filing_id: int) -> HttpResponse:
    """Show and take in the documents of a filing (材料)."""
    one = own_filing(request.actor, filing_id)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        taken = attempt(
            form,
            lambda: actions.add_document(
                one.body_id,
                kind=form.cleaned_data["kind"],
                name=file.name,
                content=file.read(),
                filing_id=one.pk,
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if taken is not None:
            text = f"“{taken.get_kind_display()}”已上传。"
            return done(request, text, "body:registry-filing-documents", one.pk)
    return page(
        request,
        "filing_documents.html",
        form=form,
        documents=own_documents(request.actor).filter(is_withdrawn=False),
        **_frame(one, "body:registry-filing-documents"),
        **_live(request, one),
    )


@body_clerk
def filing_verdict(request: GatedRequest, filing_id: int) -> HttpResponse:
    """Show the verdict clause by clause, before submitting (判定与提交)."""
    one = own_filing(request.actor, filing_id)
    return page(
        request,
        "filing_verdict.html",
        **_frame(one, "body:registry-filing-verdict"),
        **_live(request, one),
    )


@body_clerk
@require_POST
def filing_submit(request: GatedRequest, filing_id: int) -> HttpResponse:
    """Submit a filing (提交备案)."""
    one = own_filing(request.actor, filing_id)
    try:
        sent = actions.submit_filing(one.pk, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, "body:registry-filing-verdict", one.pk)
    return done(
        request, f"备案 {sent.number} 已提交，等待区级初审。", "body:registry-filing-progress", one.pk
    )


@body_clerk
def filing_withdraw(request: GatedRequest, filing_id: int) -> HttpResponse:
    """Withdraw a filing with a reason (撤回备案)."""
    one = own_filing(request.actor, filing_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        gone = attempt(
            form,
            lambda: actions.withdraw_filing(
                one.pk, reason=form.cleaned_data["reason"], actor=request.actor, clock=request.clock
            ),
        )
        if gone is not None:
            return done(request, f"备案 {one.number} 已撤回。", "body:registry-filings")
    return page(
        request,
        "confirm.html",
        title=f"撤回备案 {one.number}",
        text="撤回后不能恢复，如需备案须重新发起。",
        form=form,
        consequences=["本件终止办理", "填报内容和审核记录保留，可以查看"],
        submit="撤回备案",
        danger=True,
        cancel_url=reverse("body:registry-filing-progress", args=[one.pk]),
    )


@body_clerk
def filing_progress(request: GatedRequest, filing_id: int) -> HttpResponse:
    """Show the way of a filing: reviews, opinions, waivers, visits, notices (办理进度)."""
    one = own_filing(request.actor, filing_id)
    reviews = list(one.reviews.select_related("office"))
    notices = one.notices.prefetch_related("objections")
    return page(
        request,
        "filing_progress.html",
        steps=[*(_taken(step) for step in reviews), *_ahead(one, request)],
        reviews=[(_VERBS[step.verb], step) for step in reviews if step.verdict],
        waivers=one.waivers.order_by("id"),
        visits=one.visits.prefetch_related("items"),
        notices=notices,
        **_frame(one, "body:registry-filing-progress"),
    )


def _taken(step: Review) -> shapes.TimelineStep:
    state: dict[str, str] = {"return": "returned", "refuse": "refused", "withdraw": "returned"}
    return shapes.TimelineStep(
        label=_VERBS[step.verb],
        state=state.get(step.verb, "done"),  # type: ignore[arg-type] # one of the five states
        who=step.actor_name,
        office=step.office.name if step.office else "",
        at=step.at,
        opinion=step.opinion,
    )


def _ahead(one: Filing, request: GatedRequest) -> list[shapes.TimelineStep]:
    names = [state for state, _ in _AHEAD]
    if one.state in EDITABLE:
        return [
            shapes.TimelineStep(label="机构填报" if one.state == "draft" else "机构补正", state="current")
        ]
    if one.state not in names:
        return []
    here = names.index(FilingState(one.state))
    late = one.due_on is not None and one.due_on < request.clock.today()
    return [
        shapes.TimelineStep(
            label=label,
            state="current" if index == here else "waiting",
            deadline=f"办理期限 {one.due_on:%Y-%m-%d}" if index == here and one.due_on else "",
            deadline_tone=Tone.BAD if late else Tone.NEUTRAL,
        )
        for index, (_, label) in enumerate(_AHEAD)
        if index >= here
    ]


@body_clerk
def filing_review(request: GatedRequest, filing_id: int, review_id: int) -> HttpResponse:
    """Show a verdict as it was frozen with a step (当时判定)."""
    one = own_filing(request.actor, filing_id)
    step = found(one.reviews.filter(verdict__isnull=False), review_id)
    names = dict(one.lines.values_list("occupation_code", "occupation_name"))
    return page(
        request,
        "frozen_verdict.html",
        title=f"{_VERBS[step.verb]}时的判定",
        step=step,
        panels=[
            panel(Verdict.from_json(part), title, reader=BODY, frozen_at=step.at)
            for title, part in stored_parts(step.verdict, names)
        ],
        filing=one,
        crumbs=[
            *_crumbs("备案", "body:registry-filings"),
            shapes.Crumb(label=one.number, url=reverse("body:registry-filing-progress", args=[one.pk])),
            shapes.Crumb(label="当时判定"),
        ],
    )
