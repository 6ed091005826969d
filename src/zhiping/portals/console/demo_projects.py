"""Handovers, calls, specifications and ability projects of the demonstration, done by the actions themselves.

Everything is invented and says so: bodies, projects, texts, numbers. Some of it stays open, so that the
queues of districts, cities and provinces have work.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhiping.apps.authorities.queries import office_for
from zhiping.apps.reference import actions
from zhiping.apps.reference.actions.handovers import HandoverDetails
from zhiping.apps.reference.actions.projects import ArgumentDetails, SpecificationDetails, Weight
from zhiping.apps.reference.project_queries import level_place
from zhiping.kernel.actor import Actor, ActorKind, Duty
from zhiping.kernel.clock import Clock, FixedClock
from zhiping.kernel.place import Place
from zhiping.portals.labels import place_name

_NOTE = "演示数据，虚构"
_PAPER = b"%PDF-1.4\n% demonstration\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_WAY = ("submit", "pass_district", "pass_city", "pass_argument", "file", "publish")
_DUTIES = {
    "submit": ("reference.solicit_specification", "district"),
    "pass_district": ("reference.solicit_specification", "district"),
    "pass_city": ("reference.review_specification", "city"),
    "pass_argument": ("reference.argue_specification", "province"),
    "file": ("reference.argue_specification", "province"),
    "publish": ("reference.review_specification", "city"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Project:
    """A specification of the demonstration, and how far it has come."""

    place: str
    name: str
    field: str
    product: str
    tasks: Sequence[tuple[str, int]]
    until: str = "publish"
    returned_by: str = ""
    days_ago: int = 60


_PROJECTS = (
    _Project(place="371002", name="海带结制作（演示）", field="海产品初加工", product="海带结",
             tasks=(("备料", 20), ("打结", 50), ("包装", 30)), days_ago=400),
    _Project(place="371002", name="海带结制作（演示）", field="海产品初加工", product="海带结礼盒",
             tasks=(("备料", 15), ("打结", 45), ("质检", 20), ("包装", 20)), days_ago=90),
    _Project(place="371003", name="花饽饽制作（演示）", field="传统面点", product="花饽饽",
             tasks=(("和面发酵", 30), ("造型", 50), ("蒸制", 20)), days_ago=200),
    _Project(place="440605", name="陶瓷砖铺贴质检（演示）", field="建筑陶瓷", product="铺贴完成的陶瓷砖",
             tasks=(("基层检查", 30), ("空鼓检测", 40), ("记录", 30)), days_ago=120),
    _Project(place="440605", name="盲公饼制作（演示）", field="地方食品", product="盲公饼",
             tasks=(("炒粉", 30), ("成型", 40), ("烘焙", 30)), until="pass_district", days_ago=14),
    _Project(place="440605", name="鱼灯扎作（演示）", field="非遗传承", product="鱼灯",
             tasks=(("扎骨架", 50), ("裱糊", 30), ("彩绘", 20)), until="submit", days_ago=9),
    _Project(place="440606", name="家电拆解分拣（演示）", field="再生资源", product="拆解后的部件",
             tasks=(("断电检查", 30), ("拆解", 40), ("分拣", 30)), until="pass_city", days_ago=20),
    _Project(place="440606", name="直播间搭建（演示）", field="新业态", product="直播间",
             tasks=(("布光", 40), ("收音", 30), ("推流", 30)), until="pass_district", returned_by="city",
             days_ago=16),
    _Project(place="210106", name="冰雕修整（演示）", field="冰雪经济", product="冰雕",
             tasks=(("打磨", 60), ("抛光", 40)), until="pass_argument", days_ago=30),
)  # fmt: skip


def keep_projects(*, clock: Clock) -> None:
    """Bring handovers and specifications as far as the demonstration shows them (演示)."""
    _hand_over(clock)
    for one in _PROJECTS:
        _walk(one, clock)
    _call("440605", "征集传统工艺和新业态项目（演示）", days_ago=3, due_in=9, clock=clock)
    _call("210106", "征集冰雪经济项目（演示）", days_ago=20, due_in=-2, clock=clock)


def _officer(duty: str, place: str) -> Actor:
    office = office_for(Place(place))
    return Actor(
        kind=ActorKind.OFFICER,
        id="world",
        name=f"{place_name(place)}经办人（演示）",
        duties=frozenset({Duty(name=duty, place=Place(place))}),
        office_id=office.pk if office is not None and office.place == place else None,
    )


def _ago(clock: Clock, days: int) -> FixedClock:
    day = clock.today() - dt.timedelta(days=days)
    return FixedClock.at(day.year, day.month, day.day)


# --- specifications ------------------------------------------------------------------------------


def _call(place: str, title: str, *, days_ago: int, due_in: int, clock: Clock) -> int:
    return actions.open_call(
        place,
        title=title,
        text="面向就业需求量大、可就业创业的最小技能单元，征集项目和考核规范。演示数据。",
        due_on=clock.today() + dt.timedelta(days=due_in),
        actor=_officer("reference.solicit_specification", place),
        clock=_ago(clock, days_ago),
    ).pk


def _walk(one: _Project, clock: Clock) -> None:
    """Take a specification from its call as far as it goes, a step every day or two."""
    day = one.days_ago
    due_in = min(25, 40 - day) if one.until == "publish" else 20
    call = _call(one.place, f"征集{one.field}项目（演示）", days_ago=day, due_in=due_in, clock=clock)
    drafter = _officer("reference.solicit_specification", one.place)
    specification = actions.draft_specification(call, _details(one), actor=drafter, clock=_ago(clock, day))
    for step in _WAY[: _WAY.index(one.until) + 1]:
        day = max(day - 2, 0)
        _take(step, one, specification.pk, _ago(clock, day))
    if one.returned_by:
        duty, level = _DUTIES["pass_city"]
        actions.review_specification(
            specification.pk,
            "return",
            opinion="演示：操作规范过于笼统，请写明设备和参数。",
            actor=_officer(duty, level_place(one.place, level)),
            clock=_ago(clock, max(day - 2, 0)),
        )
    if one.until == "publish":
        actions.close_call(call, note="收到一份，已纳入目录（演示）", actor=drafter, clock=_ago(clock, day))


def _details(one: _Project) -> SpecificationDetails:
    product = one.product
    return SpecificationDetails(
        name=one.name,
        unit="示范职业培训中心（演示）",
        field=one.field,
        sections={
            "definition": f"按工序完成{product}的制作或处理。（演示文本）",
            "applicable_people": "具有相应技能、有意从事该项工作的劳动者。（演示文本）",
            "occupational_field": one.field,
            "work_tasks": "、".join(task for task, _ in one.tasks),
            "operating_norms": f"工序完整，{product}符合质量要求，操作安全。（演示文本）",
            "related_knowledge": "材料、工具、质量和安全常识。（演示文本）",
        },
        weights=[Weight(task=task, percent=str(percent)) for task, percent in one.tasks],
        is_smallest_unit=True,
        covered_by_standard=False,
    )


def _take(step: str, one: _Project, key: int, clock: FixedClock) -> None:
    duty, level = _DUTIES[step]
    actor = _officer(duty, level_place(one.place, level))
    if step == "submit":
        actions.submit_specification(key, actor=actor, clock=clock)
    elif step == "pass_argument":
        argument = ArgumentDetails(
            argued_on=clock.today(),
            experts=5,
            expert_names="专家甲、专家乙、专家丙、专家丁、专家戊（演示）",
            opinion="结构完整，比重合理，同意报部备案。（演示）",
            conclusion="passed",
        )
        actions.argue_specification(key, argument, actor=actor, clock=clock)
    elif step == "file":
        number = f"演示备〔{clock.today().year}〕{key}号"
        actions.file_specification(key, number=number, filed_on=clock.today(), actor=actor, clock=clock)
    elif step == "publish":
        actions.publish_specification(key, valid_from=clock.today(), actor=actor, clock=clock)
    else:
        actions.review_specification(key, step, opinion="同意（演示）", actor=actor, clock=clock)


# --- handovers -----------------------------------------------------------------------------------


def _hand_over(clock: Clock) -> None:
    """One handover that stands, one that was taken back, one that waits: in Guangdong; one in Jilin."""
    done = FixedClock.at(2020, 3, 2)
    first = _draft("440000", "机动车检测维修专业技术人员职业资格", "机动车维修行业协会",
                   dt.date(2020, 4, 1), done)  # fmt: skip
    actions.hand_over(first, actor=_keeper("440000"), clock=done)
    second = _draft("440000", "房地产经纪专业人员职业资格", "房地产经纪学会", dt.date(2021, 1, 1),
                    FixedClock.at(2020, 11, 2), kind="society")  # fmt: skip
    actions.hand_over(second, actor=_keeper("440000"), clock=FixedClock.at(2020, 11, 3))
    actions.reverse_handover(
        second,
        reversed_on=dt.date(2022, 7, 1),
        reason="演示：承接组织不再具备条件，收回由原单位负责",
        actor=_keeper("440000"),
        clock=FixedClock.at(2022, 6, 20),
    )
    coming = clock.today() + dt.timedelta(days=12)
    _draft("440000", "通信专业技术人员职业资格", "通信行业协会", coming, _ago(clock, 4))
    there = _draft(
        "220000", "经济专业技术资格", "经济行业协会", dt.date(2024, 1, 1), FixedClock.at(2023, 12, 1)
    )
    actions.hand_over(there, actor=_keeper("220000"), clock=FixedClock.at(2023, 12, 4))


def _keeper(place: str) -> Actor:
    return _officer("reference.maintain", place)


def _draft(
    place: str, item: str, receiver: str, passes_on: dt.date, clock: FixedClock, *, kind: str = "association"
) -> int:
    one = actions.draft_handover(
        place,
        HandoverDetails(
            item=item,
            giver=f"{place_name(place)}示范厅（演示）",
            receiver=f"{place_name(place)}示范{receiver}（演示）",
            receiver_kind=kind,
            qualified_by="演示：遴选公告第 1 号",
            passes_on=passes_on,
            note=_NOTE,
        ),
        actor=_keeper(place),
        clock=clock,
    )
    actions.add_handover_paper(
        one.pk,
        kind="agreement",
        name="移交协议（演示）.pdf",
        content=_PAPER,
        actor=_keeper(place),
        clock=clock,
    )
    return one.pk
