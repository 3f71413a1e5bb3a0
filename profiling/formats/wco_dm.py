"""Reader of WCO Data Model XML (version 3): declarations (DEC, e.g. DEC-DMS of HMRC) and cargo reports (CRI, CRE, …).

Document element: Declaration, or what a country wraps it in (MetaData, DocumentMetaData, Manifest). A declaration has a
GoodsShipment and is a paper to be set beside consignments; a cargo report has Consignments below the Declaration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Final

from profiling.formats import limits
from profiling.formats.cuscar_header import FUNCTIONS, MODES
from profiling.formats.findings import Findings
from profiling.formats.records import Conveyance, Direction, Function, Header, Mode, Purpose
from profiling.formats.wco_cargo import read_consignment
from profiling.formats.wco_declaration import read_declaration
from profiling.formats.wco_fields import place, time
from profiling.formats.xml_fields import Fields
from profiling.formats.xml_reader import Across, Mentioned, Told, XmlReader
from profiling.formats.xml_stream import Outline, Selection
from profiling.formats.xml_tree import Node

_ROOTS: Final = frozenset({"metadata", "documentmetadata", "declaration", "manifest", "mainfest"})
_MARKS: Final = (b"urn:wco:datamodel", b"functioncode", b"functionalreferenceid", b"bordertransportmeans")
_CARGO, _PAPER = 0, 1
# HMRC amends with 13; the type of the declaration says which way.
_AMENDMENTS: Final[Mapping[str, Function]] = {"INV": Function.CANCEL, "COR": Function.CHANGE}
_BY_TYPE: Final = (
    ("IM", Direction.IMPORT),
    ("EX", Direction.EXPORT),
    ("CO", Direction.IMPORT),
    ("T", Direction.TRANSIT),
)
_REPORTS: Final = {
    **dict.fromkeys(("CRI", "ICR"), Direction.IMPORT),
    **dict.fromkeys(("CRE", "CRO", "OCR"), Direction.EXPORT),
}
_IDENTIFIERS: Final = {"10": "imo", "20": "train", "21": "train", "30": "plate", "31": "plate", "40": "flight"} | {
    "41": "registration"
}
_NAMES: Final = frozenset({"11", "81"})  # the identifier is the name of the vessel
_BY_MODE: Final = {Mode.RAIL: "train", Mode.ROAD: "plate", Mode.AIR: "registration"}
_IMO: Final = re.compile(r"(?:IMO|UN)?\s?(\d{7})\Z", re.ASCII)  # China writes UN before it
_MEANS: Final = "bordertransportmeans/"
_SENDERS: Final = ("submitter", "agent", "declarant", "representativeperson", "carrier")


class WcoReader(XmlReader):
    """See `registry.Reader`."""

    name = "wco-dm"
    # GoodsShipment is among them only to see which of the two the message is.
    selections: ClassVar[tuple[Selection, ...]] = (
        {"consignment": "declaration", "goodsshipment": "declaration"},
        {"declaration": ""},
    )
    measured: ClassVar[frozenset[str]] = frozenset({"transportequipment"})
    # What the envelope says of itself, numbers in a row, pointers to other elements, and the reckoning of duties.
    quiet: ClassVar[frozenset[str]] = frozenset(
        [
            "wcodatamodelversioncode",
            "wcotypename",
            "wcodocumentname",
            "responsiblecountrycode",
            "responsibleagencyname",
            "agencyassignedcustomizationversioncode",
            "agencyassignedcustomizationcode",
            "agencyassignedcountrysubdivisionid",
            "head",
            "sequencenumeric",
            "linenumeric",
            "pointer",
            "dutytaxfee",
            "currencyexchange",
            "obligationguarantee",
            "authorisationholder",
            "customsvaluation",
            "valuationadjustment",
            "authentication",
            "paymentmethodcode",
            "containercode",
        ]
    )

    def is_root(self, key: str) -> bool:
        return key in _ROOTS

    def is_mine(self, head: bytes) -> bool:
        # Any format may have a Manifest or MetaData, so a Declaration and a name of the model must be in sight.
        text = head.replace(b"\x00", b"").lower()
        return b"declaration" in text and any(mark in text for mark in _MARKS)

    def is_enough(self, found: Outline) -> bool:
        return found.count > 0 and "goodsshipment" not in found.keys

    def is_whole(self, number: int) -> bool:
        return number == _PAPER

    def header(self, head: Fields, root: str) -> Header | None:
        declaration = head if head.node.key == "declaration" else head.inner("declaration")
        envelope = head.inner("head")
        if not declaration.is_there:
            head.found.refuse("message_missing", head.node)
            return None
        # A paper is read once more with its record, which tells what is wrong; the head of a cargo report only here.
        is_paper = _is_paper(declaration.node)
        said = Fields(declaration.node, Findings() if is_paper else head.found)
        function = _function(said, envelope, head)
        if function is None:
            return None
        reference = said.text("message_ref", "functionalreferenceid", limit=limits.REFERENCE_NO)
        registered = said.text("manifest_number", "id", limit=limits.REFERENCE_NO)
        kind = said.text("release", "typecode")
        means = _conveyance(said)
        voyage = "/".join(part for part in (means.identifier or means.name, means.voyage) if part)
        number = registered or reference or ("" if is_paper else voyage)
        if not number and not is_paper:
            said.found.warn("manifest_number_missing", said.node, "FunctionalReferenceID")
        carrier = said.inner("carrier")
        issuer = carrier.text("issuer", "id", "name")
        carrier.find("name")
        if is_paper:
            issuer = said.text("issuer", *(f"{o}office/id" for o in ("presentation", "exit", "entry"))) or issuer
        message = envelope.text("message_ref", "messageid", limit=limits.REFERENCE_NO) or reference or registered
        return Header(
            source_format=self.name,
            position=declaration.node.position,
            sender=_sender(said, envelope) or issuer,
            message_ref=message[: limits.CODE],
            function=function,
            manifest_number=number,
            conveyance=means,
            release=kind or "WCO",
            issuer=issuer,
            direction=_direction(kind, is_paper=is_paper),
            issued_at=time(said, "issued_at", "issuedatetime", "acceptancedatetime"),
            purpose=Purpose.DOCUMENTS if is_paper else Purpose.CARGO,
        )

    def across(self, head: Fields, header: Header) -> Across:
        return Mentioned()

    def told(self, node: Node, header: Header) -> list[Told]:
        if header.syntax["selection"] == _CARGO:
            return read_consignment(node, header)
        self.header(Fields(node, Findings()), "")  # what the header says was read
        # A cargo report without any consignment, as one that cancels it is, has no record.
        return [read_declaration(node, header)] if header.purpose is Purpose.DOCUMENTS else []


def _is_paper(declaration: Node) -> bool:
    """Whether it is a declaration; one that cancels or amends may hold no goods, but its type says so."""
    if declaration.find("goodsshipment") is not None:
        return True
    at = declaration.find("typecode")
    code = at.value.upper() if at else ""
    is_declared = code in _AMENDMENTS or _direction(code, is_paper=True) is not None
    return declaration.find("consignment") is None and is_declared


def _function(said: Fields, envelope: Fields, head: Fields) -> Function | None:
    at, code = said.find("functioncode")
    if not code:
        at, code = envelope.find("functioncode")
    if not code:
        head.found.warn("function_assumed", said.node, "FunctionCode")
        return Function.ORIGINAL
    function = FUNCTIONS.get(code)
    if code == "13":
        function = _AMENDMENTS.get(said.find("typecode")[1].upper(), Function.CHANGE)
    if function is None:
        head.found.refuse("function_not_supported", at, "FunctionCode", code, code=code[:40])
    return function


def _sender(said: Fields, envelope: Fields) -> str:
    for name in _SENDERS:
        party = said.inner(name)
        sender = party.text("sender", "id", "name")
        party.find("name")
        if sender:
            return sender
    return envelope.text("sender", "senderid")


def _direction(kind: str, *, is_paper: bool) -> Direction | None:
    code = kind.upper()
    if not is_paper:
        return _REPORTS.get(code)
    return next((direction for start, direction in _BY_TYPE if code.startswith(start)), None)


def _conveyance(said: Fields) -> Conveyance:
    mode = said.code("conveyance.mode", MODES, _MEANS + "modecode")
    at, kind_of_means = said.find(_MEANS + "typecode")
    if mode is None and kind_of_means:
        # A mode of transport in some profiles, in others UN/ECE Recommendation 28, whose first digit is one.
        mode = MODES.get(kind_of_means[:1])
        if mode is None:
            said.found.warn("code_unknown", at, "conveyance.mode", kind_of_means, code=kind_of_means[:40])
    identifier = said.text("conveyance.identifier", _MEANS + "id", limit=limits.NAME)
    name = said.text("conveyance.name", _MEANS + "name", limit=limits.NAME)
    kind = said.find(_MEANS + "identificationtypecode")[1]
    if kind in _NAMES and not name:
        identifier, name = "", identifier
    scheme = _IDENTIFIERS.get(kind, "") or (_BY_MODE.get(mode, "") if mode else "")
    match = _IMO.match(identifier.upper())
    if match and mode in (None, Mode.SEA):
        identifier, scheme = match.group(1), "imo"
    return Conveyance(
        mode=mode,
        identifier=identifier[: limits.CODE],
        identifier_type=scheme if identifier else "",
        name=name,
        voyage=said.text("voyage", _MEANS + "journeyid"),
        flag=said.country(
            "conveyance.flag", _MEANS + "registrationnationalitycode", _MEANS + "registrationnationalityid"
        ),
        departure=place(said, "departure", _MEANS + "departurelocation", "departurelocation"),
        arrival=place(
            said, "arrival", _MEANS + "firstarrivallocation", _MEANS + "arrivallocation", "unloadinglocation"
        ),
        etd=time(said, "etd", _MEANS + "departuredatetime"),
        eta=time(said, "eta", _MEANS + "arrivaldatetime", _MEANS + "estimatedarrivaldatetime"),
    )
