from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.catalogues.occupations import occupations
from zhiping.core.wording import CancelledItem, RevivalGuard, choices_in_force
from zhiping.core.wording.choices import RevivalChoices
from zhiping.core.wording.errors import ChoiceMissingError, ItemNameEmptyError
from zhiping.core.wording.folding import traditional
from zhiping.core.wording.measure import example_items, revival_examples
from zhiping.core.wording.sounds import near_sound, sound

ITEMS = example_items(revival_examples())
GUARD = RevivalGuard(ITEMS)
SIMPLE_TO_TRADITIONAL = {simple: other for other, simple in traditional().items() if ord(other) < 0x10000}


def item(name, *, batch="第一批", on=date(2016, 1, 20)):
    return CancelledItem(
        name=name,
        batch=batch,
        document="国发〔2016〕5号",
        cancelled_on=on,
        kind="水平评价类",
        tracking_department="省厅",
        certainty="confirmed",
    )


def names(found):
    return [one.item.name for one in found]


def test_a_flag_tells_the_item_its_batch_and_what_the_likeness_is_made_of():
    guard = RevivalGuard([item("物业管理师"), item("心理咨询师")])
    (flag,) = guard.flagged("高级心里谘询师资格证书")
    assert (flag.item.name, flag.item.batch, flag.item.document) == (
        "心理咨询师",
        "第一批",
        "国发〔2016〕5号",
    )
    assert (flag.core, flag.item_core) == ("心里咨询", "心理咨询")
    assert flag.parts.pinyin == 1.0
    assert flag.parts.edit == 0.75
    assert 0 < flag.parts.tokens < 1
    assert guard.choices.flag_at <= flag.score < 1


def test_another_profession_is_not_flagged_and_still_shown_when_asked_for():
    assert GUARD.flagged("婚姻咨询师") == ()
    assert "心理咨询师" in names(GUARD.nearest("婚姻咨询师"))
    assert GUARD.nearest("婚姻咨询师", limit=1) == GUARD.nearest("婚姻咨询师")[:1]


def test_an_official_profession_is_shown_as_such_and_not_flagged():
    guard = RevivalGuard([item("拍卖师")])
    assert guard.flagged("拍卖服务师") == ()
    (shown,) = guard.nearest("拍卖服务师")
    assert shown.is_official_profession
    assert shown.score >= guard.choices.flag_at
    assert names(guard.flagged("拍卖师")) == ["拍卖师"], (
        "the item's own name is flagged although it is a profession"
    )


def test_what_was_not_cancelled_yet_is_left_out():
    guard = RevivalGuard([item("物业管理师", on=date(2016, 6, 8))])
    assert guard.flagged("物业管理师", on=date(2016, 6, 7)) == ()
    assert names(guard.flagged("物业管理师", on=date(2016, 6, 8))) == ["物业管理师"]
    assert guard.nearest("物业管理师", on=date(2016, 6, 7)) == ()


def test_the_likest_comes_first_then_name_and_batch():
    guard = RevivalGuard([item("市场管理员"), item("市场管理师", batch="乙"), item("市场管理师", batch="甲")])
    assert [(one.item.name, one.item.batch) for one in guard.flagged("市场管理师证书")] == [
        ("市场管理师", "乙"),
        ("市场管理师", "甲"),
        ("市场管理员", "第一批"),
    ]


def test_an_item_with_its_own_prefix_is_found_under_the_bare_name_and_the_other_way_round():
    guard = RevivalGuard([item("注册色彩师"), item("品牌师")], professions=())
    assert names(guard.flagged("色彩师岗位证书")) == ["注册色彩师"]
    assert names(guard.flagged("国际注册品牌师")) == ["品牌师"]


@given(
    st.sampled_from(ITEMS),
    st.sampled_from(["", "注册", "国际", "高级", "全国高级", "二级"]),
    st.sampled_from(
        ["", "证书", "资格证书", "岗位能力证书", "（三级）", "职业技能等级证书", "水平评价合格证"]
    ),
    st.sampled_from(["", " ", "·", "\u200b"]),
)
def test_trimmings_never_hide_an_item(one, prefix, suffix, between):
    found = GUARD.flagged(prefix + between.join(one.name) + suffix)
    assert one.name in names(found)


@given(st.sampled_from(ITEMS))
def test_traditional_characters_never_hide_an_item(one):
    written = "".join(SIMPLE_TO_TRADITIONAL.get(part, part) for part in one.name)
    assert names(GUARD.flagged(written))[0] == one.name


MANY = [entry.name for entry in occupations().all()]


def test_the_index_gives_what_comparing_with_every_item_gives():
    """Nothing that comparing with every item would flag is lost to the index."""
    items = [item(name) for name in MANY[::4]]
    guard = RevivalGuard(items)
    tried = 0
    for name in [
        *MANY[1::40],
        *(f"高级{name[:-1]}员证" for name in MANY[::40]),
        *(name[1:] for name in MANY[::40]),
    ]:
        at = guard.choices.flag_at
        whole = [one for one in guard.nearest(name, limit=len(items)) if one.score >= at]
        assert guard.flagged(name) == tuple(one for one in whole if not one.is_official_profession), name
        tried += bool(whole)
    assert tried > len(MANY) // 80


@pytest.mark.parametrize(
    ("name", "cancelled"), [("专案管理师", "项目管理师"), ("行銷師", "营销师"), ("商务企划员", "商务策划师")]
)
def test_a_word_of_another_region_is_read_as_the_common_one(name, cancelled):
    assert names(GUARD.flagged(name))[0] == cancelled


def test_what_stands_before_a_whole_item_only_narrows_it():
    guard = RevivalGuard([item("营销师")], professions=MANY)
    (before,), (inside,) = guard.nearest("市场营销师"), guard.nearest("营销市场师")
    assert before.score >= guard.choices.flag_at > inside.score


def test_many_names_at_once_give_each_flagged_name_once():
    found = dict(GUARD.flagged_among(["物业管理师证", "电工", "物业管理师证", "心里咨询师"]))
    assert list(found) == ["物业管理师证", "心里咨询师"]
    assert found["心里咨询师"] == GUARD.flagged("心里咨询师")


def test_names_without_a_letter_are_like_nothing_and_items_without_one_are_refused():
    assert GUARD.flagged("·· ") == GUARD.nearest("") == ()
    with pytest.raises(ItemNameEmptyError) as refusal:
        RevivalGuard([item("·")])
    assert refusal.value.facts == {"name": "·", "batch": "第一批"}


def test_sounds():
    assert sound("理") == sound("里") == "li"
    assert near_sound("策") == near_sound("册") != near_sound("茶")
    assert near_sound("营") == near_sound("因")
    assert near_sound("a") == "a"


# choices -----------------------------------------------------------------------------------------


def test_the_threshold_is_policy_and_moves_the_answer():
    choices = choices_in_force()
    strict = RevivalChoices(
        **{name: getattr(choices, name) for name in choices.__slots__} | {"flag_at": 0.99}
    )
    assert RevivalGuard(ITEMS, choices=strict).flagged("心里咨询师") == ()
    assert GUARD.flagged("心里咨询师")


def test_choices_are_dated():
    assert choices_in_force(date(2020, 1, 1)) == choices_in_force()
    with pytest.raises(ChoiceMissingError):
        choices_in_force(date(2017, 9, 11))


@pytest.mark.parametrize("value", [None, "much", "1.5", "-0.1"])
def test_an_unusable_share_is_refused(value):
    with pytest.raises(ChoiceMissingError) as refusal:
        RevivalChoices.from_values(lambda name: value if name == "wording.revival_flag_at" else "0.1")
    assert refusal.value.facts["parameter"] == "wording.revival_flag_at"


def test_a_list_of_words_that_is_none_is_refused():
    with pytest.raises(ChoiceMissingError) as refusal:
        RevivalChoices.from_values(lambda name: "0.1")
    assert refusal.value.facts["parameter"] == "wording.revival_heads"


@pytest.mark.parametrize("pairs", [None, [], "网路=网络", ["网路"], ["=网络"], ["网路="]])
def test_words_of_other_regions_need_both_halves(pairs):
    known = choices_in_force()
    lists = {
        "wording.revival_heads": known.heads, "wording.revival_prefixes": known.prefixes,
        "wording.revival_suffixes": known.suffixes, "wording.revival_levels": known.levels,
        "wording.revival_same_words": pairs,
    }  # fmt: skip
    with pytest.raises(ChoiceMissingError) as refusal:
        RevivalChoices.from_values(lambda name: lists.get(name, "0.1"))
    assert refusal.value.facts["parameter"] == "wording.revival_same_words"


def test_a_missing_file_is_a_refusal(monkeypatch, tmp_path):
    monkeypatch.setenv("ZHIPING_POLICY_DIR", str(tmp_path))
    with pytest.raises(ChoiceMissingError):
        choices_in_force()
