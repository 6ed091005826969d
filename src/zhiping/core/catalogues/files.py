"""The catalogue files and their header: read strictly, with the checksum of each."""

import csv
import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from zhiping.core.catalogues.errors import CatalogueUnreadableError
from zhiping.kernel.resources import policy_folder

HEADER = "CATALOGUES.yaml"


class Certainty(StrEnum):
    """How sure an entry is."""

    CONFIRMED = "confirmed"
    """Seen in a text of the authority or a faithful copy."""
    DERIVED = "derived"
    """Follows from something confirmed."""
    PARTIAL = "partial"
    """Some entries of the file are uncertain or missing; its notes say which."""
    UNCERTAIN = "uncertain"
    """Configuration that stands in until somebody shows the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueHeader:
    """What the header says about one file (目录说明)."""

    file: str
    title: str
    licence: str
    packages: tuple[str, ...]
    licence_texts: tuple[str, ...]
    fetched: date
    certainty: Certainty
    notes: str
    rows: int | None
    sha256: str | None
    """Rows and checksum seal what was taken from elsewhere; lists that are edited here need no seal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFault:
    """One difference between a file and its header."""

    file: str
    reason: str


def catalogue_folder() -> Path:
    """Return the folder of the catalogue files."""
    return policy_folder() / "catalogues"


def read_rows(file: str) -> list[dict[str, str]]:
    """Return the rows of a catalogue file.

    Refuses:
        CatalogueUnreadableError: there is no such file, or a row has not as many values as the first line.
    """
    path = catalogue_folder() / file
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, strict=True))
    except (OSError, csv.Error) as trouble:
        raise CatalogueUnreadableError(file=file, reason=str(trouble)) from trouble
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise CatalogueUnreadableError(file=file, reason=f"line {number}")
    return rows


def headers() -> tuple[CatalogueHeader, ...]:
    """Return the headers of all catalogue files.

    Refuses:
        CatalogueUnreadableError: the header file is missing or an entry lacks something.
    """
    path = catalogue_folder() / HEADER
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return tuple(_header(entry) for entry in document["catalogues"])
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as trouble:
        raise CatalogueUnreadableError(file=HEADER, reason=repr(trouble)) from trouble


def _header(entry: dict[str, Any]) -> CatalogueHeader:
    return CatalogueHeader(
        file=entry["file"],
        title=entry["title"],
        licence=entry["licence"],
        packages=tuple(source["package"] for source in entry["sources"]),
        licence_texts=tuple(source["licence_text"] for source in entry["sources"]),
        fetched=entry["fetched"],
        certainty=Certainty(entry["certainty"]),
        notes=entry["notes"],
        rows=entry.get("rows"),
        sha256=entry.get("sha256"),
    )


def faults() -> tuple[CatalogueFault, ...]:
    """Return every way in which the folder differs from its header; nothing when it is whole (目录校验)."""
    folder = catalogue_folder()
    described = {header.file: header for header in headers()}
    present = {path.name for path in folder.glob("*.csv")}
    undescribed = sorted(present - described.keys())
    found = [CatalogueFault(file=name, reason="not in the header") for name in undescribed]
    for name, header in described.items():
        if name not in present:
            found.append(CatalogueFault(file=name, reason="missing"))
            continue
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if header.sha256 not in {None, digest}:
            found.append(CatalogueFault(file=name, reason="checksum"))
        if header.rows not in {None, len(read_rows(name))}:
            found.append(CatalogueFault(file=name, reason="row count"))
        found.extend(
            CatalogueFault(file=text, reason="missing")
            for text in header.licence_texts
            if not (folder / text).is_file()
        )
    return tuple(found)
