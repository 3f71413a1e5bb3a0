"""The sentence that says why a rule fired: a template with the values it saw.

    "{kg_per_package} kg a package over {packages} packages"

A placeholder is an indicator's code in braces and nothing else: no attribute, index, conversion or format is
read from a template, so a rule's text cannot reach into the program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from profiling.indicators.catalogue import Value, Values

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{1,59})\}")

Show = Callable[[str, Value], str]


def plain(code: str, value: Value) -> str:
    """A value as Python writes it, for logs and tests; pages pass their own localised form."""
    return str(value)


def placeholders(template: str) -> tuple[str, ...]:
    """The indicator codes a template names, each once, in order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(template)))


def named_in(templates: Iterable[str]) -> tuple[str, ...]:
    """The indicator codes that any wording of a sentence names, each once."""
    return tuple(dict.fromkeys(code for template in templates for code in placeholders(template)))


def unknown_placeholders(template: str, catalogue: Mapping[str, object]) -> tuple[str, ...]:
    """What a template names that is no indicator; a rule with any is not ready to propose."""
    return tuple(code for code in placeholders(template) if code not in catalogue)


def render_reason(template: str, values: Values, show: Show = plain, *, missing: str | None = None) -> str:
    """Put the values in; what has none stays visible as `{code}`, or reads `missing` where that is given."""

    def fill(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if value is not None:
            return show(match[1], value)
        return match[0] if missing is None else missing

    return _PLACEHOLDER.sub(fill, template)
