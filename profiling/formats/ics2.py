"""Reader of entry summary declarations of the EU's ICS2 (harmonised trader interface, messages IE3F10 to IE3F51).

F10 to F17 are of sea, F20 to F29 of air, F30 to F34 of express carriers, F40 to F45 of post, F50 of road, F51 of rail;
IE3A… amend one of them. A consignment at house level is a bill under the transport document at master level; where
there is none, the consignment at master level is the bill itself. A filing may be partial: who knows the house bills
files them apart from who carries the goods, so parties or places may be missing and nothing is made of that.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from profiling.formats import limits
from profiling.formats.cuscar_header import MODES
from profiling.formats.ics2_consignment import kept, party, place, read_consignment, transport_document
from profiling.formats.records import Conveyance, Function, Header, Mode, PartyRole, Purpose
from profiling.formats.xml_fields import Fields
from profiling.formats.xml_reader import Across, Mentioned, Told, XmlReader
from profiling.formats.xml_stream import Outline, Selection
from profiling.formats.xml_tree import Node

_ROOT: Final = re.compile(r"ie3([fa])(\d)(\d)\Z", re.ASCII)
_HOUSES: Final = frozenset({"consignmenthouselevel", "houseconsignment"})
_MASTERS: Final = ("consignmentmasterlevel", "masterconsignment")
_FAMILIES: Final = {"1": Mode.SEA, "2": Mode.AIR, "3": Mode.AIR, "4": Mode.POST}
_LAND: Final = {"50": Mode.ROAD, "51": Mode.RAIL}
_MEANS: Final = "activebordertransportmeans/"
# CL750: type of identification.
_IDENTIFIERS: Final = {"10": "imo", "20": "train", "21": "train", "30": "plate", "31": "plate", "40": "flight"} | {
    "41": "registration"
}
_NAMES: Final = frozenset({"11", "81"})  # the identifier is the name of the vessel


class Ics2Reader(XmlReader):
    """See `registry.Reader`."""

    name = "ics2"
    selections: ClassVar[tuple[Selection, ...]] = (
        {"consignmenthouselevel": "", "transportequipment": "consignmentmasterlevel"},
        {"houseconsignment": "", "transportequipment": "masterconsignment"},
        dict.fromkeys(_MASTERS, ""),
    )
    measured: ClassVar[frozenset[str]] = frozenset({"transportequipment"})
    # Numbers in a row, who is a person, who supplied a container, how charges are paid, and how to answer.
    quiet: ClassVar[frozenset[str]] = frozenset(
        [
            "sequencenumber",
            "goodsitemnumber",
            "typeofperson",
            "containersuppliertype",
            "containerindicator",
            "methodofpayment",
            "specificcircumstanceindicator",
            "addressedmemberstate",
            "responsiblememberstate",
            "reentryindicator",
        ]
    )

    def is_root(self, key: str) -> bool:
        return _ROOT.match(key) is not None

    def is_enough(self, found: Outline) -> bool:
        # Equipment at master level is a record of its own only beside bills at house level.
        return found.count > 0 and (bool(found.keys & _HOUSES) or bool(found.keys & set(_MASTERS)))

    def header(self, head: Fields, root: str) -> Header | None:
        match = _ROOT.match(root)
        letter, family, number = match.groups() if match else ("f", "", "")
        reference = head.text("message_ref", "lrn", limit=limits.REFERENCE_NO)
        registered = head.text("manifest_number", "mrn", limit=limits.REFERENCE_NO)
        if not reference and not registered:
            head.found.warn("manifest_number_missing", head.node, "LRN")
        declarant = head.inner("declarant", "parties.")
        sender = declarant.text("sender", "identificationnumber", "name")
        parties = kept(party(declarant, PartyRole.DECLARANT))
        parties += kept(party(head.inner("representative", "parties."), PartyRole.AGENT))
        parties += kept(party(head.inner("carrier", "parties."), PartyRole.CARRIER))
        office = head.text("office", "customsofficeoffirstentry/referencenumber")
        carriers = [head.inner(f"{path}carrier") for path in ("", *(f"{master}/" for master in _MASTERS))]
        issuer = next((c.text("issuer", "identificationnumber", "name") for c in carriers if c.is_there), "")
        return Header(
            source_format=self.name,
            position=head.node.position,
            sender=sender or issuer,
            message_ref=(reference or registered)[: limits.CODE],
            function=Function.CHANGE if letter == "a" else Function.ORIGINAL,
            manifest_number=registered or reference,
            conveyance=_conveyance(head, _LAND.get(family + number) or _FAMILIES.get(family)),
            release=root.upper()[: limits.CODE],
            issuer=issuer or office,
            issued_at=head.time("issued_at", "documentissuedate"),
            purpose=Purpose.CARGO,
            syntax={"parties": parties, "masters": [_master(each) for name in _MASTERS for each in head.each(name)]},
        )

    def across(self, head: Fields, header: Header) -> Across:
        return Mentioned()

    def told(self, node: Node, header: Header) -> list[Told]:
        return read_consignment(node, header)


def _master(master: Fields) -> dict[str, Any]:
    """What bills at house level need to know of the master level they stand in, in values of JSON."""
    code, number = transport_document(master, "transportdocumentmasterlevel")
    places = {
        name: place(master, name, f"placeof{name}") for name in ("loading", "unloading", "acceptance", "delivery")
    }
    return {
        "start": master.node.start,
        "end": master.node.end,
        "code": code,
        "number": number,
        "parties": kept(party(master.inner("carrier", "parties."), PartyRole.CARRIER)),
        "places": {name: [at.code, at.name, at.scheme] for name, at in places.items() if at is not None},
    }


def _conveyance(head: Fields, mode_of_family: Mode | None) -> Conveyance:
    mode = head.code("conveyance.mode", MODES, _MEANS + "modeoftransport") or mode_of_family
    identifier = head.text("conveyance.identifier", _MEANS + "identificationnumber", limit=limits.NAME)
    kind = head.find(_MEANS + "typeofidentification")[1]
    head.find(_MEANS + "typeofmeansoftransport")  # says no more than the mode to a profile
    name = ""
    if kind in _NAMES:
        name, identifier = identifier, ""
    scheme = _IDENTIFIERS.get(kind, "")
    digits = identifier.upper().removeprefix("IMO").strip()
    if scheme == "imo" or (not scheme and mode is Mode.SEA and len(digits) == 7 and digits.isdecimal()):
        identifier, scheme = digits, "imo"
    return Conveyance(
        mode=mode,
        identifier=identifier[: limits.CODE],
        identifier_type=scheme if identifier else "",
        name=name,
        voyage=head.text("voyage", _MEANS + "conveyancereferencenumber"),
        flag=head.country("conveyance.flag", _MEANS + "nationality"),
        etd=head.time("etd", _MEANS + "actualdateandtimeofdeparture", _MEANS + "estimateddateandtimeofdeparture"),
        eta=head.time("eta", _MEANS + "estimateddateandtimeofarrival", _MEANS + "actualdateandtimeofarrival"),
    )
