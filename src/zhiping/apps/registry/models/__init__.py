"""Tables of the registry, one file per group of things."""

from zhiping.apps.registry.models.bodies import Bar, BodyAccess, EvaluationBody, ScopeLine
from zhiping.apps.registry.models.documents import Document
from zhiping.apps.registry.models.filings import (
    Accountability,
    Filing,
    FilingLine,
    Objection,
    OnsiteItem,
    OnsiteVisit,
    PublicNotice,
    Review,
    Waiver,
)
from zhiping.apps.registry.models.insurance import DispatchSpan, InsuranceSpan, InsuredMonth
from zhiping.apps.registry.models.people import Assessor, AssessorOccupation, Kinship, Person, StaffMember
from zhiping.apps.registry.models.venues import Venue, VenueStation

__all__ = [
    "Accountability",
    "Assessor",
    "AssessorOccupation",
    "Bar",
    "BodyAccess",
    "DispatchSpan",
    "Document",
    "EvaluationBody",
    "Filing",
    "FilingLine",
    "InsuranceSpan",
    "InsuredMonth",
    "Kinship",
    "Objection",
    "OnsiteItem",
    "OnsiteVisit",
    "Person",
    "PublicNotice",
    "Review",
    "ScopeLine",
    "StaffMember",
    "Venue",
    "VenueStation",
    "Waiver",
]
