"""Qualification directories (职业资格目录): editions, what stands in them on a day, what changed since."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache

from zhiping.core.catalogues.files import Certainty, catalogue_folder, read_rows
from zhiping.kernel.period import Period
from zhiping.kernel.place import NATION

SHORTEST_NEAR = 3
"""Fewer shared characters say nothing: 工程 stands in many names."""

_BLANKS = re.compile(r"[\s\u200b\ufeff]")
_TAILS = re.compile(
    r"(?:职业资格证书|执业资格证书|资格证书|职业资格证|资格证|证书|执业资格|职业资格|资格认定|资格)\Z"
)
_GRADES = re.compile(r"(?:一级|二级|三级|高级|中级|初级|助理)")
_ASIDE = re.compile(r"\((?:一级|二级|三级|高级|中级|初级|助理)\)")


class QualificationKind(StrEnum):
    """Whom a qualification is for (人员类别)."""

    PROFESSIONAL = "professional"
    """专业技术人员职业资格."""
    SKILLED = "skilled"
    """技能人员职业资格."""


class QualificationType(StrEnum):
    """Whether one may do the work without it (资格类别)."""

    ACCESS = "access"
    """准入类."""
    LEVEL = "level"
    """水平评价类."""


class RowsHeld(StrEnum):
    """How much of an edition is held (名录收录情况)."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


class Standing(StrEnum):
    """How a name stands to a directory on a day (是否在目录)."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


KIND_NAMES: Mapping[QualificationKind, str] = {
    QualificationKind.PROFESSIONAL: "专业技术人员职业资格",
    QualificationKind.SKILLED: "技能人员职业资格",
}
TYPE_NAMES: Mapping[QualificationType, str] = {
    QualificationType.ACCESS: "准入类",
    QualificationType.LEVEL: "水平评价类",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of a directory (目录版本): the nation's, or a province's list.

    `counts` are the numbers of items as published; what was not published is absent. Without a `period` an
    edition is on record and decides no day.
    """

    code: str
    title: str
    place: str
    document_number: str
    document: str = ""
    issued_on: date | None = None
    period: Period | None
    counts: Mapping[str, int] = field(default_factory=dict)
    rows_held: RowsHeld
    certainty: Certainty
    source: str = ""
    note: str = ""

    @property
    def is_national(self) -> bool:
        """Tell whether it is the nation's directory."""
        return self.place == NATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """One item or sub-item of an edition (职业资格).

    `left_on` is the first day on which it no longer counts although the edition goes on; between
    `uncertain_from` and that day nobody knows.
    """

    edition: str
    number: int | None = None
    item: str
    sub_item: str = ""
    kind: QualificationKind
    type: QualificationType
    department: str = ""
    department_certainty: Certainty | None = None
    body: str = ""
    """Who carries it out at the place, where the list says so (组织实施机构)."""
    formerly: str = ""
    left_on: date | None = None
    uncertain_from: date | None = None
    certainty: Certainty
    source: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """Return the finest name: the sub-item where there is one."""
        return self.sub_item or self.item

    @property
    def full_name(self) -> str:
        """Return item and sub-item."""
        return f"{self.item}（{self.sub_item}）" if self.item and self.sub_item else self.name

    def standing_on(self, day: date) -> Standing:
        """Tell whether the row counts on a day within its edition."""
        if self.left_on is not None and day >= self.left_on:
            return Standing.OFF
        if self.uncertain_from is not None and day >= self.uncertain_from:
            return Standing.UNKNOWN
        return Standing.ON


def plain_name(name: str) -> str:
    """Return a name as compared: half width, without blanks and without words for a certificate at its end.

    >>> plain_name("注册会计师 资格证书"), plain_name("中国委托公证人资格（香港、澳门）")
    ('注册会计师', '中国委托公证人资格(香港、澳门)')
    >>> plain_name("资格证书")
    '资格证书'
    """
    folded = _BLANKS.sub("", unicodedata.normalize("NFKC", name))
    while (found := _TAILS.search(folded)) and found.start() > 1:
        folded = folded[: found.start()]
    return folded


def without_grade(name: str) -> str:
    """Return a plain name without its grade (一级、高级 …); grades are no qualifications of their own.

    >>> without_grade("一级注册建筑师"), without_grade("经济(中级)"), without_grade("高级")
    ('注册建筑师', '经济', '高级')
    """
    bare = _ASIDE.sub("", name)
    found = _GRADES.match(bare)
    return bare[found.end() :] if found and len(bare) - found.end() > 1 else bare


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryAnswer:
    """How a name stands to a directory on a day, and by what (目录核对).

    `row` is the row that decides; `near` are rows whose names contain the name or stand in it, for a
    person to look at where nothing decides.
    """

    standing: Standing
    edition: Edition | None = None
    row: Qualification | None = None
    near: tuple[Qualification, ...] = ()


class Directory:
    """An edition with its rows (目录).

    Guarantees:
        What it answers never changes after it is made. A name that is not found is off the directory
        only where all rows are held and no row comes near; otherwise the answer is unknown.
    """

    def __init__(self, edition: Edition, rows: Iterable[Qualification]) -> None:
        """Index the rows by every name that they are known under."""
        self.edition = edition
        self.rows = tuple(rows)
        self._by_name: dict[str, list[Qualification]] = {}
        for row in self.rows:
            for name in dict.fromkeys(_names_of(row)):
                self._by_name.setdefault(name, []).append(row)

    def ask(self, name: str, *, on: date) -> DirectoryAnswer:
        """Tell whether a qualification of that name stands in the directory on the day (是否在目录内)."""
        wanted = plain_name(name)
        rows = self._by_name.get(wanted) or self._by_name.get(without_grade(wanted)) or []
        if rows:
            standings = {row.standing_on(on): row for row in rows}
            for standing in (Standing.ON, Standing.UNKNOWN, Standing.OFF):
                if standing in standings:
                    return DirectoryAnswer(standing=standing, edition=self.edition, row=standings[standing])
        near = self._near(without_grade(wanted))
        is_off = self.edition.rows_held is RowsHeld.ALL and not near
        standing = Standing.OFF if is_off else Standing.UNKNOWN
        return DirectoryAnswer(standing=standing, edition=self.edition, near=near)

    def _near(self, wanted: str) -> tuple[Qualification, ...]:
        if len(wanted) < SHORTEST_NEAR:
            return ()
        found = [
            row
            for name, rows in self._by_name.items()
            if len(name) >= SHORTEST_NEAR and (name in wanted or wanted in name)
            for row in rows
        ]
        return tuple(dict.fromkeys(found))


def _names_of(row: Qualification) -> Iterable[str]:
    for name in (row.item, row.sub_item):
        if name:
            plain = plain_name(name)
            yield plain
            yield without_grade(plain)
    # 空勤人员、地面人员: a sub-item that is a list of people; items with 、 in their name are one thing.
    parts = row.sub_item.split("、")
    if len(parts) > 1:
        yield from (plain_name(part) for part in parts)


class ChangeKind(StrEnum):
    """What happened to a row between two editions (变化)."""

    ADDED = "added"
    RENAMED = "renamed"
    TYPE_CHANGED = "type_changed"
    REGROUPED = "regrouped"
    """归项变化: another item, or an item that was split into sub-items."""
    REMOVED = "removed"


CHANGE_NAMES: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: "新增",
    ChangeKind.RENAMED: "更名",
    ChangeKind.TYPE_CHANGED: "类别调整",
    ChangeKind.REGROUPED: "归项调整",
    ChangeKind.REMOVED: "退出",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two editions (目录变化); a row may be renamed and change its type at once."""

    kinds: frozenset[ChangeKind]
    before: Qualification | None
    after: Qualification | None

    @property
    def ordered(self) -> tuple[ChangeKind, ...]:
        """Return the kinds in the order of their list."""
        return tuple(kind for kind in ChangeKind if kind in self.kinds)


def differences(old: Directory, new: Directory) -> tuple[Change, ...]:
    """Return what changed from one edition to the other (两版目录比较), in the order of the kinds.

    Rows are matched by their finest name, then by the former name that the newer row states, then by an item
    that became several. What matches and is the same in name, type and item is left out. An item whose
    grouping is not held on one side is not reported as regrouped.
    """
    left = {plain_name(row.name): row for row in old.rows}
    taken: set[str] = set()
    found: list[Change] = []
    for row in new.rows:
        key = next(
            (name for name in (plain_name(row.name), plain_name(row.formerly)) if name and name in left), ""
        )
        if not key and row.sub_item and plain_name(row.item) in left:
            key = plain_name(row.item)
        taken.add(key)
        before = left.get(key)
        kinds = _changed(before, row)
        if kinds:
            found.append(Change(kinds=kinds, before=before, after=row))
    found.extend(
        Change(kinds=frozenset({ChangeKind.REMOVED}), before=row, after=None)
        for key, row in left.items()
        if key not in taken
    )
    order = list(ChangeKind)
    return tuple(sorted(found, key=lambda change: min(order.index(kind) for kind in change.kinds)))


def _changed(before: Qualification | None, after: Qualification) -> frozenset[ChangeKind]:
    if before is None:
        return frozenset({ChangeKind.ADDED})
    kinds = set()
    is_split = (
        bool(after.sub_item) and not before.sub_item and plain_name(before.item) == plain_name(after.item)
    )
    if not is_split and plain_name(before.name) != plain_name(after.name):
        kinds.add(ChangeKind.RENAMED)
    if before.type is not after.type:
        kinds.add(ChangeKind.TYPE_CHANGED)
    stood, stands = (plain_name(row.item if row.sub_item else "") for row in (before, after))
    is_held = bool(before.item) and bool(after.item)
    if is_held and stood != stands and ChangeKind.RENAMED not in kinds:
        kinds.add(ChangeKind.REGROUPED)
    return frozenset(kinds)


def counted(rows: Iterable[Qualification]) -> dict[str, int]:
    """Return how many items the rows make, by kind and type, to lay beside the published numbers (项数).

    Sub-items of one item count once. Rows whose item is not held are left out: an item cannot be counted
    by its parts.
    """
    items = {(row.kind, row.type, row.item) for row in rows if row.item}
    found = {"items": len(items)}
    for kind in QualificationKind:
        found[kind.value] = sum(one[0] is kind for one in items)
        for type_ in QualificationType:
            found[f"{kind}_{type_}"] = sum(one[:2] == (kind, type_) for one in items)
    return found


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_COUNTS = (
    "items",
    "professional",
    "professional_access",
    "professional_level",
    "skilled",
    "skilled_access",
    "skilled_level",
)
COUNT_NAMES: Mapping[str, str] = {
    "items": "总数",
    "professional": "专业技术人员",
    "professional_access": "专业技术人员准入类",
    "professional_level": "专业技术人员水平评价类",
    "skilled": "技能人员",
    "skilled_access": "技能人员准入类",
    "skilled_level": "技能人员水平评价类",
}


@cache
def _read(_folder: object) -> tuple[Directory, ...]:
    rows: dict[str, list[Qualification]] = {}
    for row in read_rows("qualification_directory.csv"):
        rows.setdefault(row["edition"], []).append(_qualification(row))
    return tuple(
        Directory(_edition(row), rows.get(row["edition"], ()))
        for row in read_rows("qualification_directory_editions.csv")
    )


def _qualification(row: Mapping[str, str]) -> Qualification:
    return Qualification(
        edition=row["edition"],
        number=int(row["number"]) if row["number"] else None,
        item=row["item"],
        sub_item=row["sub_item"],
        kind=QualificationKind(row["kind"]),
        type=QualificationType(row["type"]),
        department=row["department"],
        department_certainty=Certainty(row["department_certainty"]) if row["department_certainty"] else None,
        formerly=row["formerly"],
        left_on=_day(row["valid_to"]),
        uncertain_from=_day(row["uncertain_from"]),
        certainty=Certainty(row["certainty"]),
        source=row["source"],
        note=row["note"],
    )


def _edition(row: Mapping[str, str]) -> Edition:
    start = _day(row["valid_from"])
    return Edition(
        code=row["edition"],
        title=row["title"],
        place=row["place"],
        document_number=row["document_number"],
        document=row["document"],
        issued_on=_day(row["issued_on"]),
        period=None if start is None else Period(start=start, end=_day(row["valid_to"])),
        counts={name: int(row[name]) for name in _COUNTS if row[name]},
        rows_held=RowsHeld(row["rows_held"]),
        certainty=Certainty(row["certainty"]),
        source=row["source"],
        note=row["note"],
    )


def listed_directories() -> tuple[Directory, ...]:
    """Return the editions that the catalogue files hold, the oldest first (随发布包收录的目录)."""
    return _read(catalogue_folder())
