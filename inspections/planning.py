"""Plan an examination, begin it, give it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections import acts, teams, values
from inspections.choices import ReasonToInspect, State
from inspections.declared import declared_in
from inspections.errors import (
    InvalidActError,
    NotEditableError,
    RefusedValueError,
    SeizureStandsError,
)
from inspections.models import Inspection, InspectionLine
from inspections.moments import fault_of
from inspections.outcomes import end_case
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from pcu.desk import once
from profiling.cases.choices import Method
from profiling.cases.errors import CaseClosedError
from profiling.cases.models import Case, CaseEvent, Referral
from profiling.cases.outcomes import give_back_referral, take_referral
from profiling.cases.timeline import locked as locked_case

DROPPABLE = (State.PLANNED, State.UNDER_WAY)
"""What was once submitted is never given up."""

Team = Sequence[Mapping[str, Any]]
"""[{"user": ref, "agency": code or "", "leads": bool}]"""
Present = Sequence[Mapping[str, Any]]
"""[{"name", "capacity"}]"""


@transaction.atomic
def plan(
    *,
    referral: Referral,
    user: User,
    team: Team,
    present: Present = (),
    place: str = "",
    planned_for: datetime | None = None,
    form_key: str = "",
) -> Inspection:
    """Take an open referral and plan its examination, with one line for each piece of equipment of the case.

    form_key: of the form or call; the same with the same words is answered with the examination planned first. Raises
    InvalidActError, ReferralGoneError, PermissionDenied.
    """
    user.scope.require(Capability.INSPECT, referral.unit_id)
    digest = once.digest_of(form_key, user.pk, referral, list(team), list(present), place, planned_for)
    before: Inspection | None = once.made_before(Inspection.objects.filter(case=referral.case_id), digest)
    if before is not None:
        return before
    taken = take_referral(referral=referral)
    return _planned(
        case=taken.case,
        unit=taken.unit,
        user=user,
        team=team,
        present=present,
        place=place,
        planned_for=planned_for,
        once=digest,
        referral=taken,
        reason=ReasonToInspect.REFERRAL,
        asked_method=taken.method,
        instructions=taken.note,
    )


@transaction.atomic
def plan_without_referral(
    *,
    case: Case,
    user: User,
    reason: ReasonToInspect | str,
    why: str,
    method: Method | str,
    team: Team,
    present: Present = (),
    place: str = "",
    planned_for: datetime | None = None,
    form_key: str = "",
) -> Inspection:
    """Plan an examination of a case in work on intelligence or own judgement; `why` is said in words.

    form_key: of the form or call; the same with the same words is answered with the examination planned first. Raises
    InvalidActError, CaseClosedError, PermissionDenied.
    """
    case = locked_case(case)
    user.scope.require(Capability.INSPECT, case.working_unit_id)
    said = [str(reason), why, str(method), list(team), list(present), place, planned_for]
    digest = once.digest_of(form_key, user.pk, case, *said)
    before: Inspection | None = once.made_before(case.inspections.all(), digest)
    if before is not None:
        return before
    if case.state == Case.State.CLOSED:
        raise CaseClosedError(case)
    errors = {}
    if reason not in (ReasonToInspect.INTELLIGENCE, ReasonToInspect.OWN_JUDGEMENT):
        errors["reason"] = _("Say whether it rests on intelligence or on your own judgement.")
    if method not in Method.values:
        errors["method"] = _("Choose a method.")
    if not why.strip():
        errors["why"] = _("Say why.")
    if errors:
        raise InvalidActError(errors)
    return _planned(
        case=case,
        unit=case.working_unit,
        user=user,
        team=team,
        present=present,
        place=place,
        planned_for=planned_for,
        once=digest,
        referral=None,
        reason=reason,
        asked_method=method,
        instructions=why.strip(),
    )


def _planned(
    *,
    case: Case,
    unit: Unit,
    user: User,
    team: Team,
    present: Present,
    place: str,
    planned_for: datetime | None,
    **columns: Any,
) -> Inspection:
    crew = teams.Crew(unit)
    errors: dict[str, str] = {}
    told: dict[str, Any] = {}
    for name, parse, value in (
        ("place", values.text(120), place),
        ("team", crew.parse, list(team)),
        ("present", teams.parse_present, list(present)),
    ):
        try:
            told[name] = parse(value)
        except RefusedValueError as error:
            errors[name] = error.message
    if planned_for is not None and (fault := fault_of(planned_for)):
        errors["planned_for"] = fault
    visits = list(case.visits.order_by("kind", "number", "pk"))
    if not visits:
        errors["equipment"] = _("The case names no equipment; there is nothing to open.")
    if errors:
        raise InvalidActError(errors)
    now = timezone.now()
    inspection = Inspection.objects.create(
        number=uuid4().hex,  # until the primary key is known
        case=case,
        unit=unit,
        place=told["place"],
        planned_for=planned_for,
        created_by=user,
        created_at=now,
        updated_at=now,
        **columns,
    )
    inspection.number = f"{unit.code}-I-{now.astimezone(unit.zone).year}-{inspection.pk:05d}"
    inspection.save(update_fields=["number"])
    teams.write_team(inspection, crew, told["team"])
    teams.write_present(inspection, told["present"])
    declared = declared_in(visits)
    for visit in visits:
        packages, gross_kg = declared[visit.pk]
        InspectionLine.objects.create(
            inspection=inspection,
            visit=visit,
            packages_declared=packages,
            gross_declared_kg=gross_kg,
            updated_at=now,
        )
    acts.tell(inspection, CaseEvent.Kind.EXAMINATION_PLANNED, at=now, actor=user, text=inspection.place)
    return inspection


def begin(inspection: Inspection, *, user: User, at: datetime) -> None:
    """A planned act is under way from here on; whoever calls saves it."""
    inspection.state = State.UNDER_WAY
    acts.tell(inspection, CaseEvent.Kind.EXAMINATION_STARTED, at=at, actor=user, text=inspection.place)


@transaction.atomic
def drop(*, inspection: Inspection, user: User, reason: str) -> Inspection:
    """Give it up before it was ever submitted: the referral is open again, what was recorded stays to be read.

    Where the case waited for this one alone, it ends now in what its other examinations found.

    Raises InvalidActError without a reason, SeizureStandsError, NotEditableError, PermissionDenied.
    """
    inspection = acts.locked(inspection)
    acts.require_editable(inspection, user)
    if inspection.state not in DROPPABLE:
        raise NotEditableError(str(inspection.get_state_display()))
    if not reason.strip():
        raise InvalidActError({"reason": _("Say why it is given up.")})
    if inspection.seizures.filter(removed_at=None).exists():
        raise SeizureStandsError
    now = timezone.now()
    inspection.state = State.DROPPED
    acts.touch(inspection, at=now)
    if inspection.referral is not None:
        give_back_referral(referral=inspection.referral)
    acts.tell(inspection, CaseEvent.Kind.EXAMINATION_DROPPED, at=now, actor=user, text=reason.strip())
    end_case(inspection=inspection, user=user)
    return inspection
