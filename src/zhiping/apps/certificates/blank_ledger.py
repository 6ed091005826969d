"""Moving blanks (空白证书流水): the one way a serial changes its holder or its condition.

A step locks the stocks that it touches, in the order of their keys; the serials in them cannot change
until the transaction ends. It then cuts what it takes out of the ranges that hold it, puts it where it
goes, and writes one line into the ledger.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.backends.postgresql.psycopg_any import NumericRange

from zhiping.apps.authorities.walls import reaching_everywhere
from zhiping.apps.certificates.errors import (
    BlankAlreadyReceivedError,
    BlankConditionError,
    BlankElsewhereError,
    BlankNeverReceivedError,
    BlankSerialUnreadableError,
    BlankSpanBackwardsError,
    BlankStockEmptyError,
    BlankUsedError,
    BlankVoidError,
)
from zhiping.apps.certificates.models import (
    BlankMovement,
    BlankRange,
    BlankRequest,
    BlankSeries,
    BlankStock,
    BlankWriteOff,
    Certificate,
)
from zhiping.apps.certificates.states import MovementKind, Shelf
from zhiping.apps.registry.models import EvaluationBody
from zhiping.core.catalogues.divisions import divisions
from zhiping.core.identifiers.normal_text import normalise_code
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock

_SHOWN_SHELVES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A run of serials of one series (一段流水号), half open."""

    series: BlankSeries
    first: int
    after: int

    @property
    def count(self) -> int:
        """Return how many serials there are."""
        return self.after - self.first

    @property
    def span(self) -> NumericRange:
        """Return the run as the database keeps it."""
        return NumericRange(self.first, self.after)

    @property
    def text(self) -> str:
        """Return the run as people read it."""
        return self.series.range_text(self.first, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Why serials move: reason, request, certificate, write-off."""

    reason: str = ""
    request: BlankRequest | None = None
    certificate: Certificate | None = None
    write_off: BlankWriteOff | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One kind of movement: from which conditions, to which stock and condition."""

    kind: MovementKind
    shelves: Collection[Shelf]
    to_shelf: Shelf
    grounds: Grounds = field(default_factory=Grounds)


# --- reading serials -----------------------------------------------------------------------------


def parcel_of(first: str, last: str = "") -> Parcel:
    """Return the run from the first to the last printed serial; one sheet without a last.

    Refuses:
        BlankSerialUnreadableError: a serial fits no series.
        BlankSpanBackwardsError: the last does not follow the first in the same series.
    """
    series, lowest = read_serial(first)
    if not normalise_code(last):
        return Parcel(series=series, first=lowest, after=lowest + 1)
    other, highest = read_serial(last)
    if other.pk != series.pk or highest < lowest:
        raise BlankSpanBackwardsError(first=normalise_code(first), last=normalise_code(last))
    return Parcel(series=series, first=lowest, after=highest + 1)


def read_serial(text: str) -> tuple[BlankSeries, int]:
    """Return the series and the integer of a printed serial.

    Refuses:
        BlankSerialUnreadableError: it fits no series.
    """
    code = normalise_code(text)
    if code.isascii() and code.isalnum():
        for series in BlankSeries.objects.all():
            digits = code.removeprefix(series.prefix)
            has_prefix = code.startswith(series.prefix)
            if has_prefix and len(digits) == series.width and digits.isdigit():
                return series, int(digits)
    raise BlankSerialUnreadableError(value=text.strip() or "（未填）")


def holder_name(stock: BlankStock, *, body_name: str = "") -> str:
    """Return who holds a stock: the place, or the body in it, whose name may be known already."""
    if stock.body_id is None:
        return place_called(stock.place)
    if not body_name:
        with reaching_everywhere():
            body_name = EvaluationBody.objects.values_list("name", flat=True).get(pk=stock.body_id)
    return f"{body_name}（{place_called(stock.place)}）"


def place_called(code: str) -> str:
    """Return the last name that a place had (地区名称), its code where no list ever carried it."""
    history = divisions().history(code)
    return history[-1].name if history else code


# --- locking -------------------------------------------------------------------------------------


def open_stock(series: BlankSeries, place: str, body_id: int | None = None) -> BlankStock:
    """Return the stock of a holder; an empty one is opened where there is none."""
    stock, _ = BlankStock.objects.get_or_create(series=series, place=place, body_id=body_id)
    return stock


def lock(stocks: Iterable[BlankStock]) -> None:
    """Hold stocks until the transaction ends, always in the same order: nobody waits in a circle."""
    keys = {stock.pk for stock in stocks}
    list(BlankStock.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def holding(parcel: Parcel) -> BlankStock:
    """Return the stock in which the first serial of a run is now, locked.

    Refuses:
        BlankNeverReceivedError: it was never received.
    """
    # The serial may move while we wait for the stock: look again until it stands still.
    seen: int | None = None
    while True:
        piece = _at(parcel.series, parcel.first)
        if piece is None:
            raise BlankNeverReceivedError(serial=parcel.series.text(parcel.first))
        if piece.stock_id == seen:
            return piece.stock
        lock([piece.stock])
        seen = piece.stock_id


def _at(series: BlankSeries, serial: int) -> BlankRange | None:
    rows = BlankRange.objects.select_related("stock", "stock__series")
    return rows.filter(series=series, span__contains=serial).first()


def next_parcel(stock: BlankStock, *, count: int = 1) -> Parcel:
    """Return the lowest serials on hand in a stock that the caller has locked, consecutive.

    Refuses:
        BlankStockEmptyError: no so many in a row.
    """
    rows = stock.ranges.filter(shelf=Shelf.ON_HAND, count__gte=count).order_by("span")
    piece = rows.first()
    if piece is None:
        raise BlankStockEmptyError(place=holder_name(stock), series=stock.series.label)
    first = piece.span.lower
    return Parcel(series=stock.series, first=first, after=first + count)


# --- moving --------------------------------------------------------------------------------------


def receive(parcel: Parcel, stock: BlankStock, *, reason: str, actor: Actor, clock: Clock) -> BlankMovement:
    """Put serials from the printer into a stock (印制入库).

    Refuses:
        BlankAlreadyReceivedError: one of them was received before.
    """
    lock([stock])
    known = _pieces(parcel)
    if known:
        raise BlankAlreadyReceivedError(serial=parcel.series.text(max(known[0].span.lower, parcel.first)))
    BlankRange.objects.create(series=parcel.series, span=parcel.span, stock=stock, shelf=Shelf.ON_HAND)
    return BlankMovement.objects.create(
        series=parcel.series,
        span=parcel.span,
        kind=MovementKind.RECEIVED,
        to_stock=stock,
        to_shelf=Shelf.ON_HAND,
        at=clock.now(),
        actor_id=actor.id,
        actor_name=actor.name,
        reason=reason,
    )


def move(
    parcel: Parcel, source: BlankStock, target: BlankStock, step: Step, *, actor: Actor, clock: Clock
) -> BlankMovement:
    """Move serials out of a stock into a stock or a condition; the caller has locked both.

    Refuses:
        BlankNeverReceivedError, BlankElsewhereError, BlankUsedError, BlankVoidError,
        BlankConditionError: the first serial that stands in the way is named.
    """
    pieces = _held(parcel, source, step.shelves)
    from_shelf = Shelf(pieces[0].shelf)
    _cut_out(parcel, pieces)
    BlankRange.objects.create(
        series=parcel.series,
        span=parcel.span,
        stock=target,
        shelf=step.to_shelf,
        certificate=step.grounds.certificate if step.to_shelf == Shelf.USED else None,
    )
    return BlankMovement.objects.create(
        series=parcel.series,
        span=parcel.span,
        kind=step.kind,
        from_stock=source,
        from_shelf=from_shelf,
        to_stock=target,
        to_shelf=step.to_shelf,
        at=clock.now(),
        actor_id=actor.id,
        actor_name=actor.name,
        reason=step.grounds.reason,
        request=step.grounds.request,
        certificate=step.grounds.certificate,
        write_off=step.grounds.write_off,
    )


def held(parcel: Parcel, source: BlankStock, shelves: Collection[Shelf]) -> BlankRange:
    """Return the first range that holds a run, after making sure that the whole run lies there.

    Refuses:
        As `move` does.
    """
    return _held(parcel, source, shelves)[0]


def _pieces(parcel: Parcel) -> list[BlankRange]:
    rows = BlankRange.objects.filter(series=parcel.series, span__overlap=parcel.span)
    return list(rows.select_related("stock", "stock__series").order_by("span"))


def _held(parcel: Parcel, source: BlankStock, shelves: Collection[Shelf]) -> Sequence[BlankRange]:
    pieces = _pieces(parcel)
    position = parcel.first
    for piece in pieces:
        if piece.span.lower > position:
            break
        if piece.stock_id != source.pk or piece.shelf not in shelves:
            _refuse(piece, parcel.series.text(max(position, piece.span.lower)), source)
        position = piece.span.upper
    if position < parcel.after:
        raise BlankNeverReceivedError(serial=parcel.series.text(position))
    found = list(dict.fromkeys(piece.shelf for piece in pieces))
    if len(found) > 1 or (parcel.count > 1 and Shelf.USED in found):
        labels = "、".join(Shelf(one).label for one in found[:_SHOWN_SHELVES])
        raise BlankConditionError(span=parcel.text, shelves=labels)
    return pieces


def _refuse(piece: BlankRange, serial: str, source: BlankStock) -> None:
    if piece.shelf == Shelf.USED:
        raise BlankUsedError(serial=serial, holder=holder_name(piece.stock))
    if piece.shelf != Shelf.ON_HAND:
        raise BlankVoidError(serial=serial, shelf=Shelf(piece.shelf).label, holder=holder_name(piece.stock))
    if piece.stock_id != source.pk:
        raise BlankElsewhereError(serial=serial, holder=holder_name(piece.stock), place=holder_name(source))
    raise BlankConditionError(span=serial, shelves=Shelf(piece.shelf).label)


def _cut_out(parcel: Parcel, pieces: Sequence[BlankRange]) -> None:
    """Take a run out of the ranges that hold it; what is left of them stays where it was."""
    BlankRange.objects.filter(pk__in=[piece.pk for piece in pieces]).delete()
    rest = []
    for piece in pieces:
        for low, high in ((piece.span.lower, parcel.first), (parcel.after, piece.span.upper)):
            if low < high:
                rest.append(
                    BlankRange(
                        series_id=piece.series_id,
                        span=NumericRange(low, high),
                        stock_id=piece.stock_id,
                        shelf=piece.shelf,
                    )
                )
    BlankRange.objects.bulk_create(rest)
