"""How often the guards are right on the labelled lists (准确率和召回率), of which half was held out.

A text counts as flagged when the guard refuses it or leaves it to a person. Precision: of what was flagged,
how much should have been. Recall: of what should have been flagged, how much was. `exact` is stricter: the
very outcome and the very words; for revivals the very item first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from zhiping.core.catalogues.files import read_rows
from zhiping.core.wording.errors import ExampleUnreadableError
from zhiping.core.wording.guard import Guard, WordingOutcome, guard_in_force
from zhiping.core.wording.revival import CancelledItem, RevivalGuard
from zhiping.core.wording.rules import CertificateKind, TextKind
from zhiping.kernel.errors import DomainError
from zhiping.kernel.place import Place

WORDING_EXAMPLES: Final = "wording_examples.csv"
REVIVAL_EXAMPLES: Final = "revival_examples.csv"
_ESCAPE = re.compile(r"\\(?:n|u([0-9a-f]{4}))")
_FLAGGED = frozenset({WordingOutcome.REFUSED, WordingOutcome.NEEDS_PERSON})


class ExampleSet(StrEnum):
    """Whether an example was looked at while the guards were tuned (样本分组)."""

    TUNING = "tuning"
    HELD_OUT = "held_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingExample:
    """One labelled text (用字样本)."""

    line: int
    text: str
    kind: TextKind
    place: Place
    on: date
    certificate: CertificateKind
    registered_names: tuple[str, ...]
    outcome: WordingOutcome
    words: frozenset[str]
    set: ExampleSet
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevivalExample:
    """One labelled name (变相恢复样本)."""

    line: int
    name: str
    is_revival: bool
    of_item: str
    set: ExampleSet
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Counts of one set of examples, and what follows from them."""

    hits: int
    false_alarms: int
    misses: int
    rightly_silent: int
    exact: int

    @property
    def examples(self) -> int:
        """Return how many examples were counted."""
        return self.hits + self.false_alarms + self.misses + self.rightly_silent

    @property
    def precision(self) -> float:
        """Return the share of the flagged that should be; 1 where nothing was flagged."""
        flagged = self.hits + self.false_alarms
        return self.hits / flagged if flagged else 1.0

    @property
    def recall(self) -> float:
        """Return the share of what should be flagged that is; 1 where nothing should be."""
        wanted = self.hits + self.misses
        return self.hits / wanted if wanted else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One example that came out otherwise than its label says."""

    file: str
    line: int
    set: ExampleSet
    text: str
    wanted: str
    got: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a guard made of one example."""

    set: ExampleSet
    should_flag: bool
    is_flagged: bool
    mistake: Mistake | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The measured figures of both guards, by set and over all (测量结果)."""

    wording: Mapping[str, Rates]
    revival: Mapping[str, Rates]
    items: int
    """How many items the names were compared with."""
    mistakes: tuple[Mistake, ...]


def wording_examples() -> tuple[WordingExample, ...]:
    r"""Return the labelled texts; `\u200b` and `\n` in the file stand for characters that one could not see.

    Refuses:
        CatalogueUnreadableError: the list is missing.
        ExampleUnreadableError: a row has a value that is not allowed.
    """
    return tuple(_wording_example(row, line) for line, row in enumerate(read_rows(WORDING_EXAMPLES), 2))


def _wording_example(row: Mapping[str, str], line: int) -> WordingExample:
    try:
        return WordingExample(
            line=line,
            text=_unescaped(row["text"]),
            kind=TextKind(row["kind"]),
            place=Place(row["place"]),
            on=date.fromisoformat(row["on"]),
            certificate=CertificateKind(row["certificate"]),
            registered_names=tuple(filter(None, row["registered_names"].split("|"))),
            outcome=WordingOutcome(row["outcome"]),
            words=frozenset(filter(None, row["words"].split("|"))),
            set=ExampleSet(row["set"]),
            why=row["why"],
        )
    except (KeyError, ValueError, DomainError) as trouble:
        raise ExampleUnreadableError(file=WORDING_EXAMPLES, line=line, reason=str(trouble)) from trouble


def revival_examples() -> tuple[RevivalExample, ...]:
    """Return the labelled names.

    Refuses:
        CatalogueUnreadableError: the list is missing.
        ExampleUnreadableError: a row has a value that is not allowed.
    """
    return tuple(_revival_example(row, line) for line, row in enumerate(read_rows(REVIVAL_EXAMPLES), 2))


def _revival_example(row: Mapping[str, str], line: int) -> RevivalExample:
    try:
        return RevivalExample(
            line=line,
            name=_unescaped(row["name"]),
            is_revival={"yes": True, "no": False}[row["is_revival"]],
            of_item=row["of_item"],
            set=ExampleSet(row["set"]),
            why=row["why"],
        )
    except (KeyError, ValueError) as trouble:
        raise ExampleUnreadableError(file=REVIVAL_EXAMPLES, line=line, reason=str(trouble)) from trouble


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\n", text)


def example_items(examples: Iterable[RevivalExample]) -> tuple[CancelledItem, ...]:
    """Return the items that the examples name: samples, no statement of what was cancelled."""
    names = sorted({example.of_item for example in examples if example.of_item})
    return tuple(
        CancelledItem(
            name=name,
            batch="样本",
            document="样本",
            cancelled_on=date(2016, 1, 1),
            kind="样本",
            tracking_department="样本",
            certainty="uncertain",
        )
        for name in names
    )


def judged_text(guard: Guard, example: WordingExample) -> Judged:
    """Return what the wording guard makes of an example."""
    verdict = guard.check(
        example.text,
        kind=example.kind,
        place=example.place,
        on=example.on,
        registered_names=example.registered_names,
        certificate=example.certificate,
    )
    words = frozenset(hit.word for hit in verdict.hits)
    is_right = verdict.outcome is example.outcome and words == example.words
    mistake = Mistake(
        file=WORDING_EXAMPLES,
        line=example.line,
        set=example.set,
        text=example.text,
        wanted=_shown(example.outcome, example.words),
        got=_shown(verdict.outcome, words),
    )
    return Judged(
        set=example.set,
        should_flag=example.outcome in _FLAGGED,
        is_flagged=verdict.outcome in _FLAGGED,
        mistake=None if is_right else mistake,
    )


def judged_name(guard: RevivalGuard, example: RevivalExample) -> Judged:
    """Return what the revival guard makes of an example."""
    flagged = guard.flagged(example.name)
    first = flagged[0].item.name if flagged else ""
    is_right = first == (example.of_item if example.is_revival else "")
    mistake = Mistake(
        file=REVIVAL_EXAMPLES,
        line=example.line,
        set=example.set,
        text=example.name,
        wanted=example.of_item if example.is_revival else "",
        got=first,
    )
    return Judged(
        set=example.set,
        should_flag=example.is_revival,
        is_flagged=bool(flagged),
        mistake=None if is_right else mistake,
    )


def _shown(outcome: WordingOutcome, words: Iterable[str]) -> str:
    return " ".join([outcome.value, *sorted(words)])


def rates(judged: Iterable[Judged]) -> Rates:
    """Count what was judged."""
    counts = {(should, flagged): 0 for should in (True, False) for flagged in (True, False)}
    exact = 0
    for one in judged:
        counts[one.should_flag, one.is_flagged] += 1
        exact += one.mistake is None
    return Rates(
        hits=counts[True, True],
        false_alarms=counts[False, True],
        misses=counts[True, False],
        rightly_silent=counts[False, False],
        exact=exact,
    )


def _by_set(judged: Sequence[Judged]) -> dict[str, Rates]:
    of_sets = {one.value: rates(part for part in judged if part.set is one) for one in ExampleSet}
    return {**of_sets, "all": rates(judged)}


def measure() -> Figures:
    """Judge every labelled example by the lists and choices of the policy folder (测量).

    Refuses:
        CatalogueUnreadableError, WordRuleUnreadableError, ExampleUnreadableError, ChoiceMissingError: the
            policy folder is not whole.
    """
    guard = guard_in_force()
    texts = [judged_text(guard, example) for example in wording_examples()]
    examples = revival_examples()
    items = example_items(examples)
    revival = RevivalGuard(items)
    names = [judged_name(revival, example) for example in examples]
    return Figures(
        wording=_by_set(texts),
        revival=_by_set(names),
        items=len(items),
        mistakes=tuple(one.mistake for one in (*texts, *names) if one.mistake),
    )
