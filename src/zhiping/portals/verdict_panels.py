"""Verdicts as people read them: from the policybook's findings to the lines of the verdict panel."""

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from zhiping.apps.reference.queries import law
from zhiping.apps.registry.judgements import FilingVerdict
from zhiping.core.policybook import Citation, Finding, Outcome, Verdict, Waiver
from zhiping.core.policybook.messages import OUTCOMES
from zhiping.core.policybook.trace import Observation
from zhiping.core.policybook.verdict import shown_value, with_unit
from zhiping.core.policybook.wording import Operator
from zhiping.portals.labels import place_name
from zhiping.ui import shapes

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
_TITLES = {
    Outcome.PASS: "全部符合",
    Outcome.NOTE: "全部符合",
    Outcome.WARN: "符合，另有提示",
    Outcome.REFUSE: "有条件不符合",
    Outcome.UNKNOWN: "还有条件无法判定",
    Outcome.NOT_APPLICABLE: "没有适用的条件",
    Outcome.NO_RULE_KNOWN: "平台尚未收录当地的规则",
}
_ORDER = (Outcome.REFUSE, Outcome.UNKNOWN, Outcome.WARN, Outcome.NOTE, Outcome.PASS, Outcome.NOT_APPLICABLE)
"""What needs a person stands first."""

_COUNTED: Mapping[Outcome, str] = {
    Outcome.REFUSE: "项不符合",
    Outcome.UNKNOWN: "项待补充资料",
    Outcome.WARN: "项提示",
    Outcome.NOTE: "项提示",
    Outcome.PASS: "项符合",
}
_OPERATORS: Mapping[Operator, str] = {
    Operator.AT_LEAST: "不少于 ",
    Operator.MORE_THAN: "超过 ",
    Operator.AT_MOST: "不超过 ",
    Operator.LESS_THAN: "少于 ",
    Operator.NOT_EQUAL: "不为 ",
    Operator.IN: "属于：",
    Operator.NOT_IN: "不属于：",
    Operator.YES: "是",
    Operator.NO: "否",
    Operator.INCLUDES_NONE: "不包括：",
    Operator.INSIDE: "位于 ",
    Operator.WITHIN: "在期间内：",
}
_MOST_CLAUSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a panel is made.

    Whether rules are named by their id and waivers by who gave them, and what a clause links to: the
    name of a URL that takes a document's id.
    """

    names_rules: bool
    names_people: bool
    document_url: str


OFFICER = Reader(names_rules=True, names_people=True, document_url="public:policy-document")
BODY = Reader(names_rules=False, names_people=False, document_url="public:policy-document")


def panel(
    verdict: Verdict,
    title: str = "",
    *,
    reader: Reader,
    frozen_at: dt.datetime | None = None,
    only: Container[str] | None = None,
) -> shapes.Verdict:
    """Return a verdict for the panel, `only` some of its rules; what needs a person stands first."""
    waivers = {waiver.rule: waiver for waiver in verdict.waivers}
    findings = [one for one in verdict.findings if only is None or one.rule in only]
    heading = _TITLES[verdict.outcome]
    return shapes.Verdict(
        outcome=_SHOWN[verdict.outcome],
        title=f"{title}：{heading}" if title else heading,
        place=place_name(verdict.place.code),
        on=verdict.on,
        on_label=DAYS.get(verdict.decides_on, "适用日期"),
        summary=summary_of(verdict),
        rules=[
            _line(one, waivers.get(one.rule), reader)
            for one in sorted(findings, key=lambda one: _ORDER.index(one.outcome))
        ],
        frozen_at=frozen_at,
    )


def summary_of(verdict: Verdict) -> str:
    """Return how many rules said what, or what is known where no rule is in force."""
    if verdict.outcome is Outcome.NO_RULE_KNOWN:
        near = [
            *(f"“{one.title}”已于 {one.end} 失效" for one in verdict.earlier),
            *(f"“{one.title}”自 {one.start} 起施行" for one in verdict.later),
        ]
        return "；".join(["当日没有已收录的规则", *near]) + "。这不等于允许或禁止，须由人判断。"
    counted = dict.fromkeys([*_COUNTED.values(), "项已豁免"], 0)
    for one in verdict.findings:
        if one.outcome in _COUNTED:
            counted["项已豁免" if one.rule in verdict.waived else _COUNTED[one.outcome]] += 1
    return "，".join(f"{count} {word}" for word, count in counted.items() if count) or "没有适用的条件"


def outcome_word(outcome: Outcome) -> str:
    """Return what an outcome is called."""
    return OUTCOMES[outcome.value]


def overall(outcome: Outcome) -> tuple[shapes.Outcome, str]:
    """Return the outcome of all parts together and its words."""
    return _SHOWN[outcome], _TITLES[outcome]


# filings -----------------------------------------------------------------------------------------

_BODY_PART = "机构条件"


def filing_panels(verdict: FilingVerdict, *, reader: Reader) -> list[shapes.Verdict]:
    """Return the panels of a filing: the body's conditions, then one per occupation."""
    lines = (panel(one, f"申报职业“{line.occupation_name}”", reader=reader) for line, one in verdict.lines)
    return [panel(verdict.body, _BODY_PART, reader=reader), *lines]


def stored_parts(
    stored: Mapping[str, Any] | None, names: Mapping[str, str]
) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the parts of a filing's stored verdict under their titles; `names` are the occupations'.

    None is there while a filing has not come to a step with a verdict.
    """
    if stored is None:
        return []
    lines = [
        (f"申报职业“{names.get(line['occupation_code'], line['occupation_code'])}”", line["verdict"])
        for line in stored.get("lines", ())
    ]
    return [(_BODY_PART, stored["body"]), *lines]


# a panel in two ----------------------------------------------------------------------------------

_QUIET = {"pass", "not_applicable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One verdict in two: what needs attention, and what can be folded away because it is in order."""

    attention: shapes.Verdict
    in_order: shapes.Verdict | None

    @property
    def folded(self) -> int:
        """Return how many lines are folded away."""
        return len(self.in_order.rules) if self.in_order else 0


def parted(verdict: shapes.Verdict) -> Part:
    """Return a panel in two parts."""
    quiet = [rule for rule in verdict.rules if rule.outcome in _QUIET]
    loud = [rule for rule in verdict.rules if rule.outcome not in _QUIET]
    folded = (
        replace(verdict, rules=quiet, outcome="pass", title="符合或不适用的条件", summary="")
        if quiet
        else None
    )
    return Part(attention=replace(verdict, rules=loud), in_order=folded)


# one line ----------------------------------------------------------------------------------------


def _line(finding: Finding, waiver: Waiver | None, reader: Reader) -> shapes.RuleLine:
    test = finding.decisive
    citations = _cited(finding, test)
    first = citations[0] if citations else None
    clauses = "、".join(one.clause for one in citations[:_MOST_CLAUSES])
    applies = finding.outcome is not Outcome.NOT_APPLICABLE
    return shapes.RuleLine(
        outcome="explain" if waiver else _SHOWN[finding.outcome],
        title=f"{finding.title}（{finding.rule}）" if reader.names_rules else finding.title,
        observed=_observed(finding, test) if test and applies else "",
        required=_required(finding, test) if test and applies else "",
        near_miss=finding.message,
        clause=f"{clauses} 等" if len(citations) > _MOST_CLAUSES else clauses,
        clause_url=reverse(reader.document_url, args=[first.document]) if first else "",
        document=_document(first) if first else "",
        wording=_wording(citations),
        overridden=_overridden(waiver, reader) if waiver else "",
    )


def _cited(finding: Finding, test: Observation | None) -> Sequence[Citation]:
    """Return the clauses to show: a rule over a table of conditions cites every row, one of them decided."""
    decided = [one for one in finding.citations if test is not None and one.clause == test.test.clause]
    return decided or finding.citations


def _document(one: Citation) -> str:
    return f"《{one.title}》{one.number and f'（{one.number}）'}{one.where}"


def _wording(citations: Iterable[Citation]) -> str:
    parts = [one.wording or one.summary for one in citations]
    return "；".join(dict.fromkeys(part for part in parts if part))


def _overridden(waiver: Waiver, reader: Reader) -> str:
    return f"{waiver.by}于 {waiver.on} 豁免：{waiver.reason}" if reader.names_people else waiver.reason


def _observed(finding: Finding, test: Observation) -> str:
    value = test.observed
    if test.test.operator is Operator.INCLUDES_ALL and isinstance(test.required, tuple):
        given = value if isinstance(value, tuple | list) else ()
        value = tuple(one for one in test.required if one in given)
        shown = _value(finding, test, value) if value else "没有所要求的"
    else:
        shown = _value(finding, test, value)
    return f"{test.test.label}：{shown}" if test.test.label else shown


def _required(finding: Finding, test: Observation) -> str:
    operator = _OPERATORS.get(test.test.operator, "")
    if test.test.operator in {Operator.YES, Operator.NO} or test.required is None:
        return operator.removesuffix("：").strip()
    return f"{operator}{_value(finding, test, test.required)}"


def _value(finding: Finding, test: Observation, value: object) -> str:
    # A verdict read back from its record brings no declarations: the law's own have the words.
    declaration = finding.basis.facts.get(test.test.fact) or law().facts.get(test.test.fact)
    if isinstance(value, str | tuple | list):
        return shown_value(value, declaration)
    return with_unit(value, test.test.unit)
