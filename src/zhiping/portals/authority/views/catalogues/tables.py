"""Equivalences and rates at the desk (比照表、收费与补贴标准)."""

import datetime as dt

from django import forms
from django.http import HttpResponse

from zhiping.portals.authority.listing import Filters
from zhiping.portals.authority.pages import home_place, offer
from zhiping.portals.authority.reference_tabs import upload_button
from zhiping.portals.authority.views.catalogues.shared import day_field, own_places, sheet_page, show
from zhiping.portals.catalogue_words import equivalences_sheet, rates_sheet
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui import labels
from zhiping.ui.formatting import short_day
from zhiping.ui.shapes import EmptyState


class PlaceDayFilters(Filters):
    """For which place and day to read a list."""

    place = forms.ChoiceField(label="地区")
    on = day_field("查看日期", required=False)

    def asked(self, request: GatedRequest) -> tuple[str, dt.date]:
        """Return place and day; what is left open is the officer's own place, today."""
        offer(self, "place", own_places(request))
        self.is_valid()
        found = self.cleaned_data
        place = found.get("place") or home_place(request.actor)
        on = found.get("on") or request.clock.today()
        show(self, place=place, on=on.isoformat())
        return place, on


@officer("")
def equivalences(request: GatedRequest) -> HttpResponse:
    """List what holds at a place on a day (比照表)."""
    filters = PlaceDayFilters(request.GET)
    place, on = filters.asked(request)
    return sheet_page(
        request,
        equivalences_sheet(on, place),
        filters=filters,
        tab="equivalences",
        empty=EmptyState(title="没有比照关系", text="可以改选地区或日期，或导入本地的比照表。"),
        actions=upload_button(request.actor, "equivalences", "导入比照表"),
        subtitle=f"{labels.place(place)}，{short_day(on)}。",
    )


@officer("")
def rates(request: GatedRequest) -> HttpResponse:
    """List the fees and subsidies of a place on a day (收费与补贴标准)."""
    filters = PlaceDayFilters(request.GET)
    place, on = filters.asked(request)
    return sheet_page(
        request,
        rates_sheet(on, place),
        filters=filters,
        tab="rates",
        empty=EmptyState(title="没有收费或补贴标准", text="可以改选地区或日期，或导入本地的标准。"),
        actions=[
            *upload_button(request.actor, "fees", "导入收费标准"),
            *upload_button(request.actor, "subsidies", "导入补贴标准"),
        ],
        subtitle=f"{labels.place(place)}，{short_day(on)}。“金额未见”的文件已知、标准未收录，不据以计算。",
    )
