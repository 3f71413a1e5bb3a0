"""One EQD group of CUSCAR into an Equipment: measures, seals, temperature (group 2 of D.95B)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from profiling.formats import limits
from profiling.formats.edifact import Segment
from profiling.formats.findings import Findings
from profiling.formats.quantities import KILOGRAMS, THOUSANDTH, in_unit, number
from profiling.formats.records import Equipment, EquipmentKind, Fill, Problem, Seal, SealParty, Span

KINDS: Final = {  # UN/EDIFACT 8053
    "CN": EquipmentKind.CONTAINER,
    "RR": EquipmentKind.WAGON,
    "TE": EquipmentKind.TRAILER,
    "SW": EquipmentKind.SWAP_BODY,
    "CH": EquipmentKind.CHASSIS,
    "BB": EquipmentKind.BREAK_BULK,
    "BL": EquipmentKind.BREAK_BULK,
}
SEAL_PARTIES: Final = {  # UN/EDIFACT 9303
    "CA": SealParty.CARRIER,
    "SH": SealParty.SHIPPER,
    "CU": SealParty.CUSTOMS,
    "AA": SealParty.CONSOLIDATOR,
    "AC": SealParty.QUARANTINE,
    "TO": SealParty.TERMINAL,
}
_SIZE_UNKNOWN: Final = "9999"
_FULL: Final = {"4": Fill.EMPTY, "5": Fill.FULL}
_MEASURES: Final = {"T": "tare_kg", "G": "gross_kg", "VGM": "vgm_kg"}


def number_of(text: str) -> str:
    """An equipment number as it is compared inside a message: no blanks, capitals."""
    return text.upper() if text.isalnum() else "".join(text.split()).upper()


def equipment(group: list[Segment], span: Span) -> tuple[Equipment | None, list[Problem]]:
    """The equipment of one group that starts with EQD, or None where it has no usable number."""
    eqd, found = group[0], Findings()
    numbered = number_of(eqd.at(2))
    if not numbered:
        found.refuse("equipment_number_missing", eqd, "equipment.number")
    elif len(numbered) > limits.EQUIPMENT_NO:
        found.refuse(
            "equipment_number_too_long",
            eqd,
            "equipment.number",
            numbered,
            limit=limits.EQUIPMENT_NO,
        )
    kind = KINDS.get(eqd.at(1).upper())
    if kind is None:
        kind = EquipmentKind.CONTAINER
        if eqd.at(1):
            found.warn("code_unknown", eqd, "equipment.kind", eqd.at(1), code=eqd.at(1)[:40])
    size_type = eqd.at(3).upper()
    weights: dict[str, Decimal | None] = {}
    temperature: Decimal | None = None
    seals: list[Seal] = []
    for segment in group:
        tag = segment.tag
        if segment.fault:
            found.warn(segment.fault, segment, tag, segment.at(1))
        if tag == "MEA":
            _measure(segment, weights, found)
        elif tag == "SEL" and (seal := segment.at(1)):
            party = SEAL_PARTIES.get(segment.at(2).upper(), SealParty.UNKNOWN)
            seals.append(Seal(found.text(seal, limits.SEAL_NO, segment, "equipment.seals"), party))
        elif tag == "TMP":
            temperature = _temperature(segment, found)
    problems = found.named("")
    if found.refused:
        return None, problems
    record = Equipment(
        position=eqd.position,
        span=span,
        number=numbered,
        kind=kind,
        size_type="" if size_type == _SIZE_UNKNOWN else size_type[: limits.CODE],
        fill=_FULL.get(eqd.at(6)),
        seals=tuple(dict.fromkeys(seals)) if len(seals) > 1 else tuple(seals),
        tare_kg=weights.get("tare_kg"),
        gross_kg=weights.get("gross_kg"),
        vgm_kg=weights.get("vgm_kg"),
        temperature_c=temperature,
    )
    return record, problems


def _measure(mea: Segment, weights: dict[str, Decimal | None], found: Findings) -> None:
    made = mea.made
    if made is not None and made[0] is _measure:  # other readers make something else of the same words
        weights[made[1]] = made[2]
        return
    # The verified gross mass is written MEA+VGM++KGM:n by some, a plain MEA+WT++KGM:n is the gross weight.
    attribute = mea.at(2).upper() or ("VGM" if mea.at(1).upper() == "VGM" else "G")
    name = _MEASURES.get(attribute)
    if name is None:
        return
    amount = in_unit(mea.at(3, 2), mea.at(3), KILOGRAMS)
    if amount.wrong:
        found.amount(amount, mea, f"equipment.{name}", mea.at(3, 2))
    if amount.value is not None:
        weights[name] = amount.value
        mea.made = (_measure, name, amount.value)


def _temperature(tmp: Segment, found: Findings) -> Decimal | None:
    """Degrees Celsius: TMP+2+-003:CEL, or :FAH."""
    text, unit = tmp.at(2), tmp.at(2, 2).upper()
    below = text.startswith("-")
    amount = number(text.lstrip("+-"))
    value = found.amount(amount, tmp, "equipment.temperature_c", text)
    if value is None:
        return None
    value = -value if below else value
    if unit in ("FAH", "F"):
        return ((value - 32) * 5 / 9).quantize(THOUSANDTH)
    if unit not in ("", "CEL", "C"):
        found.warn("unit_unknown", tmp, "equipment.temperature_c", unit, unit=unit[:40])
        return None
    return value
