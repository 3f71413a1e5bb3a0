"""The small forms of a seizure's page: links, samples, results, hand-overs, signatures, what became of the goods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inspections import custody
from inspections.custody import Transfer
from inspections.errors import InspectionError, InvalidActError
from inspections.facts import template_of, unit_label
from inspections.models import Handover, Link, Photo, Sample, Seizure
from inspections.samples import Taken
from inspections.seizure_notices import amount
from inspections.web.seizure_form import MomentField, NumberField
from pcu.accounts.confirmation import NotConfirmedError
from pcu.accounts.models import User
from profiling.cargo.models import PartyMention

OK, CONFLICT, UNPROCESSABLE = 200, 409, 422


def attempt(form: forms.Form, act: Callable[[], object]) -> int:
    """Do what a form asks and write into it why it cannot be done. 200 when done, else the status of the answer."""
    if not form.is_valid():
        return UNPROCESSABLE
    try:
        act()
    except InvalidActError as error:
        for name, message in error.errors.items():
            form.add_error(name if name in form.fields else None, message)
        return UNPROCESSABLE
    except NotConfirmedError as error:
        form.add_error("password", error.message)
        return UNPROCESSABLE
    except InspectionError as error:
        form.add_error(None, error.message)
        return CONFLICT
    return OK


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**options, input_formats=["%Y-%m-%d"], widget=widget)


class LinkForm(forms.Form):
    """Somebody or some route tied to the seizure."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Link.Kind.choices)
    name = forms.CharField(label=_("Name, or from – to"), required=False)
    part = forms.CharField(label=_("Part played"), required=False)
    identifier = forms.CharField(label=_("Tax number, passport"), required=False)
    note = forms.CharField(label=_("Note"), required=False)


def of_mention(mention: PartyMention) -> dict[str, Any]:
    """A link as the papers tell it."""
    return {
        "kind": Link.Kind.COMPANY,
        "name": mention.name,
        "part": str(mention.get_role_display()),
        "identifier": mention.tax_id,
        "party": mention.party,
    }


class SampleForm(forms.Form):
    bag = forms.CharField(label=_("Number of the bag"), required=False)
    description = forms.CharField(label=_("What it is"), required=False)
    laboratory = forms.CharField(label=_("Laboratory"), required=False)
    sent_at = MomentField(label=_("Sent at"), required=False)
    due_on = DayField(label=_("Result due"), required=False)

    def taken(self) -> Taken:
        return Taken(**self.cleaned_data)


class ResultForm(forms.Form):
    verdict = forms.ChoiceField(label=_("The laboratory"), choices=[("", "–"), *Sample.Verdict.choices], required=False)
    result = forms.CharField(label=_("Result"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    reported_on = DayField(label=_("Report of"), required=False)


class DisposalForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    disposal = forms.CharField(
        label=_("What became of the goods"),
        help_text=_("Stored, destroyed, returned, handed to a court; with the number of the paper."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_stale = False
    stands = ""

    def rest_on(self, version: int, stands: str) -> None:
        """Somebody was faster: what was typed is kept, to be saved over what stands now once it was looked at."""
        self.data = {**self.data.dict(), "version": version} if isinstance(self.data, QueryDict) else self.data
        self.is_stale, self.stands = True, stands


class People(forms.ModelChoiceField):  # type: ignore[type-arg]  # takes none when the program runs
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class HandoverForm(forms.Form):
    what = forms.CharField(label=_("What is handed over"), required=False)
    quantity = NumberField(label=_("Quantity"), required=False)
    quantity_unit = forms.ChoiceField(label=_("Unit of quantity"), required=False)
    seal = forms.CharField(label=_("Seal of the package"), required=False)
    place = forms.CharField(label=_("Where"), required=False)
    giver = People(User.objects.none(), label=_("Who gives"), required=False)
    receiver = People(User.objects.none(), label=_("Who receives"), required=False)
    receiver_name = forms.CharField(label=_("or by name, without a sign-in"), required=False)
    receiver_agency = forms.CharField(label=_("Agency"), required=False)

    def __init__(self, posted: Any = None, *, seizure: Seizure, chain: list[Handover], user: User) -> None:
        holder = custody.holder_of(chain)
        givers = custody.possible_givers(seizure, holder)
        initial = {
            "what": f"{seizure.get_commodity_display()}, {amount(seizure)}",
            "giver": next((giver.pk for giver in givers if giver.pk == user.pk), givers[0].pk if givers else None),
        }
        super().__init__(posted, initial=initial)
        people: Any = self.fields["giver"]
        people.queryset = User.objects.filter(pk__in=[giver.pk for giver in givers])
        people.empty_label = None if givers else "–"
        receivers: Any = self.fields["receiver"]
        receivers.queryset = custody.possible_receivers(seizure)
        units: Any = self.fields["quantity_unit"]
        units.choices = [(code, unit_label(code)) for code in template_of(seizure).units]
        self.holder = holder

    def transfer(self) -> Transfer:
        return Transfer(**{name: value for name, value in self.cleaned_data.items() if name != "giver"})


class SignForm(forms.Form):
    """Signs one side: by password, on paper where the person has no sign-in, or by a supervisor with a reason where the
    giver is gone."""

    side = forms.CharField(widget=forms.HiddenInput)
    password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    paper = forms.ModelChoiceField(Photo.objects.none(), label=_("Photograph of the signed paper"), required=False)
    reason = forms.CharField(
        label=_("Why the giver cannot sign, and which paper bears it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": custody.REASON_LENGTH}),
    )

    def __init__(self, posted: Any = None, *, handover: Handover, side: str, photos: Any) -> None:
        super().__init__(posted, initial={"side": side}, auto_id=f"id_%s_{handover.number}_{side}")
        gives = side != custody.Side.RECEIVED
        self.signer = handover.given_by if gives else handover.received_by
        self.name = handover.giver if gives else handover.receiver
        self.signs = side
        self.is_instead = gives and custody.giver_is_gone(handover)
        if not self.is_instead:
            del self.fields["reason"]
        if self.signer and not self.is_instead:
            del self.fields["paper"]
            self.fields["password"].label = _("Password of %(name)s") % {"name": self.name}
        else:
            del self.fields["password"]
            paper: Any = self.fields["paper"]
            paper.queryset = photos
            paper.label_from_instance = _photo_label


def _photo_label(photo: Photo) -> str:
    moment = timezone.localtime(photo.uploaded_at)
    return f"{photo.get_kind_display()}, {moment:%H:%M}{': ' if photo.caption else ''}{photo.caption}"
