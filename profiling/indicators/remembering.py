"""Fill the memory of a chunk of subjects: results, peers and contacts in one query, scores and containers in one each.

Under the rules of `recall`: only the unit's own, only what was known strictly before the moment, work bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from django.db import connection

from pcu.accounts.models import Unit
from pcu.arrays import array_text
from pcu.sql import fetch
from profiling.cargo.choices import ORDERS, MovementKind
from profiling.formats.records import EquipmentKind, PartyRole
from profiling.indicators import above
from profiling.indicators.commodities import heading, headings
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import WINDOW_MONTHS, months_before
from profiling.indicators.memory import RECENT_DAYS, Box, Contacts, Memory, Results, Spread, Who
from profiling.indicators.models import PeerGroup
from profiling.parties.core.contacts import contact_keys

SHARING = 200  # parties looked at that gave one contact
STAYS = 200  # stays of one container looked at
NOBODY = 0

_LANDED = (MovementKind.GATE_IN, MovementKind.DISCHARGED, MovementKind.ARRIVED)
_LEFT = (MovementKind.GATE_OUT, MovementKind.DEPARTED)

# Three kinds of question, each by its own index: what came of it, how its peers are spread, who gave this contact.
_KNOWN = """
SELECT 'result', a.nr, ARRAY[
    count(DISTINCT r.consignment_id) FILTER (WHERE r.own),
    count(DISTINCT r.consignment_id) FILTER (WHERE r.own AND r.found),
    count(DISTINCT r.consignment_id) FILTER (WHERE r.found),
    extract(epoch FROM max(r.known_from) FILTER (WHERE r.found))]::float8[]
FROM unnest(%(r_nr)s::int[], %(r_subject)s::text[], %(r_since)s::timestamptz[], %(r_until)s::timestamptz[],
            %(r_own)s::bigint[]) AS a(nr, subject, since, until, own)
JOIN indicators_priorresult r ON r.unit_id = %(unit)s AND r.subject = a.subject
 AND r.known_from >= a.since AND r.known_from < a.until AND (r.known_until IS NULL OR r.known_until >= a.until)
 AND r.consignment_id <> a.own
GROUP BY a.nr
UNION ALL
SELECT 'peers', a.nr, p.size::float8 || p.quantiles
FROM unnest(%(p_nr)s::int[], %(p_measure)s::text[], %(p_key)s::text[], %(p_until)s::timestamptz[])
     AS a(nr, measure, key, until)
CROSS JOIN LATERAL (
  SELECT g.size, g.quantiles FROM indicators_peergroup g
  WHERE g.unit_id = %(unit)s AND g.measure = a.measure AND g.key = a.key AND g.counted_until <= a.until
  ORDER BY g.counted_until DESC LIMIT 1) p
UNION ALL
SELECT 'contacts', a.nr, ARRAY[
    (SELECT count(DISTINCT s.party_id) FROM (
       SELECT c.party_id FROM parties_partycontact c
       WHERE c.unit_id = %(unit)s AND c.key = ANY(string_to_array(a.keys, ' '))
         AND c.party_id <> a.party AND c.first_seen_at < a.until LIMIT %(sharing)s) s),
    (SELECT count(*) FROM parties_partycontact c WHERE c.party_id = a.party AND c.first_seen_at < a.until),
    (SELECT count(*) FROM parties_partycontact c WHERE c.party_id = a.party AND c.first_seen_at < a.until
       AND c.key = ANY(string_to_array(a.keys, ' ')))]::float8[]
FROM unnest(%(c_nr)s::int[], %(c_party)s::bigint[], %(c_keys)s::text[], %(c_until)s::timestamptz[])
     AS a(nr, party, keys, until)
"""

# Most units have no results at first, and peers from their first daily count on: one look spares thousands.
_ANYTHING = """
SELECT EXISTS (SELECT FROM indicators_priorresult WHERE unit_id = %(unit)s),
       EXISTS (SELECT FROM indicators_peergroup WHERE unit_id = %(unit)s)
"""

_BOXES = """
SELECT a.nr,
  s.visits, extract(epoch FROM a.arrival - s.last_arrival)::float8 / 3600,
  extract(epoch FROM s.other_arrival)::float8 / 3600,
  extract(epoch FROM CASE WHEN d.left_at > d.landed_at THEN d.left_at ELSE a.until END - d.landed_at)::float8 / 3600
FROM (
  SELECT b.nr, b.until, b.since, w.id AS visit, w.number, w.call_id, coalesce(k.eta, w.created_at) AS arrival
  FROM unnest(%(nr)s::int[], %(visit)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[])
       AS b(nr, visit, since, until)
  JOIN cargo_equipmentvisit w ON w.id = b.visit
  JOIN cargo_conveyancecall k ON k.id = w.call_id) a
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE o.arrival < a.arrival) AS visits,
         max(o.arrival) FILTER (WHERE o.arrival < a.arrival) AS last_arrival,
         min(greatest(o.arrival - a.arrival, a.arrival - o.arrival)) AS other_arrival
  FROM (
    SELECT coalesce(k.eta, v.created_at) AS arrival
    FROM cargo_equipmentvisit v JOIN cargo_conveyancecall k ON k.id = v.call_id
    WHERE v.unit_id = %(unit)s AND v.number = a.number AND v.call_id <> a.call_id AND v.created_at < a.until
      AND v.created_at >= a.since
    LIMIT %(stays)s) o) s
CROSS JOIN LATERAL (
  SELECT min(m.at) FILTER (WHERE m.event = ANY(%(landed)s)) AS landed_at,
         max(m.at) FILTER (WHERE m.event = ANY(%(left)s)) AS left_at
  FROM cargo_movementevent m
  WHERE m.visit_id = a.visit AND m.at <= a.until AND m.received_at <= a.until AND NOT m.event = ANY(%(orders)s)) d
"""


@dataclass(frozen=True)
class Asking:
    """One subject, its consignment to leave out of the past (0 for none), and until when events count.

    Subjects that ask alike give equal questions, which are asked once.
    """

    subject: SubjectFacts
    own: int
    told: datetime

    @cached_property
    def since(self) -> datetime:
        return months_before(self.subject.received_at, WINDOW_MONTHS)

    def party(self, role: PartyRole) -> int | None:
        found = self.subject.party(role)
        return found.party_id if found else None

    @property
    def whose(self) -> frozenset[Who]:
        """Whose results there are to ask for."""
        return _whose(
            self.party(PartyRole.CONSIGNEE) is not None,
            self.party(PartyRole.SHIPPER) is not None,
            self.party(PartyRole.NOTIFY) is not None,
            self.party(PartyRole.CARRIER) is not None,
            bool(headings(self.subject)),
            bool(self.subject.origin_country and self.subject.destination_country),
        )

    @cached_property
    def results(self) -> list[tuple[Who, tuple[Any, ...]]]:
        """(whose results, (subject, since, until, own)); of lanes and headings one for each."""
        found: list[tuple[Who, tuple[Any, ...]]] = []
        when = (self.since, self.subject.received_at, self.own)
        roles = (
            (Who.CONSIGNEE, PartyRole.CONSIGNEE),
            (Who.SHIPPER, PartyRole.SHIPPER),
            (Who.NOTIFY, PartyRole.NOTIFY),
            (Who.CARRIER, PartyRole.CARRIER),
        )
        for who, role in roles:
            if (party := self.party(role)) is not None:
                found.append((who, (f"party:{party}", *when)))
        shipper, consignee = self.party(PartyRole.SHIPPER), self.party(PartyRole.CONSIGNEE)
        if shipper is not None and consignee is not None:
            found.append((Who.PAIR, (f"pair:{shipper}:{consignee}", *when)))
        lane = f"{self.subject.origin_country}:{self.subject.destination_country}"
        both = self.subject.origin_country and self.subject.destination_country
        for one in headings(self.subject):
            found.append((Who.HEADING, (f"heading:{one}", *when)))
            if both:
                found.append((Who.LANE, (f"lane:{lane}:{one}", *when)))
        return found

    @cached_property
    def peers(self) -> dict[str, tuple[Any, ...]]:
        """By name (measure, key, until): goods of one heading can be compared, a mixed load cannot."""
        subject, until = self.subject, self.subject.received_at
        measure = PeerGroup.Measure
        asked: dict[str, tuple[Any, ...]] = {}
        found = {heading(item) for item in subject.items}
        if len(found) == 1 and (only := found.pop()):
            asked["heading"] = measure.ORIGIN.value, f"{only}:", until
            if subject.origin_country:
                goods = f"{only}:{subject.origin_country}"
                asked["origin"] = measure.ORIGIN.value, goods, until
                asked["density"] = measure.DENSITY.value, goods, until
                if subject.currency:
                    asked["value"] = measure.VALUE.value, f"{goods}:{subject.currency}", until
        if subject.origin_country and subject.destination_country and subject.mode and subject.freight_currency:
            lane = f"{subject.origin_country}:{subject.destination_country}:{subject.mode.value}"
            asked["freight"] = measure.FREIGHT.value, f"{lane}:{subject.freight_currency}", until
        return asked

    @cached_property
    def contacts(self) -> tuple[Any, ...] | None:
        """(consignee, keys parted by spaces, until)"""
        consignee = self.subject.party(PartyRole.CONSIGNEE)
        if consignee is None or consignee.party_id is None or not (keys := contact_keys(consignee.contact)):
            return None
        return consignee.party_id, " ".join(keys), self.subject.received_at

    @cached_property
    def scores(self) -> above.ScoresOf | None:
        consignee, until = self.party(PartyRole.CONSIGNEE), self.subject.received_at
        if consignee is None:
            return None
        return above.ScoresOf(consignee, until - timedelta(days=RECENT_DAYS), until, self.own)

    @cached_property
    def boxes(self) -> list[tuple[Any, ...]]:
        """(visit, since, until) per container"""
        kinds = EquipmentKind.CONTAINER
        return [(visit.visit_id, self.since, self.told) for visit in self.subject.visits if visit.kind == kinds]


@lru_cache(maxsize=64)
def _whose(consignee: bool, shipper: bool, notify: bool, carrier: bool, heading: bool, lane: bool) -> frozenset[Who]:
    known = {
        Who.CONSIGNEE: consignee,
        Who.SHIPPER: shipper,
        Who.NOTIFY: notify,
        Who.CARRIER: carrier,
        Who.PAIR: shipper and consignee,
        Who.HEADING: heading,
        Who.LANE: heading and lane,
    }
    return frozenset(who for who, is_known in known.items() if is_known)


@lru_cache(maxsize=128)
def _no_results(whose: frozenset[Who]) -> Mapping[Who, Results]:
    """Asked about, and nothing is known of any."""
    return MappingProxyType(dict.fromkeys(whose, Results()))


def remember(unit: Unit, asking: Sequence[Asking], bursts: Mapping[str, int | None]) -> dict[str, Memory]:
    """The memory of each subject by its key. bursts: bills of the same pair in the days before, by the same key.

    Four queries at most, and a fifth where a document was amended; none where there is nothing to ask.
    """
    known = _known(unit, asking)
    scores = above.scores(list(dict.fromkeys(filter(None, (one.scores for one in asking)))))
    boxes = _boxes(unit, asking)
    holds = _held(asking)
    memories = {}
    for one in asking:
        key = one.subject.key
        origin, total = (known.peers(one, name) for name in ("origin", "heading"))
        recent = one.scores
        memories[key] = Memory(
            results=known.results(one),
            recent=scores.get(recent) if recent else None,
            pair_burst=bursts.get(key),
            # Who never saw the heading, or has not counted yet, cannot say which origins it does not come from.
            origin=None if total is None or not one.subject.origin_country else origin.size if origin else 0,
            heading_size=total.size if total else None,
            value=known.peers(one, "value"),
            density=known.peers(one, "density"),
            freight=known.peers(one, "freight"),
            contacts=known.contacts(one),
            boxes=tuple(boxes[asked] for asked in one.boxes if asked in boxes),
            held_before=holds.get(key),
        )
    return memories


class _Known:
    """Answers of the first query, by what was asked."""

    def __init__(self, answers: Mapping[tuple[str, tuple[Any, ...]], Sequence[float | None]]) -> None:
        self._answers = answers
        self._parts = frozenset(part for part, _asked in answers)

    def results(self, one: Asking) -> Mapping[Who, Results]:
        """Of several headings or lanes the one with the most finds."""
        if "result" not in self._parts:
            return _no_results(one.whose)
        found: dict[Who, Results] = {}
        for who, asked in one.results:
            answer = self._answers.get(("result", asked))
            result = _results(answer) if answer else Results()
            if who not in found or (result.finds, result.inspected) > (found[who].finds, found[who].inspected):
                found[who] = result
        return MappingProxyType(found)

    def peers(self, one: Asking, name: str) -> Spread | None:
        if "peers" not in self._parts:
            return None
        asked = one.peers.get(name)
        answer = self._answers.get(("peers", asked)) if asked else None
        if answer is None:
            return None
        size, *quantiles = answer
        return Spread(int(size or 0), tuple(float(value or 0) for value in quantiles))

    def contacts(self, one: Asking) -> Contacts | None:
        asked = one.contacts
        answer = self._answers.get(("contacts", asked)) if asked else None
        if answer is None:
            return None
        others, before, same = (int(number or 0) for number in answer)
        return Contacts(others, None if not before else not same)


def _results(answer: Sequence[float | None]) -> Results:
    inspected, found, finds, last = answer
    at = None if last is None else datetime.fromtimestamp(last, UTC)
    return Results(int(inspected or 0), int(found or 0), int(finds or 0), at)


def _known(unit: Unit, asking: Sequence[Asking]) -> _Known:
    if not asking:
        return _Known({})
    [(has_results, has_peers)] = fetch(_ANYTHING, {"unit": unit.pk})
    results = list(dict.fromkeys(asked for one in asking for _who, asked in one.results)) if has_results else []
    peers = list(dict.fromkeys(asked for one in asking for asked in one.peers.values())) if has_peers else []
    contacts = list(dict.fromkeys(filter(None, (one.contacts for one in asking))))
    if not results and not peers and not contacts:
        return _Known({})
    arrays = {
        **_columns("r", results, ("subject", "since", "until", "own")),
        **_columns("p", peers, ("measure", "key", "until")),
        **_columns("c", contacts, ("party", "keys", "until")),
    }
    asked = {"result": results, "peers": peers, "contacts": contacts}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, arrays | {"unit": unit.pk, "sharing": SHARING})
        return _Known({(part, asked[part][nr]): answer for part, nr, answer in cursor.fetchall()})


def _columns(letter: str, keys: Sequence[tuple[Any, ...]], columns: Iterable[str]) -> dict[str, str]:
    arrays = {f"{letter}_nr": array_text(range(len(keys)))}
    for position, column in enumerate(columns):
        arrays[f"{letter}_{column}"] = array_text(key[position] for key in keys)
    return arrays


def _boxes(unit: Unit, asking: Sequence[Asking]) -> dict[tuple[Any, ...], Box]:
    asked = list(dict.fromkeys(box for one in asking for box in one.boxes))
    if not asked:
        return {}
    more: dict[str, Any] = {
        "nr": array_text(range(len(asked))),
        "visit": array_text(visit for visit, _since, _until in asked),
        "since": array_text(since for _visit, since, _until in asked),
        "until": array_text(until for _visit, _since, until in asked),
        "unit": unit.pk,
        "stays": STAYS,
        "landed": [kind.value for kind in _LANDED],
        "left": [kind.value for kind in _LEFT],
        "orders": [kind.value for kind in ORDERS],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BOXES, more)
        return {asked[nr]: Box(*told) for nr, *told in cursor.fetchall()}


def _held(asking: Sequence[Asking]) -> dict[str, bool]:
    """Of amended documents by their key, whether a hold stood on their equipment before."""
    amended = [one for one in asking if one.subject.prior_versions]
    if not amended:
        return {}
    visits = {visit.visit_id for one in amended for visit in one.subject.visits}
    placed = above.first_holds(sorted(visits))
    if placed is None:
        return {}
    return {
        one.subject.key: any(
            visit.visit_id in placed and placed[visit.visit_id] < one.subject.received_at
            for visit in one.subject.visits
        )
        for one in amended
    }
