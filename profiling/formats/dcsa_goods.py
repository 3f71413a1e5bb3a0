"""The consignment items of a DCSA transport document: goods, and how they are spread over containers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from profiling.formats import commodities, limits
from profiling.formats.dcsa_fields import quantity, text, texts
from profiling.formats.json_fields import Fields
from profiling.formats.quantities import CUBIC_METRES, KILOGRAMS
from profiling.formats.records import Commodity, DangerousGoods, Item, Loading

_UNREAD: Final = frozenset(
    {"nationalCommodityCodes", "exportLicense", "importLicense", "customsReferences", "commoditySubReference"}
)


@dataclass(slots=True)
class Goods:
    """What all items say together. Amounts of a container are None once one of its parts is not known."""

    items: list[Item] = field(default_factory=list)
    bookings: list[str] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    loaded: dict[str, tuple[int | None, Decimal | None]] = field(default_factory=dict)
    net_kg: Decimal | None = None
    volume_m3: Decimal | None = None

    def name(self, number: str) -> None:
        if number and number not in self.loaded:
            self.loaded[number] = (None, None)

    def load(self, number: str, packages: int | None, gross: Decimal | None) -> None:
        if not number:
            return
        if number not in self.loaded:
            self.loaded[number] = (packages, gross)
            return
        before, weighed = self.loaded[number]
        self.loaded[number] = (
            None if before is None or packages is None else before + packages,
            None if weighed is None or gross is None else weighed + gross,
        )

    def loadings(self) -> Iterator[Loading]:
        for number, (packages, gross) in self.loaded.items():
            yield Loading(number, packages, gross)


@dataclass(slots=True)
class _Parts:
    """The cargo items of one consignment item, added up: an amount is None once one part lacks it."""

    packages: list[int | None] = field(default_factory=list)
    gross: list[Decimal | None] = field(default_factory=list)
    net: list[Decimal | None] = field(default_factory=list)
    volume: list[Decimal | None] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    dangerous: list[DangerousGoods] = field(default_factory=list)


def goods(fields: Fields) -> Goods:
    """The consignment items of a document."""
    cargo = Goods()
    nets: list[Decimal | None] = []
    for line, each in enumerate(fields.each("consignmentItems"), start=1):
        parts = _Parts()
        for part in each.each("cargoItems"):
            _cargo_item(part, parts, cargo)
        nets.append(_together(parts.net))
        cargo.items.append(_item(each, line, parts, cargo))
        if (booking := text(each, "carrierBookingReference")) and booking not in cargo.bookings:
            cargo.bookings.append(booking)
        for reference in each.each("references"):
            kind = text(reference, "type").lower() or "document"
            numbers = texts(reference, "values") or texts(reference, "value")
            cargo.references += [(kind, number[: limits.REFERENCE_NO]) for number in numbers]
            reference.seen |= {"value"}
            reference.close()
        each.seen |= _UNREAD
        each.close()
    cargo.net_kg = _together(nets)
    cargo.volume_m3 = _together([item.volume_m3 for item in cargo.items])
    return cargo


def _together(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None


def _cargo_item(fields: Fields, parts: _Parts, cargo: Goods) -> None:
    gross = quantity(fields, "cargoGrossWeight", KILOGRAMS)
    parts.gross.append(gross)
    parts.net.append(quantity(fields, "cargoNetWeight", KILOGRAMS))
    parts.volume.append(quantity(fields, "cargoGrossVolume", CUBIC_METRES))
    parts.marks += texts(fields, "shippingMarks")
    packages = None
    if (packaging := fields.inner("outerPackaging")) is not None:
        packages = packaging.whole("numberOfPackages")
        parts.codes.append(text(packaging, "packageCode"))
        parts.words.append(text(packaging, "description", limits.NAME))
        parts.dangerous += (_dangerous(each) for each in packaging.each("dangerousGoods"))
        packaging.seen |= {"imoPackagingCode", "woodDeclaration"}
        packaging.close()
    parts.packages.append(packages)
    cargo.load(text(fields, "equipmentReference", limits.EQUIPMENT_NO), packages, gross)
    fields.seen |= _UNREAD | {"cargoNetVolume"}
    fields.close()


def _dangerous(fields: Fields) -> DangerousGoods:
    """Only number and class are kept of the many members of the schema; unknown ones are not looked for."""
    number = text(fields, "UNNumber") or text(fields, "NANumber")
    return DangerousGoods(number, text(fields, "imoClass"), "IMD")


def _item(fields: Fields, line: int, parts: _Parts, cargo: Goods) -> Item:
    at = fields.at("descriptionOfGoods")
    found = fields.found
    description = found.text(" ".join(texts(fields, "descriptionOfGoods")), limits.DESCRIPTION, at, "description")
    marks = [*texts(fields, "shippingMarks"), *parts.marks]
    counts = [count for count in parts.packages if count is not None]
    commodity, others = _commodities(fields, description)
    return Item(
        line=line,
        description=description,
        packages=sum(counts) if counts and len(counts) == len(parts.packages) else None,
        package_code=_only(parts.codes),
        package_text=_only(parts.words),
        marks=found.text(" ".join(dict.fromkeys(marks)), limits.MARKS, fields.at("shippingMarks"), "marks"),
        commodity=commodity,
        gross_kg=_together(parts.gross),
        volume_m3=_together(parts.volume),
        net_kg=_together(parts.net),
        dangerous=tuple(parts.dangerous),
        other_codes=others,
    )


def _only(words: list[str]) -> str:
    """The word that all parts that have one share."""
    known = set(filter(None, words))
    return known.pop() if len(known) == 1 else ""


def _commodities(fields: Fields, description: str) -> tuple[Commodity | None, tuple[Commodity, ...]]:
    """The first code of the goods, declared or else found in the text, and the further ones."""
    declared = []
    for sent in texts(fields, "HSCodes"):
        code = commodities.declared(sent)
        if code is None:
            fields.found.warn("code_unknown", fields.at("HSCodes"), "HSCodes", sent, code=sent[:40])
        else:
            declared.append(code)
    first = declared[0] if declared else commodities.in_text(description)
    return first, tuple(declared[1:])
