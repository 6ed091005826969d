"""Trying a draft on what is on record: upload, progress, who would newly fail or pass, by which rule."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import PolicyInvalidError
from zhiping.kernel.resources import policy_folder
from zhiping.portals.authority import trial_figures, trial_list, trial_runs
from zhiping.portals.authority.draft_files import Draft
from zhiping.portals.authority.draft_form import DraftForm
from zhiping.portals.authority.listing import wants_export
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
    succeeded,
)
from zhiping.portals.authority.trial_runs import AT_ONCE, BROKEN_OFF, KEPT_DAYS, STUCK_AFTER, TrialRun
from zhiping.portals.draft_law import DELETED, is_in_force, told_of_draft
from zhiping.portals.gate import GatedRequest, officer
from zhiping.portals.policy_problems import Told
from zhiping.portals.trials import EFFECTS, KINDS, UNITS, on_record
from zhiping.ui import labels
from zhiping.ui.shapes import Definition, Figure, Progress

DUTY = "registry.read"
_SHOWN_FILES = 3
"""How many files of a draft are named in one line."""

_TROUBLES = {
    "": "试算中断，没有留下结果。可以重新试算；仍不成功的，请把本页地址告知系统管理员。",
    "draft_changed": "草案文件在交来之后被改动（{named}），没有试算。请重新上传草案。",
    "law_moved": (
        "政策库的文件在服务启动之后有改动（{named}），试算会把这些改动算到草案上，因此没有试算。"
        "请系统管理员重新启动服务，再重新试算。"
    ),
    BROKEN_OFF: (
        "试算中断：执行试算的程序已经停止，进度停在这里，没有留下结果，也没有改动任何记录。可以重新试算。"
    ),
}
_STUCK = "排队已超过 5 分钟，后台任务可能没有在运行。请告知系统管理员；恢复后会自动开始，也可以重新试算。"


@officer(DUTY)
def trials(request: GatedRequest) -> HttpResponse:
    """Upload a draft and try it on what is on record (草案试算); list one's own trials."""
    form = DraftForm(posted(request), request.FILES or None, initial=_initial(request))
    choices = [one for one in place_choices(request.actor, DUTY, request.clock) if one[0]]
    offer(form, "place", choices)
    problems: tuple[Told, ...] = ()
    if request.method == "POST" and form.is_valid():
        problems, trouble = _problems(form.cleaned_data["draft"])
        if not trouble:
            return _started(request, form)
        form.add_error("draft", trouble)
    counted = on_record(request.actor)
    return page(
        request,
        "whatif_new",
        {
            "title": "草案试算",
            "crumbs": crumbs(("草案试算", "")),
            "subtitle": "把拟出台的规定放到在册的备案、考核计划和证书上试算，看谁的结论会变。",
            "form": form,
            "problems": problems,
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


def _problems(draft: Draft) -> tuple[tuple[Told, ...], str]:
    """Return what is wrong with a draft, with file and line, and why it is not tried; nothing where it is."""
    with tempfile.TemporaryDirectory(prefix="zhiping-draft-") as folder:
        try:
            loaded = trial_runs.load_draft(draft, Path(folder))
        except PolicyInvalidError as invalid:
            current = law()
            told = tuple(told_of_draft(one, current, draft.files) for one in invalid.problems)
            return told, f"草案有 {len(told)} 处问题，没有试算。请按本页“草案中的问题”逐条改正后重新上传。"
    if is_in_force(draft.files, policy_folder()):
        return (), _unchanged(draft, loaded.deleted_in_vain)
    return (), ""


def _unchanged(draft: Draft, deleted_in_vain: tuple[str, ...]) -> str:
    told = f"草案的 {len(draft.files)} 个文件与现行政策库完全相同，没有可以试算的改动。"
    if deleted_in_vain:
        return f"{told}{DELETED.format(files=_some(deleted_in_vain))}"
    return f"{told}请检查上传的是不是改动后的文件、改动后是否保存。"


def _some(files: tuple[str, ...]) -> str:
    more = f" 等 {len(files)} 个文件" if len(files) > _SHOWN_FILES else ""
    return "、".join(files[:_SHOWN_FILES]) + more


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
        "files": _some(run.files),
        "place": run.place,
        "on": run.day,
        "at": run.moment,
        "state": _shown_state(run),
    }


def _shown_state(run: TrialRun) -> str:
    """Return the state in the words that the look knows: what was broken off did not come to its end."""
    state = trial_runs.state_of(run)
    return "failed" if state == BROKEN_OFF else state


# one run -----------------------------------------------------------------------------------------


@officer(DUTY)
def trial(request: GatedRequest, key: UUID) -> HttpResponse:
    """Show a trial: how far it is, or who would newly fail or pass, where, and by which rule (试算结果)."""
    run = _run(request, key)
    if run.state != "done":
        shown = replace(_progress(request, run), result_url="")  # this is the page
        offered = (
            {"again_url": reverse("authority:whatif-again", args=[key])} if _may_again(request, run) else {}
        )
        return page(request, "whatif_show", {**_head(run), "progress": shown, **offered, **_dropping(key)})
    found = trial_runs.differences_of(run, request.actor)
    filters = trial_list.DifferenceFilters(request.GET)
    rules = found.rules.select("rule", "title").unique().sort("rule").iter_rows()
    offer(filters, "rule", [ALL, *((rule, f"{rule} {title}") for rule, title in rules)])
    offer(filters, "place", place_choices(request.actor, DUTY, request.clock))
    rows = filters.narrow(found)
    if wants_export(request):
        try:
            return trial_list.workbook(request, found, rows)
        except trial_list.TooManyLinesError as many:
            messages.error(
                request,
                f"有变化的共 {many.lines:,} 行，超过一张表的 {trial_list.EXPORT_LIMIT:,} 行，没有导出。"
                "请先按地区、类别或规则筛选，再分别导出。",
            )
    return page(
        request,
        "whatif_show",
        {
            **_head(run),
            "as_of": run.moment,
            "figures": trial_figures.figures(run, found),
            "changes": [trial_figures.shown_change(one) for one in run.changes],
            "by_place": trial_figures.by_place(found),
            "effects": list(EFFECTS.values()),
            "rules": trial_figures.by_rule(run, found),
            "failing_otherwise": run.failing_otherwise,
            "facts_left_out": "、".join(run.facts_left_out),
            "sources": trial_figures.sources(run, found),
            "table": trial_list.table(request, run, found, rows, filters),
            "as_reviewed": "、".join(run.as_reviewed),
            "deleted_in_vain": DELETED.format(files=_some(run.deleted_in_vain))
            if run.deleted_in_vain
            else "",
            **_dropping(key),
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


def _dropping(key: UUID) -> dict[str, str]:
    return {"drop_url": reverse("authority:whatif-drop", args=[key])}


def _progress(request: GatedRequest, run: TrialRun) -> Progress:
    state = trial_runs.state_of(run)
    here = reverse("authority:whatif-show", args=[UUID(run.key)])
    has_stopped = state in {"failed", BROKEN_OFF}
    return Progress(
        name=f"trial-{run.key[:8]}",
        label=f"{labels.place(run.place)}草案试算",
        state=_shown_state(run),  # type: ignore[arg-type]  # one of the four
        done=run.done,
        total=run.total or None,
        unit="条记录",
        url=reverse("authority:whatif-progress", args=[UUID(run.key)]),
        text=_standing(request, run, state),
        result_url=here if state == "done" or has_stopped else "",
        result_label="查看试算结果" if state == "done" else "重新试算或删除",
    )


def _standing(request: GatedRequest, run: TrialRun, state: str) -> str:
    """Say how a trial stands: its step, or what is wrong and what to do."""
    if state in {"failed", BROKEN_OFF}:
        trouble = run.trouble if state == "failed" else BROKEN_OFF
        return _TROUBLES[trouble].format(named=_some(run.named))
    return _STUCK if _is_stuck(request, run) else run.step


def _is_stuck(request: GatedRequest, run: TrialRun) -> bool:
    return run.state == "waiting" and request.clock.now() - run.moment > STUCK_AFTER


def _may_again(request: GatedRequest, run: TrialRun) -> bool:
    return _shown_state(run) == "failed" or _is_stuck(request, run)


@officer(DUTY)
def again(request: GatedRequest, key: UUID) -> HttpResponse:
    """Try the same draft once more after it failed or was broken off (重新试算)."""
    run = _run(request, key)
    if request.method == "POST" and _may_again(request, run):
        trial_runs.again(run, request.actor, request.clock)
    return redirect("authority:whatif-show", key)


@officer(DUTY)
def progress(request: GatedRequest, key: UUID) -> HttpResponse:
    """Answer how far a trial is, with the same component (进度)."""
    response = render(request, "ui/progress.html", {"progress": _progress(request, _run(request, key))})
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
