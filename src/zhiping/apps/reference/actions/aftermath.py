"""Seeing through what follows the cancellation of an item (取消事项善后), JL17-4.

A case per item and place; in it the batches that the cancellation met; in these the people. The law says of
each what is owed; a case closes when nobody is left.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from zhiping.apps.journal.actions import keep_rule_snapshots, record
from zhiping.apps.reference.actions.duty import DUTY, alone
from zhiping.apps.reference.actions.importers import name_of
from zhiping.apps.reference.aftermath_queries import (
    AFTERMATH_CLAUSES,
    CHOOSING,
    WHOLE_BATCH,
    place_chain,
    sat_after_all,
    way_of,
    ways_of,
)
from zhiping.apps.reference.catalogue_queries import cancelled_item, cancelled_on
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
    AftermathReminder,
    CancellationCase,
)
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.reference.states import CANCELLATION_MOVES
from zhiping.core.roster.aftermath import LAST_FOUR
from zhiping.core.roster.reading import read_name
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.money import Money
from zhiping.kernel.moves import walk
from zhiping.kernel.place import NATION, Place

Stage = AffectedBatch.Stage
Choice = AftermathCandidate.Choice
_NAMED = 5
"""A refusal names this many of the people who are open; the page lists all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDetails:
    """What a batch says: at which stage it was met, whose it is, by when to be done."""

    stage: str
    organisation: str
    number: str
    day: dt.date
    due_on: dt.date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateDetails:
    """Who a candidate is, and what was paid."""

    number: str
    name: str
    last_four: str
    fee_fen: int = 0


# --- cases ---------------------------------------------------------------------------------------


def open_cancellation_case(
    place: str, item_key: str, *, note: str = "", actor: Actor, clock: Clock
) -> CancellationCase:
    """Open the case of a cancelled item at a place (善后立案); day and canceller come from its batch.

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        DutyMissingError.
        CaseItemError: the item is not cancelled there, or waits for a change of laws.
        CaseExistsError: the place has a case of it.
    """
    actor.require(DUTY, Place(place))
    today = clock.today()
    item = cancelled_item(item_key)
    day = None if item is None else cancelled_on(item)
    if item is None or day is None or day > today or item.place not in place_chain(place):
        name = item.name if item is not None else item_key.rpartition("/")[2]
        raise CaseItemError(item=name, place=name_of(place, on=today), today=today)
    by = CancellationCase.CancelledBy
    with transaction.atomic():
        alone(f"cancellation.{place}.{item.key}")
        other = CancellationCase.objects.filter(place=place, item_key=item.key).exclude(state="dropped")
        if (known := other.first()) is not None:
            raise CaseExistsError(
                place=name_of(place, on=today), item=item.name, state=known.get_state_display()
            )
        case = CancellationCase.objects.create(
            place=place,
            item_key=item.key,
            item_name=item.name,
            successor=item.successor,
            cancelled_on=day,
            cancelled_by=by.STATE_COUNCIL if item.place == NATION else by.PROVINCE,
            note=note.strip(),
            opened_at=clock.now(),
            opened_by=actor.name,
        )
        facts = {"item": case.item_name, "cancelled_on": case.cancelled_on,
                 "cancelled_by": case.get_cancelled_by_display()}  # fmt: skip
        _record("opened", case, actor=actor, clock=clock, clauses=AFTERMATH_CLAUSES, facts=facts)
    return case


def close_cancellation_case(case_id: int, *, actor: Actor, clock: Clock) -> CancellationCase:
    """Close a case in which everybody's way is settled (善后结案).

    Everybody is judged anew by the law of the day, and the verdicts are kept with the rules that gave them.

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        CaseNotFoundError, DutyMissingError.
        CaseEmptyError: there is no batch, or a batch with nobody in it.
        CaseUnsettledError: somebody is open; it names who.
        MoveNotAllowedError: it is not open.
    """
    with transaction.atomic():
        case = _locked(case_id)
        move = walk(CANCELLATION_MOVES, case.state, "close", actor=actor, place=Place(case.place))
        batches = list(case.batches.all())
        people = list(
            AftermathCandidate.objects.filter(batch__case=case)
            .select_related("batch__case")
            .order_by("batch", "number")
        )
        peopled = {one.batch_id for one in people}
        empty = next((one for one in batches if one.pk not in peopled), None)
        if not batches or empty is not None:
            what = "没有受影响的批次" if empty is None else f"{empty}没有登记人员"
            raise CaseEmptyError(item=case.item_name, what=what)
        ways = ways_of(people, on=clock.today())
        still_open = [one for one in people if not ways[one.pk].is_settled]
        if still_open:
            raise CaseUnsettledError(item=case.item_name, count=len(still_open), who=_named(still_open))
        for one in people:
            one.verdict = ways[one.pk].verdict.to_json()
            one.is_settled, one.remaining = True, ""
        AftermathCandidate.objects.bulk_update(
            people, ["verdict", "is_settled", "remaining"], batch_size=1000
        )
        keep_rule_snapshots({id(way.verdict): way.verdict for way in ways.values()}.values())
        case.state, case.ended_at, case.ended_reason = move.to, clock.now(), ""
        case.save(update_fields=["state", "ended_at", "ended_reason"])
        facts = {"item": case.item_name, "batches": len(batches), "people": len(people)}
        _record("closed", case, actor=actor, clock=clock, clauses=move.clauses, facts=facts)
    return case


def reopen_cancellation_case(case_id: int, *, reason: str, actor: Actor, clock: Clock) -> CancellationCase:
    """Take a closed case up again, where somebody turns up who was not on any list (重新办理).

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        CaseNotFoundError, DutyMissingError, ReasonMissingError.
        MoveNotAllowedError: it is not closed.
    """
    with transaction.atomic():
        case = _locked(case_id)
        move = walk(CANCELLATION_MOVES, case.state, "reopen", actor=actor, place=Place(case.place))
        if not reason.strip():
            raise ReasonMissingError
        case.state, case.ended_at, case.ended_reason = move.to, None, reason.strip()
        case.save(update_fields=["state", "ended_at", "ended_reason"])
        facts = {"item": case.item_name, "reason": case.ended_reason}
        _record("reopened", case, actor=actor, clock=clock, clauses=move.clauses, facts=facts)
    return case


def drop_cancellation_case(case_id: int, *, reason: str, actor: Actor, clock: Clock) -> CancellationCase:
    """Drop a case that was opened in error or that concerns nobody (作废善后).

    Duty:
        reference.maintain, at the place.
    Refuses:
        CaseNotFoundError, DutyMissingError, ReasonMissingError.
        CaseInUseError: somebody is on record.
        MoveNotAllowedError: it is not open.
    """
    with transaction.atomic():
        case = _locked(case_id)
        move = walk(CANCELLATION_MOVES, case.state, "drop", actor=actor, place=Place(case.place))
        if not reason.strip():
            raise ReasonMissingError
        count = AftermathCandidate.objects.filter(batch__case=case).count()
        if count:
            raise CaseInUseError(item=case.item_name, count=count)
        case.state, case.ended_at, case.ended_reason = move.to, clock.now(), reason.strip()
        case.save(update_fields=["state", "ended_at", "ended_reason"])
        facts = {"item": case.item_name, "reason": case.ended_reason}
        _record("dropped", case, actor=actor, clock=clock, facts=facts)
    return case


# --- batches -------------------------------------------------------------------------------------


def add_affected_batch(case_id: int, details: BatchDetails, *, actor: Actor, clock: Clock) -> AffectedBatch:
    """Enter a sitting, registration or intake that the cancellation met (登记受影响批次).

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        CaseNotFoundError, DutyMissingError, CaseNotOpenError, BatchExistsError, AftermathDueError.
        BatchDayError: it began on the day of the cancellation or later.
    """
    today = clock.today()
    with transaction.atomic():
        case = _open(case_id, actor)
        stage = Stage(details.stage)
        if details.due_on < today:
            raise AftermathDueError(due=details.due_on, today=today)
        if details.day >= case.cancelled_on and stage != Stage.ADJUSTED:
            raise BatchDayError(day=details.day, cancelled=case.cancelled_on)
        same = {
            "stage": stage,
            "organisation": details.organisation.strip(),
            "number": details.number.strip(),
        }
        if AffectedBatch.objects.filter(case=case, **same).exists():
            raise BatchExistsError(
                organisation=same["organisation"], number=same["number"], stage=stage.label
            )
        batch = AffectedBatch.objects.create(
            case=case,
            **same,
            day=details.day,
            due_on=details.due_on,
            note=details.note.strip(),
            added_at=clock.now(),
            added_by=actor.name,
        )
        facts = {"batch": str(batch), "stage": stage.label, "day": batch.day, "due": batch.due_on}
        _record("batch_added", case, batch, actor=actor, clock=clock, clauses=AFTERMATH_CLAUSES, facts=facts)
    return batch


def remind_batch(
    batch_id: int, *, due_on: dt.date, note: str = "", actor: Actor, clock: Clock
) -> AftermathReminder:
    """Set the organisation of a batch a new day for those still open (催办).

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        BatchNotFoundError, DutyMissingError, CaseNotOpenError, AftermathDueError.
        AftermathNothingToRemindError: nobody is open.
    """
    today = clock.today()
    with transaction.atomic():
        batch = _batch(batch_id, actor)
        if due_on < today:
            raise AftermathDueError(due=due_on, today=today)
        count = batch.candidates.filter(is_settled=False).count()
        if not count and batch.candidates.exists():
            raise AftermathNothingToRemindError(batch=str(batch))
        reminder = AftermathReminder.objects.create(
            batch=batch, due_on=due_on, open_count=count, note=note.strip(), at=clock.now(), by=actor.name
        )
        facts = {"batch": str(batch), "count": count, "due": due_on, "was_due": batch.due_on,
                 "note": reminder.note}  # fmt: skip
        batch.due_on = due_on
        batch.save(update_fields=["due_on"])
        _record(
            "reminded", batch.case, batch, actor=actor, clock=clock, clauses=AFTERMATH_CLAUSES, facts=facts
        )
    return reminder


def carry_out_batch(
    batch_id: int, *, done_on: dt.date, note: str, actor: Actor, clock: Clock
) -> AffectedBatch:
    """Record what was done for a batch as a whole (整批办理): by its stage, one of three things.

    The examination was held for those who chose to sit; the rules of the adjusted or merged item were
    followed; earlier certificates were acknowledged as proof of ability.

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        BatchNotFoundError, DutyMissingError, CaseNotOpenError, AftermathDayError, ReasonMissingError.
        AftermathStageError: at its stage everything is done person by person.
    """
    with transaction.atomic():
        batch = _batch(batch_id, actor)
        if batch.stage not in WHOLE_BATCH:
            raise AftermathStageError(stage=batch.get_stage_display(), step="整批办理")
        _require_day(done_on, batch, clock)
        if not note.strip():
            raise ReasonMissingError
        batch.carried_out_on, batch.carried_out_note = done_on, note.strip()
        batch.carried_out_by = actor.name
        batch.save(update_fields=["carried_out_on", "carried_out_note", "carried_out_by"])
        people = list(batch.candidates.select_related("batch__case"))
        judge_again(people, clock=clock)
        facts = {"batch": str(batch), "step": WHOLE_BATCH[batch.stage], "day": done_on,
                 "note": batch.carried_out_note}  # fmt: skip
        _record(
            "carried_out", batch.case, batch, actor=actor, clock=clock, clauses=AFTERMATH_CLAUSES, facts=facts
        )
    return batch


# --- people --------------------------------------------------------------------------------------


def add_candidate(
    batch_id: int, details: CandidateDetails, *, actor: Actor, clock: Clock
) -> AftermathCandidate:
    """Enter one candidate of a batch by hand (登记善后对象).

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        BatchNotFoundError, DutyMissingError, CaseNotOpenError, CandidateExistsError.
        CandidateDetailError: the name or the last four characters are none.
    """
    number, last_four = details.number.strip(), details.last_four.strip().upper()
    name = read_name(details.name.strip())
    with transaction.atomic():
        batch = _batch(batch_id, actor)
        if not number:
            raise CandidateDetailError(field="报名号或准考证号", value=number)
        if not isinstance(name, str):
            raise CandidateDetailError(field="姓名", value=details.name)
        if not LAST_FOUR.fullmatch(last_four):
            raise CandidateDetailError(field="证件号码后四位", value=details.last_four)
        if batch.candidates.filter(number=number).exists():
            raise CandidateExistsError(number=number)
        one = new_candidate(
            batch, number=number, name=name, last_four=last_four, fee_fen=details.fee_fen,
            actor=actor, clock=clock,
        )  # fmt: skip
        one.save()
        judge_again([one], clock=clock)
        _record_of("candidate_added", one, actor=actor, clock=clock, clauses=AFTERMATH_CLAUSES)
    return one


def remove_candidate(candidate_id: int, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Take somebody off a batch who was entered in error (移出善后对象).

    Duty:
        reference.maintain, at the place.
    Refuses:
        CandidateNotFoundError, DutyMissingError, CaseNotOpenError, ReasonMissingError.
        CandidateInUseError: something was recorded of the person already.
    """
    with transaction.atomic():
        one = _candidate(candidate_id, actor)
        if not reason.strip():
            raise ReasonMissingError
        if one.choice != Choice.NOT_ASKED or one.is_passed is not None or one.granted_on or one.otherwise:
            raise CandidateInUseError(number=one.number)
        _record_of("candidate_removed", one, actor=actor, clock=clock, facts={"reason": reason.strip()})
        one.delete()


def record_choice(
    candidate_id: int, *, choice: str, chosen_on: dt.date, actor: Actor, clock: Clock
) -> AftermathCandidate:
    """Record whether a candidate sits the examination or is refunded (登记考生意愿).

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        CandidateNotFoundError, DutyMissingError, CaseNotOpenError, AftermathStageError, AftermathDayError.
        ChoiceAlreadyCarriedOutError: the earlier choice was carried out.
    """
    with transaction.atomic():
        one = _candidate(candidate_id, actor, step="登记考生意愿", stages=CHOOSING)
        _require_day(chosen_on, one.batch, clock)
        if one.refunded_on is not None or one.granted_on is not None:
            raise ChoiceAlreadyCarriedOutError(number=one.number, choice=one.get_choice_display())
        before = one.get_choice_display()
        one.choice, one.chosen_on, one.chosen_recorded_by = Choice(choice), chosen_on, actor.name
        if one.choice != Choice.SIT:
            one.is_passed = None
        one.save()
        judge_again([one], clock=clock)
        facts = {"before": {"choice": before}, "after": {"choice": one.get_choice_display()},
                 "day": chosen_on}  # fmt: skip
        _record_of("choice_recorded", one, actor=actor, clock=clock, clauses=AFTERMATH_CLAUSES, facts=facts)
    return one


def record_refund(
    candidate_id: int, *, amount_fen: int, paid_on: dt.date, voucher: str, actor: Actor, clock: Clock
) -> AftermathCandidate:
    """Record that a candidate was refunded (登记退费): the whole of what was paid, by a voucher.

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        CandidateNotFoundError, DutyMissingError, CaseNotOpenError, AftermathStageError, AftermathDayError.
        RefundNotChosenError, RefundPaidError, RefundAmountError.
        ReasonMissingError: there is no voucher.
    """
    with transaction.atomic():
        one = _candidate(candidate_id, actor, step="登记退费", stages=CHOOSING)
        if one.choice != Choice.REFUND:
            raise RefundNotChosenError(number=one.number, choice=one.get_choice_display())
        if one.refunded_on is not None:
            raise RefundPaidError(number=one.number, day=one.refunded_on, voucher=one.voucher)
        if amount_fen != one.fee_fen:
            raise RefundAmountError(
                number=one.number, owed=str(Money(one.fee_fen)), amount=str(Money(amount_fen))
            )
        _require_day(paid_on, one.batch, clock, earliest=one.chosen_on)
        if not voucher.strip():
            raise ReasonMissingError
        one.refunded_fen, one.refunded_on, one.voucher = amount_fen, paid_on, voucher.strip()
        one.save()
        judge_again([one], clock=clock)
        facts = {"amount": str(Money(amount_fen)), "day": paid_on, "voucher": one.voucher}
        _record_of("refunded", one, actor=actor, clock=clock, clauses=AFTERMATH_CLAUSES, facts=facts)
    return one


def record_result(candidate_id: int, *, is_passed: bool, actor: Actor, clock: Clock) -> AftermathCandidate:
    """Record whether a candidate passed (登记成绩): before the cancellation, or when sitting after all.

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        CandidateNotFoundError, DutyMissingError, CaseNotOpenError.
        AftermathStageError: nobody was examined.
        CandidateInUseError: a certificate was granted on the result.
    """
    with transaction.atomic():
        one = _candidate(candidate_id, actor)
        if not _was_examined(one):
            raise AftermathStageError(stage=one.batch.get_stage_display(), step="登记成绩")
        if one.granted_on is not None:
            raise CandidateInUseError(number=one.number)
        one.is_passed = is_passed
        one.save()
        judge_again([one], clock=clock)
        facts = {"is_passed": is_passed}
        _record_of("result_recorded", one, actor=actor, clock=clock, clauses=AFTERMATH_CLAUSES, facts=facts)
    return one


def record_graduation(
    candidate_id: int, *, graduated_on: dt.date, actor: Actor, clock: Clock
) -> AftermathCandidate:
    """Record that a student taken in for two certificates has graduated (登记毕业).

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        CandidateNotFoundError, DutyMissingError, CaseNotOpenError, AftermathStageError, AftermathDayError.
    """
    with transaction.atomic():
        one = _candidate(candidate_id, actor, step="登记毕业", stages={Stage.DUAL})
        _require_day(graduated_on, one.batch, clock, earliest=one.batch.day)
        one.graduated_on = graduated_on
        one.save()
        judge_again([one], clock=clock)
        facts = {"day": graduated_on}
        _record_of("graduated", one, actor=actor, clock=clock, clauses=AFTERMATH_CLAUSES, facts=facts)
    return one


def record_certificate(
    candidate_id: int, *, number: str, granted_on: dt.date, actor: Actor, clock: Clock
) -> AftermathCandidate:
    """Record the certificate that a candidate was given (登记发证).

    For an examination that was passed, or to a graduate who was promised two certificates.

    Authority:
        JL17-4.
    Duty:
        reference.maintain, at the place.
    Refuses:
        CandidateNotFoundError, DutyMissingError, CaseNotOpenError, AftermathStageError, AftermathDayError.
        CertificateNotEarnedError: not passed, or not graduated.
        ReasonMissingError: there is no number.
    """
    with transaction.atomic():
        one = _candidate(candidate_id, actor, step="登记发证", stages=CHOOSING | {Stage.EXAMINED, Stage.DUAL})
        if one.batch.stage == Stage.DUAL and one.graduated_on is None:
            raise CertificateNotEarnedError(number=one.number, reason="尚未毕业", step="毕业日期")
        if one.batch.stage != Stage.DUAL and not one.is_passed:
            raise CertificateNotEarnedError(number=one.number, reason="没有合格的成绩", step="合格的成绩")
        earliest = one.graduated_on or one.batch.day
        _require_day(granted_on, one.batch, clock, earliest=earliest)
        if not number.strip():
            raise ReasonMissingError
        one.certificate_number, one.granted_on = number.strip(), granted_on
        one.save()
        judge_again([one], clock=clock)
        facts = {"day": granted_on, "number": one.certificate_number}
        _record_of("certified", one, actor=actor, clock=clock, clauses=AFTERMATH_CLAUSES, facts=facts)
    return one


def settle_otherwise(candidate_id: int, *, note: str, actor: Actor, clock: Clock) -> AftermathCandidate:
    """Write down what was done for somebody of whom no rule says what is owed (另行处理).

    As where a province cancelled its own item before anybody was examined, or a student left the school.

    Duty:
        reference.maintain, at the place.
    Refuses:
        CandidateNotFoundError, DutyMissingError, CaseNotOpenError, ReasonMissingError.
        OtherwiseNeedlessError: a rule says what is owed.
    """
    with transaction.atomic():
        one = _candidate(candidate_id, actor)
        if not note.strip():
            raise ReasonMissingError
        way = way_of(one, on=clock.today())
        if not way.is_silent:
            raise OtherwiseNeedlessError(number=one.number, remaining=way.remaining or "已经办妥。")
        one.otherwise = note.strip()
        one.save()
        judge_again([one], clock=clock)
        _record_of("settled_otherwise", one, actor=actor, clock=clock, facts={"note": one.otherwise})
    return one


# --- shared --------------------------------------------------------------------------------------


def new_candidate(  # the six things that make one
    batch: AffectedBatch,
    *,
    number: str,
    name: str,
    last_four: str,
    fee_fen: int,
    actor: Actor,
    clock: Clock,
) -> AftermathCandidate:
    """Return a candidate that is not saved yet; whoever saves it judges it."""
    return AftermathCandidate(
        batch=batch,
        number=number,
        name=name,
        last_four=last_four,
        fee_fen=fee_fen if batch.stage in CHOOSING else 0,
        remaining="尚未判定",
        entered_at=clock.now(),
        entered_by=actor.name,
    )


def judge_again(people: Iterable[AftermathCandidate], *, clock: Clock) -> None:
    """Judge people after a change and keep what is left to do; it records nothing by itself."""
    changed = list(people)
    ways = ways_of(changed, on=clock.today())
    for one in changed:
        one.is_settled, one.remaining = ways[one.pk].is_settled, ways[one.pk].remaining
    AftermathCandidate.objects.bulk_update(changed, ["is_settled", "remaining"], batch_size=1000)


def open_batch(batch_id: int, actor: Actor) -> AffectedBatch:
    """Return a batch of an open case, locked, after checking the duty.

    Refuses:
        BatchNotFoundError, DutyMissingError, CaseNotOpenError.
    """
    return _batch(batch_id, actor)


def _locked(case_id: int) -> CancellationCase:
    case = CancellationCase.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise CaseNotFoundError(value=case_id)
    return case


def _open(case_id: int, actor: Actor) -> CancellationCase:
    case = _locked(case_id)
    actor.require(DUTY, Place(case.place))
    if case.state != CancellationCase.State.OPEN:
        raise CaseNotOpenError(item=case.item_name, state=case.get_state_display())
    return case


def _batch(batch_id: int, actor: Actor) -> AffectedBatch:
    """Lock the case first, so that nothing changes while it closes."""
    batch = AffectedBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise BatchNotFoundError(value=batch_id)
    case = _open(batch.case_id, actor)
    batch.refresh_from_db()
    batch.case = case
    return batch


def _candidate(
    candidate_id: int, actor: Actor, *, step: str = "", stages: Iterable[str] = ()
) -> AftermathCandidate:
    batch_id = AftermathCandidate.objects.filter(pk=candidate_id).values_list("batch_id", flat=True).first()
    if batch_id is None:
        raise CandidateNotFoundError(value=candidate_id)
    batch = _batch(batch_id, actor)
    one = AftermathCandidate.objects.filter(pk=candidate_id).first()
    if one is None:
        raise CandidateNotFoundError(value=candidate_id)
    one.batch = batch
    if step and batch.stage not in stages:
        raise AftermathStageError(stage=batch.get_stage_display(), step=step)
    return one


def _named(people: Iterable[AftermathCandidate]) -> str:
    """Return the first people by their batches, as many as a refusal can name."""
    everybody = list(people)
    by_batch: dict[str, list[str]] = {}
    for one in everybody[:_NAMED]:
        by_batch.setdefault(str(one.batch), []).append(one.number)
    told = "；".join(f"{batch}（{'、'.join(numbers)}）" for batch, numbers in by_batch.items())
    return told + ("等" if len(everybody) > _NAMED else "")


def _was_examined(one: AftermathCandidate) -> bool:
    return one.batch.stage == Stage.EXAMINED or sat_after_all(one)


def _require_day(
    day: dt.date, batch: AffectedBatch, clock: Clock, *, earliest: dt.date | None = None
) -> None:
    first, today = earliest or batch.case.cancelled_on, clock.today()
    if not first <= day <= today:
        raise AftermathDayError(day=day, earliest=first, today=today)


def _record_of(
    what: str,
    one: AftermathCandidate,
    *,
    actor: Actor,
    clock: Clock,
    clauses: tuple[str, ...] = (),
    facts: Mapping[str, object] | None = None,
) -> None:
    """Record what concerns one person: by the number on the list, never by name or paper."""
    told = {"batch": str(one.batch), "candidate": one.number, **(facts or {})}
    _record(what, one.batch.case, one.batch, one, actor=actor, clock=clock, clauses=clauses, facts=told)


def _record(
    what: str,
    case: CancellationCase,
    *others: AffectedBatch | AftermathCandidate,
    actor: Actor,
    clock: Clock,
    clauses: tuple[str, ...] = (),
    facts: Mapping[str, object],
) -> None:
    record(
        f"reference.cancellation_{what}",
        case,
        *others,
        actor=actor,
        at=clock.now(),
        place=case.place,
        clauses=binding_clauses(clauses, place=case.place, on=clock.today()),
        facts=facts,
    )
