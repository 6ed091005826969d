import ast
from pathlib import Path

from zhiping.core import catalogues
from zhiping.core.catalogues import errors
from zhiping.core.catalogues.code_lists import (
    certificate_level_codes,
    nations,
    province_number_codes,
    qualification_issuer_codes,
    sheet_values,
)
from zhiping.core.catalogues.files import Certainty
from zhiping.core.catalogues.messages import SENTENCES
from zhiping.core.identifiers import provinces
from zhiping.kernel.errors import DomainError


def test_the_nations_are_numbered_as_the_standard_does():
    codes = nations()
    assert len(codes) == 56
    assert (codes["汉族"], codes["高山族"], codes["拉祜族"], codes["基诺族"]) == ("01", "23", "24", "56")


def test_the_province_digits_agree_with_the_check_and_mark_what_is_uncertain():
    codes = {entry.code: entry for entry in province_number_codes()}
    assert set(codes) == provinces.ALL | {"66"}
    assert codes["23"].certainty is Certainty.CONFIRMED
    assert {code for code, entry in codes.items() if entry.certainty is Certainty.UNCERTAIN} == {
        "66",
        "71",
        "81",
        "82",
    }


def test_the_levels_go_from_five_to_one_and_the_letter_is_uncertain():
    codes = certificate_level_codes()
    assert [entry.code for entry in codes] == ["5", "4", "3", "2", "1", "T"]
    assert [entry.certainty for entry in codes[:5]] == [Certainty.CONFIRMED] * 5
    assert codes[5].certainty is Certainty.UNCERTAIN


def test_issuers_of_qualifications_are_not_numbered_like_places():
    assert {entry.code: entry.name for entry in qualification_issuer_codes()} == {
        "10": "江苏",
        "72": "烟草行业",
    }


def test_the_candidate_sheet_offers_twelve_kinds_of_education():
    education = sheet_values("education")
    assert len(education) == 12
    assert (education[0].name, education[-1].name) == ("博士", "小学")
    assert [entry.name for entry in sheet_values("evaluation_kind")] == ["初次认定", "晋级认定"]
    assert [entry.name for entry in sheet_values("exam_kind")] == ["正考", "补考"]
    sources = sheet_values("candidate_source")
    assert (sources[0].name, sources[-1].name) == ("国有企业", "机关事业单位")
    assert {entry.certainty for entry in sources[1:-1]} == {Certainty.UNCERTAIN}
    assert sheet_values("shoe_size") == ()


def test_every_refusal_has_a_sentence_that_uses_only_its_facts():
    classes = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DomainError)
    ]
    assert {kind.code for kind in classes if kind is not DomainError} == set(SENTENCES)
    raised = {}
    for file in Path(catalogues.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                facts = {keyword.arg: "…" for keyword in node.exc.keywords}
                raised.setdefault(getattr(errors, node.exc.func.id).code, []).append(facts)
    assert set(raised) == set(SENTENCES)
    for code, uses in raised.items():
        for facts in uses:
            assert "…" in SENTENCES[code].format(**facts)
