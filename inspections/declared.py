"""What the papers put into equipment."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, F

from profiling.cargo.choices import Function
from profiling.cargo.models import EquipmentVisit, Loading


def declared_in(visits: Sequence[EquipmentVisit]) -> dict[int, tuple[int | None, Decimal | None]]:
    """Packages and gross kilograms that the papers, as they stand now, put into each piece of equipment.

    All bills on it count, also those of no case. A bill that says nothing of this equipment alone says it for the whole
    when it has no other; else the sum is not known, and neither is it when one bill of several keeps silent. One query
    for the loadings, one for how many each bill has.
    """
    found = Loading.objects.filter(visit__in=visits, version__consignment__current=F("version"))
    # a master says again what its houses say
    found = found.exclude(version__function=Function.CANCEL).filter(version__consignment__houses=None)
    loadings = list(found.select_related("version"))
    alone = _loaded_once([loading.version_id for loading in loadings])
    sums: dict[int, tuple[list[int | None], list[Decimal | None]]] = {visit.pk: ([], []) for visit in visits}
    for loading in loadings:
        version = loading.version
        whole = version.pk in alone
        packages = loading.packages if loading.packages is not None or not whole else version.packages
        gross_kg = loading.gross_kg if loading.gross_kg is not None or not whole else version.gross_kg
        sums[loading.visit_id][0].append(packages)
        sums[loading.visit_id][1].append(gross_kg)
    return {pk: (_sum(packages), _sum(gross)) for pk, (packages, gross) in sums.items()}


def _loaded_once(versions: Sequence[int]) -> set[int]:
    """Of these versions those with one loading."""
    counted = Loading.objects.filter(version__in=versions).values_list("version").annotate(times=Count("pk"))
    return {version for version, times in counted if times == 1}


def _sum(parts: Sequence[Any]) -> Any:
    return None if not parts or any(part is None for part in parts) else sum(parts)
