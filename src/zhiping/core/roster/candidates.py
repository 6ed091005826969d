"""The candidate sheet (考生报名表): 33 columns in the order that authorities exchange."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, cast

import polars as pl

from zhiping.core.roster import lists
from zhiping.core.roster.lists import CandidateLists
from zhiping.core.roster.reading import (
    LEVEL_NAMES,
    PLAIN_NAME,
    PLAIN_NUMBER,
    PLAIN_PHONE,
    PLAIN_TEXT,
    as_choice,
    as_digits,
    as_text,
    read_condition,
    read_day,
    read_email,
    read_flag,
    read_level,
    read_month,
    read_name,
    read_number,
    read_phone,
    read_tenure,
)
from zhiping.core.roster.sheet import (
    Check,
    Clean,
    Field,
    Problem,
    Reader,
    Refused,
    Settle,
    SettleColumns,
    Sheet,
    Value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a valid identity number says of its holder (身份证号码载明的信息)."""

    number: str
    born_on: date
    is_male: bool


class ReadIdentity(Protocol):
    """Reads identity numbers of 15 or 18 places (身份证号码核验), one or a column of them."""

    def __call__(self, number: str, /) -> Identity | str:
        """Return what a number says, or a sentence why it is not valid."""
        ...

    def of_column(self, numbers: pl.Series, /) -> pl.DataFrame:
        """Return `number`, `born_on` and `is_male` of each; all missing where it is not valid."""
        ...


type IsCertificateNumber = Callable[[str], bool]


def any_certificate_number(_number: str) -> bool:
    """Take any number; for callers that check prior certificates later."""
    return True


def candidate_sheet(
    *,
    read_identity: ReadIdentity,
    is_certificate_number: IsCertificateNumber = any_certificate_number,
    word_lists: CandidateLists | None = None,
) -> Sheet:
    """Return the candidate sheet (考生报名表).

    Identity numbers are judged by `read_identity`, prior certificate numbers by
    `is_certificate_number`. Clean values: levels "5" to "1", `education` and `source` as words
    shown with what they stand for in `candidate_facts`, days as dates, `tenure_months` as months.
    """
    words = word_lists or CandidateLists()
    return Sheet(
        name="candidates",
        title="考生报名表",
        fields=_fields(words, is_certificate_number),
        settle=_settle_with(read_identity),
        settle_columns=_settle_columns_with(read_identity),
        unique=(("paper_number",),),
    )


def _fields(words: CandidateLists, is_certificate_number: IsCertificateNumber) -> tuple[Field, ...]:
    text = as_text()
    education = words.education or lists.EDUCATION
    offered_education = tuple(words.education) if words.education else lists.OFFERED_EDUCATION
    sources = words.sources or lists.SOURCES
    level_names = tuple(LEVEL_NAMES[level] for level in words.levels)
    nations = {nation: nation for nation in lists.NATIONS} | {
        nation.removesuffix("族"): nation for nation in lists.NATIONS
    }
    return (
        Field(
            name="serial",
            header="序号",
            read=text,
            as_written=PLAIN_TEXT,
            width=6,
            example="1",
            in_fingerprint=False,
        ),
        Field(
            name="occupation",
            header="职业工种名称",
            read=text,
            as_written=PLAIN_TEXT,
            required=True,
            width=22,
            example="电工",
            check=_one_of(words.occupations),
            choices=words.occupations,
            note="填写职业名称或工种名称，须在本次考核计划之内。",
        ),
        Field(
            name="level",
            header="认定等级",
            read=read_level,
            required=True,
            example="四级/中级工",
            check=_one_of(words.levels),
            choices=level_names,
            note="从列表中选择；也可写“四级”“中级工”或“4”。",
        ),
        Field(
            name="condition",
            header="申报条件",
            read=read_condition,
            required=True,
            example="4-2",
            check=_condition_among(words.conditions),
            choices=words.conditions,
            note="填写条件编号，如 4-2；需要指明规程年代时写 2023/4-2。",
        ),
        Field(
            name="paper_kind",
            header="证件类型",
            read=as_choice(lists.PAPER_KINDS),
            required=True,
            example="居民身份证",
            choices=tuple(word for word in lists.PAPER_KINDS if word != "身份证"),
            note="从列表中选择。",
            width=18,
        ),
        Field(
            name="paper_number",
            header="证件号码",
            read=read_number,
            as_written=PLAIN_NUMBER,
            required=True,
            width=24,
            example="以文本格式填写",
            is_long_number=True,
            note="单元格须为文本格式。若显示成 1.10E+17 一类，末几位已被软件抹去，须按证件重新输入。",
        ),
        Field(
            name="name",
            header="姓名",
            read=read_name,
            as_written=PLAIN_NAME,
            required=True,
            width=12,
            example="（按证件填写）",
        ),
        Field(
            name="sex",
            header="性别",
            read=as_choice({"男": "男", "女": "女", "男性": "男", "女性": "女"}),
            choices=("男", "女"),
            width=6,
            example="女",
            note="可不填；填写时须与身份证号码一致。",
        ),
        Field(
            name="born_on",
            header="出生日期",
            read=read_day,
            dtype=pl.Date(),
            example="1995-03-05",
            note="可不填；填写时须与身份证号码一致。形如 1995-03-05。",
        ),
        Field(
            name="phone",
            header="手机号码",
            read=read_phone,
            as_written=PLAIN_PHONE,
            required=True,
            width=16,
            example="19900000001",
            note="11 位手机号码。",
        ),
        Field(
            name="has_prior",
            header="是否有职业资格证书",
            read=read_flag,
            dtype=pl.Boolean(),
            required=True,
            choices=("是", "否"),
            width=12,
            example="是",
            note="职业资格证书或职业技能等级证书；填“是”时，证书等级和证书编号必填。",
        ),
        Field(
            name="prior_level",
            header="证书等级",
            read=read_level,
            choices=tuple(LEVEL_NAMES.values()),
            example="五级/初级工",
        ),
        Field(
            name="prior_number",
            header="证书编号",
            read=read_number,
            as_written=PLAIN_NUMBER,
            width=26,
            is_long_number=True,
            check=_certificate_number(is_certificate_number),
            note="单元格须为文本格式。",
        ),
        Field(
            name="education",
            header="文化程度",
            read=_word_of(education),
            required=True,
            choices=offered_education,
            width=18,
            example="大学专科",
        ),
        Field(
            name="province",
            header="所在省(市)区",
            read=text,
            as_written=PLAIN_TEXT,
            required=True,
            choices=words.provinces,
            check=_one_of(words.provinces),
            aliases=("所在省市区", "所在省", "所在省(区、市)"),
            example="辽宁省",
        ),
        Field(
            name="source",
            header="考生来源",
            read=_word_of(sources),
            required=True,
            choices=tuple(sources),
            width=16,
            example="国有企业",
        ),
        Field(name="employer", header="所在单位", read=text, as_written=PLAIN_TEXT, width=24),
        Field(
            name="enrolled_by",
            header="报名单位",
            read=text,
            as_written=PLAIN_TEXT,
            required=True,
            width=24,
            example="（报名单位全称）",
        ),
        Field(
            name="recognition_kind",
            header="认定分类",
            required=True,
            choices=("初次认定", "晋级认定"),
            read=as_choice(
                {"初次认定": "first", "晋级认定": "promotion", "初次": "first", "晋级": "promotion"}
            ),
            example="晋级认定",
        ),
        Field(name="major", header="专业", read=text, as_written=PLAIN_TEXT),
        Field(
            name="exam_kind",
            header="考试类型",
            required=True,
            choices=("正考", "补考"),
            example="正考",
            read=as_choice({"正考": "regular", "补考": "resit"}),
        ),
        Field(
            name="nation",
            header="民族",
            read=as_choice(nations),
            required=True,
            choices=lists.NATIONS,
            width=10,
            example="汉族",
        ),
        Field(
            name="works_since",
            header="参加工作时间",
            read=read_month,
            dtype=pl.Date(),
            example="2019-07",
            note="年月即可，如 2019-07。",
        ),
        Field(name="email", header="电子邮箱", read=read_email, width=22),
        Field(
            name="tenure_months",
            header="专业年限",
            read=read_tenure,
            dtype=pl.Int64(),
            example="5年6个月",
            aliases=("工作年限",),
            note="从事本职业或相关职业的累计年限，如 5、5年6个月。",
        ),
        Field(name="household", header="户籍所在地", read=text, as_written=PLAIN_TEXT, width=20),
        Field(name="political_status", header="政治面貌", read=text, as_written=PLAIN_TEXT),
        Field(
            name="diploma_number",
            header="学历证书编号",
            read=read_number,
            as_written=PLAIN_NUMBER,
            width=22,
            is_long_number=True,
            note="单元格须为文本格式。",
        ),
        Field(
            name="experience", header="简要经历", read=as_text(longest=1000), as_written=PLAIN_TEXT, width=30
        ),
        Field(name="address", header="通讯地址", read=text, as_written=PLAIN_TEXT, width=30),
        Field(name="collection", header="证书领取方式", read=text, as_written=PLAIN_TEXT),
        Field(name="postcode", header="邮政编码", read=as_digits(6), note="6 位，单元格须为文本格式。"),
        Field(name="mailing_address", header="邮寄地址", read=text, as_written=PLAIN_TEXT, width=30),
    )


def _one_of(allowed: tuple[str, ...]) -> Check | None:
    if not allowed:
        return None
    offered = "、".join(LEVEL_NAMES.get(each, each) for each in allowed[:30])

    def check(value: Value) -> Refused | None:
        return None if value in allowed else Refused(code="roster.not_in_list", facts={"choices": offered})

    return check


def _condition_among(conditions: tuple[str, ...]) -> Check | None:
    """Take a condition of the list with or without its edition."""
    return _one_of((*conditions, *(each.rpartition("/")[2] for each in conditions if "/" in each)))


def _certificate_number(is_certificate_number: IsCertificateNumber) -> Check:
    def check(value: Value) -> Refused | None:
        return None if is_certificate_number(str(value)) else Refused(code="roster.not_a_certificate_number")

    return check


def _word_of(words: Mapping[str, str]) -> Reader:
    """Read a word of a list and keep the word; what it stands for is told by `candidate_facts`."""
    return as_choice({word: word for word in words})


def _settle_with(read_identity: ReadIdentity) -> Settle:
    def settle(clean: Clean) -> tuple[Clean, tuple[Problem, ...]]:
        row = dict(clean)
        problems = [*_settle_identity(row, read_identity), *_settle_condition(row), *_settle_prior(row)]
        born_on, works_since = row["born_on"], row["works_since"]
        if isinstance(born_on, date) and isinstance(works_since, date) and works_since <= born_on:
            problems.append(Problem(field="works_since", code="roster.works_before_birth"))
        return row, tuple(problems)

    return settle


_ALWAYS_IDENTITY_FORM = frozenset({"identity_card", "hong_kong_macao_residence", "taiwan_residence"})
_SOMETIMES_IDENTITY_FORM = frozenset({"foreign_permanent_residence"})
"""Cards of the first kind have other numbers, of 15 signs."""
_IDENTITY_LENGTH = 18


def _settle_identity(row: dict[str, Value], read_identity: ReadIdentity) -> Iterator[Problem]:
    number = row["paper_number"]
    kind = row["paper_kind"]
    if not isinstance(number, str):
        return
    has_identity_form = kind in _SOMETIMES_IDENTITY_FORM and len(number) == _IDENTITY_LENGTH
    if kind not in _ALWAYS_IDENTITY_FORM and not has_identity_form:
        return
    identity = read_identity(number)
    if isinstance(identity, str):
        row["paper_number"] = None
        yield Problem(field="paper_number", code="roster.identity_invalid", facts={"reason": identity})
        return
    sex = "男" if identity.is_male else "女"
    if row["born_on"] not in {None, identity.born_on}:
        yield Problem(
            field="born_on", code="roster.birth_differs", facts={"expected": identity.born_on.isoformat()}
        )
    if row["sex"] not in {None, sex}:
        yield Problem(field="sex", code="roster.sex_differs", facts={"expected": sex})
    row |= {"paper_number": identity.number, "born_on": identity.born_on, "sex": sex}


def _settle_columns_with(read_identity: ReadIdentity) -> SettleColumns:
    """Return what `settle` does to rows in which everything fits together, for whole columns."""

    def settle(clean: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        kind, number = clean["paper_kind"], clean["paper_number"]
        sometimes = kind.is_in(_SOMETIMES_IDENTITY_FORM) & (number.str.len_chars() == _IDENTITY_LENGTH)
        has_form = (kind.is_in(_ALWAYS_IDENTITY_FORM) | sometimes).fill_null(value=False)
        has_form &= number.is_not_null()
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, clean.height)
        read = read_identity.of_column(number.zip_with(has_form, nothing))
        settled = clean.with_columns(
            paper_number=read["number"].zip_with(has_form, number),
            born_on=read["born_on"].zip_with(has_form, clean["born_on"]),
            sex=pl.select(pl.when(read["is_male"]).then(pl.lit("男")).otherwise(pl.lit("女")))
            .to_series()
            .zip_with(has_form, clean["sex"]),
        )
        fits = (
            settled["paper_number"].is_not_null() | ~has_form,
            _agree(clean["born_on"], settled["born_on"]),
            _agree(clean["sex"], settled["sex"]),
            _agree(clean["condition"].str.replace(r"^.*/", "").str.slice(0, 1), clean["level"]),
            _has_prior_as_stated(clean),
            (settled["works_since"] > settled["born_on"]).fill_null(value=True),
        )
        return settled, pl.select(pl.all_horizontal(*fits)).to_series()

    return settle


def _agree(one: pl.Series, other: pl.Series) -> pl.Series:
    """Tell where two columns are the same or one of them has nothing."""
    return (one == other).fill_null(value=True)


def _has_prior_as_stated(clean: pl.DataFrame) -> pl.Series:
    level, number = clean["prior_level"].is_not_null(), clean["prior_number"].is_not_null()
    stated = clean["has_prior"]
    return ((stated & level & number) | (~stated & ~level & ~number)).fill_null(value=True)


def _settle_condition(row: dict[str, Value]) -> Iterator[Problem]:
    condition, level = row["condition"], row["level"]
    if isinstance(condition, str) and isinstance(level, str):
        level_of_condition = condition.rpartition("/")[2][0]
        if level_of_condition != level:
            facts = {"condition_level": LEVEL_NAMES[level_of_condition], "level": LEVEL_NAMES[level]}
            yield Problem(field="condition", code="roster.condition_of_other_level", facts=facts)


def _settle_prior(row: dict[str, Value]) -> Iterator[Problem]:
    given = [name for name in ("prior_level", "prior_number") if row[name] is not None]
    if row["has_prior"] is True:
        for name in ("prior_level", "prior_number"):
            if name not in given:
                yield Problem(field=name, code="roster.missing_with_prior")
    elif row["has_prior"] is False and given:
        yield Problem(field="has_prior", code="roster.prior_denied")


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFacts:
    """What a good row declares, in the words of the entry conditions (申报事实)."""

    born_on: date | None
    is_male: bool | None
    level: str
    condition: str
    candidate_kind: str
    education: str
    work_months: int | None
    works_since: date | None
    prior_level: str | None
    prior_number: str | None


def candidate_facts(clean: Clean, *, word_lists: CandidateLists | None = None) -> CandidateFacts:
    """Return what a good row declares, in the words of the entry conditions (申报事实).

    `candidate_kind` follows the source named in the row; whether somebody is on the body's own
    staff is for the caller to know.
    """
    words = word_lists or CandidateLists()
    return CandidateFacts(
        born_on=cast("date | None", clean["born_on"]),
        is_male=None if clean["sex"] is None else clean["sex"] == "男",
        level=str(clean["level"]),
        condition=str(clean["condition"]),
        candidate_kind=(words.sources or lists.SOURCES)[str(clean["source"])],
        education=(words.education or lists.EDUCATION)[str(clean["education"])],
        work_months=cast("int | None", clean["tenure_months"]),
        works_since=cast("date | None", clean["works_since"]),
        prior_level=cast("str | None", clean["prior_level"]),
        prior_number=cast("str | None", clean["prior_number"]),
    )


def candidate_columns(clean: pl.DataFrame, *, word_lists: CandidateLists | None = None) -> pl.DataFrame:
    """Return what good rows declare, as `candidate_facts` does of one, in columns of the same names."""
    words = word_lists or CandidateLists()
    sources, education = words.sources or lists.SOURCES, words.education or lists.EDUCATION
    return clean.select(
        "born_on",
        (pl.col("sex") == "男").alias("is_male"),
        "level",
        "condition",
        pl.col("source").replace_strict(dict(sources), return_dtype=pl.String).alias("candidate_kind"),
        pl.col("education").replace_strict(dict(education), return_dtype=pl.String),
        pl.col("tenure_months").alias("work_months"),
        "works_since",
        "prior_level",
        "prior_number",
    )
