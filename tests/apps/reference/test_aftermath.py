"""What follows a cancellation (JL17-4): each candidate's way is lawful and no case closes before."""

import datetime as dt
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.apps.journal.watching import officer_with, recorded, unchanged
from zhiping.apps.journal.models import RuleSnapshot
from zhiping.apps.reference import actions
from zhiping.apps.reference.actions.aftermath import BatchDetails, CandidateDetails
from zhiping.apps.reference.aftermath_queries import (
    cancellation_cases,
    cases_awaiting,
    items_named,
    refunds_of,
    way_of,
)
from zhiping.apps.reference.errors import (
    AftermathDayError,
    AftermathDueError,
    AftermathNothingToRemindError,
    AftermathStageError,
    BatchDayError,
    BatchExistsError,
    BatchNotFoundError,
    CandidateDetailError,
    CandidateExistsError,
    CandidateInUseError,
    CandidateNotFoundError,
    CaseEmptyError,
    CaseExistsError,
    CaseInUseError,
    CaseItemError,
    CaseNotFoundError,
    CaseNotOpenError,
    CaseUnsettledError,
    CertificateNotEarnedError,
    ChoiceAlreadyCarriedOutError,
    OtherwiseNeedlessError,
    ReasonMissingError,
    RefundAmountError,
    RefundNotChosenError,
    RefundPaidError,
)
from zhiping.apps.reference.models import (
    AffectedBatch,
    AftermathCandidate,
    CancellationCase,
    CancelledQualification,
)
from zhiping.core.policybook import Outcome
from zhiping.kernel.actor import DutyMissingError
from zhiping.kernel.clock import FixedClock
from zhiping.kernel.moves import MoveNotAllowedError

pytestmark = pytest.mark.django_db

JILIN, CHANGCHUN, FOSHAN = "220000", "220100", "440600"
ITEM = "CN/1/房地产经纪人"
CLOCK = FixedClock.at(2026, 11, 20)
TODAY, DUE = dt.date(2026, 11, 20), dt.date(2026, 12, 1)
BEFORE, AFTER = dt.date(2014, 7, 1), dt.date(2014, 9, 1)
FEE = 18_000


@pytest.fixture
def keeper():
    return officer_with("reference.maintain", place=JILIN)


def opened(actor, place=JILIN, item=ITEM):
    return actions.open_cancellation_case(place, item, actor=actor, clock=CLOCK)


def batch(case, actor, stage="registering", **changes):
    given_ = {
        "stage": stage,
        "organisation": "样例考试中心",
        "number": "2014-1",
        "day": BEFORE,
        "due_on": DUE,
    }
    return actions.add_affected_batch(
        case.pk, BatchDetails(**{**given_, **changes}), actor=actor, clock=CLOCK
    )


def person(one, actor, number="P1", **changes):
    given_ = {"number": number, "name": "样例甲", "last_four": "001X", "fee_fen": FEE}
    return actions.add_candidate(one.pk, CandidateDetails(**{**given_, **changes}), actor=actor, clock=CLOCK)


def chose(one, choice, actor, on=AFTER):
    return actions.record_choice(one.pk, choice=choice, chosen_on=on, actor=actor, clock=CLOCK)


def refunded(one, actor, amount=FEE, on=AFTER, voucher="TF-1"):
    return actions.record_refund(
        one.pk, amount_fen=amount, paid_on=on, voucher=voucher, actor=actor, clock=CLOCK
    )


def carried(one, actor, on=AFTER):
    return actions.carry_out_batch(one.pk, done_on=on, note="样例通知", actor=actor, clock=CLOCK)


def certified(one, actor, on=AFTER):
    return actions.record_certificate(one.pk, number="样例001", granted_on=on, actor=actor, clock=CLOCK)


def closed(case, actor):
    return actions.close_cancellation_case(case.pk, actor=actor, clock=CLOCK)


def now(one):
    return AftermathCandidate.objects.select_related("batch__case").get(pk=one.pk)


def province_item():
    row = CancelledQualification.objects.create(
        place=JILIN, batch="JL", name="样例省级资格", certainty="uncertain", source="样例"
    )
    return f"{row.place}/{row.batch}/{row.name}"


def test_each_candidate_sits_or_is_refunded_and_only_then_the_case_closes(keeper):
    """JL17-4."""
    with recorded() as entries:
        case = opened(keeper)
        registered = batch(case, keeper)
        sits, leaves, silent = (person(registered, keeper, number=f"P{n}") for n in (1, 2, 3))
        assert "未征求" in now(silent).remaining
        chose(sits, "sit", keeper)
        chose(leaves, "refund", keeper)
        with pytest.raises(CaseUnsettledError) as refusal:
            closed(case, keeper)
        assert refusal.value.facts["count"] == 3
        assert all(number in refusal.value.facts["who"] for number in ("P1", "P2", "P3"))
        refunded(leaves, keeper)
        carried(registered, keeper)
        assert now(sits).is_settled
        assert now(leaves).is_settled
        with pytest.raises(CaseUnsettledError) as refusal:
            closed(case, keeper)
        assert refusal.value.facts["who"] == "样例考试中心 2014-1（P3）"
        chose(silent, "refund", keeper)
        refunded(silent, keeper)
        done = closed(case, keeper)
    assert done.state == "closed"
    events = [entry.event.removeprefix("reference.cancellation_") for entry in entries]
    assert events[:2] == ["opened", "batch_added"]
    assert events[-1] == "closed"
    assert len(events) == 12
    assert {tuple(entry.clauses) for entry in entries} == {("JL17-4",)}
    told = " ".join(str(entry.facts) for entry in entries)
    assert "样例甲" not in told
    assert "001X" not in told
    verdicts = AftermathCandidate.objects.values_list("verdict", flat=True)
    assert {one["outcome"] for one in verdicts} == {"pass"}
    kept = {finding["snapshot"] for one in verdicts for finding in one["findings"] if finding.get("snapshot")}
    assert kept
    assert RuleSnapshot.objects.filter(pk__in=kept).count() == len(kept)
    sums = refunds_of(AftermathCandidate.objects.all())
    assert (sums.people, sums.owed_fen, sums.paid_fen, sums.open_fen) == (2, 2 * FEE, 2 * FEE, 0)


def test_the_law_itself_says_what_is_left_for_each_stage(keeper):
    """JL17-4."""
    case = opened(keeper)
    examined = batch(case, keeper, "examined")
    passed, failed = person(examined, keeper, "P1"), person(examined, keeper, "P2")
    assert "未提供" in now(passed).remaining or "成绩" in now(passed).remaining
    for one, is_passed in ((passed, True), (failed, False)):
        actions.record_result(one.pk, is_passed=is_passed, actor=keeper, clock=CLOCK)
    assert "没有发证" in now(passed).remaining
    assert now(failed).is_settled
    certified(passed, keeper)
    assert now(passed).is_settled

    dual = batch(case, keeper, "dual", organisation="样例技工学校")
    student, gone = person(dual, keeper, "S1"), person(dual, keeper, "S2")
    assert "尚未毕业" in now(student).remaining
    with pytest.raises(CertificateNotEarnedError):
        certified(student, keeper)
    actions.record_graduation(student.pk, graduated_on=AFTER, actor=keeper, clock=CLOCK)
    assert "双证书" in now(student).remaining
    with pytest.raises(OtherwiseNeedlessError):
        actions.settle_otherwise(student.pk, note="不发", actor=keeper, clock=CLOCK)
    certified(student, keeper)
    actions.settle_otherwise(gone.pk, note="已退学", actor=keeper, clock=CLOCK)
    assert now(student).is_settled
    assert now(gone).is_settled

    for stage, words in (("issued", "能力水平"), ("adjusted", "新规定")):
        whole = batch(case, keeper, stage)
        one = person(whole, keeper, "H1")
        assert words in now(one).remaining
        carried(whole, keeper)
        assert now(one).is_settled
    assert closed(case, keeper).state == "closed"


def test_where_no_rule_speaks_a_case_needs_a_way_or_a_written_word(keeper):
    """JL17-4 gives the choice for what the State Council cancelled; outside Jilin it does not bind at all."""
    own = batch(opened(keeper, item=province_item()), keeper, day=dt.date(2017, 7, 1))
    first, second, third = (person(own, keeper, f"P{n}") for n in (1, 2, 3))
    assert "没有明文规定" in now(first).remaining
    since = dt.date(2017, 8, 1)
    chose(first, "refund", keeper, since)
    assert not now(first).is_settled
    refunded(first, keeper, on=since)
    chose(second, "sit", keeper, since)
    carried(own, keeper, since)
    actions.settle_otherwise(third.pk, note="本人放弃，书面声明", actor=keeper, clock=CLOCK)
    assert all(now(one).is_settled for one in (first, second, third))
    local = officer_with("reference.maintain", place=FOSHAN)
    with recorded() as entries:
        abroad = person(batch(opened(local, FOSHAN), local), local)
    assert way_of(now(abroad), on=TODAY).verdict.outcome is Outcome.NO_RULE_KNOWN
    assert {tuple(entry.clauses) for entry in entries} == {()}


def test_an_examination_held_before_the_choice_was_not_held_for_the_candidate(keeper):
    one = batch(opened(keeper), keeper)
    late = person(one, keeper)
    carried(one, keeper, AFTER)
    chose(late, "sit", keeper, AFTER + dt.timedelta(days=1))
    assert "没有继续组织" in now(late).remaining
    with pytest.raises(AftermathStageError):
        actions.record_result(late.pk, is_passed=True, actor=keeper, clock=CLOCK)
    carried(one, keeper, AFTER + dt.timedelta(days=30))
    assert now(late).is_settled
    actions.record_result(late.pk, is_passed=True, actor=keeper, clock=CLOCK)
    certified(late, keeper, AFTER + dt.timedelta(days=40))
    with pytest.raises(ChoiceAlreadyCarriedOutError):
        chose(late, "refund", keeper)


@settings(max_examples=60, deadline=None)
@given(
    choice=st.sampled_from(["not_asked", "sit", "refund"]),
    fee=st.integers(min_value=0, max_value=50_000),
    is_paid=st.booleans(),
    held=st.none() | st.integers(min_value=0, max_value=60),
    chosen=st.integers(min_value=0, max_value=60),
)
def test_settled_is_exactly_what_was_chosen_and_done(choice, fee, is_paid, held, chosen):
    """JL17-4, over every way to fill in a registered candidate."""
    case = CancellationCase(place=JILIN, cancelled_by="state_council", cancelled_on=AFTER)
    day = {None: None} | {days: AFTER + dt.timedelta(days=days) for days in range(61)}
    one = AftermathCandidate(
        pk=1, choice=choice, fee_fen=fee, chosen_on=day[chosen] if choice != "not_asked" else None,
        refunded_on=AFTER if is_paid and choice == "refund" else None,
    )  # fmt: skip
    one.batch = AffectedBatch(case=case, stage="registering", carried_out_on=day[held])
    expected = (choice == "refund" and (is_paid or fee == 0)) or (
        choice == "sit" and held is not None and chosen <= held
    )
    way = way_of(one, on=TODAY)
    assert way.is_settled is expected
    assert bool(way.remaining) is not expected
    assert way.verdict.of(Outcome.UNKNOWN) == ()


def test_refunds_are_whole_chosen_vouched_and_paid_once(keeper):
    """JL17-4."""
    one = person(batch(opened(keeper), keeper), keeper)
    with pytest.raises(RefundNotChosenError), unchanged(one):
        refunded(one, keeper)
    chose(one, "refund", keeper)
    for amount in (FEE - 1, FEE + 1, 0):
        with pytest.raises(RefundAmountError), unchanged(one):
            refunded(one, keeper, amount=amount)
    with pytest.raises(ReasonMissingError), unchanged(one):
        refunded(one, keeper, voucher=" ")
    for day in (AFTER - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)):
        with pytest.raises(AftermathDayError), unchanged(one):
            refunded(one, keeper, on=day)
    refunded(one, keeper)
    with pytest.raises(RefundPaidError), unchanged(one):
        refunded(one, keeper)
    with pytest.raises(ChoiceAlreadyCarriedOutError), unchanged(one):
        chose(one, "sit", keeper)


def test_cases_are_opened_once_for_what_is_cancelled_there(keeper):
    case = opened(keeper)
    assert (case.cancelled_on, case.cancelled_by) == (dt.date(2014, 8, 12), "state_council")
    with pytest.raises(CaseExistsError):
        opened(keeper)
    opened(keeper, CHANGCHUN)
    for place, key in ((JILIN, "CN/1/没有这一项"), (FOSHAN, province_item())):
        with pytest.raises(CaseItemError):
            opened(officer_with("reference.maintain", place=place), place, key)
    waiting = CancelledQualification.objects.create(
        place="CN", batch="pending", name="样例待取消资格", certainty="uncertain", source="样例"
    )
    with pytest.raises(CaseItemError):
        opened(keeper, item=f"CN/pending/{waiting.name}")
    assert [row.key for row in items_named("房地产经纪人", place=JILIN, on=TODAY)] == [ITEM]
    assert items_named("房地产经纪人", place=JILIN, on=BEFORE) == []


def test_batches_began_before_the_cancellation(keeper):
    case = opened(keeper)
    with pytest.raises(BatchDayError):
        batch(case, keeper, day=case.cancelled_on)
    batch(case, keeper, day=case.cancelled_on - dt.timedelta(days=1))
    batch(case, keeper, "adjusted", day=AFTER)
    with pytest.raises(BatchExistsError):
        batch(case, keeper)
    with pytest.raises(AftermathDueError):
        batch(case, keeper, number="2", due_on=TODAY - dt.timedelta(days=1))


def test_the_queue_goes_by_the_first_open_deadline_and_reminders_move_it(keeper):
    case = opened(keeper)
    (waiting,) = cases_awaiting(keeper)
    assert waiting.next_due is None
    late, soon = batch(case, keeper, due_on=DUE), batch(case, keeper, number="2", due_on=TODAY)
    assert cases_awaiting(keeper).get().next_due == TODAY
    one = person(soon, keeper)
    reminder = actions.remind_batch(
        soon.pk, due_on=DUE + dt.timedelta(days=9), note="请尽快征求意愿", actor=keeper, clock=CLOCK
    )
    assert reminder.open_count == 1
    assert cases_awaiting(keeper).get().next_due == DUE
    chose(one, "refund", keeper)
    refunded(one, keeper)
    with pytest.raises(AftermathNothingToRemindError):
        actions.remind_batch(soon.pk, due_on=DUE, actor=keeper, clock=CLOCK)
    with pytest.raises(CaseEmptyError) as refusal:
        closed(case, keeper)
    assert "2014-1" in refusal.value.facts["what"]
    listed = cancellation_cases(keeper).get()
    assert (listed.people, listed.still_open, listed.next_due) == (1, None, DUE)
    assert late.pk


def test_people_are_entered_right_and_taken_off_only_untouched(keeper):
    one = batch(opened(keeper), keeper)
    kept = person(one, keeper)
    assert kept.last_four == "001X"
    with pytest.raises(CandidateExistsError):
        person(one, keeper)
    for changes in ({"name": "9"}, {"last_four": "12"}, {"last_four": "X123"}, {"number": " "}):
        with pytest.raises(CandidateDetailError):
            person(one, keeper, **{"number": "P9", **changes})
    chose(kept, "sit", keeper)
    with pytest.raises(CandidateInUseError):
        actions.remove_candidate(kept.pk, reason="误录", actor=keeper, clock=CLOCK)
    other = person(one, keeper, "P2")
    with pytest.raises(ReasonMissingError):
        actions.remove_candidate(other.pk, reason=" ", actor=keeper, clock=CLOCK)
    actions.remove_candidate(other.pk, reason="误录", actor=keeper, clock=CLOCK)
    assert one.candidates.count() == 1


def test_a_closed_case_takes_nothing_in_and_may_be_taken_up_again(keeper):
    case = opened(keeper)
    registered = batch(case, keeper)
    one = person(registered, keeper)
    with pytest.raises(CaseInUseError):
        actions.drop_cancellation_case(case.pk, reason="误立", actor=keeper, clock=CLOCK)
    chose(one, "refund", keeper)
    refunded(one, keeper)
    closed(case, keeper)
    with pytest.raises(CaseNotOpenError):
        person(registered, keeper, "P2")
    with pytest.raises(MoveNotAllowedError):
        closed(case, keeper)
    with pytest.raises(ReasonMissingError):
        actions.reopen_cancellation_case(case.pk, reason="", actor=keeper, clock=CLOCK)
    actions.reopen_cancellation_case(case.pk, reason="漏报一人", actor=keeper, clock=CLOCK)
    person(registered, keeper, "P2")
    empty = opened(keeper, item="CN/1/注册税务师")
    with pytest.raises(CaseEmptyError):
        closed(empty, keeper)
    actions.drop_cancellation_case(empty.pk, reason="无受影响人员", actor=keeper, clock=CLOCK)
    assert opened(keeper, item="CN/1/注册税务师").pk != empty.pk


def test_only_who_keeps_the_lists_at_the_place_acts(keeper):
    case = opened(keeper)
    registered = batch(case, keeper)
    one = person(registered, keeper)
    for foreign in (officer_with("reference.maintain", place=FOSHAN), officer_with(place=JILIN)):
        with unchanged(case, registered, one):
            for act in (
                lambda actor: opened(actor, item="CN/1/注册税务师"),
                lambda actor: batch(case, actor, number="9"),
                lambda actor: person(registered, actor, "P9"),
                lambda actor: chose(one, "sit", actor),
                lambda actor: refunded(one, actor),
                lambda actor: carried(registered, actor),
                lambda actor: certified(one, actor),
                lambda actor: closed(case, actor),
                lambda actor: actions.remove_candidate(one.pk, reason="x", actor=actor, clock=CLOCK),
                lambda actor: actions.settle_otherwise(one.pk, note="x", actor=actor, clock=CLOCK),
                lambda actor: actions.remind_batch(registered.pk, due_on=DUE, actor=actor, clock=CLOCK),
                lambda actor: actions.drop_cancellation_case(case.pk, reason="x", actor=actor, clock=CLOCK),
                lambda actor: actions.bring_candidates(
                    registered.pk, file_name="x.csv", content=b"", actor=actor, clock=CLOCK
                ),
            ):
                with pytest.raises(DutyMissingError):
                    act(foreign)
    nowhere = {"actor": keeper, "clock": CLOCK}
    with pytest.raises(CaseNotFoundError):
        actions.close_cancellation_case(0, **nowhere)
    with pytest.raises(BatchNotFoundError):
        actions.remind_batch(0, due_on=DUE, **nowhere)
    with pytest.raises(CandidateNotFoundError):
        actions.settle_otherwise(0, note="x", **nowhere)
    with pytest.raises(AftermathStageError):
        actions.record_graduation(one.pk, graduated_on=AFTER, **nowhere)


LIST = (
    "报名号或准考证号,姓名,证件号码后四位,已缴费用（元）,考生意愿,意愿日期\n"
    "P1,样例甲,001X,180.00,退费,2014-09-01\n"
    "P2,样例乙,0028,180,,\n"
    "P3,样例丙,12,180,,\n"
    "P4,样例丁,0044,一百,继续参加,\n"
    "P5,样例戊,0052,180,退费,2014-08-01\n"
)


def bring(one, actor, text=LIST):
    return actions.bring_candidates(
        one.pk, file_name="名单.csv", content=text.encode(), actor=actor, clock=CLOCK
    )


def test_a_list_brings_its_good_rows_and_gives_the_bad_ones_back(keeper):
    one = batch(opened(keeper), keeper)
    brought = bring(one, keeper)
    assert (brought.rows_total, brought.rows_added, brought.rows_known, brought.rows_bad) == (5, 2, 0, 3)
    assert {row["name"] for row in brought.problems} == {"P3", "P4", "P5"}
    first = one.candidates.get(number="P1")
    assert (first.choice, first.chosen_on, first.fee_fen) == ("refund", AFTER, FEE)
    refunded(first, keeper)
    again = bring(one, keeper)
    assert again.pk == brought.pk
    assert (again.rows_added, again.rows_known) == (0, 2)
    assert now(first).is_settled
    back = actions.returned_candidates(again, actor=keeper, clock=CLOCK)
    rows = pl.read_excel(io.BytesIO(back), engine="calamine", infer_schema_length=0)
    assert rows.height == 3
    other = bring(one, keeper, LIST.replace("样例甲", "样例己"))
    assert "P1" in {row["name"] for row in other.problems}
    assert "登记给另一个人" in str(other.problems)


def test_a_list_of_the_examined_asks_for_results(keeper):
    one = batch(opened(keeper), keeper, "examined")
    bring(
        one,
        keeper,
        "准考证号,姓名,证件号码后四位,成绩合格\nE1,样例甲,0012,是\nE2,样例乙,0029,否\nE3,样例丙,0037,\n",
    )
    assert list(one.candidates.order_by("number").values_list("is_passed", "is_settled")) == [
        (True, False), (False, True), (None, False),
    ]  # fmt: skip
    sheet = pl.read_excel(io.BytesIO(actions.candidate_template(one)), engine="calamine", has_header=False)
    assert "成绩合格" in str(sheet.rows())
    assert "已缴费用" not in str(sheet.rows())
