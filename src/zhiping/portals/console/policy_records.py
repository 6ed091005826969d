"""The part of `zhiping policy diff` that tries a draft on what is on record."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
import polars as pl

from zhiping.core.policybook import PolicyBook
from zhiping.core.roster.export import table_to_xlsx
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.kernel.place import Place

if TYPE_CHECKING:
    from zhiping.portals.trials import Trial

_SYSTEM = Actor(kind=ActorKind.SYSTEM, id="policy", name="政策试算")
_LARGEST_SHEET = 1_000_000
"""What one sheet of a workbook holds, its head left aside."""
_SHOWN = 12
"""How many places and rules are printed for each effect; --json and --export have all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsTrial:
    """A trial with how long it took and where its lines were written."""

    trial: "Trial"
    seconds: float
    export: Path | None

    def to_json(self) -> dict[str, object]:
        """Return the counts, the seconds and the file under their stable keys."""
        written = str(self.export) if self.export else None
        return {**self.trial.to_json(), "seconds": round(self.seconds, 2), "export": written}

    def as_text(self) -> Iterator[str]:
        """Yield the lines for a person."""
        trials = import_module("zhiping.portals.trials")
        found = self.trial.differences
        judged = dict(found.judged.group_by("kind").agg(pl.col("records").sum()).iter_rows())
        counted = "，".join(
            f"{name} {judged.get(kind, 0):,} {trials.UNITS[kind]}"
            f"（{self.trial.frozen.get(kind, 0):,} {trials.UNITS[kind]}的事实取自当时固定的判定）"
            for kind, name in trials.KINDS.items()
        )
        yield ""
        yield f"在册记录按 {found.on.isoformat()} 判定，现行与草案各一次：{counted}。"
        yield f"用时 {self.seconds:.1f} 秒。"
        for effect, word in trials.EFFECTS.items():
            ours = found.counts.filter(pl.col("effect") == effect)
            kinds = dict(ours.group_by("kind", maintain_order=True).agg(pl.col("records").sum()).iter_rows())
            told = "，".join(
                f"{trials.KINDS[kind]} {count:,} {trials.UNITS[kind]}" for kind, count in kinds.items()
            )
            yield f"{word}：{told or '无'}"
            yield from self._detail(ours, effect)
        if found.failing_otherwise:
            yield f"前后都不符合、但不符合的规则有变化：{found.failing_otherwise:,}"
        if found.facts_left_out:
            yield f"草案改变了这些事实的写法，试算中按未提供处理：{'、'.join(found.facts_left_out)}"
        if self.export:
            yield f"逐条结果已写入 {self.export}。"

    def _detail(self, ours: pl.DataFrame, effect: str) -> Iterator[str]:
        trials = import_module("zhiping.portals.trials")
        found = self.trial.differences
        places = ours.sort("records", "place", descending=[True, False])
        for row in places.head(_SHOWN).iter_rows(named=True):
            where = trials.place_name(row["place"], found.on)
            yield f"  {row['place']} {where}：{trials.KINDS[row['kind']]} {row['records']:,}"
        if places.height > _SHOWN:
            yield f"  另有 {places.height - _SHOWN} 处，见 --json 或 --export"
        rules = found.rules.filter(pl.col("effect") == effect)
        for row in rules.head(_SHOWN).iter_rows(named=True):
            yield f"  规则 {row['rule']} {row['title']}：{trials.KINDS[row['kind']]} {row['records']:,}"


def try_on_record(draft: PolicyBook, *, on: date, place: Place | None, export: Path | None) -> RecordsTrial:
    """Try the draft under the plain role, reaching everywhere, as the pages of a nation's officer would."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiping.config.settings")
    import_module("django").setup()
    trials = import_module("zhiping.portals.trials")
    walls = import_module("zhiping.apps.authorities.walls")
    began = time.monotonic()
    with walls.reaching(("",)):
        trial: Trial = trials.try_draft(
            draft, actor=_SYSTEM, on=on, place=place.code if place else "", say=_say
        )
    seconds = time.monotonic() - began
    if export is not None:
        _write(trial, export)
    return RecordsTrial(trial=trial, seconds=seconds, export=export)


def _say(kind: str, done: int, total: int) -> None:
    names = import_module("zhiping.portals.trials").KINDS
    click.echo(f"试算{names.get(kind, '完毕')}：{done:,}／{total:,}", err=True)


def _write(trial: "Trial", export: Path) -> None:
    trials = import_module("zhiping.portals.trials")
    lines = list(trials.lines_of(trial.differences))
    if len(lines) > _LARGEST_SHEET:
        raise click.UsageError(
            f"有变化的共 {len(lines):,} 行，超过一张表的 {_LARGEST_SHEET:,} 行。请用 --place 分地区导出。"
        )
    now = import_module("zhiping.portals.clock").current_clock().now()
    export.write_bytes(table_to_xlsx(trials.HEADERS, lines, title="草案试算", as_of=now))
