"""Everything that changes the registry, one file per group of verbs."""

from zhiping.apps.registry.actions.bodies import (
    leave_register,
    register_body,
    remove_body,
    resume_body,
    suspend_body,
    update_body,
)
from zhiping.apps.registry.actions.documents import add_document, publish_document, withdraw_document
from zhiping.apps.registry.actions.filings import (
    open_filing,
    remove_line,
    save_declaration,
    save_line,
    submit_filing,
    withdraw_filing,
)
from zhiping.apps.registry.actions.people import (
    add_assessor,
    add_staff_member,
    declare_tie,
    end_assessor,
    end_staff_member,
    register_person,
)
from zhiping.apps.registry.actions.reviews import (
    answer_objection,
    confirm_filing,
    object_to_notice,
    publish_notice,
    record_visit,
    review_filing,
    waive_rule,
)
from zhiping.apps.registry.actions.venues import save_venue

__all__ = [
    "add_assessor",
    "add_document",
    "add_staff_member",
    "answer_objection",
    "confirm_filing",
    "declare_tie",
    "end_assessor",
    "end_staff_member",
    "leave_register",
    "object_to_notice",
    "open_filing",
    "publish_document",
    "publish_notice",
    "record_visit",
    "register_body",
    "register_person",
    "remove_body",
    "remove_line",
    "resume_body",
    "review_filing",
    "save_declaration",
    "save_line",
    "save_venue",
    "submit_filing",
    "suspend_body",
    "update_body",
    "waive_rule",
    "withdraw_document",
    "withdraw_filing",
]
