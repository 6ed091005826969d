"""Binding clauses that nothing carries out yet, with the app that they wait for (待落实条款及其归属)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a clause waits for: the app that will carry it out, what that is called, what is missing."""

    app: str
    app_label: str
    missing: str


APP_LABELS: Mapping[str, str] = {
    "authorities": "主管部门",
    "reference": "目录与标准",
    "registry": "机构备案",
    "exams": "考务",
    "certificates": "证书",
    "subsidies": "补贴",
    "screening": "筛查比对",
    "oversight": "监督检查",
    "cases": "线索与案件",
    "sanctions": "处理处罚",
    "recovery": "补贴追回",
    "credit": "信用",
    "reports": "报表与公开",
    "gateways": "外部系统对接",
    "portals": "网页",
}
"""What the apps are called, those to come included."""


def _for(app: str, missing: str) -> Waiting:
    return Waiting(app=app, app_label=APP_LABELS[app], missing=missing)


WAITING: Mapping[str, Waiting] = {
    "FS20-3.1": _for("oversight", "技术指导与人员培训的记录"),
    "FS20-5.1": _for("credit", "信用评分、公布与修复"),
    "GD18-2c": _for("cases", "因证书持有人过失追究认定单位的案件"),
    "GD18-5b": _for("oversight", "举报投诉的受理"),
    "JL17-6a": _for("gateways", "与两个全国平台的数据交换"),
    "LN24-3.6d": _for("oversight", "提示单及其整改进度"),
    "LN24-A": _for("oversight", "自查问题台账"),
}
"""Clause → what it waits for. Whether it still waits is for coverage to say, not for this list."""
