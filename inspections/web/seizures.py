"""Pages of seizures: the list, one seizure with all that hangs on it, its protocol, samples that are due."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from inspections import custody, facts, links, samples
from inspections.errors import InspectionError, InvalidActError
from inspections.models import InspectionLine, Seizure
from inspections.seizing import change_seizure, record_seizure
from inspections.seizure_errors import SeizureChangedError
from inspections.seizure_filters import SeizureListFilterSet
from inspections.seizure_notices import amount
from inspections.web import seizure_form
from inspections.web.seizure_form import Draft
from inspections.web.seizure_page import seizure_page
from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from pcu.desk import once, paging
from pcu.desk.templatetags.desk import quantity
from pcu.desk.units import current_unit, own_units
from profiling.cases.choices import Commodity
from profiling.web.lists import list_page
from profiling.web.people import person

LIST_SIZE = 50
NEWEST_FIRST = paging.by("seized_at", descending=True)
DUE_FIRST = (paging.SortKey("due_on", nullable=True), paging.SortKey("pk"))
CONFLICT, UNPROCESSABLE = 409, 422
# Buttons and choices that only change the form.
RESHAPES = ("more", "drop", "pick")


def visible_seizure(request: HttpRequest, ref: uuid.UUID) -> Seizure:
    """The seizure with what its page reads, or 404."""
    found: Seizure = get_object_or_404(
        Seizure.objects.visible_to(request.user)
        .select_related(
            "unit", "case", "inspection__unit", "inspection__case", "inspection__created_by", "line__inspection__unit",
            "line__inspection__case", "line__visit__call", "line__visit__current", "consignment", "place",
            "concealment", "created_by",
        )
        .prefetch_related("detections"),
        ref=ref,
    )  # fmt: skip
    return found


@require_safe
@never_cache
def seizure_list(request: HttpRequest) -> HttpResponse:
    """Seizures of the units a person may read, the latest first, and what they come to."""
    rows = Seizure.objects.visible_to(request.user).filter(removed_at=None)
    related = ("unit", "case", "inspection", "line__visit", "place", "concealment")
    filterset = SeizureListFilterSet(
        request.GET, queryset=rows.select_related(*related), request=request, units=own_units(request)
    )

    def fill(found: Sequence[Seizure]) -> dict[str, Any]:
        return {"rows": [(seizure, amount(seizure)) for seizure in found], "totals": _totals(filterset.qs)}

    return list_page(
        request,
        "seizures/list.html",
        filterset,
        order=NEWEST_FIRST,
        size=LIST_SIZE,
        context={
            "fill": fill,
            "unit": current_unit(request),
            "due": samples.awaited(person(request)).filter(due_on__lt=timezone.localdate()).count(),
            "may_keep_lists": bool(scope_of(request.user).units(Capability.KEEP_LISTS)),
        },
    )


def _totals(rows: Any) -> list[tuple[str, int, list[str]]]:
    """Commodity, how many seizures, and the quantities of each unit: one query."""
    counted = (
        rows.order_by()
        .values("commodity", "quantity_unit")
        .annotate(seizures=Count("pk"), taken=Sum("quantity"))
        .order_by("commodity", F("taken").desc())
    )
    found: dict[str, tuple[int, list[str]]] = {}
    for row in counted:
        number, quantities = found.get(row["commodity"], (0, []))
        told = f"{quantity(row['taken'])} {facts.unit_label(row['quantity_unit'])}"
        found[row["commodity"]] = (number + row["seizures"], [*quantities, told])
    return [(str(Commodity(code).label), *found[code]) for code in Commodity.values if code in found]


@require_safe
@never_cache
def samples_due(request: HttpRequest) -> HttpResponse:
    """Samples whose result has not come, the earliest due first."""
    page = paging.page(samples.awaited(person(request)), order=DUE_FIRST, query=request.GET, size=LIST_SIZE)
    context = {"page": page, "today": timezone.localdate(), "unit": current_unit(request)}
    return render(request, "seizures/samples_due.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new_seizure(request: HttpRequest, line: uuid.UUID) -> HttpResponse:
    """Write down goods found in one piece of equipment. What was typed stays, whatever is wrong with it."""
    found: InspectionLine = get_object_or_404(
        InspectionLine.objects.visible_to(request.user).select_related(
            "visit__call", "visit__current", "inspection__unit", "inspection__case", "inspection__created_by"
        ),
        ref=line,
    )
    user = person(request)
    user.scope.require(Capability.INSPECT, found.inspection.unit_id)
    if request.method != "POST":
        return seizure_page(request, found, None, draft=seizure_form.blank(found))
    draft = seizure_form.typed(request.POST, found, None)
    if any(name in request.POST for name in RESHAPES):
        return seizure_page(request, found, None, draft=draft)
    if not _is_readable(draft):
        return seizure_page(request, found, None, draft=draft, status=UNPROCESSABLE)
    try:
        seizure = record_seizure(
            line=found, user=user, account=draft.account(), form_key=request.POST.get(once.FIELD, "")
        )
    except InvalidActError as error:
        return seizure_page(request, found, None, draft=draft.with_errors(error.errors), status=UNPROCESSABLE)
    except InspectionError as error:
        return seizure_page(request, found, None, draft=draft, conflict=error.message, status=CONFLICT)
    messages.success(request, _("Recorded: %(number)s.") % {"number": seizure.number})
    return HttpResponseRedirect(reverse("seizure", args=[seizure.ref]))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def seizure(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """One seizure; POST writes its account anew."""
    found = visible_seizure(request, ref)
    if request.method != "POST":
        return seizure_page(request, found.line, found)
    draft = seizure_form.typed(request.POST, found.line, found)
    if any(name in request.POST for name in RESHAPES):
        return seizure_page(request, found.line, found, draft=draft)
    if not _is_readable(draft):
        return seizure_page(request, found.line, found, draft=draft, status=UNPROCESSABLE)
    version = draft.form.cleaned_data["version"] or 0
    try:
        change_seizure(seizure=found, user=person(request), account=draft.account(), expected_version=version)
    except InvalidActError as error:
        return seizure_page(request, found.line, found, draft=draft.with_errors(error.errors), status=UNPROCESSABLE)
    except InspectionError as error:
        again = visible_seizure(request, ref)
        if isinstance(error, SeizureChangedError):
            draft = seizure_form.typed(_at_version(request, error.version), again.line, again)
        return seizure_page(request, again.line, again, draft=draft, conflict=error.message, status=CONFLICT)
    messages.success(request, _("Saved: %(number)s.") % {"number": found.number})
    return HttpResponseRedirect(reverse("seizure", args=[found.ref]))


@require_safe
@never_cache
def protocol(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The protocol for paper: A4, with lines to sign on."""
    found = visible_seizure(request, ref)
    user = person(request)
    chain = custody.chain_of(found)
    context = {
        "seizure": found,
        "unit": found.unit,
        "told": facts.told(found),
        "amount": amount(found),
        "declared": quantity(found.declared_quantity) if found.declared_quantity is not None else "",
        "quantity_unit": facts.unit_label(found.quantity_unit),
        "team": found.inspection.team.select_related("user").order_by("-leads", "pk"),
        "samples": found.samples.all(),
        "links": links.shown(list(found.links.select_related("party")), user, found.unit_id),
        "seals_found": found.line.seals.filter(event="found"),
        "chain": [(one, {sign.side: sign for sign in one.signatures.all()}) for one in chain],
    }
    return render(request, "seizures/protocol.html", context)


def _is_readable(draft: Draft) -> bool:
    if not draft.commodity:
        draft.with_errors({"commodity": _("Choose what was seized.")})
        draft.form.is_valid()
        return False
    return draft.form.is_valid()


def _at_version(request: HttpRequest, version: int) -> Any:
    """What was typed, to be saved over the version that came meanwhile once it was looked at."""
    post = request.POST.copy()
    post["version"] = str(version)
    return post
