"""Consignments of a message made into rows, a chunk at a time: identities found or inserted, versions appended.

Called inside the transaction of a leased job, after the equipment that the bills name (`visits`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from pcu.among import Among
from pcu.ids import uuid7
from pcu.rows import Rows, insert_new, load_rows, set_columns
from profiling.cargo.calls import place
from profiling.cargo.models import (
    CargoDocument,
    Consignment,
    ConsignmentVersion,
    GoodsItem,
    Loading,
    PartyMention,
)
from profiling.cargo.visits import Message, Misfits, Visits, plain_number
from profiling.formats import records as r
from profiling.parties.core.contacts import contact_keys
from profiling.parties.core.identity import identity_key
from profiling.parties.services import Mentioned, note_contacts, resolve, seen_earlier


@dataclass(frozen=True, slots=True)
class LoadedVersion:
    """A consignment version just written.

    overtaken: it is not the current one: a message that came later had its say already, or it is_foreign: cancels
    what stands as another sender's word.
    """

    version_id: int
    consignment_id: int
    number: int
    record: r.Consignment
    overtaken: bool = False
    is_foreign: bool = False


@dataclass
class _Identity:
    """A consignment of the chunk: its id, how many versions it has, and when its current one was received.

    is_foreign: the message cancels it, and what stands is not the word of its sender, a client system.
    reserved: the id that its first version is to have, where it was made just now and names that one as current.
    """

    pk: int
    versions: int
    current_at: datetime | None
    is_foreign: bool = False
    reserved: int | None = None


def document_key(message: Message, record: r.Consignment) -> tuple[str, str, str]:
    """(document number, document type, issuer) as they stand in the identity of a consignment."""
    issuer = record.issuer or message.header.issuer or message.header.sender
    return record.document_no[:35], record.document_type.value, issuer[:70]


def _identities(
    message: Message, consignments: Iterable[r.Consignment], versions: Rows
) -> dict[tuple[str, str, str], _Identity]:
    """Find or make the consignments, locked against other messages, with the number of versions each has.

    What is made names its first version at once: an update of every row would write it, and all its index entries,
    twice. Nobody else sees it before this transaction ends.
    """
    wanted: dict[tuple[str, str, str], r.Consignment] = {}
    for record in consignments:
        wanted.setdefault(document_key(message, record), record)
    found = _locked(message, list(wanted))
    now = timezone.now()
    reserved = {key: versions.new_id() for key in wanted if key not in found}
    made = insert_new(
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
                "master_no": wanted[number, kind, issuer].master_no[:35],
                "current": version,
                "created_at": message.received_at,
                "updated_at": now,
            }
            for (number, kind, issuer), version in reserved.items()
        ],
    )
    for (_unit, number, kind, issuer, _call), pk in made.items():
        found[number, kind, issuer] = _Identity(pk, 0, None, reserved=reserved[number, kind, issuer])
    found.update(_locked(message, [key for key in reserved if key not in found]))
    if message.header.function.withdraws and message.submission.sender.is_client:
        _mark_foreign(message, found.values())
    return found


def _mark_foreign(message: Message, identities: Iterable[_Identity]) -> None:
    """Numbers of other senders' documents can be known or guessed: a client system takes back only its own word."""
    known = {identity.pk: identity for identity in identities if identity.versions}
    own = Consignment.objects.filter(pk__in=known, current__submission__sender=message.submission.sender)
    for pk in known.keys() - set(own.values_list("pk", flat=True)):
        known[pk].is_foreign = True


def _locked(message: Message, keys: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], _Identity]:
    if not keys:
        return {}
    asked = set(keys)
    rows = list(
        Consignment.objects.filter(
            Among("document_no", {number for number, _kind, _issuer in keys}, array="text"),
            unit=message.unit,
            call=message.call,
        )
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk", "document_no", "document_type", "issuer", "current__received_at")
    )
    mine = {tuple(key): (pk, current_at) for pk, *key, current_at in rows if tuple(key) in asked}
    counts = dict(
        ConsignmentVersion.objects.filter(consignment__in=[pk for pk, _at in mine.values()])
        .values_list("consignment")
        .annotate(last=Max("number"))
    )
    return {key: _Identity(pk, counts.get(pk, 0), current_at) for key, (pk, current_at) in mine.items()}


def known_documents(message: Message, consignments: Sequence[r.Consignment]) -> set[tuple[str, str, str]]:
    """Which of these documents were announced on this call before."""
    return set(_locked(message, [document_key(message, record) for record in consignments]))


def resolve_parties(*, message: Message, consignments: Iterable[r.Consignment]) -> dict[str, int]:
    """Party key to party id for all that the bills mention; parties not known yet are made.

    Committed before the bills are loaded, it keeps two chunks that name the same new firm from waiting for each other.
    """
    mentioned: dict[str, Mentioned] = {}
    for record in consignments:
        for party in record.parties:
            key = party_key(party)
            if key and key not in mentioned:
                mentioned[key] = Mentioned(party.name or party.tax_id, party.country, party.tax_id)
    return resolve(unit=message.unit, mentioned=mentioned, seen_at=message.received_at)


def load_consignments(
    *, message: Message, consignments: Sequence[r.Consignment], digests: Sequence[str], on_misfit: Misfits
) -> list[LoadedVersion]:
    """Write one version per record, with goods, parties, loadings and documents."""
    parties = resolve_parties(message=message, consignments=consignments)
    if message.submission.is_history:
        seen_earlier(party_ids=parties.values(), seen_at=message.received_at)
    writer = _Writer(message, parties, on_misfit)
    identities = _identities(message, consignments, writer.versions)
    writer.visits.ensure(
        (plain_number(loading.equipment), None, loading.equipment)
        for record in consignments
        for loading in record.loadings
    )
    loaded = [
        writer.add(record, identities[document_key(message, record)], digest)
        for record, digest in zip(consignments, digests, strict=True)
    ]
    writer.write()
    _note_contacts(message, consignments, parties)
    return loaded


def _note_contacts(message: Message, consignments: Iterable[r.Consignment], parties: Mapping[str, int]) -> None:
    """A cancelling message names its parties, but is no word of theirs."""
    if message.header.function.withdraws:
        return
    given = (
        (pk, key)
        for record in consignments
        for party in record.parties
        if party.contact and (pk := parties.get(party_key(party))) is not None
        for key in contact_keys(party.contact)
    )
    note_contacts(unit=message.unit, given=given, seen_at=message.received_at)


def party_key(party: r.Party) -> str:
    return identity_key(name=party.name, country=party.country, tax_id=party.tax_id)


class _Writer:
    """Collects the rows of consignment versions and writes them together."""

    def __init__(self, message: Message, parties: Mapping[str, int], on_misfit: Misfits) -> None:
        self.message = message
        self.visits = Visits(message)
        self.parties = parties
        self._on_misfit = on_misfit
        self._document = ""
        self.versions = Rows(ConsignmentVersion, self._misfit)
        self.items = Rows(GoodsItem, self._misfit)
        self.mentions = Rows(PartyMention, self._misfit)
        self.loadings = Rows(Loading, self._misfit)
        self.documents = Rows(CargoDocument, self._misfit)
        self.updates: dict[int, tuple[Any, ...]] = {}
        self.now = timezone.now()  # of the change: the message may have come long before

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
            identity.reserved,
            consignment_id=identity.pk,
            number=identity.versions,
            submission_id=self.message.submission.pk,
            # A version that is taken back says so alike, whether all of a manifest was cancelled or one bill deleted.
            function=(r.Function.CANCEL if header.function.withdraws else header.function).value,
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
        overtaken = identity.current_at is not None and identity.current_at > self.message.received_at
        overtaken |= identity.is_foreign
        if identity.reserved is None and not overtaken:
            self.updates[identity.pk] = (identity.pk, version, record.master_no[:35], self.now)
        identity.reserved = None
        return LoadedVersion(version, identity.pk, identity.versions, record, overtaken, identity.is_foreign)

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
                other_codes=[
                    {"scheme": each.scheme, "code": each.code, "source": each.source} for each in item.other_codes
                ],
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
                received_at=self.message.received_at,
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
    now = timezone.now()
    for consignment in consignments:
        version = versions.add(
            consignment_id=consignment.pk,
            number=counts.get(consignment.pk, 0) + 1,
            submission_id=message.submission.pk,
            function=r.Function.CANCEL.value,
            manifest_number=message.header.manifest_number,
            received_at=message.received_at,
        )
        updates.append((consignment.pk, version, now))
    load_rows([versions])
    set_columns(Consignment, ["current", "updated_at"], updates)
