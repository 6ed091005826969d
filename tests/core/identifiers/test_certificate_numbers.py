from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.identifiers import certificate_number, occupation_code, provinces, qualification_number
from zhiping.core.identifiers.certificate_number import (
    CertificateNumber,
    CertificateNumberInvalidError,
    IssuerKind,
    NumberScheme,
)
from zhiping.core.identifiers.occupation_code import OccupationCodeInvalidError
from zhiping.core.identifiers.qualification_number import QualificationNumber, QualificationNumberInvalidError

DAY = date(2026, 3, 1)
GOOD = "Y000123000001195000001"


def codes(text: str, **settings) -> list[str]:
    return [
        problem.code.removeprefix("identifiers.") for problem in certificate_number.problems(text, **settings)
    ]


def test_the_seven_parts_are_read():
    number = CertificateNumber.parse(GOOD, on=DAY)
    assert number.kind is IssuerKind.EMPLOYER
    assert (number.body_code, number.province, number.body_serial) == ("0001", "23", "000001")
    assert (number.year, number.level, number.serial) == (2019, "5", 1)
    assert number.was_filed_with_ministry
    assert str(number) == GOOD
    assert number.prefix == GOOD[:13]


def test_a_body_filed_with_a_province_has_four_zeros():
    number = CertificateNumber.compose(
        kind=IssuerKind.SOCIAL_BODY, province="44", body_serial="060001", year=2026, level="3", serial=42
    )
    assert str(number) == "S000044060001263000042"
    assert not number.was_filed_with_ministry


@pytest.mark.parametrize(
    "text",
    [
        GOOD.lower(),
        "\uff39" + GOOD[1:],
        GOOD[:5] + "\uff12\uff13" + GOOD[7:],
        " Y0001 23 000001 19 5 000001",
    ],
)
def test_width_case_and_spaces_do_not_decide(text):
    assert str(CertificateNumber.parse(text)) == GOOD


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["certificate_number_length"]),
        (GOOD[:-1], ["certificate_number_length"]),
        ("J" + GOOD[1:], ["certificate_number_kind"]),
        ("5" + GOOD[1:], ["certificate_number_kind"]),
        ("Y000199000001195000001", ["certificate_number_province"]),
        ("Y000123000001190000001", ["certificate_number_level"]),
        ("Y000123000001196000001", ["certificate_number_level"]),
        ("Y00012300000119T000001", ["certificate_number_level"]),
        ("Y000123000001275000001", ["certificate_number_year"]),
        ("YO00123000001195000001", ["certificate_number_characters"]),
        (
            "J000199000001996000001",
            [
                "certificate_number_kind",
                "certificate_number_province",
                "certificate_number_year",
                "certificate_number_level",
            ],
        ),
    ],
)
def test_a_wrong_text_is_refused_with_every_reason(text, expected):
    assert codes(text, on=DAY) == expected


def test_look_alike_letters_are_read_back_as_a_suggestion():
    (problem,) = certificate_number.problems("Yooo1230OOOO1I95OOOOOl")
    assert problem.facts["hint"] == "Y000123000001195000001"
    (problem,) = certificate_number.problems("Y中00123000001195000001")
    assert problem.facts["hint"] == ""
    (problem,) = certificate_number.problems("5" + GOOD[1:])
    assert problem.facts["hint"] == "S"


def test_letters_for_levels_above_one_are_configuration():
    scheme = NumberScheme(level_letters="T")
    number = CertificateNumber.parse("Y00012300000119T000001", scheme=scheme)
    assert number.level == "T"
    assert number == CertificateNumber.compose(
        kind=IssuerKind.EMPLOYER,
        body_code="0001",
        province="23",
        body_serial="000001",
        year=2019,
        level="T",
        serial=1,
        scheme=scheme,
    )


def test_provinces_are_configuration():
    assert codes("Y000166000001195000001") == ["certificate_number_province"]
    assert codes("Y000166000001195000001", scheme=NumberScheme(provinces=provinces.ALL | {"66"})) == []


def test_the_province_digits_are_the_31_mainland_ones_and_three_more():
    assert (len(provinces.MAINLAND), len(provinces.ALL)) == (31, 34)
    assert {"23", "44", "21", "50", "65", "71", "82"} <= provinces.ALL
    assert not {"16", "20", "24", "38", "40", "47", "55", "60", "66"} & provinces.ALL


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("serial", 0),
        ("serial", 1_000_000),
        ("level", "0"),
        ("level", "12"),
        ("level", ""),
        ("year", 1999),
        ("year", 2100),
        ("body_serial", "12345"),
        ("body_serial", "12345A"),
        ("province", "00"),
        ("body_code", "001"),
    ],
)
def test_a_part_that_does_not_fit_is_named(part, value):
    parts = {
        "kind": IssuerKind.EMPLOYER,
        "body_code": "0000",
        "province": "44",
        "body_serial": "060001",
        "year": 2026,
        "level": "3",
        "serial": 1,
    }
    with pytest.raises(CertificateNumberInvalidError) as refusal:
        CertificateNumber.compose(**(parts | {part: value}))
    assert [problem.facts["part"] for problem in refusal.value.problems] == [part]


@given(
    kind=st.sampled_from(IssuerKind),
    province=st.sampled_from(sorted(provinces.ALL)),
    body_code=st.integers(0, 9999).map("{:04d}".format),
    body_serial=st.integers(0, 999_999).map("{:06d}".format),
    year=st.integers(2000, 2099),
    level=st.sampled_from("12345"),
    serial=st.integers(1, 999_999),
)
def test_composing_and_reading_are_inverse(**parts):
    number = CertificateNumber.compose(**parts)
    assert len(str(number)) == 22
    assert CertificateNumber.parse(str(number)) == number


def test_an_unreadable_number_is_refused():
    with pytest.raises(CertificateNumberInvalidError):
        CertificateNumber.parse("1234")


# --- qualification certificates ---


def qualification_codes(text: str) -> list[str]:
    return [problem.code.removeprefix("identifiers.") for problem in qualification_number.problems(text)]


def test_digits_three_and_four_of_a_qualification_are_no_place():
    # Jiangsu is 32 in GB/T 2260 and 10 here; the tobacco industry is 72, which is no place at all.
    jiangsu = QualificationNumber.parse("1210012003400001")
    assert (jiangsu.year, jiangsu.issuer_code, jiangsu.city_code) == (2012, "10", "01")
    assert (jiangsu.site_kind, jiangsu.site_serial, jiangsu.level, jiangsu.serial) == (
        "2",
        "003",
        "4",
        "00001",
    )
    assert QualificationNumber.parse("0572003018300001").issuer_code == "72"


def test_numbers_of_the_nineties_are_of_the_nineties():
    assert QualificationNumber.parse("9810012003400001").year == 1998


def test_shanghais_thirteen_digits_are_filled_up():
    number = QualificationNumber.parse("0109000000123")
    assert str(number) == "0000109000000123"
    assert (number.is_old_shanghai, number.year, number.issuer_code) == (True, None, "")
    assert QualificationNumber.parse("0000109000000123") == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["qualification_number_length"]),
        ("12100120034000011", ["qualification_number_length"]),
        ("12100120034000O1", ["qualification_number_characters"]),
        ("1210015003400001", ["qualification_number_site_kind"]),
        ("1210012003600001", ["qualification_number_level"]),
        ("1210012003000000", ["qualification_number_level", "qualification_number_serial"]),
    ],
)
def test_a_wrong_qualification_number_is_refused_with_every_reason(text, expected):
    assert qualification_codes(text) == expected
    with pytest.raises(QualificationNumberInvalidError):
        QualificationNumber.parse(text)


def test_a_qualification_number_with_letters_gets_a_suggestion():
    (problem,) = qualification_number.problems("12lOO12003400OO1")
    assert problem.facts["hint"] == "1210012003400001"
    (problem,) = qualification_number.problems("12中0012003400001")
    assert problem.facts["hint"] == ""


# --- occupation codes ---


def test_a_code_that_ends_in_zeros_is_an_occupation():
    code = occupation_code.parse("4-08-06-00")
    assert code.is_alone_in_group
    assert (code.major, code.middle, code.minor) == ("4", "4-08", "4-08-06")
    assert not occupation_code.parse("6-31-01-03").is_alone_in_group


@pytest.mark.parametrize("text", ["6-31-01-03", "6310103", "6－31－01－03", " 6—31—01—03", "\uff16-31-01-03"])
def test_one_occupation_has_one_spelling(text):
    assert str(occupation_code.parse(text)) == "6-31-01-03"


@pytest.mark.parametrize("text", ["6", "6-31", "6-31-01"])
def test_a_group_is_no_occupation(text):
    (problem,) = occupation_code.problems(text)
    assert problem.code == "identifiers.occupation_code_is_group"


@pytest.mark.parametrize(
    "text", ["", "9-01-01-01", "0-01-01-01", "6-31-1-03", "6-31-01-003", "X2-01", "63101"]
)
def test_other_forms_are_refused(text):
    with pytest.raises(OccupationCodeInvalidError) as refusal:
        occupation_code.parse(text)
    assert refusal.value.problems[0].code == "identifiers.occupation_code_form"
