"""Members of DCSA objects, taken leniently: what is wrong with a value costs the value and is told as a warning."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from profiling.formats import limits
from profiling.formats.findings import Findings, Placed
from profiling.formats.json_fields import Fields, pointer_to
from profiling.formats.quantities import in_unit


class Lenient(Findings):
    """Findings in which only `refuse_record` refuses: a wrong value is told as a warning."""

    def refuse(self, code: str, at: Placed, field: str = "", received: str = "", /, **params: Any) -> None:
        self.warn(code, at, field, received, **params)

    def refuse_record(self, code: str, at: Placed, field: str = "", received: str = "", /, **params: Any) -> None:
        super().refuse(code, at, field, received, **params)


def text(fields: Fields, name: str, limit: int = limits.CODE) -> str:
    """The text of a member, cut at `limit` with a warning."""
    return fields.found.text(fields.text(name, limits.RECORD_BYTES), limit, fields.at(name), name)


def texts(fields: Fields, name: str) -> list[str]:
    """An array of texts; some senders write the one text itself."""
    fields.seen.add(name)
    sent = fields.members.get(name)
    if sent is None:
        return []
    lines = sent if isinstance(sent, list) else [sent]
    numbered = {str(place): line for place, line in enumerate(lines)}
    inner = Fields(numbered, fields.offset, pointer_to(fields.pointer, name), fields.found)
    return [line for place in inner.members if (line := inner.text(place, limits.RECORD_BYTES))]


def quantity(fields: Fields, name: str, factors: dict[str, Decimal]) -> Decimal | None:
    """{"value": number, "unit": code} in the base unit of `factors`."""
    inner = fields.inner(name)
    if inner is None:
        return None
    value, unit = inner.number("value"), text(inner, "unit")
    inner.close()
    if value is None:
        return None
    return fields.found.amount(in_unit(format(value, "f"), unit, factors), fields.at(name), name, str(value))
