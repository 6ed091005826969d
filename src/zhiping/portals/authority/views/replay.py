"""A stored verdict as judged then, beside the same case as judged now (判定重演): same, or why not."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.exams import office_queries as exams
from zhiping.apps.exams.queries import enrolment_on_ticket, enrolment_within, judged_again
from zhiping.apps.reference.queries import law
from zhiping.apps.registry import office_queries as registry
from zhiping.core.policybook import Outcome, Verdict
from zhiping.core.policybook.rejudging import Cause, NewValue, Reason, Rejudgement, rejudge
from zhiping.core.policybook.verdict import shown_value
from zhiping.portals.authority import verdicts
from zhiping.portals.authority.pages import crumbs, form_status, page, posted
from zhiping.portals.gate import GatedRequest, officer
from zhiping.portals.refusals import sentence
from zhiping.ui.shapes import Definition

_CAUSES: Mapping[Cause, str] = {
    Cause.RULE_ADDED: "当时没有这条规则",
    Cause.RULE_GONE: "现在没有这条规则",
    Cause.PARAMETER_CHANGED: "参数的取值变了",
    Cause.CONDITION_CHANGED: "规则的条件改了",
    Cause.VERSION_CHANGED: "规则或其所用目录修订过，检查的项目不变",
    Cause.WORDING_CHANGED: "规则版本相同，条款摘要、标题或说明的文字不同",
}


class NumberForm(forms.Form):
    """Which record to judge again."""

    number = forms.CharField(
        label="编号", max_length=40, help_text="备案编号（BA…）、计划编号（JH…）或准考证号。"
    )


@officer("registry.read")
def start(request: GatedRequest) -> HttpResponse:
    """Ask for the number of a filing, a plan or an enrolment and go to its verdicts (判定重演)."""
    form = NumberForm(posted(request))
    if request.method == "POST" and form.is_valid():
        url = _address(request, form.cleaned_data["number"].strip().upper())
        if url:
            return redirect(url)
        form.add_error("number", "没有找到这个编号，它可能不在您的管辖地区。请核对后再查。")
    return page(
        request,
        "form",
        {
            "title": "判定重演",
            "subtitle": "按当时的事实、地区和日期，用现在收录的规则再判定一次，与当时固定的判定逐条对照。",
            "crumbs": crumbs(("判定重演", "")),
            "form": form,
            "submit": "查看",
        },
        status=form_status(form),
    )


def _address(request: GatedRequest, number: str) -> str:
    actor = request.actor
    filing = registry.filings_within(actor).filter(number=number).first()
    if filing is not None:
        return reverse("authority:replay-filing", args=[filing.pk])
    if actor.may_anywhere("exams.read"):
        plan = exams.plans_within(actor).filter(number=number).first()
        if plan is not None:
            return reverse("authority:replay-plan", args=[plan.pk])
        enrolment = enrolment_on_ticket(actor, number)
        if enrolment is not None:
            return reverse("authority:replay-enrolment", args=[enrolment.pk])
    return ""


# filings and plans: the whole verdict is kept ----------------------------------------------------


@officer("registry.read")
def filing(request: GatedRequest, pk: int) -> HttpResponse:
    """Show every verdict that was frozen with a filing, the newest first (备案判定重演)."""
    found = registry.filing_within(request.actor, pk)
    steps = [one for one in found.reviews.select_related("office").order_by("-id") if one.verdict]
    chosen = next(
        (one for one in steps if str(one.pk) == request.GET.get("step")), steps[0] if steps else None
    )
    return _page(
        request,
        title=f"备案 {found.number}：判定重演",
        back=("备案审核", reverse("authority:filings-list")),
        record=(found.number, reverse("authority:filings-show", args=[pk])),
        items=[
            Definition(term="机构", value=found.body.name),
            Definition(term="地区", value=found.place, kind="place"),
            Definition(term="受理日", value=found.accepted_on, kind="date"),
            Definition(term="固定判定的经办人", value=chosen.actor_name if chosen else None),
        ],
        pairs=_pairs(verdicts.stored_parts(chosen.verdict or {}), at=chosen.at) if chosen else [],
        steps=[
            {"url": f"?step={one.pk}", "at": one.at, "who": one.actor_name, "current": one is chosen}
            for one in steps
        ],
    )


@officer("exams.read")
def plan(request: GatedRequest, pk: int) -> HttpResponse:
    """Show the verdicts that were frozen with a plan's declaration or acceptance (计划判定重演)."""
    found = exams.plan_within(request.actor, pk)
    parts = [(f"场次 {part['sitting']}", part["verdict"]) for part in found.verdict or ()]
    return _page(
        request,
        title=f"计划 {found.number}：判定重演",
        back=("考核计划", reverse("authority:plans-list")),
        record=(found.number, reverse("authority:plans-show", args=[pk])),
        items=[
            Definition(term="机构", value=found.body.name),
            Definition(term="地区", value=found.place, kind="place"),
            Definition(term="报备日", value=found.declared_on, kind="date"),
            Definition(term="受理日", value=found.accepted_on, kind="date"),
        ],
        pairs=_pairs(parts, at=None),
    )


def _pairs(parts: Iterable[tuple[str, Mapping[str, Any]]], *, at: dt.datetime | None) -> list[dict[str, Any]]:
    return [_pair(title, rejudge(law(), stored), at) for title, stored in parts]


def _pair(title: str, again: Rejudgement, at: dt.datetime | None) -> dict[str, Any]:
    now = again.now
    return {
        "title": title,
        "same": again.is_same_bytes,
        "same_outcome": again.is_same_outcome,
        "hindrance": sentence(again.hindrance) if again.hindrance else "",
        "reasons": [_reason(one) for one in again.reasons],
        "lost_waivers": "、".join(again.lost_waivers),
        "then": verdicts.panel(again.before, "当时", frozen_at=at, applicable_only=True),
        "now": verdicts.panel(now, "现在", applicable_only=True) if now else None,
    }


def _reason(one: Reason) -> dict[str, str]:
    return {
        "rule": f"{one.title}（{one.rule}）",
        "why": _CAUSES[one.cause] + "".join(f"；{_value(value)}" for value in one.values),
        "before": verdicts.outcome_word(one.before) if one.before else "没有这条规则",
        "now": verdicts.outcome_word(one.now) if one.now else "没有这条规则",
    }


def _value(value: NewValue) -> str:
    parameter = law().parameters.get(value.parameter)
    name = parameter.label if parameter else value.parameter
    return f"{name}：{shown_value(value.before, None)} → {shown_value(value.now, None)}"


# enrolments: only the outcomes are kept ----------------------------------------------------------

_QUESTIONS = (("candidate", "考生资格"), ("entry", "申报条件"))


@officer("exams.read")
def enrolment(request: GatedRequest, pk: int) -> HttpResponse:
    """Show what was kept of an enrolment's verdict beside the verdict now (报名资格重演)."""
    found = enrolment_within(request.actor, pk)
    again = judged_again(found)
    kept: Mapping[str, Any] = found.verdict or {}
    is_same = kept == again.summary
    return page(
        request,
        "replay_enrolment",
        {
            "title": f"报名 {found.ticket}：资格判定重演",
            "crumbs": crumbs(
                ("判定重演", reverse("authority:replay-start")),
                (found.sitting.number, reverse("authority:sittings-show", args=[found.sitting_id])),
                (found.ticket, ""),
            ),
            "as_of": request.clock.now(),
            "is_kept": bool(kept),
            "is_same": is_same,
            "items": [
                Definition(term="准考证号", value=found.ticket, kind="code"),
                Definition(term="场次", value=found.sitting.number, kind="code"),
                Definition(term="职业", value=found.sitting.occupation_name),
                Definition(term="等级", value=found.sitting.level, kind="level"),
                Definition(term="申报条件", value=found.entry_condition),
                Definition(term="报名时间", value=found.enrolled_at, kind="datetime"),
            ],
            "rows": [
                _answer(name, kept, verdict)
                for (name, _), verdict in zip(_QUESTIONS, (again.candidate, again.entry), strict=True)
            ],
            "rules": _rules(kept, again.summary) if kept else [],
            "panels": [
                verdicts.panel(verdict, title)
                for (_, title), verdict in zip(_QUESTIONS, (again.candidate, again.entry), strict=True)
            ],
        },
    )


def _answer(name: str, kept: Mapping[str, Any], verdict: Verdict) -> dict[str, object]:
    was = str(kept.get(name) or "")
    return {
        "title": dict(_QUESTIONS)[name],
        "before": verdicts.outcome_word(Outcome(was)) if was else "没有留存",
        "now": verdicts.outcome_word(verdict.outcome),
        "same": was == verdict.outcome.value,
    }


def _rules(kept: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the rules that refused or stayed open then and do not now, or the other way round."""
    said = [
        {
            str(rule): word
            for key, word in (("refused", "不符合"), ("unknown", "无法判定"))
            for rule in one.get(key) or ()
        }
        for one in (kept, now)
    ]
    names = sorted(said[0].keys() | said[1].keys())
    return [
        {
            "rule": f"{rule.title}（{name}）"
            if (rule := law().rules.get(name))
            else f"已删除的规则（{name}）",
            "before": said[0].get(name, "没有提出"),
            "now": said[1].get(name, "没有提出"),
        }
        for name in names
        if said[0].get(name) != said[1].get(name)
    ]


def _page(
    request: GatedRequest,
    *,
    title: str,
    back: tuple[str, str],
    record: tuple[str, str],
    items: list[Definition],
    pairs: list[dict[str, Any]],
    steps: Iterable[dict[str, Any]] = (),
) -> HttpResponse:
    return page(
        request,
        "replay",
        {
            "title": title,
            "crumbs": crumbs(back, record, ("判定重演", "")),
            "as_of": request.clock.now(),
            "items": items,
            "pairs": pairs,
            "steps": list(steps),
            "is_same": all(one["same"] for one in pairs),
            "is_same_outcome": all(one["same_outcome"] for one in pairs),
        },
    )
