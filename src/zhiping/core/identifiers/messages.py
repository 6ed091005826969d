"""What is wrong with an identifier, in sentences for people (问题说明)."""

from collections.abc import Mapping
from datetime import date

from zhiping.core.identifiers.problems import Problem

SENTENCES: Mapping[str, str] = {
    "identifiers.identity_number_length": (
        "身份证件号码应为 18 位（旧号 15 位），您填写了 {length} 位。请对照证件核对。"
    ),
    "identifiers.identity_number_characters": (
        "身份证件号码只能是数字，末位可为 X；第 {places} 位不符。请对照证件重新填写。"
    ),
    "identifiers.identity_number_head": "身份证件号码不会以“{head}”开头。请对照证件核对前 6 位。",
    "identifiers.birth_date_not_a_day": (
        "号码中的出生月日“{month_and_day}”不是真实的日期。请对照证件核对第 7 至 14 位。"
    ),
    "identifiers.birth_date_in_future": "号码中的出生日期晚于 {on}。请对照证件核对第 7 至 14 位。",
    "identifiers.birth_date_too_long_ago": (
        "号码中的出生日期距今超过 {years} 年。请对照证件核对第 7 至 14 位。"
    ),
    "identifiers.identity_number_check": (
        "身份证件号码的校验位不符，通常是抄错了一位或颠倒了两位。请对照证件逐位核对。"
    ),
    "identifiers.paper_number_missing": "没有填写{paper}的号码。请补填。",
    "identifiers.paper_number_shape": "{paper}的号码不会是这种写法（共 {length} 位）。请核对证件类型和号码。",
    "identifiers.paper_of_another_kind": "以“{head}”开头的号码不属于{paper}。请核对证件类型。",
    "identifiers.credit_code_length": (
        "统一社会信用代码应为 18 位，“{value}”是 {length} 位。请对照营业执照或法人证书填写。"
    ),
    "identifiers.credit_code_characters": (
        "统一社会信用代码“{value}”第 {place} 位的“{character}”不会出现（不使用 I、O、S、V、Z）。"
        "请核对是否与相近的数字混淆。"
    ),
    "identifiers.credit_code_department": (
        "统一社会信用代码“{value}”首位“{character}”不是登记管理部门代码。请核对首位。"
    ),
    "identifiers.credit_code_division": (
        "统一社会信用代码“{value}”第 3 至 8 位“{division}”应为 6 位数字。请核对。"
    ),
    "identifiers.organisation_code_check": "其中的组织机构代码“{value}”校验位不符。请核对第 9 至 17 位。",
    "identifiers.credit_code_check": "统一社会信用代码“{value}”校验位不符，通常是抄错了一位。请逐位核对。",
    "identifiers.occupation_code_is_group": (
        "“{value}”是职业类别的编码，不是职业。请选到具体职业，例如 6-31-01-03。"
    ),
    "identifiers.occupation_code_form": "职业编码的写法是 1-23-45-67，“{value}”不符。请按职业分类大典填写。",
    "identifiers.certificate_number_length": (
        "职业技能等级证书编号应为 22 位，您输入了 {length} 位：{value}。请对照证书重新填写。"
    ),
    "identifiers.certificate_number_kind": (
        "证书编号首位应为 Y（用人单位）或 S（社会培训评价组织），“{value}”的首位是“{character}”。请核对首位。"
    ),
    "identifiers.certificate_number_characters": (
        "证书编号“{value}”第 {places} 位应为数字。请核对是否把数字看成了字母。"
    ),
    "identifiers.certificate_number_province": (
        "证书编号“{value}”第 6、7 位“{province}”不是省级代码。请核对。"
    ),
    "identifiers.certificate_number_year": (
        "证书编号“{value}”的核发年份 {year} 晚于 {this_year} 年。请核对第 14、15 位。"
    ),
    "identifiers.certificate_number_level": "证书编号“{value}”第 16 位“{level}”不是等级代码。请核对该位。",
    "identifiers.certificate_number_part": (
        "不能编号：{part} 的值“{value}”不符合编号规则。请核对机构的编号设置。"
    ),
    "identifiers.qualification_number_length": (
        "职业资格证书编号应为 16 位（上海旧证 13 位），您输入了 {length} 位：{value}。请对照证书重新填写。"
    ),
    "identifiers.qualification_number_characters": (
        "职业资格证书编号“{value}”只能是数字。请核对是否把数字看成了字母。"
    ),
    "identifiers.qualification_number_site_kind": (
        "职业资格证书编号“{value}”第 7 位“{site_kind}”不是鉴定机构类别代码（0 至 4）。请核对该位。"
    ),
    "identifiers.qualification_number_level": (
        "职业资格证书编号“{value}”第 11 位“{level}”不是等级（1 至 5）。请核对该位。"
    ),
    "identifiers.qualification_number_serial": "职业资格证书编号“{value}”的末 5 位不会全为 0。请核对。",
    "identifiers.identity_number_invalid": "身份证件号码不能通过校验。请对照证件核对。",
    "identifiers.credit_code_invalid": "统一社会信用代码不能通过校验。请对照营业执照或法人证书核对。",
    "identifiers.occupation_code_invalid": "职业编码不能识别。请按职业分类大典填写。",
    "identifiers.certificate_number_invalid": "证书编号不能通过校验。请对照证书核对。",
    "identifiers.qualification_number_invalid": "职业资格证书编号不能通过校验。请对照证书核对。",
    "identifiers.not_fictional": "不能生成虚构号码：超出了保留的号段。请换一个序号。",
}

HINTED = "您要填写的可能是“{hint}”。"


def sentence(problem: Problem) -> str:
    """Return the sentence of a problem; where the meant spelling can be guessed, it is offered."""
    shown = {name: _shown(value) for name, value in problem.facts.items()}
    text = SENTENCES[problem.code].format(**shown)
    return text + HINTED.format(hint=shown["hint"]) if shown.get("hint") else text


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "、".join(str(part) for part in value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)
