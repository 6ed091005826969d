"""The trace of a judgement: what was observed, what was required, how near the miss."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhiping.core.policybook.wording import Operator

type Met = bool | None
"""Whether a test holds; None where a missing fact could decide it either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """What is tested, the same for every case: fact, operator, where the required value comes from."""

    __test__ = False  # the name is ours; a test runner must not collect it

    fact: str
    label: str
    operator: Operator
    type: str
    unit: str = ""
    parameter: str = ""
    place: str = ""
    wording: str = ""
    clause: str = ""
    certainty: str = "stated"


# Observations, groups and findings are made by the dozen for every case. They are neither frozen nor
# slotted: a frozen one takes three times as long to make, and the interpreter has no short way to make a
# slotted one. Nothing changes them once they are made: what is the same for several cases, as the
# observation of a flag, they share.
@dataclass
class Observation:
    """One test on one case: observed against required."""

    test: Test
    met: Met
    observed: object
    required: object

    @property
    def short_by(self) -> int | Decimal | tuple[str, ...] | None:
        """Return how far an unmet test is from holding; None where that cannot be said.

        Days count in days; a strict comparison of whole numbers needs one more; lists give what is
        missing or what must go.
        """
        if self.met is not False or self.observed is None:
            return None
        return _distance(self.test.operator, self.observed, self.required)


@dataclass
class Group:
    """Several tests taken together: all, any, not, each, row, count, predicate."""

    kind: str
    met: Met
    parts: tuple["Trace", ...]
    label: str = ""


type Trace = Observation | Group


def observations(trace: Trace) -> Iterator[Observation]:
    """Yield every single test of a trace in order."""
    if isinstance(trace, Observation):
        yield trace
        return
    for part in trace.parts:
        yield from observations(part)


def misses(trace: Trace, *, wanted: bool = True) -> tuple[Observation, ...]:
    """Return the tests that keep a trace from being as wanted: the nearest way where there are several.

    All parts of an `all` that fail; of an `any`, the alternative that is least far off.
    """
    if trace.met is wanted:
        return ()
    if isinstance(trace, Observation):
        return (trace,)
    if trace.kind == "not":
        return misses(trace.parts[0], wanted=not wanted)
    if trace.kind == "count":
        return misses(trace.parts[0], wanted=wanted)
    failing = [misses(part, wanted=wanted) for part in trace.parts if part.met is not wanted]
    needs_every_part = (trace.kind != "any") is wanted
    if needs_every_part:
        return tuple(miss for part in failing for miss in part)
    return min(failing, key=_gap, default=())


def _gap(found: tuple[Observation, ...]) -> float:
    return sum(_relative_gap(one) for one in found)


def _relative_gap(one: Observation) -> float:
    if one.met is None:
        return 2.0  # unknown: nearer than hopeless, farther than any small shortage
    short = one.short_by
    if isinstance(short, int | Decimal) and isinstance(one.required, int | Decimal) and one.required:
        return min(abs(float(short)) / abs(float(one.required)), 2.5)
    return 1.0 if isinstance(short, int) else 3.0


def _distance(
    operator: Operator, observed: object, required: object
) -> int | Decimal | tuple[str, ...] | None:
    if isinstance(observed, tuple) and isinstance(required, tuple):
        if operator is Operator.INCLUDES_ALL:
            return tuple(one for one in required if one not in observed)
        if operator is Operator.INCLUDES_NONE:
            return tuple(one for one in required if one in observed)
        return None
    if isinstance(required, tuple):
        return _days_outside(observed, required) if operator is Operator.WITHIN else None
    return _ordered_distance(operator, observed, required)


def _days_outside(observed: object, required: tuple[object, ...]) -> int | None:
    start, end = required
    if not isinstance(observed, date) or not isinstance(start, date):
        return None
    if observed < start:
        return (start - observed).days
    return (observed - end).days + 1 if isinstance(end, date) and observed >= end else None


_SIGN = {Operator.AT_LEAST: 1, Operator.MORE_THAN: 1, Operator.AT_MOST: -1, Operator.LESS_THAN: -1}


def _ordered_distance(operator: Operator, observed: object, required: object) -> int | Decimal | None:
    sign = _SIGN.get(operator)
    if sign is None:
        return None
    step = 1 if operator in {Operator.MORE_THAN, Operator.LESS_THAN} else 0
    if isinstance(observed, date) and isinstance(required, date):
        return (required - observed).days * sign + step
    if isinstance(observed, int) and isinstance(required, int):
        return (required - observed) * sign + step
    if isinstance(observed, int | Decimal) and isinstance(required, int | Decimal):
        return (Decimal(required) - Decimal(observed)) * sign
    return None
