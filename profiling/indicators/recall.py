"""Ask the unit's own records what it knew of a chunk of subjects before it received them.

Subjects of one message mostly share a moment, so what they ask is asked once for all that ask alike. Work is
bounded: of a party, lane or seal that comes up over and over only so many rows are looked at (the limits below);
beyond them a count is "at least", and no rule of thumb turns on the difference. A consignment that was cancelled
before the moment is no history: filing and withdrawing must not make a stranger known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from django.db import connection

from pcu.accounts.models import Unit
from pcu.among import Among
from pcu.arrays import array_text
from profiling.cargo.models import ConsignmentVersion, PartyMention
from profiling.formats.records import Function, PartyRole
from profiling.indicators.commodities import headings
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.history import WINDOW_MONTHS, History, Past, PreviousVersion, months_before
from profiling.indicators.memory import BURST_DAYS
from profiling.indicators.remembering import Asking, remember
from profiling.parties.core.identity import plain_code
from profiling.parties.models import Party

PARTY_ROWS = 2000  # mentions of one party looked at
LANE_ROWS = 500  # goods lines of one lane looked at
SEAL_ROWS = 200  # observations of one seal number looked at

NOBODY = 0  # stands for "no consignment of its own to leave out"; ids begin at 1

_PARTY_COUNTS = """
SELECT a.nr, (
  SELECT count(DISTINCT s.consignment_id) FROM (
    SELECT v.consignment_id
    FROM cargo_partymention m JOIN cargo_consignmentversion v ON v.id = m.version_id
    WHERE m.party_id = a.party AND m.role = a.role
      AND m.received_at >= a.since AND m.received_at < a.until AND v.consignment_id <> a.own
      AND NOT EXISTS (SELECT FROM cargo_consignmentversion c WHERE c.consignment_id = v.consignment_id
                      AND c.function = %(cancel)s AND c.received_at < a.until)
    LIMIT %(rows)s) s)
FROM unnest(%(nr)s::int[], %(party)s::bigint[], %(role)s::text[], %(since)s::timestamptz[],
            %(until)s::timestamptz[], %(own)s::bigint[]) AS a(nr, party, role, since, until, own)
"""

_PAIR_COUNTS = """
SELECT a.nr, (
  SELECT count(DISTINCT s.consignment_id) FROM (
    SELECT v.consignment_id
    FROM cargo_partymention m
    JOIN cargo_partymention n ON n.version_id = m.version_id AND n.party_id = a.other AND n.role = %(shipper)s
    JOIN cargo_consignmentversion v ON v.id = m.version_id
    WHERE m.party_id = a.party AND m.role = %(consignee)s
      AND m.received_at >= a.since AND m.received_at < a.until AND v.consignment_id <> a.own
      AND NOT EXISTS (SELECT FROM cargo_consignmentversion c WHERE c.consignment_id = v.consignment_id
                      AND c.function = %(cancel)s AND c.received_at < a.until)
    LIMIT %(rows)s) s)
FROM unnest(%(nr)s::int[], %(party)s::bigint[], %(other)s::bigint[], %(since)s::timestamptz[],
            %(until)s::timestamptz[], %(own)s::bigint[]) AS a(nr, party, other, since, until, own)
"""

_PARTY_HEADINGS = """
SELECT a.nr, h.heading
FROM unnest(%(nr)s::int[], %(party)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[],
            %(own)s::bigint[]) AS a(nr, party, since, until, own)
CROSS JOIN LATERAL (
  SELECT DISTINCT left(i.commodity_code, 4) AS heading
  FROM (
    SELECT v.id
    FROM cargo_partymention m JOIN cargo_consignmentversion v ON v.id = m.version_id
    WHERE m.party_id = a.party AND m.role = %(consignee)s
      AND m.received_at >= a.since AND m.received_at < a.until AND v.consignment_id <> a.own
      AND NOT EXISTS (SELECT FROM cargo_consignmentversion c WHERE c.consignment_id = v.consignment_id
                      AND c.function = %(cancel)s AND c.received_at < a.until)
    ORDER BY m.received_at DESC, m.id DESC LIMIT %(rows)s) s
  JOIN cargo_goodsitem i ON i.version_id = s.id
  WHERE i.commodity_scheme IN ('HS', 'TNVED', 'GNG') AND length(i.commodity_code) >= 4) h
"""

_LANE_COUNTS = """
SELECT a.nr, (
  SELECT count(DISTINCT s.consignment_id) FROM (
    SELECT v.consignment_id
    FROM cargo_goodsitem i
    JOIN cargo_consignmentversion v ON v.id = i.version_id
    JOIN cargo_consignment k ON k.id = v.consignment_id
    WHERE i.commodity_scheme IN ('HS', 'TNVED', 'GNG') AND left(i.commodity_code, 4) = a.heading
      AND v.origin_country = a.origin AND v.destination_country = a.destination AND k.unit_id = %(unit)s
      AND v.received_at >= a.since AND v.received_at < a.until AND v.consignment_id <> a.own
      AND NOT EXISTS (SELECT FROM cargo_consignmentversion c WHERE c.consignment_id = v.consignment_id
                      AND c.function = %(cancel)s AND c.received_at < a.until)
    LIMIT %(rows)s) s)
FROM unnest(%(nr)s::int[], %(heading)s::text[], %(origin)s::text[], %(destination)s::text[],
            %(since)s::timestamptz[], %(until)s::timestamptz[], %(own)s::bigint[])
     AS a(nr, heading, origin, destination, since, until, own)
"""

_SEALED_EQUIPMENT = """
SELECT DISTINCT a.nr, e.number
FROM unnest(%(nr)s::int[], %(seal)s::text[], %(since)s::timestamptz[], %(until)s::timestamptz[])
     AS a(nr, seal, since, until)
CROSS JOIN LATERAL (
  SELECT w.number
  FROM cargo_sealobservation o JOIN cargo_equipmentvisit w ON w.id = o.visit_id
  WHERE o.number = a.seal AND w.unit_id = %(unit)s
    AND o.observed_at >= a.since AND o.observed_at < a.until
  LIMIT %(rows)s) e
"""


def recall(
    *,
    unit: Unit,
    facts: Sequence[SubjectFacts],
    consignments: Mapping[str, int],
    before: Mapping[str, int],
    as_of: datetime | None = None,
) -> History:
    """The past of every subject.

    By a subject's key, `consignments` gives the id of its consignment and `before` that of the version before it.
    as_of: until when events of its own equipment count, where that is later than the subject.
    """
    if not facts:
        return History()
    start = _history_start(unit)
    asked = [_Asked(subject, consignments.get(subject.key)) for subject in facts]
    counts = _party_counts(asked)
    # Whom nothing is known of as a consignee has no pair and no goods either; most of a manifest are such.
    known = [one for one in asked if counts.get(one.party(PartyRole.CONSIGNEE))]
    pairs = dict.fromkeys((key for one in asked if one.is_pair for key in (one.pair, one.burst)), 0) | _pair_counts(
        known
    )
    first_seen = _first_seen(asked)
    known_headings = _party_headings(known)
    lanes = _lane_counts(unit, asked)
    seals = _sealed_equipment(unit, asked)
    previous = _previous_versions(before)
    memories = remember(
        unit,
        [Asking(one.subject, one.own, one.until if as_of is None else max(one.until, as_of)) for one in asked],
        {one.subject.key: pairs.get(one.burst) for one in asked},
    )
    pasts = {}
    for one in asked:
        seen = first_seen.get(one.consignee or NOBODY)
        pasts[one.subject.key] = Past(
            moment=one.until,
            history_start=start,
            consignee_consignments=counts.get(one.party(PartyRole.CONSIGNEE)),
            shipper_consignments=counts.get(one.party(PartyRole.SHIPPER)),
            pair_consignments=pairs.get(one.pair),
            consignee_first_seen=seen if seen is not None and seen < one.until else None,
            consignee_headings=frozenset(known_headings.get(one.party(PartyRole.CONSIGNEE), ())),
            lane_counts=MappingProxyType({lane[0]: lanes[lane] for lane in one.lanes}),
            seals_elsewhere=MappingProxyType(one.elsewhere(seals)),
            previous=previous.get(one.subject.key),
            memory=memories[one.subject.key],
        )
    return History(MappingProxyType(pasts))


class _Asked:
    """One subject and what is asked about it. Subjects that ask alike give equal keys."""

    def __init__(self, subject: SubjectFacts, consignment_id: int | None) -> None:
        self.subject = subject
        self.consignment_id = consignment_id
        self.until = subject.received_at
        self.since = months_before(self.until, WINDOW_MONTHS)
        # Its own earlier versions are no history of the parties. A first version has none, so that most subjects
        # of a message ask alike.
        self.own = consignment_id or NOBODY if subject.prior_versions else NOBODY
        consignee, shipper = subject.party(PartyRole.CONSIGNEE), subject.party(PartyRole.SHIPPER)
        self.consignee = consignee.party_id if consignee else None
        self.shipper = shipper.party_id if shipper else None
        self.is_pair = self.consignee is not None and self.shipper is not None

    def party(self, role: PartyRole) -> tuple[Any, ...]:
        """(party, role, since, until, own)"""
        party = self.consignee if role is PartyRole.CONSIGNEE else self.shipper
        return party, role.value, self.since, self.until, self.own

    @property
    def pair(self) -> tuple[Any, ...]:
        """(consignee, shipper, since, until, own)"""
        return self.consignee, self.shipper, self.since, self.until, self.own

    @property
    def burst(self) -> tuple[Any, ...]:
        """The same for the days in which bills of a pair may be one consignment cut up."""
        return self.consignee, self.shipper, self.until - timedelta(days=BURST_DAYS), self.until, self.own

    @property
    def lanes(self) -> list[tuple[Any, ...]]:
        """(heading, origin, destination, since, until, own) per heading, none without both countries."""
        origin, destination = self.subject.origin_country, self.subject.destination_country
        if not origin or not destination:
            return []
        found = sorted(headings(self.subject))
        return [(heading, origin, destination, self.since, self.until, self.own) for heading in found]

    @property
    def seals(self) -> list[tuple[str, tuple[Any, ...]]]:
        """(equipment number, (seal number, since, until)) per seal"""
        return [
            (visit.number, (number, self.since, self.until))
            for visit in self.subject.visits
            for seal in visit.seals
            if (number := plain_code(seal.number))
        ]

    def elsewhere(self, sealed: Mapping[tuple[Any, ...], set[str]]) -> dict[str, int]:
        """Per seal number, how many other pieces of equipment carried it."""
        carriers: dict[tuple[Any, ...], set[str]] = defaultdict(set)
        for equipment, key in self.seals:
            carriers[key].add(equipment)
        return {key[0]: len(sealed.get(key, set()) - own) for key, own in carriers.items()}


def _history_start(unit: Unit) -> datetime | None:
    since = unit.history_since
    return datetime.combine(since, time.min, unit.zone) if since else None


def _run(sql: str, keys: Iterable[tuple[Any, ...]], columns: Sequence[str], **more: Any) -> list[tuple[Any, Any]]:
    """Ask for all distinct keys in one query: rows of (key, answer)."""
    distinct = list(dict.fromkeys(keys))
    if not distinct:
        return []
    arrays: dict[str, Any] = {"nr": array_text(range(len(distinct)))}
    for position, column in enumerate(columns):
        arrays[column] = array_text(key[position] for key in distinct)
    with connection.cursor() as cursor:
        cursor.execute(sql, arrays | more | {"cancel": Function.CANCEL.value})
        return [(distinct[nr], answer) for nr, answer in cursor.fetchall()]


def _party_counts(asked: Sequence[_Asked]) -> dict[tuple[Any, ...], int]:
    roles = (PartyRole.CONSIGNEE, PartyRole.SHIPPER)
    keys = (key for one in asked for key in map(one.party, roles) if key[0] is not None)
    return dict(_run(_PARTY_COUNTS, keys, ("party", "role", "since", "until", "own"), rows=PARTY_ROWS))


def _pair_counts(asked: Sequence[_Asked]) -> dict[tuple[Any, ...], int]:
    keys = (key for one in asked if one.is_pair for key in (one.pair, one.burst))
    roles = {"consignee": PartyRole.CONSIGNEE.value, "shipper": PartyRole.SHIPPER.value}
    return dict(_run(_PAIR_COUNTS, keys, ("party", "other", "since", "until", "own"), rows=PARTY_ROWS, **roles))


def _party_headings(asked: Sequence[_Asked]) -> dict[tuple[Any, ...], set[str]]:
    keys = (one.party(PartyRole.CONSIGNEE) for one in asked if one.consignee is not None)
    columns = ("party", "role", "since", "until", "own")
    found: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for key, heading in _run(_PARTY_HEADINGS, keys, columns, rows=PARTY_ROWS, consignee=PartyRole.CONSIGNEE.value):
        found[key].add(heading)
    return found


def _lane_counts(unit: Unit, asked: Sequence[_Asked]) -> dict[tuple[Any, ...], int]:
    keys = (lane for one in asked for lane in one.lanes)
    columns = ("heading", "origin", "destination", "since", "until", "own")
    return dict(_run(_LANE_COUNTS, keys, columns, rows=LANE_ROWS, unit=unit.pk))


def _sealed_equipment(unit: Unit, asked: Sequence[_Asked]) -> dict[tuple[Any, ...], set[str]]:
    keys = (key for one in asked for _equipment, key in one.seals)
    found: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for key, number in _run(_SEALED_EQUIPMENT, keys, ("seal", "since", "until"), rows=SEAL_ROWS, unit=unit.pk):
        found[key].add(number)
    return found


def _first_seen(asked: Sequence[_Asked]) -> dict[int, datetime]:
    parties = {one.consignee for one in asked if one.consignee is not None}
    return dict(Party.objects.filter(Among("pk", parties)).values_list("pk", "first_seen_at"))


def _previous_versions(before: Mapping[str, int]) -> dict[str, PreviousVersion]:
    """Subject's key -> what the version before it said. Two queries."""
    versions = ConsignmentVersion.objects.in_bulk(before.values())
    consignees: dict[int, PartyMention] = {}
    for mention in PartyMention.objects.filter(version__in=versions, role=PartyRole.CONSIGNEE.value).order_by("-pk"):
        consignees[mention.version_id] = mention
    found = {}
    for key, pk in before.items():
        version, consignee = versions[pk], consignees.get(pk)
        found[key] = PreviousVersion(
            gross_kg=version.gross_kg,
            packages=version.packages,
            value=version.value,
            currency=version.currency,
            consignee_id=consignee.party_id if consignee else None,
            consignee_name=consignee.name if consignee else "",
            discharge_place=version.discharge_code,
            destination_country=version.destination_country,
        )
    return found
