"""Everything that changes the dated lists, one file per group of verbs."""

from zhiping.apps.reference.actions.directories import add_directory_item, open_edition, publish_edition
from zhiping.apps.reference.actions.handovers import (
    add_handover_paper,
    amend_handover,
    draft_handover,
    drop_handover,
    hand_over,
    reverse_handover,
)
from zhiping.apps.reference.actions.imports import (
    apply_import,
    import_template,
    preview_import,
    returned_rows,
)
from zhiping.apps.reference.actions.projects import (
    amend_specification,
    argue_specification,
    close_call,
    draft_specification,
    file_specification,
    open_call,
    publish_specification,
    review_specification,
    submit_specification,
    withdraw_project,
)
from zhiping.apps.reference.actions.tracking import answer_tracking, assign_tracker, open_tracking
from zhiping.apps.reference.actions.workdays import set_provisional_year, set_workday, withdraw_workday

__all__ = [
    "add_directory_item",
    "add_handover_paper",
    "amend_handover",
    "amend_specification",
    "answer_tracking",
    "apply_import",
    "argue_specification",
    "assign_tracker",
    "close_call",
    "draft_handover",
    "draft_specification",
    "drop_handover",
    "file_specification",
    "hand_over",
    "import_template",
    "open_call",
    "open_edition",
    "open_tracking",
    "preview_import",
    "publish_edition",
    "publish_specification",
    "returned_rows",
    "reverse_handover",
    "review_specification",
    "set_provisional_year",
    "set_workday",
    "submit_specification",
    "withdraw_project",
    "withdraw_workday",
]
