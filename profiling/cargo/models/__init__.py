"""Cargo as the messages tell it: submissions, calls, consignments, equipment, documents."""

from profiling.cargo.models.consignments import (
    CargoDocument,
    Consignment,
    ConsignmentVersion,
    GoodsItem,
    Loading,
    PartyMention,
)
from profiling.cargo.models.conveyances import ConveyanceCall
from profiling.cargo.models.equipment import EquipmentVisit, Placement, SealObservation, VisitStatement
from profiling.cargo.models.movements import MovementEvent
from profiling.cargo.models.submissions import Submission, SubmissionProblem

__all__ = [
    "CargoDocument",
    "Consignment",
    "ConsignmentVersion",
    "ConveyanceCall",
    "EquipmentVisit",
    "GoodsItem",
    "Loading",
    "MovementEvent",
    "PartyMention",
    "Placement",
    "SealObservation",
    "Submission",
    "SubmissionProblem",
    "VisitStatement",
]
