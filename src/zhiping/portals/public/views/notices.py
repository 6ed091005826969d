"""Public notices: of filings, with objections; of results, with people masked (公示公告)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from zhiping.apps.exams import public_queries as exams
from zhiping.apps.exams.public_queries import SUBJECTS
from zhiping.apps.registry import actions
from zhiping.apps.registry import public_queries as registry
from zhiping.kernel.errors import DomainError
from zhiping.portals.disclosure import discloses
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.public.forms import NoticeForm, ObjectionForm, ReceiptForm
from zhiping.portals.public.lists import page_of
from zhiping.portals.public.views.bodies import levels_label
from zhiping.portals.refusals import sentence
from zhiping.ui.shapes import Action, Column, Crumb, EmptyState, NavItem, Table

_DAY = dt.timedelta(days=1)
_RUNNING = {"yes": True, "no": False}


@require_safe
@public
@discloses("LN24-2.1a")
def filings(request: GatedRequest) -> HttpResponse:
    """List the notices of filings (备案公示)."""
    return _list(
        request,
        registry.filing_notices,
        columns=(
            Column(key="title", label="公示"),
            Column(key="place", label="受理地区", kind="place"),
            Column(key="starts_on", label="起始日", kind="date"),
            Column(key="last_day", label="截止日", kind="date"),
            Column(key="state", label="状态", kind="state", scope="notice"),
        ),
        row=lambda one, today: {
            "title": one.title,
            "place": one.place,
            "starts_on": one.starts_on,
            "last_day": one.ends_on - _DAY,
            "state": "running" if today < one.ends_on else "ended",
            "url": reverse("public:registry-notice", args=[one.pk]),
        },
        caption="备案公示",
        empty="没有符合条件的备案公示。新的备案通过实地核查后会在这里公示。",
        which="filings",
    )


@require_safe
@public
def results(request: GatedRequest) -> HttpResponse:
    """List the notices of results (成绩公示)."""
    return _list(
        request,
        exams.result_notices,
        columns=(
            Column(key="title", label="场次"),
            Column(key="body", label="评价机构"),
            Column(key="level", label="等级", kind="level"),
            Column(key="place", label="考点地区", kind="place"),
            Column(key="starts_on", label="起始日", kind="date"),
            Column(key="last_day", label="截止日", kind="date"),
            Column(key="state", label="状态", kind="state", scope="notice"),
        ),
        row=lambda one, today: {
            "title": f"{one.occupation_name}（{one.number}）",
            "body": one.body.name,
            "level": one.level,
            "place": one.place,
            "starts_on": one.notice_from,
            "last_day": one.notice_to - _DAY,
            "state": "running" if today < one.notice_to else "ended",
            "url": reverse("public:exams-notice", args=[one.pk]),
        },
        caption="成绩公示",
        empty="没有符合条件的成绩公示。考后成绩上传齐全、由机构发起公示后会在这里列出。",
        which="results",
    )


def _list(
    request: GatedRequest,
    query: Callable[..., Any],
    *,
    columns: tuple[Column, ...],
    row: Callable[[Any, dt.date], dict[str, object]],
    caption: str,
    empty: str,
    which: str,
) -> HttpResponse:
    today = request.clock.today()
    form = NoticeForm(request.GET or None, on=today)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = query(today=today, place=asked.get("place", ""), is_running=_RUNNING.get(asked.get("running", "")))
    page = page_of(request, rows)
    table = Table(
        name="notices",
        caption=caption,
        columns=columns,
        rows=[row(one, today) for one in page.object_list],
        row_url=lambda one: str(one["url"]),
        page=page,
        total=page.paginator.count,
        filters=form,
        as_of=request.clock.now(),
        empty=EmptyState(title="没有公示", text=empty, actions=(Action(label="查看全部", url=request.path),)),
    )
    return render(request, "public/notices.html", {"table": table, "tabs": notice_tabs(which)})


def notice_tabs(which: str) -> tuple[NavItem, ...]:
    """Return the kinds of notices as tabs."""
    return (
        NavItem(label="备案公示", url=reverse("public:registry-notices"), current=which == "filings"),
        NavItem(label="成绩公示", url=reverse("public:exams-notices"), current=which == "results"),
        NavItem(label="空白证书作废公告", url=reverse("public:blank-losses"), current=which == "blanks"),
        NavItem(label="异议答复查询", url=reverse("public:registry-objection")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@public
@discloses("LN24-2.1a")
def filing(request: GatedRequest, notice_id: int) -> HttpResponse:
    """Show one notice of a filing; while it runs, take objections (公示详情、提出异议)."""
    today = request.clock.today()
    notice = registry.filing_notice(notice_id, today=today)
    if notice is None:
        raise Http404
    is_running = today < notice.ends_on
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            objection = actions.object_to_notice(
                notice_id, **form.cleaned_data, actor=request.actor, clock=request.clock
            )
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            request.session["objection_receipt"] = objection.receipt
            return redirect("public:registry-objection")
    body = notice.filing.body
    context = {
        "notice": notice,
        "body": body,
        "body_kind": registry.BODY_KINDS[body.kind],
        "occupations": [
            {"code": one.code, "name": one.name, "levels": levels_label(one.levels)}
            for one in registry.noticed_occupations(notice)
        ],
        "is_running": is_running,
        "last_day": notice.ends_on - _DAY,
        "form": form,
        "crumbs": (
            Crumb(label="备案公示", url=reverse("public:registry-notices")),
            Crumb(label=notice.title),
        ),
    }
    return render(request, "public/notice_filing.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@public
def objection(request: GatedRequest) -> HttpResponse:
    """Show the answer to an objection to whoever holds its receipt code (查询异议答复).

    The code just given is kept in the session, not in an address that others may read.
    """
    given = request.session.pop("objection_receipt", "") if request.method != "POST" else ""
    form = ReceiptForm(request.POST or None)
    context: dict[str, object] = {"form": form, "given": given, "is_asked": False}
    if request.method == "POST" and form.is_valid():
        found = registry.objection_by_receipt(form.cleaned_data["receipt"])
        context |= {"is_asked": True, "objection": found}
    response = render(request, "public/objection.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@public
def result(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """Show one notice of results; the list of candidates only while the notice runs (成绩公示详情)."""
    today = request.clock.today()
    sitting = exams.result_notice(sitting_id, today=today)
    if sitting is None or sitting.notice_to is None:
        raise Http404
    is_running = today < sitting.notice_to
    subjects = exams.noticed_subjects(sitting)
    page = page_of(request, exams.noticed_results(sitting), per_page=100) if is_running else None
    context = {
        "sitting": sitting,
        "subjects": [SUBJECTS[subject] for subject in subjects],
        "page": page,
        "is_running": is_running,
        "last_day": sitting.notice_to - _DAY,
        "crumbs": (
            Crumb(label="成绩公示", url=reverse("public:exams-notices")),
            Crumb(label=sitting.number),
        ),
    }
    response = render(request, "public/notice_result.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
