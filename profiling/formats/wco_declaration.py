"""A goods declaration of the WCO Data Model: a paper beside the consignments that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from profiling.formats import limits
from profiling.formats.bill_checks import settle, total
from profiling.formats.findings import Findings
from profiling.formats.records import (
    Document,
    DocumentKind,
    Header,
    Item,
    Loading,
    PartyRole,
    Place,
    Reference,
    Refused,
    Span,
)
from profiling.formats.wco_cargo import seals
from profiling.formats.wco_fields import Named, item, parties, place, route, time
from profiling.formats.wco_fields import references as papers
from profiling.formats.xml_fields import Fields
from profiling.formats.xml_reader import Told
from profiling.formats.xml_tree import Node

_SHIPMENT: Final = "goodsshipment/"
_ITEM: Final = _SHIPMENT + "governmentagencygoodsitem"
_CONSIGNMENT: Final = _SHIPMENT + "consignment/"
_PARTIES: Final = (
    ("exporter", PartyRole.SHIPPER),
    (_SHIPMENT + "exporter", PartyRole.SHIPPER),
    (_SHIPMENT + "consignor", PartyRole.SHIPPER),
    (_SHIPMENT + "seller", PartyRole.SHIPPER),
    (_ITEM + "/consignor", PartyRole.SHIPPER),
    (_SHIPMENT + "importer", PartyRole.CONSIGNEE),
    ("importer", PartyRole.CONSIGNEE),
    (_SHIPMENT + "consignee", PartyRole.CONSIGNEE),
    (_SHIPMENT + "buyer", PartyRole.CONSIGNEE),
    (_ITEM + "/consignee", PartyRole.CONSIGNEE),
    (_SHIPMENT + "notifyparty", PartyRole.NOTIFY),
    ("declarant", PartyRole.DECLARANT),
    ("agent", PartyRole.AGENT),
    ("consignment/carrier", PartyRole.CARRIER),
    (_CONSIGNMENT + "carrier", PartyRole.CARRIER),
)
_OFFICES: Final = ("exit", "entry", "presentation", "supervising")
_UCRS: Final = frozenset({"DCR", "UCR"})  # the EU and the UK name a UCR as a previous document
_MEANS: Final = ("bordertransportmeans", *(_CONSIGNMENT + f"{way}transportmeans" for way in ("arrival", "departure")))


def read_declaration(node: Node, header: Header) -> Told:
    """The declaration or its refusal, with its problems."""
    paper = Fields(node, Findings())
    found, at, span = paper.found, node.position, Span(node.start, node.end)
    registered = paper.text("number", "id", limit=limits.REFERENCE_NO)
    own = paper.text("number", "functionalreferenceid", limit=limits.REFERENCE_NO)
    number = registered or own
    if not number:
        found.refuse("document_no_missing", node, "number")
    means = _means(paper)
    goods = list(paper.each(_ITEM, "items."))
    items = [item(each, line) for line, each in enumerate(goods, start=1)]
    _check_count(paper, items)
    gross = paper.kilograms("gross_kg", "totalgrossmassmeasure", _SHIPMENT + "totalgrossmassmeasure")
    amounts = settle(gross, paper.whole("packages", "totalpackagequantity"), None, items, at, found)
    value, currency = paper.money("value", "invoiceamount")
    bills, ucr, others = _papers(paper)
    references = [Reference("declarant", own)] if registered and own else []
    references += [*others, *_places(paper), *route(paper, "consignment/itinerary", "bordertransportmeans/itinerary")]
    origins = {each.origin for each in items}
    document = Document(
        position=at,
        span=span,
        kind=DocumentKind.DECLARATION,
        number=number,
        issued=time(paper, "issued", "acceptancedatetime", "issuedatetime"),
        issuer=header.issuer,
        consignments=bills,
        ucr=ucr,
        references=tuple(dict.fromkeys(references)),
        parties=tuple(parties(paper, _PARTIES)),
        items=amounts.items,
        loadings=tuple(_loadings(paper)),
        seals=tuple(seal for box in paper.each(_CONSIGNMENT + "transportequipment") for seal in seals(box)),
        gross_kg=amounts.gross_kg,
        net_kg=total([each.net_kg for each in items]),
        packages=amounts.packages,
        volume_m3=total([each.volume_m3 for each in items]),
        value=value,
        currency=currency,
        delivery_terms=paper.text("delivery_terms", _SHIPMENT + "tradeterms/conditioncode"),
        loading_place=_loading_place(paper),
        discharge_place=place(paper, "discharge_place", _CONSIGNMENT + "unloadinglocation"),
        origin_country=origins.pop() if len(origins) == 1 else "",
        destination_country=paper.country(
            "destination_country", _SHIPMENT + "destination/countrycode", _ITEM + "/destination/countrycode"
        ),
        conveyance=means,
        procedure=paper.fit(", ".join(_procedures(paper)), node, "procedure", limits.CODE),
    )
    problems = found.named(number[: limits.REFERENCE_NO])
    return (Refused(at, span, is_bill=True) if found.refused else document), problems


def _check_count(paper: Fields, items: list[Item]) -> None:
    stated = paper.whole("items", "goodsitemquantity")
    if stated and stated != len(items):
        where = paper.node.find("goodsitemquantity") or paper.node
        paper.found.warn("count_differs", where, "items", str(stated), stated=str(stated), found=str(len(items)))


def _means(paper: Fields) -> str:
    for name in _MEANS:  # kinds of the identifier, and the flag, which the header has
        paper.find(f"{name}/identificationtypecode"), paper.find(f"{name}/registrationnationalitycode")
    return paper.text(
        "conveyance", *(f"{name}/{part}" for part in ("name", "id") for name in _MEANS), limit=limits.NAME
    )


def _papers(paper: Fields) -> tuple[tuple[str, ...], str, list[Reference]]:
    """The numbers of the transport documents it is about, its UCR, and the other documents it names."""
    bills: dict[str, None] = {}
    others: list[Reference] = []
    ucr = paper.text("ucr", _SHIPMENT + "ucr/traderassignedreferenceid", _SHIPMENT + "ucr/id")
    for where in ("", _SHIPMENT, _CONSIGNMENT, _ITEM + "/"):
        for name in ("previousdocument", "transportcontractdocument", "additionaldocument", "invoice"):
            for each in papers(paper, where + name):
                if isinstance(each, Named):
                    bills.setdefault(each.number)
                elif name == "transportcontractdocument":
                    bills.setdefault(each.number[: limits.DOCUMENT_NO])
                elif each.kind in _UCRS and not ucr:
                    ucr = each.number[: limits.CODE]
                else:
                    others.append(Reference("380", each.number, each.date) if name == "invoice" else each)
    return tuple(bills), ucr, others


def _places(paper: Fields) -> Iterator[Reference]:
    """Offices and the place of the goods, which the record has no fields for."""
    for name in _OFFICES:
        office = paper.text("references.number", f"{name}office/id", limit=limits.REFERENCE_NO)
        if office:
            yield Reference(f"{name}_office", office)
    where = _CONSIGNMENT + "goodslocation"
    parts = ("address/countrycode", "typecode", "address/typecode", "name", "id")
    location = " ".join(text for _at, text in paper.all(*(f"{where}/{part}" for part in parts)))
    if location:
        at = paper.node.find(where) or paper.node
        yield Reference("goods_location", paper.fit(location, at, "references.number", limits.REFERENCE_NO))


def _loading_place(paper: Fields) -> Place | None:
    """The place of loading, or the country that the goods were sent from."""
    found = place(paper, "loading_place", _CONSIGNMENT + "loadinglocation")
    country = paper.text("loading_place", _SHIPMENT + "exportcountry/id", _ITEM + "/exportcountry/id")
    return found or (Place("", country) if country else None)


def _loadings(paper: Fields) -> Iterator[Loading]:
    seen = set[str]()
    for path in (_CONSIGNMENT, _ITEM + "/", _ITEM + "/commodity/"):
        for box in paper.each(path + "transportequipment", "loadings."):
            number = box.equipment("equipment", "id")
            if number and number not in seen:
                seen.add(number)
                yield Loading(number)


def _procedures(paper: Fields) -> list[str]:
    """Requested and previous procedure together, "1040", and additional ones, each once."""
    each_of = paper.each(_ITEM + "/governmentprocedure")
    found = [each.find("currentcode")[1] + each.find("previouscode")[1] for each in each_of]
    return list(dict.fromkeys(code for code in found if code))
