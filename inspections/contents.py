"""Which consignments a find or a seizure in a piece of equipment may belong to."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, QuerySet

from inspections.models import Inspection, InspectionLine
from profiling.cargo.models import Consignment, Loading


def of_case(inspection: Inspection) -> QuerySet[Consignment]:
    rows: QuerySet[Consignment] = Consignment.objects.filter(case_links__case=inspection.case_id)
    return rows.order_by("pk")


def possible(line: InspectionLine) -> QuerySet[Consignment]:
    """The consignments of the case, and what else the papers, as they stand now, put into the equipment."""
    in_it = Consignment.objects.filter(current__loadings__visit=line.visit_id)
    return (of_case(line.inspection) | in_it).distinct().order_by("pk")


def possible_by_line(inspection: Inspection, lines: Sequence[InspectionLine]) -> dict[int, list[Consignment]]:
    """The same for many lines of an act, by their keys: two queries."""
    everywhere = list(of_case(inspection))
    in_them = Consignment.objects.filter(current__loadings__visit__in=[line.visit_id for line in lines])
    loaded: dict[int, list[Consignment]] = {}
    for consignment in in_them.annotate(in_visit=F("current__loadings__visit")).order_by("pk"):
        loaded.setdefault(consignment.in_visit, []).append(consignment)
    return {
        line.pk: list({one.pk: one for one in (*everywhere, *loaded.get(line.visit_id, ()))}.values()) for line in lines
    }


def likely(line: InspectionLine) -> QuerySet[Consignment]:
    """Those of the case that any of their papers put into the equipment, or all of the case where none does."""
    inside = of_case(line.inspection).filter(pk__in=_ever_in(line))
    return inside if inside.exists() else of_case(line.inspection)


def may_hold(line: InspectionLine, consignment: Consignment) -> bool:
    """Whether goods found in the equipment may be of a consignment: of the case, or in it by any of its papers."""
    if of_case(line.inspection).filter(pk=consignment.pk).exists():
        return True
    return _ever_in(line).filter(version__consignment=consignment).exists()


def _ever_in(line: InspectionLine) -> QuerySet[Loading, int]:
    return Loading.objects.filter(visit=line.visit_id).values_list("version__consignment", flat=True)
