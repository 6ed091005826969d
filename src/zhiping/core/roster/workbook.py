"""Open an uploaded file as a table of texts, without trusting it.

Opening a workbook, step by step:

1. size of what was sent;
2. kind by content, never by name: encrypted and pre-2007 files, macro workbooks and other
   archives are told apart, because each needs another advice;
3. unpacked size as declared, then every part unpacked once, so that no part can lie about it;
4. furthest cell: a single cell in the last corner of a sheet would otherwise cost all memory;
5. the visible sheets, every cell as text.
"""

import csv
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import fastexcel
import polars as pl

from zhiping.core.roster.errors import (
    DamagedFileError,
    EncryptedFileError,
    FileEmptyError,
    FileKindError,
    FileTooLargeError,
    MacroFileError,
    OldWorkbookError,
    TooManyColumnsError,
    TooManyRowsError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a file is read at most (文件上限)."""

    packed_bytes: int = 20_000_000
    unpacked_bytes: int = 200_000_000
    parts: int = 500
    rows: int = 20_000
    columns: int = 200


STANDARD_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet of an uploaded file (工作表): columns of texts; row 0 is the sheet's first row."""

    title: str
    frame: pl.DataFrame
    first_column: int = 0
    hidden_rows: int = 0
    markup: bytes = field(default=b"", repr=False)

    def number_rows(self, column: int, *, among: frozenset[int]) -> frozenset[int]:
        """Return those of the rows where a column's cell was stored as a quantity, not as text (数值单元格).

        Only a workbook knows; delimited text has no types and gives none. Looked at are the tags of the
        named cells alone: a workbook has hundreds of thousands.
        """
        letters = _letters(self.first_column + column).encode()
        wanted = {str(row + 1).encode() for row in among}
        found = set()
        for reference in re.finditer(letters + rb"(\d+)[\"']", self.markup):
            if reference[1] not in wanted:
                continue
            start = self.markup.rfind(b"<", 0, reference.start())
            tag = self.markup[start : self.markup.find(b">", reference.end()) + 1]
            cell = re.match(rb"<(?:\w+:)?c\s([^>]*?\br\s*=\s*[\"']" + letters + rb"(\d+)[\"'][^>]*)>", tag)
            if cell is not None and _TEXT_TYPE.search(cell[1]) is None:
                found.add(int(cell[2]) - 1)
        return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The readable sheets of a file, and the titles of those left unread because they are hidden."""

    tables: tuple[Table, ...]
    hidden: tuple[str, ...] = ()


_TEXT_TYPE = re.compile(rb"\bt\s*=\s*[\"'](?!n[\"'])")
_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BYTES_PER_CELL = 32
_LONGEST_TYPE_LIST = 1_000_000
_BINARY_SIGNATURES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"GIF8",
    b"\x1f\x8b",
    b"PK\x05\x06",
)


def open_upload(data: bytes, *, limits: Limits = STANDARD_LIMITS) -> Upload:
    """Open an uploaded file as tables of texts (打开上传文件).

    Reads .xlsx and delimited text (UTF-8, UTF-16 with a mark, GB18030). No third-party exception
    leaves it.

    Refuses:
        FileEmptyError, FileTooLargeError: step 1.
        EncryptedFileError, OldWorkbookError, MacroFileError, FileKindError: step 2.
        FileTooLargeError, DamagedFileError: step 3.
        TooManyRowsError, TooManyColumnsError: step 4.
    """
    # 1
    if not data.strip():
        raise FileEmptyError
    if len(data) > limits.packed_bytes:
        raise FileTooLargeError(size=len(data), limit=limits.packed_bytes)
    # 2
    if data.startswith(_COMPOUND):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedFileError
        raise OldWorkbookError
    if data.startswith(_ZIP):
        return _open_workbook(data, limits)
    if data.startswith(_BINARY_SIGNATURES):
        raise FileKindError
    return Upload(tables=(_open_text(data, limits),))


def _open_workbook(data: bytes, limits: Limits) -> Upload:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
        _refuse_other_archives(archive, parts)
        _refuse_bombs(parts, limits)
        contents = _read_parts(archive, parts)
        markup = _markup_by_title(contents)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, KeyError) as broken:
        raise DamagedFileError from broken
    # whatever a workbook calls its sheets, every part that holds cells is looked at
    _refuse_far_cells([content for content in contents.values() if b"sheetData" in content], limits)
    return _read_sheets(data, markup, limits)


def _refuse_other_archives(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 0x1 for part in parts):
        raise EncryptedFileError
    sizes = {part.filename: part.file_size for part in parts}
    if "[Content_Types].xml" not in sizes or "xl/workbook.xml" not in sizes:
        raise FileKindError
    if sizes["[Content_Types].xml"] > _LONGEST_TYPE_LIST:
        raise DamagedFileError
    types = archive.read("[Content_Types].xml").lower()
    has_macro_part = any("vbaproject" in name.lower() or "macrosheets/" in name.lower() for name in sizes)
    if has_macro_part or b"macroenabled" in types or b"vbaproject" in types:
        raise MacroFileError


def _refuse_bombs(parts: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_bytes or len(parts) > limits.parts:
        raise FileTooLargeError(size=unpacked, limit=limits.unpacked_bytes)
    if len({part.filename for part in parts}) != len(parts):
        raise DamagedFileError


def _read_parts(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> dict[str, bytes]:
    """Return the markup parts, every part unpacked once.

    zipfile stops at the declared size and then compares checksums: a part that lies fails here.
    """
    contents = {}
    for part in parts:
        content = archive.read(part)
        if not part.filename.lower().endswith((".xml", ".rels")):
            continue
        # no part has a document type of its own, and two-byte encodings would hide cells from step 4
        if b"<!DOCTYPE" in content or b"\x00" in content[:200]:
            raise DamagedFileError
        contents[part.filename] = content
    return contents


def _markup_by_title(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    targets = {}
    for tag in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", contents["xl/_rels/workbook.xml.rels"]):
        targets[_attribute(tag, b"Id")] = _attribute(tag, b"Target")
    markup: dict[str, bytes] = {}
    for tag in re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", contents["xl/workbook.xml"]):
        target = targets[_attribute(tag, rb"(?:\w+:)id")]
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        markup[_attribute(tag, b"name")] = contents[path]
    return markup


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    if found is None:
        raise DamagedFileError
    value: bytes = found.group(1) if found.group(1) is not None else found.group(2)
    return html.unescape(value.decode("utf-8", errors="replace"))


def _refuse_far_cells(sheets: Sequence[bytes], limits: Limits) -> None:
    """Refuse references beyond the limits; a quick look at a sheet tells whether there may be any."""
    digits = str(len(str(limits.rows))).encode()
    far = re.compile(
        rb"\br\s*=\s*[\"'](?:([^\"'<>]*&)|\s*(?:([A-Za-z]{2,})(\d+)|[A-Za-z]?(\d{" + digits + rb",})))"
    )
    suspicious = (
        r"r\s*=\s*[\"'](?:[^\"'<>]*&|\s*[A-Za-z]*(?:"
        rf"{_letters_beyond(limits.columns)}[0-9]|{_digits_beyond(limits.rows)}))"
    )
    for content in sheets:
        if not _text_of(content).str.contains(suspicious).item():
            continue
        found = far.findall(content)
        if any(disguised for disguised, *_ in found):
            raise DamagedFileError
        columns = max((_column_number(letters) for letters in {each[1] for each in found}), default=0)
        if columns > limits.columns:
            raise TooManyColumnsError(columns=columns, limit=limits.columns)
        rows = max((int(row) for each in found for row in each[2:] if row), default=0)
        if rows > limits.rows:
            raise TooManyRowsError(rows=rows, limit=limits.rows)


def _text_of(content: bytes) -> pl.Series:
    """Return markup as a column of one text, for the engine that searches quickly."""
    try:
        return pl.Series([content]).cast(pl.String)
    except pl.exceptions.PolarsError:  # not UTF-8 throughout
        return pl.Series([content.decode("utf-8", errors="replace")])


def _letters_beyond(columns: int) -> str:
    """Return a pattern of the letters, capital or small, of every column after so many.

    >>> bool(re.fullmatch(_letters_beyond(200), "GS")), bool(re.fullmatch(_letters_beyond(200), "GR"))
    (True, False)
    """
    last = _letters(columns - 1)
    ways = [f"[A-Za-z]{{{len(last) + 1},}}"]
    for place, letter in enumerate(last):
        if letter != "Z":
            low, rest = chr(ord(letter) + 1), len(last) - place - 1
            before = "".join(f"[{sign}{sign.lower()}]" for sign in last[:place])
            ways.append(f"{before}[{low}-Z{low.lower()}-z][A-Za-z]{{{rest}}}")
    return f"(?:{'|'.join(ways)})"


def _digits_beyond(rows: int) -> str:
    """Return a pattern of the digits of every number above, and of longer ones that begin with zeros.

    >>> [bool(re.match(_digits_beyond(20_000), digits)) for digits in ("20001", "20000", "9999", "000001")]
    [True, False, False, True]
    """
    last = str(rows)
    ways = [f"[0-9]{{{len(last) + 1},}}"]
    for place, digit in enumerate(last):
        if digit != "9":
            ways.append(f"{last[:place]}[{int(digit) + 1}-9][0-9]{{{len(last) - place - 1}}}")
    return f"(?:{'|'.join(ways)})"


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _letters(index: int) -> str:
    """Return the column's letters, counted from 0 (A).

    >>> _letters(0), _letters(25), _letters(26), _letters(32)
    ('A', 'Z', 'AA', 'AG')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _read_sheets(data: bytes, markup: dict[str, bytes], limits: Limits) -> Upload:
    area = 0
    tables, hidden = [], []
    try:
        reader = fastexcel.read_excel(data)
        if not set(reader.sheet_names) <= set(markup):
            raise DamagedFileError
        for title in reader.sheet_names:
            # 5. skip_rows=0 keeps leading empty rows, so that row numbers stay those of the sheet
            sheet = reader.load_sheet(title, header_row=None, skip_rows=0, dtypes="string")
            if sheet.visible != "visible":
                hidden.append(title)
                continue
            frame = pl.DataFrame(sheet)
            area += frame.width * frame.height
            _refuse_large_tables(frame, area, limits)
            selected = sheet.selected_columns
            content = markup[title]
            tables.append(
                Table(
                    title=title,
                    frame=frame,
                    first_column=selected[0].absolute_index if selected else 0,
                    hidden_rows=_hidden_rows(content),
                    markup=content,
                )
            )
    except fastexcel.FastExcelError as broken:
        raise DamagedFileError from broken
    return Upload(tables=tuple(tables), hidden=tuple(hidden))


def _hidden_rows(content: bytes) -> int:
    if b"hidden=" not in content:
        return 0
    return len(re.findall(rb"<(?:\w+:)?row\s[^>]*\bhidden=[\"'](?:1|true)", content))


def _refuse_large_tables(frame: pl.DataFrame, area: int, limits: Limits) -> None:
    if frame.width > limits.columns:
        raise TooManyColumnsError(columns=frame.width, limit=limits.columns)
    if frame.height > limits.rows:
        raise TooManyRowsError(rows=frame.height, limit=limits.rows)
    largest = limits.rows * limits.columns
    if area > largest:
        raise FileTooLargeError(size=area * _BYTES_PER_CELL, limit=largest * _BYTES_PER_CELL)


def _open_text(data: bytes, limits: Limits) -> Table:
    text = _decode(data).lstrip("\ufeff")
    if not text.strip():
        raise FileEmptyError
    first_line = text.split("\n", 1)[0]
    delimiter = max((",", "\t", ";", "，"), key=first_line.count)
    rows: list[list[str | None]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(rows) >= limits.rows:
                raise TooManyRowsError(rows=len(rows) + 1, limit=limits.rows)
            if len(row) > limits.columns:
                raise TooManyColumnsError(columns=len(row), limit=limits.columns)
            rows.append([_without_shield(cell) or None for cell in row])
    except csv.Error as broken:
        raise DamagedFileError from broken
    width = max(map(len, rows))
    padded = [row + [None] * (width - len(row)) for row in rows]
    names = [f"column_{index}" for index in range(width)]
    return Table(title="", frame=pl.DataFrame(padded, schema=dict.fromkeys(names, pl.String), orient="row"))


def _decode(data: bytes) -> str:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileKindError


def _encodings(data: bytes) -> Iterator[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    yield "utf-8-sig"
    yield "gb18030"


def _without_shield(cell: str) -> str:
    """Return the text of a cell written as ="007", the usual way to keep its zeros in a .csv."""
    shielded = re.fullmatch(r'="(.*)"', cell.strip(), re.DOTALL)
    return shielded.group(1) if shielded else cell
