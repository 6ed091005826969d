"""Refusals of the app."""

from zhiping.kernel.errors import DomainError


class DutyUnknownError(DomainError):
    """There is no such duty or role."""

    code = "authorities.duty_unknown"


class OwnGrantError(DomainError):
    """Nobody grants duties to himself."""

    code = "authorities.own_grant"
