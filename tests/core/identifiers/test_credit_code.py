import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.identifiers import credit_code
from zhiping.core.identifiers.credit_code import ALPHABET, DEPARTMENTS, CreditCodeInvalidError
from zhiping.core.identifiers.synthetic import NotFictionalError, fictional_credit_code

# Worked examples from the standard's literature.
SAMPLES = ("91110000600037341L", "91350100M000100Y43")


def codes(text: str) -> list[str]:
    return [problem.code.removeprefix("identifiers.") for problem in credit_code.problems(text)]


@pytest.mark.parametrize("text", SAMPLES)
def test_the_published_samples_pass(text):
    code = credit_code.parse(text)
    assert (str(code), code.department, code.is_enterprise, code.is_fictional) == (text, "工商", True, False)


def test_the_parts_are_named():
    code = credit_code.parse(SAMPLES[0])
    assert (code.division, code.organisation_code) == ("110000", "600037341")


@pytest.mark.parametrize("department", list(DEPARTMENTS))
def test_every_registering_department_passes_also_those_with_letters(department):
    code = credit_code.parse(fictional_credit_code(7, department=department, category="3"))
    assert code.department == DEPARTMENTS[department]


def test_social_bodies_and_public_institutions_pass():
    assert credit_code.parse(fictional_credit_code(1, department="5", category="2")).department == "民政"
    assert credit_code.parse(fictional_credit_code(1, department="1", category="2")).department == "机构编制"


def test_rural_collectives_with_two_letters_pass():
    assert credit_code.parse(fictional_credit_code(3, department="N", category="A")).department == "农业"


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_are_never_used_are_refused_with_a_hint(letter):
    text = SAMPLES[0][:9] + letter + SAMPLES[0][10:]
    (problem,) = credit_code.problems(text)
    assert problem.code == "identifiers.credit_code_characters"
    assert problem.facts["place"] == 10
    assert problem.facts["hint"] == {"I": "1", "O": "0", "S": "5", "V": "", "Z": "2"}[letter]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["credit_code_length"]),
        (SAMPLES[0][:-1], ["credit_code_length"]),
        (SAMPLES[0][:-1] + "M", ["credit_code_check"]),
        (SAMPLES[0][:16] + "2" + SAMPLES[0][17], ["organisation_code_check", "credit_code_check"]),
        ("B" + SAMPLES[0][1:], ["credit_code_department", "credit_code_check"]),
        ("91A10000600037341L", ["credit_code_division", "credit_code_check"]),
    ],
)
def test_a_wrong_text_is_refused_with_every_reason(text, expected):
    assert codes(text) == expected


def test_width_case_and_spaces_do_not_decide():
    assert str(credit_code.parse(" \uff19\uff11110000 600037341l ")) == SAMPLES[0]


def test_the_refusal_carries_its_problems():
    with pytest.raises(CreditCodeInvalidError) as refusal:
        credit_code.parse("1")
    assert refusal.value.facts["problems"] == ("identifiers.credit_code_length",)
    assert refusal.value.problems[0].facts["length"] == 1


@given(serial=st.integers(0, 99_999_999), place=st.integers(0, 17), sign=st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes(serial, place, sign):
    code = fictional_credit_code(serial)
    wrong = code[:place] + sign + code[place + 1 :]
    assert (wrong == code) == (not codes(wrong))


@given(serial=st.integers(0, 99_999_999))
def test_made_up_codes_pass_and_are_marked(serial):
    assert credit_code.parse(fictional_credit_code(serial)).is_fictional


def test_made_up_codes_cannot_be_made_for_a_real_division():
    for arguments in ({"area": "440600"}, {"department": "Z"}, {"category": "I"}, {"serial": 100_000_000}):
        with pytest.raises(NotFictionalError):
            fictional_credit_code(**({"serial": 1} | arguments))
