"""The page of one case and what is done from it. Every answer is the whole page: HTMX takes the parts it wants,
a browser without scripts shows it all. What may be done is judged by the services, never here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from pcu.desk import panels
from pcu.desk.templatetags.desk import container_number
from pcu.desk.units import current_unit
from profiling.cases import holding, outcomes, services, tuning
from profiling.cases.choices import DecisionKind
from profiling.cases.errors import (
    AlreadyClaimedError,
    CaseChangedError,
    CaseError,
    EmptyCommentError,
    InvalidDecisionError,
    InvalidHoldError,
    InvalidOutcomeError,
    InvalidTuningError,
)
from profiling.cases.models import Case, Hold
from profiling.web import decision_draft, hold_draft
from profiling.web.case_page import read_case, visits_of
from profiling.web.chain import chain
from profiling.web.decision_draft import Draft
from profiling.web.hold_draft import HoldDraft
from profiling.web.lookout_rows import hits_of_case
from profiling.web.people import person
from profiling.web.queue import Queue
from profiling.web.queue_rows import with_row_facts
from profiling.web.timeline import line
from profiling.web.why import unfired_rules

CONFLICT, UNPROCESSABLE = 409, 422


def _case(request: HttpRequest, ref: uuid.UUID) -> Case:
    found: Case = get_object_or_404(with_row_facts(Case.objects.visible_to(request.user)), ref=ref)
    return found


@require_safe
@never_cache
def case(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """All of one case, with the decision beside it. `?decision=` picks one; the rest of the address is the queue's."""
    found = _case(request, ref)
    return _page(request, found, decision_draft.blank(found, visits_of(found), request.GET.get("decision", "")))


@require_safe
def unfired(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The rules that did not fire, those for lack of facts first: traced when asked for."""
    return render(request, "case/unfired.html", {"unfired": unfired_rules(_case(request, ref).assessment)})


@require_POST
def claim(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    return _change_claim(request, ref, lambda case, user: services.claim(case=case, user=user))


@require_POST
def give_back(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    return _change_claim(request, ref, lambda case, user: services.give_back(case=case, user=user))


@require_POST
def take_over(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    return _change_claim(request, ref, lambda case, user: services.take_over(case=case, supervisor=user))


def _change_claim(request: HttpRequest, ref: uuid.UUID, change: Callable[[Case, User], Case]) -> HttpResponse:
    """Claiming is a button of the decision form: what was typed in it stays, whoever wins."""
    found = _case(request, ref)
    draft = decision_draft.typed(request.POST, found, visits_of(found))
    try:
        changed = change(found, person(request))
    except CaseError as error:
        return _conflict(request, found, draft, error)
    if not request.htmx:  # type: ignore[attr-defined]  # set by django_htmx's middleware
        return HttpResponseRedirect(_address(request, found))
    # one's own change is no surprise; anything else that happened meanwhile still is
    seen = changed.version if draft.version == found.version else draft.version
    return _page(request, _case(request, ref), draft.at(seen))


@require_POST
def comment(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    found = _case(request, ref)
    text = request.POST.get("text", "").replace("\0", "")
    draft = decision_draft.typed(request.POST, found, visits_of(found))
    try:
        services.comment(case=found, user=person(request), text=text)
    except EmptyCommentError as error:
        return _page(request, found, draft, comment_error=error.message, status=UNPROCESSABLE)
    if not request.htmx:  # type: ignore[attr-defined]  # as above
        return HttpResponseRedirect(f"{_address(request, found)}#time")
    again = _case(request, ref)
    seen = again.version if draft.version == found.version == again.version - 1 else draft.version
    return _page(request, again, draft.at(seen))


@require_POST
def decide(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Decide, then on to the next case of the queue as it was narrowed, or stay where `stay` was pressed."""
    found = _case(request, ref)
    visits = visits_of(found)
    draft = decision_draft.typed(request.POST, found, visits)
    if not draft.kind:
        errors = {"decision": _("Choose a decision.")}
        return _page(request, found, draft.with_errors(errors), status=UNPROCESSABLE)
    queue = Queue(request, current_unit(request))
    try:
        services.decide(
            case=found,
            user=person(request),
            **draft.service_arguments(visits, services.units_to_pass_to(found)),
        )
    except InvalidDecisionError as error:
        return _page(request, found, draft.with_errors(error.errors), status=UNPROCESSABLE)
    except CaseError as error:
        return _conflict(request, found, draft, error)
    messages.success(
        request,
        _("Decided for %(case)s: %(decision)s.")
        % {
            "case": container_number(found.equipment_number) or found.number,
            "decision": DecisionKind(draft.kind).label,
        },
    )
    after = None if "stay" in request.POST else queue.neighbour(found)
    if "stay" in request.POST and Case.objects.visible_to(request.user).filter(pk=found.pk).exists():
        return _go(request, _address(request, found))
    return _go(request, _address(request, after) if after else queue.address())


@require_POST
def hold(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Hold equipment, whatever is decided of the case."""
    found = _case(request, ref)
    visits = visits_of(found)
    written = hold_draft.typed(request.POST, visits)
    try:
        holds = holding.place_hold(
            case=found,
            user=person(request),
            visits=written.visits_chosen,
            authority=written.authority,
            notice=written.notice,
            grounds=written.grounds,
        )
    except CaseError as error:
        errors = error.errors if isinstance(error, InvalidHoldError) else {"case": error.message}
        return _page(
            request,
            _case(request, ref),
            decision_draft.blank(found, visits),
            hold=replace(written, errors=errors),
            status=UNPROCESSABLE if isinstance(error, InvalidHoldError) else CONFLICT,
        )
    numbers = ", ".join(container_number(placed.visit.number) for placed in holds)
    messages.success(request, _("Held: %(numbers)s.") % {"numbers": numbers})
    return HttpResponseRedirect(f"{_address(request, found)}#holds")


@require_POST
def lift(request: HttpRequest, ref: uuid.UUID, hold: uuid.UUID) -> HttpResponse:
    """Lift a hold; the note says why the equipment may go."""
    found = _case(request, ref)
    held = get_object_or_404(Hold.objects.visible_to(request.user).filter(case=found).select_related("case"), ref=hold)
    note = request.POST.get("note", "").replace("\0", "").strip()
    if holding.lift_hold(hold=held, user=person(request), note=note):
        messages.success(request, _("Hold lifted: %(number)s.") % {"number": container_number(held.visit.number)})
    else:
        messages.info(request, _("This hold had been lifted already."))
    return HttpResponseRedirect(f"{_address(request, found)}#holds")


@require_POST
def tuning_asked(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Say that a rule that fired here needs tuning; whoever writes rules reads it in the ledger."""
    found = _case(request, ref)
    rule, note = (request.POST.get(name, "").replace("\0", "") for name in ("rule", "note"))
    blank = decision_draft.blank(found, visits_of(found))
    try:
        tuning.ask(case=found, user=person(request), rule=rule, note=note)
    except CaseError as error:
        told = {"rule": rule, "note": note, "error": error.message}
        status = UNPROCESSABLE if isinstance(error, InvalidTuningError) else CONFLICT
        return _page(request, found, blank, tuning_told=told, status=status)
    if not request.htmx:  # type: ignore[attr-defined]  # as above
        messages.success(request, _("Asked for tuning of %(rule)s.") % {"rule": rule})
        return HttpResponseRedirect(f"{_address(request, found)}#why")
    return _page(request, found, blank)


@require_POST
def never_arrived(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Close the case of cargo that never came; the note says how one knows, and stays where it may not be closed."""
    found = _case(request, ref)
    note = request.POST.get("note", "").replace("\0", "")
    try:
        outcomes.close_never_arrived(case=found, user=person(request), note=note)
    except CaseError as error:
        again = _case(request, ref)
        status = UNPROCESSABLE if isinstance(error, InvalidOutcomeError) else CONFLICT
        draft = decision_draft.blank(again, visits_of(again))
        return _page(request, again, draft, gone={"note": note, "error": error.message}, status=status)
    messages.success(request, _("Closed, never arrived: %(case)s.") % {"case": found.number})
    return HttpResponseRedirect(_address(request, found))


def _address(request: HttpRequest, found: Case) -> str:
    return reverse("case", args=[found.ref]) + Queue(request, current_unit(request)).suffix


def _go(request: HttpRequest, address: str) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]  # as above
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response


def _conflict(request: HttpRequest, found: Case, draft: Draft, error: CaseError) -> HttpResponse:
    """Somebody was there before: who, since when and until when, or what happened; everything typed stays."""
    again = _case(request, found.ref)
    conflict: dict[str, Any] = {"message": error.message, "code": error.code}
    if isinstance(error, AlreadyClaimedError):
        conflict |= {"holder": error.holder, "until": error.until}
    elif isinstance(error, CaseChangedError):
        conflict["lines"] = [line(event) for event in error.events]
        draft = draft.at(error.version)
    return _page(request, again, draft, conflict=conflict, status=CONFLICT)


def _page(
    request: HttpRequest,
    found: Case,
    draft: Draft,
    *,
    conflict: dict[str, Any] | None = None,
    comment_error: str = "",
    hold: HoldDraft | None = None,
    gone: dict[str, str] | None = None,
    tuning_told: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    sheet = read_case(found)
    if hold is None:
        hold = hold_draft.blank(found, [line.visit for line in sheet.visits], sheet.holds)
    queue = Queue(request, current_unit(request))
    is_mine = sheet.claimed_by == user
    may_triage = user.scope.allows(Capability.TRIAGE, found.working_unit_id)
    is_closed = found.state == Case.State.CLOSED
    taken = sheet.claimed_by is not None and not is_mine
    single = sheet.visits[0] if len(sheet.visits) == 1 else None
    context: dict[str, Any] = {
        "case": found,
        "unit": found.working_unit,
        "sheet": sheet,
        "hits": hits_of_case(found, user),
        "chain": chain(single.visit, single.placements, single.seals) if single else None,
        "is_shared": not user.scope.allows(Capability.READ, found.unit_id),
        "may_comment": any(
            user.scope.allows(Capability.COMMENT, unit) for unit in (found.unit_id, found.working_unit_id)
        ),
        "may_lift": any(user.scope.allows(Capability.TRIAGE, unit) for unit in (found.unit_id, found.working_unit_id)),
        "may_hold": may_triage and (bool(hold.errors) or (not is_closed and bool(hold.visits))),
        "hold_draft": hold,
        "tunings": tuning.asked_by(user, found),
        "tuning_told": tuning_told,
        "tuning_longest": tuning.LONGEST,
        "may_close": may_triage and not (taken or is_closed),
        "gone": gone,
        "may_triage": may_triage,
        "may_take_over": taken and user.scope.allows(Capability.SUPERVISE, found.working_unit_id),
        "is_mine": is_mine,
        "is_taken": taken,
        # what was typed before the race was lost stays in sight: the claim may end, the words may serve a comment
        "shows_form": may_triage and (conflict is not None or not (taken or is_closed)),
        "conflict": conflict,
        "comment_text": request.POST.get("text", "") if comment_error else "",
        "comment_error": comment_error,
        "draft": draft,
        "decisions": decision_draft.choices(draft),
        "reason_choices": decision_draft.reason_choices(draft),
        "method_choices": decision_draft.method_choices(draft),
        "overriding": decision_draft.overriding(found),
        "query_suffix": queue.suffix,
        "before": queue.neighbour(found, backward=True),
        "after": queue.neighbour(found),
        "panels": panels.shown("case", request, found),
    }
    if context["shows_form"]:
        context["pass_to_units"] = services.units_to_pass_to(found)
    return render(request, "case/page.html", context, status=status)
