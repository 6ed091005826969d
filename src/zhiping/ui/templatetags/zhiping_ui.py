"""Tags and filters of the look: `{% load zhiping_ui %}`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import get_token
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

import zhiping
from zhiping.kernel.clock import SystemClock
from zhiping.ui import formatting, forms, labels, navigation
from zhiping.ui.shapes import Column, Definition, NavItem, Table

register = template.Library()


def _request(context: Context) -> HttpRequest | None:
    # An `{% include … only %}` drops the variable `request` but keeps the attribute.
    found: HttpRequest | None = getattr(context, "request", None) or context.get("request")
    return found


def _query(context: Context) -> QueryDict:
    request = _request(context)
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


# --- words and figures -------------------------------------------------------------------------

register.filter("china_date", formatting.long_day)
register.filter("china_day", formatting.short_day)
register.filter("china_datetime", formatting.long_moment)
register.filter("china_minute", formatting.short_moment)
register.filter("masked_id", formatting.masked)
register.filter("masked_name", formatting.masked_name)
register.filter("thousands", formatting.thousands)
register.filter("file_size", formatting.file_size)
register.filter("level_name", labels.level)
register.filter("place_name", labels.place)


@register.filter
def wan(value: Any, form: str = "") -> str:
    """Write a number with thousands separators; `|wan:"short"` in units of ten thousand."""
    if form == "short" and isinstance(value, int | float):
        return formatting.in_wan(value)
    return formatting.thousands(value)


@register.filter
def state_label(code: object, scope: str = labels.COMMON) -> str:
    """Return the word of a state."""
    return labels.state(code, scope).word


@register.filter
def state_tone(code: object, scope: str = labels.COMMON) -> str:
    """Return the colour of a state."""
    return labels.state(code, scope).tone


@register.filter
def state_badge(code: object, scope: str = labels.COMMON) -> SafeString:
    """Return the state as a coloured word."""
    found = labels.state(code, scope)
    return format_html('<span class="badge tone-{}">{}</span>', found.tone, found.word)


@register.filter
def iso(value: date | datetime | None) -> str:
    """Return a day or moment for a `datetime` attribute."""
    return "" if value is None else value.isoformat()


@register.simple_tag(takes_context=True)
def as_of(context: Context, moment: datetime | None = None, label: str = "数据截至") -> SafeString:
    """Say up to when the figures hold: the given moment, the page's `as_of`, or now."""
    at = moment or context.get("as_of") or SystemClock().now()
    return format_html(
        '<span class="as-of">{} <time datetime="{}">{}</time></span>',
        label,
        iso(at),
        formatting.long_moment(at),
    )


@register.simple_tag
def product_version() -> str:
    """Return the product's version."""
    return getattr(zhiping, "__version__", "") or _installed_version()


def _installed_version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - asked once per process

    try:
        return version("zhiping")
    except PackageNotFoundError:  # run from a source tree that was not installed
        return "开发版"


def written(value: object, kind: str, scope: str = labels.COMMON) -> str | SafeString:
    """Write a value by its kind (see `zhiping.ui.shapes.Kind`); nothing gives a dash."""
    if value is None or value == "":
        return formatting.EMPTY
    if kind == "tags":
        parts = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        return format_html_join("", '<span class="tag">{}</span>', ((part,) for part in parts))
    if kind in {"outcome", "severity"}:
        return state_badge(value, kind)
    if kind == "state":
        return state_badge(value, scope)
    if kind == "yes_no":
        return "是" if value else "否"
    writer = _WRITERS.get(kind)
    return writer(value) if writer is not None else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return formatting.short_moment(value)
    if isinstance(value, date):
        return formatting.short_day(value)
    # A safe string stays one; text is escaped where it is drawn.
    return value if isinstance(value, str) else str(value)


_WRITERS: Mapping[str, Any] = {
    "number": formatting.thousands,
    "date": formatting.short_day,
    "datetime": formatting.short_moment,
    "level": labels.level,
    "place": labels.place,
    "masked_id": formatting.masked,
    "masked_name": formatting.masked_name,
    "money": lambda value: f"{value} 元",
    "file_size": formatting.file_size,
}


# --- tables and lists --------------------------------------------------------------------------


def reach(row: Any, key: str) -> Any:
    """Return what lies at a dotted key of a row: mapping entries, attributes, methods without arguments."""
    found = row
    for part in key.split("."):
        found = found[part] if isinstance(found, Mapping) else getattr(found, part)
        if callable(found):
            found = found()
        if found is None:
            return None
    return found


@register.simple_tag
def cell(row: Any, column: Column) -> str | SafeString:
    """Write one cell of a table."""
    return written(reach(row, column.key), column.kind, column.scope)


@register.simple_tag
def value_of(item: Definition) -> str | SafeString:
    """Write the value of a definition."""
    return written(item.value, item.kind, item.scope)


@register.simple_tag
def row_link(table: Table, row: Any) -> str:
    """Return where a row leads, or nothing."""
    return table.row_url(row) if table.row_url is not None else ""


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: object) -> str:
    """Return this page's query string with some parameters changed; None takes one away.

    `{% query_with page=2 %}` → `?state=open&page=2`
    """
    query = _query(context)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_link(context: Context, table: Table, column: Column) -> str:
    """Return the address that sorts by the column, the other way round when it already does."""
    return query_with(context, sort=f"-{column.key}" if table.sort == column.key else column.key, page=None)


@register.simple_tag
def sort_direction(table: Table, column: Column) -> str:
    """Return how the table is sorted by the column, in the words of `aria-sort`."""
    if table.sort == column.key:
        return "ascending"
    return "descending" if table.sort == f"-{column.key}" else "none"


@register.simple_tag(takes_context=True)
def kept_fields(context: Context, form: BaseForm) -> SafeString:
    """Return hidden inputs for the parameters that a filter form does not itself carry."""
    own = {form[name].html_name for name in form.fields} | {"page"}
    pairs = [(name, value) for name, values in _query(context).lists() if name not in own for value in values]
    return format_html_join("\n", '<input type="hidden" name="{}" value="{}">', pairs)


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], name: str = "page") -> dict[str, object]:
    """Draw the links between pages of a list."""

    def link(number: int) -> str:
        return query_with(context, **{name: number})

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "page": page,
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
        "pages": [
            {"number": number, "url": link(number) if isinstance(number, int) else ""} for number in numbers
        ],
    }


# --- forms -------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def csrf_field(context: Context) -> SafeString:
    """Return the hidden token of a form; unlike Django's tag it works inside `{% include … only %}`."""
    request = _request(context)
    if request is None:
        return SafeString()
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))


@register.simple_tag(takes_context=True)
def csrf_headers(context: Context) -> SafeString:
    """Return the attribute that lets partial requests carry the token."""
    request = _request(context)
    if request is None:
        return SafeString()
    return format_html(' hx-headers="{}"', f'{{"X-CSRFToken": "{get_token(request)}"}}')


@register.simple_tag
def form_groups(form: BaseForm) -> list[forms.FieldGroup]:
    """Return the form's groups of fields."""
    return list(forms.groups_of(form))


@register.filter
def field_clause(bound: BoundField) -> str:
    """Return the clause that asks for the field."""
    return forms.clause_of(bound)


@register.filter
def field_shape(bound: BoundField) -> str:
    """Return which layout the field needs."""
    return forms.shape_of(bound)


# --- navigation --------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def public_navigation(context: Context, items: Sequence[NavItem] | None = None) -> list[dict[str, object]]:
    """Return the public portal's links with the current one marked."""
    request = _request(context)
    path = request.path if request is not None else ""
    return [
        {"label": item.label, "url": item.url, "current": item.current or navigation.is_current(item, path)}
        for item in items or navigation.PUBLIC
    ]


@register.simple_tag(takes_context=True)
def here(context: Context) -> str:
    """Return this page's path."""
    request = _request(context)
    return request.path if request is not None else ""
