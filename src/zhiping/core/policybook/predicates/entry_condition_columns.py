"""Do the candidates of a table meet the entry conditions that they claimed (申报条件)?

Says of each row what `entry_condition_met` says of one candidate, and nothing of why.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from zhiping.core.policybook.catalogues import ENTRY_CONDITIONS, LEVELS, TITLES
from zhiping.core.policybook.model import Catalogue
from zhiping.core.policybook.values import MONTHS_PER_YEAR


def entry_condition_met(facts: Mapping[str, pl.Expr], catalogues: Mapping[str, Catalogue]) -> pl.Expr:
    """Return whether every filled cell of the claimed row of the table holds; null where that is open."""
    claimed = facts["entry_condition"]
    answer = pl.lit(value=False)  # claimed, and no condition of the table
    for row in catalogues[ENTRY_CONDITIONS].rows:
        holds = pl.all_horizontal(*_tests(row, facts))
        answer = pl.when(claimed == row["condition"]).then(holds).otherwise(answer)
    return pl.when(claimed.is_not_null()).then(answer)


def _tests(row: Mapping[str, str], facts: Mapping[str, pl.Expr]) -> Iterator[pl.Expr]:
    yield facts["level"] == row["level"]
    if row["min_age"]:
        yield _completed(facts["born_on"], int(row["min_age"]) * MONTHS_PER_YEAR, facts["day"])
    if row["min_work_months"]:
        yield facts["work_months"] >= int(row["min_work_months"])
    if row["prior_level"]:
        yield _is_one_of(facts["prior_level"], LEVELS[LEVELS.index(row["prior_level"]) :])
    if row["months_since_prior"]:
        yield _completed(facts["prior_issued_on"], int(row["months_since_prior"]), facts["day"])
    if row["education"]:
        yield _is_one_of(facts["education"], tuple(row["education"].split("|")))
    if row["title"]:
        yield _is_one_of(facts["title"], TITLES[TITLES.index(row["title"]) :])
    if row["months_since_title"]:
        yield _completed(facts["title_issued_on"], int(row["months_since_title"]), facts["day"])


def _is_one_of(observed: pl.Expr, listed: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal(*(observed == one for one in listed))


def _completed(since: pl.Expr, months: int, day: pl.Expr) -> pl.Expr:
    """Return whether so many months, counted from a day, are over on the judged day."""
    return since.dt.offset_by(f"{months}mo") <= day
