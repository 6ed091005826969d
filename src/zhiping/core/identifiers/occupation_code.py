"""Codes of the occupational classification (职业编码): d-dd-dd-dd."""

import re
from dataclasses import dataclass

from zhiping.core.identifiers.normal_text import normalise_code
from zhiping.core.identifiers.problems import IdentifierInvalidError, Problem

_WRITTEN = re.compile(r"([1-8])-([0-9]{2})-([0-9]{2})-([0-9]{2})\Z")
_RUN_TOGETHER = re.compile(r"([1-8])([0-9]{2})([0-9]{2})([0-9]{2})\Z")
_GROUP = re.compile(r"[1-8](-[0-9]{2}){0,2}\Z")


class OccupationCodeInvalidError(IdentifierInvalidError):
    """The text is no occupation code."""

    code = "identifiers.occupation_code_invalid"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class OccupationCode:
    """The code of one occupation.

    A final 00 is an occupation as well: the only one of its group.
    """

    text: str

    def __str__(self) -> str:
        """Return the code with its hyphens."""
        return self.text

    @property
    def major(self) -> str:
        """Return the major group (大类)."""
        return self.text[:1]

    @property
    def middle(self) -> str:
        """Return the middle group (中类)."""
        return self.text[:4]

    @property
    def minor(self) -> str:
        """Return the minor group (小类)."""
        return self.text[:7]

    @property
    def is_alone_in_group(self) -> bool:
        """Tell whether the code says that its group has one occupation only."""
        return self.text.endswith("-00")


def problems(text: str) -> tuple[Problem, ...]:
    """Return what is wrong with an occupation code; nothing when it has the form of one.

    Whether the classification lists the code is a question for the catalogue of an edition.
    """
    code = normalise_code(text)
    if _WRITTEN.match(code) or _RUN_TOGETHER.match(code):
        return ()
    if _GROUP.match(code):
        return (Problem(code="identifiers.occupation_code_is_group", facts={"value": code}),)
    return (Problem(code="identifiers.occupation_code_form", facts={"value": text}),)


def parse(text: str) -> OccupationCode:
    """Return the occupation code; seven digits run together are accepted.

    >>> parse("6310103"), parse("6－31－01－03").minor
    (OccupationCode(text='6-31-01-03'), '6-31-01')

    Refuses:
        OccupationCodeInvalidError: the text has not the form of an occupation code.
    """
    code = normalise_code(text)
    found = _WRITTEN.match(code) or _RUN_TOGETHER.match(code)
    if not found:
        raise OccupationCodeInvalidError(problems=problems(text), value=text)
    return OccupationCode(text="-".join(found.groups()))
