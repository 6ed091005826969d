"""Code → Chinese sentence."""

MESSAGES: dict[str, str] = {
    "exams.plan_not_found": "没有找到考核计划“{value}”，它可能不在您的管辖地区或不属于贵机构。请从列表中选择。",
    "exams.sitting_not_found": "没有找到场次“{value}”，它可能不在您的管辖地区或不属于贵机构。请从列表中选择。",
    "exams.body_not_in_register": "贵机构目前为“{state}”，不能报备考核计划。入目录或恢复评价后再报备。",
    "exams.plan_not_editable": "计划 {number} 目前为“{state}”，不能修改。被退回后可以再次编辑。",
    "exams.plan_incomplete": "计划还缺少：{missing}。请补充后再报备。",
    "exams.plan_refused_by_rules": "计划中有 {count} 项不符合要求，不能报备：{titles}。请按判定栏的说明修改后再报备。",
    "exams.sitting_times_wrong": "场次时间有误：{reason}。请重新填写开考和结束时间。",
    "exams.venue_taken": "考点“{venue}”在该时段已安排场次 {other}。请更换考点或调整时间。",
    "exams.person_busy": "{name} 在该时段已有安排（{other}），同一人不能同时在两处，也不能在同一场兼任两岗。请更换人员或时间。",
    "exams.assignment_forbidden": "{name} 不能担任此岗位：{reason}。请更换人员。",
    "exams.roster_closed": "场次 {number} 目前为“{state}”，不能导入该名册。请核对场次。",
    "exams.roster_not_found": "没有找到这次导入（{value}）。请重新上传文件。",
    "exams.capacity_exceeded": "场次计划 {capacity} 人，现有 {enrolled} 人，再加 {added} 人将超出。请减少人数，或另排场次。",
    "exams.not_eligible": "{name} 不符合报考要求：{reasons}",
    "exams.sitting_not_over": "场次 {number} 到 {ends_at} 才结束，此前不能办理。请在结束后再操作。",
    "exams.results_incomplete": "还有 {count} 名考生的成绩不全（如 {example}）。请补齐每一科的成绩或缺考标记后再办理。",
    "exams.result_notice_running": "成绩公示到 {last_day} 止，公示期满后才能提交审核。",
    "exams.opinion_missing": "退回或不予受理时必须写明理由。请填写意见后再提交。",
    "exams.archive_missing": "档案清单还缺少：{missing}。请登记后再提交审核。",
}
