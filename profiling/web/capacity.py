"""The capacity page: how many examinations a shift of the unit can do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pcu.accounts.roles import Capability
from pcu.desk.units import current_unit
from profiling.rules import capacity
from profiling.rules.errors import InvalidRuleError
from profiling.web.people import person
from profiling.web.rule_tabs import UNPROCESSABLE, tabs


class CapacityForm(forms.Form):
    inspections_per_shift = forms.IntegerField(
        label=gettext_lazy("Inspections a shift"),
        min_value=1,
        max_value=capacity.MOST_A_SHIFT,
        help_text=gettext_lazy("As many as your people can really do, scans among them."),
    )
    shift_hours = forms.IntegerField(
        label=gettext_lazy("Hours of a shift"), min_value=1, max_value=capacity.DAY_HOURS, initial=capacity.USUAL_HOURS
    )
    shift_starts = forms.TimeField(
        label=gettext_lazy("A shift begins at"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("By the clock of the unit; the next ones follow."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def capacity_page(request: HttpRequest) -> HttpResponse:
    """What is stated for the chosen unit; who leads it states it anew."""
    unit = current_unit(request)
    if unit is None:
        raise Http404
    user = person(request)
    hands = capacity.hands_of(unit)
    status = 200
    if request.method == "POST":
        form = CapacityForm(request.POST)
        if form.is_valid():
            try:
                capacity.state(unit=unit, user=user, **form.cleaned_data)
            except InvalidRuleError as error:
                for field, message in error.errors.items():
                    form.add_error(field, message)
            else:
                messages.success(request, _("Stated. The cut line of the queue follows at once."))
                return redirect("capacity")
        user.scope.require(Capability.SUPERVISE, unit.pk)
        status = UNPROCESSABLE
    else:
        form = CapacityForm(initial=_stated(hands))
    context: dict[str, Any] = {
        "unit": unit,
        "hands": hands,
        "form": form,
        "may_state": user.scope.allows(Capability.SUPERVISE, unit.pk),
        **tabs(request, ""),
    }
    return render(request, "rules/capacity.html", context, status=status)


def _stated(hands: capacity.Hands | None) -> dict[str, Any]:
    if hands is None:
        return {}
    return {
        "inspections_per_shift": hands.inspections,
        "shift_hours": hands.hours,
        "shift_starts": hands.starts,
    }
