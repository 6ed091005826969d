import re
import shutil
import subprocess
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from zhiping.core.credential import (
    BatchEmptyError,
    BatchTooLargeError,
    CertificateDocument,
    DocumentFieldError,
    FontsMissingError,
    MissingGlyphError,
    Paper,
    canonical_bytes,
    check_code,
    digest,
    qr_svg,
    render_pdf,
    sentence,
    verification_address,
)

FOLDERS = tuple(each for each in (Path("/usr/share/fonts"), Path.home() / ".fonts") if each.exists())
needs_fonts = pytest.mark.skipif(
    not any(Path(each).rglob("NotoSerifCJK*") for each in FOLDERS) or not shutil.which("pdftoppm"),
    reason="Noto Serif CJK and poppler are not installed: apt-get install fonts-noto-cjk poppler-utils",
)


def document(**changes):
    return replace(
        CertificateDocument(
            name="王试样",
            paper_kind="居民身份证",
            paper_number="990101199001010019",
            occupation_name="电工",
            occupation_code="6-31-01-03",
            work_type="维修电工",
            level_name="三级/高级工",
            certificate_number="Y000099000001263000001",
            body_name="某某重型装备制造有限公司",
            body_credit_code="91990101MA00000001",
            issued_on=date(2026, 11, 22),
            theory_score=Decimal("86.5"),
            practical_score=Decimal(90),
            query_address="https://zhiping.example/verify",
        ),
        **changes,
    )


def printed_text(pdf, tmp_path):
    file = tmp_path / "certificate.pdf"
    file.write_bytes(pdf)
    return subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True
    ).stdout


def page_image(pdf, tmp_path, *, dots=150):
    file = tmp_path / "certificate.pdf"
    file.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(dots), "-png", "-singlefile", file, tmp_path / "page"], check=True)
    return Image.open(tmp_path / "page.png")


def test_the_canonical_form_is_sorted_utf8_without_blanks_and_without_numbers():
    assert canonical_bytes(document()).decode() == (
        '{"body_credit_code":"91990101MA00000001","body_name":"某某重型装备制造有限公司",'
        '"certificate_number":"Y000099000001263000001","comprehensive_score":null,'
        '"format":"zhiping-certificate/1","issued_on":"2026-11-22","level_name":"三级/高级工","name":"王试样",'
        '"occupation_code":"6-31-01-03","occupation_name":"电工","paper_kind":"居民身份证",'
        '"paper_number":"990101199001010019","practical_score":"90.0","query_address":"https://zhiping.example/verify",'
        '"theory_score":"86.5","title":"职业技能等级证书","work_type":"维修电工"}'
    )


def test_every_field_is_in_the_digest():
    others = {
        str: lambda value: value + "改",
        date: lambda value: date(2026, 11, 23),
        Decimal: lambda value: value - 1,
        type(None): lambda value: Decimal(60),
    }
    for field in fields(CertificateDocument):
        value = getattr(document(), field.name)
        changed = document(**{field.name: others[type(value)](value)})
        assert digest(changed) != digest(document()), field.name


def test_equal_scores_give_equal_bytes_however_they_were_written():
    assert canonical_bytes(document(practical_score=Decimal("90.00"))) == canonical_bytes(document())


def test_the_check_code_covers_all_but_the_identity_number():
    assert re.fullmatch(r"[A-Z2-7]{8}", check_code(document()))
    assert check_code(document(paper_number="990101199001020016")) == check_code(document())
    assert check_code(document(name="王试祥")) != check_code(document())
    assert check_code(document(level_name="二级/技师")) != check_code(document())


@pytest.mark.parametrize("name", ["", " 王", "王\n试", "王\u200b试", "王\u202e试", "e\u0301"])
def test_a_field_that_cannot_be_printed_as_it_stands_is_refused(name):
    with pytest.raises(DocumentFieldError) as caught:
        document(name=name)
    assert caught.value.facts["field"] == "name"


def read_svg(svg):
    """Draw the SVG's one path into pixels, as a printer would, and read it."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg).group(1))
    image = Image.new("L", (side, side), 255)
    for column, row, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        for place in range(int(length)):
            image.putpixel((int(column) + place, int(row)), 0)
    found = zxingcpp.read_barcodes(image.resize((side * 6, side * 6), Image.Resampling.NEAREST))
    return [each.text for each in found]


@given(st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=120))
def test_any_address_comes_out_of_its_qr_code(content):
    assert read_svg(qr_svg(content)) == [content]


@needs_fonts
@pytest.mark.parametrize("paper", list(Paper))
def test_the_page_shows_every_field_and_its_code_is_read_from_print(paper, tmp_path):
    shown = document(name="阿卜杜热合曼·买买提", comprehensive_score=Decimal("77.5"))
    pdf = render_pdf([shown], fonts=FOLDERS, paper=paper)
    text = printed_text(pdf, tmp_path)
    squeezed = re.sub(r"\s", "", text)
    for value in (*shown.texts().values(), "86.5", "90.0", "77.5", "2026年11月22日", check_code(shown)):
        assert value.replace(" ", "") in squeezed, value
    image = page_image(pdf, tmp_path)
    codes = [each.text for each in zxingcpp.read_barcodes(image)]
    assert codes == [verification_address(shown)]
    assert codes[0] == f"https://zhiping.example/verify/Y000099000001263000001?c={check_code(shown)}"
    assert image.width > image.height


@needs_fonts
def test_the_same_certificates_give_the_same_bytes():
    batch = [document(certificate_number=f"Y00009900000126300000{index}") for index in range(1, 4)]
    assert render_pdf(batch, fonts=FOLDERS) == render_pdf(batch, fonts=FOLDERS)
    assert render_pdf(batch, fonts=FOLDERS) != render_pdf(batch[::-1], fonts=FOLDERS)


@needs_fonts
def test_a_batch_has_a_page_for_each_in_order(tmp_path):
    batch = [document(name=f"王试{sign}") for sign in "甲乙丙"]
    pages = printed_text(render_pdf(batch, fonts=FOLDERS), tmp_path).rstrip("\f").split("\f")
    assert len(pages) == 3
    for page, sign in zip(pages, "甲乙丙", strict=True):
        assert f"王试{sign}" in page


@needs_fonts
def test_long_names_stay_on_the_page(tmp_path):
    long = document(
        body_name="某" * 50, occupation_name="工" * 60, query_address="https://zhiping.example/" + "v" * 80
    )
    pdf = render_pdf([long], fonts=FOLDERS)
    assert printed_text(pdf, tmp_path).count("\f") == 1
    assert [each.text for each in zxingcpp.read_barcodes(page_image(pdf, tmp_path))] == [
        verification_address(long)
    ]


@needs_fonts
def test_a_sign_that_no_font_prints_is_refused_with_the_name():
    with pytest.raises(MissingGlyphError) as caught:
        render_pdf([document(), document(name="王\U00031152样")], fonts=FOLDERS)
    assert caught.value.facts == {"name": "王\U00031152样", "characters": "\U00031152"}
    assert "\U00031152" in sentence(caught.value)


@needs_fonts
def test_rare_characters_that_the_fonts_have_are_printed(tmp_path):
    text = printed_text(render_pdf([document(name="王䶮㛃𠮷")], fonts=FOLDERS), tmp_path)
    assert "王䶮㛃𠮷" in text


def test_without_fonts_nothing_is_printed(tmp_path):
    with pytest.raises(FontsMissingError) as caught:
        render_pdf([document()], fonts=[tmp_path])
    assert "Noto Serif CJK SC" in sentence(caught.value)


def test_empty_and_oversized_batches_are_refused(tmp_path):
    with pytest.raises(BatchEmptyError):
        render_pdf([], fonts=[tmp_path])
    with pytest.raises(BatchTooLargeError) as caught:
        render_pdf([document()] * 201, fonts=[tmp_path])
    assert "201" in sentence(caught.value)


@needs_fonts
def test_the_page_never_shows_a_national_emblem_word(tmp_path):
    """The page's own words carry none that a body may not print."""
    text = printed_text(render_pdf([document()], fonts=FOLDERS), tmp_path)
    assert not re.search("中国|中华|国家|全国|职业资格|国徽", text)
