"""What the applicant does with a filing."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from zhiping.apps.journal.actions import record
from zhiping.apps.journal.numbering import next_number
from zhiping.apps.reference.models import OccupationalStandard
from zhiping.apps.reference.queries import binding_clauses, calendar, occupation_name
from zhiping.apps.registry.bars import refuse_barred
from zhiping.apps.registry.errors import (
    FilingIncompleteError,
    FilingNotEditableError,
    FilingOpenAlreadyError,
    FilingRefusedByRulesError,
)
from zhiping.apps.registry.judgements import judge_filing
from zhiping.apps.registry.models import EvaluationBody, Filing, FilingLine, Venue
from zhiping.apps.registry.ownership import require_own
from zhiping.apps.registry.states import EDITABLE, FILING_MOVES, OPEN
from zhiping.apps.registry.steps import STEP_WORKDAYS, add_review
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place

DECLARED_FIELDS = (
    "registered_in_city",
    "is_legal_person",
    "is_operating_lawfully",
    "has_bad_credit_record",
    "main_business_code",
    "staff_count",
    "revenue_wan",
    "assets_wan",
    "insured_headcount",
    "has_own_unit",
    "full_time_staff",
    "experts",
    "internal_supervisors",
    "can_develop_resources",
    "draws_education_funds_in_full",
    "has_stable_funds",
    "is_nonprofit_undertaken",
    "main_duty_is_talent_training",
    "opens_city_wide",
    "experience_years",
    "person_times_total",
    "person_times_evaluated",
    "prior_pilot",
    "engineer_pilot",
    "took_part_in_standards",
    "is_provincial_base",
    "serves_own_students_only",
    "is_provincial_pilot_school",
)
"""What an applicant may declare; everything else is found by the system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDetails:
    """An occupation applied for, with its levels."""

    occupation_code: str
    levels: str
    edition: str = "2022"
    standard_id: int | None = None
    venue_id: int | None = None
    applicants: int | None = None
    relates_to_main_business: bool = False
    is_main_production_line: bool = False
    has_influence: bool = False
    norm_follows_drafting_rules: bool = False
    person_times: int | None = None


def open_filing(body_id: int, *, actor: Actor, clock: Clock) -> Filing:
    """Open a filing for a body (发起备案).

    Authority:
        LN24-2.1a, FS20-3.2; the bar of FS20-5.3 is enforced here and again at submission.
    Refuses:
        NotYourBodyError, FilingOpenAlreadyError, BarredError.
    """
    require_own(actor, body_id)
    with transaction.atomic():
        body = EvaluationBody.objects.select_for_update().get(pk=body_id)
        refuse_barred(body, clock)
        running = Filing.objects.filter(body=body, state__in=[*EDITABLE, *OPEN]).first()
        if running is not None:
            raise FilingOpenAlreadyError(number=running.number)
        filing = Filing.objects.create(
            number=next_number("BA", body.place, clock),
            body=body,
            place=body.place,
            created_at=clock.now(),
            main_business_code=body.industry_code,
        )
        record("registry.filing_opened", filing, body, actor=actor, at=clock.now(), place=filing.place)
    return filing


def save_declaration(filing_id: int, declared: Mapping[str, object], *, actor: Actor, clock: Clock) -> Filing:
    """Save what the applicant declares (保存申报内容); unknown names are a mistake of the caller.

    Refuses:
        NotYourBodyError: the filing is another body's.
        FilingNotEditableError: it is under review or has ended.
    """
    with transaction.atomic():
        filing = _editable(filing_id, actor)
        unknown = set(declared) - set(DECLARED_FIELDS)
        if unknown:
            raise KeyError(*sorted(unknown))
        before = {name: getattr(filing, name) for name in declared}
        for name, value in declared.items():
            setattr(filing, name, value)
        filing.save(update_fields=[*declared])
        changed = {name: value for name, value in declared.items() if before[name] != value}
        if changed:
            record(
                "registry.declaration_saved",
                filing,
                actor=actor,
                at=clock.now(),
                place=filing.place,
                facts={"before": {name: before[name] for name in changed}, "after": changed},
            )
    return filing


def save_line(
    filing_id: int, details: LineDetails, *, actor: Actor, clock: Clock, line_id: int | None = None
) -> FilingLine:
    """Add an occupation to a filing, or change it (申报职业).

    Authority:
        FS20-O1, FS20-O2, LN24-2.2d.
    """
    with transaction.atomic():
        filing = _editable(filing_id, actor)
        name = occupation_name(details.occupation_code, edition=details.edition)
        fields = {
            "occupation_code": details.occupation_code,
            "occupation_edition": details.edition,
            "occupation_name": name,
            "levels": "".join(sorted(set(details.levels), reverse=True)),
            "standard": OccupationalStandard.objects.filter(pk=details.standard_id or 0).first(),
            "venue": Venue.objects.filter(pk=details.venue_id or 0, body=filing.body_id).first(),
            "applicants": details.applicants,
            "relates_to_main_business": details.relates_to_main_business,
            "is_main_production_line": details.is_main_production_line,
            "has_influence": details.has_influence,
            "norm_follows_drafting_rules": details.norm_follows_drafting_rules,
            "person_times": details.person_times,
        }
        if line_id is None:
            line, _ = FilingLine.objects.update_or_create(
                filing=filing, occupation_code=details.occupation_code, defaults=fields
            )
        else:
            line = FilingLine.objects.select_for_update().get(pk=line_id, filing=filing)
            for name, value in fields.items():
                setattr(line, name, value)
            line.save()
        record(
            "registry.filing_line_saved",
            line,
            filing,
            actor=actor,
            at=clock.now(),
            place=filing.place,
            facts={"occupation": line.occupation_name, "levels": line.levels},
        )
    return line


def remove_line(line_id: int, *, actor: Actor, clock: Clock) -> None:
    """Take an occupation out of a draft (移除申报职业); the journal keeps what it was."""
    with transaction.atomic():
        line = FilingLine.objects.select_for_update().get(pk=line_id)
        filing = _editable(line.filing_id, actor)
        record(
            "registry.filing_line_removed",
            filing,
            actor=actor,
            at=clock.now(),
            place=filing.place,
            facts={"occupation": line.occupation_name, "levels": line.levels},
        )
        line.delete()


def submit_filing(filing_id: int, *, actor: Actor, clock: Clock) -> Filing:
    """Submit a filing (提交备案): judged, frozen with its verdict, put into the district's queue.

    A verdict that refuses stops it here, so that nothing below standard goes upward; a failed
    'in principle' condition may go on, for the reviewer to waive with a reason or to return.

    Authority:
        LN24-2.1a, LN24-2.1b, FS20-3.2, FS20-5.3.
    Refuses:
        FilingIncompleteError, FilingRefusedByRulesError, BarredError, MoveNotAllowedError.
    """
    with transaction.atomic():
        filing = Filing.objects.select_for_update().select_related("body").get(pk=filing_id)
        require_own(actor, filing.body_id)
        move = walk(FILING_MOVES, filing.state, "submit", actor=actor, place=Place(filing.place))
        refuse_barred(filing.body, clock)
        if not filing.lines.exists():
            raise FilingIncompleteError(missing="至少一个申报职业（工种）")
        verdict = judge_filing(filing, on=clock.today())
        hard = [finding for finding in verdict.refusals if not finding.may_be_waived]
        if hard:
            raise FilingRefusedByRulesError(
                count=len(hard), titles="、".join(finding.title for finding in hard)
            )
        before, filing.state = filing.state, move.to
        filing.submitted_at, filing.accepted_on = clock.now(), clock.today()
        filing.verdict = verdict.to_json()
        filing.due_on = calendar().add_workdays(clock.today(), STEP_WORKDAYS)
        filing.save()
        add_review(filing, "submit", before=before, actor=actor, clock=clock, verdict=verdict)
        record(
            "registry.filing_submitted",
            filing,
            filing.body,
            actor=actor,
            at=clock.now(),
            place=filing.place,
            clauses=binding_clauses(move.clauses, place=filing.place, on=clock.today()),
            facts={"outcome": verdict.outcome.value},
        )
    return filing


def withdraw_filing(filing_id: int, *, reason: str, actor: Actor, clock: Clock) -> Filing:
    """Withdraw a filing (撤回备案) before the first review has passed it."""
    with transaction.atomic():
        filing = Filing.objects.select_for_update().select_related("body").get(pk=filing_id)
        require_own(actor, filing.body_id)
        move = walk(FILING_MOVES, filing.state, "withdraw", actor=actor, place=Place(filing.place))
        before, filing.state, filing.due_on = filing.state, move.to, None
        filing.save(update_fields=["state", "due_on"])
        add_review(filing, "withdraw", before=before, actor=actor, clock=clock, opinion=reason)
        record(
            "registry.filing_withdrawn",
            filing,
            filing.body,
            actor=actor,
            at=clock.now(),
            place=filing.place,
            facts={"reason": reason},
        )
    return filing


def _editable(filing_id: int, actor: Actor) -> Filing:
    filing = Filing.objects.select_for_update().get(pk=filing_id)
    require_own(actor, filing.body_id)
    if filing.state not in EDITABLE:
        raise FilingNotEditableError(number=filing.number, state=filing.get_state_display())
    return filing
