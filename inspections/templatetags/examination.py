"""Small parts of the pages of an act: what ties a field to its change, and differences in figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from inspections.web.sheet import Entry
from pcu.desk.templatetags.desk import MINUS, quantity

register = template.Library()


@register.simple_tag
def field_of(entry: Entry, kind: str = "value") -> SafeString:
    """The attributes by which inspection_values.js knows a field; kind says how its value is put together."""
    return format_html(
        'data-field="{}" data-line="{}" data-kind="{}" data-base="{}"', entry.name, entry.line, kind, entry.base
    )


@register.simple_tag
def base_of(entry: Entry) -> SafeString:
    """The value that a plain form rests on."""
    return format_html('<input type="hidden" name="b|{}" value="{}">', entry.key, entry.base)


@register.filter
def local(moment: str | None) -> str:
    """A time as a field of a form takes it."""
    return (moment or "")[:16]


@register.simple_tag
def difference(declared: Any, found: Any) -> SafeString | str:
    """How much more or less was found: ``+224 +36.4 %``."""
    if declared is None or found in (None, ""):
        return "–"
    before, now = Decimal(str(declared)), Decimal(str(found))
    more = now - before
    if not more:
        return format_html("<span>0</span>")
    sign = "+" if more > 0 else MINUS
    share = f" {sign}{quantity(round(abs(more) * 100 / before, 1), 1)} %" if before else ""
    css = "bad-t" if more > 0 else "warn-t"
    return format_html('<span class="{}"><b>{}{}</b>{}</span>', css, sign, quantity(abs(more)), share)
