"""The page of one party: its names on paper, and its consignments as far as this unit knows them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from pcu.desk import paging
from profiling.cargo.choices import PartyRole
from profiling.cargo.models import Consignment, ConsignmentVersion, PartyMention
from profiling.cases.models import Case
from profiling.parties.core.scripts import Script, script_of
from profiling.parties.models import Party
from profiling.web.consignment_rows import consignment_rows

NAMES_SHOWN = 50
CONSIGNMENTS_SIZE = 25
MONTHS = 12
THINNEST = 8.0
"""Height of a bar at least, so that a month with few beside one with many is still seen."""
LAST_CHANGED_FIRST = paging.by("updated_at", descending=True)

SCRIPTS = {
    Script.LATIN: _("Latin"),
    Script.CYRILLIC: _("Cyrillic"),
    Script.HAN: _("Chinese"),
    Script.ARABIC: _("Arabic"),
    Script.OTHER: _("other"),
    Script.MIXED: _("mixed within a word"),
}


@dataclass(frozen=True, slots=True)
class Spelling:
    """One name as written: how often, in which roles."""

    name: str
    script: Any
    is_mixed: bool
    roles: tuple[str, ...]
    times: int


@dataclass(frozen=True, slots=True)
class Month:
    """One bar; x, y and height are percent of the drawing. An empty month is a thin line, not nothing."""

    first: datetime
    number: int
    x: float
    y: float
    height: float


@require_safe
def party(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """One firm or person behind the names on paper."""
    user = request.user
    found = get_object_or_404(Party.objects.visible_to(user).select_related("unit"), ref=ref)
    consignments = _consignments(found)
    page = paging.page(
        consignments.select_related("call", "current"),
        order=LAST_CHANGED_FIRST,
        query=request.GET,
        size=CONSIGNMENTS_SIZE,
    )
    spellings = _spellings(found)
    open_cases = Case.objects.visible_to(user).filter(~Q(state=Case.State.CLOSED), consignments__in=consignments)
    context = {
        "may_watch": scope_of(user).allows(Capability.WATCH, found.unit_id),
        "party": found,
        "unit": found.unit,
        "roles": list(dict.fromkeys(role for spelling in spellings for role in spelling.roles)),
        "spellings": spellings,
        "last_mention": PartyMention.objects.filter(party=found).order_by("-pk").first(),
        "count": paging.count(consignments),
        "open_cases": open_cases.distinct().count(),
        "page": page,
        "rows": consignment_rows(page.rows, user),
        "months": _months(found, consignments),
    }
    return render(request, "profiling/party.html", context)


def _consignments(found: Party) -> QuerySet[Consignment]:
    """Those of which any version names it: a firm taken off the paper is the one to look at."""
    versions = ConsignmentVersion.objects.filter(mentions__party=found)
    return Consignment.objects.of_unit(found.unit).filter(pk__in=versions.values("consignment"))


def _spellings(found: Party) -> list[Spelling]:
    """Most frequent first. One query."""
    counted: dict[str, dict[str, int]] = {}
    rows = PartyMention.objects.filter(party=found).order_by().values_list("name", "role").annotate(Count("pk"))
    for name, role, times in rows:
        counted.setdefault(name, {})[role] = times
    spellings = []
    for name, roles in counted.items():
        script = script_of(name)
        spellings.append(
            Spelling(
                name=name,
                script=SCRIPTS[script] if script else "–",
                is_mixed=script is Script.MIXED,
                roles=tuple(str(PartyRole(role).label) for role in sorted(roles, key=lambda role: -roles[role])),
                times=sum(roles.values()),
            )
        )
    spellings.sort(key=lambda spelling: (-spelling.times, spelling.name))
    return spellings[:NAMES_SHOWN]


def _months(found: Party, consignments: QuerySet[Consignment]) -> list[Month]:
    """Consignments of the last twelve months by the month they were first told of, in the unit's zone. One query."""
    zone = found.unit.zone
    this = timezone.now().astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    firsts = []
    for back in range(MONTHS - 1, -1, -1):
        year, month = divmod(this.year * 12 + this.month - 1 - back, 12)
        firsts.append(datetime(year, month + 1, 1, tzinfo=zone))
    counted = dict(
        consignments.filter(created_at__gte=firsts[0])
        .annotate(month=TruncMonth("created_at", tzinfo=zone))
        .order_by()
        .values_list("month")
        .annotate(Count("pk"))
    )
    most = max(counted.values(), default=0)
    bars = []
    for index, first in enumerate(firsts):
        number = counted.get(first, 0)
        height = max(THINNEST, 100 * number / most) if most else THINNEST
        bars.append(Month(first, number, index * 100 / MONTHS, 100 - height, height))
    return bars
