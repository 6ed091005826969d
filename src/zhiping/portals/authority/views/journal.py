"""The journal: what was done in the officer's places, by whom, on what authority."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse

from zhiping.apps.authorities.queries import reach
from zhiping.apps.journal.queries import entries, entries_about_within
from zhiping.kernel.clock import CHINA
from zhiping.portals.authority import journal_words as words
from zhiping.portals.authority.listing import Filters, Listing
from zhiping.portals.authority.pages import crumbs, list_page, offer, page, place_choices, prefix_of
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui.shapes import Column, Definition, EmptyState

DUTY = "journal.read"
_PAGE = 50
_TRACEABLE = frozenset(
    {
        "registry.filing",
        "registry.evaluationbody",
        "registry.person",
        "exams.plan",
        "exams.sitting",
        "exams.enrolment",
        "certificates.certificate",
        "certificates.blankrequest",
        "certificates.blankwriteoff",
        "certificates.blankstock",
        "screening.run",
        "screening.finding",
    }
)


class JournalFilters(Filters):
    """What of the journal to show."""

    event = forms.ChoiceField(label="事项", choices=words.event_choices())
    actor = forms.CharField(label="操作者")
    place = forms.ChoiceField(label="地区")
    start = forms.DateField(label="日期起", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    end = forms.DateField(label="日期止", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def narrow(self, rows: Any) -> Any:
        """Narrow the entries to what was chosen."""
        if event := self.value("event"):
            rows = rows.filter(event=event)
        if actor := self.value("actor"):
            rows = rows.filter(actor_name__icontains=actor)
        if place := self.value("place"):
            rows = rows.filter(place__startswith=prefix_of(place))
        if start := self.cleaned_data.get("start"):
            rows = rows.filter(at__gte=dt.datetime.combine(start, dt.time(), tzinfo=CHINA))
        if end := self.cleaned_data.get("end"):
            rows = rows.filter(
                at__lt=dt.datetime.combine(end + dt.timedelta(days=1), dt.time(), tzinfo=CHINA)
            )
        return rows


@officer(DUTY)
def journal(request: GatedRequest) -> HttpResponse:
    """List the operations in the officer's places (操作留痕)."""
    filters = JournalFilters(request.GET)
    offer(filters, "place", place_choices(request.actor, DUTY, request.clock))

    def prepare(rows: Sequence[Any]) -> None:
        known = words.fetch((one.thing, one.thing_id) for row in rows for one in row.subjects.all())
        for row in rows:
            row.called = words.event_name(row.event)
            row.about = words.subject_of(row, known)[0]

    listing = Listing(
        name="journal",
        caption="操作留痕",
        columns=(
            Column(key="at", label="时间", kind="datetime", sortable=True),
            Column(key="called", label="事项", sortable=True),
            Column(key="about", label="涉及对象"),
            Column(key="actor_name", label="操作者", sortable=True),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="clauses", label="依据条款", kind="tags"),
        ),
        fields={"called": "event"},
        sort="-at",
        prepare=prepare,
        page_size=_PAGE,
        row_url=lambda entry: reverse("authority:journal-show", args=[entry.pk]),
        empty=EmptyState(title="没有符合条件的记录", text="可以放宽事项或日期再查。"),
    )
    rows = filters.narrow(entries(reach(request.actor, DUTY)).prefetch_related("subjects"))
    return list_page(
        request,
        listing,
        rows,
        filters=filters,
        subtitle="每次操作一条记录，只增不改；数据库拒绝修改和删除。",
    )


@officer(DUTY)
def entry(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one operation with everything it was about (留痕详情)."""
    found = entries(reach(request.actor, DUTY)).prefetch_related("subjects").filter(pk=pk).first()
    if found is None:
        raise Http404
    subjects = list(found.subjects.all()[:200])
    known = words.fetch((one.thing, one.thing_id) for one in subjects)
    things = []
    for one in subjects:
        row = known.get((one.thing, one.thing_id))
        things.append(
            {
                "kind": words.kind_name(one.thing),
                "name": str(row) if row is not None else f"编号 {one.thing_id}",
                "url": words.address(one.thing, row) if row is not None else "",
                "trace": reverse("authority:journal-trace", args=[one.thing, one.thing_id])
                if one.thing in _TRACEABLE
                else "",
            }
        )
    return page(
        request,
        "entry",
        {
            "title": words.event_name(found.event),
            "crumbs": crumbs(("操作留痕", reverse("authority:journal-list")), (f"第 {found.pk} 号", "")),
            "items": [
                Definition(term="记录号", value=str(found.pk), kind="code"),
                Definition(term="时间", value=found.at, kind="datetime"),
                Definition(term="操作者", value=found.actor_name),
                Definition(term="地区", value=found.place, kind="place"),
                Definition(term="依据条款", value=found.clauses or None, kind="tags"),
            ],
            "facts": words.facts_of(found),
            "changes": words.changes_of(found),
            "things": things,
            "thing_count": found.subjects.count(),
        },
    )


@officer(DUTY)
def trace(request: GatedRequest, thing: str, key: str) -> HttpResponse:
    """Show everything that was ever done with one thing (全程留痕)."""
    if thing not in _TRACEABLE:
        raise Http404
    rows = entries_about_within(thing, key, reach(request.actor, DUTY)).prefetch_related("subjects")
    paged = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    if not paged.paginator.count:
        raise Http404
    found = list(paged.object_list)
    known = words.fetch(
        [(thing, key), *((one.thing, one.thing_id) for entry_ in found for one in entry_.subjects.all()[:5])]
    )
    row = known.get((thing, key))
    name = f"{words.kind_name(thing)} {row if row is not None else key}"
    return page(
        request,
        "trace",
        {
            "title": f"全程留痕：{name}",
            "crumbs": crumbs(("操作留痕", reverse("authority:journal-list")), (name, "")),
            "url": words.address(thing, row) if row is not None else "",
            "name": name,
            "entries": [words.as_entry(one, known) for one in found],
            "page": paged,
            "total": paged.paginator.count,
            "as_of": request.clock.now(),
        },
    )
