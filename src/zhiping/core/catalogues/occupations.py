"""Occupations by edition of the classification (职业分类大典)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from zhiping.core.catalogues.errors import (
    EditionListMissingError,
    EditionUnknownError,
    OccupationUnknownError,
)
from zhiping.core.catalogues.files import catalogue_folder, read_rows

NEWEST: Final = "2022"
_MARKS: Final = {"yes": True, "no": False, "open": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What is known about an edition as a whole; the counts are those published with it."""

    year: str
    title: str
    major: int
    middle: int
    minor: int
    occupations: int
    work_types: int
    green: int | None
    digital: int | None
    is_list_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """One occupation of an edition whose list is held."""

    code: str
    name: str
    edition: str
    is_green: bool
    is_digital: bool | None
    """None where it could not be settled."""
    definition: str
    """Empty where the source has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupationGroup:
    """A major, middle or minor group (大类、中类、小类).

    A minor group of one occupation has no name of its own in the source.
    """

    code: str
    level: str
    name: str


class Listing(StrEnum):
    """Whether an edition lists a code."""

    LISTED = "listed"
    NOT_LISTED = "not_listed"
    UNKNOWN = "unknown"
    """The edition's list is not held: nobody may conclude anything from its silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupationIdentity:
    """What a code means in the edition that a filing cites."""

    code: str
    edition: str
    listing: Listing
    occupation: Occupation | None


class Occupations:
    """The list of one edition."""

    def __init__(
        self,
        edition: Edition,
        occupations: list[Occupation],
        groups: list[OccupationGroup],
    ) -> None:
        """Index the list by code and by name."""
        self.edition = edition
        self._by_code = {occupation.code: occupation for occupation in occupations}
        self._by_name = {occupation.name: occupation for occupation in occupations}
        self._groups = {group.code: group for group in groups}

    def __len__(self) -> int:
        """Return the number of occupations."""
        return len(self._by_code)

    def all(self) -> tuple[Occupation, ...]:
        """Return every occupation, by code."""
        return tuple(self._by_code.values())

    def find(self, code: str) -> Occupation | None:
        """Return the occupation with that code, or None."""
        return self._by_code.get(code)

    def get(self, code: str) -> Occupation:
        """Return the occupation with that code.

        Refuses:
            OccupationUnknownError: the edition lists none.
        """
        found = self._by_code.get(code)
        if found is None:
            raise OccupationUnknownError(code=code, edition=self.edition.year)
        return found

    def named(self, name: str) -> Occupation | None:
        """Return the occupation of exactly that name, or None."""
        return self._by_name.get(name)

    def groups(self) -> tuple[OccupationGroup, ...]:
        """Return every group, by code."""
        return tuple(self._groups.values())

    def groups_of(self, code: str) -> tuple[OccupationGroup, ...]:
        """Return the major, middle and minor group of an occupation code."""
        return tuple(self._groups[code[:length]] for length in (1, 4, 7) if code[:length] in self._groups)


@cache
def _editions(_folder: object) -> dict[str, Edition]:
    return {
        row["edition"]: Edition(
            year=row["edition"],
            title=row["title"],
            major=int(row["major"]),
            middle=int(row["middle"]),
            minor=int(row["minor"]),
            occupations=int(row["occupations"]),
            work_types=int(row["work_types"]),
            green=int(row["green"]) if row["green"] else None,
            digital=int(row["digital"]) if row["digital"] else None,
            is_list_held=row["list_held"] == "yes",
        )
        for row in read_rows("occupation_editions.csv")
    }


def editions() -> tuple[Edition, ...]:
    """Return the editions of the classification, the oldest first."""
    return tuple(_editions(catalogue_folder()).values())


def edition(year: str) -> Edition:
    """Return one edition.

    Refuses:
        EditionUnknownError: there is none of that year.
    """
    known = _editions(catalogue_folder())
    if year not in known:
        raise EditionUnknownError(edition=year, known="、".join(known))
    return known[year]


@cache
def _occupations(_folder: object, year: str) -> Occupations:
    listed = [
        Occupation(
            code=row["code"],
            name=row["name"],
            edition=year,
            is_green=row["green"] == "yes",
            is_digital=_MARKS[row["digital"]],
            definition=row["definition"],
        )
        for row in read_rows(f"occupations_{year}.csv")
    ]
    groups = [OccupationGroup(**row) for row in read_rows(f"occupation_groups_{year}.csv")]
    return Occupations(edition(year), listed, groups)


def occupations(year: str = NEWEST) -> Occupations:
    """Return the occupations of an edition (职业名录); read once.

    Refuses:
        EditionUnknownError: there is no edition of that year.
        EditionListMissingError: the edition exists but its list is not held.
    """
    if not edition(year).is_list_held:
        raise EditionListMissingError(edition=year)
    return _occupations(catalogue_folder(), year)


def occupation(code: str, year: str = NEWEST) -> OccupationIdentity:
    """Return what a code means in the edition that a filing cites.

    Where the list is not held the answer is `unknown`: the same code may stand for another occupation there,
    so the newer list is never consulted in its place.

    Refuses:
        EditionUnknownError: there is no edition of that year.
    """
    if not edition(year).is_list_held:
        return OccupationIdentity(code=code, edition=year, listing=Listing.UNKNOWN, occupation=None)
    found = occupations(year).find(code)
    listing = Listing.LISTED if found else Listing.NOT_LISTED
    return OccupationIdentity(code=code, edition=year, listing=listing, occupation=found)


@cache
def _tasks(_folder: object, year: str) -> dict[str, str]:
    return {row["code"]: row["tasks"] for row in read_rows(f"occupation_tasks_{year}.csv")}


def tasks_of(code: str, year: str = NEWEST) -> str:
    """Return the published main tasks of an occupation (主要工作任务); empty where none are published.

    Refuses:
        OccupationUnknownError: the edition lists no such code.
        EditionListMissingError: the edition's list is not held.
    """
    occupations(year).get(code)
    return _tasks(catalogue_folder(), year).get(code, "")
