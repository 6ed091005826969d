"""Print certificates (打印证书).

The steps:

1. refuse an empty or too large batch;
2. refuse signs that no font prints, before anything is made;
3. draw the QR code of each;
4. set the pages, one for each certificate, in the order given.
"""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import typst

from zhiping.core.credential.document import CertificateDocument, check_code, verification_address
from zhiping.core.credential.errors import BatchEmptyError, BatchTooLargeError
from zhiping.core.credential.glyphs import require_glyphs
from zhiping.core.credential.qr import qr_svg

LARGEST_BATCH = 200
"""Memory grows with the pages of one document; larger jobs are printed in several."""


class Paper(StrEnum):
    """The two sizes a certificate is printed in, both lying on their long side."""

    A4 = "a4"
    A5 = "a5"


def render_pdf(
    documents: Sequence[CertificateDocument], *, fonts: Sequence[Path], paper: Paper = Paper.A4
) -> bytes:
    """Return one PDF/A-2b document with a page for each certificate (证书版式文件).

    Equal documents, fonts and paper give equal bytes. The round seal on the page is a drawing and
    proves nothing; neither the national emblem nor its likeness is on it.

    Refuses:
        BatchEmptyError, BatchTooLargeError: step 1.
        FontsMissingError, MissingGlyphError: step 2.
    """
    # 1
    if not documents:
        raise BatchEmptyError
    if len(documents) > LARGEST_BATCH:
        raise BatchTooLargeError(count=len(documents), limit=LARGEST_BATCH)
    # 2
    folders = tuple(fonts)
    texts = [(document.name, text) for document in documents for text in document.texts().values()]
    families = require_glyphs(texts, folders=folders)
    # 3
    certificates = [_printed(document) for document in documents]
    latest = max(document.issued_on for document in documents)
    inputs = {
        "day": json.dumps({"year": latest.year, "month": latest.month, "day": latest.day}),
        "certificates": json.dumps(certificates, ensure_ascii=False),
        "families": json.dumps(families),
        "paper": paper.value,
        "rosette": _rosette_svg(),
    }
    # 4
    produced = typst.compile(
        files("zhiping.core.credential").joinpath("certificate.typ").read_bytes(),
        format="pdf",
        font_paths=_fonts(folders),
        sys_inputs=inputs,
        pdf_standards="a-2b",
        timestamp=datetime(latest.year, latest.month, latest.day, tzinfo=UTC),
    )
    if not isinstance(produced, bytes):
        raise TypeError(produced)
    return produced


def _printed(document: CertificateDocument) -> dict[str, str | None]:
    day = document.issued_on
    return {
        **document.texts(),
        **document.scores(),
        "issued_on": f"{day.year}年{day.month}月{day.day}日",
        "check_code": check_code(document),
        "qr": qr_svg(verification_address(document)),
    }


@lru_cache(maxsize=8)
def _fonts(folders: tuple[Path, ...]) -> typst.Fonts:
    """Return the fonts of these folders and no others, so that the machine's own change nothing."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(each) for each in folders]
    )


@cache
def _rosette_svg() -> str:
    """Return the fine rosette behind the text (团花底纹), drawn from three families of waves."""
    half, points = 2000, 288
    paths = []
    for petals, inner, depth, turns in (
        (12, 1880, 104, 5),
        (18, 1600, 160, 6),
        (16, 1200, 240, 6),
        (9, 720, 280, 7),
    ):
        for turn in range(turns):
            shift = math.tau * turn / turns
            corners = []
            for point in range(points + 1):
                angle = math.tau * point / points
                radius = inner + depth * math.sin(petals * angle + shift)
                corners.append(f"{half + radius * math.cos(angle):.0f} {half + radius * math.sin(angle):.0f}")
            paths.append(f'<path d="M{"L".join(corners)}Z"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-160 -160 {2 * half + 320} {2 * half + 320}">'
        f'<g fill="none" stroke="#c9a24a" stroke-width="4" stroke-opacity="0.32">{"".join(paths)}</g></svg>'
    )
