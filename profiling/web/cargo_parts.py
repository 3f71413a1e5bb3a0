"""What the parts of a consignment page are drawn from; the case page draws the same parts.

    templates/profiling/parts/goods.html       version, items
    templates/profiling/parts/parties.html     mentions
    templates/profiling/parts/visits.html      loadings
    templates/profiling/parts/versions.html    versions, current
    templates/profiling/parts/documents.html   documents

The caller has found the consignment through `visible_to`; what belongs to it is seen with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch
from django.utils.translation import gettext_lazy

from profiling.cargo.choices import Function, PartyRole
from profiling.cargo.models import (
    CargoDocument,
    Consignment,
    ConsignmentVersion,
    ConveyanceCall,
    EquipmentVisit,
    GoodsItem,
    Loading,
    PartyMention,
    Placement,
    SealObservation,
    VisitStatement,
)
from profiling.codelists.search import place_names
from profiling.formats.records import Counted

# Who matters most stands first.
_ROLES: list[str] = [PartyRole.CONSIGNEE, PartyRole.SHIPPER, PartyRole.NOTIFY]


def version_parts(version: ConsignmentVersion) -> dict[str, Any]:
    """Goods, parties, visits with their seals and carriers, documents of one version. Seven queries."""
    return {
        "version": version,
        "items": list(GoodsItem.objects.filter(version=version).order_by("line", "pk")),
        "mentions": mentions_of(version),
        "loadings": loadings_of(version),
        "documents": list(CargoDocument.objects.filter(version=version).order_by("pk")),
        "places": names_of_places([version]),
    }


@dataclass(frozen=True, slots=True)
class LinesValue:
    """The value of `lines` lines of goods in one currency. is_whole: no line is without a value or in another one."""

    currency: str
    value: Decimal
    lines: int
    is_whole: bool


def sums_of_lines(lines: Iterable[tuple[str, Decimal | None]]) -> list[LinesValue]:
    """Lines of goods, (currency, value or None), added up by currency; empty where no line names a value."""
    values: dict[str, list[Decimal]] = {}
    count = 0
    for currency, value in lines:
        count += 1
        if value is not None:
            values.setdefault(currency, []).append(value)
    return [
        LinesValue(currency, sum(each, Decimal()), len(each), len(each) == count) for currency, each in values.items()
    ]


COUNTED: Mapping[str, Any] = {
    Counted.CREW: gettext_lazy("crew"),
    Counted.PASSENGERS: gettext_lazy("passengers"),
    Counted.BILLS: gettext_lazy("transport documents"),
    Counted.CONTAINERS: gettext_lazy("containers"),
    Counted.EMPTY_CONTAINERS: gettext_lazy("empty containers"),
    Counted.TO_DISCHARGE: gettext_lazy("containers to discharge"),
    Counted.TO_LOAD: gettext_lazy("containers to load"),
    Counted.EQUIPMENT: gettext_lazy("equipment"),
    Counted.WAGONS: gettext_lazy("wagons"),
    Counted.TRAILERS: gettext_lazy("trailers"),
    Counted.PACKAGES: gettext_lazy("packages"),
}


@dataclass(frozen=True, slots=True)
class Announced:
    """One count that a report of a call announces. label: its code where no word is known. told: as it stands here."""

    label: str
    number: int
    told: int | None = None


def announced_of(call: ConveyanceCall) -> list[Announced]:
    """What was announced of a call by number, beside how many are told of. Two queries at most."""
    counts = call.stated.get("counts", {})
    told: dict[str, int] = {}
    kinds = {Counted.CONTAINERS: "container", Counted.WAGONS: "wagon", Counted.TRAILERS: "trailer"}
    if counts.keys() & kinds.keys():
        visits = EquipmentVisit.objects.filter(call=call).order_by().values_list("kind").annotate(Count("pk"))
        by_kind = dict(visits)
        told = {what: by_kind.get(kind, 0) for what, kind in kinds.items()}
    if Counted.BILLS in counts:
        told[Counted.BILLS] = Consignment.objects.filter(call=call).exclude(current__function=Function.CANCEL).count()
    return [Announced(str(COUNTED.get(what, what)), number, told.get(what)) for what, number in counts.items()]


def stowed(statements: Iterable[VisitStatement]) -> Mapping[str, Any]:
    """What stowage plans tell of a visit, statements newest first: dangerous goods, ports, bills, operator."""
    said: dict[str, Any] = {}
    for statement in statements:
        said = {**statement.stated, **said}
    return said


def names_of_places(versions: Iterable[ConsignmentVersion]) -> dict[str, str]:
    """What the loaded lists call the places that versions name by a code. One query."""
    named = [(v.loading_code, v.discharge_code, v.receipt_code, v.delivery_code) for v in versions]
    return place_names({code for codes in named for code in codes})


def mentions_of(version: ConsignmentVersion) -> list[PartyMention]:
    """As the paper names them, with whom each was taken for."""
    return by_weight(PartyMention.objects.filter(version=version).select_related("party").order_by("pk"))


def by_weight(mentions: Iterable[PartyMention]) -> list[PartyMention]:
    """Who matters most first; the order they have is kept within a role."""
    return sorted(mentions, key=lambda row: _ROLES.index(row.role) if row.role in _ROLES else len(_ROLES))


def loadings_of(version: ConsignmentVersion) -> list[Loading]:
    """Equipment in the order of the message; each visit with its seals and with what carries it. Three queries."""
    return list(
        Loading.objects.filter(version=version)
        .select_related("visit__current")
        .prefetch_related(
            Prefetch("visit__seals", SealObservation.objects.order_by("pk")),
            Prefetch("visit__placements", Placement.objects.select_related("carrier").order_by("pk")),
        )
        .order_by("pk")
    )


def last_told(consignments: Iterable[Consignment]) -> dict[int, ConsignmentVersion]:
    """By consignment: what a withdrawn one said before its cancellation, which may say nothing; one query at most."""
    withdrawn = [found.pk for found in consignments if found.is_withdrawn]
    if not withdrawn:
        return {}
    told = (
        ConsignmentVersion.objects.filter(consignment__in=withdrawn)
        .exclude(function=Function.CANCEL)
        .order_by("consignment", "-received_at", "-number")
        .distinct("consignment")
    )
    return {version.consignment_id: version for version in told}


def versions_of(consignment: Consignment) -> list[ConsignmentVersion]:
    """Received last first, each with the submission that brought it."""
    return list(
        ConsignmentVersion.objects.filter(consignment=consignment)
        .select_related("submission__sender", "consignment")
        .order_by("-received_at", "-number")
    )
