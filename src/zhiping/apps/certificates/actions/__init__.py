"""Everything that changes certificates, one file per group of verbs."""

from zhiping.apps.certificates.actions.blank_requests import (
    Grant,
    Need,
    aggregate_blank_requests,
    decline_blank_request,
    request_blanks,
    supply_blanks,
    withdraw_blank_request,
)
from zhiping.apps.certificates.actions.blanks import (
    SeriesDetails,
    Source,
    confirm_write_off,
    destroy_blanks,
    exchange_spoiled_blank,
    hand_out_blanks,
    open_blank_series,
    receive_blanks,
    reject_write_off,
    report_lost_blanks,
    return_blanks,
    spoil_blanks,
    use_blank,
    use_blanks_for_sitting,
)
from zhiping.apps.certificates.actions.changes import (
    CORRECTABLE,
    annul_certificate,
    correct_certificate,
    restore_certificate,
)
from zhiping.apps.certificates.actions.issue import IssueReport, WithoutCertificate, issue_certificates
from zhiping.apps.certificates.actions.look_up import ask, forget_counts
from zhiping.apps.certificates.actions.printing import PrintedBatch, certificate_pdf, sitting_pdf

__all__ = [
    "CORRECTABLE",
    "Grant",
    "IssueReport",
    "Need",
    "PrintedBatch",
    "SeriesDetails",
    "Source",
    "WithoutCertificate",
    "aggregate_blank_requests",
    "annul_certificate",
    "ask",
    "certificate_pdf",
    "confirm_write_off",
    "correct_certificate",
    "decline_blank_request",
    "destroy_blanks",
    "exchange_spoiled_blank",
    "forget_counts",
    "hand_out_blanks",
    "issue_certificates",
    "open_blank_series",
    "receive_blanks",
    "reject_write_off",
    "report_lost_blanks",
    "request_blanks",
    "restore_certificate",
    "return_blanks",
    "sitting_pdf",
    "spoil_blanks",
    "supply_blanks",
    "use_blank",
    "use_blanks_for_sitting",
    "withdraw_blank_request",
]
