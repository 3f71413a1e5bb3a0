"""The list of examinations with the referrals that wait, and the form that plans one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from inspections import planning, teams
from inspections.choices import ReasonToInspect
from inspections.errors import InspectionError, InvalidActError
from inspections.filters import InspectionFilterSet, overdue
from inspections.models import Inspection, TeamMember
from inspections.web.sheet import crew_rows, my_team, words
from inspections.web.typed import present_typed, team_typed
from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from pcu.desk import once, paging
from pcu.desk.templatetags.desk import container_number
from pcu.desk.units import current_unit
from profiling.cases.choices import Method
from profiling.cases.errors import CaseError
from profiling.cases.models import Case, Referral
from profiling.web.lists import list_page
from profiling.web.people import person

LIST_SIZE = 50
WAITING_SHOWN = 50
CONFLICT, UNPROCESSABLE = 409, 422
NEWEST_FIRST = paging.by("updated_at", descending=True)


@require_safe
def inspection_list(request: HttpRequest) -> HttpResponse:
    """The chosen unit's examinations, the last changed first; above them the referrals that wait."""
    unit = current_unit(request)
    visible = Inspection.objects.visible_to(request.user)
    of_unit = visible.filter(unit=unit) if unit else visible.none()
    rows = of_unit.select_related("case", "unit").prefetch_related(
        Prefetch("team", TeamMember.objects.select_related("user").order_by("-leads", "pk")), "lines__visit"
    )
    filterset = InspectionFilterSet(request.GET, queryset=rows, request=request)
    may_plan = unit is not None and scope_of(request.user).allows(Capability.INSPECT, unit.pk)
    context = {"unit": unit, "may_plan": may_plan, "waiting": _waiting(request, unit), "fill": _tally}
    return list_page(request, "inspections/list.html", filterset, order=NEWEST_FIRST, size=LIST_SIZE, context=context)


def _waiting(request: HttpRequest, unit: Unit | None) -> list[Referral]:
    """Open referrals of the unit, those whose cases are due first."""
    rows = Referral.objects.visible_to(request.user).filter(unit=unit, state=Referral.State.OPEN)
    related = ("case__recommended_lane", "created_by")
    return list(rows.select_related(*related).order_by("case__due_at", "pk")[:WAITING_SHOWN])


def _tally(rows: Any) -> dict[str, Any]:
    """Lines done of all, and what is late, of the acts on a page."""
    found = Inspection.objects.filter(pk__in=[row.pk for row in rows])
    told = found.annotate(of=Count("lines"), done=Count("lines", filter=~Q(lines__result="")))
    return {
        "tally": {pk: (done, of) for pk, done, of in told.values_list("pk", "done", "of")},
        "late": set(found.filter(overdue()).values_list("pk", flat=True)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def plan(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Plan the examination of an open referral."""
    rows = Referral.objects.visible_to(request.user).select_related("case", "unit", "created_by")
    referral: Referral = get_object_or_404(rows, ref=ref)

    def make(told: dict[str, Any]) -> Inspection:
        return planning.plan(referral=referral, user=person(request), **told)

    return _plan_page(request, referral.case, referral.unit, make, {"referral": referral})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def plan_case(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Plan an examination of a case in work on intelligence or own judgement."""
    case: Case = get_object_or_404(Case.objects.visible_to(request.user).select_related("working_unit"), ref=ref)
    own: dict[str, Any] = {name: _said(request, name) for name in ("reason", "why", "method")}

    def make(told: dict[str, Any]) -> Inspection:
        return planning.plan_without_referral(case=case, user=person(request), **own, **told)

    context = {
        "own": own,
        "reasons": [choice for choice in ReasonToInspect.choices if choice[0] != ReasonToInspect.REFERRAL],
        "methods": Method.choices,
    }
    return _plan_page(request, case, case.working_unit, make, context)


def _plan_page(request: HttpRequest, case: Case, unit: Unit, make: Any, context: dict[str, Any]) -> HttpResponse:
    user = person(request)
    may_plan = user.scope.allows(Capability.INSPECT, unit.pk)
    team = {one["user"]: one for one in team_typed(request.POST, "team")} if request.method == "POST" else my_team(user)
    present = present_typed(request.POST, "present")
    place, planned_for = _said(request, "place"), _said(request, "planned_for")
    errors: dict[str, str] = {}
    error, status = "", 200
    if request.method == "POST":
        try:
            made = make(
                {
                    "team": list(team.values()),
                    "present": present,
                    "place": place,
                    "planned_for": _moment(planned_for, unit),
                    "form_key": request.POST.get(once.FIELD, ""),
                }
            )
        except InvalidActError as refused:
            errors, status = refused.errors, UNPROCESSABLE
        except (CaseError, InspectionError) as refused:
            error, status = refused.message, CONFLICT
        else:
            messages.success(request, _("Planned: %(number)s.") % {"number": made.number})
            return HttpResponseRedirect(reverse("inspection", args=[made.ref]))
    context |= {
        "case": case,
        "unit": unit,
        "may_plan": may_plan,
        "numbers": [container_number(visit.number) for visit in case.visits.order_by("kind", "number", "pk")],
        "team": crew_rows(teams.Crew(unit), team) if may_plan else [],
        "present": [*present, *({"name": "", "capacity": ""} for _row in range(2))],
        "place": place,
        "planned_for": planned_for,
        "errors": errors,
        "error": error,
        **words(),
    }
    return render(request, "inspections/plan.html", context, status=status)


def _said(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()


def _moment(text: str, unit: Unit) -> datetime | None:
    """A time as the form gives it, in the unit's zone. Raises InvalidActError."""
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise InvalidActError({"planned_for": _("This is no date and time.")})
    return found if found.tzinfo else found.replace(tzinfo=unit.zone)
