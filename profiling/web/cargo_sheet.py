"""The cargo of a case as its page shows it: consignments with goods, parties and documents, and the equipment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiling.cargo.choices import EquipmentKind, Fill, PartyRole
from profiling.cargo.models import (
    CargoDocument,
    Consignment,
    ConsignmentVersion,
    EquipmentVisit,
    GoodsItem,
    Loading,
    PartyMention,
    Placement,
    SealObservation,
)
from profiling.cases.models import Case
from profiling.reference import iso6346
from profiling.web.cargo_parts import by_weight, names_of_places
from profiling.web.versions import Rows, VersionStep, rows_below, steps

# What an indicator that is TRUE says of one party, as a tag beside its name.
_TAGS: Mapping[str, tuple[tuple[str, Any], ...]] = {
    PartyRole.CONSIGNEE: (
        ("consignee_first_time", gettext_lazy("first time")),
        ("consignee_goods_unseen", gettext_lazy("new goods")),
        ("consignee_named_forwarder", gettext_lazy("forwarder")),
        ("consignee_changed", gettext_lazy("changed")),
    ),
    PartyRole.SHIPPER: (("shipper_first_time", gettext_lazy("first time")),),
    PartyRole.NOTIFY: (("notify_elsewhere", gettext_lazy("elsewhere")),),
}


@dataclass(frozen=True, slots=True)
class ConsignmentSheet:
    """One consignment: what its current version says, and how it came to say it. tags: by role of the party."""

    consignment: Consignment
    version: ConsignmentVersion | None
    items: Sequence[GoodsItem]
    mentions: Sequence[PartyMention]
    tags: Mapping[str, Sequence[str]]
    documents: Sequence[CargoDocument]
    steps: Sequence[VersionStep]
    places: Mapping[str, str]  # what lists call the codes of places


@dataclass(slots=True)
class VisitSheet:
    """One container, wagon or trailer of the case: what stands on and in it, and its seals."""

    visit: EquipmentVisit
    placements: list[Placement] = field(default_factory=list)
    seals: list[SealObservation] = field(default_factory=list)
    loadings: list[Loading] = field(default_factory=list)

    @property
    def number_fault(self) -> str:
        """What is wrong with a container's number (ISO 6346), "" when nothing is."""
        if self.visit.kind != EquipmentKind.CONTAINER:
            return ""
        found = iso6346.check(self.visit.number)
        if not found.is_container:
            return _("not a container number")
        if found.verdict is iso6346.Verdict.VALID:
            return ""
        return _("check digit should be %(digit)s") % {"digit": found.expected}

    @property
    def is_checked(self) -> bool:
        return self.visit.kind == EquipmentKind.CONTAINER and not self.number_fault

    @property
    def is_unsealed(self) -> bool:
        statement = self.visit.current
        return bool(statement and statement.fill == Fill.FULL and not self.seals)

    @property
    def carrier(self) -> EquipmentVisit | None:
        """What it stands on now, as last told."""
        return self.placements[-1].carrier if self.placements else None


def read_consignments(case: Case, indicators: Mapping[str, Any]) -> list[ConsignmentSheet]:
    """The consignments of a case. The case is visible, so its cargo is, also after it was passed on."""
    consignments = list(
        Consignment.objects.filter(case_links__case=case).select_related("current", "call", "master").order_by("pk")
    )
    versions: dict[int, list[ConsignmentVersion]] = defaultdict(list)
    told = ConsignmentVersion.objects.filter(consignment__in=consignments).select_related("submission")
    for version in told.order_by("consignment", "received_at", "number"):
        versions[version.consignment_id].append(version)
    rows = rows_below(version for each in versions.values() for version in each)
    names = names_of_places(version for each in versions.values() for version in each)
    return [_sheet(consignment, versions[consignment.pk], rows, indicators, names) for consignment in consignments]


def _sheet(
    consignment: Consignment,
    versions: Sequence[ConsignmentVersion],
    rows: Rows,
    indicators: Mapping[str, Any],
    names: Mapping[str, str],
) -> ConsignmentSheet:
    current = versions[-1] if versions else None
    # a cancellation may say nothing of the cargo: what was said last is shown, marked as withdrawn
    telling = next((one for one in reversed(versions) if rows.items.get(one.pk) or rows.mentions.get(one.pk)), current)
    pk = telling.pk if telling else 0
    return ConsignmentSheet(
        consignment=consignment,
        version=current if telling is None or telling is current else _as_withdrawn(current, telling),
        items=rows.items.get(pk, []),
        mentions=by_weight(rows.mentions.get(pk, ())),
        tags={role: _tags(role, indicators) for role in _TAGS},
        documents=rows.documents.get(pk, []),
        steps=steps(versions, rows),
        places=names,
    )


def _as_withdrawn(current: ConsignmentVersion | None, telling: ConsignmentVersion) -> ConsignmentVersion:
    if current is not None:
        telling.function = current.function
    return telling


def _tags(role: str, indicators: Mapping[str, Any]) -> list[str]:
    return [str(word) for code, word in _TAGS[role] if indicators.get(code) is True]


def read_visits(visits: Iterable[EquipmentVisit], versions: Iterable[int] = ()) -> list[VisitSheet]:
    """Equipment with placements, seals and what is loaded in it; three queries. versions: whose loadings count."""
    sheets = {visit.pk: VisitSheet(visit) for visit in visits}
    placements = Placement.objects.filter(visit__in=sheets).select_related("carrier")
    for placement in placements.order_by("received_at", "pk"):
        sheets[placement.visit_id].placements.append(placement)
    for seal in SealObservation.objects.filter(visit__in=sheets).order_by("observed_at", "pk"):
        sheet = sheets[seal.visit_id]
        # every message repeats the seals it declares; one reading of a number by one party is told once
        if all((seal.number, seal.party, seal.event) != (one.number, one.party, one.event) for one in sheet.seals):
            sheet.seals.append(seal)
    for loading in Loading.objects.filter(visit__in=sheets, version__in=list(versions)).order_by("pk"):
        sheets[loading.visit_id].loadings.append(loading)
    return list(sheets.values())
