"""Keeping the dated lists: editions, cancelled items and who tracks them, imports."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.reference import actions
from zhiping.apps.reference import catalogue_queries as lists
from zhiping.apps.reference.actions.directories import EditionDetails, ItemDetails
from zhiping.apps.reference.models import CatalogueImport, DirectoryEdition, DirectoryItem, TrackingTask
from zhiping.apps.reference.queries import law, whole_parameter
from zhiping.core.catalogues.cancellations import CancelledRow
from zhiping.core.catalogues.files import Certainty
from zhiping.core.catalogues.qualifications import counted
from zhiping.core.catalogues.rates import (
    BASIS_NAMES,
    COUNTERPART_NAMES,
    EVALUATION_TYPES,
    RATE_NAMES,
    RateKind,
)
from zhiping.kernel.place import NATION
from zhiping.portals.authority.listing import Filters, Listing, attachment, due, wants_export, xlsx
from zhiping.portals.authority.pages import (
    attempt,
    crumbs,
    form_status,
    home_place,
    link,
    list_page,
    offer,
    page,
    place_choices,
    posted,
    succeeded,
)
from zhiping.portals.authority.reference_tabs import reference_tabs, upload_button
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui import labels
from zhiping.ui.shapes import Action, Column, Definition, EmptyState, Figure, Table

MAINTAIN = "reference.maintain"
ANSWER_DAYS = "tracking.answer_workdays"
"""Name of the parameter that suggests by when to answer, where a place has one."""
PER_PAGE = 30
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CERTAINTIES = {
    Certainty.CONFIRMED: "有明文",
    Certainty.DERIVED: "据转录、已核对",
    Certainty.PARTIAL: "部分核实",
    Certainty.UNCERTAIN: "待核实",
}
_CERTAINTY = (("stated", "有明文"), ("uncertain", "待核实"))
_LISTS = "目录与日历"


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _own_places(request: GatedRequest, *levels: str) -> list[tuple[str, str]]:
    """Return the places of the officer's for which a list may be kept, the nation first where it may be."""
    found = [(code, name) for code, name in place_choices(request.actor, MAINTAIN, request.clock) if code]
    kept = [(code, name) for code, name in found if not levels or _level(code) in levels]
    nation = [(NATION, "全国")] if not levels or "nation" in levels else []
    return [*nation, *(one for one in kept if one[0] != NATION)]


def _level(code: str) -> str:
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "district"


def _plain_page(  # noqa: PLR0913 - what the pages over plain rows differ in
    request: GatedRequest,
    rows: Sequence[dict[str, Any]],
    *,
    name: str,
    caption: str,
    columns: Sequence[Column],
    filters: Filters,
    tab: str,
    empty: EmptyState,
    actions: Sequence[Action] = (),
    subtitle: str = "",
) -> HttpResponse:
    """Render rows that come from files as well as from tables, or hand them out as a workbook."""
    if wants_export(request):
        cells = [[_written(row.get(one.key), one) for one in columns] for row in rows]
        return xlsx([one.label for one in columns], cells, title=caption, request=request)
    shown = Paginator(list(rows), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query["export"] = "xlsx"
    table = Table(
        name=name,
        caption=caption,
        columns=columns,
        rows=list(shown.object_list),
        row_url=lambda row: row.get("url"),
        page=shown,
        total=shown.paginator.count,
        export_url=f"?{query.urlencode()}",
        filters=filters,
        as_of=request.clock.now(),
        empty=empty,
    )
    return page(
        request,
        "list",
        {
            "title": _LISTS,
            "subtitle": subtitle,
            "crumbs": crumbs((_LISTS, reverse("authority:reference-standards")), (caption, "")),
            "tabs": reference_tabs(tab),
            "table": table,
            "actions": list(actions),
        },
    )


def _written(value: Any, column: Column) -> Any:
    if value in {None, ""}:
        return None
    if column.kind == "place":
        return labels.place(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


# --- editions ------------------------------------------------------------------------------------


class EditionForm(forms.Form):
    """A new edition of a directory."""

    place = forms.ChoiceField(label="地区")
    code = forms.CharField(label="版本", max_length=20, help_text="如 2026。同一地区不能重复。")
    title = forms.CharField(label="名称", max_length=120)
    document_number = forms.CharField(label="文号", max_length=60)
    valid_from = _day("施行日")
    is_whole = forms.BooleanField(
        label="名录完整",
        required=False,
        help_text="勾选后，名录里没有的一律判为不在目录内；只收录一部分的不要勾选。",
    )
    items_stated = forms.IntegerField(
        label="公布项数",
        required=False,
        min_value=1,
        help_text="文件写明的总项数，公布前与实际收录的项数核对。",
    )
    certainty = forms.ChoiceField(label="确定程度", choices=_CERTAINTY)
    source = forms.CharField(label="来源", max_length=200)


class ItemForm(forms.Form):
    """One item of an edition."""

    item = forms.CharField(label="职业资格名称", max_length=120)
    sub_item = forms.CharField(label="具体项目", max_length=120, required=False)
    number = forms.IntegerField(label="序号", required=False, min_value=1)
    kind = forms.ChoiceField(label="人员类别", choices=DirectoryItem.Kind.choices)
    type = forms.ChoiceField(label="资格类别", choices=DirectoryItem.Type.choices)
    department = forms.CharField(label="实施部门（单位）", max_length=200, required=False)
    body = forms.CharField(label="组织实施机构", max_length=200, required=False)
    formerly = forms.CharField(label="原名称", max_length=120, required=False)
    certainty = forms.ChoiceField(label="确定程度", choices=_CERTAINTY)
    source = forms.CharField(label="来源", max_length=200)


class EditionFilters(Filters):
    """Which editions to show."""

    text = forms.CharField(label="名称或文号")


@officer("")
def editions(request: GatedRequest) -> HttpResponse:
    """List the editions of the directories: those delivered and those kept here (职业资格目录)."""
    filters = EditionFilters(request.GET)
    text = filters.value("text")
    own = {(one.place, one.code) for one in lists.own_editions(request.actor)}
    rows = [
        {
            "title": one.title,
            "place": one.place,
            "number": one.document_number or "未见",
            "start": one.period.start if one.period else None,
            "end": one.period.end if one.period else None,
            "stated": one.counts.get("items"),
            "rows": len(found.rows) if (found := lists.directory(one.place, one.code)) else 0,
            "state": "已公布",
            "certainty": _CERTAINTIES[one.certainty],
            "url": f"{reverse('public:catalogues-qualifications')}?on={one.period.start.isoformat()}"
            if one.period
            else "",
        }
        for one in lists.editions_on_record()
        if (one.place, one.code) not in own
    ]
    rows += [
        {
            "title": one.title,
            "place": one.place,
            "number": one.document_number,
            "start": one.valid_from,
            "end": one.valid_to,
            "stated": one.items_stated,
            "rows": one.rows_held,  # type: ignore[attr-defined]  # annotated by the query
            "state": one.get_state_display(),
            "certainty": one.get_certainty_display(),
            "url": reverse("authority:reference-edition", args=[one.pk]),
        }
        for one in lists.own_editions(request.actor)
    ]
    may = request.actor.may_anywhere(MAINTAIN)
    return _plain_page(
        request,
        [row for row in rows if text in f"{row['title']}{row['number']}"],
        name="editions",
        caption="职业资格目录版本",
        columns=(
            Column(key="title", label="名称"),
            Column(key="place", label="地区", kind="place"),
            Column(key="number", label="文号"),
            Column(key="start", label="施行日", kind="date"),
            Column(key="end", label="截止日（不含）", kind="date"),
            Column(key="stated", label="公布项数", kind="number"),
            Column(key="rows", label="收录名称", kind="number"),
            Column(key="state", label="状态"),
            Column(key="certainty", label="确定程度"),
        ),
        filters=filters,
        tab="editions",
        empty=EmptyState(title="没有符合条件的版本", text="可以清除筛选条件，或新建一版。"),
        actions=[link("新建版本", reverse("authority:reference-edition-new"), "primary")] if may else [],
        subtitle="随平台收录的国家目录，以及各省整理、公布的目录清单。整理中的版本不参与判定。",
    )


def _own_edition(request: GatedRequest, pk: int) -> DirectoryEdition:
    found = lists.own_editions(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@officer(MAINTAIN)
def new_edition(request: GatedRequest) -> HttpResponse:
    """Open an edition (新建目录版本)."""
    form = EditionForm(posted(request))
    offer(form, "place", _own_places(request, "nation", "province"))
    if request.method == "POST" and form.is_valid():
        details = EditionDetails(**form.cleaned_data)
        done = attempt(form, lambda: actions.open_edition(details, actor=request.actor, clock=request.clock))
        if done is not None:
            succeeded(request, f"“{done.title}”已新建，请登记或导入各项后公布。")
            return redirect("authority:reference-edition", done.pk)
    return _form_page(
        request,
        form,
        title="新建目录版本",
        text="新版本在公布之前不参与判定；公布后自施行日起生效，上一版同日终止。",
        submit="新建",
        back=reverse("authority:reference-editions"),
    )


@officer(MAINTAIN)
def edition(request: GatedRequest, pk: int) -> HttpResponse:
    """Show an edition with its rows (目录版本)."""
    one = _own_edition(request, pk)
    listing = Listing(
        name="items",
        caption="各项职业资格",
        columns=(
            Column(key="number", label="序号", kind="number", sortable=True),
            Column(key="item", label="职业资格名称", sortable=True),
            Column(key="sub_item", label="具体项目"),
            Column(key="get_kind_display", label="人员类别"),
            Column(key="get_type_display", label="资格类别"),
            Column(key="department", label="实施部门"),
            Column(key="body", label="组织实施机构"),
            Column(key="get_certainty_display", label="确定程度"),
        ),
        sort="number",
        empty=EmptyState(title="还没有登记", text="可以逐项登记，或下载模板填好后导入。"),
    )
    is_open = one.state == DirectoryEdition.State.DRAFTED
    held = counted(lists.entered_directory(one).rows)["items"]
    upload = (
        f"{reverse('authority:reference-import-new')}?{urlencode({'kind': 'directory', 'edition': one.pk})}"
    )
    stated = f"，公布 {one.items_stated} 项" if one.items_stated else ""
    return list_page(
        request,
        listing,
        lists.rows_of(one.pk),
        title=one.title,
        subtitle=f"{labels.place(one.place)}，{one.document_number}，{one.get_state_display()}；"
        f"已收录 {held} 项{stated}。",
        crumbs=crumbs(("职业资格目录", reverse("authority:reference-editions")), (one.title, "")),
        actions=[
            link("公布", reverse("authority:reference-edition-publish", args=[one.pk]), "primary"),
            link("导入", upload),
            link("登记一项", reverse("authority:reference-edition-item", args=[one.pk])),
        ]
        if is_open
        else [],
    )


@officer(MAINTAIN)
def new_item(request: GatedRequest, pk: int) -> HttpResponse:
    """Enter one item into an edition (登记一项); what the province may not set up is refused."""
    one = _own_edition(request, pk)
    form = ItemForm(posted(request))
    if request.method == "POST" and form.is_valid():
        details = ItemDetails(**form.cleaned_data)
        done = attempt(
            form,
            lambda: actions.add_directory_item(one.pk, details, actor=request.actor, clock=request.clock),
        )
        if done is not None:
            succeeded(request, f"“{done}”已登记。")
            return redirect("authority:reference-edition", one.pk)
    return _form_page(
        request,
        form,
        title="登记一项",
        text=f"{one.title}。国家目录之外的项目属地方自行设置，有规定禁止的地方不予登记。",
        submit="登记",
        back=reverse("authority:reference-edition", args=[one.pk]),
    )


@officer(MAINTAIN)
def publish(request: GatedRequest, pk: int) -> HttpResponse:
    """Publish an edition (公布目录版本)."""
    one = _own_edition(request, pk)
    form = forms.Form(posted(request))
    back = reverse("authority:reference-edition", args=[one.pk])
    if request.method == "POST":
        form.full_clean()
        done = attempt(
            form, lambda: actions.publish_edition(one.pk, actor=request.actor, clock=request.clock)
        )
        if done is not None:
            succeeded(request, f"“{done.title}”已公布。")
            return redirect(back)
    return page(
        request,
        "confirm",
        {
            "title": f"公布“{one.title}”",
            "text": f"自 {one.valid_from} 起施行。",
            "crumbs": crumbs(
                ("职业资格目录", reverse("authority:reference-editions")), (one.title, back), ("公布", "")
            ),
            "consequences": [
                "该版自施行日起参与判定，并在目录公开页面公布。",
                "同一地区上一版在施行日终止。",
                "公布后不能再改动；需要调整的，另建新版。",
            ],
            "form": form,
            "submit": "确认公布",
            "danger": False,
            "clauses": ["JL17-2a", "JL17-2b"] if one.place.startswith("22") else [],
            "duty": DUTIES[MAINTAIN],
            "cancel_url": back,
        },
        status=form_status(form),
    )


# --- cancelled items -----------------------------------------------------------------------------


class CancelledFilters(Filters):
    """Which cancelled items to show, for which place."""

    place = forms.ChoiceField(label="地区")
    text = forms.CharField(label="项目名称")
    tracker = forms.ChoiceField(
        label="跟踪督查部门", choices=(("", "全部"), ("none", "尚未明确"), ("known", "已明确"))
    )


def _cancelled_place(request: GatedRequest, filters: Filters) -> str:
    choices = [("", "全国"), *(one for one in _own_places(request, "province"))]
    offer(filters, "place", choices)
    own = home_place(request.actor, MAINTAIN)
    default = own if _level(own) == "province" and own != NATION else NATION
    return filters.value("place") or ("" if "place" in request.GET else default) or NATION


@officer("")
def cancelled(request: GatedRequest) -> HttpResponse:
    """List the cancelled items of a place with who tracks each (取消事项)."""
    filters = CancelledFilters(request.GET)
    place = _cancelled_place(request, filters)
    today = request.clock.today()
    items = [row for row in lists.cancelled_items(place) if filters.value("text") in row.name]
    trackers = {} if place == NATION else lists.trackers(items, place=place, on=today)
    wanted = filters.value("tracker")
    batches = {(one.place, one.code): one for one in lists.all_batches()}
    rows = []
    for row in items:
        tracker = trackers.get(row.key)
        is_known = bool(tracker and tracker.department)
        if wanted and is_known != (wanted == "known"):
            continue
        rows.append(_cancelled_line(row, batches[row.place, row.batch], tracker, place))
    named = {key: sum((row.place, row.batch) == key for row in items) for key in batches}
    told = "，".join(
        f"{one.title} {named[key]}/{one.items}"
        for key, one in batches.items()
        if one.place in {NATION, place}
    )
    return _plain_page(
        request,
        rows,
        name="cancelled",
        caption="已取消的职业资格许可和认定事项",
        columns=(
            Column(key="name", label="项目名称"),
            Column(key="batch", label="批次"),
            Column(key="day", label="公布取消日", kind="date"),
            Column(key="set_by", label="原实施部门"),
            Column(key="tracker", label="跟踪督查部门"),
            Column(key="rule", label="确定依据"),
            Column(key="successor", label="衔接项目"),
            Column(key="certainty", label="确定程度"),
        ),
        filters=filters,
        tab="cancelled",
        empty=EmptyState(title="没有符合条件的取消事项", text="可以放宽筛选条件，或导入完整清单。"),
        actions=[
            *upload_button(request.actor, "cancelled", "导入清单"),
            *([link("下达跟踪督查", reverse("authority:reference-tracking-open"))] if trackers else []),
        ],
        subtitle=f"{labels.place(place)}适用。已收录名称/公布项数：{told}。",
    )


def _cancelled_line(row: CancelledRow, batch: Any, tracker: Any, place: str) -> dict[str, Any]:
    may_name = tracker is not None
    return {
        "name": row.name,
        "batch": batch.title,
        "day": batch.announced_on,
        "set_by": row.set_by,
        "tracker": (tracker.department or "尚未明确") if tracker else "",
        "rule": lists.RULE_NAMES[tracker.rule] if tracker else "",
        "successor": row.successor,
        "certainty": _CERTAINTIES[row.certainty],
        "url": f"{reverse('authority:reference-tracker')}?{urlencode({'place': place, 'key': row.key})}"
        if may_name
        else "",
    }


class TrackerForm(forms.Form):
    """Who keeps an eye on an item."""

    department = forms.CharField(label="跟踪督查部门", max_length=80)
    note = forms.CharField(label="依据", max_length=200, help_text="如清单附件、会议纪要或函件的文号。")


@officer(MAINTAIN)
def name_tracker(request: GatedRequest) -> HttpResponse:
    """Name the department that tracks an item in a province (明确跟踪督查部门)."""
    place, key = request.GET.get("place", ""), request.GET.get("key", "")
    row = lists.cancelled_item(key)
    if row is None or place not in dict(_own_places(request, "province")):
        return page(
            request,
            "form",
            {
                "title": "明确跟踪督查部门",
                "crumbs": crumbs(("取消事项", reverse("authority:reference-cancelled")), ("明确部门", "")),
                "form": None,
                "empty": EmptyState(
                    title="请先选择取消事项",
                    text="在取消事项清单中选择省份，再点击要明确部门的项目。",
                    actions=(Action(label="取消事项清单", url=reverse("authority:reference-cancelled")),),
                ),
            },
        )
    known = lists.trackers([row], place=place, on=request.clock.today())[key]
    form = TrackerForm(posted(request), initial={"department": known.department, "note": known.note})
    back = f"{reverse('authority:reference-cancelled')}?{urlencode({'place': place})}"
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: actions.assign_tracker(
                place,
                key,
                department=data["department"],
                note=data["note"],
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if done is not None:
            succeeded(request, f"“{row.name}”由{done.department}跟踪督查。")
            return redirect(back)
    return _form_page(
        request,
        form,
        title=f"明确“{row.name}”的跟踪督查部门",
        text=f"{labels.place(place)}。按规则：{lists.RULE_NAMES[known.rule]}"
        + (f"（{'、'.join(known.clauses)}）。" if known.clauses else "。"),
        submit="保存",
        back=back,
    )


# --- tracking ------------------------------------------------------------------------------------


class TrackingFilters(Filters):
    """Which tracking tasks to show."""

    state = forms.ChoiceField(
        label="状态", choices=(("", "全部"), *TrackingTask.State.choices, ("late", "已超期"))
    )
    department = forms.CharField(label="部门")
    text = forms.CharField(label="项目名称")


@officer("")
def tracking(request: GatedRequest) -> HttpResponse:
    """List the tracking tasks of the officer's places (跟踪督查任务)."""
    filters = TrackingFilters(request.GET)
    today = request.clock.today()
    every = lists.tracking_tasks(request.actor)
    rows = every
    state = filters.value("state")
    if state == "late":
        rows = rows.filter(state=TrackingTask.State.OPEN, due_on__lt=today)
    elif state:
        rows = rows.filter(state=state)
    if department := filters.value("department"):
        rows = rows.filter(department__contains=department)
    if text := filters.value("text"):
        rows = rows.filter(item_name__contains=text)

    def prepare(shown: Sequence[Any]) -> None:
        for row in shown:
            is_open = row.state == TrackingTask.State.OPEN
            row.due = due(row.due_on if is_open else None, today, none=f"{row.due_on}")

    listing = Listing(
        name="tracking",
        caption="跟踪督查任务",
        columns=(
            Column(key="item_name", label="项目名称", sortable=True),
            Column(key="department", label="跟踪督查部门", sortable=True),
            Column(key="due", label="答复期限", sortable=True),
            Column(key="get_state_display", label="状态"),
            Column(key="get_result_display", label="督查结果"),
            Column(key="answered_at", label="答复时间", kind="datetime", sortable=True),
        ),
        fields={"due": "due_on"},
        sort="due",
        prepare=prepare,
        row_url=lambda row: reverse("authority:reference-tracking-task", args=[row.pk]),
        empty=EmptyState(title="没有跟踪督查任务", text="明确各项的跟踪督查部门后，可以按期限下达任务。"),
    )
    open_count = every.filter(state=TrackingTask.State.OPEN).count()
    late = every.filter(state=TrackingTask.State.OPEN, due_on__lt=today).count()
    may = request.actor.may_anywhere(MAINTAIN)
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        title=_LISTS,
        subtitle=f"待答复 {open_count} 项，其中已超期 {late} 项。",
        tabs=reference_tabs("tracking"),
        crumbs=crumbs((_LISTS, reverse("authority:reference-standards")), ("跟踪督查", "")),
        actions=[link("下达任务", reverse("authority:reference-tracking-open"), "primary")] if may else [],
    )


class OrderForm(forms.Form):
    """Ask the departments to look by a day."""

    place = forms.ChoiceField(label="省份")
    due_on = _day("答复期限")
    department = forms.CharField(
        label="部门", max_length=80, required=False, help_text="不填则下达给所有已明确的部门。"
    )


@officer(MAINTAIN)
def order_tracking(request: GatedRequest) -> HttpResponse:
    """Ask the departments of a province to look at their items by a day (下达跟踪督查任务)."""
    form = OrderForm(posted(request), initial={"due_on": _suggested(request)})
    offer(form, "place", _own_places(request, "province"))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: actions.open_tracking(
                data["place"],
                due_on=data["due_on"],
                department=data["department"].strip(),
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if done is not None:
            succeeded(request, f"已下达 {len(done)} 项任务，答复期限 {data['due_on']}。")
            return redirect("authority:reference-tracking")
    return _form_page(
        request,
        form,
        title="下达跟踪督查任务",
        text="对每个已公布取消、已明确部门的事项各下达一项；同一期限不会重复下达。",
        submit="下达",
        back=reverse("authority:reference-tracking"),
    )


def _suggested(request: GatedRequest) -> dt.date | None:
    """Return the day that the place's parameter suggests; nothing where no parameter is known."""
    if ANSWER_DAYS not in law().parameters:
        return None
    today = request.clock.today()
    days = whole_parameter(ANSWER_DAYS, place=home_place(request.actor, MAINTAIN), on=today)
    return None if days is None else lists.workday_after(today, days)


class AnswerForm(forms.Form):
    """What the department found."""

    result = forms.ChoiceField(
        label="督查结果", choices=TrackingTask.Result.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label="情况说明", max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="查了哪些单位、培训和发证情况，结果如何；发现恢复的写明单位和处理。",
    )  # fmt: skip


@officer("")
def tracking_task(request: GatedRequest, pk: int) -> HttpResponse:
    """Show a tracking task; POST answers it (答复跟踪督查任务)."""
    task = lists.tracking_tasks(request.actor).filter(pk=pk).first()
    if task is None:
        raise Http404
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: actions.answer_tracking(
                task.pk,
                result=data["result"],
                answer=data["answer"],
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if done is not None:
            succeeded(request, f"“{done.item_name}”的跟踪督查已答复。")
            return redirect("authority:reference-tracking")
    batch = next((one.title for one in lists.all_batches() if one.code == task.batch), task.batch)
    is_open = task.state == TrackingTask.State.OPEN
    return page(
        request,
        "tracking_task",
        {
            "title": task.item_name,
            "crumbs": crumbs(("跟踪督查", reverse("authority:reference-tracking")), (task.item_name, "")),
            "items": [
                Definition(term="省份", value=task.place, kind="place"),
                Definition(term="批次", value=batch),
                Definition(term="跟踪督查部门", value=task.department),
                Definition(term="答复期限", value=task.due_on, kind="date"),
                Definition(term="状态", value=task.get_state_display()),
                Definition(term="下达时间", value=task.opened_at, kind="datetime"),
                Definition(term="督查结果", value=task.get_result_display()),
                Definition(term="情况说明", value=task.answer, wide=True),
                Definition(term="答复人", value=task.answered_by),
                Definition(term="答复时间", value=task.answered_at, kind="datetime"),
            ],
            "is_late": is_open and task.due_on < request.clock.today(),
            "form": form if is_open and request.actor.may_anywhere(MAINTAIN) else None,
            "duty": DUTIES[MAINTAIN],
            "back": reverse("authority:reference-tracking"),
            "as_of": request.clock.now(),
        },
        status=form_status(form),
    )


# --- equivalences and rates ----------------------------------------------------------------------


class PlaceDayFilters(Filters):
    """For which place and day to read a list."""

    place = forms.ChoiceField(label="地区")
    on = _day("查看日期", required=False)

    def asked(self, request: GatedRequest) -> tuple[str, dt.date]:
        """Return place and day; what is left open is the officer's own place, today."""
        offer(self, "place", _own_places(request))
        self.is_valid()
        found = self.cleaned_data
        return found.get("place") or home_place(request.actor), found.get("on") or request.clock.today()


@officer("")
def equivalences(request: GatedRequest) -> HttpResponse:
    """List what holds at a place on a day (比照表)."""
    filters = PlaceDayFilters(request.GET)
    place, on = filters.asked(request)
    rows = [
        {
            "place": one.place,
            "basis_kind": BASIS_NAMES[one.basis_kind],
            "basis": labels.level(one.basis) if one.basis_kind.value == "skill_level" else one.basis,
            "counterpart": f"{COUNTERPART_NAMES[one.counterpart_kind]}：{one.counterpart}",
            "effect": one.effect,
            "condition": one.condition,
            "number": one.document_number or "未见",
            "start": one.period.start,
            "end": one.period.end,
            "certainty": _CERTAINTIES[one.certainty],
        }
        for one in lists.equivalences_on(on, place)
    ]
    return _plain_page(
        request,
        rows,
        name="equivalences",
        caption="比照表",
        columns=(
            Column(key="place", label="地区", kind="place"),
            Column(key="basis_kind", label="比照依据"),
            Column(key="basis", label="依据内容"),
            Column(key="counterpart", label="比照对象"),
            Column(key="effect", label="比照效力"),
            Column(key="condition", label="附加条件"),
            Column(key="number", label="文号"),
            Column(key="start", label="施行日", kind="date"),
            Column(key="end", label="截止日（不含）", kind="date"),
            Column(key="certainty", label="确定程度"),
        ),
        filters=filters,
        tab="equivalences",
        empty=EmptyState(title="没有比照关系", text="可以改选地区或日期，或导入本地的比照表。"),
        actions=upload_button(request.actor, "equivalences", "导入比照表"),
        subtitle=f"{labels.place(place)}，{on}。",
    )


@officer("")
def rates(request: GatedRequest) -> HttpResponse:
    """List the fees and subsidies of a place on a day (收费与补贴标准)."""
    filters = PlaceDayFilters(request.GET)
    place, on = filters.asked(request)
    rows = [
        {
            "kind": RATE_NAMES[kind],
            "place": one.place,
            "evaluation_type": EVALUATION_TYPES.get(one.evaluation_type, one.evaluation_type),
            "subject": one.subject,
            "level": labels.level(one.level) if one.level else "各等级",
            "amount": str(one.amount) if one.amount else "金额未见",
            "unit": one.unit,
            "number": one.document_number,
            "start": one.period.start,
            "end": one.period.end,
            "certainty": _CERTAINTIES[one.certainty],
        }
        for kind in RateKind
        for one in lists.rates_on(on, kind, place)
    ]
    return _plain_page(
        request,
        rows,
        name="rates",
        caption="收费与补贴标准",
        columns=(
            Column(key="kind", label="标准"),
            Column(key="place", label="地区", kind="place"),
            Column(key="evaluation_type", label="评价类型"),
            Column(key="subject", label="项目"),
            Column(key="level", label="等级"),
            Column(key="amount", label="金额（元）", kind="number"),
            Column(key="unit", label="计价单位"),
            Column(key="number", label="文号"),
            Column(key="start", label="施行日", kind="date"),
            Column(key="end", label="截止日（不含）", kind="date"),
            Column(key="certainty", label="确定程度"),
        ),
        filters=filters,
        tab="rates",
        empty=EmptyState(title="没有收费或补贴标准", text="可以改选地区或日期，或导入本地的标准。"),
        actions=[
            *upload_button(request.actor, "fees", "导入收费标准"),
            *upload_button(request.actor, "subsidies", "导入补贴标准"),
        ],
        subtitle=f"{labels.place(place)}，{on}。",
    )


# --- imports -------------------------------------------------------------------------------------

_KINDS = dict(CatalogueImport.Kind.choices)
_PLACES = {
    "directory": ("nation", "province"),
    "cancelled": ("province",),
    "standards": ("nation",),
    "shortages": ("province", "city"),
}


class UploadForm(forms.Form):
    """A workbook for a list of a place."""

    place = forms.ChoiceField(label="地区")
    file = forms.FileField(
        label="文件", error_messages={"required": "请选择要上传的文件。", "empty": "文件是空的，请重新选择。"}
    )


@officer("")
def imports(request: GatedRequest) -> HttpResponse:
    """List the workbooks that were brought (导入记录)."""
    filters = ImportFilters(request.GET)
    rows = lists.imports_of(request.actor)
    if kind := filters.value("kind"):
        rows = rows.filter(kind=kind)
    listing = Listing(
        name="imports",
        caption="导入记录",
        columns=(
            Column(key="get_kind_display", label="目录"),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="file_name", label="文件"),
            Column(key="rows_good", label="合格", kind="number"),
            Column(key="rows_added", label="新增", kind="number"),
            Column(key="rows_changed", label="更改", kind="number"),
            Column(key="rows_bad", label="不合格", kind="number"),
            Column(key="get_state_display", label="状态"),
            Column(key="uploaded_by", label="上传人"),
            Column(key="uploaded_at", label="上传时间", kind="datetime", sortable=True),
        ),
        sort="-uploaded_at",
        row_url=lambda row: reverse("authority:reference-import", args=[row.pk]),
        empty=EmptyState(title="没有导入记录", text="在各目录页面点击“导入”，下载模板填好后上传。"),
    )
    return list_page(
        request, listing, rows, filters=filters, title=_LISTS, tabs=reference_tabs("imports"),
        crumbs=crumbs((_LISTS, reverse("authority:reference-standards")), ("导入记录", "")),
    )  # fmt: skip


class ImportFilters(Filters):
    """Which imports to show."""

    kind = forms.ChoiceField(label="目录", choices=(("", "全部"), *CatalogueImport.Kind.choices))


def _asked_kind(request: GatedRequest) -> tuple[str, DirectoryEdition | None]:
    """Return which list is asked for, and the edition that it goes to."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in _KINDS else "cancelled"
    if kind != "directory":
        return kind, None
    pk = request.GET.get("edition", "")
    return kind, _own_edition(request, int(pk) if pk.isdigit() else 0)


def _import_places(
    request: GatedRequest, kind: str, edition: DirectoryEdition | None
) -> list[tuple[str, str]]:
    if edition is not None:
        return [(edition.place, labels.place(edition.place))]
    return _own_places(request, *_PLACES.get(kind, ()))


@officer(MAINTAIN)
def new_import(request: GatedRequest) -> HttpResponse:
    """Take a workbook to its preview (导入目录)."""
    kind, edition = _asked_kind(request)
    form = UploadForm(posted(request), request.FILES or None)
    places = _import_places(request, kind, edition)
    offer(form, "place", places)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        preview = attempt(
            form,
            lambda: actions.preview_import(
                kind,
                place=form.cleaned_data["place"],
                edition_id=edition.pk if edition else None,
                file_name=file.name,
                content=file.read(),
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if preview is not None:
            is_known = preview.state == CatalogueImport.State.APPLIED
            text = "该文件已导入过，无变化。" if is_known else "文件已核验，请核对后导入。"
            succeeded(request, text)
            return redirect("authority:reference-import", preview.pk)
    asked = {"kind": kind, "place": places[0][0] if places else "", "edition": edition.pk if edition else ""}
    return page(
        request,
        "catalogue_upload",
        {
            "title": f"导入{_KINDS[kind]}",
            "subtitle": edition.title if edition else "",
            "crumbs": crumbs(
                ("导入记录", reverse("authority:reference-imports")), (f"导入{_KINDS[kind]}", "")
            ),
            "form": form,
            "template_url": f"{reverse('authority:reference-import-template')}?{urlencode(asked)}",
            "limits": [
                "支持 .xlsx 和 .csv，不超过 5 MB、20,000 行。",
                "合格的行由您确认后导入，不合格的行连同原因退回。",
            ],
            "duty": DUTIES[MAINTAIN],
        },
        status=form_status(form),
    )


@officer(MAINTAIN)
def template(request: GatedRequest) -> HttpResponse:
    """Send the workbook to fill in (下载模板)."""
    kind, edition = _asked_kind(request)
    places = dict(_import_places(request, kind, edition))
    place = request.GET.get("place", "")
    place = place if place in places else next(iter(places), NATION)
    content = actions.import_template(
        kind, place=place, edition_id=edition.pk if edition else None, clock=request.clock
    )
    return _download(content, f"{_KINDS[kind]}模板.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_XLSX)
    response.headers["Content-Disposition"] = attachment(name)
    return response


def _own_import(request: GatedRequest, pk: int) -> CatalogueImport:
    found = lists.imports_of(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@officer(MAINTAIN)
def upload(request: GatedRequest, pk: int) -> HttpResponse:
    """Show what a workbook would bring, or has brought; POST brings the good rows (目录核验)."""
    one = _own_import(request, pk)
    form = forms.Form(posted(request))
    if request.method == "POST":
        form.full_clean()
        done = attempt(form, lambda: actions.apply_import(one.pk, actor=request.actor, clock=request.clock))
        if done is not None:
            succeeded(request, f"已导入：新增 {done.rows_added} 行，更改 {done.rows_changed} 行。")
            return redirect("authority:reference-import", one.pk)
    return page(
        request,
        "catalogue_import",
        {
            "title": f"{one.get_kind_display()}核验",
            "subtitle": f"{labels.place(one.place)}，{one.file_name}",
            "one": one,
            "form": form,
            "is_applied": one.state == CatalogueImport.State.APPLIED,
            "is_unchanged": one.rows_good > 0 and one.rows_unchanged == one.rows_good,
            "figures": [
                Figure(label="总行数", value=one.rows_total, unit="行"),
                Figure(label="新增", value=one.rows_added, unit="行"),
                Figure(label="更改", value=one.rows_changed, unit="行"),
                Figure(label="无变化", value=one.rows_unchanged, unit="行"),
                Figure(label="不合格", value=one.rows_bad, unit="行"),
            ],
            "crumbs": crumbs(("导入记录", reverse("authority:reference-imports")), (one.file_name, "")),
            "as_of": request.clock.now(),
        },
        status=form_status(form),
    )


@officer(MAINTAIN)
def bad_rows(request: GatedRequest, pk: int) -> HttpResponse:
    """Send the bad rows back with their reasons (退回不合格行)."""
    one = _own_import(request, pk)
    return _download(actions.returned_rows(one, clock=request.clock), f"不合格行-{one.file_name}.xlsx")


def _form_page(
    request: GatedRequest, form: forms.Form, *, title: str, text: str, submit: str, back: str
) -> HttpResponse:
    return page(
        request,
        "form",
        {
            "title": title,
            "subtitle": text,
            "crumbs": crumbs((_LISTS, back), (title, "")),
            "form": form,
            "submit": submit,
            "duty": DUTIES[MAINTAIN],
            "cancel_url": back,
        },
        status=form_status(form),
    )
