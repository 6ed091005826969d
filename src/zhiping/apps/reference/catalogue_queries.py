"""The dated lists as of a day: what the catalogue files state, with what administrators entered laid over it.

Nothing here is anybody's private row: lists are public, so these queries take no actor. Tracking tasks
alone are scoped to an officer.
"""

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from django.db.models import Count, Max, QuerySet

from zhiping.apps.authorities.queries import within
from zhiping.apps.reference.models import (
    CancelledQualification,
    CatalogueImport,
    DirectoryEdition,
    DirectoryItem,
    Equivalence,
    OccupationalStandard,
    Rate,
    ShortageOccupation,
    TrackerAssignment,
    TrackingTask,
)
from zhiping.apps.reference.queries import all_shortages, binding_clauses, on_day
from zhiping.core.catalogues import cancellations, qualifications
from zhiping.core.catalogues.cancellations import Batch, CancelledRow, Setter
from zhiping.core.catalogues.divisions import divisions
from zhiping.core.catalogues.files import Certainty
from zhiping.core.catalogues.qualifications import (
    Change,
    Directory,
    Edition,
    Qualification,
    QualificationKind,
    QualificationType,
    RowsHeld,
    Standing,
    plain_name,
    without_grade,
)
from zhiping.core.catalogues.rates import (
    BasisKind,
    CounterpartKind,
    EquivalenceRow,
    RateKind,
    RateRow,
    listed_equivalences,
    listed_rates,
)
from zhiping.core.wording import CancelledItem, Likeness, RevivalGuard
from zhiping.kernel.actor import Actor
from zhiping.kernel.money import Money
from zhiping.kernel.period import Period
from zhiping.kernel.place import NATION, Place

MAINTAIN = "reference.maintain"
_CERTAINTY = {"stated": Certainty.CONFIRMED, "uncertain": Certainty.UNCERTAIN}
_NO_PROVINCE = "省"


# --- directories ---------------------------------------------------------------------------------


def directories(place: str = NATION) -> tuple[Directory, ...]:
    """Return the editions of a place that decide some day, the oldest first (目录各版).

    An edition that administrators entered and published goes before that of the catalogue files with the same
    code.
    """
    return tuple(_filled(one) for one in _decisive(place))


def editions_on_record() -> tuple[Edition, ...]:
    """Return every edition of every place, also those that decide no day (目录版本一览)."""
    published = _published().order_by("place", "valid_from")
    of_place: dict[str, list[DirectoryEdition]] = {NATION: []}
    for one in published:
        of_place.setdefault(one.place, []).append(one)
    decided = [
        _edition_of(one) for place, entered in of_place.items() for one in _decisive(place, entered=entered)
    ]
    undated = [one.edition for one in qualifications.listed_directories() if one.edition.period is None]
    return (*decided, *undated)


def rows_held() -> dict[tuple[str, str], int]:
    """Return place and code of each edition on record → how many names it holds (收录名称数)."""
    held = {
        (one.edition.place, one.edition.code): len(one.rows) for one in qualifications.listed_directories()
    }
    counted = _published().annotate(held=Count("items")).order_by()
    return held | {
        (place, code): count for place, code, count in counted.values_list("place", "code", "held")
    }


def directory_on(day: dt.date, place: str = NATION) -> Directory | None:
    """Return the edition of exactly that place that counts on the day (某日的目录), or None."""
    for found in reversed(_decisive(place)):
        period = _edition_of(found).period
        if period is not None and period.covers(day):
            return _filled(found)
    return None


def directory(place: str, code: str) -> Directory | None:
    """Return one edition by its code, or None."""
    undated = [one for one in qualifications.listed_directories() if one.edition.period is None]
    found = (*_decisive(place), *(one for one in undated if one.edition.place == place))
    return next((_filled(one) for one in found if _edition_of(one).code == code), None)


type _Kept = Directory | DirectoryEdition
"""An edition of the catalogue files, or one that administrators entered, whose rows are still to be read."""


def _published() -> QuerySet[DirectoryEdition]:
    return DirectoryEdition.objects.filter(state=DirectoryEdition.State.PUBLISHED)


def _decisive(place: str, *, entered: Sequence[DirectoryEdition] | None = None) -> list[_Kept]:
    """Return the editions of a place that decide some day, the oldest first, without reading their rows."""
    known = _published().filter(place=place) if entered is None else entered
    own = {one.code: one for one in known}
    listed = (one for one in qualifications.listed_directories() if one.edition.place == place)
    kept: list[_Kept] = [*(one for one in listed if one.edition.code not in own), *own.values()]
    dated = [(period.start, one) for one in kept if (period := _edition_of(one).period) is not None]
    return [one for _, one in sorted(dated, key=lambda pair: pair[0])]


def _filled(one: _Kept) -> Directory:
    return one if isinstance(one, Directory) else entered_directory(one)


def _edition_of(one: _Kept) -> Edition:
    """Return what an edition says of itself."""
    if isinstance(one, Directory):
        return one.edition
    return Edition(
        code=one.code,
        title=one.title,
        place=one.place,
        document_number=one.document_number,
        period=Period(start=one.valid_from, end=one.valid_to),
        counts={} if one.items_stated is None else {"items": one.items_stated},
        rows_held=RowsHeld.ALL if one.is_whole else RowsHeld.SOME,
        certainty=_CERTAINTY[one.certainty],
        source=one.source,
    )


def changes_between(old: Directory, new: Directory) -> tuple[Change, ...]:
    """Return what changed from one edition to the other (两版比较), JL17-2b."""
    return qualifications.differences(old, new)


def entered_directory(edition: DirectoryEdition) -> Directory:
    """Return an edition that administrators keep in the form of the core, published or not."""
    return Directory(_edition_of(edition), [_qualification(row, edition.code) for row in edition.items.all()])


def _qualification(row: DirectoryItem, edition: str) -> Qualification:
    return Qualification(
        edition=edition,
        number=row.number,
        item=row.item,
        sub_item=row.sub_item,
        kind=QualificationKind(row.kind),
        type=QualificationType(row.type),
        department=row.department,
        department_certainty=_CERTAINTY[row.certainty] if row.department else None,
        body=row.body,
        formerly=row.formerly,
        certainty=_CERTAINTY[row.certainty],
        source=row.source,
        note=row.note,
    )


def rows_of(edition_id: int) -> QuerySet[DirectoryItem]:
    """Return the rows of an edition that administrators keep."""
    return DirectoryItem.objects.filter(edition_id=edition_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImplementedItem:
    """One line of the implementing list (实施清单): what is carried out at a place, by whom."""

    place: str
    qualification: Qualification
    edition: Edition


def implementing_list(day: dt.date, place: str) -> tuple[ImplementedItem, ...]:
    """Return the qualifications carried out at a place, with department and body (实施清单), GD18-4b.

    The province's own list where it published one that counts that day, else nothing: the nation's directory
    says what may be carried out, not what is.
    """
    for step in Place(place).chain:
        found = None if step.code == NATION else directory_on(day, step.code)
        if found is not None:
            return tuple(
                ImplementedItem(place=step.code, qualification=row, edition=found.edition)
                for row in found.rows
                if row.standing_on(day) is Standing.ON
            )
    return ()


# --- cancelled items -----------------------------------------------------------------------------


def batches(place: str = NATION) -> tuple[Batch, ...]:
    """Return the batches that count at a place: the nation's and those of its own province (取消批次)."""
    codes = {step.code for step in Place(place).chain}
    return tuple(one for one in cancellations.batches() if one.place in codes)


def all_batches() -> tuple[Batch, ...]:
    """Return every batch on record."""
    return cancellations.batches()


def cancelled_items(place: str | None = None) -> tuple[CancelledRow, ...]:
    """Return the cancelled items that count at a place (已取消事项); of all places where none is named.

    What was entered goes before what the catalogue files state of the same item. Items that wait for a
    change of laws are among them; ask `cancelled_on`.
    """
    codes = None if place is None else {step.code for step in Place(place).chain}
    found = {one.key: one for one in cancellations.listed_items() if codes is None or one.place in codes}
    rows = CancelledQualification.objects.all()
    for row in rows if codes is None else rows.filter(place__in=codes):
        entered = _cancelled(row)
        found[entered.key] = entered
    order = {(one.place, one.code): at for at, one in enumerate(cancellations.batches())}
    return tuple(sorted(found.values(), key=lambda one: order.get((one.place, one.batch), len(order))))


def cancelled_item(key: str) -> CancelledRow | None:
    """Return one cancelled item by its key, or None."""
    place, _, rest = key.partition("/")
    batch, _, name = rest.partition("/")
    row = CancelledQualification.objects.filter(place=place, batch=batch, name=name).first()
    if row is not None:
        return _cancelled(row)
    return next((one for one in cancellations.listed_items() if one.key == key), None)


def _cancelled(row: CancelledQualification) -> CancelledRow:
    return CancelledRow(
        place=row.place,
        batch=row.batch,
        name=row.name,
        set_by=row.set_by,
        kind=QualificationKind(row.kind) if row.kind else None,
        type=QualificationType(row.type) if row.type else None,
        successor=row.successor,
        certainty=_CERTAINTY[row.certainty],
        source=row.source,
        note=row.note,
    )


def cancelled_on(row: CancelledRow) -> dt.date | None:
    """Return the day from which an item counts as cancelled; None while it waits for a change of laws."""
    found = _batch_of(row)
    return found.announced_on if found is not None and found.is_published else None


def _batch_of(row: CancelledRow) -> Batch | None:
    return next(
        (one for one in cancellations.batches() if (one.place, one.code) == (row.place, row.batch)), None
    )


def cancellations_of(name: str, *, on: dt.date, place: str) -> tuple[CancelledRow, ...]:
    """Return the items of that very name that were cancelled by the day, for the place (同名取消事项)."""
    wanted = plain_name(name)
    found = []
    for row in cancelled_items(place):
        day = cancelled_on(row)
        if day is not None and day <= on and plain_name(row.name) in {wanted, without_grade(wanted)}:
            found.append(row)
    return tuple(found)


def likely_revivals(name: str, on: dt.date, *, place: str = NATION, limit: int = 5) -> tuple[Likeness, ...]:
    """Return the cancelled items that a name is so like that a person should look (疑似变相恢复).

    Args:
        name: a proposed or found name.
        on: what was cancelled later does not count.
        place: the nation's items always count, a province's only inside it.
        limit: how many at most.

    Authority:
        GD18-2a, JL17-1d.
    """
    return _guard(_state(), place).flagged(name, on=on)[:limit]


def revival_guard(place: str = NATION) -> RevivalGuard:
    """Return the guard over everything that is cancelled for a place; made anew only after an import."""
    return _guard(_state(), place)


def _state() -> tuple[int, int]:
    """Return what tells whether the entered items changed since a guard was made."""
    rows = CancelledQualification.objects.aggregate(count=Count("pk"), last=Max("pk"))
    applied = CatalogueImport.objects.filter(
        kind=CatalogueImport.Kind.CANCELLED, state=CatalogueImport.State.APPLIED
    ).count()
    return (rows["count"] * 1_000_003 + (rows["last"] or 0), applied)


@functools.lru_cache(maxsize=8)
def _guard(_state_of_items: tuple[int, int], place: str) -> RevivalGuard:
    items = []
    for row in cancelled_items(place):
        batch, day = _batch_of(row), cancelled_on(row)
        if batch is not None and day is not None:
            items.append(
                CancelledItem(
                    name=row.name,
                    batch=batch.title,
                    document=batch.document_number,
                    cancelled_on=day,
                    kind=row.kind or "",
                    tracking_department="",
                    certainty=row.certainty,
                )
            )
    return RevivalGuard(items)


# --- facts of a named qualification --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedQualification:
    """What the lists say of a name at a place on a day (职业资格名称核对); None where they cannot tell.

    `facts` are those of the questions `qualification_named` and `qualification_named_national`; what is
    unknown is left out.
    """

    name: str
    place: str
    on: dt.date
    national: qualifications.DirectoryAnswer | None
    provincial: qualifications.DirectoryAnswer | None
    cancelled: tuple[CancelledRow, ...]
    likenesses: tuple[Likeness, ...]
    facts: Mapping[str, object]


def named_qualification(name: str, *, place: str, on: dt.date) -> NamedQualification:
    """Return what the lists say of a name at a place on a day (职业资格名称核对).

    An item that was cancelled and that a later edition of the nation's directory lists again is not cancelled
    any more.

    Authority:
        GD18-2a, JL17-1a, JL17-2a.
    """
    whole, own = directory_on(on), _provincial(on, place)
    national = None if whole is None else whole.ask(name, on=on)
    provincial = None if own is None else own.ask(name, on=on)
    is_listed = national is not None and national.standing is Standing.ON
    cancelled = () if is_listed else cancellations_of(name, on=on, place=place)
    flagged = likely_revivals(name, on, place=place)
    alike = tuple(one for one in flagged if one.item.name not in {row.name for row in cancelled})
    facts: dict[str, object] = {
        "is_cancelled_on_day": bool(cancelled),
        "resembles_cancelled_item": bool(alike) and not cancelled and not is_listed,
        "provincial_list_published": own is not None,
    }
    if national is not None and national.standing is not Standing.UNKNOWN:
        facts["on_directory_on_day"] = is_listed
    if provincial is not None and provincial.standing is not Standing.UNKNOWN:
        facts["on_provincial_list_on_day"] = provincial.standing is Standing.ON
    if national is not None and national.row is not None and is_listed:
        facts["qualification_type"] = national.row.type.value
    return NamedQualification(
        name=name,
        place=place,
        on=on,
        national=national,
        provincial=provincial,
        cancelled=cancelled,
        likenesses=alike,
        facts=facts,
    )


def _provincial(on: dt.date, place: str) -> Directory | None:
    steps = (step.code for step in Place(place).chain if step.level == "province")
    return next((found for step in steps if (found := directory_on(on, step)) is not None), None)


# --- tracking ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """Who keeps an eye on a cancelled item in a province (跟踪督查部门), and why that office.

    `rule` is counterpart_department, setting_department, other (named by an administrator) or none: the
    words of the fact `tracking_department`. `clauses` are those that bind there on the day.
    """

    department: str
    rule: str
    clauses: tuple[str, ...]
    note: str = ""


TRACKING_CLAUSES = ("JL17-1d",)
RULE_NAMES: Mapping[str, str] = {
    "counterpart_department": "与国务院实施部门对应的省级部门",
    "setting_department": "原设置部门",
    "other": "另行明确",
    "none": "尚未明确",
}


def trackers(items: Iterable[CancelledRow], *, place: str, on: dt.date) -> dict[str, Tracker]:
    """Return item key → who keeps an eye on it in a province (跟踪督查分工), JL17-1d.

    National items: the province's counterpart of the department that carried them out. Items of the
    province: the department that set them up. Where no such rule binds, or the department is not known,
    only what an administrator named counts.
    """
    clauses = binding_clauses(TRACKING_CLAUSES, place=place, on=on)
    named = {row.item_key: row for row in TrackerAssignment.objects.filter(place=place)}
    province = divisions().find(place, on=on)
    name = province.name if province else _NO_PROVINCE
    found = {}
    for item in items:
        counterpart = cancellations.counterpart_of(item.set_by, province=name, on=on)
        found[item.key] = _tracker(item, named.get(item.key), clauses, counterpart)
    return found


def _tracker(
    item: CancelledRow, named: TrackerAssignment | None, clauses: tuple[str, ...], counterpart: str
) -> Tracker:
    found = _batch_of(item)
    is_own = found is not None and found.set_by is Setter.PROVINCE
    department = item.set_by if is_own else counterpart
    rule = "setting_department" if is_own else "counterpart_department"
    if named is not None:
        return Tracker(
            department=named.department,
            rule=rule if named.department == department else "other",
            clauses=clauses,
            note=named.note,
        )
    if department and clauses:
        return Tracker(department=department, rule=rule, clauses=clauses)
    return Tracker(department="", rule="none", clauses=clauses)


def tracking_facts(item: CancelledRow, tracker: Tracker) -> dict[str, object]:
    """Return the facts of the question `item_tracking`."""
    found = _batch_of(item)
    by = "province" if found is not None and found.set_by is Setter.PROVINCE else "state_council"
    return {"cancelled_by": by, "tracking_department": tracker.rule}


def tracking_tasks(actor: Actor) -> QuerySet[TrackingTask]:
    """Return the tracking tasks of the officer's places (跟踪督查任务)."""
    return within(TrackingTask.objects.all(), actor, MAINTAIN)


def tracking_awaiting(actor: Actor) -> QuerySet[TrackingTask]:
    """Return the tracking tasks of the officer's places that wait for an answer, the earliest first."""
    return tracking_tasks(actor).filter(state=TrackingTask.State.OPEN).order_by("due_on", "pk")


# --- standards, shortages, equivalences, rates ---------------------------------------------------


def standards_on(day: dt.date) -> QuerySet[OccupationalStandard]:
    """Return the standards and norms in force on the day (施行中的职业标准), LN24-2.2d."""
    return on_day(OccupationalStandard.objects.all(), day)


def shortages_on(day: dt.date, place: str = "") -> QuerySet[ShortageOccupation]:
    """Return the scarce occupations that count at a place on the day (急需紧缺职业), FS20-O2."""
    rows = on_day(ShortageOccupation.objects.all(), day)
    return rows.filter(place__in=[step.code for step in Place(place).chain]) if place else rows


class Joined[T](Sequence[T]):
    """Rows of tables and of files one after the other, read as far as somebody looks.

    Guarantees:
        A slice reads only the rows in it, so that a page of a long list costs a page.
    """

    def __init__(self, parts: Iterable[tuple[Any, int, Callable[[Any], T]]]) -> None:
        """Take parts: what can be sliced, how many rows it has, what makes each a row of the list."""
        self._parts = [part for part in parts if part[1]]

    def __len__(self) -> int:
        """Return how many rows there are; nothing is read."""
        return sum(count for _, count, _ in self._parts)

    def __iter__(self) -> Iterator[T]:
        """Yield every row; each part is read once."""
        for rows, _, make in self._parts:
            yield from map(make, rows)

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> list[T]: ...

    def __getitem__(self, at: int | slice) -> T | list[T]:
        """Return one row, or those of a slice."""
        if isinstance(at, int):
            return self[at : at + 1 or None][0]
        start, stop, step = at.indices(len(self))
        found: list[T] = []
        before = 0
        for rows, count, make in self._parts:
            first, last = max(start - before, 0), min(stop - before, count)
            if first < last:
                found += map(make, rows[first:last])
            before += count
        return found[::step]


def _laid(
    rows: QuerySet[Any], shipped: Sequence[Any], make: Callable[[Any], Any], order: Sequence[str]
) -> list[tuple[Any, int, Callable[[Any], Any]]]:
    """Return what was entered and what the files state as parts, the narrowest place first."""
    counts = dict(rows.order_by().values_list("place").annotate(Count("pk")))
    parts: list[tuple[Any, int, Callable[[Any], Any]]] = []
    for place in order:
        ours = [one for one in shipped if one.place == place]
        parts += [(rows.filter(place=place), counts.get(place, 0), make), (ours, len(ours), _as_it_is)]
    return parts


def _as_it_is(row: Any) -> Any:
    return row


def equivalences_on(day: dt.date, place: str = NATION) -> Joined[EquivalenceRow]:
    """Return what holds at a place on the day (比照表), the narrowest place first, JL17-3b.

    A line of a province and one of the nation on the same thing stand beside each other: neither says that it
    replaces the other.
    """
    order = [step.code for step in Place(place).chain]
    shipped = [one for one in listed_equivalences() if one.period.covers(day)]
    rows = on_day(Equivalence.objects.all(), day).filter(place__in=order)
    rows = rows.order_by("basis_kind", "basis", "valid_from", "pk")
    return Joined(_laid(rows, shipped, _equivalence, order))


def _equivalence(row: Equivalence) -> EquivalenceRow:
    return EquivalenceRow(
        place=row.place,
        basis_kind=BasisKind(row.basis_kind),
        basis=row.basis,
        counterpart_kind=CounterpartKind(row.counterpart_kind),
        counterpart=row.counterpart,
        effect=row.effect,
        condition=row.condition,
        document_number=row.document_number,
        period=Period(start=row.valid_from, end=row.valid_to),
        certainty=_CERTAINTY[row.certainty],
        source=row.source,
        note=row.note,
    )


def rates_on(day: dt.date, kind: RateKind | None = None, place: str = NATION) -> Joined[RateRow]:
    """Return the rates of a place on the day, the narrowest place first (收费、补贴标准), WH21-5.2.

    A line of the catalogue files that says no amount gives way to one that was entered for the same place,
    kind of evaluation and document. Without a kind fees come before subsidies.
    """
    order = [step.code for step in Place(place).chain]
    entered = Rate.objects.filter(place__in=order)
    known = set(
        entered.order_by().values_list("kind", "place", "evaluation_type", "document_number").distinct()
    )
    shipped = [
        one
        for one in listed_rates()
        if one.period.covers(day)
        and (
            one.amount is not None
            or (one.kind, one.place, one.evaluation_type, one.document_number) not in known
        )
    ]
    parts = []
    for each in RateKind if kind is None else (kind,):
        rows = on_day(Rate.objects.all(), day).filter(place__in=order, kind=each.value)
        parts += _laid(rows, [one for one in shipped if one.kind is each], _rate, order)
    return Joined(parts)


def rate_of(
    kind: RateKind, *, evaluation_type: str, subject: str, level: str, place: str, on: dt.date
) -> RateRow | None:
    """Return the rate for one thing at a place on a day (适用标准), the narrowest place's, or None."""
    found = [
        one
        for one in rates_on(on, kind, place)
        if one.evaluation_type == evaluation_type
        and one.subject == subject
        and one.level in {"", level}
        and one.amount is not None
    ]
    nearest = [one for one in found if one.place == found[0].place]
    return min(nearest, key=lambda one: (not one.level, -one.period.start.toordinal()), default=None)


def _rate(row: Rate) -> RateRow:
    return RateRow(
        kind=RateKind(row.kind),
        place=row.place,
        evaluation_type=row.evaluation_type,
        subject=row.subject,
        level=row.level,
        amount=Money(row.amount_fen),
        unit=row.unit,
        document_number=row.document_number,
        period=Period(start=row.valid_from, end=row.valid_to),
        certainty=_CERTAINTY[row.certainty],
        source=row.source,
        note=row.note,
    )


def places_with_lists() -> Sequence[str]:
    """Return the places that have lists of their own, for a choice (有目录的地区)."""
    found = {one.place for one in cancellations.batches()}
    found.update(one.place for one in listed_equivalences())
    found.update(one.place for one in listed_rates())
    for rows in (
        DirectoryEdition.objects.all(),
        Equivalence.objects.all(),
        Rate.objects.all(),
        all_shortages(),
    ):
        found.update(rows.order_by().values_list("place", flat=True).distinct())
    return sorted(found - {NATION})


# --- imports -------------------------------------------------------------------------------------


def imports_of(actor: Actor) -> QuerySet[CatalogueImport]:
    """Return the imports of the nation's lists and of the officer's places (导入记录)."""
    own = within(CatalogueImport.objects.all(), actor, MAINTAIN)
    return (own | CatalogueImport.objects.filter(place=NATION)).defer("content", "problems")


def own_editions(actor: Actor) -> QuerySet[DirectoryEdition]:
    """Return the editions that the officer may keep, with how many rows each has (目录维护)."""
    rows = DirectoryEdition.objects.annotate(rows_held=Count("items"))
    if not actor.may_anywhere(MAINTAIN):
        return rows.none()
    return (within(rows, actor, MAINTAIN) | rows.filter(place=NATION)).order_by("place", "valid_from")
