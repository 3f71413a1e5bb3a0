"""The form of a seizure: what is the same for every commodity, and around it the fields of the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inspections.commodities.fields import Template
from inspections.commodities.numbers import AmbiguousNumberError, NotANumberError, plain, read_number
from inspections.commodities.templates import newest
from inspections.contents import likely
from inspections.facts import unit_label
from inspections.lists import words_for
from inspections.models import InspectionLine, ListedWord, Seizure
from inspections.seizure_checks import Account
from inspections.web import seizure_fields
from inspections.web.seizure_fields import Facts
from pcu.accounts.handling import Handling
from profiling.cargo.models import Consignment
from profiling.cases.choices import Commodity

LOCAL = "%Y-%m-%dT%H:%M"
_L = ListedWord.List


class NumberField(forms.CharField):
    """A number as people of any language write it; what may mean two numbers is asked about."""

    default_error_messages = {
        "invalid": _("Write a number."),
        "ambiguous": _("Write the number without marks between thousands, or with a point and all decimals."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}))

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_number(text)
        except AmbiguousNumberError:
            raise forms.ValidationError(self.error_messages["ambiguous"], code="ambiguous") from None
        except NotANumberError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value


class MomentField(forms.DateTimeField):
    """A local date and time to the minute."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
        super().__init__(**options, input_formats=[LOCAL, "%Y-%m-%dT%H:%M:%S"], widget=widget)


class WordsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # takes none when the program runs
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


class SeizureForm(forms.Form):
    """Checks nothing but that values can be read: what is missing is judged by the service."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    declared_as = forms.CharField(label=_("Declared as"), required=False)
    declared_quantity = NumberField(label=_("Declared quantity"), required=False)
    quantity = NumberField(label=_("Quantity seized"), required=False)
    quantity_unit = forms.CharField(label=_("Unit of quantity"), required=False)
    value = NumberField(label=_("Estimated value"), required=False)
    value_currency = forms.CharField(
        label=_("Currency"), required=False, widget=forms.TextInput(attrs={"list": "currencies", "maxlength": 3})
    )
    value_basis = forms.CharField(label=_("How it was estimated"), required=False)
    place = forms.ModelChoiceField(ListedWord.objects.none(), label=_("Place"), required=False)
    concealment = forms.ModelChoiceField(ListedWord.objects.none(), label=_("Method"), required=False)
    cover_load = forms.BooleanField(label=_("Under a cover load"), required=False)
    detections = WordsField(
        ListedWord.objects.none(), label=_("How detected"), required=False, widget=forms.CheckboxSelectMultiple
    )
    description = forms.CharField(
        label=_("What was seen"),
        help_text=_("The hiding place, how deep, of what; packing and marks. No names of persons."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seized_at = MomentField(label=_("Seized at"), required=False)
    handling = forms.ChoiceField(label=_("Handling"), choices=Handling.choices, required=False)
    consignment = forms.ModelChoiceField(Consignment.objects.none(), label=_("Consignment"), required=False)

    def __init__(self, *args: Any, line: InspectionLine, seizure: Seizure | None, template: Template | None) -> None:
        super().__init__(*args)
        unit = line.inspection.unit
        units = [(code, unit_label(code)) for code in template.units] if template else []
        self.fields["quantity_unit"].widget = forms.Select(choices=units)
        named = (seizure.place_id, seizure.concealment_id) if seizure else ()
        kept = {pk for pk in named if pk is not None}
        detected = set(seizure.detections.values_list("pk", flat=True)) if seizure else set()
        self._choose("place", words_for(unit, _L.PLACE, kept))
        self._choose("concealment", words_for(unit, _L.CONCEALMENT, kept))
        self._choose("detections", words_for(unit, _L.DETECTION, detected))
        self._choose("consignment", likely(line))

    def _choose(self, name: str, rows: Any) -> None:
        choice: Any = self.fields[name]
        choice.queryset = rows
        choice.empty_label = None if isinstance(choice, WordsField) else "–"


@dataclass(slots=True)
class Draft:
    """A seizure being written. errors: by field as the service names them."""

    commodity: str
    form: SeizureForm
    facts: Facts
    errors: Mapping[str, str]

    @property
    def template(self) -> Template | None:
        return newest(self.commodity) if self.commodity else None

    @property
    def inputs(self) -> list[seizure_fields.Input]:
        return seizure_fields.inputs(self.template, self.facts, self.errors) if self.template else []

    @property
    def rows(self) -> list[list[seizure_fields.Input]]:
        return list(seizure_fields.row_inputs(self.template, self.facts, self.errors)) if self.template else []

    @property
    def rows_error(self) -> str:
        return self.errors.get("facts.items", "")

    @property
    def other_error(self) -> str:
        """What no field of the page shows."""
        return self.errors.get("facts", "")

    def with_errors(self, errors: Mapping[str, str]) -> Draft:
        self.errors = {**self.errors, **errors}
        for name, message in errors.items():
            if name in self.form.fields and not self.form.has_error(name):
                self.form.add_error(name, message)
        return self

    def account(self) -> Account:
        """What the form tells; call once `form.is_valid()`."""
        told = {name: value for name, value in self.form.cleaned_data.items() if name != "version"}
        facts = self.facts.told(self.template) if self.template else {}
        told["detections"] = tuple(told["detections"])
        told["value_currency"] = told["value_currency"].strip().upper()
        return Account(commodity=self.commodity, facts=facts, **told)


def blank(line: InspectionLine) -> Draft:
    """Nothing typed yet: what the inspection knows already is filled in."""
    inside = list(likely(line)[:2])
    only = inside[0] if len(inside) == 1 else None
    items = list(only.current.items.all()[:1]) if only and only.current else []
    initial = {
        "seized_at": timezone.now(),
        "handling": Handling.RESTRICTED,
        "value_currency": "USD",
        "consignment": only,
        "declared_as": items[0].description if items else "",
    }
    form = SeizureForm(None, None, "id_%s", None, initial, line=line, seizure=None, template=None)
    return Draft("", form, Facts(), {})


def of_record(seizure: Seizure) -> Draft:
    """The record as it stands."""
    template = newest(seizure.commodity)
    names = [name for name in SeizureForm.base_fields if name != "detections"]
    initial = {name: getattr(seizure, name) for name in names}
    initial["detections"] = list(seizure.detections.all())
    form = SeizureForm(None, None, "id_%s", None, initial, line=seizure.line, seizure=seizure, template=template)
    return Draft(seizure.commodity, form, seizure_fields.stored(template, seizure.facts), {})


def typed(post: QueryDict, line: InspectionLine, seizure: Seizure | None) -> Draft:
    """What was sent. "more" asks for another row, "drop" takes one away."""
    commodity = post.get("commodity", "")
    commodity = commodity if commodity in Commodity.values else ""
    facts = seizure_fields.typed(post)
    rows = list(facts.rows)
    if "more" in post:
        rows.append({})
    if (drop := post.get("drop", "")).isdecimal() and int(drop) < len(rows):
        del rows[int(drop)]
    template = newest(commodity) if commodity else None
    form = SeizureForm(post, line=line, seizure=seizure, template=template)
    return Draft(commodity, form, Facts(facts.single, rows), {})
