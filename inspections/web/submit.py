"""The officer's side of a review: hand the act in, answer the notes of a return, open approved work to changes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from inspections import reviewing
from inspections.choices import State
from inspections.completeness import problems
from inspections.errors import IncompleteActError, InspectionError, InvalidActError
from inspections.models import Inspection
from inspections.web.review_sheet import notes_beside
from pcu.accounts.roles import Capability
from profiling.web.people import person

CONFLICT, UNPROCESSABLE = 409, 422


def _inspection(request: HttpRequest, ref: uuid.UUID) -> Inspection:
    rows = Inspection.objects.visible_to(request.user).select_related("unit", "case", "referral")
    found: Inspection = get_object_or_404(rows, ref=ref)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def submit(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """What is missing before it can go, or the form that sends it."""
    found = _inspection(request, ref)
    user = person(request)
    if request.method != "POST":
        return _submit_page(request, found)
    note = request.POST.get("note", "").replace("\0", "")
    answers = {
        name.removeprefix("answer-"): text.replace("\0", "")
        for name, text in request.POST.items()
        if name.startswith("answer-") and isinstance(text, str)
    }
    try:
        reviewing.submit(inspection=found, user=user, note=note, answers=answers)
    except IncompleteActError:
        return _submit_page(request, found, note=note, answers=answers, status=UNPROCESSABLE)
    except InspectionError as error:
        return _submit_page(request, found, note=note, answers=answers, error=error.message, status=CONFLICT)
    messages.success(request, _("%(act)s waits for a review.") % {"act": found.number})
    return HttpResponseRedirect(_case_address(found))


def _submit_page(
    request: HttpRequest,
    found: Inspection,
    *,
    note: str = "",
    answers: dict[str, str] | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    returned = reviewing.last_return(found)
    context: dict[str, Any] = {
        "inspection": found,
        "unit": found.unit,
        "missing": problems(found),
        "returned": returned,
        "notes": notes_beside(returned, answers or {}),
        "note": note,
        "error": error,
        "may_submit": found.state in reviewing.SUBMITTABLE and _may_inspect(request, found),
    }
    return render(request, "review/submit.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page that wants a reason says. barred: with the state of the act, to who may not do it now."""

    title: Any
    label: Any
    note: Any
    icon: str
    button: Any
    barred: Any
    done: Any


AMEND = Asked(
    title=gettext_lazy("Amend the act"),
    label=gettext_lazy("Why it must change"),
    note=gettext_lazy("What was approved stays the act until the amendment is approved."),
    icon="pencil",
    button=gettext_lazy("Amend"),
    barred=gettext_lazy("It cannot be amended by you now: %(state)s."),
    done=gettext_lazy("%(act)s can be changed again."),
)
GIVE_UP = Asked(
    title=gettext_lazy("Give the amendment up"),
    label=gettext_lazy("Why it is given up"),
    note=gettext_lazy(
        "What was approved stands as the act, and what was changed since is undone. Results of laboratories, "
        "hand-overs and new samples stay."
    ),
    icon="x",
    button=gettext_lazy("Give the amendment up"),
    barred=gettext_lazy("No amendment can be given up by you now: %(state)s."),
    done=gettext_lazy("The amendment of %(act)s is given up."),
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def amend(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Say why, then the act is open to changes again."""
    found = _inspection(request, ref)
    may = found.state == State.APPROVED and _may_inspect(request, found)
    return _reasoned(request, found, AMEND, reviewing.amend, may=may)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def give_up(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Say why, then the amendment is given up and what was approved stands."""
    found = _inspection(request, ref)
    may = reviewing.may_give_up(found, person(request))
    return _reasoned(request, found, GIVE_UP, reviewing.give_amendment_up, may=may)


def _reasoned(
    request: HttpRequest, found: Inspection, ask: Asked, act: Callable[..., Inspection], *, may: bool
) -> HttpResponse:
    """The page that wants a reason, and what is done with it."""
    reason = request.POST.get("reason", "").replace("\0", "")
    barred = ask.barred % {"state": found.get_state_display()}
    context: dict[str, Any] = {
        "inspection": found, "unit": found.unit, "reason": reason, "ask": ask, "may": may, "barred": barred
    }  # fmt: skip
    status = 200
    if request.method == "POST":
        try:
            act(inspection=found, user=person(request), reason=reason)
        except InvalidActError as error:
            context["reason_error"], status = error.errors["reason"], UNPROCESSABLE
        except InspectionError as error:
            context["error"], status = error.message, CONFLICT
        else:
            messages.success(request, ask.done % {"act": found.number})
            return HttpResponseRedirect(_case_address(found))
    return render(request, "review/reason.html", context, status=status)


def _may_inspect(request: HttpRequest, found: Inspection) -> bool:
    return person(request).scope.allows(Capability.INSPECT, found.unit_id)


def _case_address(found: Inspection) -> str:
    return f"{reverse('case', args=[found.case.ref])}#outcome"
