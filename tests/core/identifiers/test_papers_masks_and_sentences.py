import ast
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core import identifiers
from zhiping.core.identifiers import certificate_number, identity_number, identity_paper
from zhiping.core.identifiers.identity_paper import IdentityPaper
from zhiping.core.identifiers.masking import Audience, mask_identity_number, mask_name, mask_phone
from zhiping.core.identifiers.messages import SENTENCES, sentence
from zhiping.core.identifiers.normal_text import normalise_code, normalise_text
from zhiping.core.identifiers.problems import Problem
from zhiping.core.identifiers.synthetic import fictional_identity_number

DAY = date(2026, 3, 1)
GOOD = "990101199001010019"


def with_check(body: str) -> str:
    return body + identity_number.check_character(body)


@pytest.mark.parametrize(
    ("paper", "number"),
    [
        (IdentityPaper.IDENTITY_CARD, GOOD),
        (IdentityPaper.IDENTITY_CARD, "110105491231002"),
        (IdentityPaper.RESIDENCE_PERMIT, with_check("81000019900101001")),
        (IdentityPaper.PERMANENT_RESIDENCE_CARD, with_check("91184019900101001")),
        (IdentityPaper.PERMANENT_RESIDENCE_CARD, "USA110000000000"),
        (IdentityPaper.HONG_KONG_MACAO_PERMIT, "h00000001"),
        (IdentityPaper.HONG_KONG_MACAO_PERMIT, "M0000000101"),
        (IdentityPaper.TAIWAN_PERMIT, "00000001"),
        (IdentityPaper.TAIWAN_PERMIT, "0000000001(B)"),
        (IdentityPaper.PASSPORT, "E00000001"),
        (IdentityPaper.OFFICER_CARD, "军字第0000001号"),
        (IdentityPaper.OFFICER_CARD, "0000001"),
    ],
)
def test_a_plausible_number_of_each_paper_passes(paper, number):
    assert identity_paper.problems(paper, number, on=DAY) == ()


@pytest.mark.parametrize(
    ("paper", "number", "code"),
    [
        (IdentityPaper.IDENTITY_CARD, "", "paper_number_missing"),
        (IdentityPaper.IDENTITY_CARD, with_check("81000019900101001"), "paper_of_another_kind"),
        (IdentityPaper.IDENTITY_CARD, "990101199001010018", "identity_number_check"),
        (IdentityPaper.RESIDENCE_PERMIT, GOOD, "paper_of_another_kind"),
        (IdentityPaper.PERMANENT_RESIDENCE_CARD, GOOD, "paper_of_another_kind"),
        (IdentityPaper.HONG_KONG_MACAO_PERMIT, "A00000001", "paper_number_shape"),
        (IdentityPaper.TAIWAN_PERMIT, "0000001", "paper_number_shape"),
        (IdentityPaper.PASSPORT, "ABCDEFG", "paper_number_shape"),
        (IdentityPaper.PASSPORT, GOOD, "paper_number_shape"),
        (IdentityPaper.OFFICER_CARD, "无", "paper_number_shape"),
    ],
)
def test_an_implausible_number_is_refused(paper, number, code):
    (problem,) = identity_paper.problems(paper, number, on=DAY)
    assert problem.code == f"identifiers.{code}"


def test_the_papers_are_written_as_forms_write_them():
    assert IdentityPaper("港澳台居民居住证") is IdentityPaper.RESIDENCE_PERMIT
    assert len(IdentityPaper) == 7


@given(born=st.dates(date(1930, 1, 1), DAY), sequence=st.integers(0, 999))
def test_a_public_notice_shows_neither_birth_date_nor_sequence_nor_check_character(born, sequence):
    number = fictional_identity_number(born=born, sequence=sequence)
    shown = mask_identity_number(number, Audience.PUBLIC)
    assert shown == number[:6] + "*" * 12


def test_an_operator_sees_the_first_three_and_the_last_four():
    assert mask_identity_number(GOOD, Audience.OPERATOR) == "990***********0019"


@given(st.text("0123456789ABX", max_size=20), st.sampled_from(Audience))
def test_a_mask_keeps_the_length_and_always_hides_something(number, audience):
    shown = mask_identity_number(number, audience)
    assert len(shown) == len(number)
    assert not number or "*" in shown


def test_short_numbers_of_other_papers_show_their_ends_at_most():
    assert mask_identity_number("E00000001", Audience.OPERATOR) == "E*******1"
    assert mask_identity_number("E00000001", Audience.PUBLIC) == "E********"
    assert mask_identity_number("12", Audience.OPERATOR) == "**"


def test_names_and_telephones():
    assert [mask_name(name) for name in ("", "张", "张三", "张小三", "阿依·古丽")] == [
        "",
        "张",
        "张*",
        "张**",
        "阿*·**",
    ]
    assert mask_phone("19900001234") == "199****1234"
    assert mask_phone("0000-123") == "****-123"


def test_free_text_has_one_spelling():
    assert normalise_text("　佛山市\u200b　　顺德区\n") == "佛山市 顺德区"
    assert normalise_code("\uff59 00—01 ") == "Y00-01"


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text):
    assert normalise_text(normalise_text(text)) == normalise_text(text)


def codes_in_the_sources() -> set[str]:
    folder = Path(identifiers.__file__).parent
    found = set()
    for file in folder.glob("*.py"):
        if file.name != "messages.py":
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and re.fullmatch(r"identifiers\.[a-z_]+", str(node.value)):
                    found.add(node.value)
    return found - {"identifiers.invalid"}


def test_every_code_has_a_sentence_and_every_sentence_a_code():
    assert codes_in_the_sources() == set(SENTENCES)


def test_every_sentence_says_what_to_do():
    for code, text in SENTENCES.items():
        assert text.endswith("。"), code
        assert text.count("。") >= 2, code


@given(st.text(max_size=24), st.sampled_from(IdentityPaper))
def test_every_problem_can_be_said(text, paper):
    found = (*identity_paper.problems(paper, text, on=DAY), *certificate_number.problems(text, on=DAY))
    for problem in found:
        assert "{" not in sentence(problem).replace(text, "") or "{" in text


def test_a_sentence_shows_days_places_and_the_suggestion():
    (late,) = identity_number.problems(with_check("99010120260302001"), on=DAY)
    assert "2026年3月1日" in sentence(late)
    (letters,) = certificate_number.problems("YO00123OOOOO1195000001")
    assert "第 2、8" in sentence(letters)
    assert sentence(
        Problem(
            code="identifiers.certificate_number_kind", facts={"value": "5", "character": "5", "hint": "S"}
        )
    ).endswith("您要填写的可能是“S”。")
