"""The pages of messages: the list, one thread with all that is done in it, feedback, and a question of one's own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exchanges.choices import OPEN, State
from exchanges.errors import (
    ExchangeError,
    InvalidExchangeError,
    InvalidFeedbackError,
    InvalidMessageError,
    NotNowError,
)
from exchanges.models import PartnerWarning, Thread
from exchanges.services import answering, answers, composing, notices, sending, talk
from exchanges.web.forms import FeedbackForm, NoticeForm, QuestionForm, as_given
from exchanges.web.inbox import read_inbox
from exchanges.web.prefill import from_own_cases
from exchanges.web.thread_page import read_thread, side_of
from inspections.models import Seizure
from inspections.seizure_notices import notice_text
from pcu.accounts.roles import Capability
from pcu.desk import once
from pcu.desk.units import current_unit
from profiling.web.people import person

CONFLICT, UNPROCESSABLE = 409, 422
ANSWERABLE = (*OPEN, State.EXPIRED, State.ANSWERED)


def _visible(request: HttpRequest) -> QuerySet[Thread]:
    visible: QuerySet[Thread] = Thread.objects.visible_to(request.user)
    return visible.select_related("from_unit", "to_unit", "opened_by")


def _thread(request: HttpRequest, ref: uuid.UUID) -> Thread:
    return get_object_or_404(_visible(request), ref=ref)


def _warning(request: HttpRequest, ref: uuid.UUID) -> PartnerWarning:
    visible = PartnerWarning.objects.visible_to(request.user)
    found: PartnerWarning = get_object_or_404(
        visible.select_related("thread", "from_unit", "to_unit", "case"), thread__ref=ref
    )
    return found


@require_safe
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """The list. `?box=` and the filters stay in the address, also while threads are opened."""
    unit = current_unit(request)
    may_ask = unit is not None and person(request).scope.allows(Capability.WARN, unit.pk)
    return render(request, "exchanges/inbox.html", {"inbox": read_inbox(request), "may_ask": may_ask})


@require_safe
@never_cache
def thread(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """One thread; opening it tells the other side that it was read."""
    found = _thread(request, ref)
    answering.mark_read(thread=found, user=person(request))
    return _page(request, found)


@require_POST
def write(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Write to the other side, ask it, or keep a note for one's own."""
    found = _thread(request, ref)
    user = person(request)
    text = request.POST.get("text", "").replace("\0", "")
    try:
        talk.write(
            thread=found,
            user=user,
            unit=side_of(found, user, current_unit(request)),
            text=text,
            kind=request.POST.get("kind", "text"),
            form_key=request.POST.get(once.FIELD, ""),
        )
    except InvalidMessageError as error:
        return _page(request, found, typed=text, errors=error.errors, status=UNPROCESSABLE)
    return HttpResponseRedirect(f"{_address(request, found)}#last")


@require_POST
def send(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    warning = _warning(request, ref)
    try:
        sending.send(warning=warning, user=person(request))
    except ExchangeError as error:
        return _refused(request, warning.thread, error)
    told = {"number": warning.number, "unit": warning.to_unit.name}
    messages.success(request, _("Warning %(number)s is sent to %(unit)s.") % told)
    return HttpResponseRedirect(_address(request, warning.thread))


@require_POST
def discard(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    warning = _warning(request, ref)
    try:
        composing.discard(warning=warning, user=person(request))
    except ExchangeError as error:
        return _refused(request, warning.thread, error)
    messages.success(request, _("Draft %(number)s is thrown away.") % {"number": warning.number})
    return HttpResponseRedirect(reverse("messages"))


@require_POST
def recall(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    warning = _warning(request, ref)
    reason = request.POST.get("reason", "").replace("\0", "")
    try:
        sending.recall(warning=warning, user=person(request), reason=reason)
    except ExchangeError as error:
        return _refused(request, warning.thread, error)
    messages.success(request, _("Warning %(number)s is taken back.") % {"number": warning.number})
    return HttpResponseRedirect(_address(request, warning.thread))


@require_POST
def acknowledge(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    warning = _warning(request, ref)
    try:
        answering.acknowledge(warning=warning, user=person(request))
    except ExchangeError as error:
        return _refused(request, warning.thread, error)
    messages.success(request, _("Warning %(number)s is acknowledged.") % {"number": warning.number})
    return HttpResponseRedirect(_address(request, warning.thread))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def feedback(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Give feedback, or amend it once it is given. What was typed stays when somebody was faster."""
    warning = _warning(request, ref)
    user = person(request)
    if not user.scope.allows(Capability.ANSWER, warning.to_unit_id):
        raise PermissionDenied
    if request.method != "POST" and warning.state not in ANSWERABLE:
        messages.warning(request, NotNowError(warning).message)
        return HttpResponseRedirect(_address(request, warning.thread))
    given = warning.feedback.filter(superseded_by=None).select_related("given_by").first()
    initial = as_given(given) if given else from_own_cases(warning, user)
    form = FeedbackForm(request.POST if request.method == "POST" else None, warning=warning, initial=initial)
    status = UNPROCESSABLE if form.errors else 200
    if request.method == "POST" and form.is_valid():
        # which feedback was looked at: another one given meanwhile is not overwritten
        amended = request.POST.get("amends", "")
        try:
            if amended:
                seen = get_object_or_404(warning.feedback.all(), ref=_uuid(amended))
                answers.amend_feedback(warning=warning, user=user, told=form.told(), supersedes=seen)
            else:
                answers.give_feedback(warning=warning, user=user, told=form.told())
        except InvalidFeedbackError as error:
            form.show(error.errors)
            status = UNPROCESSABLE
        except ExchangeError as error:
            form.show({"": error.message})
            status = CONFLICT
        else:
            messages.success(request, _("Feedback on %(number)s is sent.") % {"number": warning.number})
            return HttpResponseRedirect(f"{_address(request, warning.thread)}#last")
    context = {"warning": warning, "form": form, "given": given, "unit": warning.to_unit}
    return render(request, "exchanges/feedback.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask another unit, or tell it something, apart from any warning."""
    unit = current_unit(request)
    user = person(request)
    if unit is None or not user.scope.allows(Capability.WARN, unit.pk):
        raise PermissionDenied
    recipients = composing.recipients(unit)
    data = request.POST if request.method == "POST" else None
    form = QuestionForm(data, recipients=recipients, initial={"kind": "question"})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            opened = talk.open_thread(
                user=user,
                from_unit=unit,
                to_unit=said["to_unit"],
                subject=said["subject"],
                text=said["text"],
                kind=said["kind"],
                agency=said["agency"],
                form_key=request.POST.get(once.FIELD, ""),
            )
        except InvalidMessageError as error:
            form.show(error.errors)
        else:
            return HttpResponseRedirect(reverse("thread", args=[opened.ref]))
    context = {"form": form, "unit": unit}
    return render(request, "exchanges/ask.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notice(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Tell another unit of an approved seizure; the page shows what it will read."""
    visible = Seizure.objects.visible_to(request.user).select_related("unit", "inspection", "case")
    seizure: Seizure = get_object_or_404(visible, ref=ref)
    user = person(request)
    if not user.scope.allows(Capability.WARN, seizure.unit_id):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = NoticeForm(data, recipients=composing.recipients(seizure.unit))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            sent = notices.send_notice(
                seizure=seizure,
                user=user,
                to_unit=said["to_unit"],
                agency=said["agency"],
                form_key=request.POST.get(once.FIELD, ""),
            )
        except InvalidMessageError as error:
            form.show(error.errors)
        else:
            return HttpResponseRedirect(reverse("thread", args=[sent.ref]))
    context = {"form": form, "seizure": seizure, "unit": seizure.unit, "text": notice_text(seizure)}
    return render(request, "exchanges/notice.html", context, status=UNPROCESSABLE if form.errors else 200)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error


def _address(request: HttpRequest, found: Thread) -> str:
    query = request.GET.urlencode()
    return reverse("thread", args=[found.ref]) + (f"?{query}" if query else "")


def _refused(request: HttpRequest, found: Thread, error: ExchangeError) -> HttpResponse:
    """A fault beside what was typed, or what happened meanwhile above the thread as it stands now."""
    if isinstance(error, InvalidExchangeError):
        typed = request.POST.get("reason", "")
        return _page(request, found, errors=error.errors, reason=typed, status=UNPROCESSABLE)
    return _page(request, found, errors={"conflict": error.message}, status=CONFLICT)


def _page(
    request: HttpRequest,
    found: Thread,
    *,
    errors: Mapping[str, str] | None = None,
    typed: str = "",
    reason: str = "",
    status: int = 200,
) -> HttpResponse:
    # what was read before a refusal may be old
    fresh = _visible(request).filter(pk=found.pk).first()
    if fresh is None:
        raise Http404
    sheet = read_thread(fresh, person(request), current_unit(request))
    context: dict[str, Any] = {
        "sheet": sheet,
        "unit": sheet.own,
        "inbox": read_inbox(request),
        "errors": errors or {},
        "typed": typed,
        "recall_reason": reason,
        "is_draft": sheet.warning is not None and sheet.warning.state == State.DRAFT,
    }
    return render(request, "exchanges/thread.html", context, status=status)
