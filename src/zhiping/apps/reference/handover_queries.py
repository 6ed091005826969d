"""Who answers for a qualification on a day (认定责任), and the register of handovers behind it.

What is handed over is public; drafts are for officers of the place.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from zhiping.apps.authorities.models import Office
from zhiping.apps.authorities.queries import within
from zhiping.apps.reference.catalogue_queries import directory_on, implementing_list
from zhiping.apps.reference.models import Handover, HandoverPaper, Responsibility
from zhiping.core.catalogues.qualifications import Standing, plain_name
from zhiping.kernel.actor import Actor
from zhiping.kernel.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibleBody:
    """The one body that answers for a qualification at a place on a day (责任单位).

    `since` and `until` are the half-open period as recorded; both are None where only a list tells
    (`basis` is then "list"). `place` is where that is recorded: the asked place, or one above it.
    """

    place: str
    item: str
    body: str
    credit_code: str = ""
    kind: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    basis: str
    handover_id: int | None = None


BASIS_NAMES = {"handover": "移交登记", "list": "目录所列实施部门"}


def responsible_for(item: str, *, on: dt.date, place: str) -> ResponsibleBody | None:
    """Return which body answers for a qualification at a place on a day (某日责任单位), or None.

    The narrowest place with a handover on record decides; where nothing was handed over, the list of the
    province or of the nation says which department carries the qualification out.

    Authority:
        GD18-3, JL17-3a: responsibility follows the handover.
    """
    wanted = plain_name(item)
    rows = [
        row
        for row in responsibilities_on(on).filter(place__in=[step.code for step in Place(place).chain])
        if plain_name(row.item) == wanted
    ]
    if rows:
        return _recorded(max(rows, key=lambda row: len(Place(row.place).prefix)))
    return _listed(item, on=on, place=place)


def responsibilities_on(day: dt.date) -> QuerySet[Responsibility]:
    """Return who answers on the day for everything that was ever handed over: one row each."""
    return (
        Responsibility.objects.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .order_by("place", "item")
    )


def responsibilities_at(day: dt.date, place: str) -> tuple[ResponsibleBody, ...]:
    """Return who answers on the day at a place for what was handed over there or above it (责任单位一览).

    Without a place of its own a record of the province counts; a record of the narrower place goes before.
    """
    order = {step.code: at for at, step in enumerate(Place(place).chain)}
    found: dict[str, Responsibility] = {}
    for row in responsibilities_on(day).filter(place__in=order):
        key = plain_name(row.item)
        if key not in found or order[row.place] < order[found[key].place]:
            found[key] = row
    return tuple(_recorded(row) for row in found.values())


def responsibilities_everywhere(day: dt.date) -> tuple[ResponsibleBody, ...]:
    """Return who answers on the day at every place with something handed over: for readers and machines."""
    return tuple(_recorded(row) for row in responsibilities_on(day))


def _recorded(row: Responsibility) -> ResponsibleBody:
    return ResponsibleBody(
        place=row.place,
        item=row.item,
        body=row.body,
        credit_code=row.credit_code,
        kind=row.get_kind_display(),
        since=row.valid_from,
        until=row.valid_to,
        basis="handover",
        handover_id=row.handover_id,
    )


def _listed(item: str, *, on: dt.date, place: str) -> ResponsibleBody | None:
    wanted = plain_name(item)
    for line in implementing_list(on, place):
        row = line.qualification
        if wanted in {plain_name(row.name), plain_name(row.full_name)} and (row.body or row.department):
            return ResponsibleBody(
                place=line.place, item=row.full_name, body=row.body or row.department, basis="list"
            )
    national = directory_on(on)
    answer = None if national is None else national.ask(item, on=on)
    if answer is None or answer.row is None or answer.standing is not Standing.ON:
        return None
    if not answer.row.department or national is None:
        return None
    return ResponsibleBody(
        place=national.edition.place,
        item=answer.row.full_name,
        body=answer.row.department,
        basis="list",
    )


def published_handovers() -> QuerySet[Handover]:
    """Return what was handed over, also what was taken back since: what everybody may read (移交公开)."""
    return Handover.objects.filter(state__in=(Handover.State.HANDED_OVER, Handover.State.REVERSED))


def handovers(actor: Actor) -> QuerySet[Handover]:
    """Return the handovers of the officer's places, drafts included (移交登记)."""
    return within(Handover.objects.select_related("guided_by"), actor)


def handovers_awaiting(actor: Actor) -> QuerySet[Handover]:
    """Return the drafts that the officer has to bring to an end, the earliest day first."""
    rows = within(Handover.objects.all(), actor, "reference.maintain")
    return rows.filter(state=Handover.State.DRAFTED).order_by("passes_on", "pk")


def handover_papers(actor: Actor) -> QuerySet[HandoverPaper]:
    """Return the documents of the handovers of the officer's places (移交材料)."""
    return within(HandoverPaper.objects.select_related("handover"), actor, field="handover__place")


def history_of(place: str, item: str) -> QuerySet[Responsibility]:
    """Return who answered for a qualification at a place, the earliest first (责任沿革)."""
    rows = Responsibility.objects.filter(place=place, item=item)
    return rows.order_by(F("valid_from").asc(nulls_first=True), F("valid_to").asc(nulls_last=True), "pk")


def places_with_handovers() -> Iterable[str]:
    """Return the places with something handed over, for a choice."""
    return published_handovers().order_by().values_list("place", flat=True).distinct()


def guiding_offices(place: str) -> QuerySet[Office]:
    """Return the offices that may guide a handover at a place: its own and those above (指导部门)."""
    return Office.objects.filter(place__in=[step.code for step in Place(place).chain]).order_by("-place")
