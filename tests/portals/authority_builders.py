"""Whole little cities for the desk's tests: one of everything that an officer can meet."""

import datetime as dt
from dataclasses import dataclass

from tests import builders
from zhiping.apps.certificates.actions import issue_certificates
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.models import Plan, Sitting
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry.models import Accountability, EvaluationBody, Filing, Objection
from zhiping.apps.screening.models import Finding, Run
from zhiping.apps.screening.states import RunState

CITY_OF = {builders.SHUNDE: builders.FOSHAN, builders.SHENYANG_DISTRICT: builders.SHENYANG}


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One of everything in one city."""

    place: str
    body: EvaluationBody
    submitted: Filing
    noticed: Filing
    objection: Objection
    declared: Plan
    planned: Sitting
    submitted_sitting: Sitting
    issued_sitting: Sitting
    certificate: Certificate
    run: Run
    finding: Finding
    accountability: Accountability | None = None


def new_people() -> int:
    """Return the first index of candidates who sat nowhere before."""
    return 100_000 + 20 * builders.serial()


def finding(body: EvaluationBody, *, certificate: Certificate, sitting: Sitting) -> Finding:
    """Return a finding about a certificate, as a run would leave it."""
    run = screening_run(body.place[:4] + "00")
    return Finding.objects.create(
        fingerprint=f"{builders.serial():032x}",
        screen_id="SCR-001",
        severity="high",
        place=body.place,
        body=body,
        occurred_on=certificate.issued_on,
        reason="no_results",
        key=certificate.number,
        clauses="LN24-3.5b,LN24-3.6b,NSTD-1",
        evidence={
            "certificate_number": certificate.number,
            "person_key": str(certificate.person.key),
            "body_id": str(body.pk),
            "place": body.place,
            "reason": "no_results",
            "sitting_id": str(sitting.pk),
        },
        first_run=run,
        last_run=run,
    )


def screening_run(place: str) -> Run:
    """Return a finished run of a place."""
    return Run.objects.create(
        place=place,
        as_of=builders.AT_REVIEW.today(),
        state=RunState.DONE,
        step="已完成",
        steps_done=8,
        steps_total=8,
        requested_by="测试经办",
        requested_at=builders.AT_REVIEW.now(),
        finished_at=builders.AT_REVIEW.now(),
        report={"findings_by_change": {"opened": 1, "seen_again": 0, "reopened": 0, "cured": 0}},
    )


def city(place: str = builders.SHUNDE) -> City:
    """Return a city with one of everything, in which each step was really taken."""
    body = builders.confirmed_body(place=place)
    submitted = builders.submitted_filing(builders.new_body(place=place))
    noticed = builders.noticed_filing(builders.new_body(place=place))
    objection = registry.object_to_notice(
        noticed.notices.get().pk,
        content="场地照片与实际不符",
        contact="虚构联系人",
        actor=builders.SYSTEM,
        clock=builders.AT_FILING,
    )
    declared = builders.declared_plan(body, day=dt.date(2026, 12, 21))
    planned = builders.accepted_sitting(body, day=dt.date(2026, 12, 15))
    waiting = builders.submitted_sitting(body, candidates=2, first=new_people())
    approved = builders.approved_sitting(body, candidates=3, first=new_people(), day=dt.date(2026, 11, 25))
    handler = builders.officer("city_handler", CITY_OF[place])
    issue_certificates(approved.pk, actor=handler, clock=builders.AT_REVIEW)
    approved.refresh_from_db()
    certificate = approved.enrolments.order_by("id").first().certificate
    found = finding(body, certificate=certificate, sitting=approved)
    return City(
        place=place,
        body=body,
        submitted=submitted,
        noticed=noticed,
        objection=objection,
        declared=declared,
        planned=planned,
        submitted_sitting=waiting,
        issued_sitting=approved,
        certificate=certificate,
        run=found.last_run,
        finding=found,
    )


__all__ = ["City", "city", "exams", "finding", "screening_run"]
