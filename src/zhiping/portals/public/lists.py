"""Lists on pages: paging, choices of places, download in three forms."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse

from zhiping.core.catalogues.divisions import divisions
from zhiping.core.roster.export import table_to_xlsx
from zhiping.kernel.place import NATION, Place

PER_PAGE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page_of(request: HttpRequest, rows: Any, per_page: int = PER_PAGE) -> Page[Any]:
    """Return the page that the request asks for; an impossible number gives the nearest one."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def place_choices(codes: Sequence[str], *, on: date, first: str = "全部地区") -> list[tuple[str, str]]:
    """Return the places with those above them, as choices by code; the nation is the empty choice."""
    known = {step.code for code in codes for step in Place(code).chain if step.code != NATION}
    names = {code: _indented(code, on=on) for code in sorted(known)}
    return [("", first), *names.items()]


def _indented(code: str, *, on: date) -> str:
    division = divisions().find(code, on=on)
    depth = {"province": 0, "city": 1, "district": 2}[Place(code).level]
    return "　" * depth + (division.name if division else code)


def download(
    form: str, rows: Sequence[Mapping[str, object]], *, title: str, name: str, as_of: datetime
) -> HttpResponse:
    """Return rows as a workbook, as CSV (with the mark that spreadsheets need) or as open data in JSON.

    The keys of the rows are the headers.
    """
    headers = list(rows[0]) if rows else []
    if form == "json":
        content = json.dumps(
            {"title": title, "as_of": as_of.isoformat(), "count": len(rows), "rows": list(rows)},
            ensure_ascii=False,
            default=str,
        ).encode()
        kind = "application/json; charset=utf-8"
    elif form == "csv":
        target = io.StringIO()
        writer = csv.writer(target)
        writer.writerow(headers)
        writer.writerows([_harmless(_text(value)) for value in row.values()] for row in rows)
        content, kind = target.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8"
    else:
        content = table_to_xlsx(
            headers, [[_text(value) for value in row.values()] for row in rows], title=title, as_of=as_of
        )
        kind = XLSX
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}-{as_of:%Y%m%d}.{form}"'
    return response


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return "、".join(str(part) for part in value)
    return "" if value is None else str(value)


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
