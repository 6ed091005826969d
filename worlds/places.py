"""The two provinces of a world: one city each, with its districts (GB/T 2260)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One city with its province and its districts."""

    code: str
    name: str
    province_code: str
    province_name: str
    districts: tuple[tuple[str, str], ...]


FOSHAN = City(
    code="440600",
    name="佛山市",
    province_code="440000",
    province_name="广东省",
    districts=(
        ("440604", "禅城区"),
        ("440605", "南海区"),
        ("440606", "顺德区"),
        ("440607", "三水区"),
        ("440608", "高明区"),
    ),
)

SHENYANG = City(
    code="210100",
    name="沈阳市",
    province_code="210000",
    province_name="辽宁省",
    districts=(
        ("210102", "和平区"),
        ("210103", "沈河区"),
        ("210104", "大东区"),
        ("210105", "皇姑区"),
        ("210106", "铁西区"),
        ("210111", "苏家屯区"),
        ("210112", "浑南区"),
        ("210113", "沈北新区"),
        ("210114", "于洪区"),
        ("210115", "辽中区"),
        ("210123", "康平县"),
        ("210124", "法库县"),
        ("210181", "新民市"),
    ),
)

CITIES = (FOSHAN, SHENYANG)
