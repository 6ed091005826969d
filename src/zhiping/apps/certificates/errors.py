"""Refusals of the app."""

from zhiping.kernel.errors import DomainError


class CertificateNotFoundError(DomainError):
    """There is no such certificate within reach."""

    code = "certificates.certificate_not_found"


class SiteCodeMissingError(DomainError):
    """The body never entered the register, so its certificates cannot be numbered."""

    code = "certificates.site_code_missing"


class SerialsExhaustedError(DomainError):
    """The six-digit serials of a site, year and level are used up."""

    code = "certificates.serials_exhausted"


class ReasonMissingError(DomainError):
    """A correction, an annulment, a restoration needs its reason."""

    code = "certificates.reason_missing"


class ReasonTooLongError(DomainError):
    """The reason does not fit the record."""

    code = "certificates.reason_too_long"


class FieldNotCorrectableError(DomainError):
    """The field is not among those that a correction may change."""

    code = "certificates.field_not_correctable"


class NothingToCorrectError(DomainError):
    """The new values are the old ones."""

    code = "certificates.nothing_to_correct"


class ValueUnusableError(DomainError):
    """A corrected value is empty, too long, or holds signs that cannot be printed."""

    code = "certificates.value_unusable"


class ClauseNotBindingError(DomainError):
    """The clause is no ground for annulling there and then."""

    code = "certificates.clause_not_binding"


class AnnulledNotPrintedError(DomainError):
    """Only a valid certificate is printed."""

    code = "certificates.annulled_not_printed"


class NothingToPrintError(DomainError):
    """The sitting has no valid certificate in that part."""

    code = "certificates.nothing_to_print"


class PaperChangedError(DomainError):
    """What would be printed is not what the record's digest was taken from."""

    code = "certificates.paper_changed"


class SecondFactMissingError(DomainError):
    """A look-up needs the number and one more fact."""

    code = "certificates.second_fact_missing"


class TooManyRequestsError(DomainError):
    """Too many look-ups from one address, or too many failed ones for one number."""

    code = "certificates.too_many_requests"
