"""What a condition's operator and required value are, once the parameters of a place and day are known."""

from collections.abc import Mapping

from zhiping.core.policybook.conditions import Against, Fixed, FromFact, FromParameter
from zhiping.core.policybook.model import ParameterValue
from zhiping.core.policybook.values import Value
from zhiping.core.policybook.wording import Operator, operator_of

type Parameters = Mapping[str, ParameterValue | None]
"""The values in force by parameter; None where none is."""


def resolved_operator(operator: Operator, against: Against | None, parameters: Parameters) -> Operator:
    """Return the operator that the value's wording states; `as_worded` itself where there is no value."""
    if operator is not Operator.AS_WORDED or not isinstance(against, FromParameter):
        return operator
    source = parameters.get(against.id)
    return (operator_of(source.wording) if source else None) or Operator.AS_WORDED


def constant(against: Against | None, parameters: Parameters) -> Value | None:
    """Return the required value that is the same for every case; None where there is none."""
    match against:
        case FromParameter(id=name):
            source = parameters.get(name)
            return source.value if source else None
        case Fixed(value=value):
            return value
        case FromFact() | None:
            return None
