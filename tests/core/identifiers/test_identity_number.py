from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhiping.core.identifiers import identity_number
from zhiping.core.identifiers.identity_columns import full_identity_number_expr, identity_number_valid_expr
from zhiping.core.identifiers.identity_number import Gender, Holder, IdentityNumberInvalidError
from zhiping.core.identifiers.synthetic import (
    NotFictionalError,
    fictional_identity_number,
    fictional_sequence,
)

DAY = date(2026, 3, 1)
GOOD = "990101199001010019"
# Worked examples of the standard's own text, of people born in 1949.
STANDARD = "11010519491231002X"
STANDARD_FORMER = "110105491231002"


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


def codes(text: str, on: date = DAY) -> list[str]:
    return [problem.code.removeprefix("identifiers.") for problem in identity_number.problems(text, on=on)]


def test_the_standards_own_example_passes_and_tells_birth_date_and_gender():
    number = identity_number.parse(STANDARD, on=DAY)
    assert (number.text, number.born, number.gender) == (STANDARD, date(1949, 12, 31), Gender.FEMALE)
    assert (number.holder, number.is_fictional) == (Holder.RESIDENT, False)


def test_a_former_number_becomes_the_full_one():
    number = identity_number.parse(STANDARD_FORMER, on=DAY)
    assert (number.text, number.was_upgraded) == (STANDARD, True)
    assert identity_number.same_person(STANDARD_FORMER, STANDARD.lower())


@pytest.mark.parametrize(
    "text",
    [
        STANDARD.lower(),
        wide(STANDARD),
        " 110105 19491231 002X ",
        "'11010519491231002X",
        "110105\u200b19491231002X",
    ],
)
def test_width_spaces_case_and_invisible_signs_do_not_decide(text):
    assert identity_number.parse(text, on=DAY).text == STANDARD


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["identity_number_length"]),
        (GOOD[:-1], ["identity_number_length"]),
        (GOOD + "0", ["identity_number_length"]),
        ("X" + GOOD[1:], ["identity_number_characters"]),
        ("99010119900101001O", ["identity_number_characters"]),
        ("٩90101199001010019", ["identity_number_characters"]),
        ("990101199001010018", ["identity_number_check"]),
        ("990101199010010019", ["identity_number_check"]),
    ],
)
def test_a_wrong_text_is_refused_with_its_reason(text, expected):
    assert codes(text) == expected


def with_check(body: str) -> str:
    return body + identity_number.check_character(body)


def test_a_birth_date_must_be_a_day_of_the_calendar():
    assert codes(with_check("99010119900229001")) == ["birth_date_not_a_day"]
    assert codes(with_check("99010120000229001")) == []
    assert codes(with_check("99010119901301001")) == ["birth_date_not_a_day"]
    assert codes(with_check("99010100000101001")) == ["birth_date_not_a_day"]


def test_a_birth_date_may_be_the_day_itself_but_not_later():
    assert codes(with_check("99010120260301001")) == []
    assert codes(with_check("99010120260302001")) == ["birth_date_in_future"]


def test_nobody_is_older_than_a_hundred_and_fifty_years():
    assert codes(with_check("99010118750302001")) == []
    assert codes(with_check("99010118750301001")) == ["birth_date_too_long_ago"]


@pytest.mark.parametrize(
    ("head", "holder"),
    [
        ("91", Holder.FOREIGNER),
        ("81", Holder.HONG_KONG_MACAO_TAIWAN),
        ("83", Holder.HONG_KONG_MACAO_TAIWAN),
        ("99", Holder.FICTIONAL),
        ("65", Holder.RESIDENT),
        ("71", Holder.RESIDENT),
    ],
)
def test_the_head_tells_whose_paper_it_is(head, holder):
    assert identity_number.parse(with_check(head + "010119900101001"), on=DAY).holder is holder


@pytest.mark.parametrize("head", ["00", "10", "16", "24", "38", "47", "55", "66", "72", "84"])
def test_a_head_of_no_province_is_refused(head):
    assert codes(with_check(head + "010119900101001")) == ["identity_number_head"]


def test_an_area_that_was_abolished_long_ago_is_still_a_persons_area():
    # 440623 was a county until 1992: those who were registered there keep their numbers.
    assert codes(with_check("44062319700101001")) == []


def test_neither_the_refusal_nor_the_value_shows_the_number():
    wrong = "990101199001010018"
    with pytest.raises(IdentityNumberInvalidError) as refusal:
        identity_number.parse(wrong, on=DAY)
    assert wrong not in str(refusal.value)
    assert "19900101" not in repr(identity_number.parse(GOOD, on=DAY))


def test_upgrading_takes_fifteen_digits_only():
    with pytest.raises(IdentityNumberInvalidError):
        identity_number.upgrade(STANDARD)
    with pytest.raises(IdentityNumberInvalidError):
        identity_number.upgrade("11010549123100X")


def test_age_is_counted_in_full_years():
    number = identity_number.parse(with_check("99010120100301001"), on=DAY)
    assert number.age_on(date(2026, 2, 28)) == 15
    assert number.age_on(date(2026, 3, 1)) == 16


BORN = st.dates(date(1900, 1, 1), DAY)


@given(born=BORN, sequence=st.integers(0, 999))
def test_every_made_up_number_passes_and_is_marked_as_made_up(born, sequence):
    number = identity_number.parse(fictional_identity_number(born=born, sequence=sequence), on=DAY)
    assert (number.born, number.is_fictional) == (born, True)
    assert number.gender is (Gender.MALE if sequence % 2 else Gender.FEMALE)


@given(born=BORN, sequence=st.integers(0, 999), place=st.integers(0, 16), shift=st.integers(1, 9))
def test_one_wrong_digit_never_passes(born, sequence, place, shift):
    number = fictional_identity_number(born=born, sequence=sequence)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert codes(wrong)


@given(born=BORN, sequence=st.integers(0, 999), place=st.integers(0, 15))
def test_two_neighbours_swapped_never_pass(born, sequence, place):
    number = fictional_identity_number(born=born, sequence=sequence)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or codes(swapped)


def test_made_up_numbers_cannot_be_made_with_a_real_area():
    for area in ("440605", "990", "99010A", "910101"):
        with pytest.raises(NotFictionalError):
            fictional_identity_number(born=DAY, sequence=1, area=area)
    with pytest.raises(NotFictionalError):
        fictional_identity_number(born=DAY, sequence=1000)


def test_sequences_of_a_gender_do_not_repeat():
    men = {fictional_sequence(index, Gender.MALE) for index in range(500)}
    women = {fictional_sequence(index, Gender.FEMALE) for index in range(500)}
    assert len(men) == len(women) == 500
    assert not men & women
    assert max(men | women) == 999


numberish = st.one_of(
    st.builds(
        fictional_identity_number,
        born=st.dates(date(1800, 1, 1), date(2100, 1, 1)),
        sequence=st.integers(0, 999),
    ),
    st.text("0123456789Xx \uff19\uff10'\u200b", max_size=20),
    st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{16}", fullmatch=True).map(with_check),
    st.from_regex(r"[1-9][0-9]{5}[0-9]{2}[01][0-9][0-3][0-9]{4}", fullmatch=True),
    st.text(max_size=18),
)


@settings(deadline=None)  # the first call builds the engine's plan
@given(texts=st.lists(numberish, min_size=1, max_size=40), ahead=st.integers(-400, 400))
@example(texts=[with_check("99010120000229001"), with_check("99010118760229001"), "110105000229002"], ahead=0)
@example(texts=[STANDARD, STANDARD_FORMER, GOOD, "", "X" * 18], ahead=0)
def test_the_column_check_agrees_with_the_single_check(texts, ahead):
    on = DAY + timedelta(days=ahead)
    answers = pl.DataFrame({"number": texts}).select(identity_number_valid_expr("number", on=on))
    assert answers["number"].to_list() == [not identity_number.problems(text, on=on) for text in texts]


def test_a_missing_number_stays_missing_in_a_column():
    answers = pl.DataFrame({"number": [None, GOOD]}).select(identity_number_valid_expr("number", on=DAY))
    assert answers["number"].to_list() == [None, True]


def test_a_column_is_upgraded_like_a_single_number():
    column = pl.DataFrame({"number": [STANDARD_FORMER, " 990101199001010019", "12"]})
    assert column.select(full_identity_number_expr("number"))["number"].to_list() == [STANDARD, GOOD, "12"]


def test_a_hundred_thousand_rows_are_checked_in_one_go():
    numbers = [
        fictional_identity_number(born=date(1980, 1, 1) + timedelta(days=row // 1000), sequence=row % 1000)
        for row in range(100_000)
    ]
    numbers[77_777] = numbers[77_777][:-1] + ("0" if numbers[77_777][-1] != "0" else "1")
    answers = pl.DataFrame({"number": numbers}).select(identity_number_valid_expr("number", on=DAY))["number"]
    assert [row for row, is_valid in enumerate(answers) if not is_valid] == [77_777]
