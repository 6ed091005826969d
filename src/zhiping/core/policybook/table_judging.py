"""Judges a whole table by the rules of a question: outcomes of all rows, findings of those that fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from zhiping.core.policybook.column_facts import TableFacts, read_table
from zhiping.core.policybook.columns import ColumnCompiler
from zhiping.core.policybook.conditions import AllOf
from zhiping.core.policybook.errors import FactMalformedError
from zhiping.core.policybook.messages import WANTED
from zhiping.core.policybook.model import Outcome, Rule
from zhiping.core.policybook.plan import ResolvedRule
from zhiping.core.policybook.table_verdict import TableVerdict
from zhiping.kernel.place import Place

if TYPE_CHECKING:  # the book asks this module
    from zhiping.core.policybook.book import PolicyBook
    from zhiping.kernel.errors import DomainError

FINDINGS = pl.Schema({"row": pl.UInt32, "rule": pl.String, "outcome": pl.String})
_NUMBER = "\0number"


def judge_table(
    book: "PolicyBook", question: str, facts: pl.DataFrame | pl.LazyFrame, *, place: Place, on: date
) -> TableVerdict:
    """Judge every row at one place on one day; see `PolicyBook.judge_table`."""
    rules = book.rules_at(question, place=place, on=on)
    reads = {name for one in rules for name in book.reads_of(one.rule)}
    table = read_table(book.facts, facts, reads=reads, keys={})
    return judge_by_rules(book, rules, table.at(place, on))


def judge_table_by(
    book: "PolicyBook", question: str, facts: pl.DataFrame | pl.LazyFrame, *, place: str, on: str
) -> TableVerdict:
    """Judge every row where and when its own columns say; see `PolicyBook.judge_table_by`."""
    # 1. Check the columns; every fact that any rule of the question reads is kept.
    asking = [rule for rule in book.rules.values() if rule.asks_of == question]
    reads = {name for rule in asking for name in book.reads_of(rule)}
    table = read_table(book.facts, facts, reads=reads, keys={"place": place, "day": on})
    # 2. Rows that are judged by the same rules with the same values are judged together.
    groups = _groups(book, question, table)
    if len(groups) == 1:
        return judge_by_rules(book, groups[0][0], table)
    return _in_order([(rows, judge_by_rules(book, rules, table.taken(rows))) for rules, rows in groups])


# groups ------------------------------------------------------------------------------------------


def _groups(
    book: "PolicyBook", question: str, table: TableFacts
) -> list[tuple[tuple[ResolvedRule, ...], pl.Series]]:
    """Return the rows by the rules and values in force where and when they are judged."""
    keyed = table.frame.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias(_NUMBER),
        table.columns["place"].alias("place"),
        table.columns["day"].alias("day"),
    )
    for name in ("place", "day"):
        if keyed.get_column(name).null_count():
            raise FactMalformedError(
                fact=name, value="null", wanted=WANTED["text" if name == "place" else "day"]
            )
    found: dict[object, tuple[tuple[ResolvedRule, ...], list[pl.Series]]] = {}
    for part in keyed.partition_by("place"):
        place = Place(part.item(0, "place"))
        days = book.turning_days(question, place=place)
        turns = pl.Series(days, dtype=pl.Date).to_physical()
        stretches = turns.search_sorted(part.get_column("day").to_physical(), side="right")
        for stretch in part.with_columns(stretches.alias("stretch")).partition_by("stretch"):
            number = stretch.item(0, "stretch")
            rules = book.rules_at(question, place=place, on=days[number - 1]) if number else ()
            key = tuple((one.rule.id, tuple(one.values.items())) for one in rules)
            found.setdefault(key, (rules, []))[1].append(stretch.get_column(_NUMBER))
    return [(rules, pl.concat(rows).sort()) for rules, rows in found.values()]


def _in_order(verdicts: Sequence[tuple[pl.Series, TableVerdict]]) -> TableVerdict:
    """Put the verdicts of groups of rows together in the order of the table."""
    outcomes = [pl.DataFrame({_NUMBER: rows, "outcome": verdict.outcomes}) for rows, verdict in verdicts]
    findings = [
        verdict.findings.with_columns(row=rows.gather(verdict.findings.get_column("row")))
        for rows, verdict in verdicts
    ]
    blank = pl.DataFrame(schema={_NUMBER: pl.UInt32, "outcome": pl.String})
    return TableVerdict(
        outcomes=pl.concat([blank, *outcomes]).sort(_NUMBER).get_column("outcome"),
        findings=pl.concat([FINDINGS.to_frame(), *findings]).sort("rule", "row"),
        rules=tuple(sorted({rule for _, verdict in verdicts for rule in verdict.rules})),
    )


# judging -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """What one rule says of every row: where it fails, where it stays open, where it applies."""

    rule: Rule
    failed: pl.Series
    open: pl.Series
    applies: pl.Series


def judge_by_rules(book: "PolicyBook", rules: Sequence[ResolvedRule], table: TableFacts) -> TableVerdict:
    """Judge every row by rules whose parameters are resolved."""
    answers = _answers(book, rules, table)
    return TableVerdict(
        outcomes=_outcomes(answers, table.frame.height),
        findings=_findings(answers, table.frame.height),
        rules=tuple(one.rule.id for one in rules),
    )


def _answers(book: "PolicyBook", rules: Sequence[ResolvedRule], table: TableFacts) -> list[_Answers]:
    asked: list[pl.Expr] = []
    refusals: list[DomainError] = []
    for number, one in enumerate(rules):
        compiler = ColumnCompiler(
            facts=book.facts,
            columns=table.columns,
            fields=table.fields,
            fixed=table.fixed,
            parameters=one.values,
            catalogues=book.catalogues,
            refusals=refusals,
        )
        applies_when = one.rule.applies_when or _ALWAYS
        asked.append(compiler.compile(one.rule.condition).alias(f"met{number}"))
        asked.append(compiler.compile(applies_when).alias(f"applies{number}"))
    # The numbers make constant answers as long as the table.
    found = table.frame.lazy().select(pl.int_range(pl.len()).alias(_NUMBER), *asked).collect()
    if refusals:
        raise refusals[0]
    return [
        _answers_of(
            one.rule, met=found.get_column(f"met{number}"), applies=found.get_column(f"applies{number}")
        )
        for number, one in enumerate(rules)
    ]


_ALWAYS = AllOf(parts=(), line=0)


def _answers_of(rule: Rule, *, met: pl.Series, applies: pl.Series) -> _Answers:
    surely, unsure = applies.fill_null(value=False), applies.is_null()
    return _Answers(
        rule=rule,
        failed=surely & ~met.fill_null(value=True),
        open=unsure | (surely & met.is_null()),
        applies=surely | unsure,
    )


def _outcomes(answers: Sequence[_Answers], height: int) -> pl.Series:
    """Combine what the rules say, as `verdict.combined` does for one case."""
    if not answers:
        return pl.repeat(Outcome.NO_RULE_KNOWN.value, height, dtype=pl.String, eager=True).alias("outcome")
    none = pl.repeat(value=False, n=height, dtype=pl.Boolean, eager=True)
    refused, unsure, warned, applied = none, none, none, none
    for one in answers:
        if one.rule.outcome is Outcome.REFUSE:
            refused |= one.failed
        if one.rule.outcome is Outcome.WARN:
            warned |= one.failed
        if one.rule.outcome is not Outcome.NOTE:  # a note, even an open one, changes nothing
            unsure |= one.open
        applied |= one.applies
    masks = pl.DataFrame({"refused": refused, "unsure": unsure, "warned": warned, "applied": applied})
    said = (
        pl.when("refused")
        .then(_code(Outcome.REFUSE))
        .when("unsure")
        .then(_code(Outcome.UNKNOWN))
        .when("warned")
        .then(_code(Outcome.WARN))
        .when("applied")
        .then(_code(Outcome.PASS))
        .otherwise(_code(Outcome.NOT_APPLICABLE))
    )
    return _OUTCOMES.gather(masks.select(said).to_series())


# A small number for each outcome: a million of those are chosen sooner than a million texts.
_OUTCOMES = pl.Series("outcome", [one.value for one in Outcome], dtype=pl.String)


def _code(outcome: Outcome) -> pl.Expr:
    return pl.lit(list(Outcome).index(outcome), dtype=pl.UInt8)


def _findings(answers: Sequence[_Answers], height: int) -> pl.DataFrame:
    """Return every finding that is neither pass nor not applicable."""
    numbers = pl.int_range(height, dtype=pl.UInt32, eager=True)
    # One long column of each outcome, of which every rule takes as much as it needs.
    said = {
        outcome: pl.repeat(outcome.value, height, eager=True)
        for outcome in sorted({one.rule.outcome for one in answers})
    }
    parts = [FINDINGS.to_frame()]
    for one in answers:
        shown = one.failed | one.open
        rows = numbers.filter(shown)
        if rows.len():
            outcome = said[one.rule.outcome].head(rows.len())
            if one.open.any():
                unknown = pl.Series([Outcome.UNKNOWN.value])
                outcome = unknown.zip_with(one.open.filter(shown), outcome)
            rule = pl.repeat(one.rule.id, rows.len(), eager=True)
            parts.append(pl.DataFrame({"row": rows, "rule": rule, "outcome": outcome}))
    return pl.concat(parts)
