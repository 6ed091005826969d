"""Chinese words for the policy book's closed lists, as the public pages use them."""

from collections.abc import Mapping

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
    "scope_line": "职业和等级能否列入备案范围",
    "yearly_assessment": "年度评估是否合格",
    "plan": "考核计划能否受理",
    "sitting_arrangement": "考场与时间安排",
    "candidate": "考生能否由该机构评价",
    "entry_condition": "申报条件是否满足",
    "entry_proof": "申报条件的证明材料",
    "result": "成绩是否合格",
    "result_upload": "成绩上传时限",
    "certificate": "能否发证",
}
"""Every question that a rule of the policy book answers; a test holds the list complete."""

CERTAINTIES: Mapping[str, str] = {"stated": "有明文", "uncertain": "待核实"}


def enforcer_word(name: str) -> str:
    """Return how an action, page or report is named on the coverage page."""
    return name


register_states("notice", {"running": StateLabel("公示中", Tone.INFO), "ended": StateLabel("已结束")})
register_states(
    "objection",
    {
        "upheld": StateLabel("异议成立", Tone.WARN),
        "rejected": StateLabel("异议不成立"),
        "": StateLabel("处理中", Tone.INFO),
    },
)
