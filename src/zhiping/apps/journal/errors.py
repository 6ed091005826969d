"""Refusals of the app."""

from zhiping.kernel.errors import DomainError


class DocumentRefusedError(DomainError):
    """The file is too large, empty, or not what its name says."""

    code = "journal.document_refused"
