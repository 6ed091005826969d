"""The tables of moves of plans and sittings, walked exhaustively by the real actions in two cities."""

import datetime as dt

import pytest

from tests import builders
from tests.apps.journal.watching import officer_with_all, recorded, unchanged, undone
from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.errors import (
    ArchiveMissingError,
    OpinionMissingError,
    ResultNoticeRunningError,
    RosterClosedError,
    SittingNotOverError,
)
from zhiping.apps.exams.models import Plan, Sitting
from zhiping.apps.exams.states import PLAN_MOVES, SITTING_MOVES, PlanState, SittingState
from zhiping.apps.registry.errors import NotYourBodyError
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.clock import FixedClock
from zhiping.kernel.moves import MoveNotAllowedError

pytestmark = pytest.mark.django_db

PLACES = {"440606": "FS20-", "210102": "LN24-"}
OTHER_CITY = {"440606": "210100", "210102": "440600"}
PLAN_VERBS = ("declare", "accept", "return", "refuse", "cancel")
NOW = builders.AT_PLANNING
SITTING_VERBS = ("hold", "take_results", "publish_results", "submit_results", "approve", "return", "cancel")


def city_of(place: str) -> str:
    return place[:4] + "00"


def plan_in(state: str, place: str) -> Plan:
    sitting = builders.drafted_sitting(builders.confirmed_body(place=place))
    plan, clerk, boss = sitting.plan, builders.clerk(sitting.body), officer_with_all(city_of(place))
    steps = {
        PlanState.DRAFT: (),
        PlanState.DECLARED: ("declare",),
        PlanState.ACCEPTED: ("declare", "accept"),
        PlanState.RETURNED: ("declare", "return"),
        PlanState.REFUSED: ("declare", "refuse"),
        PlanState.CANCELLED: ("cancel",),
    }[state]
    for step in steps:
        take_plan(step, plan, clerk=clerk, boss=boss)
    plan.refresh_from_db()
    return plan


def take_plan(verb: str, plan: Plan, *, clerk, boss, clock=builders.AT_PLANNING) -> None:
    if verb == "declare":
        exams.declare_plan(plan.pk, actor=clerk, clock=clock)
    elif verb == "cancel":
        exams.cancel_plan(plan.pk, reason="设备检修", actor=clerk, clock=clock)
    else:
        exams.answer_plan(plan.pk, verb, opinion="意见", actor=boss, clock=clock)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("state", PlanState.values)
def test_every_verb_on_a_plan_moves_or_is_refused_and_is_recorded_or_not(state, place):
    plan = plan_in(state, place)
    assert plan.state == state
    clerk, boss = builders.clerk(plan.body), officer_with_all(city_of(place))
    stranger = builders.clerk(builders.new_body(place=place))
    sitting = plan.sittings.get()
    for verb in PLAN_VERBS:
        move = PLAN_MOVES.get((state, verb))
        if move is None:
            with undone(), unchanged(plan, sitting), pytest.raises(MoveNotAllowedError):
                take_plan(verb, plan, clerk=clerk, boss=boss)
            continue
        with undone(), recorded() as entries:
            take_plan(verb, plan, clerk=clerk, boss=boss)
            assert Plan.objects.get(pk=plan.pk).state == move.to
        [entry] = entries
        assert entry.place == place
        assert entry.clauses == [clause for clause in move.clauses if clause.startswith(PLACES[place])]
        if move.duty:
            for actor in (
                officer_with_all(city_of(place), but=move.duty),
                officer_with_all(OTHER_CITY[place]),
            ):
                with undone(), unchanged(plan, sitting), pytest.raises(DutyMissingError):
                    take_plan(verb, plan, clerk=clerk, boss=actor)
        else:
            with undone(), unchanged(plan, sitting), pytest.raises(NotYourBodyError):
                take_plan(verb, plan, clerk=stranger, boss=boss)


def test_declaring_and_cancelling_are_not_answers_of_the_office():
    plan = plan_in(PlanState.ACCEPTED, "440606")
    for verb in ("cancel", "declare", "no_such_verb"):
        with undone(), unchanged(plan), pytest.raises(MoveNotAllowedError):
            exams.answer_plan(plan.pk, verb, opinion="意见", actor=officer_with_all("440600"), clock=NOW)


@pytest.mark.parametrize("verb", ["return", "refuse"])
def test_a_negative_answer_needs_its_reason(verb):
    plan = plan_in(PlanState.DECLARED, "440606")
    with undone(), unchanged(plan), pytest.raises(OpinionMissingError):
        exams.answer_plan(plan.pk, verb, opinion=" ", actor=officer_with_all("440600"), clock=NOW)


def test_cancelling_a_plan_frees_its_people_and_its_venue():
    sitting = builders.accepted_sitting()
    clerk = builders.clerk(sitting.body)
    exams.cancel_plan(sitting.plan_id, reason="停电", actor=clerk, clock=NOW)
    sitting.refresh_from_db()
    assert sitting.state == SittingState.CANCELLED
    assert not sitting.assignments.filter(is_cancelled=False).exists()
    assert builders.drafted_sitting(sitting.body).starts_at == sitting.starts_at


# --- sittings ------------------------------------------------------------------------------------


def sitting_in(state: str, place: str) -> Sitting:
    body = builders.confirmed_body(place=place)
    build = {
        SittingState.PLANNED: lambda: builders.enrolled_sitting(body, candidates=2),
        SittingState.HELD: lambda: builders.held_sitting(body, candidates=2),
        SittingState.RESULTS_IN: lambda: builders.sitting_with_results(body, candidates=2),
        SittingState.SUBMITTED: lambda: builders.submitted_sitting(body, candidates=2),
        SittingState.APPROVED: lambda: builders.approved_sitting(body, candidates=2),
    }
    if state in build:
        sitting = build[state]()
    elif state == SittingState.IN_NOTICE:
        sitting = builders.sitting_with_results(body, candidates=2)
        exams.publish_results(sitting.pk, actor=builders.clerk(body), clock=builders.AFTER_SITTING)
    elif state == SittingState.RETURNED:
        sitting = builders.submitted_sitting(body, candidates=2)
        take_sitting("return", sitting, clerk=None, boss=officer_with_all(city_of(place)))
    elif state == SittingState.CANCELLED:
        sitting = builders.accepted_sitting(body)
        exams.cancel_plan(sitting.plan_id, reason="停电", actor=builders.clerk(body), clock=NOW)
    else:
        sitting = builders.approved_sitting(body, candidates=2)
        Sitting.objects.filter(pk=sitting.pk).update(state=state)  # certificates are issued downstream
    sitting = Sitting.objects.select_related("plan", "body", "venue").get(pk=sitting.pk)
    for kind in exams.ARCHIVE_KINDS:
        exams.add_archive_item(
            sitting.pk,
            kind=kind,
            content=builders.PDF + kind.encode(),
            keep_until=dt.date(2031, 12, 31),
            actor=builders.clerk(body),
            clock=builders.AFTER_SITTING,
        )
    return sitting


def take_sitting(verb: str, sitting: Sitting, *, clerk, boss, clock=builders.AFTER_NOTICE) -> None:
    if verb == "hold":
        exams.hold_sitting(sitting.pk, actor=clerk, clock=clock)
    elif verb == "take_results":
        headers = tuple(builders.result_headers(sitting).values())
        content = builders.workbook(builders.result_rows(sitting, theory="70"), headers=headers)
        preview = exams.preview_results(
            sitting.pk, file_name="成绩.xlsx", content=content, actor=clerk, clock=clock
        )
        exams.apply_results(preview.pk, actor=clerk, clock=clock)
    elif verb == "publish_results":
        exams.publish_results(sitting.pk, actor=clerk, clock=clock)
    elif verb == "submit_results":
        exams.submit_results(sitting.pk, actor=clerk, clock=clock)
    elif verb == "cancel":
        exams.cancel_plan(sitting.plan_id, reason="停电", actor=clerk, clock=clock)
    else:
        exams.review_results(sitting.pk, verb, opinion="意见", actor=boss, clock=clock)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("state", SittingState.values)
def test_every_verb_on_a_sitting_moves_or_is_refused_and_is_recorded_or_not(state, place):
    sitting = sitting_in(state, place)
    assert sitting.state == state
    clerk, boss = builders.clerk(sitting.body), officer_with_all(city_of(place))
    stranger = builders.clerk(builders.new_body(place=place))
    for verb in SITTING_VERBS:
        if verb == "cancel" and state not in {SittingState.PLANNED, SittingState.CANCELLED}:
            continue  # a plan is cancelled as a whole; what was held stays: see below
        move = SITTING_MOVES.get((state, verb))
        refused = RosterClosedError if verb == "take_results" else MoveNotAllowedError
        if move is None:
            with undone(), unchanged(sitting, sitting.plan), pytest.raises(refused):
                take_sitting(verb, sitting, clerk=clerk, boss=boss)
            continue
        with undone(), recorded() as entries:
            take_sitting(verb, sitting, clerk=clerk, boss=boss)
            assert Sitting.objects.get(pk=sitting.pk).state == move.to
        assert len(entries) == (2 if verb == "take_results" else 1)  # preview and taking over
        entry = entries[-1]
        if verb != "cancel":
            assert entry.clauses == [clause for clause in move.clauses if clause.startswith(PLACES[place])]
        if move.duty:
            for actor in (
                officer_with_all(city_of(place), but=move.duty),
                officer_with_all(OTHER_CITY[place]),
            ):
                with undone(), unchanged(sitting), pytest.raises(DutyMissingError):
                    take_sitting(verb, sitting, clerk=clerk, boss=actor)
        else:
            with undone(), unchanged(sitting), pytest.raises(NotYourBodyError):
                take_sitting(verb, sitting, clerk=stranger, boss=boss)


def test_cancelling_a_plan_leaves_a_sitting_that_was_held_as_it_is():
    sitting = sitting_in(SittingState.HELD, "440606")
    take_sitting("cancel", sitting, clerk=builders.clerk(sitting.body), boss=None)
    sitting.refresh_from_db()
    assert sitting.state == SittingState.HELD


def test_a_review_of_results_takes_no_other_move_of_the_table():
    boss = officer_with_all("440600")
    for state in (SittingState.APPROVED, SittingState.RESULTS_IN, SittingState.PLANNED):
        with undone():
            sitting = sitting_in(state, "440606")
            for verb in ("issue", "publish_results", "take_results", "hold", "cancel", "no_such_verb"):
                with undone(), unchanged(sitting), pytest.raises(MoveNotAllowedError):
                    exams.review_results(sitting.pk, verb, opinion="意见", actor=boss, clock=NOW)


def test_a_sitting_is_not_held_before_it_ends_and_the_refusal_tells_chinas_time():
    sitting = builders.accepted_sitting()
    clerk = builders.clerk(sitting.body)
    day = builders.SITTING_DAY
    early = FixedClock.at(day.year, day.month, day.day, 11)
    with undone(), unchanged(sitting), pytest.raises(SittingNotOverError) as refusal:
        exams.hold_sitting(sitting.pk, actor=clerk, clock=early)
    assert refusal.value.facts["ends_at"] == f"{day} 12:00"
    ended = FixedClock.at(day.year, day.month, day.day, 12)
    assert exams.hold_sitting(sitting.pk, actor=clerk, clock=ended).state == SittingState.HELD


def test_results_are_submitted_after_their_notice_with_the_archive_complete():
    sitting = builders.sitting_with_results(candidates=2)
    clerk = builders.clerk(sitting.body)
    exams.publish_results(sitting.pk, actor=clerk, clock=builders.AFTER_SITTING)
    sitting.refresh_from_db()
    last = sitting.notice_to - dt.timedelta(days=1)
    running = FixedClock.at(last.year, last.month, last.day)
    over = FixedClock.at(sitting.notice_to.year, sitting.notice_to.month, sitting.notice_to.day)
    with undone(), unchanged(sitting), pytest.raises(ResultNoticeRunningError) as refusal:
        exams.submit_results(sitting.pk, actor=clerk, clock=running)
    assert refusal.value.facts["last_day"] == last
    keep = {"keep_until": dt.date(2031, 12, 31), "actor": clerk, "clock": over}
    for kind in exams.ARCHIVE_KINDS:
        with undone(), unchanged(sitting), pytest.raises(ArchiveMissingError) as missing:
            exams.submit_results(sitting.pk, actor=clerk, clock=over)
        assert kind in missing.value.facts["missing"]
        with recorded() as entries:
            exams.add_archive_item(sitting.pk, kind=kind, content=builders.PDF + kind.encode(), **keep)
        assert [entry.event for entry in entries] == ["exams.archive_item_added"]
    assert exams.submit_results(sitting.pk, actor=clerk, clock=over).state == SittingState.SUBMITTED


def test_the_tables_name_only_states_and_duties_that_exist():
    for table, states in ((PLAN_MOVES, PlanState), (SITTING_MOVES, SittingState)):
        for (start, _), move in table.items():
            assert start in states.values
            assert move.to in states.values
            assert not move.duty or move.duty in DUTIES
