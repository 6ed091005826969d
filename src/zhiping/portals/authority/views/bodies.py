"""Bodies: the register as the officer sees it, one dossier, and what can be done to its standing."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.certificates.queries import certificates_within
from zhiping.apps.exams.office_queries import plans_within, sittings_within
from zhiping.apps.reference.queries import binding_clauses, whole_parameter
from zhiping.apps.registry import office_queries as registry
from zhiping.apps.registry.actions import remove_body, resume_body, suspend_body
from zhiping.apps.registry.states import BODY_MOVES, BodyState
from zhiping.apps.screening.queries import findings_within
from zhiping.kernel.moves import MoveNotAllowedError
from zhiping.kernel.place import Place
from zhiping.portals.authority.listing import Filters, Listing
from zhiping.portals.authority.occupations import called
from zhiping.portals.authority.pages import (
    ALL,
    attempt,
    crumbs,
    form_status,
    link,
    list_page,
    offer,
    page,
    place_choices,
    posted,
    prefix_of,
    succeeded,
)
from zhiping.portals.authority.views.filings import files_of
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui.shapes import Column, Definition, EmptyState, Figure

VERBS = {
    "suspend": ("停止评价", "secondary", suspend_body),
    "resume": ("恢复评价", "primary", resume_body),
    "remove": ("移出目录", "danger", remove_body),
}
_LATEST = 10


class BodyFilters(Filters):
    """What of the bodies to show."""

    text = forms.CharField(label="名称或信用代码")
    state = forms.ChoiceField(label="目录状态", choices=[ALL, *BodyState.choices])
    kind = forms.ChoiceField(label="类别", choices=[ALL, *registry.FILING_KINDS.items()])
    place = forms.ChoiceField(label="地区")

    def narrow(self, rows: Any) -> Any:
        """Narrow the bodies to what was chosen."""
        if text := self.value("text"):
            rows = rows.filter(Q(name__icontains=text) | Q(credit_code__icontains=text))
        if state := self.value("state"):
            rows = rows.filter(state=state)
        if kind := self.value("kind"):
            rows = rows.filter(kind=kind)
        if place := self.value("place"):
            rows = rows.filter(place__startswith=prefix_of(place))
        return rows


@officer("registry.read")
def bodies(request: GatedRequest) -> HttpResponse:
    """List the bodies of the officer's places (评价机构)."""
    filters = BodyFilters(request.GET)
    offer(filters, "place", place_choices(request.actor, "registry.read", request.clock))
    listing = Listing(
        name="bodies",
        caption="评价机构",
        columns=(
            Column(key="name", label="机构名称", sortable=True),
            Column(key="get_kind_display", label="类别"),
            Column(key="credit_code", label="统一社会信用代码", kind="code", sortable=True),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="state", label="目录状态", kind="state", scope="body", sortable=True),
            Column(key="site_code", label="站点序列码", kind="code"),
            Column(key="filed_on", label="首次入目录", kind="date", sortable=True),
        ),
        sort="name",
        row_url=lambda body: reverse("authority:bodies-show", args=[body.pk]),
        empty=EmptyState(title="没有符合条件的机构", text="可以放宽筛选条件再查；机构备案确认后进入目录。"),
    )
    return list_page(request, listing, filters.narrow(registry.bodies_within(request.actor)), filters=filters)


@officer("registry.read")
def body(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one body's whole dossier (机构档案)."""
    found = registry.body_within(request.actor, pk)
    today = request.clock.today()
    verbs = registry.verbs_of_body(found, request.actor)
    certificates = certificates_within(request.actor).filter(body=found)
    findings = findings_within(request.actor).filter(body=found)
    return page(
        request,
        "body",
        {
            "title": found.name,
            "crumbs": crumbs(("评价机构", reverse("authority:bodies-list")), (found.name, "")),
            "body": found,
            "actions": [
                link(VERBS[verb][0], reverse("authority:bodies-step", args=[pk, verb]), VERBS[verb][1])
                for verb in verbs
            ],
            "items": _details(found),
            "scope": list(found.scope_lines.select_related("filing").order_by("occupation_code", "-level")),
            "today": today,
            "staff": list(found.staff.select_related("person").order_by("role", "id")),
            "assessors": _assessors(found),
            "venues": _venues(found),
            "files": files_of(found.documents.filter(is_withdrawn=False)),
            "filings": list(registry.filings_within(request.actor).filter(body=found)[:_LATEST]),
            "plans": list(plans_within(request.actor).filter(body=found).order_by("-id")[:_LATEST]),
            "bars": list(registry.bars_of(found)),
            "figures": _figures(request, found, certificates, findings),
            "findings": list(findings.order_by("-id")[:_LATEST]),
            "trace_url": reverse("authority:journal-trace", args=["registry.evaluationbody", str(pk)]),
        },
    )


def _assessors(found: Any) -> list[Any]:
    rows = list(found.assessors.select_related("person").prefetch_related("occupations").order_by("id"))
    for row in rows:
        row.may_examine = "、".join(called(one.occupation_code) for one in row.occupations.all())
    return rows


def _venues(found: Any) -> list[Any]:
    rows = list(found.venues.prefetch_related("stations"))
    for row in rows:
        row.equipped_for = "，".join(
            f"{called(one.occupation_code)} {one.workstations} 个" for one in row.stations.all()
        )
    return rows


def _details(found: Any) -> list[Definition]:
    return [
        Definition(term="统一社会信用代码", value=found.credit_code, kind="code"),
        Definition(term="机构类别", value=found.get_kind_display()),
        Definition(term="所在地", value=found.place, kind="place"),
        Definition(term="地址", value=found.address),
        Definition(term="联系人", value=found.contact_name),
        Definition(term="联系电话", value=found.contact_phone),
        Definition(term="行业代码（GB/T 4754）", value=found.industry_code, kind="code"),
        Definition(term="成立日期", value=found.founded_on, kind="date"),
        Definition(term="站点序列码", value=found.site_code, kind="code"),
        Definition(term="首次入目录", value=found.filed_on, kind="date"),
        Definition(term="当前状态起始", value=found.state_since, kind="date"),
        Definition(term="状态原因", value=found.state_reason),
    ]


def _figures(request: GatedRequest, found: Any, certificates: Any, findings: Any) -> list[Figure]:
    def to(name: str) -> str:
        return f"{reverse(name)}?body={found.pk}"

    return [
        Figure(
            label="考核场次",
            value=sittings_within(request.actor).filter(body=found).count(),
            unit="场",
            url=to("authority:sittings-list"),
        ),
        Figure(
            label="已发证书", value=certificates.count(), unit="本", url=to("authority:certificates-list")
        ),
        Figure(label="其中已作废", value=certificates.filter(state="annulled").count(), unit="本"),
        Figure(
            label="存在的筛查发现",
            value=findings.filter(state="open").count(),
            unit="条",
            url=to("authority:findings-list"),
        ),
    ]


class ReasonForm(forms.Form):
    """Why the standing of a body changes."""

    reason = forms.CharField(
        label="原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="原因会显示在机构档案和公共目录中。",
    )


@officer("registry.read")
def step(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Suspend, resume or remove a body, after a page that says what will happen (停止、恢复、移出目录)."""
    found = registry.body_within(request.actor, pk)
    move = BODY_MOVES.get((found.state, verb))
    if verb not in VERBS or move is None:
        raise MoveNotAllowedError(
            state=found.get_state_display(), verb=VERBS[verb][0] if verb in VERBS else verb
        )
    request.actor.require(move.duty, Place(found.place))
    label, kind, act = VERBS[verb]
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, lambda: act(pk, reason=reason, actor=request.actor, clock=request.clock)):
            succeeded(request, f"{found.name}：已{label}。")
            return redirect("authority:bodies-show", pk)
    return page(
        request,
        "confirm",
        {
            "title": f"{label}：{found.name}",
            "text": f"当前状态：{found.get_state_display()}。",
            "crumbs": crumbs(
                ("评价机构", reverse("authority:bodies-list")),
                (found.name, reverse("authority:bodies-show", args=[pk])),
                (label, ""),
            ),
            "items": _details(found)[:4],
            "consequences": _consequences(found, verb, request),
            "form": form,
            "submit": f"确认{label}",
            "danger": kind == "danger" or verb == "suspend",
            "clauses": binding_clauses(move.clauses, place=found.place, on=request.clock.today()),
            "duty": DUTIES[move.duty],
            "cancel_url": reverse("authority:bodies-show", args=[pk]),
        },
        status=form_status(form),
    )


def _consequences(found: Any, verb: str, request: GatedRequest) -> list[str]:
    today = request.clock.today()
    running = found.scope_lines.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today)).count()
    if verb == "suspend":
        return [
            "机构立即停止评价：不能再报备考核计划，公共目录显示“停止评价”及原因。",
            "已发证书的效力不受影响；备案范围保留，恢复评价后继续有效。",
        ]
    if verb == "resume":
        return [
            "机构可以继续报备考核计划，公共目录恢复显示“在目录”。",
            f"现有备案范围 {running} 条继续有效。",
        ]
    years = whole_parameter("filing.bar_years", place=found.place, on=today)
    bar = (
        f"自今日起 {years} 年内不再受理其备案申请（FS20-5.3），按信用代码执行，重新建档也不能绕过。"
        if years
        else "当地没有规定不再受理备案的年限，不设不予受理期。"
    )
    return [
        f"备案范围 {running} 条全部于今日终止，机构不能再开展评价。",
        bar,
        "公共目录显示“已移出目录”及原因；已发证书须另行处理，不会自动作废。",
    ]
