"""Sittings: the list, the exam day on a phone, one sitting, its results, its certificates."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.certificates.actions import issue_certificates
from zhiping.apps.certificates.queries import certificates_within
from zhiping.apps.exams import office_queries as exams
from zhiping.apps.exams.actions import assign_external_supervisor, record_incident, review_results
from zhiping.apps.exams.plan_facts import day_of, judge_sitting
from zhiping.apps.exams.states import SITTING_MOVES, IncidentKind, SittingState
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.registry.office_queries import external_supervisors
from zhiping.apps.screening.queries import findings_within
from zhiping.core.roster.export import Cell
from zhiping.kernel.clock import CHINA
from zhiping.kernel.moves import MoveNotAllowedError
from zhiping.kernel.place import Place
from zhiping.portals.authority.listing import Filters, Listing, due, wants_export, xlsx
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
from zhiping.portals.authority.views.filings import OpinionForm
from zhiping.portals.gate import GatedRequest, officer
from zhiping.portals.verdict_panels import OFFICER, panel
from zhiping.ui import formatting, labels
from zhiping.ui.shapes import Action, Column, Definition, EmptyState, Figure

LINES_PER_PAGE = 50
_LEVELS = [ALL, *((code, labels.level(code)) for code in "54321")]


class SittingFilters(Filters):
    """What of the sittings to show."""

    text = forms.CharField(label="机构、职业或编号")
    state = forms.ChoiceField(label="状态", choices=[ALL, *SittingState.choices])
    level = forms.ChoiceField(label="等级", choices=_LEVELS)
    place = forms.ChoiceField(label="地区")
    start = forms.DateField(
        label="考试日起", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    end = forms.DateField(label="考试日止", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    body = forms.IntegerField(widget=forms.HiddenInput)

    def narrow(self, rows: Any) -> Any:
        """Narrow the sittings to what was chosen."""
        if text := self.value("text"):
            rows = rows.filter(
                Q(body__name__icontains=text) | Q(occupation_name__icontains=text) | Q(number__icontains=text)
            )
        for name in ("state", "level", "body"):
            if value := self.value(name):
                rows = rows.filter(**{name: value})
        if place := self.value("place"):
            rows = rows.filter(place__startswith=prefix_of(place))
        if start := self.cleaned_data.get("start"):
            rows = rows.filter(starts_at__gte=dt.datetime.combine(start, dt.time(), tzinfo=CHINA))
        if end := self.cleaned_data.get("end"):
            after = dt.datetime.combine(end + dt.timedelta(days=1), dt.time(), tzinfo=CHINA)
            rows = rows.filter(starts_at__lt=after)
        return rows


@officer("exams.read")
def sittings(request: GatedRequest) -> HttpResponse:
    """List the sittings of the officer's places (考核场次)."""
    filters = SittingFilters(request.GET)
    offer(filters, "place", place_choices(request.actor, "exams.read", request.clock))

    def prepare(rows: Sequence[Any]) -> None:
        counts = exams.enrolment_counts(rows)
        for row in rows:
            row.enrolled = counts[row.pk]

    listing = Listing(
        name="sittings",
        caption="考核场次",
        columns=(
            Column(key="number", label="场次编号", kind="code", sortable=True),
            Column(key="occupation_name", label="职业", sortable=True),
            Column(key="level", label="等级", kind="level", sortable=True),
            Column(key="body.name", label="机构", sortable=True),
            Column(key="venue.name", label="考点"),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="starts_at", label="开考时间", kind="datetime", sortable=True),
            Column(key="capacity", label="计划人数", kind="number", sortable=True),
            Column(key="state", label="状态", kind="state", scope="sitting", sortable=True),
        ),
        sort="-starts_at",
        prepare=prepare,
        row_url=lambda sitting: reverse("authority:sittings-show", args=[sitting.pk]),
        empty=EmptyState(title="没有符合条件的场次", text="考核计划报备后，场次会出现在这里。"),
    )
    rows = filters.narrow(exams.sittings_within(request.actor))
    return list_page(request, listing, rows, filters=filters)


@officer("exams.supervise")
def today(request: GatedRequest) -> HttpResponse:
    """Show the sittings of one day to whoever supervises them, for a phone (今日考场)."""
    day = _asked_day(request)
    start = dt.datetime.combine(day, dt.time(), tzinfo=CHINA)
    rows: list[Any] = list(
        exams.sittings_of_day(request.actor, start=start, end=start + dt.timedelta(days=1))
    )
    base = reverse("authority:sittings-today")
    return page(
        request,
        "today",
        {
            "title": "今日考场" if day == request.clock.today() else f"{formatting.long_day(day)}考场",
            "crumbs": crumbs(("今日考场", "")),
            "day": day,
            "sittings": rows,
            "now": request.clock.now(),
            "previous": f"{base}?day={day - dt.timedelta(days=1)}",
            "next": f"{base}?day={day + dt.timedelta(days=1)}",
            "figures": [
                Figure(label="场次", value=len(rows), unit="场"),
                Figure(label="应到", value=sum(row.enrolled for row in rows), unit="人"),
                Figure(label="已签到", value=sum(row.present for row in rows), unit="人"),
                Figure(label="考场情况", value=sum(row.incident_count for row in rows), unit="起"),
            ],
            "as_of": request.clock.now(),
        },
    )


def _asked_day(request: GatedRequest) -> dt.date:
    try:
        return dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return request.clock.today()


@officer("exams.read")
def sitting(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one sitting: candidates masked, attendance, incidents, people, archive (场次详情)."""
    found = exams.sitting_within(request.actor, pk)
    sheet = exams.result_sheet(found)
    certificates = certificates_within(request.actor).filter(enrolment__sitting=found)
    return page(
        request,
        "sitting",
        {
            "title": f"{found.occupation_name}　{labels.level(found.level)}",
            "crumbs": crumbs(("考核场次", reverse("authority:sittings-list")), (found.number, "")),
            "sitting": found,
            "actions": _actions(found, request),
            "items": _details(found, request),
            "figures": _figures(found, sheet, certificates.count()),
            "panel": panel(
                judge_sitting(found, declared_on=found.plan.declared_on or request.clock.today()),
                "考前报备条件",
                reader=OFFICER,
            ),
            "sheet": sheet,
            "lines": page_of_lines(request, sheet),
            "subjects": [labels.state(subject, "subject").word for subject in sheet.subjects],
            "people": exams.assignments_of(found),
            "incidents": list(found.incidents.select_related("enrolment__person")),
            "archive": list(found.archive.all()),
            "certificates": list(certificates.order_by("number")[:200]),
            "findings": list(findings_within(request.actor).filter(evidence__sitting_id=str(pk))[:20]),
            "as_of": request.clock.now(),
            "trace_url": reverse("authority:journal-trace", args=["exams.sitting", str(pk)]),
        },
    )


def _actions(found: Any, request: GatedRequest) -> list[Action]:
    actions = []
    verbs = exams.verbs_of_sitting(found, request.actor)
    if {"approve", "return"} & set(verbs):
        actions.append(link("审核成绩", reverse("authority:sittings-results", args=[found.pk]), "primary"))
    if "issue" in verbs:
        actions.append(link("核准发证", reverse("authority:sittings-issue", args=[found.pk]), "primary"))
    if found.state == SittingState.ISSUED and may(request.actor, "certificates.keep_blanks", found.place):
        actions.append(link("批次登记空白证书", reverse("authority:sittings-blanks", args=[found.pk])))
    supervises = may(request.actor, "exams.supervise", found.place)
    if supervises and found.state in {SittingState.PLANNED, SittingState.HELD}:
        actions.append(link("登记考场情况", reverse("authority:sittings-incident", args=[found.pk])))
    if supervises and found.state == SittingState.PLANNED:
        actions.append(link("选派外部督导员", reverse("authority:sittings-supervisor", args=[found.pk])))
    if not actions or found.state not in {SittingState.PLANNED, SittingState.SUBMITTED}:
        actions.append(link("查看成绩", reverse("authority:sittings-results", args=[found.pk])))
    return actions


def _details(found: Any, request: GatedRequest) -> list[Definition]:
    today_ = request.clock.today()
    starts, ends = found.starts_at.astimezone(CHINA), found.ends_at.astimezone(CHINA)
    return [
        Definition(term="场次编号", value=found.number, kind="code"),
        Definition(
            term="机构", value=found.body.name, url=reverse("authority:bodies-show", args=[found.body_id])
        ),
        Definition(
            term="考核计划", value=found.plan.title, url=reverse("authority:plans-show", args=[found.plan_id])
        )
        if request.actor.may("exams.read", Place(found.plan.place))
        else Definition(term="考核计划", value=found.plan.title),
        Definition(term="职业", value=f"{found.occupation_name}（{found.occupation_code}）"),
        Definition(term="等级", value=found.level, kind="level"),
        Definition(term="考点", value=found.venue.name),
        Definition(term="考点地区", value=found.place, kind="place"),
        Definition(term="考试时间", value=f"{formatting.long_moment(starts)} 至 {ends:%H:%M}"),
        Definition(term="计划人数", value=found.capacity, kind="number"),
        Definition(term="成绩上传日", value=found.results_uploaded_on, kind="date"),
        Definition(term="成绩公示", value=_notice(found)),
        Definition(term="考后审核期限", value=due(found.review_due_on, today_)),
        Definition(term="审核意见", value=found.review_opinion, wide=True),
    ]


def _notice(found: Any) -> str:
    if found.notice_from is None or found.notice_to is None:
        return ""
    last = found.notice_to - dt.timedelta(days=1)
    return f"{formatting.short_day(found.notice_from)} 至 {formatting.short_day(last)}"


def page_of_lines(request: GatedRequest, sheet: exams.ResultSheet) -> Page[Any]:
    """Return the page of a sitting's candidates that the address asks for; a sitting may have thousands."""
    return Paginator(sheet.lines, LINES_PER_PAGE).get_page(request.GET.get("page"))


def _figures(found: Any, sheet: exams.ResultSheet, certificates: int) -> list[Figure]:
    present = sum(line.is_present is True for line in sheet.lines)
    enrolled = sum(line.enrolment.state == "enrolled" for line in sheet.lines)
    rate = sheet.pass_rate
    return [
        Figure(label="报名", value=enrolled, unit="人", hint=f"计划 {found.capacity} 人"),
        Figure(label="签到到场", value=present, unit="人"),
        Figure(
            label="合格",
            value=sheet.passed,
            unit="人",
            hint=f"合格率 {rate}%（{sheet.judged} 人有全部成绩）" if rate is not None else "成绩未齐",
        ),
        Figure(label="已发证书", value=certificates, unit="本"),
    ]


class IncidentForm(forms.Form):
    """Something out of order at a sitting."""

    kind = forms.ChoiceField(label="情况", choices=IncidentKind.choices)
    enrolment = forms.ChoiceField(
        label="涉及考生", required=False, help_text="替考、作弊登记后，该考生取消本场资格。"
    )
    note = forms.CharField(label="情况说明", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


@officer("exams.supervise")
def incident(request: GatedRequest, pk: int) -> HttpResponse:
    """Record an incident as a supervisor (登记考场情况)."""
    found = exams.sitting_within(request.actor, pk)
    request.actor.require("exams.supervise", Place(found.place))
    form = IncidentForm(posted(request))
    candidates = found.enrolments.filter(state="enrolled").select_related("person").order_by("ticket")
    offer(
        form,
        "enrolment",
        [
            ("", "不涉及具体考生"),
            *(
                (str(row.pk), f"{row.ticket}　{formatting.masked_name(row.person.name)}")
                for row in candidates
            ),
        ],
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: record_incident(
                pk,
                data["kind"],
                data["note"],
                enrolment_id=int(data["enrolment"]) if data["enrolment"] else None,
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if done:
            succeeded(request, f"已登记考场情况：{done.get_kind_display()}。")
            return redirect("authority:sittings-show", pk)
    return _form_page(
        request, found, form, title="登记考场情况", submit="登记", duty=DUTIES["exams.supervise"]
    )


class SupervisorForm(forms.Form):
    """Who is sent to watch a sitting."""

    member = forms.ChoiceField(
        label="外部质量督导员",
        help_text="只列出本市其他在目录机构登记的质量督导员；本机构人员应当回避。",
    )


@officer("exams.supervise")
def supervisor(request: GatedRequest, pk: int) -> HttpResponse:
    """Send an external quality supervisor to a sitting (选派外部质量督导员)."""
    found = exams.sitting_within(request.actor, pk)
    request.actor.require("exams.supervise", Place(found.place))
    members = external_supervisors(found.body_id, city=found.place, on=day_of(found))
    form = SupervisorForm(posted(request))
    offer(form, "member", [(str(one.pk), f"{one.person.name}（{one.body.name}）") for one in members])
    if request.method == "POST" and form.is_valid():
        member = int(form.cleaned_data["member"])
        done = attempt(
            form, lambda: assign_external_supervisor(pk, member, actor=request.actor, clock=request.clock)
        )
        if done:
            succeeded(request, f"已选派外部质量督导员 {done.person.name}。")
            return redirect("authority:sittings-show", pk)
    return _form_page(
        request,
        found,
        form,
        title="选派外部质量督导员",
        submit="选派",
        duty=DUTIES["exams.supervise"],
        nobody=not members,
    )


def _form_page(
    request: GatedRequest,
    found: Any,
    form: forms.Form,
    *,
    title: str,
    submit: str,
    duty: str,
    nobody: bool = False,
) -> HttpResponse:
    back = reverse("authority:sittings-show", args=[found.pk])
    empty = EmptyState(
        title="没有可以选派的督导员",
        text="本市其他在目录机构还没有登记质量督导员，请先通知机构登记人员。",
        actions=(Action(label="返回场次", url=back),),
    )
    return page(
        request,
        "form",
        {
            "title": title,
            "subtitle": f"场次 {found.number}　{found.body.name}",
            "crumbs": crumbs(
                ("考核场次", reverse("authority:sittings-list")), (found.number, back), (title, "")
            ),
            "form": None if nobody else form,
            "empty": empty,
            "submit": submit,
            "duty": duty,
            "cancel_url": back,
        },
        status=form_status(form),
    )


@officer("exams.read")
def results(request: GatedRequest, pk: int) -> HttpResponse:
    """Show a sitting's results with their statistics, for the review after the exam (成绩审核)."""
    found = exams.sitting_within(request.actor, pk)
    sheet = exams.result_sheet(found)
    subjects = [labels.state(subject, "subject").word for subject in sheet.subjects]
    if wants_export(request):
        return _results_workbook(request, found, sheet, subjects)
    verbs = exams.verbs_of_sitting(found, request.actor)
    words = {"approve": ("审核通过", "primary"), "return": ("退回", "secondary")}
    back = reverse("authority:sittings-show", args=[pk])
    return page(
        request,
        "results",
        {
            "title": "成绩审核" if found.state == SittingState.SUBMITTED else "成绩",
            "subtitle": "　".join(
                (f"场次 {found.number}", found.body.name, found.occupation_name, labels.level(found.level))
            ),
            "crumbs": crumbs(
                ("考核场次", reverse("authority:sittings-list")), (found.number, back), ("成绩", "")
            ),
            "sitting": found,
            "actions": [
                link(words[verb][0], reverse("authority:sittings-review", args=[pk, verb]), words[verb][1])
                for verb in verbs
                if verb in words
            ],
            "figures": _figures(
                found, sheet, certificates_within(request.actor).filter(enrolment__sitting=found).count()
            ),
            "sheet": sheet,
            "lines": page_of_lines(request, sheet),
            "subjects": subjects,
            "incidents": list(found.incidents.select_related("enrolment__person")),
            "archive": list(found.archive.all()),
            "as_of": request.clock.now(),
        },
    )


def _score(result: Any) -> Cell:
    """Return a result for a workbook: the score, that the candidate was absent, or nothing."""
    if result is None:
        return None
    return "缺考" if result.is_absent else float(result.score)


def _results_workbook(
    request: GatedRequest, found: Any, sheet: exams.ResultSheet, subjects: list[str]
) -> HttpResponse:
    rows = [
        [
            line.enrolment.ticket,
            formatting.masked_name(line.enrolment.person.name),
            *(_score(one) for one in line.scores),
            {True: "合格", False: "不合格", None: "成绩未齐"}[line.is_passed],
        ]
        for line in sheet.lines
    ]
    return xlsx(["准考证号", "姓名", *subjects, "结论"], rows, title=f"成绩 {found.number}", request=request)


_REVIEW = {
    "approve": ("审核通过", "成绩定稿，场次转入核准发证。"),
    "return": ("退回", "退回机构重新核对并上传成绩；须写明理由。"),
}


@officer("exams.read")
def review(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Approve or return a sitting's results (考后审核)."""
    found = exams.sitting_within(request.actor, pk)
    move = SITTING_MOVES.get((found.state, verb))
    if verb not in _REVIEW or move is None:
        raise MoveNotAllowedError(
            state=found.get_state_display(), verb=_REVIEW[verb][0] if verb in _REVIEW else verb
        )
    request.actor.require(move.duty, Place(found.place))
    label, text = _REVIEW[verb]
    form = OpinionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        opinion = form.cleaned_data["opinion"]
        done = attempt(
            form, lambda: review_results(pk, verb, opinion=opinion, actor=request.actor, clock=request.clock)
        )
        if done:
            succeeded(request, f"场次 {found.number} 成绩已办理：{label}。")
            return redirect("authority:sittings-show", pk)
    sheet = exams.result_sheet(found)
    back = reverse("authority:sittings-results", args=[pk])
    lines = [
        f"场次状态由“{found.get_state_display()}”变为“{SittingState(move.to).label}”。",
        f"考生 {len(sheet.lines)} 人，合格 {sheet.passed} 人"
        + (f"，合格率 {sheet.pass_rate}%。" if sheet.pass_rate is not None else "。"),
    ]
    if found.incidents.exists():
        lines.append(f"本场登记了 {found.incidents.count()} 起考场情况，请确认已经处理。")
    return page(
        request,
        "confirm",
        {
            "title": f"成绩{label}：{found.number}",
            "text": text,
            "crumbs": crumbs(
                ("考核场次", reverse("authority:sittings-list")), (found.number, back), (label, "")
            ),
            "items": _details(found, request)[:8],
            "consequences": lines,
            "form": form,
            "submit": f"确认{label}",
            "danger": False,
            "clauses": binding_clauses(move.clauses, place=found.place, on=request.clock.today()),
            "duty": DUTIES[move.duty],
            "cancel_url": back,
        },
        status=form_status(form),
    )


@officer("certificates.issue")
def issue(request: GatedRequest, pk: int) -> HttpResponse:
    """Issue a sitting's certificates and show the report (核准发证)."""
    found = exams.sitting_within(request.actor, pk)
    request.actor.require("certificates.issue", Place(found.place))
    form = forms.Form(posted(request))
    back = reverse("authority:sittings-show", args=[pk])
    way = crumbs(("考核场次", reverse("authority:sittings-list")), (found.number, back), ("核准发证", ""))
    if request.method == "POST":
        form.full_clean()
        report = attempt(form, lambda: issue_certificates(pk, actor=request.actor, clock=request.clock))
        if report is not None:
            found.refresh_from_db()
            return page(
                request,
                "issued",
                {
                    "title": "发证结果",
                    "subtitle": f"场次 {found.number}　{found.body.name}",
                    "crumbs": way,
                    "report": report,
                    "sitting": found,
                    "as_of": request.clock.now(),
                    "figures": [
                        Figure(label="本次核发", value=len(report.numbers), unit="本"),
                        Figure(label="未合格", value=len(report.not_passed), unit="人"),
                        Figure(label="暂不能发证", value=len(report.held_back), unit="人"),
                    ],
                },
            )
    elif found.state != SittingState.APPROVED:
        raise MoveNotAllowedError(state=found.get_state_display(), verb="核准发证")
    sheet = exams.result_sheet(found)
    move = SITTING_MOVES[SittingState.APPROVED, "issue"]
    return page(
        request,
        "confirm",
        {
            "title": f"核准发证：{found.number}",
            "text": "按合格名单一次核发，证书编号连续、不空号。",
            "crumbs": way,
            "items": _details(found, request)[:8],
            "consequences": [
                f"为合格的 {sheet.passed} 名考生核发证书（已有证书的不再发）。",
                "发证前按发证日的规则再判一次，不符合的暂不发证并列明原因。",
                "证书即可在公共查询中查到；错发只能更正或作废，编号不再使用。",
            ],
            "form": form,
            "submit": "确认核发",
            "danger": False,
            "clauses": binding_clauses(move.clauses, place=found.place, on=request.clock.today()),
            "duty": DUTIES[move.duty],
            "cancel_url": back,
        },
        status=form_status(form),
    )
