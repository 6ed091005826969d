"""What a trial found, in figures and words: how many go which way, where, by which rule, what was changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import polars as pl
from django.urls import reverse

from zhiping.core.policybook.messages import OUTCOMES
from zhiping.core.policybook.verdict import shown_value
from zhiping.core.policybook.whatif import Differences, Effect
from zhiping.portals.authority.trial_runs import TrialRun
from zhiping.portals.trials import EFFECTS, KINDS, UNITS
from zhiping.ui.shapes import Figure


def figures(run: TrialRun, found: Differences) -> list[Figure]:
    """Return how many records were tried and how many go each way, each with a link to them."""
    here = reverse("authority:whatif-show", args=[UUID(run.key)])
    judged = int(found.judged["records"].sum() or 0)
    return [
        Figure(label="试算的记录", value=judged, unit="条"),
        *(
            Figure(
                label=word,
                value=found.total(Effect(effect)),
                unit="条",
                url=f"{here}?effect={effect}#differences",
            )
            for effect, word in EFFECTS.items()
        ),
    ]


def sources(run: TrialRun, found: Differences) -> str:
    """Say how many records of each kind were tried, and where their facts came from."""
    judged = dict(found.judged.group_by("kind").agg(pl.col("records").sum()).iter_rows())
    told = [
        f"{name} {judged[kind]:,} {unit}，其中 {run.frozen.get(kind, 0):,} {unit}的事实取自当时固定的判定"
        for kind, name in KINDS.items()
        for unit in (UNITS[kind],)
        if kind in judged
    ]
    return "；".join(told)


def by_place(found: Differences) -> list[dict[str, object]]:
    """Return places and kinds with what was judged there and how many go which way."""
    wide = found.counts.pivot("effect", index=("kind", "place"), values="records")
    joined = found.judged.join(wide, on=("kind", "place"), how="left")
    there = [one for one in EFFECTS if one in joined.columns]
    touched = (
        joined.filter(pl.any_horizontal(pl.col(one).is_not_null() for one in there))
        if there
        else joined.head(0)
    )
    return [
        {
            "place": row["place"],
            "kind": KINDS[row["kind"]],
            "judged": row["records"],
            "effects": [{"word": word, "records": row.get(one) or 0} for one, word in EFFECTS.items()],
            "url": f"?kind={row['kind']}&place={row['place']}#differences",
        }
        for row in touched.sort("place", "kind").iter_rows(named=True)
    ]


def by_rule(run: TrialRun, found: Differences) -> list[dict[str, object]]:
    """Return on how many records each rule makes which difference."""
    here = reverse("authority:whatif-show", args=[UUID(run.key)])
    return [
        {
            "rule": row["rule"],
            "title": row["title"],
            "kind": KINDS[row["kind"]],
            "effect": EFFECTS[row["effect"]],
            "records": row["records"],
            "url": f"{here}?rule={row['rule']}&kind={row['kind']}&effect={row['effect']}#differences",
        }
        for row in found.rules.iter_rows(named=True)
    ]


def shown_change(one: Mapping[str, Any]) -> dict[str, object]:
    """Return one change of the draft in words; a rule's versions are hashes, which say nothing."""
    before, now = one["before"], one["now"]
    if one["kind"] == "rule":
        word = "修改" if before and now else "新增" if now else "不再施行"
        title = one.get("title", "")
        thing = f"{one['thing']} {title}" if title else one["thing"]
        return {"kind": "规则", "thing": thing, "place": one["place"], "before": "—", "now": word}
    if one["kind"] == "case":
        name, _, was = str(before).rpartition("：")
        return {
            "kind": "案例",
            "thing": f"{one['thing']}：{name}",
            "place": one["place"],
            "before": OUTCOMES.get(was, was),
            "now": OUTCOMES.get(str(now), str(now)),
        }
    title = one.get("title", "")
    return {
        "kind": "参数",
        "thing": f"{title}（{one['thing']}）" if title else one["thing"],
        "place": one["place"],
        "before": "没有取值" if before is None else shown_value(before, None),
        "now": "没有取值" if now is None else shown_value(now, None),
    }
