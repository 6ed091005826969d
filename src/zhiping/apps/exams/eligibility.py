"""Eligibility: the facts of a candidate on the day of the sitting, and the verdict on them.

A roster has thousands of rows: everything the rules ask for is fetched once per file, and equal
facts are judged once.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from zhiping.apps.exams.models import PriorCertificate, Sitting
from zhiping.apps.reference.queries import judge, judge_table, standards_of
from zhiping.apps.registry.queries import spans_of
from zhiping.core.policybook import Finding, Outcome, TableVerdict, Verdict
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
        return _summary(
            self.candidate.outcome.value,
            self.entry.outcome.value,
            [finding.rule for finding in self.refusals],
            [finding.rule for finding in self.unknowns],
        )


def _summary(candidate: str, entry: str, refused: Sequence[str], unknown: Sequence[str]) -> dict[str, object]:
    return {"candidate": candidate, "entry": entry, "refused": refused, "unknown": unknown}


CLAIM_COLUMNS = {
    "candidate_kind": pl.String(),
    "entry_condition": pl.String(),
    "born_on": pl.Date(),
    "work_months": pl.Int64(),
    "prior_level": pl.String(),
    "prior_issued_on": pl.Date(),
    "education": pl.String(),
    "title": pl.String(),
    "title_issued_on": pl.Date(),
}
"""The fields of a claim as columns."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableEligibility:
    """What the rules say of many claims, in their order (成批资格判定).

    `summaries` are what is kept with the enrolments, as JSON; `is_refused` tells which claims a rule
    refuses; `prior_issued_on` is when the claimed earlier certificate was issued, as it counted.
    """

    summaries: pl.Series
    is_refused: pl.Series
    prior_issued_on: pl.Series


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
            candidate, entry = self._candidate_facts(person_id, claim), self._entry_facts(person_id, claim)
            answer = self._answers[key] = Eligibility(
                candidate=judge("candidate", candidate, place=self.place, on=self.day),
                entry=judge("entry_condition", entry, place=self.place, on=self.day),
            )
        return answer

    def prior_issue_day(self, person_id: int | None, claim: Claim) -> dt.date | None:
        """Return when the claimed earlier certificate was issued, as on record, else as claimed."""
        rows = self.prior.get(person_id or 0, ())
        found = next((row.issued_on for row in rows if row.level == claim.prior_level), None)
        return found or claim.prior_issued_on

    def judge_many(self, person_ids: pl.Series, claims: pl.DataFrame) -> TableEligibility:
        """Return what `judge` says of many persons (missing: not on record yet) and their claims.

        `claims` has the CLAIM_COLUMNS. Nobody is told why here: ask `judge` of the few that are refused.
        """
        claims = claims.with_columns(prior_issued_on=self._prior_issue_days(person_ids, claims))
        answers = [
            _told(name, judge_table(question, facts, place=self.place, on=self.day))
            for name, question, facts in (
                ("candidate", "candidate", self._candidate_table(person_ids, claims)),
                ("entry", "entry_condition", self._entry_table(claims)),
            )
        ]
        both = pl.concat(answers, how="horizontal")
        distinct = both.unique().with_row_index("code")
        written = [
            json.dumps(
                _summary(candidate, entry, [*refused, *refused_too], [*unknown, *unknown_too]),
                ensure_ascii=False,
            )
            for _, candidate, refused, unknown, entry, refused_too, unknown_too in distinct.iter_rows()
        ]
        codes = both.join(distinct, on=both.columns, how="left", maintain_order="left")["code"]
        return TableEligibility(
            summaries=pl.Series(written, dtype=pl.String).gather(codes),
            is_refused=(both["candidate.refused"].list.len() + both["entry.refused"].list.len()) > 0,
            prior_issued_on=claims["prior_issued_on"],
        )

    def _prior_issue_days(self, person_ids: pl.Series, claims: pl.DataFrame) -> pl.Series:
        rows = [
            (person_id, row.level, row.issued_on) for person_id, found in self.prior.items() for row in found
        ]
        on_record = pl.DataFrame(
            rows, schema={"person_id": pl.Int64, "prior_level": pl.String, "day": pl.Date}, orient="row"
        )
        asked = claims.select("prior_level", "prior_issued_on", person_id=person_ids)
        found = asked.join(on_record, on=("person_id", "prior_level"), how="left", maintain_order="left")
        return found.select(pl.coalesce("day", "prior_issued_on")).to_series()

    def _candidate_table(self, person_ids: pl.Series, claims: pl.DataFrame) -> pl.DataFrame:
        """Return `_candidate_facts` of many, one a row."""
        known, day = self.spans, self.day
        facts = claims.select(
            body_kind=pl.lit(str(self.body_kind)),
            employment_kind="candidate_kind",
            volunteers=pl.lit(value=True),
        )
        if known.feed_reaches_body:
            insured = [one for one in known.insured if known.is_insured_here(one, day)]
            facts = facts.with_columns(
                insured_by_body_on_day=person_ids.is_in(insured).fill_null(value=False)
            )
        is_dispatched = facts["employment_kind"] == "dispatched"
        if is_dispatched.any():
            tied = [one for one in {*known.insured, *known.dispatched} if known.is_tied_to_city(one, day)]
            months = {one: known.dispatch_months(one, day) for one in known.dispatched}
            facts = facts.with_columns(
                dispatch_months=pl.when(is_dispatched).then(
                    person_ids.replace_strict(months, default=0, return_dtype=pl.Int64)
                ),
                insured_or_employed_in_city=pl.when(is_dispatched).then(
                    person_ids.is_in(tied).fill_null(value=False)
                ),
            )
        return facts

    def _entry_table(self, claims: pl.DataFrame) -> pl.DataFrame:
        """Return `_entry_facts` of many, one a row."""
        texts = ("prior_level", "education", "title")
        return claims.select(
            "entry_condition",
            "born_on",
            "work_months",
            "prior_issued_on",
            "title_issued_on",
            *(pl.col(name).replace("", None) for name in texts),
            level=pl.lit(self.sitting.level),
            standard_generation=pl.lit(self.generation, dtype=pl.String),
            in_related_occupation=pl.lit(value=True),
            has_completed_apprenticeship=pl.lit(value=True),
        )

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


def _told(name: str, verdict: TableVerdict) -> pl.DataFrame:
    """Return, row by row, the outcome and the rules that refused or could not be decided."""
    by_row = verdict.findings.group_by("row", maintain_order=True).agg(
        pl.col("rule").filter(pl.col("outcome") == outcome.value).alias(f"{name}.{kind}")
        for outcome, kind in ((Outcome.REFUSE, "refused"), (Outcome.UNKNOWN, "unknown"))
    )
    outcomes = pl.DataFrame({f"{name}.outcome": verdict.outcomes}).with_row_index("row")
    told = outcomes.join(by_row, on="row", how="left", maintain_order="left").drop("row")
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return told.with_columns(pl.col(f"{name}.{kind}").fill_null(nothing) for kind in ("refused", "unknown"))
