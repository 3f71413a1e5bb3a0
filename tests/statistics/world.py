"""Small worlds for statistics: plain descriptions of cases, and the rows they become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from inspections import reports
from inspections.models import Inspection, InspectionLine, Report, Review, Sample, Seizure, TeamMember
from pcu.accounts.models import Unit, User
from profiling.cases.models import Case, CaseConsignment, Decision, Outcome
from tests import factories

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
SINCE, UNTIL = date(2026, 3, 2), date(2026, 3, 22)
_numbers = count(1)


@dataclass
class Taken:
    commodity: str = "tobacco"
    quantity: Decimal | None = Decimal(100)
    quantity_unit: str = "sticks"
    value: Decimal | None = Decimal(500)
    currency: str = "USD"
    removed: bool = False
    late: bool = False  # recorded after the approval
    gone: bool = False  # taken out after the approval
    verdicts: Sequence[str] = ()
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Act:
    """An examination. `visit`: which piece of equipment; `began`: hours after the case was opened.

    One that is approved or being amended has an approved report; the rows of one being amended have changed since.
    """

    state: str = "approved"
    began: float | None = 5
    methods: dict[str, Any] = field(default_factory=lambda: {"scan": {"done": True}})
    agencies: Sequence[str] = ("customs",)
    visit: int = 0
    taken: Sequence[Taken] = ()


@dataclass
class Came:
    """An outcome. `visit` None: of the consignment; `over`: takes the place of the outcome before it."""

    result: str = "clean"
    status: str = "confirmed"
    source: str = "own_inspection"
    commodity: str = ""
    method: str = ""
    visit: int | None = 0
    over: bool = False


@dataclass
class Said:
    """A decision, `at` hours after the case was opened."""

    kind: str = "hold_and_refer"
    reasons: Sequence[str] = ("seal",)
    at: float = 1


@dataclass
class Flag:
    """A case. `hours`: opened so long after the first Monday, 06:00 UTC; `bills`: consignments in its containers."""

    unit: int = 0
    hours: float = 0
    origin: str = "rules"
    mode: str = "rail"
    rules: Sequence[str] = ("R-1",)
    decided_rules: Sequence[str] | None = None
    bills: int = 1
    boxes: int = 1
    state: str = "open"
    disposition: str = ""
    late: bool = False
    outcomes: Sequence[Came] = ()
    decisions: Sequence[Said] = ()
    acts: Sequence[Act] = ()


def units() -> list[Unit]:
    """Two of one country and one abroad, each in a zone of its own."""
    return [
        factories.UnitFactory(time_zone="Asia/Almaty"),
        factories.UnitFactory(code="DOS", time_zone="UTC"),
        factories.UnitFactory(code="DSB", parent__code="TJ", time_zone="Pacific/Auckland"),
    ]


def unflagged(unit: Unit, *, hours: float = 0, mode: str = "rail", boxes: int = 1, rules: Sequence[str] = ()) -> Any:
    """A consignment that was scored and led to no case."""
    at = MONDAY + timedelta(hours=hours)
    version = factories.VersionFactory(consignment__call__unit=unit, consignment__call__mode=mode, received_at=at)
    for _box in range(boxes):
        factories.LoadingFactory(version=version)
    return factories.AssessmentFactory(version=version, lane="green", score=0, rules=rules, created_at=at)


def build(flag: Flag, at: Unit) -> Case:
    opened = MONDAY + timedelta(hours=flag.hours)
    first = unflagged(at, hours=flag.hours, mode=flag.mode, boxes=0, rules=flag.rules)
    case = factories.CaseFactory(
        assessment=first,
        origin=flag.origin,
        opened_at=opened,
        boxes=flag.boxes,
        state=flag.state,
        disposition=flag.disposition,
        due_at=MONDAY if flag.late else datetime(2090, 1, 1, tzinfo=UTC),
    )
    visits = list(case.visits.order_by("pk"))
    for _bill in range(flag.bills - 1):
        beside = unflagged(at, hours=flag.hours, mode=flag.mode, boxes=0)
        CaseConsignment.objects.create(case=case, consignment=beside.version.consignment)
        for visit in visits:
            factories.LoadingFactory(version=beside.version, visit=visit)
    if flag.decided_rules is not None:
        case.decided_assessment = factories.AssessmentFactory(
            version=factories.VersionFactory(consignment=first.version.consignment),
            rules=flag.decided_rules,
            created_at=opened + timedelta(minutes=1),
        )
        case.save()
    officer = factories.person(at)
    for said in flag.decisions:
        Decision.objects.create(
            case=case,
            kind=said.kind,
            reasons=list(said.reasons),
            assessment=case.assessment,
            decided_by=officer,
            decided_at=opened + timedelta(hours=said.at),
        )
    _outcomes(case, visits, flag.outcomes, officer)
    for act in flag.acts if visits else ():
        _act(case, visits[act.visit % len(visits)], act, officer)
    return case


def _outcomes(case: Case, visits: Sequence[Any], outcomes: Sequence[Came], officer: User) -> None:
    before: Outcome | None = None
    for place, came in enumerate(outcomes):
        of_visit = came.visit is not None and visits
        before = Outcome.objects.create(
            unit=case.unit,
            case=case,
            visit=visits[came.visit % len(visits)] if of_visit else None,
            consignment=None if of_visit else case.consignments.first(),
            result=came.result,
            status=came.status,
            source=came.source,
            method=came.method,
            commodity=came.commodity,
            supersedes=before if came.over else None,
            recorded_by=officer,
            recorded_at=case.opened_at + timedelta(hours=10 + place),
        )


def _act(case: Case, visit: Any, act: Act, officer: User) -> None:
    now = case.opened_at
    inspection = Inspection.objects.create(
        number=f"STAT-{next(_numbers)}",
        unit=case.unit,
        case=case,
        asked_method="scan",
        state=act.state,
        started_at=None if act.began is None else now + timedelta(hours=act.began),
        created_by=officer,
        created_at=now,
        updated_at=now,
    )
    line = InspectionLine.objects.create(inspection=inspection, visit=visit, methods=act.methods, updated_at=now)
    for agency in act.agencies:
        TeamMember.objects.create(inspection=inspection, user=factories.person(case.unit), agency=agency)
    early = [(taken, _taken(line, taken, officer)) for taken in act.taken if not taken.late]
    if act.state in ("approved", "amending"):
        report = Report.objects.create(
            inspection=inspection,
            number=1,
            content=reports.content(inspection),
            submitted_by=officer,
            submitted_at=now,
        )
        Review.objects.create(report=report, verdict="approved", reviewed_by=officer, reviewed_at=now)
    for taken, seizure in early:
        if taken.gone:
            seizure.removed_at, seizure.quantity = now, Decimal(7)
            seizure.save()
    for taken in act.taken:
        if taken.late:
            _taken(line, taken, officer)
    if act.state == "amending":
        inspection.team.all().delete()
        line.methods = {"sampling": {"done": True}}
        line.save()


def _taken(line: InspectionLine, taken: Taken, officer: User) -> Seizure:
    inspection, case = line.inspection, line.inspection.case
    now = case.opened_at
    seizure = Seizure.objects.create(
        number=f"STAT-S-{next(_numbers)}",
        unit=case.unit,
        case=case,
        inspection=inspection,
        line=line,
        commodity=taken.commodity,
        facts=taken.facts,
        quantity=taken.quantity,
        quantity_unit=taken.quantity_unit if taken.quantity is not None else "",
        value=taken.value,
        value_currency=taken.currency if taken.value is not None else "",
        seized_at=now,
        created_by=officer,
        created_at=now,
        updated_at=now,
        removed_at=now if taken.removed else None,
    )
    for place, verdict in enumerate(taken.verdicts):
        Sample.objects.create(seizure=seizure, bag=str(place), description="Powder", verdict=verdict)
    return seizure
