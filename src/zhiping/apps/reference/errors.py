"""Refusals of the app."""

from zhiping.kernel.errors import DomainError


class NoteMissingError(DomainError):
    """A correction of the calendar needs the ground it stands on."""

    code = "reference.note_missing"


class YearPublishedError(DomainError):
    """The year's holiday notice is on record, so that nothing provisional is needed."""

    code = "reference.year_published"


class OverrideMissingError(DomainError):
    """No override of that day is on record."""

    code = "reference.override_not_found"
