"""The assessors sheet (考评员名册): one row per assessor and occupation."""

from datetime import date

import polars as pl

from zhiping.core.roster import lists
from zhiping.core.roster.candidates import ReadIdentity
from zhiping.core.roster.reading import (
    as_choice,
    as_text,
    read_day,
    read_levels,
    read_name,
    read_number,
    read_phone,
)
from zhiping.core.roster.sheet import Clean, Field, Problem, Settle, Sheet

GRADES = {
    "考评员": "assessor",
    "高级考评员": "senior_assessor",
    "内部质量督导员": "internal_supervisor",
    "内督": "internal_supervisor",
}


def assessors_sheet(*, read_identity: ReadIdentity, occupations: tuple[str, ...] = ()) -> Sheet:
    """Return the sheet of assessors and internal supervisors (考评员、督导员名册).

    `valid_through` is the last day that counts, as printed on the certificate.
    """
    text = as_text()
    return Sheet(
        name="assessors",
        title="考评员名册",
        fields=(
            Field(name="name", header="姓名", read=read_name, required=True, example="（按证件填写）"),
            Field(
                name="paper_kind",
                header="证件类型",
                read=as_choice(lists.PAPER_KINDS),
                required=True,
                width=18,
                choices=tuple(word for word in lists.PAPER_KINDS if word != "身份证"),
                example="居民身份证",
            ),
            Field(
                name="paper_number",
                header="证件号码",
                read=read_number,
                required=True,
                width=24,
                is_long_number=True,
                example="以文本格式填写",
                note="单元格须为文本格式。",
            ),
            Field(
                name="grade",
                header="人员类别",
                read=as_choice(GRADES),
                required=True,
                width=16,
                choices=("考评员", "高级考评员", "内部质量督导员"),
                example="高级考评员",
                aliases=("考评员类别",),
            ),
            Field(
                name="certificate_number",
                header="证卡编号",
                read=read_number,
                required=True,
                width=24,
                is_long_number=True,
                aliases=("考评员证号", "证书编号"),
                example="（证卡上的编号）",
            ),
            Field(
                name="occupation",
                header="职业工种名称",
                read=text,
                required=True,
                width=22,
                choices=occupations,
                example="电工",
                note="一人可考评几个职业的，每个职业写一行。",
            ),
            Field(
                name="levels",
                header="可考评等级",
                read=read_levels,
                dtype=pl.List(pl.String),
                required=True,
                width=20,
                example="五级、四级、三级",
                note="几个等级用顿号隔开，也可写 5-3。",
            ),
            Field(
                name="valid_from",
                header="有效期起",
                read=read_day,
                dtype=pl.Date(),
                required=True,
                example="2026-01-01",
            ),
            Field(
                name="valid_through",
                header="有效期止",
                read=read_day,
                dtype=pl.Date(),
                required=True,
                example="2028-12-31",
                note="证卡上印的最后一天。",
            ),
            Field(name="employer", header="工作单位", read=text, width=24),
            Field(name="phone", header="手机号码", read=read_phone, width=16, example="19900000001"),
        ),
        settle=_settle_with(read_identity),
        unique=(("paper_number", "occupation", "grade"),),
    )


def _settle_with(read_identity: ReadIdentity) -> Settle:
    def settle(clean: Clean) -> tuple[Clean, tuple[Problem, ...]]:
        row, problems = dict(clean), []
        number = row["paper_number"]
        if row["paper_kind"] == "identity_card" and isinstance(number, str):
            identity = read_identity(number)
            row["paper_number"] = None if isinstance(identity, str) else identity.number
            if isinstance(identity, str):
                facts = {"reason": identity}
                problems.append(Problem(field="paper_number", code="roster.identity_invalid", facts=facts))
        first, last = row["valid_from"], row["valid_through"]
        if isinstance(first, date) and isinstance(last, date) and last < first:
            problems.append(
                Problem(
                    field="valid_through", code="roster.ends_before_start", facts={"start": first.isoformat()}
                )
            )
        return row, tuple(problems)

    return settle
