"""One action, one entry: every exported action is watched while the river is walked by real actions."""

import functools
import inspect

import pytest

from tests import builders
from tests.apps.journal.watching import officer_with_all
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.eligibility import Claim
from zhiping.apps.journal.models import Entry
from zhiping.apps.journal.queries import entries, entries_about, things_of
from zhiping.apps.registry import actions as registry
from zhiping.kernel.actor import PUBLIC
from zhiping.kernel.clock import FixedClock

pytestmark = pytest.mark.django_db

READS = {"candidate_template", "judge_plan", "result_template", "returned_results", "returned_workbook"}
"""What changes nothing and therefore records nothing."""
PART_OF_OTHERS = {"register_person"}
"""A step of the action that needs the person, which records it."""


@pytest.fixture
def watched(monkeypatch):
    """Count the entries of each exported action's calls; nested calls count for the outer one."""
    seen: dict[str, list[int]] = {}
    depth = [0]

    def watch(name, action):
        @functools.wraps(action)
        def called(*args, **kwargs):
            before = Entry.objects.count() if not depth[0] else 0
            depth[0] += 1
            try:
                result = action(*args, **kwargs)
            finally:
                depth[0] -= 1
            if not depth[0]:
                seen.setdefault(name, []).append(Entry.objects.count() - before)
            return result

        return called

    for module in (registry, exams):
        for name in module.__all__:
            if inspect.isfunction(action := getattr(module, name)):
                monkeypatch.setattr(module, name, watch(name, action))
    return seen


def walk_the_river() -> None:
    """Walk every action of the registry and of the exams once or more."""
    at, boss = builders.AT_FILING, officer_with_all("440600")
    body = builders.new_body()
    clerk = builders.clerk(body)
    filing = builders.submitted_filing(body)
    registry.withdraw_filing(filing.pk, reason="改期", actor=clerk, clock=at)
    registry.update_body(
        body.pk,
        address="样例路 2 号",
        contact_name="林小满",
        contact_phone="19900000001",
        fee_statement="不收费",
        actor=clerk,
        clock=at,
    )
    registry.publish_document(body.documents.first().pk, actor=clerk, clock=at)
    registry.withdraw_document(body.documents.last().pk, actor=clerk, clock=at)
    registry.end_assessor(body.assessors.first().pk, actor=clerk, clock=at)
    registry.end_staff_member(body.staff.first().pk, actor=clerk, clock=at)
    other = builders.complete_filing(builders.new_body())
    registry.remove_line(other.lines.get().pk, actor=builders.clerk(other.body), clock=at)

    social = builders.new_body(kind="social_body")
    weak = builders.complete_filing(
        social,
        main_duty_is_talent_training=True,
        experience_years=1,
        person_times_total=30_000,
        person_times_evaluated=9_000,
    )
    social_clerk = builders.clerk(social)
    for kind in (
        "training_evaluation_proof",
        "statutes",
        "venue_proof",
        "staff_proof",
        "resource_proof",
        "funds_proof",
    ):
        registry.add_document(
            social.pk,
            kind=kind,
            name="a.pdf",
            content=builders.PDF + kind.encode(),
            actor=social_clerk,
            clock=at,
        )
    weak.lines.update(person_times=6_000)
    registry.submit_filing(weak.pk, actor=social_clerk, clock=at)
    registry.waive_rule(weak.pk, "REG-034", reason="省级试点", actor=boss, clock=at)

    noticed = builders.noticed_filing()
    objection = registry.object_to_notice(
        noticed.notices.get().pk, content="有异议", contact="", actor=PUBLIC, clock=at
    )
    registry.answer_objection(objection.pk, outcome="rejected", answer="不成立", actor=boss, clock=at)

    sitting = builders.enrolled_sitting(candidates=3)
    own, planning = builders.clerk(sitting.body), builders.AT_PLANNING
    registry.declare_tie(
        sitting.body.assessors.first().pk, builders.person(900), tie="relative", actor=own, clock=planning
    )
    outsider = builders.staff_member(builders.new_body(), "internal_supervisor")
    exams.assign_external_supervisor(sitting.pk, outsider.pk, actor=boss, clock=planning)
    claim = Claim(candidate_kind="staff", entry_condition="2018/4-2", work_months=96)
    enrolled = exams.enrol_by_hand(
        sitting.pk, builders.person(50), claim, actor=own, clock=builders.AT_ENROLMENT
    )
    exams.withdraw_enrolment(enrolled.pk, reason="本人申请", actor=own, clock=builders.AT_ENROLMENT)
    exams.record_attendance(
        sitting.pk, {sitting.enrolments.first().pk: True}, actor=own, clock=builders.AFTER_SITTING
    )
    exams.record_incident(sitting.pk, "safety", "轻微划伤", actor=own, clock=builders.AFTER_SITTING)

    cancelled = builders.drafted_sitting(sitting.body, day=builders.dt.date(2026, 11, 27))
    exams.cancel_assignment(cancelled.assignments.first().pk, actor=own, clock=planning)
    exams.cancel_plan(cancelled.plan_id, reason="停电", actor=own, clock=planning)

    approved = builders.approved_sitting(builders.confirmed_body(), day=builders.dt.date(2026, 11, 25))
    last = approved.body_id
    december = FixedClock.at(2026, 12, 20)
    registry.suspend_body(last, reason="核查", actor=boss, clock=december)
    registry.resume_body(last, reason="整改完成", actor=boss, clock=december)
    registry.leave_register(last, reason="业务调整", actor=builders.clerk(approved.body), clock=december)
    registry.remove_body(sitting.body_id, reason="弄虚作假", actor=boss, clock=december)


def test_every_exported_action_records_exactly_one_entry_each_time(watched):
    walk_the_river()
    exported = {
        name
        for module in (registry, exams)
        for name in module.__all__
        if callable(getattr(module, name)) and not isinstance(getattr(module, name), type)
    }
    assert sorted(exported - READS - PART_OF_OTHERS - watched.keys()) == []
    assert {name: found for name, found in watched.items() if name not in READS and set(found) != {1}} == {}
    assert {name: found for name, found in watched.items() if name in READS and set(found) != {0}} == {}


def test_a_things_trace_is_found_from_the_thing_and_from_the_entry():
    body = builders.confirmed_body()
    told = [entry.event for entry in entries_about("registry.evaluationbody", body.pk)]
    assert told[0] == "registry.filing_confirmed"
    assert told[-1] == "registry.body_registered"
    confirmed = entries_about("registry.evaluationbody", body.pk).first()
    kinds = {kind for kind, _ in things_of(confirmed.pk)}
    assert kinds == {"registry.filing", "registry.evaluationbody", "registry.scopeline"}


def test_the_journal_is_read_within_the_reach_only():
    builders.new_body()
    builders.new_body(place="210102")
    assert {entry.place[:2] for entry in entries(("44",))} == {"44"}
    assert not entries(()).exists()
    assert {entry.place[:2] for entry in entries(("",))} >= {"44", "21"}
