"""Specifications of ability projects, made by the real actions, in Weihai at fixed days."""

import datetime as dt

from tests import builders
from tests.apps.journal.watching import officer_with
from zhiping.apps.authorities.duties import ROLES
from zhiping.apps.reference import actions
from zhiping.apps.reference.actions.projects import ArgumentDetails, SpecificationDetails, Weight
from zhiping.apps.reference.models import Specification
from zhiping.kernel.clock import FixedClock

SHANDONG, WEIHAI, HUANCUI = "370000", "371000", "371002"
OTHER_DISTRICT = "371003"
CLOCK = builders.AT_FILING
TODAY = CLOCK.today()
TEXTS = {
    "definition": "运用工具完成海带结的切割、打结和包装。",
    "applicable_people": "具有相应技能、有意从事海带加工的人员。",
    "occupational_field": "海产品初加工",
    "work_tasks": "备料、打结、包装",
    "operating_norms": "按工序操作，结形一致，无破损。",
    "related_knowledge": "原料分级、食品卫生常识",
}
WEIGHTS = tuple(
    Weight(task=task, percent=percent) for task, percent in (("备料", "20"), ("打结", "50"), ("包装", "30"))
)


def _officer(role, place):
    """Return an officer with a role at a place, without an account."""
    return officer_with(*ROLES[role][1], place=place)


def district(place=HUANCUI):
    return _officer("district_handler", place)


def city(place=WEIHAI):
    return _officer("city_handler", place)


def province(place=SHANDONG):
    return _officer("province_supervisor", place)


def details(**changes):
    given = {
        "name": "海带结制作",
        "unit": "样例海产品行业协会",
        "field": "海产品初加工",
        "sections": TEXTS,
        "weights": WEIGHTS,
        "is_smallest_unit": True,
        "covered_by_standard": False,
    }
    return SpecificationDetails(**{**given, **changes})


def call(place=HUANCUI, actor=None, **changes):
    given = {
        "title": "征集海洋食品加工项目",
        "text": "本区特色加工技能",
        "due_on": TODAY + dt.timedelta(days=30),
    }
    return actions.open_call(place, **{**given, **changes}, actor=actor or district(place), clock=CLOCK)


def drafted(place=HUANCUI, **changes):
    officer = district(place)
    one = call(place, officer)
    return actions.draft_specification(one.pk, details(**changes), actor=officer, clock=CLOCK)


def argument(**changes):
    given = {
        "argued_on": TODAY,
        "experts": 5,
        "expert_names": "专家甲、专家乙、专家丙、专家丁、专家戊",
        "opinion": "结构完整，比重合理。",
        "conclusion": "passed",
    }
    return ArgumentDetails(**{**given, **changes})


ORDER = ("submit", "pass_district", "pass_city", "argue", "file", "publish")


def take(step, one, *, clock=CLOCK, **changes):
    """Take one step with the officer whose step it is; return what the action returns."""
    place = one.place
    own, city_, province_ = place, place[:4] + "00", place[:2] + "0000"
    if step == "submit":
        return actions.submit_specification(one.pk, actor=district(own), clock=clock)
    if step in {"pass_district", "pass_city"}:
        officer = district(own) if step == "pass_district" else city(city_)
        return actions.review_specification(one.pk, step, opinion="同意", actor=officer, clock=clock)
    if step == "argue":
        return actions.argue_specification(
            one.pk, argument(**changes), actor=province(province_), clock=clock
        )
    if step == "file":
        given = {"number": "样例备〔2026〕1号", "filed_on": clock.today(), **changes}
        return actions.file_specification(one.pk, **given, actor=province(province_), clock=clock)
    given = {"valid_from": clock.today(), **changes}
    return actions.publish_specification(one.pk, **given, actor=city(city_), clock=clock)


def brought(until="publish", place=HUANCUI, clock=CLOCK, **changes):
    """Return a specification brought as far as a step."""
    one = drafted(place, **changes)
    for step in ORDER[: ORDER.index(until) + 1]:
        take(step, one, clock=clock)
    return Specification.objects.get(pk=one.pk)


def on_day(year, month, day):
    return FixedClock.at(year, month, day)
