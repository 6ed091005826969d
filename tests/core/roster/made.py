"""Workbooks made for tests: synthetic people only, identity numbers that can belong to nobody."""

import io
from datetime import date, timedelta

import openpyxl

from zhiping.core.identifiers.synthetic import fictional_identity_number
from zhiping.core.roster import candidate_sheet, identity_reader

DAY = date(2026, 11, 22)
CANDIDATES = candidate_sheet(read_identity=identity_reader(on=DAY))
HEADERS = tuple(field.header for field in CANDIDATES.fields)


def full_width(text):
    """Return the text in full-width signs, as Chinese input writes digits."""
    return "".join(sign if sign == " " else chr(ord(sign) + 0xFEE0) for sign in text)


def candidate(index=0, **changes):
    born = date(1990, 1, 1) + timedelta(days=index % 3000)
    row = {
        "序号": str(index + 1),
        "职业工种名称": "电工",
        "认定等级": "四级/中级工",
        "申报条件": "4-2",
        "证件类型": "居民身份证",
        "证件号码": fictional_identity_number(born=born, sequence=2 * (index // 3000) + 1),
        "姓名": "试样" + chr(0x4E00 + index % 5000),
        "性别": "男",
        "出生日期": born.isoformat(),
        "手机号码": f"1990000{index % 10000:04d}",
        "是否有职业资格证书": "是",
        "证书等级": "五级/初级工",
        "证书编号": f"Y00009900000120500{index % 10000:04d}",
        "文化程度": "大学专科",
        "所在省(市)区": "某省",
        "考生来源": "国有企业",
        "所在单位": "某某装备有限公司",
        "报名单位": "某某装备有限公司",
        "认定分类": "晋级认定",
        "考试类型": "正考",
        "民族": "汉族",
        "参加工作时间": "2012-07",
        "专业年限": "5年6个月",
        "邮政编码": "012345",
    }
    return row | changes


def workbook(rows, *, headers=HEADERS, above=(), title="考生报名表", adjust=None):
    book = openpyxl.Workbook()
    page = book.active
    page.title = title
    for line in above:
        page.append(line)
    page.append(list(headers))
    for row in rows:
        page.append([row.get(header) for header in headers] if isinstance(row, dict) else list(row))
    if adjust:
        adjust(book, page)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
