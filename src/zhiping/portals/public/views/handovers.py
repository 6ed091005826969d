"""Who answers for a handed-over qualification on any day (责任单位公开), GD18-3, JL17-3a."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.reference import handover_queries as queries
from zhiping.apps.reference.queries import binding_clauses
from zhiping.kernel.place import NATION
from zhiping.portals.disclosure import discloses
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.labels import place_name
from zhiping.portals.public.forms import day_field
from zhiping.portals.public.lists import download, page_of, place_choices
from zhiping.portals.public.views.projects import export_links
from zhiping.ui.formatting import short_day
from zhiping.ui.shapes import Column, Crumb, Definition, EmptyState, Table

PER_PAGE = 30
_EXPORTS = frozenset({"xlsx", "csv", "json"})
_TITLE = "水平评价类职业资格移交与责任单位"

type Row = dict[str, object]


class HandoversForm(forms.Form):
    """Which qualification, where, on which day."""

    on = day_field("查看日期")
    place = forms.ChoiceField(label="地区", required=False)
    item = forms.CharField(label="职业资格名称", required=False, max_length=60)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        """Offer the places with something handed over; an empty day is the day of the page."""
        super().__init__(*args, **kwargs)
        self._today = on
        if self.is_bound and not self.data.get("on"):
            self.data = {**dict(self.data.items()), "on": on.isoformat()}
        choices = place_choices(list(queries.places_with_handovers()), on=on)
        self.fields["place"] = forms.ChoiceField(label="地区", required=False, choices=choices)
        self.fields["on"].initial = on

    def asked(self) -> tuple[date, str, str]:
        """Return day, place and name; what was not understood is today, everywhere, anything."""
        self.is_valid()
        found = getattr(self, "cleaned_data", {})
        return found.get("on") or self._today, found.get("place") or "", (found.get("item") or "").strip()


@require_safe
@public
@discloses("GD18-3")
def handovers(request: GatedRequest) -> HttpResponse:
    """Show which body answers on a day for what was handed over, and for any named one (责任单位查询)."""
    form = HandoversForm(request.GET or None, on=request.clock.today())
    on, place, item = form.asked()
    rows = [_row(one) for one in _answering(on, place, item)]
    wanted = request.GET.get("export", "")
    if wanted in _EXPORTS:
        return download(
            wanted,
            rows,
            title=f"{_TITLE}（{on.isoformat()}）",
            name="responsible-bodies",
            as_of=request.clock.now(),
        )
    page, links = page_of(request, rows, PER_PAGE), export_links(request)
    table = Table(
        name="handovers",
        caption=_TITLE,
        columns=[
            Column(key="职业资格", label="职业资格"),
            Column(key="地区", label="地区"),
            Column(key="责任单位", label="责任单位"),
            Column(key="单位类别", label="单位类别"),
            Column(key="起始日", label="起始日"),
            Column(key="截止日（不含）", label="截止日（不含）"),
        ],
        rows=list(page.object_list),
        page=page,
        total=page.paginator.count,
        export_url=links["xlsx"],
        filters=form,
        as_of=request.clock.now(),
        empty=EmptyState(
            title="没有符合条件的移交",
            text="没有移交的职业资格由目录所列的实施部门负责。可以改选日期、地区或名称。",
        ),
    )
    return render(
        request,
        "public/projects.html",
        {
            "title": _TITLE,
            "subtitle": f"{short_day(on)}的责任单位。移交前由原单位负责，自责任转移日起由承接组织负责，"
            "任何一天只有一个单位。",
            "asked": _asked(item, place, on) if item else None,
            "table": table,
            "exports": (("CSV", links["csv"]), ("JSON 开放数据", links["json"])),
            "clauses": binding_clauses(("GD18-3", "JL17-3a"), place=place, on=on) if place else (),
            "crumbs": (Crumb(label="目录公开", url=reverse("public:catalogues")), Crumb(label=_TITLE)),
        },
    )


def _answering(on: date, place: str, item: str) -> Iterable[queries.ResponsibleBody]:
    found = queries.responsibilities_at(on, place) if place else queries.responsibilities_everywhere(on)
    return [one for one in found if item in one.item]


def _row(one: queries.ResponsibleBody) -> Row:
    return {
        "职业资格": one.item,
        "地区": place_name(one.place),
        "地区代码": one.place,
        "责任单位": one.body,
        "统一社会信用代码": one.credit_code,
        "单位类别": one.kind or "原实施单位",
        "起始日": one.since or "首次移交以前",
        "截止日（不含）": one.until or "至今",
    }


def _asked(item: str, place: str, on: date) -> list[Definition]:
    """Return the answer for the one name that was asked, also where nothing was handed over."""
    found = queries.responsible_for(item, on=on, place=place or NATION)
    if found is None:
        nobody = "没有移交登记，目录也没有写明实施部门。请核对名称，或改选地区。"
        return [Definition(term="职业资格", value=item), Definition(term="责任单位", value=nobody, wide=True)]
    where = "全国" if found.place == NATION else place_name(found.place)
    told = [
        Definition(term="职业资格", value=found.item),
        Definition(term="责任单位", value=found.body),
        Definition(term="依据", value=f"{queries.BASIS_NAMES[found.basis]}（{where}）"),
    ]
    if found.since is not None:
        told.append(Definition(term="起始日", value=found.since, kind="date"))
    if found.until is not None:
        told.append(Definition(term="截止日（不含）", value=found.until, kind="date"))
    return told
