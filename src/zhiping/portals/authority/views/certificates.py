"""Certificates: the list, one certificate with its chain of responsibility, and what changes it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.authorities.queries import office_for
from zhiping.apps.certificates.actions import (
    CORRECTABLE,
    annul_certificate,
    certificate_pdf,
    correct_certificate,
    restore_certificate,
)
from zhiping.apps.certificates.actions.unmasking import unmask_paper_number
from zhiping.apps.certificates.blank_queries import current_sheet, sheets_of
from zhiping.apps.certificates.messages import FIELD_LABELS
from zhiping.apps.certificates.queries import annulment_clauses, certificate_for, certificates_within, history
from zhiping.apps.certificates.states import CERTIFICATE_MOVES, CertificateState
from zhiping.apps.exams import office_queries as exams
from zhiping.apps.journal.queries import entries_about
from zhiping.apps.reference.queries import binding_clauses, law
from zhiping.apps.registry import office_queries as registry
from zhiping.apps.screening.queries import findings_within
from zhiping.kernel.moves import MoveNotAllowedError, verbs_from
from zhiping.kernel.place import Place
from zhiping.portals.authority.listing import Filters, Listing, attachment
from zhiping.portals.authority.pages import (
    ALL,
    attempt,
    crumbs,
    form_status,
    link,
    list_page,
    may,
    offer,
    page,
    place_choices,
    posted,
    prefix_of,
    succeeded,
)
from zhiping.portals.authority.views.blanks import sheet_actions
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui import labels
from zhiping.ui.shapes import Column, Definition, EmptyState

VERBS = {
    "correct": ("更正", "secondary"),
    "annul": ("宣布作废", "danger"),
    "restore": ("撤销作废", "secondary"),
}


class CertificateFilters(Filters):
    """What of the certificates to show."""

    text = forms.CharField(label="证书编号、姓名或机构")
    occupation = forms.CharField(label="职业")
    level = forms.ChoiceField(label="等级", choices=[ALL, *((code, labels.level(code)) for code in "54321")])
    state = forms.ChoiceField(label="状态", choices=[ALL, *CertificateState.choices])
    place = forms.ChoiceField(label="地区")
    start = forms.DateField(
        label="发证日起", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    end = forms.DateField(label="发证日止", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    body = forms.IntegerField(widget=forms.HiddenInput)

    def narrow(self, rows: Any) -> Any:
        """Narrow the certificates to what was chosen."""
        if text := self.value("text"):
            key = text.upper().replace(" ", "")
            rows = rows.filter(Q(number__startswith=key) | Q(holder_name=text) | Q(body_name__icontains=text))
        if occupation := self.value("occupation"):
            rows = rows.filter(Q(occupation_name__icontains=occupation) | Q(occupation_code=occupation))
        for name in ("level", "state", "body"):
            if value := self.value(name):
                rows = rows.filter(**{name: value})
        if place := self.value("place"):
            rows = rows.filter(place__startswith=prefix_of(place))
        if start := self.cleaned_data.get("start"):
            rows = rows.filter(issued_on__gte=start)
        if end := self.cleaned_data.get("end"):
            rows = rows.filter(issued_on__lte=end)
        return rows


@officer("certificates.read")
def certificates(request: GatedRequest) -> HttpResponse:
    """List the certificates of the officer's places (证书管理)."""
    filters = CertificateFilters(request.GET)
    offer(filters, "place", place_choices(request.actor, "certificates.read", request.clock))
    listing = Listing(
        name="certificates",
        caption="证书管理",
        columns=(
            Column(key="number", label="证书编号", kind="code", sortable=True),
            Column(key="holder_name", label="姓名", sortable=True),
            Column(key="number_masked", label="证件号码", kind="code"),
            Column(key="occupation_name", label="职业", sortable=True),
            Column(key="level", label="等级", kind="level", sortable=True),
            Column(key="body_name", label="评价机构", sortable=True),
            Column(key="place", label="地区", kind="place"),
            Column(key="issued_on", label="发证日期", kind="date", sortable=True),
            Column(key="state", label="状态", kind="state", scope="certificate", sortable=True),
        ),
        sort="-issued_on",
        row_url=lambda row: reverse("authority:certificates-show", args=[row.number]),
        empty=EmptyState(
            title="没有符合条件的证书",
            text="可以核对编号或放宽筛选条件；成绩审核通过并核准发证后，证书出现在这里。",
        ),
    )
    return list_page(request, listing, filters.narrow(certificates_within(request.actor)), filters=filters)


@officer("certificates.read")
def certificate(request: GatedRequest, number: str) -> HttpResponse:
    """Show one certificate: what is printed, its history, who is responsible for it (证书详情)."""
    found = certificate_for(request.actor, number)
    return _show(request, found)


def _show(request: GatedRequest, found: Any, *, paper_number: str = "", status: int = 200) -> HttpResponse:
    actions = [
        link(
            VERBS[verb][0], reverse("authority:certificates-step", args=[found.number, verb]), VERBS[verb][1]
        )
        for verb in verbs_from(CERTIFICATE_MOVES, found.state)
        if may(request.actor, CERTIFICATE_MOVES[found.state, verb].duty, found.place)
    ]
    actions = [*sheet_actions(request, found), *actions]
    if found.state == CertificateState.VALID and may(request.actor, "certificates.issue", found.place):
        actions.insert(
            0, link("打印版（PDF）", reverse("authority:certificates-pdf", args=[found.number]), "primary")
        )
    return page(
        request,
        "certificate",
        {
            "title": f"证书 {found.number}",
            "crumbs": crumbs(("证书管理", reverse("authority:certificates-list")), (found.number, "")),
            "certificate": found,
            "actions": actions,
            "printed": _printed(found, paper_number),
            "unmask_url": reverse("authority:certificates-unmask", args=[found.number])
            if may(request.actor, "certificates.unmask", found.place) and not paper_number
            else "",
            "is_unmasked": bool(paper_number),
            "history": history(found.number),
            "sheet": current_sheet(found),
            "sheets": sheets_of(found),
            "chain": chain_of(request, found),
            "findings": list(
                findings_within(request.actor).filter(evidence__certificate_number=found.number)[:20]
            ),
            "as_of": request.clock.now(),
            "trace_url": reverse("authority:journal-trace", args=["certificates.certificate", str(found.pk)]),
        },
        status=status,
    )


def _printed(found: Any, paper_number: str) -> list[Definition]:
    return [
        Definition(term="证书编号", value=found.number, kind="code"),
        Definition(term="姓名", value=found.holder_name),
        Definition(term="证件类型", value=found.paper_kind),
        Definition(term="证件号码", value=paper_number or found.number_masked, kind="code"),
        Definition(term="职业名称", value=f"{found.occupation_name}（{found.occupation_code}）"),
        Definition(term="工种名称", value=found.work_type),
        Definition(term="等级", value=found.level, kind="level"),
        Definition(term="评价机构", value=found.body_name),
        Definition(term="理论成绩", value=found.theory_score),
        Definition(term="技能成绩", value=found.practical_score),
        Definition(term="综合成绩", value=found.comprehensive_score),
        Definition(term="发证日期", value=found.issued_on, kind="date"),
        Definition(term="核验地址", value=found.query_address),
        Definition(term="内容摘要（SHA-256）", value=found.digest, kind="code", wide=True),
    ]


def chain_of(request: GatedRequest, found: Any) -> list[dict[str, Any]]:
    """Return who stands behind a certificate: result, sitting, people, reviewer, body, office."""
    links: list[dict[str, Any]] = [
        {
            "label": "持证人",
            "text": found.holder_name,
            "url": reverse("authority:people-show", args=[found.person_id]),
            "note": found.number_masked,
        }
    ]
    enrolment = found.enrolment
    if enrolment is None:
        links.append({"label": "考试", "text": "没有对应的报名记录", "url": "", "note": "请结合筛查发现核实"})
    else:
        links += _exam_links(request, enrolment)
    body = registry.bodies_within(request.actor).filter(pk=found.body_id).first()
    links.append(
        {
            "label": "评价机构",
            "text": found.body_name,
            "url": reverse("authority:bodies-show", args=[found.body_id]) if body else "",
            "note": f"当前{body.get_state_display()}" if body else "不在您的管辖地区",
        }
    )
    office = office_for(Place(found.place))
    links.append({"label": "主管部门", "text": office.name if office else "未设立", "url": "", "note": ""})
    return links


def _exam_links(request: GatedRequest, enrolment: Any) -> list[dict[str, Any]]:
    results = "，".join(
        f"{one.get_subject_display()} {'缺考' if one.is_absent else one.score}"
        for one in enrolment.results.order_by("id")
    )
    sitting = exams.sittings_within(request.actor).filter(pk=enrolment.sitting_id).first()
    links = [
        {
            "label": "成绩",
            "text": results or "没有成绩记录",
            "url": reverse("authority:sittings-results", args=[enrolment.sitting_id]) if sitting else "",
            "note": f"准考证号 {enrolment.ticket}",
        },
    ]
    if sitting is None:
        links.append({"label": "场次", "text": "场次不在您的管辖地区", "url": "", "note": ""})
        return links
    links.append(
        {
            "label": "场次",
            "text": f"{sitting.number}　{sitting.venue.name}",
            "url": reverse("authority:sittings-show", args=[sitting.pk]),
            "note": f"{sitting.starts_at:%Y-%m-%d}",
        }
    )
    links += [
        {
            "label": row.get_role_display(),
            "text": row.person.name,
            "url": reverse("authority:people-show", args=[row.person_id]),
            "note": "",
        }
        for row in exams.assignments_of(sitting)
    ]
    reviews = entries_about("exams.sitting", sitting.pk).filter(event="exams.results_approved")
    links += [
        {
            "label": "成绩审核人",
            "text": entry.actor_name,
            "url": reverse("authority:journal-show", args=[entry.pk]),
            "note": f"{entry.at:%Y-%m-%d}",
        }
        for entry in reviews[:1]
    ]
    return links


class CorrectionForm(forms.Form):
    """What is printed wrongly, and why."""

    def __init__(self, *args: Any, certificate: Any, **kwargs: Any) -> None:
        """Add a field for everything that may be corrected, filled with what is printed."""
        super().__init__(*args, **kwargs)
        for name in CORRECTABLE:
            self.fields[name] = forms.CharField(
                label=FIELD_LABELS[name],
                required=False,
                initial=getattr(certificate, name),
                max_length=certificate._meta.get_field(name).max_length,
            )
        self.fields["reason"] = forms.CharField(
            label="更正原因", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
        )


class AnnulmentForm(forms.Form):
    """Why a certificate is declared void, and on which clause."""

    clause = forms.ChoiceField(label="依据条款", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="作废原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="原因和日期会在公共查询中显示。",
    )

    def __init__(self, *args: Any, certificate: Any, on: dt.date, **kwargs: Any) -> None:
        """Offer the clauses that bind at the certificate's place today."""
        super().__init__(*args, **kwargs)
        book = law()
        offer(
            self,
            "clause",
            [
                (one, f"{one}　{book.clauses[one].summary}")
                for one in annulment_clauses(certificate.place, on=on)
            ],
        )


class RestorationForm(forms.Form):
    """Why an annulment is taken back."""

    reason = forms.CharField(label="撤销作废的原因", max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


@officer("certificates.read")
def step(request: GatedRequest, number: str, verb: str) -> HttpResponse:
    """Correct, annul or restore a certificate (更正、宣布作废、撤销作废)."""
    found = certificate_for(request.actor, number)
    move = CERTIFICATE_MOVES.get((found.state, verb))
    if move is None:
        raise MoveNotAllowedError(
            state=found.get_state_display(), verb=VERBS[verb][0] if verb in VERBS else verb
        )
    request.actor.require(move.duty, Place(found.place))
    form, act = _forms(request, found, verb)
    label, kind = VERBS[verb]
    if request.method == "POST" and form.is_valid() and attempt(form, act):
        succeeded(request, f"证书 {found.number}：已{label}。")
        return redirect("authority:certificates-show", found.number)
    back = reverse("authority:certificates-show", args=[found.number])
    return page(
        request,
        "confirm",
        {
            "title": f"{label}：{found.number}",
            "text": "　".join(
                (found.holder_name, found.occupation_name, labels.level(found.level), found.body_name)
            ),
            "crumbs": crumbs(
                ("证书管理", reverse("authority:certificates-list")), (found.number, back), (label, "")
            ),
            "items": _printed(found, "")[:4],
            "consequences": _CONSEQUENCES[verb],
            "form": form,
            "submit": f"确认{label}",
            "danger": kind == "danger",
            "clauses": ()
            if verb == "annul"
            else binding_clauses(move.clauses, place=found.place, on=request.clock.today()),
            "duty": DUTIES[move.duty],
            "cancel_url": back,
        },
        status=form_status(form),
    )


_CONSEQUENCES = {
    "correct": [
        "只更正印制内容中的姓名、职业、工种和机构名称；编号、等级、成绩和持证人不变。",
        "更正前后的内容、原因和经办人永久保存；原打印件作废，需重新打印。",
    ],
    "annul": [
        "证书自今日起作废，公共查询显示“已作废”、日期和原因。",
        "编号和记录保留，不再打印；作废有误的可以撤销。",
    ],
    "restore": [
        "证书自今日起恢复有效；作废期间的记录保留。",
        "公共查询恢复显示“有效”。",
    ],
}


def _forms(request: GatedRequest, found: Any, verb: str) -> tuple[forms.Form, Callable[[], Any]]:
    data = posted(request)
    given: dict[str, Any] = {"actor": request.actor, "clock": request.clock}
    if verb == "correct":
        correction = CorrectionForm(data, certificate=found)

        def correct() -> Any:
            cleaned = dict(correction.cleaned_data)
            reason = cleaned.pop("reason")
            return correct_certificate(found.number, changes=cleaned, reason=reason, **given)

        return correction, correct
    if verb == "annul":
        annulment = AnnulmentForm(data, certificate=found, on=request.clock.today())
        return annulment, lambda: annul_certificate(found.number, **annulment.cleaned_data, **given)
    restoration = RestorationForm(data)
    return restoration, lambda: restore_certificate(found.number, **restoration.cleaned_data, **given)


class UnmaskForm(forms.Form):
    """Why somebody's whole number must be seen."""

    reason = forms.CharField(label="查看事由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


@officer("certificates.unmask")
def unmask(request: GatedRequest, number: str) -> HttpResponse:
    """Show the holder's whole paper number once, under a duty, with a reason (查看完整证件号码)."""
    found = certificate_for(request.actor, number)
    request.actor.require("certificates.unmask", Place(found.place))
    form = UnmaskForm(posted(request))
    if request.method == "POST" and form.is_valid():
        paper = attempt(
            form,
            lambda: unmask_paper_number(
                found.number, reason=form.cleaned_data["reason"], actor=request.actor, clock=request.clock
            ),
        )
        if paper:
            response = _show(request, found, paper_number=paper)
            response.headers["Cache-Control"] = "no-store"
            return response
    back = reverse("authority:certificates-show", args=[found.number])
    return page(
        request,
        "confirm",
        {
            "title": "查看完整证件号码",
            "text": f"持证人 {found.holder_name}，{found.number_masked}。",
            "crumbs": crumbs(
                ("证书管理", reverse("authority:certificates-list")),
                (found.number, back),
                ("查看完整证件号码", ""),
            ),
            "consequences": ["完整号码只在下一页显示一次。", "查看人、时间和事由永久留痕，可供审计。"],
            "form": form,
            "submit": "查看",
            "danger": False,
            "duty": DUTIES["certificates.unmask"],
            "cancel_url": back,
        },
        status=form_status(form),
    )


@officer("certificates.issue")
def pdf(request: GatedRequest, number: str) -> HttpResponseBase:
    """Hand out the printable certificate (打印版)."""
    found = certificate_for(request.actor, number)
    content = certificate_pdf(found.number, actor=request.actor, clock=request.clock)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = attachment(f"证书{found.number}.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    return response
