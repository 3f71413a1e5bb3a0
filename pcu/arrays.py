"""A column of values as one parameter: PostgreSQL's own text of an array, for queries that ask for thousands.

The driver would write `ARRAY['…', '…']`, every value by itself, and PostgreSQL would parse and plan each of them as an
expression; the text of an array is read by the input function of its type, several times faster on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any


def array_text(values: Iterable[Any]) -> str:
    """`{1,2}` or `{"a","b"}`, to be cast by the query: `%s::text[]`. None is NULL.

    Takes what PostgreSQL reads as Python writes it: numbers, texts, dates and moments, UUIDs, truth. No arrays in it.
    """
    moments: dict[datetime, str] = {}  # subjects of one message share theirs, and writing one takes its time
    parts = []
    for value in values:
        if value.__class__ is int:
            parts.append(str(value))
        elif value.__class__ is datetime:
            written = moments.get(value)
            if written is None:
                written = moments[value] = f'"{value.isoformat()}"'
            parts.append(written)
        elif value is None:
            parts.append("NULL")
        else:
            parts.append(_quoted(str(value)))
    return f"{{{','.join(parts)}}}"


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
