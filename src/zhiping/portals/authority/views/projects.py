"""Ability projects, calls for them, specifications on their way (专项职业能力考核项目), WH21-1, WH21-4."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.reference import actions
from zhiping.apps.reference import project_queries as queries
from zhiping.apps.reference.actions.projects import ArgumentDetails, SpecificationDetails, Weight
from zhiping.apps.reference.models import (
    AbilityProject,
    ExpertArgument,
    Specification,
    SpecificationCall,
)
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.reference.states import EDITABLE, SPECIFICATION_MOVES, SpecificationState
from zhiping.core.policybook import Verdict
from zhiping.kernel.moves import MoveNotAllowedError
from zhiping.kernel.place import Place
from zhiping.portals.authority.listing import Filters, Listing, due
from zhiping.portals.authority.pages import (
    attempt,
    crumbs,
    form_status,
    link,
    list_page,
    may,
    offer,
    page,
    place_choices,
    posted,
    succeeded,
)
from zhiping.portals.authority.reference_tabs import reference_tabs
from zhiping.portals.gate import GatedRequest, officer
from zhiping.portals.verdict_panels import OFFICER, panel
from zhiping.ui import labels
from zhiping.ui.shapes import Action, Column, Definition, EmptyState, TimelineStep

SOLICIT = "reference.solicit_specification"
REVIEW = "reference.review_specification"
_LISTS = "目录与日历"
_TITLE = "专项能力项目"
_CALLS = "考核规范征集"
_SPECIFICATIONS = "考核规范"
_WAY = ("submit", "pass_district", "pass_city", "pass_argument", "file", "publish")


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _text(label: str, *, rows: int = 3, required: bool = True, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=8000, required=required, widget=widget, help_text=help_text
    )


# --- projects ------------------------------------------------------------------------------------


class ProjectFilters(Filters):
    """Which projects to show, as of which day."""

    text = forms.CharField(label="项目名称")
    on = _day("查看日期", required=False)


@officer("")
def projects(request: GatedRequest) -> HttpResponse:
    """List the projects used in the officer's places, as of a day (专项职业能力考核项目)."""
    asked = request.GET.copy()
    asked["on"] = asked.get("on") or request.clock.today().isoformat()
    filters = ProjectFilters(asked)
    filters.is_valid()
    on = filters.cleaned_data.get("on") or request.clock.today()
    rows = queries.projects_for(request.actor)
    if text := filters.value("text"):
        rows = rows.filter(name__contains=text)

    def prepare(shown: Sequence[Any]) -> None:
        for row in shown:
            current = queries.version_on(row, on)
            row.version_word = f"第 {current.number} 版" if current else "不在目录"
            row.valid_from = current.valid_from if current else None
            row.filing_number = current.specification.filing_number if current else ""

    listing = Listing(
        name="projects",
        caption="专项职业能力考核项目",
        columns=(
            Column(key="name", label="项目名称", sortable=True),
            Column(key="place", label="使用地区", kind="place", sortable=True),
            Column(key="field", label="职业领域"),
            Column(key="version_word", label="查看日的版本"),
            Column(key="valid_from", label="施行日", kind="date"),
            Column(key="filing_number", label="部备案编号"),
        ),
        sort="name",
        prepare=prepare,
        row_url=lambda row: reverse("authority:reference-project", args=[row.pk]),
        empty=EmptyState(
            title="没有考核项目",
            text="项目由区市征集，规范逐级上报、论证、备案后纳入目录。",
            actions=(Action(label="查看征集", url=reverse("authority:reference-calls")),),
        ),
    )
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        title=_LISTS,
        subtitle=f"{on} 的考核项目目录。规范从征集到纳入目录逐级办理。",
        tabs=reference_tabs("projects"),
        crumbs=crumbs((_LISTS, reverse("authority:reference-standards")), (_TITLE, "")),
        actions=[
            link("考核规范", reverse("authority:reference-specifications")),
            link("征集", reverse("authority:reference-calls")),
        ],
    )


def _own_project(request: GatedRequest, pk: int) -> AbilityProject:
    found = queries.projects_for(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@officer("")
def project(request: GatedRequest, pk: int) -> HttpResponse:
    """Show a project with its versions (考核项目)."""
    one = _own_project(request, pk)
    today = request.clock.today()
    current = queries.version_on(one, today)
    can = current is not None and current.valid_to is None and may(request.actor, REVIEW, one.place)
    readable = set(
        queries.specifications(request.actor).filter(version__project=one).values_list("pk", flat=True)
    )
    return page(
        request,
        "ability_project",
        {
            "title": one.name,
            "crumbs": crumbs((_TITLE, reverse("authority:reference-projects")), (one.name, "")),
            "items": [
                Definition(term="使用地区", value=one.place, kind="place"),
                Definition(term="省份", value=one.province, kind="place"),
                Definition(term="职业领域", value=one.field),
                Definition(term="目前", value=f"第 {current.number} 版" if current else "不在目录"),
                Definition(term="首次纳入目录", value=one.listed_at, kind="datetime"),
            ],
            "versions": [
                {
                    "version": version,
                    "url": reverse("authority:reference-specification", args=[version.specification_id])
                    if version.specification_id in readable
                    else "",
                }
                for version in one.versions.all()
            ],
            "actions": [
                Action(
                    label="公开页面", url=reverse("public:ability-project", args=[one.pk]), kind="secondary"
                ),
                *(
                    [link("退出目录", reverse("authority:reference-project-withdraw", args=[pk]), "danger")]
                    if can
                    else []
                ),
            ],
            "as_of": request.clock.now(),
        },
    )


class WithdrawalForm(forms.Form):
    """From which day a project is off the directory, and why."""

    ends_on = _day("退出日", help_text="自这一天起不在目录内。")
    reason = _text("原因")


@officer(REVIEW)
def withdraw(request: GatedRequest, pk: int) -> HttpResponse:
    """Take a project off the directory (退出目录)."""
    one = _own_project(request, pk)
    request.actor.require(REVIEW, Place(one.place))
    form = WithdrawalForm(posted(request), initial={"ends_on": request.clock.today()})
    back = reverse("authority:reference-project", args=[pk])
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: actions.withdraw_project(
                pk, **form.cleaned_data, actor=request.actor, clock=request.clock
            ),
        )
        if done is not None:
            succeeded(request, f"“{one.name}”自 {done.valid_to} 起退出目录。")
            return redirect(back)
    return page(
        request,
        "confirm",
        {
            "title": f"退出目录：{one.name}",
            "text": f"{labels.place(one.place)}的考核项目。",
            "crumbs": crumbs(
                (_TITLE, reverse("authority:reference-projects")), (one.name, back), ("退出目录", "")
            ),
            "consequences": [
                "自退出日起不能再安排该项目的考核。",
                "以往版本和已发证书不受影响，公开页面保留历史。",
            ],
            "form": form,
            "submit": "确认退出",
            "danger": True,
            "clauses": binding_clauses(("WH21-1",), place=one.place, on=request.clock.today()),
            "duty": DUTIES[REVIEW],
            "cancel_url": back,
        },
        status=form_status(form),
    )


# --- calls ---------------------------------------------------------------------------------------


class CallFilters(Filters):
    """Which calls to show."""

    state = forms.ChoiceField(label="状态", choices=(("", "全部"), *SpecificationCall.State.choices))
    text = forms.CharField(label="征集标题")


class CallForm(forms.Form):
    """A call for projects."""

    place = forms.ChoiceField(label="区市")
    title = forms.CharField(label="征集标题", max_length=120)
    text = _text(
        "征集范围与要求",
        rows=5,
        help_text="新业态、地方特色产业、非遗传承等最小技能单元；写明提交方式。",
    )
    due_on = _day("截止日")


def _districts(request: GatedRequest) -> list[tuple[str, str]]:
    found = place_choices(request.actor, SOLICIT, request.clock)
    return [(code, name) for code, name in found if code and Place(code).level == "district"]


@officer("")
def calls(request: GatedRequest) -> HttpResponse:
    """List the calls of the officer's places (征集)."""
    filters = CallFilters(request.GET)
    rows = queries.calls(request.actor)
    if state := filters.value("state"):
        rows = rows.filter(state=state)
    if text := filters.value("text"):
        rows = rows.filter(title__contains=text)
    today = request.clock.today()

    def prepare(shown: Sequence[Any]) -> None:
        for row in shown:
            is_open = row.state == SpecificationCall.State.OPEN
            row.due = due(row.due_on if is_open else None, today, none=f"{row.due_on}")

    listing = Listing(
        name="calls",
        caption=_CALLS,
        columns=(
            Column(key="title", label="征集标题", sortable=True),
            Column(key="place", label="区市", kind="place", sortable=True),
            Column(key="due", label="截止日", sortable=True),
            Column(key="received", label="收到规范", kind="number"),
            Column(key="get_state_display", label="状态"),
        ),
        fields={"due": "due_on"},
        sort="due",
        prepare=prepare,
        row_url=lambda row: reverse("authority:reference-call", args=[row.pk]),
        empty=EmptyState(title="没有征集", text="区市人社部门可以发起征集，写明范围和截止日。"),
    )
    can = bool(_districts(request))
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        subtitle="区市征集考核项目和规范，逐份登记后报送。",
        crumbs=crumbs((_TITLE, reverse("authority:reference-projects")), (_CALLS, "")),
        actions=[link("发起征集", reverse("authority:reference-call-new"), "primary")] if can else [],
    )


@officer(SOLICIT)
def new_call(request: GatedRequest) -> HttpResponse:
    """Call for projects (发起征集)."""
    form = CallForm(posted(request))
    offer(form, "place", _districts(request))
    back = reverse("authority:reference-calls")
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: actions.open_call(**form.cleaned_data, actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, f"“{done.title}”已发起，截止日 {done.due_on}。")
            return redirect("authority:reference-call", done.pk)
    return _form(
        request,
        form,
        title="发起征集",
        text="征集本地就业需求量大、可就业创业的最小技能单元，国家职业标准已有的模块直接采用。",
        submit="发起",
        way=((_CALLS, back),),
        duty=SOLICIT,
    )


def _own_call(request: GatedRequest, pk: int) -> SpecificationCall:
    found = queries.calls(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@officer("")
def call(request: GatedRequest, pk: int) -> HttpResponse:
    """Show a call with what came in (征集)."""
    one = _own_call(request, pk)
    today = request.clock.today()
    is_open = one.state == SpecificationCall.State.OPEN
    can = is_open and may(request.actor, SOLICIT, one.place)
    buttons = [link("结束征集", reverse("authority:reference-call-close", args=[pk]))] if can else []
    if can and today <= one.due_on:
        buttons.insert(
            0, link("登记规范", reverse("authority:reference-specification-new", args=[pk]), "primary")
        )
    return page(
        request,
        "ability_call",
        {
            "title": one.title,
            "state": one.get_state_display(),
            "crumbs": crumbs((_CALLS, reverse("authority:reference-calls")), (one.title, "")),
            "items": [
                Definition(term="区市", value=one.place, kind="place"),
                Definition(term="截止日", value=one.due_on, kind="date"),
                Definition(term="发起", value=f"{one.opened_by}，{one.opened_at:%Y-%m-%d}"),
                Definition(term="征集范围与要求", value=one.text, wide=True),
                Definition(term="征集结果", value=one.closing_note, wide=True),
            ],
            "is_late": is_open and one.due_on < today,
            "rows": [
                {
                    "one": specification,
                    "url": reverse("authority:reference-specification", args=[specification.pk]),
                }
                for specification in one.specifications.all()
            ],
            "actions": buttons,
            "as_of": request.clock.now(),
        },
    )


class ClosingForm(forms.Form):
    """How a call ended."""

    note = _text("征集结果", help_text="收到多少、报送多少、未采用的原因。")


@officer(SOLICIT)
def close(request: GatedRequest, pk: int) -> HttpResponse:
    """Close a call (结束征集)."""
    one = _own_call(request, pk)
    request.actor.require(SOLICIT, Place(one.place))
    form = ClosingForm(posted(request))
    back = reverse("authority:reference-call", args=[pk])
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: actions.close_call(pk, **form.cleaned_data, actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, f"“{done.title}”已结束。")
            return redirect(back)
    return _form(
        request,
        form,
        title="结束征集",
        text="结束后不再登记新的规范；没有报送的要先报送或不予采用。",
        submit="结束征集",
        way=((one.title, back),),
        duty=SOLICIT,
    )


# --- drafting ------------------------------------------------------------------------------------


class SpecificationForm(forms.Form):
    """A specification: its sections, the weights of its tasks, two statements."""

    name = forms.CharField(label="项目名称", max_length=80)
    unit = forms.CharField(label="编写单位", max_length=120)
    field = forms.CharField(label="职业领域（目录显示）", max_length=80, required=False)
    revises_id = forms.ChoiceField(label="修订的项目", required=False)
    weights = _text(
        "考核比重",
        rows=5,
        required=False,
        help_text="每行一项工作任务和比重（%），用空格隔开，如：打结 50。",
    )
    is_smallest_unit = forms.NullBooleanField(
        label="针对最小技能单元",
        required=False,
        widget=forms.Select(choices=(("", "尚未判断"), ("true", "是"), ("false", "否"))),
    )
    covered_by_standard = forms.NullBooleanField(
        label="国家职业标准已有相应模块",
        required=False,
        widget=forms.Select(choices=(("", "尚未判断"), ("true", "是"), ("false", "否"))),
    )

    def __init__(self, *args: Any, requirements: queries.Requirements, **kwargs: Any) -> None:
        """Add a field for each section; what is required is asked for when it is reported, not before."""
        super().__init__(*args, **kwargs)
        required = {one.code for one in requirements.sections if one.is_required}
        for code, label in queries.text_sections().items():
            told = "应有" if code in required else ""
            self.fields[f"section_{code}"] = _text(label, required=False, help_text=told)
        if requirements.barred_endings:
            barred = "、".join(f"“{one}”" for one in requirements.barred_endings)
            self.fields["name"].help_text = f"产品或服务加动作，不以{barred}结尾。"
        if "weights" in required:
            self.fields["weights"].help_text = f"应有。{self.fields['weights'].help_text}"
        order = ["name", "unit", "field", "revises_id"]
        order += [name for name in self.fields if name.startswith("section_")]
        self.order_fields(order)

    def clean_weights(self) -> list[Weight]:
        """Read the lines of the weights."""
        found = []
        for line in self.cleaned_data["weights"].splitlines():
            if not line.strip():
                continue
            task, _, percent = line.strip().rstrip("%％").replace("：", " ").replace(":", " ").rpartition(" ")
            if not task.strip():
                raise forms.ValidationError(f"“{line.strip()}”没有分开写工作任务和比重，如：打结 50。")
            found.append(Weight(task=task.strip(), percent=percent.strip()))
        return found

    def details(self) -> SpecificationDetails:
        """Return what was filled in."""
        data = self.cleaned_data
        return SpecificationDetails(
            name=data["name"],
            unit=data["unit"],
            field=data["field"],
            sections={code: data[f"section_{code}"] for code in queries.text_sections()},
            weights=data["weights"],
            is_smallest_unit=data["is_smallest_unit"],
            covered_by_standard=data["covered_by_standard"],
            revises_id=int(data["revises_id"]) if data["revises_id"] else None,
        )


def _drafting(request: GatedRequest, place: str, one: Specification | None = None) -> SpecificationForm:
    initial: dict[str, Any] = {}
    if one is not None:
        initial = {
            "name": one.name,
            "unit": one.unit,
            "field": one.field,
            "revises_id": one.revises_id or "",
            "weights": "\n".join(f"{row['task']} {row['percent']}" for row in one.weights),
            "is_smallest_unit": one.is_smallest_unit,
            "covered_by_standard": one.covered_by_standard,
            **{f"section_{code}": text for code, text in one.sections.items()},
        }
    form = SpecificationForm(
        posted(request),
        initial=initial,
        requirements=queries.requirements(place, on=request.clock.today()),
    )
    used = queries.projects_at(queries.level_place(place, "city"))
    offer(form, "revises_id", [("", "新项目"), *((one.pk, one.name) for one in used)])
    return form


def _told(requirements: queries.Requirements) -> str:
    if not requirements.clause:
        return "当地没有收录编写要求，各部分按需填写。"
    doubt = "" if requirements.is_certain else "（待核实：附件原文未见）"
    return f"标明“应有”的部分依据 {requirements.clause}{doubt}，报送时核对。"


@officer(SOLICIT)
def new_specification(request: GatedRequest, pk: int) -> HttpResponse:
    """Take in a specification under a call (登记考核规范)."""
    one = _own_call(request, pk)
    request.actor.require(SOLICIT, Place(one.place))
    form = _drafting(request, one.place)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: actions.draft_specification(pk, form.details(), actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, f"“{done.name}”已登记，核对后报送。")
            return redirect("authority:reference-specification", done.pk)
    return _form(
        request,
        form,
        title="登记考核规范",
        text=_told(queries.requirements(one.place, on=request.clock.today())),
        submit="保存",
        way=((one.title, reverse("authority:reference-call", args=[pk])),),
        duty=SOLICIT,
    )


@officer(SOLICIT)
def edit(request: GatedRequest, pk: int) -> HttpResponse:
    """Write on at a draft, or correct what was returned (修改考核规范)."""
    one = _own_specification(request, pk)
    request.actor.require(SOLICIT, Place(one.place))
    form = _drafting(request, one.place, one)
    back = reverse("authority:reference-specification", args=[pk])
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: actions.amend_specification(pk, form.details(), actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, f"“{done.name}”已保存。")
            return redirect(back)
    return _form(
        request,
        form,
        title="修改考核规范",
        text=_told(queries.requirements(one.place, on=request.clock.today())),
        submit="保存",
        way=((one.name, back),),
        duty=SOLICIT,
    )


def _form(
    request: GatedRequest,
    form: forms.Form,
    *,
    title: str,
    text: str,
    submit: str,
    way: tuple[tuple[str, str], ...],
    duty: str,
) -> HttpResponse:
    return page(
        request,
        "form",
        {
            "title": title,
            "subtitle": text,
            "crumbs": crumbs((_TITLE, reverse("authority:reference-projects")), *way, (title, "")),
            "form": form,
            "submit": submit,
            "duty": DUTIES[duty],
            "cancel_url": way[-1][1],
        },
        status=form_status(form),
    )


# --- specifications ------------------------------------------------------------------------------


class SpecificationFilters(Filters):
    """Which specifications to show."""

    state = forms.ChoiceField(label="状态", choices=(("", "全部"), *SpecificationState.choices))
    own = forms.ChoiceField(label="范围", choices=(("", "本地全部"), ("mine", "待我办理")))
    text = forms.CharField(label="项目名称或编写单位")


@officer("")
def specifications(request: GatedRequest) -> HttpResponse:
    """List the specifications of the officer's places (考核规范)."""
    filters = SpecificationFilters(request.GET)
    rows = queries.specifications(request.actor)
    if filters.value("own"):
        rows = rows.filter(pk__in=queries.specifications_awaiting(request.actor).values("pk"))
    if state := filters.value("state"):
        rows = rows.filter(state=state)
    if text := filters.value("text"):
        rows = rows.filter(name__contains=text) | rows.filter(unit__contains=text)
    listing = Listing(
        name="specifications",
        caption=_SPECIFICATIONS,
        columns=(
            Column(key="name", label="项目名称", sortable=True),
            Column(key="place", label="区市", kind="place", sortable=True),
            Column(key="unit", label="编写单位"),
            Column(key="get_state_display", label="状态"),
            Column(key="drafted_at", label="登记时间", kind="datetime", sortable=True),
            Column(key="filing_number", label="部备案编号"),
        ),
        sort="-drafted_at",
        row_url=lambda row: reverse("authority:reference-specification", args=[row.pk]),
        empty=EmptyState(
            title="没有考核规范",
            text="规范在征集下登记。",
            actions=(Action(label="查看征集", url=reverse("authority:reference-calls")),),
        ),
    )
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        subtitle="报区市、报市、报省、专家论证、部备案、纳入目录，逐级办理，不能越级。",
        crumbs=crumbs((_TITLE, reverse("authority:reference-projects")), (_SPECIFICATIONS, "")),
        actions=[],
    )


def _own_specification(request: GatedRequest, pk: int) -> Specification:
    found = queries.specifications(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@officer("")
def specification(request: GatedRequest, pk: int) -> HttpResponse:
    """Show a specification: text, verdict, argument, its whole way (考核规范)."""
    one = _own_specification(request, pk)
    place, today = one.place, request.clock.today()
    needed = queries.requirements(place, on=today)
    buttons = [
        link(label, reverse("authority:reference-specification-step", args=[pk, verb]), kind)
        for verb in queries.verbs_for(one, request.actor)
        for label, kind in (_VERBS[verb],)
    ]
    if one.state in EDITABLE and may(request.actor, SOLICIT, place):
        buttons.insert(1, link("修改", reverse("authority:reference-specification-edit", args=[pk])))
    return page(
        request,
        "specification",
        {
            "title": one.name,
            "state": one.get_state_display(),
            "crumbs": crumbs(
                (_TITLE, reverse("authority:reference-projects")),
                (_SPECIFICATIONS, reverse("authority:reference-specifications")),
                (one.name, ""),
            ),
            "actions": buttons,
            "items": _items(one),
            "text": _text_of(one, needed),
            "told": _told(needed),
            "verdict": _panel(one, today),
            "arguments": one.arguments.all(),
            "steps": _timeline(one),
            "trace_url": reverse("authority:journal-trace", args=["reference.specification", pk])
            if request.actor.may_anywhere("journal.read")
            else "",
            "as_of": request.clock.now(),
        },
    )


def _items(one: Specification) -> list[Definition]:
    published = getattr(one, "version", None)
    return [
        Definition(term="区市", value=one.place, kind="place"),
        Definition(term="编写单位", value=one.unit),
        Definition(term="职业领域", value=one.field),
        Definition(
            term="征集", value=one.call.title, url=reverse("authority:reference-call", args=[one.call_id])
        ),
        Definition(term="修订的项目", value=one.revises.name if one.revises else ""),
        Definition(term="部备案编号", value=one.filing_number),
        Definition(term="部备案日期", value=one.filed_on, kind="date"),
        Definition(
            term="目录版本",
            value=f"{published.project.name} 第 {published.number} 版" if published else "",
            url=reverse("authority:reference-project", args=[published.project_id]) if published else "",
        ),
    ]


def _text_of(one: Specification, needed: queries.Requirements) -> list[Definition]:
    shown = [
        Definition(
            term=f"{section.label}（应有）" if section.is_required else section.label,
            value=section.text or "尚未填写",
            wide=True,
        )
        for section in queries.sections_to_show(one, needed)
    ]
    weights = "、".join(f"{row['task']} {row['percent']}%" for row in one.weights)
    told = f"{weights}；合计 {queries.weight_total(one)}%" if weights else "尚未填写"
    return [*shown, Definition(term="考核比重", value=told, wide=True)]


def _panel(one: Specification, today: dt.date) -> Any:
    """Return the verdict frozen at the last step that asked the law, or how it would be judged now."""
    asked = one.steps.filter(verdict__isnull=False).exclude(verb="publish").last()
    if asked is None or asked.verdict is None or one.state in EDITABLE:
        return panel(queries.judge_specification(one, on=today), "编写要求", reader=OFFICER)
    return panel(Verdict.from_json(asked.verdict), "编写要求", reader=OFFICER, frozen_at=asked.at)


def _timeline(one: Specification) -> list[TimelineStep]:
    steps = []
    for row in one.steps.select_related("office"):
        state: Any = {"return": "returned", "refuse": "refused"}.get(row.verb, "done")
        steps.append(
            TimelineStep(
                label=_STEPS[row.verb],
                state=state,
                who=row.actor_name,
                office=row.office.name if row.office else "",
                at=row.at,
                opinion=row.opinion,
            )
        )
    coming = next((verb for verb in _WAY if (one.state, verb) in SPECIFICATION_MOVES), "")
    if coming:
        steps.append(TimelineStep(label=_STEPS[coming], state="current"))
        later = _WAY[_WAY.index(coming) + 1 :]
        steps += [TimelineStep(label=_STEPS[verb], state="waiting") for verb in later]
    return steps


# --- steps ---------------------------------------------------------------------------------------


class OpinionForm(forms.Form):
    """What the reviewer thinks."""

    opinion = _text("意见", required=False, help_text="可以不填。")


class ReasonForm(forms.Form):
    """Why it goes back, or no further."""

    opinion = _text("原因", help_text="写明要补正的内容，或不予采用的理由。")


class PlainForm(forms.Form):
    """Nothing to fill in."""


class ArgumentForm(forms.Form):
    """What the experts argued."""

    argued_on = _day("论证日期")
    experts = forms.IntegerField(label="专家人数", min_value=1, max_value=99)
    expert_names = forms.CharField(label="专家名单", max_length=300)
    opinion = _text("论证意见", rows=5)
    conclusion = forms.ChoiceField(
        label="论证结论", choices=ExpertArgument.Conclusion.choices, widget=forms.RadioSelect
    )


class FilingForm(forms.Form):
    """Under which number the ministry has it on file, and since when."""

    number = forms.CharField(label="部备案编号", max_length=60)
    filed_on = _day("部备案日期")


class PublishingForm(forms.Form):
    """From which day it counts."""

    valid_from = _day("施行日", help_text="不早于部备案日期和上一版的施行日。")


_STEPS: Mapping[str, str] = {
    "draft": "登记",
    "submit": "报区市",
    "pass_district": "区市初审通过，报市",
    "pass_city": "市级审核通过，报省",
    "pass_argument": "专家论证",
    "file": "部备案",
    "publish": "纳入目录",
    "return": "退回修改",
    "refuse": "不予采用",
}
_VERBS: Mapping[str, tuple[str, Any]] = {
    "submit": ("报送", "primary"),
    "pass_district": ("初审通过，报市", "primary"),
    "pass_city": ("审核通过，报省", "primary"),
    "pass_argument": ("记录论证", "primary"),
    "file": ("登记备案", "primary"),
    "publish": ("纳入目录并公布", "primary"),
    "return": ("退回修改", "secondary"),
    "refuse": ("不予采用", "danger"),
}
_FORMS: Mapping[str, type[forms.Form]] = {
    "submit": PlainForm,
    "pass_district": OpinionForm,
    "pass_city": OpinionForm,
    "pass_argument": ArgumentForm,
    "file": FilingForm,
    "publish": PublishingForm,
    "return": ReasonForm,
    "refuse": ReasonForm,
}
_CONSEQUENCES: Mapping[str, str] = {
    "submit": "按编写要求核对；文本固定下来，退回前不能再修改。",
    "pass_district": "报市级人社部门审核。",
    "pass_city": "报省级鉴定指导中心组织专家论证。",
    "pass_argument": "结论为“通过”的待部备案；“修改后再论证”的退回区市，重新逐级上报；“不通过”的不予采用。",
    "file": "备案编号和日期公布在项目页面，由市级纳入目录。",
    "publish": "成为项目的一个版本，自施行日起在目录内；上一版同日终止。规范全文向社会公布。",
    "return": "退回区市修改，修改后重新逐级上报，不能越级。",
    "refuse": "办理结束，记录保留；需要时另行登记。",
}


def _act(request: GatedRequest, pk: int, verb: str, data: dict[str, Any]) -> object:
    who: dict[str, Any] = {"actor": request.actor, "clock": request.clock}
    acts: Mapping[str, Callable[[], object]] = {
        "submit": lambda: actions.submit_specification(pk, **who),
        "pass_argument": lambda: actions.argue_specification(pk, ArgumentDetails(**data), **who),
        "file": lambda: actions.file_specification(pk, **data, **who),
        "publish": lambda: actions.publish_specification(pk, **data, **who),
    }
    act = acts.get(verb, lambda: actions.review_specification(pk, verb, **data, **who))
    return act()


@officer("")
def step(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Take one step of a specification's way, after a page that says what happens."""
    one = _own_specification(request, pk)
    move = SPECIFICATION_MOVES.get((one.state, verb))
    if verb not in _VERBS or move is None:
        raise MoveNotAllowedError(state=one.get_state_display(), verb=_VERBS.get(verb, (verb, ""))[0])
    request.actor.require(move.duty, Place(queries.place_of_step(one, verb)))
    label, kind = _VERBS[verb]
    today = request.clock.today()
    form = _FORMS[verb](posted(request), initial={"argued_on": today, "filed_on": today, "valid_from": today})
    back = reverse("authority:reference-specification", args=[pk])
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _act(request, pk, verb, form.cleaned_data))
        if done is not None:
            succeeded(request, f"“{one.name}”：{label}完成。")
            return redirect(back)
    return page(
        request,
        "confirm",
        {
            "title": f"{label}：{one.name}",
            "text": f"目前状态：{one.get_state_display()}。",
            "crumbs": crumbs(
                (_SPECIFICATIONS, reverse("authority:reference-specifications")),
                (one.name, back),
                (label, ""),
            ),
            "consequences": [_CONSEQUENCES[verb]],
            "form": form,
            "submit": f"确认{label}",
            "danger": kind == "danger",
            "clauses": binding_clauses(move.clauses, place=one.place, on=today),
            "duty": DUTIES[move.duty],
            "cancel_url": back,
        },
        status=form_status(form),
    )
