"""Refusals of the app."""

from zhiping.kernel.errors import DomainError


class PlanNotFoundError(DomainError):
    """There is no such plan within reach."""

    code = "exams.plan_not_found"


class SittingNotFoundError(DomainError):
    """There is no such sitting within reach."""

    code = "exams.sitting_not_found"


class BodyNotInRegisterError(DomainError):
    """The body is not in the register, or stopped."""

    code = "exams.body_not_in_register"


class PlanNotEditableError(DomainError):
    """The plan is declared or has ended."""

    code = "exams.plan_not_editable"


class PlanIncompleteError(DomainError):
    """Something that a plan must have is not there yet."""

    code = "exams.plan_incomplete"


class PlanRefusedByRulesError(DomainError):
    """The verdict on the plan refuses."""

    code = "exams.plan_refused_by_rules"


class SittingTimesWrongError(DomainError):
    """The sitting ends before it starts, or started before today."""

    code = "exams.sitting_times_wrong"


class VenueTakenError(DomainError):
    """The venue holds another sitting at that time."""

    code = "exams.venue_taken"


class PersonBusyError(DomainError):
    """The person is assigned elsewhere, or to another role, at that time."""

    code = "exams.person_busy"


class AssignmentForbiddenError(DomainError):
    """The person may not have this duty: not qualified, or tied to a candidate."""

    code = "exams.assignment_forbidden"


class RosterClosedError(DomainError):
    """Enrolment is over, or results are not awaited."""

    code = "exams.roster_closed"


class RosterNotFoundError(DomainError):
    """There is no such import."""

    code = "exams.roster_not_found"


class CapacityExceededError(DomainError):
    """More candidates than the sitting has places."""

    code = "exams.capacity_exceeded"


class SittingNotOverError(DomainError):
    """The sitting has not ended."""

    code = "exams.sitting_not_over"


class ResultsIncompleteError(DomainError):
    """Some candidates have no result in some subject."""

    code = "exams.results_incomplete"


class ResultNoticeRunningError(DomainError):
    """The public notice of the results has not ended."""

    code = "exams.result_notice_running"


class OpinionMissingError(DomainError):
    """A return or a refusal needs its reason."""

    code = "exams.opinion_missing"


class ArchiveMissingError(DomainError):
    """The archive manifest lacks what must be kept."""

    code = "exams.archive_missing"


class NotEligibleError(DomainError):
    """A rule says that the candidate may not sit."""

    code = "exams.not_eligible"
