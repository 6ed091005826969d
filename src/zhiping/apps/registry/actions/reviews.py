"""What officers do with a filing, and what the public says of it."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max, Q

from zhiping.apps.authorities.walls import reaching_everywhere
from zhiping.apps.journal.actions import record
from zhiping.apps.reference.queries import binding_clauses, calendar, whole_parameter
from zhiping.apps.registry.bars import refuse_barred
from zhiping.apps.registry.errors import (
    AlreadyOnRecordError,
    FilingRefusedByRulesError,
    NoticeOverError,
    NoticeRunningError,
    OpinionMissingError,
    RuleNotWaivableError,
    ScopeOverlapsError,
    SiteCodesExhaustedError,
    VisitMissingError,
)
from zhiping.apps.registry.judgements import FilingVerdict, judge_filing
from zhiping.apps.registry.models import (
    Accountability,
    Document,
    EvaluationBody,
    Filing,
    Objection,
    OnsiteItem,
    OnsiteVisit,
    PublicNotice,
    Review,
    ScopeLine,
    Waiver,
)
from zhiping.apps.registry.states import BODY_MOVES, FILING_MOVES, FilingState
from zhiping.apps.registry.steps import STEP_WORKDAYS, add_review
from zhiping.core.policybook import Outcome
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import MoveNotAllowedError, verbs_from, walk
from zhiping.kernel.place import Place

_NEGATIVE = frozenset({"return", "refuse"})
_LAST_SITE_CODE = 999_999
_ACCOUNTABILITY = "filing.reversal_opens_accountability"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedItem:
    """One item of the on-site checklist as the inspectors found it."""

    rule_id: str
    title: str
    clause: str
    is_met: bool
    note: str = ""
    photo_id: int | None = None


def review_filing(filing_id: int, verb: str, *, opinion: str, actor: Actor, clock: Clock) -> Filing:
    """Take a review step (审核): pass_district, pass_city, verify, return or refuse.

    The verdict is judged anew by the law of the acceptance day and frozen with the step. A pass over
    an unwaived refusal is not possible. When an upper level returns or refuses what a lower one had
    passed, an accountability record is opened on the reviewer who passed it, where a rule says so.

    Authority:
        LN24-2.1a, LN24-2.1b, FS20-4.1, FS20-4.2.
    Duty:
        As the table of moves says, at the filing's place.
    Refuses:
        MoveNotAllowedError, DutyMissingError, OpinionMissingError, FilingRefusedByRulesError,
        VisitMissingError.
    """
    with transaction.atomic():
        filing = _locked(filing_id)
        if verb not in _PAST:
            # Submitting, publishing and confirming are moves of the same table with steps of their own.
            raise MoveNotAllowedError(
                state=filing.state, verb=verb, possible=verbs_from(FILING_MOVES, filing.state)
            )
        move = walk(FILING_MOVES, filing.state, verb, actor=actor, place=Place(filing.place))
        if verb in _NEGATIVE and not opinion.strip():
            raise OpinionMissingError
        verdict = judge_filing(filing, on=filing.accepted_on or clock.today())
        if verb not in _NEGATIVE:
            _refuse_refused(verdict)
        if verb == "verify":
            _require_visit(filing)
        before, filing.state = filing.state, move.to
        filing.due_on = _due(move.to, clock)
        filing.save(update_fields=["state", "due_on"])
        step = add_review(
            filing, verb, before=before, actor=actor, clock=clock, opinion=opinion, verdict=verdict
        )
        opened = _open_accountability(filing, step, opinion) if verb in _NEGATIVE else None
        record(
            f"registry.filing_{_PAST[verb]}",
            filing,
            filing.body,
            *([opened] if opened else []),
            actor=actor,
            at=clock.now(),
            place=filing.place,
            clauses=binding_clauses(move.clauses, place=filing.place, on=clock.today()),
            facts={
                "before": FilingState(before).label,
                "after": FilingState(move.to).label,
                "opinion": opinion,
                "outcome": verdict.outcome.value,
                "accountability_opened_on": opened.review.actor_name if opened else None,
            },
        )
    return filing


def waive_rule(filing_id: int, rule_id: str, *, reason: str, actor: Actor, clock: Clock) -> Waiver:
    """Waive a failed 'in principle' condition of a filing, with a reason on record (豁免).

    Authority:
        The wording 原则上 of the rule's clause (FS20-S2).
    Duty:
        registry.review_district or registry.review_city, at the filing's place, while it is theirs.
    Refuses:
        RuleNotWaivableError: the rule is absolute, or did not fail.
        OpinionMissingError: the reason is blank.
    """
    with transaction.atomic():
        filing = _locked(filing_id)
        verb = "pass_district" if filing.state == FilingState.SUBMITTED else "pass_city"
        walk(FILING_MOVES, filing.state, verb, actor=actor, place=Place(filing.place))
        if not reason.strip():
            raise OpinionMissingError
        verdict = judge_filing(filing, on=filing.accepted_on or clock.today())
        failed = {one.rule: one for one in verdict.findings if one.outcome is Outcome.REFUSE}
        finding = failed.get(rule_id)
        if finding is None or not finding.may_be_waived or rule_id in verdict.waived:
            raise RuleNotWaivableError(rule=rule_id)
        waiver = Waiver.objects.create(
            filing=filing,
            rule_id=rule_id,
            reason=reason,
            approved_by=actor.name,
            actor_id=actor.id,
            at=clock.now(),
        )
        record(
            "registry.rule_waived",
            waiver,
            filing,
            actor=actor,
            at=clock.now(),
            place=filing.place,
            clauses=[citation.clause for citation in finding.citations],
            facts={"rule": rule_id, "title": finding.title, "reason": reason},
        )
    return waiver


def record_visit(
    filing_id: int,
    *,
    visited_on: dt.date,
    inspectors: str,
    items: Sequence[CheckedItem],
    conclusion: str,
    actor: Actor,
    clock: Clock,
) -> OnsiteVisit:
    """Record an on-site verification with its checklist and photos (登记实地核查).

    Authority:
        LN24-2.1a.
    Duty:
        registry.verify_onsite, at the filing's place.
    """
    with transaction.atomic():
        filing = _locked(filing_id)
        walk(FILING_MOVES, filing.state, "verify", actor=actor, place=Place(filing.place))
        visit = OnsiteVisit.objects.create(
            filing=filing,
            visited_on=visited_on,
            inspectors=inspectors,
            conclusion=conclusion,
            recorded_by=actor.name,
            at=clock.now(),
        )
        photos = Document.objects.filter(body=filing.body_id).in_bulk(
            [item.photo_id for item in items if item.photo_id is not None]
        )
        OnsiteItem.objects.bulk_create(
            OnsiteItem(
                visit=visit,
                rule_id=item.rule_id,
                title=item.title,
                clause=item.clause,
                is_met=item.is_met,
                note=item.note,
                photo=photos.get(item.photo_id or 0),
            )
            for item in items
        )
        record(
            "registry.visit_recorded",
            visit,
            filing,
            filing.body,
            actor=actor,
            at=clock.now(),
            place=filing.place,
            clauses=binding_clauses(("LN24-2.1a",), place=filing.place, on=clock.today()),
            facts={"items": len(items), "not_met": [item.title for item in items if not item.is_met]},
        )
    return visit


def publish_notice(filing_id: int, *, actor: Actor, clock: Clock) -> PublicNotice:
    """Publish a verified filing for objections (公示), for the working days of the place's parameter.

    Authority:
        LN24-2.1a; the number of days is `filing.public_notice_workdays`.
    Duty:
        registry.publish_notice, at the filing's place.
    """
    with transaction.atomic():
        filing = _locked(filing_id)
        move = walk(FILING_MOVES, filing.state, "publish", actor=actor, place=Place(filing.place))
        today = clock.today()
        workdays = whole_parameter("filing.public_notice_workdays", place=filing.place, on=today) or 0
        last_day = calendar().add_workdays(today, workdays)
        notice = PublicNotice.objects.create(
            filing=filing,
            place=filing.place,
            title=f"关于{filing.body.name}申请职业技能等级认定备案的公示",
            starts_on=today,
            ends_on=last_day + dt.timedelta(days=1),
            published_at=clock.now(),
        )
        before, filing.state, filing.due_on = filing.state, move.to, notice.ends_on
        filing.save(update_fields=["state", "due_on"])
        add_review(filing, "publish", before=before, actor=actor, clock=clock)
        record(
            "registry.notice_published",
            notice,
            filing,
            filing.body,
            actor=actor,
            at=clock.now(),
            place=filing.place,
            clauses=binding_clauses(move.clauses, place=filing.place, on=today),
            facts={"starts_on": notice.starts_on, "last_day": last_day, "workdays": workdays},
        )
    return notice


def object_to_notice(notice_id: int, *, content: str, contact: str, actor: Actor, clock: Clock) -> Objection:
    """Object to a running notice (提出异议); the receipt code is the way to the answer.

    Authority:
        LN24-2.1a.
    Refuses:
        NoticeOverError: the notice has ended.
        OpinionMissingError: nothing was said.
    """
    with transaction.atomic():
        notice = PublicNotice.objects.select_for_update().select_related("filing").get(pk=notice_id)
        if not notice.starts_on <= clock.today() < notice.ends_on:
            raise NoticeOverError(ends_on=notice.ends_on)
        if not content.strip():
            raise OpinionMissingError
        objection = Objection.objects.create(
            notice=notice,
            receipt=f"YY{secrets.token_hex(5).upper()}",
            content=content,
            contact=contact,
            received_at=clock.now(),
        )
        record(
            "registry.objection_received",
            objection,
            notice.filing,
            actor=actor,
            at=clock.now(),
            place=notice.place,
        )
    return objection


def answer_objection(
    objection_id: int, *, outcome: str, answer: str, actor: Actor, clock: Clock
) -> Objection:
    """Answer an objection (处理异议): upheld or rejected, with the reason.

    Authority:
        LN24-2.1a.
    Duty:
        registry.publish_notice, at the notice's place.
    Refuses:
        AlreadyOnRecordError: it is answered.
        OpinionMissingError: the reason is blank.
    """
    with transaction.atomic():
        objection = (
            Objection.objects.select_for_update().select_related("notice__filing").get(pk=objection_id)
        )
        actor.require("registry.publish_notice", Place(objection.notice.place))
        if objection.answered_at is not None:
            raise AlreadyOnRecordError(value=objection.receipt)
        if not answer.strip():
            raise OpinionMissingError
        objection.outcome, objection.answer = Objection.Outcome(outcome), answer
        objection.answered_by, objection.answered_at = actor.name, clock.now()
        objection.save()
        record(
            "registry.objection_answered",
            objection,
            objection.notice.filing,
            actor=actor,
            at=clock.now(),
            place=objection.notice.place,
            facts={"outcome": objection.get_outcome_display()},
        )
    return objection


def confirm_filing(filing_id: int, *, opinion: str, actor: Actor, clock: Clock) -> Filing:
    """Confirm a filing after its notice (确认入目录): the body enters the register with its scope.

    Authority:
        LN24-2.1a, FS20-4.3.
    Duty:
        registry.confirm, at the filing's place.
    Refuses:
        NoticeRunningError: the notice has not ended, or an objection is open or upheld.
        BarredError: the body was removed and barred while the filing was on its way (FS20-5.3).
        ScopeOverlapsError: a line of the scope is held already.
    """
    with transaction.atomic():
        filing = _locked(filing_id)
        move = walk(FILING_MOVES, filing.state, "confirm", actor=actor, place=Place(filing.place))
        today = clock.today()
        _require_notice_over(filing, today)
        refuse_barred(filing.body, clock)
        verdict = judge_filing(filing, on=filing.accepted_on or today)
        _refuse_refused(verdict)
        before, filing.state = filing.state, move.to
        filing.confirmed_on, filing.due_on = today, None
        filing.save(update_fields=["state", "confirmed_on", "due_on"])
        body = _enter_register(filing, actor=actor, clock=clock)
        lines = _open_scope(filing, today)
        add_review(
            filing, "confirm", before=before, actor=actor, clock=clock, opinion=opinion, verdict=verdict
        )
        record(
            "registry.filing_confirmed",
            filing,
            body,
            *lines,
            actor=actor,
            at=clock.now(),
            place=filing.place,
            clauses=binding_clauses(move.clauses, place=filing.place, on=today),
            facts={"site_code": body.site_code, "scope_lines": len(lines)},
        )
    return filing


_PAST = {
    "pass_district": "passed_by_district",
    "pass_city": "passed_by_city",
    "verify": "verified",
    "return": "returned",
    "refuse": "refused",
}


def _locked(filing_id: int) -> Filing:
    return Filing.objects.select_for_update(of=("self",)).select_related("body").get(pk=filing_id)


def _due(state: str, clock: Clock) -> dt.date | None:
    if state in {FilingState.REFUSED, FilingState.RETURNED}:
        return None
    return calendar().add_workdays(clock.today(), STEP_WORKDAYS)


def _refuse_refused(verdict: FilingVerdict) -> None:
    if verdict.refusals:
        raise FilingRefusedByRulesError(
            count=len(verdict.refusals), titles="、".join(finding.title for finding in verdict.refusals)
        )


def _require_visit(filing: Filing) -> None:
    # A visit before the filing was returned says nothing of what was mended since.
    visit = filing.visits.filter(at__gte=filing.submitted_at).first()
    if visit is None:
        raise VisitMissingError(missing="没有核查记录")
    unmet = list(visit.items.filter(is_met=False).values_list("title", flat=True))
    if unmet:
        raise VisitMissingError(missing="、".join(unmet))


def _require_notice_over(filing: Filing, today: dt.date) -> None:
    notice = filing.notices.first()
    if notice is None or today < notice.ends_on:
        until = notice.ends_on - dt.timedelta(days=1) if notice else None
        raise NoticeRunningError(reason=f"公示期至 {until} 止，期满次日起可确认" if until else "尚未公示")
    if notice.objections.filter(answered_at__isnull=True).exists():
        raise NoticeRunningError(reason="还有未处理的异议，请先处理")
    if notice.objections.filter(outcome=Objection.Outcome.UPHELD).exists():
        raise NoticeRunningError(reason="有异议成立，请作不予备案处理")


def _open_accountability(filing: Filing, step: Review, opinion: str) -> Accountability | None:
    """Open the record on the reviewer of the level below, where the place's rule demands it (LN24-2.1b)."""
    on = filing.accepted_on or step.at.date()
    if not whole_parameter(_ACCOUNTABILITY, place=filing.place, on=on):
        return None
    passed = (
        filing.reviews.filter(
            Q(verb="pass_district") | Q(verb="pass_city"), accountability__isnull=True, id__lt=step.pk
        )
        .exclude(actor_id=step.actor_id)
        .order_by("-id")
        .first()
    )
    submitted = filing.reviews.filter(verb="submit").order_by("-id").values_list("id", flat=True).first()
    if passed is None or (submitted is not None and passed.pk < submitted):
        return None
    return Accountability.objects.create(
        filing=filing, review=passed, reversed_by=step, place=filing.place, reason=opinion, at=step.at
    )


def _enter_register(filing: Filing, *, actor: Actor, clock: Clock) -> EvaluationBody:
    body = EvaluationBody.objects.select_for_update().get(pk=filing.body_id)
    move = walk(BODY_MOVES, body.state, "enter", actor=actor, place=Place(body.place))
    today = clock.today()
    if body.state != move.to:
        body.state, body.state_since, body.state_reason = move.to, today, ""
    body.filed_on = body.filed_on or today
    body.site_code = body.site_code or _next_site_code(body)
    body.save()
    return body


def _next_site_code(body: EvaluationBody) -> str:
    # Unique in the province, while the officer reaches one city only: hence the wider reach, and a
    # lock so that two cities do not take the same code.
    with reaching_everywhere():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"site-code-{body.province}"])
        taken = EvaluationBody.objects.filter(place__startswith=body.province).exclude(site_code="")
        highest = int(taken.aggregate(highest=Max("site_code"))["highest"] or 0)
    if highest >= _LAST_SITE_CODE:
        raise SiteCodesExhaustedError(province=body.province)
    return f"{highest + 1:06d}"


def _open_scope(filing: Filing, today: dt.date) -> list[ScopeLine]:
    """Open one scope line per occupation and level; the place of evaluation is the filing's city."""
    city = filing.place[:4] + "00"
    lines: list[ScopeLine] = []
    for line in filing.lines.select_related("standard"):
        for level in line.levels:
            running = ScopeLine.objects.filter(
                Q(valid_to__isnull=True) | Q(valid_to__gt=today),
                body=filing.body_id,
                occupation_code=line.occupation_code,
                level=level,
                place=city,
            ).first()
            if running is not None:
                raise ScopeOverlapsError(
                    occupation=line.occupation_name, level=level, existing=f"自 {running.valid_from} 起"
                )
            lines.append(
                ScopeLine.objects.create(
                    body_id=filing.body_id,
                    occupation_code=line.occupation_code,
                    occupation_edition=line.occupation_edition,
                    occupation_name=line.occupation_name,
                    level=level,
                    place=city,
                    valid_from=today,
                    standard=line.standard,
                    filing=filing,
                )
            )
    return lines
