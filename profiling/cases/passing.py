"""The cargo of cases that were passed on: the unit that decides reads it, though it is another's."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from profiling.cases.models import CaseConsignment, CaseVisit


def consignments_passed_to(units: frozenset[int]) -> QuerySet[Any]:
    """Keys of consignments in cases that other units passed on to these."""
    return _passed(CaseConsignment.objects.all(), units).values_list("consignment", flat=True)


def visits_passed_to(units: frozenset[int]) -> QuerySet[Any]:
    """Keys of equipment visits in such cases."""
    return _passed(CaseVisit.objects.all(), units).values_list("visit", flat=True)


def _passed(links: QuerySet[Any], units: frozenset[int]) -> QuerySet[Any]:
    passed = links.filter(case__working_unit__in=units).exclude(case__unit=F("case__working_unit"))
    return passed.exclude(case__unit__in=units)  # cargo of one's own units is read anyway
