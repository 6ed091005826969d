"""Reads for others, already scoped to an actor."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from django.db import connection
from django.db.models import Q, QuerySet

from zhiping.apps.authorities.models import Account
from zhiping.apps.authorities.queries import within
from zhiping.apps.reference.queries import law
from zhiping.apps.registry.errors import BodyNotFoundError, FilingNotFoundError
from zhiping.apps.registry.facts import filing_facts, line_facts
from zhiping.apps.registry.judgements import QUESTIONS
from zhiping.apps.registry.models import (
    Assessor,
    BodyAccess,
    DispatchSpan,
    Document,
    EvaluationBody,
    Filing,
    FilingLine,
    InsuranceSpan,
    InsuredMonth,
    Kinship,
    ScopeLine,
    StaffMember,
    Venue,
    Waiver,
)
from zhiping.apps.registry.states import FilingState
from zhiping.core.policybook.case_frames import Batch, Case, frame_of
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.kernel.clock import CHINA
from zhiping.kernel.place import Place


def actor_of_body_account(account: Account) -> Actor | None:
    """Return the clerk as an actor of the body, or None for an account without a body."""
    access = BodyAccess.objects.filter(account=account).first()
    if access is None or not account.is_active:
        return None
    return Actor(kind=ActorKind.BODY, id=str(account.pk), name=str(account), body_id=access.body_id)


type SpanRow = tuple[int | None, str, dt.date, dt.date | None]
"""Body (None for another unit), the unit's place, first day, day after the last."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What insurance and dispatch filing tell about a set of persons and one body."""

    body_id: int
    feed_reaches_body: bool
    insured: Mapping[int, tuple[SpanRow, ...]]
    dispatched: Mapping[int, tuple[SpanRow, ...]]
    city: str

    def is_insured_here(self, person_id: int | None, day: dt.date) -> bool:
        """Tell whether the body insured the person on the day."""
        rows = self.insured.get(person_id or 0, ())
        return any(body == self.body_id and _covers(start, end, day) for body, _, start, end in rows)

    def dispatch_months(self, person_id: int | None, day: dt.date) -> int:
        """Return the full months of dispatch to the body up to the day, over touching spans."""
        rows = sorted(
            (start, end)
            for body, _, start, end in self.dispatched.get(person_id or 0, ())
            if body == self.body_id and start <= day
        )
        since: dt.date | None = None
        reached: dt.date | None = None
        for start, end in rows:
            if since is None or (reached is not None and start > reached):
                since = start
            reached = end
        if since is None or (reached is not None and reached <= day):
            return 0
        return (day.year - since.year) * 12 + day.month - since.month - (day.day < since.day)

    def is_tied_to_city(self, person_id: int | None, day: dt.date) -> bool:
        """Tell whether the person was insured or employed in the city on the day (FS20-T1)."""
        rows = (*self.insured.get(person_id or 0, ()), *self.dispatched.get(person_id or 0, ()))
        return any(place.startswith(self.city) and _covers(start, end, day) for _, place, start, end in rows)


def spans_of(person_ids: tuple[int, ...], *, body_id: int, city: str) -> Spans:
    """Return the insurance and dispatch spans of the persons, for questions about one body."""

    def of(model: type[InsuranceSpan | DispatchSpan]) -> dict[int, tuple[SpanRow, ...]]:
        found: dict[int, list[SpanRow]] = defaultdict(list)
        rows = model.objects.filter(person_id__in=person_ids)
        for person, body, place, start, end in rows.values_list(
            "person_id", "body_id", "place", "valid_from", "valid_to"
        ):
            found[person].append((body, place, start, end))
        return {person: tuple(spans) for person, spans in found.items()}

    return Spans(
        body_id=body_id,
        feed_reaches_body=InsuredMonth.objects.filter(body_id=body_id).exists(),
        insured=of(InsuranceSpan),
        dispatched=of(DispatchSpan),
        city=city,
    )


def _covers(start: dt.date, end: dt.date | None, day: dt.date) -> bool:
    return start <= day and (end is None or day < end)


def body_ids() -> list[int]:
    """Return the keys of every body, for runs over all data."""
    return list(EvaluationBody.objects.values_list("id", flat=True))


# --- a clerk's own rows ------------------------------------------------------------------------


def own_body(actor: Actor) -> EvaluationBody:
    """Return the body that a clerk works for.

    Refuses:
        BodyNotFoundError: the actor is no clerk, or the session does not reach the body.
    """
    found = EvaluationBody.objects.filter(pk=actor.body_id or 0).first()
    if found is None:
        raise BodyNotFoundError(value=actor.name)
    return found


def own_filings(actor: Actor) -> QuerySet[Filing]:
    """Return the filings of the clerk's body, the newest first."""
    return Filing.objects.filter(body_id=actor.body_id).select_related("body")


def own_filing(actor: Actor, filing_id: int) -> Filing:
    """Return one filing of the clerk's body.

    Refuses:
        FilingNotFoundError: there is none of that id, or it is another body's.
    """
    found = own_filings(actor).filter(pk=filing_id).first()
    if found is None:
        raise FilingNotFoundError(value=filing_id)
    return found


def own_scope(actor: Actor, *, on: dt.date) -> QuerySet[ScopeLine]:
    """Return the scope lines of the clerk's body that are in force on the day."""
    return ScopeLine.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), body_id=actor.body_id, valid_from__lte=on
    )


def own_documents(actor: Actor) -> QuerySet[Document]:
    """Return the documents of the clerk's body, those taken out included."""
    return Document.objects.filter(body_id=actor.body_id)


def own_staff(actor: Actor) -> QuerySet[StaffMember]:
    """Return everybody who is or was on the staff of the clerk's body."""
    return StaffMember.objects.filter(body_id=actor.body_id).select_related("person").order_by("id")


def own_assessors(actor: Actor) -> QuerySet[Assessor]:
    """Return the assessors of the clerk's body with the occupations they examine."""
    return (
        Assessor.objects.filter(body_id=actor.body_id)
        .select_related("person")
        .prefetch_related("occupations")
        .order_by("id")
    )


def own_ties(actor: Actor) -> QuerySet[Kinship]:
    """Return the ties that the assessors of the clerk's body declared."""
    return (
        Kinship.objects.filter(assessor__body_id=actor.body_id)
        .select_related("assessor__person", "person")
        .order_by("-id")
    )


def own_venues(actor: Actor) -> QuerySet[Venue]:
    """Return the venues of the clerk's body with their workstations."""
    return Venue.objects.filter(body_id=actor.body_id).prefetch_related("stations")


# --- the facts of all filings, for trying a draft on them ----------------------------------------

_BATCH = 2_000

_FROZEN = """
SELECT filing.id, kept.verdict #>> '{body,question}', kept.verdict #> '{body,facts}',
       (SELECT jsonb_agg(jsonb_build_array(line ->> 'occupation_code', line #> '{verdict,facts}'))
        FROM jsonb_array_elements(kept.verdict -> 'lines') AS line)
FROM registry_filing AS filing
CROSS JOIN LATERAL (
    SELECT coalesce(
        (SELECT review.verdict FROM registry_review AS review
         WHERE review.filing_id = filing.id AND review.verdict IS NOT NULL
         ORDER BY review.id DESC LIMIT 1),
        filing.verdict) AS verdict
    OFFSET 0) AS kept
WHERE filing.id = ANY(%s) AND kept.verdict IS NOT NULL
"""

_DECLARED: Mapping[str, str] = {
    "registered_in_city": "registered_in_city",
    "is_legal_person": "is_legal_person",
    "is_operating_lawfully": "is_operating_lawfully",
    "has_bad_credit_record": "has_bad_credit_record",
    "has_own_unit": "has_own_unit",
    "can_develop_resources": "can_develop_resources",
    "draws_education_funds_in_full": "draws_education_funds_in_full",
    "has_stable_funds": "has_stable_funds",
    "is_nonprofit_undertaken": "is_nonprofit_undertaken",
    "opens_city_wide": "opens_city_wide",
    "main_business_is_talent_training": "main_duty_is_talent_training",
    "ran_provincial_pilot_without_bad_record": "prior_pilot",
    "took_part_in_career_link_pilot": "engineer_pilot",
    "took_part_in_standard_writing": "took_part_in_standards",
    "is_provincial_training_base": "is_provincial_base",
    "serves_own_students_only": "serves_own_students_only",
    "is_provincial_pilot_school": "is_provincial_pilot_school",
    "consecutive_training_evaluation_years": "experience_years",
    "training_evaluation_person_times": "person_times_total",
}
"""Fact → the column in which the body declared it, for facts that no rule read at the time."""

_DECLARED_OF_LINE: Mapping[str, str] = {
    "related_to_main_business": "relates_to_main_business",
    "main_production_line": "is_main_production_line",
    "has_influence": "has_influence",
    "norm_follows_drafting_rules": "norm_follows_drafting_rules",
    "applicants_for_same_level": "applicants",
}


def filings_on_record(actor: Actor, *, place: str = "") -> QuerySet[Filing]:
    """Return the filings that were ever handed in, within reach and, where one is named, within a place."""
    rows = within(Filing.objects.all(), actor, "registry.read").exclude(state=FilingState.DRAFT)
    return rows.filter(submitted_at__isnull=False, place__startswith=Place(place).prefix if place else "")


def filing_batches(actor: Actor, *, place: str = "") -> Iterator[Batch]:
    """Yield the facts of all filings on record, batch by batch, by the question that is asked of them.

    The facts are those of the newest verdict that was frozen with the filing. What no rule looked at
    then, the body's own declaration adds. A filing without a frozen verdict (taken over from another
    system) is read as a review would read it, as of its acceptance day.
    """
    keys = filings_on_record(actor, place=place).order_by("id").values_list("id", flat=True)
    for part in batched(keys.iterator(), _BATCH):
        yield _filing_batch(part)


def _filing_batch(keys: Sequence[int]) -> Batch:
    waived: dict[int, list[str]] = defaultdict(list)
    for filing, rule in Waiver.objects.filter(filing__in=keys).values_list("filing_id", "rule_id"):
        waived[filing].append(rule)
    frozen = _frozen_filings(keys)
    read = Filing.objects.filter(pk__in=[key for key in keys if key not in frozen])
    kept = {**frozen, **{one.pk: _read_filing(one) for one in read.select_related("body")}}
    columns = Filing.objects.filter(pk__in=keys).values_list("id", "number", "place", *_DECLARED.values())
    lines = _declared_lines(keys)
    cases: dict[str, list[Case]] = defaultdict(list)
    for key, number, place, *declared in columns.order_by("id"):
        question, facts, parts = kept[key]
        kind = {"body_kind": _KIND_OF.get(question)}
        both = {**kind, **dict(zip(_DECLARED, declared, strict=True)), **facts}
        cases[question].append(Case(number, "", place, both, waived[key]))
        for code, of_line in parts:
            both = {**kind, **lines.get((key, code), {}), **of_line}
            cases["scope_line"].append(Case(number, code, place, both, waived[key]))
    facts = law().facts
    frames = {question: frame_of(facts, "filing", rows) for question, rows in cases.items()}
    return Batch(frames=frames, records=len(keys), frozen=len(frozen))


type _Kept = tuple[str, Mapping[str, object], Sequence[tuple[str, Mapping[str, object]]]]
"""The question asked of the body, its facts, and the facts of each occupation."""

_KIND_OF = {question: kind for kind, question in QUESTIONS.items()}


def _frozen_filings(keys: Iterable[int]) -> dict[int, _Kept]:
    with connection.cursor() as cursor:
        cursor.execute(_FROZEN, [list(keys)])
        return {
            key: (question, json.loads(facts), tuple((code, of) for code, of in json.loads(lines or "[]")))
            for key, question, facts, lines in cursor.fetchall()
        }


def _read_filing(filing: Filing) -> _Kept:
    handed_in = filing.submitted_at or filing.created_at
    day = filing.accepted_on or handed_in.astimezone(CHINA).date()
    lines = filing.lines.select_related("standard", "filing__body")
    parts = tuple((line.occupation_code, line_facts(line, on=day)) for line in lines)
    return QUESTIONS[filing.body.kind], filing_facts(filing, on=day), parts


def _declared_lines(keys: Iterable[int]) -> dict[tuple[int, str], dict[str, object]]:
    rows = FilingLine.objects.filter(filing__in=keys).values_list(
        "filing_id", "occupation_code", *_DECLARED_OF_LINE.values()
    )
    return {(key, code): dict(zip(_DECLARED_OF_LINE, values, strict=True)) for key, code, *values in rows}
