"""Pages of consignments: the list of the chosen unit, and all that is known of one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from pcu.desk import paging
from pcu.desk.units import current_unit
from profiling.cargo.models import Consignment
from profiling.cases.models import Case
from profiling.rules.filters import AssessedConsignmentFilterSet
from profiling.rules.models import Assessment
from profiling.web.cargo_parts import last_told, version_parts, versions_of
from profiling.web.consignment_rows import consignment_rows
from profiling.web.lists import list_page
from profiling.web.papers_panel import papers_of
from profiling.web.why import with_fired_rules, without_repeats

LIST_SIZE = 50
HOUSES_SHOWN = 50
ASSESSMENTS_SHOWN = 20
LAST_CHANGED_FIRST = paging.by("updated_at", descending=True)


@require_safe
def consignment_list(request: HttpRequest) -> HttpResponse:
    """The chosen unit's consignments, last changed first."""
    unit = current_unit(request)
    visible = Consignment.objects.visible_to(request.user)
    of_unit = visible.of_unit(unit) if unit else visible.none()

    def fill(rows: Sequence[Consignment]) -> dict[str, Any]:
        return {"rows": consignment_rows(rows, request.user)}

    return list_page(
        request,
        "profiling/consignments.html",
        AssessedConsignmentFilterSet(
            request.GET, queryset=of_unit.select_related("call", "current"), request=request, unit=unit
        ),
        order=LAST_CHANGED_FIRST,
        size=LIST_SIZE,
        context={"fill": fill, "unit": unit},
    )


@require_safe
def consignment(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """All of one consignment, whether or not a case was opened."""
    found = get_object_or_404(
        Consignment.objects.visible_to(request.user).select_related("unit", "call", "current__submission", "master"),
        ref=ref,
    )
    assessments = (
        Assessment.objects.visible_to(request.user)
        .filter(version__consignment=found)
        .select_related("version", "release", "recommended_lane")
        .order_by("-pk")[:ASSESSMENTS_SHOWN]
    )
    told = last_told([found]).get(found.pk, found.current)
    context = {
        "consignment": found,
        "unit": found.unit,
        # seen through a case that was passed on: parties, manifests and wagons stay with the unit that owns them
        "is_shared": not scope_of(request.user).allows(Capability.READ, found.unit_id),
        "call": found.call,
        "houses": Consignment.objects.visible_to(request.user).filter(master=found).order_by("pk")[:HOUSES_SHOWN],
        "versions": versions_of(found),
        "assessments": without_repeats(with_fired_rules(assessments)),
        "cases": list(
            Case.objects.visible_to(request.user)
            .filter(consignments=found)
            .select_related("recommended_lane", "decided_lane")
            .order_by("-pk")
        ),
        **(version_parts(told) if told else {}),
        "papers": papers_of([found], request.user),
    }
    return render(request, "profiling/consignment.html", context)
