"""Make the gallery of bad files, each named after its attack (恶意与损坏文件集).

Nothing is stored: every file is made when it is needed, so that no scanner stumbles over the
repository and each attack can be read here. `python -m tests.core.roster.bad.make_gallery FOLDER`
writes them for a look.
"""

import io
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.core.roster.made import HEADERS, candidate, workbook

GALLERY: dict[str, Callable[[], bytes]] = {}


def bad(make: Callable[[], bytes]) -> Callable[[], bytes]:
    GALLERY[make.__name__] = make
    return make


def good() -> bytes:
    return workbook([candidate()])


def rezipped(changes=None, *, dropped=(), data=None) -> bytes:
    """Return a good workbook with parts changed, added or dropped."""
    source = zipfile.ZipFile(io.BytesIO(data or good()))
    parts = {entry.filename: source.read(entry) for entry in source.infolist()}
    for name, change in (changes or {}).items():
        parts[name] = change(parts.get(name, b"")) if callable(change) else change
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if name not in dropped:
                archive.writestr(name, content)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def with_cell(markup: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(b"</sheetData>", markup + b"</sheetData>")


@bad
def empty_file():
    return b""


@bad
def blanks_only():
    return b" \r\n\t "


@bad
def byte_order_mark_only():
    return b"\xfe\xff"


@bad
def header_without_rows():
    return workbook([])


@bad
def everything_on_a_hidden_sheet():
    def adjust(book, page):
        book.create_sheet("空").sheet_state = "visible"
        page.sheet_state = "hidden"
        book.active = 1

    return workbook([candidate()], adjust=adjust)


@bad
def packed_too_large():
    return b"x" * 20_000_001


@bad
def zip_bomb_by_declared_size():
    return rezipped({"xl/media/image1.png": b"\0" * 200_000_001})


@bad
def zip_bomb_that_lies_about_its_size():
    data = bytearray(rezipped({"xl/media/image1.png": b"\0" * 5_000_000}))
    for place in range(len(data) - 30):
        # the size stands in the local and in the central header of that part
        if data[place : place + 4] == b"PK\x01\x02" and b"image1.png" in data[place : place + 80]:
            struct.pack_into("<I", data, place + 24, 10)
    return bytes(data)


@bad
def thousand_parts():
    return rezipped({f"xl/media/{index}.bin": b"" for index in range(1000)})


@bad
def two_parts_with_one_name():
    target = io.BytesIO(good())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"")
        archive.writestr("xl/worksheets/SHEET2.xml", b"")
    return target.getvalue().replace(b"SHEET2.xml", b"sheet2.xml")


@bad
def one_cell_in_the_last_corner():
    return rezipped({SHEET: with_cell(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')})


@bad
def one_cell_in_the_last_column():
    return rezipped({SHEET: with_cell(b'<row r="3"><c r="XFD3"><v>1</v></c></row>')})


@bad
def far_cell_in_single_quotes():
    return rezipped({SHEET: with_cell(b"<row r = '999999'><c r\n=\n'A999999'><v>1</v></c></row>")})


@bad
def far_cell_disguised_by_references():
    return rezipped({SHEET: with_cell(b'<row r="3"><c r="&#88;&#70;D3"><v>1</v></c></row>')})


@bad
def sheet_in_another_encoding():
    return rezipped({SHEET: lambda content: content.decode().encode("utf-16")})


@bad
def document_type_with_entities():
    laughs = b'<!DOCTYPE lol [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return rezipped({SHEET: lambda content: laughs + content})


@bad
def macro_workbook():
    return rezipped({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


@bad
def macro_type_without_macro():
    return rezipped(
        {
            "[Content_Types].xml": lambda content: content.replace(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            )
        }
    )


@bad
def macro_sheet_of_the_old_kind():
    return rezipped({"xl/macrosheets/sheet1.xml": b"<xm:macrosheet/>"})


@bad
def encrypted_workbook():
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 600
    )


@bad
def encrypted_archive():
    data = bytearray(good())
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    return bytes(data)


@bad
def workbook_of_before_2007():
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1200


@bad
def archive_that_is_no_workbook():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return target.getvalue()


@bad
def cut_off_in_the_middle():
    data = good()
    return data[: len(data) // 2]


@bad
def one_byte_flipped():
    data = bytearray(good())
    place = data.index(SHEET.encode()) + 200
    data[place] ^= 0xFF
    return bytes(data)


@bad
def sheet_part_missing():
    return rezipped(dropped={SHEET})


@bad
def workbook_relations_missing():
    return rezipped(dropped={"xl/_rels/workbook.xml.rels"})


@bad
def picture_named_like_a_sheet():
    return b"\x89PNG\r\n\x1a\n" + b"\0" * 100


@bad
def printed_page_named_like_a_sheet():
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@bad
def random_bytes():
    return bytes((index * 7919 + 13) % 256 for index in range(4096))


@bad
def text_with_null_bytes():
    return (",".join(HEADERS) + "\n\0\0\0").encode()


@bad
def a_letter_instead_of_a_table():
    return "各位老师，名单见附件，请查收。谢谢".encode()


@bad
def another_table():
    return workbook([["张", "三"]], headers=["商品", "单价"])


@bad
def header_twice_the_same_column():
    return workbook([candidate()], headers=[*HEADERS, "手机号码"])


@bad
def header_too_far_down():
    return workbook([candidate()], above=[["说明"]] * 12)


@bad
def text_with_too_many_columns():
    return (",".join(f"c{index}" for index in range(300)) + "\n").encode()


def main(folder: str) -> None:
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, make in GALLERY.items():
        (target / f"{name}.xlsx").write_bytes(make())


if __name__ == "__main__":
    main(sys.argv[1])
