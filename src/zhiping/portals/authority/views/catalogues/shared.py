"""What the pages of dated lists share: fields, places that a list may be kept for, tables, forms."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.reference import catalogue_queries as lists
from zhiping.apps.reference.models import DirectoryEdition
from zhiping.kernel.place import NATION, Place
from zhiping.portals.authority.listing import PAGE_SIZE, Filters, attachment, wants_export, xlsx
from zhiping.portals.authority.pages import crumbs, form_status, page, place_choices
from zhiping.portals.authority.reference_tabs import MAINTAIN, reference_tabs
from zhiping.portals.catalogue_words import Sheet
from zhiping.portals.gate import GatedRequest
from zhiping.ui.shapes import Action, EmptyState, Table

LISTS = "目录与日历"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """Return a field for one day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def own_places(request: GatedRequest, *levels: str) -> list[tuple[str, str]]:
    """Return the places of the officer's for which a list may be kept, the nation first where it may be."""
    found = [(code, name) for code, name in place_choices(request.actor, MAINTAIN, request.clock) if code]
    kept = [(code, name) for code, name in found if not levels or Place(code).level in levels]
    nation = [(NATION, "全国")] if not levels or "nation" in levels else []
    return [*nation, *(one for one in kept if one[0] != NATION)]


def own_edition(request: GatedRequest, pk: int) -> DirectoryEdition:
    """Return an edition that the officer may keep; another's is not there."""
    found = lists.own_editions(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def show(filters: Filters, **values: str) -> None:
    """Let filters show what the page goes by, also where the address left it open."""
    filters.data = {**dict(filters.data.items()), **values}
    filters.full_clean()


def sheet_page(
    request: GatedRequest,
    sheet: Sheet,
    *,
    filters: Filters,
    tab: str,
    empty: EmptyState,
    actions: Sequence[Action] = (),
    subtitle: str = "",
    address: Callable[[Any], str] = lambda _row: "",
) -> HttpResponse:
    """Render rows that come from files as well as from tables, or hand them out as a workbook.

    `address` says where a row leads; a row without an address leads nowhere.
    """
    if wants_export(request):
        written = sheet.written()
        headers = list(written[0]) if written else list(sheet.shown)
        cells = [[_cell(value) for value in row.values()] for row in written]
        return xlsx(headers, cells, title=sheet.title, request=request)
    shown = Paginator(sheet.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(shown.object_list)
    query = request.GET.copy()
    query["export"] = "xlsx"
    table = Table(
        name=sheet.name,
        caption=sheet.title,
        columns=sheet.columns,
        rows=[{**line, "url": address(row)} for row, line in zip(rows, sheet.write(rows), strict=True)],
        row_url=lambda line: str(line["url"]),
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
            "title": LISTS,
            "subtitle": subtitle,
            "crumbs": crumbs((LISTS, reverse("authority:reference-standards")), (sheet.title, "")),
            "tabs": reference_tabs(tab),
            "table": table,
            "actions": list(actions),
        },
    )


def _cell(value: Any) -> Any:
    if value is None or value == "":
        return None
    return value.isoformat() if isinstance(value, dt.date) else value


def form_page(
    request: GatedRequest, form: forms.Form, *, title: str, text: str, submit: str, back: str
) -> HttpResponse:
    """Render a form on a page of its own."""
    return page(
        request,
        "form",
        {
            "title": title,
            "subtitle": text,
            "crumbs": crumbs((LISTS, back), (title, "")),
            "form": form,
            "submit": submit,
            "duty": DUTIES[MAINTAIN],
            "cancel_url": back,
        },
        status=form_status(form),
    )


def download(content: bytes, name: str) -> HttpResponse:
    """Send a workbook."""
    response = HttpResponse(content, content_type=_XLSX)
    response.headers["Content-Disposition"] = attachment(name)
    return response
