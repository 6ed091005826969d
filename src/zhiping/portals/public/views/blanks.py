"""Blanks that are lost and void, in public (空白证书遗失作废公告)."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.certificates import public_queries as certificates
from zhiping.core.identifiers.normal_text import normalise_code
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.public.lists import download, page_of, place_choices
from zhiping.portals.public.views.notices import notice_tabs
from zhiping.ui import labels
from zhiping.ui.shapes import Action, Column, EmptyState, Table

_EXPORTS = ("xlsx", "csv", "json")


class LossForm(forms.Form):
    """Which notices to list; a serial asks whether that sheet is void."""

    serial = forms.CharField(
        label="流水号",
        required=False,
        max_length=40,
        help_text="证书纸上印制的流水号，不是证书编号。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    place = forms.ChoiceField(label="地区", required=False)


@require_safe
@public
def losses(request: GatedRequest) -> HttpResponse:
    """List the blanks that were declared void; tell of one serial whether it is among them."""
    form = LossForm(request.GET or None)
    choices = place_choices(certificates.places_of_losses(), on=request.clock.today())
    form.fields["place"] = forms.ChoiceField(label="地区", required=False, choices=choices)
    asked = form.cleaned_data if form.is_valid() else {}
    serial = normalise_code(asked.get("serial", ""))
    found = certificates.published_losses(place=asked.get("place", ""), serial=serial)
    if request.GET.get("export") in _EXPORTS:
        return download(
            request.GET["export"],
            [_written(one) for one in found],
            title="空白证书遗失作废公告",
            name="blank-losses",
            as_of=request.clock.now(),
        )
    page = page_of(request, found)
    query = request.GET.copy()
    query["export"] = "xlsx"
    table = Table(
        name="losses",
        caption="遗失作废的空白证书",
        columns=(
            Column(key="number", label="公告编号", kind="code"),
            Column(key="kind", label="证书种类"),
            Column(key="span", label="流水号", kind="code"),
            Column(key="count", label="张数", kind="number"),
            Column(key="place", label="公告地区", kind="place"),
            Column(key="published_on", label="公告日期", kind="date"),
            Column(key="statement", label="公告内容"),
        ),
        rows=[_row(one) for one in page.object_list],
        page=page,
        total=page.paginator.count,
        export_url=f"?{query.urlencode()}",
        filters=form,
        as_of=request.clock.now(),
        empty=EmptyState(
            title="没有符合条件的公告",
            text="可以核对流水号，或清除条件查看全部公告。",
            actions=(Action(label="查看全部公告", url=reverse("public:blank-losses")),),
        ),
    )
    context = {
        "table": table,
        "tabs": notice_tabs("blanks"),
        "serial": serial,
        "is_void": bool(serial) and page.paginator.count > 0,
        "verify": [Action(label="查询证书", url=reverse("public:certificates-verify"))],
    }
    return render(request, "public/blank_losses.html", context)


def _row(one: Any) -> dict[str, object]:
    movement = one.movement
    span = movement.span
    return {
        "number": one.number,
        "kind": movement.series.get_kind_display(),
        "span": movement.series.range_text(span.lower, span.upper),
        "count": movement.count,
        "place": one.place,
        "published_on": one.published_on,
        "statement": one.statement or "声明作废。",
    }


def _written(one: Any) -> dict[str, object]:
    row = _row(one)
    return {
        "公告编号": row["number"],
        "证书种类": row["kind"],
        "流水号": row["span"],
        "张数": row["count"],
        "公告地区": labels.place(one.place),
        "公告日期": one.published_on.isoformat(),
        "公告内容": row["statement"],
    }
