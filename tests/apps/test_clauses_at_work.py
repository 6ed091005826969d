"""Actions carry out the clauses that they declare, each where it binds: the journal says so of every step."""

import datetime as dt

import pytest

from tests import builders
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.errors import AssignmentForbiddenError
from zhiping.apps.journal.models import Entry
from zhiping.apps.registry import actions as registry
from zhiping.kernel.actor import DutyMissingError

pytestmark = pytest.mark.django_db

SHENYANG_DISTRICT, SHENYANG_CITY = "210102", "210100"


def clauses_of(event):
    """Return the clauses of the newest entry of an event."""
    return Entry.objects.filter(event=event).order_by("-id").first().clauses


def test_in_liaoning_a_filing_goes_from_stage_to_stage_on_its_clause_and_by_the_right_office():
    body = builders.new_body(place=SHENYANG_DISTRICT)
    filing = builders.complete_filing(body, clock=builders.AT_FILING)
    registry.submit_filing(filing.pk, actor=builders.clerk(body), clock=builders.AT_FILING)
    assert "LN24-2.1a" in clauses_of("registry.filing_submitted")
    foreign = builders.officer("district_handler", builders.SHUNDE)
    with pytest.raises(DutyMissingError):
        registry.review_filing(
            filing.pk, "pass_district", opinion="材料齐全", actor=foreign, clock=builders.AT_FILING
        )
    own = builders.officer("district_handler", SHENYANG_DISTRICT)
    registry.review_filing(
        filing.pk, "pass_district", opinion="材料齐全", actor=own, clock=builders.AT_FILING
    )
    filing.refresh_from_db()
    assert filing.state == "district_passed"
    assert not [one for entry in Entry.objects.all() for one in entry.clauses if one.startswith("FS20")]


def test_in_foshan_a_plan_is_answered_before_the_exam_on_its_clause():
    plan = builders.declared_plan()
    handler = builders.officer("city_handler", plan.place[:4] + "00")
    exams.answer_plan(plan.pk, "accept", opinion="同意", actor=handler, clock=builders.AT_PLANNING)
    plan.refresh_from_db()
    assert plan.state == "accepted"
    assert "FS20-4.2" in clauses_of("exams.plan_accepted")


def test_in_liaoning_what_an_exam_leaves_is_kept_on_its_clause_with_its_hash():
    sitting = builders.held_sitting(builders.confirmed_body(place=SHENYANG_DISTRICT))
    kind = (
        exams.ARCHIVE_KINDS[0] if isinstance(exams.ARCHIVE_KINDS, tuple) else next(iter(exams.ARCHIVE_KINDS))
    )
    item = exams.add_archive_item(
        sitting.pk, kind=kind, content=builders.PDF, keep_until=dt.date(2031, 12, 31),
        actor=builders.clerk(sitting.body), clock=builders.AFTER_SITTING,
    )  # fmt: skip
    assert item.kind == kind
    assert "LN24-2.3c" in Entry.objects.order_by("-id").first().clauses


def test_in_liaoning_an_exam_is_watched_by_a_peer_from_another_body_and_never_by_its_own():
    """Authority: LN24-4a."""
    sitting = builders.accepted_sitting(builders.confirmed_body(place=SHENYANG_DISTRICT))
    own = sitting.body.staff.get(role="internal_supervisor")
    peer = builders.staff_member(builders.new_body(place=SHENYANG_DISTRICT), "internal_supervisor")
    send = {"actor": builders.officer("city_handler", SHENYANG_CITY), "clock": builders.AT_PLANNING}
    with pytest.raises(AssignmentForbiddenError):
        exams.assign_external_supervisor(sitting.pk, own.pk, **send)
    sent = exams.assign_external_supervisor(sitting.pk, peer.pk, **send)
    assert (sent.role, sent.sitting_id) == ("external_supervisor", sitting.pk)
