"""What was agreed of a table: which column holds which field, how its numbers and dates are written.

A mapping is plain JSON, so that it can be kept and passed as `agreed`:

    {"version": 1, "fingerprint": "…",
     "columns": {"blno": {"field": "document_no", "heading": "B/L No"},
                 "grossmt": {"field": "gross_kg", "unit": "TNE", "heading": "Gross (MT)"}},
     "decimal": ",", "dates": "DMY",
     "defaults": {"document_type": "bill", "mode": "sea", …}}

Columns are named by what their heading is when compared (`heading_keys`), so a file whose columns stand in another
order is read by the same mapping. `unit` is one of `table_columns.MASS_UNITS` or `VOLUME_UNITS`. decimal: "," or "."
for numbers that can be read both ways. dates: "DMY", "MDY" or "YMD" for dates that are text, "" where there are none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from profiling.formats import limits
from profiling.formats.records import Direction, DocumentType, Function, Mode
from profiling.formats.table_columns import BY_KEY, MASS_UNITS, NAMING, VOLUME_UNITS, plain

VERSION: Final = 1
DECIMALS: Final = ("", ",", ".")
DATES: Final = ("", "DMY", "MDY", "YMD")
# What may be said once for all tables of the kind; a cell of the table goes before it. Nothing that is of one voyage
# alone: a mapping is remembered, and the next file comes on another.
DEFAULTS: Final[dict[str, tuple[str, ...] | int]] = {
    "document_type": tuple(DocumentType),
    "mode": tuple(Mode),
    "direction": ("", *Direction),
    "function": ("", *Function),
    "loading_place": limits.CODE,
    "discharge_place": limits.CODE,
    "currency": 3,
}
# Several columns may hold a part of each of these; the parts are joined.
SEVERAL: Final = frozenset(
    {"description", "marks", "seals", "container", "shipper_address", "consignee_address", "notify_address"}
)
MOST_COLUMNS: Final = 256


@dataclass(frozen=True, slots=True)
class Choice:
    """What one column holds. `field` "" is a column that is not read."""

    field: str
    unit: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a mapping: a code of `problems.CODES`, and the column or setting it is about."""

    code: str
    where: str = ""
    params: AnyMapping[str, Any] = field(default_factory=dict)


class MappingError(ValueError):
    """A mapping that cannot be used; `faults` says why, at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Mapping:
    fingerprint: str
    columns: AnyMapping[str, Choice]
    decimal: str = ""
    dates: str = ""
    defaults: AnyMapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "fingerprint": self.fingerprint,
            "columns": {
                key: {name: said for name in ("field", "unit", "heading") if (said := getattr(choice, name))}
                for key, choice in self.columns.items()
            },
            "decimal": self.decimal,
            "dates": self.dates,
            "defaults": dict(self.defaults),
        }


def heading_keys(headings: Sequence[Any]) -> list[str]:
    """What each column is named by: its heading as compared; a repeated one with its number; "" without a heading."""
    keys: list[str] = []
    times: dict[str, int] = {}
    for heading in headings:
        text = str(heading).strip()
        key = (plain(text[:200]) or text[:200]) if text else ""
        if key:
            times[key] = times.get(key, 0) + 1
            key = f"{key}#{times[key]}" if times[key] > 1 else key
        keys.append(key)
    return keys


def fingerprint(headings: Sequence[Any]) -> str:
    """SHA-256 in hexadecimal of the set of headings: in whatever order and spelling of blanks, capitals and signs."""
    named = sorted(key for key in heading_keys(headings) if key)
    return hashlib.sha256("\n".join(named).encode("utf-8", "surrogatepass")).hexdigest()


def from_json(plain_values: Any) -> Mapping:
    """A mapping out of what was kept or sent. Raises MappingError that names every column and setting at fault."""
    if not isinstance(plain_values, AnyMapping) or plain_values.get("version", VERSION) != VERSION:
        raise MappingError([Fault("mapping_unreadable")])
    faults: list[Fault] = []
    columns: dict[str, Choice] = {}
    sent = plain_values.get("columns")
    if not isinstance(sent, AnyMapping) or len(sent) > MOST_COLUMNS:
        raise MappingError([Fault("mapping_unreadable", "columns")])
    for key, said in sent.items():
        if not isinstance(said, AnyMapping) or not all(isinstance(one, str) for one in said.values()):
            faults.append(Fault("mapping_unreadable", str(key)))
            continue
        choice = Choice(said.get("field", ""), said.get("unit", ""), said.get("heading", "")[:200])
        faults += _choice_faults(str(key), choice)
        columns[str(key)] = choice
    settings = {"decimal": DECIMALS, "dates": DATES}
    for name, allowed in settings.items():
        if plain_values.get(name, "") not in allowed:
            faults.append(Fault("value_not_allowed", name, {"allowed": ", ".join(one for one in allowed if one)}))
    defaults = plain_values.get("defaults") or {}
    faults += _default_faults(defaults)
    faults += _whole_faults(columns)
    if faults:
        raise MappingError(faults)
    print_of = plain_values.get("fingerprint", "")
    return Mapping(
        print_of if isinstance(print_of, str) else "",
        columns,
        plain_values.get("decimal", ""),
        plain_values.get("dates", ""),
        {name: said.strip() for name, said in defaults.items() if said.strip()},
    )


def _choice_faults(key: str, choice: Choice) -> list[Fault]:
    if not choice.field:
        return []
    if choice.field not in BY_KEY:
        return [Fault("mapping_field_unknown", key, {"field": choice.field[:60]})]
    units = {"mass": MASS_UNITS, "volume": VOLUME_UNITS}.get(BY_KEY[choice.field].kind, ())
    if choice.unit and choice.unit not in units:
        return [Fault("value_not_allowed", key, {"allowed": ", ".join(units)})]
    return []


def _default_faults(defaults: Any) -> list[Fault]:
    if not isinstance(defaults, AnyMapping):
        return [Fault("mapping_unreadable", "defaults")]
    faults = []
    for name, said in defaults.items():
        rule = DEFAULTS.get(name)
        if rule is None or not isinstance(said, str):
            faults.append(Fault("mapping_unreadable", str(name)))
        elif isinstance(rule, tuple):
            if said and said not in rule:
                faults.append(Fault("value_not_allowed", str(name), {"allowed": ", ".join(one for one in rule if one)}))
        elif len(said.strip()) > rule:
            faults.append(Fault("text_too_long", str(name), {"limit": rule}))
    return faults


def _whole_faults(columns: AnyMapping[str, Choice]) -> list[Fault]:
    """What only all columns together show."""
    faults = []
    first: dict[str, str] = {}
    for key, choice in columns.items():
        if choice.field in BY_KEY and choice.field not in SEVERAL and first.setdefault(choice.field, key) != key:
            other = columns[first[choice.field]].heading or first[choice.field]
            faults.append(Fault("mapping_field_twice", key, {"other": other}))
    if not any(name in first or any(c.field == name for c in columns.values()) for name in NAMING):
        faults.append(Fault("mapping_names_nothing", "columns"))
    return faults
