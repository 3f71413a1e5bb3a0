"""Which transport document a CUSCAR bill is: kind, number and master number, from its RFF and CNI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from profiling.formats.edifact import Segment, one_line
from profiling.formats.records import DocumentType, Function, Mode

# UN/EDIFACT 1153, in the order in which they name the document of the consignment.
DOCUMENTS: Final = ("BH", "BM", "HWB", "AWB", "MWB", "AAM", "AAS")
MASTER: Final = "MB"
NAMED: Final = frozenset((*DOCUMENTS, MASTER))
BY_MODE: Final = {
    Mode.RAIL: DocumentType.SMGS,
    Mode.ROAD: DocumentType.CMR,
    Mode.AIR: DocumentType.AIR_WAYBILL,
    Mode.SEA: DocumentType.SEA_WAYBILL,
}


@dataclass(frozen=True, slots=True)
class Context:
    """What a bill needs to know of its message."""

    function: Function
    mode: Mode | None
    late: bool  # D.16A and later, where CNI.2 names the master bill


def names_document(segment: Segment) -> bool:
    """Whether it is an RFF that says which document a bill is."""
    if segment.tag != "RFF":
        return False
    qualifier = segment.at(1)
    return qualifier in NAMED or qualifier.upper() in NAMED


def document(named: Mapping[str, str], cni: Segment, context: Context) -> tuple[DocumentType, str, str]:
    """Kind, number and master number: the first of DOCUMENTS that is named, else CNI.2.1."""
    own = one_line(cni.at(2))
    master = named.get(MASTER, "")
    for qualifier in DOCUMENTS:
        if qualifier in named:
            break
    else:
        if master and (not own or own == master):
            return DocumentType.MASTER_BILL, master, ""
        return _kind("", context.mode, house=bool(master)), own, master
    number = named[qualifier]
    if not master and qualifier == "BH" and named.get("BM", number) != number:
        master = named["BM"]
    in_cni = context.late or cni.at(2, 2).upper() in ("BOL", "PBL")
    if not master and in_cni and own and own != number:
        master = own
    if master == number:
        master = ""
    return _kind(qualifier, context.mode, house=bool(master)), number, master


def _kind(qualifier: str, mode: Mode | None, *, house: bool) -> DocumentType:
    if qualifier in ("HWB", "AWB", "MWB"):
        return DocumentType.AIR_WAYBILL
    if qualifier in ("AAM", "AAS") and mode in BY_MODE:
        return BY_MODE[mode]
    if qualifier == "BH" or house:
        return DocumentType.HOUSE_BILL
    if mode is not None and mode in BY_MODE and mode is not Mode.SEA:
        return BY_MODE[mode]
    return DocumentType.BILL
