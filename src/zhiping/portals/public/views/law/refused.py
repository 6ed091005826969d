"""What the pages of the law answer to wrong input (有误的查询): a sentence each, and the status that fits."""

import difflib
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Concatenate

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from zhiping.portals.gate import GatedRequest
from zhiping.portals.public.views.law.asked import PlaceDayForm
from zhiping.portals.public.views.law.pages import frame

BAD_REQUEST, NOT_FOUND = 400, 404
_LONGEST_SHOWN = 40

type View[**P] = Callable[Concatenate[GatedRequest, P], HttpResponse]


def status_of(request: GatedRequest, *forms: Form) -> int:
    """Return 400 where a form was sent something wrong, else 200; htmx shows only what comes as 200."""
    is_wrong = any(one.is_bound and not one.is_valid() for one in forms)
    return BAD_REQUEST if is_wrong and "HX-Request" not in request.headers else 200


def missing(
    request: GatedRequest, *, thing: str, key: str, known: Mapping[str, str], page: str, within: str
) -> HttpResponse:
    """Say that the book has nothing of that id, and which ids are like it (404).

    `thing` is what was looked for, `known` the ids with their titles, `page` the name of their address,
    `within` the address of the list.
    """
    shown = key if len(key) <= _LONGEST_SHOWN else f"{key[:_LONGEST_SHOWN]}…"
    context = {
        **frame(request),
        "thing": thing,
        "shown": shown,
        "near": [(one, known[one], reverse(page, args=[one])) for one in _alike(key[:_LONGEST_SHOWN], known)],
        "within": within,
    }
    return render(request, "public/law_missing.html", context, status=NOT_FOUND)


def _alike(key: str, known: Iterable[str]) -> list[str]:
    by_upper = {one.upper(): one for one in known}
    return [by_upper[one] for one in difflib.get_close_matches(key.upper(), by_upper, n=4, cutoff=0.6)]


def keeps_place_and_day[**P](view: View[P]) -> View[P]:
    """Answer with sentences (400) where the place or the day that links carry along is none."""

    @functools.wraps(view)
    def checked(request: GatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if "place" in request.GET or "on" in request.GET:
            form = PlaceDayForm(request.GET, today=request.clock.today())
            if not form.is_valid():
                sentences = [str(one) for errors in form.errors.values() for one in errors]
                context = {**frame(request), "sentences": sentences, "path": request.path}
                return render(request, "public/law_asked_wrong.html", context, status=BAD_REQUEST)
        return view(request, *args, **kwargs)

    return checked
