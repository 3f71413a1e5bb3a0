"""The ledger: what each rule brought, beside what a random draw brings (domain.md, "What no system we know does").

A case counts for the rules that fired in the assessment it was decided upon, or its latest while undecided. Found
counts by standing outcomes: neither withdrawn nor superseded. A find that the laboratory denies was inspected all the
same, or the share of finds would rise by it. Finds that partners tell of are credited apart, for nobody here looked.
Cases belong to the unit that opened them, in the period in which they were opened. The base line weighs each drawn
case by how rarely it is drawn, for the share of the sample may have changed within the period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from pcu.accounts.models import Unit
from pcu.sql import fetch
from profiling.cases import tuning
from profiling.cases.choices import OutcomeSource, Result
from profiling.cases.models import Case, Outcome
from profiling.rules.capacity import Hands, shifts_between
from profiling.rules.core.evidence import Drift, Ratio, Weighted, drift, ratio, weighted_share
from profiling.rules.core.intervals import Share, share
from profiling.rules.models import Lane, Rule, RuleVersion
from profiling.rules.services import NoLiveReleaseError, live_release

ENOUGH = 10
"""Inspections from which on a share says something."""
NOISY = 50
"""Inspections from which on a rule that is no better than chance is called so."""
MUCH_WORK = 0.2
"""Share of all inspections from which on a rule that is no better than chance is called noisy."""
LATELY = timedelta(days=28)
"""What is held against the time before it; of a period under twice as long, its second half."""
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
    late_inspected: int = 0  # in the last part of the period
    late_found: int = 0

    @property
    def drift(self) -> Drift | None:
        """Precision lately against before; None where nothing was inspected in one of both."""
        before = (self.found - self.late_found, self.inspected - self.late_inspected)
        return drift(before, (self.late_found, self.late_inspected))

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
    """One rule. `remark`: a key of REMARKS, or "" when it works as it is.

    lift: precision over the base line; None where either has nothing. last_fired: within the period, with or without a
    case. asked: what stands open of requests for tuning. work: its share of all inspections.
    """

    code: str
    title: str
    points: int
    expires_on: date
    tally: Tally
    consignments: int
    reasons: Mapping[str, int]
    remark: str
    above_base: bool
    rule: Rule
    lift: Ratio | None = None
    last_fired: datetime | None = None
    asked: tuning.Asked | None = None
    work: float = 0.0
    per_shift: float = 0.0


REMARKS = ("noisy", "no_lift", "drift", "never_inspected", "expired", "expires", "silent", "tuning")
"""Why a rule needs a decision, what costs most first."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """base: the share of finds in cargo that no rule flagged, weighted; None where no drawn case was inspected.
    shifts: how many the period has.
    """

    units: Sequence[Unit]
    since: datetime
    until: datetime
    release: str
    all: Tally
    sample: Tally
    lines: Sequence[Line]
    reasons: Mapping[str, int] = field(default_factory=dict)
    base: Weighted | None = None
    shifts: float = 0.0

    @property
    def base_is_sure(self) -> bool:
        """Whether enough of the sample was inspected for it to say something."""
        return self.base is not None and self.base.effective >= ENOUGH

    @property
    def per_shift(self) -> float:
        """Inspections a shift, of the sample too."""
        return (self.all.inspected + self.sample.inspected) / self.shifts if self.shifts else 0.0

    @property
    def to_decide(self) -> list[Line]:
        flagged = [line for line in self.lines if line.remark]
        return sorted(flagged, key=lambda line: (REMARKS.index(line.remark), -line.tally.inspected, line.code))

    @property
    def working(self) -> list[Line]:
        return [line for line in self.lines if not line.remark]


# One row a case: what it came to. by_rules: neither drawn nor opened by a lookout alone, whose finds are no rule's.
# weight: one over the probability with which it was drawn; cargo scored anew after the draw has that of its release.
CASES = """
  SELECT c.id, c.origin, c.state, c.disposition, c.opened_at,
         coalesce(c.decided_assessment_id, c.assessment_id) AS assessment_id,
         coalesce(o.inspected, false) AS inspected, coalesce(o.found, false) AS found,
         coalesce(o.credited, false) AS credited,
         c.origin <> 'sample' AND (c.origin <> 'lookout' OR l.mark <> 'n') AS by_rules,
         c.opened_at >= %(turn)s AS late,
         1 / coalesce(nullif(d.inclusion_probability, 0), nullif(r.sample_rate, 0), 1)::float8 AS weight
  FROM cases_case c
  JOIN rules_assessment d ON d.id = coalesce(c.decided_assessment_id, c.assessment_id)
  JOIN rules_release r ON r.id = d.release_id
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
SUMS = """
  count(*), count(*) FILTER (WHERE inspected), count(*) FILTER (WHERE found),
  count(*) FILTER (WHERE NOT inspected AND state = 'closed' AND disposition = 'no_examination'),
  count(*) FILTER (WHERE NOT inspected AND state = 'closed' AND disposition <> 'no_examination'),
  count(*) FILTER (WHERE NOT inspected AND state <> 'closed'),
  count(*) FILTER (WHERE credited AND NOT found),
  count(*) FILTER (WHERE late AND inspected), count(*) FILTER (WHERE late AND found)
"""


def asked_for(units: Sequence[Unit], since: datetime, until: datetime) -> dict[str, Any]:
    """The parameters that all statements of the ledger take."""
    return {
        "units": [one.pk for one in units],
        "since": since,
        "until": until,
        "turn": turn_of(since, until),
        "own": list(OWN),
    }


def turn_of(since: datetime, until: datetime) -> datetime:
    """Where "lately" begins in a period."""
    return until - min(LATELY, (until - since) / 2)


def read_ledger(
    *, unit: Unit, units: Sequence[Unit], since: datetime, until: datetime, hands: Hands | None = None
) -> Ledger:
    """The ledger of the release that is live for `unit`, over the cases of `units` opened in [since, until).

    The caller has cut `units` to what the person may read. A fixed number of queries, whatever the number of cases.
    """
    asked = asked_for(units, since, until)
    everything, sample, base = _whole(asked)
    fired = _by_rule(asked)
    seen = _consignments(asked)
    reasons = _reasons(asked)
    shifts = shifts_between(since, until, hands)
    book = Ledger(units, since, until, "", everything, sample, [], reasons.get("", {}), base, shifts)
    try:
        release = live_release(unit)
    except NoLiveReleaseError:
        return book
    requests = tuning.open_of(units, until)
    versions = RuleVersion.objects.filter(releases=release).select_related("rule__unit").order_by("rule__code")
    lines = [
        _line(book, version, fired.get(version.rule.code, Tally()), seen.get(version.rule.code), reasons, requests)
        for version in versions
    ]
    lines.sort(key=lambda line: (-(line.tally.precision.value if line.tally.precision else -1), line.code))
    return replace(book, release=release.name, lines=lines)


def lift_of(tally: Tally, base: Weighted | None) -> Ratio | None:
    """How many times the base line a precision is."""
    precision = tally.precision
    if precision is None or base is None:
        return None
    return ratio((precision.value, precision.low, precision.high), (base.value, base.low, base.high))


def is_above(tally: Tally, base: Weighted | None) -> bool:
    """The whole interval lies above the base line."""
    return tally.precision is not None and base is not None and tally.precision.low > base.value


def _line(
    book: Ledger,
    version: RuleVersion,
    tally: Tally,
    seen: tuple[int, datetime] | None,
    reasons: Mapping[str, Mapping[str, int]],
    requests: Mapping[int, tuning.Asked],
) -> Line:
    rule = version.rule
    looked = book.all.inspected + book.sample.inspected
    work = tally.inspected / looked if looked else 0.0
    asked = requests.get(rule.pk)
    return Line(
        code=rule.code,
        title=version.title,
        points=version.points,
        expires_on=rule.expires_on,
        tally=tally,
        consignments=seen[0] if seen else 0,
        reasons=reasons.get(rule.code, {}),
        remark=_remark(book, version, tally, work, asked),
        above_base=is_above(tally, book.base),
        rule=rule,
        lift=lift_of(tally, book.base),
        last_fired=seen[1] if seen else None,
        asked=asked,
        work=work,
        per_shift=tally.inspected / book.shifts if book.shifts else 0.0,
    )


def _remark(book: Ledger, version: RuleVersion, tally: Tally, work: float, asked: tuning.Asked | None) -> str:
    today = timezone.localdate()
    expires_on = version.rule.expires_on
    if expires_on < today:
        return "expired"
    if expires_on < today + EXPIRES_SOON:
        return "expires"
    if version.points > 0:
        if not tally.fired:
            return "silent"
        if tally.fired >= ENOUGH and not tally.inspected:
            return "never_inspected"
        if tally.inspected >= NOISY and book.base_is_sure and not is_above(tally, book.base):
            return "noisy" if work >= MUCH_WORK else "no_lift"
        if tally.drift is not None and tally.drift.fell:
            return "drift"
    return "tuning" if asked else ""


def _weeks(counted: Mapping[int, int], asked: Mapping[str, Any]) -> list[int]:
    number = max(-(-(asked["until"] - asked["since"]) // WEEK), 1)
    return [counted.get(week, 0) for week in range(number)]


def tally_of(sums: Sequence[int], unique: int, weeks: Sequence[int]) -> Tally:
    fired, inspected, found, not_examined, other, still_open, credited, late_inspected, late_found = sums
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
        late_inspected=late_inspected,
        late_found=late_found,
    )


def _whole(asked: Mapping[str, Any]) -> tuple[Tally, Tally, Weighted | None]:
    """All cases that rules or lookouts opened, those of the random sample, and the base line they make."""
    sql = f"""
      WITH c AS ({CASES})
      SELECT origin = 'sample', coalesce(sum(weight) FILTER (WHERE found), 0),
             coalesce(sum(weight) FILTER (WHERE inspected), 0),
             coalesce(sum(weight * weight) FILTER (WHERE inspected), 0), {SUMS}
      FROM c GROUP BY 1
    """  # noqa: S608  # own text, values apart
    told: dict[bool, Tally] = {}
    base = None
    for is_sample, found, looked, squares, *sums in fetch(sql, asked):
        told[is_sample] = tally_of(sums, 0, ())
        if is_sample:
            base = weighted_share(found, looked, squares)
    return told.get(False, Tally()), told.get(True, Tally()), base


def _by_rule(asked: Mapping[str, Any]) -> dict[str, Tally]:
    """Per rule code; drawn cases, which no rule flagged, do not count for the rules that fired in them."""
    sql = f"""
      WITH c AS ({CASES}),
      f AS (
        SELECT c.*, rule ->> 'code' AS code,
               (SELECT count(*) FROM jsonb_array_elements(a.fired) p WHERE (p ->> 'points')::int > 0) AS adding,
               (rule ->> 'points')::int AS points,
               floor(extract(epoch FROM c.opened_at - %(since)s) / 604800)::int AS week
        FROM c JOIN rules_assessment a ON a.id = c.assessment_id, jsonb_array_elements(a.fired) AS each(rule)
        WHERE c.by_rules
      )
      SELECT code, week, {SUMS}, count(*) FILTER (WHERE found AND points > 0 AND adding = 1)
      FROM f GROUP BY code, week
    """  # noqa: S608  # as above
    sums: dict[str, list[int]] = {}
    weeks: dict[str, dict[int, int]] = {}
    for code, week, *counts in fetch(sql, asked):
        sums[code] = [a + b for a, b in zip(sums.get(code, [0] * len(counts)), counts, strict=True)]
        weeks.setdefault(code, {})[week] = counts[0]
    return {code: tally_of(counts[:-1], counts[-1], _weeks(weeks[code], asked)) for code, counts in sums.items()}


def _consignments(asked: Mapping[str, Any]) -> dict[str, tuple[int, datetime]]:
    """How many consignments or pieces of equipment each rule fired for, with or without a case, and when last."""
    sql = """
      SELECT rule ->> 'code', count(DISTINCT coalesce(v.consignment_id, -a.visit_id)), max(a.created_at)
      FROM rules_assessment a
           LEFT JOIN cargo_consignmentversion v ON v.id = a.version_id, jsonb_array_elements(a.fired) AS each(rule)
      WHERE a.unit_id = ANY(%(units)s) AND a.created_at >= %(since)s AND a.created_at < %(until)s
      GROUP BY 1
    """
    return {code: (number, last) for code, number, last in fetch(sql, asked)}


def _reasons(asked: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Why cases were not examined, by rule code and reason; "" is all of them, each case once."""
    sql = f"""
      WITH c AS ({CASES}),
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
