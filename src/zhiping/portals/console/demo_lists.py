"""Dated lists of the demonstration: invented, marked 演示, uncertain; brought by the actions themselves."""

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence

from zhiping.apps.authorities.models import Account
from zhiping.apps.authorities.queries import actor_of
from zhiping.apps.reference.actions import (
    add_affected_batch,
    answer_tracking,
    apply_import,
    assign_tracker,
    bring_candidates,
    open_cancellation_case,
    open_edition,
    open_tracking,
    preview_import,
    publish_edition,
    record_refund,
)
from zhiping.apps.reference.actions.aftermath import BatchDetails
from zhiping.apps.reference.actions.directories import EditionDetails
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock

SOURCE = "演示数据，虚构，不作依据"
NUMBER = "演示〔2026〕1号"
_PROVINCES = {"440000": "广东省", "210000": "辽宁省"}
_KNOWN = {"确定程度": "待核实", "来源": SOURCE}
_SINCE = {"文号": NUMBER, "施行日": "2026-01-01", **_KNOWN}
_ITEMS = (
    ("教师资格", "专业技术人员", "准入类", "教育行政主管部门"),
    ("导游资格", "专业技术人员", "准入类", "文化和旅游行政主管部门"),
    ("会计专业技术资格", "专业技术人员", "水平评价类", "财政、人力资源社会保障行政主管部门"),
    ("经济专业技术资格", "专业技术人员", "水平评价类", "人力资源社会保障行政主管部门"),
    ("统计专业技术资格", "专业技术人员", "水平评价类", "统计、人力资源社会保障行政主管部门"),
)
_LEVELS = (("五级/初级工", 180), ("四级/中级工", 220), ("三级/高级工", 260), ("二级/技师", 380))
_TRACKERS = {
    "CN/1/房地产经纪人": "住房城乡建设行政主管部门（演示）",
    "CN/1/注册税务师": "税务行政主管部门（演示）",
    "CN/1/品牌管理师": "人力资源社会保障行政主管部门（演示）",
    "CN/4/网络广告经纪人": "市场监督管理行政主管部门（演示）",
}


def keep_lists(*, clock: Clock) -> None:
    """Fill the dated lists of both provinces: a published edition, one under way, rates, tracking (演示)."""
    for place, name in _PROVINCES.items():
        keeper = _keeper(place, clock)
        _publish_directory(place, name, keeper, clock)
        _bring_rates(place, keeper, clock)
        _track(place, keeper, clock)
    guangdong = _keeper("440000", clock)
    _see_through("440000", guangdong, clock)
    _open("440000", "广东省", "2027", dt.date(2027, 1, 1), guangdong, clock)
    preview_import(
        "equivalences",
        place="440000",
        file_name="比照表（演示，待确认）.csv",
        content=_sheet([_equivalence("三级/高级工", "助理级"), _equivalence("没有这一级", "中级")]),
        actor=guangdong,
        clock=clock,
    )


def _keeper(place: str, clock: Clock) -> Actor:
    return actor_of(Account.objects.get(username=f"province-supervisor-{place}"), on=clock.today())


def _open(  # one line of an edition each
    place: str, name: str, code: str, valid_from: dt.date, keeper: Actor, clock: Clock
) -> int:
    details = EditionDetails(
        place=place,
        code=code,
        title=f"{name}职业资格目录清单（演示，{code}年版）",
        document_number=NUMBER,
        valid_from=valid_from,
        certainty="uncertain",
        source=SOURCE,
    )
    return open_edition(details, actor=keeper, clock=clock).pk


def _publish_directory(place: str, name: str, keeper: Actor, clock: Clock) -> None:
    edition = _open(place, name, "2026", dt.date(2026, 1, 1), keeper, clock)
    rows = [
        {
            "序号": str(number), "职业资格名称": item, "人员类别": kind, "资格类别": type_,
            "实施部门（单位）": f"{department}（演示）", "组织实施机构": f"{name}样例考试机构（演示）",
            "备注": "演示", **_KNOWN,
        }
        for number, (item, kind, type_, department) in enumerate(_ITEMS, start=1)
    ]  # fmt: skip
    _bring("directory", place, rows, keeper, clock, edition=edition)
    publish_edition(edition, actor=keeper, clock=clock)


def _bring_rates(place: str, keeper: Actor, clock: Clock) -> None:
    fees = [
        {
            "评价类型": "职业技能等级认定", "项目": f"{subject}（演示）", "等级": level,
            "金额（元）": f"{amount + more:.2f}", "计价单位": "人次", "备注": "演示金额，虚构", **_SINCE,
        }
        for subject, more in (("理论知识考试", 0), ("技能考核", 120))
        for level, amount in _LEVELS
    ]  # fmt: skip
    subsidies = [
        row | {"项目": "获证补贴（演示）", "金额（元）": f"{1000 + 400 * step}"}
        for step, row in enumerate(fees[: len(_LEVELS)])
    ]
    _bring("fees", place, fees, keeper, clock)
    _bring("subsidies", place, subsidies, keeper, clock)


def _track(place: str, keeper: Actor, clock: Clock) -> None:
    """Name departments, order looks, answer one; where no notice binds, only what was named is looked at."""
    for key, department in _TRACKERS.items():
        assign_tracker(place, key, department=department, note=SOURCE, actor=keeper, clock=clock)
    today = clock.today()
    soon = open_tracking(place, due_on=today + dt.timedelta(days=2), actor=keeper, clock=clock)
    open_tracking(place, due_on=today + dt.timedelta(days=30), actor=keeper, clock=clock)
    answer_tracking(
        soon[0].pk,
        result="none_found",
        answer="演示：查培训机构三处、网页十条，未发现恢复或变相恢复。",
        actor=keeper,
        clock=clock,
    )


def _see_through(place: str, keeper: Actor, clock: Clock) -> None:
    """Leave a cancellation case half way: somebody refunded, somebody not asked, somebody to be certified."""
    case = open_cancellation_case(place, "CN/4/网络广告经纪人", note=SOURCE, actor=keeper, clock=clock)
    before, after = case.cancelled_on - dt.timedelta(days=30), case.cancelled_on + dt.timedelta(days=30)
    people = {
        "registering": [
            {"姓名": "演示甲", "证件号码后四位": "0010", "考生意愿": "退费", "意愿日期": f"{after}"},
            {"姓名": "演示乙", "证件号码后四位": "002X", "考生意愿": "继续参加", "意愿日期": f"{after}"},
            {"姓名": "演示丙", "证件号码后四位": "0038"},
        ],
        "examined": [
            {"姓名": "演示丁", "证件号码后四位": "0046", "成绩合格": "是"},
            {"姓名": "演示戊", "证件号码后四位": "0054", "成绩合格": "否"},
        ],
    }
    for number, (stage, found) in enumerate(people.items(), start=1):
        details = BatchDetails(
            stage=stage,
            organisation="样例考试机构（演示）",
            number=f"演示{number}",
            day=before,
            due_on=clock.today() + dt.timedelta(days=5 * number),
            note=SOURCE,
        )
        batch = add_affected_batch(case.pk, details, actor=keeper, clock=clock)
        paid = {"已缴费用（元）": "180.00"} if stage == "registering" else {}
        rows = [
            {"报名号或准考证号": f"YS{number}{at:03}", **paid, **row} for at, row in enumerate(found, start=1)
        ]
        bring_candidates(
            batch.pk, file_name="善后名单（演示）.csv", content=_sheet(rows), actor=keeper, clock=clock
        )
        for one in batch.candidates.filter(choice="refund"):
            record_refund(
                one.pk, amount_fen=one.fee_fen, paid_on=after, voucher="演示凭证1", actor=keeper, clock=clock
            )


def _equivalence(level: str, title: str) -> dict[str, str]:
    return {
        "比照依据": "职业技能等级", "依据内容": level, "比照对象": "职称", "对象内容": title,
        "比照效力": "可以申报（演示）", **_SINCE,
    }  # fmt: skip


def _bring(  # the same five for every list
    kind: str,
    place: str,
    rows: Sequence[Mapping[str, str]],
    keeper: Actor,
    clock: Clock,
    *,
    edition: int | None = None,
) -> None:
    preview = preview_import(
        kind,
        place=place,
        edition_id=edition,
        file_name="演示清单.csv",
        content=_sheet(rows),
        actor=keeper,
        clock=clock,
    )
    apply_import(preview.pk, actor=keeper, clock=clock)


def _sheet(rows: Sequence[Mapping[str, str]]) -> bytes:
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode("utf-8-sig")
