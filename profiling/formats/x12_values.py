"""What the sets of X12 share: units of measure, places, parties, seals, and what the envelope says.

Codes: data elements 188 (weight unit), 184 (volume unit), 309 (location qualifier), 98 (entity), 115 (port function).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from profiling.formats import limits
from profiling.formats.edifact import Segment, one_line
from profiling.formats.findings import Findings
from profiling.formats.quantities import count, edifact_time, in_unit, number
from profiling.formats.records import DangerousGoods, MessageTime, Party, PartyRole, Place, Seal, SealParty

KILOGRAMS: Final = {
    "": Decimal(1),
    "K": Decimal(1),
    "G": Decimal("0.001"),
    "E": Decimal(1000),
    "L": Decimal("0.45359237"),
    "S": Decimal("907.18474"),
    "T": Decimal("1016.0469088"),
}
CUBIC_METRES: Final = {
    "": Decimal(1),
    "X": Decimal(1),
    "V": Decimal("0.001"),
    "M": Decimal("0.001"),
    "E": Decimal("0.028316846592"),
    "N": Decimal("0.000016387064"),
}
_SCHEMES: Final = {"UN": "unlocode"}
_ROLES: Final = {
    "SH": PartyRole.SHIPPER,
    "CN": PartyRole.CONSIGNEE,
    "N1": PartyRole.NOTIFY,
    "N2": PartyRole.NOTIFY,
    "NP": PartyRole.NOTIFY,
    "CA": PartyRole.CARRIER,
    "SN": PartyRole.NOTIFY,
    "FW": PartyRole.FORWARDER,
    "CB": PartyRole.DECLARANT,
    "AG": PartyRole.AGENT,
    "DP": PartyRole.DELIVERY,
}
_SEALS: Final = {"CA": SealParty.CARRIER, "SH": SealParty.SHIPPER, "CU": SealParty.CUSTOMS, "TO": SealParty.TERMINAL}


@dataclass(slots=True)
class Envelope:
    """What ISA and GS say, and how the file is cut (JSON-able: it goes into the syntax of the header)."""

    marks: tuple[str, ...]
    charset: str
    declared: str
    sender: str = ""
    control_number: str = ""
    version: str = ""

    def interchange(self, isa: Segment) -> None:
        self.sender, self.control_number, self.version = isa.at(6), isa.at(13), isa.at(12)

    def functional(self, group: Segment) -> None:
        self.sender = group.at(2) or self.sender
        self.version = group.at(8) or self.version

    def syntax(self, transaction: str) -> dict[str, Any]:
        return {"set": transaction, "marks": list(self.marks), "charset": self.charset, "declared": self.declared}


def kilograms(segment: Segment, value: int, unit: int, found: Findings, field: str = "gross_kg") -> Decimal | None:
    return found.amount(in_unit(segment.at(value), segment.at(unit), KILOGRAMS), segment, field, segment.at(value))


def cubic_metres(segment: Segment, value: int, unit: int, found: Findings) -> Decimal | None:
    sent = segment.at(value)
    return found.amount(in_unit(sent, segment.at(unit), CUBIC_METRES), segment, "volume_m3", sent)


def whole(segment: Segment, element: int, found: Findings, field: str = "packages") -> int | None:
    value = found.amount(count(segment.at(element)), segment, field, segment.at(element))
    return None if value is None else int(value)


def amount(segment: Segment, element: int, found: Findings, field: str) -> Decimal | None:
    return found.amount(number(segment.at(element)), segment, field, segment.at(element))


def date_of(segment: Segment, element: int, found: Findings, field: str) -> MessageTime | None:
    """CCYYMMDD, or YYMMDD before version 004010."""
    sent = segment.at(element)
    time = edifact_time(sent, "102") if sent else None
    if sent and time is None:
        found.warn("date_impossible", segment, field, sent)
    return time


def text(segment: Segment, element: int, limit: int, found: Findings, field: str) -> str:
    """The element on one line, cut at `limit` with a warning."""
    return found.text(one_line(segment.at(element)), limit, segment, field)


def place(code: str, name: str = "", qualifier: str = "") -> Place | None:
    """A location as sent. Schedules D and K of the United States are no UN/LOCODE, and have no scheme here."""
    if not (code or name):
        return None
    scheme = _SCHEMES.get(qualifier, "")
    return Place(code[: limits.CODE], name[: limits.NAME], scheme)


def port(segment: Segment) -> tuple[str, Place | None]:
    """R4: what the port is to the shipment ("L", "D", "R", "E", …), and which it is."""
    name = one_line(" ".join(filter(None, (segment.at(4), segment.at(5)))))
    return segment.at(1), place(segment.at(3), name, segment.at(2))


def party(segments: list[Segment], found: Findings) -> Party | None:
    """The loop of N1: N2 goes on with the name, N3 is the address, N4 the town, PER whom to call."""
    first = segments[0]
    role = _ROLES.get(first.at(1))
    if role is None:
        found.warn("code_unknown", first, "N1", first.at(1), code=first.at(1)[:40])
        return None
    names, streets, contact = [first.at(2)], [], ""
    town = Party(role=role, name="")
    for segment in segments[1:]:
        match segment.tag:
            case "N2":
                names += [segment.at(1), segment.at(2)]
            case "N3":
                streets += [segment.at(1), segment.at(2)]
            case "N4":
                country = segment.at(4)
                town = replace(
                    town,
                    city=text(segment, 1, limits.NAME, found, "party.city"),
                    postcode=text(segment, 3, limits.CODE, found, "party.postcode"),
                    country=country if len(country) == 2 and country.isalpha() and country.isupper() else "",
                )
            case _:  # PER, G61
                contact = contact or " ".join(filter(None, (segment.at(2), segment.at(4))))
    name = found.text(one_line(" ".join(names)), limits.NAME, first, "party.name")
    if not name:
        found.warn("field_missing", first, "party.name")
        return None
    return replace(
        town,
        name=name,
        address=found.text(one_line(" ".join(streets)), limits.ADDRESS, first, "party.address"),
        code=text(first, 4, limits.CODE, found, "party.code"),
        contact=found.text(one_line(contact), limits.NAME, first, "party.contact"),
    )


def seals(segment: Segment, found: Findings) -> list[Seal]:
    """M7: up to four numbers and who affixed them."""
    by = _SEALS.get(segment.at(5), SealParty.UNKNOWN)
    numbers = (text(segment, element, limits.SEAL_NO, found, "seals.number") for element in range(1, 5))
    return [Seal(each, by) for each in numbers if each]


def equipment_number(initial: str, serial: str, check: str = "") -> str:
    """The two halves of a number and its check digit, which some senders put beside it."""
    return "".join(f"{initial}{serial}{check}".split()).upper()


def dangerous(segment: Segment, found: Findings) -> DangerousGoods:
    """H1: number with or without UN before it, class."""
    code = text(segment, 1, limits.CODE, found, "dangerous.un_number").upper()
    return DangerousGoods(
        code.removeprefix("UN"), text(segment, 2, limits.CODE, found, "dangerous.hazard_class"), "IMD"
    )
