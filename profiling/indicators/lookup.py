"""Read the facts and the past of a whole chunk of subjects from the database.

The number of queries is fixed per chunk, never per subject. Everything is read as of the moment a subject was
received: what the same message and earlier ones say of it, and of others only what came strictly before. Documents
set beside a consignment count as they stand: they come after it, and are what it is scored anew for. A unit sees its
own data and no other's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import Count, QuerySet

from pcu.accounts.models import Unit
from pcu.among import Among
from profiling.cargo.choices import ORDERS
from profiling.cargo.models import (
    ConsignmentVersion,
    EquipmentVisit,
    GoodsItem,
    Loading,
    MovementEvent,
    PartyMention,
    SealObservation,
    VisitStatement,
)
from profiling.codelists.lookup import loaded_lists
from profiling.documents.comparing import has_papers, summaries
from profiling.formats.records import (
    Counted,
    Direction,
    DocumentType,
    EquipmentKind,
    Fill,
    Function,
    Mode,
    PartyRole,
    SealParty,
)
from profiling.indicators.codes import with_codes
from profiling.indicators.facts import (
    ItemFacts,
    PartyFacts,
    SealEvent,
    SealFacts,
    SubjectFacts,
    SubjectKind,
    VisitFacts,
)
from profiling.indicators.history import History
from profiling.indicators.recall import recall

Chunk = tuple[list[SubjectFacts], History]

_VERSION = (
    *("pk", "number", "received_at", "direction", "procedure", "origin_country", "destination_country"),
    *("loading_code", "discharge_code", "receipt_code", "delivery_code", "gross_kg", "packages", "volume_m3"),
    *("value", "currency", "freight", "freight_currency", "freight_terms"),
    *("consignment_id", "consignment__document_type", "consignment__document_no"),
    *("consignment__call__mode", "consignment__call__eta", "consignment__call__eta_said", "consignment__call__etd"),
    *("consignment__call_id", "consignment__call__stated"),
)
_ITEM = (
    *("version_id", "line", "description", "commodity_code", "commodity_scheme", "packages", "gross_kg", "net_kg"),
    *("value", "currency", "origin", "dangerous", "package_code"),
)
_MENTION = ("version_id", "role", "name", "party_id", "address", "country", "tax_id", "contact")
_LOADING = ("version_id", "visit_id", "visit__kind", "visit__number", "packages", "gross_kg")
_STATEMENT = ("visit_id", "received_at", "size_type", "fill", "tare_kg", "gross_kg", "vgm_kg", "stated")
_WEIGHED = ("visit_id", "received_at", "gross_kg", "vgm_kg")
_SEAL = ("visit_id", "number", "party", "event", "observed_at")
Code = TypeVar("Code", bound=StrEnum)


def version_key(version_id: int) -> str:
    return f"version:{version_id}"


def visit_key(visit_id: int) -> str:
    return f"visit:{visit_id}"


def read_consignments(*, unit: Unit, version_ids: Sequence[int], as_of: datetime | None = None) -> Chunk:
    """Facts and past of consignment versions, in the order of their ids; other units' versions are left out.

    as_of: until when what others told of their equipment counts, where that is later than the version itself.
    """
    # Few consignments have papers, and where none of a chunk has any no query is spent on them.
    asked = ConsignmentVersion.objects.of_unit(unit).filter(Among("pk", version_ids))
    asked = asked.annotate(has_papers=has_papers(), lists=loaded_lists())
    versions = _rows(asked, *_VERSION, "has_papers", "lists")
    order = {pk: position for position, pk in enumerate(version_ids)}
    versions.sort(key=lambda version: order[version.pk])
    items = _grouped(_rows(GoodsItem.objects.filter(Among("version", version_ids)).order_by("line", "pk"), *_ITEM))
    mentions = _grouped(_rows(PartyMention.objects.filter(Among("version", version_ids)).order_by("pk"), *_MENTION))
    loadings = _grouped(_rows(Loading.objects.filter(Among("version", version_ids)).order_by("pk"), *_LOADING))
    equipment = _Equipment({loading.visit_id for rows in loadings.values() for loading in rows})
    earlier = _earlier(versions)
    announced = _announced(versions)
    papers = summaries([version.pk for version in versions if version.has_papers])
    facts = []
    for version in versions:
        moment = version.received_at
        told = moment if as_of is None else max(moment, as_of)
        facts.append(
            SubjectFacts(
                key=version_key(version.pk),
                kind=SubjectKind.CONSIGNMENT,
                unit_code=unit.code,
                received_at=moment,
                zone=unit.zone,
                mode=_code(Mode, version.consignment__call__mode),
                direction=_code(Direction, version.direction),
                procedure=version.procedure,
                document_type=_code(DocumentType, version.consignment__document_type),
                document_no=version.consignment__document_no,
                version_number=version.number,
                prior_versions=earlier[version.pk][0],
                eta=version.consignment__call__eta,
                eta_is_day=version.consignment__call__eta_said.get("precision") == "date",
                etd=version.consignment__call__etd,
                loading_place=version.loading_code,
                discharge_place=version.discharge_code,
                receipt_place=version.receipt_code,
                delivery_place=version.delivery_code,
                origin_country=version.origin_country,
                destination_country=version.destination_country,
                gross_kg=version.gross_kg,
                packages=version.packages,
                volume_m3=version.volume_m3,
                value=version.value,
                currency=version.currency,
                freight=version.freight,
                freight_currency=version.freight_currency,
                freight_terms=version.freight_terms,
                parties=tuple(map(_party, mentions[version.pk])),
                items=tuple(map(_item, items[version.pk])),
                visits=tuple(
                    equipment.visit(
                        (loading.visit_id, loading.visit__kind, loading.visit__number),
                        told,
                        (loading.packages, loading.gross_kg),
                        version.consignment_id,
                    )
                    for loading in loadings[version.pk]
                ),
                papers=papers.get(version.pk),
                announced_containers=announced.get(version.consignment__call_id, _NOT_ANNOUNCED)[0],
                told_containers=announced.get(version.consignment__call_id, _NOT_ANNOUNCED)[1],
            )
        )
    facts = with_codes(facts, versions[0].lists if versions else ())
    consignments = {version_key(version.pk): version.consignment_id for version in versions}
    before = {version_key(pk): last for pk, (_count, last) in earlier.items() if last is not None}
    return facts, recall(unit=unit, facts=facts, consignments=consignments, before=before, as_of=as_of)


_NOT_ANNOUNCED: tuple[int | None, int | None] = (None, None)


def _announced(versions: Sequence[Any]) -> dict[int, tuple[int | None, int | None]]:
    """By call how many containers were announced and how many are told of. One query; none where nothing was."""
    counted = {
        version.consignment__call_id: count
        for version in versions
        if (count := version.consignment__call__stated.get("counts", {}).get(Counted.CONTAINERS)) is not None
    }
    if not counted:
        return {}
    visits = EquipmentVisit.objects.filter(call__in=counted, kind=EquipmentKind.CONTAINER).order_by()
    told = dict(visits.values_list("call").annotate(Count("pk")))
    return {call: (count, told.get(call, 0)) for call, count in counted.items()}


def _earlier(versions: Sequence[Any]) -> dict[int, tuple[int, int | None]]:
    """Per version how many came before it, and the id of the last of them that was no cancellation.

    By when they came: one that was read late has a higher number than what came after it.
    """
    told: dict[int, list[tuple[tuple[datetime, int], str, int]]] = defaultdict(list)
    rows = ConsignmentVersion.objects.filter(Among("consignment", {version.consignment_id for version in versions}))
    for consignment, received_at, number, function, pk in rows.values_list(
        "consignment", "received_at", "number", "function", "pk"
    ):
        told[consignment].append(((received_at, number), function, pk))
    earlier = {}
    for version in versions:
        moment = (version.received_at, version.number)
        before = [one for one in sorted(told[version.consignment_id]) if one[0] < moment]
        saying = [pk for _moment, function, pk in before if function != Function.CANCEL]
        earlier[version.pk] = (len(before), saying[-1] if saying else None)
    return earlier


def read_visits(*, unit: Unit, visit_ids: Sequence[int], as_of: datetime | None = None) -> Chunk:
    """Facts and past of visits that no bill names, in the order of their ids; other units' are left out.

    A visit is judged by what was last said of it, and as of then. as_of: until when events count, where that is later.
    """
    asked = EquipmentVisit.objects.of_unit(unit).filter(Among("pk", visit_ids)).annotate(lists=loaded_lists())
    visits = list(asked.select_related("call", "current"))
    order = {pk: position for position, pk in enumerate(visit_ids)}
    visits.sort(key=lambda visit: order[visit.pk])
    equipment = _Equipment({visit.pk for visit in visits})
    facts = []
    for visit in visits:
        moment = visit.current.received_at if visit.current else visit.created_at
        told = moment if as_of is None else max(moment, as_of)
        facts.append(
            SubjectFacts(
                key=visit_key(visit.pk),
                kind=SubjectKind.VISIT,
                unit_code=unit.code,
                received_at=moment,
                zone=unit.zone,
                mode=_code(Mode, visit.call.mode),
                eta=visit.call.eta,
                eta_is_day=visit.call.eta_said.get("precision") == "date",
                etd=visit.call.etd,
                visits=(equipment.visit((visit.pk, visit.kind, visit.number), told),),
            )
        )
    facts = with_codes(facts, visits[0].lists if visits else ())
    return facts, recall(unit=unit, facts=facts, consignments={}, before={}, as_of=as_of)


class _Equipment:
    """What is said of the visits of a chunk, read once: statements, seals, and who else is in them."""

    def __init__(self, visit_ids: Iterable[int]) -> None:
        ids = list(visit_ids)
        self._statements: dict[int, list[Any]] = defaultdict(list)
        statements = VisitStatement.objects.filter(Among("visit", ids)).order_by("received_at", "pk")
        for statement in _rows(statements, *_STATEMENT):
            self._statements[statement.visit_id].append(statement)
        self._seals: dict[int, list[Any]] = defaultdict(list)
        for seal in _rows(SealObservation.objects.filter(Among("visit", ids)).order_by("pk"), *_SEAL):
            self._seals[seal.visit_id].append(seal)
        self._weighed: dict[int, list[Any]] = defaultdict(list)
        told = MovementEvent.objects.filter(Among("visit", ids)).exclude(event__in=ORDERS).order_by("received_at", "pk")
        for event in _rows(told, *_WEIGHED):
            if event.vgm_kg is not None or event.gross_kg is not None:
                self._weighed[event.visit_id].append(event)
        self._sharing: dict[int, dict[int, datetime]] = defaultdict(dict)
        rows = (
            Loading.objects.filter(Among("visit", ids))
            .order_by("-version__received_at")
            .values_list("visit_id", "version__consignment_id", "version__received_at")
        )
        for visit_id, consignment_id, received_at in rows:
            self._sharing[visit_id][consignment_id] = received_at

    def visit(
        self,
        visit: tuple[int, str, str],
        moment: datetime,
        share: tuple[int | None, Decimal | None] = (None, None),
        consignment_id: int | None = None,
    ) -> VisitFacts:
        """A visit (id, kind, number) as of a moment, with the packages and kilograms of one consignment in it."""
        visit_id, kind, number = visit
        said = [one for one in self._statements[visit_id] if one.received_at <= moment]
        last = said[-1] if said else None
        weighed = [one for one in self._weighed[visit_id] if one.received_at <= moment]
        return VisitFacts(
            visit_id=visit_id,
            kind=_member(EquipmentKind, kind),
            number=number,
            size_type=last.size_type if last else "",
            fill=_code(Fill, last.fill) if last else None,
            tare_kg=last.tare_kg if last else None,
            gross_kg=last.gross_kg if last else None,
            vgm_kg=last.vgm_kg if last else None,
            loaded_packages=share[0],
            loaded_kg=share[1],
            other_consignments=sum(
                other != consignment_id and since <= moment for other, since in self._sharing[visit_id].items()
            ),
            seals=tuple(
                SealFacts(seal.number, _member(SealParty, seal.party), _member(SealEvent, seal.event))
                for seal in self._seals[visit_id]
                if seal.observed_at <= moment
            ),
            weighed_kg=_weight(weighed[-1]) if weighed else None,
            stowed_un=_stowed(said),
        )


def _stowed(statements: Sequence[Any]) -> tuple[str, ...]:
    """UN numbers as the last plan told them: what a manifest says later of the container takes none of them back."""
    stated: Mapping[str, Any] = next((one.stated for one in reversed(statements) if one.stated.get("dangerous")), {})
    return tuple(one["un_number"] for one in stated.get("dangerous", ()) if one.get("un_number"))


def _weight(event: Any) -> Decimal:
    weight: Decimal = event.gross_kg if event.vgm_kg is None else event.vgm_kg
    return weight


def _rows(found: QuerySet[Any], *columns: str) -> list[Any]:
    """Rows with these columns only, by name: instances of a model cost far more, and a chunk has thousands."""
    return list(found.values_list(*columns, named=True))


def _grouped(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.version_id].append(row)
    return grouped


def _party(mention: Any) -> PartyFacts:
    return PartyFacts(
        role=_member(PartyRole, mention.role),
        name=mention.name,
        party_id=mention.party_id,
        address=mention.address,
        country=mention.country,
        tax_id=mention.tax_id,
        contact=mention.contact,
    )


def _item(item: Any) -> ItemFacts:
    return ItemFacts(
        line=item.line,
        description=item.description,
        hs_code=item.commodity_code,
        hs_scheme=item.commodity_scheme,
        packages=item.packages,
        gross_kg=item.gross_kg,
        net_kg=item.net_kg,
        value=item.value,
        currency=item.currency,
        origin=item.origin,
        un_numbers=tuple(one["un_number"] for one in item.dangerous if one.get("un_number")),
        package_code=item.package_code,
    )


@lru_cache(maxsize=256)
def _member(kind: type[Code], stored: str) -> Code:
    """The member of an enumeration: finding it takes a microsecond, and a chunk asks ten thousand times."""
    return kind(stored)


def _code(kind: type[Code], stored: str) -> Code | None:
    return _member(kind, stored) if stored else None
