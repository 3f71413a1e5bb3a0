"""Lookouts: the list of a unit with the hits to look at, one with what it met, placing, renewing, withdrawing."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.desk import once, paging
from pcu.desk.models import Job
from pcu.desk.paging import SortKey
from pcu.desk.units import current_unit
from profiling.cases import watching
from profiling.lookouts.choices import Kind, Standing
from profiling.lookouts.errors import InvalidLookoutError, LookoutError
from profiling.lookouts.filters import LookoutFilterSet
from profiling.lookouts.models import Lookout, LookoutHit
from profiling.lookouts.seeing import notices_of, tells_why
from profiling.lookouts.sentences import doubt_sentence
from profiling.lookouts.services import mark_seen
from profiling.web.lists import list_page
from profiling.web.lookout_form import USUAL, LookoutForm, asked_for
from profiling.web.lookout_rows import HIT_RELATED, hit_rows
from profiling.web.people import person

PAGE_SIZE = 50
NOTICES_SHOWN = 20
HITS_SIZE = 50
NEWEST_FIRST = paging.by("at", descending=True)
# What ends first is looked at first; of what is over, what ended last.
ORDERS: dict[str, paging.Order] = {
    Standing.ACTIVE: (SortKey("expires_on"), SortKey("pk")),
    Standing.EXPIRING: (SortKey("expires_on"), SortKey("pk")),
    Standing.PENDING: (SortKey("valid_from"), SortKey("pk")),
    Standing.EXPIRED: (SortKey("expires_on", descending=True), SortKey("pk", descending=True)),
    Standing.WITHDRAWN: (SortKey("updated_at", descending=True), SortKey("pk", descending=True)),
}
UNPROCESSABLE, CONFLICT = 422, 409


@require_safe
@never_cache
def lookout_list(request: HttpRequest) -> HttpResponse:
    """Lookouts that apply to the chosen unit, by where they stand, and above them the hits nobody has seen."""
    user, unit = person(request), current_unit(request)
    today = timezone.localdate()
    applying = Lookout.objects.visible_to(user)
    applying = applying.for_unit(unit) if unit else applying.none()
    query = request.GET.copy()
    chosen = query.setdefault("standing", Standing.ACTIVE)
    if chosen not in Standing.values:
        chosen = query["standing"] = str(Standing.ACTIVE)
    filterset = LookoutFilterSet(query, queryset=applying.select_related("unit", "created_by"), request=request)
    filterset.form.fields["standing"].widget = forms.HiddenInput()
    notices = notices_of(unit, user) if unit else LookoutHit.objects.none()
    context: dict[str, Any] = {
        "unit": unit,
        "chosen": chosen,
        "tabs": [
            (code, label, applying.standing(code, today).count(), code == chosen) for code, label in Standing.choices
        ],
        "may_watch": unit is not None and user.scope.allows(Capability.WATCH, unit.pk),
        "notices": hit_rows(list(notices.select_related(*HIT_RELATED).order_by("-at", "-pk")[:NOTICES_SHOWN]), user),
        "is_narrowed": any(value for name, value in request.GET.items() if name in ("kind", "action", "source", "q")),
        "fill": lambda rows: {"hit_counts": _hit_counts(rows, user)},
    }
    return list_page(request, "lookouts/list.html", filterset, order=ORDERS[chosen], size=PAGE_SIZE, context=context)


def _hit_counts(rows: Any, user: Any) -> dict[int, tuple[int, Any]]:
    """How often each was met in cargo the user reads, and when last. One query."""
    counted = LookoutHit.objects.visible_to(user).filter(lookout__in=rows).order_by().values_list("lookout")
    return {pk: (number, last) for pk, number, last in counted.annotate(Count("pk"), Max("at"))}


@require_safe
@never_cache
def lookout(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    return _page(request, _visible(request, ref))


def _visible(request: HttpRequest, ref: uuid.UUID) -> Lookout:
    visible = Lookout.objects.visible_to(request.user).select_related("unit", "created_by", "withdrawn_by")
    found: Lookout = get_object_or_404(visible, ref=ref)
    return found


def _page(
    request: HttpRequest,
    found: Lookout,
    *,
    errors: dict[str, str] | None = None,
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    hits = LookoutHit.objects.visible_to(user).filter(lookout=found)
    page = paging.page(hits.select_related(*HIT_RELATED), order=NEWEST_FIRST, query=request.GET, size=HITS_SIZE)
    search = Job.objects.filter(subject=found.ref, kind=watching.SEARCH).order_by("-pk").first()
    today = timezone.localdate(timezone=found.unit.zone)
    latest = today + watching.LONGEST
    context = {
        "lookout": found,
        "unit": found.unit,
        "standing": found.standing,
        "tells_why": tells_why(found, user),
        "doubt": doubt_sentence(Kind(found.kind), found.value),  # type: ignore[arg-type]  # the words of the same kinds
        "count": paging.count(hits),
        "page": page,
        "rows": hit_rows(list(page.rows), user),
        "may_watch": user.scope.allows(Capability.WATCH, found.unit_id),
        "search": search,
        "renew_until": request.POST.get("expires_on") or min(max(found.expires_on, today) + USUAL, latest).isoformat(),
        "today": today.isoformat(),
        "latest": latest.isoformat(),
        "withdraw_reason": request.POST.get("reason", ""),
        "errors": errors or {},
        "conflict": conflict,
    }
    return render(request, "lookouts/page.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """The form, filled in with what a link says; or a lookout, placed."""
    user, unit = person(request), current_unit(request)
    if request.method != "POST":
        form = LookoutForm(user=user, unit=unit, initial=asked_for(request.GET))
        return _form(request, form)
    form = LookoutForm(request.POST, user=user, unit=unit)
    if not form.units:
        raise PermissionDenied(_("Your role does not keep lookouts."))
    if not form.is_valid():
        return _form(request, form, status=UNPROCESSABLE)
    try:
        form_key = request.POST.get(once.FIELD, "")
        placed = watching.place_lookout(user=user, form_key=form_key, **form.cleaned_data)
    except InvalidLookoutError as error:
        form.take(error.errors)
        return _form(request, form, status=UNPROCESSABLE)
    if placed.withdrawn_at is None:  # a form sent again may find one that was withdrawn meanwhile
        told = _("%(number)s is watched for, and what stands is being searched.")
        messages.success(request, told % {"number": placed.number})
    return redirect("lookout", ref=placed.ref)


def _form(request: HttpRequest, form: LookoutForm, status: int = 200) -> HttpResponse:
    preview = None
    said = form.data if form.is_bound else form.initial
    if form.units and said.get("value"):
        preview = _looked_back(request, form.units, said.get("unit", ""), said.get("kind", ""), said["value"])
    context = {"form": form, "preview": preview, "may_watch": bool(form.units)}
    return render(request, "lookouts/form.html", context, status=status)


def _looked_back(request: HttpRequest, units: list[Unit], ref: str, kind: str, value: str) -> dict[str, Any] | None:
    """How often it would have matched, and who watches for it already; None for what cannot be looked for."""
    unit = next((one for one in units if str(one.ref) == ref), units[0])
    value = value.replace("\0", "").strip()[: watching.LENGTHS["value"]]
    if not value:
        return None
    kind = kind if kind in Kind.values else str(Kind.CONTAINER)
    user = person(request)
    return {
        "found": watching.preview(unit=unit, user=user, kind=kind, value=value),
        "same": watching.same_lookouts(unit=unit, user=user, kind=kind, value=value),
        "unit": unit,
    }


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The part of the form that says how often it would have matched. Posted: what is looked for stays out of logs."""
    units = LookoutForm(user=person(request), unit=current_unit(request)).units
    if not units:
        raise PermissionDenied(_("Your role does not keep lookouts."))
    said = request.POST
    looked = _looked_back(request, units, said.get("unit", ""), said.get("kind", ""), said.get("value", ""))
    return render(request, "lookouts/preview.html", {"preview": looked})


@require_POST
def renew(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    found = _visible(request, ref)
    until = _date(request.POST.get("expires_on", ""))
    if until is None:
        return _page(request, found, errors={"expires_on": _("Say until when.")}, status=UNPROCESSABLE)
    try:
        watching.renew(lookout=found, user=person(request), expires_on=until)
    except LookoutError as error:
        return _refused(request, ref, error)
    messages.success(request, _("Renewed; what stands is being searched again."))
    return redirect("lookout", ref=ref)


@require_POST
def withdraw(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    found = _visible(request, ref)
    reason = request.POST.get("reason", "").replace("\0", "")
    try:
        watching.withdraw(lookout=found, user=person(request), reason=reason)
    except LookoutError as error:
        return _refused(request, ref, error)
    messages.success(request, _("Withdrawn. What it has met stays."))
    return redirect("lookout", ref=ref)


@require_POST
def search(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Search what stands once more, where the search failed."""
    found = _visible(request, ref)
    watching.search_again(lookout=found, user=person(request))
    return redirect("lookout", ref=ref)


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Mark hits as seen: the one named, or without one all notices of the unit."""
    user, unit = person(request), current_unit(request)
    notices = notices_of(unit, user) if unit else LookoutHit.objects.none()
    if ref := request.POST.get("hit"):
        try:
            notices = notices.filter(ref=uuid.UUID(ref))
        except ValueError:
            notices = notices.none()
    mark_seen(hits=list(notices), user=user)
    return redirect("lookouts")


def _refused(request: HttpRequest, ref: uuid.UUID, error: LookoutError) -> HttpResponse:
    fresh = _visible(request, ref)
    if isinstance(error, InvalidLookoutError):
        return _page(request, fresh, errors=error.errors, status=UNPROCESSABLE)
    return _page(request, fresh, conflict=error.message, status=CONFLICT)


def _date(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None
