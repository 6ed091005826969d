"""One definition for each list that a workbook can bring: its sheet, its rows, what speaks against a row."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q

from zhiping.apps.reference.actions.local_items import objection_to
from zhiping.apps.reference.catalogue_queries import (
    batches,
    cancelled_items,
    directory_on,
)
from zhiping.apps.reference.errors import BatchUnknownError, CataloguePlaceError
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
)
from zhiping.apps.reference.queries import binding_clauses
from zhiping.core.catalogues.cancellations import Batch, CancelledRow
from zhiping.core.catalogues.divisions import divisions
from zhiping.core.catalogues.files import Certainty
from zhiping.core.catalogues.occupations import Listing, occupation
from zhiping.core.catalogues.qualifications import TYPE_NAMES, Standing, plain_name
from zhiping.core.roster.catalogues import (
    cancelled_sheet,
    directory_sheet,
    equivalences_sheet,
    fen_of,
    rates_sheet,
    shortages_sheet,
    standards_sheet,
)
from zhiping.core.roster.reading import read_level
from zhiping.core.roster.sheet import Clean, Problem, RosterRow, Sheet
from zhiping.kernel.clock import Clock
from zhiping.kernel.place import NATION, Place

Kind = CatalogueImport.Kind
type Objections = dict[int, list[Problem]]
"""Problems by the row's number in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """For what a workbook is brought: a place, an edition where the list has editions, the day."""

    place: str
    on: dt.date
    edition: DirectoryEdition | None = None

    @property
    def place_name(self) -> str:
        """Return the name of the place."""
        return name_of(self.place, on=self.on)


def name_of(place: str, *, on: dt.date) -> str:
    """Return the name of a place, or its code where nobody had it that day."""
    if place == NATION:
        return "全国"
    found = divisions().find(place, on=on)
    return found.name if found else place


def no_objections(_rows: Sequence[RosterRow], _scope: Scope) -> Objections:
    """Find nothing against any row."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """How a workbook of one kind becomes rows (目录导入规则).

    `identity` are the fields that make a row the same row; all other fields may change. `fields` turns a
    clean row into values of the model. `objections` are reasons against rows that the sheet alone cannot
    know. `levels` are the levels of place that the list may be kept for. `clauses` are cited where they
    bind. `naming` is the column that an objection to a row as a whole is written to.
    """

    kind: str
    model: type[Model]
    sheet: Callable[[Scope], Sheet]
    identity: tuple[str, ...]
    fields: Callable[[Clean, Scope], dict[str, Any]]
    levels: tuple[str, ...]
    clauses: tuple[str, ...]
    naming: str
    objections: Callable[[Sequence[RosterRow], Scope], Objections] = no_objections
    on_record: Callable[[Scope], Q] = field(default=lambda scope: Q(place=scope.place))
    beside: Callable[[Clean, Scope], dict[str, str]] | None = None
    """What a row says that is kept in another table: item key → tracking department."""

    @property
    def is_dated(self) -> bool:
        """Tell whether a row ends where the next on the same thing begins."""
        return "valid_from" in self.identity

    def key(self, values: Mapping[str, Any]) -> tuple[object, ...]:
        """Return what makes a row the same row."""
        return tuple(_bare_value(values[name]) for name in self.identity)

    def on_file(self, scope: Scope) -> dict[tuple[object, ...], Model]:
        """Return the rows on record that a workbook may touch, by what makes a row the same row."""
        rows = self.model._default_manager.filter(self.on_record(scope))  # noqa: SLF001 - Django's own name for it
        return {self.key({name: getattr(row, name) for name in self.identity}): row for row in rows}

    def require_place(self, scope: Scope) -> None:
        """Refuse a place for which the list is not kept.

        Refuses:
            CataloguePlaceError.
        """
        if Place(scope.place).level not in self.levels:
            raise CataloguePlaceError(
                catalogue=CatalogueImport.Kind(self.kind).label,
                expected="、".join(_LEVELS[level] for level in self.levels),
                place=scope.place_name,
            )


_LEVELS: Mapping[str, str] = {"nation": "全国", "province": "省级", "city": "市级", "district": "区县"}


_HAN = re.compile("[\u4e00-\u9fff]")
_POINT = re.compile("(?<=[\u4e00-\u9fff）])[,:;]")
_BRACKETS, _POINTS = str.maketrans("()", "（）"), str.maketrans(",:;", "，：；")


def chinese(text: str) -> str:
    """Return a text with the marks of Chinese print: cells are read in half width, names are not kept so.

    What is on record under its printed name must meet the same name from a workbook.

    >>> chinese("中国委托公证人资格(香港、澳门)"), chinese("CNAS(2021)")
    ('中国委托公证人资格（香港、澳门）', 'CNAS(2021)')
    """
    if not _HAN.search(text):
        return text
    return _POINT.sub(lambda found: found[0].translate(_POINTS), text.translate(_BRACKETS))


def _known(clean: Clean) -> dict[str, Any]:
    return {"certainty": clean["certainty"], "source": chinese(str(clean["source"]))}


def _dated(clean: Clean) -> dict[str, Any]:
    return {"valid_from": clean["valid_from"], "valid_to": clean["valid_to"], **_known(clean)}


def _plain(clean: Clean, *names: str) -> dict[str, Any]:
    return {name: chinese(str(clean[name] or "")) for name in names}


# directories ---------------------------------------------------------------------------------------


def _directory_fields(clean: Clean, scope: Scope) -> dict[str, Any]:
    return {
        "edition": scope.edition,
        "number": clean["number"],
        **_plain(clean, "item", "sub_item", "kind", "type", "department", "body", "formerly", "note"),
        **_known(clean),
    }


def _directory_objections(rows: Sequence[RosterRow], scope: Scope) -> Objections:
    """Hold the rows of a place's list against the nation's directory; the nation's own list is not held."""
    found: Objections = {}
    if scope.edition is None or scope.place == NATION:
        return found
    day = scope.edition.valid_from
    national = directory_on(day)
    for row in rows:
        name = str(row.clean["sub_item"] or row.clean["item"])
        objection = objection_to(name, place=scope.place, on=day, national=national)
        if objection is not None:
            _object(found, row, "item", objection.sentence, objection.clauses)
        answer = None if national is None else national.ask(name, on=day)
        if answer is None or answer.standing is not Standing.ON or answer.row is None:
            continue
        if answer.row.type.value != row.clean["type"]:
            _object(
                found,
                row,
                "type",
                f"资格类别与国家职业资格目录不一致：“{answer.row.full_name}”为{TYPE_NAMES[answer.row.type]}。请改正。",
                binding_clauses(("JL17-2a",), place=scope.place, on=day),
            )
    return found


def _object(found: Objections, row: RosterRow, name: str, sentence: str, clauses: Iterable[str] = ()) -> None:
    problem = Problem(
        field=name,
        code="reference.row_refused",
        value=str(row.clean[name] or ""),
        clause="、".join(clauses) or None,
        sentence=sentence,
    )
    found.setdefault(row.number, []).append(problem)


# cancelled items -----------------------------------------------------------------------------------


def _batch_words(scope: Scope) -> dict[str, Batch]:
    """Return the batches that a place's list may name: published ones of the nation and its own."""
    found = {one.title: one for one in batches(scope.place) if one.is_published}
    if not found:
        raise BatchUnknownError(place=scope.place_name)
    return found


def _cancelled_fields(clean: Clean, scope: Scope) -> dict[str, Any]:
    batch = _batch_words(scope)[str(clean["batch"])]
    return {
        "place": batch.place,
        "batch": batch.code,
        **_plain(clean, "name", "set_by", "kind", "type", "successor", "note"),
        **_known(clean),
    }


def _cancelled_objections(rows: Sequence[RosterRow], scope: Scope) -> Objections:
    """Find rows that make a batch larger than announced, in the order of the file, or move an item."""
    found: Objections = {}
    names: dict[tuple[str, str], set[str]] = {}
    sure: dict[tuple[str, str], CancelledRow] = {}
    for item in cancelled_items(scope.place):
        names.setdefault((item.place, item.batch), set()).add(plain_name(item.name))
        if item.certainty is not Certainty.UNCERTAIN:
            sure[item.place, plain_name(item.name)] = item
    words = _batch_words(scope)
    titles = {(one.place, one.code): title for title, one in words.items()}
    for row in rows:
        batch = words[str(row.clean["batch"])]
        known = names.setdefault((batch.place, batch.code), set())
        name = plain_name(str(row.clean["name"]))
        other = sure.get((batch.place, name))
        if other is not None and other.batch != batch.code and _same_setter(other, row):
            _object(
                found,
                row,
                "batch",
                f"“{other.name}”已收录在{titles.get((other.place, other.batch), other.batch)}，"
                "一项只属一个批次。"
                "请核对批次；确为不同部门的同名事项的，请写明实施部门。",
                binding_clauses(("JL17-1a",), place=scope.place, on=scope.on),
            )
            continue
        if name not in known and len(known) >= batch.items:
            _object(
                found,
                row,
                "name",
                f"{batch.title}公布取消 {batch.items} 项，加上本行将超出。请核对批次和已收录的名称。",
                binding_clauses(("JL17-1a",), place=scope.place, on=scope.on),
            )
            continue
        known.add(name)
    return found


def _same_setter(item: CancelledRow, row: RosterRow) -> bool:
    """Tell whether nothing says that two items of one name belonged to different departments."""
    return (row.clean["set_by"] or "") in {"", item.set_by}


def _tracker_of(clean: Clean, scope: Scope) -> dict[str, str]:
    if not clean["tracker"] or Place(scope.place).level != "province":
        return {}
    batch = _batch_words(scope)[str(clean["batch"])]
    return {f"{batch.place}/{batch.code}/{chinese(str(clean['name']))}": str(clean["tracker"])}


# standards and shortages ---------------------------------------------------------------------------


def _standard_fields(clean: Clean, _scope: Scope) -> dict[str, Any]:
    levels = clean["levels"]
    return {
        **_plain(clean, "occupation_code", "title", "kind", "generation"),
        "levels": "".join(levels) if isinstance(levels, tuple) else "",
        **_dated(clean),
    }


def _occupations_listed(rows: Sequence[RosterRow], scope: Scope) -> Objections:
    """Find the rows whose code the classification does not list, or lists under another name."""
    found: Objections = {}
    for row in rows:
        code = str(row.clean["occupation_code"])
        identity = occupation(code)
        if identity.listing is Listing.NOT_LISTED:
            _object(
                found,
                row,
                "occupation_code",
                f"2022年版职业分类大典没有编码为 {code} 的职业。请核对编码。",
                binding_clauses(("LN24-2.2d", "FS20-O2"), place=scope.place, on=scope.on),
            )
            continue
        name = row.clean.get("occupation_name")
        if name and identity.occupation is not None and name != identity.occupation.name:
            _object(
                found,
                row,
                "occupation_name",
                f"编码 {code} 在2022年版大典中是“{identity.occupation.name}”，不是“{name}”。请核对两栏。",
            )
    return found


def _shortage_fields(clean: Clean, scope: Scope) -> dict[str, Any]:
    return {"place": scope.place, "occupation_code": clean["occupation_code"], **_dated(clean)}


# equivalences and rates ----------------------------------------------------------------------------


def _equivalence_fields(clean: Clean, scope: Scope) -> dict[str, Any]:
    basis = str(clean["basis"])
    return {
        "place": scope.place,
        **_plain(clean, "basis_kind", "counterpart_kind", "counterpart", "effect", "condition"),
        **_plain(clean, "document_number", "note"),
        "basis": str(read_level(basis)) if clean["basis_kind"] == "skill_level" else chinese(basis),
        **_dated(clean),
    }


def _rate_fields(kind: Rate.Kind) -> Callable[[Clean, Scope], dict[str, Any]]:
    def fields(clean: Clean, scope: Scope) -> dict[str, Any]:
        return {
            "kind": kind.value,
            "place": scope.place,
            **_plain(clean, "evaluation_type", "subject", "level", "unit", "document_number", "note"),
            "amount_fen": fen_of(str(clean["amount"])),
            **_dated(clean),
        }

    return fields


_RATE_IDENTITY = ("kind", "place", "evaluation_type", "subject", "level", "valid_from")
_EVERYWHERE = ("nation", "province", "city", "district")

IMPORTERS: Mapping[str, Importer] = {
    one.kind: one
    for one in (
        Importer(
            kind=Kind.DIRECTORY,
            naming="item",
            model=DirectoryItem,
            sheet=lambda _scope: directory_sheet(),
            identity=("edition", "item", "sub_item"),
            fields=_directory_fields,
            levels=("nation", "province"),
            clauses=("JL17-2a", "JL17-2b", "GD18-4b"),
            objections=_directory_objections,
            on_record=lambda scope: Q(edition=scope.edition),
        ),
        Importer(
            kind=Kind.CANCELLED,
            naming="name",
            model=CancelledQualification,
            sheet=lambda scope: cancelled_sheet(_batch_words(scope)),
            identity=("place", "batch", "name"),
            fields=_cancelled_fields,
            levels=("province", "nation"),
            clauses=("JL17-1a", "JL17-1d", "JL17-A1", "JL17-A2"),
            objections=_cancelled_objections,
            on_record=lambda scope: Q(place__in=(scope.place, NATION)),
            beside=_tracker_of,
        ),
        Importer(
            kind=Kind.STANDARDS,
            naming="title",
            model=OccupationalStandard,
            sheet=lambda _scope: standards_sheet(),
            identity=("occupation_code", "kind", "title", "valid_from"),
            fields=_standard_fields,
            levels=("nation",),
            clauses=("LN24-2.2d",),
            objections=_occupations_listed,
            on_record=lambda _scope: Q(),
        ),
        Importer(
            kind=Kind.SHORTAGES,
            naming="occupation_code",
            model=ShortageOccupation,
            sheet=lambda _scope: shortages_sheet(),
            identity=("place", "occupation_code", "valid_from"),
            fields=_shortage_fields,
            levels=("city", "province"),
            clauses=("FS20-O2",),
            objections=_occupations_listed,
        ),
        Importer(
            kind=Kind.EQUIVALENCES,
            naming="basis",
            model=Equivalence,
            sheet=lambda _scope: equivalences_sheet(),
            identity=("place", "basis_kind", "basis", "counterpart_kind", "counterpart", "valid_from"),
            fields=_equivalence_fields,
            levels=_EVERYWHERE,
            clauses=("JL17-3b",),
        ),
        Importer(
            kind=Kind.FEES,
            naming="subject",
            model=Rate,
            sheet=lambda _scope: rates_sheet(name="fees", title="收费标准"),
            identity=_RATE_IDENTITY,
            fields=_rate_fields(Rate.Kind.FEE),
            levels=_EVERYWHERE,
            clauses=("WH21-5.2",),
            on_record=lambda scope: Q(place=scope.place, kind=Rate.Kind.FEE),
        ),
        Importer(
            kind=Kind.SUBSIDIES,
            naming="subject",
            model=Rate,
            sheet=lambda _scope: rates_sheet(name="subsidies", title="补贴标准"),
            identity=_RATE_IDENTITY,
            fields=_rate_fields(Rate.Kind.SUBSIDY),
            levels=_EVERYWHERE,
            clauses=("JL17-3b", "WH21-5.2"),
            on_record=lambda scope: Q(place=scope.place, kind=Rate.Kind.SUBSIDY),
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the rows of a workbook would do: rows to write, how many are new or changed, who tracks what."""

    new: tuple[Model, ...]
    changed: tuple[Model, ...]
    changed_fields: tuple[str, ...]
    trackers: Mapping[str, str]
    names: Mapping[str, str]
    """Item key → name, for the trackers."""

    @property
    def is_nothing(self) -> bool:
        """Tell whether everything is on record as it is."""
        return not (self.new or self.changed or self.trackers)


def weigh(importer: Importer, rows: Sequence[RosterRow], scope: Scope) -> Outcome:
    """Lay good rows beside what is on record: new, changed, or the same (比对)."""
    there = importer.on_file(scope)
    new: list[Model] = []
    changed: list[Model] = []
    touched: set[str] = set()
    for row in rows:
        values = importer.fields(row.clean, scope)
        known = there.get(importer.key(values))
        if known is None:
            new.append(importer.model(**values))
            continue
        differing = [name for name, value in values.items() if getattr(known, name) != value]
        if differing:
            for name in differing:
                setattr(known, name, values[name])
            touched.update(differing)
            changed.append(known)
    trackers, names = _trackers(importer, rows, scope)
    return Outcome(
        new=tuple(new),
        changed=tuple(changed),
        changed_fields=tuple(sorted(touched)),
        trackers=trackers,
        names=names,
    )


def _trackers(
    importer: Importer, rows: Sequence[RosterRow], scope: Scope
) -> tuple[dict[str, str], dict[str, str]]:
    """Return item key → department where that changes, and item key → name."""
    if importer.beside is None:
        return {}, {}
    named = {row.item_key: row.department for row in TrackerAssignment.objects.filter(place=scope.place)}
    trackers: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in rows:
        for key, department in importer.beside(row.clean, scope).items():
            names[key] = chinese(str(row.clean["name"]))
            if named.get(key) != department:
                trackers[key] = department
    return trackers, names


def objections_to(rows: Sequence[RosterRow], importer: Importer, scope: Scope) -> Objections:
    """Return what speaks against rows that the sheet finds good (逐行核验).

    First what the rows do to each other and to what is on record, then what the list itself objects to.
    """
    values = {row.number: importer.fields(row.clean, scope) for row in rows}
    found = _repeated(rows, values, importer)
    sound = [row for row in rows if row.number not in found]
    if importer.is_dated:
        found |= _overlapping(sound, values, importer, scope)
    for number, problems in importer.objections(rows, scope).items():
        found.setdefault(number, []).extend(problems)
    return found


def _repeated(
    rows: Sequence[RosterRow], values: Mapping[int, Mapping[str, Any]], importer: Importer
) -> Objections:
    """Find rows that are the same row, also where the sheet writes them differently (高级工, 三级/高级工)."""
    of_key: dict[tuple[object, ...], list[RosterRow]] = {}
    for row in rows:
        of_key.setdefault(importer.key(values[row.number]), []).append(row)
    found: Objections = {}
    for same in of_key.values():
        for row in same if len(same) > 1 else ():
            other = next(one.number for one in same if one is not row)
            more = f"等 {len(same) - 1} 行" if len(same) > 2 else "行"  # noqa: PLR2004 - itself and one more
            _object(found, row, importer.naming, f"与第 {other} {more}是同一条。请只保留一行。")
    return found


type _Line = tuple[dt.date, dt.date | None, RosterRow | None]
"""First day, first day after, and the row of the file; none where it is on record."""


def _overlapping(
    rows: Sequence[RosterRow], values: Mapping[int, Mapping[str, Any]], importer: Importer, scope: Scope
) -> Objections:
    """Find rows whose days another row on the same thing has already, on record or in the file.

    What is on record counts as the file leaves it, so a file may end a row and begin the next.
    """
    days: dict[tuple[object, ...], _Line] = {
        key: (getattr(row, "valid_from"), getattr(row, "valid_to"), None)  # noqa: B009 - a dated list's own columns
        for key, row in importer.on_file(scope).items()
    }
    for row in rows:
        own = values[row.number]
        days[importer.key(own)] = (own["valid_from"], own["valid_to"], row)
    at = importer.identity.index("valid_from")
    lines: dict[tuple[object, ...], list[_Line]] = {}
    for key, line in days.items():
        lines.setdefault((*key[:at], *key[at + 1 :]), []).append(line)
    found: Objections = {}
    for same in lines.values():
        same.sort(key=lambda one: one[0])
        before = same[0]
        for line in same[1:]:
            if before[1] is not None and before[1] <= line[0]:
                before = line
                continue
            blamed, other = (line[2], before) if line[2] is not None else (before[2], line)
            if blamed is not None:
                _object(found, blamed, "valid_from", _overlap_words(*other))
            if line[2] is None:
                before = line
    return found


def _overlap_words(start: dt.date, end: dt.date | None, row: RosterRow | None) -> str:
    where = "已收录的一行" if row is None else f"第 {row.number} 行"
    until = f"至 {end}（不含）" if end else "起，没有截止日"
    return (
        f"施行期间与{where}重叠（{start} {until}）。"
        "同一事项同一天只能有一行：请在表中写上那一行并填好截止日，或改正本行的日期。"
    )


def _bare_value(value: object) -> object:
    return value.pk if isinstance(value, Model) else value


def scope_of(importer: Importer, *, place: str, edition: DirectoryEdition | None, clock: Clock) -> Scope:
    """Return the scope of an import, after holding the place against the list."""
    scope = Scope(place=place, on=clock.today(), edition=edition)
    importer.require_place(scope)
    return scope
