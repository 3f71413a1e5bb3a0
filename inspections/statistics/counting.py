"""Counts the figures in the database: a fixed number of queries, whatever the number of cases.

Who counts is cut here once: cases of the units asked for, opened on the days asked for in each unit's own zone. What
came of a case is what its latest outcomes of our own say, as in the ledger: a find that the laboratory denies was
examined and nothing was found. Outcomes are written on approval, and so seizures, methods and teams are those of the
approved report: every share is of the same work that its part is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.utils import timezone

from inspections.models import Review
from inspections.statistics.question import Group, Question
from pcu.sql import Row, fetch
from profiling.cargo.choices import EquipmentKind
from profiling.cases.choices import DecisionKind, Disposition
from profiling.cases.ledger import OWN

TO_EXAMINE = (DecisionKind.SCAN, DecisionKind.HOLD_AND_REFER)
IN_CURRENCY = "amount"
"""The unit of quantity of seized money; its rows say of which currency how much."""

# c: one row a case. `counted`: not so for drawn cases where a rule is asked for, which are its base line alone.
_CASES: Final = """
  picked AS (
    SELECT c.id, c.unit_id, c.origin, c.state, c.disposition, c.due_at, y.mode, d.fired,
           (c.opened_at AT TIME ZONE u.time_zone)::date AS day,
           %(rule)s = '' OR c.origin <> 'sample' AS counted
    FROM cases_case c
    JOIN accounts_unit u ON u.id = c.unit_id
    JOIN rules_assessment l ON l.id = c.assessment_id
    JOIN rules_assessment d ON d.id = coalesce(c.decided_assessment_id, c.assessment_id)
    LEFT JOIN cargo_consignmentversion v ON v.id = l.version_id
    LEFT JOIN cargo_consignment n ON n.id = v.consignment_id
    LEFT JOIN cargo_equipmentvisit q ON q.id = l.visit_id
    LEFT JOIN cargo_conveyancecall y ON y.id = coalesce(n.call_id, q.call_id)
    WHERE c.unit_id = ANY(%(units)s) AND c.opened_at >= %(not_before)s AND c.opened_at < %(not_after)s
      AND (c.opened_at AT TIME ZONE u.time_zone)::date BETWEEN %(since)s AND %(until)s
      AND (%(mode)s = '' OR y.mode = %(mode)s)
      AND (%(rule)s = '' OR c.origin = 'sample'
           OR d.fired @> jsonb_build_array(jsonb_build_object('code', %(rule)s::text)))
  ),
  o AS (
    SELECT o.case_id, o.visit_id, o.method, o.commodity,
           CASE WHEN o.status = 'withdrawn' THEN 'clean' ELSE o.result END AS result
    FROM cases_outcome o
    WHERE o.case_id IN (SELECT id FROM picked) AND o.source = ANY(%(own)s)
      AND NOT EXISTS (SELECT 1 FROM cases_outcome later WHERE later.supersedes_id = o.id)
  ),
  c AS (
    SELECT picked.*, coalesce(came.examined, false) AS examined, coalesce(came.found, false) AS found
    FROM picked LEFT JOIN (
      SELECT case_id, true AS examined, bool_or(result = 'found') AS found FROM o GROUP BY case_id
    ) came ON came.case_id = picked.id
  )
"""
# a: one row an approved examination, as its last approved report tells it. What is only being worked on, before a
# first approval or in an amendment, is in no figure: outcomes do not know of it either.
_APPROVED: Final = """
  a AS (
    SELECT DISTINCT ON (i.id) i.case_id, r.content
    FROM c JOIN inspections_inspection i ON i.case_id = c.id
    JOIN inspections_report r ON r.inspection_id = i.id
    JOIN inspections_review w ON w.report_id = r.id AND w.verdict = %(approved)s
    WHERE c.counted ORDER BY i.id, r.number DESC
  )
"""
# s: seizures of what was found, and found still; what every sample of the laboratory denies is none.
_SEIZURES: Final = f"""
  {_APPROVED},
  s AS (
    SELECT a.case_id, z ->> 'commodity' AS commodity, z -> 'facts' AS facts, (z ->> 'quantity')::numeric AS quantity,
           z ->> 'quantity_unit' AS quantity_unit, (z ->> 'value')::numeric AS value,
           z ->> 'value_currency' AS value_currency
    FROM a, jsonb_array_elements(a.content -> 'seizures') z
    JOIN cargo_equipmentvisit e ON e.ref = (z ->> 'visit')::uuid
    WHERE EXISTS (
      SELECT 1 FROM o
      WHERE o.case_id = a.case_id AND o.result = 'found' AND (o.visit_id IS NULL OR o.visit_id = e.id)
    ) AND coalesce(
      (SELECT NOT bool_and(t.verdict = 'denies') FROM inspections_sample t
       JOIN inspections_seizure k ON k.id = t.seizure_id WHERE k.ref = (z ->> 'ref')::uuid), true
    )
  )
"""  # noqa: S608  # own text, values apart; so below
# p: one row a consignment, or a piece of equipment without a bill, by the first assessment that decided of it.
_PROFILED: Final = """
  p AS (
    SELECT a.unit_id, a.version_id, a.fired, y.mode, n.id AS consignment_id, q.id AS visit_id,
           (a.created_at AT TIME ZONE u.time_zone)::date AS day
    FROM rules_assessment a
    JOIN accounts_unit u ON u.id = a.unit_id
    LEFT JOIN cargo_consignmentversion v ON v.id = a.version_id
    LEFT JOIN cargo_consignment n ON n.id = v.consignment_id
    LEFT JOIN cargo_equipmentvisit q ON q.id = a.visit_id
    LEFT JOIN cargo_conveyancecall y ON y.id = coalesce(n.call_id, q.call_id)
    WHERE a.unit_id = ANY(%(units)s) AND a.created_at >= %(not_before)s AND a.created_at < %(not_after)s
      AND (a.created_at AT TIME ZONE u.time_zone)::date BETWEEN %(since)s AND %(until)s
      AND (%(mode)s = '' OR y.mode = %(mode)s)
      AND (%(rule)s = '' OR a.fired @> jsonb_build_array(jsonb_build_object('code', %(rule)s::text)))
      AND NOT EXISTS (
        SELECT 1 FROM rules_assessment b
        JOIN cargo_consignmentversion bv ON bv.id = b.version_id
        WHERE bv.consignment_id = v.consignment_id AND (b.created_at, b.id) < (a.created_at, a.id)
      )
      AND NOT EXISTS (
        SELECT 1 FROM rules_assessment b
        WHERE b.visit_id = a.visit_id AND (b.created_at, b.id) < (a.created_at, a.id)
      )
  )
"""
# The key of a group in c and p alike, and what has to be joined for it.
_KEYS: Final[Mapping[Group | None, tuple[str, str]]] = {
    None: ("''", ""),
    Group.DAY: ("{row}.day::text", ""),
    Group.WEEK: ("date_trunc('week', {row}.day)::date::text", ""),
    Group.MONTH: ("date_trunc('month', {row}.day)::date::text", ""),
    Group.UNIT: ("{row}.unit_id::text", ""),
    Group.MODE: ("coalesce({row}.mode, '')", ""),
    Group.RULE: (
        "rule.code",
        "JOIN LATERAL (SELECT DISTINCT f ->> 'code' AS code FROM jsonb_array_elements({row}.fired) f) rule ON true",
    ),
}


def asked(question: Question) -> dict[str, Any]:
    """The parameters of every query. The bounds in UTC are wide enough for every zone, and let an index help."""
    whole_day = timedelta(days=1)
    return {
        "units": [unit.pk for unit in question.units],
        "since": question.since,
        "until": question.until,
        "not_before": datetime.combine(question.since - whole_day, time(), UTC),
        "not_after": datetime.combine(question.until + 2 * whole_day, time(), UTC),
        "mode": question.mode,
        "rule": question.rule,
        "own": list(OWN),
        "approved": Review.Verdict.APPROVED.value,
        "to_examine": list(TO_EXAMINE),
        "container": EquipmentKind.CONTAINER.value,
        "no_examination": Disposition.NO_EXAMINATION.value,
        "in_currency": IN_CURRENCY,
        "now": timezone.now(),
    }


def _keyed(group: Group | None, row: str) -> tuple[str, str]:
    key, join = _KEYS[group]
    return key.format(row=row), join.format(row=row)


def cases(parameters: Mapping[str, Any], group: Group | None) -> list[Row]:
    """(key, selected, drawn, examined, found, seized, no_examination, open, late, ruled_examined, ruled_found,
    drawn_examined, drawn_found) a group. By rule, drawn cases do not count: no rule flagged them.
    """
    key, join = _keyed(group, "c")
    drawn = "WHERE c.origin <> 'sample'" if group is Group.RULE else ""
    sql = f"""
      WITH {_CASES}, {_SEIZURES}
      SELECT {key},
        count(*) FILTER (WHERE counted), count(*) FILTER (WHERE counted AND origin = 'sample'),
        count(*) FILTER (WHERE counted AND examined), count(*) FILTER (WHERE counted AND found),
        count(*) FILTER (WHERE counted AND id IN (SELECT case_id FROM s)),
        count(*) FILTER (WHERE counted AND state = 'closed' AND disposition = %(no_examination)s),
        count(*) FILTER (WHERE counted AND state <> 'closed'),
        count(*) FILTER (WHERE counted AND state <> 'closed' AND due_at < %(now)s),
        count(*) FILTER (WHERE origin <> 'sample' AND examined), count(*) FILTER (WHERE origin <> 'sample' AND found),
        count(*) FILTER (WHERE origin = 'sample' AND examined), count(*) FILTER (WHERE origin = 'sample' AND found)
      FROM c {join} {drawn} GROUP BY 1
    """  # noqa: S608
    return fetch(sql, parameters)


def profiled(parameters: Mapping[str, Any], group: Group | None) -> list[Row]:
    """(key, profiled, of those in a case) a group."""
    key, join = _keyed(group, "p")
    sql = f"""
      WITH {_PROFILED}
      SELECT {key}, count(*), count(*) FILTER (WHERE
        EXISTS (SELECT 1 FROM cases_caseconsignment k WHERE k.consignment_id = p.consignment_id)
        OR EXISTS (SELECT 1 FROM cases_casevisit k WHERE k.visit_id = p.visit_id))
      FROM p {join} GROUP BY 1
    """  # noqa: S608
    return fetch(sql, parameters)


def containers(parameters: Mapping[str, Any]) -> Row:
    """(profiled, selected, examined, found): containers, each once."""
    sql = f"""
      WITH {_CASES}, {_PROFILED},
      boxes AS (
        SELECT q.id, 'profiled' AS stage FROM p JOIN cargo_loading g ON g.version_id = p.version_id
          JOIN cargo_equipmentvisit q ON q.id = g.visit_id WHERE q.kind = %(container)s
        UNION
        SELECT q.id, 'profiled' FROM p JOIN cargo_equipmentvisit q ON q.id = p.visit_id WHERE q.kind = %(container)s
        UNION
        SELECT q.id, 'selected' FROM c JOIN cases_casevisit k ON k.case_id = c.id
          JOIN cargo_equipmentvisit q ON q.id = k.visit_id WHERE c.counted AND q.kind = %(container)s
        UNION
        SELECT q.id, 'examined' FROM o JOIN c ON c.id = o.case_id JOIN cargo_equipmentvisit q ON q.id = o.visit_id
          WHERE c.counted AND q.kind = %(container)s
        UNION
        SELECT q.id, 'found' FROM o JOIN c ON c.id = o.case_id JOIN cargo_equipmentvisit q ON q.id = o.visit_id
          WHERE c.counted AND o.result = 'found' AND q.kind = %(container)s
      )
      SELECT count(*) FILTER (WHERE stage = 'profiled'), count(*) FILTER (WHERE stage = 'selected'),
             count(*) FILTER (WHERE stage = 'examined'), count(*) FILTER (WHERE stage = 'found') FROM boxes
    """  # noqa: S608
    return fetch(sql, parameters)[0]


def methods(parameters: Mapping[str, Any]) -> list[Row]:
    """(method, cases examined by it, those with a find, containers): as done on an approved line or told with an
    outcome."""
    sql = f"""
      WITH {_CASES}, {_APPROVED},
      used AS (
        SELECT a.case_id, e.id AS visit_id, said.key AS method
        FROM a, jsonb_array_elements(a.content -> 'lines') line
             JOIN cargo_equipmentvisit e ON e.ref = (line ->> 'visit')::uuid, jsonb_each(line -> 'methods') said
        WHERE said.value -> 'done' = 'true'::jsonb AND a.case_id IN (SELECT id FROM c WHERE examined)
        UNION
        SELECT o.case_id, o.visit_id, o.method FROM o WHERE o.method <> ''
      )
      SELECT used.method, count(DISTINCT c.id), count(DISTINCT c.id) FILTER (WHERE c.found),
             count(DISTINCT q.id) FILTER (WHERE q.kind = %(container)s)
      FROM used JOIN c ON c.id = used.case_id AND c.counted
      LEFT JOIN cargo_equipmentvisit q ON q.id = used.visit_id
      GROUP BY 1
    """  # noqa: S608
    return fetch(sql, parameters)


def commodities(parameters: Mapping[str, Any]) -> list[Row]:
    """("found", kind, cases, 0, "", null), ("seized", kind, cases, seizures, "", null), ("quantity", "money" or
    "value", kind, 0, 0, unit or currency, sum). Seized money is summed by its currency, never across.
    """
    sql = f"""
      WITH {_CASES}, {_SEIZURES}
      SELECT 'found', o.commodity, count(DISTINCT o.case_id), 0, '', NULL::numeric
        FROM o JOIN c ON c.id = o.case_id WHERE c.counted AND o.result = 'found' GROUP BY o.commodity
      UNION ALL
      SELECT 'seized', commodity, count(DISTINCT case_id), count(*), '', NULL FROM s GROUP BY commodity
      UNION ALL
      SELECT 'quantity', commodity, 0, 0, quantity_unit, sum(quantity) FROM s
        WHERE quantity IS NOT NULL AND quantity_unit <> %(in_currency)s GROUP BY commodity, quantity_unit
      UNION ALL
      SELECT 'money', commodity, 0, 0, told ->> 'currency', sum((told ->> 'amount')::numeric)
        FROM s, jsonb_path_query(s.facts, '$.items[*]') told
        WHERE quantity_unit = %(in_currency)s AND told ->> 'amount' ~ '^[0-9]+([.][0-9]+)?$'
        GROUP BY commodity, told ->> 'currency'
      UNION ALL
      SELECT 'value', commodity, 0, 0, value_currency, sum(value) FROM s
        WHERE value IS NOT NULL GROUP BY commodity, value_currency
    """  # noqa: S608
    return fetch(sql, parameters)


def endings(parameters: Mapping[str, Any]) -> list[Row]:
    """("disposition", code, cases) and ("reason", code of the last decision, cases not examined); a case may have
    several reasons."""
    sql = f"""
      WITH {_CASES}
      SELECT 'disposition', disposition, count(*) FROM c WHERE counted AND state = 'closed' GROUP BY 2
      UNION ALL
      SELECT 'reason', reason.code, count(DISTINCT c.id)
      FROM c JOIN LATERAL (
        SELECT d.reasons FROM cases_decision d WHERE d.case_id = c.id ORDER BY d.decided_at DESC, d.id DESC LIMIT 1
      ) last ON true, jsonb_array_elements_text(last.reasons) reason(code)
      WHERE c.counted AND c.state = 'closed' AND c.disposition = %(no_examination)s
      GROUP BY 2
    """  # noqa: S608
    return fetch(sql, parameters)


def agencies(parameters: Mapping[str, Any]) -> list[Row]:
    """(agency, officers, cases they took part in examining, those with a find), as approved acts name the team."""
    sql = f"""
      WITH {_CASES}, {_APPROVED}
      SELECT t ->> 'agency', count(DISTINCT t ->> 'user'), count(DISTINCT c.id),
             count(DISTINCT c.id) FILTER (WHERE c.found)
      FROM c JOIN a ON a.case_id = c.id, jsonb_array_elements(a.content -> 'team') t
      WHERE c.examined GROUP BY 1
    """  # noqa: S608
    return fetch(sql, parameters)


def waiting(parameters: Mapping[str, Any]) -> Row:
    """(cases, median, ninth decile): seconds from the last decision to examine to the first examination after it."""
    sql = f"""
      WITH {_CASES},
      begun AS (
        SELECT i.case_id, min(i.started_at) AS at FROM inspections_inspection i
        WHERE i.state <> 'dropped' AND i.started_at IS NOT NULL AND i.case_id IN (SELECT id FROM c WHERE counted)
        GROUP BY 1
      ),
      waited AS (
        SELECT extract(epoch FROM begun.at - d.decided_at)::float8 AS seconds
        FROM begun JOIN LATERAL (
          SELECT d.decided_at FROM cases_decision d
          WHERE d.case_id = begun.case_id AND d.kind = ANY(%(to_examine)s) AND d.decided_at <= begun.at
          ORDER BY d.decided_at DESC, d.id DESC LIMIT 1
        ) d ON true
      )
      SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
             percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) FROM waited
    """  # noqa: S608
    return fetch(sql, parameters)[0]
