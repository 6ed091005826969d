"""SCR-003: more people evaluated in a month than the employer insures (认定人数超过用人规模)."""

from collections.abc import Sequence
from random import Random

import polars as pl

from worlds.bodies import Body
from worlds.truth import Truth

TIMES = 3
_SMALLEST_MONTH = 10
"""A month is planted on only if that many people were evaluated in it."""

_FLAVOURS = (
    (True, "评价人数比参保人数多 1 人", pl.col("people") - 1),
    (True, "评价人数为参保人数的两倍以上", pl.col("people") // 2 - 1),
    (True, "当月没有参保人数", pl.lit(None, dtype=pl.Int64)),
    (False, "评价人数恰好等于参保人数", pl.col("people")),
    (False, "评价人数比参保人数少 1 人", pl.col("people") + 1),
)


def plant_insured(
    insured: pl.DataFrame, evaluated: pl.DataFrame, bodies: Sequence[Body], rounds: int, random: Random
) -> tuple[pl.DataFrame, list[Truth]]:
    """Return the insured months with planted counts, and the truth about them.

    `evaluated` says how many people each body evaluated in each month.
    """
    employers = [body.body_id for body in bodies if body.kind == "employer" and body.state == "filed"]
    months = evaluated.filter(
        pl.col("body_id").is_in(employers) & (pl.col("people") >= _SMALLEST_MONTH)
    ).sort("body_id", "month")
    chosen = random.sample(range(months.height), min(months.height, len(_FLAVOURS) * TIMES * rounds))
    changes: list[pl.DataFrame] = []
    truths: list[Truth] = []
    for number, (is_violation, note, count) in enumerate(_FLAVOURS):
        mine = months[chosen[number :: len(_FLAVOURS)]].with_columns(count.alias("planted"))
        changes.append(mine)
        truths += [
            Truth(
                screen_id="SCR-003",
                key=(body_id, month.isoformat()),
                is_violation=is_violation,
                note=note,
            )
            for body_id, month in mine.select("body_id", "month").iter_rows()
        ]
    planted = insured.join(
        pl.concat(changes).with_columns(is_planted=pl.lit(value=True)),
        on=["body_id", "month"],
        how="left",
        maintain_order="left",
    )
    counted = planted.with_columns(
        insured_count=pl.when("is_planted").then("planted").otherwise("insured_count")
    )
    return counted.drop_nulls("insured_count").select(insured.columns), truths
