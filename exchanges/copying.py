"""What can be copied from a case into a warning, as the papers and messages say it now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from exchanges import body
from profiling.cargo.models import (
    Consignment,
    EquipmentVisit,
    GoodsItem,
    PartyMention,
    Placement,
    SealObservation,
)
from profiling.cases.models import Case
from profiling.lookouts.core.keys import is_labelled_personal, tax_key

GOODS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class CaseCargo:
    """The cargo of a case that a warning may name. mentions: what the current versions say of parties."""

    visits: Sequence[EquipmentVisit]
    consignments: Sequence[Consignment]
    mentions: Sequence[PartyMention]
    items: Sequence[GoodsItem]


def cargo_of(case: Case) -> CaseCargo:
    """Everything there is to choose from; four queries."""
    visits = case.visits.select_related("current", "call").order_by("kind", "number", "pk")
    consignments = list(case.consignments.select_related("current", "call").order_by("pk"))
    versions = [one.current_id for one in consignments if one.current_id]
    return CaseCargo(
        visits=list(visits),
        consignments=consignments,
        mentions=list(PartyMention.objects.filter(version__in=versions).order_by("version", "pk")),
        items=list(GoodsItem.objects.filter(version__in=versions).order_by("version", "line", "pk")),
    )


def is_personal_number(country: str, number: str) -> bool:
    """Whether a tax number, with or without the word for it, is a natural person's. country: of the party.

    Kazakhstan: an IIN begins with a birth date, so its fifth digit is 0 to 3, a BIN's 4 to 6. Uzbekistan: a PINFL has
    fourteen digits. Russia: an INN of twelve digits is a person's, of ten a firm's. Elsewhere the number does not tell.
    """
    if is_labelled_personal(number):
        return True
    key = tax_key(number)
    digits, country = key.text, key.country or country
    if not digits.isdecimal():
        return False
    if len(digits) == 14 and country in ("UZ", ""):
        return True
    if len(digits) != 12:
        return False
    return country == "RU" or (country in ("KZ", "") and digits[4] in "0123")


def equipment(visits: Iterable[EquipmentVisit]) -> list[body.Equipment]:
    """Equipment with what it stands on as last told, and every seal number read on it."""
    chosen = list(visits)
    carriers = {
        placement.visit_id: placement.carrier
        for placement in Placement.objects.filter(visit__in=chosen)
        .select_related("carrier")
        .order_by("received_at", "pk")
    }
    seals: dict[int, dict[str, None]] = {}
    for seal in SealObservation.objects.filter(visit__in=chosen).order_by("observed_at", "pk"):
        seals.setdefault(seal.visit_id, {})[seal.number] = None
    return [
        body.Equipment(
            kind=visit.kind,
            number=visit.number,
            size_type=visit.current.size_type if visit.current else "",
            gross_kg=_plain(visit.current.gross_kg) if visit.current else "",
            carrier=body.Carrier(kind=carriers[visit.pk].kind, number=carriers[visit.pk].number)
            if visit.pk in carriers
            else None,
            seals=list(seals.get(visit.pk, ())),
        )
        for visit in chosen
    ]


def documents(consignments: Iterable[Consignment]) -> list[body.Document]:
    return [body.Document(type=one.document_type, number=one.document_no, issuer=one.issuer) for one in consignments]


def parties(mentions: Iterable[PartyMention], *, with_persons: bool) -> list[body.Party]:
    """Firms with their tax numbers, each once in a role. Natural persons and contacts only where asked for."""
    found: dict[tuple[str, str, str], body.Party] = {}
    for mention in mentions:
        if not with_persons and is_personal_number(mention.country, mention.tax_id):
            continue
        key = (mention.role, mention.name, mention.tax_id)
        found[key] = body.Party(
            role=mention.role,
            name=mention.name,
            country=mention.country,
            tax_number=mention.tax_id,
            contact=mention.contact if with_persons else "",
        )
    return list(found.values())


def goods(items: Iterable[GoodsItem]) -> list[body.Goods]:
    """The first goods lines; a case on forty bills needs no list of all."""
    return [
        body.Goods(
            description=item.description[:4000],
            commodity_scheme=item.commodity_scheme,
            commodity_code=item.commodity_code,
            packages="" if item.packages is None else str(item.packages),
            gross_kg=_plain(item.gross_kg),
        )
        for item in list(items)[:GOODS_AT_MOST]
    ]


def route(consignments: Collection[Consignment], visits: Collection[EquipmentVisit]) -> body.Route | None:
    """Where the cargo goes and what carries it, as the first of the papers says; None where none says."""
    calls = [one.call for one in consignments] + [one.call for one in visits]
    call = next(iter(calls), None)
    version = next((one.current for one in consignments if one.current is not None), None)
    if call is None:
        return None
    told = body.Route(mode=call.mode, conveyance=call.label)
    if version is None:
        return told
    return told.model_copy(
        update={
            "origin_country": version.origin_country,
            "destination_country": version.destination_country,
            "loading": body.Place(code=version.loading_code, name=version.loading_name),
            "discharge": body.Place(code=version.discharge_code, name=version.discharge_name),
            "delivery": body.Place(code=version.delivery_code, name=version.delivery_name),
        }
    )


def _plain(kilograms: object) -> str:
    """12345.500 as "12345.5"; "" where nobody said."""
    return "" if kilograms is None else f"{kilograms:f}".rstrip("0").rstrip(".")
