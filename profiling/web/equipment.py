"""The page of one equipment visit: what was said of it, its seals, what carried it, and what is in it."""

from __future__ import annotations

import uuid

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from profiling.cargo.models import (
    Consignment,
    EquipmentVisit,
    MovementEvent,
    Placement,
    SealObservation,
    VisitStatement,
)
from profiling.cases.models import Case
from profiling.rules.models import Assessment
from profiling.web.chain import chain
from profiling.web.consignment_rows import consignment_rows
from profiling.web.why import with_fired_rules, without_repeats

SHOWN = 50


@require_safe
def visit(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """One stay of a container, wagon, trailer or truck."""
    user = request.user
    found = get_object_or_404(
        EquipmentVisit.objects.visible_to(user).select_related("unit", "call", "current"), ref=ref
    )
    placements = list(Placement.objects.filter(visit=found).select_related("carrier").order_by("pk"))
    seals = list(SealObservation.objects.filter(visit=found).select_related("submission__sender").order_by("pk"))
    inside = (
        Consignment.objects.visible_to(user)
        .filter(pk__in=found.loadings.values("version__consignment"))
        .select_related("call", "current")
        .order_by("-updated_at", "-pk")[: SHOWN + 1]
    )
    others = (
        EquipmentVisit.objects.visible_to(user)
        .filter(number=found.number, kind=found.kind)
        .exclude(pk=found.pk)
        .select_related("unit", "call", "current")
        .order_by("-created_at", "-pk")[:SHOWN]
    )
    carried = Placement.objects.visible_to(user).filter(carrier=found)
    rows = list(inside)
    context = {
        "may_watch": scope_of(user).allows(Capability.WATCH, found.unit_id),
        "visit": found,
        "unit": found.unit,
        "is_shared": not scope_of(user).allows(Capability.READ, found.unit_id),  # as on the page of a consignment
        "call": found.call,
        "said": found.current,
        "placements": placements,
        "carried": carried.select_related("visit").order_by("pk")[:SHOWN],
        "seals": seals,
        "movements": MovementEvent.objects.filter(visit=found)
        .select_related("submission__sender")
        .order_by(F("at").asc(nulls_last=True), "pk")[:SHOWN],
        "chain": chain(found, placements, seals),
        "statements": VisitStatement.objects.filter(visit=found).select_related("submission__sender").order_by("-pk"),
        "rows": consignment_rows(rows[:SHOWN], user),
        "more_rows": len(rows) > SHOWN,
        "others": others,
        "assessments": without_repeats(
            with_fired_rules(
                Assessment.objects.visible_to(user)
                .filter(visit=found)
                .select_related("release", "recommended_lane")
                .order_by("-pk")[:SHOWN]
            )
        ),
        "cases": Case.objects.visible_to(user)
        .filter(visits=found)
        .select_related("recommended_lane", "decided_lane")
        .order_by("-pk"),
    }
    return render(request, "profiling/visit.html", context)
