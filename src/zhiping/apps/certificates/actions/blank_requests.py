"""Asking for blanks (空白证书申领): district asks, city sums, province supplies, city passes on."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from zhiping.apps.certificates.blank_ledger import (
    Grounds,
    Parcel,
    Step,
    lock,
    move,
    open_stock,
    parcel_of,
    place_called,
)
from zhiping.apps.certificates.errors import (
    BlankDueError,
    BlankKindError,
    BlankNothingToAggregateError,
    BlankPlaceError,
    BlankQuantityError,
    BlankReasonMissingError,
    BlankReductionError,
    BlankRequestNotFoundError,
    BlankTooManyError,
    ReasonTooLongError,
)
from zhiping.apps.certificates.models import BlankRequest, BlankStock
from zhiping.apps.certificates.states import (
    BLANK_REQUEST_MOVES,
    BlankKind,
    BlankRequestState,
    MovementKind,
    Shelf,
)
from zhiping.apps.journal.actions import record
from zhiping.apps.journal.numbering import next_number
from zhiping.apps.reference.queries import binding_clauses
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place

KEEP, SUPPLY = "certificates.keep_blanks", "certificates.supply_blanks"
CLAUSES = ("WH21-3.4a",)
MOST = 1_000_000
"""More than any province prints in a year; a larger number is a slip of the pen."""
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What is needed (空白证书需求): how many of which kind, for which project, by when."""

    kind: BlankKind
    quantity: int
    due_on: dt.date
    project: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a city lets stand of a district's request (核定): how many, and why if less."""

    quantity: int
    reason: str = ""


def supplier_of(place: str) -> str:
    """Return from whom a place gets its blanks (供应地区): district from city, city from province.

    Refuses:
        BlankPlaceError: a province has blanks printed, nobody supplies it.
    """
    here = Place(place)
    if here.level not in {"district", "city"}:
        raise BlankPlaceError(place=place_called(place), needed="申领由区县或市级提出，省级办理印制入库")
    return here.chain[1].code


def request_blanks(place: str, need: Need, *, actor: Actor, clock: Clock) -> BlankRequest:
    """Say how many blanks a district or a city needs (申领空白证书).

    Authority:
        WH21-3.4a.
    Duty:
        certificates.keep_blanks, at the place.
    Refuses:
        BlankPlaceError, DutyMissingError, BlankQuantityError, BlankDueError.
    """
    supplier = supplier_of(place)
    actor.require(KEEP, Place(place))
    _require_sensible(need.quantity, need.due_on, clock)
    with transaction.atomic():
        request = _written(place, supplier, need, actor=actor, clock=clock)
        _record("certificates.blanks_requested", (request,), request, actor=actor, clock=clock)
    return request


def withdraw_blank_request(pk: int, *, reason: str, actor: Actor, clock: Clock) -> BlankRequest:
    """Take a request back before it is summed or supplied (撤回申领).

    Authority:
        WH21-3.4a.
    Duty:
        certificates.keep_blanks, at the place that asked.
    Refuses:
        BlankRequestNotFoundError, MoveNotAllowedError, DutyMissingError, BlankReasonMissingError.
    """
    with transaction.atomic():
        request = _locked(pk)
        move_on = walk(
            BLANK_REQUEST_MOVES, request.state, "withdraw_request", actor=actor, place=Place(request.place)
        )
        request.state, request.answer = BlankRequestState(move_on.to), reason_of(reason)
        request.save(update_fields=["state", "answer"])
        released = _release_lines(request, actor)
        _record(
            "certificates.blank_request_withdrawn",
            (request, *released),
            request,
            actor=actor,
            clock=clock,
            reason=request.answer,
        )
    return request


def aggregate_blank_requests(
    place: str,
    grants: Mapping[int, Grant],
    *,
    need: Need,
    actor: Actor,
    clock: Clock,
) -> BlankRequest:
    """Sum the districts' requests into the city's one to the province (汇总上报).

    `grants` names each request that is summed with what is let stand of it; `need.quantity` is the
    city's own need on top, which may be nothing.

    Authority:
        WH21-3.4a.
    Duty:
        certificates.supply_blanks, at the city.
    Refuses:
        BlankPlaceError: only a city sums.
        BlankRequestNotFoundError: not one of its districts' requests of that kind.
        MoveNotAllowedError, DutyMissingError, BlankDueError, BlankQuantityError.
        BlankReductionError: more than was asked for, nothing, or less without a reason.
        BlankNothingToAggregateError.
    """
    if Place(place).level != "city":
        raise BlankPlaceError(place=place_called(place), needed="汇总由市级办理")
    actor.require(SUPPLY, Place(place))
    with transaction.atomic():
        lines = _lines(place, grants, need.kind)
        for line in lines:
            _grant(line, grants[line.pk])
        total = need.quantity + sum(grant.quantity for grant in grants.values())
        if total == 0:
            raise BlankNothingToAggregateError(place=place_called(place), kind=BlankKind(need.kind).label)
        _require_sensible(total, need.due_on, clock)
        request = _written(place, supplier_of(place), need, actor=actor, clock=clock, quantity=total)
        for line in lines:
            move_on = walk(BLANK_REQUEST_MOVES, line.state, "aggregate", actor=actor, place=Place(place))
            line.state, line.parent = BlankRequestState(move_on.to), request
            line.save(update_fields=["state", "parent", "granted", "reduction"])
        _record(
            "certificates.blanks_aggregated",
            (request, *lines),
            request,
            actor=actor,
            clock=clock,
            requests=[line.number for line in lines],
            own_need=need.quantity,
            reduced=[
                f"{line.number} {line.quantity}→{line.granted}：{line.reduction}"
                for line in lines
                if line.granted < line.quantity
            ],
        )
    return request


def decline_blank_request(pk: int, *, reason: str, actor: Actor, clock: Clock) -> BlankRequest:
    """Refuse a request, or end one that was supplied in part (不予供应、未足额办结).

    Authority:
        WH21-3.4a.
    Duty:
        certificates.supply_blanks, at the supplier's place.
    Refuses:
        BlankRequestNotFoundError, MoveNotAllowedError, DutyMissingError, BlankReasonMissingError.
    """
    with transaction.atomic():
        request = _locked(pk)
        move_on = walk(
            BLANK_REQUEST_MOVES, request.state, "decline", actor=actor, place=Place(request.supplier)
        )
        request.state, request.answer = BlankRequestState(move_on.to), reason_of(reason)
        request.save(update_fields=["state", "answer"])
        released = _release_lines(request, actor) if request.state == BlankRequestState.DECLINED else []
        _record(
            "certificates.blank_request_declined",
            (request, *released),
            request,
            actor=actor,
            clock=clock,
            reason=request.answer,
        )
    return request


def supply_blanks(pk: int, spans: Sequence[tuple[str, str]], *, actor: Actor, clock: Clock) -> BlankRequest:
    """Hand over blanks on a request, all of them or a part (供应空白证书).

    Each span names its first and last printed serial; they go from the supplier's stock into the
    asker's. A province supplies cities so, and a city its districts.

    Authority:
        WH21-3.4a.
    Duty:
        certificates.supply_blanks, at the supplier's place.
    Refuses:
        BlankRequestNotFoundError, MoveNotAllowedError, DutyMissingError.
        BlankSerialUnreadableError, BlankSpanBackwardsError: a span cannot be read.
        BlankKindError: another kind than was asked for.
        BlankTooManyError: more than are still to be supplied.
        BlankNeverReceivedError, BlankElsewhereError, BlankUsedError, BlankVoidError,
        BlankConditionError: a serial that is not on hand at the supplier.
    """
    with transaction.atomic():
        request = _locked(pk)
        parcels = [parcel_of(first, last) for first, last in spans]
        given = sum(parcel.count for parcel in parcels)
        verb = "supply_rest" if given == request.left else "supply_part"
        move_on = walk(BLANK_REQUEST_MOVES, request.state, verb, actor=actor, place=Place(request.supplier))
        _require_fitting(request, parcels, given)
        routes = [_route(request, parcel) for parcel in parcels]
        lock(stock for route in routes for stock in route)
        step = Step(
            kind=MovementKind.SUPPLIED,
            shelves=(Shelf.ON_HAND,),
            to_shelf=Shelf.ON_HAND,
            grounds=Grounds(request=request),
        )
        for parcel, (source, target) in zip(parcels, routes, strict=True):
            move(parcel, source, target, step, actor=actor, clock=clock)
        request.supplied += given
        request.state = BlankRequestState(move_on.to)
        request.save(update_fields=["supplied", "state"])
        _record(
            "certificates.blanks_supplied",
            (request,),
            request,
            actor=actor,
            clock=clock,
            spans=[parcel.text for parcel in parcels],
            given=given,
        )
    return request


def reason_of(text: str, *, is_needed: bool = True) -> str:
    """Return a reason in one spelling (原因).

    Refuses:
        BlankReasonMissingError: there is none.
        ReasonTooLongError: it does not fit the record.
    """
    reason = " ".join(text.split())  # sentences keep their Chinese punctuation
    if is_needed and not reason:
        raise BlankReasonMissingError
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLongError(length=len(reason), limit=LONGEST_REASON)
    return reason


def _require_sensible(quantity: int, due_on: dt.date, clock: Clock) -> None:
    if not 1 <= quantity <= MOST:
        raise BlankQuantityError(value=quantity, limit=MOST)
    if due_on < clock.today():
        raise BlankDueError(due=due_on, today=clock.today())


def _written(
    place: str, supplier: str, need: Need, *, actor: Actor, clock: Clock, quantity: int | None = None
) -> BlankRequest:
    wanted = need.quantity if quantity is None else quantity
    return BlankRequest.objects.create(
        number=next_number("SL", place, clock),
        kind=BlankKind(need.kind),
        place=place,
        supplier=supplier,
        quantity=wanted,
        granted=wanted,
        project=" ".join(need.project.split()),
        note=reason_of(need.note, is_needed=False),
        due_on=need.due_on,
        asked_at=clock.now(),
        asked_by=actor.name,
    )


def _locked(pk: int) -> BlankRequest:
    request = BlankRequest.objects.select_for_update().filter(pk=pk).first()
    if request is None:
        raise BlankRequestNotFoundError(value=pk)
    return request


def _release_lines(request: BlankRequest, actor: Actor) -> list[BlankRequest]:
    """Let the districts that were summed in a request wait to be summed again."""
    lines = list(request.lines.select_for_update().filter(state=BlankRequestState.AGGREGATED).order_by("pk"))
    for line in lines:
        move_on = walk(BLANK_REQUEST_MOVES, line.state, "release", actor=actor, place=Place(line.supplier))
        line.state, line.parent = BlankRequestState(move_on.to), None
        line.granted, line.reduction = line.quantity, ""
        line.save(update_fields=["state", "parent", "granted", "reduction"])
    return lines


def _lines(place: str, grants: Mapping[int, Grant], kind: str) -> list[BlankRequest]:
    rows = BlankRequest.objects.select_for_update().filter(pk__in=grants, supplier=place, kind=kind)
    lines = list(rows.order_by("pk"))
    unknown = sorted(grants.keys() - {line.pk for line in lines})
    if unknown:
        raise BlankRequestNotFoundError(value="、".join(map(str, unknown)))
    return lines


def _grant(line: BlankRequest, grant: Grant) -> None:
    reason = reason_of(grant.reason, is_needed=False)
    is_less = grant.quantity < line.quantity
    if not 1 <= grant.quantity <= line.quantity or (is_less and not reason):
        raise BlankReductionError(number=line.number, quantity=line.quantity, granted=grant.quantity)
    line.granted, line.reduction = grant.quantity, reason if is_less else ""


def _require_fitting(request: BlankRequest, parcels: Sequence[Parcel], given: int) -> None:
    for parcel in parcels:
        if parcel.series.kind != request.kind:
            raise BlankKindError(
                wanted=BlankKind(request.kind).label,
                span=parcel.text,
                offered=BlankKind(parcel.series.kind).label,
            )
    if not 1 <= given <= request.left:
        raise BlankTooManyError(number=request.number, left=request.left, given=given)


def _route(request: BlankRequest, parcel: Parcel) -> tuple[BlankStock, BlankStock]:
    return open_stock(parcel.series, request.supplier), open_stock(parcel.series, request.place)


def _record(
    event: str,
    things: Sequence[BlankRequest],
    request: BlankRequest,
    *,
    actor: Actor,
    clock: Clock,
    **facts: object,
) -> None:
    record(
        event,
        *things,
        actor=actor,
        at=clock.now(),
        place=request.place,
        clauses=binding_clauses(CLAUSES, place=request.place, on=clock.today()),
        facts={
            "number": request.number,
            "certificate_kind": request.get_kind_display(),
            "quantity": request.quantity,
            "state": BlankRequestState(request.state).label,
            **facts,
        },
    )
