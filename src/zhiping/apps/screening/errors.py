"""Refusals of the app."""

from zhiping.kernel.errors import DomainError


class RunUnderWayError(DomainError):
    """A run of the place is under way."""

    code = "screening.run_under_way"


class FindingNotFoundError(DomainError):
    """There is no such finding within reach."""

    code = "screening.finding_not_found"


class RunNotFoundError(DomainError):
    """There is no such run within reach."""

    code = "screening.run_not_found"


class JudgementNoteMissingError(DomainError):
    """A judgement needs its reason."""

    code = "screening.judgement_note_missing"
