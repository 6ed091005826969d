"""Everything that changes the dated lists, one file per group of verbs."""

from zhiping.apps.reference.actions.directories import add_directory_item, open_edition, publish_edition
from zhiping.apps.reference.actions.imports import (
    apply_import,
    import_template,
    preview_import,
    returned_rows,
)
from zhiping.apps.reference.actions.tracking import answer_tracking, assign_tracker, open_tracking
from zhiping.apps.reference.actions.workdays import set_provisional_year, set_workday, withdraw_workday

__all__ = [
    "add_directory_item",
    "answer_tracking",
    "apply_import",
    "assign_tracker",
    "import_template",
    "open_edition",
    "open_tracking",
    "preview_import",
    "publish_edition",
    "returned_rows",
    "set_provisional_year",
    "set_workday",
    "withdraw_workday",
]
