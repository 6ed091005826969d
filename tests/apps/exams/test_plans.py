"""What a plan may hold: lead time, scope, venue, assessors, supervisors."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from tests import builders
from tests.apps.journal.watching import officer_with, officer_with_all, recorded, unchanged, undone
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.errors import (
    AssignmentForbiddenError,
    BodyNotInRegisterError,
    PersonBusyError,
    PlanIncompleteError,
    PlanNotEditableError,
    PlanRefusedByRulesError,
    SittingTimesWrongError,
    VenueTakenError,
)
from zhiping.apps.exams.models import Assignment
from zhiping.apps.reference.models import WorkdayOverride
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry.errors import NotYourBodyError
from zhiping.core.policybook import Outcome
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.clock import FixedClock

pytestmark = pytest.mark.django_db
NOW = builders.AT_PLANNING


def declare(sitting, clock=NOW):
    return exams.declare_plan(sitting.plan_id, actor=builders.clerk(sitting.body), clock=clock)


def refused_rules(sitting, clock=NOW) -> set[str]:
    """Return the rules that refuse the plan, and check that declaring it is refused for them."""
    verdicts = exams.judge_plan(sitting.plan, declared_on=clock.today())
    found = {finding.rule for _, verdict in verdicts for finding in verdict.of(Outcome.REFUSE)}
    with undone(), unchanged(sitting, sitting.plan):
        if found:
            with pytest.raises(PlanRefusedByRulesError):
                declare(sitting, clock)
    return found


def test_a_plan_in_order_is_declared_and_its_verdict_frozen():
    sitting = builders.drafted_sitting()
    assert refused_rules(sitting) == set()
    with recorded() as entries:
        plan = declare(sitting)
    assert [entry.event for entry in entries] == ["exams.plan_declared"]
    assert [part["sitting"] for part in plan.verdict] == [sitting.number]
    assert plan.due_on > NOW.today()


def warns_of_lead_time(sitting, day: int) -> bool:
    """Tell whether a plan declared on that day of November is warned to be late."""
    [(_, verdict)] = exams.judge_plan(sitting.plan, declared_on=dt.date(2026, 11, day))
    return "EXM-008" in {finding.rule for finding in verdict.of(Outcome.WARN)}


def test_the_lead_time_is_counted_in_working_days_and_warns_where_no_clause_refuses():
    sitting = builders.drafted_sitting(day=dt.date(2026, 11, 26))  # a Thursday
    assert [warns_of_lead_time(sitting, day) for day in (20, 19, 18)] == [True, True, False]
    WorkdayOverride.objects.create(day=dt.date(2026, 11, 24), is_workday=False, note="台风停工")
    assert warns_of_lead_time(sitting, 18)
    assert declare(sitting, FixedClock.at(2026, 11, 20)).state == "declared"


def test_a_plan_declared_on_the_day_itself_is_refused():
    sitting = builders.drafted_sitting()
    day = builders.SITTING_DAY
    assert {"EXM-006"} <= refused_rules(sitting, FixedClock.at(day.year, day.month, day.day))


def test_an_occupation_or_a_level_outside_the_scope_is_refused():
    sitting = builders.drafted_sitting(level="2")
    found = refused_rules(sitting)
    assert "EXM-002" in found
    assert "EXM-001" not in found


def test_a_scope_that_has_ended_by_the_day_is_refused():
    sitting = builders.drafted_sitting()
    with undone():
        sitting.body.scope_lines.update(valid_to=builders.SITTING_DAY)
        assert "EXM-002" in refused_rules(sitting)
    sitting.body.scope_lines.update(valid_to=builders.SITTING_DAY + dt.timedelta(days=1))
    assert "EXM-002" not in refused_rules(sitting)


def test_a_venue_in_another_city_is_refused_in_liaoning():
    body = builders.confirmed_body(place=builders.SHENYANG_DISTRICT)
    sitting = builders.drafted_sitting(body)
    assert refused_rules(sitting) == set()
    body.venues.update(place="210202")  # a district of Dalian
    sitting.venue.refresh_from_db()
    assert "EXM-003" in refused_rules(sitting)


@pytest.mark.parametrize(
    ("left", "rules"), [(2, {"EXM-009", "EXM-010"}), (1, {"EXM-009"}), (0, {"EXM-009", "EXM-010"})]
)
def test_too_few_assessors_or_an_even_number_are_refused(left, rules):
    sitting = builders.drafted_sitting()
    clerk = builders.clerk(sitting.body)
    for row in list(sitting.assignments.filter(role="assessor"))[left:]:
        with recorded() as entries:
            exams.cancel_assignment(row.pk, actor=clerk, clock=NOW)
        assert [entry.event for entry in entries] == ["exams.assignment_cancelled"]
    assert rules <= refused_rules(sitting)


def test_four_assessors_are_even_and_five_are_not():
    sitting = builders.drafted_sitting()
    clerk = builders.clerk(sitting.body)
    outcomes = []
    for _ in range(2):
        exams.assign_assessor(sitting.pk, builders.assessor(sitting.body).pk, actor=clerk, clock=NOW)
        outcomes.append("EXM-010" in refused_rules(sitting))
    assert outcomes == [True, False]


def test_an_assessor_of_the_lower_grade_does_not_examine_level_two():
    body = builders.confirmed_body()
    sitting = builders.drafted_sitting(body, level="2")
    assert "EXM-011" not in refused_rules(sitting)
    sitting.assignments.filter(role="assessor").update(grade="assessor")
    assert "EXM-011" in refused_rules(sitting)


def test_an_assessor_whose_certificate_ends_on_the_day_is_not_qualified():
    body = builders.confirmed_body()
    sitting = builders.drafted_sitting(body)
    clerk = builders.clerk(body)
    for last, is_refused in (
        (builders.SITTING_DAY, True),
        (builders.SITTING_DAY + dt.timedelta(days=1), False),
    ):
        with undone():
            exams.cancel_assignment(
                sitting.assignments.filter(role="assessor").first().pk, actor=clerk, clock=NOW
            )
            one = builders.assessor(body, valid_to=last)
            exams.assign_assessor(sitting.pk, one.pk, actor=clerk, clock=NOW)
            assert ("EXM-012" in refused_rules(sitting)) is is_refused


def test_an_assessor_of_another_occupation_is_not_assigned():
    sitting = builders.drafted_sitting()
    stranger = builders.assessor(sitting.body, occupations=("6-18-01-01",))
    with undone(), unchanged(sitting), pytest.raises(AssignmentForbiddenError):
        exams.assign_assessor(sitting.pk, stranger.pk, actor=builders.clerk(sitting.body), clock=NOW)


def test_nobody_is_assigned_in_two_places_at_once_and_everybody_is_after_the_other_ends():
    first = builders.drafted_sitting()
    body, clerk = first.body, builders.clerk(first.body)
    builders.venue(body)
    other_venue = body.venues.order_by("-id").first()
    details = {
        "occupation_code": builders.ELECTRICIAN,
        "level": "4",
        "venue_id": other_venue.pk,
        "capacity": 20,
    }
    day = builders.SITTING_DAY
    plan = exams.open_plan(body.pk, "第二批", actor=clerk, clock=NOW)
    one = body.assessors.order_by("id").first()
    overlapping = exams.SittingDetails(
        **details, starts_at=builders.at(day, 11), ends_at=builders.at(day, 14)
    )
    sitting = exams.save_sitting(plan.pk, overlapping, actor=clerk, clock=NOW)
    with undone(), unchanged(sitting), pytest.raises(PersonBusyError) as refusal:
        exams.assign_assessor(sitting.pk, one.pk, actor=clerk, clock=NOW)
    assert refusal.value.facts["other"] == first.number
    after = exams.SittingDetails(**details, starts_at=builders.at(day, 12), ends_at=builders.at(day, 14))
    exams.save_sitting(plan.pk, after, actor=clerk, clock=NOW, sitting_id=sitting.pk)
    exams.assign_assessor(sitting.pk, one.pk, actor=clerk, clock=NOW)
    with undone(), unchanged(sitting), pytest.raises(PersonBusyError):
        exams.save_sitting(plan.pk, overlapping, actor=clerk, clock=NOW, sitting_id=sitting.pk)


def test_the_database_refuses_a_second_place_itself():
    first = builders.drafted_sitting()
    row = first.assignments.filter(role="assessor").first()
    with pytest.raises(IntegrityError, match="assignment_one_place_at_a_time"), transaction.atomic():
        Assignment.objects.create(
            sitting=first,
            person=row.person,
            role="internal_supervisor",
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )


def test_an_assessor_is_not_a_supervisor_of_the_same_sitting():
    sitting = builders.drafted_sitting()
    body, clerk = sitting.body, builders.clerk(sitting.body)
    who = builders.person()
    one = builders.assessor(body, who=who)
    member = registry.add_staff_member(
        body.pk,
        who,
        role="internal_supervisor",
        is_full_time=True,
        valid_from=dt.date(2024, 1, 1),
        actor=clerk,
        clock=NOW,
    )
    exams.assign_assessor(sitting.pk, one.pk, actor=clerk, clock=NOW)
    with undone(), unchanged(sitting), pytest.raises(PersonBusyError):
        exams.assign_supervisor(sitting.pk, member.pk, role="internal_supervisor", actor=clerk, clock=NOW)


def test_a_body_assigns_internal_supervisors_in_office_and_nobody_else():
    sitting = builders.drafted_sitting(is_staffed=False)
    body, clerk = sitting.body, builders.clerk(sitting.body)
    member = body.staff.get(role="internal_supervisor")
    for role in ("assessor", "external_supervisor"):
        with undone(), unchanged(sitting), pytest.raises(AssignmentForbiddenError):
            exams.assign_supervisor(sitting.pk, member.pk, role=role, actor=clerk, clock=NOW)
    with undone():
        registry.end_staff_member(member.pk, actor=clerk, clock=NOW)
        with undone(), unchanged(sitting), pytest.raises(AssignmentForbiddenError):
            exams.assign_supervisor(sitting.pk, member.pk, role="internal_supervisor", actor=clerk, clock=NOW)
    with recorded() as entries:
        exams.assign_supervisor(sitting.pk, member.pk, role="internal_supervisor", actor=clerk, clock=NOW)
    assert [entry.event for entry in entries] == ["exams.person_assigned"]


def test_an_external_supervisor_comes_from_another_body_by_the_offices_order():
    sitting = builders.accepted_sitting()
    own = sitting.body.staff.get(role="internal_supervisor")
    other_body = builders.new_body()
    other = builders.staff_member(other_body, "internal_supervisor")
    handler = builders.officer("city_handler", "440600")
    send = {"actor": handler, "clock": NOW}
    with undone(), unchanged(sitting), pytest.raises(AssignmentForbiddenError):
        exams.assign_external_supervisor(sitting.pk, own.pk, **send)
    for actor in (officer_with("exams.supervise", place="210100"), builders.clerk(other_body)):
        with undone(), unchanged(sitting), pytest.raises(DutyMissingError):
            exams.assign_external_supervisor(sitting.pk, other.pk, actor=actor, clock=NOW)
    with recorded() as entries:
        row = exams.assign_external_supervisor(sitting.pk, other.pk, **send)
    assert (row.role, [entry.event for entry in entries]) == (
        "external_supervisor",
        ["exams.person_assigned"],
    )


def test_an_assessor_of_the_watched_body_does_not_watch_it_from_outside():
    sitting = builders.accepted_sitting()
    who = builders.person()
    builders.assessor(sitting.body, who=who)
    other_body = builders.new_body()
    member = registry.add_staff_member(
        other_body.pk,
        who,
        role="internal_supervisor",
        is_full_time=True,
        valid_from=dt.date(2024, 1, 1),
        actor=builders.clerk(other_body),
        clock=NOW,
    )
    handler = builders.officer("city_handler", "440600")
    with undone(), unchanged(sitting), pytest.raises(AssignmentForbiddenError):
        exams.assign_external_supervisor(sitting.pk, member.pk, actor=handler, clock=NOW)


def test_an_assessor_tied_to_a_candidate_is_refused_in_the_plan_and_at_assignment():
    sitting = builders.enrolled_sitting(candidates=3)
    one = sitting.body.assessors.order_by("id").first()
    clerk = builders.clerk(sitting.body)
    with recorded() as entries:
        registry.declare_tie(one.pk, builders.person(0), tie="relative", actor=clerk, clock=NOW)
    assert [entry.event for entry in entries] == ["registry.tie_declared"]
    verdicts = exams.judge_plan(sitting.plan, declared_on=NOW.today())
    assert "EXM-014" in {finding.rule for _, verdict in verdicts for finding in verdict.of(Outcome.REFUSE)}
    type(sitting.plan).objects.filter(pk=sitting.plan_id).update(state="returned")
    with undone(), unchanged(sitting), pytest.raises(AssignmentForbiddenError):
        exams.assign_assessor(sitting.pk, one.pk, actor=clerk, clock=NOW)


def test_a_sitting_has_its_times_in_order_its_venue_free_and_its_plan_open():
    sitting = builders.drafted_sitting()
    clerk, day = builders.clerk(sitting.body), builders.SITTING_DAY
    details = {
        "occupation_code": builders.ELECTRICIAN,
        "level": "4",
        "venue_id": sitting.venue_id,
        "capacity": 20,
    }

    def save(start, end, **extra):
        return exams.save_sitting(
            sitting.plan_id,
            exams.SittingDetails(**details, starts_at=start, ends_at=end),
            actor=clerk,
            clock=NOW,
            **extra,
        )

    with undone(), unchanged(sitting), pytest.raises(SittingTimesWrongError):
        save(builders.at(day, 12), builders.at(day, 12))
    with undone(), unchanged(sitting), pytest.raises(SittingTimesWrongError):
        save(builders.at(NOW.today(), 8), builders.at(NOW.today(), 11))
    with undone(), unchanged(sitting), pytest.raises(VenueTakenError):
        save(builders.at(day, 11), builders.at(day, 13))
    assert save(builders.at(day, 12), builders.at(day, 13)).number.endswith("-02")
    type(sitting.plan).objects.filter(pk=sitting.plan_id).update(state="declared")
    with undone(), unchanged(sitting), pytest.raises(PlanNotEditableError):
        save(builders.at(day, 15), builders.at(day, 16))


def test_a_level_that_needs_the_comprehensive_review_gets_its_subject():
    body = builders.confirmed_body()
    subjects = {}
    for level, day in (("4", 26), ("2", 27)):
        sitting = builders.drafted_sitting(body, level=level, day=dt.date(2026, 11, day))
        subjects[level] = set(sitting.subjects.values_list("subject", flat=True))
    assert subjects == {"4": {"theory", "practical"}, "2": {"theory", "practical", "comprehensive"}}


def test_a_plan_without_a_sitting_is_incomplete():
    body = builders.confirmed_body()
    clerk = builders.clerk(body)
    plan = exams.open_plan(body.pk, "空计划", actor=clerk, clock=NOW)
    with undone(), unchanged(plan), pytest.raises(PlanIncompleteError):
        exams.declare_plan(plan.pk, actor=clerk, clock=NOW)


def test_a_stopped_body_opens_and_declares_no_plan():
    sitting = builders.drafted_sitting()
    clerk = builders.clerk(sitting.body)
    registry.suspend_body(sitting.body_id, reason="核查", actor=officer_with_all("440600"), clock=NOW)
    with undone(), unchanged(sitting.plan), pytest.raises(BodyNotInRegisterError):
        declare(sitting)
    with undone(), unchanged(sitting.plan), pytest.raises(BodyNotInRegisterError):
        exams.open_plan(sitting.body_id, "新计划", actor=clerk, clock=NOW)


def test_a_plan_is_not_accepted_when_the_body_was_stopped_after_declaring():
    plan = builders.declared_plan()
    registry.suspend_body(plan.body_id, reason="核查", actor=officer_with_all("440600"), clock=NOW)
    with undone(), unchanged(plan), pytest.raises(PlanRefusedByRulesError):
        exams.answer_plan(plan.pk, "accept", opinion="", actor=officer_with_all("440600"), clock=NOW)


def test_another_bodys_clerk_plans_nothing_here():
    sitting = builders.drafted_sitting()
    stranger = builders.clerk(builders.new_body())
    row = sitting.assignments.first()
    for attempt in (
        lambda: exams.open_plan(sitting.body_id, "计划", actor=stranger, clock=NOW),
        lambda: exams.cancel_assignment(row.pk, actor=stranger, clock=NOW),
        lambda: exams.assign_assessor(
            sitting.pk, sitting.body.assessors.first().pk, actor=stranger, clock=NOW
        ),
    ):
        with undone(), unchanged(sitting, row), pytest.raises(NotYourBodyError):
            attempt()


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_assign_the_same_person_at_once_get_one_yes_and_one_no():
    who = builders.person()
    sittings, posts = [], []
    for _ in range(2):
        body = builders.confirmed_body()
        posts.append(builders.assessor(body, who=who))
        sittings.append(builders.drafted_sitting(body, is_staffed=False))
    actors = [builders.clerk(sitting.body) for sitting in sittings]
    together, outcomes = threading.Barrier(2), []

    def assign(index: int) -> None:
        try:
            together.wait(timeout=10)
            exams.assign_assessor(sittings[index].pk, posts[index].pk, actor=actors[index], clock=NOW)
            outcomes.append("assigned")
        except PersonBusyError:
            outcomes.append("busy")
        finally:
            connection.close()

    threads = [threading.Thread(target=assign, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["assigned", "busy"]
    assert Assignment.objects.filter(person=posts[0].person, is_cancelled=False).count() == 1
