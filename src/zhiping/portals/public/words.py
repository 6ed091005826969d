"""Chinese words for the policy book's closed lists, as the public pages use them."""

import functools
import inspect
import re
from collections.abc import Mapping
from importlib import import_module

from django.db.models import TextChoices

from zhiping.portals import question_words
from zhiping.portals.console.enforcers import exported_actions, move_tables, named_views
from zhiping.ui.labels import StateLabel, Tone, register_states

CLAUSE_KINDS: Mapping[str, str] = {
    "P": "参数",
    "R": "条件",
    "S": "筛查",
    "W": "流程",
    "L": "名录",
    "D": "公开",
    "X": "数据交换",
    "principle": "原则",
}

DECISION_DAYS: Mapping[str, str] = question_words.DECISION_DAYS

QUESTIONS: Mapping[str, str] = question_words.QUESTIONS

TEST_KINDS: Mapping[str, str] = {
    "policy": "规则测试",
    "oracle": "独立复算测试",
    "apps": "办理测试",
    "portals": "网页测试",
    "stories": "全流程测试",
    "core": "程序测试",
    "house": "程序测试",
    "kernel": "程序测试",
}
"""What the kinds of tests are called, by the folder in which they stand."""

CERTAINTIES: Mapping[str, str] = {"stated": "有明文", "uncertain": "待核实"}


_TERM = re.compile(r"[（(]([^（()）]*[\u4e00-\u9fff][^（()）]*)[)）]")


@functools.cache
def enforcer_word(name: str) -> str:
    """Return how an action, a move or a page is named on the coverage page.

    Actions (`registry.submit_filing`) and pages (`public:registry-bodies`) go by the Chinese term of their
    docstring, moves (`registry.filing.submit`) by the state to which they lead.
    """
    if ":" in name:
        page = _term(dict(named_views())[name])
        return f"公开：{page}" if page else "公开页面"
    app, _, rest = name.partition(".")
    thing, dot, verb = rest.partition(".")
    if dot:
        table = dict(move_tables(app))[thing]
        ends = {_state_word(app, str(move.to)): None for (_, one), move in table.items() if one == verb}
        return f"办理状态：{'、'.join(word for word in ends if word)}" if any(ends) else "办理状态"
    term = _term(dict(exported_actions(app))[rest])
    return f"办理环节：{term}" if term else "办理环节"


def _term(thing: object) -> str:
    """Return the Chinese term at the end of the first paragraph of a docstring; nothing where it has none."""
    first = (inspect.getdoc(thing) or "").split("\n\n", maxsplit=1)[0]
    terms = _TERM.findall(first.replace("\n", " "))
    return terms[-1] if terms else ""


def _state_word(app: str, state: str) -> str:
    """Return the label of a state among the choices of the app's states; nothing where it has none."""
    module = import_module(f"zhiping.apps.{app}.states")
    declared = (one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, TextChoices))
    return next((str(one(state).label) for one in declared if state in one.values), "")


register_states("notice", {"running": StateLabel("公示中", Tone.INFO), "ended": StateLabel("已结束")})
register_states(
    "objection",
    {
        "upheld": StateLabel("异议成立", Tone.WARN),
        "rejected": StateLabel("异议不成立"),
        "": StateLabel("处理中", Tone.INFO),
    },
)
