"""Matching: the lookouts of a unit as hash sets, held against the facts of one consignment or visit after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from profiling.formats.records import EquipmentKind
from profiling.lookouts.core.keys import NUMBER_WIDTH, Kind, name_key, tax_key
from profiling.parties.core.identity import plain_code

# Which lookouts a piece of equipment may be meant by.
WATCHED_AS: Final[Mapping[str, Kind]] = {
    EquipmentKind.CONTAINER: Kind.CONTAINER,
    EquipmentKind.SWAP_BODY: Kind.CONTAINER,
    EquipmentKind.BREAK_BULK: Kind.CONTAINER,
    EquipmentKind.WAGON: Kind.WAGON,
    EquipmentKind.TRUCK: Kind.PLATE,
    EquipmentKind.TRAILER: Kind.PLATE,
    EquipmentKind.CHASSIS: Kind.PLATE,
}
CONVEYANCE: Final = "conveyance"


class SealLike(Protocol):
    @property
    def number(self) -> str: ...


class VisitLike(Protocol):
    @property
    def visit_id(self) -> int: ...
    @property
    def kind(self) -> EquipmentKind: ...
    @property
    def number(self) -> str: ...
    @property
    def seals(self) -> Sequence[SealLike]: ...


class PartyLike(Protocol):
    @property
    def role(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def tax_id(self) -> str: ...
    @property
    def country(self) -> str: ...


class SubjectLike(Protocol):
    """What is known of one consignment or visit (`profiling.indicators.facts.SubjectFacts` is it)."""

    @property
    def visits(self) -> Sequence[VisitLike]: ...
    @property
    def parties(self) -> Sequence[PartyLike]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One lookout: its id, what it watches for, normalised, and the country of a tax number where it is known."""

    lookout: int
    kind: Kind
    key: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """What a visit stands on: a wagon, a trailer, the truck before it."""

    visit_id: int
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Match:
    """One lookout met.

    field: the kind of equipment, "seal", "conveyance" or the role of the party. value: as it was compared for numbers
    of equipment and seals, as written for parties and conveyances. visit_id: the equipment meant, if any.
    """

    lookout: int
    kind: Kind
    field: str
    value: str
    visit_id: int | None = None


class Watchlist:
    """The active lookouts of one unit. Truth value: whether there is any."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_kind: dict[Kind, dict[str, list[Entry]]] = {}
        for entry in entries:
            self._by_kind.setdefault(entry.kind, {}).setdefault(entry.key, []).append(entry)
        self._by_equipment = {kind: self._by_kind.get(watched, {}) for kind, watched in WATCHED_AS.items()}
        self._seals = self._by_kind.get(Kind.SEAL, {})
        self._plates = self._by_kind.get(Kind.PLATE, {})
        self._names = self._by_kind.get(Kind.NAME, {})
        self._taxes = self._by_kind.get(Kind.TAX_NUMBER, {})
        self._has_equipment = any(self._by_equipment.values()) or bool(self._seals)
        self._has_parties = bool(self._names or self._taxes)

    def __bool__(self) -> bool:
        return bool(self._by_kind)

    @property
    def seal_numbers(self) -> list[str]:
        return list(self._seals)

    @property
    def carrier_numbers(self) -> list[str]:
        """Numbers of wagons and plates, which may be of what carries the equipment and not of it itself."""
        return [*self._by_kind.get(Kind.WAGON, {}), *self._plates]

    def find(
        self, subject: SubjectLike, *, carriers: Mapping[int, Sequence[Carrier]] | None = None, conveyance: str = ""
    ) -> list[Match]:
        """The lookouts that a subject meets, each once, by the first thing that it meets.

        carriers: by visit, what it stands on. conveyance: the plate of a truck run, as written; empty otherwise.
        """
        found: dict[int, Match] = {}
        if self._has_equipment:
            for visit in subject.visits:
                for entry in self._by_equipment[visit.kind].get(visit.number, ()):
                    _keep(found, entry, visit.kind, visit.number, visit.visit_id)
                if self._seals:
                    for seal in visit.seals:
                        for entry in self._seals.get(seal.number, ()):
                            _keep(found, entry, Kind.SEAL, seal.number, visit.visit_id)
                for carrier in carriers.get(visit.visit_id, ()) if carriers else ():
                    for entry in self._by_equipment[carrier.kind].get(carrier.number, ()):
                        _keep(found, entry, carrier.kind, carrier.number, carrier.visit_id)
        if self._plates and conveyance:
            for entry in self._plates.get(plain_code(conveyance)[:NUMBER_WIDTH], ()):
                _keep(found, entry, CONVEYANCE, conveyance)
        if self._has_parties:
            self._find_parties(subject.parties, found)
        return list(found.values())

    def _find_parties(self, parties: Sequence[PartyLike], found: dict[int, Match]) -> None:
        for party in parties:
            if self._taxes and party.tax_id:
                number = tax_key(party.tax_id)
                for entry in self._taxes.get(number.text, ()):
                    if same_country(entry.country, number.country or party.country):
                        _keep(found, entry, party.role, party.tax_id)
            if self._names and party.name:
                for entry in self._names.get(name_key(party.name), ()):
                    _keep(found, entry, party.role, party.name)


def same_country(wanted: str, told: str) -> bool:
    """Whether tax numbers of these countries may be one: they may where either is not known."""
    return not wanted or not told or wanted == told


def _keep(found: dict[int, Match], entry: Entry, field: str, value: str, visit_id: int | None = None) -> None:
    found.setdefault(entry.lookout, Match(entry.lookout, entry.kind, str(field), value, visit_id))
