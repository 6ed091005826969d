"""Judging a filing: the body's conditions and every occupation applied for, in one verdict panel."""

import datetime as dt
from dataclasses import dataclass

from zhiping.apps.reference.queries import judge
from zhiping.apps.registry.facts import filing_facts, line_facts
from zhiping.apps.registry.models import Filing, FilingLine
from zhiping.core.policybook import Finding, Outcome, Verdict, Waiver
from zhiping.core.policybook.verdict import combined

QUESTIONS = {"employer": "employer_filing", "social_body": "social_body_filing", "school": "school_filing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingVerdict:
    """The verdict on the body and one on each occupation (判定)."""

    body: Verdict
    lines: tuple[tuple[FilingLine, Verdict], ...]

    @property
    def outcome(self) -> Outcome:
        """Return the outcome of all parts together: a refusal first, then unknown, then the rest."""
        return combined(self.findings, self.waived)

    @property
    def parts(self) -> tuple[Verdict, ...]:
        """Return the verdict on the body and those on the occupations."""
        return (self.body, *(verdict for _, verdict in self.lines))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return every finding of every part."""
        return tuple(finding for verdict in self.parts for finding in verdict.findings)

    @property
    def waived(self) -> frozenset[str]:
        """Return the rules that were waived."""
        return frozenset[str]().union(*(verdict.waived for verdict in self.parts))

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """Return the findings that refuse and are not waived."""
        return tuple(
            finding
            for finding in self.findings
            if finding.outcome is Outcome.REFUSE and finding.rule not in self.waived
        )

    def to_json(self) -> dict[str, object]:
        """Return what is frozen at a review: replayable part by part."""
        return {
            "outcome": self.outcome.value,
            "body": self.body.to_json(),
            "lines": [
                {"occupation_code": line.occupation_code, "verdict": verdict.to_json()}
                for line, verdict in self.lines
            ],
        }


def judge_filing(filing: Filing, *, on: dt.date) -> FilingVerdict:
    """Judge a filing by the law of its place on the day, with the waivers on record.

    Authority:
        FS20-E1 to FS20-O2, LN24-2.3b, as far as they bind at the place.
    """
    waivers = [
        Waiver(rule=row.rule_id, reason=row.reason, by=row.approved_by, on=row.at.date())
        for row in filing.waivers.all()
    ]
    question = QUESTIONS[filing.body.kind]
    body = judge(question, filing_facts(filing, on=on), place=filing.place, on=on)
    lines = tuple(
        (line, judge("scope_line", line_facts(line, on=on), place=filing.place, on=on))
        for line in filing.lines.select_related("standard", "filing__body")
    )
    return FilingVerdict(
        body=_waived(body, waivers), lines=tuple((line, _waived(verdict, waivers)) for line, verdict in lines)
    )


def _waived(verdict: Verdict, waivers: list[Waiver]) -> Verdict:
    failed = {
        finding.rule
        for finding in verdict.findings
        if finding.outcome is Outcome.REFUSE and finding.may_be_waived
    }
    fitting = [waiver for waiver in waivers if waiver.rule in failed]
    return verdict.with_waivers(fitting) if fitting else verdict
