"""A checked roster as bytes, so that the step after the preview need not read the workbook again.

Plain columns in Arrow's file format behind a head in JSON: nothing in it can be executed. The bytes are
good only for the code and the sheet that made them; `code_version` belongs into the name they are kept by.
"""

import functools
import hashlib
import io
import json
import unicodedata
from pathlib import Path
from typing import Any

import polars as pl

from zhiping.core.roster.sheet import Notice, Problem, Roster, RosterRow, Sheet

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


def pack(roster: Roster) -> bytes:
    """Return a checked roster as bytes (保存核验结果).

    For sheets whose columns each hold one of text, whole number, truth value or day, such as the
    candidate sheet.
    """
    rows = roster.rows
    frame = pl.DataFrame(
        [
            pl.Series("number", [row.number for row in rows], dtype=pl.Int64),
            pl.Series("fingerprint", [row.fingerprint for row in rows], dtype=pl.String),
            pl.Series("problems", [_written(row.problems) for row in rows], dtype=pl.String),
            *(
                pl.Series(f"clean.{field.name}", [row.clean[field.name] for row in rows])
                for field in roster.sheet.fields
            ),
            *(pl.Series(f"raw.{name}", [row.raw[name] for row in rows]) for name in rows[0].raw),
        ]
    )
    head = {
        "sheet": roster.sheet.name,
        "sheet_title": roster.sheet_title,
        "header_row": roster.header_row,
        "file_digest": roster.file_digest,
        "content_digest": roster.content_digest,
        "columns": dict(roster.columns),
        "notices": [{"code": notice.code, "facts": dict(notice.facts)} for notice in roster.notices],
    }
    written = json.dumps(head, ensure_ascii=False).encode()
    target = io.BytesIO()
    frame.write_ipc(target, compression="lz4")
    return len(written).to_bytes(_HEAD_LENGTH) + written + target.getvalue()


def unpack(packed: bytes, sheet: Sheet) -> Roster:
    """Return the roster that `pack` wrote for the same sheet (取回核验结果)."""
    end = _HEAD_LENGTH + int.from_bytes(packed[:_HEAD_LENGTH])
    head = json.loads(packed[_HEAD_LENGTH:end])
    frame = pl.read_ipc(io.BytesIO(packed[end:]))
    rows = zip(
        frame["number"].to_list(),
        frame["fingerprint"].to_list(),
        frame["problems"].to_list(),
        _part(frame, "clean."),
        _part(frame, "raw."),
        strict=True,
    )
    return Roster(
        sheet=sheet,
        sheet_title=head["sheet_title"],
        header_row=head["header_row"],
        file_digest=head["file_digest"],
        content_digest=head["content_digest"],
        columns=head["columns"],
        notices=tuple(Notice(**notice) for notice in head["notices"]),
        rows=tuple(
            RosterRow(
                number=number,
                raw=raw,
                clean=clean,
                problems=_read(problems) if problems else (),
                fingerprint=fingerprint,
            )
            for number, fingerprint, problems, clean, raw in rows
        ),
    )


def _part(frame: pl.DataFrame, stem: str) -> list[dict[str, Any]]:
    names = [name for name in frame.columns if name.startswith(stem)]
    return frame.select(pl.col(name).alias(name.removeprefix(stem)) for name in names).to_dicts()


def _written(problems: tuple[Problem, ...]) -> str | None:
    if not problems:
        return None
    return json.dumps([_plain(problem) for problem in problems], ensure_ascii=False)


def _read(problems: str) -> tuple[Problem, ...]:
    return tuple(Problem(**problem) for problem in json.loads(problems))


def _plain(problem: Problem) -> dict[str, object]:
    return {
        "field": problem.field,
        "code": problem.code,
        "value": problem.value,
        "clause": problem.clause,
        "facts": dict(problem.facts),
        "sentence": problem.sentence,
    }
