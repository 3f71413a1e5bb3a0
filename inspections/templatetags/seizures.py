"""Words of commodity templates in pages."""

from django import template

from inspections import facts

register = template.Library()


@register.filter
def of_template(text: str) -> str:
    """A label of a commodity's template in the reader's language."""
    return facts.words(text)


@register.filter
def unit_of_quantity(code: str) -> str:
    """The label of a unit of quantity."""
    return facts.unit_label(code)
