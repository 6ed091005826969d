from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.catalogues.errors import (
    EditionListMissingError,
    EditionUnknownError,
    OccupationUnknownError,
)
from zhiping.core.catalogues.occupations import Listing, edition, editions, occupation, occupations, tasks_of
from zhiping.core.identifiers import occupation_code

ALL = occupations("2022")


def test_the_counts_are_the_published_ones():
    published = edition("2022")
    levels = Counter(group.level for group in ALL.groups())
    assert len(ALL) == published.occupations == 1639
    assert (levels["major"], levels["middle"], levels["minor"]) == (
        published.major,
        published.middle,
        published.minor,
    )


def test_the_major_groups_have_the_published_sizes():
    sizes = Counter(entry.code[0] for entry in ALL.all())
    assert [sizes[major] for major in "12345678"] == [25, 492, 36, 356, 54, 671, 4, 1]


def test_green_and_digital_occupations_have_the_published_counts():
    assert sum(entry.is_green for entry in ALL.all()) == edition("2022").green == 134
    assert sum(entry.is_green and entry.is_digital is True for entry in ALL.all()) == 23
    open_ones = [entry.code for entry in ALL.all() if entry.is_digital is None]
    marked = sum(entry.is_digital is True for entry in ALL.all())
    # Exactly one of the two open ones is digital; the source does not say which.
    assert open_ones == ["4-04-05-09", "4-04-05-11"]
    assert marked + 1 == edition("2022").digital == 97


def test_a_hundred_occupations_are_alone_in_their_group():
    alone = [entry for entry in ALL.all() if entry.code.endswith("-00")]
    assert len(alone) == 100
    assert sum(entry.code[0] in "3456" for entry in alone) == 44
    assert ALL.get("4-08-06-00").name == "环境监测员"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("6-31-01-03", "电工"),
        ("6-18-02-04", "焊工"),
        ("4-10-01-05", "养老护理员"),
        ("4-07-03-04", "企业人力资源管理师"),
        ("4-13-04-04", "研学旅行指导师"),
        ("6-11-08-26", "生物质化工产品生产工"),
        ("4-05-02-00", "证券期货服务师"),
        ("8-00-00-00", "不便分类的其他从业人员"),
    ],
)
def test_well_known_and_patched_occupations(code, name):
    assert ALL.get(code).name == name
    assert ALL.named(name) == ALL.get(code)


@pytest.mark.parametrize(
    "code", ["2-02-32-01", "2-02-32-02", "4-05-02-01", "4-05-02-02", "6-20-03-00", "6-31-01-99"]
)
def test_codes_that_the_edition_does_not_have(code):
    assert occupation(code).listing is Listing.NOT_LISTED
    with pytest.raises(OccupationUnknownError):
        ALL.get(code)


def test_names_are_unique_and_carry_no_marks():
    names = [entry.name for entry in ALL.all()]
    assert len(set(names)) == len(names)
    assert not [name for name in names if name[-1] in "LS" or name != name.strip()]


def test_all_but_eleven_have_a_definition():
    without = {entry.code for entry in ALL.all() if not entry.definition}
    assert len(without) == 11
    # Another occupation took the code: the old definition must not stand under the new name.
    assert "6-11-08-26" in without
    assert "医药产品" in ALL.get("2-02-32-00").definition


def test_tasks_are_there_for_almost_all():
    assert tasks_of("6-31-01-03")
    assert tasks_of("7-03-00-00") == ""
    with pytest.raises(OccupationUnknownError):
        tasks_of("6-31-01-99")


def test_an_electrician_stands_in_three_groups():
    groups = ALL.groups_of("6-31-01-03")
    assert [(group.level, group.name) for group in groups] == [
        ("major", "生产制造及有关人员"),
        ("middle", "生产辅助人员"),
        ("minor", "机械设备修理人员"),
    ]


@given(entry=st.sampled_from(ALL.all()))
def test_every_code_has_the_form_of_one_and_its_three_groups(entry):
    assert occupation_code.problems(entry.code) == ()
    assert [group.level for group in ALL.groups_of(entry.code)] == ["major", "middle", "minor"]


def test_only_groups_of_one_occupation_lack_a_name():
    unnamed = {group.code for group in ALL.groups() if not group.name}
    assert unnamed <= {entry.code[:7] for entry in ALL.all() if entry.code.endswith("-00")}


def test_the_2015_edition_is_known_but_not_listed_and_says_so():
    former = edition("2015")
    assert (former.major, former.middle, former.minor, former.occupations) == (8, 75, 434, 1481)
    assert (former.work_types, former.green, former.digital, former.is_list_held) == (2670, 127, None, False)
    answer = occupation("6-31-01-03", "2015")
    assert (answer.edition, answer.listing, answer.occupation) == ("2015", Listing.UNKNOWN, None)
    with pytest.raises(EditionListMissingError):
        occupations("2015")
    with pytest.raises(EditionListMissingError):
        tasks_of("6-31-01-03", "2015")


def test_editions_come_in_order_and_others_are_refused():
    assert [known.year for known in editions()] == ["2015", "2022"]
    with pytest.raises(EditionUnknownError) as refusal:
        occupation("6-31-01-03", "2008")
    assert refusal.value.facts == {"edition": "2008", "known": "2015、2022"}
