"""Trying a draft on what is on record: upload, progress, who would newly fail or pass, by which rule."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import polars as pl
from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from zhiping.apps.certificates.queries import certificates_within
from zhiping.apps.exams import office_queries as exams
from zhiping.apps.reference.queries import law
from zhiping.apps.registry import office_queries as registry
from zhiping.core.policybook import PolicyInvalidError, Problem
from zhiping.core.policybook.messages import OUTCOMES
from zhiping.core.policybook.verdict import shown_value
from zhiping.core.policybook.whatif import Differences, Effect
from zhiping.portals.authority import trial_runs
from zhiping.portals.authority.draft_files import LIMIT_BYTES, LIMIT_FILES, Draft, read_draft
from zhiping.portals.authority.listing import Filters, wants_export, xlsx
from zhiping.portals.authority.pages import (
    ALL,
    crumbs,
    form_status,
    home_place,
    link,
    offer,
    page,
    place_choices,
    posted,
    prefix_of,
    succeeded,
)
from zhiping.portals.authority.trial_runs import AT_ONCE, KEPT_DAYS, TrialRun
from zhiping.portals.gate import GatedRequest, officer
from zhiping.portals.trials import EFFECTS, HEADERS, KINDS, UNITS, lines_of, on_record
from zhiping.ui import labels
from zhiping.ui.shapes import Column, Definition, EmptyState, Figure, Progress, Table

DUTY = "registry.read"
PAGE_SIZE = 30
EXPORT_LIMIT = 500_000
_RULES_SHOWN = 3
"""How many rules stand in one line of the list; the export has them all."""


class DraftInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return every file that was chosen."""
        del data
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class DraftField(forms.FileField):
    """One zip, or single YAML files."""

    widget = DraftInput

    def clean(self, data: Any, initial: Any = None) -> Draft:
        """Read what was uploaded; every file that is not let in is named."""
        del initial  # nothing was uploaded before
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            raise forms.ValidationError(self.error_messages["required"])
        draft = read_draft(given)
        if draft.problems:
            raise forms.ValidationError(list(draft.problems))
        return draft


class DraftForm(forms.Form):
    """A draft, the day on which it is tried, where."""

    draft = DraftField(
        label="草案文件",
        help_text=(
            "一个 ZIP 压缩包（文件夹结构与政策库相同），或一个、几个 .yaml 文件；"
            "同名文件取代政策库中的原文件。"
            f"合计不超过 {LIMIT_BYTES // 1024**2} MB、{LIMIT_FILES} 个文件。"
        ),
        widget=DraftInput(attrs={"multiple": True, "accept": ".zip,.yaml"}),
    )
    on = forms.DateField(
        label="判定日",
        help_text="全部记录都按这一天判定：一次按现行政策，一次按草案。草案中的新规则须在这一天已施行。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    place = forms.ChoiceField(label="地区", help_text="该地区（含下辖）的在册记录。")


@officer(DUTY)
def trials(request: GatedRequest) -> HttpResponse:
    """Upload a draft and try it on what is on record (草案试算); list one's own trials."""
    form = DraftForm(posted(request), request.FILES or None, initial=_initial(request))
    choices = [one for one in place_choices(request.actor, DUTY, request.clock) if one[0]]
    offer(form, "place", choices)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        problems = _loader_problems(form.cleaned_data["draft"])
        if not problems:
            return _started(request, form)
        form.add_error(
            "draft", f"草案有 {len(problems)} 处问题，没有试算。请按本页“草案中的问题”逐条改正后重新上传。"
        )
    counted = on_record(request.actor)
    return page(
        request,
        "whatif_new",
        {
            "title": "草案试算",
            "crumbs": crumbs(("草案试算", "")),
            "subtitle": "把拟出台的规定放到在册的备案、考核计划和证书上试算，看谁的结论会变。",
            "form": form,
            "problems": [_shown_problem(one) for one in problems],
            "figures": [
                Figure(label=f"在册{name}", value=counted[kind], unit=UNITS[kind])
                for kind, name in KINDS.items()
            ],
            "runs": [_listed(run) for run in trial_runs.runs_of(request.actor, request.clock)],
            "kept_days": KEPT_DAYS,
            "at_once": AT_ONCE,
        },
        status=form_status(form),
    )


def _initial(request: GatedRequest) -> dict[str, object]:
    return {"on": request.clock.today(), "place": home_place(request.actor, DUTY)}


def _loader_problems(draft: Draft) -> tuple[Problem, ...]:
    """Return what the loader has against the draft, with file and line."""
    with tempfile.TemporaryDirectory(prefix="zhiping-draft-") as folder:
        try:
            trial_runs.load_draft(draft, Path(folder))
        except PolicyInvalidError as invalid:
            return invalid.problems
    return ()


def _shown_problem(one: Problem) -> dict[str, object]:
    return {"file": one.file, "line": one.line, "id": one.id, "text": one.sentence}


def _started(request: GatedRequest, form: DraftForm) -> HttpResponse:
    run = trial_runs.start(
        form.cleaned_data["draft"],
        place=form.cleaned_data["place"],
        on=form.cleaned_data["on"],
        actor=request.actor,
        clock=request.clock,
    )
    if run.state != "done":
        succeeded(request, "试算已开始，进度会自动更新；可以离开此页，结果不受影响。")
    return redirect("authority:whatif-show", UUID(run.key))


def _listed(run: TrialRun) -> dict[str, object]:
    return {
        "url": reverse("authority:whatif-show", args=[UUID(run.key)]),
        "files": "、".join(run.files[:3]) + (f" 等 {len(run.files)} 个文件" if len(run.files) > 3 else ""),  # noqa: PLR2004 - as many as fit a line
        "place": run.place,
        "on": run.day,
        "at": run.moment,
        "state": run.state,
    }


# one run -----------------------------------------------------------------------------------------


class DifferenceFilters(Filters):
    """Which of the differences to show."""

    text = forms.CharField(label="编号")
    kind = forms.ChoiceField(label="类别", choices=[ALL, *KINDS.items()])
    effect = forms.ChoiceField(label="变化", choices=[ALL, *EFFECTS.items()])
    rule = forms.ChoiceField(label="起作用的规则")
    place = forms.ChoiceField(label="地区")

    def narrow(self, found: Differences) -> pl.DataFrame:
        """Return the records that fit what was chosen."""
        rows = found.records
        for name in ("kind", "effect"):
            if value := self.value(name):
                rows = rows.filter(pl.col(name) == value)
        if text := self.value("text"):
            rows = rows.filter(pl.col("record").str.contains(text.upper(), literal=True))
        if place := self.value("place"):
            rows = rows.filter(pl.col("place").str.starts_with(prefix_of(place)))
        if rule := self.value("rule"):
            ours = found.reasons.filter(pl.col("rule") == rule)
            rows = rows.join(ours, on=("kind", "record"), how="semi")
        return rows


@officer(DUTY)
def trial(request: GatedRequest, key: UUID) -> HttpResponse:
    """Show a trial: how far it is, or who would newly fail or pass, where, and by which rule (试算结果)."""
    run = _run(request, key)
    if run.state != "done":
        return page(request, "whatif_show", {**_head(run), "progress": _progress(run)})
    found = trial_runs.differences_of(run, request.actor)
    filters = DifferenceFilters(request.GET)
    rules = found.rules.select("rule", "title").unique().sort("rule").iter_rows()
    offer(filters, "rule", [ALL, *((rule, f"{rule} {title}") for rule, title in rules)])
    offer(filters, "place", place_choices(request.actor, DUTY, request.clock))
    rows = filters.narrow(found)
    if wants_export(request):
        return _workbook(request, found, rows)
    return page(
        request,
        "whatif_show",
        {
            **_head(run),
            "as_of": run.moment,
            "figures": _figures(run, found),
            "changes": [_shown_change(one) for one in run.changes],
            "by_place": _by_place(found),
            "effects": list(EFFECTS.values()),
            "rules": _by_rule(run, found),
            "failing_otherwise": run.failing_otherwise,
            "facts_left_out": "、".join(run.facts_left_out),
            "sources": _sources(run, found),
            "table": _table(request, run, found, rows, filters),
            "drop_url": reverse("authority:whatif-drop", args=[key]),
        },
    )


def _run(request: GatedRequest, key: UUID) -> TrialRun:
    run = trial_runs.run_of(key.hex, request.actor)
    if run is None:
        raise Http404
    return run


def _head(run: TrialRun) -> dict[str, Any]:
    return {
        "title": "草案试算结果",
        "crumbs": crumbs(("草案试算", reverse("authority:whatif-new")), ("试算结果", "")),
        "run": run,
        "actions": [link("另做一次试算", reverse("authority:whatif-new"))],
        "items": [
            Definition(term="判定日", value=run.day, kind="date"),
            Definition(term="地区", value=run.place, kind="place"),
            Definition(term="试算时间", value=run.moment, kind="datetime"),
            Definition(term="用时", value=f"{run.seconds:.1f} 秒" if run.state == "done" else None),
            Definition(term="草案文件", value="、".join(run.files), wide=True),
        ],
    }


def _progress(run: TrialRun) -> Progress:
    return Progress(
        name=f"trial-{run.key[:8]}",
        label=f"{labels.place(run.place)}草案试算",
        state=run.state,  # type: ignore[arg-type]  # one of the four
        done=run.done,
        total=run.total or None,
        unit="条记录",
        url=reverse("authority:whatif-progress", args=[UUID(run.key)]),
        text="试算中断，请重新上传；仍不成功的，请把本页地址告知系统管理员。"
        if run.state == "failed"
        else run.step,
        result_url=reverse("authority:whatif-show", args=[UUID(run.key)]) if run.state == "done" else "",
        result_label="查看试算结果",
    )


@officer(DUTY)
def progress(request: GatedRequest, key: UUID) -> HttpResponse:
    """Answer how far a trial is, with the same component (进度)."""
    response = render(request, "ui/progress.html", {"progress": _progress(_run(request, key))})
    response.headers["Cache-Control"] = "no-store"
    return response


@officer(DUTY)
def drop(request: GatedRequest, key: UUID) -> HttpResponse:
    """Remove a trial with its draft before its days are over (删除试算)."""
    run = _run(request, key)
    if request.method == "POST":
        trial_runs.drop(run)
        succeeded(request, "试算和草案文件已删除。")
    return redirect("authority:whatif-new")


# figures -----------------------------------------------------------------------------------------


def _figures(run: TrialRun, found: Differences) -> list[Figure]:
    here = reverse("authority:whatif-show", args=[UUID(run.key)])
    judged = int(found.judged["records"].sum() or 0)
    return [
        Figure(label="试算的记录", value=judged, unit="条"),
        *(
            Figure(
                label=word,
                value=found.total(Effect(effect)),
                unit="条",
                url=f"{here}?effect={effect}#differences",
            )
            for effect, word in EFFECTS.items()
        ),
    ]


def _sources(run: TrialRun, found: Differences) -> str:
    judged = dict(found.judged.group_by("kind").agg(pl.col("records").sum()).iter_rows())
    told = [
        f"{name} {judged[kind]:,} {unit}，其中 {run.frozen.get(kind, 0):,} {unit}的事实取自当时固定的判定"
        for kind, name in KINDS.items()
        for unit in (UNITS[kind],)
        if kind in judged
    ]
    return "；".join(told)


def _by_place(found: Differences) -> list[dict[str, object]]:
    """Return places and kinds with what was judged there and how many go which way."""
    wide = found.counts.pivot("effect", index=("kind", "place"), values="records")
    joined = found.judged.join(wide, on=("kind", "place"), how="left")
    there = [one for one in EFFECTS if one in joined.columns]
    touched = (
        joined.filter(pl.any_horizontal(pl.col(one).is_not_null() for one in there))
        if there
        else joined.head(0)
    )
    return [
        {
            "place": row["place"],
            "kind": KINDS[row["kind"]],
            "judged": row["records"],
            "effects": [{"word": word, "records": row.get(one) or 0} for one, word in EFFECTS.items()],
            "url": f"?kind={row['kind']}&place={row['place']}#differences",
        }
        for row in touched.sort("place", "kind").iter_rows(named=True)
    ]


def _by_rule(run: TrialRun, found: Differences) -> list[dict[str, object]]:
    here = reverse("authority:whatif-show", args=[UUID(run.key)])
    return [
        {
            "rule": row["rule"],
            "title": row["title"],
            "kind": KINDS[row["kind"]],
            "effect": EFFECTS[row["effect"]],
            "records": row["records"],
            "url": f"{here}?rule={row['rule']}&kind={row['kind']}&effect={row['effect']}#differences",
        }
        for row in found.rules.iter_rows(named=True)
    ]


def _shown_change(one: Mapping[str, Any]) -> dict[str, object]:
    """Return one change of the draft in words; a rule's versions are hashes, which say nothing."""
    before, now = one["before"], one["now"]
    if one["kind"] == "rule":
        word = "修改" if before and now else "新增" if now else "不再施行"
        rule = law().rules.get(one["thing"])
        thing = f"{one['thing']} {rule.title}" if rule else one["thing"]
        return {"kind": "规则", "thing": thing, "place": one["place"], "before": "—", "now": word}
    if one["kind"] == "case":
        name, _, was = str(before).rpartition("：")
        return {
            "kind": "案例",
            "thing": f"{one['thing']}：{name}",
            "place": one["place"],
            "before": OUTCOMES.get(was, was),
            "now": OUTCOMES.get(str(now), str(now)),
        }
    parameter = law().parameters.get(one["thing"])
    return {
        "kind": "参数",
        "thing": f"{parameter.label}（{one['thing']}）" if parameter else one["thing"],
        "place": one["place"],
        "before": "没有取值" if before is None else shown_value(before, None),
        "now": "没有取值" if now is None else shown_value(now, None),
    }


# the list ----------------------------------------------------------------------------------------


class _Lines:
    """The rows of a frame as a paginator wants them."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return self.rows.height

    def __getitem__(self, part: slice) -> list[dict[str, Any]]:
        return self.rows[part].to_dicts()


_SORTS = ("record", "place", "effect", "kind")


def _table(
    request: GatedRequest, run: TrialRun, found: Differences, rows: pl.DataFrame, filters: DifferenceFilters
) -> Table:
    asked = request.GET.get("sort", "")
    sort = asked if asked.removeprefix("-") in _SORTS else "place"
    ordered = rows.sort(
        sort.removeprefix("-"), "kind", "record", descending=[sort.startswith("-"), False, False]
    )
    paginator = Paginator(cast("Any", _Lines(ordered)), PAGE_SIZE)
    shown = paginator.get_page(request.GET.get("page"))
    lines = _lines(request, found, list(shown.object_list))
    query = request.GET.copy()
    query["export"] = "xlsx"
    return Table(
        name="differences",
        caption="结论有变化的记录",
        columns=(
            Column(key="record", label="编号", kind="code", sortable=True),
            Column(key="kind_name", label="类别"),
            Column(key="place", label="地区", kind="place", sortable=True),
            Column(key="effect_name", label="变化"),
            Column(key="outcomes", label="现行 → 草案"),
            Column(key="why", label="起作用的规则"),
        ),
        rows=lines,
        row_url=lambda row: str(row["url"]),
        sort=sort,
        page=shown,
        total=paginator.count,
        export_url=f"?{query.urlencode()}",
        filters=filters,
        as_of=run.moment,
        empty=EmptyState(
            title="没有符合条件的记录", text="可以放宽筛选条件；没有任何记录的，草案不改变在册记录的结论。"
        ),
    )


def _lines(request: GatedRequest, found: Differences, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = [row["record"] for row in rows]
    reasons = found.reasons.filter(pl.col("record").is_in(numbers))
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in reasons.iter_rows(named=True):
        told.setdefault((one["kind"], one["record"]), []).append(one)
    urls = _urls(request, rows)
    return [
        {
            **row,
            "kind_name": KINDS[row["kind"]],
            "effect_name": EFFECTS[row["effect"]],
            "outcomes": f"{OUTCOMES[row['before']]} → {OUTCOMES[row['now']]}",
            "why": _why(told.get((row["kind"], row["record"]), ())),
            "url": urls.get((row["kind"], row["record"]), ""),
        }
        for row in rows
    ]


def _why(reasons: Sequence[Mapping[str, Any]]) -> str:
    told = [_reason(one) for one in reasons[:_RULES_SHOWN]]
    more = len(reasons) - len(told)
    return "；".join(told) + (f"；另有 {more} 条" if more > 0 else "")


def _reason(one: Mapping[str, Any]) -> str:
    name = f"{one['rule']} {one['title']}"
    seen = f"{one['tested']} {one['observed']}" if one["tested"] else one["observed"]
    was, wants = one["required_before"], one["required_now"]
    if not one["before"]:
        told = f"新规则，要求{wants}" if wants else "新规则"
    elif not one["now"]:
        told = f"不再要求{was}" if was else "不再施行"
    else:
        told = f"现行{was}，草案{wants}" if was != wants else f"要求{wants}"
    return f"{name}：{seen}（{told}）"


def _urls(request: GatedRequest, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """Return where each record is shown, as far as the officer reaches it."""
    numbers: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for row in rows:
        numbers[row["kind"]].append(row["record"])
    actor = request.actor
    filings = registry.filings_within(actor).filter(number__in=numbers["filing"]).values_list("number", "pk")
    plans = exams.plans_within(actor).filter(number__in=numbers["plan"]).values_list("number", "pk")
    certificates = certificates_within(actor).filter(number__in=numbers["certificate"])
    return {
        **{("filing", number): reverse("authority:filings-show", args=[pk]) for number, pk in filings},
        **{("plan", number): reverse("authority:plans-show", args=[pk]) for number, pk in plans},
        **{
            ("certificate", number): reverse("authority:certificates-show", args=[number])
            for number in certificates.values_list("number", flat=True)
        },
    }


def _workbook(request: GatedRequest, found: Differences, rows: pl.DataFrame) -> HttpResponse:
    keys = rows.select("kind", "record")
    chosen = Differences(
        on=found.on,
        judged=found.judged,
        records=rows.sort("place", "kind", "record"),
        reasons=found.reasons.join(keys, on=("kind", "record"), how="semi"),
    )
    lines = [line for line, _ in zip(lines_of(chosen), range(EXPORT_LIMIT), strict=False)]
    return xlsx(HEADERS, lines, title="草案试算", request=request)
