"""The closed list of duties, and the sets in which they are usually granted."""

DUTIES = {
    "authorities.administer": "设立主管部门与授予职责",
    "registry.open_dossier": "为机构建档",
    "registry.read": "查看机构与备案",
    "registry.review_district": "备案区级初审",
    "registry.review_city": "备案市级审核",
    "registry.verify_onsite": "实地核查",
    "registry.publish_notice": "公示与异议处理",
    "registry.confirm": "确认入目录",
    "registry.suspend": "停止与恢复评价",
    "registry.remove": "移出目录",
    "exams.read": "查看考务",
    "exams.accept_plan": "考前报备受理",
    "exams.supervise": "考中查看",
    "exams.review_results": "考后审核",
    "certificates.read": "查看证书",
    "certificates.issue": "核准发证",
    "certificates.correct": "证书更正",
    "certificates.annul": "宣布证书作废",
    "certificates.unmask": "查看完整证件号码",
    "certificates.keep_blanks": "空白证书申领、保管与使用",
    "certificates.supply_blanks": "空白证书汇总与供应",
    "certificates.witness_blanks": "空白证书核销见证",
    "screening.read": "查看筛查结果",
    "screening.run": "发起筛查",
    "screening.judge": "研判筛查发现",
    "journal.read": "查看操作留痕",
    "reference.maintain": "维护目录与日历",
    "reference.solicit_specification": "征集与初审考核规范",
    "reference.review_specification": "审核与公布考核规范",
    "reference.argue_specification": "组织论证与备案考核规范",
}
"""Duty → its Chinese name."""

_READING = ("registry.read", "exams.read", "certificates.read", "screening.read", "journal.read")

_BLANKS = ("certificates.keep_blanks", "certificates.witness_blanks")

ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "district_handler": (
        "区级经办人",
        (
            *_READING,
            "registry.review_district",
            "exams.supervise",
            "registry.verify_onsite",
            *_BLANKS,
            "reference.solicit_specification",
        ),
    ),
    "city_handler": (
        "市级经办人",
        (
            *_READING,
            "registry.review_city",
            "registry.verify_onsite",
            "registry.publish_notice",
            "registry.confirm",
            "exams.accept_plan",
            "exams.supervise",
            "exams.review_results",
            "certificates.issue",
            "certificates.correct",
            *_BLANKS,
            "certificates.supply_blanks",
            "screening.run",
            "screening.judge",
            "reference.review_specification",
        ),
    ),
    "city_leader": (
        "市级负责人",
        (
            *_READING,
            "registry.confirm",
            "registry.suspend",
            "registry.remove",
            "certificates.annul",
            "certificates.unmask",
            "certificates.witness_blanks",
            "screening.run",
            "screening.judge",
        ),
    ),
    "province_supervisor": (
        "省级监管员",
        (
            *_READING,
            "screening.run",
            "screening.judge",
            "certificates.annul",
            *_BLANKS,
            "certificates.supply_blanks",
            "reference.maintain",
            "reference.argue_specification",
        ),
    ),
    "administrator": ("授权管理员", ("authorities.administer", "registry.open_dossier")),
    "auditor": ("审计员", (*_READING, "screening.run")),
}
"""Role → (Chinese name, its duties); a role is only a convenient set, grants are per duty."""
