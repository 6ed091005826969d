"""The sheet of candidates of a cancelled item (善后名单): who they are, what they paid, what they chose."""

import re
from collections.abc import Iterable
from datetime import date

import polars as pl

from zhiping.core.roster.catalogues import fen_of
from zhiping.core.roster.reading import as_choice, as_text, read_day, read_flag, read_name
from zhiping.core.roster.sheet import Clean, Field, Problem, Sheet

CHOICES = {"继续参加": "sit", "退费": "refund"}
LAST_FOUR = re.compile(r"[0-9]{3}[0-9X]")
"""The last four characters of an identity number; other papers are padded by the organisation."""


def aftermath_sheet(*, with_fees: bool) -> Sheet:
    """Return the sheet of candidates of a cancelled item (善后名单).

    Args:
        with_fees: fees and choices are asked for, as where the examination was not held yet; else the result.
    """
    about = (
        Field(
            name="number", header="报名号或准考证号", read=as_text(longest=40), required=True, width=20,
            example="P000001", aliases=("准考证号", "报名号"),
        ),
        Field(name="name", header="姓名", read=read_name, required=True, example="样例考生"),
        Field(
            name="last_four", header="证件号码后四位", read=as_text(longest=4), required=True, width=16,
            example="002X", note="只填最后四位，设为文本格式；最后一位是 X 的照填。",
        ),
    )  # fmt: skip
    owed = (
        Field(
            name="fee", header="已缴费用（元）", read=as_text(longest=20), required=True, example="180.00",
            aliases=("已缴费用(元)", "已缴费用"), note="没有收费的填 0。",
        ),
        Field(
            name="choice", header="考生意愿", read=as_choice(CHOICES), choices=tuple(CHOICES),
            note="还没有征求的不填。",
        ),
        Field(name="chosen_on", header="意愿日期", read=read_day, dtype=pl.Date(), note="填了意愿的必填。"),
    )  # fmt: skip
    result = (Field(name="is_passed", header="成绩合格", read=read_flag, dtype=pl.Boolean(),
                    choices=("是", "否"), note="没有成绩的不填。"),)  # fmt: skip
    return Sheet(
        name="aftermath_candidates",
        title="善后名单",
        fields=(*about, *(owed if with_fees else result)),
        settle=_settle,
        unique=(("number",),),
    )


def _settle(clean: Clean) -> tuple[Clean, tuple[Problem, ...]]:
    return clean, tuple(_problems(clean))


def _problems(clean: Clean) -> Iterable[Problem]:
    last_four, fee = clean["last_four"], clean.get("fee")
    if isinstance(last_four, str) and not LAST_FOUR.fullmatch(last_four.upper()):
        yield Problem(
            field="last_four",
            code="roster.not_last_four",
            value=last_four,
            sentence=f"证件号码后四位“{last_four}”不是四位。请设为文本格式，按证件重新填写。",
        )
    if isinstance(fee, str) and fen_of(fee) is None:
        yield Problem(
            field="fee",
            code="roster.not_an_amount",
            value=fee,
            sentence=f"金额“{fee}”不是以元计的数，或者不止两位小数。请按 180.00 的样子填写。",
        )
    choice, chosen_on = clean.get("choice"), clean.get("chosen_on")
    if isinstance(choice, str) != isinstance(chosen_on, date):
        yield Problem(
            field="chosen_on",
            code="roster.choice_and_day",
            sentence="考生意愿和意愿日期要么都填，要么都不填。请补上，或清空另一栏。",
        )
