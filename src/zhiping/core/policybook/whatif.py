"""What a draft notice would change for what is on record (草案试算): who newly fails, passes, is open.

Every row is judged twice on one named day, by the book as it is and by the book with the draft, from
the same facts; nothing else differs between the two. The steps:

1. judge every frame by both books;
2. take the parts of a record together, as a filing's verdict takes body and occupations together;
3. keep the records whose outcome differs, and say in which direction;
4. for these, name every rule that says something else, with what it observed and required.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

import polars as pl

from zhiping.core.policybook.book import PolicyBook
from zhiping.core.policybook.case_frames import Frame
from zhiping.core.policybook.errors import FactUndeclaredError
from zhiping.core.policybook.messages import OPERATORS
from zhiping.core.policybook.model import FactDeclaration, FactType, Outcome
from zhiping.core.policybook.snapshots import BUILT_IN
from zhiping.core.policybook.trace import Observation
from zhiping.core.policybook.verdict import Finding, Verdict, Waiver, shown_value, with_unit
from zhiping.kernel.place import Place


class Effect(StrEnum):
    """In which direction a record's outcome goes (影响)."""

    NEWLY_FAILS = "newly_fails"
    NEWLY_PASSES = "newly_passes"
    BECOMES_UNKNOWN = "becomes_unknown"
    DIFFERS_OTHERWISE = "differs_otherwise"
    """It passes, or is open, before and after, but not in the same way: a warning more or less."""


_RECORD = {"kind": pl.String, "record": pl.String, "place": pl.String}
JUDGED = pl.Schema({"kind": pl.String, "place": pl.String, "records": pl.Int64})
RECORDS = pl.Schema({**_RECORD, "before": pl.String, "now": pl.String, "effect": pl.String})
REASONS = pl.Schema(
    {
        **_RECORD,
        "effect": pl.String,
        "question": pl.String,
        "part": pl.String,
        "rule": pl.String,
        "title": pl.String,
        "before": pl.String,
        "now": pl.String,
        "tested": pl.String,
        "observed": pl.String,
        "required_before": pl.String,
        "required_now": pl.String,
        "message": pl.String,
        "clauses": pl.String,
    }
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Differences:
    """What a draft would change on a day.

    `judged` counts the records by kind and place; `records` has one line for each record whose outcome
    differs; `reasons` one line for each rule that says something else of such a record, before and now
    "" where the rule does not judge there. `failing_otherwise` counts the records that fail before and
    after, but not by the same rules. `facts_left_out` names the facts that the draft declares
    otherwise: they count as missing under the draft.
    """

    on: date
    judged: pl.DataFrame
    records: pl.DataFrame
    reasons: pl.DataFrame
    failing_otherwise: int = 0
    facts_left_out: tuple[str, ...] = ()

    @classmethod
    def joined(cls, parts: Iterable["Differences"], *, on: date) -> "Differences":
        """Put the differences of several batches of records together; a record lies in one batch."""
        known = list(parts)
        judged = pl.concat([JUDGED.to_frame(), *(one.judged for one in known)])
        return cls(
            on=on,
            judged=judged.group_by("kind", "place").agg(pl.col("records").sum()).sort("kind", "place"),
            records=pl.concat([RECORDS.to_frame(), *(one.records for one in known)]),
            reasons=pl.concat([REASONS.to_frame(), *(one.reasons for one in known)]),
            failing_otherwise=sum(one.failing_otherwise for one in known),
            facts_left_out=tuple(sorted({name for one in known for name in one.facts_left_out})),
        )

    @cached_property
    def counts(self) -> pl.DataFrame:
        """Return how many records of each kind and place go which way: kind, place, effect, records."""
        return (
            self.records.group_by("kind", "place", "effect")
            .agg(records=pl.len().cast(pl.Int64))
            .sort("kind", "place", "effect")
        )

    @cached_property
    def rules(self) -> pl.DataFrame:
        """Return on how many records each rule makes the difference: rule, title, kind, effect, records."""
        return (
            self.reasons.group_by("rule", "kind", "effect")
            .agg(pl.col("title").max(), records=pl.col("record").n_unique().cast(pl.Int64))
            .select("rule", "title", "kind", "effect", "records")
            .sort("records", "rule", "kind", "effect", descending=[True, False, False, False])
        )

    def total(self, effect: Effect, *, kind: str = "") -> int:
        """Return how many records go one way, of one kind or of all."""
        wanted = (pl.col("effect") == effect.value) & (pl.lit(not kind) | (pl.col("kind") == kind))
        return self.records.filter(wanted).height

    def to_json(self) -> dict[str, object]:
        """Return the counts under their stable keys; the lines themselves are for an export."""
        judged = self.judged.group_by("kind").agg(pl.col("records").sum()).sort("kind")
        return {
            "judged": dict(judged.iter_rows()),
            "totals": {one.value: self.total(one) for one in Effect},
            "failing_otherwise": self.failing_otherwise,
            "counts": self.counts.to_dicts(),
            "rules": self.rules.to_dicts(),
            "facts_left_out": list(self.facts_left_out),
        }


def what_if(current: PolicyBook, draft: PolicyBook, frames: Mapping[str, Frame], *, on: date) -> Differences:
    """Judge all rows of all frames on the day by both books, and tell what differs.

    `frames` gives the rows by the question that is asked of them; frames of one kind may hold parts of
    the same records. A question that a book does not ask is answered there with "no rule known".

    Refuses:
        FactUndeclaredError: a column is no fact of the current book.
        FactMalformedError: a column has another type than declared there.
    """
    # 1
    asked = [
        _Asked(current, draft, question, frame, on) for question, frame in frames.items() if frame.rows.height
    ]
    # 2
    parts = pl.concat([_PARTS.to_frame(), *(one.parts for one in asked)])
    records = _records_of(parts)
    # 3
    changed = records.filter(pl.col("effect").is_not_null()).sort("kind", "record")
    # 4
    reasons = pl.concat([REASONS.to_frame(), *(one.reasons(changed) for one in asked)])
    counted = records.group_by("kind", "place").agg(records=pl.len().cast(pl.Int64))
    return Differences(
        on=on,
        judged=counted.sort("kind", "place"),
        records=changed,
        reasons=reasons.sort("kind", "record", "part", "rule", maintain_order=True),
        failing_otherwise=_failing_otherwise(records, asked),
        facts_left_out=tuple(sorted({name for one in asked for name in one.facts_left_out})),
    )


# 1: judging --------------------------------------------------------------------------------------

_PARTS = pl.Schema({**_RECORD, "before": pl.String, "now": pl.String})
_FINDINGS = pl.Schema({"row": pl.UInt32, "rule": pl.String, "outcome": pl.String})
_PLACE, _DAY = BUILT_IN[1], BUILT_IN[0]


class _Asked:
    """One frame, judged by both books."""

    def __init__(self, current: PolicyBook, draft: PolicyBook, question: str, frame: Frame, on: date) -> None:
        self.books = (current, draft)
        self.question, self.frame, self.on = question, frame, on
        self.facts_left_out = tuple(
            name
            for name in frame.facts.columns
            if not _alike(_declared(current, name), draft.facts.get(name))
        )
        self.facts = (frame.facts, frame.facts.drop(self.facts_left_out))
        self.names = tuple(frozenset(one.columns) for one in self.facts)
        self.judged = tuple(self._judge(side) for side in (0, 1))
        outcomes = [outcomes for outcomes, _ in self.judged]
        self.parts = frame.rows.select(
            pl.lit(frame.kind).alias("kind"), "record", "place", before=outcomes[0], now=outcomes[1]
        )

    def _judge(self, side: int) -> tuple[pl.Series, pl.DataFrame]:
        """Return the outcome of each row and the findings that somebody has to look at."""
        book, rows = self.books[side], self.frame.rows
        if self.question not in book.questions:
            none = pl.repeat(Outcome.NO_RULE_KNOWN.value, rows.height, dtype=pl.String, eager=True)
            return none, _FINDINGS.to_frame()
        table = self.facts[side].with_columns(
            rows.get_column("place").alias(_PLACE), pl.lit(self.on).alias(_DAY)
        )
        verdict = book.judge_table_by(self.question, table, place=_PLACE, on=_DAY)
        return self._with_waivers(side, verdict.outcomes, verdict.findings)

    def _with_waivers(
        self, side: int, outcomes: pl.Series, findings: pl.DataFrame
    ) -> tuple[pl.Series, pl.DataFrame]:
        """Judge the few rows with waivers one by one: a waived finding counts as passed."""
        if "waived" not in self.frame.rows.columns:
            return outcomes, findings
        waived = self.frame.rows.get_column("waived")
        numbers = (waived.list.len() > 0).fill_null(value=False).arg_true()
        if not numbers.len():
            return outcomes, findings
        verdicts = [
            (number, _waive(self.verdict(side, place, facts), waived[number].to_list()))
            for number, place, facts in zip(
                numbers.to_list(),
                self.frame.rows.get_column("place")[numbers].to_list(),
                self.frame.facts[numbers].iter_rows(named=True),
                strict=True,
            )
        ]
        again = pl.DataFrame(
            [
                (number, one.rule, one.outcome.value)
                for number, verdict in verdicts
                for one in verdict.findings
                if one.outcome not in _QUIET and one.rule not in verdict.waived
            ],
            schema=_FINDINGS,
            orient="row",
        )
        changed = outcomes.scatter(numbers, [verdict.outcome.value for _, verdict in verdicts])
        return changed, pl.concat([findings.filter(~pl.col("row").is_in(numbers.implode())), again])

    def verdict(self, side: int, place: str, facts: Mapping[str, object]) -> Verdict:
        """Judge one case alone by one of the books, from what that book can read of its facts."""
        book = self.books[side]
        there = {name: value for name, value in facts.items() if name in self.names[side]}
        return book.judge(self.question, _facts(book.facts, there), place=Place(place), on=self.on)

    # 4: reasons ----------------------------------------------------------------------------------

    @cached_property
    def differing(self) -> pl.DataFrame:
        """Return row, rule, before, now of every finding that differs; "" stands for passed or silent."""
        before, now = (findings for _, findings in self.judged)
        both = before.rename({"outcome": "before"}).join(
            now.rename({"outcome": "now"}), on=("row", "rule"), how="full", coalesce=True
        )
        filled = both.with_columns(pl.col("before", "now").fill_null(""))
        return filled.filter(pl.col("before") != pl.col("now"))

    def reasons(self, changed: pl.DataFrame) -> pl.DataFrame:
        """Return what makes the difference on the changed records."""
        rows = self.frame.rows.select("record", "part").with_row_index("row")
        ours = changed.filter(pl.col("kind") == self.frame.kind).select("record", "place", "effect")
        found = self.differing.join(rows, on="row").join(ours, on="record")
        if not found.height:
            return REASONS.to_frame()
        told = [
            self._told(str(rule), part) for (rule,), part in found.partition_by("rule", as_dict=True).items()
        ]
        return pl.concat(told).select(
            pl.lit(self.frame.kind).alias("kind"),
            "record",
            "place",
            "effect",
            pl.lit(self.question).alias("question"),
            *list(REASONS)[5:],
        )

    def _told(self, rule: str, found: pl.DataFrame) -> pl.DataFrame:
        """Return one rule's lines with what it observed and required; equal facts are judged once."""
        names = self._reads(rule)
        rows = found.get_column("row").to_list()
        values = self.frame.facts.select(names)[rows].rows() if names else [()] * len(rows)
        places = self.frame.rows.get_column("place")[rows].to_list()
        known: dict[str, dict[str, str]] = {}
        lines = []
        for place, case in zip(places, values, strict=True):
            key = repr((place, case))
            if key not in known:
                known[key] = self._explained(rule, place, dict(zip(names, case, strict=True)))
            lines.append(known[key])
        told = pl.DataFrame(lines, schema=dict.fromkeys(_TOLD, pl.String))
        return pl.concat([found.drop("before", "now"), told], how="horizontal")

    def _reads(self, rule: str) -> list[str]:
        there = [book for book in self.books if rule in book.rules]
        read = {name for book in there for name in book.reads_of(book.rules[rule])}
        return [name for name in self.frame.facts.columns if name in read]

    def _explained(self, rule: str, place: str, facts: Mapping[str, object]) -> dict[str, str]:
        before, now = (self._finding(side, rule, place, facts) for side in (0, 1))
        told = now if now is not None and now.outcome not in _QUIET else before or now
        seen = told.decisive if told else None
        either = now or before
        basis = either.basis if either else None
        return {
            "title": basis.title if basis else "",
            "before": before.outcome.value if before else "",
            "now": now.outcome.value if now else "",
            "tested": seen.test.label if seen else "",
            "observed": self._shown(seen) if seen else "",
            "required_before": self._required(before, seen),
            "required_now": self._required(now, seen),
            "message": told.message if told else "",
            "clauses": "、".join(one.clause for one in basis.citations) if basis else "",
        }

    def _finding(self, side: int, rule: str, place: str, facts: Mapping[str, object]) -> Finding | None:
        if self.question not in self.books[side].questions:
            return None
        verdict = self.verdict(side, place, facts)
        return next((one for one in verdict.findings if one.rule == rule), None)

    def _shown(self, seen: Observation) -> str:
        return _written(seen.observed, seen, self._declared(seen.test.fact))

    def _required(self, finding: Finding | None, seen: Observation | None) -> str:
        """Return what a finding required where the other one looked: the same test, else its own first."""
        if finding is None or finding.outcome is Outcome.NOT_APPLICABLE:
            return ""
        same = (one for one in _tests(finding) if seen and one.test.fact == seen.test.fact)
        one = next(same, finding.decisive)
        if one is None:
            return ""
        operator = OPERATORS.get(one.test.operator.value, "")
        if isinstance(one.required, bool) or one.required is None:
            return operator
        return f"{operator} {_written(one.required, one, self._declared(one.test.fact))}"

    def _declared(self, name: str) -> FactDeclaration | None:
        for book in reversed(self.books):
            if name in book.facts:
                return book.facts[name]
        return None


_QUIET = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})
_TOLD = (
    "title",
    "before",
    "now",
    "tested",
    "observed",
    "required_before",
    "required_now",
    "message",
    "clauses",
)


def _tests(finding: Finding) -> Iterator[Observation]:
    yield from finding.nearest_misses
    stack = [finding.trace]
    while stack:
        part = stack.pop()
        if isinstance(part, Observation):
            yield part
        else:
            stack.extend(reversed(part.parts))


def _written(value: object, one: Observation, declaration: FactDeclaration | None) -> str:
    if isinstance(value, str | tuple | list):
        return shown_value(value, declaration)
    return with_unit(value, one.test.unit)


def _waive(verdict: Verdict, rules: Iterable[str]) -> Verdict:
    """Waive what failed and may be waived, as a filing's verdict does with the waivers on record."""
    wanted = set(rules)
    fitting = [
        Waiver(rule=one.rule, reason="-", by="", on=verdict.on)
        for one in verdict.findings
        if one.rule in wanted and one.may_be_waived and one.outcome is Outcome.REFUSE
    ]
    return verdict.with_waivers(fitting) if fitting else verdict


def _declared(book: PolicyBook, name: str) -> FactDeclaration:
    if name not in book.facts:
        raise FactUndeclaredError(fact=name)
    return book.facts[name]


def _alike(one: FactDeclaration, other: FactDeclaration | None) -> bool:
    """Tell whether both books can read the same column: same type, same fields."""
    if other is None:
        return False
    fields = {field.name: field for field in other.fields}
    return one.type is other.type and all(
        field.name in fields and field.type is fields[field.name].type for field in one.fields
    )


def _facts(declarations: Mapping[str, FactDeclaration], row: Mapping[str, object]) -> dict[str, object]:
    """Return the facts of one row as single cases have them; a null is a missing fact."""
    return {name: _value(declarations[name], value) for name, value in row.items() if value is not None}


def _value(declaration: FactDeclaration, value: object) -> object:
    if declaration.type is FactType.ROWS and isinstance(value, list):
        fields = {field.name: field for field in declaration.fields}
        return tuple(_facts(fields, row or {}) for row in value)
    if isinstance(value, list):
        return tuple(value)
    if declaration.type is FactType.DECIMAL and not isinstance(value, Decimal):
        return Decimal(str(value))
    return value


# 2, 3: records -----------------------------------------------------------------------------------

# The order in which outcomes beat one another when parts are taken together; see `verdict.combined`.
_ORDER = [
    Outcome.REFUSE.value,
    Outcome.UNKNOWN.value,
    Outcome.WARN.value,
    Outcome.PASS.value,
    Outcome.NOT_APPLICABLE.value,
    Outcome.NO_RULE_KNOWN.value,
]
_STANDS = {
    Outcome.REFUSE.value: "fails",
    Outcome.UNKNOWN.value: "open",
    Outcome.NO_RULE_KNOWN.value: "open",
    Outcome.WARN.value: "passes",
    Outcome.PASS.value: "passes",
    Outcome.NOT_APPLICABLE.value: "passes",
}
_EFFECTS = {
    "fails": Effect.NEWLY_FAILS.value,
    "passes": Effect.NEWLY_PASSES.value,
    "open": Effect.BECOMES_UNKNOWN.value,
}


def _records_of(parts: pl.DataFrame) -> pl.DataFrame:
    """Return each record with its outcomes and its effect; null where the outcome is the same."""
    ranked = parts.with_columns(
        pl.col("before", "now").replace_strict(_ORDER, list(range(len(_ORDER))), return_dtype=pl.UInt8)
    )
    worst = ranked.group_by("kind", "record", maintain_order=True).agg(
        pl.col("place").first(), pl.col("before", "now").min()
    )
    named = worst.with_columns(
        pl.col("before", "now").replace_strict(list(range(len(_ORDER))), _ORDER, return_dtype=pl.String)
    )
    stood, stands = (
        pl.col(name).replace_strict(_STANDS, return_dtype=pl.String) for name in ("before", "now")
    )
    effect = (
        pl.when(pl.col("before") == pl.col("now"))
        .then(None)
        .when(stood == stands)
        .then(pl.lit(Effect.DIFFERS_OTHERWISE.value))
        .otherwise(stands.replace_strict(_EFFECTS, return_dtype=pl.String))
    )
    return named.with_columns(effect.alias("effect")).select(list(RECORDS))


def _failing_otherwise(records: pl.DataFrame, asked: Sequence[_Asked]) -> int:
    failing = records.filter(
        (pl.col("before") == Outcome.REFUSE.value) & (pl.col("now") == Outcome.REFUSE.value)
    ).select("kind", "record")
    refuses = (pl.col("before") == Outcome.REFUSE.value) | (pl.col("now") == Outcome.REFUSE.value)
    differing = [
        one.frame.rows.select(pl.lit(one.frame.kind).alias("kind"), "record")[
            one.differing.filter(refuses).get_column("row").unique()
        ]
        for one in asked
    ]
    if not differing:
        return 0
    return failing.join(pl.concat(differing).unique(), on=("kind", "record"), how="semi").height
