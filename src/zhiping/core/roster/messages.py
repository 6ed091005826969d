"""Chinese sentences for everything this core says no to: what happened, the value, what to do next."""

from collections.abc import Mapping
from string import Formatter

from zhiping.core.roster.errors import RosterFileError
from zhiping.core.roster.sheet import Notice, Problem, Sheet

FILES: Mapping[str, str] = {
    "roster.file_refused": "文件不能读取。请下载模板，按模板填写后重新上传。",
    "roster.file_empty": (
        "文件里没有可读取的数据行。请确认已填写并保存，且数据没有放在隐藏的工作表里，再重新上传。"
    ),
    "roster.file_too_large": (
        "文件过大（{size}，上限 {limit}）。请删去图片和空白工作表，或分成几个文件上传。"
    ),
    "roster.too_many_rows": (
        "表中内容到了第 {rows} 行，一次最多 {limit} 行。请分成几个文件上传；"
        "如果下面都是空行，请选中后删除整行再保存。"
    ),
    "roster.too_many_columns": (
        "表中内容到了第 {columns} 列，最多 {limit} 列。请删除右侧多余的列后重新上传。"
    ),
    "roster.file_kind": (
        "文件内容不是 .xlsx 表格，也不是 .csv 文本。"
        "请在 Excel 或 WPS 中打开后另存为“Excel 工作簿（.xlsx）”再上传。"
    ),
    "roster.old_workbook": (
        "文件是旧版表格格式（.xls 或 .et）。请在 Excel 或 WPS 中打开后另存为“Excel 工作簿（.xlsx）”再上传。"
    ),
    "roster.encrypted": "文件设有打开密码，系统无法读取。请在 Excel 或 WPS 中取消密码、保存后重新上传。",
    "roster.macro": (
        "文件含有宏（.xlsm），为保证安全不予读取。请另存为不含宏的“Excel 工作簿（.xlsx）”再上传。"
    ),
    "roster.damaged": (
        "文件已损坏，或者不是由表格软件保存的。请在 Excel 或 WPS 中重新打开并另存为 .xlsx；"
        "仍不行时，下载模板重新填写。"
    ),
    "roster.header_not_found": (
        "前 {searched} 行里没有找到表头，看到的内容是：{first_cells}。"
        "请下载模板，保留表头一行，把数据填在它下面。"
    ),
    "roster.header_refused": (
        "第 {row} 行的表头与模板不一致。{missing}{repeated}{unknown}请对照模板改好表头后重新上传。"
    ),
}

PROBLEMS: Mapping[str, str] = {
    "roster.missing": "{header}没有填写。请补上。",
    "roster.too_long": "{header}有 {length} 个字，最多 {longest} 个字。请精简。",
    "roster.not_in_list": "{header}不能填“{value}”。可以填：{choices}。",
    "roster.not_a_flag": "{header}应填“是”或“否”，现在是“{value}”。",
    "roster.not_a_level": "{header}“{value}”不是职业技能等级。请填：{choices}。",
    "roster.not_a_day": "{header}“{value}”看不出是哪一天。请按 2024-03-05 的样子填写。",
    "roster.no_such_day": "{header}“{value}”这一天不存在，或年份不对。请核对。",
    "roster.absent_in_score": "{header}填了“{value}”。缺考请把成绩留空，在旁边的缺考栏填“是”。",
    "roster.not_a_score": "{header}“{value}”不是成绩。请填 0 至 100 的数。",
    "roster.score_out_of_range": "{header}为“{value}”，成绩应在 0 至 100 之间。",
    "roster.score_too_fine": "{header}为“{value}”，最多保留一位小数。请按评分规则取舍后填写。",
    "roster.not_an_absent_flag": "{header}应填“是”或留空，现在是“{value}”。",
    "roster.score_and_absent": "{subject}既有成绩又记为缺考。请只保留一个。",
    "roster.score_missing": "{subject}没有成绩，也没有记为缺考。请填成绩，或在缺考栏填“是”。",
    "roster.subject_not_examined": (
        "{subject}不在本次考试科目之内，却填了内容。请清空{subject}成绩和{subject}缺考两栏。"
    ),
    "roster.not_a_name": "{header}“{value}”含有数字或符号，或者只有一个字。请按证件填写。",
    "roster.not_a_phone": "{header}应为 11 位手机号码，现在是“{value}”。请核对。",
    "roster.not_an_email": "{header}“{value}”不像电子邮箱。请核对，或留空。",
    "roster.not_digits": "{header}应为 {digits} 位数字，现在是“{value}”。请核对。",
    "roster.leading_zero_lost": (
        "{header}“{value}”不足 {digits} 位，可能丢了开头的 0（是否为 {guess}？）。"
        "请把单元格设为文本格式后重新填写。"
    ),
    "roster.not_a_number": "{header}“{value}”不像证件或证书上的号码。请对照原件重新填写。",
    "roster.number_in_scientific": (
        "{header}显示为“{value}”：表格软件把它当成了数值，末几位已丢失，无法还原。"
        "请把单元格设为文本格式，对照原件重新填写。"
    ),
    "roster.digits_lost": (
        "{header}“{value}”是按数值保存的，第 15 位以后已被表格软件改成 0，无法还原。"
        "请把单元格设为文本格式，对照原件重新填写。"
    ),
    "roster.not_a_tenure": "{header}“{value}”看不出是多长时间。请按“5”“5年6个月”的样子填写。",
    "roster.not_a_condition": "{header}“{value}”里没有条件编号。请填编号，如 4-2 或 2023/4-2。",
    "roster.identity_invalid": "证件号码“{value}”无效：{reason}",
    "roster.birth_differs": "出生日期“{value}”与身份证号码载明的 {expected} 不一致。请核对两处。",
    "roster.sex_differs": "性别“{value}”与身份证号码载明的“{expected}”不一致。请核对两处。",
    "roster.condition_of_other_level": (
        "申报条件“{value}”是{condition_level}的条件，本行申报的是{level}。请核对两处。"
    ),
    "roster.missing_with_prior": (
        "已填有证书，{header}也须填写。请补上；没有证书的，把“是否有职业资格证书”改为“否”。"
    ),
    "roster.prior_denied": "“是否有职业资格证书”填了“{value}”，后面却有证书等级或证书编号。请核对。",
    "roster.not_a_certificate_number": "{header}“{value}”不符合证书编号的编码规则。请对照证书重新填写。",
    "roster.works_before_birth": "参加工作时间“{value}”早于出生日期。请核对两处。",
    "roster.ends_before_start": "有效期止“{value}”早于有效期起 {start}。请核对两处。",
    "roster.repeated": "{header}“{value}”与第 {rows} 行重复。请只保留一行。",
    "roster.ticket_unknown": "准考证号“{value}”不在本场考生之中。请核对号码和场次。",
    "roster.name_differs": "姓名“{value}”与报名时的“{expected}”不一致。请核对准考证号和姓名。",
    "roster.paper_number_differs": "证件号码“{value}”与报名时的不一致。请核对准考证号和证件号码。",
}

NOTICES: Mapping[str, str] = {
    "roster.columns_unknown": "有几列模板里没有，未读取：{headers}。",
    "roster.sheets_hidden": "隐藏的工作表未读取：{titles}。",
    "roster.sheets_unread": "只读取了第一个符合模板的工作表，未读取：{titles}。",
    "roster.rows_hidden": "有 {rows} 行在表中被隐藏或筛选掉，仍然一并读取。请确认。",
}

_KILOBYTE, _LONGEST_SHOWN = 1024, 60


def file_sentence(refusal: RosterFileError) -> str:
    """Return the sentence for a refused file (文件拒收说明)."""
    facts: dict[str, object] = dict(refusal.facts)
    for name, opening in (("missing", "缺少："), ("repeated", "重复："), ("unknown", "不认识：")):
        if name in facts:
            words = [str(word) for word in _as_list(facts[name])]
            facts[name] = f"{opening}{'、'.join(words)}。" if words else ""
    if refusal.code == "roster.file_too_large":
        facts |= {name: _in_megabytes(facts[name]) for name in ("size", "limit")}
    return _filled(FILES[refusal.code], facts)


def sentence(problem: Problem, sheet: Sheet) -> str:
    """Return the sentence for a problem (不通过原因); a caller's own sentence goes first."""
    if problem.sentence:
        return problem.sentence
    value = problem.value if len(problem.value) <= _LONGEST_SHOWN else f"{problem.value[:_LONGEST_SHOWN]}…"
    return _filled(
        PROBLEMS[problem.code], {**problem.facts, "value": value, "header": sheet.header_of(problem.field)}
    )


def notice_sentence(notice: Notice) -> str:
    """Return the sentence for a notice (提示)."""
    return _filled(NOTICES[notice.code], dict(notice.facts))


def _filled(template: str, facts: Mapping[str, object]) -> str:
    """Fill a template; every place in it must be known, so that no sentence has a hole."""
    return "".join(
        words + ("" if place is None else str(facts[place]))
        for words, place, _, _ in Formatter().parse(template)
    )


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _in_megabytes(size: object) -> str:
    return f"{int(str(size)) / _KILOBYTE / _KILOBYTE:.1f} MB"
