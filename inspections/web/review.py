"""Review: the queue of submitted acts, one of them beside it, and the decision. What may be done the services judge."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inspections import reviewing
from inspections.errors import InspectionError, InvalidActError, OwnWorkError
from inspections.models import Report, Review
from inspections.picture_answers import picture_response
from inspections.web.review_queue import ReviewQueue
from inspections.web.review_sheet import TABS, ReviewSheet
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from pcu.desk.templatetags.desk import container_number
from profiling.cases.errors import CaseError

CONFLICT, UNPROCESSABLE, FORBIDDEN = 409, 422, 403


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _report(request: HttpRequest, ref: uuid.UUID) -> Report:
    reports = Report.objects.visible_to(request.user).select_related(
        "submitted_by",
        "inspection__unit",
        "inspection__case__recommended_lane",
        "inspection__case__assessment",
        "inspection__case__decided_assessment",
        "inspection__referral",
    )
    found: Report = get_object_or_404(reports, ref=ref)
    return found


@require_safe
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the first of it open beside the list."""
    user = _person(request)
    if not user.scope.units(Capability.REVIEW):
        raise PermissionDenied
    asked = ReviewQueue(user, request.GET)
    first = asked.entries[0].report if asked.entries else None
    return _page(request, asked, _report(request, first.ref) if first else None, is_list=True)


@require_safe
@never_cache
def report(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """One submitted act: `?tab=` differences, act, seizures or photos."""
    found = _report(request, ref)
    return _page(request, ReviewQueue(_person(request), request.GET), found)


@require_POST
def approve(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    return _decide(request, ref, Review.Verdict.APPROVED)


@require_POST
def send_back(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    return _decide(request, ref, Review.Verdict.RETURNED)


def _decide(request: HttpRequest, ref: uuid.UUID, verdict: Review.Verdict) -> HttpResponse:
    """Decide, then on to the next of the queue as it was narrowed; a note that was typed is never lost."""
    found = _report(request, ref)
    user = _person(request)
    asked = ReviewQueue(user, request.GET)
    note = request.POST.get("note", "").replace("\0", "")
    after = asked.next_to_decide(found)
    try:
        if verdict == Review.Verdict.APPROVED:
            reviewing.approve(report=found, reviewer=user, note=note)
        else:
            reviewing.send_back(report=found, reviewer=user, note=note)
    except InvalidActError as error:
        return _page(request, asked, found, note=note, note_error=error.errors["note"], status=UNPROCESSABLE)
    except OwnWorkError as error:
        return _page(request, asked, found, note=note, conflict=error.message, status=FORBIDDEN)
    except (InspectionError, CaseError) as error:
        return _page(request, asked, found, note=note, conflict=error.message, status=CONFLICT)
    numbers = ", ".join(container_number(line["equipment"]) for line in found.content["lines"])
    said = {"act": found.inspection.number, "equipment": numbers}
    if verdict == Review.Verdict.APPROVED:
        messages.success(request, _("Approved: %(act)s, %(equipment)s.") % said)
    else:
        messages.success(request, _("Returned with notes: %(act)s, %(equipment)s.") % said)
    return HttpResponseRedirect(asked.address_of(after))


def _page(
    request: HttpRequest,
    asked: ReviewQueue,
    found: Report | None,
    *,
    is_list: bool = False,
    note: str = "",
    note_error: str = "",
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "queue": asked,
        "is_list": is_list,
        "reviews": bool(asked.user.scope.units(Capability.REVIEW)),
        "note": note,
        "note_error": note_error,
        "conflict": conflict,
    }
    if found is not None:
        sheet = ReviewSheet(found, asked.user)
        first = "differences" if sheet.before else "act"
        tab = request.GET.get("tab", first)
        before, after = asked.neighbours(found)
        context |= {
            "sheet": sheet,
            "report": found,
            "unit": found.inspection.unit,
            "tab": tab if tab in TABS and (tab != "differences" or sheet.before) else first,
            "previous_url": asked.address_of(before) if before else "",
            "next_url": asked.address_of(after) if after else "",
        }
    return render(request, "review/page.html", context, status=status)


@require_safe
def photo(request: HttpRequest, ref: uuid.UUID, photo: uuid.UUID) -> HttpResponse:
    """A photograph of a submitted act: the copy drawn anew, as it was submitted."""
    found = get_object_or_404(Report.objects.visible_to(request.user), ref=ref)
    told = next((one for one in found.content["photos"] if one["ref"] == str(photo)), None)
    if told is None:
        raise Http404
    return picture_response(told["shown_sha256"])
