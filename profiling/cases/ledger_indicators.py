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
      f AS (
        SELECT c.*, one.code
        FROM c JOIN rules_assessment a ON a.id = c.assessment_id, LATERAL (
          SELECT said.key AS code
          FROM jsonb_array_elements(a.fired) AS each(rule), jsonb_each(rule -> 'values') AS said
          WHERE said.value NOT IN ('false', 'null')
          UNION
          SELECT jsonb_path_query(a.indicators, '$.keyvalue() ? (@.value == true).key') #>> '{{}}'
        ) AS one
        WHERE c.by_rules
      ),
      r AS (
        SELECT code, array_agg(rule ORDER BY rule) AS rules
        FROM (
          SELECT DISTINCT rule ->> 'code' AS rule, said.key AS code
          FROM c JOIN rules_assessment a ON a.id = c.assessment_id, jsonb_array_elements(a.fired) AS each(rule),
               jsonb_each(rule -> 'values') AS said
          WHERE c.by_rules AND said.value NOT IN ('false', 'null')
        ) reading
        GROUP BY code
      )
      SELECT code, (SELECT rules FROM r WHERE r.code = f.code), {SUMS} FROM f GROUP BY code
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
