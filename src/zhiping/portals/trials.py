"""A draft tried on everything on record (草案试算): the work behind the command and the desk's page.

Nothing here changes anything: the law in force stays what it is, and no record is touched.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhiping.apps.certificates.queries import certificate_batches, certificates_on_record
from zhiping.apps.exams.queries import plan_batches, plans_on_record
from zhiping.apps.reference.queries import law
from zhiping.apps.registry.queries import filing_batches, filings_on_record
from zhiping.core.catalogues.divisions import divisions
from zhiping.core.catalogues.errors import DivisionUnknownError
from zhiping.core.policybook import PolicyBook
from zhiping.core.policybook.case_frames import Batch
from zhiping.core.policybook.messages import OUTCOMES
from zhiping.core.policybook.whatif import Differences, Effect, what_if
from zhiping.core.roster.export import Cell
from zhiping.kernel.actor import Actor

KINDS: Mapping[str, str] = {"filing": "备案", "plan": "考核计划", "certificate": "证书"}
UNITS: Mapping[str, str] = {"filing": "件", "plan": "个", "certificate": "张"}
EFFECTS: Mapping[str, str] = {
    Effect.NEWLY_FAILS.value: "新增不符合",
    Effect.NEWLY_PASSES.value: "新增符合",
    Effect.BECOMES_UNKNOWN.value: "转为无法判定",
    Effect.DIFFERS_OTHERWISE.value: "其他变化",
}
HEADERS = (
    "类别",
    "编号",
    "地区代码",
    "地区",
    "现行结论",
    "草案结论",
    "变化",
    "部分",
    "规则",
    "规则名称",
    "该规则现行",
    "该规则草案",
    "项目",
    "所见",
    "现行要求",
    "草案要求",
    "说明",
    "条款",
)

type Say = Callable[[str, int, int], None]
"""Told after each batch: which kind is being judged, how many records are done, how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a trial found, and of how many records of each kind the facts were frozen with a verdict."""

    differences: Differences
    frozen: Mapping[str, int]

    def to_json(self) -> dict[str, object]:
        """Return the counts under their stable keys."""
        return {**self.differences.to_json(), "facts_frozen": dict(self.frozen)}


def on_record(actor: Actor, *, place: str = "") -> dict[str, int]:
    """Return how many records of each kind a trial would judge."""
    return {
        "filing": filings_on_record(actor, place=place).count(),
        "plan": plans_on_record(actor, place=place).count(),
        "certificate": certificates_on_record(actor, place=place).count(),
    }


def try_draft(
    draft: PolicyBook, *, actor: Actor, on: dt.date, place: str = "", say: Say = lambda *_: None
) -> Trial:
    """Judge every record within reach on the day, by the law as it is and by the law with the draft.

    A record is judged on the named day at its own place, from the facts of its own time: those of the
    verdict frozen with it, or where there is none those that its row tells as of its own day.
    """
    current, total = law(), sum(on_record(actor, place=place).values())
    found: list[Differences] = []
    frozen = dict.fromkeys(KINDS, 0)
    done = 0
    for kind, batch in _batches(actor, place):
        say(kind, done, total)
        found.append(what_if(current, draft, batch.frames, on=on))
        frozen[kind] += batch.frozen
        done += batch.records
    say("", done, total)
    return Trial(differences=Differences.joined(found, on=on), frozen=frozen)


def _batches(actor: Actor, place: str) -> Iterator[tuple[str, Batch]]:
    for kind, batches in (
        ("filing", filing_batches),
        ("plan", plan_batches),
        ("certificate", certificate_batches),
    ):
        for batch in batches(actor, place=place):
            yield kind, batch


def place_name(code: str, on: dt.date) -> str:
    """Return a place's full name; its code where the list of divisions does not have it."""
    try:
        return divisions().full_name(code, on=on)
    except DivisionUnknownError:
        return code


def lines_of(found: Differences) -> Iterator[Sequence[Cell]]:
    """Yield one line for each rule that makes a difference on a record, under `HEADERS`."""
    names = {code: place_name(code, found.on) for code in found.records["place"].unique().to_list()}
    both = found.records.rename({"before": "stood", "now": "stands"}).join(
        found.reasons.drop("place", "effect", "question"),
        on=("kind", "record"),
        how="left",
        maintain_order="left_right",
    )
    for row in both.iter_rows(named=True):
        yield (
            KINDS[row["kind"]],
            row["record"],
            row["place"],
            names[row["place"]],
            OUTCOMES[row["stood"]],
            OUTCOMES[row["stands"]],
            EFFECTS[row["effect"]],
            row["part"],
            row["rule"],
            row["title"],
            OUTCOMES.get(row["before"] or "", "不在施行"),
            OUTCOMES.get(row["now"] or "", "不在施行"),
            row["tested"],
            row["observed"],
            row["required_before"],
            row["required_now"],
            row["message"],
            row["clauses"],
        )
