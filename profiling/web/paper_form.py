"""The fields of a document as a form: what it says, or what its file proposes, and back as a record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcu.accounts.handling import Handling
from profiling.documents.choices import Kind
from profiling.documents.models import Document
from profiling.formats import records as r
from profiling.parties.core.identity import plain_code
from profiling.reference import countries, currencies

_BETWEEN = re.compile(r"[\n,;]+")
_PARTIES = {
    "shipper": r.PartyRole.SHIPPER,
    "consignee": r.PartyRole.CONSIGNEE,
    "notify": r.PartyRole.NOTIFY,
}
_FIGURES = ("gross_kg", "net_kg", "tare_kg", "packages", "volume_m3", "value")
_TEXTS = ("ucr", "currency", "origin_country", "destination_country", "delivery_terms")
_PLACES = ("loading_place", "discharge_place", "receipt_place", "delivery_place")
_DECLARATION = "declaration"


def _figure(label: Any, places: int = 3) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=14, decimal_places=places)


def _text(label: Any, length: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=length, help_text=help_text)


def _several(label: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(
        label=label, required=False, max_length=2000, widget=area, help_text=gettext_lazy("Part several by commas.")
    )


class PaperForm(forms.Form):
    """One document. Empty fields are what it does not say."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    number = _text(gettext_lazy("Number"), 70)
    issued = forms.DateField(
        label=gettext_lazy("Date of issue"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    consignments = _several(gettext_lazy("Transport documents it names"))
    shipper = _text(gettext_lazy("Shipper or seller"), 350)
    consignee = _text(gettext_lazy("Consignee or buyer"), 350)
    notify = _text(gettext_lazy("Notify party"), 350)
    goods = forms.CharField(
        label=gettext_lazy("Goods"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    hs = _several(gettext_lazy("Commodity codes (HS)"))
    packages = forms.IntegerField(label=gettext_lazy("Packages"), required=False, min_value=0, max_value=10**9)
    gross_kg = _figure(gettext_lazy("Gross, kg"))
    net_kg = _figure(gettext_lazy("Net, kg"))
    tare_kg = _figure(gettext_lazy("Tare of the vehicle, kg"))
    volume_m3 = _figure(gettext_lazy("Volume, m³"))
    value = _figure(gettext_lazy("Value"), places=2)
    currency = _text(gettext_lazy("Currency"), 3, gettext_lazy("Three letters, as USD."))
    containers = _several(gettext_lazy("Containers, wagons, trailers"))
    seals = _several(gettext_lazy("Seals"))
    origin_country = _text(gettext_lazy("Country of origin"), 60, gettext_lazy("Two letters, or its name."))
    destination_country = _text(gettext_lazy("Country of destination"), 60)
    loading_place = _text(gettext_lazy("Place of loading"), 60, gettext_lazy("UN/LOCODE, or its name."))
    discharge_place = _text(gettext_lazy("Place of discharge"), 60)
    receipt_place = _text(gettext_lazy("Place of receipt"), 60, gettext_lazy("Where the carrier takes it over."))
    delivery_place = _text(gettext_lazy("Place of delivery"), 60)
    delivery_terms = _text(gettext_lazy("Delivery terms"), 3, gettext_lazy("Incoterms, as DAP."))
    ucr = _text(gettext_lazy("Unique reference"), 70)
    declaration = _text(gettext_lazy("Customs declaration it names"), 70)
    handling = forms.ChoiceField(label=gettext_lazy("Who may read on"), choices=Handling.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            said = len(str(self.initial.get(name) or "")) * 2  # ends of lines are two characters when they come back
            if isinstance(field, forms.CharField) and field.max_length is not None and said > field.max_length:
                # a paper of a message may say more than anybody would type: it is not lost for that
                field.max_length = said
                field.validators = [one for one in field.validators if not isinstance(one, MaxLengthValidator)]
                field.validators.append(MaxLengthValidator(said))
                field.widget.attrs["maxlength"] = str(said)

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].upper()
        if code and not currencies.is_known(code):
            raise forms.ValidationError(_("This is no currency of ISO 4217."))
        return code

    def clean_origin_country(self) -> str:
        return _country(self.cleaned_data["origin_country"])

    def clean_destination_country(self) -> str:
        return _country(self.cleaned_data["destination_country"])

    def clean_hs(self) -> str:
        told = {_code(code) for code in _listed(str(self.initial.get("hs", "")))}
        codes = [_code(code) for code in _listed(self.cleaned_data["hs"])]
        for code in codes:
            # what the paper says itself may stand, as a number of another nomenclature
            if code not in told and not re.fullmatch(r"[0-9]{4,12}", code):
                raise forms.ValidationError(_("%(code)s is no commodity code: 4 to 12 digits."), params={"code": code})
        return ", ".join(codes)

    def clean_containers(self) -> str:
        # a number whose check digit does not fit is kept: what the paper says is what is compared
        return ", ".join(_listed(self.cleaned_data["containers"]))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("value") is not None and not data.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Say in which currency."))
        return data

    def take(self, errors: Mapping[str, str]) -> None:
        """Show what a service refused beside its fields."""
        for field, message in errors.items():
            self.add_error(field if field in self.fields else None, message)


def _code(text: str) -> str:
    return re.sub(r"[\s.]", "", text)


def _country(text: str) -> str:
    code = countries.alpha_2(text)
    if text and not code:
        raise forms.ValidationError(_("This is no country of ISO 3166."))
    return code


def _listed(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def initial_of(document: Document) -> dict[str, Any]:
    """What the form begins with: what the document says, or what its file proposes."""
    begun: dict[str, Any] = {"kind": document.kind, "handling": document.handling, "issued": document.issued}
    if not document.is_stated:
        several: dict[str, list[str]] = {}
        for one in document.proposed:
            several.setdefault(one["field"], []).append(one["value"])
        return {name: ", ".join(values) for name, values in several.items()} | {
            name: value for name, value in begun.items() if value
        }
    return begun | _told(document.said)


def _told(said: r.Document) -> dict[str, Any]:
    return {
        "number": said.number,
        "consignments": ", ".join(said.consignments),
        "goods": "; ".join(dict.fromkeys(item.description for item in said.items if item.description)),
        "hs": ", ".join(dict.fromkeys(item.commodity.code for item in said.items if item.commodity)),
        "containers": ", ".join(one.equipment for one in said.loadings),
        "seals": ", ".join(seal.number for seal in said.seals),
        **{name: _place_text(getattr(said, name)) for name in _PLACES},
        "declaration": next((one.number for one in said.references if one.kind.lower() == _DECLARATION), ""),
        **{name: getattr(said, name) for name in (*_FIGURES, *_TEXTS)},
        **{name: _party(said, role).name if _party(said, role) else "" for name, role in _PARTIES.items()},
    }


def _party(said: r.Document, role: r.PartyRole) -> Any:
    return next((party for party in said.parties if party.role is role), None)


def _place_text(place: r.Place | None) -> str:
    return "" if place is None else place.code or place.name


def said_of(cleaned: Mapping[str, Any], before: r.Document) -> r.Document:
    """What the form says, on what the document said: of lines and loadings nothing is lost that was not changed."""
    told = _told(before)
    changed = {name for name in told if _plain(name, cleaned.get(name)) != _plain(name, told[name])}
    said = replace(
        before,
        kind=r.DocumentKind(cleaned["kind"]),
        number=cleaned["number"],
        consignments=tuple(_listed(cleaned["consignments"])),
        parties=_parties(cleaned, before, changed),
        **{name: cleaned[name] for name in (*_FIGURES, *_TEXTS)},
    )
    if changed & {"goods", "hs"}:
        said = replace(said, items=_items(cleaned["goods"], _listed(cleaned["hs"])))
    if "containers" in changed:
        known = {plain_code(one.equipment): one for one in before.loadings}
        numbers = _listed(cleaned["containers"])
        said = replace(said, loadings=tuple(known.get(plain_code(one), r.Loading(one)) for one in numbers))
    if "seals" in changed:
        said = replace(said, seals=tuple(r.Seal(number) for number in _listed(cleaned["seals"])))
    for name in _PLACES:
        if name in changed:
            said = replace(said, **{name: _place(cleaned[name])})  # type: ignore[arg-type]  # a place by its name
    if _DECLARATION in changed:
        others = tuple(one for one in before.references if one.kind.lower() != _DECLARATION)
        number = cleaned[_DECLARATION]
        said = replace(said, references=(*others, *((r.Reference(_DECLARATION, number),) if number else ())))
    return said


def _plain(name: str, value: Any) -> Any:
    """A value as a browser and a form may send it back: other ends of lines, no blanks at its ends, codes without dots.

    A difference of these alone is none that a person has made.
    """
    if name == "hs":
        return [_code(code) for code in _listed(value or "")]
    return (" ".join(value.split()) if isinstance(value, str) else value) or None


def _parties(cleaned: Mapping[str, Any], before: r.Document, changed: Iterable[str]) -> tuple[r.Party, ...]:
    """Those that were not changed keep their address and tax number."""
    gone = {role for name, role in _PARTIES.items() if name in changed}
    kept = [party for party in before.parties if party.role not in gone]
    named = [r.Party(role, cleaned[name]) for name, role in _PARTIES.items() if name in changed and cleaned[name]]
    return (*kept, *named)


def _items(goods: str, codes: Sequence[str]) -> tuple[r.Item, ...]:
    if not codes:
        return (r.Item(1, goods),) if goods else ()
    return tuple(
        r.Item(line, goods if line == 1 else "", commodity=r.Commodity(code)) for line, code in enumerate(codes, 1)
    )


def _place(text: str) -> r.Place | None:
    if not text:
        return None
    is_code = bool(re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}", text))
    return r.Place(text, "", "unlocode") if is_code else r.Place("", text)
