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


# --- blank certificates --------------------------------------------------------------------------


class BlankSeriesTakenError(DomainError):
    """Serials of the new series could be read as those of a series that is there."""

    code = "certificates.blank_series_taken"


class BlankSeriesInvalidError(DomainError):
    """Prefix or width of a series cannot be printed as a serial."""

    code = "certificates.blank_series_invalid"


class BlankSeriesNotFoundError(DomainError):
    """There is no such series within reach."""

    code = "certificates.blank_series_not_found"


class BlankPlaceError(DomainError):
    """The step belongs to an office of another level."""

    code = "certificates.blank_place"


class BlankSerialUnreadableError(DomainError):
    """The serial fits no series that was ever opened."""

    code = "certificates.blank_serial_unreadable"


class BlankSerialMissingError(DomainError):
    """Neither a serial nor a stock to take the next one from."""

    code = "certificates.blank_serial_missing"


class BlankSpanBackwardsError(DomainError):
    """The last serial comes before the first, or belongs to another series."""

    code = "certificates.blank_span_backwards"


class BlankAlreadyReceivedError(DomainError):
    """A serial of the range was received before."""

    code = "certificates.blank_already_received"


class BlankNeverReceivedError(DomainError):
    """A serial of the range never came from the printer."""

    code = "certificates.blank_never_received"


class BlankUsedError(DomainError):
    """A serial of the range became a certificate."""

    code = "certificates.blank_used"


class BlankVoidError(DomainError):
    """A serial of the range is spoiled, destroyed, lost or set aside for it."""

    code = "certificates.blank_void"


class BlankElsewhereError(DomainError):
    """A serial of the range is held by somebody else."""

    code = "certificates.blank_elsewhere"


class BlankNotYoursError(DomainError):
    """The serial is in a stock that the officer does not keep."""

    code = "certificates.blank_not_yours"


class BlankConditionError(DomainError):
    """The range is not in the condition that the step needs."""

    code = "certificates.blank_condition"


class BlankStockEmptyError(DomainError):
    """The stock holds no blank that could be taken next."""

    code = "certificates.blank_stock_empty"


class BlankStockNotFoundError(DomainError):
    """There is no such stock within reach."""

    code = "certificates.blank_stock_not_found"


class BlankRequestNotFoundError(DomainError):
    """There is no such request within reach."""

    code = "certificates.blank_request_not_found"


class BlankQuantityError(DomainError):
    """A number of blanks that cannot be asked for."""

    code = "certificates.blank_quantity"


class BlankDueError(DomainError):
    """The day by which blanks are needed is over."""

    code = "certificates.blank_due"


class BlankReasonMissingError(DomainError):
    """The step needs its reason."""

    code = "certificates.blank_reason_missing"


class BlankNothingToAggregateError(DomainError):
    """No open request of the city's districts, and no need of its own."""

    code = "certificates.blank_nothing_to_aggregate"


class BlankReductionError(DomainError):
    """A granted number that is no reduction, or a reduction without its reason."""

    code = "certificates.blank_reduction"


class BlankKindError(DomainError):
    """The blanks are of another kind than was asked for."""

    code = "certificates.blank_kind"


class BlankTooManyError(DomainError):
    """More blanks than are still to be supplied."""

    code = "certificates.blank_too_many"


class BlankRecipientError(DomainError):
    """The body does not lie in the place of the stock."""

    code = "certificates.blank_recipient"


class BlankBoundAlreadyError(DomainError):
    """The certificate stands on a blank already."""

    code = "certificates.blank_bound_already"


class BlankNotBoundError(DomainError):
    """The certificate stands on no blank."""

    code = "certificates.blank_not_bound"


class BlankNotForAnnulledError(DomainError):
    """Only a valid certificate is put on a blank."""

    code = "certificates.blank_not_for_annulled"


class BlankWriteOffNotFoundError(DomainError):
    """There is no such write-off within reach."""

    code = "certificates.blank_write_off_not_found"


class BlankWitnessIsKeeperError(DomainError):
    """Who proposed the write-off cannot witness it."""

    code = "certificates.blank_witness_is_keeper"
