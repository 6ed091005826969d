"""Chinese words for the policy book's closed lists, as the public pages use them."""

import functools
import inspect
import re
from collections.abc import Mapping
from importlib import import_module

from django.db.models import TextChoices

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

DECISION_DAYS: Mapping[str, str] = {
    "application_day": "申请日",
    "acceptance_day": "受理日",
    "declaration_day": "报备日",
    "enrolment_day": "报名日",
    "sitting_day": "考试日",
    "result_day": "成绩上传日",
    "issue_day": "发证日",
    "conduct_day": "行为发生日",
    "decision_day": "决定日",
    "assessment_day": "评估日",
}

QUESTIONS: Mapping[str, str] = {
    "employer_filing": "用人单位能否备案",
    "social_body_filing": "社会培训评价组织能否备案",
    "school_filing": "技工院校能否备案",
    "exam_site_filing": "专项职业能力考点能否设立",
    "scope_line": "职业和等级能否列入备案范围",
    "yearly_assessment": "年度评估是否合格",
    "idle_filing": "闲置的备案如何处理",
    "refiling": "被取消备案后能否再次申请",
    "plan": "考核计划能否受理",
    "evaluation_type": "评价类型、主体与依据是否相符",
    "training_separation": "培训与考核是否依规分开或衔接",
    "sitting_arrangement": "考场与时间安排",
    "candidate": "考生能否由该机构评价",
    "entry_condition": "申报条件是否满足",
    "entry_proof": "申报条件的证明材料",
    "ability_applicant": "能否申报专项职业能力考核",
    "ability_plan": "专项职业能力考核能否举行",
    "ability_specification": "专项职业能力考核规范是否合格",
    "ability_project_listing": "专项职业能力项目能否纳入目录",
    "result": "成绩是否合格",
    "result_upload": "成绩上传时限",
    "certificate": "能否发证",
    "certificate_text": "证书文字与标志是否合规（本省）",
    "certificate_text_national": "证书文字与标志是否合规（全国）",
    "ability_certificate": "专项职业能力证书的编码与印制",
    "advertisement_national": "招生宣传是否合规",
    "qualification_named": "该职业资格当日能否以此名义实施（本省）",
    "qualification_named_national": "该职业资格当日能否以此名义实施（全国）",
    "qualification_basis": "职业资格有没有设置依据",
    "local_item": "地方能否自行设置职业资格",
    "precondition": "能否作为前置条件",
    "cancelled_aftermath": "职业资格取消后对考生的处理",
    "item_tracking": "已取消事项由谁跟踪督查",
    "supervising_office": "该事项由谁监管",
    "sanctions": "违规情形应作何处理",
    "claim": "能否申领补贴",
    "talent_statistics": "能否纳入人才统计",
    "annual_register": "职业资格实施情况登记表的报送",
    "report_deadline": "各市工作报告的报送",
    "sweep": "筛查比对的时限与范围",
}
"""Every question that a rule of the policy book answers; a test holds the list complete."""

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
