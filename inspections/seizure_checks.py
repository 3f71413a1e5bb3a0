"""What is told of a seizure, and whether it is sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from inspections.commodities.checking import check, total
from inspections.commodities.fields import ITEMS
from inspections.commodities.templates import newest
from inspections.contents import may_hold
from inspections.errors import InvalidActError
from inspections.facts import sentence, unit_label
from inspections.models import Inspection, InspectionLine, ListedWord, Seizure
from inspections.moments import fault_of
from pcu.accounts.handling import Handling
from pcu.desk.templatetags.desk import quantity as written
from profiling.cargo.models import Consignment
from profiling.cases.choices import Commodity
from profiling.reference import currencies

QUANTITY_LIMIT = Decimal(10) ** 15
VALUE_LIMIT = Decimal(10) ** 16
TEXTS = {"declared_as": 350, "value_basis": 240, "description": 4000}


@dataclass(frozen=True, slots=True)
class Account:
    """A seizure as it is told. facts: as in `commodities.checking.check`. Quantities in `quantity_unit`."""

    commodity: str
    facts: Mapping[str, Any]
    seized_at: datetime | None
    quantity: Decimal | None = None
    quantity_unit: str = ""
    declared_as: str = ""
    declared_quantity: Decimal | None = None
    value: Decimal | None = None
    value_currency: str = ""
    value_basis: str = ""
    place: ListedWord | None = None
    concealment: ListedWord | None = None
    cover_load: bool = False
    detections: tuple[ListedWord, ...] = ()
    description: str = ""
    handling: str = Handling.RESTRICTED
    consignment: Consignment | None = None

    def said(self) -> list[Any]:
        """All of it in order, as values that can be told apart from another account."""
        return [getattr(self, one.name) for one in fields(self)]


@dataclass(slots=True)
class _Sound:
    errors: dict[str, str] = field(default_factory=dict)

    def need(self, name: str, found: object, message: str) -> None:
        if not found:
            self.errors.setdefault(name, message)


def checked(
    account: Account, *, line: InspectionLine, inspection: Inspection, before: Seizure | None = None
) -> dict[str, Any]:
    """The columns of the seizure, detections apart. Raises InvalidActError; facts are told as "facts.…"."""
    if account.commodity not in Commodity.values:
        raise InvalidActError({"commodity": _("Choose what was seized.")})
    sound = _Sound()
    template = newest(account.commodity)
    facts = check(template, account.facts)
    sound.errors |= {f"facts.{path}".rstrip("."): sentence(fault) for path, fault in facts.faults.items()}
    by_rows = None if facts.faults else total(template, facts.facts, account.quantity_unit)
    quantity = by_rows if account.quantity is None else account.quantity
    if not (
        quantity is None and any(path.startswith(ITEMS) for path in facts.faults)
    ):  # first the rows, then their sum
        _check_quantity(sound, account, quantity, by_rows, template.units)
    _check_value(sound, account)
    _check_words(sound, account, inspection, before)
    _check_time(sound, account, inspection)
    if account.consignment is not None and not may_hold(line, account.consignment):
        sound.errors["consignment"] = _("This consignment is not in the equipment examined.")
    if account.handling not in Handling.values:
        sound.errors["handling"] = _("Choose one from the list.")
    texts = {name: getattr(account, name).replace("\0", "").strip() for name in TEXTS}
    for name, limit in TEXTS.items():
        sound.need(name, len(texts[name]) <= limit, _("At most %(count)d characters.") % {"count": limit})
    if sound.errors:
        raise InvalidActError(sound.errors)
    return {
        **texts,
        "commodity": account.commodity,
        "template_version": template.version,
        "facts": facts.facts,
        "consignment": account.consignment,
        "declared_quantity": account.declared_quantity,
        "quantity": quantity,
        "quantity_unit": account.quantity_unit,
        "value": account.value,
        "value_currency": account.value_currency if account.value is not None else "",
        "place": account.place,
        "concealment": account.concealment,
        "cover_load": account.cover_load,
        "handling": account.handling,
        "seized_at": account.seized_at,
    }


def _check_quantity(
    sound: _Sound, account: Account, quantity: Decimal | None, by_rows: Decimal | None, units: tuple[str, ...]
) -> None:
    if account.quantity_unit not in units:
        names = ", ".join(unit_label(unit) for unit in units)
        sound.errors["quantity_unit"] = _("Quantities of this commodity are told in: %(units)s.") % {"units": names}
    if quantity is None:
        sound.errors["quantity"] = _("Say how much was seized.")
    elif quantity <= 0:
        sound.errors["quantity"] = _("The quantity seized is more than zero.")
    elif not _fits(quantity, QUANTITY_LIMIT, 3):
        sound.errors["quantity"] = _("At most 15 digits before the point and 3 behind it.")
    elif by_rows is not None and by_rows != quantity:
        sound.errors["quantity"] = _("The rows add up to %(sum)s.") % {"sum": written(by_rows)}
    if account.declared_quantity is not None and account.declared_quantity < 0:
        sound.errors["declared_quantity"] = _("A number below zero is not possible here.")
    elif account.declared_quantity is not None and not _fits(account.declared_quantity, QUANTITY_LIMIT, 3):
        sound.errors["declared_quantity"] = _("At most 15 digits before the point and 3 behind it.")


def _check_value(sound: _Sound, account: Account) -> None:
    if account.value is None:
        sound.need(
            "value", not account.value_basis.strip(), _("Say what the goods are worth, or leave the basis empty.")
        )
        return
    if account.value < 0:
        sound.errors["value"] = _("A number below zero is not possible here.")
    elif not _fits(account.value, VALUE_LIMIT, 2):
        sound.errors["value"] = _("At most 16 digits before the point and 2 behind it.")
    if not currencies.is_known(account.value_currency):
        sound.errors["value_currency"] = _("Use the three letters of the currency, for example USD.")
    sound.need("value_basis", account.value_basis.strip(), _("Say how the value was estimated."))


def _check_words(sound: _Sound, account: Account, inspection: Inspection, before: Seizure | None) -> None:
    sound.need("place", account.place, _("Say where it was hidden."))
    sound.need("concealment", account.concealment, _("Say how it was hidden."))
    sound.need("detections", account.detections, _("Say how it was detected."))
    kept = {before.place_id, before.concealment_id, *_detected(before)} if before else set()
    wanted = [
        ("place", account.place, ListedWord.List.PLACE),
        ("concealment", account.concealment, ListedWord.List.CONCEALMENT),
        *(("detections", word, ListedWord.List.DETECTION) for word in account.detections),
    ]
    for name, word, list_name in wanted:
        if word is None:
            continue
        ours = word.list == list_name and word.unit.code == inspection.unit.root_code
        if not ours or (word.retired_at is not None and word.pk not in kept):
            sound.errors[name] = _("The list of this country does not offer this word: %(word)s.") % {"word": word}


def _detected(seizure: Seizure) -> list[int]:
    return list(seizure.detections.values_list("pk", flat=True))


def _check_time(sound: _Sound, account: Account, inspection: Inspection) -> None:
    if account.seized_at is None:
        sound.errors["seized_at"] = _("Say when it was seized.")
    elif fault := fault_of(account.seized_at, happened=True):
        sound.errors["seized_at"] = fault
    elif inspection.started_at and account.seized_at < inspection.started_at.replace(second=0, microsecond=0):
        sound.errors["seized_at"] = _("This is before the examination began.")


def _fits(number: Decimal, limit: Decimal, places: int) -> bool:
    return number < limit and number == round(number, places)
