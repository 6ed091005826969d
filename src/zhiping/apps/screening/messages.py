"""Code → Chinese sentence."""

MESSAGES: dict[str, str] = {
    "screening.run_under_way": "该地区已有一次筛查正在进行（{since} 发起）。请等待完成后查看结果，或稍后再发起。",
    "screening.finding_not_found": "没有找到筛查发现“{value}”，它可能不在您的管辖地区。请从列表中选择。",
    "screening.run_not_found": "没有找到这次筛查（{value}），它可能不在您的管辖地区。请从列表中选择。",
    "screening.judgement_note_missing": "研判时必须写明依据。请填写研判意见后再提交。",
}
