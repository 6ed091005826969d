"""The table of moves of filings, walked exhaustively by the real actions in two cities."""

import pytest

from tests import builders
from tests.apps.journal.watching import officer_with, officer_with_all, recorded, unchanged, undone
from zhiping.apps.authorities.duties import DUTIES
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry.actions.reviews import CheckedItem
from zhiping.apps.registry.errors import FilingNotEditableError, NotYourBodyError, OpinionMissingError
from zhiping.apps.registry.models import EvaluationBody, Filing
from zhiping.apps.registry.states import BODY_MOVES, FILING_MOVES, BodyState, FilingState
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.clock import FixedClock
from zhiping.kernel.moves import MoveNotAllowedError

pytestmark = pytest.mark.django_db

PLACES = {"440606": "FS20-", "210102": "LN24-"}
"""District of the filing → how the clauses that bind there begin."""
OTHER_CITY = {"440606": "210100", "210102": "440600"}
NOW = FixedClock.at(2026, 11, 2)
REVIEWS = ("pass_district", "pass_city", "verify", "return", "refuse")
VERBS = ("submit", "withdraw", *REVIEWS, "publish", "confirm")


def city_of(place: str) -> str:
    return place[:4] + "00"


def visited(filing: Filing, *, is_met: bool = True, clock: FixedClock = builders.AT_FILING) -> None:
    registry.record_visit(
        filing.pk,
        visited_on=clock.today(),
        inspectors="甲、乙",
        items=[CheckedItem(rule_id="REG-008", title="场地与视频监控", clause="FS20-E3", is_met=is_met)],
        conclusion="与申报一致",
        actor=officer_with_all(city_of(filing.place)),
        clock=clock,
    )


def filing_in(state: str, place: str) -> Filing:
    """Return a filing that came into the state by real steps, ready for whatever may follow."""
    body = builders.new_body(place=place)
    filing = builders.complete_filing(body)
    clerk, boss, clock = builders.clerk(body), officer_with_all(city_of(place)), builders.AT_FILING
    if state == FilingState.WITHDRAWN:
        return registry.withdraw_filing(filing.pk, reason="改期", actor=clerk, clock=clock)
    steps = {
        FilingState.DRAFT: (),
        FilingState.SUBMITTED: ("submit",),
        FilingState.RETURNED: ("submit", "return"),
        FilingState.DISTRICT_PASSED: ("submit", "pass_district"),
        FilingState.REFUSED: ("submit", "pass_district", "refuse"),
        FilingState.CITY_PASSED: ("submit", "pass_district", "pass_city", "visit"),
        FilingState.VERIFIED: ("submit", "pass_district", "pass_city", "visit", "verify"),
        FilingState.IN_NOTICE: ("submit", "pass_district", "pass_city", "visit", "verify", "publish"),
        FilingState.CONFIRMED: (
            "submit",
            "pass_district",
            "pass_city",
            "visit",
            "verify",
            "publish",
            "confirm",
        ),
    }[state]
    for step in steps:
        if step == "visit":
            visited(filing)
        else:
            take(step, filing, clerk=clerk, boss=boss, clock=NOW if step == "confirm" else clock)
    filing.refresh_from_db()
    return filing


def take(verb: str, filing: Filing, *, clerk, boss, clock) -> None:
    if verb == "submit":
        registry.submit_filing(filing.pk, actor=clerk, clock=clock)
    elif verb == "withdraw":
        registry.withdraw_filing(filing.pk, reason="改期再报", actor=clerk, clock=clock)
    elif verb == "publish":
        registry.publish_notice(filing.pk, actor=boss, clock=clock)
    elif verb == "confirm":
        registry.confirm_filing(filing.pk, opinion="公示无异议", actor=boss, clock=clock)
    else:
        registry.review_filing(filing.pk, verb, opinion="意见", actor=boss, clock=clock)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("state", FilingState.values)
def test_every_verb_from_every_state_moves_or_is_refused_and_is_recorded_or_not(state, place):
    filing = filing_in(state, place)
    assert filing.state == state
    clerk, boss = builders.clerk(filing.body), officer_with_all(city_of(place))
    for verb in VERBS:
        move = FILING_MOVES.get((state, verb))
        if move is None:
            with undone(), unchanged(filing, filing.body), pytest.raises(MoveNotAllowedError) as refusal:
                take(verb, filing, clerk=clerk, boss=boss, clock=NOW)
            assert refusal.value.facts["state"] == state
            continue
        with undone(), recorded() as entries:
            take(verb, filing, clerk=clerk, boss=boss, clock=NOW)
            step = filing.reviews.order_by("-id").first()
            assert (step.verb, step.from_state, step.to_state) == (verb, state, move.to)
            assert Filing.objects.get(pk=filing.pk).state == move.to
        [entry] = entries
        assert entry.event.startswith("registry.")
        assert entry.place == place
        assert entry.clauses == [clause for clause in move.clauses if clause.startswith(PLACES[place])]
        if move.duty:
            for actor in (
                officer_with_all(city_of(place), but=move.duty),
                officer_with_all(OTHER_CITY[place]),
            ):
                with undone(), unchanged(filing, filing.body), pytest.raises(DutyMissingError) as refusal:
                    take(verb, filing, clerk=clerk, boss=actor, clock=NOW)
                assert refusal.value.facts["duty"] == move.duty
        else:
            stranger = builders.clerk(builders.new_body(place=place))
            with undone(), unchanged(filing, filing.body), pytest.raises(NotYourBodyError):
                take(verb, filing, clerk=stranger, boss=boss, clock=NOW)


def test_the_verbs_that_have_their_own_actions_are_not_taken_by_a_review():
    filing = filing_in(FilingState.IN_NOTICE, "440606")
    boss = officer_with_all("440600")
    for verb in ("confirm", "publish", "submit", "withdraw", "no_such_verb"):
        with undone(), unchanged(filing), pytest.raises(MoveNotAllowedError):
            registry.review_filing(filing.pk, verb, opinion="意见", actor=boss, clock=NOW)


def test_an_officer_of_a_district_passes_its_own_filings_and_not_the_neighbours():
    filing = filing_in(FilingState.SUBMITTED, "440606")
    neighbour = officer_with("registry.review_district", place="440605")
    with undone(), unchanged(filing), pytest.raises(DutyMissingError):
        take("pass_district", filing, clerk=None, boss=neighbour, clock=NOW)
    own = officer_with("registry.review_district", place="440606")
    take("pass_district", filing, clerk=None, boss=own, clock=NOW)
    filing.refresh_from_db()
    assert filing.state == FilingState.DISTRICT_PASSED


@pytest.mark.parametrize("verb", ["return", "refuse"])
def test_a_return_and_a_refusal_need_their_reason(verb):
    filing = filing_in(FilingState.DISTRICT_PASSED, "440606")
    boss = officer_with_all("440600")
    with undone(), unchanged(filing), pytest.raises(OpinionMissingError):
        registry.review_filing(filing.pk, verb, opinion="  ", actor=boss, clock=NOW)


def test_a_filing_under_review_cannot_be_edited_and_a_returned_one_can():
    filing = filing_in(FilingState.SUBMITTED, "440606")
    clerk, boss = builders.clerk(filing.body), officer_with_all("440600")
    with undone(), unchanged(filing), pytest.raises(FilingNotEditableError):
        registry.save_declaration(filing.pk, {"staff_count": 700}, actor=clerk, clock=NOW)
    registry.review_filing(filing.pk, "return", opinion="人数有误", actor=boss, clock=NOW)
    registry.save_declaration(filing.pk, {"staff_count": 700}, actor=clerk, clock=NOW)
    resubmitted = registry.submit_filing(filing.pk, actor=clerk, clock=NOW)
    assert (resubmitted.state, resubmitted.staff_count) == (FilingState.SUBMITTED, 700)
    assert resubmitted.accepted_on == NOW.today()
    assert [step.verb for step in filing.reviews.order_by("id")] == ["submit", "return", "submit"]


# --- bodies in the register ----------------------------------------------------------------------


def body_in(state: str, place: str) -> Filing:
    """Return a filing in notice whose body stands so in the register (set for the test)."""
    filing = filing_in(FilingState.IN_NOTICE, place)
    EvaluationBody.objects.filter(pk=filing.body_id).update(state=state)
    filing.body.refresh_from_db()
    return filing


def take_body(verb: str, filing: Filing, *, clerk, boss) -> None:
    reason = {"reason": "考场管理问题", "clock": NOW}
    if verb == "enter":
        registry.confirm_filing(filing.pk, opinion="", actor=boss, clock=NOW)
    elif verb == "leave":
        registry.leave_register(filing.body_id, actor=clerk, **reason)
    else:
        step = {
            "suspend": registry.suspend_body,
            "resume": registry.resume_body,
            "remove": registry.remove_body,
        }
        step[verb](filing.body_id, actor=boss, **reason)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("state", BodyState.values)
def test_every_verb_on_a_body_moves_or_is_refused_and_is_recorded_or_not(state, place):
    filing = body_in(state, place)
    clerk, boss = builders.clerk(filing.body), officer_with_all(city_of(place))
    for verb in ("enter", "suspend", "resume", "remove", "leave"):
        move = BODY_MOVES.get((state, verb))
        if move is None:
            with undone(), unchanged(filing, filing.body), pytest.raises(MoveNotAllowedError):
                take_body(verb, filing, clerk=clerk, boss=boss)
            continue
        with undone(), recorded() as entries:
            take_body(verb, filing, clerk=clerk, boss=boss)
            assert EvaluationBody.objects.get(pk=filing.body_id).state == move.to
        [entry] = entries
        if verb != "enter":
            expected = [clause for clause in move.clauses if clause.startswith(PLACES[place])]
            assert entry.clauses == expected
        if move.duty:
            for actor in (
                officer_with_all(city_of(place), but=move.duty),
                officer_with_all(OTHER_CITY[place]),
            ):
                with undone(), unchanged(filing, filing.body), pytest.raises(DutyMissingError):
                    take_body(verb, filing, clerk=clerk, boss=actor)
        else:
            stranger = builders.clerk(builders.new_body(place=place))
            with undone(), unchanged(filing, filing.body), pytest.raises(NotYourBodyError):
                take_body(verb, filing, clerk=stranger, boss=boss)


@pytest.mark.parametrize("verb", ["suspend", "remove", "leave"])
def test_a_change_of_standing_needs_its_reason(verb):
    filing = body_in(BodyState.FILED, "440606")
    clerk, boss = builders.clerk(filing.body), officer_with_all("440600")
    step = {
        "suspend": registry.suspend_body,
        "remove": registry.remove_body,
        "leave": registry.leave_register,
    }
    with undone(), unchanged(filing.body), pytest.raises(OpinionMissingError):
        step[verb](filing.body_id, reason=" ", actor=clerk if verb == "leave" else boss, clock=NOW)


def test_the_table_names_only_states_and_duties_that_exist():
    for table, states in ((FILING_MOVES, FilingState), (BODY_MOVES, BodyState)):
        for (start, _), move in table.items():
            assert start in states.values
            assert move.to in states.values
            assert not move.duty or move.duty in DUTIES


def test_a_state_that_ends_a_filing_has_no_way_out():
    for state in (FilingState.CONFIRMED, FilingState.REFUSED, FilingState.WITHDRAWN):
        assert [verb for start, verb in FILING_MOVES if start == state] == []
