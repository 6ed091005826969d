"""What the desk's views share: pages, forms that answer refusals, places to choose from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django.contrib import messages
from django.forms import BaseForm, ChoiceField
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from zhiping.apps.authorities.queries import reach
from zhiping.core.catalogues.divisions import divisions
from zhiping.kernel.actor import Actor, DutyMissingError
from zhiping.kernel.clock import Clock
from zhiping.kernel.errors import DomainError
from zhiping.kernel.place import NATION, Place
from zhiping.portals.authority.listing import Filters, Listing, table_of, wants_export, workbook
from zhiping.portals.gate import GatedRequest
from zhiping.portals.refusals import sentence, status_of
from zhiping.ui import labels
from zhiping.ui.shapes import Action, Crumb

ALL = ("", "全部")


def page(
    request: GatedRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render one page of the desk."""
    return render(request, f"authority/{template}.html", dict(context), status=status)


def list_page(
    request: GatedRequest,
    listing: Listing,
    rows: Any,
    *,
    filters: Filters | None = None,
    **context: Any,
) -> HttpResponse:
    """Render a list, or hand it out as a workbook where the address asks for one."""
    if wants_export(request):
        return workbook(request, listing, rows)
    table = table_of(request, listing, rows, filters=filters)
    shown = {"title": listing.caption, "crumbs": crumbs((listing.caption, "")), **context, "table": table}
    return page(request, "list", shown)


def crumbs(*steps: tuple[str, str]) -> list[Crumb]:
    """Return the way to a page; the desk itself comes first."""
    return [Crumb(label="工作台", url="/desk/"), *(Crumb(label=label, url=url) for label, url in steps)]


def succeeded(request: GatedRequest, text: str) -> None:
    """Tell on the next page that something was done."""
    messages.success(request, text)


def attempt[T](form: BaseForm, act: Callable[[], T]) -> T | None:
    """Carry out an action; a refusal becomes an error of the form, which keeps what was typed.

    A missing duty is not a matter of the form: it goes on to the refusal page.
    """
    try:
        return act()
    except DutyMissingError:
        raise
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        form.refusal_status = status_of(refusal)  # type: ignore[attr-defined]  # read by `form_status`
        return None


def posted(request: GatedRequest) -> QueryDict | None:
    """Return what was sent with a form, also when nothing was filled in; None when it is only looked at."""
    return request.POST if request.method == "POST" else None


def form_status(form: BaseForm) -> int:
    """Return the status of a page with a form: 200 fresh, the refusal's own, 422 for mistakes."""
    if not form.is_bound or not form.errors:
        return 200
    return int(getattr(form, "refusal_status", 422))


def place_choices(actor: Actor, duty: str, clock: Clock) -> list[tuple[str, str]]:
    """Return the places to filter by: the officer's own and what lies directly inside."""
    codes: dict[str, None] = {}
    held = sorted({one.place for one in actor.duties if one.name == duty})
    for place in held:
        codes[place.code] = None
        if place.level in {"nation", "province", "city"}:
            codes.update(
                dict.fromkeys(one.code for one in divisions().children(place.code, on=clock.today()))
            )
    return [ALL, *((code, labels.place(code)) for code in codes)]


def prefix_of(code: str) -> str:
    """Return the digits that all places inside a chosen place share."""
    return Place(code).prefix if code else ""


def reaches(actor: Actor, duty: str) -> tuple[str, ...]:
    """Return the place prefixes in which the officer holds a duty."""
    return reach(actor, duty)


def may(actor: Actor, duty: str, place: str) -> bool:
    """Tell whether to offer an operation at a place; the action decides."""
    return actor.may(duty, Place(place))


def link(label: str, url: str, kind: str = "secondary") -> Action:
    """Return a button that leads to a page."""
    return Action(label=label, url=url, kind=kind)  # type: ignore[arg-type]  # one of the four kinds


def home_place(actor: Actor, duty: str = "") -> str:
    """Return the widest place at which the officer holds the duty (or any)."""
    held = sorted(
        {one.place for one in actor.duties if duty in {"", one.name}},
        key=lambda place: (len(place.prefix), place.code),
    )
    return held[0].code if held else NATION


def offer(form: BaseForm, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Set what a field of choices offers, where that depends on who asks."""
    cast("ChoiceField", form.fields[name]).choices = list(choices)
