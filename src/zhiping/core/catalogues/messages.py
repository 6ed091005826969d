"""The refusals of the catalogues in sentences for people (目录拒绝说明)."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "catalogues.unreadable": "目录文件 {file} 无法读取：{reason}。请用发布包中的文件恢复后重试。",
    "catalogues.division_unknown": "{on} 没有代码为 {code} 的行政区划。请核对代码和日期。",
    "catalogues.edition_unknown": "没有 {edition} 年版的职业分类大典。请从 {known} 中选择。",
    "catalogues.edition_list_missing": (
        "本平台没有 {edition} 年版职业分类大典的职业名录，不能核对。"
        "请由管理员导入名录，或按备案材料人工核对。"
    ),
    "catalogues.occupation_unknown": (
        "{edition} 年版职业分类大典没有编码为 {code} 的职业。请核对编码，或改用职业名称查找。"
    ),
    "catalogues.industry_unknown": (
        "“{value}”不是国民经济行业代码。请填写门类字母或 2 至 4 位数字，例如 C34。"
    ),
    "catalogues.size_figure_negative": "{indicator}不能为负数，您填写了 {value}。请核对后重新填写。",
}
