"""How many inspections the posts of the demonstration can do, and what Altynkol's officers say of its rules."""

from __future__ import annotations

from datetime import time

from pcu.accounts.models import Unit, User
from pcu.sql import fetch
from profiling.cases import tuning
from profiling.cases.models import Case, TuningRequest
from profiling.rules import capacity
from profiling.rules.models import Capacity

# Unit, who leads it, inspections a shift, hours, when the first shift begins.
HANDS = (
    ("ALT", "supervisor", 4, 12, time(8)),
    ("DSB", "supervisor_tj", 3, 12, time(8)),
    ("CHU", "supervisor_uz", 6, 8, time(6)),
)
POST = "ALT"
NOTES = (
    ("officer", "Fires for every groupage container; the packing list explains it each time."),
    ("officer2", "Срабатывает почти на каждый поезд, при досмотре ничего."),
    ("supervisor", "The firm is known to us for years. Let regular consignees off."),
    ("officer", "Points are too high for what it says: it alone brings cargo into the queue."),
)


def state(people: dict[str, User]) -> None:
    """State the capacity of three posts, once."""
    for code, leader, inspections, hours, starts in HANDS:
        unit = Unit.objects.filter(code=code).first()
        if unit is None or leader not in people or Capacity.objects.filter(unit=unit).exists():
            continue
        capacity.state(
            unit=unit,
            user=people[leader],
            inspections_per_shift=inspections,
            shift_hours=hours,
            shift_starts=starts,
        )


def ask_for_tuning(people: dict[str, User]) -> int:
    """Ask for tuning of the two rules that fired most in cases where nothing was found. Returns how many asked."""
    if TuningRequest.objects.exists():
        return 0
    asked = 0
    for rule, notes in zip(_idle_rules(), (NOTES[:3], NOTES[3:]), strict=False):
        clean = Case.objects.filter(unit__code=POST, state=Case.State.CLOSED).exclude(disposition="inspected_found")
        cases = clean.filter(assessment__fired__contains=[{"code": rule}]).order_by("-opened_at")
        for case, (username, note) in zip(cases[: len(notes)], notes, strict=False):
            tuning.ask(case=case, user=people[username], rule=rule, note=note)
            asked += 1
    return asked


def _idle_rules() -> list[str]:
    sql = """
      SELECT rule ->> 'code'
      FROM cases_case c JOIN accounts_unit u ON u.id = c.unit_id JOIN rules_assessment a ON a.id = c.assessment_id,
           jsonb_array_elements(a.fired) AS each(rule)
      WHERE u.code = %(post)s AND c.state = 'closed' AND c.disposition <> 'inspected_found'
        AND (rule ->> 'points')::int > 0
      GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2
    """
    return [code for (code,) in fetch(sql, {"post": POST})]
