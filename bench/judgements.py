"""Judgements per second: one enterprise filing by Foshan's rules, against openfisca-core.

Both sides read the same dated parameters from `policy/` and answer the same twelve criteria for the
same seeded filings, one filing at a time, in the same process; the answers are asserted to be equal.
Ours gives the full trace: observed, required, shortfall, clause and document of every criterion. The
ratio is taken against the peer with its own trace switched on and the case handed over as a situation
(a mapping of entity, variable, day), which is how it takes single cases. For the reader to judge, the
peer's fastest way is printed as well: no trace, arrays set one by one. So is our rate over every rule
that the policy folder asks of an employer, which are more than the twelve.
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
from tempfile import TemporaryDirectory
from typing import Any

from openfisca_core import entities, periods, taxbenefitsystems
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.variables import Variable

from zhiping.core.policybook import Outcome, PolicyBook, Verdict
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


def twelve(folder: Path) -> PolicyBook:
    """Load the policy folder with the twelve shared criteria as its only rules."""
    with TemporaryDirectory() as scratch:
        kept = Path(scratch) / "policy"
        shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("*.csv", "screens"))
        for file in kept.glob("rules/*/*.yaml"):
            if file.name[:7] not in CRITERIA:
                file.unlink()
        return PolicyBook.load(kept)


def run(seconds: float = 3.0, folder: Path | None = None) -> dict[str, object]:
    """Measure both sides and return rates and ratios; CPU seconds, so that a busy machine counts less."""
    whole = PolicyBook.load(folder or policy_folder())
    shared = twelve(folder or policy_folder())
    cases = filings(200)
    peer = Peer(shared)
    for case in cases:
        expected = peer.judge_untraced(case)
        assert answers(ours(shared, case)) == answers(ours(whole, case)) == expected
        assert peer.judge_traced(case) == expected
    own = rate(lambda case: ours(shared, case), cases, seconds)
    own_whole = rate(lambda case: ours(whole, case), cases, seconds)
    traced = rate(peer.judge_traced, cases, seconds)
    untraced = rate(peer.judge_untraced, cases, seconds)
    return {
        "question": QUESTION,
        "criteria": len(CRITERIA),
        "cases_compared": len(cases),
        "judgements_per_second": round(own),
        "judgements_per_second_all_rules": round(own_whole),
        "all_rules": len(ours(whole, cases[0]).findings),
        "openfisca_traced_per_second": round(traced, 1),
        "openfisca_untraced_per_second": round(untraced, 1),
        "ratio": round(own / traced, 1),
        "ratio_to_untraced": round(own / untraced, 1),
        "aims": {"judgements_per_second": 10_000, "ratio": 30},
        "met": own >= 10_000 and own / traced >= 30,
    }


def main() -> int:
    """Print the result."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    result = run(seconds)
    print(json.dumps(result, ensure_ascii=False, indent=2))
    return 0 if result["met"] else 1


if __name__ == "__main__":
    sys.exit(main())
