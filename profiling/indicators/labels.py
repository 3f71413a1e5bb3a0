"""The words for groups, types and units of indicators, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from profiling.indicators.catalogue import Group, Label, ValueType

GROUPS: Mapping[Group, Label] = {
    Group.PARTIES: _("Parties"),
    Group.TEXT: _("Goods text"),
    Group.GOODS: _("Goods"),
    Group.WEIGHT: _("Weight and packages"),
    Group.VALUE: _("Value"),
    Group.ROUTE: _("Route and time"),
    Group.EQUIPMENT: _("Equipment and seals"),
    Group.DOCUMENTS: _("Documents"),
    Group.META: _("About the record"),
}

TYPES: Mapping[ValueType, Label] = {
    ValueType.NUMBER: _("number"),
    ValueType.INTEGER: _("whole number"),
    ValueType.BOOLEAN: _("yes or no"),
    ValueType.TEXT: _("text"),
    ValueType.CODE: _("code"),
    ValueType.DATE: _("date"),
}

UNITS: Mapping[str, Label] = {
    "kg": _("kg"),
    "%": _("%"),
    "h": _("h"),
    "day": _("days"),
    "per kg": _("per kg"),
    "USD": _("USD"),
    "USD/kg": _("USD per kg"),
}
