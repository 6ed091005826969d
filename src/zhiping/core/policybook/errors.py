"""Refusals of the policybook."""

from typing import TYPE_CHECKING

from zhiping.kernel.errors import DomainError

if TYPE_CHECKING:
    from zhiping.core.policybook.problems import Problem


class PolicyInvalidError(DomainError):
    """The policy folder has problems; all of them are carried along."""

    code = "policybook.policy_invalid"

    def __init__(self, *, problems: "tuple[Problem, ...]") -> None:
        super().__init__(problems=problems)
        self.problems = problems


class ParameterUnknownError(DomainError):
    """No parameter has that id."""

    code = "policybook.parameter_unknown"


class NoValueKnownError(DomainError):
    """The parameter has no value at that place on that day."""

    code = "policybook.no_value_known"


class QuestionUnknownError(DomainError):
    """No rule of any place or period asks that question."""

    code = "policybook.question_unknown"


class RuleUnknownError(DomainError):
    """No rule has that id."""

    code = "policybook.rule_unknown"


class CatalogueUnknownError(DomainError):
    """The policy folder holds no such catalogue."""

    code = "policybook.catalogue_unknown"


class FactUndeclaredError(DomainError):
    """A fact was handed in that the vocabulary does not declare."""

    code = "policybook.fact_undeclared"


class FactMalformedError(DomainError):
    """A fact's value does not fit its declared type."""

    code = "policybook.fact_malformed"


class WaiverNotAllowedError(DomainError):
    """The rule is not "in principle": nobody may waive it."""

    code = "policybook.waiver_not_allowed"


class WaiverPointlessError(DomainError):
    """The rule did not fail in this verdict, so that there is nothing to waive."""

    code = "policybook.waiver_pointless"


class WaiverReasonMissingError(DomainError):
    """A waiver needs a reason."""

    code = "policybook.waiver_reason_missing"


class PenaltyDaysError(DomainError):
    """The conduct is said to be later than the decision on it."""

    code = "policybook.penalty_days"


class VerdictUnreadableError(DomainError):
    """A stored verdict cannot be read back."""

    code = "policybook.verdict_unreadable"


class SnapshotUnreadableError(DomainError):
    """A kept snapshot of a rule cannot be read back, or is not what its address stands for."""

    code = "policybook.snapshot_unreadable"
