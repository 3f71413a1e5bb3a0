"""Reader of ASYCUDA World declarations (UNCTAD): the export of a SAD as XML, document element ASYCUDA, no namespace.

The spelling is that of what systems write, not of the schema: Suppplementary_unit has three p, and an empty value is
`<x><null/></x>`. A declaration is a paper to be set beside the consignments that its items name as their previous
documents (Previous_doc/Summary_declaration).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Final

from profiling.formats import commodities, limits
from profiling.formats.bill_checks import settle
from profiling.formats.cuscar_header import MODES
from profiling.formats.findings import Findings
from profiling.formats.records import (
    Commodity,
    Conveyance,
    Direction,
    Document,
    DocumentKind,
    Function,
    Header,
    Item,
    Loading,
    Party,
    PartyRole,
    Place,
    Purpose,
    Reference,
    Refused,
    Seal,
    Span,
)
from profiling.formats.xml_fields import Fields
from profiling.formats.xml_reader import Told, XmlReader
from profiling.formats.xml_stream import Selection
from profiling.formats.xml_tree import Node

_FLOWS: Final = {"I": Direction.IMPORT, "E": Direction.EXPORT, "T": Direction.TRANSIT}
_MODELS: Final = {"IM": Direction.IMPORT, "EX": Direction.EXPORT}
_IDENTIFICATION: Final = "identification/"
_TRANSPORT: Final = "transport/"
_MEANS: Final = _TRANSPORT + "means_of_transport/"
_OFFICE: Final = _IDENTIFICATION + "office_segment/customs_clearance_office_code"
_MANIFEST: Final = _IDENTIFICATION + "manifest_reference_number"
_FLOW: Final = "property/sad_flow"
_MODE: Final = _MEANS + "border_information/mode"
_FLAGS: Final = (_MEANS + "border_information/nationality", _MEANS + "departure_arrival_information/nationality")
_COUNTRY: Final = "general_information/country/"
_VALUATION: Final = "valuation/"


class AsycudaSadReader(XmlReader):
    """See `registry.Reader`."""

    name = "asycuda-sad"
    whole: ClassVar[bool] = True
    selections: ClassVar[tuple[Selection, ...]] = ({"asycuda": ""},)
    # What the form and the office say of themselves, names beside codes, and the reckoning of duties.
    quiet: ClassVar[frozenset[str]] = frozenset(
        [
            "assessment_notice",
            "assessment",
            "receipt",
            "forms",
            "export_release",
            "global_taxes",
            "financial_transaction",
            "bank",
            "terms",
            "mode_of_payment",
            "amounts",
            "total_invoice",
            "taxation",
            "guarantee",
            "warehouse",
            "result_of_control",
            "time_limit",
            "officer_name",
            "delay",
            "selected_page",
            "calculation_working_mode",
            "value_details",
            "currency_name",
            "currency_rate",
            "total_cost",
            "total_cif",
            "amount_national_currency",
            "statistical_value",
            "alpha_coeficient_of_apportionment",
            "gs_external_freight",
            "gs_internal_freight",
            "gs_insurance",
            "gs_other_cost",
            "gs_deduction",
            "market_valuer",
            "item_external_freight",
            "item_internal_freight",
            "item_insurance",
            "item_other_cost",
            "item_deduction",
            "customs_clearance_office_name",
            "number_of_loading_lists",
            "container_flag",
            "valuation_method_code",
            "total_cost_itm",
            "total_cif_itm",
            "rate_of_adjustement",
            "item_taxes_amount",
            "tarification_data",
            "export_country_region",
            "destination_country_name",
            "destination_country_region",
            "country_of_origin_name",
            "country_of_origin_region",
        ]
    )

    def is_root(self, key: str) -> bool:
        return key == "asycuda"

    def header(self, head: Fields, root: str) -> Header | None:
        # What the document says too is told with it, once.
        said = Fields(head.node, Findings())
        number = _number(said)
        office = said.text("office", _OFFICE)
        declarant = said.text("sender", "declarant/declarant_code", "declarant/declarant_name", limit=limits.NAME)
        return Header(
            source_format=self.name,
            position=head.node.position,
            sender=(declarant or office)[: limits.CODE],
            message_ref=number[: limits.CODE],
            function=Function.ORIGINAL,
            manifest_number=said.text("manifest_number", _MANIFEST, limit=limits.REFERENCE_NO),
            conveyance=Conveyance(
                mode=head.code("conveyance.mode", MODES, _MODE),
                name=_means(said),
                flag=head.country("conveyance.flag", *_FLAGS),
            ),
            release="SAD",
            issuer=office,
            direction=head.code("direction", _FLOWS, _FLOW),
            purpose=Purpose.DOCUMENTS,
        )

    def told(self, node: Node, header: Header) -> list[Told]:
        sad = Fields(node, Findings())
        found, at, span = sad.found, node.position, Span(node.start, node.end)
        number = _number(sad)
        if not number:
            found.refuse("document_no_missing", node, "number")
        elif len(number) > limits.REFERENCE_NO:
            found.refuse("document_no_too_long", node, "number", number, limit=limits.REFERENCE_NO)
        for paths in ((_FLOW,), (_MODE,), _FLAGS):
            sad.find(*paths)  # is in the header
        items = [_item(each, line) for line, each in enumerate(sad.each("item", "items."), start=1)]
        items = [item for item in items if item != Item(item.line)]
        gross = sad.kilograms("gross_kg", _VALUATION + "weight/gross_weight", _VALUATION + "total/total_weight")
        packages = sad.whole("packages", "property/nbers/total_number_of_packages")
        stated = sad.whole("items", "property/nbers/total_number_of_items")
        if stated and stated != len(items):
            where = node.find("property/nbers/total_number_of_items") or node
            found.warn("count_differs", where, "items", str(stated), stated=str(stated), found=str(len(items)))
        amounts = settle(gross, packages, None, items, at, found)
        value, currency = sad.money(
            "value", _VALUATION + "gs_invoice/amount_foreign_currency", _VALUATION + "gs_invoice/currency_code"
        )
        document = Document(
            position=at,
            span=span,
            kind=DocumentKind.DECLARATION,
            number=number,
            issued=sad.time("issued", _IDENTIFICATION + "registration/date"),
            issuer=header.issuer,
            consignments=tuple(_consignments(sad)),
            references=tuple(_references(sad)),
            parties=tuple(_parties(sad)),
            items=amounts.items,
            loadings=tuple(_loadings(sad)),
            seals=tuple(_seals(sad)),
            gross_kg=amounts.gross_kg,
            net_kg=_net(items),
            packages=amounts.packages,
            value=value,
            currency=currency,
            delivery_terms=sad.text("delivery_terms", _TRANSPORT + "delivery_terms/code"),
            loading_place=_loading_place(sad),
            discharge_place=_office(sad),
            origin_country=_origin(amounts.items),
            destination_country=sad.country("destination_country", _COUNTRY + "destination/destination_country_code"),
            conveyance=_means(sad),
            procedure=_procedure(sad, header.direction),
        )
        problems = found.named(number[: limits.REFERENCE_NO])
        return [(Refused(at, span, is_bill=True) if found.refused else document, problems)]


def _number(sad: Fields) -> str:
    """Registration of the office, "2025/GDSGO/C/8879"; before it is registered the number of the declarant."""
    serial, registered = (sad.find(_IDENTIFICATION + f"registration/{name}")[1] for name in ("serial_number", "number"))
    own_year = sad.find("declarant/reference/year")[1]
    year = sad.find("assessment_notice/registration_year")[1] or own_year
    office = sad.find(_OFFICE)[1]
    own = sad.find("declarant/reference/number")[1]
    if registered:
        return "/".join(part for part in (year, office, serial, registered) if part)
    return own


def _means(sad: Fields) -> str:
    return sad.text(
        "conveyance",
        _MEANS + "border_information/identity",
        _MEANS + "departure_arrival_information/identity",
        limit=limits.NAME,
    )


def _procedure(sad: Fields, direction: Direction | None) -> str:
    """The procedures of the items, "4000, 7100"; where they have none, model and general procedure, "IM 4".

    A model that says no more than the flow, and a procedure that is the first digit of those, are read with them.
    """
    path = _IDENTIFICATION + "type/"
    model_at, general_at = (sad.node.find(path + n) for n in ("type_of_declaration", "declaration_gen_procedure_code"))
    model, general = (node.value if node else "" for node in (model_at, general_at))
    procedures = dict.fromkeys(text for _at, text in sad.all("item/tarification/extended_customs_procedure"))
    if model_at and (not procedures or _MODELS.get(model.upper()) is direction):
        model_at.used = True
    if general_at and all(procedure.startswith(general) for procedure in procedures):
        general_at.used = True
    return (", ".join(procedures) or f"{model} {general}".strip())[: limits.CODE]


def _loading_place(sad: Fields) -> Place | None:
    """The place of loading, or the country that the goods were sent from."""
    place = sad.place("loading_place", _TRANSPORT + "place_of_loading/code", _TRANSPORT + "place_of_loading/name")
    code = sad.text("loading_place", _COUNTRY + "export/export_country_code")
    name = sad.text("loading_place", _COUNTRY + "export/export_country_name", limit=limits.NAME)
    return place or (Place("", name or code) if name or code else None)


def _office(sad: Fields) -> Place | None:
    code = sad.text("office", _TRANSPORT + "border_office/code")
    name = sad.text("office", _TRANSPORT + "border_office/name", limit=limits.NAME)
    return Place(code, name, "customs_office") if code or name else None


def _consignments(sad: Fields) -> Iterator[str]:
    """The numbers of the transport documents that the items write off."""
    seen = set[str]()
    for node, text in sad.all(
        "item/previous_doc/summary_declaration",
        "item/previous_doc/previous_document_reference",
        "previous_doc/summary_declaration",
    ):
        number = sad.fit(text, node, "consignments", limits.DOCUMENT_NO)
        if number not in seen:
            seen.add(number)
            yield number


def _references(sad: Fields) -> Iterator[Reference]:
    """Manifest, declarant's own number, who pays, invoices and permits: what the declaration names."""
    known = dict[tuple[str, str], Reference]()

    def name(kind: str, path: str) -> None:
        number = sad.text("references.number", path, limit=limits.REFERENCE_NO)
        if number:
            known.setdefault((kind, number), Reference(kind, number))

    name("manifest", _MANIFEST)
    name("declarant", "declarant/reference/number")
    name("goods_location", _TRANSPORT + "location_of_goods")
    name("payer", "traders/financial/financial_code")
    name("payer", "traders/financial/financial_name")
    name("deferred_payment", "financial/deffered_payment_reference")
    for item in sad.each("item", "items."):
        for paper in item.each("attached_documents", "references."):
            kind = paper.text("kind", "attached_document_code")
            number = paper.text("number", "attached_document_reference", limit=limits.REFERENCE_NO)
            # The name of the kind stands beside its code; where something is missing it takes the place of that.
            name_at, called = paper.find("attached_document_name")
            if called and not number:
                number = paper.fit(called, name_at, "number", limits.REFERENCE_NO)
            elif called and not kind:
                kind = paper.fit(called, name_at, "kind", limits.CODE)
            kind = kind or "document"
            date = paper.time("date", "attached_document_date")
            if number:
                known.setdefault((kind, number), Reference(kind, number, date))
    yield from known.values()


_TRADERS: Final = (
    (PartyRole.SHIPPER, "traders/exporter/exporter"),
    (PartyRole.CONSIGNEE, "traders/consignee/consignee"),
    (PartyRole.DECLARANT, "declarant/declarant"),
)


def _parties(sad: Fields) -> Iterator[Party]:
    """Codes of traders are their tax numbers."""
    for role, path in _TRADERS:
        name = sad.text("parties.name", f"{path}_name", limit=limits.NAME)
        tax_id = sad.text("parties.tax_id", f"{path}_code")
        contact = sad.text("parties.contact", f"{path}_representative", limit=limits.NAME)
        address = sad.text("parties.address", f"{path}_address", limit=limits.ADDRESS)
        if name or tax_id:
            yield Party(role, name, address=address, tax_id=tax_id, contact=contact)


def _loadings(sad: Fields) -> Iterator[Loading]:
    """The containers of the declaration, each once: they are listed for every item that is in them."""
    known: dict[str, Loading] = {}
    for box in sad.each("container", "loadings."):
        number = box.equipment("equipment", "container_identity")
        packages = box.whole("packages", "packages_number")
        gross = box.kilograms("gross_kg", "gross_weight", "packages_weight")
        box.find("item_number"), box.find("container_type"), box.find("empty_full_indicator")
        box.find("goods_description"), box.find("packages_type")
        if not number:
            continue
        before = known.get(number)
        if before is not None:
            packages = before.packages if packages is None else packages + (before.packages or 0)
            gross = before.gross_kg if gross is None else gross + (before.gross_kg or 0)
        known[number] = Loading(number, packages, gross)
    yield from known.values()


def _seals(sad: Fields) -> Iterator[Seal]:
    for node, text in sad.all("transit/seals/identity"):
        yield Seal(sad.fit(text, node, "seals", limits.SEAL_NO))
    sad.find("transit/seals/number")


def _net(items: list[Item]) -> Decimal | None:
    weights = [item.net_kg for item in items]
    known = [weight for weight in weights if weight is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(weights) else None


def _origin(items: tuple[Item, ...]) -> str:
    """The origin of the goods where they all have one."""
    origins = {item.origin for item in items}
    return origins.pop() if len(origins) == 1 else ""


def _item(item: Fields, line: int) -> Item:
    texts = [
        text
        for _node, text in item.all(
            "goods_description/description_of_goods", "goods_description/commercial_description", "free_text_1"
        )
    ]
    at = item.node.find("goods_description") or item.node
    marks = item.texts("marks", "packages/marks1_of_packages", limit=limits.MARKS)
    more = item.texts("marks", "packages/marks2_of_packages", limit=limits.MARKS)
    value, currency = item.money(
        "value",
        "valuation_item/item_invoice/amount_foreign_currency",
        "valuation_item/item_invoice/currency_code",
    )
    return Item(
        line=line,
        description=item.fit("; ".join(dict.fromkeys(texts)), at, "description", limits.DESCRIPTION),
        packages=item.whole("packages", "packages/number_of_packages"),
        package_code=item.text("package_code", "packages/kind_of_packages_code").upper(),
        package_text=item.text("package_text", "packages/kind_of_packages_name", limit=limits.NAME),
        marks=" ".join(part for part in (marks, more) if part)[: limits.MARKS],
        commodity=_commodity(item),
        gross_kg=item.kilograms("gross_kg", "valuation_item/weight_itm/gross_weight_itm"),
        net_kg=item.kilograms("net_kg", "valuation_item/weight_itm/net_weight_itm"),
        value=value,
        currency=currency,
        origin=item.country("origin", "goods_description/country_of_origin_code"),
    )


def _commodity(item: Fields) -> Commodity | None:
    """Commodity_code and, where there is one, Precision_1 behind it: 87032319 and 00 are 8703231900."""
    at, code = item.find("tarification/hscode/commodity_code")
    _more, precision = item.find("tarification/hscode/precision_1")
    if not code:
        return None
    found = commodities.declared(code + precision) or commodities.declared(code)
    if found is None:
        item.found.warn("code_unknown", at, "items.commodity", code, code=code[:40])
    return found
