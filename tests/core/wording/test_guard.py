"""The guard as whoever files a template or reviews a certificate meets it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.catalogues.files import Certainty, read_rows
from zhiping.core.wording import (
    CertificateKind,
    Disguise,
    Guard,
    IssuerKind,
    PersonReason,
    TextKind,
    WordingOutcome,
    guard_in_force,
)
from zhiping.core.wording.errors import WordRuleUnreadableError
from zhiping.core.wording.rules import contexts, spelled_out, title_endings, word_rules
from zhiping.kernel.place import Place

GUARD = guard_in_force()
FOSHAN, SHENYANG = Place("440600"), Place("210100")
IN_FORCE = date(2019, 5, 10)
OWN = CertificateKind.OWN_ASSESSMENT
ROW = {
    "word": "甲乙",
    "clause": "T-1",
    "wording": "不得使用“甲乙”",
    "place": "440000",
    "valid_from": "2020-01-01",
    "valid_to": "2021-01-01",
    "applies_to": "certificate_name",
    "issuers": "enterprise",
    "carried_by": "",
    "needs_right": "no",
    "certainty": "confirmed",
    "note": "",
}
CONTEXT = {"word": "甲乙", "context": "甲乙丙", "treatment": "pass", "kind": "chance", "why": "另一个词"}


def check(text, *, kind=TextKind.CERTIFICATE_NAME, place=FOSHAN, on=IN_FORCE, certificate=OWN, **more):
    return GUARD.check(text, kind=kind, place=place, on=on, certificate=certificate, **more)


def words(verdict):
    return [hit.word for hit in verdict.hits]


# what a hit tells --------------------------------------------------------------------------------


def test_a_hit_tells_the_word_the_place_in_the_original_and_the_law():
    verdict = check("佛山·中\u200b·國焊工证")
    (hit,) = verdict.hits
    assert verdict.outcome is WordingOutcome.REFUSED
    assert (hit.word, hit.folded, hit.found) == ("中国", "中国", "中\u200b·國")
    assert verdict.text[hit.start : hit.end] == hit.found
    assert hit.disguises == {Disguise.PUNCTUATED, Disguise.TRADITIONAL}
    assert (hit.rule.clause, hit.rule.place.code) == ("GD18-2b", "440000")
    assert (hit.rule.period.start, hit.rule.period.end) == (date(2018, 12, 1), date(2023, 12, 1))
    assert "中国" in hit.rule.wording


def test_of_nested_words_the_longest_counts_and_of_crossing_ones_both():
    assert words(check("中华人民共和国焊工证")) == ["中华人民共和国"]
    assert words(check("中国家级焊工证")) == ["中国", "国家"]


def test_each_occurrence_is_a_hit():
    assert [(hit.start, hit.end) for hit in check("中国与中国").hits] == [(0, 2), (3, 5)]


# days, places, issuers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "place", "outcome"),
    [
        (date(2018, 11, 30), FOSHAN, WordingOutcome.LAWFUL),
        (date(2018, 12, 1), FOSHAN, WordingOutcome.REFUSED),
        (date(2023, 11, 30), FOSHAN, WordingOutcome.REFUSED),
        (date(2023, 12, 1), FOSHAN, WordingOutcome.LAWFUL),
        (date(2019, 5, 10), SHENYANG, WordingOutcome.LAWFUL),
        (date(2017, 9, 11), FOSHAN, WordingOutcome.NO_RULE_KNOWN),
    ],
)
def test_the_words_that_guangdong_adds_bind_there_and_then_only(on, place, outcome):
    assert check("焊工上岗证", on=on, place=place).outcome is outcome


def test_a_lapsed_rule_is_history_and_no_reason():
    verdict = check("焊工上岗证", on=date(2023, 12, 1))
    assert verdict.hits == ()
    assert {(rule.word, rule.clause) for rule in verdict.rules_out_of_force} == {("上岗证", "GD18-2b")}


def test_after_the_lapse_a_reported_national_requirement_leaves_it_to_a_person():
    verdict = check("中国焊工证", on=date(2023, 12, 1))
    assert verdict.outcome is WordingOutcome.NEEDS_PERSON
    assert [rule.clause for rule in verdict.hits[0].rules] == ["RSBF17-68-2", "RSBH22-25-1"]
    assert verdict.hits[0].reason is PersonReason.UNCERTAIN_SOURCE


def test_while_both_bind_the_text_at_hand_decides_and_the_others_are_named():
    (hit,) = check("中国焊工证", on=date(2022, 6, 1)).hits
    assert [rule.clause for rule in hit.rules] == ["GD18-2b", "RSBF17-68-2", "RSBH22-25-1"]
    assert hit.outcome is WordingOutcome.REFUSED


def test_for_an_issuer_that_no_rule_speaks_of_none_is_known():
    assert check("中国焊工证", issuer=IssuerKind.AUTHORITY).outcome is WordingOutcome.NO_RULE_KNOWN
    assert check("中国焊工证", issuer=IssuerKind.ENTERPRISE).outcome is WordingOutcome.REFUSED


# lawful exceptions -------------------------------------------------------------------------------


def test_a_registered_name_is_left_to_a_person_and_hides_nothing_beside_it():
    name = "中国衡川重工集团有限公司"
    verdict = check(f"{name}焊工证", registered_names=[name])
    assert verdict.outcome is WordingOutcome.NEEDS_PERSON
    assert (verdict.hits[0].reason, verdict.hits[0].context) == (PersonReason.REGISTERED_NAME, name)
    assert check(f"{name}国家级焊工证", registered_names=[name]).outcome is WordingOutcome.REFUSED
    assert check(f"{name}焊工证").outcome is WordingOutcome.REFUSED


def test_official_occupation_names_mask_only_themselves():
    assert check("国家行政机关负责人").outcome is WordingOutcome.LAWFUL
    assert words(check("国家行政机关负责人国家证书")) == ["国家"]
    assert words(check("国家 行政机关负责人")) == ["国家"], "spaced out it is not the official name"


def test_an_address_is_left_to_a_person():
    (hit,) = check("地址：广东省佛山市某区", kind=TextKind.TEMPLATE_TEXT).hits
    assert (hit.reason, hit.context) == (PersonReason.PLACE_NAME, "广东省佛山市")
    assert check("广东省家政证").outcome is WordingOutcome.REFUSED


def test_a_word_in_the_title_of_a_law_is_left_to_a_person():
    (hit,) = check("依据《中华人民共和国劳动法》", kind=TextKind.TEMPLATE_TEXT).hits
    assert (hit.reason, hit.context) == (PersonReason.LAW_NAME, "中华人民共和国劳动法")
    assert check("《中国焊工证书》", kind=TextKind.TEMPLATE_TEXT).outcome is WordingOutcome.REFUSED


@pytest.mark.parametrize(
    ("certificate", "outcome"),
    [
        (CertificateKind.SKILL_LEVEL, WordingOutcome.LAWFUL),
        (CertificateKind.OWN_ASSESSMENT, WordingOutcome.NEEDS_PERSON),
        (CertificateKind.UNSTATED, WordingOutcome.NEEDS_PERSON),
    ],
)
def test_skill_level_wording_belongs_to_skill_level_certificates(certificate, outcome):
    verdict = check("电工职业技能等级证书", place=SHENYANG, on=date(2023, 3, 1), certificate=certificate)
    assert verdict.outcome is outcome


def test_a_right_that_is_not_stated_is_asked_for_before_the_source_is_doubted():
    unstated = check("电工职业技能等级证书", on=date(2023, 3, 1), certificate=CertificateKind.UNSTATED)
    assert unstated.hits[0].reason is PersonReason.RIGHT_UNSTATED


def test_the_directory_s_own_certificates_carry_the_words():
    text = "中华人民共和国职业资格证书"
    directory = CertificateKind.DIRECTORY_QUALIFICATION
    assert check(text, certificate=directory).outcome is WordingOutcome.LAWFUL
    assert words(check(text, certificate=CertificateKind.SKILL_LEVEL)) == ["中华人民共和国", "职业资格"]


def test_the_emblem_is_refused_as_a_declared_mark():
    assert check("国徽", kind=TextKind.MARK).outcome is WordingOutcome.REFUSED
    assert check("校徽", kind=TextKind.MARK).outcome is WordingOutcome.LAWFUL


# properties --------------------------------------------------------------------------------------

PLAIN_WORDS = sorted({rule.word for rule in GUARD.rules if rule.clause == "GD18-2b" and rule.word != "国徽"})
FILLERS = st.text(
    st.sampled_from(" 　\t\n\u00a0\u200b\u200c\u200d\u2060\ufeff\u00ad\u3164\ufe0f\u202f"), max_size=3
)
WIDER = {"人": "⼈", "入": "⼊", "中": "㊥", "上": "㊤", "全": "全"}


@given(st.sampled_from(PLAIN_WORDS), st.data(), st.sampled_from(list(TextKind)[:3]))
def test_spaces_invisible_characters_and_widths_never_hide_a_word(word, data, kind):
    written = "".join(
        data.draw(st.sampled_from([one, WIDER.get(one, one)])) + data.draw(FILLERS) for one in word
    )
    verdict = check(f"甲乙丙{written}丁戊", kind=kind)
    (hit,) = verdict.hits
    assert verdict.outcome is WordingOutcome.REFUSED
    assert hit.word == word
    assert hit.start == 3
    assert fold_of(verdict.text[hit.start : hit.end]) == fold_of(word)


def fold_of(text):
    from zhiping.core.wording.folding import fold_plainly

    return fold_plainly(text)


@given(
    st.text(st.sampled_from("中国华家全省职业资格人员证上岗准入广东 ·，\u200b國囯㊥安其的焊"), max_size=30)
)
def test_places_point_at_the_original_and_never_lie(text):
    for kind in (TextKind.CERTIFICATE_NAME, TextKind.TEMPLATE_TEXT):
        verdict = check(text, kind=kind)
        for hit in verdict.hits:
            assert text[hit.start : hit.end] == hit.found
            assert fold_of(hit.found) == hit.folded == fold_of(hit.word)
        assert (verdict.outcome is WordingOutcome.LAWFUL) is (not verdict.hits)


@given(
    st.text(st.sampled_from("中国华家 ·，\u200b國的焊"), max_size=30),
    st.text(st.sampled_from("焊工的电"), max_size=5),
)
def test_what_stands_apart_changes_nothing(text, more):
    before, after = check(text), check(f"{text}。{more}")
    assert words(before) == words(after)


def test_sentence_marks_part_phrases_in_running_text_and_not_in_names():
    assert words(check("过程中，国人皆知", kind=TextKind.TEMPLATE_TEXT)) == []
    assert words(check("中，国焊工证")) == ["中国"]


@pytest.mark.parametrize(
    ("text", "outcome", "found"),
    [
        ("少儿学中国画课程证", "refused", ["中国"]),
        ("研习中华文化研修证", "refused", ["中华"]),
        ("高中华文写作课程证", "needs_person", ["中华"]),
        ("初中国画课程证", "lawful", []),
        ("学习中国际贸易案例课程证", "lawful", []),
        ("本证不等同于国家职业资格证书", "needs_person", ["国家", "职业资格"]),
        ("国家职业资格证书", "refused", ["国家", "职业资格"]),
    ],
)
def test_two_words_that_meet_are_told_from_the_word_itself(text, outcome, found):
    verdict = check(text)
    assert (verdict.outcome, words(verdict)) == (outcome, found)


@pytest.mark.parametrize("text", ["打包过程管理员证", "面包过期处理", "外包过程审核"])
def test_chance_is_no_promise_of_passing(text):
    promise = {"kind": TextKind.ADVERTISEMENT, "on": date(2023, 3, 1)}
    assert words(check(text, **promise)) == []
    assert words(check("本班包过程度最高", **promise)) == ["包过"]


# the lists ---------------------------------------------------------------------------------------


def test_a_word_that_an_administrator_adds_is_enforced_in_every_disguise():
    guard = Guard.from_catalogue([{**ROW, "word": "总局"}])
    verdict = guard.check(
        "總 局焊工证", kind=TextKind.CERTIFICATE_NAME, place=Place("440100"), on=date(2020, 1, 1)
    )
    assert verdict.outcome is WordingOutcome.REFUSED


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("place", "44"),
        ("valid_from", "2020"),
        ("valid_to", "2019-01-01"),
        ("applies_to", "poem"),
        ("applies_to", ""),
        ("issuers", ""),
        ("needs_right", "maybe"),
        ("certainty", "sure"),
        ("carried_by", "diploma"),
        ("word", "·"),
        ("clause", ""),
        ("wording", ""),
    ],
)
def test_a_wrong_row_is_refused_and_named(column, value):
    with pytest.raises(WordRuleUnreadableError) as refusal:
        word_rules([ROW, {**ROW, column: value}])
    assert refusal.value.facts["line"] == 3


def test_a_row_that_lacks_a_column_is_refused():
    with pytest.raises(WordRuleUnreadableError):
        word_rules([{key: value for key, value in ROW.items() if key != "certainty"}])


@pytest.mark.parametrize("change", [{"context": "丙丁"}, {"context": "甲乙甲乙"}, {"treatment": "maybe"}])
def test_a_context_that_does_not_hold_its_word_once_is_refused(change):
    with pytest.raises(WordRuleUnreadableError):
        contexts([{**CONTEXT, **change}])


def test_a_context_for_any_word_is_a_title():
    with pytest.raises(WordRuleUnreadableError):
        title_endings([{**CONTEXT, "word": "*", "context": "甲法"}])
    assert title_endings([{**CONTEXT, "word": "*", "context": "《*(法/条例)》"}]) == ("法", "条例")


def test_alternatives_are_spelled_out():
    assert spelled_out("(甲/乙)丙(/丁)") == ["甲丙", "甲丙丁", "乙丙", "乙丙丁"]
    assert spelled_out("甲") == ["甲"]


def test_every_context_changes_something():
    """A context that no longer meets its word is dead weight: each, alone, must be seen to work."""
    for context in contexts(row for row in read_rows("wording_contexts.csv")):
        gap = context.gap_at
        text = context.text if gap is None else f"{context.text[:gap]} {context.text[gap:]}"
        kept = check(text, kind=TextKind.TEMPLATE_TEXT, on=date(2022, 6, 1))
        hits = [hit for hit in kept.hits if fold_of(hit.word) == context.word]
        if context.treatment == "pass":
            assert hits == [], text
        else:
            assert all(hit.outcome is WordingOutcome.NEEDS_PERSON for hit in hits), text


def test_every_row_of_the_list_refuses_or_asks_on_its_first_day():
    for rule in GUARD.rules:
        for kind in rule.applies_to:
            verdict = GUARD.check(
                rule.word, kind=kind, place=rule.place, on=rule.period.start, certificate=OWN
            )
            (hit,) = verdict.hits
            assert hit.word == rule.word
            assert rule in hit.rules
            assert (hit.outcome is WordingOutcome.REFUSED) is (hit.rule.certainty is Certainty.CONFIRMED)
