"""Indicators about containers, wagons and trailers, and the seals on them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from profiling.formats.records import EquipmentKind, Fill, SealParty
from profiling.indicators.catalogue import Group, ValueType, indicator
from profiling.indicators.definitions.weights import gap_percent
from profiling.indicators.facts import SealEvent, SealFacts, SubjectFacts, VisitFacts
from profiling.indicators.history import WINDOW_MONTHS, Past
from profiling.indicators.sharing import shared
from profiling.parties.core.identity import plain_code
from profiling.reference import iso6346, sizes

# What a weighbridge may be off before its weight differs from the tare (domain page: 5 % or 500 kg).
WEIGHING_TOLERANCE_KG = 500

NONE_FOUND = "–"  # looked for and not there, which is not the same as not known
_NAMED_LENGTH = 60  # a stored code has little more; one number has 35 at most


def seal_numbers(seals: Iterable[SealFacts]) -> frozenset[str]:
    """The seal numbers as compared, without empty ones."""
    return frozenset(filter(None, (plain_code(seal.number) for seal in seals)))


def _named(numbers: Iterable[str]) -> str:
    """The numbers for a sentence, as many as fit, with how many more there are; NONE_FOUND where there is none."""
    told = sorted(numbers)
    if not told:
        return NONE_FOUND
    shown = ", ".join(told)
    at_most = len(told)
    while len(shown) > _NAMED_LENGTH:
        at_most -= 1
        shown = f"{', '.join(told[:at_most])} +{len(told) - at_most}"
    return shown or NONE_FOUND


@shared
def _laden_containers(subject: SubjectFacts) -> list[VisitFacts]:
    """Containers declared full: of one that does not say so nothing is expected."""
    return [visit for visit in subject.containers if visit.fill == Fill.FULL]


@shared
def _unsealed(subject: SubjectFacts) -> list[VisitFacts]:
    """Containers declared full on which no seal is."""
    return [visit for visit in _laden_containers(subject) if not seal_numbers(visit.seals)]


@shared
def _all_seals(subject: SubjectFacts) -> frozenset[str]:
    return seal_numbers(seal for visit in subject.visits for seal in visit.seals)


@indicator(
    label=_("Containers"),
    group=Group.EQUIPMENT,
    type=ValueType.INTEGER,
    missing=_("Never missing."),
    source="Indicators, Equipment",
    needs=("visits.kind",),
)
def container_count(subject: SubjectFacts, past: Past) -> int:
    return len({visit.visit_id for visit in subject.containers})


@indicator(
    label=_("A container number fails its check (form or check digit)"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("No equipment is named."),
    source="Indicators, Equipment: ISO 6346 check digit",
    needs=("visits.kind", "visits.number"),
)
def container_check_digit_wrong(subject: SubjectFacts, past: Past) -> bool | None:
    if not subject.visits:
        return None
    return any(iso6346.check(visit.number).verdict is not iso6346.Verdict.VALID for visit in subject.containers)


@indicator(
    label=_("Equipment with hidden room (reefer, tank, platform, open top)"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("No container with a size and type code."),
    source="Indicators, Equipment: void-rich type (reefer, flat-rack, tank)",
    needs=("visits.kind", "visits.size_type"),
)
def container_void_rich(subject: SubjectFacts, past: Past) -> bool | None:
    groups = {sizes.decode(visit.size_type).group for visit in subject.containers} - {None}
    return not sizes.VOID_RICH.isdisjoint(groups) if groups else None


@indicator(
    label=_("Most other documents sharing one container with this"),
    group=Group.EQUIPMENT,
    type=ValueType.INTEGER,
    missing=_("There is no container."),
    source="Indicators, Weight and value: many bills; Equipment",
    needs=("visits.other_consignments",),
)
def bills_sharing_container(subject: SubjectFacts, past: Past) -> int | None:
    return max((visit.other_consignments for visit in subject.containers), default=None)


@indicator(
    label=_("Heaviest declared gross weight of a container"),
    group=Group.EQUIPMENT,
    type=ValueType.NUMBER,
    unit="kg",
    missing=_("No container has a gross or verified gross weight."),
    source="Indicators, Weight and value: over payload",
    needs=("visits.gross_kg", "visits.vgm_kg"),
)
def container_gross_kg_max(subject: SubjectFacts, past: Past) -> Decimal | None:
    weights = [
        weight for visit in subject.containers for weight in (visit.vgm_kg, visit.gross_kg) if weight is not None
    ]
    return max(weights, default=None)


@indicator(
    label=_("Verified gross mass differs from the declared gross weight by, at most"),
    group=Group.EQUIPMENT,
    type=ValueType.NUMBER,
    unit="%",
    missing=_("No container has both weights."),
    source="Indicators, Weight and value: weighbridge or crane weight differs",
    needs=("visits.vgm_kg", "visits.gross_kg"),
)
def vgm_gap_percent(subject: SubjectFacts, past: Past) -> Decimal | None:
    gaps = (gap_percent(visit.vgm_kg, visit.gross_kg) for visit in subject.containers)
    return max((gap for gap in gaps if gap is not None), default=None)


@indicator(
    label=_("Weighed at a gate or a crane: most kilograms away from what was declared"),
    group=Group.WEIGHT,
    type=ValueType.NUMBER,
    unit="kg",
    missing=_("No equipment was weighed, or nothing says what it should weigh."),
    source="Indicators, Weight and value: weighbridge or crane weight differs",
    needs=("visits.weighed_kg", "visits.gross_kg", "visits.vgm_kg"),
)
def gate_weight_gap_kg(subject: SubjectFacts, past: Past) -> Decimal | None:
    return max((abs(weighed - declared) for weighed, declared in _weighed(subject)), default=None)


@indicator(
    label=_("Weighed at a gate or a crane: most per cent away from what was declared"),
    group=Group.WEIGHT,
    type=ValueType.NUMBER,
    unit="%",
    missing=_("No equipment was weighed, or nothing says what it should weigh."),
    source="Indicators, Weight and value: weighbridge or crane weight differs",
    needs=("visits.weighed_kg", "visits.gross_kg", "visits.vgm_kg"),
)
def gate_weight_gap_percent(subject: SubjectFacts, past: Past) -> Decimal | None:
    gaps = [gap_percent(weighed, declared) for weighed, declared in _weighed(subject)]
    return max((gap for gap in gaps if gap is not None), default=None)


@shared
def _weighed(subject: SubjectFacts) -> list[tuple[Decimal, Decimal]]:
    """(weighed, declared) of equipment of which both are known, each with its tare, in kilograms."""
    pairs = ((v.weighed_kg, v.gross_kg if v.vgm_kg is None else v.vgm_kg) for v in subject.visits)
    return [(weighed, declared) for weighed, declared in pairs if weighed is not None and declared is not None]


@indicator(
    label=_("Declared empty, yet weight or packages are in it"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("No equipment is named, or nothing says what an empty one weighs or carries."),
    source='Indicators, Weight and value: "empty" with weight',
    needs=("visits.fill", "visits.gross_kg", "visits.tare_kg", "visits.loaded_kg", "visits.loaded_packages"),
)
def empty_with_weight(subject: SubjectFacts, past: Past) -> bool | None:
    if not subject.visits:
        return None
    verdicts = [_carries(visit) for visit in subject.visits if visit.fill == Fill.EMPTY]
    if True in verdicts:
        return True
    return None if None in verdicts else False


@indicator(
    label=_("Which equipment is declared empty with weight or packages in it"),
    group=Group.EQUIPMENT,
    type=ValueType.CODE,
    missing=_("No equipment is named, or nothing says what an empty one weighs or carries."),
    source='Indicators, Weight and value: "empty" with weight',
    needs=("visits.number", "visits.fill", "visits.gross_kg", "visits.tare_kg", "visits.loaded_kg"),
)
def empty_equipment_with_weight(subject: SubjectFacts, past: Past) -> str | None:
    if empty_with_weight(subject, past) is None:
        return None
    return _named(visit.number for visit in _empty_with_weight(subject))


@indicator(
    label=_("Most weight in one piece of equipment declared empty"),
    group=Group.EQUIPMENT,
    type=ValueType.NUMBER,
    unit="kg",
    missing=_("Nothing declared empty has a weight in it that is known."),
    source='Indicators, Weight and value: "empty" with weight',
    needs=("visits.fill", "visits.gross_kg", "visits.tare_kg", "visits.loaded_kg"),
)
def empty_equipment_kg(subject: SubjectFacts, past: Past) -> Decimal | None:
    weights = (visit.loaded_kg or _above_tare(visit) or Decimal(0) for visit in _empty_with_weight(subject))
    return max((weight for weight in weights if weight > 0), default=None)


@shared
def _empty_with_weight(subject: SubjectFacts) -> list[VisitFacts]:
    return [visit for visit in subject.visits if visit.fill == Fill.EMPTY and _carries(visit)]


def _carries(visit: VisitFacts) -> bool | None:
    if (visit.loaded_kg or 0) > 0 or (visit.loaded_packages or 0) > 0:
        return True
    above = _above_tare(visit)
    return None if above is None else above > WEIGHING_TOLERANCE_KG


def _above_tare(visit: VisitFacts) -> Decimal | None:
    weighed = visit.vgm_kg if visit.vgm_kg is not None else visit.gross_kg
    return None if weighed is None or visit.tare_kg is None else weighed - visit.tare_kg


@indicator(
    label=_("A full container without a seal"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("No equipment is named, or a container is declared neither full nor empty."),
    source="Indicators, Equipment: shipper's seal where customs' is due",
    needs=("visits.fill", "visits.seals"),
)
def seal_missing_on_full(subject: SubjectFacts, past: Past) -> bool | None:
    if not subject.visits:
        return None
    if _unsealed(subject):
        return True
    return None if any(visit.fill is None for visit in subject.containers) else False


@indicator(
    label=_("Which full containers have no seal"),
    group=Group.EQUIPMENT,
    type=ValueType.CODE,
    missing=_("None is known to be without, and no equipment is named or a container does not say whether it is full."),
    source="Indicators, Equipment: shipper's seal where customs' is due",
    needs=("visits.number", "visits.fill", "visits.seals"),
)
def unsealed_containers(subject: SubjectFacts, past: Past) -> str | None:
    if seal_missing_on_full(subject, past) is None:
        return None
    return _named(visit.number for visit in _unsealed(subject))


@indicator(
    label=_("A sealed full container without a customs seal"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("No full container has a seal of which it is known who affixed it."),
    source="Indicators, Equipment: shipper's seal where customs' is due",
    needs=("visits.fill", "visits.seals.party"),
)
def customs_seal_absent(subject: SubjectFacts, past: Past) -> bool | None:
    affixed_by = [{seal.party for seal in visit.seals} for visit in _laden_containers(subject)]
    known = [parties for parties in affixed_by if parties - {SealParty.UNKNOWN}]
    if any(SealParty.CUSTOMS not in parties and SealParty.UNKNOWN not in parties for parties in known):
        return True
    return False if any(SealParty.CUSTOMS in parties for parties in known) else None


@indicator(
    label=_("A seal number was on other equipment before"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("There is no seal, or none was found and the unit keeps records for less than 24 months."),
    source="Indicators, Equipment: seal number seen before",
    needs=("visits.seals.number", "past.seals_elsewhere"),
    months=WINDOW_MONTHS,
)
def seal_seen_before(subject: SubjectFacts, past: Past) -> bool | None:
    numbers = _all_seals(subject)
    if not numbers:
        return None
    seen = past.first_time(sum(past.seals_elsewhere.get(number, 0) for number in numbers))
    return None if seen is None else not seen


@indicator(
    label=_("Which seal numbers were on other equipment before"),
    group=Group.EQUIPMENT,
    type=ValueType.CODE,
    missing=_("There is no seal, or none was found and the unit keeps records for less than 24 months."),
    source="Indicators, Equipment: seal number seen before",
    needs=("visits.seals.number", "past.seals_elsewhere"),
    months=WINDOW_MONTHS,
)
def seals_seen_before(subject: SubjectFacts, past: Past) -> str | None:
    if seal_seen_before(subject, past) is None:
        return None
    return _named(number for number in _all_seals(subject) if past.seals_elsewhere.get(number, 0))


@indicator(
    label=_("Seals read on arrival are not those of the documents"),
    group=Group.EQUIPMENT,
    type=ValueType.BOOLEAN,
    missing=_("No equipment has both declared seals and seals read on arrival."),
    source="Indicators, Equipment: seal differs between documents and arrival",
    needs=("visits.seals.number", "visits.seals.event"),
)
def seal_changed(subject: SubjectFacts, past: Past) -> bool | None:
    compared = [
        declared != read
        for visit in subject.visits
        if (read := _read_at(visit, SealEvent.ARRIVAL)) and (declared := _read_at(visit, SealEvent.DECLARED))
    ]
    return any(compared) if compared else None


def _read_at(visit: VisitFacts, event: SealEvent) -> frozenset[str]:
    return seal_numbers(seal for seal in visit.seals if seal.event == event)


@indicator(
    label=_("Wagons"),
    group=Group.EQUIPMENT,
    type=ValueType.INTEGER,
    missing=_("Never missing."),
    source="Indicators, Equipment",
    needs=("visits.kind",),
)
def wagon_count(subject: SubjectFacts, past: Past) -> int:
    return len({visit.visit_id for visit in subject.visits if visit.kind == EquipmentKind.WAGON})
