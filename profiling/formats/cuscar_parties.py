"""Names and addresses of CUSCAR: NAD with the RFF, CTA and COM that follow it (group 7 of D.95B).

Senders fill NAD in four shapes: one element of free lines (C058), a name element that holds the address too
(C080), the full structured form, or any of these shifted by a `+` that was not released.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Final

from profiling.formats import limits
from profiling.formats.edifact import Segment
from profiling.formats.findings import Findings
from profiling.formats.records import Party, PartyRole

# UN/EDIFACT 3035. The order within a role says who is meant when several are named.
ROLES: Final = {
    "CZ": PartyRole.SHIPPER,
    "OS": PartyRole.SHIPPER,
    "EX": PartyRole.SHIPPER,
    "SH": PartyRole.SHIPPER,
    "SU": PartyRole.SHIPPER,
    "CN": PartyRole.CONSIGNEE,
    "IM": PartyRole.CONSIGNEE,
    "N1": PartyRole.NOTIFY,
    "NI": PartyRole.NOTIFY,
    "N2": PartyRole.NOTIFY,
    "CX": PartyRole.NOTIFY,
    "CA": PartyRole.CARRIER,
    "FW": PartyRole.FORWARDER,
    "AG": PartyRole.AGENT,
    "BA": PartyRole.AGENT,
    "CG": PartyRole.AGENT,
    "VW": PartyRole.AGENT,
    "DP": PartyRole.DELIVERY,
    "DT": PartyRole.DECLARANT,
}
_RANK: Final = {qualifier: rank for rank, qualifier in enumerate(ROLES)}
_FIRST_RANK: Final = {role: rank for rank, role in reversed(list(enumerate(ROLES.values())))}
TAX_REFERENCES: Final = {"ADZ", "VA", "AHP", "FC", "TL"}  # UN/EDIFACT 1153
_REMEMBERED: Final = 4096
_rank = attrgetter("rank")
_STRUCTURED: Final = 9  # elements of a full NAD
_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")
_SAME: Final = re.compile(r"\W*SAME\s+AS\s+(?:THE\s+)?(?:(CONSIGNEE?|CNEE)|SHIPPER|CONSIGNOR)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Known:
    """A party as a bill names it, before SAME AS is put right."""

    rank: int
    role: int  # the first rank of its role
    party: Party
    meant: PartyRole | None  # the name only points to the party of this role
    copies: dict[PartyRole, Party] = field(default_factory=dict)  # its details for those that point to it, by role


class PartyReader:
    """Reads the parties of bills. The same firms come up all through a message: each is made out once."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, ...], _Known] = {}

    def read(self, groups: Iterable[list[Segment]], found: Findings) -> tuple[Party, ...]:
        """The parties of one bill: each group starts with NAD. Roles keep the order of ROLES, twins are dropped."""
        ranked: list[_Known] = []
        remembered = self._known
        for group in groups:
            said = (group[0].part,) if len(group) == 1 else tuple([segment.part for segment in group])
            known = remembered.get(said) or self._learn(said, group, found)
            if known is not None:
                ranked.append(known)
        if len(ranked) > 1:
            ranked.sort(key=_rank)
        resolved = [each.party if each.meant is None else _resolved(each, ranked) for each in ranked]
        if len({each.role for each in ranked}) < len(ranked):  # only within a role there are twins
            resolved = list(dict.fromkeys(resolved))
        return tuple(resolved)

    def _learn(self, said: tuple[bytes, ...], group: list[Segment], found: Findings) -> _Known | None:
        qualifier = group[0].at(1).upper()
        role = ROLES.get(qualifier)
        if role is None:
            return None
        problems = len(found.problems)
        party = _party(role, group, found)
        if not (party.name or party.code or party.address):
            return None
        known = _Known(_RANK[qualifier], _FIRST_RANK[role], party, _points_to(party))
        # What has a problem is made out anew each time, for the problem to be told.
        if len(found.problems) == problems:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[said] = known
        return known


def _resolved(same: _Known, ranked: list[_Known]) -> Party:
    """The details of the first other party of the role that is meant, where there is one."""
    for other in ranked:
        if other.party.role is same.meant and other.meant is None:
            role = same.party.role
            party = other.copies.get(role)
            if party is None:
                party = other.copies[role] = _as_said(same.party, other.party)
            return party
    return same.party


def resolve_same(party: Party, all_parties: list[Party]) -> Party:
    """SAME AS CONSIGNEE gets the consignee's details; `same_as` keeps that they were not written twice."""
    other = _meant(party, all_parties)
    return party if other is None else _as_said(party, other)


def _as_said(party: Party, other: Party) -> Party:
    return replace(other, role=party.role, same_as=other.role)


def _points_to(party: Party) -> PartyRole | None:
    """The role of the party that the words SAME AS mean, where the name is these words."""
    match = _SAME.match(party.name)
    if match is None:
        return None
    return PartyRole.CONSIGNEE if match.group(1) else PartyRole.SHIPPER


def _meant(party: Party, all_parties: list[Party]) -> Party | None:
    """The party that the words SAME AS point to."""
    meant = _points_to(party)
    if meant is None:
        return None
    others = (other for other in all_parties if other.role is meant and other is not party)
    return next((other for other in others if not _SAME.match(other.name)), None)


def _party(role: PartyRole, group: list[Segment], found: Findings) -> Party:
    name, address, city, postcode, country = _name_and_address(group[0])
    at = group[0]
    tax_id = ""
    contact: list[str] = []
    for segment in group[1:]:
        if segment.tag == "RFF" and segment.at(1).upper() in TAX_REFERENCES:
            tax_id = tax_id or segment.at(1, 2)
        elif segment.tag == "CTA":
            contact.extend(segment.lines(2)[-1:])
        elif segment.tag == "COM":
            # A telephone number starts with "+", which is often not released.
            number = "+".join(part for e in range(1, segment.last + 1) if (part := segment.at(e)))
            if number:
                contact.append(number)
    return Party(
        role=role,
        name=found.text(name, limits.NAME, at, "parties.name"),
        address=found.text(address, limits.ADDRESS, at, "parties.address"),
        city=found.text(city, limits.NAME, at, "parties.city"),
        postcode=postcode[: limits.CODE],
        country=country,
        tax_id=found.text(tax_id, limits.CODE, at, "parties.tax_id"),
        code=group[0].at(2)[: limits.CODE],
        contact=found.text(", ".join(contact), limits.NAME, at, "parties.contact"),
    )


def _name_and_address(nad: Segment) -> tuple[str, str, str, str, str]:
    """name, address, city, postcode, country."""
    extra = nad.last - _STRUCTURED
    free, names = nad.lines(3), nad.lines(4)
    if free and not names and not nad.lines(5):
        return _lines(free)
    if free:
        # An unreleased "+" cut the free lines in two: NAD.4 and after go on with the last line.
        rest = [line for e in range(4, nad.last + 1) for line in nad.lines(e)]
        if _looks_cut(rest[0]):
            return _lines([*free[:-1], f"{free[-1]} +{rest[0]}", *rest[1:]])
        return _lines([*free, *rest])
    if extra > 0:
        # Read the end from the right: country, postcode, region, city; what is between is the street.
        streets = [line for e in range(5, 6 + extra) for line in nad.lines(e)]
        city, region, postcode, country = (nad.at(e + extra) for e in (6, 7, 8, 9))
        name, street = " ".join(names), "+".join(streets)
    else:
        streets = nad.lines(5)
        city, region, postcode, country = (nad.at(e) for e in (6, 7, 8, 9))
        if not streets and len(names) > 1:
            name, address, end, _postcode, last = _lines(names)
            parts = [part for part in (address, region) if part]
            return name, ", ".join(parts), city or end, postcode, country or last
        name, street = " ".join(names), ", ".join(streets)
    address = ", ".join(part for part in (street, region) if part)
    if not _COUNTRY.match(country.upper()):
        return name, ", ".join(part for part in (address, country) if part), city, postcode, ""
    return name, address, city, postcode, country.upper()


def _looks_cut(line: str) -> bool:
    return line[:1].isdigit()


def _lines(lines: list[str]) -> tuple[str, str, str, str, str]:
    """Free lines: the first is the name, a last line of two letters is the country."""
    name, rest = lines[0], lines[1:]
    country = ""
    if rest and _COUNTRY.match(rest[-1].upper()):
        country = rest.pop().upper()
    return name, ", ".join(rest), "", "", country
