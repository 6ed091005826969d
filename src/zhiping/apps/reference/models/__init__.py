"""Models of reference (目录与标准)."""

from zhiping.apps.reference.models.aftermath import (
    AffectedBatch,
    AftermathCandidate,
    AftermathReminder,
    CancellationCase,
    CandidateList,
)
from zhiping.apps.reference.models.handovers import Handover, HandoverPaper, Responsibility
from zhiping.apps.reference.models.lists import (
    AccessQualification,
    CancelledQualification,
    CatalogueImport,
    DirectoryEdition,
    DirectoryItem,
    Equivalence,
    OccupationalStandard,
    Rate,
    ShortageOccupation,
    TrackerAssignment,
    TrackingTask,
    WorkdayOverride,
)
from zhiping.apps.reference.models.projects import (
    AbilityProject,
    ExpertArgument,
    ProjectVersion,
    Specification,
    SpecificationCall,
    SpecificationStep,
)

__all__ = [
    "AbilityProject",
    "AccessQualification",
    "AffectedBatch",
    "AftermathCandidate",
    "AftermathReminder",
    "CancellationCase",
    "CancelledQualification",
    "CandidateList",
    "CatalogueImport",
    "DirectoryEdition",
    "DirectoryItem",
    "Equivalence",
    "ExpertArgument",
    "Handover",
    "HandoverPaper",
    "OccupationalStandard",
    "ProjectVersion",
    "Rate",
    "Responsibility",
    "ShortageOccupation",
    "Specification",
    "SpecificationCall",
    "SpecificationStep",
    "TrackerAssignment",
    "TrackingTask",
    "WorkdayOverride",
]
