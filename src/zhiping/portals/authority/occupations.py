"""Occupations as pages write them: the name with its code."""

from zhiping.apps.reference.queries import occupation_name
from zhiping.core.catalogues.errors import OccupationUnknownError

UNLISTED = "不在2022年版大典"


def name_of(code: str) -> str:
    """Return the name of an occupation, or that the newest edition does not list it."""
    try:
        return occupation_name(code)
    except OccupationUnknownError:
        return UNLISTED


def called(code: str) -> str:
    """Return an occupation's name with its code (电工（6-31-01-03）)."""
    name = name_of(code)
    return code if name == code else f"{name}（{code}）"
