"""One spelling for every text that people type: full-width, spaced and invisible characters go."""

import re
import unicodedata

INVISIBLE = "[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]"
DASHES = "[\u2010-\u2015\u2212\u30fc\u2500\ufe58\uff0d]"
_INVISIBLE = re.compile(INVISIBLE)
_DASHES = re.compile(DASHES)
_SPACES = re.compile(r"\s+")


def normalise_text(text: str) -> str:
    """Return free text in its one spelling (规范文本): NFKC, single spaces, nothing invisible.

    >>> normalise_text("　佛山市　　顺德区 ")
    '佛山市 顺德区'
    """
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).strip()


def normalise_code(text: str) -> str:
    r"""Return a code in its one spelling (规范编码): as above, no spaces, capital letters, plain hyphens.

    The apostrophe that spreadsheets put before long numbers goes too.

    >>> normalise_code("'\uff14\uff14 0605\uff41—x")  # full-width 4, 4 and a
    '440605A-X'
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return _DASHES.sub("-", _SPACES.sub("", plain)).lstrip("'").upper()
