"""Code → Chinese sentence."""

from collections.abc import Mapping

from zhiping.core.credential.messages import SENTENCES as CREDENTIAL

MESSAGES: dict[str, str] = {
    **CREDENTIAL,
    "certificates.certificate_not_found": (
        "没有查到与您所填内容一致的证书（编号“{value}”）。请对照证书逐字核对编号、姓名或证件后四位后再查；"
        "仍查不到的，请向发证机构或其所在地人力资源和社会保障部门询问。"
    ),
    "certificates.site_code_missing": (
        "机构“{body}”没有站点序列码，无法编排证书编号。请先完成该机构的入目录确认。"
    ),
    "certificates.serials_exhausted": (
        "编号前缀 {prefix} 只剩 {left} 个序列号，本次需要 {needed} 个。请联系省级管理员处理后再发证。"
    ),
    "certificates.reason_missing": "更正、作废或恢复证书必须写明原因。请填写后再提交。",
    "certificates.reason_too_long": "原因有 {length} 个字，最多 {limit} 个字。请精简后再提交。",
    "certificates.field_not_correctable": (
        "“{field}”不能更正，可以更正的是：{fields}。其余内容有误的，请作废后重新发证。"
    ),
    "certificates.nothing_to_correct": (
        "所填内容与证书 {number} 现有内容相同，没有需要更正的地方。请核对后再提交。"
    ),
    "certificates.value_unusable": "{field}不能为“{value}”：{reason}。请改正后再提交。",
    "certificates.clause_not_binding": (
        "条款 {clause} 于 {on} 在 {place} 不适用，不能作为作废的依据。"
        "该地可引用的条款：{binding}。请改选后再提交。"
    ),
    "certificates.annulled_not_printed": (
        "证书 {number} 自 {since} 起已作废，不能打印。如作废有误，请先撤销作废。"
    ),
    "certificates.nothing_to_print": (
        "场次 {sitting} 的第 {part} 份没有可打印的有效证书（共 {parts} 份）。请核对份数。"
    ),
    "certificates.paper_changed": (
        "证书 {number} 的记载与发证时留存的摘要不一致，已停止打印。请联系系统管理员核对后再打印。"
    ),
    "certificates.second_fact_missing": (
        "查询证书需要证书编号，并填写持证人姓名或证件号码后四位。请补充后再查。"
    ),
    "certificates.too_many_requests": (
        "{subject}的查询过于频繁，请在 {again_at}（约 {seconds} 秒）之后再试。"
    ),
}

STATE_LABELS: Mapping[str, str] = {"valid": "有效", "annulled": "已作废", "not_issued": "尚未核发"}

STANDING_LABELS: Mapping[str, str] = {
    "filed": "在目录",
    "suspended": "停止评价",
    "removed": "已移出目录",
    "left": "已自行退出",
    "applicant": "未入目录",
    "unknown": "无法确定",
}

IN_SCOPE_LABELS: Mapping[str, str] = {
    "yes": "在备案范围内",
    "no": "不在备案范围内",
    "unknown": "无备案范围记录",
}

FIELD_LABELS: Mapping[str, str] = {
    "holder_name": "姓名",
    "occupation_name": "职业名称",
    "work_type": "工种名称",
    "body_name": "评价机构名称",
}

UNUSABLE: Mapping[str, str] = {
    "too_long": "超过 {limit} 个字",
    "unprintable": "为空，或含有换行、控制符等不能打印的字符",
}

SUBJECTS: Mapping[str, str] = {"address": "您的网络地址", "number": "该证书编号"}

NOT_PASSED: Mapping[str, str] = {
    "missing": "缺少科目成绩：{subjects}",
    "no_rule": "该场次当日没有可适用的合格标准，无法判定",
}
