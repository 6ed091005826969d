"""Refusals of the certificate core."""

from zhiping.kernel.errors import DomainError


class DocumentFieldError(DomainError):
    """A field of the certificate cannot be printed: empty where it may not be, or not plain text."""

    code = "credential.field_refused"


class MissingGlyphError(DomainError):
    """No font at hand has the sign: printing would leave a blank box in somebody's name (缺字)."""

    code = "credential.glyph_missing"


class FontsMissingError(DomainError):
    """None of the families the certificate is set in is among the font folders."""

    code = "credential.fonts_missing"


class BatchTooLargeError(DomainError):
    """More certificates than one document may hold."""

    code = "credential.batch_too_large"


class BatchEmptyError(DomainError):
    """There is nothing to print."""

    code = "credential.batch_empty"
