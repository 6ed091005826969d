"""Bodies: their details, and how they stand in the register."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from zhiping.apps.authorities.models import Account
from zhiping.apps.journal.actions import record
from zhiping.apps.reference.queries import binding_clauses, whole_parameter
from zhiping.apps.registry.errors import AlreadyOnRecordError, OpinionMissingError
from zhiping.apps.registry.models import Bar, BodyAccess, EvaluationBody, ScopeLine
from zhiping.apps.registry.ownership import require_own
from zhiping.apps.registry.states import BODY_MOVES, BodyState
from zhiping.core.identifiers import credit_code as credit_codes
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyDetails:
    """What a body says of itself."""

    name: str
    kind: str
    credit_code: str
    place: str
    address: str
    contact_name: str
    contact_phone: str
    industry_code: str = ""
    founded_on: dt.date | None = None


def register_body(
    details: BodyDetails, *, accounts: tuple[Account, ...] = (), actor: Actor, clock: Clock
) -> EvaluationBody:
    """Open a dossier for a body (建档), with the accounts that work for it.

    Duty:
        registry.open_dossier, at the body's place; the system needs none.
    Refuses:
        DutyMissingError.
        IdentifierInvalidError: the unified social credit code cannot be right.
        AlreadyOnRecordError: a body with that code is on record.
    """
    actor.require_unless_system("registry.open_dossier", Place(details.place))
    code = str(credit_codes.parse(details.credit_code))
    with transaction.atomic():
        if EvaluationBody.objects.filter(credit_code=code).exists():
            raise AlreadyOnRecordError(value=code)
        body = EvaluationBody.objects.create(
            name=details.name,
            kind=details.kind,
            credit_code=code,
            place=details.place,
            address=details.address,
            contact_name=details.contact_name,
            contact_phone=details.contact_phone,
            industry_code=details.industry_code,
            founded_on=details.founded_on,
        )
        BodyAccess.objects.bulk_create(BodyAccess(account=account, body=body) for account in accounts)
        record("registry.body_registered", body, actor=actor, at=clock.now(), place=body.place)
    return body


def update_body(
    body_id: int,
    *,
    address: str,
    contact_name: str,
    contact_phone: str,
    fee_statement: str,
    actor: Actor,
    clock: Clock,
) -> EvaluationBody:
    """Change what the public directory shows of a body (变更机构信息).

    Authority:
        FS20-4.3.
    """
    with transaction.atomic():
        body = EvaluationBody.objects.select_for_update().get(pk=body_id)
        require_own(actor, body.pk)
        new = {
            "address": address,
            "contact_name": contact_name,
            "contact_phone": contact_phone,
            "fee_statement": fee_statement,
        }
        before = {name: getattr(body, name) for name in new}
        for name, value in new.items():
            setattr(body, name, value)
        body.save(update_fields=list(new))
        record(
            "registry.body_updated",
            body,
            actor=actor,
            at=clock.now(),
            place=body.place,
            clauses=binding_clauses(("FS20-4.3",), place=body.place, on=clock.today()),
            facts={"before": before, "after": new},
        )
    return body


def suspend_body(body_id: int, *, reason: str, actor: Actor, clock: Clock) -> EvaluationBody:
    """Stop a body's evaluation at once (立即停止评价).

    Authority:
        LN24-3.5c.
    Duty:
        registry.suspend, at the body's place.
    """
    return _move(body_id, "suspend", reason=reason, actor=actor, clock=clock)


def resume_body(body_id: int, *, reason: str, actor: Actor, clock: Clock) -> EvaluationBody:
    """Let a suspended body evaluate again (恢复评价).

    Authority:
        LN24-3.5c.
    Duty:
        registry.suspend, at the body's place.
    """
    return _move(body_id, "resume", reason=reason, actor=actor, clock=clock)


def leave_register(body_id: int, *, reason: str, actor: Actor, clock: Clock) -> EvaluationBody:
    """Leave the register at the body's own wish (自行退出目录); its scope ends that day."""
    require_own(actor, body_id)
    with transaction.atomic():
        body = _move(body_id, "leave", reason=reason, actor=actor, clock=clock)
        _end_scope(body, clock.today())
    return body


def remove_body(
    body_id: int, *, reason: str, actor: Actor, clock: Clock, bars: bool = True
) -> EvaluationBody:
    """Remove a body from the register (移出目录): its scope ends, and it is barred where a rule says so.

    Authority:
        LN24-3.5c, FS20-5.2, FS20-5.3 (no new filing for the years of `filing.bar_years`).
    Duty:
        registry.remove, at the body's place.
    """
    with transaction.atomic():
        body = _move(body_id, "remove", reason=reason, actor=actor, clock=clock)
        today = clock.today()
        _end_scope(body, today)
        years = whole_parameter("filing.bar_years", place=body.place, on=today)
        if bars and years:
            Bar.objects.create(
                credit_code=body.credit_code,
                valid_from=today,
                valid_to=_day_after_years(today, years),
                reason=reason,
                clause="FS20-5.3",
            )
    return body


def _move(body_id: int, verb: str, *, reason: str, actor: Actor, clock: Clock) -> EvaluationBody:
    if not reason.strip():
        raise OpinionMissingError
    with transaction.atomic():
        body = EvaluationBody.objects.select_for_update().get(pk=body_id)
        move = walk(BODY_MOVES, body.state, verb, actor=actor, place=Place(body.place))
        before = body.state
        body.state, body.state_reason, body.state_since = move.to, reason, clock.today()
        body.save(update_fields=["state", "state_reason", "state_since"])
        record(
            f"registry.body_{_PAST[verb]}",
            body,
            actor=actor,
            at=clock.now(),
            place=body.place,
            clauses=binding_clauses(move.clauses, place=body.place, on=clock.today()),
            facts={"before": BodyState(before).label, "after": BodyState(move.to).label, "reason": reason},
        )
    return body


_PAST = {"suspend": "suspended", "resume": "resumed", "remove": "removed", "leave": "left"}


def _end_scope(body: EvaluationBody, on: dt.date) -> None:
    # A line that was to start later never does: its period becomes empty.
    running = ScopeLine.objects.filter(body=body).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    running.update(valid_to=Greatest(F("valid_from"), Value(on)))


def _day_after_years(day: dt.date, years: int) -> dt.date:
    """Return the first day after so many years, whose last, corresponding day still counts."""
    try:
        last = day.replace(year=day.year + years)
    except ValueError:  # 29 February: the last day of the month counts
        last = dt.date(day.year + years, 2, 28)
    return last + dt.timedelta(days=1)
