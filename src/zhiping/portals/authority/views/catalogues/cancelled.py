"""Cancelled items at the desk (取消事项), and the department that keeps an eye on each."""

from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.reference import actions
from zhiping.apps.reference import catalogue_queries as lists
from zhiping.core.catalogues.cancellations import CancelledRow
from zhiping.kernel.place import NATION, Place
from zhiping.portals.authority.listing import Filters
from zhiping.portals.authority.pages import (
    attempt,
    crumbs,
    home_place,
    link,
    may,
    offer,
    page,
    posted,
    succeeded,
)
from zhiping.portals.authority.reference_tabs import MAINTAIN, upload_button
from zhiping.portals.authority.views.catalogues.shared import form_page, own_places, sheet_page, show
from zhiping.portals.catalogue_words import Sheet, cancelled_rows
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui import labels
from zhiping.ui.shapes import Action, EmptyState


class CancelledFilters(Filters):
    """Which cancelled items to show, for which place."""

    place = forms.ChoiceField(label="地区")
    text = forms.CharField(label="项目名称")
    tracker = forms.ChoiceField(
        label="跟踪督查部门", choices=(("", "全部"), ("none", "尚未明确"), ("known", "已明确"))
    )


def _cancelled_place(request: GatedRequest, filters: Filters) -> str:
    choices = [("", "全国"), *(one for one in own_places(request, "province"))]
    offer(filters, "place", choices)
    own = home_place(request.actor, MAINTAIN)
    default = own if Place(own).level == "province" else NATION
    place = filters.value("place") or (NATION if "place" in request.GET else default)
    show(filters, place="" if place == NATION else place)
    return place


@officer("")
def cancelled(request: GatedRequest) -> HttpResponse:
    """List the cancelled items of a place with who tracks each (取消事项)."""
    filters = CancelledFilters(request.GET)
    place = _cancelled_place(request, filters)
    items = lists.cancelled_items(place)
    named = Counter((row.place, row.batch) for row in items)
    told = "，".join(f"{one.title} {named[one.place, one.code]}/{one.items}" for one in lists.batches(place))
    rows = [row for row in items if filters.value("text") in row.name]
    if wanted := filters.value("tracker"):
        known = _trackers(request, rows, place)
        rows = [
            row for row in rows if bool(row.key in known and known[row.key].department) == (wanted == "known")
        ]
    may_order = place != NATION and request.actor.may_anywhere(MAINTAIN)
    return sheet_page(
        request,
        Sheet(
            title="已取消的职业资格许可和认定事项",
            name="cancelled",
            rows=rows,
            write=lambda shown: cancelled_rows(shown, _trackers(request, shown, place)),
            shown=(
                "项目名称", "批次", "公布取消日", "原实施部门", "跟踪督查部门", "确定依据", "衔接项目",
                "确定程度",
            ),
        ),
        filters=filters,
        tab="cancelled",
        empty=EmptyState(title="没有符合条件的取消事项", text="可以放宽筛选条件，或导入完整清单。"),
        actions=[
            *upload_button(request.actor, "cancelled", "导入清单"),
            *([link("下达跟踪督查", reverse("authority:reference-tracking-open"))] if may_order else []),
        ],
        subtitle=f"{labels.place(place)}适用。已收录名称/公布项数：{told}。",
        address=lambda row: _address(request, row, place),
    )  # fmt: skip


def _trackers(request: GatedRequest, rows: Iterable[CancelledRow], place: str) -> dict[str, lists.Tracker]:
    return {} if place == NATION else lists.trackers(rows, place=place, on=request.clock.today())


def _address(request: GatedRequest, row: CancelledRow, place: str) -> str:
    """Return where the item's department is named, for who may name it."""
    if place == NATION or not may(request.actor, MAINTAIN, place):
        return ""
    return f"{reverse('authority:reference-tracker')}?{urlencode({'place': place, 'key': row.key})}"


class TrackerForm(forms.Form):
    """Who keeps an eye on an item."""

    department = forms.CharField(label="跟踪督查部门", max_length=80)
    note = forms.CharField(label="依据", max_length=200, help_text="如清单附件、会议纪要或函件的文号。")


@officer(MAINTAIN)
def name_tracker(request: GatedRequest) -> HttpResponse:
    """Name the department that tracks an item in a province (明确跟踪督查部门)."""
    place, key = request.GET.get("place", ""), request.GET.get("key", "")
    row = lists.cancelled_item(key)
    if row is None or place not in dict(own_places(request, "province")):
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
    return form_page(
        request,
        form,
        title=f"明确“{row.name}”的跟踪督查部门",
        text=f"{labels.place(place)}。按规则：{lists.RULE_NAMES[known.rule]}"
        + (f"（{'、'.join(known.clauses)}）。" if known.clauses else "。"),
        submit="保存",
        back=back,
    )
