"""A problem of a submission as people read it: what is wrong, and where in the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _

from profiling.formats.problems import CODES, in_words

_PLACEHOLDER = re.compile(r"\{\w+\}")
# Characters that would move or hide the text around them: controls, direction marks, line and paragraph separators.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}


def problem_sentence(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a problem in the reader's language; the bare code where no sentence is known or fits."""
    template = CODES.get(code)
    if template is None:
        return code
    try:
        shown = {name: _shown(value) for name, value in in_words(params, _).items()}
        return _(template).format(**shown)
    except (KeyError, IndexError):
        return code


def problem_kind(code: str) -> str:
    """The sentence of a kind of problem: an ellipsis stands where each one has its own values."""
    return _PLACEHOLDER.sub("…", _(CODES[code])).replace("….", "…") if code in CODES else code


def problem_place(position: Mapping[str, Any], field: str = "") -> str:
    """Where it stands: "segment 14, byte 812, BGM", or the JSON pointer with the byte; "" where nothing is known.

    The field is left out where the pointer ends in it, the byte where it is the first: that is the whole file.
    """
    parts = []
    if position.get("segment") is not None:
        parts.append(_("segment %(number)s") % {"number": localize(position["segment"])})
    if position.get("pointer"):
        parts.append(as_received(str(position["pointer"])))
    if position.get("offset"):
        parts.append(_("byte %(number)s") % {"number": localize(position["offset"])})
    if field and not str(position.get("pointer") or "").endswith(f"/{field}"):
        parts.append(as_received(field))
    return ", ".join(parts)


def as_received(text: str) -> str:
    """What was received with every unseen character written out, so that it can neither hide nor turn the text."""
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in _UNSEEN else c for c in text)


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, str):
        return as_received(value)
    return str(localize(value))
