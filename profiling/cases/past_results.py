"""What the unit's own cargo came to, for learning: each consignment as it stood when it was decided upon.

Found and clean are counted as in the ledger (`profiling.cases.ledger`): outcomes of examinations that are not
superseded, a withdrawn find having been inspected all the same. What opened no case, or whose case saw no examination,
was never inspected. A result counts as known from the latest of those outcomes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pcu.accounts.models import Unit
from pcu.sql import fetch
from profiling.cases.ledger import OWN
from profiling.rules.core.learning_frames import Past

MOST_NEVER = 100_000
"""Never inspected consignments that are read; of more, every n-th."""

_CASES: Final = """
  SELECT a.created_at, a.indicators, c.origin = 'sample' AS random, o.found, o.known_at
  FROM cases_case c
  JOIN rules_assessment a ON a.id = coalesce(c.decided_assessment_id, c.assessment_id)
  LEFT JOIN LATERAL (
    SELECT bool_or(o.result = 'found' AND o.status <> 'withdrawn') AS found, max(o.recorded_at) AS known_at
    FROM cases_outcome o
    WHERE o.case_id = c.id AND o.source = ANY(%(own)s)
      AND NOT EXISTS (SELECT FROM cases_outcome l WHERE l.supersedes_id = o.id)
  ) o ON true
  WHERE c.unit_id = ANY(%(units)s) AND a.created_at >= %(since)s AND a.created_at < %(until)s
  ORDER BY a.created_at, a.id
"""
# The latest assessment of what opened no case.
_NO_CASE: Final = """
  SELECT DISTINCT ON (coalesce(v.consignment_id, -a.visit_id)) a.id, a.created_at, a.indicators
  FROM rules_assessment a
  LEFT JOIN cargo_consignmentversion v ON v.id = a.version_id
  WHERE a.unit_id = ANY(%(units)s) AND a.created_at >= %(since)s AND a.created_at < %(until)s
    AND NOT EXISTS (SELECT FROM cases_caseconsignment k WHERE k.consignment_id = v.consignment_id)
    AND NOT EXISTS (SELECT FROM cases_case k JOIN rules_assessment b ON b.id = k.assessment_id
                    WHERE a.visit_id IS NOT NULL AND b.visit_id = a.visit_id)
  ORDER BY coalesce(v.consignment_id, -a.visit_id), a.created_at DESC, a.id DESC
"""


def own_results(*, unit: Unit, since: datetime, until: datetime) -> tuple[Iterator[Past], int]:
    """The own past of a node and of those below it in [since, until), and of how many never inspected one was read."""
    asked = {
        "units": list(Unit.objects.filter(path__startswith=unit.path).values_list("pk", flat=True)),
        "since": since,
        "until": until,
        "own": list(OWN),
    }
    counted = fetch(f"SELECT count(*) FROM ({_NO_CASE}) s", asked)[0][0]  # noqa: S608  # own text, values apart
    step = max(-(-counted // MOST_NEVER), 1)
    return _rows(asked, step), step


def _rows(asked: dict[str, object], step: int) -> Iterator[Past]:
    # Django leaves JSON of statements of one's own as the text it is.
    for moment, indicators, random, found, known_at in fetch(_CASES, asked):
        result = "never" if known_at is None else "found" if found else "clean"
        yield Past(moment, result, known_at, random, json.loads(indicators))
    statement = f"SELECT created_at, indicators FROM ({_NO_CASE}) s WHERE id %% %(step)s = 0"  # noqa: S608  # as above
    for moment, indicators in fetch(statement, {**asked, "step": step}):
        yield Past(moment, "never", None, False, json.loads(indicators))
