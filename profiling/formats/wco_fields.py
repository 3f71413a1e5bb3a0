"""What messages of the WCO Data Model (version 3) have in common: parties, goods, documents, dates, packages.

Names of elements are those of the model's XML; China and some others wrap or rename a few, which stand behind them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from profiling.formats import commodities, limits
from profiling.formats.bill_checks import total
from profiling.formats.cuscar_items import NO_MARKS
from profiling.formats.records import (
    Commodity,
    DangerousGoods,
    DocumentType,
    Item,
    Loading,
    MessageTime,
    Party,
    PartyRole,
    Place,
    Reference,
)
from profiling.formats.xml_fields import Fields

# Transport documents by UN/EDIFACT 1001 (the EU writes an N before) or 1153.
DOCUMENTS: Final = {
    **dict.fromkeys(("705", "706", "707", "708", "709", "711", "712", "760", "761", "BM"), DocumentType.BILL),
    **dict.fromkeys(("704", "MB"), DocumentType.MASTER_BILL),
    **dict.fromkeys(("714", "BH"), DocumentType.HOUSE_BILL),
    "710": DocumentType.SEA_WAYBILL,
    "720": DocumentType.CIM,
    "722": DocumentType.SMGS,
    "730": DocumentType.CMR,
    "952": DocumentType.TIR,
    **dict.fromkeys(("703", "740", "741", "743", "AWB", "MWB", "HWB"), DocumentType.AIR_WAYBILL),
}
MASTERS: Final = frozenset({"704", "741", "MB", "MWB"})
HOUSES: Final = frozenset({"714", "703", "BH", "HWB"})
MEANT: Final = 100  # parties of a bill among which the one meant by SAME AS is looked for
_SAID: Final = ("name", "address", "city", "postcode", "country", "tax_id", "code", "contact")
_PREFERENTIAL: Final = "2"  # of Origin/TypeCode: the origin by a trade agreement
_LEADS: Final = ("TSP", "HS", "SRX", "")  # of Classification/IdentificationTypeCode: the code of the tariff
_FURTHER: Final = "TRC"  # two digits behind it


@dataclass(frozen=True, slots=True)
class Named:
    """A transport document that is named: its code without the N of the EU, and its number."""

    code: str
    number: str


def code_of_document(text: str) -> str:
    code = text.upper()
    return code[1:] if len(code) == 4 and code.startswith("N") else code


def time(fields: Fields, field: str, *names: str) -> MessageTime | None:
    """A date that stands in the element or, in later schemas, in a DateTimeString below it."""
    paths = [path for name in names for path in (name, f"{name}/datetimestring", f"{name}/datetime")]
    return fields.time(field, *paths)


def place(fields: Fields, field: str, *names: str) -> Place | None:
    for name in names:
        if found := fields.place(field, f"{name}/id", f"{name}/name"):
            return found
    return None


def party(fields: Fields, role: PartyRole) -> Party | None:
    """The identifier of a party is its number with customs or the tax office."""
    if not fields.is_there:
        return None
    name = fields.text("name", "name", limit=limits.NAME)
    number = fields.text("tax_id", "id")
    lines = [text for _at, text in fields.all("address/line", "address/countrysubdivisionname", "address/line2")]
    at = fields.node.find("address") or fields.node
    contact = [text for _at, text in fields.all("contact/name", "contact/communication/id", "communication/id")]
    for unsaid in ("communication/typeid", "communication/typecode", "contact/communication/typecode"):
        list(fields.all(unsaid))  # telephone, mail and the like are told apart by how they look
    country = fields.country("country", "address/countrycode")
    record = Party(
        role=role,
        name=name,
        address=fields.fit(", ".join(dict.fromkeys(lines)), at, "address", limits.ADDRESS),
        city=fields.text("city", "address/cityname", limit=limits.NAME),
        postcode=fields.text("postcode", "address/postcodeid"),
        country=country,
        tax_id=number,
        contact=fields.fit(", ".join(dict.fromkeys(contact)), fields.node, "contact", limits.NAME),
    )
    return record if name or number or record.address else None


def parties(fields: Fields, paths: Sequence[tuple[str, PartyRole]]) -> Iterator[Party]:
    """The parties at these paths, in this order, each once."""
    told = (party(each, role) for path, role in paths for each in fields.each(path, "parties."))
    return distinct(each for each in told if each is not None)


def distinct(told: Iterable[Party]) -> Iterator[Party]:
    """Parties without twins, and without those that say no more than the first of their role and name, as buyers do."""
    first: dict[tuple[PartyRole, str], Party] = {}
    seen = set[Party]()
    for each in told:
        other = first.setdefault((each.role, each.name), each)
        if each in seen or (other is not each and _says_no_more(each, other)):
            continue
        seen.add(each)
        yield each


def _says_no_more(each: Party, other: Party) -> bool:
    pairs = ((getattr(each, name), getattr(other, name)) for name in _SAID)
    return all(not said or said == known for said, known in pairs)


def references(fields: Fields, path: str) -> Iterator[Reference | Named]:
    """The documents at a path: those that are transport documents as `Named`, else a reference, "C514" or "380"."""
    for paper in fields.each(path, "references."):
        number = paper.text("number", "id", limit=limits.REFERENCE_NO)
        category, code = paper.text("kind", "categorycode"), paper.text("kind", "typecode")
        date = time(paper, "date", "issuedatetime", "effectivedatetime")
        if not number:
            continue
        known = code_of_document(code)
        if known in DOCUMENTS:
            yield Named(known, number[: limits.DOCUMENT_NO])
        else:
            # The category of a previous document (Z, X, Y) says what it was for, not what it is.
            kind = code if path.endswith("previousdocument") else category + code
            yield Reference(kind[: limits.CODE] or "document", number, date)


def route(fields: Fields, *paths: str) -> Iterator[Reference]:
    """The countries that the goods pass through, "GB CA US": the record has no field for them."""
    countries = [text for _at, text in fields.all(*(f"{path}/routingcountrycode" for path in paths))]
    if countries:
        text = fields.fit(" ".join(countries), fields.node, "references.number", limits.REFERENCE_NO)
        yield Reference("route", text)


def item(fields: Fields, line: int) -> Item:
    """Goods: a GovernmentAgencyGoodsItem of a declaration or a ConsignmentItem of a cargo report."""
    texts = [text for _at, text in fields.all("commodity/description", "commodity/cargodescription", "description")]
    at = fields.node.find("commodity") or fields.node
    packages, code, text, marks = _packages(fields)
    value, currency = fields.money("value", "commodity/invoiceline/itemchargeamount")
    for name in ("statisticalvalueamount", "customsvalueamount", "valueamount"):
        if value is None:
            value, currency = fields.money("value", name)
        fields.find(name)
    measures = ("goodsmeasure/", "commodity/goodsmeasure/")
    declared, more = _commodities(fields)
    description = fields.fit("; ".join(dict.fromkeys(texts)), at, "description", limits.DESCRIPTION)
    return Item(
        line=line,
        description=description,
        packages=packages,
        package_code=code,
        package_text=text,
        marks=marks,
        commodity=declared or commodities.in_text(description, marks),
        gross_kg=fields.kilograms("gross_kg", *(m + "grossmassmeasure" for m in measures)),
        net_kg=fields.kilograms(
            "net_kg", *(m + name for m in measures for name in ("netnetweightmeasure", "netweightmeasure"))
        ),
        volume_m3=fields.cubic_metres(
            "volume_m3", *(m + name for m in measures for name in ("grossvolumemeasure", "volumemeasure"))
        ),
        value=value,
        currency=currency,
        origin=_origin(fields),
        dangerous=tuple(_dangerous(fields)),
        other_codes=more,
    )


def _origin(fields: Fields) -> str:
    found = ""
    for origin in fields.each("origin"):
        country = origin.country("origin", "countrycode")
        is_preferential = origin.find("typecode")[1] == _PREFERENTIAL
        found = found if found and is_preferential else country or found
    return found


def _packages(fields: Fields) -> tuple[int | None, str, str, str]:
    """Number, code and text of all packages (see `packages_of`), and their marks."""
    rows = [
        row for path in ("packaging", "consignmentitempackaging", "commodity/packaging") for row in fields.each(path)
    ]
    counts = [row.whole("packages", "quantityquantity") for row in rows]
    codes = [row.text("package_code", "typecode").upper() for row in rows]
    marks = " ".join(dict.fromkeys(mark for row in rows for _at, mark in row.all("marksnumbersid", "marksnumbers")))
    marks = fields.fit(marks, fields.node, "marks", limits.MARKS)
    number, code, text = packages_of(counts, codes)
    return number, code, text, "" if NO_MARKS.match(marks) else marks


def packages_of(counts: Sequence[int | None], codes: Sequence[str]) -> tuple[int | None, str, str]:
    """Number, code and text of packages; of several kinds the text says how many there are of each, "8 CT, 2 PX"."""
    kinds = {code for code in codes if code}
    text = ""
    if len(kinds) > 1:
        text = ", ".join(f"{count or ''} {code}".strip() for count, code in zip(counts, codes, strict=True))
    return total(counts), kinds.pop() if len(kinds) == 1 else "", text[: limits.NAME]


def loadings(named: Sequence[tuple[int, str]], items: Sequence[Item]) -> Iterator[Loading]:
    """What is in which equipment where an item stands in one alone; else the equipment without amounts.

    named: (line of the item, or 0 for the whole bill; number of the equipment).
    """
    told = list(dict.fromkeys(each for each in named if each[1]))
    alone = Counter(line for line, _number in told)
    amounts: dict[str, tuple[list[int | None], list[Decimal | None]]] = {number: ([], []) for _line, number in told}
    for line, number in told:
        if line:
            item = items[line - 1]
            amounts[number][0].append(item.packages if alone[line] == 1 else None)
            amounts[number][1].append(item.gross_kg if alone[line] == 1 else None)
    for number, (counts, weights) in amounts.items():
        yield Loading(number, total(counts), total(weights))


def _commodities(fields: Fields) -> tuple[Commodity | None, tuple[Commodity, ...]]:
    """The code of the tariff with the two digits that may stand apart, and further codes of the same goods."""
    told: list[tuple[str, Commodity]] = []
    further = ""
    for each in fields.each("commodity/classification"):
        kind = each.find("identificationtypecode")[1].upper()
        at, text = each.node.find("id"), ""
        if at is None or not (text := at.value):
            continue
        if kind == _FURTHER and text.isdigit() and len(text) == 2:
            further, at.used = text, True
            continue
        if kind not in _LEADS:
            continue  # additional codes of a country have no place in the records and are told
        at.used = True
        code = commodities.declared(text)
        if code is None:
            fields.found.warn("code_unknown", at, fields.prefix + "commodity", text, code=text[:40])
        else:
            told.append((kind, code))
    told.sort(key=lambda each: _LEADS.index(each[0]))
    codes = [code for _kind, code in told]
    if codes and further and len(codes[0].code) == 8:
        codes[0] = Commodity(codes[0].code + further)
    codes = list(dict.fromkeys(codes))
    return (codes[0] if codes else None), tuple(codes[1:])


def _dangerous(fields: Fields) -> Iterator[DangerousGoods]:
    for path in ("commodity/dangerousgoods", "dangerousgoods"):
        for goods in fields.each(path):
            number = goods.text("dangerous", "undgid", "undgcode")
            hazard = goods.text("dangerous", "hazardclassificationid", "classid", "imdgcodeid")
            regime = goods.text("dangerous", "regulationcode")
            if number or hazard:
                yield DangerousGoods(number, hazard, regime)
