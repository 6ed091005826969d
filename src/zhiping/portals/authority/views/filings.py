"""Filings: the list, one filing with its verdicts, and every step that an officer takes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.journal.queries import entries_about
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.registry import office_queries as registry
from zhiping.apps.registry.actions import (
    add_document,
    answer_objection,
    confirm_filing,
    publish_notice,
    record_visit,
    review_filing,
    waive_rule,
)
from zhiping.apps.registry.actions.filings import DECLARED_FIELDS
from zhiping.apps.registry.actions.reviews import CheckedItem
from zhiping.apps.registry.judgements import FilingVerdict, judge_filing
from zhiping.apps.registry.states import FILING_MOVES, FilingState
from zhiping.core.policybook import Finding, Outcome
from zhiping.core.policybook.trace import observations
from zhiping.kernel.moves import MoveNotAllowedError
from zhiping.kernel.place import Place
from zhiping.portals.authority.files import as_attachment, as_picture
from zhiping.portals.authority.listing import NEAR_DAYS, Filters, Listing, due
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
from zhiping.portals.gate import GatedRequest, officer
from zhiping.portals.verdict_panels import OFFICER, filing_panels
from zhiping.ui import labels, shapes
from zhiping.ui.shapes import Column, Definition, EmptyState

VERBS = {
    "pass_district": ("初审通过", "通过后转市级审核。", "primary"),
    "pass_city": ("审核通过", "通过后转实地核查。", "primary"),
    "verify": ("核查通过", "须已登记实地核查且各项符合；通过后可以公示。", "primary"),
    "publish": ("发布公示", "向社会公示备案申请，公示期内接受异议。", "primary"),
    "confirm": ("确认入目录", "公示期满且无成立的异议，机构进入公共目录，备案范围生效。", "primary"),
    "return": ("退回补正", "退回后由机构修改并重新提交；须写明需要补正的内容。", "secondary"),
    "refuse": ("不予备案", "本次备案就此办结；须写明理由。", "danger"),
}
"""Verb → what the button says, what happens, its kind."""

_STEPS = {
    "submit": "提交备案",
    "pass_district": "区级初审",
    "pass_city": "市级审核",
    "verify": "实地核查",
    "publish": "公示",
    "confirm": "确认入目录",
    "return": "退回补正",
    "refuse": "不予备案",
    "withdraw": "机构撤回",
}
_WAY = ("submit", "pass_district", "pass_city", "verify", "publish", "confirm")
_NEXT_STEP = {
    "submitted": "pass_district",
    "district_passed": "pass_city",
    "city_passed": "verify",
    "verified": "publish",
    "in_notice": "confirm",
}


class FilingFilters(Filters):
    """What of the filings to show."""

    text = forms.CharField(label="机构或编号")
    state = forms.ChoiceField(
        label="状态", choices=[ALL, *(one for one in FilingState.choices if one[0] != FilingState.DRAFT)]
    )
    kind = forms.ChoiceField(label="机构类别", choices=[ALL, *registry.FILING_KINDS.items()])
    place = forms.ChoiceField(label="地区")

    def narrow(self, rows: Any) -> Any:
        """Narrow the filings to what was chosen."""
        if text := self.value("text"):
            rows = rows.filter(Q(body__name__icontains=text) | Q(number__icontains=text))
        if state := self.value("state"):
            rows = rows.filter(state=state)
        if kind := self.value("kind"):
            rows = rows.filter(body__kind=kind)
        if place := self.value("place"):
            rows = rows.filter(place__startswith=prefix_of(place))
        return rows


@officer("registry.read")
def filings(request: GatedRequest) -> HttpResponse:
    """List the filings of the officer's places (备案审核)."""
    filters = FilingFilters(request.GET)
    offer(filters, "place", place_choices(request.actor, "registry.read", request.clock))
    today = request.clock.today()

    def prepare(rows: Sequence[Any]) -> None:
        for row in rows:
            row.due_shown = due(row.due_on, today)

    listing = Listing(
        name="filings",
        caption="备案审核",
        columns=(
            Column(key="number", label="备案编号", kind="code", sortable=True),
            Column(key="body.name", label="机构名称", sortable=True),
            Column(key="body.get_kind_display", label="类别"),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="state", label="状态", kind="state", scope="filing", sortable=True),
            Column(key="submitted_at", label="提交时间", kind="datetime", sortable=True),
            Column(key="due_shown", label="办理期限", sortable=True),
        ),
        fields={"due_shown": "due_on"},
        sort="due_shown",
        prepare=prepare,
        row_url=lambda filing: reverse("authority:filings-show", args=[filing.pk]),
        empty=EmptyState(
            title="没有符合条件的备案", text="机构提交备案后会出现在这里；可以放宽筛选条件再查。"
        ),
    )
    rows = filters.narrow(registry.filings_within(request.actor))
    return list_page(request, listing, rows, filters=filters)


@officer("registry.read")
def filing(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one filing: what was declared, the verdict of the acceptance day, its way (备案详情)."""
    found = registry.filing_within(request.actor, pk)
    verdict = judge_filing(found, on=found.accepted_on or request.clock.today())
    verbs = registry.verbs_of_filing(found, request.actor)
    actions = [
        link(VERBS[verb][0], reverse("authority:filings-step", args=[pk, verb]), VERBS[verb][2])
        for verb in verbs
    ]
    if "verify" in verbs:
        actions.insert(0, link("登记实地核查", reverse("authority:filings-visit", args=[pk])))
    visits = list(found.visits.prefetch_related("items__photo"))
    return page(
        request,
        "filing",
        {
            "title": f"备案 {found.number}",
            "crumbs": crumbs(("备案审核", reverse("authority:filings-list")), (found.number, "")),
            "filing": found,
            "body": found.body,
            "actions": actions,
            "summary": _summary(found, request),
            "panels": filing_panels(verdict, reader=OFFICER),
            "waivable": _waivable(found, verdict, request),
            "declaration": _declaration(found),
            "lines": list(found.lines.select_related("standard", "venue")),
            "files": files_of(
                found.body.documents.filter(Q(filing=found) | Q(filing__isnull=True), is_withdrawn=False)
            ),
            "timeline": _timeline(found, request),
            "steps": list(found.reviews.select_related("office")),
            "visits": [(visit, _checklist(visit)) for visit in visits],
            "notices": list(found.notices.prefetch_related("objections")),
            "may_answer": may(request.actor, "registry.publish_notice", found.place),
            "accountabilities": list(found.accountabilities.select_related("review", "reversed_by")),
            "journal_count": entries_about("registry.filing", found.pk).count(),
        },
    )


def _summary(found: Any, request: GatedRequest) -> list[Definition]:
    return [
        Definition(
            term="申报机构", value=found.body.name, url=reverse("authority:bodies-show", args=[found.body_id])
        ),
        Definition(term="机构类别", value=found.body.get_kind_display()),
        Definition(term="统一社会信用代码", value=found.body.credit_code, kind="code"),
        Definition(term="受理地区", value=found.place, kind="place"),
        Definition(term="提交时间", value=found.submitted_at, kind="datetime"),
        Definition(term="受理日", value=found.accepted_on, kind="date"),
        Definition(term="本环节期限", value=due(found.due_on, request.clock.today())),
        Definition(term="确认日", value=found.confirmed_on, kind="date"),
    ]


def _declaration(found: Any) -> list[Definition]:
    """Return what was declared, under the names of the form; what was left open shows a dash."""
    items = []
    for name in DECLARED_FIELDS:
        column = found._meta.get_field(name)
        value = getattr(found, name)
        kind: Any = "yes_no" if isinstance(value, bool) else "number" if isinstance(value, int) else "text"
        items.append(Definition(term=str(column.verbose_name), value=value, kind=kind))
    return items


def _waivable(found: Any, verdict: FilingVerdict, request: GatedRequest) -> list[Finding]:
    """Return the failed 'in principle' conditions that the officer may waive now."""
    verbs = registry.verbs_of_filing(found, request.actor)
    if not {"pass_district", "pass_city"} & set(verbs):
        return []
    return [one for one in verdict.refusals if one.may_be_waived]


def files_of(documents: Any) -> list[shapes.FileEntry]:
    """Return documents for the file list."""
    return [
        shapes.FileEntry(
            name=one.original_name,
            url=reverse("authority:documents-download", args=[one.pk]),
            kind=one.get_kind_display(),
            size=one.size,
            sha256=one.sha256,
            at=one.uploaded_at,
            who=one.uploaded_by,
        )
        for one in documents
    ]


def _timeline(found: Any, request: GatedRequest) -> list[shapes.TimelineStep]:
    steps: list[shapes.TimelineStep] = []
    for review in found.reviews.select_related("office"):
        state: Any = {"return": "returned", "refuse": "refused"}.get(review.verb, "done")
        steps.append(
            shapes.TimelineStep(
                label=_STEPS.get(review.verb, review.verb),
                state=state,
                who=review.actor_name,
                office=review.office.name if review.office else "",
                at=review.at,
                opinion=review.opinion,
            )
        )
    coming = _NEXT_STEP.get(found.state)
    if coming:
        left = (found.due_on - request.clock.today()).days if found.due_on else None
        tone = _tone(left)
        words = f"期限 {found.due_on}" if found.due_on else ""
        steps.append(
            shapes.TimelineStep(label=_STEPS[coming], state="current", deadline=words, deadline_tone=tone)
        )
        after = _WAY[_WAY.index(coming) + 1 :]
        steps += [shapes.TimelineStep(label=_STEPS[verb], state="waiting") for verb in after]
    return steps


def _tone(left: int | None) -> labels.Tone:
    if left is None or left > NEAR_DAYS:
        return labels.Tone.NEUTRAL
    return labels.Tone.WARN if left >= 0 else labels.Tone.BAD


def _checklist(visit: Any) -> list[shapes.CheckItem]:
    return [
        shapes.CheckItem(
            text=item.title,
            outcome="pass" if item.is_met else "refuse",
            remark=item.note,
            clause=item.clause,
            photos=[
                shapes.Photo(
                    url=reverse("authority:documents-picture", args=[item.photo_id]),
                    text=f"{item.title}现场照片",
                )
            ]
            if item.photo_id
            else (),
        )
        for item in visit.items.all()
    ]


class OpinionForm(forms.Form):
    """An opinion with a step."""

    opinion = forms.CharField(
        label="审核意见",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="退回补正、不予备案须写明理由，机构可以看到。",
    )


@officer("registry.read")
def step(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Take one step with a filing, after a page that says what will happen (审核办理)."""
    found = registry.filing_within(request.actor, pk)
    move = FILING_MOVES.get((found.state, verb))
    if verb not in VERBS or move is None or not move.duty:
        raise MoveNotAllowedError(state=found.get_state_display(), verb=VERBS.get(verb, (verb,))[0])
    request.actor.require(move.duty, _place(found))
    form = OpinionForm(posted(request))
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _do(request, pk, verb, form)):
        succeeded(request, f"备案 {found.number} 已办理：{VERBS[verb][0]}。")
        return redirect("authority:filings-show", pk)
    verdict = judge_filing(found, on=found.accepted_on or request.clock.today())
    label, text, kind = VERBS[verb]
    return page(
        request,
        "confirm",
        {
            "title": f"{label}：{found.body.name}",
            "text": text,
            "crumbs": crumbs(
                ("备案审核", reverse("authority:filings-list")),
                (found.number, reverse("authority:filings-show", args=[pk])),
                (label, ""),
            ),
            "items": _summary(found, request),
            "consequences": _consequences(found, verb, verdict),
            "form": form,
            "submit": label,
            "danger": kind == "danger",
            "clauses": _clauses(found, verb, request),
            "duty": DUTIES[move.duty],
            "cancel_url": reverse("authority:filings-show", args=[pk]),
        },
        status=form_status(form),
    )


def _place(found: Any) -> Place:
    return Place(found.place)


def _do(request: GatedRequest, pk: int, verb: str, form: OpinionForm) -> Any:
    opinion = form.cleaned_data["opinion"]
    if verb == "publish":
        return publish_notice(pk, actor=request.actor, clock=request.clock)
    if verb == "confirm":
        return confirm_filing(pk, opinion=opinion, actor=request.actor, clock=request.clock)
    return review_filing(pk, verb, opinion=opinion, actor=request.actor, clock=request.clock)


def _clauses(found: Any, verb: str, request: GatedRequest) -> tuple[str, ...]:
    move = FILING_MOVES[found.state, verb]
    return binding_clauses(move.clauses, place=found.place, on=request.clock.today())


def _consequences(found: Any, verb: str, verdict: FilingVerdict) -> list[str]:
    move = FILING_MOVES[found.state, verb]
    lines = [f"备案状态由“{found.get_state_display()}”变为“{FilingState(move.to).label}”。"]
    if verb not in {"return", "refuse"} and verdict.refusals:
        titles = "、".join(one.title for one in verdict.refusals)
        lines.append(
            f"目前有 {len(verdict.refusals)} 项不符合（{titles}），系统不会放行；请先豁免“原则上”条件或退回。"
        )
    unknown = [one.title for one in verdict.findings if one.outcome is Outcome.UNKNOWN]
    if verb in {"pass_district", "pass_city"} and unknown:
        lines.append(f"有 {len(unknown)} 项待核（{'、'.join(dict.fromkeys(unknown))}），将列入实地核查清单。")
    if verb in {"return", "refuse"} and found.state in {"district_passed", "city_passed", "in_notice"}:
        lines.append("下级已通过而上级退回或不予备案的，按当地规定对初审人员登记责任追溯（LN24-2.1b）。")
    if verb == "confirm":
        lines.append("机构进入公共目录并取得站点序列码，备案范围自今日起生效。")
    lines.append("本次判定随意见一并固定，可随时重演。")
    return lines


class WaiverForm(forms.Form):
    """Why an 'in principle' condition is waived."""

    reason = forms.CharField(
        label="豁免理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明该机构为何可以例外，理由随判定永久保存。",
    )


@officer("registry.read")
def waive(request: GatedRequest, pk: int, rule: str) -> HttpResponse:
    """Waive a failed 'in principle' condition with a reason (豁免)."""
    found = registry.filing_within(request.actor, pk)
    verdict = judge_filing(found, on=found.accepted_on or request.clock.today())
    finding = next((one for one in verdict.findings if one.rule == rule), None)
    form = WaiverForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        done = attempt(
            form,
            lambda: waive_rule(pk, rule, reason=reason, actor=request.actor, clock=request.clock),
        )
        if done:
            succeeded(request, f"已豁免“{finding.title if finding else rule}”，理由已留痕。")
            return redirect("authority:filings-show", pk)
    return page(
        request,
        "confirm",
        {
            "title": f"豁免“{finding.title if finding else rule}”",
            "text": "只有条款写明“原则上”的条件可以豁免。",
            "crumbs": crumbs(
                ("备案审核", reverse("authority:filings-list")),
                (found.number, reverse("authority:filings-show", args=[pk])),
                ("豁免", ""),
            ),
            "items": [
                Definition(term="机构", value=found.body.name),
                Definition(term="判定", value=finding.message if finding else "", wide=True),
            ],
            "consequences": [
                "该条件在本件备案中视为已说明，判定结论随之重新计算。",
                "豁免人、时间和理由永久保存。",
            ],
            "clauses": [one.clause for one in finding.citations] if finding else [],
            "form": form,
            "submit": "确认豁免",
            "duty": "备案审核",
            "cancel_url": reverse("authority:filings-show", args=[pk]),
        },
        status=form_status(form),
    )


MET = (("yes", "符合"), ("no", "不符合"))


class VisitForm(forms.Form):
    """An on-site verification: a checklist built from the rules of the verdict."""

    visited_on = forms.DateField(
        label="核查日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    inspectors = forms.CharField(label="核查人员", max_length=200, help_text="至少两人，用顿号分开。")
    conclusion = forms.CharField(
        label="核查结论", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, items: Sequence[Finding], today: Any, **kwargs: Any) -> None:
        """Add three fields for each rule: met or not, what was seen, a picture."""
        super().__init__(*args, **kwargs)
        self.items, self.today = items, today
        groups: list[tuple[str, str, tuple[str, ...]]] = [
            ("核查情况", "", ("visited_on", "inspectors", "conclusion"))
        ]
        for place, finding in enumerate(items):
            names = (f"met_{place}", f"note_{place}", f"photo_{place}")
            self.fields[names[0]] = forms.ChoiceField(label="核查结果", choices=MET, widget=forms.RadioSelect)
            self.fields[names[1]] = forms.CharField(label="情况说明", max_length=500, required=False)
            self.fields[names[2]] = forms.FileField(
                label="现场照片", required=False, help_text="JPG 或 PNG，不超过 20 MB。"
            )
            clause = "、".join(one.clause for one in finding.citations)
            groups.append(
                (f"{place + 1}. {finding.title}", f"{clause}　{finding.message}".strip("　"), names)
            )
        self.fieldsets = tuple(groups)

    def clean_visited_on(self) -> Any:
        """Refuse a visit that has not taken place yet."""
        day = self.cleaned_data["visited_on"]
        if day > self.today:
            raise forms.ValidationError("核查日期不能晚于今天。")
        return day


def on_site_items(verdict: FilingVerdict) -> list[Finding]:
    """Return what is checked on site: rules that are unknown, and rules whose facts can be seen there."""
    seen: dict[str, Finding] = {}
    for finding in verdict.findings:
        if finding.outcome is Outcome.NOT_APPLICABLE:
            continue
        if finding.outcome is Outcome.UNKNOWN or _is_visible(finding):
            seen.setdefault(finding.rule, finding)
    return list(seen.values())


_VISIBLE = frozenset(
    {
        "scope_lines",
        "workstations",
        "video_monitored",
        "venue_fits",
        "has_own_unit",
        "full_time_staff",
        "experts",
        "internal_supervisors",
        "can_develop_resources",
        "documents",
        "assessors",
    }
)
"""Facts that inspectors can see with their own eyes: rooms, stations, video, people, rules on paper."""


def _is_visible(finding: Finding) -> bool:
    return any(one.test.fact in _VISIBLE for one in observations(finding.trace))


@officer("registry.verify_onsite")
def visit(request: GatedRequest, pk: int) -> HttpResponse:
    """Record an on-site verification with its checklist and photos (登记实地核查)."""
    found = registry.filing_within(request.actor, pk)
    request.actor.require("registry.verify_onsite", _place(found))
    verdict = judge_filing(found, on=found.accepted_on or request.clock.today())
    items = on_site_items(verdict)
    form = VisitForm(
        posted(request),
        request.FILES or None,
        items=items,
        today=request.clock.today(),
        initial={"visited_on": request.clock.today()},
    )
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _record(request, found, form)):
        succeeded(request, "实地核查已登记。各项符合的，可以办理“核查通过”。")
        return redirect("authority:filings-show", pk)
    return page(
        request,
        "form",
        {
            "title": f"登记实地核查：{found.body.name}",
            "subtitle": f"核查清单由受理日的判定生成，共 {len(items)} 项。",
            "crumbs": crumbs(
                ("备案审核", reverse("authority:filings-list")),
                (found.number, reverse("authority:filings-show", args=[pk])),
                ("登记实地核查", ""),
            ),
            "form": form,
            "submit": "保存核查记录",
            "duty": DUTIES["registry.verify_onsite"],
            "cancel_url": reverse("authority:filings-show", args=[pk]),
        },
        status=form_status(form),
    )


def _record(request: GatedRequest, found: Any, form: VisitForm) -> Any:
    data = form.cleaned_data
    items = []
    for place, finding in enumerate(form.items):
        photo = data.get(f"photo_{place}")
        stored = None
        if photo is not None:
            stored = add_document(
                found.body_id,
                kind="photo",
                name=photo.name,
                content=photo.read(),
                filing_id=found.pk,
                actor=request.actor,
                clock=request.clock,
            )
        items.append(
            CheckedItem(
                rule_id=finding.rule,
                title=finding.title[:200],
                clause="、".join(one.clause for one in finding.citations)[:60],
                is_met=data[f"met_{place}"] == "yes",
                note=data[f"note_{place}"],
                photo_id=stored.pk if stored else None,
            )
        )
    return record_visit(
        found.pk,
        visited_on=data["visited_on"],
        inspectors=data["inspectors"],
        items=items,
        conclusion=data["conclusion"],
        actor=request.actor,
        clock=request.clock,
    )


class ObjectionForm(forms.Form):
    """How an objection is dealt with."""

    outcome = forms.ChoiceField(
        label="处理结果", choices=registry.OBJECTION_OUTCOMES, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label="答复",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="提出人凭回执码可以看到。",
    )


@officer("registry.read")
def objection(request: GatedRequest, pk: int) -> HttpResponse:
    """Read an objection to a notice and answer it (异议处理)."""
    found = registry.objection_within(request.actor, pk)
    filing_pk = found.notice.filing_id
    form = ObjectionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: answer_objection(
                pk, outcome=data["outcome"], answer=data["answer"], actor=request.actor, clock=request.clock
            ),
        )
        if done:
            succeeded(request, f"异议 {found.receipt} 已答复。")
            return redirect("authority:filings-show", filing_pk)
    is_open = found.answered_at is None and may(request.actor, "registry.publish_notice", found.notice.place)
    return page(
        request,
        "objection",
        {
            "title": f"异议 {found.receipt}",
            "crumbs": crumbs(
                ("备案审核", reverse("authority:filings-list")),
                (found.notice.filing.number, reverse("authority:filings-show", args=[filing_pk])),
                ("异议", ""),
            ),
            "items": [
                Definition(term="公示", value=found.notice.title, wide=True),
                Definition(term="收到时间", value=found.received_at, kind="datetime"),
                Definition(term="联系方式", value=found.contact),
                Definition(term="异议内容", value=found.content, wide=True),
                Definition(term="处理结果", value=found.get_outcome_display()),
                Definition(term="答复", value=found.answer, wide=True),
                Definition(term="答复人", value=found.answered_by),
                Definition(term="答复时间", value=found.answered_at, kind="datetime"),
            ],
            "form": form if is_open else None,
            "cancel_url": reverse("authority:filings-show", args=[filing_pk]),
        },
        status=form_status(form),
    )


@officer("registry.read")
def accountabilities(request: GatedRequest) -> HttpResponse:
    """List who passed what an upper level reversed (责任追溯, LN24-2.1b)."""
    listing = Listing(
        name="accountabilities",
        caption="责任追溯",
        columns=(
            Column(key="filing.number", label="备案编号", kind="code", sortable=True),
            Column(key="filing.body.name", label="机构"),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="review.actor_name", label="被追溯的审核人", sortable=True),
            Column(key="review.office.name", label="审核部门"),
            Column(key="review.at", label="审核时间", kind="datetime"),
            Column(key="reversed_by.actor_name", label="上级处理人"),
            Column(key="reason", label="上级意见"),
            Column(key="at", label="登记时间", kind="datetime", sortable=True),
        ),
        sort="-at",
        row_url=lambda row: reverse("authority:filings-show", args=[row.filing_id]),
        empty=EmptyState(
            title="没有责任追溯记录",
            text="下级审核通过、上级退回或不予备案的，按 LN24-2.1b 在此登记；没有此规定的地区不登记。",
        ),
    )
    return list_page(
        request,
        listing,
        registry.accountabilities_within(request.actor),
        subtitle="上级纠正下级审核结论时自动登记（LN24-2.1b）。",
    )


@officer("registry.read")
def document(request: GatedRequest, pk: int) -> HttpResponseBase:
    """Hand out a document as an attachment, never to be run or shown in the page (下载材料)."""
    return as_attachment(registry.document_within(request.actor, pk))


@officer("registry.read")
def picture(request: GatedRequest, pk: int) -> HttpResponseBase:
    """Show a photo of an on-site visit; anything else is handed out as an attachment."""
    return as_picture(registry.document_within(request.actor, pk))
