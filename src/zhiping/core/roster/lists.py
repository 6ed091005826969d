"""Words that may stand in the closed columns of the candidate sheet, and what each stands for.

The sheet in use is known by its columns; of its word lists only the number of entries and their
ends are published. The entries here are ours and complete for the work; a province that has its
own list passes it as `CandidateLists`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PAPER_KINDS: Mapping[str, str] = {
    "居民身份证": "identity_card",
    "身份证": "identity_card",
    "港澳居民来往内地通行证": "hong_kong_macao_permit",
    "台湾居民来往大陆通行证": "taiwan_permit",
    "港澳居民居住证": "hong_kong_macao_residence",
    "台湾居民居住证": "taiwan_residence",
    "外国人永久居留身份证": "foreign_permanent_residence",
    "护照": "passport",
    "军官证": "military_paper",
}

EDUCATION: Mapping[str, str] = {
    "博士研究生": "bachelor_or_above",
    "硕士研究生": "bachelor_or_above",
    "大学本科": "bachelor_or_above",
    "大学专科": "junior_college",
    "高等职业教育": "junior_college",
    "技师班（含预备技师班）": "technician_class",
    "高级技工班": "senior_technical",
    "技工学校": "secondary_vocational",
    "中等职业教育（中专、职高）": "secondary_vocational",
    "普通高中": "none",
    "初中": "none",
    "小学": "none",
    # words people write for the same
    "博士": "bachelor_or_above",
    "硕士": "bachelor_or_above",
    "研究生": "bachelor_or_above",
    "本科": "bachelor_or_above",
    "大专": "junior_college",
    "专科": "junior_college",
    "高职": "junior_college",
    "技师班": "technician_class",
    "预备技师班": "technician_class",
    "高级技工": "senior_technical",
    "技校": "secondary_vocational",
    "中专": "secondary_vocational",
    "职高": "secondary_vocational",
    "中职": "secondary_vocational",
    "高中": "none",
}
OFFERED_EDUCATION = tuple(EDUCATION)[:12]

SOURCES: Mapping[str, str] = {
    "国有企业": "staff",
    "集体企业": "staff",
    "私营企业": "staff",
    "股份制企业": "staff",
    "外商投资企业": "staff",
    "港澳台商投资企业": "staff",
    "个体工商户": "public",
    "劳务派遣人员": "dispatched",
    "企业转岗职工": "staff",
    "灵活就业人员": "public",
    "农村转移就业劳动者": "public",
    "城镇登记失业人员": "public",
    "毕业年度高校毕业生": "public",
    "未继续升学的初高中毕业生": "public",
    "技工院校学生": "student",
    "中等职业学校学生": "student",
    "高等职业学校学生": "student",
    "普通高校学生": "student",
    "退役军人": "public",
    "残疾人": "public",
    "脱贫人口": "public",
    "其他": "public",
    "机关事业单位": "staff",
}

NATIONS: tuple[str, ...] = (
    "汉族",
    "蒙古族",
    "回族",
    "藏族",
    "维吾尔族",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "高山族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "柯尔克孜族",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯族",
    "阿昌族",
    "普米族",
    "塔吉克族",
    "怒族",
    "乌孜别克族",
    "俄罗斯族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "京族",
    "塔塔尔族",
    "独龙族",
    "鄂伦春族",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "基诺族",
    "其他",
    "外国血统中国籍人士",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateLists:
    """The word lists of a candidate sheet (下拉选项), where the caller knows better than the defaults.

    An empty tuple means: any text. `conditions` are entry conditions as "4-2" or "2023/4-2".
    """

    occupations: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    levels: tuple[str, ...] = ("5", "4", "3", "2", "1")
    sources: Mapping[str, str] | None = None
    education: Mapping[str, str] | None = None
