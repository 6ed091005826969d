"""Lists: filtered, sorted, paged, exported."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.html import strip_tags

from zhiping.core.roster.export import table_to_xlsx
from zhiping.portals.body.pages import attachment
from zhiping.portals.gate import GatedRequest
from zhiping.ui.shapes import Column, EmptyState, Table
from zhiping.ui.templatetags.zhiping_ui import cell

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How a list is shown; a column's key with its dots as double underscores is what it sorts by."""

    name: str
    caption: str
    columns: Sequence[Column]
    empty: EmptyState
    sort: str = ""
    row_url: Callable[[Any], str] | None = None
    filters: BaseForm | None = None
    sort_by: dict[str, str] = field(default_factory=dict)
    describe: Callable[[Any], None] | None = None

    def table(self, request: GatedRequest, rows: QuerySet[Any]) -> Table:
        """Return the page of the list that the request asks for."""
        sort = self._sort(request)
        pages = Paginator(self._ordered(rows, sort), PAGE_SIZE)
        page = pages.get_page(request.GET.get("page"))
        query = request.GET.copy()
        query["export"] = "xlsx"
        query.pop("page", None)
        return Table(
            name=self.name,
            caption=self.caption,
            columns=self.columns,
            rows=list(self._described(page.object_list)),
            row_url=self.row_url,
            sort=sort,
            page=page if pages.num_pages > 1 else None,
            total=pages.count,
            empty=self.empty,
            export_url=f"?{query.urlencode()}",
            filters=self.filters,
            as_of=request.clock.now(),
        )

    def workbook(self, request: GatedRequest, rows: QuerySet[Any]) -> HttpResponse:
        """Return the whole list as a workbook, sorted as on the page."""
        sort = self._sort(request)
        content = table_to_xlsx(
            [column.label for column in self.columns],
            self._cells(self._ordered(rows, sort)),
            title=self.caption,
            as_of=request.clock.now(),
        )
        return attachment(content, f"{self.caption}{request.clock.today():%Y%m%d}.xlsx")

    def _cells(self, rows: Iterable[Any]) -> Iterable[list[str]]:
        for row in self._described(rows):
            yield [strip_tags(str(cell(row, column))) for column in self.columns]

    def _described(self, rows: Iterable[Any]) -> Iterable[Any]:
        """Yield the rows, each with what the columns show beside its own attributes."""
        for row in rows:
            if self.describe is not None:
                self.describe(row)
            yield row

    def _sort(self, request: GatedRequest) -> str:
        asked = request.GET.get("sort", "")
        sortable = {column.key for column in self.columns if column.sortable}
        return asked if asked.removeprefix("-") in sortable else self.sort

    def _ordered(self, rows: QuerySet[Any], sort: str) -> QuerySet[Any]:
        if not sort:
            return rows
        key = sort.removeprefix("-")
        column = self.sort_by.get(key, key.replace(".", "__"))
        return rows.order_by(f"-{column}" if sort.startswith("-") else column, "pk")


def is_export(request: GatedRequest) -> bool:
    """Tell whether the list is asked for as a workbook."""
    return request.GET.get("export") == "xlsx"
