"""A specification goes level by level into the directory, and by no other way (WH21-4)."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from tests.apps.journal.watching import officer_with, officer_with_all, recorded, unchanged, undone
from tests.apps.reference import specification_builders as made
from tests.apps.reference.specification_builders import (
    CLOCK,
    HUANCUI,
    OTHER_DISTRICT,
    SHANDONG,
    TODAY,
    WEIHAI,
)
from zhiping.apps.journal.models import RuleSnapshot
from zhiping.apps.reference import actions
from zhiping.apps.reference.actions.projects import Weight
from zhiping.apps.reference.errors import (
    ArgumentDayError,
    CallClosedError,
    CallDueError,
    CallNotFoundError,
    CallPlaceError,
    CallUnderWayError,
    FilingDayError,
    ProjectNotFoundError,
    ReasonMissingError,
    RevisedProjectError,
    SectionUnknownError,
    SpecificationIncompleteError,
    SpecificationNotEditableError,
    SpecificationNotFoundError,
    SpecificationRefusedByRulesError,
    WeightInvalidError,
)
from zhiping.apps.reference.models import (
    AbilityProject,
    ExpertArgument,
    ProjectVersion,
    Specification,
    SpecificationCall,
    SpecificationStep,
)
from zhiping.apps.reference.project_queries import (
    calls_awaiting,
    level_place,
    listing_facts,
    requirements,
    specifications,
    specifications_awaiting,
    text_sections,
    verbs_for,
)
from zhiping.apps.reference.states import SPECIFICATION_MOVES, SpecificationState
from zhiping.core.policybook import Verdict
from zhiping.core.policybook.replay import snapshots_named
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.errors import DomainError
from zhiping.kernel.moves import MoveNotAllowedError

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def state(one):
    return Specification.objects.get(pk=one.pk).state


def test_the_whole_way_is_one_step_a_level_with_entry_and_clause():
    """WH21-4: district, city, province, experts, ministry, directory."""
    with recorded() as entries:
        one = made.brought("publish")
    assert [entry.event.removeprefix("reference.") for entry in entries if "reference" in entry.event] == [
        "call_opened", "specification_drafted", "specification_submitted", "specification_passed_by_district",
        "specification_passed_by_city", "specification_argued", "specification_filed",
        "specification_published",
    ]  # fmt: skip
    assert all(entry.clauses for entry in entries if "reference" in entry.event)
    assert entries[-1].clauses == ["WH21-1", "WH21-4"]
    steps = list(one.steps.values_list("verb", "to_state"))
    assert [verb for verb, _ in steps] == [
        "draft", "submit", "pass_district", "pass_city", "pass_argument", "file", "publish",
    ]  # fmt: skip
    assert one.state == SpecificationState.PUBLISHED
    assert one.version.project.place == WEIHAI
    frozen = Verdict.from_json(one.steps.get(verb="submit").verdict)
    judged = one.steps.exclude(verdict__isnull=True)
    named = {name for step in judged for name in snapshots_named(step.verdict)}
    assert named
    assert RuleSnapshot.objects.filter(pk__in=named).count() == len(named), "the rules are kept with it"
    assert frozen.outcome.value == "pass"
    assert one.steps.get(verb="submit").content["sections"]["definition"].startswith("运用工具")
    assert one.steps.get(verb="publish").verdict["question"] == "ability_project_listing"


def test_a_district_calls_with_a_day_and_closes_when_everything_is_reported():
    officer = made.district()
    with undone(), pytest.raises(CallPlaceError):
        made.call(WEIHAI, made.city())
    with undone(), pytest.raises(CallDueError):
        made.call(actor=officer, due_on=TODAY - DAY)
    with undone(), pytest.raises(ReasonMissingError):
        made.call(actor=officer, text=" ")
    for stranger in (made.city(), made.province(), made.district(OTHER_DISTRICT)):
        with undone(), unchanged(), pytest.raises(DutyMissingError):
            made.call(actor=stranger)
    call = made.call(actor=officer)
    assert [row.pk for row in calls_awaiting(officer)] == [call.pk]
    assert not calls_awaiting(made.district(OTHER_DISTRICT)).exists()
    one = actions.draft_specification(call.pk, made.details(), actor=officer, clock=CLOCK)
    with undone(), unchanged(call), pytest.raises(CallUnderWayError):
        actions.close_call(call.pk, note="收到一份", actor=officer, clock=CLOCK)
    made.take("submit", one)
    made.take("pass_district", one)
    with undone(), pytest.raises(ReasonMissingError):
        actions.close_call(call.pk, note="", actor=officer, clock=CLOCK)
    with undone(), pytest.raises(DutyMissingError):
        actions.close_call(call.pk, note="越权", actor=made.district(OTHER_DISTRICT), clock=CLOCK)
    actions.close_call(call.pk, note="收到一份，已报市", actor=officer, clock=CLOCK)
    call.refresh_from_db()
    assert call.state == SpecificationCall.State.CLOSED
    for closed in (
        lambda: actions.draft_specification(call.pk, made.details(), actor=officer, clock=CLOCK),
        lambda: actions.close_call(call.pk, note="再次", actor=officer, clock=CLOCK),
    ):
        with pytest.raises(CallClosedError):
            closed()
    with pytest.raises(CallNotFoundError):
        actions.close_call(987654, note="无", actor=officer, clock=CLOCK)


def test_drafts_come_in_until_the_day_of_the_call_and_not_after():
    officer = made.district()
    call = made.call(actor=officer, due_on=TODAY)
    with undone():
        actions.draft_specification(call.pk, made.details(), actor=officer, clock=CLOCK)
    later = made.on_day(2026, 10, 13)
    with pytest.raises(CallClosedError):
        actions.draft_specification(call.pk, made.details(), actor=officer, clock=later)


def test_required_sections_are_dated_configuration_with_certainty():
    there = requirements(HUANCUI, on=TODAY)
    required = {one.code for one in there.sections if one.is_required}
    assert {"name", "definition", "weights", "related_knowledge"} <= required
    assert "venue_and_equipment" not in required
    assert (there.clause, there.is_certain) == ("ZXGF-2", False)
    before = requirements(HUANCUI, on=dt.date(2021, 2, 3))
    elsewhere = requirements(builders.SHUNDE, on=TODAY)
    for nothing in (before, elsewhere):
        assert not any(one.is_required for one in nothing.sections)
        assert nothing.clause == ""
    assert "name" not in text_sections()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "海带技师"}, "师"),
        ({"name": "海带技师（初级）"}, "师"),
        ({"sections": {"definition": "只写了定义"}}, "没有写明全部应有的部分"),
        ({"weights": (Weight(task="打结", percent="99.5"),)}, "99.5"),
        ({"weights": ()}, "没有写明全部应有的部分"),
        ({"is_smallest_unit": False}, "最小技能单元"),
        ({"is_smallest_unit": None}, "无从判断"),
    ],
)
def test_what_misses_the_drafting_requirement_is_not_reported(changes, said):
    one = made.drafted(**changes)
    with unchanged(one), pytest.raises(SpecificationRefusedByRulesError) as refusal:
        made.take("submit", one)
    assert said in refusal.value.facts["reasons"]
    assert refusal.value.clauses == ("WH21-4",)


def test_the_requirement_of_one_city_does_not_bind_another():
    one = made.drafted(builders.SHUNDE, sections={}, weights=(), is_smallest_unit=None)
    made.take("submit", one)
    assert state(one) == SpecificationState.SUBMITTED
    assert one.steps.get(verb="submit").verdict["outcome"] in {"not_applicable", "no_rule_known"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"sections": {"nonsense": "?"}}, SectionUnknownError),
        ({"weights": (Weight(task="打结", percent="一半"),)}, WeightInvalidError),
        ({"weights": (Weight(task="打结", percent="0"),)}, WeightInvalidError),
        ({"weights": (Weight(task="打结", percent="NaN"),)}, WeightInvalidError),
        ({"weights": (Weight(task="", percent="10"),)}, WeightInvalidError),
        ({"name": " "}, SpecificationIncompleteError),
        ({"unit": ""}, SpecificationIncompleteError),
        ({"revises_id": 987654}, ProjectNotFoundError),
    ],
)
def test_nonsense_is_refused_at_the_desk(changes, error):
    officer = made.district()
    call = made.call(actor=officer)
    with unchanged(call), pytest.raises(error):
        actions.draft_specification(call.pk, made.details(**changes), actor=officer, clock=CLOCK)


def test_only_what_is_in_the_drafters_hands_can_be_written_on():
    one, officer = made.drafted(), made.district()
    actions.amend_specification(one.pk, made.details(unit="另一单位"), actor=officer, clock=CLOCK)
    made.take("submit", one)
    with undone(), unchanged(one), pytest.raises(SpecificationNotEditableError):
        actions.amend_specification(one.pk, made.details(), actor=officer, clock=CLOCK)
    with undone(), unchanged(one), pytest.raises(DutyMissingError):
        actions.amend_specification(one.pk, made.details(), actor=made.district(OTHER_DISTRICT), clock=CLOCK)
    with pytest.raises(SpecificationNotFoundError):
        actions.submit_specification(987654, actor=officer, clock=CLOCK)


@pytest.mark.parametrize(
    ("until", "who"), [("submit", "district"), ("pass_district", "city"), ("pass_city", "province"),
                       ("argue", "province")],
)  # fmt: skip
def test_every_level_returns_and_refuses_with_reasons(until, who):
    one = made.brought(until)
    officer = getattr(made, who)()
    with undone(), unchanged(one), pytest.raises(ReasonMissingError):
        actions.review_specification(one.pk, "return", opinion=" ", actor=officer, clock=CLOCK)
    with undone():
        actions.review_specification(one.pk, "refuse", opinion="与现有职业重复", actor=officer, clock=CLOCK)
        assert state(one) == SpecificationState.REFUSED
        assert one.steps.last().opinion == "与现有职业重复"
        assert not verbs_for(Specification.objects.get(pk=one.pk), officer)
    actions.review_specification(one.pk, "return", opinion="补充操作规范", actor=officer, clock=CLOCK)
    assert state(one) == SpecificationState.RETURNED
    actions.amend_specification(one.pk, made.details(unit="修改后"), actor=made.district(), clock=CLOCK)
    for step in made.ORDER:
        made.take(step, one)
    assert state(one) == SpecificationState.PUBLISHED
    assert one.steps.filter(verb="pass_district").count() == (1 if until == "submit" else 2)


def test_what_was_passed_before_a_return_counts_no_more():
    one = made.brought("argue")
    assert listing_facts(one)["expert_review_passed"]
    actions.review_specification(one.pk, "return", opinion="部里退回", actor=made.province(), clock=CLOCK)
    assert listing_facts(one) == {
        "specification_reported_by_level": False,
        "expert_review_passed": False,
        "filed_with_ministry": False,
    }


@pytest.mark.parametrize(
    ("conclusion", "expected"),
    [("passed", "argued"), ("to_correct", "returned"), ("refused", "refused")],
)
def test_the_experts_conclusion_moves_it(conclusion, expected):
    one = made.brought("pass_city")
    made.take("argue", one, conclusion=conclusion)
    assert state(one) == expected
    argument = ExpertArgument.objects.get()
    assert (argument.experts, argument.conclusion) == (5, conclusion)
    assert one.steps.last().opinion == argument.opinion


def test_the_argument_and_the_filing_have_their_facts_and_their_order():
    one = made.brought("pass_city")
    for changes, error in (
        ({"argued_on": TODAY - DAY}, ArgumentDayError),
        ({"argued_on": TODAY + DAY}, ArgumentDayError),
        ({"experts": 0}, SpecificationIncompleteError),
        ({"expert_names": " "}, SpecificationIncompleteError),
        ({"opinion": " "}, ReasonMissingError),
    ):
        with undone(), unchanged(one), pytest.raises(error):
            made.take("argue", one, **changes)
    made.take("argue", one)
    for changes, error in (
        ({"number": " "}, SpecificationIncompleteError),
        ({"filed_on": TODAY - DAY}, FilingDayError),
        ({"filed_on": TODAY + DAY}, FilingDayError),
    ):
        with undone(), unchanged(one), pytest.raises(error):
            made.take("file", one, **changes)
    made.take("file", one)
    assert Specification.objects.get(pk=one.pk).filing_number == "样例备〔2026〕1号"


def test_duties_are_held_at_the_level_itself_and_at_the_place():
    """A district with every duty does not act for the city, and a city not for the province."""
    all_of_district = officer_with_all(HUANCUI)
    one = made.brought("pass_district")
    with undone(), unchanged(one), pytest.raises(DutyMissingError):
        actions.review_specification(one.pk, "pass_city", opinion="自审", actor=all_of_district, clock=CLOCK)
    made.take("pass_city", one)
    for actor in (officer_with_all(WEIHAI), officer_with_all("371100"), officer_with_all("440000")):
        with undone(), unchanged(one), pytest.raises(DutyMissingError):
            actions.argue_specification(one.pk, made.argument(), actor=actor, clock=CLOCK)
    with undone(), pytest.raises(DutyMissingError):
        actions.argue_specification(
            one.pk,
            made.argument(),
            actor=officer_with_all(SHANDONG, but="reference.argue_specification"),
            clock=CLOCK,
        )
    made.take("argue", one)
    made.take("file", one)
    with undone(), unchanged(one), pytest.raises(DutyMissingError):
        actions.publish_specification(one.pk, valid_from=TODAY, actor=all_of_district, clock=CLOCK)
    assert level_place("429004", "city") == "420000"


def test_each_level_finds_its_own_in_the_queue():
    levels = {"district": made.district(), "city": made.city(), "province": made.province()}
    other = {"district": made.district(OTHER_DISTRICT), "city": made.city("371100")}
    other["province"] = made.province("440000")
    expected = {
        "submit": "district", "pass_district": "city", "pass_city": "province", "argue": "province",
        "file": "city",
    }  # fmt: skip
    one = made.drafted()
    for step in made.ORDER:
        made.take(step, one)
        waiting = [who for who, actor in levels.items() if specifications_awaiting(actor).exists()]
        assert waiting == ([expected[step]] if step in expected else []), step
        for who, actor in levels.items():
            assert bool(verbs_for(Specification.objects.get(pk=one.pk), actor)) == (who in waiting)
        assert not any(specifications_awaiting(actor).exists() for actor in other.values())
    assert all(specifications(actor).count() == 1 for actor in levels.values())
    assert not any(specifications(actor).exists() for actor in other.values())
    nobody = officer_with("registry.read", place=HUANCUI)
    assert not specifications_awaiting(nobody).exists()


def test_a_revision_is_of_a_project_that_is_used_here():
    foreign = made.brought("publish", place=builders.SHUNDE).version.project
    with pytest.raises(RevisedProjectError):
        made.drafted(revises_id=foreign.pk)


STEPS = st.lists(
    st.sampled_from((*made.ORDER, "return_district", "return_city", "return_province", "refuse_city")),
    max_size=14,
)
LEVELS = ("submit", "pass_district", "pass_city", "pass_argument", "file", "publish")


@settings(max_examples=30)
@given(steps=STEPS)
def test_no_path_leads_around_a_level(steps):
    """WH21-4: whatever is tried in whatever order, a version exists only after every level passed it."""
    with undone():
        one = made.drafted()
        for step in steps:
            try:
                if step in made.ORDER:
                    made.take(step, one)
                else:
                    verb, who = step.split("_")
                    actions.review_specification(
                        one.pk, verb, opinion="原因", actor=getattr(made, who)(), clock=CLOCK
                    )
            except DomainError:
                continue
        walked = list(SpecificationStep.objects.filter(specification=one).values_list("verb", "to_state"))
        since = []
        for verb, to_state in walked:
            since = [] if verb == "return" else [*since, verb]
            assert to_state == SPECIFICATION_TO.get(verb, to_state)
        assert [verb for verb in since if verb in LEVELS] == list(LEVELS[: sum(v in LEVELS for v in since)])
        is_published = state(one) == SpecificationState.PUBLISHED
        assert is_published == ProjectVersion.objects.exists() == AbilityProject.objects.exists()
        if is_published:
            assert [verb for verb in since if verb in LEVELS] == list(LEVELS)


SPECIFICATION_TO = {verb: move.to for (_, verb), move in SPECIFICATION_MOVES.items()}


def test_nothing_but_the_table_moves_it():
    one = made.brought("submit")
    for verb in ("publish", "file", "pass_argument", "submit", "nonsense"):
        with undone(), unchanged(one), pytest.raises(MoveNotAllowedError):
            actions.review_specification(one.pk, verb, opinion="", actor=made.city(), clock=CLOCK)
    with undone(), pytest.raises(MoveNotAllowedError):
        made.take("argue", one)
    with undone(), pytest.raises(MoveNotAllowedError):
        made.take("publish", one)
