"""The occupations that a world evaluates, with the generation of rules their standard follows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """One occupation of the 2022 classification; `generation` picks its entry conditions."""

    code: str
    name: str
    generation: str
    trade: str


def _of(code: str, name: str, generation: str, trade: str) -> Occupation:
    return Occupation(code=code, name=name, generation=generation, trade=trade)


OCCUPATIONS = (
    _of("6-31-01-03", "电工", "2023", "making"),
    _of("6-20-01-01", "装配钳工", "2018", "making"),
    _of("6-18-01-01", "车工", "2018", "making"),
    _of("6-18-01-02", "铣工", "2018", "making"),
    _of("6-31-01-02", "机修钳工", "2023", "making"),
    _of("6-18-01-07", "多工序数控机床操作调整工", "2023", "making"),
    _of("4-12-01-01", "汽车维修工", "2018", "serving"),
    _of("4-10-01-05", "养老护理员", "2023", "serving"),
    _of("4-10-01-03", "保育师", "2018", "serving"),
    _of("4-03-02-01", "中式烹调师", "2018", "serving"),
    _of("4-07-03-04", "企业人力资源管理师", "2023", "serving"),
    _of("4-10-03-02", "美发师", "2018", "serving"),
)
"""None of them is an access-type qualification (准入类职业资格), which recognition may not touch."""
