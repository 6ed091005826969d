"""Dated lists as pages write them: rows of words, the same for everybody, the desk and a download."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from zhiping.apps.reference import catalogue_queries as lists
from zhiping.apps.reference.models import OccupationalStandard, ShortageOccupation
from zhiping.apps.reference.queries import occupation_name
from zhiping.core.catalogues.cancellations import CancelledRow
from zhiping.core.catalogues.errors import OccupationUnknownError
from zhiping.core.catalogues.files import Certainty
from zhiping.core.catalogues.qualifications import (
    CHANGE_NAMES,
    KIND_NAMES,
    TYPE_NAMES,
    Change,
    Edition,
    Qualification,
)
from zhiping.core.catalogues.rates import (
    BASIS_NAMES,
    COUNTERPART_NAMES,
    EVALUATION_TYPES,
    RATE_NAMES,
    BasisKind,
    EquivalenceRow,
    RateRow,
)
from zhiping.portals.labels import place_name
from zhiping.ui.formatting import short_day
from zhiping.ui.labels import level
from zhiping.ui.shapes import Column

CERTAINTIES = {
    Certainty.CONFIRMED: "有明文",
    Certainty.DERIVED: "据转录、已核对",
    Certainty.PARTIAL: "部分核实",
    Certainty.UNCERTAIN: "待核实",
}
type Row = dict[str, object]
"""Header → words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list ready to be shown: which of its headers a page shows; a download has them all.

    `rows` can be sliced and counted; only those that somebody sees are read and written.
    """

    title: str
    name: str
    rows: Sequence[Any] | QuerySet[Any, Any]
    write: Callable[[Sequence[Any]], list[Row]]
    shown: Sequence[str]

    @property
    def columns(self) -> list[Column]:
        """Return the columns of a page."""
        return [Column(key=header, label=header, kind=_kind(header)) for header in self.shown]

    def written(self) -> list[Row]:
        """Return all rows, for a download."""
        return self.write(list(self.rows))


_DAYS = frozenset({"公布取消日", "施行日", "截止日（不含）", "退出日"})
_NUMBERS = frozenset({"金额（元）", "公布项数", "收录名称"})


def _kind(header: str) -> Any:
    if header in _DAYS:
        return "date"
    return "code" if header == "职业编码" else "number" if header in _NUMBERS else "text"


def qualification_rows(rows: Iterable[Qualification]) -> list[Row]:
    """Return the rows of a directory."""
    return [
        {
            "序号": row.number or "",
            "职业资格": row.full_name,
            "职业资格名称": row.item,
            "具体项目": row.sub_item,
            "人员类别": KIND_NAMES[row.kind],
            "资格类别": TYPE_NAMES[row.type],
            "实施部门": _with_doubt(row.department, row.department_certainty),
            "组织实施机构": row.body,
            "退出日": row.left_on or "",
            "确定程度": CERTAINTIES[row.certainty],
            "来源": row.source,
            "说明": row.note,
        }
        for row in rows
    ]


def _with_doubt(words: str, certainty: Certainty | None) -> str:
    return f"{words}（待核实）" if words and certainty is Certainty.UNCERTAIN else words


def change_rows(changes: Iterable[Change]) -> list[Row]:
    """Return the differences between two editions."""
    return [
        {
            "变化": "、".join(CHANGE_NAMES[kind] for kind in change.ordered),
            "原名称": change.before.full_name if change.before else "",
            "原类别": TYPE_NAMES[change.before.type] if change.before else "",
            "现名称": change.after.full_name if change.after else "",
            "现类别": TYPE_NAMES[change.after.type] if change.after else "",
            "人员类别": KIND_NAMES[_either(change).kind],
            "退出日": (change.before.left_on or "") if change.before else "",
            "说明": _either(change).note,
        }
        for change in changes
    ]


def _either(change: Change) -> Qualification:
    found = change.after or change.before
    if found is None:
        message = "a change has a before or an after"
        raise ValueError(message)
    return found


def cancelled_rows(rows: Iterable[CancelledRow], trackers: Mapping[str, lists.Tracker]) -> list[Row]:
    """Return cancelled items with their batch and who tracks them."""
    known = {(one.place, one.code): one for one in lists.all_batches()}
    found: list[Row] = []
    for row in rows:
        batch = known.get((row.place, row.batch))
        tracker = trackers.get(row.key)
        found.append(
            {
                "项目名称": row.name,
                "批次": batch.title if batch else row.batch,
                "公布取消日": (batch.announced_on or "") if batch else "",
                "文号": batch.document_number if batch else "",
                "原实施部门": row.set_by,
                "衔接项目": row.successor,
                "跟踪督查部门": (tracker.department or "尚未明确") if tracker else "",
                "确定依据": lists.RULE_NAMES[tracker.rule] if tracker else "",
                "确定程度": CERTAINTIES[row.certainty],
                "来源": row.source,
                "说明": row.note,
            }
        )
    return found


def standards_sheet(day: dt.date) -> Sheet:
    """Return the standards and norms in force on a day."""
    return Sheet(
        title="职业标准和评价规范",
        name="standards",
        rows=lists.standards_on(day),
        write=_standard_rows,
        shown=("名称", "职业", "职业编码", "类别", "编制规程", "涵盖等级", "施行日", "确定程度"),
    )


def _standard_rows(rows: Sequence[OccupationalStandard]) -> list[Row]:
    return [
        {
            "名称": row.title,
            **_called(row.occupation_code),
            "类别": row.get_kind_display(),
            "编制规程": row.get_generation_display(),
            "涵盖等级": "、".join(level(one) for one in row.levels),
            **_known(row),
        }
        for row in rows
    ]


def shortages_sheet(day: dt.date, place: str) -> Sheet:
    """Return the scarce occupations of a place on a day; of all places without one."""
    return Sheet(
        title="急需紧缺职业目录",
        name="shortages",
        rows=lists.shortages_on(day, place),
        write=_shortage_rows,
        shown=("职业", "职业编码", "地区", "施行日", "截止日（不含）", "确定程度"),
    )


def _shortage_rows(rows: Sequence[ShortageOccupation]) -> list[Row]:
    return [{"地区": place_name(row.place), **_called(row.occupation_code), **_known(row)} for row in rows]


def _known(row: OccupationalStandard | ShortageOccupation) -> Row:
    return {
        "施行日": row.valid_from,
        "截止日（不含）": row.valid_to or "",
        "确定程度": row.get_certainty_display(),
        "来源": row.source,
    }


def _called(code: str) -> Row:
    try:
        name = occupation_name(code)
    except OccupationUnknownError:
        name = "不在2022年版大典"
    return {"职业": name, "职业编码": code}


def equivalences_sheet(day: dt.date, place: str) -> Sheet:
    """Return the equivalence table of a place on a day."""
    return Sheet(
        title="职业技能等级与职称、学历比照表",
        name="equivalences",
        rows=lists.equivalences_on(day, place),
        write=_equivalence_rows,
        shown=(
            "依据内容",
            "地区",
            "比照对象",
            "对象内容",
            "比照效力",
            "附加条件",
            "文号",
            "施行日",
            "确定程度",
        ),
    )


def rates_sheet(day: dt.date, place: str) -> Sheet:
    """Return the fees and subsidies of a place on a day."""
    return Sheet(
        title="收费标准和补贴标准",
        name="rates",
        rows=lists.rates_on(day, place=place),
        write=_rate_rows,
        shown=(
            "项目",
            "标准",
            "地区",
            "评价类型",
            "等级",
            "金额（元）",
            "计价单位",
            "文号",
            "施行日",
            "确定程度",
        ),
    )


def _equivalence_rows(rows: Sequence[EquivalenceRow]) -> list[Row]:
    return [
        {
            "地区": place_name(row.place),
            "比照依据": BASIS_NAMES[row.basis_kind],
            "依据内容": level(row.basis) if row.basis_kind is BasisKind.SKILL_LEVEL else row.basis,
            "比照对象": COUNTERPART_NAMES[row.counterpart_kind],
            "对象内容": row.counterpart,
            "比照效力": row.effect,
            "附加条件": row.condition,
            "文号": row.document_number or "未见",
            "施行日": row.period.start,
            "截止日（不含）": row.period.end or "",
            "确定程度": CERTAINTIES[row.certainty],
            "说明": row.note,
        }
        for row in rows
    ]


def _rate_rows(rows: Sequence[RateRow]) -> list[Row]:
    return [
        {
            "标准": RATE_NAMES[row.kind],
            "地区": place_name(row.place),
            "评价类型": EVALUATION_TYPES.get(row.evaluation_type, row.evaluation_type),
            "项目": row.subject,
            "等级": level(row.level) if row.level else "各等级",
            "金额（元）": str(row.amount) if row.amount else "金额未见",
            "计价单位": row.unit,
            "文号": row.document_number,
            "依据条款": row.clause,
            "施行日": row.period.start,
            "截止日（不含）": row.period.end or "",
            "确定程度": CERTAINTIES[row.certainty],
            "说明": row.note,
        }
        for row in rows
    ]


def period_words(edition: Edition) -> str:
    """Return from when to when an edition counts."""
    if edition.period is None:
        return "日期未见，不据以判断"
    end = f"至 {short_day(edition.period.end)}（不含）" if edition.period.end else "起，现行"
    return f"{short_day(edition.period.start)}{end}"
