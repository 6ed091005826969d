"""Dated lists as the public pages write them: rows of words, with the same words for page and download."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhiping.apps.reference import catalogue_queries as lists
from zhiping.core.catalogues.cancellations import CancelledRow
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
    BasisKind,
    EquivalenceRow,
    RateRow,
)
from zhiping.portals.labels import place_name
from zhiping.ui.formatting import short_day
from zhiping.ui.labels import level

CERTAINTIES = {
    Certainty.CONFIRMED: "有明文",
    Certainty.DERIVED: "据转录、已核对",
    Certainty.PARTIAL: "部分核实",
    Certainty.UNCERTAIN: "待核实",
}
NOTHING = "—"

type Row = dict[str, object]
"""Header → words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list ready to be shown: which of its headers a page shows; a download has them all."""

    title: str
    name: str
    rows: Sequence[Row]
    shown: Sequence[str]


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


def cancelled_rows(rows: Iterable[CancelledRow], trackers: dict[str, lists.Tracker]) -> list[Row]:
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
                "确定程度": CERTAINTIES[row.certainty],
                "来源": row.source,
                "说明": row.note,
            }
        )
    return found


def equivalence_rows(rows: Iterable[EquivalenceRow]) -> list[Row]:
    """Return the equivalence table."""
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


def rate_rows(rows: Iterable[RateRow]) -> list[Row]:
    """Return fees or subsidies."""
    return [
        {
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
