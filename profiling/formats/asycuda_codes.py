"""Code lists of ASYCUDA World manifests, which every country sets for itself (configuration tables of the system)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from profiling.formats.cuscar_equipment import SEAL_PARTIES as EDIFACT_PARTIES
from profiling.formats.records import DocumentType, Fill, PartyRole, SealParty

# Empty_Full of a container, by the country of the customs office. Less than a container load is full here: what
# matters is whether goods are in it.
_USUAL: Final = {"FCL": Fill.FULL, "LCL": Fill.FULL, "EMP": Fill.EMPTY}
_WITH_ETY: Final = {"FCL": Fill.FULL, "LCL": Fill.FULL, "ETY": Fill.EMPTY}
_PACIFIC: Final = {"FS": Fill.FULL, "FM": Fill.FULL, "MT": Fill.EMPTY}
FILLS_OF: Final[Mapping[str, Mapping[str, Fill]]] = {
    "LK": {"01": Fill.FULL, "02": Fill.FULL, "00": Fill.EMPTY},
    "MG": {"1/1": Fill.FULL, "PTI": Fill.FULL, "0/0": Fill.EMPTY},
    **dict.fromkeys(("FJ", "VU"), _PACIFIC),
    **dict.fromkeys(("BD", "CK", "KI", "NR", "NU", "TO", "TV"), _WITH_ETY),
}
# Elsewhere, and where a country departs from its own table: the words that mean one thing wherever they are used.
USUAL_FILLS: Final[Mapping[str, Fill]] = MappingProxyType(
    {**_USUAL, **_WITH_ETY, **_PACIFIC, "PTI": Fill.FULL, "1/1": Fill.FULL, "0/0": Fill.EMPTY, "EMPTY": Fill.EMPTY}
    | {"FULL": Fill.FULL, "F": Fill.FULL, "E": Fill.EMPTY}
)

# Bol_type_code. Those that are not here are told of, and the bill is taken for what the mode of transport says.
BOL_TYPES: Final = {
    **dict.fromkeys(("BOL", "BL", "B/L", "STR"), DocumentType.BILL),
    **dict.fromkeys(("MSB", "MBL", "MST", "MAB"), DocumentType.MASTER_BILL),
    **dict.fromkeys(("HSB", "HBL", "HOB"), DocumentType.HOUSE_BILL),
    **dict.fromkeys(("SWB", "WB"), DocumentType.SEA_WAYBILL),
    **dict.fromkeys(("AWB", "MWB", "HWB", "MAWB", "HAWB"), DocumentType.AIR_WAYBILL),
    **dict.fromkeys(("CMR", "RDW"), DocumentType.CMR),
    **dict.fromkeys(("SMGS", "RWB"), DocumentType.SMGS),
    "CIM": DocumentType.CIM,
    "TIR": DocumentType.TIR,
}

# Sealing_Party is three letters here; some write those of UN/EDIFACT 9303.
SEALING_PARTIES: Final = {
    "CAR": SealParty.CARRIER,
    "SHP": SealParty.SHIPPER,
    "SHI": SealParty.SHIPPER,
    "EXP": SealParty.SHIPPER,
    "CUS": SealParty.CUSTOMS,
    "CON": SealParty.CONSOLIDATOR,
    "TER": SealParty.TERMINAL,
    **EDIFACT_PARTIES,
}

# The elements of Traders_segment, in the order in which the parties of a bill are given.
TRADERS: Final = {
    "exporter": PartyRole.SHIPPER,
    "consignee": PartyRole.CONSIGNEE,
    "notify": PartyRole.NOTIFY,
    "carrier": PartyRole.CARRIER,
    "shipping_agent": PartyRole.AGENT,
}

PAYMENT: Final = {"P": "prepaid", "C": "collect", "PP": "prepaid", "CC": "collect"}  # PC_indicator


def fills(countries: Iterable[str]) -> Mapping[str, Fill]:
    """The table of the first of these countries (ISO 3166-1 alpha-2) that has its own, over the usual words."""
    for country in countries:
        if country in FILLS_OF:
            return {**USUAL_FILLS, **FILLS_OF[country]}
    return USUAL_FILLS
