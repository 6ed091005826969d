"""The table contract: what a folder of tables must look like to be screened (筛查数据表约定).

One place says which tables there are, their columns, types, keys, allowed values and what may be
missing. The snapshot taken from the database, a folder somebody else prepared and a generated
world all meet it; `zhiping screen tables` prints it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """The column types of the contract and, as values, their names in the engine's SQL."""

    TEXT = "VARCHAR"
    WHOLE = "BIGINT"
    SCORE = "DECIMAL(5,1)"
    DAY = "DATE"
    MOMENT = "TIMESTAMP"
    FLAG = "BOOLEAN"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type, meaning, and what may stand in it.

    `form` is a regular expression that the whole value, written as text, must match.
    """

    name: str
    type: Type
    meaning: str
    may_be_missing: bool = False
    allowed: tuple[str, ...] = ()
    refers_to: str = ""
    form: str = ""


PLACE_FORM = "[0-9]{6}"
"""The written form of a place (GB/T 2260)."""

NATION_OR_PLACE_FORM = "CN|[0-9]{6}"
MONTH_FORM = "[0-9]{4}-[0-9]{2}-01"
"""The written form of a month: its first day."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, meaning, key and columns.

    `periods` names the pairs of columns that are a start and an end: no end before its start.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    periods: tuple[tuple[str, str], ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the names of the columns in their order."""
        return tuple(column.name for column in self.columns)


LEVELS = ("5", "4", "3", "2", "1")
"""Skill levels from 五级/初级工 to 一级/高级技师."""

BODY_KINDS = ("employer", "social_body", "school")
SUBJECTS = ("theory", "practical", "comprehensive")

_T = Type

TABLES: tuple[Table, ...] = (
    Table(
        "bodies",
        "评价机构",
        ("body_id",),
        (
            Column("body_id", _T.TEXT, "机构标识"),
            Column("name", _T.TEXT, "机构名称"),
            Column("kind", _T.TEXT, "机构类别", allowed=BODY_KINDS),
            Column("credit_code", _T.TEXT, "统一社会信用代码"),
            Column("place", _T.TEXT, "备案地行政区划代码", form=PLACE_FORM),
            Column("filed_on", _T.DAY, "首次备案确认日", may_be_missing=True),
            Column("state", _T.TEXT, "目录状态", allowed=("filed", "suspended", "removed", "applicant")),
        ),
    ),
    Table(
        "scope_lines",
        "备案范围",
        ("scope_id",),
        (
            Column("scope_id", _T.TEXT, "备案范围标识"),
            Column("body_id", _T.TEXT, "机构标识", refers_to="bodies.body_id"),
            Column("occupation_code", _T.TEXT, "职业编码"),
            Column("level", _T.TEXT, "等级", allowed=LEVELS),
            Column("place", _T.TEXT, "可开展评价的行政区划代码", form=NATION_OR_PLACE_FORM),
            Column("valid_from", _T.DAY, "起始日（含）"),
            Column("valid_to", _T.DAY, "截止日（不含）", may_be_missing=True),
        ),
        periods=(("valid_from", "valid_to"),),
    ),
    Table(
        "sittings",
        "场次",
        ("sitting_id",),
        (
            Column("sitting_id", _T.TEXT, "场次标识"),
            Column("plan_id", _T.TEXT, "考核计划标识"),
            Column("body_id", _T.TEXT, "机构标识", refers_to="bodies.body_id"),
            Column("occupation_code", _T.TEXT, "职业编码"),
            Column("level", _T.TEXT, "等级", allowed=LEVELS),
            Column("place", _T.TEXT, "考点行政区划代码", form=PLACE_FORM),
            Column("venue_id", _T.TEXT, "考点标识"),
            Column("starts_at", _T.MOMENT, "开考时间（北京时间）"),
            Column("ends_at", _T.MOMENT, "结束时间（北京时间）"),
            Column("plan_accepted_on", _T.DAY, "考核计划报备受理日", may_be_missing=True),
            Column("state", _T.TEXT, "场次状态", allowed=("planned", "held", "cancelled")),
        ),
        periods=(("starts_at", "ends_at"),),
    ),
    Table(
        "assignments",
        "考评与督导安排",
        ("sitting_id", "person_key", "role"),
        (
            Column("sitting_id", _T.TEXT, "场次标识", refers_to="sittings.sitting_id"),
            Column("person_key", _T.TEXT, "人员假名键"),
            Column(
                "role", _T.TEXT, "岗位", allowed=("assessor", "internal_supervisor", "external_supervisor")
            ),
            Column(
                "grade",
                _T.TEXT,
                "考评员类别",
                may_be_missing=True,
                allowed=("assessor", "senior_assessor"),
            ),
            Column("qualified_from", _T.DAY, "考评员证起始日", may_be_missing=True),
            Column("qualified_to", _T.DAY, "考评员证截止日（不含）", may_be_missing=True),
        ),
        periods=(("qualified_from", "qualified_to"),),
    ),
    Table(
        "enrolments",
        "报名",
        ("enrolment_id",),
        (
            Column("enrolment_id", _T.TEXT, "报名标识"),
            Column("sitting_id", _T.TEXT, "场次标识", refers_to="sittings.sitting_id"),
            Column("person_key", _T.TEXT, "人员假名键"),
            Column(
                "candidate_kind", _T.TEXT, "考生身份", allowed=("staff", "dispatched", "student", "public")
            ),
            Column("born_on", _T.DAY, "出生日期（证件未载明的可缺）", may_be_missing=True),
            Column("entry_condition", _T.TEXT, "申报条件编号（规程年代/条件，如 2023/4-2）"),
            Column("work_months", _T.WHOLE, "本职业或相关职业累计工作月数（申报）", may_be_missing=True),
            Column("prior_level", _T.TEXT, "已取得证书等级（申报）", may_be_missing=True, allowed=LEVELS),
            Column("prior_issued_on", _T.DAY, "已取得证书核发日（申报）", may_be_missing=True),
            Column(
                "education",
                _T.TEXT,
                "学历门类（申报）",
                may_be_missing=True,
                allowed=(
                    "none",
                    "secondary_vocational",
                    "senior_technical",
                    "technician_class",
                    "junior_college",
                    "bachelor_or_above",
                ),
            ),
            Column(
                "title",
                _T.TEXT,
                "职称（申报）",
                may_be_missing=True,
                allowed=("none", "junior", "middle", "senior"),
            ),
            Column("title_issued_on", _T.DAY, "职称取得日（申报）", may_be_missing=True),
        ),
    ),
    Table(
        "results",
        "分科成绩",
        ("enrolment_id", "subject"),
        (
            Column("enrolment_id", _T.TEXT, "报名标识", refers_to="enrolments.enrolment_id"),
            Column("subject", _T.TEXT, "科目", allowed=SUBJECTS),
            Column("score", _T.SCORE, "百分制成绩", may_be_missing=True),
            Column("absent", _T.FLAG, "缺考"),
            Column("recorded_on", _T.DAY, "成绩上传日"),
        ),
    ),
    Table(
        "certificates",
        "证书",
        ("certificate_number",),
        (
            Column("certificate_number", _T.TEXT, "证书编号"),
            Column("enrolment_id", _T.TEXT, "报名标识", may_be_missing=True),
            Column("person_key", _T.TEXT, "人员假名键"),
            Column("body_id", _T.TEXT, "机构标识", refers_to="bodies.body_id"),
            Column("occupation_code", _T.TEXT, "职业编码"),
            Column("level", _T.TEXT, "等级", allowed=LEVELS),
            Column("place", _T.TEXT, "核发地行政区划代码", form=PLACE_FORM),
            Column("issued_on", _T.DAY, "发证日期"),
            Column("state", _T.TEXT, "状态", allowed=("valid", "annulled")),
        ),
    ),
    Table(
        "insured_months",
        "单位按月参保人数",
        ("body_id", "month"),
        (
            Column("body_id", _T.TEXT, "机构标识", refers_to="bodies.body_id"),
            Column("month", _T.DAY, "月份（当月首日）", form=MONTH_FORM),
            Column("insured_count", _T.WHOLE, "当月参保职工人数"),
        ),
    ),
    Table(
        "insurance_spans",
        "个人参保时段",
        ("person_key", "body_id", "valid_from"),
        (
            Column("person_key", _T.TEXT, "人员假名键"),
            Column("body_id", _T.TEXT, "参保单位标识"),
            Column("valid_from", _T.DAY, "起始日（含）"),
            Column("valid_to", _T.DAY, "截止日（不含）", may_be_missing=True),
        ),
        periods=(("valid_from", "valid_to"),),
    ),
    Table(
        "dispatch_spans",
        "劳务派遣时段",
        ("person_key", "body_id", "valid_from"),
        (
            Column("person_key", _T.TEXT, "人员假名键"),
            Column("body_id", _T.TEXT, "用工单位标识"),
            Column("valid_from", _T.DAY, "起始日（含）"),
            Column("valid_to", _T.DAY, "截止日（不含）", may_be_missing=True),
        ),
        periods=(("valid_from", "valid_to"),),
    ),
    Table(
        "prior_certificates",
        "既有证书",
        ("person_key", "occupation_code", "level"),
        (
            Column("person_key", _T.TEXT, "人员假名键"),
            Column("occupation_code", _T.TEXT, "职业编码"),
            Column("level", _T.TEXT, "等级", allowed=LEVELS),
            Column("issued_on", _T.DAY, "发证日期"),
        ),
    ),
)

BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}

PARAMETERS = Table(
    "parameters",
    "按地区和期间解析的参数（由政策库生成，不由数据提供方提供）",
    ("key", "place", "valid_from"),
    (
        Column("key", _T.TEXT, "参数标识"),
        Column("place", _T.TEXT, "行政区划代码或 CN", form=NATION_OR_PLACE_FORM),
        Column("valid_from", _T.DAY, "起始日（含）"),
        Column("valid_to", _T.DAY, "截止日（不含）", may_be_missing=True),
        Column("value", _T.WHOLE, "数值"),
        Column("clause", _T.TEXT, "条款"),
    ),
)

ENTRY_CONDITIONS = Table(
    "entry_conditions",
    "申报条件（由政策库生成，不由数据提供方提供）",
    ("condition",),
    (
        Column("condition", _T.TEXT, "规程年代/条件，如 2023/4-2"),
        Column("level", _T.TEXT, "申报等级", allowed=LEVELS),
        Column("min_age", _T.WHOLE, "最低年龄（周岁）", may_be_missing=True),
        Column("min_work_months", _T.WHOLE, "最低累计工作月数", may_be_missing=True),
        Column("prior_level", _T.TEXT, "须先取得的等级", may_be_missing=True, allowed=LEVELS),
        Column("months_since_prior", _T.WHOLE, "取得该等级后须满月数", may_be_missing=True),
        Column("education", _T.TEXT, "可接受的学历门类，竖线分隔", may_be_missing=True),
        Column("title", _T.TEXT, "须具备的职称", may_be_missing=True, allowed=("junior", "middle", "senior")),
        Column("months_since_title", _T.WHOLE, "取得职称后须满月数", may_be_missing=True),
        Column("clause", _T.TEXT, "条款"),
    ),
)

SUPPLIED: tuple[Table, ...] = (PARAMETERS, ENTRY_CONDITIONS)
"""Tables the platform itself supplies to a run, from `policy/`."""
