"""Findings (筛查发现): their stable identity, and what became of them from one run to the next."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from zhiping.kernel.place import Place

_SEPARATOR = "\x1f"
SHOWN_SEPARATOR = "|"

FINDING_SCHEMA: dict[str, pl.DataType] = {
    "finding": pl.String(),
    "screen_id": pl.String(),
    "severity": pl.String(),
    "key": pl.String(),
    "body_id": pl.String(),
    "place": pl.String(),
    "body_place": pl.String(),
    "day": pl.Date(),
    "reason": pl.String(),
    "clauses": pl.String(),
    "evidence": pl.String(),
}
"""The columns that findings of every screen share; `evidence` is JSON with the screen's own columns."""


def written(value: object) -> str:
    """Return one value of a key as text, the same whatever file format it came from."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def fingerprint(screen_id: str, key: Sequence[object]) -> str:
    """Return the identity of a finding: the same for the same screen and key, in every run (指纹).

    >>> fingerprint("SCR-003", ["B1", date(2024, 5, 1)]) == fingerprint("SCR-003", ["B1", "2024-05-01"])
    True
    """
    parts = [screen_id, *(written(value) for value in key)]
    # Lengths keep ("a", "b|c") apart from ("a|b", "c") whatever the values contain.
    text = _SEPARATOR.join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def key_text(key: Sequence[object]) -> str:
    """Return a key as people and truth files write it, parts joined by an upright line."""
    return SHOWN_SEPARATOR.join(written(value) for value in key)


OPEN = "open"
CURED = "cured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What a new run says about the findings known before; frames of finding ids and all their columns.

    `out_of_reach` are findings known before that this run could not see again: their screen did not run or
    their place was not screened. They stay as they were.
    """

    opened: pl.DataFrame
    seen_again: pl.DataFrame
    reopened: pl.DataFrame
    cured: pl.DataFrame
    still_cured: pl.DataFrame
    out_of_reach: pl.DataFrame


def reconcile(
    previous: pl.DataFrame, current: pl.DataFrame, *, screens_that_ran: Collection[str], place: str
) -> Reconciliation:
    """Compare the findings known before with those of a run (比对前后两次筛查).

    `previous` has the columns of `FINDING_SCHEMA` and `state` ("open" or "cured"); `current` those of
    `FINDING_SCHEMA`. Every finding of either frame is in exactly one part of the answer. What a run could not
    see is never called cured.
    """
    within = Place(place)
    in_reach = previous["screen_id"].is_in(list(screens_that_ran)) & pl.Series(
        [
            any(within.contains(Place(code)) for code in codes if code is not None)
            for codes in previous.select("place", "body_place").iter_rows()
        ],
        dtype=pl.Boolean,
    )
    is_found_now = previous["finding"].is_in(current["finding"].to_list())
    is_cured = previous["state"] == CURED
    was_open = previous.filter(~is_cured)["finding"].to_list()
    was_cured = previous.filter(is_cured)["finding"].to_list()
    return Reconciliation(
        opened=current.filter(~pl.col("finding").is_in(was_open + was_cured)),
        seen_again=current.filter(pl.col("finding").is_in(was_open)),
        reopened=current.filter(pl.col("finding").is_in(was_cured)),
        cured=previous.filter(in_reach & ~is_found_now & ~is_cured),
        still_cured=previous.filter(in_reach & ~is_found_now & is_cured),
        out_of_reach=previous.filter(~in_reach & ~is_found_now),
    )
