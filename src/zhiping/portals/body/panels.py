"""Verdicts as people read them: from the policybook's findings to the verdict panel's lines."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zhiping.apps.reference.queries import law
from zhiping.apps.registry.judgements import FilingVerdict
from zhiping.apps.registry.models import Document
from zhiping.core.policybook import Finding, Outcome, Verdict
from zhiping.core.policybook.trace import Observation
from zhiping.core.policybook.verdict import shown_value, with_unit
from zhiping.core.policybook.wording import Operator
from zhiping.portals.labels import place_name
from zhiping.ui import shapes

_ORDER = (Outcome.REFUSE, Outcome.UNKNOWN, Outcome.WARN, Outcome.NOTE, Outcome.PASS, Outcome.NOT_APPLICABLE)
_SHOWN: Mapping[Outcome, shapes.Outcome] = {
    Outcome.PASS: "pass",
    Outcome.NOTE: "explain",
    Outcome.WARN: "explain",
    Outcome.REFUSE: "refuse",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_APPLICABLE: "not_applicable",
    Outcome.NO_RULE_KNOWN: "not_applicable",
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
_WORDS = {
    Operator.AT_LEAST: "不少于",
    Operator.MORE_THAN: "多于",
    Operator.AT_MOST: "不超过",
    Operator.LESS_THAN: "少于",
}
_MOST_CLAUSES = 3


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
    quiet = [rule for rule in verdict.rules if rule.outcome in {"pass", "not_applicable"}]
    loud = [rule for rule in verdict.rules if rule.outcome not in {"pass", "not_applicable"}]
    folded = (
        replace(verdict, rules=quiet, outcome="pass", title="符合或不适用的条件", summary="")
        if quiet
        else None
    )
    return Part(attention=replace(verdict, rules=loud), in_order=folded)


def panel(verdict: Verdict, *, title: str = "", frozen_at: dt.datetime | None = None) -> shapes.Verdict:
    """Return one verdict as a panel; what matters most comes first."""
    waivers = {waiver.rule: waiver.reason for waiver in verdict.waivers}
    findings = sorted(verdict.findings, key=lambda one: _ORDER.index(one.outcome))
    heading = _TITLES[verdict.outcome]
    return shapes.Verdict(
        outcome=_SHOWN[verdict.outcome],
        title=f"{title}：{heading}" if title else heading,
        place=place_name(verdict.place.code),
        on=verdict.on,
        summary=counts(findings, waivers),
        rules=[_line(one, waivers.get(one.rule, "")) for one in findings],
        frozen_at=frozen_at,
    )


def filing_panels(verdict: FilingVerdict) -> list[shapes.Verdict]:
    """Return the panels of a filing: the body's conditions, then one per occupation."""
    parts = [panel(verdict.body, title="机构条件")]
    parts += [panel(one, title=f"申报职业“{line.occupation_name}”") for line, one in verdict.lines]
    return parts


def frozen_panels(
    stored: Mapping[str, Any], names: Mapping[str, str], *, at: dt.datetime
) -> list[shapes.Verdict]:
    """Return the panels of a verdict as it was frozen with a review step."""
    parts = [panel(Verdict.from_json(stored["body"]), title="机构条件", frozen_at=at)]
    for line in stored["lines"]:
        code = line["occupation_code"]
        title = f"申报职业“{names.get(code, code)}”"
        parts.append(panel(Verdict.from_json(line["verdict"]), title=title, frozen_at=at))
    return parts


def overall(outcome: Outcome) -> tuple[shapes.Outcome, str]:
    """Return the outcome of all parts together and its words."""
    return _SHOWN[outcome], _TITLES[outcome]


def counts(findings: Sequence[Finding], waived: Iterable[str] = ()) -> str:
    """Say how many conditions came out how."""
    waived = frozenset(waived)
    tally = dict.fromkeys(_ORDER, 0)
    for one in findings:
        tally[Outcome.PASS if one.rule in waived else one.outcome] += 1
    parts = (
        (tally[Outcome.REFUSE], "项不符合"),
        (tally[Outcome.UNKNOWN], "项待补充资料"),
        (tally[Outcome.WARN] + tally[Outcome.NOTE], "项提示"),
        (tally[Outcome.PASS], "项符合"),
    )
    return "，".join(f"{count} {word}" for count, word in parts if count) or "没有适用的条件"


def _line(finding: Finding, waived_because: str) -> shapes.RuleLine:
    test = finding.decisive
    # A rule over a table of conditions cites every row; the row that decided is the one to show.
    decided = [one for one in finding.citations if test is not None and one.clause == test.test.clause]
    citations = decided or list(finding.citations)
    clause = "、".join(one.clause for one in citations[:_MOST_CLAUSES])
    first = citations[0] if citations else None
    speaks = finding.outcome not in {Outcome.PASS, Outcome.NOT_APPLICABLE}
    return shapes.RuleLine(
        outcome="explain" if waived_because else _SHOWN[finding.outcome],
        title=finding.title,
        observed=_observed(finding, test) if test else "",
        required=_required(finding, test) if test else "",
        near_miss=finding.message if speaks else "",
        clause=f"{clause} 等" if len(citations) > _MOST_CLAUSES else clause,
        document=f"《{first.title}》{first.where}" if first else "",
        wording=(first.wording or first.summary) if first else "",
        overridden=waived_because,
    )


def _observed(finding: Finding, test: Observation) -> str:
    if test.test.operator is Operator.INCLUDES_ALL and isinstance(test.required, tuple):
        given = test.observed if isinstance(test.observed, tuple | list) else ()
        have = tuple(one for one in test.required if one in given)
        return _value(finding, test, have) if have else "未提交"
    return _value(finding, test, test.observed)


def _required(finding: Finding, test: Observation) -> str:
    if test.required is None:
        return ""
    if test.test.wording:
        return test.test.wording
    shown = _value(finding, test, test.required)
    return f"{_WORDS.get(test.test.operator, '')}{shown}"


def _value(finding: Finding, test: Observation, value: object) -> str:
    # A verdict read back from its record brings no declarations: the law's own have the words.
    declaration = finding.basis.facts.get(test.test.fact) or law().facts.get(test.test.fact)
    if isinstance(value, tuple | list):
        shown = [_word(declaration, part) for part in value if not isinstance(part, Mapping)]
        return "、".join(shown) if shown else shown_value(value, declaration)
    if isinstance(value, str):
        return _word(declaration, value)
    return with_unit(value, test.test.unit)


def _word(declaration: Any, value: object) -> str:
    text = str(value)
    if text in Document.Kind.values:
        return str(Document.Kind(text).label)
    return shown_value(value, declaration)
