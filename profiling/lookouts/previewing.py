"""How often a value would have been met, before anybody watches for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from pcu.accounts.models import Unit
from pcu.desk import paging
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.lookouts.core.keys import Key, Kind, key_of
from profiling.lookouts.search import Met, met
from profiling.lookouts.sentences import doubt_sentence, fault_sentence

WINDOWS = (30, 90, 365)
"""Days looked back."""
JUDGED = 90
"""Days of which a lookout must not match too much."""
MOST = 500
MOST_SHARE = Decimal("0.05")
FEW = 20
"""So many may match whatever their share: a small unit has a share of five percent at once."""
LATEST = 10
COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Seen:
    """One time it would have matched: a consignment, or a visit that no bill names."""

    at: datetime
    consignment: Consignment | None
    visit: EquipmentVisit | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What watching for a value would have brought.

    counts: matches by days looked back. total: consignments of the last `JUDGED` days. more: the counts are at least
    so many. fault: why it may not be saved, empty where it may. doubt: what is odd about it.
    """

    kind: Kind
    value: str
    key: Key
    counts: dict[int, int]
    more: bool
    standing: int
    total: paging.Count
    latest: Sequence[Seen]
    fault: str = ""
    doubt: str = ""

    @property
    def count(self) -> int:
        """Matches in the days by which it is judged."""
        return self.counts.get(JUDGED, 0)

    @property
    def share(self) -> Decimal | None:
        """Percent of all cargo of those days; None without any cargo, or with more than is counted."""
        if not self.total.number or self.total.more:
            return None
        return round(Decimal(100 * self.count) / self.total.number, 2)


def look_back(*, unit: Unit, kind: Kind, value: str, now: datetime) -> Preview:
    """Look back over the cargo of a unit and of those below it. About ten queries, by index, of bounded rows."""
    key = key_of(kind, value)
    if fault := fault_sentence(kind, value):
        return Preview(kind, value, key, {}, False, 0, paging.Count(0, False), [], fault)
    units = list(Unit.objects.filter(path__startswith=unit.path).values_list("pk", flat=True))
    found = met(units=units, kind=kind, key=key, since=now - timedelta(days=max(WINDOWS)), now=now)
    counts = {days: _count(found, now - timedelta(days=days)) for days in WINDOWS}
    since = now - timedelta(days=JUDGED)
    # What came since has changed since, and the changes have an index.
    recent = Consignment.objects.filter(unit__in=units, updated_at__gte=since, created_at__gte=since)
    total = paging.count(recent, COUNTED)
    count = counts[JUDGED]
    # A count that was cut short may lie before these days altogether, and is too much for anybody all the same.
    too_many = found.more or count > MOST
    too_large = count > FEW and not total.more and count > MOST_SHARE * total.number
    fault = _too_much(max(count, len(found.moments)) if found.more else count, total) if too_many or too_large else ""
    return Preview(
        kind,
        value,
        key,
        counts,
        found.more,
        found.standing,
        total,
        _latest(found),
        fault,
        doubt_sentence(kind, value),
    )


def _count(found: Met, since: datetime) -> int:
    return sum(at >= since for at in found.moments)


def _too_much(count: int, total: paging.Count) -> str:
    return _(
        "It would have matched %(count)d times in %(days)d days, of %(total)s consignments. A lookout that matches so "
        "much is looked at by nobody: narrow it."
    ) % {"count": count, "days": JUDGED, "total": f"{total.number}{'+' if total.more else ''}"}


def _latest(found: Met) -> list[Seen]:
    subjects: list[tuple[datetime, str, int]] = [
        *((at, "consignment", pk) for pk, at in found.consignments.items()),
        *((at, "visit", pk) for pk, at in found.visits.items()),
    ]
    newest = sorted(subjects, reverse=True)[:LATEST]
    wanted: dict[str, list[int]] = {"consignment": [], "visit": []}
    for _at, name, pk in newest:
        wanted[name].append(pk)
    rows: dict[str, dict[int, Any]] = {
        "consignment": Consignment.objects.select_related("call", "unit").in_bulk(wanted["consignment"]),
        "visit": EquipmentVisit.objects.select_related("call", "unit").in_bulk(wanted["visit"]),
    }
    return [
        Seen(at, rows[name][pk] if name == "consignment" else None, rows[name][pk] if name == "visit" else None)
        for at, name, pk in newest
    ]
