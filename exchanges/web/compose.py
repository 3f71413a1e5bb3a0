"""Write a warning from a case, and change its draft. The draft's own page shows what the other side will read."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from exchanges.choices import State
from exchanges.copying import cargo_of
from exchanges.errors import InvalidWarningError, NotNowError
from exchanges.models import PartnerWarning
from exchanges.services import composing
from exchanges.web.forms import WarningForm, as_drafted, proposed
from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.desk import once
from profiling.cases.models import Case
from profiling.web.people import person

CONFLICT, UNPROCESSABLE = 409, 422


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def warn(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Choose what to copy from a case; the answer is a draft."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("unit", "working_unit"), ref=ref)
    user = person(request)
    unit = composing.warning_unit(case, user)
    form = _form(request, case, unit)
    if request.method == "POST" and form.is_valid():
        try:
            warning = composing.compose(
                case=case, user=user, contents=form.contents(), form_key=request.POST.get(once.FIELD, "")
            )
        except InvalidWarningError as error:
            form.show(_by_field(error))
        else:
            return HttpResponseRedirect(reverse("thread", args=[warning.thread.ref]))
    return _page(request, form, case, unit)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def change(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Change a draft; what has been sent is not changed any more."""
    visible = PartnerWarning.objects.visible_to(request.user).filter(state=State.DRAFT)
    warning = get_object_or_404(
        visible.select_related("case__unit", "case__working_unit", "from_unit", "to_unit", "thread"), thread__ref=ref
    )
    user = person(request)
    if not user.scope.allows(Capability.WARN, warning.from_unit_id):
        raise PermissionDenied
    form = _form(request, warning.case, warning.from_unit, warning)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            composing.change(warning=warning, user=user, contents=form.contents())
        except InvalidWarningError as error:
            form.show(_by_field(error))
        except NotNowError as error:
            form.show({"": error.message})
            status = CONFLICT
        else:
            return HttpResponseRedirect(reverse("thread", args=[warning.thread.ref]))
    return _page(request, form, warning.case, warning.from_unit, warning=warning, status=status)


def _form(request: HttpRequest, case: Case, unit: Unit, warning: PartnerWarning | None = None) -> WarningForm:
    cargo = cargo_of(case)
    return WarningForm(
        request.POST if request.method == "POST" else None,
        unit=unit,
        recipients=composing.recipients(unit),
        cargo=cargo,
        initial=as_drafted(warning, cargo) if warning else proposed(unit, cargo),
    )


def _by_field(error: InvalidWarningError) -> dict[str, str]:
    """The form asks for a last day where the service takes a moment."""
    return {"expires_on" if name == "expires_at" else name: message for name, message in error.errors.items()}


def _page(
    request: HttpRequest,
    form: WarningForm,
    case: Case,
    unit: Unit,
    *,
    warning: PartnerWarning | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "case": case, "unit": unit, "warning": warning}
    if form.errors and status == 200:
        status = UNPROCESSABLE
    return render(request, "exchanges/compose.html", context, status=status)
