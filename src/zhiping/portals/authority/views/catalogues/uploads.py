"""Workbooks of dated lists at the desk (导入): preview, bring, give bad rows back."""

from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.reference import actions
from zhiping.apps.reference import catalogue_queries as lists
from zhiping.apps.reference.models import CatalogueImport, DirectoryEdition
from zhiping.kernel.place import NATION
from zhiping.portals.authority.listing import Filters, Listing
from zhiping.portals.authority.pages import (
    attempt,
    crumbs,
    form_status,
    list_page,
    offer,
    page,
    posted,
    succeeded,
)
from zhiping.portals.authority.reference_tabs import MAINTAIN, reference_tabs
from zhiping.portals.authority.views.catalogues.shared import LISTS, download, own_edition, own_places
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui import labels
from zhiping.ui.shapes import Column, EmptyState, Figure

_KINDS = dict(CatalogueImport.Kind.choices)
_PLACES = {
    "directory": ("nation", "province"),
    "cancelled": ("province",),
    "standards": ("nation",),
    "shortages": ("province", "city"),
}


class UploadForm(forms.Form):
    """A workbook for a list of a place."""

    place = forms.ChoiceField(label="地区")
    file = forms.FileField(
        label="文件", error_messages={"required": "请选择要上传的文件。", "empty": "文件是空的，请重新选择。"}
    )


@officer("")
def imports(request: GatedRequest) -> HttpResponse:
    """List the workbooks that were brought (导入记录)."""
    filters = ImportFilters(request.GET)
    rows = lists.imports_of(request.actor)
    if kind := filters.value("kind"):
        rows = rows.filter(kind=kind)
    listing = Listing(
        name="imports",
        caption="导入记录",
        columns=(
            Column(key="get_kind_display", label="目录"),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="file_name", label="文件"),
            Column(key="rows_good", label="合格", kind="number"),
            Column(key="rows_added", label="新增", kind="number"),
            Column(key="rows_changed", label="更改", kind="number"),
            Column(key="rows_bad", label="不合格", kind="number"),
            Column(key="get_state_display", label="状态"),
            Column(key="uploaded_by", label="上传人"),
            Column(key="uploaded_at", label="上传时间", kind="datetime", sortable=True),
        ),
        sort="-uploaded_at",
        row_url=lambda row: reverse("authority:reference-import", args=[row.pk]),
        empty=EmptyState(title="没有导入记录", text="在各目录页面点击“导入”，下载模板填好后上传。"),
    )
    return list_page(
        request, listing, rows, filters=filters, title=LISTS, tabs=reference_tabs("imports"),
        crumbs=crumbs((LISTS, reverse("authority:reference-standards")), ("导入记录", "")),
    )  # fmt: skip


class ImportFilters(Filters):
    """Which imports to show."""

    kind = forms.ChoiceField(label="目录", choices=(("", "全部"), *CatalogueImport.Kind.choices))


def _asked_kind(request: GatedRequest) -> tuple[str, DirectoryEdition | None]:
    """Return which list is asked for, and the edition that it goes to."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in _KINDS else "cancelled"
    if kind != "directory":
        return kind, None
    pk = request.GET.get("edition", "")
    return kind, own_edition(request, int(pk) if pk.isdigit() else 0)


def _import_places(
    request: GatedRequest, kind: str, edition: DirectoryEdition | None
) -> list[tuple[str, str]]:
    if edition is not None:
        return [(edition.place, labels.place(edition.place))]
    return own_places(request, *_PLACES.get(kind, ()))


@officer(MAINTAIN)
def new_import(request: GatedRequest) -> HttpResponse:
    """Take a workbook to its preview (导入目录)."""
    kind, edition = _asked_kind(request)
    form = UploadForm(posted(request), request.FILES or None)
    places = _import_places(request, kind, edition)
    offer(form, "place", places)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        preview = attempt(
            form,
            lambda: actions.preview_import(
                kind,
                place=form.cleaned_data["place"],
                edition_id=edition.pk if edition else None,
                file_name=file.name,
                content=file.read(),
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if preview is not None:
            is_known = preview.state == CatalogueImport.State.APPLIED
            text = "该文件已导入过，无变化。" if is_known else "文件已核验，请核对后导入。"
            succeeded(request, text)
            return redirect("authority:reference-import", preview.pk)
    asked = {"kind": kind, "place": places[0][0] if places else "", "edition": edition.pk if edition else ""}
    return page(
        request,
        "catalogue_upload",
        {
            "title": f"导入{_KINDS[kind]}",
            "subtitle": edition.title if edition else "",
            "crumbs": crumbs(
                ("导入记录", reverse("authority:reference-imports")), (f"导入{_KINDS[kind]}", "")
            ),
            "form": form,
            "template_url": f"{reverse('authority:reference-import-template')}?{urlencode(asked)}",
            "limits": [
                "支持 .xlsx 和 .csv，不超过 5 MB、20,000 行。",
                "合格的行由您确认后导入，不合格的行连同原因退回。",
            ],
            "duty": DUTIES[MAINTAIN],
        },
        status=form_status(form),
    )


@officer(MAINTAIN)
def template(request: GatedRequest) -> HttpResponse:
    """Send the workbook to fill in (下载模板)."""
    kind, edition = _asked_kind(request)
    places = dict(_import_places(request, kind, edition))
    place = request.GET.get("place", "")
    place = place if place in places else next(iter(places), NATION)
    content = actions.import_template(
        kind, place=place, edition_id=edition.pk if edition else None, clock=request.clock
    )
    return download(content, f"{_KINDS[kind]}模板.xlsx")


def _own_import(request: GatedRequest, pk: int) -> CatalogueImport:
    found = lists.imports_of(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@officer(MAINTAIN)
def upload(request: GatedRequest, pk: int) -> HttpResponse:
    """Show what a workbook would bring, or has brought; POST brings the good rows (目录核验)."""
    one = _own_import(request, pk)
    form = forms.Form(posted(request))
    was_applied = one.state == CatalogueImport.State.APPLIED
    if request.method == "POST":
        form.full_clean()
        done = attempt(form, lambda: actions.apply_import(one.pk, actor=request.actor, clock=request.clock))
        if done is not None:
            told = f"新增 {done.rows_added} 行，更改 {done.rows_changed} 行"
            succeeded(
                request, f"此前已经导入（{told}），本次无变化。" if was_applied else f"已导入：{told}。"
            )
            return redirect("authority:reference-import", one.pk)
    return page(
        request,
        "catalogue_import",
        {
            "title": f"{one.get_kind_display()}核验",
            "subtitle": f"{labels.place(one.place)}，{one.file_name}",
            "one": one,
            "form": form,
            "is_applied": was_applied,
            "is_unchanged": one.rows_good > 0 and one.rows_unchanged == one.rows_good,
            "figures": [
                Figure(label="总行数", value=one.rows_total, unit="行"),
                Figure(label="新增", value=one.rows_added, unit="行"),
                Figure(label="更改", value=one.rows_changed, unit="行"),
                Figure(label="无变化", value=one.rows_unchanged, unit="行"),
                Figure(label="不合格", value=one.rows_bad, unit="行"),
            ],
            "crumbs": crumbs(("导入记录", reverse("authority:reference-imports")), (one.file_name, "")),
            "as_of": request.clock.now(),
        },
        status=form_status(form),
    )


@officer(MAINTAIN)
def bad_rows(request: GatedRequest, pk: int) -> HttpResponse:
    """Send the bad rows back with their reasons (退回不合格行)."""
    one = _own_import(request, pk)
    return download(
        actions.returned_rows(one, actor=request.actor, clock=request.clock), f"不合格行-{one.file_name}.xlsx"
    )
