"""The desk itself: one queue ordered by deadline, with counts."""

import datetime as dt

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse

from zhiping.portals.authority import queue
from zhiping.portals.authority.listing import NEAR_DAYS, Filters, due, wants_export, xlsx
from zhiping.portals.authority.pages import ALL, offer, page, place_choices, prefix_of
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui import formatting, labels
from zhiping.ui.labels import Tone
from zhiping.ui.shapes import Action, Column, Counter, EmptyState, Table

_COLUMNS = (
    Column(key="kind.label", label="事项"),
    Column(key="what", label="名称或编号"),
    Column(key="body", label="机构"),
    Column(key="place", label="地区", kind="place"),
    Column(key="step", label="当前环节"),
    Column(key="due", label="办理期限"),
)
_EXPORT_LIMIT = 20_000


class QueueFilters(Filters):
    """What of the queue to show."""

    kind = forms.ChoiceField(label="事项")
    place = forms.ChoiceField(label="地区")
    overdue = forms.ChoiceField(label="期限", choices=(ALL, ("1", "只看超期")))


@officer("")
def desk(request: GatedRequest) -> HttpResponse:
    """Show what waits for this officer (工作台)."""
    today = request.clock.today()
    filters = QueueFilters(request.GET)
    offer(filters, "kind", [ALL, *((one.code, one.label) for one in queue.kinds_of(request.actor))])
    offer(filters, "place", _places(request))
    prefix = prefix_of(filters.value("place"))
    wanted = queue.Wanted(
        kind=filters.value("kind"), prefix=prefix, is_overdue=bool(filters.value("overdue"))
    )
    rows = queue.queue_of(request.actor, request.clock, wanted)
    if wants_export(request):
        return _workbook(request, queue.as_tasks(list(rows[:_EXPORT_LIMIT])))
    counts = queue.counts_of(request.actor, request.clock, prefix)
    paginator = Paginator(rows, 30)
    paged = paginator.get_page(request.GET.get("page"))
    tasks = [
        {
            "kind": task.kind,
            "what": task.what,
            "body": task.body,
            "place": task.place,
            "step": task.step,
            "due": due(task.due_on, today, none=task.kind.no_deadline),
            "url": task.url,
        }
        for task in queue.as_tasks(list(paged.object_list))
    ]
    query = request.GET.copy()
    query["export"] = "xlsx"
    table = Table(
        name="queue",
        caption="待办队列（按期限先后）",
        columns=_COLUMNS,
        rows=tasks,
        row_url=lambda row: row["url"],
        page=paged,
        total=paginator.count,
        export_url=f"?{query.urlencode()}",
        filters=filters,
        as_of=request.clock.now(),
        empty=_empty(request),
    )
    counters = [
        Counter(
            label=kind.label,
            count=count,
            url=f"{reverse('authority:desk')}?kind={kind.code}",
            tone=_tone(first, today) if count else Tone.NEUTRAL,
            deadline=f"最早 {formatting.short_day(first)}" if first else "",
        )
        for kind, count, first in counts
    ]
    return page(request, "desk", {"title": "工作台", "counters": counters, "table": table, "today": today})


def _places(request: GatedRequest) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for kind in queue.kinds_of(request.actor):
        for duty in kind.duties:
            found.update(dict(place_choices(request.actor, duty, request.clock)))
    return list(found.items()) or [ALL]


def _tone(first: dt.date | None, today: dt.date) -> Tone:
    if first is None:
        return Tone.INFO
    if first < today:
        return Tone.BAD
    return Tone.WARN if (first - today).days <= NEAR_DAYS else Tone.INFO


def _empty(request: GatedRequest) -> EmptyState:
    if request.GET:
        return EmptyState(
            title="没有符合条件的待办",
            text="可以放宽筛选条件，或清除筛选查看全部待办。",
            actions=(Action(label="查看全部待办", url=reverse("authority:desk")),),
        )
    return EmptyState(
        title="目前没有待办事项",
        text="机构提交备案、报备计划或上传成绩后，会按期限出现在这里。",
        actions=(Action(label="查看评价机构", url=reverse("authority:bodies-list")),),
    )


def _workbook(request: GatedRequest, tasks: list[queue.Task]) -> HttpResponse:
    rows = [
        [
            task.kind.label,
            task.what,
            task.body,
            labels.place(task.place),
            task.step,
            task.due_on.isoformat() if task.due_on else task.kind.no_deadline,
        ]
        for task in tasks
    ]
    return xlsx([column.label for column in _COLUMNS], rows, title="待办队列", request=request)
