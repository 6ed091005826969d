"""One reading for every disguise of a text (归一化), character by character, so that the way back is kept.

1. Each character is put into its compatibility form: full-width, circled and radical characters become plain.
2. Traditional characters become simplified ones, look-alikes the character that they pass for, capitals small
   letters.
3. What shows nothing (zero-width characters, combining marks), spaces and punctuation go; the gap remembers
   what stood there.
4. Text behind a right-to-left override is read the way it is shown.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from importlib.resources import files

from zhiping.core.wording.look_alikes import SAME


class Gap(IntEnum):
    """What stood before a character, from nothing to the end of a clause."""

    NONE = 0
    INVISIBLE = 1
    SPACE = 2
    PUNCTUATION = 3
    SENTENCE = 4
    """A comma, stop or colon: in running text it parts two phrases."""


class Disguise(StrEnum):
    """How a text differs from the plain word (伪装手法)."""

    INVISIBLE = "invisible"
    SPACED = "spaced"
    PUNCTUATED = "punctuated"
    WIDTH = "width"
    TRADITIONAL = "traditional"
    LOOK_ALIKE = "look_alike"
    REVERSED = "reversed"


_SENTENCE = frozenset(",.;:?!，。；：？！、…")
_SHOWS_NOTHING = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180e")
"""Letters and symbols by their category, and yet blank."""
_OVERRIDE, _POP = "\u202e", "\u202c"
_LINE_ENDS = frozenset("\n\r\u2028\u2029")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one original character is read as; no text means a gap."""

    text: str
    gap: Gap = Gap.NONE
    disguise: Disguise | None = None


@dataclass(frozen=True, slots=True)
class FoldedCharacter:
    """One character of the folded text and where it came from."""

    text: str
    at: int
    """Its place in the original."""
    gap: Gap
    """The widest gap since the character before."""
    disguise: Disguise | None
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text in its one reading, with the way back to the original."""

    original: str
    text: str
    characters: tuple[FoldedCharacter, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the folded text lies in the original (start counts, end does not)."""
        places = [character.at for character in self.characters[start:end]]
        return min(places), max(places) + 1

    def widest_gap(self, start: int, end: int) -> Gap:
        """Return the widest gap inside a stretch."""
        return max((one.gap for one in self.characters[start + 1 : end]), default=Gap.NONE)

    def disguises(self, start: int, end: int) -> frozenset[Disguise]:
        """Return every disguise inside a stretch."""
        stretch = self.characters[start:end]
        found = {one.disguise for one in stretch if one.disguise}
        found |= {_OF_GAP[one.gap] for one in stretch[1:] if one.gap}
        if any(one.is_reversed for one in stretch):
            found.add(Disguise.REVERSED)
        return frozenset(found)


_OF_GAP = {
    Gap.INVISIBLE: Disguise.INVISIBLE,
    Gap.SPACE: Disguise.SPACED,
    Gap.PUNCTUATION: Disguise.PUNCTUATED,
    Gap.SENTENCE: Disguise.PUNCTUATED,
}


@cache
def traditional() -> dict[str, str]:
    """Return the table of traditional characters (繁简对照), read once."""
    lines = (files("zhiping.core.wording") / "traditional.txt").read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def _read(character: str) -> _Reading:
    plain = unicodedata.normalize("NFKC", character).casefold()
    # A radical such as ⺠ is a symbol to Unicode and a letter to the reader.
    kept = "".join(part for part in plain if part in SAME or _gap_of(part) is Gap.NONE)
    if not kept:
        gap = max((_gap_of(part) for part in plain), default=Gap.INVISIBLE)
        return _Reading(text="", gap=max(gap, Gap.INVISIBLE))
    disguise = Disguise.WIDTH if kept != character.casefold() else None
    simplified = "".join(traditional().get(part, part) for part in kept)
    if simplified != kept:
        disguise = Disguise.TRADITIONAL
    meant = "".join(SAME.get(part, part) for part in simplified)
    if meant != simplified:
        disguise = Disguise.LOOK_ALIKE
    return _Reading(text=meant, disguise=disguise)


def _gap_of(character: str) -> Gap:
    if character in _SHOWS_NOTHING:
        return Gap.INVISIBLE
    if character in _SENTENCE:
        return Gap.SENTENCE
    category = unicodedata.category(character)
    if character.isspace() or category[0] == "Z":
        return Gap.SPACE
    if category in {"Cf", "Cc", "Mn", "Me", "Cs"}:
        return Gap.INVISIBLE
    return Gap.PUNCTUATION if category[0] in "PS" else Gap.NONE


class _Readings(dict[str, _Reading]):
    """Readings of the characters met so far; Unicode is finite, so this is."""

    def __missing__(self, character: str) -> _Reading:
        reading = self[character] = _read(character)
        return reading


class _Translation(dict[int, str]):
    """The same for `str.translate`."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _READINGS[chr(point)].text
        return folded


_READINGS = _Readings()
_TRANSLATION = _Translation()


def fold_plainly(text: str) -> str:
    """Return the one reading without the way back.

    >>> fold_plainly("中·國　１２３")
    '中国123'
    """
    return fold(text).text if _OVERRIDE in text else text.translate(_TRANSLATION)


def fold(text: str) -> FoldedText:
    """Return the one reading and, for each of its characters, where it stands in the original.

    >>> folded = fold("中·國")
    >>> folded.text, folded.span(0, 2), folded.widest_gap(0, 2).name
    ('中国', (0, 3), 'PUNCTUATION')
    """
    found: list[FoldedCharacter] = []
    gap = Gap.NONE
    for at, character, is_reversed in _in_shown_order(text):
        reading = _READINGS[character]
        if not reading.text:
            gap = max(gap, reading.gap)
            continue
        for part in reading.text:
            found.append(
                FoldedCharacter(text=part, at=at, gap=gap, disguise=reading.disguise, is_reversed=is_reversed)
            )
            gap = Gap.NONE
    return FoldedText(original=text, text="".join(one.text for one in found), characters=tuple(found))


def _in_shown_order(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield place, character, whether an override turned it round; in the order in which it is shown."""
    if _OVERRIDE not in text:
        for at, character in enumerate(text):
            yield at, character, False
        return
    turned: list[tuple[int, str, bool]] | None = None
    for at, character in enumerate(text):
        if turned is None:
            yield at, character, False
            if character == _OVERRIDE:
                turned = []
        elif character == _POP or character in _LINE_ENDS:
            yield from reversed(turned)
            yield at, character, False
            turned = None
        else:
            turned.append((at, character, True))
    yield from reversed(turned or [])
