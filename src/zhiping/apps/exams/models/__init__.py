"""Tables of the exams app, one file per group of things."""

from zhiping.apps.exams.models.enrolments import Enrolment, PriorCertificate, RosterImport
from zhiping.apps.exams.models.plans import Assignment, Plan, Sitting, SittingSubject
from zhiping.apps.exams.models.results import ArchiveItem, Attendance, Incident, Result

__all__ = [
    "ArchiveItem",
    "Assignment",
    "Attendance",
    "Enrolment",
    "Incident",
    "Plan",
    "PriorCertificate",
    "Result",
    "RosterImport",
    "Sitting",
    "SittingSubject",
]
