"""Reader of ASYCUDA World manifests (UNCTAD): XML of the import of manifests, no namespace, no public schema.

Roots: Awmds, a manifest; Awappend, bills added to one; Awbolds and Awmcds, the house bills and the bills of coloaders
under one master bill; Awbolegmds, bills of an export manifest (Bangladesh). The files carry no manifest number: what
the system and its users refer to is office, voyage and date of departure together, so that is the number here,
"GDSGO/245W/2026-10-20". Nor do they carry a function: Awmds says all of a manifest, the others add to one.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Final

from profiling.formats import limits
from profiling.formats.asycuda_bill import read_bill
from profiling.formats.bill_checks import TOLERANCE
from profiling.formats.cuscar_header import MODES
from profiling.formats.problems import problem
from profiling.formats.records import (
    Consignment,
    Conveyance,
    Direction,
    Equipment,
    Function,
    Header,
    Mode,
    Problem,
    Purpose,
    Record,
    Refused,
    Severity,
)
from profiling.formats.xml_fields import Fields
from profiling.formats.xml_reader import Across, Told, XmlReader
from profiling.formats.xml_stream import Selection
from profiling.formats.xml_tree import Node

_ROOTS: Final = {
    "awmds": Function.ORIGINAL,
    "awappend": Function.ADD,
    "awbolds": Function.ADD,
    "awmcds": Function.ADD,
    "awbolegmds": Function.ADD,
}
_UNDER_MASTER: Final = frozenset({"awbolds", "awmcds"})
_GENERAL: Final = "general_segment/"
_ID: Final = _GENERAL + "general_segment_id/"
_TRANSPORT: Final = _GENERAL + "transport_information/"
_PORTS: Final = _GENERAL + "load_unload_place/"
_TOTALS: Final = _GENERAL + "totals_segment/"
# Where the manifest is named: in its own head, or in the reference that the other roots make to it.
_REFERENCES: Final = (_ID, "master_bol/", "manifest_segment/", "")
_IDENTIFIERS: Final = {Mode.RAIL: "train", Mode.ROAD: "plate", Mode.AIR: "registration"}


class AsycudaManifestReader(XmlReader):
    """See `registry.Reader`."""

    name = "asycuda-manifest"
    keeps_attachments: ClassVar[bool] = True
    selections: ClassVar[tuple[Selection, ...]] = ({"bol_segment": ""},)
    measured: ClassVar[frozenset[str]] = frozenset({"ctn_segment"})
    # Of the vessel, and what is counted again here.
    quiet: ClassVar[frozenset[str]] = frozenset(
        {"tonnage", "totals_segment", "num_of_vehicles_for_this_bol", "number_of_seals", "place_of_transporter"}
        | {"date_of_registration", "master_information"}
    )

    def is_root(self, key: str) -> bool:
        return key in _ROOTS

    def header(self, head: Fields, root: str) -> Header | None:
        found = head.found
        function = _ROOTS[root]
        if root == "awbolegmds" and head.node.find(_GENERAL.rstrip("/")) is not None:
            function = Function.ORIGINAL  # it is the export manifest itself, not bills of one
        office = head.text("office", *_named("customs_office_code"))
        voyage = head.text("voyage", *_named("voyage_number"))
        etd = head.time("etd", *_named("date_of_departure"))
        departed = etd.local.date().isoformat() if etd else ""
        number = "/".join((office, voyage, departed)) if voyage else ""
        if not voyage and function is Function.ORIGINAL:
            found.warn("manifest_number_missing", head.node, "Voyage_number")
        elif not voyage:
            found.refuse("manifest_number_missing", head.node, "Voyage_number")
        agent = head.inner(_TRANSPORT + "shipping_agent")
        carrier = head.inner(_TRANSPORT + "carrier")
        sender = agent.text("sender", "shipping_agent_code", "shipping_agent_name")
        issuer = carrier.text("issuer", "carrier_code", "carrier_name")
        agent.find("shipping_agent_name"), agent.find("shipping_agent_address")
        carrier.find("carrier_name"), carrier.find("carrier_address")
        arrival = head.place("arrival", _PORTS + "place_of_destination_code", _PORTS + "place_of_destination_name")
        countries = [code[:2] for code in (office, arrival.code if arrival else "") if len(code) > 2]
        return Header(
            source_format=self.name,
            position=head.node.position,
            sender=sender or issuer,
            message_ref=number[: limits.CODE],
            function=function,
            manifest_number=number[: limits.REFERENCE_NO],
            conveyance=self._conveyance(head, voyage, etd, arrival),
            release=head.node.name,
            issuer=issuer or sender,
            direction=Direction.EXPORT if root == "awbolegmds" else None,
            purpose=Purpose.CARGO,
            syntax={
                "countries": countries,
                "master": head.text("master_no", "master_bol/reference_number", limit=limits.DOCUMENT_NO),
                "is_under_master": root in _UNDER_MASTER,
            },
        )

    def _conveyance(self, head: Fields, voyage: str, etd: object, arrival: object) -> Conveyance:
        mode = head.code("conveyance.mode", MODES, _TRANSPORT + "mode_of_transport_code")
        identifier = head.said(_TRANSPORT + "registration_number_of_transport_code")
        digits = identifier.upper().removeprefix("IMO").strip()
        kind = _IDENTIFIERS.get(mode, "") if mode else ""
        if mode in (None, Mode.SEA) and len(digits) == 7 and digits.isascii() and digits.isdigit():
            identifier, kind = digits, "imo"
        return Conveyance(
            mode=mode,
            identifier=identifier[: limits.CODE],
            identifier_type=kind if identifier else "",
            name=head.text("conveyance.name", _TRANSPORT + "identity_of_transporter", limit=limits.NAME),
            voyage=voyage,
            flag=head.country("conveyance.flag", _TRANSPORT + "nationality_of_transporter_code"),
            departure=head.place("departure", _PORTS + "place_of_departure_code", _PORTS + "place_of_departure_name"),
            arrival=arrival,  # type: ignore[arg-type]
            etd=etd,  # type: ignore[arg-type]
            eta=head.time("eta", _ID + "date_of_arrival", clock=_ID + "time_of_arrival"),
        )

    def told(self, node: Node, header: Header) -> list[Told]:
        return read_bill(node, header)

    def across(self, head: Fields, header: Header) -> Across:
        return _Totals(head.inner(_TOTALS.rstrip("/")))


def _named(name: str) -> list[str]:
    return [each + name for each in _REFERENCES]


class _Totals(Across):
    """The totals that the head states against what was found, and equipment of several bills against itself."""

    def __init__(self, stated: Fields) -> None:
        self.stated = stated
        self.bills = 0
        self.packages: int | None = 0  # None once a bill does not say
        self.gross: Decimal | None = Decimal(0)
        self.rows = 0
        self.said: dict[str, int] = {}  # number of a container: what is said of it, as a hash
        self.told: set[str] = set()

    def see(self, record: Record) -> Iterator[Problem]:
        if isinstance(record, Equipment):
            self.rows += 1
            # A container that several bills share is listed by each of them.
            said = hash((record.size_type, record.fill, frozenset(seal.number for seal in record.seals)))
            if self.said.setdefault(record.number, said) != said and record.number not in self.told:
                self.told.add(record.number)
                yield problem(
                    "equipment_differs",
                    Severity.WARNING,
                    record.position,
                    field="equipment.number",
                    received=record.number,
                    number=record.number,
                )
        elif isinstance(record, Consignment):
            self.bills += 1
            if self.packages is not None:
                self.packages = None if record.packages is None else self.packages + record.packages
            if self.gross is not None:
                self.gross = None if record.gross_kg is None else self.gross + record.gross_kg
        elif isinstance(record, Refused) and record.is_bill:
            self.bills += 1
            self.packages = self.gross = None

    def end(self) -> Iterator[Problem]:
        stated = self.stated
        before = len(stated.found.problems)
        self._count("Total_number_of_bols", {self.bills})
        self._count("Total_number_of_packages", set() if self.packages is None else {self.packages})
        self._count("Total_number_of_containers", {self.rows, len(self.said)})
        gross = stated.number("totals.gross_kg", "total_gross_mass")
        if gross and self.gross and abs(gross - self.gross) > max(Decimal(1), gross * TOLERANCE):
            self._differs("Total_gross_mass", str(gross), str(self.gross))
        yield from stated.found.problems[before:]

    def _count(self, name: str, found: set[int]) -> None:
        """Zero is what senders write who do not count."""
        number = self.stated.whole(name, name.lower())
        if number and found and number not in found:
            self._differs(name, str(number), str(max(found)))

    def _differs(self, name: str, stated: str, found: str) -> None:
        at = self.stated.node.find(name.lower()) or self.stated.node
        self.stated.found.warn("count_differs", at, name, stated, stated=stated, found=found)
