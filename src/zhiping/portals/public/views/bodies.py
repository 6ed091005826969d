"""The directory of evaluation bodies (评价机构目录), FS20-4.3."""

from collections.abc import Iterable
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.registry import public_queries as registry
from zhiping.apps.registry.storage import read
from zhiping.portals.disclosure import discloses
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.labels import place_name
from zhiping.portals.public.forms import DayForm, DirectoryForm
from zhiping.portals.public.lists import download, page_of
from zhiping.ui.labels import level, state
from zhiping.ui.shapes import Action, Column, Crumb, Definition, EmptyState, FileEntry, Table

_SORTS = {"name": "name", "place": "place", "filed_on": "filed_on"}
_EXPORTS = frozenset({"xlsx", "csv", "json"})


@require_safe
@public
@discloses("FS20-4.3")
def directory(request: GatedRequest) -> HttpResponse:
    """List the bodies in the register, filtered, paged, for download (机构目录)."""
    today = request.clock.today()
    form = DirectoryForm(request.GET or None, on=today)
    asked = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    rows = registry.directory(registry.DirectoryFilter(on=today, **asked))
    sort = request.GET.get("sort", "")
    if sort.lstrip("-") in _SORTS:
        rows = rows.order_by(("-" if sort.startswith("-") else "") + _SORTS[sort.lstrip("-")], "id")
    form_of_export = request.GET.get("export", "")
    if form_of_export in _EXPORTS:
        found = registry.entries(rows, on=today)
        return download(
            form_of_export, _rows(found), title="评价机构目录", name="bodies", as_of=request.clock.now()
        )
    page = page_of(request, rows)
    query = request.GET.copy()
    query.pop("export", None)
    query.pop("page", None)
    table = Table(
        name="bodies",
        caption="目录中的评价机构",
        columns=(
            Column(key="name", label="机构名称", sortable=True),
            Column(key="kind_label", label="类别"),
            Column(key="place", label="所在地", kind="place", sortable=True),
            Column(key="occupations", label="认定职业", kind="tags"),
            Column(key="levels_label", label="等级范围"),
            Column(key="phone", label="联系电话", kind="code"),
            Column(key="state", label="目录状态", kind="state", scope="body"),
        ),
        rows=[_shown(one) for one in registry.entries(page.object_list, on=today)],
        row_url=lambda row: reverse("public:registry-body", args=[row["id"]]),
        sort=sort,
        page=page,
        total=page.paginator.count,
        export_url="?" + "&".join(part for part in (query.urlencode(), "export=xlsx") if part),
        filters=form,
        as_of=request.clock.now(),
        empty=EmptyState(
            title="没有符合条件的机构",
            text="可以放宽筛选条件，例如只选地市、不选等级；已移出目录的机构需在“目录状态”中另选。",
            actions=(Action(label="清除全部条件", url=reverse("public:registry-bodies")),),
        ),
    )
    exports = [(label, "?" + "&".join(part for part in (query.urlencode(), f"export={kind}") if part))
               for kind, label in (("csv", "CSV"), ("json", "JSON 开放数据"))]  # fmt: skip
    return render(request, "public/bodies.html", {"table": table, "exports": exports})


@require_safe
@public
@discloses("FS20-4.3", "LN24-2.3b")
def body(request: GatedRequest, body_id: int) -> HttpResponse:
    """Show one body as published: scope on a chosen day, standing, rules, fees, notices (机构详情)."""
    today = request.clock.today()
    form = DayForm(request.GET or None, initial={"on": today})
    on = (form.cleaned_data["on"] if form.is_valid() else None) or today
    found = registry.entry(body_id, on=on)
    if found is None:
        raise Http404
    documents = list(registry.published_documents(body_id))
    published = {one.kind for one in documents}
    context = {
        "body": found,
        "facts": _facts(found),
        "form": form,
        "on": on,
        "scope": [
            {"name": line.name, "code": line.code, "edition": line.edition, "level": line.level,
             "place": line.place, "valid_from": line.valid_from, "valid_to": line.valid_to,
             "standard": line.standard}
            for line in registry.scope_of(body_id, on=on)
        ],
        "files": [
            FileEntry(
                name=one.original_name,
                url=reverse("public:registry-document", args=[one.pk]),
                kind=registry.DOCUMENT_KINDS[one.kind],
                size=one.size,
                sha256=one.sha256,
                at=one.uploaded_at,
            )
            for one in documents
        ],
        "missing_rules": [str(kind.label) for kind in registry.MANAGEMENT_RULES if kind not in published],
        "notices": list(registry.notices_of_body(body_id, today=today)),
        "today": today,
        "crumbs": (
            Crumb(label="机构目录", url=reverse("public:registry-bodies")),
            Crumb(label=found.name),
        ),
    }  # fmt: skip
    return render(request, "public/body.html", context)


@require_safe
@public
@discloses("LN24-2.3b", "FS20-4.3")
def document(_request: GatedRequest, document_id: int) -> HttpResponse:
    """Hand out one published document, as an attachment that no browser runs (机构公开的管理办法)."""
    found = registry.published_document(document_id)
    if found is None:
        raise Http404
    response = HttpResponse(read(found.sha256), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.original_name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _facts(found: registry.DirectoryEntry) -> tuple[Definition, ...]:
    return (
        Definition(term="机构类别", value=found.kind_label),
        Definition(term="统一社会信用代码", value=found.credit_code, kind="code"),
        Definition(term="所在地", value=found.place, kind="place"),
        Definition(term="地址", value=found.address),
        Definition(term="联系电话", value=found.phone, kind="code", clause="FS20-4.3"),
        Definition(term="首次入目录", value=found.filed_on, kind="date"),
        Definition(term="目录状态", value=found.state, kind="state", scope="body"),
        Definition(term="状态起始日", value=found.state_since, kind="date"),
        *((Definition(term="状态原因", value=found.state_reason, wide=True),) if found.state_reason else ()),
    )


def levels_label(levels: Iterable[str]) -> str:
    """Return a range of levels in words (五级/初级工至三级/高级工), or one by one when there is a gap."""
    ordered = sorted(set(levels), reverse=True)
    if not ordered:
        return "—"
    if len(ordered) == 1:
        return level(ordered[0])
    is_range = (
        all(code.isdigit() for code in ordered) and int(ordered[0]) - int(ordered[-1]) == len(ordered) - 1
    )
    return (
        f"{level(ordered[0])}至{level(ordered[-1])}"
        if is_range
        else "、".join(level(code) for code in ordered)
    )


def _shown(found: registry.DirectoryEntry) -> dict[str, object]:
    return {
        "id": found.id,
        "name": found.name,
        "kind_label": found.kind_label,
        "place": found.place,
        "occupations": found.occupations,
        "levels_label": levels_label(found.levels),
        "phone": found.phone,
        "state": found.state,
    }


def _rows(found: Iterable[registry.DirectoryEntry]) -> list[dict[str, object]]:
    return [
        {
            "机构名称": one.name,
            "机构类别": one.kind_label,
            "统一社会信用代码": one.credit_code,
            "所在地": place_name(one.place),
            "行政区划代码": one.place,
            "地址": one.address,
            "联系电话": one.phone,
            "认定职业": list(one.occupations),
            "等级范围": levels_label(one.levels),
            "目录状态": state(one.state, "body").word,
            "状态原因": one.state_reason,
            "首次入目录日": one.filed_on,
        }
        for one in found
    ]
