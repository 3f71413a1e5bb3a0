"""The facts of one subject, as the indicators read them: a consignment version, or a visit without a bill.

Plain frozen records without a database behind them, so that an indicator can be tested and replayed anywhere.
Weights in kilograms, volume in cubic metres, money as Decimal beside its currency, codes as text ("" when
unknown), counts and quantities None when unknown. Words for roles, kinds and parties are those of
`profiling.formats.records`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Final

from profiling.documents.core.differences import Summary
from profiling.formats.records import (
    Direction,
    DocumentType,
    EquipmentKind,
    Fill,
    Mode,
    PartyRole,
    SealParty,
)
from profiling.indicators.sharing import shared


class SubjectKind(StrEnum):
    """What is assessed: one version of a consignment, or one visit of equipment that no bill names."""

    CONSIGNMENT = "consignment"
    VISIT = "visit"


class SealEvent(StrEnum):
    """On what occasion a seal number was read."""

    DECLARED = "declared"
    ARRIVAL = "arrival"
    DEPARTURE = "departure"


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """One party as the paper names it. party_id: the resolved party, None while unresolved."""

    role: PartyRole
    name: str = ""
    party_id: int | None = None
    address: str = ""
    country: str = ""
    tax_id: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One line of goods. hs_scheme: "HS", "TNVED", "GNG" or "ETSNG"; only the first three follow the HS."""

    line: int
    description: str = ""
    hs_code: str = ""
    hs_scheme: str = ""
    packages: int | None = None
    gross_kg: Decimal | None = None
    net_kg: Decimal | None = None
    value: Decimal | None = None
    currency: str = ""
    origin: str = ""
    un_numbers: tuple[str, ...] = ()
    package_code: str = ""


@dataclass(frozen=True, slots=True)
class SealFacts:
    number: str
    party: SealParty = SealParty.UNKNOWN
    event: SealEvent = SealEvent.DECLARED


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One piece of equipment carrying the subject, in this visit only.

    loaded_packages and loaded_kg are this consignment's share in it; other_consignments counts the other
    documents that name the same visit. weighed_kg: what a gate, a crane or a scale last told of it, with its tare.
    stowed_un: UN numbers of dangerous goods in it, as a stowage plan last told.
    """

    visit_id: int
    kind: EquipmentKind
    number: str
    size_type: str = ""
    fill: Fill | None = None
    tare_kg: Decimal | None = None
    gross_kg: Decimal | None = None
    vgm_kg: Decimal | None = None
    loaded_packages: int | None = None
    loaded_kg: Decimal | None = None
    other_consignments: int = 0
    seals: tuple[SealFacts, ...] = ()
    weighed_kg: Decimal | None = None
    stowed_un: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What the loaded code lists say of a subject's codes.

    unknown_*: codes that stand in no list, None where the list is not loaded or no code was sent. other_editions: HS
    subheadings that only another edition than the one at hand has. usd: what one unit of the currency of the value was
    worth in US dollars on the day of the message, None where no rate tells.
    """

    unknown_places: tuple[str, ...] | None = None
    unknown_packages: tuple[str, ...] | None = None
    unknown_owners: tuple[str, ...] | None = None
    other_editions: frozenset[str] = frozenset()
    usd: Decimal | None = None


NOTHING_LISTED: Final = CodeFacts()


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """All that is known about one subject from the message that brought it.

    key: name of the subject, e.g. "version:1932" or "visit:77"; `History` is keyed by it.
    received_at: aware; the moment no later fact may be read past. zone: the unit's, for calendar dates.
    prior_versions: how many versions of this consignment came before. eta_is_day: no hour was told, `eta` is the
    start of the day. Places are codes as sent. papers: how the documents beside it disagree, None where there are none.
    announced_containers: how many a report of the call counts; told_containers: how many are told of on it by now.
    """

    key: str
    kind: SubjectKind
    unit_code: str
    received_at: datetime
    zone: tzinfo = UTC
    mode: Mode | None = None
    direction: Direction | None = None
    procedure: str = ""
    document_type: DocumentType | None = None
    document_no: str = ""
    version_number: int = 1
    prior_versions: int = 0
    eta: datetime | None = None
    eta_is_day: bool = False
    etd: datetime | None = None
    loading_place: str = ""
    discharge_place: str = ""
    receipt_place: str = ""
    delivery_place: str = ""
    origin_country: str = ""
    destination_country: str = ""
    gross_kg: Decimal | None = None
    packages: int | None = None
    volume_m3: Decimal | None = None
    value: Decimal | None = None
    currency: str = ""
    freight: Decimal | None = None
    freight_currency: str = ""
    freight_terms: str = ""
    parties: tuple[PartyFacts, ...] = ()
    items: tuple[ItemFacts, ...] = ()
    visits: tuple[VisitFacts, ...] = ()
    papers: Summary | None = None
    codes: CodeFacts = NOTHING_LISTED
    announced_containers: int | None = None
    told_containers: int | None = None

    def party(self, role: PartyRole) -> PartyFacts | None:
        """The first party in a role; a document that names several consignees is judged by its first."""
        return _by_role(self).get(role)

    @property
    def containers(self) -> tuple[VisitFacts, ...]:
        return _containers(self)

    @property
    def is_consignment(self) -> bool:
        return self.kind == SubjectKind.CONSIGNMENT


@shared
def _by_role(subject: SubjectFacts) -> dict[PartyRole, PartyFacts]:
    return {party.role: party for party in reversed(subject.parties)}


@shared
def _containers(subject: SubjectFacts) -> tuple[VisitFacts, ...]:
    return tuple(visit for visit in subject.visits if visit.kind == EquipmentKind.CONTAINER)
