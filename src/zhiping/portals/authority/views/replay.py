"""A stored verdict as judged then, again by its own rules, beside the same case as judged now (判定重演)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.exams import office_queries as exams
from zhiping.apps.exams.queries import enrolment_on_ticket, enrolment_within, judged_again
from zhiping.apps.journal.queries import entries_about
from zhiping.apps.reference.queries import law, replayed
from zhiping.apps.registry import office_queries as registry
from zhiping.core.policybook import Outcome, Verdict
from zhiping.core.policybook.replay import Cause, NewValue, Reason, Replay
from zhiping.core.policybook.verdict import with_unit
from zhiping.portals.authority.pages import crumbs, form_status, page, posted
from zhiping.portals.gate import GatedRequest, officer
from zhiping.portals.refusals import sentence
from zhiping.portals.verdict_panels import OFFICER, outcome_word, panel, stored_parts
from zhiping.ui import shapes
from zhiping.ui.shapes import Definition

_CAUSES: Mapping[Cause, str] = {
    Cause.RULE_ADDED: "当时没有这条规则",
    Cause.RULE_GONE: "现在没有这条规则",
    Cause.PARAMETER_CHANGED: "参数的取值变了",
    Cause.CONDITION_CHANGED: "规则的条件改了",
    Cause.LIST_CHANGED: "规则所查的目录修订过，条件和参数不变",
    Cause.RULE_CHANGED: "规则的后果、地区、期间或依据条款修订过，条件和参数不变",
    Cause.WORDING_CHANGED: "规则版本相同，条款摘要、标题或说明的文字不同",
    Cause.NOT_KEPT: "规则版本不同，当时的版本没有留存，无法说明改了什么",
}


class NumberForm(forms.Form):
    """Which record to judge again."""

    number = forms.CharField(
        label="编号", max_length=40, help_text="备案编号（BA…）、计划编号（JH…）、场次编号（CC…）或准考证号。"
    )


@officer("registry.read")
def start(request: GatedRequest) -> HttpResponse:
    """Ask for the number of a filing, a plan, a sitting or an enrolment and go to its verdicts (判定重演)."""
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
            "subtitle": (
                "按当时的事实、地区和日期再判定两次："
                "一次用随判定留存的规则版本，一次用现在收录的规则，逐条对照。"
            ),
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
        sitting = exams.sittings_within(actor).filter(number=number).first()
        if sitting is not None and actor.may_anywhere("certificates.read"):
            return reverse("authority:replay-issue", args=[sitting.pk])
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
    names = dict(found.lines.values_list("occupation_code", "occupation_name"))
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
        pairs=_pairs(stored_parts(chosen.verdict, names), at=chosen.at) if chosen else [],
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


@officer("certificates.read")
def issue(request: GatedRequest, pk: int) -> HttpResponse:
    """Show the verdicts by which certificates were issued for a sitting, or held back (发证判定重演)."""
    found = exams.sitting_within(request.actor, pk)
    steps = list(entries_about("exams.sitting", pk).filter(event__in=_ISSUES))
    chosen = next(
        (one for one in steps if str(one.pk) == request.GET.get("step")), steps[0] if steps else None
    )
    return _page(
        request,
        title=f"场次 {found.number}：发证判定重演",
        back=("考核场次", reverse("authority:sittings-list")),
        record=(found.number, reverse("authority:sittings-show", args=[pk])),
        items=[
            Definition(term="机构", value=found.body.name),
            Definition(term="地区", value=found.place, kind="place"),
            Definition(term="职业", value=found.occupation_name),
            Definition(term="核发的证书", value=chosen.facts["issued"] if chosen else None),
            Definition(term="固定判定的经办人", value=chosen.actor_name if chosen else None),
        ],
        pairs=_pairs([("发证条件", chosen.facts["verdict"])], at=chosen.at) if chosen else [],
        steps=[
            {"url": f"?step={one.pk}", "at": one.at, "who": one.actor_name, "current": one is chosen}
            for one in steps
        ],
    )


_ISSUES = ("certificates.issued", "certificates.issue_held_back")


def _pairs(parts: Iterable[tuple[str, Mapping[str, Any]]], *, at: dt.datetime | None) -> list[dict[str, Any]]:
    titles, stored = zip(*parts, strict=True) if (parts := list(parts)) else ((), ())
    return [_pair(title, again, at) for title, again in zip(titles, replayed(stored), strict=True)]


def _pair(title: str, found: Replay, at: dt.datetime | None) -> dict[str, Any]:
    differing = frozenset(one.rule for one in found.reasons)
    alike = frozenset(one.rule for one in found.before.findings) - differing
    return {
        "title": title,
        "same": found.is_same_bytes,
        "kept": not found.missing,
        "missing": "、".join(found.missing),
        "hindrance_then": sentence(found.hindrance_then) if found.hindrance_then else "",
        "judged_now": found.now is not None,
        "same_now": found.is_same_bytes_now,
        "same_outcome": found.is_same_outcome,
        "hindrance": sentence(found.hindrance) if found.hindrance else "",
        "reasons": [_reason(one) for one in found.reasons],
        "lost_waivers": "、".join(found.lost_waivers),
        "then": _panel(found.before, "当时", differing, at),
        "now": _panel(found.now, "现在", differing) if found.now else None,
        "alike": _panel(found.before, "相同的规则" if found.now else "当时", alike, at) if alike else None,
        "alike_count": len(alike),
    }


def _panel(
    verdict: Verdict, title: str, rules: frozenset[str], at: dt.datetime | None = None
) -> shapes.Verdict:
    return panel(verdict, title, reader=OFFICER, frozen_at=at, only=rules)


def _reason(one: Reason) -> dict[str, str]:
    return {
        "rule": f"{one.title}（{one.rule}）",
        "why": _CAUSES[one.cause] + "".join(f"；{_value(value)}" for value in one.values),
        "before": outcome_word(one.before) if one.before else "没有这条规则",
        "now": outcome_word(one.now) if one.now else "没有这条规则",
    }


def _value(value: NewValue) -> str:
    parameter = law().parameters.get(value.parameter)
    name, unit = (parameter.label, parameter.unit) if parameter else (value.parameter, "")
    sides = ((value.before, value.wording_before), (value.now, value.wording_now))
    before, now = (
        "没有取值" if side is None else with_unit(side, unit) + (f"（原文“{wording}”）" if wording else "")
        for side, wording in sides
    )
    return f"{name}：{before} → {now}"


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
                panel(verdict, title, reader=OFFICER)
                for (_, title), verdict in zip(_QUESTIONS, (again.candidate, again.entry), strict=True)
            ],
        },
    )


def _answer(name: str, kept: Mapping[str, Any], verdict: Verdict) -> dict[str, object]:
    was = str(kept.get(name) or "")
    return {
        "title": dict(_QUESTIONS)[name],
        "before": outcome_word(Outcome(was)) if was else "没有留存",
        "now": outcome_word(verdict.outcome),
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
            "is_kept": all(one["kept"] for one in pairs),
            "is_same_now": all(one["same_now"] for one in pairs),
            "is_judged_now": all(one["judged_now"] for one in pairs),
            "is_same_outcome": all(one["same_outcome"] for one in pairs),
        },
    )
