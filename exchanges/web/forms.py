"""Forms of warnings, feedback and questions. They read what was typed; what it must be is judged by the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from exchanges import body
from exchanges.choices import Action, Answer, Located, RequestedAction, Urgency, WhyNot
from exchanges.copying import CaseCargo, is_personal_number
from exchanges.models import Feedback, PartnerWarning
from exchanges.services.answers import Told
from exchanges.services.composing import Contents
from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit
from pcu.accounts.roles import Agency
from pcu.desk.templatetags.desk import container_number
from profiling.cargo.choices import PartyRole
from profiling.cases.choices import Commodity

HOLDS_DAYS = 30


class PlainForm(forms.Form):
    """Everything may be left out as far as the form is concerned: the service says what is missing, and where."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def show(self, errors: Mapping[str, str]) -> None:
        """Put the messages of a service beside their fields, those of no field above the form."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)


def _moment(unit: Unit, label: Any) -> forms.DateTimeField:
    """A moment typed in the unit's time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def _with_blank(choices: Sequence[tuple[str, Any]], words: Any) -> list[tuple[str, Any]]:
    return [("", words), *choices]


class WarningForm(PlainForm):
    to_unit = forms.ModelChoiceField(
        Unit.objects.none(), to_field_name="code", label=pgettext_lazy("message", "To"), empty_label="–"
    )
    subject = forms.CharField(label=_("In short"), max_length=240)
    grounds = forms.CharField(label=_("Grounds, as the other side reads them"), widget=forms.Textarea({"rows": 4}))
    visits = forms.MultipleChoiceField(label=_("Equipment, with seals"), widget=forms.CheckboxSelectMultiple)
    consignments = forms.MultipleChoiceField(label=_("Documents"), widget=forms.CheckboxSelectMultiple)
    roles = forms.MultipleChoiceField(label=_("Firms"), widget=forms.CheckboxSelectMultiple)
    with_goods = forms.BooleanField(label=_("Goods as declared"))
    with_route = forms.BooleanField(label=_("Route and conveyance"))
    with_persons = forms.BooleanField(label=_("Name persons too: natural persons and contacts"))
    persons_reason = forms.CharField(label=_("Why persons are named"), widget=forms.Textarea({"rows": 2}))
    action = forms.ChoiceField(label=_("What is asked"), choices=_with_blank(RequestedAction.choices, "–"))
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices)
    handling = forms.ChoiceField(label=_("Handling"), choices=Handling.choices)
    agency = forms.ChoiceField(label=_("For"), choices=_with_blank(Agency.choices, _("all agencies there")))
    expires_on = forms.DateField(label=_("Holds until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, unit: Unit, recipients: Sequence[Unit], cargo: CaseCargo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.cargo = unit, cargo
        fields: Any = self.fields
        fields["to_unit"].queryset = Unit.objects.filter(pk__in=[one.pk for one in recipients]).order_by("path")
        fields["visits"].choices = [(str(one.ref), container_number(one.number)) for one in cargo.visits]
        fields["consignments"].choices = [(str(one.ref), str(one)) for one in cargo.consignments]
        named: dict[str, list[str]] = {}
        for mention in cargo.mentions:
            names, name = named.setdefault(mention.role, []), mention.name
            if is_personal_number(mention.country, mention.tax_id):
                name = gettext("%(name)s (a person)") % {"name": name}
            if name not in names:
                names.append(name)
        fields["roles"].choices = [
            (role, f"{PartyRole(role).label}: {', '.join(names[:3])}{', …' if len(names) > 3 else ''}")
            for role, names in named.items()
        ]
        self.fields["eta"] = _moment(unit, _("Expected there"))
        self.fields["eta"].required = False

    def contents(self) -> Contents:
        """What was typed, for the service; call on a form without faults of its own."""
        said = self.cleaned_data
        last_day = said.get("expires_on")
        ends = None
        if last_day is not None:
            ends = datetime.combine(last_day, time.max, tzinfo=self.unit.zone).replace(microsecond=0).astimezone(UTC)
        return Contents(
            to_unit=said.get("to_unit"),
            visits=[one for one in self.cargo.visits if str(one.ref) in said["visits"]],
            consignments=[one for one in self.cargo.consignments if str(one.ref) in said["consignments"]],
            roles=said["roles"],
            with_goods=said["with_goods"],
            with_route=said["with_route"],
            subject=said["subject"],
            grounds=said["grounds"],
            action=said["action"],
            urgency=said["urgency"],
            handling=said["handling"],
            agency=said["agency"],
            expires_at=ends,
            eta=said.get("eta"),
            with_persons=said["with_persons"],
            persons_reason=said["persons_reason"],
        )


def proposed(unit: Unit, cargo: CaseCargo) -> dict[str, Any]:
    """What a new warning begins with: all the cargo of the case if it is little, its firms, no persons."""
    few = 10
    first = cargo.visits[0].number if cargo.visits else ""
    goods = cargo.items[0].description if cargo.items else ""
    told = ", ".join(part for part in (container_number(first), goods) if part)
    return {
        "subject": told[:120],
        "visits": [str(one.ref) for one in cargo.visits] if len(cargo.visits) <= few else [],
        "consignments": [str(one.ref) for one in cargo.consignments] if len(cargo.consignments) <= few else [],
        "roles": sorted({one.role for one in cargo.mentions} & {PartyRole.SHIPPER, PartyRole.CONSIGNEE}),
        "with_goods": True,
        "with_route": True,
        "urgency": Urgency.NORMAL,
        "handling": Handling.RESTRICTED,
        "expires_on": timezone.now().astimezone(unit.zone).date() + timedelta(days=HOLDS_DAYS),
    }


def as_drafted(warning: PartnerWarning, cargo: CaseCargo) -> dict[str, Any]:
    """A draft as the form had it."""
    told = body.read(warning.body)
    numbers = {one.number for one in told.equipment}
    papers = {(one.type, one.number) for one in told.documents}
    return {
        "to_unit": warning.to_unit.code,
        "subject": told.subject,
        "grounds": told.grounds,
        "visits": [str(one.ref) for one in cargo.visits if one.number in numbers],
        "consignments": [str(one.ref) for one in cargo.consignments if (one.document_type, one.document_no) in papers],
        "roles": sorted({one.role for one in told.parties}),
        "with_goods": bool(told.goods),
        "with_route": told.route is not None,
        "with_persons": bool(told.persons_reason),
        "persons_reason": told.persons_reason,
        "action": told.action,
        "urgency": told.urgency,
        "handling": told.handling,
        "agency": told.agency,
        "expires_on": warning.expires_at.astimezone(warning.from_unit.zone).date(),
        "eta": told.eta,
    }


USEFUL = {"yes": True, "no": False}


class FeedbackForm(PlainForm):
    located = forms.ChoiceField(label=_("Located"), choices=Located.choices, widget=forms.RadioSelect)
    result = forms.ChoiceField(label=_("Result"), choices=Answer.choices, widget=forms.RadioSelect)
    equipment = forms.MultipleChoiceField(
        label=_("The result is about"), widget=forms.CheckboxSelectMultiple, help_text=_("A find labels these alone.")
    )
    action = forms.ChoiceField(label=_("What was done"), choices=_with_blank(Action.choices, "–"))
    why_not = forms.ChoiceField(label=_("Why it was not examined"), choices=_with_blank(WhyNot.choices, "–"))
    commodity = forms.ChoiceField(label=_("What was found"), choices=_with_blank(Commodity.choices, "–"))
    quantity = forms.CharField(label=_("How much"), max_length=240)
    seized = forms.BooleanField(label=_("Seized"))
    useful = forms.ChoiceField(
        label=_("Was the warning useful"), choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect
    )
    new_facts = forms.CharField(label=_("New facts, for the other side"), widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, warning: PartnerWarning, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        numbers = [one.number for one in body.read(warning.body).equipment]
        fields["equipment"].choices = [(number, container_number(number)) for number in numbers]
        self.fields["located_at"] = _moment(warning.to_unit, _("When"))
        self.fields["located_at"].required = False

    def told(self) -> Told:
        """What was typed, without the fields that the choices made hide."""
        said = self.cleaned_data
        examined = said["result"] != Answer.NOT_EXAMINED
        found = said["result"] == Answer.FOUND
        return Told(
            located=said["located"],
            located_at=said.get("located_at"),
            action=said["action"] or (Action.NONE if not examined else ""),
            result=said["result"],
            why_not="" if examined else said["why_not"],
            equipment=said["equipment"] if examined else (),
            commodity=said["commodity"] if found else "",
            quantity=said["quantity"] if found else "",
            seized=said["seized"] if found else False,
            useful=USEFUL.get(said["useful"]),
            new_facts=said["new_facts"],
        )


def as_given(feedback: Feedback) -> dict[str, Any]:
    """A feedback as the form had it, to be amended."""
    names = ("located", "located_at", "action", "result", "why_not", "equipment", "commodity", "quantity", "seized")
    useful = {True: "yes", False: "no", None: ""}[feedback.useful]
    return {**{name: getattr(feedback, name) for name in names}, "useful": useful, "new_facts": feedback.new_facts}


class NoticeForm(PlainForm):
    to_unit = forms.ModelChoiceField(
        Unit.objects.none(), to_field_name="code", label=pgettext_lazy("message", "To"), empty_label="–"
    )
    agency = forms.ChoiceField(label=_("For"), choices=_with_blank(Agency.choices, _("all agencies there")))

    def __init__(self, *args: Any, recipients: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["to_unit"].queryset = Unit.objects.filter(pk__in=[one.pk for one in recipients]).order_by("path")


class QuestionForm(NoticeForm):
    subject = forms.CharField(label=_("In short"), max_length=240)
    text = forms.CharField(label=pgettext_lazy("message", "Text"), widget=forms.Textarea({"rows": 5}))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("question", _("A question that waits for an answer")), ("text", _("A message"))],
        widget=forms.RadioSelect,
    )
