"""Blanks in stock (空白证书库存): received, used for a certificate, spoiled, destroyed, lost, returned."""

from dataclasses import dataclass

from django.db import transaction

from zhiping.apps.certificates.actions.blank_requests import CLAUSES, KEEP, SUPPLY, reason_of
from zhiping.apps.certificates.blank_ledger import (
    Grounds,
    Parcel,
    Step,
    held,
    holder_name,
    holding,
    lock,
    move,
    next_parcel,
    open_stock,
    parcel_of,
    place_called,
    receive,
)
from zhiping.apps.certificates.errors import (
    BlankBoundAlreadyError,
    BlankElsewhereError,
    BlankNotBoundError,
    BlankNotForAnnulledError,
    BlankNotYoursError,
    BlankPlaceError,
    BlankRecipientError,
    BlankSerialMissingError,
    BlankSeriesInvalidError,
    BlankSeriesTakenError,
    BlankStockNotFoundError,
    BlankWitnessIsKeeperError,
    BlankWriteOffNotFoundError,
    CertificateNotFoundError,
    NothingToPrintError,
)
from zhiping.apps.certificates.lookups import number_key
from zhiping.apps.certificates.models import (
    BlankLoss,
    BlankMovement,
    BlankRange,
    BlankSeries,
    BlankStock,
    BlankWriteOff,
    Certificate,
)
from zhiping.apps.certificates.models.blanks import LONGEST_PREFIX, WIDEST
from zhiping.apps.certificates.states import (
    BLANK_WRITE_OFF_MOVES,
    BlankKind,
    CertificateState,
    MovementKind,
    Shelf,
    WriteOffKind,
    WriteOffState,
)
from zhiping.apps.exams.errors import SittingNotFoundError
from zhiping.apps.exams.models import Sitting
from zhiping.apps.journal.actions import record
from zhiping.apps.journal.numbering import next_number
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.registry.errors import BodyNotFoundError
from zhiping.apps.registry.models import EvaluationBody
from zhiping.core.identifiers.normal_text import normalise_code
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place

_MEANT_FOR_USE = (Shelf.ON_HAND,)
_MAY_SPOIL = (Shelf.ON_HAND, Shelf.USED, Shelf.LOST)
_MAY_BE_LOST = (Shelf.ON_HAND, Shelf.USED, Shelf.SPOILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDetails:
    """How the serials of a series are printed (空白证书序列)."""

    kind: BlankKind
    prefix: str
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the blank of a certificate comes from: its printed serial, or the next one of a stock."""

    serial: str = ""
    stock_id: int | None = None


# --- the store of a province ---------------------------------------------------------------------


def open_blank_series(place: str, details: SeriesDetails, *, actor: Actor, clock: Clock) -> BlankSeries:
    """Open a series before its first sheets arrive (登记空白证书序列).

    Duty:
        certificates.supply_blanks, at the province.
    Refuses:
        BlankPlaceError: only a province has blanks printed.
        DutyMissingError, BlankSeriesInvalidError.
        BlankSeriesTakenError: one printed serial could belong to two series.
    """
    if Place(place).level != "province":
        raise BlankPlaceError(place=place_called(place), needed="序列登记由省级办理")
    actor.require(SUPPLY, Place(place))
    prefix = normalise_code(details.prefix)
    is_printable = not prefix or (prefix.isascii() and prefix.isalnum())
    if not is_printable or len(prefix) > LONGEST_PREFIX or not 1 <= details.width <= WIDEST:
        raise BlankSeriesInvalidError(
            prefix=prefix, width=details.width, longest=LONGEST_PREFIX, widest=WIDEST
        )
    with transaction.atomic():
        for other in BlankSeries.objects.select_for_update():
            if _reads_alike((prefix, details.width), (other.prefix, other.width)):
                raise BlankSeriesTakenError(prefix=prefix, width=details.width, other=other.label)
        series = BlankSeries.objects.create(
            place=place,
            kind=BlankKind(details.kind),
            prefix=prefix,
            width=details.width,
            opened_at=clock.now(),
        )
        record(
            "certificates.blank_series_opened",
            series,
            actor=actor,
            at=clock.now(),
            place=place,
            facts={"series": series.label},
        )
    return series


def _reads_alike(one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Tell whether some printed serial could be read in both series."""
    shorter, longer = sorted((one, other), key=lambda series: len(series[0]))
    rest = longer[0].removeprefix(shorter[0])
    return (
        sum((len(one[0]), one[1])) == sum((len(other[0]), other[1]))
        and longer[0].startswith(shorter[0])
        and (not rest or rest.isdigit())
    )


def receive_blanks(first: str, last: str, *, reference: str, actor: Actor, clock: Clock) -> BlankMovement:
    """Take printed sheets into the province's store (印制入库).

    Duty:
        certificates.supply_blanks, at the series' province.
    Refuses:
        BlankSerialUnreadableError, BlankSpanBackwardsError, DutyMissingError.
        BlankReasonMissingError: the delivery is not named.
        BlankAlreadyReceivedError: a serial of the range was received before.
    """
    with transaction.atomic():
        parcel = parcel_of(first, last)
        actor.require(SUPPLY, Place(parcel.series.place))
        stock = open_stock(parcel.series, parcel.series.place)
        movement = receive(parcel, stock, reason=reason_of(reference), actor=actor, clock=clock)
        _record("certificates.blanks_received", stock, parcel, actor=actor, clock=clock, note=movement.reason)
    return movement


# --- passing on and back -------------------------------------------------------------------------


def hand_out_blanks(
    place: str, body_id: int, first: str, last: str, *, actor: Actor, clock: Clock
) -> BlankMovement:
    """Hand blanks to a body that prints its own certificates (向机构发放空白证书).

    The office keeps the body's account: what the body uses, spoils and brings back is entered there.

    Authority:
        WH21-3.4a.
    Duty:
        certificates.keep_blanks, at the place that hands them out.
    Refuses:
        DutyMissingError, BodyNotFoundError.
        BlankRecipientError: the body lies elsewhere.
        As `supply_blanks` does for serials that are not on hand.
    """
    actor.require(KEEP, Place(place))
    with transaction.atomic():
        body = EvaluationBody.objects.filter(pk=body_id).first()
        if body is None:
            raise BodyNotFoundError(value=body_id)
        if not Place(place).contains(Place(body.place)):
            raise BlankRecipientError(body=body.name, place=place_called(place))
        parcel = parcel_of(first, last)
        source = open_stock(parcel.series, place)
        target = open_stock(parcel.series, body.place, body.pk)
        lock((source, target))
        step = Step(kind=MovementKind.SUPPLIED, shelves=_MEANT_FOR_USE, to_shelf=Shelf.ON_HAND)
        movement = move(parcel, source, target, step, actor=actor, clock=clock)
        _record(
            "certificates.blanks_handed_out",
            source,
            parcel,
            actor=actor,
            clock=clock,
            clauses=CLAUSES,
            body=body.name,
        )
    return movement


def return_blanks(first: str, last: str, *, reason: str, actor: Actor, clock: Clock) -> BlankMovement:
    """Give blanks back (上交退回): a body to its office, a district to its city, a city to its province.

    Authority:
        WH21-3.4a.
    Duty:
        certificates.keep_blanks, at the place that holds them.
    Refuses:
        BlankSerialUnreadableError, BlankSpanBackwardsError, BlankReasonMissingError.
        BlankNotYoursError: in a stock that the officer does not keep; DutyMissingError.
        BlankPlaceError: the province's store gives nothing back.
        BlankNeverReceivedError, BlankElsewhereError, BlankUsedError, BlankVoidError, BlankConditionError.
    """
    with transaction.atomic():
        parcel = parcel_of(first, last)
        source = holding(parcel)
        _require_keeper(actor, source, parcel)
        if source.body_id is None and Place(source.place).level not in {"district", "city"}:
            raise BlankPlaceError(place=place_called(source.place), needed="省级库存不再上交")
        above = _gave_out(parcel, source)
        lock((source, above))
        step = Step(
            kind=MovementKind.RETURNED,
            shelves=_MEANT_FOR_USE,
            to_shelf=Shelf.ON_HAND,
            grounds=Grounds(reason=reason_of(reason)),
        )
        movement = move(parcel, source, above, step, actor=actor, clock=clock)
        _record(
            "certificates.blanks_returned",
            source,
            parcel,
            actor=actor,
            clock=clock,
            clauses=CLAUSES,
            reason=movement.reason,
            returned_to=holder_name(above),
        )
    return movement


def _gave_out(parcel: Parcel, source: BlankStock) -> BlankStock:
    """Return the stock to which blanks go back: a body's to the office that gave them, else one level up."""
    if source.body_id is None:
        return open_stock(source.series, Place(source.place).chain[1].code)
    rows = source.movements_in.select_related("from_stock", "from_stock__series")
    came = rows.filter(kind=MovementKind.SUPPLIED, span__contains=parcel.first).order_by("-id").first()
    if came is not None and came.from_stock is not None:
        return came.from_stock
    return open_stock(source.series, source.place)


# --- certificates --------------------------------------------------------------------------------


def use_blank(number: str, source: Source, *, actor: Actor, clock: Clock) -> BlankMovement:
    """Put a certificate on a blank, when it is printed or issued (使用空白证书).

    Number and blank serial are two things: the number stays, the blank may be exchanged.

    Authority:
        WH21-3.4a.
    Duty:
        certificates.keep_blanks, at the place that holds the blank.
    Refuses:
        CertificateNotFoundError, DutyMissingError, BlankSerialMissingError, BlankStockNotFoundError.
        BlankNotForAnnulledError, BlankBoundAlreadyError.
        BlankSerialUnreadableError, BlankNeverReceivedError, BlankUsedError, BlankVoidError.
        BlankElsewhereError: held neither by the certificate's places nor by its body.
        BlankStockEmptyError: the stock has no next one.
    """
    with transaction.atomic():
        certificate = _certificate(number)
        movement, parcel = _use(certificate, source, actor=actor, clock=clock)
        _record(
            "certificates.blank_used",
            movement.to_stock,
            parcel,
            certificate,
            actor=actor,
            clock=clock,
            clauses=CLAUSES,
            number=certificate.number,
        )
    return movement


def exchange_spoiled_blank(
    number: str, source: Source, *, reason: str, actor: Actor, clock: Clock
) -> BlankMovement:
    """Take the next blank for a certificate whose sheet was spoiled in printing (损毁换纸).

    The spoiled sheet waits for its witness; the certificate goes on at once.

    Authority:
        WH21-3.4a.
    Duty:
        certificates.keep_blanks, at the places that hold both blanks.
    Refuses:
        As `use_blank` does; BlankReasonMissingError, ReasonTooLongError.
        BlankNotBoundError: there is no sheet that could have been spoiled.
    """
    with transaction.atomic():
        certificate = _certificate(number)
        bound = _bound(certificate)
        if bound is None:
            raise BlankNotBoundError(number=certificate.number)
        spoiled = Parcel(series=bound.series, first=bound.span.lower, after=bound.span.upper)
        write_off = _propose(WriteOffKind.SPOIL, spoiled, reason=reason_of(reason), actor=actor, clock=clock)
        movement, parcel = _use(certificate, source, actor=actor, clock=clock)
        _record(
            "certificates.blank_exchanged",
            movement.to_stock,
            parcel,
            certificate,
            write_off,
            actor=actor,
            clock=clock,
            clauses=CLAUSES,
            number=certificate.number,
            spoiled=spoiled.text,
            reason=write_off.reason,
        )
    return movement


def use_blanks_for_sitting(sitting_id: int, first: str, *, actor: Actor, clock: Clock) -> tuple[str, ...]:
    """Put a sitting's certificates on consecutive blanks, in the order of their numbers (批次使用).

    Certificates that stand on a blank already, and annulled ones, are passed over.

    Authority:
        WH21-3.4a.
    Duty:
        certificates.keep_blanks, at the place that holds the blanks.
    Refuses:
        SittingNotFoundError, DutyMissingError.
        NothingToPrintError: no certificate that needs a blank.
        As `use_blank` does, for the first serial that cannot be used; then none is.
    """
    with transaction.atomic():
        sitting = Sitting.objects.filter(pk=sitting_id).first()
        if sitting is None:
            raise SittingNotFoundError(value=sitting_id)
        rows = Certificate.objects.select_for_update(of=("self",)).filter(
            enrolment__sitting=sitting, state=CertificateState.VALID
        )
        on_blanks = BlankRange.objects.filter(shelf=Shelf.USED, certificate__enrolment__sitting=sitting)
        waiting = list(rows.exclude(pk__in=on_blanks.values("certificate")).order_by("number"))
        if not waiting:
            raise NothingToPrintError(sitting=sitting.number, part=1, parts=0)
        start = parcel_of(first)
        whole = Parcel(series=start.series, first=start.first, after=start.first + len(waiting))
        stock = holding(whole)
        held(whole, stock, _MEANT_FOR_USE)
        for serial, certificate in enumerate(waiting, start=whole.first):
            sheet = Parcel(series=whole.series, first=serial, after=serial + 1)
            _put_on(certificate, sheet, stock, actor=actor, clock=clock)
        _record(
            "certificates.blanks_used_for_sitting",
            stock,
            whole,
            sitting,
            *waiting,
            actor=actor,
            clock=clock,
            clauses=CLAUSES,
            sitting=sitting.number,
            numbers=[certificate.number for certificate in waiting],
        )
    return tuple(whole.series.text(serial) for serial in range(whole.first, whole.after))


def _certificate(number: str) -> Certificate:
    rows = Certificate.objects.select_for_update(of=("self",))
    certificate = rows.filter(number=number_key(number)).first()
    if certificate is None:
        raise CertificateNotFoundError(value=number)
    return certificate


def _bound(certificate: Certificate) -> BlankRange | None:
    rows = certificate.blanks.select_related("series", "stock", "stock__series")
    return rows.filter(shelf=Shelf.USED).first()


def _use(
    certificate: Certificate, source: Source, *, actor: Actor, clock: Clock
) -> tuple[BlankMovement, Parcel]:
    if certificate.state != CertificateState.VALID:
        raise BlankNotForAnnulledError(number=certificate.number)
    bound = _bound(certificate)
    if bound is not None:
        serial = bound.series.text(bound.span.lower)
        raise BlankBoundAlreadyError(number=certificate.number, serial=serial)
    if normalise_code(source.serial):
        parcel = parcel_of(source.serial)
        stock = holding(parcel)
        held(parcel, stock, _MEANT_FOR_USE)
    elif source.stock_id is not None:
        stock = _stock(source.stock_id)
        lock((stock,))
        actor.require(KEEP, Place(stock.place))
        parcel = next_parcel(stock)
    else:
        raise BlankSerialMissingError
    return _put_on(certificate, parcel, stock, actor=actor, clock=clock), parcel


def _put_on(
    certificate: Certificate, sheet: Parcel, stock: BlankStock, *, actor: Actor, clock: Clock
) -> BlankMovement:
    here = Place(certificate.place)
    actor.require(KEEP, here)
    is_own_body = stock.body_id in {None, certificate.body_id}
    is_ours = Place(stock.place).contains(here) and actor.may(KEEP, Place(stock.place))
    if not is_own_body or not is_ours:
        raise BlankElsewhereError(
            serial=sheet.text, holder=holder_name(stock), place=place_called(certificate.place)
        )
    step = Step(
        kind=MovementKind.USED,
        shelves=_MEANT_FOR_USE,
        to_shelf=Shelf.USED,
        grounds=Grounds(certificate=certificate),
    )
    return move(sheet, stock, stock, step, actor=actor, clock=clock)


def _stock(pk: int) -> BlankStock:
    stock = BlankStock.objects.select_related("series").filter(pk=pk).first()
    if stock is None:
        raise BlankStockNotFoundError(value=pk)
    return stock


# --- writing off before a witness ----------------------------------------------------------------


def spoil_blanks(first: str, last: str, *, reason: str, actor: Actor, clock: Clock) -> BlankWriteOff:
    """Set spoiled blanks aside until a second person has seen them (登记损毁).

    They cannot be used from this moment on.

    Authority:
        WH21-3.4a.
    Duty:
        certificates.keep_blanks, at the place that holds them.
    Refuses:
        BlankSerialUnreadableError, BlankSpanBackwardsError, DutyMissingError, BlankNotYoursError.
        BlankReasonMissingError, ReasonTooLongError.
        BlankNeverReceivedError, BlankVoidError, BlankElsewhereError, BlankConditionError.
    """
    with transaction.atomic():
        parcel = parcel_of(first, last)
        write_off = _propose(WriteOffKind.SPOIL, parcel, reason=reason_of(reason), actor=actor, clock=clock)
        _record_write_off(
            "certificates.blanks_spoiled", write_off, parcel, actor=actor, clock=clock, clauses=CLAUSES
        )
    return write_off


def destroy_blanks(first: str, last: str, *, reason: str, actor: Actor, clock: Clock) -> BlankWriteOff:
    """Enter that spoiled blanks were destroyed, for a second person to confirm (登记销毁).

    Duty:
        certificates.keep_blanks, at the place that holds them.
    Refuses:
        As `spoil_blanks` does; only what was spoiled and witnessed is destroyed.
    """
    with transaction.atomic():
        parcel = parcel_of(first, last)
        write_off = _propose(WriteOffKind.DESTROY, parcel, reason=reason_of(reason), actor=actor, clock=clock)
        _record_write_off("certificates.blanks_destroyed", write_off, parcel, actor=actor, clock=clock)
    return write_off


def confirm_write_off(pk: int, *, opinion: str = "", actor: Actor, clock: Clock) -> BlankWriteOff:
    """Confirm as the second person that the sheets are spoiled or destroyed (见证核销).

    Duty:
        certificates.witness_blanks, at the place that holds them; never who proposed it.
    Refuses:
        BlankWriteOffNotFoundError, MoveNotAllowedError, DutyMissingError, BlankWitnessIsKeeperError.
    """
    with transaction.atomic():
        write_off, parcel = _witnessed(pk, "confirm_write_off", actor)
        is_spoil = write_off.kind == WriteOffKind.SPOIL
        step = Step(
            kind=MovementKind.SPOIL_CONFIRMED if is_spoil else MovementKind.DESTROY_CONFIRMED,
            shelves=(_set_aside(write_off),),
            to_shelf=Shelf.SPOILED if is_spoil else Shelf.DESTROYED,
            grounds=Grounds(reason=write_off.reason, write_off=write_off, certificate=write_off.certificate),
        )
        move(parcel, write_off.stock, write_off.stock, step, actor=actor, clock=clock)
        _close(write_off, reason_of(opinion, is_needed=False), actor=actor, clock=clock)
        _record_write_off(
            "certificates.blank_write_off_confirmed", write_off, parcel, actor=actor, clock=clock
        )
    return write_off


def reject_write_off(pk: int, *, opinion: str, actor: Actor, clock: Clock) -> BlankWriteOff:
    """Find as the second person that it is not so: the sheets are again what they were (见证不符).

    Duty:
        certificates.witness_blanks, at the place that holds them; never who proposed it.
    Refuses:
        BlankWriteOffNotFoundError, MoveNotAllowedError, DutyMissingError, BlankWitnessIsKeeperError.
        BlankReasonMissingError, ReasonTooLongError.
        BlankBoundAlreadyError: the certificate stands on another blank by now.
    """
    with transaction.atomic():
        write_off, parcel = _witnessed(pk, "reject_write_off", actor)
        certificate = write_off.certificate
        if write_off.came_from == Shelf.USED and certificate is not None:
            other = _bound(certificate)
            if other is not None:
                serial = other.series.text(other.span.lower)
                raise BlankBoundAlreadyError(number=certificate.number, serial=serial)
        step = Step(
            kind=MovementKind.PUT_BACK,
            shelves=(_set_aside(write_off),),
            to_shelf=Shelf(write_off.came_from),
            grounds=Grounds(reason=reason_of(opinion), write_off=write_off, certificate=certificate),
        )
        move(parcel, write_off.stock, write_off.stock, step, actor=actor, clock=clock)
        _close(write_off, step.grounds.reason, actor=actor, clock=clock, is_confirmed=False)
        _record_write_off(
            "certificates.blank_write_off_rejected", write_off, parcel, actor=actor, clock=clock
        )
    return write_off


def _propose(kind: WriteOffKind, parcel: Parcel, *, reason: str, actor: Actor, clock: Clock) -> BlankWriteOff:
    """Write a write-off and set its sheets aside; the caller records it."""
    stock = holding(parcel)
    _require_keeper(actor, stock, parcel)
    is_spoil = kind == WriteOffKind.SPOIL
    shelves = _MAY_SPOIL if is_spoil else (Shelf.SPOILED,)
    piece = held(parcel, stock, shelves)
    write_off = BlankWriteOff.objects.create(
        number=next_number("HX", stock.place, clock),
        kind=kind,
        stock=stock,
        span=parcel.span,
        came_from=piece.shelf,
        certificate_id=piece.certificate_id,
        reason=reason,
        keeper_id=actor.id,
        keeper_name=actor.name,
        proposed_at=clock.now(),
    )
    step = Step(
        kind=MovementKind.SPOILED if is_spoil else MovementKind.DESTROYED,
        shelves=shelves,
        to_shelf=_set_aside(write_off),
        grounds=Grounds(reason=reason, write_off=write_off, certificate=write_off.certificate),
    )
    move(parcel, stock, stock, step, actor=actor, clock=clock)
    return write_off


def _set_aside(write_off: BlankWriteOff) -> Shelf:
    return Shelf.SPOILING if write_off.kind == WriteOffKind.SPOIL else Shelf.DESTROYING


def _witnessed(pk: int, verb: str, actor: Actor) -> tuple[BlankWriteOff, Parcel]:
    rows = BlankWriteOff.objects.select_for_update(of=("self",)).select_related("stock", "stock__series")
    write_off = rows.filter(pk=pk).first()
    if write_off is None:
        raise BlankWriteOffNotFoundError(value=pk)
    place = Place(write_off.stock.place)
    walk(BLANK_WRITE_OFF_MOVES, write_off.state, verb, actor=actor, place=place)
    if actor.id == write_off.keeper_id:
        raise BlankWitnessIsKeeperError(number=write_off.number, keeper=write_off.keeper_name)
    lock((write_off.stock,))
    span = write_off.span
    return write_off, Parcel(series=write_off.stock.series, first=span.lower, after=span.upper)


def _close(
    write_off: BlankWriteOff, opinion: str, *, actor: Actor, clock: Clock, is_confirmed: bool = True
) -> None:
    write_off.state = WriteOffState.CONFIRMED if is_confirmed else WriteOffState.REJECTED
    write_off.witness_id, write_off.witness_name = actor.id, actor.name
    write_off.closed_at, write_off.answer = clock.now(), opinion
    write_off.save()


# --- lost ----------------------------------------------------------------------------------------


def report_lost_blanks(
    first: str, last: str, *, reason: str, statement: str, actor: Actor, clock: Clock
) -> BlankLoss:
    """Declare lost blanks void, and say so in public (遗失作废公告).

    The reason stays inside; the statement is what the public reads.

    Duty:
        certificates.keep_blanks, at the place that held them.
    Refuses:
        BlankSerialUnreadableError, BlankSpanBackwardsError, DutyMissingError, BlankNotYoursError.
        BlankReasonMissingError, ReasonTooLongError.
        BlankNeverReceivedError, BlankVoidError, BlankElsewhereError, BlankConditionError.
    """
    with transaction.atomic():
        parcel = parcel_of(first, last)
        stock = holding(parcel)
        _require_keeper(actor, stock, parcel)
        piece = held(parcel, stock, _MAY_BE_LOST)
        grounds = Grounds(reason=reason_of(reason), certificate=piece.certificate)
        step = Step(kind=MovementKind.LOST, shelves=_MAY_BE_LOST, to_shelf=Shelf.LOST, grounds=grounds)
        movement = move(parcel, stock, stock, step, actor=actor, clock=clock)
        loss = BlankLoss.objects.create(
            number=next_number("YS", stock.place, clock),
            movement=movement,
            place=stock.place,
            published_on=clock.today(),
            statement=reason_of(statement, is_needed=False),
        )
        _record(
            "certificates.blanks_lost",
            stock,
            parcel,
            loss,
            actor=actor,
            clock=clock,
            number=loss.number,
            reason=movement.reason,
        )
    return loss


# --- who keeps it ---------------------------------------------------------------------------------


def _require_keeper(actor: Actor, stock: BlankStock, parcel: Parcel) -> None:
    """Refuse who does not keep the stock; a keeper elsewhere most likely mistyped the serial."""
    if actor.may_anywhere(KEEP) and not actor.may(KEEP, Place(stock.place)):
        raise BlankNotYoursError(serial=parcel.series.text(parcel.first))
    actor.require(KEEP, Place(stock.place))


# --- recording -----------------------------------------------------------------------------------


def _record(
    event: str,
    stock: BlankStock,
    parcel: Parcel,
    *things: Certificate | BlankLoss | BlankWriteOff | Sitting,
    actor: Actor,
    clock: Clock,
    clauses: tuple[str, ...] = (),
    **facts: object,
) -> None:
    record(
        event,
        stock,
        *things,
        actor=actor,
        at=clock.now(),
        place=stock.place,
        clauses=binding_clauses(clauses, place=stock.place, on=clock.today()),
        facts={"span": parcel.text, "count": parcel.count, "holder": holder_name(stock), **facts},
    )


def _record_write_off(
    event: str,
    write_off: BlankWriteOff,
    parcel: Parcel,
    *,
    actor: Actor,
    clock: Clock,
    clauses: tuple[str, ...] = (),
) -> None:
    things = (write_off,) if write_off.certificate is None else (write_off, write_off.certificate)
    _record(
        event,
        write_off.stock,
        parcel,
        *things,
        actor=actor,
        clock=clock,
        clauses=clauses,
        number=write_off.number,
        reason=write_off.reason,
        keeper=write_off.keeper_name,
        witness=write_off.witness_name,
        opinion=write_off.answer,
    )
