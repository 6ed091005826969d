"""Sheets of dated lists (目录类名册): directories, cancelled items, standards, equivalences, rates."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

import polars as pl

from zhiping.core.roster.reading import as_choice, as_text, read_day, read_level, read_levels
from zhiping.core.roster.sheet import Clean, Field, Problem, Settle, Sheet

KINDS = {
    "专业技术人员": "professional",
    "技能人员": "skilled",
    "专业技术人员职业资格": "professional",
    "技能人员职业资格": "skilled",
}
TYPES = {"准入类": "access", "水平评价类": "level"}
CERTAINTIES = {"有明文": "stated", "待核实": "uncertain"}
STANDARD_KINDS = {"国家职业标准": "national", "国家职业技能标准": "national", "评价规范": "norm"}
GENERATIONS = {"2018年版": "2018", "2018": "2018", "2023年版": "2023", "2023": "2023"}
BASES = {"职业技能等级": "skill_level", "职业资格": "qualification", "技工院校班次": "school_class"}
COUNTERPARTS = {"职称": "title", "学历": "education"}
EVALUATION_TYPES = {
    "职业资格评价": "qualification_evaluation",
    "职业技能等级认定": "skill_level_recognition",
    "专项职业能力考核": "special_ability_assessment",
}

_AMOUNT = re.compile(r"[¥]?\s*(\d{1,3}(?:,\d{3})+|\d{1,8})(?:\.(\d{1,2}))?\s*元?")
_FEN = 100

type RowCheck = Callable[[Clean], Iterable[Problem]]
"""What a row breaks by itself, field by field."""


def directory_sheet() -> Sheet:
    """Return the sheet of an edition of a qualification directory (职业资格目录).

    One row for each item, or for each sub-item of an item that has several.
    """
    return Sheet(
        name="qualification_directory",
        title="职业资格目录",
        fields=(
            Field(name="number", header="序号", read=_read_count, dtype=pl.Int64(), width=8, example="1"),
            _text("item", "职业资格名称", required=True, longest=120, width=30, example="（目录所列名称）"),
            _text("sub_item", "具体项目", longest=120, width=30, note="一项分几个子项的，每个子项写一行。"),
            _choice("kind", "人员类别", KINDS, offered=2, required=True, example="技能人员"),
            _choice("type", "资格类别", TYPES, required=True, example="准入类"),
            _text(
                "department",
                "实施部门（单位）",
                longest=200,
                width=30,
                aliases=("实施部门(单位)", "实施部门"),
            ),
            _text(
                "body", "组织实施机构", longest=200, width=30, note="本地具体承办的机构；公布实施清单时使用。"
            ),
            _text("formerly", "原名称", longest=120, width=24, note="由上一版更名而来的，填上一版的名称。"),
            _note(),
            *_known(),
        ),
        unique=(("item", "sub_item"),),
    )


def cancelled_sheet(batches: Iterable[str]) -> Sheet:
    """Return the sheet of cancelled items (取消事项清单).

    Args:
        batches: the batches that rows may belong to, in the words that are offered.
    """
    words = {word: word for word in batches}
    return Sheet(
        name="cancelled_items",
        title="取消事项清单",
        fields=(
            _choice("batch", "批次", words, required=True, example=next(iter(words), "")),
            _text("name", "项目名称", required=True, longest=120, width=34, aliases=("职业资格名称", "项目")),
            _text("set_by", "实施部门（单位）", longest=200, width=30, aliases=("设置部门", "实施部门")),
            _choice("kind", "人员类别", KINDS, offered=2),
            _choice("type", "资格类别", TYPES),
            _text("successor", "衔接项目", longest=120, note="取消后由哪一项接替；没有的不填。"),
            _text(
                "tracker", "跟踪督查部门", longest=80, width=24, note="文件另有明确时填写；不填的按规则确定。"
            ),
            _note(),
            *_known(),
        ),
        unique=(("batch", "name"),),
    )


def standards_sheet() -> Sheet:
    """Return the sheet of occupational standards and evaluation norms (职业标准、评价规范)."""
    return Sheet(
        name="standards",
        title="职业标准",
        fields=(
            _text("occupation_code", "职业编码", required=True, longest=12, example="6-31-01-03"),
            _text("title", "名称", required=True, longest=120, width=34, example="电工国家职业标准"),
            _choice("kind", "类别", STANDARD_KINDS, required=True, example="国家职业标准"),
            _choice("generation", "编制规程", GENERATIONS, required=True, example="2023年版"),
            Field(
                name="levels", header="涵盖等级", read=read_levels, dtype=pl.List(pl.String), required=True,
                width=20, example="5-1", note="几个等级用顿号隔开，也可写 5-1。",
            ),
            *_period(),
            *_known(),
        ),
        settle=_settle(_ends_after_start),
        unique=(("occupation_code", "kind", "title", "valid_from"),),
    )  # fmt: skip


def shortages_sheet() -> Sheet:
    """Return the sheet of a city's scarce occupations (急需紧缺职业目录)."""
    return Sheet(
        name="shortages",
        title="急需紧缺职业目录",
        fields=(
            _text("occupation_code", "职业编码", required=True, longest=12, example="6-31-01-03"),
            _text("occupation_name", "职业名称", longest=60, note="填写时须与编码一致。", example="电工"),
            *_period(),
            *_known(),
        ),
        settle=_settle(_ends_after_start),
        unique=(("occupation_code", "valid_from"),),
    )


def equivalences_sheet() -> Sheet:
    """Return the sheet of the equivalence table (比照表)."""
    return Sheet(
        name="equivalences",
        title="比照表",
        fields=(
            _choice("basis_kind", "比照依据", BASES, required=True, example="职业技能等级"),
            _text(
                "basis", "依据内容", required=True, longest=60, example="三级/高级工",
                note="依据为职业技能等级的，填等级；为职业资格的，填名称；为技工院校班次的，填班次。",
            ),
            _choice("counterpart_kind", "比照对象", COUNTERPARTS, required=True, example="职称"),
            _text("counterpart", "对象内容", required=True, longest=60, example="助理级"),
            _text("effect", "比照效力", required=True, longest=60, example="可以申报"),
            _text("condition", "附加条件", longest=200, width=30),
            _text("document_number", "文号", required=True, longest=60, width=24),
            *_period(),
            _note(),
            *_known(),
        ),
        settle=_settle(_ends_after_start, _level_is_one),
        unique=(("basis_kind", "basis", "counterpart_kind", "counterpart", "valid_from"),),
    )  # fmt: skip


def rates_sheet(*, name: str, title: str) -> Sheet:
    """Return the sheet of fees or of subsidies (收费标准、补贴标准)."""
    return Sheet(
        name=name,
        title=title,
        fields=(
            _choice("evaluation_type", "评价类型", EVALUATION_TYPES, required=True, example="职业资格评价"),
            _text("subject", "项目", required=True, longest=120, width=30, example="理论知识考试"),
            Field(
                name="level", header="等级", read=read_level, width=16, example="四级/中级工",
                note="各等级相同的不填。",
            ),
            _text("amount", "金额（元）", required=True, longest=20, example="180.00", aliases=("金额",)),
            _text("unit", "计价单位", required=True, longest=20, example="人次"),
            _text("document_number", "文号", required=True, longest=60, width=24),
            *_period(),
            _note(),
            *_known(),
        ),
        settle=_settle(_ends_after_start, _amount_is_money),
        unique=(("evaluation_type", "subject", "level", "valid_from"),),
    )  # fmt: skip


def fen_of(text: str) -> int | None:
    """Return an amount in yuan as whole fen, or None where it is no amount (金额).

    >>> fen_of("1,280.5"), fen_of("180元"), fen_of("0.005"), fen_of("约200")
    (128050, 18000, None, None)
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    yuan, rest = found.groups()
    return int(Decimal(f"{yuan.replace(',', '')}.{rest or '0'}") * _FEN)


def _text(
    name: str,
    header: str,
    *,
    required: bool = False,
    longest: int = 200,
    width: int = 16,
    example: str = "",
    note: str = "",
    aliases: tuple[str, ...] = (),
) -> Field:
    return Field(
        name=name,
        header=header,
        read=as_text(longest=longest),
        required=required,
        width=width,
        example=example,
        note=note,
        aliases=aliases,
    )


def _choice(
    name: str,
    header: str,
    words: dict[str, str],
    *,
    offered: int | None = None,
    required: bool = False,
    example: str = "",
) -> Field:
    return Field(
        name=name,
        header=header,
        read=as_choice(words),
        required=required,
        width=18,
        choices=tuple(words)[:offered],
        example=example,
    )


def _note() -> Field:
    return _text("note", "备注", longest=200, width=30)


def _known() -> tuple[Field, ...]:
    return (
        _choice("certainty", "确定程度", CERTAINTIES, required=True, example="有明文"),
        _text("source", "来源", required=True, longest=200, width=30, example="（文号、附件和页码）"),
    )


def _period() -> tuple[Field, ...]:
    day = pl.Date()
    return (
        Field(
            name="valid_from", header="施行日", read=read_day, dtype=day, required=True, example="2026-01-01"
        ),
        Field(
            name="valid_to", header="截止日（不含）", read=read_day, dtype=day, width=16,
            aliases=("截止日(不含)",), note="不再有效的第一天；仍然有效的不填。",
        ),
    )  # fmt: skip


def _read_count(text: str) -> int | None:
    """Read a running number; what is none is left out, since nothing depends on it."""
    found = re.fullmatch(r"\d{1,5}", text)
    return int(found[0]) if found else None


def _settle(*checks: RowCheck) -> Settle:
    def settle(clean: Clean) -> tuple[Clean, tuple[Problem, ...]]:
        return clean, tuple(problem for check in checks for problem in check(clean))

    return settle


def _ends_after_start(clean: Clean) -> Iterable[Problem]:
    start, end = clean["valid_from"], clean["valid_to"]
    if isinstance(start, date) and isinstance(end, date) and end <= start:
        yield Problem(
            field="valid_to",
            code="roster.ends_before_start",
            value=end.isoformat(),
            sentence=f"截止日 {end} 不晚于施行日 {start}。截止日是不再有效的第一天，请核对。",
        )


def _amount_is_money(clean: Clean) -> Iterable[Problem]:
    written = clean["amount"]
    if isinstance(written, str) and fen_of(written) is None:
        yield Problem(
            field="amount",
            code="roster.not_an_amount",
            value=written,
            sentence=f"金额“{written}”不是以元计的数，或者不止两位小数。请按 180.00 的样子填写。",
        )


def _level_is_one(clean: Clean) -> Iterable[Problem]:
    basis = clean["basis"]
    if (
        clean["basis_kind"] == "skill_level"
        and isinstance(basis, str)
        and not isinstance(read_level(basis), str)
    ):
        yield Problem(
            field="basis",
            code="roster.not_a_level",
            value=basis,
            sentence=f"比照依据是职业技能等级，“{basis}”不是等级。请填五级/初级工至一级/高级技师之一。",
        )
