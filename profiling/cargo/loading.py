"""Records of a message made into rows: equipment first, then consignments, a chunk at a time.

Identities (visits, consignments, parties) are found or inserted in order of their keys; everything a message
says is appended by COPY. Called inside the transaction of a leased job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from pcu.accounts.models import Unit
from pcu.ids import uuid7
from pcu.rows import Rows, insert_new, load_rows, set_columns
from profiling.cargo.calls import place
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
    Submission,
    VisitStatement,
)
from profiling.formats import records as r
from profiling.parties.core.identity import identity_key, plain_code
from profiling.parties.services import Mentioned, resolve

# (document, column, value) of what did not fit its column and was cut or left out.
Misfits = Callable[[str, str, str], None]


@dataclass(frozen=True)
class Message:
    """The message that a chunk belongs to, as far as its rows need it."""

    unit: Unit
    submission: Submission
    header: r.Header
    call: ConveyanceCall
    received_at: datetime


@dataclass(frozen=True, slots=True)
class LoadedVersion:
    """A consignment version just written."""

    version_id: int
    consignment_id: int
    number: int
    record: r.Consignment


def guessed_kind(number: str, mode: r.Mode | None) -> r.EquipmentKind:
    """The kind of a unit that a bill names but no equipment list declares."""
    if len(number) == 11 and number[:4].isalpha() and number[4:].isdigit():
        return r.EquipmentKind.CONTAINER
    if mode is r.Mode.RAIL:
        return r.EquipmentKind.WAGON
    if mode is r.Mode.ROAD:
        return r.EquipmentKind.TRUCK
    return r.EquipmentKind.CONTAINER


class _Visits:
    """Visits of one call by number, made where they are missing."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self._ids: dict[tuple[str, str], int] = {}
        self._by_number: dict[str, int] = {}
        self.statement_ids: dict[int, int] = {}

    def ensure(self, wanted: Iterable[tuple[str, r.EquipmentKind | None, str]]) -> None:
        """Each wanted is (number, kind or None where only a number is known, number as written)."""
        asked = {number: (kind, written) for number, kind, written in wanted if number}
        known = EquipmentVisit.objects.filter(
            unit=self.message.unit, call=self.message.call, number__in=list(asked)
        ).values_list("number", "kind", "pk")
        for number, kind, pk in known:
            self._remember(number, kind, pk)
        rows = []
        for number, (kind, written) in asked.items():
            if kind is None and number in self._by_number:
                continue
            chosen = (kind or guessed_kind(number, self.message.header.conveyance.mode)).value
            if (number, chosen) not in self._ids:
                rows.append(
                    {
                        "ref": uuid7(),
                        "unit": self.message.unit.pk,
                        "call": self.message.call.pk,
                        "kind": chosen,
                        "number": number,
                        "number_as_written": written[:35],
                        "created_at": self.message.received_at,
                        "updated_at": self.message.received_at,
                    }
                )
        conflict = ("unit", "number", "call", "kind")
        for (_unit, number, _call, kind), pk in insert_new(EquipmentVisit, conflict, rows).items():
            self._remember(number, kind, pk)
        raced = [row["number"] for row in rows if (row["number"], row["kind"]) not in self._ids]
        if raced:
            again = EquipmentVisit.objects.filter(
                unit=self.message.unit, call=self.message.call, number__in=raced
            ).values_list("number", "kind", "pk")
            for number, kind, pk in again:
                self._remember(number, kind, pk)

    def _remember(self, number: str, kind: str, pk: int) -> None:
        self._ids[number, kind] = pk
        self._by_number.setdefault(number, pk)

    def id(self, number: str, kind: r.EquipmentKind | None = None) -> int:
        """The visit of a number (normalised here)."""
        plain = plain_number(number)
        return self._ids[plain, kind.value] if kind else self._by_number[plain]


def plain_number(number: str) -> str:
    """An equipment or seal number in capitals, letters and digits only, as wide as its column."""
    return plain_code(number)[:35]


def load_equipment(*, message: Message, equipment: Sequence[r.Equipment], on_misfit: Misfits) -> list[int]:
    """Write visits, what the message says of them, their seals and placements. Returns visit ids, in order."""
    visits = _Visits(message)
    named = [(plain_number(e.number), e.kind, e.number) for e in equipment]
    visits.ensure(named)
    visits.ensure((plain_number(e.carried_on), None, e.carried_on) for e in equipment if e.carried_on)

    def cut(column: str, value: str) -> None:
        on_misfit(current, column, value)

    current = ""
    statements = Rows(VisitStatement, cut)
    seals = Rows(SealObservation, cut)
    placements = Rows(Placement, cut)
    ids = [visits.id(e.number, e.kind) for e in equipment]
    known_seals = set(
        SealObservation.objects.filter(visit__in=ids, event=SealObservation.Event.DECLARED).values_list(
            "visit_id", "number", "party"
        )
    )
    known_places = set(
        Placement.objects.filter(visit__in=ids).values_list("visit_id", "carrier_id", "from_code", "to_code")
    )
    updates = []
    for record, visit_id in zip(equipment, ids, strict=True):
        current = record.number
        statement = statements.add(
            visit_id=visit_id,
            submission_id=message.submission.pk,
            size_type=record.size_type,
            fill=record.fill.value if record.fill else "",
            tare_kg=record.tare_kg,
            gross_kg=record.gross_kg,
            vgm_kg=record.vgm_kg,
            temperature_c=record.temperature_c,
            received_at=message.received_at,
        )
        updates.append((visit_id, statement, message.received_at))
        for seal in record.seals:
            key = (visit_id, plain_number(seal.number), seal.party.value)
            if key[1] and key not in known_seals:
                known_seals.add(key)
                seals.add(
                    visit_id=visit_id,
                    number=key[1],
                    number_as_written=seal.number,
                    party=seal.party.value,
                    event=SealObservation.Event.DECLARED,
                    observer=message.header.sender[:70],
                    submission_id=message.submission.pk,
                    observed_at=message.received_at,
                )
        if record.carried_on:
            carrier = visits.id(record.carried_on)
            from_code, from_name = place(record.placed_from)
            to_code, to_name = place(record.placed_to)
            chain = (visit_id, carrier, from_code, to_code)
            if carrier != visit_id and chain not in known_places:
                known_places.add(chain)
                placements.add(
                    visit_id=visit_id,
                    carrier_id=carrier,
                    from_code=from_code,
                    from_name=from_name,
                    to_code=to_code,
                    to_name=to_name,
                    submission_id=message.submission.pk,
                    received_at=message.received_at,
                )
    load_rows([statements, seals, placements])
    set_columns(EquipmentVisit, ["current", "updated_at"], list({row[0]: row for row in updates}.values()))
    return ids


@dataclass
class _Identity:
    """A consignment of the chunk: its id and how many versions it has."""

    pk: int
    versions: int
    is_new: bool


def document_key(message: Message, record: r.Consignment) -> tuple[str, str, str]:
    """(document number, document type, issuer) as they stand in the identity of a consignment."""
    issuer = record.issuer or message.header.issuer or message.header.sender
    return record.document_no[:35], record.document_type.value, issuer[:70]


def _identities(message: Message, keys: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], _Identity]:
    """Find or make the consignments, locked against other messages, with the number of versions each has."""
    wanted = list(dict.fromkeys(keys))
    found = _locked(message, wanted)
    new_keys = [key for key in wanted if key not in found]
    insert_new(
        Consignment,
        ("unit", "document_no", "document_type", "issuer", "call"),
        [
            {
                "ref": uuid7(),
                "unit": message.unit.pk,
                "call": message.call.pk,
                "document_no": number,
                "document_type": kind,
                "issuer": issuer,
                "master_no": "",
                "created_at": message.received_at,
                "updated_at": message.received_at,
            }
            for number, kind, issuer in new_keys
        ],
    )
    found.update(_locked(message, new_keys))
    return found


def _locked(message: Message, keys: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], _Identity]:
    if not keys:
        return {}
    asked = set(keys)
    rows = list(
        Consignment.objects.filter(
            unit=message.unit, call=message.call, document_no__in=[number for number, _kind, _issuer in keys]
        )
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk", "document_no", "document_type", "issuer")
    )
    mine = {(number, kind, issuer): pk for pk, number, kind, issuer in rows if (number, kind, issuer) in asked}
    counts = dict(
        ConsignmentVersion.objects.filter(consignment__in=list(mine.values()))
        .values_list("consignment")
        .annotate(last=Max("number"))
    )
    return {key: _Identity(pk, counts.get(pk, 0), pk not in counts) for key, pk in mine.items()}


def load_consignments(
    *, message: Message, consignments: Sequence[r.Consignment], digests: Sequence[str], on_misfit: Misfits
) -> list[LoadedVersion]:
    """Write one version per record, with goods, parties, loadings and documents."""
    identities = _identities(message, (document_key(message, record) for record in consignments))
    visits = _Visits(message)
    visits.ensure(
        (plain_number(loading.equipment), None, loading.equipment)
        for record in consignments
        for loading in record.loadings
    )
    mentioned: dict[str, Mentioned] = {}
    for record in consignments:
        for party in record.parties:
            key = party_key(party)
            if key and key not in mentioned:
                mentioned[key] = Mentioned(party.name or party.tax_id, party.country, party.tax_id)
    parties = resolve(unit=message.unit, mentioned=mentioned, seen_at=message.received_at)
    writer = _Writer(message, visits, parties, on_misfit)
    loaded = [
        writer.add(record, identities[document_key(message, record)], digest)
        for record, digest in zip(consignments, digests, strict=True)
    ]
    writer.write()
    return loaded


def party_key(party: r.Party) -> str:
    return identity_key(name=party.name, country=party.country, tax_id=party.tax_id)


class _Writer:
    """Collects the rows of consignment versions and writes them together."""

    def __init__(self, message: Message, visits: _Visits, parties: dict[str, int], on_misfit: Misfits) -> None:
        self.message = message
        self.visits = visits
        self.parties = parties
        self._on_misfit = on_misfit
        self._document = ""
        self.versions = Rows(ConsignmentVersion, self._misfit)
        self.items = Rows(GoodsItem, self._misfit)
        self.mentions = Rows(PartyMention, self._misfit)
        self.loadings = Rows(Loading, self._misfit)
        self.documents = Rows(CargoDocument, self._misfit)
        self.updates: dict[int, tuple[Any, ...]] = {}

    def _misfit(self, column: str, value: str) -> None:
        self._on_misfit(self._document, column, value)

    def add(self, record: r.Consignment, identity: _Identity, digest: str) -> LoadedVersion:
        self._document = record.document_no
        identity.versions += 1
        header = self.message.header
        loading_code, loading_name = place(record.loading_place)
        discharge_code, discharge_name = place(record.discharge_place)
        receipt_code, receipt_name = place(record.receipt_place)
        delivery_code, delivery_name = place(record.delivery_place)
        direction = record.direction or header.direction
        version = self.versions.add(
            consignment_id=identity.pk,
            number=identity.versions,
            submission_id=self.message.submission.pk,
            function=header.function.value,
            manifest_number=header.manifest_number,
            digest=digest,
            position=record.position.as_json(),
            line=record.line,
            direction=direction.value if direction else "",
            procedure=record.procedure,
            ucr=record.ucr,
            loading_code=loading_code,
            loading_name=loading_name,
            discharge_code=discharge_code,
            discharge_name=discharge_name,
            receipt_code=receipt_code,
            receipt_name=receipt_name,
            delivery_code=delivery_code,
            delivery_name=delivery_name,
            origin_country=record.origin_country,
            destination_country=record.destination_country,
            gross_kg=record.gross_kg,
            packages=record.packages,
            volume_m3=record.volume_m3,
            value=record.value,
            currency=record.currency,
            freight=record.freight,
            freight_currency=record.freight_currency,
            freight_terms=record.freight_terms,
            received_at=self.message.received_at,
        )
        self._add_goods(version, record)
        self._add_parties(version, record)
        self._add_loadings(version, record)
        for reference in record.references:
            dated = {"source": reference.date.source, "precision": reference.date.precision} if reference.date else {}
            self.documents.add(version_id=version, kind=reference.kind, number=reference.number, dated=dated)
        self.updates[identity.pk] = (identity.pk, version, record.master_no[:35], self.message.received_at)
        return LoadedVersion(version, identity.pk, identity.versions, record)

    def _add_goods(self, version: int, record: r.Consignment) -> None:
        for item in record.items:
            commodity = item.commodity
            self.items.add(
                version_id=version,
                line=item.line,
                description=item.description,
                marks=item.marks,
                packages=item.packages,
                package_code=item.package_code,
                package_text=item.package_text,
                commodity_scheme=commodity.scheme if commodity else "",
                commodity_code=commodity.code if commodity else "",
                commodity_source=commodity.source if commodity else "",
                gross_kg=item.gross_kg,
                net_kg=item.net_kg,
                volume_m3=item.volume_m3,
                value=item.value,
                currency=item.currency,
                origin=item.origin,
                dangerous=[
                    {"un_number": d.un_number, "hazard_class": d.hazard_class, "regime": d.regime}
                    for d in item.dangerous
                ],
            )

    def _add_parties(self, version: int, record: r.Consignment) -> None:
        for party in record.parties:
            self.mentions.add(
                version_id=version,
                party_id=self.parties.get(party_key(party)),
                role=party.role.value,
                name=party.name,
                address=party.address,
                city=party.city,
                postcode=party.postcode,
                country=party.country,
                tax_id=party.tax_id,
                code=party.code,
                contact=party.contact,
            )

    def _add_loadings(self, version: int, record: r.Consignment) -> None:
        """One row per visit: a bill that names a container twice has its parts added up."""
        shares: dict[int, r.Loading] = {}
        for loading in record.loadings:
            if not plain_number(loading.equipment):
                continue
            visit = self.visits.id(loading.equipment)
            before = shares.get(visit)
            shares[visit] = loading if before is None else _together(before, loading)
        for visit, share in shares.items():
            self.loadings.add(version_id=version, visit_id=visit, packages=share.packages, gross_kg=share.gross_kg)

    def write(self) -> None:
        load_rows([self.versions, self.items, self.mentions, self.loadings, self.documents])
        set_columns(Consignment, ["current", "master_no", "updated_at"], list(self.updates.values()))


def _together(one: r.Loading, other: r.Loading) -> r.Loading:
    def total(a: Any, b: Any) -> Any:
        return b if a is None else a if b is None else a + b

    return r.Loading(one.equipment, total(one.packages, other.packages), total(one.gross_kg, other.gross_kg))


def load_withdrawals(*, message: Message, consignments: Sequence[Consignment]) -> None:
    """Write a cancelling version for consignments (locked by the caller) that the message takes back unnamed."""
    counts = dict(
        ConsignmentVersion.objects.filter(consignment__in=consignments)
        .values_list("consignment")
        .annotate(last=Max("number"))
    )
    versions = Rows(ConsignmentVersion)
    updates = []
    for consignment in consignments:
        version = versions.add(
            consignment_id=consignment.pk,
            number=counts.get(consignment.pk, 0) + 1,
            submission_id=message.submission.pk,
            function=r.Function.CANCEL.value,
            manifest_number=message.header.manifest_number,
            received_at=message.received_at,
        )
        updates.append((consignment.pk, version, message.received_at))
    load_rows([versions])
    set_columns(Consignment, ["current", "updated_at"], updates)
