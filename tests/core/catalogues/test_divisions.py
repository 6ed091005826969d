from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.catalogues.divisions import division, divisions
from zhiping.core.catalogues.errors import DivisionUnknownError
from zhiping.core.catalogues.files import read_rows
from zhiping.kernel.place import Place

ALL = divisions()
TODAY = date(2026, 3, 1)
ROWS = read_rows("divisions.csv")
CODES = sorted({row["code"] for row in ROWS})


def names(code: str, on: date = TODAY) -> list[str]:
    return [child.name for child in ALL.children(code, on=on)]


def test_the_current_list_has_the_published_counts():
    current = [row for row in ROWS if not row["valid_to"]]
    counts = {
        level: sum(row["level"] == level for row in current) for level in ("province", "city", "district")
    }
    assert counts == {"province": 34, "city": 333, "district": 2847}


def test_foshan_has_five_districts():
    assert names("440600") == ["禅城区", "南海区", "顺德区", "三水区", "高明区"]
    assert ALL.full_name("440606", on=TODAY) == "广东省佛山市顺德区"


def test_foshan_had_other_parts_under_other_codes_before_2002():
    assert ALL.get("440681", on=date(2001, 6, 1)).name == "顺德市"
    assert ALL.get("440606", on=date(2003, 6, 1)).name == "顺德区"
    assert ALL.find("440606", on=date(2001, 6, 1)) is None
    assert ALL.find("440681", on=TODAY) is None


def test_shenyang_and_its_districts():
    assert ALL.full_name("210100", on=TODAY) == "辽宁省沈阳市"
    assert len(names("210100")) == 13
    assert {"和平区", "浑南区", "新民市"} <= set(names("210100"))


@pytest.mark.parametrize(
    ("code", "name"),
    [("441900", "东莞市"), ("442000", "中山市"), ("460400", "儋州市"), ("620200", "嘉峪关市")],
)
def test_four_cities_have_no_districts(code, name):
    assert (ALL.get(code, on=TODAY).name, names(code)) == (name, [])


def test_units_directly_under_a_province_have_no_city_above_them():
    jiyuan = ALL.get("419001", on=TODAY)
    assert (jiyuan.name, jiyuan.parent, jiyuan.is_directly_under_province) == ("济源市", "410000", True)
    assert [place.code for place in jiyuan.place.chain] == ["419001", "410000", "CN"]
    under = [row["code"] for row in ROWS if not row["valid_to"] and row["code"][2:4] == "90"]
    counts = {head: sum(code.startswith(head) for code in under) for head in ("41", "42", "46", "65")}
    assert counts == {"41": 1, "42": 4, "46": 15, "65": 13}
    assert len(under) == 33


def test_municipalities_have_no_dummy_level():
    assert ALL.full_name("110105", on=TODAY) == "北京市朝阳区"
    assert ALL.find("110100", on=TODAY) is None
    assert all(name not in {"市辖区", "县"} for row in ROWS for name in [row["name"]])


def test_a_code_was_given_to_another_place():
    assert ALL.get("419001", on=date(1990, 1, 1)).name == "义马市"
    assert ALL.find("419001", on=date(1996, 6, 1)) is None
    assert ALL.get("419001", on=date(2020, 1, 1)).name == "济源市"
    assert [span.name for span in ALL.history("419001")] == ["义马市", "济源市"]


def test_hundreds_of_codes_have_had_more_than_one_name():
    assert sum(len({span.name for span in ALL.history(code)}) > 1 for code in CODES) > 600


def test_one_name_is_many_places():
    found = {division.code for division in ALL.named("朝阳区", on=TODAY)}
    assert found == {"110105", "220104"}


def test_a_division_that_ended_counts_to_the_end_of_that_year():
    # 莱芜 was joined to 济南 on a day of December 2018; the list of that year no longer has it.
    assert ALL.get("371200", on=date(2018, 11, 1)).name == "莱芜市"
    assert ALL.find("371200", on=date(2019, 1, 1)) is None
    assert ALL.get("370116", on=date(2019, 6, 1)).name == "莱芜区"


def test_recent_changes_are_there():
    assert ALL.get("500157", on=TODAY).name == "两江新区"
    assert ALL.find("500112", on=TODAY) is None
    assert ALL.get("500112", on=date(2024, 6, 1)).name == "渝北区"


def test_an_unknown_code_or_a_day_before_the_first_list_is_refused():
    with pytest.raises(DivisionUnknownError) as refusal:
        division("990101", on=TODAY)
    assert refusal.value.facts == {"code": "990101", "on": TODAY}
    with pytest.raises(DivisionUnknownError):
        division("440600", on=date(1979, 12, 31))


def test_changes_explain_with_the_number_of_the_reply():
    shahe = ALL.changes_of("350427")
    assert any(change.new_name == "沙县区" and change.year == 2021 for change in shahe)
    assert sum(bool(row["document_number"]) for row in read_rows("division_changes.csv")) > 100


@given(code=st.sampled_from(CODES))
def test_the_periods_of_a_code_never_overlap(code):
    spans = ALL.history(code)
    assert all(not one.period.overlaps(other.period) for one, other in pairwise(spans))


@given(code=st.sampled_from(CODES), year=st.integers(1984, 2026))
def test_whatever_is_listed_has_everything_above_it_listed_too(code, year):
    on = date(year, 12, 31)
    found = ALL.find(code, on=on)
    if found is not None:
        chain = ALL.chain(code, on=on)
        assert chain[-1].level == "province"
        assert Place(chain[-1].code).contains(Place(code))
