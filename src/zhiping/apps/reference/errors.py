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


class CataloguePlaceError(DomainError):
    """The list is kept for another level of place."""

    code = "reference.catalogue_place"


class EditionExistsError(DomainError):
    """The place has an edition of that name."""

    code = "reference.edition_exists"


class EditionNotFoundError(DomainError):
    """No such edition is on record, or it is not open any more."""

    code = "reference.edition_not_found"


class EditionEmptyError(DomainError):
    """An edition without rows would say that nothing is allowed."""

    code = "reference.edition_empty"


class EditionOrderError(DomainError):
    """The edition does not follow those that are published."""

    code = "reference.edition_order"


class EditionCountError(DomainError):
    """The edition is said to be whole and has not the items that were published."""

    code = "reference.edition_count"


class LocalItemRefusedError(DomainError):
    """A place may not set up a qualification of its own."""

    code = "reference.local_item_refused"
    clauses = ("JL17-1d", "GD18-2a")


class DirectoryItemExistsError(DomainError):
    """The edition has the item."""

    code = "reference.directory_item_exists"


class BatchUnknownError(DomainError):
    """No batch of cancelled items is on record for the place."""

    code = "reference.batch_unknown"


class ImportNotFoundError(DomainError):
    """No such import is on record."""

    code = "reference.import_not_found"


class CancelledItemNotFoundError(DomainError):
    """No such cancelled item is on record."""

    code = "reference.cancelled_item_not_found"


class TrackingPlaceError(DomainError):
    """Cancelled items are tracked by provinces."""

    code = "reference.tracking_place"


class TrackingDueError(DomainError):
    """The day by which to answer lies behind."""

    code = "reference.tracking_due"


class NothingToTrackError(DomainError):
    """No item has a tracking department yet."""

    code = "reference.nothing_to_track"


class TrackingTaskNotFoundError(DomainError):
    """No such tracking task is on record."""

    code = "reference.tracking_task_not_found"


class AnswerMissingError(DomainError):
    """A tracking result needs its facts in words."""

    code = "reference.answer_missing"


class HandoverNotFoundError(DomainError):
    """No such handover is on record."""

    code = "reference.handover_not_found"


class HandoverAccessTypeError(DomainError):
    """Only level-type qualifications move to industry bodies; this one is access-type."""

    code = "reference.handover_access_type"
    clauses = ("GD18-3", "JL17-3a")


class HandoverCancelledItemError(DomainError):
    """The item is cancelled on that day: there is nothing that anybody could take over."""

    code = "reference.handover_cancelled_item"
    clauses = ("GD18-3", "GD18-2a", "JL17-1a")


class HandoverTypeUnknownError(DomainError):
    """No list of that day says that the item is a level-type qualification."""

    code = "reference.handover_type_unclear"
    clauses = ("GD18-3", "JL17-3a")


class HandoverSameBodyError(DomainError):
    """Giver and receiver are the same body."""

    code = "reference.handover_same_body"


class HandoverDraftExistsError(DomainError):
    """The qualification has a handover under way at the place."""

    code = "reference.handover_draft_exists"


class HandoverGiverError(DomainError):
    """Another body answers for the qualification on that day, so the named one cannot hand it over."""

    code = "reference.handover_giver"


class HandoverOrderError(DomainError):
    """The day lies before that from which the present body answers."""

    code = "reference.handover_order"


class HandoverPaperMissingError(DomainError):
    """A handover without a document would rest on nobody's word."""

    code = "reference.handover_paper_missing"
    clauses = ("GD18-3",)


class HandoverNotEditableError(DomainError):
    """The handover is no draft any more."""

    code = "reference.handover_not_editable"


class HandoverNotLatestError(DomainError):
    """A later handover follows: that one must be reversed first."""

    code = "reference.handover_not_latest"


class GuidingOfficeError(DomainError):
    """The office is not responsible for the place."""

    code = "reference.guiding_office"


class ReasonMissingError(DomainError):
    """The step needs its reason in words."""

    code = "reference.reason_missing"


class CallPlaceError(DomainError):
    """Projects are solicited by districts."""

    code = "reference.call_place"
    clauses = ("WH21-4",)


class CallDueError(DomainError):
    """The day by which to answer lies behind."""

    code = "reference.call_due"


class CallNotFoundError(DomainError):
    """No such call is on record."""

    code = "reference.call_not_found"


class CallClosedError(DomainError):
    """The call takes in no more drafts."""

    code = "reference.call_closed"


class CallUnderWayError(DomainError):
    """Drafts of the call are not reported yet."""

    code = "reference.call_under_way"


class SpecificationNotFoundError(DomainError):
    """No such specification is on record."""

    code = "reference.specification_not_found"


class SpecificationNotEditableError(DomainError):
    """The specification is out of the drafter's hands."""

    code = "reference.specification_not_editable"


class SpecificationIncompleteError(DomainError):
    """Something without which nobody could review it is missing."""

    code = "reference.specification_incomplete"


class SpecificationRefusedByRulesError(DomainError):
    """The drafting requirement is not met."""

    code = "reference.specification_refused_by_rules"
    clauses = ("WH21-4",)


class SectionUnknownError(DomainError):
    """The drafting requirement knows no such section."""

    code = "reference.section_unknown"


class WeightInvalidError(DomainError):
    """A weight is no percentage."""

    code = "reference.weight_invalid"


class RevisedProjectError(DomainError):
    """The project that is to be revised is not used at the place."""

    code = "reference.revised_project"


class ArgumentDayError(DomainError):
    """The experts met before the specification was reported, or will meet later."""

    code = "reference.argument_day"


class FilingDayError(DomainError):
    """The filing with the ministry lies before the argument, or ahead."""

    code = "reference.filing_day"


class ProjectNotFoundError(DomainError):
    """No such project is on record."""

    code = "reference.project_not_found"


class ProjectListingRefusedError(DomainError):
    """The law does not let the project into the directory."""

    code = "reference.project_listing_refused"
    clauses = ("WH21-4", "WH21-1")


class VersionOrderError(DomainError):
    """The version does not follow those that are published."""

    code = "reference.version_order"


class ProjectNotListedError(DomainError):
    """The project is not on the directory on that day."""

    code = "reference.project_not_listed"


class CaseNotFoundError(DomainError):
    """No such cancellation case is on record."""

    code = "reference.case_not_found"


class CaseItemError(DomainError):
    """The item is not cancelled at the place, or not yet."""

    code = "reference.case_item"


class CaseExistsError(DomainError):
    """The place has a case of the item already."""

    code = "reference.case_exists"


class CaseNotOpenError(DomainError):
    """The case is closed or dropped, so that nothing of it changes."""

    code = "reference.case_not_open"


class CaseUnsettledError(DomainError):
    """Somebody's way is not settled yet, so the case cannot close."""

    code = "reference.case_unsettled"
    clauses = ("JL17-4",)


class CaseEmptyError(DomainError):
    """A case without a single batch, or with a batch that names nobody, says of nobody what was done."""

    code = "reference.case_empty"


class CaseInUseError(DomainError):
    """Candidates are on record: such a case is carried through, not dropped."""

    code = "reference.case_in_use"
    clauses = ("JL17-4",)


class BatchNotFoundError(DomainError):
    """No such affected batch is on record."""

    code = "reference.batch_not_found"


class BatchExistsError(DomainError):
    """The case has that batch of the organisation already."""

    code = "reference.batch_exists"


class BatchDayError(DomainError):
    """The batch began on the day of the cancellation or later: nothing but stopping it is lawful."""

    code = "reference.batch_day"
    clauses = ("JL17-4",)


class AftermathDueError(DomainError):
    """The day by which to be done lies behind."""

    code = "reference.aftermath_due"


class AftermathDayError(DomainError):
    """The day of what was done lies before the cancellation, or ahead."""

    code = "reference.aftermath_day"


class AftermathStageError(DomainError):
    """What was to be recorded is not owed at the stage of the batch."""

    code = "reference.aftermath_stage"


class AftermathNothingToRemindError(DomainError):
    """Everybody of the batch is settled."""

    code = "reference.aftermath_nothing_to_remind"


class CandidateNotFoundError(DomainError):
    """No such candidate is on record."""

    code = "reference.candidate_not_found"


class CandidateExistsError(DomainError):
    """The number is on record in the batch already."""

    code = "reference.candidate_exists"


class CandidateDetailError(DomainError):
    """The number, the name or the last four characters of the paper are none."""

    code = "reference.candidate_detail"


class CandidateInUseError(DomainError):
    """Something was done for the candidate, so that the entry stays."""

    code = "reference.candidate_in_use"


class ChoiceAlreadyCarriedOutError(DomainError):
    """The refund was paid or the certificate granted: the choice stands."""

    code = "reference.choice_carried_out"


class RefundNotChosenError(DomainError):
    """Nobody is refunded who did not choose it."""

    code = "reference.refund_not_chosen"
    clauses = ("JL17-4",)


class RefundAmountError(DomainError):
    """What was paid is refunded whole: not more, not less."""

    code = "reference.refund_amount"
    clauses = ("JL17-4",)


class RefundPaidError(DomainError):
    """The refund is on record already."""

    code = "reference.refund_paid"


class CertificateNotEarnedError(DomainError):
    """No certificate without a passed examination."""

    code = "reference.certificate_not_earned"


class OtherwiseNeedlessError(DomainError):
    """The law says what is owed: that is done, not something else."""

    code = "reference.otherwise_needless"
    clauses = ("JL17-4",)
