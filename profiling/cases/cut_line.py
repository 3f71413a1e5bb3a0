"""The cut line of a queue: how far the hands of this shift reach, and what is to be expected above and below.

A hand is given out when a case is referred for examination in this shift, or examined in it. Of those left, one goes to
each case in the order of the queue. A case counts with the precision of the most precise rule that added points to it,
for rules fire together and their sum would count one find twice; each precision is drawn to the base line as if
`WEIGHT` inspections more had come to that, so that few inspections do not promise much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import F, Func, IntegerField, JSONField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from pcu.accounts.models import Unit
from pcu.desk.paging import Order
from pcu.sql import fetch
from profiling.cases.ledger import CASES, ENOUGH, OWN, asked_for
from profiling.cases.models import Case
from profiling.rules.capacity import Hands, hands_of
from profiling.rules.core.evidence import shrunk, weighted_share
from profiling.rules.core.shifts import Shift

WEIGHT = 20
"""Inspections that the base line is worth beside a rule's own."""
PERIOD = timedelta(days=90)
LOOKED_AT = 500
"""Cases below the line that are looked at; of more it is said that there are more."""
_KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Rates:
    """Chances of a find. base: of a case without a rule of its own; rules: by code, drawn to the base."""

    base: float
    rules: Mapping[str, float]

    def chance(self, codes: Sequence[str]) -> float:
        return max((self.rules.get(code, self.base) for code in codes), default=self.base)


@dataclass(frozen=True, slots=True)
class CutLine:
    """Where the hands of a shift end in a queue.

    given: hands given out in this shift; above and below: cases still to be decided on both sides; finds: how many are
    expected of them, None where too few were ever inspected to say. key: that of the last case above; None where no
    hand is left. more: there are more below than were looked at, so `finds_below` is of the first of them.
    """

    hands: Hands
    shift: Shift
    given: int
    above: int
    below: int
    more: bool
    finds_above: float | None
    finds_below: float | None
    key: Sequence[Any] | None

    @property
    def left(self) -> int:
        return max(self.hands.inspections - self.given, 0)

    @property
    def is_reached(self) -> bool:
        """There are cases that no hand is left for."""
        return self.below > 0


_GIVEN = """(
  SELECT count(*) FROM (
    SELECT r.case_id FROM cases_referral r
    WHERE r.unit_id = %s AND r.created_at >= %s AND r.created_at < %s AND r.state <> 'withdrawn'
    UNION
    SELECT o.case_id FROM cases_outcome o
    WHERE o.unit_id = %s AND o.recorded_at >= %s AND o.recorded_at < %s AND o.source = ANY(%s)
  ) given
)"""


class _Codes(Func):
    """Codes of the rules that added points."""

    function = "jsonb_path_query_array"
    template = "%(function)s(%(expressions)s, '$[*] ? (@.points > 0).code')"
    output_field = JSONField()


def cut_line(*, unit: Unit, order: Order, now: datetime | None = None) -> CutLine | None:
    """The cut line of the cases a unit has to decide, in an order of its queue; None where nobody stated a capacity.

    Two queries, and a third where what the rules brought was not asked within ten minutes.
    """
    hands = hands_of(unit)
    if hands is None:
        return None
    now = now or timezone.now()
    shift = hands.shift_at(now, unit)
    rows = _rows(unit, shift, order, hands.inspections + LOOKED_AT + 1)
    given = rows[0][-1] if rows else 0
    left = max(hands.inspections - given, 0)
    above, below = rows[:left], rows[left:]
    more = len(below) > LOOKED_AT
    below = below[:LOOKED_AT]
    rates = rates_of(unit, now) if rows else None
    return CutLine(
        hands=hands,
        shift=shift,
        given=given,
        above=len(above),
        below=len(below),
        more=more,
        finds_above=_finds(above, rates),
        finds_below=_finds(below, rates),
        key=above[-1][: len(order)] if above else None,
    )


def _rows(unit: Unit, shift: Shift, order: Order, size: int) -> list[tuple[Any, ...]]:
    """The first open cases: the columns of the order, the codes, and how many hands the shift has given out."""
    when = (unit.pk, shift.since, shift.until)
    open_ones: QuerySet[Any] = Case.objects.of_desk(unit).filter(state=Case.State.OPEN)
    told = open_ones.annotate(
        codes=_Codes(F("assessment__fired")),
        given=RawSQL(_GIVEN, (*when, *when, list(OWN)), output_field=IntegerField()),  # noqa: S611  # own text
    )
    columns = [key.field for key in order]
    return list(told.order_by(*(key.order() for key in order)).values_list(*columns, "codes", "given")[:size])


def _finds(rows: Sequence[tuple[Any, ...]], rates: Rates | None) -> float | None:
    return sum(rates.chance(row[-2]) for row in rows) if rates is not None else None


def rates_of(unit: Unit, now: datetime) -> Rates | None:
    """What the rules brought in the unit's cases of ninety days; None where too few were inspected to say.

    The base line is the random sample's share, or that of all that was inspected while the sample is too small. One
    query, kept for ten minutes.
    """
    key = f"cut-line-rates:{unit.ref}"
    kept: tuple[float, dict[str, float]] | str | None = cache.get(key)
    if kept is None:
        counted = _counted(unit, now)
        kept = (counted.base, dict(counted.rules)) if counted is not None else "few"
        cache.set(key, kept, _KEPT_SECONDS)
    return None if isinstance(kept, str) else Rates(*kept)


def _counted(unit: Unit, now: datetime) -> Rates | None:
    sql = f"""
      WITH c AS MATERIALIZED (SELECT * FROM ({CASES}) looked WHERE inspected)
      SELECT 'sample', '', coalesce(sum(weight) FILTER (WHERE found), 0), sum(weight), sum(weight * weight)
      FROM c WHERE origin = 'sample' HAVING count(*) > 0
      UNION ALL
      SELECT 'all', '', count(*) FILTER (WHERE found), count(*), 0 FROM c
      UNION ALL
      SELECT 'rule', rule ->> 'code', count(*) FILTER (WHERE found), count(*), 0
      FROM c JOIN rules_assessment a ON a.id = c.assessment_id, jsonb_array_elements(a.fired) AS each(rule)
      WHERE c.by_rules GROUP BY 2
    """  # noqa: S608  # own text, values apart
    told = fetch(sql, asked_for([unit], now - PERIOD, now))
    base = None
    for kind, _code, found, looked, squares in told:
        if kind == "sample":
            drawn = weighted_share(found, looked, squares)
            base = drawn.value if drawn is not None and drawn.effective >= ENOUGH else None
    if base is None:
        found, looked = next((row[2], row[3]) for row in told if row[0] == "all")
        if looked < ENOUGH:
            return None
        base = found / looked
    rules = {
        code: shrunk(int(found), int(looked), base, WEIGHT)
        for kind, code, found, looked, _squares in told
        if kind == "rule"
    }
    return Rates(base, rules)
