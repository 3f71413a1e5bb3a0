"""Values of indicators and conditions on them in the reader's words, with numbers as the reader writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcu.desk.templatetags.desk import MINUS
from profiling.indicators import definitions as definitions  # registers every indicator
from profiling.indicators.catalogue import REGISTRY, Value, ValueType
from profiling.indicators.labels import UNITS
from profiling.rules.core.conditions import DaysBetween, Difference, Leaf, Lhs, ListRef, Op, Ratio

_LONGEST_TEXT = 80
_LONGEST_LIST = 5

# The sentence of one condition: what is asked of the fact named before it.
_ASKED = {
    Op.EQ: gettext_lazy("equal to %(value)s"),
    Op.NE: gettext_lazy("not %(value)s"),
    Op.GT: gettext_lazy("over %(value)s"),
    Op.GE: gettext_lazy("at least %(value)s"),
    Op.LT: gettext_lazy("under %(value)s"),
    Op.LE: gettext_lazy("at most %(value)s"),
    Op.BETWEEN: gettext_lazy("from %(low)s to %(high)s"),
    Op.IN: gettext_lazy("one of %(value)s"),
    Op.NOT_IN: gettext_lazy("none of %(value)s"),
    Op.CONTAINS_WORD: gettext_lazy("with the word %(value)s"),
    Op.LACKS_WORD: gettext_lazy("without the word %(value)s"),
    Op.CONTAINS_ANY_WORD: gettext_lazy("with any of the words %(value)s"),
    Op.LACKS_ALL_WORDS: gettext_lazy("with none of the words %(value)s"),
    Op.IS_FALSE: gettext_lazy("no"),
    Op.IS_MISSING: gettext_lazy("missing"),
    Op.IS_PRESENT: gettext_lazy("given"),
}


def number(value: float | Decimal) -> str:
    """A number to three significant places: 1,284; 48.2; 1.92. Whole ones without a fraction."""
    exact = Decimal(str(value))
    size = abs(exact)
    rounded = round(exact, 0 if size >= 100 else 1 if size >= 10 else 2)
    places = 0 if rounded == rounded.to_integral_value() else max(0, -int(rounded.normalize().as_tuple().exponent))
    shown = formats.number_format(abs(rounded), decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{MINUS}{shown}" if rounded < 0 else shown


def label(code: str) -> str:
    """What an indicator is called; its code where the catalogue no longer has it."""
    known = REGISTRY.specs().get(code)
    return str(known.label) if known else code


def plain_value(code: str, value: Value) -> str:
    """A value as a sentence takes it: without its unit, which the sentence brings along."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number(value)
    known = REGISTRY.specs().get(code)
    if known and known.type is ValueType.DATE:
        return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
    return Truncator(value.strip()).chars(_LONGEST_TEXT)


def value_with_unit(code: str, value: Value) -> str:
    """A value standing alone: with its unit."""
    known = REGISTRY.specs().get(code)
    unit = UNITS.get(known.unit, known.unit) if known else ""
    shown = plain_value(code, value)
    return f"{shown} {unit}" if unit else shown


def condition_words(leaf: Leaf) -> str:
    """One condition of a rule in words: "Gross weight of one package, over 40"; a plain yes is the fact alone."""
    op: Op = leaf.op
    code = leaf.lhs if isinstance(leaf.lhs, str) else ""
    if op is Op.IS_TRUE:
        return _fact(leaf.lhs)
    return f"{_fact(leaf.lhs)}, {_ASKED[op] % _constants(code, leaf)}"


def _constants(code: str, leaf: Leaf) -> dict[str, str]:
    value: Any = leaf.value
    if value is None:
        return {}
    if leaf.op is Op.BETWEEN:
        return {"low": plain_value(code, value[0]), "high": plain_value(code, value[1])}
    if isinstance(value, ListRef):
        return {"value": _("the list “%(code)s”") % {"code": value.list}}
    if isinstance(value, tuple):
        shown = ", ".join(plain_value(code, one) for one in value[:_LONGEST_LIST])
        rest = len(value) - _LONGEST_LIST
        return {"value": _("%(first)s and %(rest)d more") % {"first": shown, "rest": rest} if rest > 0 else shown}
    return {"value": plain_value(code, value)}


def _fact(lhs: Lhs) -> str:
    match lhs:
        case Ratio(ratio=(a, b)):
            return _("“%(a)s” divided by “%(b)s”") % {"a": label(a), "b": label(b)}
        case Difference(difference=(a, b)):
            return _("“%(a)s” less “%(b)s”") % {"a": label(a), "b": label(b)}
        case DaysBetween(days_between=(a, b)):
            return _("days from “%(a)s” to “%(b)s”") % {"a": label(a), "b": label(b)}
        case str(code):
            return label(code)
