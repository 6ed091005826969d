"""Reading blanks (空白证书): requests, stocks, the ledger, and the proof that nothing is missing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum

from zhiping.apps.authorities.queries import within
from zhiping.apps.certificates.blank_ledger import holder_name, place_called, read_serial
from zhiping.apps.certificates.errors import (
    BlankRequestNotFoundError,
    BlankSerialUnreadableError,
    BlankStockNotFoundError,
    BlankWriteOffNotFoundError,
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
from zhiping.apps.certificates.states import (
    BlankRequestState,
    CertificateState,
    MovementKind,
    Shelf,
    WriteOffState,
)
from zhiping.kernel.actor import Actor
from zhiping.kernel.place import Place

READ = "certificates.read"
KEEP, SUPPLY, WITNESS = (
    "certificates.keep_blanks",
    "certificates.supply_blanks",
    "certificates.witness_blanks",
)
OPEN_STATES = (BlankRequestState.SUBMITTED, BlankRequestState.AGGREGATED, BlankRequestState.PARTLY)


# --- requests ------------------------------------------------------------------------------------


def requests_within(actor: Actor) -> QuerySet[BlankRequest]:
    """Return the requests of the officer's places, the newest first."""
    return within(BlankRequest.objects.all(), actor, READ).select_related("parent").order_by("-pk")


def request_for(actor: Actor, pk: int) -> BlankRequest:
    """Return one request that the officer may see.

    Refuses:
        BlankRequestNotFoundError: there is none, or not for this officer.
    """
    found = requests_within(actor).filter(pk=pk).first()
    if found is None:
        raise BlankRequestNotFoundError(value=pk)
    return found


def requests_awaiting(actor: Actor) -> QuerySet[BlankRequest]:
    """Return what waits for the officer as a supplier (待供应), requests of other levels left out.

    A district's request that was summed waits for the city only once the city has something to pass on:
    the city's own request then has been supplied, at least in part.
    """
    rows = BlankRequest.objects.filter(state__in=OPEN_STATES)
    held = {one.place.code for one in actor.duties if one.name == SUPPLY}
    mine = rows.filter(supplier__in=held)
    waits_above = Q(state=BlankRequestState.AGGREGATED, parent__supplied=0)
    return mine.exclude(waits_above)


def requests_to_sum(place: str, kind: str) -> QuerySet[BlankRequest]:
    """Return the districts' requests that a city can sum, the most urgent first."""
    rows = BlankRequest.objects.filter(supplier=place, kind=kind, state=BlankRequestState.SUBMITTED)
    return rows.order_by("due_on", "pk")


def short_name(place: str) -> str:
    """Return the place's own name, without what it lies in."""
    return place_called(place)


# --- write-offs ----------------------------------------------------------------------------------


def write_offs_within(actor: Actor) -> QuerySet[BlankWriteOff]:
    """Return the write-offs of the officer's places, the newest first."""
    rows = within(BlankWriteOff.objects.all(), actor, READ, field="stock__place")
    return rows.select_related("stock", "stock__series").order_by("-pk")


def write_off_for(actor: Actor, pk: int) -> BlankWriteOff:
    """Return one write-off that the officer may see.

    Refuses:
        BlankWriteOffNotFoundError: there is none, or not for this officer.
    """
    found = write_offs_within(actor).filter(pk=pk).first()
    if found is None:
        raise BlankWriteOffNotFoundError(value=pk)
    return found


def write_offs_awaiting(actor: Actor) -> QuerySet[BlankWriteOff]:
    """Return what waits for the officer as a witness; never what the officer proposed."""
    rows = BlankWriteOff.objects.filter(state=WriteOffState.PROPOSED).exclude(keeper_id=actor.id)
    return within(rows, actor, WITNESS, field="stock__place")


# --- stocks --------------------------------------------------------------------------------------


def stocks_within(actor: Actor, duty: str = READ) -> QuerySet[BlankStock]:
    """Return the stocks of the officer's places, the widest place first."""
    rows = within(BlankStock.objects.all(), actor, duty)
    rows = rows.select_related("series").annotate(body_called=F("body__name"))
    return rows.order_by("series__prefix", "series__width", "place", "body")


def stock_for(actor: Actor, pk: int) -> BlankStock:
    """Return one stock that the officer may see.

    Refuses:
        BlankStockNotFoundError: there is none, or not for this officer.
    """
    found = stocks_within(actor).filter(pk=pk).first()
    if found is None:
        raise BlankStockNotFoundError(value=pk)
    return found


def ranges_of(stock: BlankStock, shelf: str = "") -> QuerySet[BlankRange]:
    """Return where the serials of a stock are, the lowest first."""
    rows = stock.ranges.select_related("series", "certificate").order_by("span")
    return rows.filter(shelf=shelf) if shelf else rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A stock from which a blank can be taken, with the next serial and how many there are."""

    stock_id: int
    holder: str
    series: str
    next_serial: str
    count: int


def choices_for(certificate: Certificate, actor: Actor) -> tuple[Choice, ...]:
    """Return the stocks from which the officer can take a blank for a certificate, the nearest first."""
    places = [step.code for step in Place(certificate.place).chain]
    rows = stocks_within(actor, KEEP).filter(place__in=places)
    rows = rows.filter(Q(body=None) | Q(body_id=certificate.body_id))
    found = [choice for stock in rows if (choice := _choice(stock)) is not None]
    order = {stock.pk: places.index(stock.place) for stock in rows}
    return tuple(sorted(found, key=lambda choice: order[choice.stock_id]))


def on_hand_at(place: str, kind: str = "") -> tuple[Choice, ...]:
    """Return what an office has on hand of a kind, one line for each series."""
    rows = BlankStock.objects.filter(place=place, body=None).select_related("series")
    if kind:
        rows = rows.filter(series__kind=kind)
    ordered = rows.order_by("series__prefix", "series__width")
    return tuple(choice for stock in ordered if (choice := _choice(stock)) is not None)


def suggested_spans(place: str, kind: str, count: int) -> tuple[str, ...]:
    """Return the lowest serials that an office has on hand, up to so many, as ranges to be typed."""
    rows = BlankRange.objects.filter(
        stock__place=place, stock__body=None, shelf=Shelf.ON_HAND, series__kind=kind
    ).select_related("series")
    found: list[str] = []
    for row in rows.order_by("series__prefix", "series__width", "span"):
        if count <= 0:
            break
        taken = min(count, row.count)
        found.append(row.series.range_text(row.span.lower, row.span.lower + taken))
        count -= taken
    return tuple(found)


def _choice(stock: BlankStock) -> Choice | None:
    rows = stock.ranges.filter(shelf=Shelf.ON_HAND).order_by("span")
    first = rows.first()
    if first is None:
        return None
    return Choice(
        stock_id=stock.pk,
        holder=holder_name(stock),
        series=stock.series.label,
        next_serial=stock.series.text(first.span.lower),
        count=rows.aggregate(total=Sum("count"))["total"] or 0,
    )


def series_within(actor: Actor) -> QuerySet[BlankSeries]:
    """Return the series of the provinces in which the officer reads."""
    provinces = {f"{held.place.code[:2]}0000" for held in actor.duties if held.name == READ}
    return BlankSeries.objects.filter(place__in=provinces)


# --- a certificate's blanks ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetStep:
    """One step of a certificate's sheets: which serial, what happened, when, who, why."""

    serial: str
    kind: str
    at: dt.datetime
    actor_name: str
    reason: str


def sheets_of(certificate: Certificate) -> tuple[SheetStep, ...]:
    """Return the history of a certificate's blanks in the order in which it happened."""
    rows = certificate.blank_movements.select_related("series").order_by("id")
    return tuple(
        SheetStep(
            serial=row.series.text(row.span.lower),
            kind=row.get_kind_display(),
            at=row.at,
            actor_name=row.actor_name,
            reason=row.reason,
        )
        for row in rows
    )


def current_sheet(certificate: Certificate) -> str:
    """Return the serial of the blank on which a certificate stands; empty where it stands on none."""
    row = certificate.blanks.filter(shelf=Shelf.USED).select_related("series").first()
    return "" if row is None else row.series.text(row.span.lower)


def waiting_for_sheets(sitting_id: int) -> tuple[Certificate, ...]:
    """Return a sitting's valid certificates that stand on no blank yet, in the order of their numbers."""
    on_blanks = BlankRange.objects.filter(shelf=Shelf.USED, certificate__enrolment__sitting=sitting_id)
    rows = Certificate.objects.filter(enrolment__sitting=sitting_id, state=CertificateState.VALID)
    return tuple(rows.exclude(pk__in=on_blanks.values("certificate")).order_by("number"))


# --- the ledger ----------------------------------------------------------------------------------


def ledger_within(actor: Actor) -> QuerySet[BlankMovement]:
    """Return the movements into and out of the stocks of the officer's places."""
    reached = within(BlankStock.objects.all(), actor, READ).values("pk")
    rows = BlankMovement.objects.filter(Q(from_stock__in=reached) | Q(to_stock__in=reached))
    return rows.select_related(
        "series", "from_stock", "to_stock", "request", "write_off", "certificate"
    ).annotate(from_body=F("from_stock__body__name"), to_body=F("to_stock__body__name"))


def of_serial(rows: QuerySet[BlankMovement], text: str) -> QuerySet[BlankMovement]:
    """Narrow movements to those of one printed serial; none where it fits no series."""
    try:
        series, serial = read_serial(text)
    except BlankSerialUnreadableError:
        return rows.none()
    return rows.filter(series=series, span__contains=serial)


# --- the balance ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What came into a stock, what went out, what is there (结存): all in sheets.

    `printed`, `supplied`, `given_back` came in; `passed_on`, `returned` went out; the rest is counted
    where the serials are.
    """

    stock_id: int
    series: str
    kind: str
    place: str
    holder: str
    printed: int
    supplied: int
    given_back: int
    passed_on: int
    returned: int
    shelves: Mapping[str, int]

    @property
    def came_in(self) -> int:
        """Return how many ever came in."""
        return self.printed + self.supplied + self.given_back

    @property
    def went_out(self) -> int:
        """Return how many were passed on or returned."""
        return self.passed_on + self.returned

    @property
    def on_hand(self) -> int:
        """Return how many can be used."""
        return self.shelves.get(Shelf.ON_HAND, 0)

    @property
    def used(self) -> int:
        """Return how many became certificates."""
        return self.shelves.get(Shelf.USED, 0)

    @property
    def awaiting(self) -> int:
        """Return how many wait for a witness."""
        return self.shelves.get(Shelf.SPOILING, 0) + self.shelves.get(Shelf.DESTROYING, 0)

    @property
    def spoiled(self) -> int:
        """Return how many are spoiled and not yet destroyed."""
        return self.shelves.get(Shelf.SPOILED, 0)

    @property
    def destroyed(self) -> int:
        """Return how many were destroyed."""
        return self.shelves.get(Shelf.DESTROYED, 0)

    @property
    def lost(self) -> int:
        """Return how many are lost."""
        return self.shelves.get(Shelf.LOST, 0)

    @property
    def difference(self) -> int:
        """Return what does not add up: 0 where the ledger and the serials agree."""
        return self.came_in - self.went_out - sum(self.shelves.values())


def balances(actor: Actor) -> tuple[Balance, ...]:
    """Return the balance of each stock in the officer's places."""
    stocks = list(stocks_within(actor))
    coming, going = _flows("to_stock", stocks), _flows("from_stock", stocks)
    shelves: dict[int, dict[str, int]] = defaultdict(dict)
    rows = BlankRange.objects.filter(stock__in=stocks).values_list("stock", "shelf")
    for stock, shelf, total in rows.annotate(total=Sum("count")):
        shelves[stock][shelf] = total
    return tuple(_balance(stock, coming[stock.pk], going[stock.pk], shelves[stock.pk]) for stock in stocks)


def _flows(side: str, stocks: Sequence[BlankStock]) -> Mapping[int, Mapping[str, int]]:
    """Return sheets by stock and kind of movement, of what crossed the border of a stock."""
    crossing = Q(from_stock__isnull=True) | ~Q(from_stock=F("to_stock"))
    rows = BlankMovement.objects.filter(crossing, **{f"{side}__in": stocks})
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for stock, kind, total in rows.order_by().values_list(side, "kind").annotate(total=Sum("count")):
        found[stock][kind] = total
    return found


def _balance(
    stock: BlankStock, coming: Mapping[str, int], going: Mapping[str, int], shelves: Mapping[str, int]
) -> Balance:
    return Balance(
        stock_id=stock.pk,
        series=stock.series.label,
        kind=stock.series.get_kind_display(),
        place=stock.place,
        holder=holder_name(stock, body_name=stock.body_called or ""),  # type: ignore[attr-defined]  # annotated
        printed=coming.get(MovementKind.RECEIVED, 0),
        supplied=coming.get(MovementKind.SUPPLIED, 0),
        given_back=coming.get(MovementKind.RETURNED, 0),
        passed_on=going.get(MovementKind.SUPPLIED, 0),
        returned=going.get(MovementKind.RETURNED, 0),
        shelves=shelves,
    )


# --- the proof -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Whether every serial of a series that was ever received is somewhere, exactly once (全数核对).

    `missing` were received and are nowhere; `unknown` are somewhere and were never received; `astray`
    are elsewhere, or in another condition, than the ledger last says.
    """

    series: str
    place: str
    received: int
    placed: int
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    astray: tuple[str, ...]
    twice: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Tell whether everything is accounted for."""
        return not (self.missing or self.unknown or self.astray or self.twice)


_UNIONS = """
WITH received AS (SELECT range_agg(span) AS spans, coalesce(sum(count), 0) AS total
                  FROM certificates_blankmovement WHERE series_id = %(series)s AND kind = 'received'),
     placed AS (SELECT range_agg(span) AS spans, coalesce(sum(count), 0) AS total
                FROM certificates_blankrange WHERE series_id = %(series)s)
SELECT received.total::bigint, placed.total::bigint,
       coalesce(received.spans, '{}') - coalesce(placed.spans, '{}'),
       coalesce(placed.spans, '{}') - coalesce(received.spans, '{}')
FROM received, placed
"""

# A range is where the last movement over it put it. Ranges are only ever cut from what a movement put
# down, so the last movement that touches one covers it whole.
_ASTRAY = """
SELECT held.span
FROM certificates_blankrange AS held
JOIN certificates_blankstock AS stock ON stock.id = held.stock_id
LEFT JOIN LATERAL (
    SELECT movement.span, movement.to_stock_id, movement.to_shelf
    FROM certificates_blankmovement AS movement
    WHERE movement.series_id = held.series_id AND movement.span && held.span
    ORDER BY movement.id DESC LIMIT 1) AS last ON true
WHERE held.series_id = %(series)s
  AND (last.span IS NULL OR NOT last.span @> held.span OR last.to_stock_id <> held.stock_id
       OR last.to_shelf <> held.shelf OR stock.series_id <> held.series_id)
ORDER BY held.span
"""

_TWICE = """
SELECT one.span * other.span
FROM certificates_blankmovement AS one
JOIN certificates_blankmovement AS other
  ON other.series_id = one.series_id AND other.id > one.id AND other.span && one.span
WHERE one.series_id = %(series)s AND one.kind = 'received' AND other.kind = 'received'
ORDER BY 1
"""


def proofs(series: Iterable[BlankSeries]) -> tuple[Proof, ...]:
    """Return for each series whether every serial is accounted for, over all places."""
    return tuple(_proof(one) for one in series)


def faults() -> tuple[Proof, ...]:
    """Return the series in which something is not accounted for; nothing where all is well."""
    return tuple(proof for proof in proofs(BlankSeries.objects.all()) if not proof.holds)


def _proof(series: BlankSeries) -> Proof:
    asked = {"series": series.pk}
    with connection.cursor() as cursor:
        cursor.execute(_UNIONS, asked)
        received, placed, missing, unknown = cursor.fetchone()
        cursor.execute(_ASTRAY, asked)
        astray = [span for (span,) in cursor.fetchall()]
        cursor.execute(_TWICE, asked)
        twice = [span for (span,) in cursor.fetchall()]
    return Proof(
        series=series.label,
        place=series.place,
        received=received,
        placed=placed,
        missing=_texts(series, missing),
        unknown=_texts(series, unknown),
        astray=_texts(series, astray),
        twice=_texts(series, twice),
    )


def _texts(series: BlankSeries, spans: Iterable[object]) -> tuple[str, ...]:
    return tuple(series.range_text(span.lower, span.upper) for span in spans)  # type: ignore[attr-defined]  # ranges
