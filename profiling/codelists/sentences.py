"""A row of a file that was not used, as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from profiling.reference.files.rows import PROBLEMS


def fault_sentence(fault: Mapping[str, Any]) -> str:
    """The sentence of a kept fault in the reader's language; the bare code where no sentence is known or fits."""
    code = str(fault["code"])
    try:
        return _(PROBLEMS[code]).format(**fault["params"])
    except (KeyError, IndexError):
        return code
