"""The page that turns a warning into lookouts."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from exchanges.choices import OPEN
from exchanges.errors import ExchangeError, InvalidWarningError, NotNowError
from exchanges.models import PartnerWarning
from exchanges.services import watching
from pcu.accounts.roles import Capability
from profiling.lookouts.choices import Action, Kind
from profiling.web.people import person

CONFLICT, UNPROCESSABLE = 409, 422


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def make(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Choose what to watch for; equipment is chosen already. What was chosen stays after an error."""
    user = person(request)
    visible = PartnerWarning.objects.visible_to(user).select_related("thread", "from_unit", "to_unit")
    warning: PartnerWarning = get_object_or_404(visible, thread__ref=ref)
    for needed in (Capability.ANSWER, Capability.WATCH):
        user.scope.require(needed, warning.to_unit_id)
    all_of_it = watching.watchables(warning)
    equipment = {Kind.CONTAINER, Kind.WAGON, Kind.PLATE}
    chosen = {one.key for one in all_of_it if one.kind in equipment}
    action: str = watching.proposed_action(warning)
    until: date | None = watching.proposed_end(warning, timezone.now())
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        chosen = set(request.POST.getlist("chosen"))
        action = request.POST.get("action", "")
        until = _day(request.POST.get("expires_on", ""))
        try:
            made = watching.make_lookouts(
                warning=warning,
                user=user,
                chosen=[one for one in all_of_it if one.key in chosen],
                action=action,
                expires_on=until,
            )
        except InvalidWarningError as error:
            errors, status = dict(error.errors), UNPROCESSABLE
        except ExchangeError as error:
            errors, status = {"warning": error.message}, CONFLICT
        else:
            _tell(request, len(made))
            return HttpResponseRedirect(reverse("thread", args=[warning.thread.ref]))
    elif warning.state not in OPEN:
        errors, status = {"warning": NotNowError(warning).message}, CONFLICT
    context = {
        "warning": warning,
        "may_place": warning.state in OPEN,
        "unit": warning.to_unit,
        "watchables": [(one, one.key in chosen) for one in all_of_it],
        "actions": Action.choices,
        "action": action,
        "expires_on": until,
        "errors": errors,
    }
    return render(request, "exchanges/lookouts.html", context, status=status)


def _tell(request: HttpRequest, count: int) -> None:
    if not count:
        messages.info(request, _("These lookouts stand already; none was placed."))
        return
    told = ngettext("%(count)d lookout is placed.", "%(count)d lookouts are placed.", count)
    messages.success(request, told % {"count": count})


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
