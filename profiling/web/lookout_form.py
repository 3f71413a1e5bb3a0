"""The form of a lookout. What may stand in it is judged by the service; the form only reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Agency, Capability
from profiling.cases.watching import LENGTHS, LONGEST
from profiling.lookouts.choices import Action, Kind, Source
from profiling.lookouts.core.watchlist import WATCHED_AS

USUAL = timedelta(days=90)
TEXT = 4000


def keeping_units(user: User, unit: Unit | None) -> list[Unit]:
    """Where a person may keep lookouts: in the chosen unit and the nodes above it, and the units below a node held."""
    held = Unit.objects.filter(pk__in=user.scope.units(Capability.WATCH)).order_by("path")
    return sorted(held, key=lambda one: (one != unit, one.path))


class LookoutForm(forms.Form):
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        to_field_name="ref",
        empty_label=None,
        label=_("Watched for in"),
        help_text=_("And in all units below."),
    )
    kind = forms.ChoiceField(choices=Kind.choices, label=_("What"))
    value = forms.CharField(
        max_length=LENGTHS["value"],
        label=_("Value"),
        help_text=_("Matched exactly; spaces, hyphens and capitals do not count."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    action = forms.ChoiceField(
        choices=[
            (Action.MUST_EXAMINE, _("Must be examined: opens a case in the lane of examination")),
            (Action.OPEN_CASE, _("Open a case, in the lane the rules give")),
            (Action.INFORM, _("Inform: no case, a notice under Lookouts")),
            (Action.SILENT, _("Tell me alone: nobody else sees anything, nothing stops")),
        ],
        initial=Action.OPEN_CASE,
        widget=forms.RadioSelect,
        label=_("On a hit"),
    )
    reason = forms.CharField(
        max_length=TEXT,
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who meets it reads this."),
    )
    valid_from = forms.DateField(
        required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    expires_on = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("At most a year; it can be renewed."),
    )
    source = forms.ChoiceField(choices=Source.choices, label=_("Source"))
    source_ref = forms.CharField(required=False, max_length=LENGTHS["source_ref"], label=_("Reference of the source"))
    handling = forms.ChoiceField(choices=Handling.choices, initial=Handling.RESTRICTED, label=_("Handling"))
    agency = forms.ChoiceField(
        required=False,
        choices=[("", _("everybody of the unit")), *Agency.choices],
        label=_("Kept for"),
        help_text=_("Others who meet it are told whom to ask, and nothing else."),
    )
    contact = forms.CharField(
        required=False, max_length=LENGTHS["contact"], label=_("Whom to ask"), help_text=_("Name, telephone.")
    )

    def __init__(self, *args: Any, user: User, unit: Unit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = keeping_units(user, unit)
        units: Any = self.fields["unit"]
        units.queryset = Unit.objects.filter(pk__in=[one.pk for one in self.units]).order_by("path")
        today = timezone.localdate()
        units.initial = self.units[0].ref if self.units else None
        self.fields["expires_on"].initial = today + USUAL
        for name in ("valid_from", "expires_on"):
            self.fields[name].widget.attrs |= {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}

    def take(self, errors: Mapping[str, str]) -> None:
        """Show what the service refuses beside its fields."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)


def asked_for(query: QueryDict) -> dict[str, str]:
    """What a link to the form fills in: the kind, of a lookout or of equipment, and the value."""
    value = query.get("value", "").replace("\0", "")[: LENGTHS["value"]]
    kind = str(WATCHED_AS.get(query.get("kind", ""), query.get("kind", "")))
    return {"value": value} | ({"kind": kind} if kind in Kind.values else {})
