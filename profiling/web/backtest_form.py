"""What a back-test is asked: the period, the hands, the points and beginnings of lanes that were moved.

The address holds all of it, so that a back-test can be sent to somebody: `days` or `since` and `until`, `hands`, one
`p.CODE` for each rule, one `l.LANE` for each lane, `sample` for curves of the random sample alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcu.accounts.models import Unit
from profiling.rules.capacity import Hands, hands_of, shifts_between
from profiling.rules.core.comparison import Scored
from profiling.rules.core.scoring import MAX_POINTS, MIN_POINTS

PERIODS = {30: gettext_lazy("30 days"), 90: gettext_lazy("90 days"), 365: gettext_lazy("a year")}
DEFAULT_PERIOD = 90
DEFAULT_HANDS = 8
MAX_HANDS = 10_000
LANE_LIMIT = 10_000  # points at which a lane may begin, either side of nothing


@dataclass
class Question:
    """errors: what was not understood, in words; whatever it is of stands as it would without it."""

    unit: Unit
    since: datetime
    until: datetime
    days: int | None
    hands: int
    stated: Hands | None
    is_sampled: bool
    points: dict[str, int] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def shifts(self) -> float:
        return shifts_between(self.since, self.until, self.stated)

    @property
    def capacity(self) -> int:
        """Inspections in the whole period."""
        return round(self.hands * self.shifts)

    @property
    def last_day(self) -> date:
        return (self.until.astimezone(self.unit.zone) - timedelta(seconds=1)).date()

    def as_fields(self) -> list[tuple[str, str]]:
        """The same question again, as names and values of the address."""
        if self.days is not None:
            period = [("days", str(self.days))]
        else:
            first = self.since.astimezone(self.unit.zone).date()
            period = [("since", first.isoformat()), ("until", self.last_day.isoformat())]
        return [
            *period,
            ("hands", str(self.hands)),
            *((f"p.{code}", str(points)) for code, points in self.points.items()),
            *((f"l.{lane}", str(least)) for lane, least in self.steps.items()),
            *([("sample", "1")] if self.is_sampled else []),
        ]

    def as_query(self) -> str:
        return urlencode(self.as_fields())

    def changes(self) -> dict[str, Mapping[str, int]]:
        return {"points": self.points, "steps": self.steps}


def read_question(unit: Unit, said: QueryDict) -> Question:
    """Which period of the unit's own clock, and how many hands. Points and lanes `read_changes` adds."""
    errors: list[str] = []
    # Whole days of the unit, so that what was counted of them is asked again and again until midnight.
    tomorrow = timezone.localdate(timezone=unit.zone) + timedelta(days=1)
    until = datetime.combine(tomorrow, time(), tzinfo=unit.zone)
    days: int | None = DEFAULT_PERIOD
    asked = said.get("days", "")
    if asked.isdecimal() and int(asked) in PERIODS:
        days = int(asked)
    since = datetime.combine(tomorrow - timedelta(days=days or DEFAULT_PERIOD), time(), tzinfo=unit.zone)
    first, last = said.get("since", ""), said.get("until", "")
    if (first or last) and not asked:
        days_given = _days(first), _days(last)
        if days_given[0] is None or days_given[1] is None or days_given[0] > days_given[1]:
            errors.append(_("A period has a first and a last day, the first not after the last."))
        else:
            days = None
            since = datetime.combine(days_given[0], time(), tzinfo=unit.zone)
            until = datetime.combine(days_given[1] + timedelta(days=1), time(), tzinfo=unit.zone)
    stated = hands_of(unit)
    usual = stated.inspections if stated else DEFAULT_HANDS
    hands = _whole(said.get("hands", ""), usual, 0, MAX_HANDS)
    if hands is None:
        errors.append(_("Inspections a shift are a whole number."))
        hands = usual
    return Question(unit, since, until, days, hands, stated, bool(said.get("sample")), errors=errors)


def read_changes(question: Question, draft: Scored, said: QueryDict) -> Scored:
    """The draft with what was moved of it; where something cannot be, the errors say so and nothing moves."""
    points: dict[str, int] = {}
    steps: dict[str, int] = {}
    for rule in draft.rules:
        added = _whole(said.get(f"p.{rule.code}", ""), rule.points, MIN_POINTS, MAX_POINTS)
        if added is None:
            limits = {"rule": rule.code, "low": MIN_POINTS, "high": MAX_POINTS}
            question.errors.append(_("%(rule)s: points are a whole number from %(low)s to %(high)s.") % limits)
        elif added != rule.points:
            points[rule.code] = added
    for least, lane in draft.thresholds.steps:
        begins = _whole(said.get(f"l.{lane}", ""), least, -LANE_LIMIT, LANE_LIMIT)
        if begins is None:
            question.errors.append(_("A lane begins at a whole number of points: %(lane)s.") % {"lane": lane})
        elif begins != least:
            steps[lane] = begins
    try:
        changed = draft.changed(points, steps)
    except ValueError:
        question.errors.append(_("Lanes begin at different points, the strictest at the most."))
        return draft
    if question.errors:
        return draft
    question.points, question.steps = points, steps
    return changed


def _days(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _whole(text: str, usual: int, low: int, high: int) -> int | None:
    text = text.strip().replace("−", "-")
    if not text:
        return usual
    try:
        number = int(text)
    except ValueError:
        return None
    return number if low <= number <= high else None
