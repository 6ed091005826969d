"""Industries (国民经济行业分类, GB/T 4754-2017): sections, divisions, and what rules ask for below them."""

import re
from dataclasses import dataclass
from functools import cache

from zhiping.core.catalogues.errors import IndustryUnknownError
from zhiping.core.catalogues.files import catalogue_folder, read_rows

_WRITTEN = re.compile(r"([A-T]?)([0-9]{2,4})\Z|([A-T])\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry:
    """One entry of the classification."""

    code: str
    level: str
    """section, division, group or class."""
    parent: str
    name: str


class Industries:
    """The classification, as far as it is held: all sections and divisions, some groups and classes."""

    def __init__(self, entries: list[Industry]) -> None:
        """Index the entries by code."""
        self._by_code = {entry.code: entry for entry in entries}

    def all(self) -> tuple[Industry, ...]:
        """Return every entry, sections with their divisions first."""
        return tuple(self._by_code.values())

    def find(self, code: str) -> Industry | None:
        """Return the entry with that code, or None; groups and classes are held only in part."""
        return self._by_code.get(code)

    def divisions_of(self, section: str) -> tuple[str, ...]:
        """Return the two-digit codes of a section."""
        return tuple(code for code, entry in self._by_code.items() if entry.parent == section)

    def path(self, text: str) -> tuple[str, ...]:
        """Return the code and its ancestors, section first: "C3411" is C, 34, 341, 3411.

        Refuses:
            IndustryUnknownError: the text is no code, its division does not exist, or the letter is not its
            section.
        """
        found = _WRITTEN.match(text.strip().upper())
        if not found:
            raise IndustryUnknownError(value=text)
        letter, digits, section = found.groups()
        if section:
            return (section,)
        division = self._by_code.get(digits[:2])
        if division is None or (letter and letter != division.parent):
            raise IndustryUnknownError(value=text)
        return (division.parent, *(digits[:length] for length in range(2, len(digits) + 1)))


@cache
def _read(_folder: object) -> Industries:
    return Industries([Industry(**row) for row in read_rows("industries_2017.csv")])


def industries() -> Industries:
    """Return the industries (国民经济行业); read once."""
    return _read(catalogue_folder())
