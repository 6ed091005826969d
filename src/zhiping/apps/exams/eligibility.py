"""Eligibility: the facts of a candidate on the day of the sitting, and the verdict on them.

A roster has thousands of rows: everything the rules ask for is fetched once per file, and equal
facts are judged once.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from zhiping.apps.exams.models import PriorCertificate, Sitting
from zhiping.apps.reference.queries import judge, standards_of
from zhiping.apps.registry.queries import spans_of
from zhiping.core.policybook import Finding, Outcome, Verdict
from zhiping.kernel.clock import CHINA

type Facts = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a candidate claims, beyond the person (申报内容)."""

    candidate_kind: str
    entry_condition: str
    born_on: dt.date | None = None
    work_months: int | None = None
    prior_level: str = ""
    prior_issued_on: dt.date | None = None
    education: str = ""
    title: str = ""
    title_issued_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """The verdicts on who may sit and on the entry condition (资格判定)."""

    candidate: Verdict
    entry: Verdict

    @cached_property
    def refusals(self) -> tuple[Finding, ...]:
        """Return every finding that refuses."""
        return (*self.candidate.of(Outcome.REFUSE), *self.entry.of(Outcome.REFUSE))

    @cached_property
    def unknowns(self) -> tuple[Finding, ...]:
        """Return every finding that could not be decided."""
        return (*self.candidate.of(Outcome.UNKNOWN), *self.entry.of(Outcome.UNKNOWN))

    @cached_property
    def summary(self) -> dict[str, object]:
        """Return what is kept with the enrolment: both outcomes and the findings that matter."""
        return {
            "candidate": self.candidate.outcome.value,
            "entry": self.entry.outcome.value,
            "refused": [finding.rule for finding in self.refusals],
            "unknown": [finding.rule for finding in self.unknowns],
        }

    @cached_property
    def summary_text(self) -> str:
        """Return the summary as JSON, as COPY takes it."""
        return json.dumps(self.summary, ensure_ascii=False)


class EligibilityDesk:
    """Judges the candidates of one sitting.

    Guarantees:
        Judged by the law of the sitting's place on the sitting's day, never today's.
    """

    def __init__(self, sitting: Sitting, person_ids: Iterable[int]) -> None:
        """Fetch what insurance, dispatch and earlier certificates tell about the persons."""
        self.sitting = sitting
        self.day = sitting.starts_at.astimezone(CHINA).date()
        self.place = sitting.place
        self.body_kind = sitting.body.kind
        ids = tuple(person_ids)
        self.spans = spans_of(ids, body_id=sitting.body_id, city=sitting.place[:4])
        self.prior: dict[int, list[PriorCertificate]] = defaultdict(list)
        for row in PriorCertificate.objects.filter(
            person_id__in=ids, occupation_code=sitting.occupation_code
        ):
            self.prior[row.person_id].append(row)
        standard = standards_of([sitting.occupation_code], on=self.day).get(sitting.occupation_code)
        self.generation = standard.generation if standard else None
        self._judged: dict[tuple[object, ...], Verdict] = {}
        self._read: dict[tuple[object, ...], tuple[str, ...]] = {}
        self._answers: dict[tuple[object, ...], Eligibility] = {}

    def judge(self, person_id: int | None, claim: Claim) -> Eligibility:
        """Return the verdicts for a person (None: not on record yet) and a claim.

        Authority:
            LN24-2.2b, FS20-T1, FS20-T2 as far as they bind at the place; the entry conditions of the
            occupation's standard.
        """
        has_spans = person_id in self.spans.insured or person_id in self.spans.dispatched
        key = (person_id if has_spans else None, claim, self.prior_issue_day(person_id, claim))
        answer = self._answers.get(key)
        if answer is None:
            entry = self._verdict("entry_condition", self._entry_facts(person_id, claim))
            candidate = self._verdict("candidate", self._candidate_facts(person_id, claim))
            # the same two verdicts are one answer, so that what follows from it is worked out once
            same = (id(candidate), id(entry))
            answer = self._answers.get(same) or Eligibility(candidate=candidate, entry=entry)
            self._answers[key] = self._answers[same] = answer
        return answer

    def prior_issue_day(self, person_id: int | None, claim: Claim) -> dt.date | None:
        """Return when the claimed earlier certificate was issued, as on record, else as claimed."""
        rows = self.prior.get(person_id or 0, ())
        found = next((row.issued_on for row in rows if row.level == claim.prior_level), None)
        return found or claim.prior_issued_on

    def _verdict(self, question: str, facts: Facts) -> Verdict:
        """Return the verdict; candidates who differ only in what no rule in force reads share one."""
        given = (question, *facts)
        if given not in self._read:
            verdict = judge(question, facts, place=self.place, on=self.day)
            self._read[given] = tuple(name for name in facts if name in verdict.facts)
        key = (given, *(facts[name] for name in self._read[given]))
        if key not in self._judged:
            self._judged[key] = judge(question, facts, place=self.place, on=self.day)
        return self._judged[key]

    def _candidate_facts(self, person_id: int | None, claim: Claim) -> Facts:
        facts: Facts = {
            "body_kind": self.body_kind,
            "employment_kind": claim.candidate_kind,
            # Who hands in an application form sits of their own will (FS20-T2).
            "volunteers": True,
        }
        known = self.spans
        if known.feed_reaches_body:
            facts["insured_by_body_on_day"] = known.is_insured_here(person_id, self.day)
        if claim.candidate_kind == "dispatched":
            facts["dispatch_months"] = known.dispatch_months(person_id, self.day)
            facts["insured_or_employed_in_city"] = known.is_tied_to_city(person_id, self.day)
        return facts

    def _entry_facts(self, person_id: int | None, claim: Claim) -> Facts:
        stated: Mapping[str, object] = {
            "level": self.sitting.level,
            "entry_condition": claim.entry_condition,
            "standard_generation": self.generation,
            "born_on": claim.born_on,
            "work_months": claim.work_months,
            "prior_level": claim.prior_level or None,
            "prior_issued_on": self.prior_issue_day(person_id, claim),
            "education": claim.education or None,
            "title": claim.title or None,
            "title_issued_on": claim.title_issued_on,
        }
        # The form asks for years in this or a related occupation, and for the condition itself.
        facts: Facts = {"in_related_occupation": True, "has_completed_apprenticeship": True}
        return facts | {name: value for name, value in stated.items() if value is not None}
