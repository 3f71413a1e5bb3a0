"""Inspections, what was submitted and reviewed of them, and seizures."""

from inspections.models.inspections import (
    AppliedChange,
    Inspection,
    InspectionLine,
    PersonPresent,
    Photo,
    SealRecord,
    TeamMember,
)
from inspections.models.reviews import Report, Review
from inspections.models.seizures import Handover, Link, ListedWord, Sample, Seizure, Signature

__all__ = [
    "AppliedChange",
    "Handover",
    "Inspection",
    "InspectionLine",
    "Link",
    "ListedWord",
    "PersonPresent",
    "Photo",
    "Report",
    "Review",
    "Sample",
    "SealRecord",
    "Seizure",
    "Signature",
    "TeamMember",
]
