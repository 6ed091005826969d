"""Everything that changes certificates, one file per group of verbs."""

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
    "IssueReport",
    "PrintedBatch",
    "WithoutCertificate",
    "annul_certificate",
    "ask",
    "certificate_pdf",
    "correct_certificate",
    "forget_counts",
    "issue_certificates",
    "restore_certificate",
    "sitting_pdf",
]
