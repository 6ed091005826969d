"""Code → Chinese sentence."""

MESSAGES: dict[str, str] = {
    "registry.not_your_body": "这条记录不属于您所在的机构，无法查看或修改。请核对后从本机构的列表进入。",
    "registry.filing_not_found": "没有找到备案“{value}”，它可能不在您的管辖地区。请从备案列表中选择。",
    "registry.body_not_found": "没有找到机构“{value}”，它可能不在目录中或不在您的管辖地区。请从机构列表中选择。",
    "registry.filing_open_already": "贵机构已有一件备案（{number}）正在办理。请在该件上继续，办结后再发起新的备案。",
    "registry.filing_not_editable": "备案 {number} 目前为“{state}”，不能修改。被退回补正后可以再次编辑。",
    "registry.filing_refused_by_rules": "备案条件中有 {count} 项不符合，不能提交：{titles}。请按判定栏的说明补正后再提交。",
    "registry.filing_incomplete": "备案还缺少：{missing}。请补充后再提交。",
    "registry.opinion_missing": "退回或不予通过时必须写明理由。请填写意见后再提交。",
    "registry.rule_not_waivable": "规则 {rule} 不能豁免：只有“原则上”的条件在不符合时可以说明理由后豁免。",
    "registry.visit_missing": "实地核查尚未完成：{missing}。请登记核查结果，全部项目符合后再通过。",
    "registry.notice_running": "公示尚不能结束：{reason}。",
    "registry.notice_over": "该公示已于 {ends_on} 结束。如仍有异议，请通过投诉举报渠道反映。",
    "registry.scope_overlaps": "{occupation} {level} 级在该地区的备案范围与已有范围（{existing}）的期间重叠。请先结束原范围或调整期间。",
    "registry.identity_number_refused": "证件号码“{value}”有误：{reason}。请对照证件重新填写。",
    "registry.barred": "该单位在 {until} 之前不予受理备案（{reason}）。请在期满后再申请。",
    "registry.already_on_record": "“{value}”已经登记过，无需重复添加。",
    "registry.site_codes_exhausted": "本省站点序列码已用完，无法为新机构编码。请联系省级管理员。",
    "registry.name_differs": "证件号码已登记在另一姓名（{on_record}）下，与填写的“{name}”不一致。请对照证件核对；确已改名的由主管部门更正。",
}
