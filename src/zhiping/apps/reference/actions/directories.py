"""Editions of qualification directories that administrators keep (职业资格目录版本)."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction

from zhiping.apps.journal.actions import record
from zhiping.apps.reference.actions.duty import alone, filed_at
from zhiping.apps.reference.actions.importers import name_of
from zhiping.apps.reference.actions.local_items import objection_to
from zhiping.apps.reference.catalogue_queries import directory_on, entered_directory
from zhiping.apps.reference.errors import (
    CataloguePlaceError,
    DirectoryItemExistsError,
    EditionCountError,
    EditionEmptyError,
    EditionExistsError,
    EditionNotFoundError,
    EditionOrderError,
    LocalItemRefusedError,
)
from zhiping.apps.reference.models import DirectoryEdition, DirectoryItem
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.reference.states import DIRECTORY_MOVES
from zhiping.core.catalogues.qualifications import counted
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place

_CLAUSES = ("JL17-2a", "JL17-2b", "GD18-4b")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionDetails:
    """What an edition says of itself (目录版本)."""

    place: str
    code: str
    title: str
    document_number: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    is_whole: bool = False
    items_stated: int | None = None
    certainty: str = "stated"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDetails:
    """One item of an edition (职业资格)."""

    item: str
    kind: str
    type: str
    sub_item: str = ""
    number: int | None = None
    department: str = ""
    body: str = ""
    formerly: str = ""
    certainty: str = "stated"
    source: str = ""
    note: str = ""


def open_edition(details: EditionDetails, *, actor: Actor, clock: Clock) -> DirectoryEdition:
    """Open an edition to be filled (新建目录版本); it decides nothing before it is published.

    Authority:
        JL17-2a, JL17-2b.
    Duty:
        reference.maintain, at the province; anywhere for the nation's directory.
    Refuses:
        DutyMissingError.
        CataloguePlaceError: neither the nation nor a province.
        EditionExistsError: the place has an edition of that code.
    """
    name = name_of(details.place, on=clock.today())
    if Place(details.place).level not in {"nation", "province"}:
        raise CataloguePlaceError(catalogue="职业资格目录", expected="全国或省级", place=name)
    filed = filed_at(details.place, actor)
    with transaction.atomic():
        alone("editions")
        if DirectoryEdition.objects.filter(place=details.place, code=details.code).exists():
            raise EditionExistsError(place=name, edition=details.code)
        edition = DirectoryEdition.objects.create(**asdict(details))
        record(
            "reference.edition_opened",
            edition,
            actor=actor,
            at=clock.now(),
            place=filed,
            clauses=binding_clauses(_CLAUSES, place=details.place, on=clock.today()),
            facts={"edition": edition.title, "number": edition.document_number, "from": edition.valid_from},
        )
    return edition


def add_directory_item(edition_id: int, details: ItemDetails, *, actor: Actor, clock: Clock) -> DirectoryItem:
    """Enter one item into an open edition (登记一项).

    What the nation's directory does not list on the edition's first day is an item that the place sets up by
    itself; where the law forbids that it is refused, with the clause.

    Authority:
        JL17-1d, JL17-2a, GD18-2a.
    Duty:
        reference.maintain, at the province; anywhere for the nation's directory.
    Refuses:
        DutyMissingError, EditionNotFoundError, DirectoryItemExistsError.
        LocalItemRefusedError: a local item.
    """
    with transaction.atomic():
        edition = open_for_change(edition_id)
        filed = filed_at(edition.place, actor)
        name = details.sub_item or details.item
        day = edition.valid_from
        objection = objection_to(name, place=edition.place, on=day, national=directory_on(day))
        if objection is not None:
            clauses = "、".join(objection.clauses)
            raise LocalItemRefusedError(name=name, reason=f"{objection.sentence}（依据 {clauses}）")
        if edition.items.filter(item=details.item, sub_item=details.sub_item).exists():
            raise DirectoryItemExistsError(name=name)
        item = edition.items.create(**asdict(details))
        record(
            "reference.directory_item_added",
            item,
            edition,
            actor=actor,
            at=clock.now(),
            place=filed,
            clauses=binding_clauses(_CLAUSES, place=edition.place, on=clock.today()),
            facts={"edition": edition.title, "item": str(item)},
        )
    return item


def publish_edition(edition_id: int, *, actor: Actor, clock: Clock) -> DirectoryEdition:
    """Publish an edition (公布目录版本): from its first day on it decides, and the one before it ends.

    Authority:
        JL17-2a, JL17-2b.
    Duty:
        reference.maintain, at the province; anywhere for the nation's directory.
    Refuses:
        DutyMissingError, EditionNotFoundError, EditionEmptyError.
        EditionOrderError: it does not follow the editions that are published.
        EditionCountError: it is said to be whole and has another number of items than was published.
    """
    with transaction.atomic():
        edition = open_for_change(edition_id)
        at = filed_at(edition.place, actor)
        move = walk(DIRECTORY_MOVES, edition.state, "publish", actor=actor, place=Place(at))
        rows = entered_directory(edition).rows
        if not rows:
            raise EditionEmptyError(edition=edition.title)
        held = counted(rows)["items"]
        if edition.is_whole and edition.items_stated not in {None, held}:
            raise EditionCountError(edition=edition.title, stated=edition.items_stated, held=held)
        _end_the_one_before(edition)
        edition.state = move.to
        edition.save(update_fields=["state"])
        record(
            "reference.edition_published",
            edition,
            actor=actor,
            at=clock.now(),
            place=at,
            clauses=binding_clauses(move.clauses, place=edition.place, on=clock.today()),
            facts={"edition": edition.title, "from": edition.valid_from, "rows": len(rows), "items": held},
        )
    return edition


def _end_the_one_before(edition: DirectoryEdition) -> None:
    published = DirectoryEdition.objects.select_for_update().filter(
        place=edition.place, state=DirectoryEdition.State.PUBLISHED
    )
    last = published.order_by("-valid_from").first()
    if last is None:
        return
    if last.valid_from >= edition.valid_from:
        raise EditionOrderError(edition=edition.title, start=edition.valid_from, last=last.valid_from)
    if last.valid_to is None or last.valid_to > edition.valid_from:
        last.valid_to = edition.valid_from
        last.save(update_fields=["valid_to"])


def open_for_change(edition_id: int) -> DirectoryEdition:
    """Return an edition that is still being filled, held until the transaction ends.

    Refuses:
        EditionNotFoundError: there is none, or it was published.
    """
    found = DirectoryEdition.objects.select_for_update().filter(pk=edition_id).first()
    if found is None or found.state != DirectoryEdition.State.DRAFTED:
        raise EditionNotFoundError(edition=found.title if found else edition_id)
    return found
