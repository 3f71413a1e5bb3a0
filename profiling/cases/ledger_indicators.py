"""The ledger by indicator: what came of the cases in which a fact spoke.

An indicator speaks in a case when a rule that read it fired there, or, where it is true or false, when it was true. A
rule that fires because a fact is false is no word of the fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pcu.accounts.models import Unit
from pcu.sql import fetch
from profiling.cases.ledger import CASES, SUMS, Ledger, Tally, asked_for, is_above, lift_of, tally_of
from profiling.indicators.catalogue import REGISTRY
from profiling.rules.core.evidence import Ratio


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator. rules: codes of the rules that read it and fired, in order."""

    code: str
    label: str
    tally: Tally
    rules: Sequence[str]
    lift: Ratio | None
    above_base: bool
    per_shift: float


def read_indicators(*, units: Sequence[Unit], since: datetime, until: datetime, book: Ledger) -> list[IndicatorLine]:
    """Of the indicators that spoke in the cases of `units` opened in [since, until), the most precise first.

    `book` is the ledger of the same cases, whose base line counts. One query.
    """
    sql = f"""
      WITH c AS ({CASES}),
      said AS (
        SELECT c.id, one.key AS code, rule ->> 'code' AS rule
        FROM c JOIN rules_assessment a ON a.id = c.assessment_id, jsonb_array_elements(a.fired) AS each(rule),
             jsonb_each(rule -> 'values') AS one
        WHERE c.by_rules AND one.value NOT IN ('false', 'null')
        UNION ALL
        SELECT c.id, one.key, NULL
        FROM c JOIN rules_assessment a ON a.id = c.assessment_id, jsonb_each(a.indicators) AS one
        WHERE c.by_rules AND one.value = 'true'
      ),
      f AS (SELECT id, code FROM said GROUP BY id, code),
      r AS (SELECT code, array_agg(DISTINCT rule ORDER BY rule) FILTER (WHERE rule IS NOT NULL) AS rules
            FROM said GROUP BY code)
      SELECT f.code, r.rules, {SUMS}
      FROM f JOIN c ON c.id = f.id JOIN r ON r.code = f.code GROUP BY f.code, r.rules
    """  # noqa: S608  # own text, values apart
    specs = REGISTRY.specs()
    lines = []
    for code, rules, *sums in fetch(sql, asked_for(units, since, until)):
        tally = tally_of(sums, 0, ())
        lines.append(
            IndicatorLine(
                code=code,
                label=str(specs[code].label) if code in specs else code,
                tally=tally,
                rules=rules or [],
                lift=lift_of(tally, book.base),
                above_base=is_above(tally, book.base),
                per_shift=tally.inspected / book.shifts if book.shifts else 0.0,
            )
        )
    lines.sort(key=lambda line: (-(line.tally.precision.value if line.tally.precision else -1), line.code))
    return lines
