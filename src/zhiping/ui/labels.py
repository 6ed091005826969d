"""Words and colours for codes: states, outcomes, levels, places.

The look knows no app. Apps register their own words when they are ready:

    register_states("filing", {"on_site": StateLabel("现场核查中", Tone.INFO)})
    set_place_resolver(reference.queries.place_name)
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

log = logging.getLogger(__name__)


class Tone(StrEnum):
    """The five colours of meaning; each has a style class `tone-…`."""

    NEUTRAL = "neutral"
    INFO = "info"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class StateLabel:
    """What a state is called and how it is coloured."""

    word: str
    tone: Tone = Tone.NEUTRAL


COMMON = "common"

_STATES: dict[str, dict[str, StateLabel]] = {
    COMMON: {
        "draft": StateLabel("草稿"),
        "submitted": StateLabel("已提交", Tone.INFO),
        "accepted": StateLabel("已受理", Tone.INFO),
        "first_review": StateLabel("初审中", Tone.INFO),
        "review": StateLabel("审核中", Tone.INFO),
        "on_site": StateLabel("现场核查中", Tone.INFO),
        "notice": StateLabel("公示中", Tone.INFO),
        "returned": StateLabel("退回补正", Tone.WARN),
        "refused": StateLabel("不予通过", Tone.BAD),
        "confirmed": StateLabel("已确认", Tone.OK),
        "approved": StateLabel("审核通过", Tone.OK),
        "published": StateLabel("已公布", Tone.OK),
        "suspended": StateLabel("暂停评价", Tone.WARN),
        "withdrawn": StateLabel("已撤回"),
        "cancelled": StateLabel("已取消"),
        "removed": StateLabel("移出目录", Tone.BAD),
        "ended": StateLabel("已终止"),
        "planned": StateLabel("已计划", Tone.INFO),
        "open": StateLabel("进行中", Tone.INFO),
        "running": StateLabel("进行中", Tone.INFO),
        "waiting": StateLabel("等待中"),
        "done": StateLabel("已完成", Tone.OK),
        "closed": StateLabel("已办结", Tone.OK),
        "failed": StateLabel("未完成", Tone.BAD),
        "overdue": StateLabel("已超期", Tone.BAD),
        "valid": StateLabel("有效", Tone.OK),
        "corrected": StateLabel("已更正", Tone.INFO),
        "annulled": StateLabel("已作废", Tone.BAD),
        "opened": StateLabel("新发现", Tone.BAD),
        "seen_again": StateLabel("仍然存在", Tone.WARN),
        "cured": StateLabel("已消除", Tone.OK),
        "reopened": StateLabel("再次出现", Tone.BAD),
    },
    "outcome": {
        "pass": StateLabel("符合", Tone.OK),
        "refuse": StateLabel("不符合", Tone.BAD),
        "unknown": StateLabel("待核", Tone.WARN),
        "not_applicable": StateLabel("不适用"),
        "explain": StateLabel("可说明", Tone.INFO),
    },
    "severity": {
        "high": StateLabel("严重", Tone.BAD),
        "medium": StateLabel("一般", Tone.WARN),
        "low": StateLabel("提示", Tone.INFO),
    },
}

_LEVELS: dict[str, str] = {
    "5": "五级/初级工",
    "4": "四级/中级工",
    "3": "三级/高级工",
    "2": "二级/技师",
    "1": "一级/高级技师",
}

type PlaceResolver = Callable[[str], str]


class _Places:
    """Holds the resolver that an app sets once it is ready."""

    resolver: PlaceResolver | None = None


def register_states(scope: str, words: Mapping[str, StateLabel]) -> None:
    """Add an app's words for its states; a later registration of a code wins."""
    _STATES.setdefault(scope, {}).update(words)


def register_levels(words: Mapping[str, str]) -> None:
    """Add or replace the names of level codes (等级)."""
    _LEVELS.update(words)


def set_place_resolver(resolver: PlaceResolver | None) -> None:
    """Set the function that turns a division code into a name; None shows codes."""
    _Places.resolver = resolver


def state(code: object, scope: str = COMMON) -> StateLabel:
    """Return word and colour of a state.

    Looks into the scope, then into the common words, then for the code's own `label` (choices of
    a model field carry one). A code without a word is shown as such and logged, so that the gap
    is seen and the page still serves.
    """
    key = str(getattr(code, "value", code))
    found = _STATES.get(scope, {}).get(key) or _STATES[COMMON].get(key)
    if found is not None:
        return found
    label = getattr(code, "label", None)
    if label:
        return StateLabel(str(label))
    log.warning("state without a word: scope=%s code=%s", scope, key)
    return StateLabel(f"未命名状态（{key}）", Tone.WARN)


def level(code: object) -> str:
    """Return the name of a level code, or the code itself when it has none (等级).

    >>> level(5), level("1")
    ('五级/初级工', '一级/高级技师')
    """
    key = str(getattr(code, "value", code))
    return _LEVELS.get(key, key)


def place(code: object) -> str:
    """Return the name of a place: a division code, or anything with a `code`."""
    key = str(getattr(code, "code", code))
    if key == "CN":
        return "全国"
    return _Places.resolver(key) if _Places.resolver is not None else key
