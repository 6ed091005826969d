"""Tracking tasks at the desk (跟踪督查): ordered, looked at, answered."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.reference import actions
from zhiping.apps.reference import catalogue_queries as lists
from zhiping.apps.reference.models import TrackingTask
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
    posted,
    succeeded,
)
from zhiping.portals.authority.reference_tabs import MAINTAIN, reference_tabs
from zhiping.portals.authority.views.catalogues.shared import LISTS, day_field, form_page, own_places
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui.shapes import Column, Definition, EmptyState


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
    waiting = every.filter(state=TrackingTask.State.OPEN).aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today))
    )
    may_order = request.actor.may_anywhere(MAINTAIN)
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        title=LISTS,
        subtitle=f"待答复 {waiting['all']} 项，其中已超期 {waiting['late']} 项。",
        tabs=reference_tabs("tracking"),
        crumbs=crumbs((LISTS, reverse("authority:reference-standards")), ("跟踪督查", "")),
        actions=[link("下达任务", reverse("authority:reference-tracking-open"), "primary")]
        if may_order
        else [],
    )


class OrderForm(forms.Form):
    """Ask the departments to look by a day."""

    place = forms.ChoiceField(label="省份")
    due_on = day_field("答复期限", help_text="通知没有规定天数，由下达的部门确定。")
    department = forms.CharField(
        label="部门", max_length=80, required=False, help_text="不填则下达给所有已明确的部门。"
    )


@officer(MAINTAIN)
def order_tracking(request: GatedRequest) -> HttpResponse:
    """Ask the departments of a province to look at their items by a day (下达跟踪督查任务)."""
    form = OrderForm(posted(request))
    offer(form, "place", own_places(request, "province"))
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
    return form_page(
        request,
        form,
        title="下达跟踪督查任务",
        text="对每个已公布取消、已明确部门的事项各下达一项；同一期限不会重复下达。",
        submit="下达",
        back=reverse("authority:reference-tracking"),
    )


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
    batch = next((one.title for one in lists.batches(task.place) if one.code == task.batch), task.batch)
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
            "form": form if is_open and may(request.actor, MAINTAIN, task.place) else None,
            "duty": DUTIES[MAINTAIN],
            "back": reverse("authority:reference-tracking"),
            "as_of": request.clock.now(),
        },
        status=form_status(form),
    )
