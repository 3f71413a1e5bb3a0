"""What every reader yields: the records of a cargo message, and the problems met on the way.

Readers are pure: bytes in, records out, no Django, no look-ups in a database. Every record carries the
span of bytes it was read from, so that a second pass can read one chunk without reading the file again.
Quantities: weights in kilograms, volumes in cubic metres, temperatures in degrees Celsius, money as Decimal
with its currency beside it. Codes are text. What the sender wrote stays as written; nothing is normalised here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar, dataclass_transform

_Kind = TypeVar("_Kind")


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(kind: type[_Kind]) -> type[_Kind]:
    """A dataclass of values: equal and hashed by what it holds, and nobody may change it, which types see to.

    `frozen=True` would see to it at run time too, but every field would take five times as long to set, and
    readers make millions of these.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)


class Function(StrEnum):
    """What the sender wants done with the message (UNTDID 1225: 9, 5, 1, 4, 2, 3).

    Original and replace say all of a manifest. Change, add and delete say only the bills they touch, each of them
    whole; the others stand as they are.
    """

    ORIGINAL = "original"
    REPLACE = "replace"
    CANCEL = "cancel"
    CHANGE = "change"
    ADD = "add"
    DELETE = "delete"

    @property
    def withdraws(self) -> bool:
        """Takes bills back; what it says of them besides their number does not count."""
        return self in (Function.CANCEL, Function.DELETE)


class Purpose(StrEnum):
    """What a message is for, which decides what may be made of its records."""

    CARGO = "cargo"  # announces consignments and equipment: a manifest, a consignment note
    CONVEYANCE = "conveyance"  # announces the call alone: vessel, train or truck, its times and places
    STOWAGE = "stowage"  # adds to equipment what others announced does not say: stow position, verified gross mass
    MOVEMENTS = "movements"  # tells what happened to equipment: gate, loading, discharge
    DOCUMENTS = "documents"  # brings papers to be set beside consignments: bills, declarations, invoices


class Severity(StrEnum):
    """A warning is told and kept; an error refuses its bill; fatal rejects the whole message."""

    WARNING = "warning"
    ERROR = "error"
    FATAL = "fatal"


class Mode(StrEnum):
    """Mode of transport (UN/ECE Recommendation 19)."""

    SEA = "sea"
    RAIL = "rail"
    ROAD = "road"
    AIR = "air"
    POST = "post"
    INLAND_WATER = "inland_water"


class Direction(StrEnum):
    """Nature of the cargo as the message states it (UNTDID 7365: 22, 23, 24, 28)."""

    IMPORT = "import"
    EXPORT = "export"
    TRANSIT = "transit"
    TRANSHIPMENT = "transhipment"


class DocumentType(StrEnum):
    """The transport document that makes a consignment."""

    BILL = "bill"  # bill of lading, straight or unspecified
    MASTER_BILL = "master_bill"
    HOUSE_BILL = "house_bill"
    SEA_WAYBILL = "sea_waybill"
    SMGS = "smgs"
    CIM = "cim"
    CMR = "cmr"
    TIR = "tir"
    AIR_WAYBILL = "air_waybill"


class EquipmentKind(StrEnum):
    """UNTDID 8053, as far as it is met at a rail, road or sea post."""

    CONTAINER = "container"
    WAGON = "wagon"
    TRAILER = "trailer"
    TRUCK = "truck"
    SWAP_BODY = "swap_body"
    CHASSIS = "chassis"
    BREAK_BULK = "break_bulk"


class Fill(StrEnum):
    """Full or empty (UNTDID 8169: 5, 4)."""

    FULL = "full"
    EMPTY = "empty"


class SealParty(StrEnum):
    """Who affixed a seal (UNTDID 9303: CA, SH, CU, AA, AC, TO, AB)."""

    CARRIER = "carrier"
    SHIPPER = "shipper"
    CUSTOMS = "customs"
    CONSOLIDATOR = "consolidator"
    QUARANTINE = "quarantine"
    TERMINAL = "terminal"
    UNKNOWN = "unknown"


class PartyRole(StrEnum):
    SHIPPER = "shipper"
    CONSIGNEE = "consignee"
    NOTIFY = "notify"
    CARRIER = "carrier"
    FORWARDER = "forwarder"
    AGENT = "agent"
    DELIVERY = "delivery"
    DECLARANT = "declarant"
    HOLDER = "holder"  # of a TIR carnet


@record
class Position:
    """Where in the file: byte offset always; segment number (1-based, UNA not counted) or JSON pointer."""

    offset: int
    segment: int | None = None
    pointer: str | None = None

    @property
    def position(self) -> Position:
        return self

    def as_json(self) -> dict[str, int | str]:
        found: dict[str, int | str] = {"offset": self.offset}
        if self.segment is not None:
            found["segment"] = self.segment
        if self.pointer is not None:
            found["pointer"] = self.pointer
        return found


@record
class Span:
    """Half-open range of bytes [start, end) of the file.

    segment: the number of its first segment, where the reader counts them, so that nobody need count up to it again.
    """

    start: int
    end: int
    segment: int | None = dataclasses.field(default=None, compare=False)


@record
class MessageTime:
    """A time as the sender wrote it. `local` is naive: which zone it is in is decided where the unit is known.

    precision: "date", "minute" or "second". offset_minutes: the zone the sender wrote, None where none was.
    """

    source: str
    precision: str
    local: datetime
    offset_minutes: int | None = None


@record
class Place:
    """code: UN/LOCODE or station code as sent; scheme: "unlocode", "station", "customs_office" or ""."""

    code: str = ""
    name: str = ""
    scheme: str = ""


@record
class Problem:
    """One thing wrong. `code` is a key of `problems.CODES`; the edge translates it with `params`."""

    code: str
    severity: Severity
    position: Position
    field: str = ""
    document: str = ""
    received: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=lambda: MappingProxyType({}))


@record
class Conveyance:
    """What carries it: vessel, train, truck. identifier_type: "imo", "call_sign", "train", "plate", …"""

    mode: Mode | None = None
    identifier: str = ""
    identifier_type: str = ""
    name: str = ""
    voyage: str = ""  # voyage, train or trip number
    flag: str = ""  # ISO 3166-1 alpha-2
    departure: Place | None = None
    arrival: Place | None = None
    etd: MessageTime | None = None
    eta: MessageTime | None = None


@record
class Header:
    """The envelope of one message. `syntax` holds what a second pass needs to read any span of it (JSON-able)."""

    source_format: str  # a name of `registry.READERS`
    position: Position
    sender: str
    message_ref: str
    function: Function
    manifest_number: str
    conveyance: Conveyance
    release: str = ""  # directory or schema version, e.g. "D.95B"
    interchange_ref: str = ""
    issuer: str = ""  # carrier or other issuer of the documents, code or name
    direction: Direction | None = None
    issued_at: MessageTime | None = None
    purpose: Purpose = Purpose.CARGO
    syntax: Mapping[str, Any] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    counts: Mapping[str, int] = dataclasses.field(default_factory=lambda: MappingProxyType({}))  # see `Counted`
    references: tuple[Reference, ...] = ()  # papers that a report of a call names: manifests, the stay of the ship


@record
class Seal:
    number: str
    party: SealParty = SealParty.UNKNOWN


@record
class Equipment:
    """One container, wagon, trailer or truck of the message, whether or not a bill names it."""

    position: Position
    span: Span
    number: str
    kind: EquipmentKind
    size_type: str = ""
    fill: Fill | None = None
    seals: tuple[Seal, ...] = ()
    tare_kg: Decimal | None = None
    gross_kg: Decimal | None = None
    vgm_kg: Decimal | None = None
    temperature_c: Decimal | None = None
    carried_on: str = ""  # number of the wagon, trailer or truck it stands on
    placed_from: Place | None = None
    placed_to: Place | None = None
    stowage: str = ""  # stow position on the vessel, BBBRRTT (ISO 9711-1), or the place in the train
    dangerous: tuple[DangerousGoods, ...] = ()  # in it, as a stowage plan tells
    documents: tuple[str, ...] = ()  # numbers of the bills and bookings named with it
    operator: str = ""  # code or name of the line it is carried for


@record
class Party:
    role: PartyRole
    name: str
    address: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""  # ISO 3166-1 alpha-2
    tax_id: str = ""
    code: str = ""  # the sender's own code for it
    contact: str = ""
    same_as: PartyRole | None = None  # the sender wrote "same as consignee": details copied from there


@record
class DangerousGoods:
    un_number: str
    hazard_class: str = ""
    regime: str = ""


@record
class Commodity:
    """scheme: "HS", "TNVED", "GNG" or "ETSNG"; source: "declared" or "text" (found in the description)."""

    code: str
    scheme: str = "HS"
    source: str = "declared"


@record
class Item:
    line: int
    description: str = ""
    packages: int | None = None
    package_code: str = ""
    package_text: str = ""
    marks: str = ""
    commodity: Commodity | None = None
    gross_kg: Decimal | None = None
    net_kg: Decimal | None = None
    volume_m3: Decimal | None = None
    value: Decimal | None = None
    currency: str = ""
    origin: str = ""
    dangerous: tuple[DangerousGoods, ...] = ()
    other_codes: tuple[Commodity, ...] = ()  # of the same goods, beside `commodity`: another scheme, or a second code


@record
class Loading:
    """How much of a consignment is in which container, wagon or trailer."""

    equipment: str
    packages: int | None = None
    gross_kg: Decimal | None = None


@record
class Reference:
    """Another document the message names: invoice, packing list, permit, customs declaration, booking."""

    kind: str
    number: str
    date: MessageTime | None = None


@record
class Consignment:
    """One transport document of the message."""

    position: Position
    span: Span
    document_type: DocumentType
    document_no: str
    line: int | None = None
    issuer: str = ""
    master_no: str = ""
    ucr: str = ""
    direction: Direction | None = None
    procedure: str = ""
    loading_place: Place | None = None
    discharge_place: Place | None = None
    receipt_place: Place | None = None
    delivery_place: Place | None = None
    origin_country: str = ""
    destination_country: str = ""
    gross_kg: Decimal | None = None
    packages: int | None = None
    volume_m3: Decimal | None = None
    value: Decimal | None = None
    currency: str = ""
    freight: Decimal | None = None
    freight_currency: str = ""
    freight_terms: str = ""  # "prepaid" or "collect"
    parties: tuple[Party, ...] = ()
    items: tuple[Item, ...] = ()
    loadings: tuple[Loading, ...] = ()
    references: tuple[Reference, ...] = ()


class MovementKind(StrEnum):
    """What happened to a piece of equipment, or is ordered to happen."""

    GATE_IN = "gate_in"
    GATE_OUT = "gate_out"
    LOADED = "loaded"
    DISCHARGED = "discharged"
    ARRIVED = "arrived"
    DEPARTED = "departed"
    WEIGHED = "weighed"
    LOAD_ORDERED = "load_ordered"
    DISCHARGE_ORDERED = "discharge_ordered"


@record
class Movement:
    """One event of one container, wagon, trailer or truck, and what was seen of it then."""

    position: Position
    span: Span
    number: str
    kind: EquipmentKind
    event: MovementKind
    at: MessageTime | None = None
    place: Place | None = None
    size_type: str = ""
    fill: Fill | None = None
    seals: tuple[Seal, ...] = ()
    gross_kg: Decimal | None = None
    vgm_kg: Decimal | None = None
    carried_on: str = ""  # number of the wagon, trailer or truck
    documents: tuple[str, ...] = ()  # numbers of the bills and bookings named with it


class DocumentKind(StrEnum):
    """A paper that is set beside a consignment and compared with it."""

    BILL = "bill"  # bill of lading or sea waybill
    WAYBILL = "waybill"  # SMGS, CIM, CMR, air waybill
    INVOICE = "invoice"
    PACKING_LIST = "packing_list"
    DECLARATION = "declaration"
    PERMIT = "permit"  # licence, permit or certificate of an authority
    WEIGHBRIDGE = "weighbridge"
    GATE = "gate"  # record of a gate or of a transfer between wagons
    OTHER = "other"


@record
class Document:
    """One paper about cargo, as far as it can be compared with what a consignment says.

    consignments: numbers of the transport documents it names as those it is about. references: other papers it names.
    loadings: the containers, wagons or trailers it names, with packages and weight where it splits them.
    """

    position: Position
    span: Span
    kind: DocumentKind
    number: str
    issued: MessageTime | None = None
    issuer: str = ""
    consignments: tuple[str, ...] = ()
    ucr: str = ""
    references: tuple[Reference, ...] = ()
    parties: tuple[Party, ...] = ()
    items: tuple[Item, ...] = ()
    loadings: tuple[Loading, ...] = ()
    seals: tuple[Seal, ...] = ()
    gross_kg: Decimal | None = None
    net_kg: Decimal | None = None
    tare_kg: Decimal | None = None
    packages: int | None = None
    volume_m3: Decimal | None = None
    value: Decimal | None = None
    currency: str = ""
    delivery_terms: str = ""  # Incoterms code
    loading_place: Place | None = None
    discharge_place: Place | None = None
    origin_country: str = ""
    destination_country: str = ""
    conveyance: str = ""  # number or name of the vessel, train or truck it names
    procedure: str = ""
    receipt_place: Place | None = None  # where the carrier takes the goods over
    delivery_place: Place | None = None


@record
class Refused:
    """A bill, a paper, an event or a piece of equipment that its problems, which follow, keep out.

    is_bill: it is one of what the message is there for (bill, paper, event), not equipment beside bills.
    """

    position: Position
    span: Span
    is_bill: bool


class Counted(StrEnum):
    """What a report of a call counts without naming each; a count of anything else is known by its code alone."""

    CREW = "crew"
    PASSENGERS = "passengers"
    BILLS = "bills"
    CONTAINERS = "containers"
    EMPTY_CONTAINERS = "empty_containers"
    TO_DISCHARGE = "to_discharge"
    TO_LOAD = "to_load"
    EQUIPMENT = "equipment"
    WAGONS = "wagons"
    TRAILERS = "trailers"
    PACKAGES = "packages"


@record
class Count:
    """How many there are of what the message does not name one by one.

    what: a `Counted`, else the code of the standard with its list in front, as "6063:CWT".
    """

    position: Position
    span: Span
    what: str
    number: int


@record
class MessageEnd:
    """The message closed as its envelope promised. A stream without it was cut."""

    position: Position


Record = Header | Equipment | Consignment | Movement | Document | Refused | Count | MessageEnd
