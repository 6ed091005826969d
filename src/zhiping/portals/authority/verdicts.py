"""Verdicts as the verdict panel takes them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse

from zhiping.apps.reference.queries import law
from zhiping.core.policybook import Finding, Outcome, Replay, Verdict
from zhiping.core.policybook.messages import OUTCOMES
from zhiping.core.policybook.verdict import shown_value, with_unit
from zhiping.ui import labels, shapes

DAYS: Mapping[str, str] = {
    "application_day": "申请日",
    "acceptance_day": "受理日",
    "declaration_day": "报备日",
    "enrolment_day": "报名日",
    "sitting_day": "考试日",
    "result_day": "成绩日",
    "issue_day": "发证日",
    "conduct_day": "行为日",
    "decision_day": "决定日",
    "assessment_day": "评估日",
}

_SHOWN: Mapping[Outcome, shapes.Outcome] = {
    Outcome.PASS: "pass",
    Outcome.NOTE: "explain",
    Outcome.WARN: "explain",
    Outcome.REFUSE: "refuse",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_APPLICABLE: "not_applicable",
    Outcome.NO_RULE_KNOWN: "unknown",
}

_FIRST: Mapping[shapes.Outcome, int] = {
    "refuse": 0,
    "unknown": 1,
    "explain": 2,
    "pass": 3,
    "not_applicable": 4,
}
"""What needs a person stands first."""

_DIFFERENCES = {
    "rule_added": "当时没有这条规则，现在有",
    "rule_gone": "当时有这条规则，现在没有",
    "rule_changed": "规则或其参数已修订",
    "outcome_changed": "规则未变，结论不同",
}


def panel(
    verdict: Verdict, title: str, *, frozen_at: dt.datetime | None = None, applicable_only: bool = False
) -> shapes.Verdict:
    """Return a verdict for the panel; what needs a person stands first."""
    findings = [
        one for one in verdict.findings if not applicable_only or one.outcome is not Outcome.NOT_APPLICABLE
    ]
    reasons = {waiver.rule: waiver for waiver in verdict.waivers}
    rules = sorted((_line(one, reasons) for one in findings), key=lambda line: _FIRST[line.outcome])
    return shapes.Verdict(
        outcome=_SHOWN[verdict.outcome],
        title=f"{title}：{outcome_word(verdict.outcome)}",
        place=labels.place(verdict.place.code),
        on=verdict.on,
        on_label=DAYS.get(verdict.decides_on, "适用日期"),
        summary=summary_of(verdict),
        rules=rules,
        frozen_at=frozen_at,
    )


def outcome_word(outcome: Outcome) -> str:
    """Return what an outcome is called."""
    return OUTCOMES[outcome.value]


def summary_of(verdict: Verdict) -> str:
    """Return how many rules said what, or what is known where no rule is in force."""
    if verdict.outcome is Outcome.NO_RULE_KNOWN:
        near = [
            *(f"“{one.title}”已于 {one.end} 失效" for one in verdict.earlier),
            *(f"“{one.title}”自 {one.start} 起施行" for one in verdict.later),
        ]
        return "该地区当日没有已知规则" + (f"；{'；'.join(near)}" if near else "") + "，请人工判断。"
    counted: dict[str, int] = {}
    for one in verdict.findings:
        word = "已豁免" if one.rule in verdict.waived else OUTCOMES[one.outcome.value]
        counted[word] = counted.get(word, 0) + 1
    return "，".join(f"{word} {count} 项" for word, count in counted.items())


def _line(finding: Finding, waivers: Mapping[str, Any]) -> shapes.RuleLine:
    decisive = finding.decisive
    unit = decisive.test.unit if decisive else ""
    waiver = waivers.get(finding.rule)
    citation = finding.citations[0] if finding.citations else None
    outcome = "explain" if waiver else _SHOWN[finding.outcome]
    return shapes.RuleLine(
        outcome=outcome,
        title=f"{finding.title}（{finding.rule}）",
        observed=_observed(finding, unit),
        required=_required(finding, unit),
        near_miss=finding.message,
        clause="、".join(one.clause for one in finding.citations),
        clause_url=reverse("authority:law-document", args=[citation.document]) if citation else "",
        document=f"{citation.title}{citation.number and f'（{citation.number}）'}{citation.where}"
        if citation
        else "",
        wording=_wording(finding),
        overridden=f"{waiver.by}于 {waiver.on} 豁免：{waiver.reason}" if waiver else "",
    )


def _observed(finding: Finding, unit: str) -> str:
    if finding.outcome is Outcome.NOT_APPLICABLE or finding.decisive is None:
        return ""
    label = finding.decisive.test.label
    value = finding.observed
    declaration = law().facts.get(finding.decisive.test.fact)
    shown = (
        shown_value(value, declaration) if isinstance(value, str | tuple | list) else with_unit(value, unit)
    )
    return f"{label}：{shown}" if label else shown


def _required(finding: Finding, unit: str) -> str:
    if finding.outcome is Outcome.NOT_APPLICABLE or finding.decisive is None:
        return ""
    declaration = law().facts.get(finding.decisive.test.fact)
    operator = _OPERATORS.get(finding.decisive.test.operator.value, "")
    if finding.decisive.test.operator.value in {"yes", "no"} or finding.required is None:
        return operator
    value = finding.required
    shown = (
        shown_value(value, declaration) if isinstance(value, str | tuple | list) else with_unit(value, unit)
    )
    return f"{operator}{shown}"


def _wording(finding: Finding) -> str:
    parts = [one.wording or one.summary for one in finding.citations]
    return "；".join(dict.fromkeys(part for part in parts if part))


def differences(replay: Replay) -> list[dict[str, str]]:
    """Return what differs between a stored verdict and its replay, in words."""
    rows = []
    for one in replay.differences:
        rule = law().rules.get(one.rule)
        rows.append(
            {
                "rule": one.rule,
                "title": rule.title if rule else "已删除的规则",
                "why": _DIFFERENCES[one.kind.value],
                "before": OUTCOMES.get(one.outcome_before, "—"),
                "now": OUTCOMES.get(one.outcome_now, "—"),
            }
        )
    return rows


def stored_parts(stored: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the parts of a filing's frozen verdict: the body's conditions, then each occupation."""
    parts: list[tuple[str, Mapping[str, Any]]] = [("机构条件", stored["body"])]
    parts += [(f"申报职业 {line['occupation_code']}", line["verdict"]) for line in stored.get("lines", ())]
    return parts


def replayed(parts: Iterable[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, Replay]]:
    """Judge every stored part again, for its own place and day."""
    return [(title, law().replay(part)) for title, part in parts]


def worst(verdicts: Sequence[Verdict]) -> Outcome:
    """Return the outcome of several verdicts together."""
    order = (
        Outcome.REFUSE,
        Outcome.UNKNOWN,
        Outcome.WARN,
        Outcome.NO_RULE_KNOWN,
        Outcome.PASS,
        Outcome.NOT_APPLICABLE,
    )
    found = {one.outcome for one in verdicts}
    return next((outcome for outcome in order if outcome in found), Outcome.NO_RULE_KNOWN)


_OPERATORS: Mapping[str, str] = {
    "at_least": "不少于 ",
    "more_than": "超过 ",
    "at_most": "不超过 ",
    "less_than": "少于 ",
    "equal": "",
    "not_equal": "不为 ",
    "in": "属于：",
    "not_in": "不属于：",
    "yes": "是",
    "no": "否",
    "includes_all": "包括：",
    "includes_none": "不包括：",
    "inside": "位于 ",
    "within": "在期间内：",
}
