"""Screening: runs with their progress, findings with their evidence, a person's verdict on each."""

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.authorities.queries import reach
from zhiping.apps.certificates.queries import certificates_within
from zhiping.apps.exams import office_queries as exams
from zhiping.apps.journal.queries import entries_about_within
from zhiping.apps.reference.queries import binding_clauses, law
from zhiping.apps.registry import office_queries as registry
from zhiping.apps.screening.actions import judge_finding, request_run
from zhiping.apps.screening.errors import FindingNotFoundError, RunNotFoundError
from zhiping.apps.screening.queries import findings_within, runs_within, screen_headers
from zhiping.apps.screening.states import JUDGEMENT_MOVES, FindingState, Judgement, RunState
from zhiping.kernel.moves import MoveNotAllowedError, verbs_from
from zhiping.kernel.place import NATION, Place
from zhiping.portals.authority.journal_words import as_entry, fetch
from zhiping.portals.authority.listing import Filters, Listing, wants_export, xlsx
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
from zhiping.ui import labels
from zhiping.ui.shapes import Action, Column, Definition, EmptyState, Figure, Progress

VERBS = {
    "confirm": ("属实，转线索", "danger"),
    "reject": ("判为误报", "secondary"),
    "reconsider": ("重新研判", "secondary"),
}
SEVERITIES = (("high", "严重"), ("medium", "一般"), ("low", "提示"))
_EXPORT_LIMIT = 50_000


# --- runs ----------------------------------------------------------------------------------------


@officer("screening.read")
def runs(request: GatedRequest) -> HttpResponse:
    """List the runs over the officer's places (筛查运行)."""
    listing = Listing(
        name="runs",
        caption="筛查运行",
        columns=(
            Column(key="pk", label="编号", kind="code"),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="as_of", label="数据截止日", kind="date", sortable=True),
            Column(key="state", label="状态", kind="state", scope="run", sortable=True),
            Column(key="step", label="进展"),
            Column(key="requested_by", label="发起人", sortable=True),
            Column(key="requested_at", label="发起时间", kind="datetime", sortable=True),
            Column(key="finished_at", label="结束时间", kind="datetime", sortable=True),
        ),
        sort="-requested_at",
        row_url=lambda run: reverse("authority:runs-show", args=[run.pk]),
        empty=EmptyState(
            title="还没有筛查过",
            text="发起后，系统对该地区全部数据逐条筛查，结果按条列出证据与条款。",
            actions=(Action(label="发起筛查", url=reverse("authority:runs-new"), kind="primary"),)
            if request.actor.may_anywhere("screening.run")
            else (),
        ),
    )
    actions = (
        [link("发起筛查", reverse("authority:runs-new"), "primary")]
        if request.actor.may_anywhere("screening.run")
        else []
    )
    return list_page(
        request,
        listing,
        runs_within(request.actor),
        actions=actions,
        subtitle="筛查发现只是线索，须经人工研判。",
    )


class RunForm(forms.Form):
    """Which place to screen."""

    place = forms.ChoiceField(label="筛查地区", help_text="该地区（含下辖）今天为止的全部数据。")


@officer("screening.run")
def new_run(request: GatedRequest) -> HttpResponse:
    """Start a run for a place of the officer's (发起筛查)."""
    form = RunForm(posted(request))
    choices = [one for one in place_choices(request.actor, "screening.run", request.clock) if one[0]]
    offer(form, "place", choices)
    if request.method == "POST" and form.is_valid():
        place = form.cleaned_data["place"]
        run = attempt(form, lambda: request_run(place, actor=request.actor, clock=request.clock))
        if run is not None:
            succeeded(request, "筛查已发起，进度会自动更新；可以离开此页，结果不受影响。")
            return redirect("authority:runs-show", run.pk)
    screens = screen_headers().values()
    return page(
        request,
        "confirm",
        {
            "title": "发起筛查",
            "text": f"共 {len(screens)} 条筛查规则，逐条覆盖全部数据。",
            "crumbs": crumbs(("筛查运行", reverse("authority:runs-list")), ("发起筛查", "")),
            "consequences": [f"{one.id}　{one.title}" for one in screens],
            "form": form,
            "submit": "开始筛查",
            "danger": False,
            "duty": DUTIES["screening.run"],
            "cancel_url": reverse("authority:runs-list"),
        },
        status=form_status(form),
    )


def _run(request: GatedRequest, pk: int) -> Any:
    run = runs_within(request.actor).filter(pk=pk).first()
    if run is None:
        raise RunNotFoundError(value=pk)
    return run


@officer("screening.read")
def run(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one run: its progress, what it covered, what it found (筛查详情)."""
    found = _run(request, pk)
    report: dict[str, Any] = found.report or {}
    changes = report.get("findings_by_change", {})
    seen = findings_within(request.actor).filter(last_run=found)
    return page(
        request,
        "run",
        {
            "title": f"筛查 {found.pk}",
            "crumbs": crumbs(("筛查运行", reverse("authority:runs-list")), (f"筛查 {found.pk}", "")),
            "run": found,
            "progress": _progress(found),
            "items": [
                Definition(term="地区", value=found.place, kind="place"),
                Definition(term="数据截止日", value=found.as_of, kind="date"),
                Definition(term="发起人", value=found.requested_by),
                Definition(term="发起时间", value=found.requested_at, kind="datetime"),
                Definition(term="结束时间", value=found.finished_at, kind="datetime"),
                Definition(term="快照摘要（SHA-256）", value=found.snapshot_sha256, kind="code", wide=True),
            ],
            "figures": [
                Figure(label="新发现", value=changes.get("opened", 0), unit="条"),
                Figure(label="仍然存在", value=changes.get("seen_again", 0), unit="条"),
                Figure(label="再次出现", value=changes.get("reopened", 0), unit="条"),
                Figure(label="已消除", value=changes.get("cured", 0), unit="条"),
            ]
            if found.state == RunState.DONE
            else [],
            "screens": _screen_rows(seen) if found.state == RunState.DONE else [],
            "as_of": found.finished_at or request.clock.now(),
        },
    )


def _screen_rows(seen: Any) -> list[dict[str, Any]]:
    counted = dict(seen.order_by().values_list("screen_id").annotate(count=Count("id")))
    return [
        {
            "screen": one,
            "count": counted.get(one.id, 0),
            "url": f"{reverse('authority:findings-list')}?screen={one.id}",
        }
        for one in screen_headers().values()
    ]


def _progress(found: Any) -> Progress:
    is_done = found.state == RunState.DONE
    return Progress(
        name=f"run-{found.pk}",
        label=f"{labels.place(found.place)}筛查",
        state=found.state,
        done=found.steps_done,
        total=found.steps_total or None,
        unit="步",
        url=reverse("authority:runs-progress", args=[found.pk]),
        text="筛查中断，请稍后重新发起；仍不成功的，请把本页地址告知系统管理员。"
        if found.state == RunState.FAILED
        else found.step,
        result_url=f"{reverse('authority:findings-list')}?run={found.pk}" if is_done else "",
        result_label="查看筛查发现",
    )


@officer("screening.read")
def progress(request: GatedRequest, pk: int) -> HttpResponse:
    """Answer how far a run is, with the same component (进度)."""
    response = render(request, "ui/progress.html", {"progress": _progress(_run(request, pk))})
    response.headers["Cache-Control"] = "no-store"
    return response


# --- findings ------------------------------------------------------------------------------------


class FindingFilters(Filters):
    """What of the findings to show."""

    screen = forms.ChoiceField(label="筛查规则")
    text = forms.CharField(label="机构")
    state = forms.ChoiceField(label="状态", choices=[ALL, *FindingState.choices])
    judgement = forms.ChoiceField(label="研判", choices=[ALL, *Judgement.choices])
    severity = forms.ChoiceField(label="程度", choices=[ALL, *SEVERITIES])
    place = forms.ChoiceField(label="地区")
    body = forms.IntegerField(widget=forms.HiddenInput)
    run = forms.IntegerField(widget=forms.HiddenInput)

    def narrow(self, rows: Any) -> Any:
        """Narrow the findings to what was chosen."""
        for name, column in (
            ("screen", "screen_id"),
            ("state", "state"),
            ("judgement", "judgement"),
            ("severity", "severity"),
            ("body", "body"),
            ("run", "last_run"),
        ):
            if value := self.value(name):
                rows = rows.filter(**{column: value})
        if text := self.value("text"):
            rows = rows.filter(Q(body__name__icontains=text) | Q(key__icontains=text))
        if place := self.value("place"):
            rows = rows.filter(place__startswith=prefix_of(place))
        return rows


@officer("screening.read")
def findings(request: GatedRequest) -> HttpResponse:
    """List the findings of the officer's places (筛查发现)."""
    headers = screen_headers()
    filters = FindingFilters(request.GET)
    offer(filters, "screen", [ALL, *((one.id, f"{one.id} {one.title}") for one in headers.values())])
    offer(filters, "place", place_choices(request.actor, "screening.read", request.clock))
    rows = filters.narrow(findings_within(request.actor))
    if wants_export(request):
        return _workbook(request, rows)

    def prepare(shown: Any) -> None:
        for row in shown:
            screen = headers.get(row.screen_id)
            row.title = screen.title if screen else row.screen_id
            row.why = reason_of(row)

    listing = Listing(
        name="findings",
        caption="筛查发现",
        columns=(
            Column(key="title", label="筛查规则", sortable=True),
            Column(key="why", label="情形"),
            Column(key="body.name", label="机构", sortable=True),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="severity", label="程度", kind="severity", sortable=True),
            Column(key="occurred_on", label="发生日", kind="date", sortable=True),
            Column(key="state", label="状态", kind="state", scope="finding", sortable=True),
            Column(key="judgement", label="研判", kind="state", scope="judgement", sortable=True),
            Column(key="times_seen", label="发现次数", kind="number", sortable=True),
        ),
        fields={"title": "screen_id"},
        sort="-occurred_on",
        prepare=prepare,
        row_url=lambda finding_: reverse("authority:findings-show", args=[finding_.pk]),
        empty=EmptyState(title="没有符合条件的发现", text="可以放宽筛选条件，或在“筛查运行”中发起一次筛查。"),
    )
    return list_page(
        request, listing, rows, filters=filters, subtitle="发现只是线索，未经研判不作为违规结论。"
    )


def reason_of(finding_: Any) -> str:
    """Return what the screen says of this finding, in its own words."""
    screen = screen_headers().get(finding_.screen_id)
    code = str(finding_.evidence.get("reason", finding_.reason))
    return screen.reasons.get(code, finding_.reason) if screen else finding_.reason


def _workbook(request: GatedRequest, rows: Any) -> HttpResponse:
    headers = screen_headers()
    lines = []
    for row in rows.order_by("screen_id", "-occurred_on", "id")[:_EXPORT_LIMIT]:
        screen = headers.get(row.screen_id)
        evidence = "；".join(f"{term} {value}" for term, value in _evidence(row, shown_only=True))
        lines.append(
            [
                row.screen_id,
                screen.title if screen else "",
                reason_of(row),
                labels.state(row.severity, "severity").word,
                row.body.name if row.body else "",
                labels.place(row.place),
                row.occurred_on.isoformat() if row.occurred_on else "",
                labels.state(row.state, "finding").word,
                labels.state(row.judgement, "judgement").word,
                row.judgement_note,
                row.clauses,
                evidence,
            ]
        )
    titles = [
        "规则",
        "名称",
        "情形",
        "程度",
        "机构",
        "地区",
        "发生日",
        "状态",
        "研判",
        "研判意见",
        "条款",
        "证据",
    ]
    return xlsx(titles, lines, title="筛查发现", request=request)


def _evidence(finding_: Any, *, shown_only: bool = False) -> list[tuple[str, str]]:
    """Return the evidence columns under the screen's own labels."""
    screen = screen_headers().get(finding_.screen_id)
    names = dict(screen.evidence) if screen else {}
    rows = []
    for name, value in finding_.evidence.items():
        if value is None and shown_only:
            continue
        rows.append((names.get(name, "其他证据"), _shown(name, value, finding_)))
    return rows


def _shown(name: str, value: Any, finding_: Any) -> str:  # noqa: PLR0911 (one return for each kind)
    if value is None or value == "":
        return "—"
    if name == "reason":
        return reason_of(finding_)
    if name == "body_id" and finding_.body is not None:
        return str(finding_.body.name)
    if name.endswith("place"):
        return labels.place(str(value))
    if name == "level":
        return labels.level(value)
    if name == "candidate_kind":
        return exams.CANDIDATE_KINDS.get(str(value), str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


@officer("screening.read")
def finding(request: GatedRequest, pk: int) -> HttpResponse:
    """Show one finding: evidence, clauses, what may explain it, its history, what it is about (发现详情)."""
    found = _finding(request, pk)
    screen = screen_headers().get(found.screen_id)
    actions = [
        link(VERBS[verb][0], reverse("authority:findings-step", args=[pk, verb]), VERBS[verb][1])
        for verb in verbs_from(JUDGEMENT_MOVES, found.judgement)
        if may(request.actor, JUDGEMENT_MOVES[found.judgement, verb].duty, found.place)
    ]
    entries = list(
        entries_about_within(
            "screening.finding", pk, reach(request.actor, "screening.read")
        ).prefetch_related("subjects")[:50]
    )
    known = fetch((one.thing, one.thing_id) for entry in entries for one in entry.subjects.all())
    return page(
        request,
        "finding",
        {
            "title": screen.title if screen else found.screen_id,
            "crumbs": crumbs(("筛查发现", reverse("authority:findings-list")), (found.screen_id, "")),
            "finding": found,
            "actions": actions,
            "items": [
                Definition(term="情形", value=reason_of(found)),
                Definition(term="程度", value=found.severity, kind="severity"),
                Definition(term="机构", value=found.body.name if found.body else None),
                Definition(term="地区", value=found.place, kind="place"),
                Definition(term="发生日", value=found.occurred_on, kind="date"),
                Definition(term="研判", value=found.judgement, kind="state", scope="judgement"),
                Definition(term="研判人", value=found.judged_by),
                Definition(term="研判时间", value=found.judged_at, kind="datetime"),
                Definition(term="研判意见", value=found.judgement_note, wide=True),
            ],
            "evidence": [Definition(term=term, value=value) for term, value in _evidence(found)],
            "clauses": _clauses(found),
            "excuses": screen.explains_itself_wrongly_when if screen else (),
            "related": _related(request, found),
            "history": [
                Definition(
                    term="首次发现", value=f"第 {found.first_run_id} 次筛查（{found.first_run.as_of}）"
                ),
                Definition(term="最近发现", value=f"第 {found.last_run_id} 次筛查（{found.last_run.as_of}）"),
                Definition(term="发现次数", value=found.times_seen, kind="number"),
                Definition(term="消除后再现次数", value=found.times_reopened, kind="number"),
                Definition(
                    term="消除于", value=f"第 {found.cured_run_id} 次筛查" if found.cured_run_id else None
                ),
                Definition(term="指纹", value=found.fingerprint, kind="code", wide=True),
            ],
            "entries": [as_entry(entry, known, with_link=False) for entry in entries],
            "as_of": found.last_run.finished_at or request.clock.now(),
        },
    )


def _finding(request: GatedRequest, pk: int) -> Any:
    found = findings_within(request.actor).filter(pk=pk).first()
    if found is None:
        raise FindingNotFoundError(value=pk)
    return found


def _clauses(found: Any) -> list[dict[str, str]]:
    """Return the clauses of a finding with their wording, and whether they bind at its place."""
    book = law()
    cited = [
        one for one in found.clauses.replace("，", ",").replace("、", ",").replace(" ", ",").split(",") if one
    ]
    rows = []
    for clause_id in cited:
        clause = book.clauses.get(clause_id)
        if clause is None:
            continue
        document = book.documents[clause.document]
        binds = document.place.code == NATION or document.place.contains(Place(found.place))
        rows.append(
            {
                "id": clause_id,
                "where": f"{document.title}{clause.where}",
                "summary": clause.summary,
                "binds": "" if binds else "不在本地施行，仅供参考",
                "url": reverse("public:policy-document", args=[document.id]),
            }
        )
    return rows


def _related(request: GatedRequest, found: Any) -> list[dict[str, str]]:
    """Return links to what the evidence names, as far as it lies within reach."""
    evidence, actor = found.evidence, request.actor
    rows = []
    if found.body_id and registry.bodies_within(actor).filter(pk=found.body_id).exists():
        rows.append(
            {
                "label": "机构",
                "text": found.body.name,
                "url": reverse("authority:bodies-show", args=[found.body_id]),
            }
        )
    key = str(evidence.get("sitting_id") or "")
    sitting = exams.sittings_within(actor).filter(pk=int(key)).first() if key.isdigit() else None
    if sitting:
        rows.append(
            {
                "label": "场次",
                "text": sitting.number,
                "url": reverse("authority:sittings-show", args=[sitting.pk]),
            }
        )
    number = str(evidence.get("certificate_number") or "")
    certificate = certificates_within(actor).filter(number=number).first() if number else None
    if certificate:
        rows.append(
            {"label": "证书", "text": number, "url": reverse("authority:certificates-show", args=[number])}
        )
    person = registry.person_by_key(str(evidence.get("person_key") or ""))
    if person is not None and actor.may_anywhere("certificates.read"):
        rows.append(
            {"label": "人员", "text": person.name, "url": reverse("authority:people-show", args=[person.pk])}
        )
    return rows


class NoteForm(forms.Form):
    """On what a judgement stands."""

    note = forms.CharField(
        label="研判意见",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明核实了什么、依据是什么。",
    )


@officer("screening.read")
def step(request: GatedRequest, pk: int, verb: str) -> HttpResponse:
    """Confirm, reject or reconsider a finding, with a note (研判)."""
    found = _finding(request, pk)
    move = JUDGEMENT_MOVES.get((found.judgement, verb))
    if move is None:
        raise MoveNotAllowedError(
            state=found.get_judgement_display(), verb=VERBS[verb][0] if verb in VERBS else verb
        )
    request.actor.require(move.duty, Place(found.place))
    label, kind = VERBS[verb]
    form = NoteForm(posted(request))
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        if attempt(
            form, lambda: judge_finding(pk, verb, note=note, actor=request.actor, clock=request.clock)
        ):
            succeeded(request, f"研判已记录：{label}。")
            return redirect("authority:findings-show", pk)
    screen = screen_headers().get(found.screen_id)
    back = reverse("authority:findings-show", args=[pk])
    return page(
        request,
        "confirm",
        {
            "title": f"{label}：{screen.title if screen else found.screen_id}",
            "text": f"{reason_of(found)}。{found.body.name if found.body else ''}",
            "crumbs": crumbs(
                ("筛查发现", reverse("authority:findings-list")), (found.screen_id, back), (label, "")
            ),
            "items": [
                Definition(term=term, value=value) for term, value in _evidence(found, shown_only=True)
            ],
            "consequences": _CONSEQUENCES[verb],
            "form": form,
            "submit": f"确认：{label}",
            "danger": kind == "danger",
            "clauses": binding_clauses(move.clauses, place=found.place, on=request.clock.today()),
            "duty": DUTIES[move.duty],
            "cancel_url": back,
        },
        status=form_status(form),
    )


_CONSEQUENCES = {
    "confirm": [
        "该发现记为属实的线索，供后续监督检查。",
        "研判不改变证书、成绩和机构状态；需要处理的另行办理。",
    ],
    "reject": ["该发现记为误报，不再出现在待办中；以后筛查再次看到时保持误报结论。"],
    "reconsider": ["该发现回到待研判，原研判意见保留在留痕中。"],
}
