"""A checked roster as bytes, so that the step after the preview need not read the workbook again.

Plain columns in Arrow's file format behind a head in JSON: nothing in it can be executed. The bytes are
good only for the code and the sheet that made them; `code_version` belongs into the name they are kept by.
"""

import functools
import hashlib
import io
import json
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from zhiping.core.roster.sheet import Notice, Problem, Roster, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEAD_LENGTH = 8


@functools.cache
def code_version() -> str:
    """Return the digest of the code that reads and checks rosters (程序版本)."""
    digest = hashlib.sha256(f"{pl.__version__}/{unicodedata.unidata_version}".encode())
    here = Path(__file__).resolve().parent
    for folder in (here, here.parent / "identifiers"):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def pack(roster: Roster, *, beside: pl.DataFrame | None = None) -> bytes:
    """Return a checked roster as bytes (保存核验结果), with further columns of the caller's beside it.

    Columns without a value are left out.
    """
    problems = [
        {"place": place, **_plain(problem)} for place, found in roster.problems.items() for problem in found
    ]
    head = {
        "sheet": roster.sheet.name,
        "sheet_title": roster.sheet_title,
        "header_row": roster.header_row,
        "file_digest": roster.file_digest,
        "content_digest": roster.content_digest,
        "columns": dict(roster.columns),
        "notices": [{"code": notice.code, "facts": dict(notice.facts)} for notice in roster.notices],
        "problems": problems,
        "known": roster.known,
    }
    written = json.dumps(head, ensure_ascii=False).encode()
    filled = [column for column in roster.clean if column.null_count() < len(column)]
    frames: tuple[Iterable[pl.Series], ...] = (
        pl.DataFrame([pl.Series("number", roster.numbers, dtype=pl.Int64), roster.fingerprints]),
        filled,
        roster.written,
        pl.DataFrame() if beside is None else beside,
    )
    stems = zip(_STEMS, frames, strict=True)
    frame = pl.DataFrame([column.alias(stem + column.name) for stem, part in stems for column in part])
    target = io.BytesIO()
    frame.write_ipc(target, compression="zstd")
    return len(written).to_bytes(_HEAD_LENGTH) + written + target.getvalue()


_STEMS = ("row.", "clean.", "written.", "beside.")


def unpack(packed: bytes, sheet: Sheet) -> tuple[Roster, pl.DataFrame]:
    """Return the roster that `pack` wrote for the same sheet (取回核验结果), and the columns beside it."""
    end = _HEAD_LENGTH + int.from_bytes(packed[:_HEAD_LENGTH])
    head = json.loads(packed[_HEAD_LENGTH:end])
    frame = pl.read_ipc(io.BytesIO(packed[end:]))
    row, filled, written, beside = (_part(frame, stem) for stem in _STEMS)
    clean = pl.DataFrame(
        [
            filled[each.name]
            if each.name in filled.columns
            else pl.Series(each.name, [None], dtype=each.dtype).new_from_index(0, frame.height)
            for each in sheet.fields
        ]
    )
    problems: dict[int, list[Problem]] = defaultdict(list)
    for problem in head["problems"]:
        problems[problem.pop("place")].append(Problem(**problem))
    roster = Roster(
        sheet=sheet,
        sheet_title=head["sheet_title"],
        header_row=head["header_row"],
        numbers=row["number"].to_list(),
        clean=clean,
        known=tuple(head["known"]),
        written=written,
        fingerprints=row["fingerprint"],
        problems={place: tuple(found) for place, found in problems.items()},
        notices=tuple(Notice(**notice) for notice in head["notices"]),
        file_digest=head["file_digest"],
        content_digest=head["content_digest"],
        columns=head["columns"],
    )
    return roster, beside


def _part(frame: pl.DataFrame, stem: str) -> pl.DataFrame:
    names = [name for name in frame.columns if name.startswith(stem)]
    return frame.select(pl.col(name).alias(name.removeprefix(stem)) for name in names)


def _plain(problem: Problem) -> dict[str, object]:
    return {
        "field": problem.field,
        "code": problem.code,
        "value": problem.value,
        "clause": problem.clause,
        "facts": dict(problem.facts),
        "sentence": problem.sentence,
    }
