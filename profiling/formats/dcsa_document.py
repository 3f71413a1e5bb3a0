"""One DCSA transport document into a Document. What is wrong with a value costs the value, never the document."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from profiling.formats import limits
from profiling.formats.bill_checks import settle
from profiling.formats.dcsa_fields import Lenient, quantity, text, texts
from profiling.formats.dcsa_goods import Goods, goods
from profiling.formats.json_fields import Fields
from profiling.formats.quantities import KILOGRAMS
from profiling.formats.records import (
    Conveyance,
    Document,
    DocumentKind,
    Mode,
    Party,
    PartyRole,
    Place,
    Position,
    Reference,
    Seal,
    SealParty,
    Span,
)

_SEALS: Final = {
    "CAR": SealParty.CARRIER,
    "SHI": SealParty.SHIPPER,
    "VET": SealParty.QUARANTINE,
    "CUS": SealParty.CUSTOMS,
}
_PARTIES: Final = {
    "shipper": PartyRole.SHIPPER,
    "consignee": PartyRole.CONSIGNEE,
    "endorsee": PartyRole.CONSIGNEE,
    "issuingParty": PartyRole.CARRIER,
    "carriersAgentAtDestination": PartyRole.AGENT,
}
_OTHER_PARTIES: Final = {"DDR": PartyRole.FORWARDER, "DDS": PartyRole.FORWARDER, "SCO": PartyRole.SHIPPER}
# Members of the schema that have no field here: papers, copies, charges, and what is printed beside the data.
_UNREAD: Final = frozenset(
    {
        "transportDocumentSubReference", "transportDocumentStatus", "shippingInstructionsStatus",
        "isShippedOnBoardType", "isElectronic", "isToOrder", "numberOfCopiesWithCharges",
        "numberOfCopiesWithoutCharges", "numberOfOriginalsWithCharges", "numberOfOriginalsWithoutCharges",
        "displayedNameForPlaceOfReceipt", "displayedNameForPortOfLoad", "displayedNameForPortOfDischarge",
        "displayedNameForPlaceOfDelivery", "displayedShippedOnBoardReceivedForShipment", "termsAndConditions",
        "receiptTypeAtOrigin", "deliveryTypeAtDestination", "cargoMovementTypeAtOrigin",
        "cargoMovementTypeAtDestination", "carrierCodeListProvider", "carrierClauses", "numberOfRiderPages",
        "charges", "placeOfIssue", "invoicePayableAt", "partyContactDetails", "isCargoDeliveredInICS2Zone",
        "freightPaymentTermCode", "receivedForShipmentDate", "isHouseBillOfLadingsIssued", "houseBillOfLadings",
        "advanceManifestFilings", "routingOfConsignmentCountries", "originChargesPaymentTerm",
        "destinationChargesPaymentTerm", "sendToPlatform", "requestedCarrierClauses", "requestedCarrierCertificates",
        "transportDocumentTypeCode",
    }
)  # fmt: skip


class Reading:
    """The findings of one document, and what it says of the voyage besides."""

    def __init__(self) -> None:
        self.found = Lenient()
        self.carrier = ""
        self.conveyance: Conveyance | None = None
        self.received: Place | None = None
        self.delivered: Place | None = None


def document(fields: Fields, at: Position, span: Span, reading: Reading) -> Document | None:
    """None where it is refused: a paper without any number."""
    found = reading.found
    reading.carrier = text(fields, "carrierCode")
    own = text(fields, "transportDocumentReference", limits.DOCUMENT_NO)
    instructions = text(fields, "shippingInstructionsReference", limits.REFERENCE_NO)
    cargo = goods(fields)
    number = own or instructions[: limits.DOCUMENT_NO]
    if not number and cargo.bookings:
        number = cargo.bookings[0][: limits.DOCUMENT_NO]
        at_number = fields.at("transportDocumentReference")
        found.warn("document_no_from_booking", at_number, "document_no", number, number=number)
    if not number:
        found.refuse_record("document_no_missing", fields.at("transportDocumentReference"), "document_no")
    loading, discharge = _transports(fields, reading)
    parties = tuple(_parties(fields))
    if not reading.carrier:
        reading.carrier = next((p.name[: limits.CODE] for p in parties if p.role is PartyRole.CARRIER), "")
    seals, tare = _equipment(fields, cargo)
    amounts = settle(None, None, None, cargo.items, at, found)
    record = Document(
        position=at,
        span=span,
        kind=DocumentKind.BILL,
        number=number,
        issued=fields.time("issueDate") or fields.time("shippedOnBoardDate"),
        issuer=reading.carrier,
        consignments=(own,) if own else (),
        references=tuple(_references(fields, cargo, instructions if own else "")),
        parties=parties,
        items=amounts.items,
        loadings=tuple(cargo.loadings()),
        seals=seals,
        gross_kg=amounts.gross_kg,
        net_kg=cargo.net_kg,
        tare_kg=tare,
        packages=amounts.packages,
        volume_m3=cargo.volume_m3,
        value=fields.number("declaredValue"),
        currency=fields.currency("declaredValueCurrency"),
        loading_place=loading,
        discharge_place=discharge,
        conveyance=reading.conveyance.name if reading.conveyance else "",
        receipt_place=reading.received,
        delivery_place=reading.delivered,
    )
    fields.seen |= _UNREAD | {"shippedOnBoardDate"}
    fields.close()
    return None if found.refused else record


def _transports(fields: Fields, reading: Reading) -> tuple[Place | None, Place | None]:
    """Where it is loaded and discharged, else taken over and delivered; the rest of the way goes to `reading`."""
    inner = fields.inner("transports")
    if inner is None:
        return None, None
    reading.received, reading.delivered = _place(inner, "placeOfReceipt"), _place(inner, "placeOfDelivery")
    loading = _place(inner, "portOfLoading") or reading.received
    discharge = _place(inner, "portOfDischarge") or reading.delivered
    voyages = list(inner.each("vesselVoyages"))
    number = name = voyage = flag = ""
    for each in voyages[:1]:
        number, name = text(each, "vesselIMONumber"), text(each, "vesselName", limits.NAME)
        flag = each.country("vesselFlag")
        voyage = text(each, "carrierExportVoyageNumber") or text(each, "universalExportVoyageReference")
        each.seen |= {"universalExportVoyageReference", "vesselCallSign"}
        each.close()
    reading.conveyance = Conveyance(
        mode=Mode.SEA,
        identifier=number,
        identifier_type="imo" if number else "",
        name=name,
        voyage=voyage,
        flag=flag,
        departure=loading,
        arrival=discharge,
        etd=inner.time("plannedDepartureDate"),
        eta=inner.time("plannedArrivalDate"),
    )
    inner.seen |= {"preCarriageBy", "onCarriageBy", "onwardInlandRouting"}
    inner.close()
    return loading, discharge


def _place(fields: Fields, name: str) -> Place | None:
    inner = fields.inner(name)
    if inner is None:
        return None
    code = text(inner, "UNLocationCode")
    called = text(inner, "locationName", limits.NAME)
    if (address := inner.inner("address")) is not None:
        called = called or text(address, "city", limits.NAME)
    if (city := inner.inner("city")) is not None:
        called = called or text(city, "city", limits.NAME)
    inner.seen |= {"facility", "geoCoordinate", "locationType", "countryCode"}
    inner.close()
    return Place(code, called, "unlocode" if code else "") if code or called else None


def _parties(fields: Fields) -> Iterator[Party]:
    inner = fields.inner("documentParties")
    if inner is None:
        return
    for name, role in _PARTIES.items():
        each = inner.inner(name)
        # A bill to order has an endorsee where others have a consignee.
        if each is not None and (party := _party(each, role)):
            yield party
    for each in inner.each("notifyParties"):
        if party := _party(each, PartyRole.NOTIFY):
            yield party
    for each in inner.each("other"):
        role = _OTHER_PARTIES.get(text(each, "partyFunction"), PartyRole.AGENT)
        each.seen |= {"partyFunction"}
        holder = each.inner("party") or each
        if party := _party(holder, role):
            yield party
    inner.seen |= {"issueTo", "buyer", "seller", "carriersAgentAtOrigin"}
    inner.close()


def _party(fields: Fields, role: PartyRole) -> Party | None:
    lines = texts(fields, "displayedAddress")
    name = text(fields, "partyName", limits.NAME)
    street = city = postcode = country = ""
    if (address := fields.inner("address")) is not None:
        street = " ".join(filter(None, (text(address, "street", limits.ADDRESS), text(address, "streetNumber"))))
        city, postcode = text(address, "city", limits.NAME), text(address, "postCode")
        country = address.country("countryCode")
        address.seen |= {"floor", "POBox", "UNLocationCode", "stateRegion"}
        address.close()
    tax_id = next((value for each in fields.each("taxLegalReferences") if (value := text(each, "value"))), "")
    code = next((value for each in fields.each("identifyingCodes") if (value := text(each, "partyCode"))), "")
    contact = ""
    for each in fields.each("partyContactDetails"):
        told = (text(each, key, limits.NAME) for key in ("name", "phone", "email"))
        contact = contact or ", ".join(filter(None, told))
    fields.seen |= {"reference", "references", "purchaseOrderReference", "isEORIRequired", "typeOfPerson"}
    fields.close()
    if not name and not lines:
        fields.found.warn("field_missing", fields.at("partyName"), "partyName")
        return None
    return Party(
        role=role,
        name=name or lines[0][: limits.NAME],
        address=street or ", ".join(lines)[: limits.ADDRESS],
        city=city,
        postcode=postcode,
        country=country,
        tax_id=tax_id,
        code=code,
        contact=contact[: limits.NAME],
    )


def _equipment(fields: Fields, cargo: Goods) -> tuple[tuple[Seal, ...], Decimal | None]:
    """The seals of all containers, and their tare together; containers no item names are named without amounts."""
    seals: list[Seal] = []
    tares: list[Decimal | None] = []
    for each in fields.each("utilizedTransportEquipments"):
        number = text(each, "equipmentReference", limits.EQUIPMENT_NO)
        inner = each.inner("equipment")
        if inner is not None:
            number = text(inner, "equipmentReference", limits.EQUIPMENT_NO) or number
            tares.append(quantity(inner, "tareWeight", KILOGRAMS))
            inner.seen |= {"ISOEquipmentCode"}
            inner.close()
        else:
            tares.append(None)
        cargo.name(number)
        seals += (
            Seal(told, _SEALS.get(text(seal, "source"), SealParty.UNKNOWN))
            for seal in each.each("seals")
            if (told := text(seal, "number", limits.SEAL_NO))
        )
        each.seen |= {
            "isShipperOwned", "isNonOperatingReefer", "activeReeferSettings", "shippingMarks", "references",
            "customsReferences", "cargoGrossWeight", "cargoGrossVolume", "numberOfPackages",
        }  # fmt: skip
        each.close()
    known = [tare for tare in tares if tare is not None]
    return tuple(seals), sum(known, Decimal(0)) if known and len(known) == len(tares) else None


def _references(fields: Fields, cargo: Goods, instructions: str) -> Iterator[Reference]:
    found = [("shipping_instructions", instructions)] if instructions else []
    found += [("booking", number) for number in cargo.bookings]
    for name in ("serviceContractReference", "contractQuotationReference"):
        if number := text(fields, name, limits.REFERENCE_NO):
            found.append(("contract", number))
    for name, kind in (("exportLicense", "export_permit"), ("importLicense", "import_licence")):
        if (inner := fields.inner(name)) is not None:
            if number := text(inner, "reference", limits.REFERENCE_NO):
                found.append((kind, number))
            inner.seen |= {"isRequired", "issueDate", "expiryDate"}
            inner.close()
    for name in ("references", "customsReferences"):
        for each in fields.each(name):
            kind = text(each, "type").lower()
            numbers = texts(each, "values") or texts(each, "value")
            found += [(kind or "document", number[: limits.REFERENCE_NO]) for number in numbers]
            each.seen |= {"value", "countryCode"}
            each.close()
    found += cargo.references
    yield from (Reference(kind, number) for kind, number in dict.fromkeys(found))
