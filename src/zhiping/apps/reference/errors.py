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
