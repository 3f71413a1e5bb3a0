"""Subjects for the tests of indicators: one plain consignment, to be changed field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from profiling.formats.records import Direction, DocumentType, EquipmentKind, Fill, Mode, PartyRole, SealParty
from profiling.indicators.facts import (
    ItemFacts,
    PartyFacts,
    SealFacts,
    SubjectFacts,
    SubjectKind,
    VisitFacts,
)
from profiling.indicators.history import Past

RECEIVED = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
ALMATY = ZoneInfo("Asia/Almaty")

SHIPPER = PartyFacts(PartyRole.SHIPPER, "Yiwu Qianhe Import & Export Co., Ltd.", 11, country="CN")
CONSIGNEE = PartyFacts(PartyRole.CONSIGNEE, "ТОО «Степь Трейд»", 12, country="KZ", tax_id="120340001234")
NOTIFY = PartyFacts(PartyRole.NOTIFY, "ТОО «Степь Трейд»", 12, country="KZ")
LINEN = ItemFacts(
    1,
    "Bed linen of polyester, printed",
    "630232",
    "HS",
    packages=800,
    gross_kg=Decimal("18400"),
    net_kg=Decimal("17500"),
    origin="CN",
)
BOX = VisitFacts(
    31,
    EquipmentKind.CONTAINER,
    "CSQU3054383",
    size_type="45G1",
    fill=Fill.FULL,
    tare_kg=Decimal("3820"),
    gross_kg=Decimal("22220"),
    loaded_packages=800,
    loaded_kg=Decimal("18400"),
    seals=(SealFacts("CN 7730412", SealParty.CUSTOMS),),
)


def plain_consignment(**changes: Any) -> SubjectFacts:
    """One 40-foot box of bed linen by rail, complete and in order."""
    plain = SubjectFacts(
        key="consignment:1",
        kind=SubjectKind.CONSIGNMENT,
        unit_code="ALT",
        received_at=RECEIVED,
        zone=ALMATY,
        mode=Mode.RAIL,
        direction=Direction.IMPORT,
        document_type=DocumentType.SMGS,
        document_no="30518264",
        eta=RECEIVED + timedelta(hours=26),
        loading_place="CNXIA",
        discharge_place="KZALA",
        origin_country="CN",
        destination_country="KZ",
        gross_kg=Decimal("18400"),
        packages=800,
        volume_m3=Decimal("64"),
        value=Decimal("70000"),
        currency="USD",
        freight=Decimal("5600"),
        freight_currency="USD",
        parties=(SHIPPER, CONSIGNEE, NOTIFY),
        items=(LINEN,),
        visits=(BOX,),
    )
    return replace(plain, **changes)


def visit_alone(visit: VisitFacts) -> SubjectFacts:
    """Equipment that no bill names."""
    return SubjectFacts(
        key=f"visit:{visit.visit_id}",
        kind=SubjectKind.VISIT,
        unit_code="ALT",
        received_at=RECEIVED,
        visits=(visit,),
    )


def past(*, years: int = 3, **known: Any) -> Past:
    """What a unit knew that has kept records for so many years."""
    return Past(moment=RECEIVED, history_start=RECEIVED.replace(year=RECEIVED.year - years), **known)
