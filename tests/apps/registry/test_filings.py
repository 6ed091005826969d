"""A filing on its way: what stops it, what it leaves behind, what it opens."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from tests import builders
from tests.apps.journal.watching import officer_with, officer_with_all, recorded, unchanged, undone
from tests.apps.registry.test_filing_moves import NOW, filing_in, take, visited
from zhiping.apps.reference.models import WorkdayOverride
from zhiping.apps.reference.queries import calendar, judge, replayed
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry.errors import (
    AlreadyOnRecordError,
    BarredError,
    FilingIncompleteError,
    FilingOpenAlreadyError,
    FilingRefusedByRulesError,
    NoticeOverError,
    NoticeRunningError,
    NotYourBodyError,
    OpinionMissingError,
    RuleNotWaivableError,
    ScopeOverlapsError,
    VisitMissingError,
)
from zhiping.apps.registry.facts import filing_facts
from zhiping.apps.registry.judgements import judge_filing
from zhiping.apps.registry.models import Accountability, Bar, EvaluationBody, InsuredMonth, ScopeLine
from zhiping.apps.registry.states import FilingState
from zhiping.core.policybook import Outcome
from zhiping.kernel.actor import PUBLIC, DutyMissingError
from zhiping.kernel.clock import FixedClock
from zhiping.kernel.moves import MoveNotAllowedError

pytestmark = pytest.mark.django_db

BOSS = officer_with_all("440600")
TODAY = builders.AT_FILING.today()


def submit(filing, clock=builders.AT_FILING):
    return registry.submit_filing(filing.pk, actor=builders.clerk(filing.body), clock=clock)


def declare(filing, clock=builders.AT_FILING, **facts):
    registry.save_declaration(filing.pk, facts, actor=builders.clerk(filing.body), clock=clock)


# --- submission ----------------------------------------------------------------------------------


def test_299_insured_are_refused_by_clause_and_300_go_through():
    filing = builders.complete_filing(builders.new_body(), insured_headcount=299)
    with undone(), unchanged(filing), pytest.raises(FilingRefusedByRulesError) as refusal:
        submit(filing)
    assert refusal.value.facts["count"] == 1
    [finding] = judge_filing(filing, on=TODAY).refusals
    assert [citation.clause for citation in finding.citations] == ["FS20-E2"]
    assert finding.title in refusal.value.facts["titles"]
    declare(filing, insured_headcount=300)
    assert submit(filing).state == FilingState.SUBMITTED


def test_a_declared_headcount_is_noted_as_not_verified_and_the_feed_goes_before_it():
    body = builders.new_body()
    filing = builders.complete_filing(body, insured_headcount=299)
    facts = filing_facts(filing, on=TODAY)
    assert (facts["insured_headcount"], facts["insured_headcount_source"]) == (299, "declared")
    noted = {one.rule: one.outcome for one in judge_filing(filing, on=TODAY).findings}["REG-007"]
    assert noted is not Outcome.PASS
    InsuredMonth.objects.create(body=body, month=dt.date(2026, 9, 1), insured_count=300)
    InsuredMonth.objects.create(body=body, month=dt.date(2026, 11, 1), insured_count=12)
    facts = filing_facts(filing, on=TODAY)
    assert (facts["insured_headcount"], facts["insured_headcount_source"]) == (300, "feed")
    assert {one.rule: one.outcome for one in judge_filing(filing, on=TODAY).findings}[
        "REG-007"
    ] is Outcome.PASS
    assert submit(filing).state == FilingState.SUBMITTED


def test_a_feed_below_the_limit_refuses_whatever_was_declared():
    body = builders.new_body()
    filing = builders.complete_filing(body, insured_headcount=5000)
    InsuredMonth.objects.create(body=body, month=dt.date(2026, 9, 1), insured_count=299)
    with undone(), unchanged(filing), pytest.raises(FilingRefusedByRulesError):
        submit(filing)
    with undone():
        InsuredMonth.objects.update(insured_count=300)
        assert submit(filing).state == FilingState.SUBMITTED


def test_the_same_small_employer_is_not_refused_where_no_such_rule_binds():
    body = builders.new_body(place=builders.SHENYANG_DISTRICT)
    filing = builders.complete_filing(body, insured_headcount=20)
    assert submit(filing).state == FilingState.SUBMITTED


def test_a_filing_without_an_occupation_is_incomplete():
    filing = builders.complete_filing(builders.new_body())
    line = filing.lines.get()
    clerk = builders.clerk(filing.body)
    with recorded() as entries:
        registry.remove_line(line.pk, actor=clerk, clock=builders.AT_FILING)
    assert [entry.event for entry in entries] == ["registry.filing_line_removed"]
    with undone(), unchanged(filing), pytest.raises(FilingIncompleteError):
        submit(filing)


def test_a_body_has_one_filing_under_way_and_the_database_says_so_too():
    filing = builders.complete_filing(builders.new_body())
    clerk = builders.clerk(filing.body)
    with undone(), unchanged(filing), pytest.raises(FilingOpenAlreadyError) as refusal:
        registry.open_filing(filing.body_id, actor=clerk, clock=builders.AT_FILING)
    assert refusal.value.facts["number"] == filing.number
    with pytest.raises(IntegrityError, match="filing_one_open_per_body"), transaction.atomic():
        type(filing).objects.create(
            number="BA-second", body=filing.body, place=filing.place, created_at=NOW.now()
        )


def test_a_clerk_of_another_body_touches_nothing():
    filing = builders.complete_filing(builders.new_body())
    stranger = builders.clerk(builders.new_body())
    for attempt in (
        lambda: registry.open_filing(filing.body_id, actor=stranger, clock=NOW),
        lambda: registry.save_declaration(filing.pk, {"staff_count": 1}, actor=stranger, clock=NOW),
        lambda: registry.submit_filing(filing.pk, actor=stranger, clock=NOW),
        lambda: registry.remove_line(filing.lines.get().pk, actor=stranger, clock=NOW),
        lambda: registry.add_document(
            filing.body_id, kind="other", name="a.pdf", content=builders.PDF, actor=stranger, clock=NOW
        ),
        lambda: registry.end_assessor(filing.body.assessors.first().pk, actor=stranger, clock=NOW),
        lambda: registry.leave_register(filing.body_id, reason="无", actor=stranger, clock=NOW),
    ):
        with undone(), unchanged(filing, filing.body), pytest.raises(NotYourBodyError):
            attempt()


def test_an_undeclared_name_is_a_mistake_of_the_program_not_a_column_to_write():
    filing = builders.complete_filing(builders.new_body())
    with undone(), unchanged(filing), pytest.raises(KeyError):
        declare(filing, state="confirmed")


# --- the bar of FS20-5.3 -------------------------------------------------------------------------


def test_a_bar_stops_opening_and_submitting_until_the_day_it_ends():
    body = builders.new_body()
    filing = builders.complete_filing(body)
    other = builders.new_body()
    until = dt.date(2026, 11, 2)
    for one in (body, other):
        Bar.objects.create(
            credit_code=one.credit_code,
            valid_from=dt.date(2024, 11, 2),
            valid_to=until,
            reason="移出目录",
            clause="FS20-5.3",
        )
    last_day, first_day = FixedClock.at(2026, 11, 1), FixedClock.at(2026, 11, 2)
    with undone(), unchanged(filing), pytest.raises(BarredError) as refusal:
        submit(filing, last_day)
    assert refusal.value.facts["until"] == until
    assert refusal.value.clauses == ("FS20-5.3",)
    with undone(), unchanged(other), pytest.raises(BarredError):
        registry.open_filing(other.pk, actor=builders.clerk(other), clock=last_day)
    assert submit(filing, first_day).state == FilingState.SUBMITTED
    assert (
        registry.open_filing(other.pk, actor=builders.clerk(other), clock=first_day).state
        == FilingState.DRAFT
    )


def test_removal_ends_the_scope_and_bars_for_two_years_in_foshan():
    body = builders.confirmed_body()
    on = FixedClock.at(2026, 12, 1)
    with recorded() as entries:
        registry.remove_body(body.pk, reason="连续一年未开展", actor=BOSS, clock=on)
    [entry] = entries
    assert entry.event == "registry.body_removed"
    assert entry.clauses == ["FS20-5.2", "FS20-5.3"]
    assert set(body.scope_lines.values_list("valid_to", flat=True)) == {on.today()}
    assert Bar.objects.get(credit_code=body.credit_code).valid_to == dt.date(2028, 12, 2)
    clerk = builders.clerk(body)
    with undone(), pytest.raises(BarredError):
        registry.open_filing(body.pk, actor=clerk, clock=FixedClock.at(2028, 12, 1))
    registry.open_filing(body.pk, actor=clerk, clock=FixedClock.at(2028, 12, 2))


@pytest.mark.parametrize(
    "removed_on", [dt.date(2026, 12, 1), dt.date(2027, 2, 28), dt.date(2028, 2, 29), dt.date(2026, 12, 31)]
)
def test_the_bar_ends_on_the_first_day_on_which_the_rule_lets_a_body_file_again(removed_on):
    body = builders.confirmed_body()
    clock = FixedClock.at(removed_on.year, removed_on.month, removed_on.day)
    registry.remove_body(body.pk, reason="连续一年未开展", actor=BOSS, clock=clock)
    free = Bar.objects.get(credit_code=body.credit_code).valid_to
    facts = {
        "was_filing_cancelled": True,
        "cancellation_ground": "idle",
        "filing_cancelled_on": removed_on,
    }
    days = (free - dt.timedelta(days=1), free)
    answers = [judge("refiling", facts, place=body.place, on=day).outcome for day in days]
    assert answers == [Outcome.REFUSE, Outcome.PASS]


def test_removal_bars_nobody_where_no_rule_says_so():
    body = builders.confirmed_body(place=builders.SHENYANG_DISTRICT)
    boss = officer_with_all(builders.SHENYANG)
    registry.remove_body(body.pk, reason="弄虚作假", actor=boss, clock=FixedClock.at(2026, 12, 1))
    assert not Bar.objects.filter(credit_code=body.credit_code).exists()


def test_a_bar_on_a_leap_day_ends_on_the_first_of_march():
    body = builders.confirmed_body()
    registry.remove_body(body.pk, reason="停止", actor=BOSS, clock=FixedClock.at(2028, 2, 29))
    assert Bar.objects.get(credit_code=body.credit_code).valid_to == dt.date(2030, 3, 1)


def test_a_filing_that_was_on_its_way_when_the_body_was_removed_is_not_confirmed():
    body = builders.confirmed_body()
    clerk = builders.clerk(body)
    ended = ScopeLine.objects.filter(body=body)
    filing = registry.open_filing(body.pk, actor=clerk, clock=NOW)
    registry.save_declaration(filing.pk, builders.declared(), actor=clerk, clock=NOW)
    details = registry.filings.LineDetails(
        occupation_code=builders.ELECTRICIAN,
        levels="2",
        standard_id=builders.standard().pk,
        venue_id=body.venues.get().pk,
        applicants=60,
        relates_to_main_business=True,
        is_main_production_line=True,
        has_influence=True,
    )
    registry.save_line(filing.pk, details, actor=clerk, clock=NOW)
    for step in ("submit", "pass_district", "pass_city"):
        take(step, filing, clerk=clerk, boss=BOSS, clock=NOW)
    visited(filing, clock=NOW)
    for step in ("verify", "publish"):
        take(step, filing, clerk=clerk, boss=BOSS, clock=NOW)
    later = FixedClock.at(2026, 11, 20)
    with undone():
        take("confirm", filing, clerk=clerk, boss=BOSS, clock=later)
        assert set(ended.filter(valid_to=None).values_list("level", flat=True)) == {"5", "4", "3", "2"}
    registry.remove_body(body.pk, reason="弄虚作假", actor=BOSS, clock=later)
    with undone(), unchanged(filing, body), pytest.raises(BarredError):
        take("confirm", filing, clerk=clerk, boss=BOSS, clock=later)


# --- reviews -------------------------------------------------------------------------------------


def small_filing():
    """Return a submitted filing of a social body that fails the 'in principle' condition only."""
    body = builders.new_body(kind="social_body")
    filing = builders.complete_filing(
        body,
        main_duty_is_talent_training=True,
        opens_city_wide=True,
        experience_years=6,
        person_times_total=30_000,
        person_times_evaluated=9_000,
    )
    clerk = builders.clerk(body)
    for kind in (
        "training_evaluation_proof",
        "statutes",
        "venue_proof",
        "staff_proof",
        "resource_proof",
        "funds_proof",
    ):
        registry.add_document(
            body.pk,
            kind=kind,
            name=f"{kind}.pdf",
            content=builders.PDF + kind.encode(),
            filing_id=filing.pk,
            actor=clerk,
            clock=builders.AT_FILING,
        )
    line = filing.lines.get()
    type(line).objects.filter(pk=line.pk).update(person_times=6_000)
    filing.refresh_from_db()
    return filing


def waivable(filing):
    return [one.rule for one in judge_filing(filing, on=TODAY).refusals if one.may_be_waived]


def test_an_in_principle_condition_is_waived_by_the_reviewer_with_a_reason_and_nothing_else_is():
    filing = small_filing()
    clerk = builders.clerk(filing.body)
    declare(filing, experience_years=1)
    filing.refresh_from_db()
    assert waivable(filing) == ["REG-034"]
    rule = "REG-034"
    assert judge_filing(filing, on=TODAY).refusals[0].citations[0].clause == "FS20-S2"
    submit(filing)
    with undone(), unchanged(filing), pytest.raises(FilingRefusedByRulesError):
        take("pass_district", filing, clerk=clerk, boss=BOSS, clock=NOW)
    waive = {"actor": BOSS, "clock": NOW}
    with undone(), unchanged(filing), pytest.raises(OpinionMissingError):
        registry.waive_rule(filing.pk, rule, reason=" ", **waive)
    passed = next(one.rule for one in judge_filing(filing, on=TODAY).findings if one.outcome is Outcome.PASS)
    for other in (passed, "REG-999"):
        with undone(), unchanged(filing), pytest.raises(RuleNotWaivableError):
            registry.waive_rule(filing.pk, other, reason="有理由", **waive)
    with recorded() as entries:
        registry.waive_rule(filing.pk, rule, reason="省级试点单位，成果突出", **waive)
    assert [(entry.event, entry.clauses) for entry in entries] == [("registry.rule_waived", ["FS20-S2"])]
    with undone(), unchanged(filing), pytest.raises(RuleNotWaivableError):
        registry.waive_rule(filing.pk, rule, reason="再来一次", **waive)
    take("pass_district", filing, clerk=clerk, boss=BOSS, clock=NOW)
    frozen = filing.reviews.get(verb="pass_district").verdict
    assert "省级试点单位，成果突出" in str(frozen)


def test_an_absolute_condition_is_not_waived():
    body = builders.new_body()
    filing = builders.complete_filing(body)
    submit(filing)
    InsuredMonth.objects.create(body=body, month=dt.date(2026, 9, 1), insured_count=12)
    [failed] = judge_filing(filing, on=TODAY).refusals
    with undone(), unchanged(filing), pytest.raises(RuleNotWaivableError):
        registry.waive_rule(filing.pk, failed.rule, reason="特殊情况", actor=BOSS, clock=NOW)


def test_a_waiver_is_for_whoever_has_the_filing_on_the_desk():
    filing = filing_in(FilingState.CITY_PASSED, builders.SHUNDE)
    with undone(), unchanged(filing), pytest.raises(MoveNotAllowedError):
        registry.waive_rule(filing.pk, "REG-034", reason="特殊情况", actor=BOSS, clock=NOW)


def test_each_review_freezes_its_verdict_which_replays_to_itself():
    filing = filing_in(FilingState.DISTRICT_PASSED, builders.SHUNDE)
    declared = filing.reviews.get(verb="submit").verdict
    InsuredMonth.objects.create(body=filing.body, month=dt.date(2026, 9, 1), insured_count=12)
    with pytest.raises(FilingRefusedByRulesError):
        take("pass_city", filing, clerk=None, boss=BOSS, clock=NOW)
    take("return", filing, clerk=None, boss=BOSS, clock=NOW)
    returned = filing.reviews.get(verb="return").verdict
    assert filing.reviews.get(verb="submit").verdict == declared
    assert declared["outcome"] != "refuse"
    assert returned["outcome"] == "refuse"
    for stored in (declared, returned):
        for part in (stored["body"], *(line["verdict"] for line in stored["lines"])):
            (again,) = replayed([part])
            assert again.is_same_bytes
            assert again.is_same_bytes_now, again.reasons


def test_a_reversal_by_the_upper_level_opens_a_record_on_the_reviewer_in_shenyang_only():
    for place, is_opened in ((builders.SHENYANG_DISTRICT, True), (builders.SHUNDE, False)):
        for verb in ("return", "refuse"):
            filing = filing_in(FilingState.SUBMITTED, place)
            district = builders.officer("district_handler", place)
            city = builders.officer("city_handler", place[:4] + "00")
            take("pass_district", filing, clerk=None, boss=district, clock=NOW)
            with recorded() as entries:
                registry.review_filing(filing.pk, verb, opinion="材料不实", actor=city, clock=NOW)
            found = Accountability.objects.filter(filing=filing)
            assert found.exists() is is_opened
            [entry] = entries
            assert ("LN24-2.1b" in entry.clauses) is is_opened
            if is_opened:
                record = found.get()
                assert (record.review.actor_id, record.review.verb) == (district.id, "pass_district")
                assert (record.reversed_by.actor_id, record.reason) == (city.id, "材料不实")
                assert entry.facts["accountability_opened_on"] == district.name


def test_a_first_level_that_returns_a_filing_opens_no_record_on_anybody():
    filing = filing_in(FilingState.SUBMITTED, builders.SHENYANG_DISTRICT)
    boss = officer_with_all(builders.SHENYANG)
    registry.review_filing(filing.pk, "return", opinion="缺材料", actor=boss, clock=NOW)
    assert not Accountability.objects.exists()


def test_a_pass_before_the_resubmission_is_nobodys_fault_any_more():
    filing = filing_in(FilingState.DISTRICT_PASSED, builders.SHENYANG_DISTRICT)
    city = builders.officer("city_handler", builders.SHENYANG)
    district = builders.officer("district_handler", builders.SHENYANG_DISTRICT)
    registry.review_filing(filing.pk, "return", opinion="不实", actor=city, clock=NOW)
    submit(filing, NOW)
    registry.review_filing(filing.pk, "return", opinion="缺一页", actor=district, clock=NOW)
    assert Accountability.objects.filter(filing=filing).count() == 1


# --- on-site verification ------------------------------------------------------------------------


def test_verification_needs_a_visit_with_every_item_met():
    filing = filing_in(FilingState.DISTRICT_PASSED, builders.SHUNDE)
    take("pass_city", filing, clerk=None, boss=BOSS, clock=NOW)
    with undone(), unchanged(filing), pytest.raises(VisitMissingError):
        take("verify", filing, clerk=None, boss=BOSS, clock=NOW)
    with recorded() as entries:
        visited(filing, is_met=False, clock=NOW)
    assert [(entry.event, entry.facts["not_met"]) for entry in entries] == [
        ("registry.visit_recorded", ["场地与视频监控"])
    ]
    with undone(), unchanged(filing), pytest.raises(VisitMissingError) as refusal:
        take("verify", filing, clerk=None, boss=BOSS, clock=NOW)
    assert refusal.value.facts["missing"] == "场地与视频监控"
    visited(filing, clock=NOW)
    take("verify", filing, clerk=None, boss=BOSS, clock=NOW)


def test_a_visit_from_before_the_return_does_not_verify_what_came_after():
    filing = filing_in(FilingState.CITY_PASSED, builders.SHUNDE)
    clerk = builders.clerk(filing.body)
    for step in ("return", "submit", "pass_district", "pass_city"):
        take(step, filing, clerk=clerk, boss=BOSS, clock=NOW)
    with undone(), unchanged(filing), pytest.raises(VisitMissingError):
        take("verify", filing, clerk=clerk, boss=BOSS, clock=NOW)
    visited(filing, clock=NOW)
    take("verify", filing, clerk=clerk, boss=BOSS, clock=NOW)


# --- public notice -------------------------------------------------------------------------------


def test_a_notice_runs_for_working_days_over_a_holiday_and_confirms_the_day_after():
    filing = filing_in(FilingState.VERIFIED, builders.SHUNDE)
    notice = registry.publish_notice(filing.pk, actor=BOSS, clock=FixedClock.at(2026, 9, 28))
    last = notice.ends_on - dt.timedelta(days=1)
    assert calendar().workdays_between(notice.starts_on, last) == 5
    assert calendar().is_workday(last)
    assert (last - notice.starts_on).days > 7
    early, due = FixedClock.at(last.year, last.month, last.day), FixedClock.at(2026, 10, notice.ends_on.day)
    with undone(), unchanged(filing), pytest.raises(NoticeRunningError):
        registry.confirm_filing(filing.pk, opinion="", actor=BOSS, clock=early)
    assert (
        registry.confirm_filing(filing.pk, opinion="", actor=BOSS, clock=due).state == FilingState.CONFIRMED
    )


def test_an_administrators_day_off_makes_the_notice_longer():
    filing = filing_in(FilingState.VERIFIED, builders.SHUNDE)
    with undone():
        plain = registry.publish_notice(filing.pk, actor=BOSS, clock=builders.AT_FILING).ends_on
    day = builders.AT_FILING.today() + dt.timedelta(days=1)
    WorkdayOverride.objects.create(day=day, is_workday=False, note="台风停工")
    longer = registry.publish_notice(filing.pk, actor=BOSS, clock=builders.AT_FILING).ends_on
    assert longer > plain


def test_an_open_objection_blocks_an_upheld_one_ends_it_and_a_rejected_one_lets_it_pass():
    filing = filing_in(FilingState.IN_NOTICE, builders.SHUNDE)
    notice = filing.notices.get()
    during = FixedClock.at(2026, 10, 14)
    with recorded() as entries:
        objection = registry.object_to_notice(
            notice.pk, content="场地不是本单位的", contact="", actor=PUBLIC, clock=during
        )
    assert [entry.event for entry in entries] == ["registry.objection_received"]
    with undone(), unchanged(filing), pytest.raises(NoticeRunningError):
        take("confirm", filing, clerk=None, boss=BOSS, clock=NOW)
    answer = {"answer": "经核实", "actor": BOSS, "clock": during}
    with undone(), unchanged(objection), pytest.raises(OpinionMissingError):
        registry.answer_objection(objection.pk, outcome="rejected", **{**answer, "answer": ""})
    with undone(), unchanged(objection), pytest.raises(ValueError, match="is not a valid"):
        registry.answer_objection(objection.pk, outcome="", **answer)
    with undone():
        registry.answer_objection(objection.pk, outcome="upheld", **answer)
        with undone(), unchanged(filing), pytest.raises(NoticeRunningError):
            take("confirm", filing, clerk=None, boss=BOSS, clock=NOW)
        take("refuse", filing, clerk=None, boss=BOSS, clock=NOW)
    registry.answer_objection(objection.pk, outcome="rejected", **answer)
    with undone(), unchanged(objection), pytest.raises(AlreadyOnRecordError):
        registry.answer_objection(objection.pk, outcome="upheld", **answer)
    take("confirm", filing, clerk=None, boss=BOSS, clock=NOW)


def test_nobody_objects_after_the_notice_and_nobody_objects_without_words():
    notice = filing_in(FilingState.IN_NOTICE, builders.SHUNDE).notices.get()
    with undone(), unchanged(notice), pytest.raises(NoticeOverError):
        registry.object_to_notice(notice.pk, content="有异议", contact="", actor=PUBLIC, clock=NOW)
    with undone(), unchanged(notice), pytest.raises(OpinionMissingError):
        registry.object_to_notice(notice.pk, content=" ", contact="", actor=PUBLIC, clock=builders.AT_FILING)


# --- confirmation and scope ----------------------------------------------------------------------


def test_confirmation_opens_a_scope_line_per_level_and_gives_the_body_its_code():
    filing = filing_in(FilingState.IN_NOTICE, builders.SHUNDE)
    take("confirm", filing, clerk=None, boss=BOSS, clock=NOW)
    body = EvaluationBody.objects.get(pk=filing.body_id)
    assert (body.state, body.filed_on, len(body.site_code)) == ("filed", NOW.today(), 6)
    lines = list(body.scope_lines.values_list("level", "place", "valid_from", "valid_to", "filing_id"))
    assert sorted(lines) == [(level, "440600", NOW.today(), None, filing.pk) for level in "345"]


def test_site_codes_run_on_within_a_province_and_start_anew_in_the_next():
    codes = [builders.confirmed_body().site_code for _ in range(2)]
    far = builders.confirmed_body(place=builders.SHENYANG_DISTRICT).site_code
    assert codes == ["000001", "000002"]
    assert far == "000001"


def test_a_scope_held_already_is_refused_by_the_action_and_by_the_database_itself():
    body = builders.confirmed_body()
    filing = registry.open_filing(body.pk, actor=builders.clerk(body), clock=NOW)
    type(filing).objects.filter(pk=filing.pk).update(state=FilingState.WITHDRAWN)
    again = builders.noticed_filing(body, clock=NOW)
    later = FixedClock.at(2026, 11, 20)
    with undone(), unchanged(again, body), pytest.raises(ScopeOverlapsError):
        take("confirm", again, clerk=None, boss=BOSS, clock=later)
    held = body.scope_lines.first()
    same = {
        "body": body,
        "occupation_code": held.occupation_code,
        "occupation_name": held.occupation_name,
        "level": held.level,
        "place": held.place,
    }
    with pytest.raises(IntegrityError, match="scope_line_no_overlap"), transaction.atomic():
        ScopeLine.objects.create(**same, valid_from=dt.date(2030, 1, 1))
    held.valid_to = dt.date(2030, 1, 1)
    held.save()
    ScopeLine.objects.create(**same, valid_from=dt.date(2030, 1, 1))
    with pytest.raises(IntegrityError, match="scope_line_no_overlap"), transaction.atomic():
        ScopeLine.objects.create(**same, valid_from=dt.date(2029, 12, 31), valid_to=dt.date(2030, 1, 2))
    with pytest.raises(IntegrityError, match="scope_line_period_forward"), transaction.atomic():
        ScopeLine.objects.create(
            **{**same, "level": "1"}, valid_from=NOW.today(), valid_to=dt.date(2026, 1, 1)
        )


def test_a_body_that_left_keeps_its_code_and_may_come_back():
    body = builders.confirmed_body()
    clerk = builders.clerk(body)
    registry.leave_register(body.pk, reason="业务调整", actor=clerk, clock=FixedClock.at(2026, 12, 1))
    assert not body.scope_lines.filter(valid_to__isnull=True).exists()
    filing = builders.noticed_filing(body, clock=FixedClock.at(2026, 12, 2))
    take("confirm", filing, clerk=clerk, boss=BOSS, clock=FixedClock.at(2026, 12, 20))
    back = EvaluationBody.objects.get(pk=body.pk)
    assert (back.state, back.site_code, back.filed_on) == ("filed", body.site_code, NOW.today())
    assert back.scope_lines.filter(valid_to__isnull=True).count() == 3


def test_a_suspended_body_keeps_its_scope_and_goes_on_after_resuming():
    body = builders.confirmed_body()
    registry.suspend_body(body.pk, reason="核查中", actor=BOSS, clock=NOW)
    assert body.scope_lines.filter(valid_to__isnull=True).count() == 3
    registry.resume_body(body.pk, reason="整改完成", actor=BOSS, clock=FixedClock.at(2026, 11, 9))
    body.refresh_from_db()
    assert (body.state, body.state_reason, body.state_since) == ("filed", "整改完成", dt.date(2026, 11, 9))


def test_an_officer_who_may_only_read_changes_nothing():
    filing = filing_in(FilingState.IN_NOTICE, builders.SHUNDE)
    EvaluationBody.objects.filter(pk=filing.body_id).update(state="filed")
    reader = officer_with("registry.read", "journal.read", place="440600")
    for attempt in (
        lambda: take("confirm", filing, clerk=None, boss=reader, clock=NOW),
        lambda: registry.suspend_body(filing.body_id, reason="试", actor=reader, clock=NOW),
        lambda: registry.add_document(
            filing.body_id, kind="photo", name="a.pdf", content=builders.PDF, actor=reader, clock=NOW
        ),
    ):
        with (
            undone(),
            unchanged(filing, filing.body),
            pytest.raises(DutyMissingError),
        ):
            attempt()
