"""Synthetic identities: numbers with a right check digit and a prefix that no place ever had.

Identity numbers and the divisions inside credit codes start with 99, phone numbers with 1990000: none of
them can belong to anybody.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from zhiping.core.identifiers.synthetic import fictional_credit_code

type Whole = npt.NDArray[np.int64]

PERSONS_PER_BLOCK = 10_000_000
"""How many people can be told apart by area and sequence alone; the birthday tells blocks apart."""

_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = np.array(list("10X98765432"))

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
    "陶姜谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
)
_FIRST_CHARACTERS = (
    "子文思晓雨佳嘉俊志建国海明春秋冬夏云月星辰天宇浩博雅静丽芳兰梅竹菊松柏青玉瑞祥永安宁泽润清"
)
_LAST_CHARACTERS = (
    "涵轩怡然琪瑶琳婷敏慧娟燕霞红军强伟勇峰磊鹏飞超杰斌辉亮刚平林森涛波洋江河山川石岩田野禾苗穗成达通"
)
_NATIONS = ("汉族", "满族", "壮族", "回族", "蒙古族", "朝鲜族", "锡伯族", "瑶族")
_NATION_SHARES = (0.9, 0.04, 0.02, 0.015, 0.01, 0.007, 0.005, 0.003)


def day_ordinals_kept_apart(born: Whole, person: Whole, people: int) -> Whole:
    """Move birthdays back by a few days at most, so that no two identity numbers are equal.

    Only worlds of more than ten million people are touched; nobody becomes younger.
    """
    blocks = -(-people // PERSONS_PER_BLOCK)
    moved: Whole = born - (born - person // PERSONS_PER_BLOCK) % blocks
    return moved


def identity_numbers(person: Whole, born: Whole) -> pl.Series:
    """Return an 18-character identity number for each person, from index and birthday (days)."""
    within = person % PERSONS_PER_BLOCK
    area = 990_000 + within // 1000
    sequence = within % 1000
    days = born.astype("datetime64[D]")
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    written = year * 10_000 + month * 100 + day
    total = np.zeros(len(person), dtype=np.int64)
    body = (area * 10**8 + written) * 1000 + sequence
    for place, weight in enumerate(_IDENTITY_WEIGHTS):
        total += (body // 10 ** (16 - place)) % 10 * weight
    checks = pl.Series(_IDENTITY_CHECKS[total % 11].tolist(), dtype=pl.String)
    return pl.Series(body).cast(pl.String) + checks


def credit_code(*, kind: str, index: int) -> str:
    """Return the unified social credit code of nobody, with the letters of the body's kind."""
    letters = {"employer": "91", "social_body": "52", "school": "12"}[kind]
    return fictional_credit_code(index, department=letters[0], category=letters[1])


def person_keys(person: Whole) -> pl.Series:
    """Return the pseudonymous keys (人员假名键) of people by index."""
    return "P" + pl.Series(person).cast(pl.String).str.zfill(9)


def person_key(person: int) -> str:
    """Return the pseudonymous key of one person."""
    return f"P{person:09d}"


def people_frame(person: Whole, born: Whole) -> pl.DataFrame:
    """Return one synthetic person per index: name, sex, identity number, birthday, phone, nation.

    The whole row follows from index and birthday: the same person is the same in every part of a world.
    """
    mixed = _mixed(person)
    columns: dict[str, Any] = {
        "person_key": person_keys(person),
        "name": _characters(_SURNAMES, mixed)
        + _characters(_FIRST_CHARACTERS, mixed // 97)
        + _characters(_LAST_CHARACTERS, mixed // 9973),
        "sex": pl.Series(["女", "男"]).gather(person % 2),
        "identity_number": identity_numbers(person, born),
        "born_on": pl.Series(born.astype(np.int32)).cast(pl.Date),
        "phone": "1990000" + pl.Series(person % 10_000).cast(pl.String).str.zfill(4),
        "nation": pl.Series(_NATIONS).gather(
            np.searchsorted(np.cumsum(_NATION_SHARES)[:-1], (mixed // 7) % 1000 / 1000, side="right")
        ),
    }
    return pl.DataFrame(columns)


def _characters(characters: str, choice: Whole) -> pl.Series:
    return pl.Series(list(characters)).gather(choice % len(characters))


def _mixed(person: Whole) -> Whole:
    """Scatter indexes over 62 bits, the same way on every machine."""
    scattered = (person.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    scattered ^= scattered >> np.uint64(31)
    scattered *= np.uint64(0xBF58476D1CE4E5B9)
    scattered ^= scattered >> np.uint64(29)
    return (scattered >> np.uint64(2)).astype(np.int64)
