"""The ledger: what each rule brought, beside what a random draw brings (domain.md, "What no system we know does").

A case counts for the rules that fired in the assessment it was decided upon, or its latest while undecided. Found
counts by standing outcomes: neither withdrawn nor superseded. A find that the laboratory denies was inspected all the
same, or the share of finds would rise by it. Finds that partners tell of are credited apart, for nobody here looked.
Cases belong to the unit that opened them, in the period in which they were opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from pcu.accounts.models import Unit
from pcu.sql import fetch
from profiling.cases.choices import OutcomeSource, Result
from profiling.cases.models import Case, Outcome
from profiling.rules.core.intervals import Share, share
from profiling.rules.models import Lane, RuleVersion
from profiling.rules.services import NoLiveReleaseError, live_release

ENOUGH = 10
"""Inspections from which on a share says something."""
NOISY = 50
"""Inspections from which on a rule that is no better than chance is called so."""
EXPIRES_SOON = timedelta(days=30)
WEEK = timedelta(days=7)
OWN = (OutcomeSource.OWN_INSPECTION.value, OutcomeSource.OTHER_AGENCY.value)


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases: each stands in one of inspected, not examined and open. `examined_not` is by reason, too."""

    fired: int = 0
    inspected: int = 0
    found: int = 0
    not_examined: int = 0
    other: int = 0  # never arrived, withdrawn by the sender, documents cleared, passed on
    open: int = 0
    credited: int = 0  # finds that partners told of
    unique: int = 0  # finds of cases in which no other rule added points
    weeks: Sequence[int] = ()

    @property
    def clean(self) -> int:
        return self.inspected - self.found

    @property
    def precision(self) -> Share | None:
        return share(self.found, self.inspected)

    @property
    def inspected_share(self) -> Share | None:
        return share(self.inspected, self.fired)

    @property
    def per_find(self) -> float | None:
        """Inspections for one find."""
        return self.inspected / self.found if self.found else None


@dataclass(frozen=True, slots=True)
class Line:
    """One rule. `remark`: "expired", "expires", "never_inspected", "no_lift", "silent" or "" when it works as it is."""

    code: str
    title: str
    points: int
    expires_on: date
    tally: Tally
    consignments: int
    reasons: Mapping[str, int]
    remark: str
    above_base: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    units: Sequence[Unit]
    since: datetime
    until: datetime
    release: str
    all: Tally
    sample: Tally
    lines: Sequence[Line]
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def to_decide(self) -> list[Line]:
        return [line for line in self.lines if line.remark]

    @property
    def working(self) -> list[Line]:
        return [line for line in self.lines if not line.remark]


# One row a case: what it came to. by_rules: neither drawn nor opened by a lookout alone, whose finds are no rule's.
_CASES = """
  SELECT c.id, c.origin, c.state, c.disposition, c.opened_at,
         coalesce(c.decided_assessment_id, c.assessment_id) AS assessment_id,
         coalesce(o.inspected, false) AS inspected, coalesce(o.found, false) AS found,
         coalesce(o.credited, false) AS credited,
         c.origin <> 'sample' AND (c.origin <> 'lookout' OR l.mark <> 'n') AS by_rules
  FROM cases_case c
  JOIN rules_assessment d ON d.id = coalesce(c.decided_assessment_id, c.assessment_id)
  JOIN rules_lane l ON l.id = d.recommended_lane_id
  LEFT JOIN (
    SELECT o.case_id, bool_or(o.source = ANY(%(own)s)) AS inspected,
           bool_or(o.source = ANY(%(own)s) AND o.result = 'found' AND o.status <> 'withdrawn') AS found,
           bool_or(NOT o.source = ANY(%(own)s) AND o.result = 'found' AND o.status <> 'withdrawn') AS credited
    FROM cases_outcome o
    WHERE NOT EXISTS (SELECT 1 FROM cases_outcome l WHERE l.supersedes_id = o.id)
    GROUP BY o.case_id
  ) o ON o.case_id = c.id
  WHERE c.unit_id = ANY(%(units)s) AND c.opened_at >= %(since)s AND c.opened_at < %(until)s
"""
_SUMS = """
  count(*), count(*) FILTER (WHERE inspected), count(*) FILTER (WHERE found),
  count(*) FILTER (WHERE NOT inspected AND state = 'closed' AND disposition = 'no_examination'),
  count(*) FILTER (WHERE NOT inspected AND state = 'closed' AND disposition <> 'no_examination'),
  count(*) FILTER (WHERE NOT inspected AND state <> 'closed'),
  count(*) FILTER (WHERE credited AND NOT found)
"""


def read_ledger(*, unit: Unit, units: Sequence[Unit], since: datetime, until: datetime) -> Ledger:
    """The ledger of the release that is live for `unit`, over the cases of `units` opened in [since, until).

    The caller has cut `units` to what the person may read. Five queries, whatever the number of cases.
    """
    asked = {
        "units": [one.pk for one in units],
        "since": since,
        "until": until,
        "own": list(OWN),
    }
    everything, sample = _whole(asked)
    fired = _by_rule(asked)
    seen = _consignments(asked)
    reasons = _reasons(asked)
    try:
        release = live_release(unit)
    except NoLiveReleaseError:
        return Ledger(units, since, until, "", everything, sample, [], reasons.get("", {}))
    versions = RuleVersion.objects.filter(releases=release).select_related("rule").order_by("rule__code")
    lines = [
        _line(version, fired.get(version.rule.code, Tally()), seen.get(version.rule.code, 0), reasons, sample)
        for version in versions
    ]
    lines.sort(key=lambda line: (-(line.tally.precision.value if line.tally.precision else -1), line.code))
    return Ledger(units, since, until, release.name, everything, sample, lines, reasons.get("", {}))


def _line(
    version: RuleVersion, tally: Tally, consignments: int, reasons: Mapping[str, Mapping[str, int]], sample: Tally
) -> Line:
    precision, base = tally.precision, sample.precision
    above = precision is not None and base is not None and precision.low > base.value
    today = timezone.localdate()
    remark = ""
    if version.rule.expires_on < today:
        remark = "expired"
    elif version.rule.expires_on < today + EXPIRES_SOON:
        remark = "expires"
    elif version.points > 0 and not tally.fired:
        remark = "silent"
    elif version.points > 0 and tally.fired >= ENOUGH and not tally.inspected:
        remark = "never_inspected"
    elif version.points > 0 and tally.inspected >= NOISY and base is not None and not above:
        remark = "no_lift"
    code = version.rule.code
    return Line(
        code, version.title, version.points, version.rule.expires_on, tally, consignments, reasons.get(code, {}),
        remark, above,
    )  # fmt: skip


def _weeks(counted: Mapping[int, int], asked: Mapping[str, Any]) -> list[int]:
    number = max(-(-(asked["until"] - asked["since"]) // WEEK), 1)
    return [counted.get(week, 0) for week in range(number)]


def _tally(sums: Sequence[int], unique: int, weeks: Sequence[int]) -> Tally:
    fired, inspected, found, not_examined, other, still_open, credited = sums
    return Tally(
        fired=fired,
        inspected=inspected,
        found=found,
        not_examined=not_examined,
        other=other,
        open=still_open,
        credited=credited,
        unique=unique,
        weeks=weeks,
    )


def _whole(asked: Mapping[str, Any]) -> tuple[Tally, Tally]:
    """All cases that rules or lookouts opened, and those of the random sample."""
    sql = f"WITH c AS ({_CASES}) SELECT origin = 'sample', {_SUMS} FROM c GROUP BY 1"  # noqa: S608  # own text, values apart
    found = {is_sample: _tally(sums, 0, ()) for is_sample, *sums in fetch(sql, asked)}
    return found.get(False, Tally()), found.get(True, Tally())


def _by_rule(asked: Mapping[str, Any]) -> dict[str, Tally]:
    """Per rule code; drawn cases, which no rule flagged, do not count for the rules that fired in them."""
    sql = f"""
      WITH c AS ({_CASES}),
      f AS (
        SELECT c.*, rule ->> 'code' AS code,
               (SELECT count(*) FROM jsonb_array_elements(a.fired) p WHERE (p ->> 'points')::int > 0) AS adding,
               (rule ->> 'points')::int AS points,
               floor(extract(epoch FROM c.opened_at - %(since)s) / 604800)::int AS week
        FROM c JOIN rules_assessment a ON a.id = c.assessment_id, jsonb_array_elements(a.fired) AS each(rule)
        WHERE c.by_rules
      )
      SELECT code, week, {_SUMS}, count(*) FILTER (WHERE found AND points > 0 AND adding = 1)
      FROM f GROUP BY code, week
    """  # noqa: S608  # as above
    sums: dict[str, list[int]] = {}
    weeks: dict[str, dict[int, int]] = {}
    for code, week, *counts in fetch(sql, asked):
        sums[code] = [a + b for a, b in zip(sums.get(code, [0] * len(counts)), counts, strict=True)]
        weeks.setdefault(code, {})[week] = counts[0]
    return {code: _tally(counts[:-1], counts[-1], _weeks(weeks[code], asked)) for code, counts in sums.items()}


def _consignments(asked: Mapping[str, Any]) -> dict[str, int]:
    """How many consignments or pieces of equipment each rule fired for, whether or not a case came of it."""
    sql = """
      SELECT rule ->> 'code', count(DISTINCT coalesce(v.consignment_id, -a.visit_id))
      FROM rules_assessment a
           LEFT JOIN cargo_consignmentversion v ON v.id = a.version_id, jsonb_array_elements(a.fired) AS each(rule)
      WHERE a.unit_id = ANY(%(units)s) AND a.created_at >= %(since)s AND a.created_at < %(until)s
      GROUP BY 1
    """
    return dict(fetch(sql, asked))


def _reasons(asked: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Why cases were not examined, by rule code and reason; "" is all of them, each case once."""
    sql = f"""
      WITH c AS ({_CASES}),
      said AS (
        SELECT c.id, c.assessment_id, c.by_rules, reason
        FROM c JOIN LATERAL (
          SELECT d.reasons FROM cases_decision d WHERE d.case_id = c.id ORDER BY d.decided_at DESC, d.id DESC LIMIT 1
        ) d ON true, jsonb_array_elements_text(d.reasons) AS each(reason)
        WHERE c.origin <> 'sample' AND NOT c.inspected AND c.disposition = 'no_examination'
      )
      SELECT '', reason, count(*) FROM said GROUP BY reason
      UNION ALL
      SELECT rule ->> 'code', reason, count(*)
      FROM said JOIN rules_assessment a ON a.id = said.assessment_id, jsonb_array_elements(a.fired) AS each(rule)
      WHERE said.by_rules GROUP BY 1, 2
    """  # noqa: S608  # as above
    found: dict[str, dict[str, int]] = {}
    for code, reason, count in fetch(sql, asked):
        found.setdefault(code, {})[reason] = count
    return found


def cases_of_rule(cases: QuerySet[Case], code: str) -> QuerySet[Case]:
    """Of these cases those in whose deciding assessment a rule fired; those that rules did not open are left out."""
    holds = [{"code": code}]
    decided = Q(decided_assessment__fired__contains=holds)
    latest = Q(decided_assessment=None, assessment__fired__contains=holds)
    by_lookout_alone = Q(origin=Case.Origin.LOOKOUT) & (
        Q(decided_assessment__recommended_lane__mark=Lane.Mark.NONE)
        | Q(decided_assessment=None, assessment__recommended_lane__mark=Lane.Mark.NONE)
    )
    return cases.filter(decided | latest).exclude(origin=Case.Origin.SAMPLE).exclude(by_lookout_alone)


def with_result(cases: QuerySet[Case], result: str) -> QuerySet[Case]:
    """Of these cases those inspected and "found" or "clean", "not_examined", or "open"; all of them for ""."""
    own = Outcome.objects.filter(case=OuterRef("pk"), source__in=OWN)
    inspected = Exists(own.not_superseded())
    found = Exists(own.standing().filter(result=Result.FOUND))
    match result:
        case "found":
            return cases.filter(found)
        case "clean":
            return cases.filter(inspected & ~found)
        case "not_examined":
            return cases.filter(~inspected, state=Case.State.CLOSED, disposition="no_examination")
        case "open":
            return cases.filter(~inspected).exclude(state=Case.State.CLOSED)
        case _:
            return cases
