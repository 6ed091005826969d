"""Refusals of the app."""

from zhiping.kernel.errors import DomainError


class NotYourBodyError(DomainError):
    """The thing belongs to another body."""

    code = "registry.not_your_body"


class FilingNotFoundError(DomainError):
    """There is no such filing within reach."""

    code = "registry.filing_not_found"


class BodyNotFoundError(DomainError):
    """There is no such body within reach."""

    code = "registry.body_not_found"


class FilingOpenAlreadyError(DomainError):
    """The body has a filing under way."""

    code = "registry.filing_open_already"


class FilingNotEditableError(DomainError):
    """The filing is being reviewed or has ended."""

    code = "registry.filing_not_editable"


class FilingRefusedByRulesError(DomainError):
    """The verdict at submission is a refusal."""

    code = "registry.filing_refused_by_rules"


class FilingIncompleteError(DomainError):
    """Something that a filing must have is not there yet."""

    code = "registry.filing_incomplete"


class OpinionMissingError(DomainError):
    """A return or a refusal needs its reason."""

    code = "registry.opinion_missing"


class RuleNotWaivableError(DomainError):
    """Only 'in principle' conditions can be waived, and only when they failed."""

    code = "registry.rule_not_waivable"


class VisitMissingError(DomainError):
    """No on-site verification is on record, or an item of it is not met."""

    code = "registry.visit_missing"


class NoticeRunningError(DomainError):
    """The public notice has not ended, or an objection is unanswered or upheld."""

    code = "registry.notice_running"


class NoticeOverError(DomainError):
    """The public notice has ended; objections go the way of complaints."""

    code = "registry.notice_over"


class ScopeOverlapsError(DomainError):
    """The body holds that occupation, level and place in that period already."""

    code = "registry.scope_overlaps"


class IdentityNumberRefusedError(DomainError):
    """The identity number cannot be right."""

    code = "registry.identity_number_refused"


class BarredError(DomainError):
    """The body may not file again yet."""

    code = "registry.barred"
    clauses = ("FS20-5.3",)


class AlreadyOnRecordError(DomainError):
    """The same thing is on record."""

    code = "registry.already_on_record"


class SiteCodesExhaustedError(DomainError):
    """The province's six-digit site codes are used up."""

    code = "registry.site_codes_exhausted"


class NameDiffersError(DomainError):
    """The identity number is on record under another name, which a certificate would bear."""

    code = "registry.name_differs"
