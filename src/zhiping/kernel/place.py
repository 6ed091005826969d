"""Places: six-digit administrative division codes (GB/T 2260 行政区划代码) and the nation."""

import re
from dataclasses import dataclass

from zhiping.kernel.errors import DomainError

NATION = "CN"
_CODE = re.compile(r"[0-9]{6}\Z")


class PlaceMalformedError(DomainError):
    """The text is no place code."""

    code = "kernel.place_malformed"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One place, written as six digits, or "CN" for the nation.

    >>> [place.code for place in Place("440605").chain]
    ['440605', '440600', '440000', 'CN']
    >>> [place.code for place in Place("429004").chain]  # directly under its province
    ['429004', '420000', 'CN']
    """

    code: str

    def __post_init__(self) -> None:
        """Refuse what is not a place code."""
        if self.code != NATION and not _CODE.match(self.code):
            raise PlaceMalformedError(value=self.code)

    @property
    def level(self) -> str:
        """Return nation, province, city or district."""
        if self.code == NATION:
            return "nation"
        if self.code.endswith("0000"):
            return "province"
        return "city" if self.code.endswith("00") else "district"

    @property
    def chain(self) -> tuple["Place", ...]:
        """Return the place and everything above it, the narrowest first."""
        codes = [self.code]
        if self.code != NATION:
            is_under_province = self.code[2] == "9" and self.code[3] == "0"
            if self.level == "district" and not is_under_province:
                codes.append(self.code[:4] + "00")
            if self.level != "province":
                codes.append(self.code[:2] + "0000")
            codes.append(NATION)
        return tuple(Place(code) for code in codes)

    @property
    def prefix(self) -> str:
        """Return the digits that all places inside share ("" for the nation)."""
        return {"nation": "", "province": self.code[:2], "city": self.code[:4]}.get(self.level, self.code)

    def contains(self, other: "Place") -> bool:
        """Tell whether the other place is this one or lies inside it."""
        return self in other.chain
