"""Judgements per second: one enterprise filing by Foshan's rules, against openfisca-core.

Both sides read the same dated parameters from `policy/` and answer the same twelve criteria for the
same seeded filings, one filing at a time, in the same process; the answers are asserted to be equal.
Ours gives the full trace: observed, required, shortfall, clause and document of every criterion. The
ratio is taken against the peer with its own trace switched on and the case handed over as a situation
(a mapping of entity, variable, day), which is how it takes single cases. For the reader to judge, the
peer's fastest way is printed as well: no trace, arrays set one by one. So is our rate over every rule
that the policy folder asks of an employer, which are more than the twelve.

In bulk, a million filings are judged at once. Ours starts from the table and ends with the outcome of
every row and every finding that fails; the peer, vectorised by nature, starts from its arrays, which are
made before its clock starts, and ends with the truth of each criterion: `bulk_ratio` is its time by ours.
`bulk_ratio_from_table` lets it start from the same table and keep the failing rows too. What fails is
asserted to be the same on both sides, row by row, and on a sample to be what single judging says.
"""

import json
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
from openfisca_core import entities, periods, taxbenefitsystems
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.variables import Variable

from zhiping.core.policybook import Outcome, PolicyBook, TableVerdict, Verdict
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

PLACE, DAY = Place("440600"), date(2021, 3, 1)
QUESTION = "employer_filing"
SIZES = ("micro", "small", "medium", "large")
FLAGS = {
    "REG-001": ("registered_in_city", True),
    "REG-002": ("is_legal_person", True),
    "REG-006": ("main_business_is_training_evaluation_or_consulting", False),
    "REG-015": ("can_develop_resources", True),
    "REG-017": ("draws_education_funds_in_full", True),
    "REG-018": ("is_nonprofit_undertaken", True),
}
PARAMETERS = {
    "headcount": "employer_filing.minimum_insured_headcount",
    "workstations": "employer_filing.minimum_workstations_per_occupation",
    "assessors": "employer_filing.minimum_assessors_per_occupation",
}
CRITERIA = (*FLAGS, "REG-003", "REG-004", "REG-005", "REG-009", "REG-012", "REG-014")


def filings(count: int, seed: int = 1) -> list[dict[str, object]]:
    """Return seeded filings of one occupation each, around the edges of every number."""
    dice = random.Random(seed)
    return [_filing(dice) for _ in range(count)]


def _filing(dice: random.Random) -> dict[str, object]:
    flags = {name: wanted is (dice.random() < 0.9) for name, wanted in FLAGS.values()}
    line = {
        "occupation_code": "6-18-02-04",
        "workstations": dice.randint(8, 13),
        "assessors": dice.randint(2, 5),
        "venue_fits": True,
        "video_monitored": True,
    }
    return {
        **flags,
        "is_operating_lawfully": True,
        "has_bad_credit_record": dice.random() < 0.1,
        "insured_headcount": dice.randint(290, 330),
        "insured_headcount_source": "feed",
        "enterprise_size": dice.choice(SIZES),
        "scope_lines": (line,),
        "documents": ("incentive_rules", "pay_rules", "finance_rules", "undertaking"),
        "has_own_unit": True,
        "full_time_staff": dice.randint(0, 3),
        "experts": 2,
        "internal_supervisors": 2,
        "has_filing_bar": False,
    }


def filings_table(count: int, seed: int = 1) -> pl.DataFrame:
    """Return seeded filings as a table, each number and flag drawn as for single filings."""
    dice = np.random.default_rng(seed)

    def flag(share: float) -> pl.Series:
        return pl.Series(dice.random(count) < share)

    def number(low: int, high: int) -> pl.Series:
        return pl.Series(dice.integers(low, high, count, endpoint=True))

    lines = pl.DataFrame({"workstations": number(8, 13), "assessors": number(2, 5)}).with_columns(
        occupation_code=pl.lit("6-18-02-04"),
        venue_fits=pl.lit(value=True),
        video_monitored=pl.lit(value=True),
    )
    documents = ["incentive_rules", "pay_rules", "finance_rules", "undertaking"]
    return pl.DataFrame(
        {
            **{name: flag(0.9 if wanted else 0.1) for name, wanted in FLAGS.values()},
            "has_bad_credit_record": flag(0.1),
            "insured_headcount": number(290, 330),
            "enterprise_size": pl.Series(SIZES).gather(pl.Series(dice.integers(0, len(SIZES), count))),
            "scope_lines": lines.select(pl.concat_list(pl.struct(pl.all()))).to_series(),
            "full_time_staff": number(0, 3),
        }
    ).with_columns(
        is_operating_lawfully=pl.lit(value=True),
        insured_headcount_source=pl.lit("feed"),
        documents=pl.lit(pl.Series([documents])).first(),
        has_own_unit=pl.lit(value=True),
        experts=pl.lit(2),
        internal_supervisors=pl.lit(2),
        has_filing_bar=pl.lit(value=False),
    )


def ours(book: PolicyBook, facts: dict[str, object]) -> Verdict:
    """Judge one filing by every rule in force."""
    return book.judge(QUESTION, facts, place=PLACE, on=DAY)


def answers(verdict: Verdict) -> dict[str, bool]:
    """Return which of the twelve criteria hold; each must be decided and carry its trace."""
    found = {one.rule: one for one in verdict.findings}
    for rule in CRITERIA:
        finding = found[rule]
        assert finding.outcome in {Outcome.PASS, Outcome.REFUSE}
        assert finding.citations
        assert finding.required is not None
        assert finding.observed is not None
    return {rule: found[rule].outcome is Outcome.PASS for rule in CRITERIA}


class Peer:
    """The same criteria and dated parameters in openfisca-core: one variable for each criterion."""

    def __init__(self, book: PolicyBook) -> None:
        self._day = periods.period(f"day:{DAY.isoformat()}")
        self._entity = entities.Entity("employer", "employers", "", "")
        self._system = taxbenefitsystems.TaxBenefitSystem([self._entity])
        self._system.parameters = self._parameters(book)
        self._inputs = [name for name, _ in FLAGS.values()]
        self._inputs += ["is_operating_lawfully", "has_bad_credit_record", "has_own_unit"]
        self._numbers = ["insured_headcount", "size", "workstations", "assessors", "full_time_staff"]
        for name in self._inputs:
            self._add(name, bool)
        for name in self._numbers:
            self._add(name, int)
        for rule, formula in self._formulas().items():
            self._add(rule.replace("-", "_"), bool, formula)

    def _parameters(self, book: PolicyBook) -> Any:
        leaves: dict[str, object] = {}
        for name, parameter in PARAMETERS.items():
            value = book.resolve(parameter, place=PLACE, on=DAY)
            assert value is not None
            leaves[name] = {"values": {value.period.start.isoformat(): {"value": value.value}}}
        sizes = book.resolve("employer_filing.accepted_sizes", place=PLACE, on=DAY)
        assert sizes is not None
        assert isinstance(sizes.value, tuple)
        smallest = min(SIZES.index(size) for size in sizes.value)
        leaves["size"] = {"values": {sizes.period.start.isoformat(): {"value": smallest}}}
        return ParameterNode("", data=leaves)

    def _formulas(self) -> dict[str, Callable[..., Any]]:
        def flag(name: str, *, wanted: bool) -> Callable[..., Any]:
            if wanted:
                return lambda one, period: one(name, period)
            return lambda one, period: ~one(name, period)

        def at_least(name: str, parameter: str) -> Callable[..., Any]:
            return lambda one, period, law: one(name, period) >= getattr(law(period.start), parameter)

        return {
            **{rule: flag(name, wanted=wanted) for rule, (name, wanted) in FLAGS.items()},
            "REG-003": at_least("insured_headcount", "headcount"),
            "REG-004": lambda one, period: (
                one("is_operating_lawfully", period) * ~one("has_bad_credit_record", period)
            ),
            "REG-005": at_least("size", "size"),
            "REG-009": at_least("workstations", "workstations"),
            "REG-012": lambda one, period: (
                one("has_own_unit", period) * (one("full_time_staff", period) >= 1)
            ),
            "REG-014": at_least("assessors", "assessors"),
        }

    def _add(self, name: str, kind: type, formula: Callable[..., Any] | None = None) -> None:
        content = {"value_type": kind, "entity": self._entity, "definition_period": DateUnit.DAY}
        if formula is not None:
            content["formula"] = _with_arity(formula)
        self._system.add_variable(type(name, (Variable,), content))

    def judge_traced(self, facts: dict[str, object]) -> dict[str, bool]:
        """Hand one employer over as a situation and ask for every criterion, with the trace."""
        day = DAY.isoformat()
        situation = {name: {day: value} for name, value in self._given(facts).items()}
        simulation = SimulationBuilder().build_from_dict(self._system, {"employers": {"one": situation}})
        simulation.trace = True
        return self._ask(simulation)

    def judge_untraced(self, facts: dict[str, object]) -> dict[str, bool]:
        """Set one employer's arrays by hand and ask for every criterion, without a trace."""
        simulation = SimulationBuilder().build_default_simulation(self._system, count=1)
        for name, value in self._given(facts).items():
            simulation.set_input(name, self._day, [value])
        return self._ask(simulation)

    def arrays(self, table: pl.DataFrame) -> dict[str, Any]:
        """Return the table as the arrays that the peer calculates with."""
        line = table.get_column("scope_lines").list.first().struct
        size = pl.col("enterprise_size").replace_strict(SIZES, range(len(SIZES)), return_dtype=pl.Int64)
        return {
            **{name: table.get_column(name).to_numpy() for name in self._inputs},
            "insured_headcount": table.get_column("insured_headcount").to_numpy(),
            "size": table.select(size).to_series().to_numpy(),
            "workstations": line.field("workstations").to_numpy(),
            "assessors": line.field("assessors").to_numpy(),
            "full_time_staff": table.get_column("full_time_staff").to_numpy(),
        }

    def judge_arrays(self, arrays: dict[str, Any]) -> dict[str, Any]:
        """Calculate every criterion of all employers at once, without a trace."""
        count = len(arrays["insured_headcount"])
        simulation = SimulationBuilder().build_default_simulation(self._system, count=count)
        for name, array in arrays.items():
            simulation.set_input(name, self._day, array)
        return {rule: simulation.calculate(rule.replace("-", "_"), self._day) for rule in CRITERIA}

    def judge_table(self, table: pl.DataFrame) -> dict[str, Any]:
        """Calculate from the table and keep the rows that fail each criterion."""
        answers = self.judge_arrays(self.arrays(table))
        return {rule: np.flatnonzero(~answer) for rule, answer in answers.items()}

    def _given(self, facts: dict[str, object]) -> dict[str, object]:
        line = facts["scope_lines"][0]  # type: ignore[index]  # rows, as the filings have them
        return {
            **{name: facts[name] for name in self._inputs},
            "insured_headcount": facts["insured_headcount"],
            "size": SIZES.index(str(facts["enterprise_size"])),
            "workstations": line["workstations"],
            "assessors": line["assessors"],
            "full_time_staff": facts["full_time_staff"],
        }

    def _ask(self, simulation: Any) -> dict[str, bool]:
        return {rule: bool(simulation.calculate(rule.replace("-", "_"), self._day)[0]) for rule in CRITERIA}


def _with_arity(formula: Callable[..., Any]) -> Callable[..., Any]:
    """Return the formula as a method of two or three arguments, which the peer counts."""
    count = formula.__code__.co_argcount
    if count == 3:

        def three(one: Any, period: Any, parameters: Any) -> Any:
            return formula(one, period, parameters)

        return three

    def two(one: Any, period: Any) -> Any:
        return formula(one, period)

    return two


def rate(
    judge: Callable[[dict[str, object]], object], cases: list[dict[str, object]], seconds: float
) -> float:
    """Return calls per second of CPU, over whole rounds of small batches."""
    source: Iterator[dict[str, object]] = cycle(cases)
    done, spent = 0, 0.0
    while spent < seconds:
        batch = [next(source) for _ in range(10)]
        started = time.process_time()
        for case in batch:
            judge(case)
        spent += time.process_time() - started
        done += len(batch)
    return done / spent


def seconds_of(work: Callable[[], object]) -> float:
    """Return the CPU seconds of all threads that some work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def in_bulk(book: PolicyBook, table: pl.DataFrame) -> TableVerdict:
    """Judge all filings of a table by every rule in force."""
    return book.judge_table(QUESTION, table, place=PLACE, on=DAY)


def run_bulk(
    shared: PolicyBook, whole: PolicyBook, peer: Peer, *, rows: int, rounds: int = 7
) -> dict[str, object]:
    """Measure both sides in turn, round by round, and return the medians of what each round compares."""
    table = filings_table(rows)
    failing = peer.judge_table(table)
    found = in_bulk(shared, table).findings.partition_by("rule", as_dict=True)
    for rule in CRITERIA:
        assert np.array_equal(found[rule,].get_column("row").to_numpy(), failing[rule])
    for book in (shared, whole):
        _assert_same_as_alone(book, table.head(500))
    arrays = peer.arrays(table)
    measured = [
        (
            seconds_of(lambda: in_bulk(shared, table)),
            seconds_of(lambda: peer.judge_arrays(arrays)),
            seconds_of(lambda: peer.judge_table(table)),
        )
        for _ in range(rounds)
    ]
    own = median(one[0] for one in measured)
    own_whole = median(seconds_of(lambda: in_bulk(whole, table)) for _ in range(3))
    ratio = median(calculated / judged for judged, calculated, _ in measured)
    return {
        "bulk_filings": rows,
        "bulk_findings_kept": sum(len(one) for one in failing.values()),
        "bulk_judgements_per_second": round(rows / own),
        "bulk_judgements_per_second_all_rules": round(rows / own_whole),
        "bulk_openfisca_per_second": round(rows / median(one[1] for one in measured)),
        "bulk_ratio": round(ratio, 2),
        "bulk_ratio_from_table": round(median(read / judged for judged, _, read in measured), 2),
        "bulk_ratio_range": [
            round(pick(calculated / judged for judged, calculated, _ in measured), 2) for pick in (min, max)
        ],
        "bulk_met": ratio >= 1,
    }


def _assert_same_as_alone(book: PolicyBook, table: pl.DataFrame) -> None:
    verdict = in_bulk(book, table)
    alone = [ours(book, _as_facts(row)) for row in table.iter_rows(named=True)]
    assert verdict.outcomes.to_list() == [one.outcome.value for one in alone]
    quiet = {Outcome.PASS, Outcome.NOT_APPLICABLE}
    assert sorted(verdict.findings.rows()) == [
        (row, finding.rule, finding.outcome.value)
        for row, one in enumerate(alone)
        for finding in one.findings
        if finding.outcome not in quiet
    ]


def _as_facts(row: dict[str, object]) -> dict[str, object]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def twelve(folder: Path) -> PolicyBook:
    """Load the policy folder with the twelve shared criteria as its only rules."""
    with TemporaryDirectory() as scratch:
        kept = Path(scratch) / "policy"
        shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("*.csv", "screens"))
        for file in kept.glob("rules/*/*.yaml"):
            if file.name[:7] not in CRITERIA:
                file.unlink()
        return PolicyBook.load(kept)


def run(seconds: float = 3.0, folder: Path | None = None, *, bulk_rows: int = 1_000_000) -> dict[str, object]:
    """Measure both sides and return rates and ratios; CPU seconds, so that a busy machine counts less."""
    whole = PolicyBook.load(folder or policy_folder())
    shared = twelve(folder or policy_folder())
    cases = filings(200)
    peer = Peer(shared)
    for case in cases:
        expected = peer.judge_untraced(case)
        assert answers(ours(shared, case)) == answers(ours(whole, case)) == expected
        assert peer.judge_traced(case) == expected
    # In turn, a second at a time, so that a busy machine slows both sides alike.
    rounds = max(1, round(seconds))
    measured = [
        (
            rate(lambda case: ours(shared, case), cases, seconds / rounds),
            rate(lambda case: ours(whole, case), cases, seconds / rounds),
            rate(peer.judge_traced, cases, seconds / rounds),
            rate(peer.judge_untraced, cases, seconds / rounds),
        )
        for _ in range(rounds)
    ]
    own, own_whole, traced, untraced = (median(column) for column in zip(*measured, strict=True))
    ratio = median(one[0] / one[2] for one in measured)
    ratio_whole = median(one[1] / one[2] for one in measured)
    return {
        "question": QUESTION,
        "criteria": len(CRITERIA),
        "cases_compared": len(cases),
        "judgements_per_second": round(own),
        "judgements_per_second_all_rules": round(own_whole),
        "all_rules": len(ours(whole, cases[0]).findings),
        "openfisca_traced_per_second": round(traced, 1),
        "openfisca_untraced_per_second": round(untraced, 1),
        "ratio": round(ratio, 1),
        "ratio_to_untraced": round(median(one[0] / one[3] for one in measured), 1),
        "ratio_all_rules": round(ratio_whole, 1),
        **run_bulk(shared, whole, peer, rows=bulk_rows),
        "aims": {
            "judgements_per_second": 10_000,
            "judgements_per_second_all_rules": 20_000,
            "ratio": 50,
            "ratio_all_rules": 50,
            "bulk_ratio": 1,
        },
        "met": own_whole >= 20_000 and ratio >= 50 and ratio_whole >= 50,
    }


def main() -> int:
    """Print the result."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    result = run(seconds)
    print(json.dumps(result, ensure_ascii=False, indent=2))
    return 0 if result["met"] else 1


if __name__ == "__main__":
    sys.exit(main())
