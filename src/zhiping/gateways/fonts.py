"""Fonts with simplified Chinese characters, for certificates and other documents.

Documents must come out the same on every machine, so the fonts of the locked environment come
first: Noto Serif SC and Noto Sans SC, SIL Open Font License, about 30,900 characters each. The
system's fonts follow, since they hold more rare characters in more weights.
"""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from zhiping.kernel.errors import DomainError

SERIF_FAMILIES = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC")
SANS_FAMILIES = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC")

_PACKAGE = "pylopdf_fonts_zh_cn"
_FILES = ("NotoSerifSC*", "NotoSerifCJK*", "NotoSansSC*", "NotoSansCJK*", "SourceHanSerif*", "SourceHanSans*")
_SUFFIXES = frozenset({".otf", ".ttf", ".ttc", ".otc"})
_SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


class FontsMissingError(DomainError):
    """No font with simplified Chinese characters was found."""

    code = "fonts.missing"


def font_folders() -> list[Path]:
    """Return the folders that hold fonts with simplified Chinese characters (中文字体目录), best first.

    `ZHIPING_FONTS` names more folders, separated like PATH; they come before all others.

    Refuses:
        FontsMissingError: none of the folders holds one; says where it looked.
    """
    looked_in = [*_configured(), *_locked(), *_system()]
    found = [folder for folder in dict.fromkeys(looked_in) if _holds_chinese(folder)]
    if not found:
        raise FontsMissingError(
            looked_in=[str(folder) for folder in (*_configured(), *_SYSTEM)],
            line="apt-get install -y fonts-noto-cjk",
        )
    return found


def _configured() -> list[Path]:
    return [Path(each) for each in os.environ.get("ZHIPING_FONTS", "").split(os.pathsep) if each]


def _locked() -> list[Path]:
    spec = find_spec(_PACKAGE)
    return [Path(each) for each in (spec.submodule_search_locations or ())] if spec else []


def _system() -> Iterator[Path]:
    for top in _SYSTEM:
        for folder, _, _ in os.walk(top):
            yield Path(folder)


def _holds_chinese(folder: Path) -> bool:
    return any(file.suffix.lower() in _SUFFIXES for pattern in _FILES for file in folder.glob(pattern))
