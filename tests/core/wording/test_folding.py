import hashlib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.wording.folding import Disguise, Gap, fold, fold_plainly, traditional
from zhiping.core.wording.look_alikes import CLOSE, SAME

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("中國", "中国"),
        ("㊥国", "中国"),
        ("⼈员", "人员"),
        ("人⺠", "人民"),
        ("中\u200b国", "中国"),
        ("中·国", "中国"),
        ("中　国", "中国"),
        ("ＡＢＣ", "abc"),  # noqa: RUF001 - full-width letters are the point
        ("中\u20dd国\u0336", "中国"),
        ("囯傢", "国家"),
        ("中\u3164国", "中国"),
        ("\u202e国中", "中国"),
        ("", ""),
        ("·　\u200b", ""),
    ],
)
def test_disguises_are_read_through(text, read):
    assert fold_plainly(text) == fold(text).text == read


@given(ANY_TEXT)
def test_both_ways_of_reading_agree_and_reading_twice_changes_nothing(text):
    folded = fold(text)
    assert folded.text == fold_plainly(text)
    assert fold_plainly(folded.text) == folded.text
    assert len(folded.characters) == len(folded.text)


@given(ANY_TEXT)
def test_every_character_leads_back_into_the_original(text):
    folded = fold(text)
    for number, one in enumerate(folded.characters):
        start, end = folded.span(number, number + 1)
        assert end == start + 1
        assert one.text in fold(text[start:end]).text


def test_the_gap_remembers_the_widest_of_what_stood_there():
    assert [one.gap for one in fold("甲乙\u200b丙 丁·戊，己").characters] == [
        Gap.NONE,
        Gap.NONE,
        Gap.INVISIBLE,
        Gap.SPACE,
        Gap.PUNCTUATION,
        Gap.SENTENCE,
    ]
    assert fold("甲 \u200b·乙").characters[1].gap is Gap.PUNCTUATION


def test_the_override_ends_with_its_mark_or_the_line():
    assert fold("焊工\u202e格资业职\u202c证书").text == "焊工职业资格证书"
    assert fold("\u202e乙甲\n丙").text == "甲乙丙"
    folded = fold("焊工\u202e格资业职\u202c证书")
    assert folded.original[slice(*folded.span(2, 6))] == "格资业职"
    assert Disguise.REVERSED in folded.disguises(2, 6)


@pytest.mark.parametrize("character", sorted(SAME))
def test_every_look_alike_reads_as_what_it_passes_for(character):
    assert fold_plainly(character) == fold_plainly(SAME[character]) == SAME[character]


def test_characters_of_their_own_are_never_merged():
    assert all(fold_plainly(one) != fold_plainly(other) for one in CLOSE for other in CLOSE[one])


def test_the_table_of_traditional_characters_is_whole():
    content = (files("zhiping.core.wording") / "traditional.txt").read_bytes()
    assert hashlib.sha256(content).hexdigest() == SEAL
    table = traditional()
    assert len(table) == 4117
    assert all(len(one) == len(other) == 1 and one != other for one, other in table.items())


SEAL = "6db68cf923470b6402e89b59aa2b32202df99c16a3eef0a19faee75a6d4a48b9"
