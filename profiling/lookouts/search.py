"""Which stored cargo a value stands in: by index, in a bounded number of rows and a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from profiling.cargo.choices import Function, Mode
from profiling.cargo.models import Consignment, ConveyanceCall, EquipmentVisit, Loading, PartyMention, Placement
from profiling.cargo.models import SealObservation as Seal
from profiling.lookouts.core.keys import Key, Kind, name_key, tax_spellings
from profiling.lookouts.core.watchlist import WATCHED_AS, Carrier, same_country
from profiling.parties.functions import NumberInKey, PlainName
from profiling.parties.models import Party

MOST_ROWS = 20_000
"""Rows that are looked at; a value that stands in more is refused long before."""

_OF_VERSION = (
    "version__consignment", "version__consignment__created_at", "version__consignment__updated_at",
    "version__consignment__call__eta", "version__consignment__current__function",
)  # fmt: skip


@dataclass(slots=True)
class Met:
    """Subjects in which a value stands: consignments, and visits that no bill names, each with when it first came.

    standing: those of them that have not departed. more: there were more rows than are looked at.
    """

    consignments: dict[int, datetime] = field(default_factory=dict)
    visits: dict[int, datetime] = field(default_factory=dict)
    standing_consignments: set[int] = field(default_factory=set)
    standing_visits: set[int] = field(default_factory=set)
    more: bool = False

    @property
    def moments(self) -> list[datetime]:
        return [*self.consignments.values(), *self.visits.values()]

    @property
    def standing(self) -> int:
        return len(self.standing_consignments) + len(self.standing_visits)


def stands_since(now: datetime) -> datetime:
    """Cargo due before this moment counts as departed; without a time of arrival, cargo told of before it."""
    return now - timedelta(days=settings.LOOKOUT_DAYS_BACK)


def stands(*, call: str, told_at: str, now: datetime) -> Q:
    """The condition for rows that reach their call and the time they were last told of by these look-ups."""
    since = stands_since(now)
    return Q(**{f"{call}__eta__gte": since}) | Q(**{f"{call}__eta": None, f"{told_at}__gte": since})


def met(*, units: Sequence[int], kind: Kind, key: Key, since: datetime, now: datetime) -> Met:
    """The cargo of these units told of since then in which a value stands.

    A firm known by its tax number is found by the first name it came with, not by others it was given later.
    """
    found = Met()
    if kind in (Kind.TAX_NUMBER, Kind.NAME):
        _take_versions(found, _mentions(units, kind, key).filter(received_at__gte=since), now)
        return found
    visits = _visits(found, units, kind, key)
    loadings = Loading.objects.filter(visit__in=visits, version__received_at__gte=since)
    _take_versions(found, loadings, now)
    _take_unbilled(found, EquipmentVisit.objects.filter(pk__in=visits), since, now)
    if kind is Kind.PLATE:
        calls = road_calls(units, key.text)
        rows = Consignment.objects.filter(call__in=calls, created_at__gte=since)
        _take(found, rows, ("pk", "created_at", "updated_at", "call__eta", "current__function"), now)
        _take_unbilled(found, EquipmentVisit.objects.filter(call__in=calls), since, now)
    return found


def road_calls(units: Sequence[int], plate: str) -> list[int]:
    """Truck runs whose conveyance has this plate, normalised."""
    calls = ConveyanceCall.objects.filter(unit__in=units, mode=Mode.ROAD, key__startswith=f"{plate}/")
    return list(calls.values_list("pk", flat=True)[:MOST_ROWS])


def carriers_of(visit_ids: Iterable[int]) -> dict[int, list[Carrier]]:
    """What visits stand on, and what that is drawn by: wagons, trailers, trucks. Two queries."""
    found: dict[int, list[Carrier]] = {}
    below = {pk: [pk] for pk in visit_ids}  # a carrier to the visits that stand on it
    for _level in range(2):
        if not below:
            break
        placements = Placement.objects.filter(visit__in=list(below)).order_by("pk")
        above: dict[int, list[int]] = {}
        for visit, carrier, kind, number in placements.values_list(
            "visit", "carrier", "carrier__kind", "carrier__number"
        ):
            for pk in below[visit]:
                found.setdefault(pk, []).append(Carrier(carrier, kind, number))
                above.setdefault(carrier, []).append(pk)
        below = above
    return found


def unbilled(visits: QuerySet[Any]) -> QuerySet[Any]:
    """Of visits those that carry no other and that no bill names now."""
    named = Loading.objects.filter(visit=OuterRef("pk"), version__consignment__current=F("version"))
    return visits.filter(~Exists(named), carried=None)


def _visits(found: Met, units: Sequence[int], kind: Kind, key: Key) -> list[int]:
    """Equipment of this number or seal, and what stands on it."""
    if kind is Kind.SEAL:
        sealed = Seal.objects.filter(number=key.text, visit__unit__in=units)
        return _ids(found, sealed.values_list("visit", flat=True))
    kinds = [str(one) for one, watched in WATCHED_AS.items() if watched is kind]
    numbered = EquipmentVisit.objects.filter(unit__in=units, number=key.text, kind__in=kinds)
    level = visits = _ids(found, numbered.values_list("pk", flat=True))
    if kind is not Kind.CONTAINER:
        for _level in range(2):
            level = _ids(found, Placement.objects.filter(carrier__in=level).values_list("visit", flat=True))
            visits = list({*visits, *level})
    return visits


def _ids(found: Met, rows: QuerySet[Any, Any]) -> list[int]:
    ids = list(rows[: MOST_ROWS + 1])
    found.more |= len(ids) > MOST_ROWS
    return ids


def _mentions(units: Sequence[int], kind: Kind, key: Key) -> QuerySet[Any]:
    """Where a firm is named so, in any role."""
    parties = Party.objects.filter(unit__in=units)
    if kind is Kind.TAX_NUMBER:
        numbered = parties.alias(number_in_key=NumberInKey("key")).filter(
            number_in_key__in=tax_spellings(key.text), key__startswith="tax:"
        )
        rows = numbered.values_list("pk", "country")[:MOST_ROWS]
        return PartyMention.objects.filter(party__in=[pk for pk, country in rows if same_country(key.country, country)])
    named = dict(
        parties.alias(plain_name=PlainName("name")).filter(plain_name=key.text).values_list("pk", "key")[:MOST_ROWS]
    )
    by_number = [pk for pk, known in named.items() if known.startswith("tax:")]
    names = PartyMention.objects.filter(party__in=by_number).order_by().values_list("name", flat=True).distinct()
    meant = [name for name in names[:MOST_ROWS] if name_key(name) == key.text]
    return PartyMention.objects.filter(
        Q(party__in=named.keys() - set(by_number)) | Q(party__in=by_number, name__in=meant)
    )


def _take_versions(found: Met, rows: QuerySet[Any], now: datetime) -> None:
    is_current = Q(version__consignment__current=F("version"))
    _take(found, rows.filter(is_current), _OF_VERSION, now)
    _take(found, rows.exclude(is_current), _OF_VERSION, now, is_current=False)


def _take(found: Met, rows: QuerySet[Any], columns: Sequence[str], now: datetime, *, is_current: bool = True) -> None:
    told = list(rows.order_by().values_list(*columns)[: MOST_ROWS + 1])
    found.more |= len(told) > MOST_ROWS
    since = stands_since(now)
    for pk, created_at, updated_at, eta, function in told:
        found.consignments[pk] = created_at
        if is_current and function != Function.CANCEL and (eta or updated_at) >= since:
            found.standing_consignments.add(pk)


def _take_unbilled(found: Met, visits: QuerySet[Any], since: datetime, now: datetime) -> None:
    rows = unbilled(visits.filter(created_at__gte=since)).order_by()
    told = list(rows.values_list("pk", "created_at", "updated_at", "call__eta")[: MOST_ROWS + 1])
    found.more |= len(told) > MOST_ROWS
    for pk, created_at, updated_at, eta in told:
        found.visits[pk] = created_at
        if (eta or updated_at) >= stands_since(now):
            found.standing_visits.add(pk)
