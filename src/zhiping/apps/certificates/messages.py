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
    "certificates.blank_series_taken": (
        "前缀“{prefix}”、{width} 位流水的号码会与已登记的序列 {other} 混淆。请核对印制样张，改用能区分的前缀或位数。"
    ),
    "certificates.blank_series_invalid": (
        "前缀“{prefix}”、流水 {width} 位不能作为空白证书序列：前缀最多 {longest} 个大写字母或数字，流水 1 至 {widest} 位。请改正后再登记。"
    ),
    "certificates.blank_series_not_found": "没有找到空白证书序列（{value}）。请从列表中选择，或先登记序列。",
    "certificates.blank_place": "{place}不能办理此事项：{needed}。请由对应层级的部门办理。",
    "certificates.blank_serial_unreadable": (
        "流水号“{value}”不属于任何已登记的空白证书序列。请对照证书纸上的流水号逐字核对。"
    ),
    "certificates.blank_serial_missing": "没有填写空白证书流水号，也没有选择从哪一库存取用。请填写其中一项。",
    "certificates.blank_span_backwards": (
        "截止流水号“{last}”不在起始流水号“{first}”之后，或与其不属于同一序列。请核对后重新填写。"
    ),
    "certificates.blank_already_received": "流水号 {serial} 已经入库，不能重复入库。请核对印制交货单上的起止号。",
    "certificates.blank_never_received": "流水号 {serial} 从未入库，不能办理。请核对号码，或先由省级办理印制入库。",
    "certificates.blank_used": "流水号 {serial} 已在{holder}使用，不能再次使用或转出。请改用下一张。",
    "certificates.blank_void": "流水号 {serial} 现为“{shelf}”（{holder}），不能再使用或转出。请改用下一张。",
    "certificates.blank_elsewhere": "流水号 {serial} 现由{holder}保管，不在{place}的库存中。请核对号码，或先办理供应、退回。",
    "certificates.blank_not_yours": "流水号 {serial} 不在您保管的库存中，不能办理。请对照证书纸核对号码；确在其他单位的，由保管单位办理。",
    "certificates.blank_condition": (
        "区间 {span} 内的空白证书现状不一致或不符合本事项要求（{shelves}）。请按现状分段办理。"
    ),
    "certificates.blank_stock_empty": "{place}的库存（{series}）已没有可用的空白证书。请先申领。",
    "certificates.blank_stock_not_found": "没有找到该空白证书库存账（{value}）。请从列表中选择。",
    "certificates.blank_request_not_found": "没有找到空白证书申领单（{value}）。请从列表中选择。",
    "certificates.blank_quantity": "张数应为 1 至 {limit} 的整数，收到的是 {value}。请改正后再提交。",
    "certificates.blank_due": "需用日期 {due} 早于今天（{today}）。请改填今天或以后的日期。",
    "certificates.blank_reason_missing": "办理此事项必须写明原因。请填写后再提交。",
    "certificates.blank_nothing_to_aggregate": (
        "{place}没有待汇总的{kind}申领单，也没有填写本级需求。请在各区县申领后再汇总。"
    ),
    "certificates.blank_reduction": (
        "申领单 {number} 申领 {quantity} 张，核定 {granted} 张：核定张数应为 1 至申领张数，核减时必须写明原因。请改正后再提交。"
    ),
    "certificates.blank_kind": "申领的是{wanted}，区间 {span} 是{offered}。请改选对应种类的空白证书。",
    "certificates.blank_too_many": "申领单 {number} 还应供应 {left} 张，本次选了 {given} 张。请减少张数。",
    "certificates.blank_recipient": "机构“{body}”不在{place}管辖范围内，不能向其发放。请改选本地区的机构。",
    "certificates.blank_bound_already": (
        "证书 {number} 已使用空白证书 {serial}。打印损毁的，请办理“损毁换纸”；遗失的，请先登记遗失。"
    ),
    "certificates.blank_not_bound": "证书 {number} 没有登记空白证书流水号。请先登记使用。",
    "certificates.blank_not_for_annulled": "证书 {number} 已作废，不能登记空白证书。作废有误的，请先撤销作废。",
    "certificates.blank_write_off_not_found": "没有找到空白证书核销单（{value}）。请从列表中选择。",
    "certificates.blank_witness_is_keeper": (
        "核销单 {number} 由您（{keeper}）登记，见证须由另一名有见证职责的人员办理。"
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
