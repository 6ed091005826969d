"""Cancelled qualifications (已取消的职业资格许可和认定事项): batches, items, and who keeps an eye on them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from zhiping.core.catalogues.files import Certainty, catalogue_folder, read_rows
from zhiping.core.catalogues.qualifications import QualificationKind, QualificationType
from zhiping.kernel.place import NATION


class Setter(StrEnum):
    """Who had set up what was cancelled (设置主体)."""

    STATE_COUNCIL_DEPARTMENT = "state_council_department"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch (批次): how many items a decision cancelled.

    `is_published` is False for items that wait for changes of laws; they are not cancelled.
    """

    code: str
    place: str
    number: int | None
    title: str
    document_number: str
    document_certainty: Certainty
    announced_on: date | None
    day_certainty: Certainty
    is_published: bool
    items: int
    set_by: Setter
    certainty: Certainty
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledRow:
    """One cancelled item (取消事项). `set_by` names its department or association where that is known."""

    place: str
    batch: str
    name: str
    set_by: str = ""
    kind: QualificationKind | None = None
    type: QualificationType | None = None
    successor: str = ""
    certainty: Certainty
    source: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        """Return what names the item for good: place, batch, name."""
        return f"{self.place}/{self.batch}/{self.name}"


@cache
def _batches(_folder: object) -> tuple[Batch, ...]:
    return tuple(
        Batch(
            code=row["batch"],
            place=row["place"],
            number=int(row["number"]) if row["number"] else None,
            title=row["title"],
            document_number=row["document_number"],
            document_certainty=Certainty(row["document_certainty"]),
            announced_on=date.fromisoformat(row["announced_on"]) if row["announced_on"] else None,
            day_certainty=Certainty(row["day_certainty"]),
            is_published=row["published"] == "yes",
            items=int(row["items"]),
            set_by=Setter(row["set_by"]),
            certainty=Certainty(row["certainty"]),
            source=row["source"],
            note=row["note"],
        )
        for row in read_rows("cancelled_batches.csv")
    )


@cache
def _items(_folder: object) -> tuple[CancelledRow, ...]:
    return tuple(
        CancelledRow(
            place=row["place"],
            batch=row["batch"],
            name=row["name"],
            set_by=row["set_by"],
            kind=QualificationKind(row["kind"]) if row["kind"] else None,
            type=QualificationType(row["type"]) if row["type"] else None,
            successor=row["successor"],
            certainty=Certainty(row["certainty"]),
            source=row["source"],
            note=row["note"],
        )
        for row in read_rows("cancelled_items.csv")
    )


def batches() -> tuple[Batch, ...]:
    """Return the batches, in the order in which they were announced (批次)."""
    return _batches(catalogue_folder())


def batch(code: str) -> Batch | None:
    """Return one batch, or None."""
    return next((one for one in batches() if one.code == code), None)


def listed_items() -> tuple[CancelledRow, ...]:
    """Return the items that the catalogue files name (随发布包收录的取消事项)."""
    return _items(catalogue_folder())


@cache
def _counterparts(_folder: object) -> Mapping[str, tuple[tuple[date, str], ...]]:
    found: dict[str, list[tuple[date, str]]] = {}
    for row in read_rows("counterpart_departments.csv"):
        start = date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min
        found.setdefault(row["ministry"], []).append((start, row["office"]))
    return {ministry: tuple(sorted(offices)) for ministry, offices in found.items()}


def counterpart_of(departments: str, *, province: str, on: date) -> str:
    """Return the province's counterpart of the first department that a text names (省级对应部门), or nothing.

    Of several departments the first one leads.

    Args:
        departments: one or more departments of the State Council, divided by 、.
        province: the province's name, put before the office's.
        on: offices take over from others; the day says which one it is.

    >>> counterpart_of("国土资源部、人力资源和社会保障部", province="吉林省", on=date(2017, 7, 14))
    '吉林省国土资源厅'
    >>> counterpart_of("国土资源部", province="吉林省", on=date(2026, 7, 14))
    '吉林省自然资源厅'
    >>> counterpart_of("某协会", province="吉林省", on=date(2026, 7, 14))
    ''
    """
    first = re.split(r"[、，,;；]", departments.strip())[0]
    offices = _counterparts(catalogue_folder()).get(first, ())
    office = next((name for start, name in reversed(offices) if start <= on), "")
    return f"{province}{office}" if office else ""


def total(*, place: str = NATION, published_only: bool = True) -> int:
    """Return how many items the batches of a place cancelled (取消项数).

    >>> total(), total(published_only=False), total(place="220000")
    (429, 434, 71)
    """
    return sum(
        one.items for one in batches() if one.place == place and (one.is_published or not published_only)
    )
