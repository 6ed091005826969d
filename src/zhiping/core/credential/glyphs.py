"""Which signs the fonts at hand can print."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

from zhiping.core.credential.errors import FontsMissingError, MissingGlyphError

FAMILIES = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Source Han Serif CN", "LXGW WenKai")
"""The families a certificate is set in, best first: all free fonts with Chinese Song or Kai faces."""

_FAMILY_NAMES = (1, 16)
_SUFFIXES = frozenset({".otf", ".ttf", ".ttc", ".otc"})


@lru_cache(maxsize=8)
def available_families(folders: tuple[Path, ...]) -> dict[str, frozenset[int]]:
    """Return, for each family of ours in the folders, the signs every face of it can print.

    A family's regular and bold faces are both used, so a sign counts only if all have it.
    """
    found: dict[str, frozenset[int]] = {}
    for path in sorted(_font_files(folders)):
        with _faces(path) as faces:
            for face in faces:
                family = _family(face)
                if family is not None:
                    signs = frozenset(face.getBestCmap() or ())
                    found[family] = found.get(family, signs) & signs
    return {family: found[family] for family in FAMILIES if family in found}


def _font_files(folders: Iterable[Path]) -> set[Path]:
    files: set[Path] = set()
    for folder in folders:
        candidates = folder.rglob("*") if folder.is_dir() else (folder,)
        files.update(each for each in candidates if each.suffix.lower() in _SUFFIXES)
    return files


@contextmanager
def _faces(path: Path) -> Iterator[Sequence[TTFont]]:
    if path.suffix.lower() in {".ttc", ".otc"}:
        with TTCollection(path, lazy=True) as collection:
            yield collection.fonts
    else:
        with TTFont(path, lazy=True) as face:
            yield (face,)


def _family(face: TTFont) -> str | None:
    names = {face["name"].getDebugName(each) for each in _FAMILY_NAMES}
    return next((family for family in FAMILIES if family in names), None)


def require_glyphs(texts: Iterable[tuple[str, str]], *, folders: tuple[Path, ...]) -> tuple[str, ...]:
    """Refuse texts with signs that no font prints (缺字检查); return the families to set them in.

    `texts` are pairs of whose certificate it is and a text on it.

    Refuses:
        FontsMissingError: none of the families is there.
        MissingGlyphError: with the name concerned and its signs that are missing.
    """
    families = available_families(folders)
    if not families:
        raise FontsMissingError(families="、".join(FAMILIES))
    printable = frozenset().union(*families.values())
    for name, text in texts:
        missing = "".join(dict.fromkeys(sign for sign in text if ord(sign) not in printable))
        if missing:
            raise MissingGlyphError(name=name, characters=missing)
    return tuple(families)
