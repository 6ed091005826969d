"""A draft tried on a hundred thousand filings, against judging them one by one in the same process.

The draft asks for more insured staff and for one more workstation in each occupation in Foshan than its
plan does. Both sides start from the facts as they are stored with verdicts (JSON text) and both end
with the outcome of every filing before and now and with every rule that says something else, with what
it observed and required. One by one that is two verdicts with full traces for each filing; that side is
measured over a part of the filings and scaled. What both say of that part is asserted to be the same.

The day is fixed and the places are the districts of one city, so that the parameters are those of the
plan, whatever a newer notice says.
"""

import json
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.judgements import filings
from zhiping.core.policybook import Outcome, PolicyBook
from zhiping.core.policybook.case_frames import Case, frame_of
from zhiping.core.policybook.values import plain
from zhiping.core.policybook.whatif import Differences, Effect, what_if
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

QUESTION = "employer_filing"
DAY = date(2021, 3, 1)
PLACES = ("440604", "440605", "440606", "440607", "440608")
FILE = "parameters/employer_filing.yaml"
CHANGES = (
    ("value: 300", "value: 310"),
    ("300人以上", "310人以上"),
    ("value: 10", "value: 11"),
    ("不少于10个", "不少于11个"),
)
AIM_SECONDS = 60.0

type Kept = tuple[str, str, str]
"""Number, place, facts as JSON."""


def drafted(folder: Path) -> PolicyBook:
    """Return the law with the draft."""
    text = (policy_folder() / FILE).read_text(encoding="utf-8")
    for old, new in CHANGES:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / FILE).parent.mkdir(parents=True)
    (folder / FILE).write_text(text, encoding="utf-8")
    return PolicyBook.load(policy_folder(), draft=folder)


def at_once(current: PolicyBook, draft: PolicyBook, kept: list[Kept]) -> Differences:
    """Read and try all filings in columns."""
    cases = (Case(number, "", place, json.loads(facts)) for number, place, facts in kept)
    frame = frame_of(current.facts, "filing", cases)
    return what_if(current, draft, {QUESTION: frame}, on=DAY)


def one_by_one(
    current: PolicyBook, draft: PolicyBook, kept: list[Kept]
) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Judge each filing alone by both books: number → before, now, the rules that differ."""
    found = {}
    for number, place, stored in kept:
        facts = current.read_facts(json.loads(stored))
        before, now = (book.judge(QUESTION, facts, place=Place(place), on=DAY) for book in (current, draft))
        if before.outcome is now.outcome:
            continue
        said = [
            {
                one.rule: (one.outcome, one.observed, one.required)
                for one in verdict.findings
                if one.outcome not in {Outcome.PASS, Outcome.NOT_APPLICABLE}
            }
            for verdict in (before, now)
        ]
        rules = sorted(
            rule
            for rule in said[0].keys() | said[1].keys()
            if said[0].get(rule, (None,))[0] is not said[1].get(rule, (None,))[0]
        )
        found[number] = (before.outcome.value, now.outcome.value, tuple(rules))
    return found


def run(*, count: int = 100_000, alone: int = 4_000) -> dict[str, object]:
    """Return the seconds for all filings and the ratio against one by one."""
    current = PolicyBook.load(policy_folder())
    kept = [
        (f"BA{number:06d}", PLACES[number % len(PLACES)], json.dumps(plain(facts), ensure_ascii=False))
        for number, facts in enumerate(filings(count))
    ]
    with TemporaryDirectory() as folder:
        draft = drafted(Path(folder))
    part = kept[:alone]
    at_once(current, draft, part)  # both sides have their rules compiled before a clock starts
    started = time.process_time()
    single = one_by_one(current, draft, part)
    seconds_alone = (time.process_time() - started) * count / alone
    started, began = time.process_time(), time.monotonic()
    found = at_once(current, draft, kept)
    seconds, wall = time.process_time() - started, time.monotonic() - began
    _assert_same(found, single, {number for number, _, _ in part})
    return {
        "filings": count,
        "seconds": round(wall, 2),
        "cpu_seconds": round(seconds, 2),
        "cpu_seconds_one_by_one": round(seconds_alone, 1),
        "ratio": round(seconds_alone / seconds, 1),
        "newly_failing": found.total(Effect.NEWLY_FAILS),
        "reasons_kept": found.reasons.height,
        "met": wall < AIM_SECONDS,
    }


def _assert_same(
    found: Differences, single: dict[str, tuple[str, str, tuple[str, ...]]], asked: set[str]
) -> None:
    rules: dict[str, list[str]] = {}
    for record, rule in found.reasons.select("record", "rule").iter_rows():
        rules.setdefault(record, []).append(rule)
    ours = {
        record: (before, now, tuple(sorted(rules[record])))
        for record, before, now in found.records.select("record", "before", "now").iter_rows()
        if record in asked
    }
    assert ours == single
    assert ours


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
