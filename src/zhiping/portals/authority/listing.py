"""Lists of the desk: filter, sort, page, export — once for all of them."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhiping.core.roster.export import Cell, table_to_xlsx
from zhiping.kernel.clock import CHINA
from zhiping.portals.gate import GatedRequest
from zhiping.ui import formatting, labels
from zhiping.ui.shapes import Column, EmptyState, Table
from zhiping.ui.templatetags.zhiping_ui import reach

PAGE_SIZE = 30
EXPORT_LIMIT = 100_000
NEAR_DAYS = 2
"""A deadline this many days away is coloured as near."""


class Filters(forms.Form):
    """Filters of a list: every field optional, unknown values ignored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make every field optional."""
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            one.required = False

    def value(self, name: str) -> str:
        """Return what was chosen for a field, or nothing where it was left open or is no choice."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list shows: its columns, its order, what stands there when it is empty.

    `fields` names the database field behind a column whose cell is made on the way (`prepare`);
    sorting and export use that field.
    """

    name: str
    caption: str
    columns: Sequence[Column]
    sort: str
    empty: EmptyState
    row_url: Callable[[Any], str] | None = None
    prepare: Callable[[Sequence[Any]], None] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    page_size: int = PAGE_SIZE

    def field_of(self, key: str) -> str:
        """Return the field path behind a column, with dots."""
        return self.fields.get(key, key)


def table_of(
    request: GatedRequest, listing: Listing, rows: QuerySet[Any, Any], *, filters: Filters | None = None
) -> Table:
    """Return one page of the rows as a table, sorted as the address asks."""
    sort = _sort(request, listing)
    paginator = Paginator(rows.order_by(*_order(listing, sort)), listing.page_size)
    page = paginator.get_page(request.GET.get("page"))
    shown = list(page.object_list)
    if listing.prepare is not None:
        listing.prepare(shown)
    query = request.GET.copy()
    query["export"] = "xlsx"
    return Table(
        name=listing.name,
        caption=listing.caption,
        columns=listing.columns,
        rows=shown,
        row_url=listing.row_url,
        sort=sort,
        page=page,
        total=paginator.count,
        export_url=f"?{query.urlencode()}",
        filters=filters,
        as_of=request.clock.now(),
        empty=listing.empty,
    )


def wants_export(request: GatedRequest) -> bool:
    """Tell whether the address asks for a workbook."""
    return request.GET.get("export") == "xlsx"


def workbook(request: GatedRequest, listing: Listing, rows: QuerySet[Any, Any]) -> HttpResponse:
    """Return all rows of a list (not only the page) as a workbook, in the order shown."""
    ordered = list(rows.order_by(*_order(listing, _sort(request, listing)))[:EXPORT_LIMIT])
    if listing.prepare is not None:
        listing.prepare(ordered)
    cells = [[_written(_plain(row, one, listing), one) for one in listing.columns] for row in ordered]
    return xlsx([one.label for one in listing.columns], cells, title=listing.caption, request=request)


def _plain(row: Any, column: Column, listing: Listing) -> object:
    """Return what a cell says without its colours: what was marked up is taken from its field."""
    shown = reach(row, column.key)
    return reach(row, listing.field_of(column.key)) if isinstance(shown, SafeString) else shown


def xlsx(
    headers: Sequence[str], rows: Sequence[Sequence[Cell]], *, title: str, request: GatedRequest
) -> HttpResponse:
    """Return rows as a workbook to download."""
    content = table_to_xlsx(headers, rows, title=title, as_of=request.clock.now())
    response = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    name = f"{title}-{request.clock.today():%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = attachment(name)
    return response


def attachment(name: str) -> str:
    """Return the header value that makes a browser save a file under a Chinese name."""
    from urllib.parse import quote  # noqa: PLC0415 (one use)

    return f"attachment; filename=\"download\"; filename*=UTF-8''{quote(name)}"


def due(day: dt.date | None, today: dt.date, *, none: str = "") -> SafeString:
    """Write a deadline with its colour: over, near, or far; `none` where there is none."""
    if day is None:
        return format_html('<span class="quiet">{}</span>', none or formatting.EMPTY)
    left = (day - today).days
    tone, words = _urgency(left)
    return format_html('{} <span class="badge tone-{}">{}</span>', formatting.short_day(day), tone, words)


def _urgency(left: int) -> tuple[str, str]:
    if left < 0:
        return "bad", f"超期 {-left} 天"
    if left == 0:
        return "warn", "今日到期"
    return ("warn" if left <= NEAR_DAYS else "neutral"), f"剩 {left} 天"


def _sort(request: GatedRequest, listing: Listing) -> str:
    wanted = request.GET.get("sort", "")
    sortable = {one.key for one in listing.columns if one.sortable}
    return wanted if wanted.removeprefix("-") in sortable else listing.sort


def _order(listing: Listing, sort: str) -> list[Any]:
    path = F(listing.field_of(sort.removeprefix("-")).replace(".", "__"))
    first = path.desc(nulls_last=True) if sort.startswith("-") else path.asc(nulls_last=True)
    return [first, "-pk"]


def _written(value: object, column: Column) -> Cell:  # noqa: PLR0911 (one return for each kind)
    if value is None or value == "":
        return None
    if column.kind in {"state", "outcome", "severity"}:
        scope = column.scope if column.kind == "state" else column.kind
        return labels.state(value, scope).word
    if column.kind == "level":
        return labels.level(value)
    if column.kind == "place":
        return labels.place(value)
    if column.kind == "yes_no":
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "、".join(str(one) for one in value)
    return value if isinstance(value, int | float) else str(value)
