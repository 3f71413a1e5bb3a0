"""What changed between two submissions of an act, field by field; pure.

Parts are paired by their refs, so that an order tells nothing. Missing and empty are the same. A part that was added
or taken out is told once, as a whole, and what hangs on it is not told again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Fields = Mapping[str, Any]
Content = Mapping[str, Any]
Key = tuple["Section", str]


class Section(StrEnum):
    """Which part of the act a difference is in, in the order a page tells them."""

    ACT = "act"
    TEAM = "team"
    PRESENT = "present"
    LINES = "lines"
    METHODS = "methods"
    POINTS = "points"
    PACKAGES = "packages"
    RADIATION = "radiation"
    SEALS = "seals"
    FINDINGS = "findings"
    PHOTOS = "photos"
    SEIZURES = "seizures"
    LINKS = "links"
    SAMPLES = "samples"


OF_SEIZURES = frozenset({Section.SEIZURES, Section.LINKS, Section.SAMPLES})

_LINE_SECTIONS = {
    Section.PACKAGES: (
        "packages_declared", "packages_found", "counted_how", "gross_declared_kg", "gross_found_kg", "weighed_how",
        "weighing_note", "difference_note",
    ),
    Section.RADIATION: ("radiation_usvh", "radiation_background_usvh", "radiation_device"),
    Section.FINDINGS: ("result", "found_in", "findings", "photos_note"),
}  # fmt: skip
_NOT_TOLD = frozenset({"ref", "visit", "line", "equipment", "links", "samples"})


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. where: the number of the equipment or of the seizure it belongs to, "" for the whole act.

    name: what the part is called (a method, a seal's number, a bag, a person's name). field: what differs; "" where
    the whole part was added (before is None) or taken out (after is None), and then the other side holds its fields.
    """

    section: Section
    ref: str
    where: str
    name: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Differences:
    """What changed, and how many fields say the same as before."""

    changes: tuple[Change, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an act with its fields, by which both a difference and the whole are told; see `Change`."""

    where: str
    name: str
    fields: Fields
    parent: Key | None = None


def differences(before: Content, after: Content) -> Differences:
    """Everything that differs, by section; no change when the two say the same."""
    old, new = parts(before), parts(after)
    changes: list[Change] = []
    unchanged = 0
    for key in dict.fromkeys([*old, *new]):
        here, there = old.get(key), new.get(key)
        if here is not None and there is not None:
            told = list(_of_fields(key, here, there))
            changes += told
            named = {name for part in (here, there) for name, value in part.fields.items() if not _is_empty(value)}
            unchanged += len(named) - len(told)
            continue
        part = here or there
        assert part is not None
        if part.parent is None or (part.parent in old and part.parent in new):
            section, ref = key
            changes.append(
                Change(
                    section, ref, part.where, part.name, "", here and dict(here.fields), there and dict(there.fields)
                )
            )
    order = list(Section)
    changes.sort(key=lambda change: order.index(change.section))
    return Differences(tuple(changes), unchanged)


def _of_fields(key: Key, before: Part, after: Part) -> Iterator[Change]:
    section, ref = key
    for name in dict.fromkeys([*before.fields, *after.fields]):
        old, new = before.fields.get(name), after.fields.get(name)
        if old != new and not (_is_empty(old) and _is_empty(new)):
            yield Change(section, ref, after.where, after.name, name, old, new)


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def parts(told: Content) -> dict[Key, Part]:
    """The parts of an act by section and ref."""
    put: dict[Key, Part] = {}
    put[Section.ACT, ""] = Part("", "", told["act"])
    for member in told["team"]:
        put[Section.TEAM, member["user"]] = Part("", member["name"], _without(member, "user"))
    met: Counter[str] = Counter()
    for person in sorted(told["present"], key=lambda person: (person["name"], person["capacity"])):
        met[person["name"]] += 1
        put[Section.PRESENT, f"{person['name']} {met[person['name']]}"] = Part("", person["name"], person)
    for line in told["lines"]:
        _put_line(put, line)
    where = {line["ref"]: line["equipment"] for line in told["lines"]}
    for photo in told["photos"]:
        put[Section.PHOTOS, photo["ref"]] = Part(where.get(photo["line"], ""), photo["kind"], _without(photo, "ref"))
    for seizure in told["seizures"]:
        _put_seizure(put, seizure)
    return put


def _put_line(put: dict[Key, Part], line: Fields) -> None:
    ref, number = line["ref"], line["equipment"]
    key = (Section.LINES, ref)
    put[key] = Part(number, number, {"equipment": number, "kind": line["kind"]})
    for method, done in line["methods"].items():
        if any(done.values()):
            put[Section.METHODS, f"{ref} {method}"] = Part(number, method, done, key)
    points: dict[str, Any] = {}
    for point, seen in line["points"].items():
        points |= {point: seen.get("state"), f"{point}.note": seen.get("note")}
    put[Section.POINTS, ref] = Part(number, "", points, key)
    for section, names in _LINE_SECTIONS.items():
        put[section, ref] = Part(number, "", {name: line[name] for name in names if name in line}, key)
    for seal in line["seals"]:
        put[Section.SEALS, seal["ref"]] = Part(number, seal["number"], _without(seal, "ref"), key)


def _put_seizure(put: dict[Key, Part], seizure: Fields) -> None:
    number = seizure["number"]
    key = (Section.SEIZURES, seizure["ref"])
    plain = {name: value for name, value in seizure.items() if name not in _NOT_TOLD and name != "facts"}
    facts = {f"facts.{name}": value for name, value in seizure["facts"].items()}
    put[key] = Part(number, number, plain | facts)
    for link in seizure["links"]:
        put[Section.LINKS, link["ref"]] = Part(number, link["name"], _without(link, "ref"), key)
    for sample in seizure["samples"]:
        put[Section.SAMPLES, sample["ref"]] = Part(number, sample["bag"], _without(sample, "ref"), key)


def _without(fields: Fields, name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}
