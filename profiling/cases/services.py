"""What people do with a case: claim it, give it back, take it over, comment, decide.

Holds are in `holding`, and what intake does (open, score anew, mark as changed) in `opening`. Every function is one
transaction, writes the timeline and bumps `case.version`; the case passed in may be stale, the one returned is fresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.cargo.models import EquipmentVisit
from profiling.cases.choices import DECIDED_MARK, REASONS, DecisionKind, Disposition, Method, Reason
from profiling.cases.errors import (
    AlreadyClaimedError,
    CaseChangedError,
    CaseClosedError,
    EmptyCommentError,
    InvalidDecisionError,
    NotYourClaimError,
    StandingHoldsError,
    UnderExaminationError,
)
from profiling.cases.holding import hold_errors, standing, write_holds
from profiling.cases.models import Case, CaseEvent, Decision, Referral
from profiling.cases.timeline import bump, event, events_since, locked
from profiling.rules.models import Lane
from profiling.rules.services import lanes_of


@transaction.atomic
def claim(*, case: Case, user: User) -> Case:
    """Claim a case for CLAIM_MINUTES; claiming one's own again prolongs it. Of two at once, one wins.

    Raises AlreadyClaimedError, CaseClosedError, PermissionDenied.
    """
    user.scope.require(Capability.TRIAGE, case.working_unit_id)
    now = timezone.now()
    until = now + timedelta(minutes=settings.CLAIM_MINUTES)
    workable = Case.objects.filter(pk=case.pk, working_unit=case.working_unit_id).exclude(state=Case.State.CLOSED)
    won = workable.filter(Q(claimed_by=None) | Q(claimed_until__lte=now)).update(
        claimed_by=user, claimed_until=until, version=F("version") + 1, updated_at=now
    )
    if won:
        fresh = locked(case)
        event(fresh, CaseEvent.Kind.CLAIMED, at=now, actor=user, facts={"until": until.isoformat()}).save()
        return fresh
    prolonged = workable.filter(claimed_by=user).update(claimed_until=until)
    fresh = locked(case)
    if not prolonged:
        user.scope.require(Capability.TRIAGE, fresh.working_unit_id)
        _require_workable(fresh, user, now)
    return fresh


@transaction.atomic
def give_back(*, case: Case, user: User) -> Case:
    """Give one's claim back. Raises NotYourClaimError."""
    case = locked(case)
    if case.claimed_by_id != user.pk:
        raise NotYourClaimError
    _release(case)
    return _saved(case, CaseEvent.Kind.RELEASED, user, timezone.now())


@transaction.atomic
def take_over(*, case: Case, supervisor: User, reason: str = "") -> Case:
    """Claim a case whoever holds it. Raises CaseClosedError, PermissionDenied."""
    case = locked(case)
    supervisor.scope.require(Capability.SUPERVISE, case.working_unit_id)
    if case.state == Case.State.CLOSED:
        raise CaseClosedError(case)
    now = timezone.now()
    before = case.claimed_by
    case.claimed_by = supervisor
    case.claimed_until = now + timedelta(minutes=settings.CLAIM_MINUTES)
    facts = {"from": str(before) if before else "", "until": case.claimed_until.isoformat()}
    return _saved(case, CaseEvent.Kind.TAKEN_OVER, supervisor, now, text=reason.strip(), facts=facts)


@transaction.atomic
def comment(*, case: Case, user: User, text: str) -> CaseEvent:
    """Add a comment to the timeline, also of a closed case. Raises EmptyCommentError, PermissionDenied."""
    case = locked(case)
    if not user.scope.allows(Capability.COMMENT, case.unit_id):  # the owner keeps its voice after passing a case on
        user.scope.require(Capability.COMMENT, case.working_unit_id)
    if not text.strip():
        raise EmptyCommentError
    now = timezone.now()
    bump(case, at=now)
    case.save(update_fields=["version", "updated_at"])
    said = event(case, CaseEvent.Kind.COMMENT, at=now, actor=user, text=text.strip())
    said.save()
    return said


@transaction.atomic
def decide(
    *,
    case: Case,
    user: User,
    kind: DecisionKind,
    reasons: Sequence[Reason | str],
    note: str,
    expected_version: int,
    override_reason: str = "",
    notice: str = "",
    authority: str = "",
    grounds: str = "",
    instructions: str = "",
    visits: Sequence[EquipmentVisit] | None = None,
    method: Method | str | None = None,
    pass_to: Unit | None = None,
) -> Decision:
    """Decide a case upon its latest assessment, for one who holds the claim or finds it free; the claim ends.

    `expected_version` is the case's version that the person looked at. Holding needs `notice`, `authority` and
    `method`, and takes all equipment of the case unless `visits` names some; `grounds` stay inside, `instructions`
    go to who examines. A new decision withdraws the referrals of an earlier one; holds stand until lifted.

    Raises AlreadyClaimedError, CaseChangedError, CaseClosedError, InvalidDecisionError, StandingHoldsError,
    UnderExaminationError, PermissionDenied.
    """
    case = locked(case)
    user.scope.require(Capability.TRIAGE, case.working_unit_id)
    now = timezone.now()
    _require_workable(case, user, now)
    if case.version != expected_version:
        raise CaseChangedError(case, events_since(case, expected_version))
    if case.referrals.filter(state=Referral.State.TAKEN).exists():
        raise UnderExaminationError(case)
    kind = DecisionKind(kind)
    of_case = list(case.visits.order_by("pk"))
    held = of_case if visits is None else list(visits)
    mark = DECIDED_MARK.get(kind)
    overrides = mark is not None and mark != case.recommended_lane.mark

    errors = _reason_errors(kind, reasons, note)
    if overrides and not override_reason.strip():
        errors["override_reason"] = _("The rules recommend %(lane)s. Say why you decide otherwise.") % {
            "lane": case.recommended_lane.label
        }
    if kind == DecisionKind.HOLD_AND_REFER:
        errors |= hold_errors(visits=held, authority=authority, notice=notice)
        if not {visit.pk for visit in held} <= {visit.pk for visit in of_case}:
            errors["visits"] = _("This equipment is not part of the case.")
        if method not in Method.values:
            errors["method"] = _("Choose how it is to be examined.")
    if kind == DecisionKind.PASS_TO_UNIT:
        errors |= _pass_errors(case, pass_to)
    if errors:
        raise InvalidDecisionError(errors)
    if kind == DecisionKind.NO_EXAMINATION and (still := list(standing(case))):
        raise StandingHoldsError(still)

    decision = Decision.objects.create(
        case=case,
        kind=kind,
        reasons=[str(Reason(reason).value) for reason in dict.fromkeys(reasons)],
        note=note.strip(),
        lane=_lane_with_mark(case.working_unit, mark) if mark else None,
        assessment=case.assessment,
        overrides=overrides,
        override_reason=override_reason.strip() if overrides else "",
        passed_to=pass_to if kind == DecisionKind.PASS_TO_UNIT else None,
        decided_by=user,
        decided_at=now,
    )
    bump(case, at=now)
    facts = {"kind": kind.value, "decision": str(decision.ref), "lane": decision.lane.code if decision.lane else ""}
    if kind == DecisionKind.PASS_TO_UNIT and pass_to is not None:
        facts |= {"from": case.working_unit.code, "to": pass_to.code}
    timeline = [event(case, CaseEvent.Kind.DECIDED, at=now, actor=user, text=decision.note, facts=facts)]
    case.referrals.filter(state=Referral.State.OPEN).update(state=Referral.State.WITHDRAWN, updated_at=now)
    if kind in (DecisionKind.SCAN, DecisionKind.HOLD_AND_REFER):
        chosen = Method.SCAN if kind == DecisionKind.SCAN else Method(str(method))
        Referral.objects.create(
            unit=case.working_unit,
            case=case,
            method=chosen,
            note=instructions.strip(),
            created_by=user,
            created_at=now,
            updated_at=now,
        )
        timeline.append(event(case, CaseEvent.Kind.REFERRED, at=now, actor=user, facts={"method": chosen.value}))
    if kind == DecisionKind.HOLD_AND_REFER:
        already = set(standing(case).values_list("visit_id", flat=True))
        write_holds(
            case=case,
            user=user,
            visits=[visit for visit in held if visit.pk not in already],
            authority=authority,
            grounds=grounds,
            notice=notice,
            now=now,
        )
    CaseEvent.objects.bulk_create(timeline)
    _settle(case, decision, now)
    case.save()
    return decision


def units_to_pass_to(case: Case) -> list[Unit]:
    """The units of the same country that may be given a case, in tree order."""
    root = case.working_unit.root_code
    units = Unit.objects.filter(path__startswith=f"{root}/", kind=Unit.Kind.UNIT).exclude(pk=case.working_unit_id)
    return list(units.order_by("path"))


def _lane_with_mark(unit: Unit, mark: str) -> Lane | None:
    return next((lane for lane in lanes_of(unit) if lane.mark == mark), None)


def _require_workable(case: Case, user: User, now: datetime) -> None:
    """Raise unless the case is open and its claim free, expired or the user's own."""
    if case.state == Case.State.CLOSED:
        raise CaseClosedError(case)
    holder, until = case.claimed_by, case.claimed_until
    if holder is not None and until is not None and until > now and holder.pk != user.pk:
        raise AlreadyClaimedError(holder, until)


def _reason_errors(kind: DecisionKind, reasons: Sequence[Reason | str], note: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not reasons:
        errors["reasons"] = _("Choose at least one reason.")
    elif any(reason not in REASONS[kind] for reason in reasons):
        errors["reasons"] = _("This reason does not go with the decision.")
    if Reason.OTHER in reasons and not note.strip():
        errors["note"] = _("Say what the other reason is.")
    return errors


def _pass_errors(case: Case, to: Unit | None) -> dict[str, str]:
    if to is None:
        return {"pass_to": _("Choose the unit that takes the case.")}
    if to.pk == case.working_unit_id:
        return {"pass_to": _("The case is already with this unit.")}
    if to.kind != Unit.Kind.UNIT or to.root_code != case.working_unit.root_code:
        return {"pass_to": _("Cases are passed to units of the same country only.")}
    return {}


def _settle(case: Case, decision: Decision, now: datetime) -> None:
    """What a decision makes of its case; in memory."""
    before = Case.State(case.state)
    case.decided_assessment = decision.assessment
    case.changed_since_decision = False
    _release(case)
    match DecisionKind(decision.kind):
        case DecisionKind.NO_EXAMINATION:
            case.state = Case.State.CLOSED
            case.closed_at = now
            if case.withdrawn:
                case.disposition = Disposition.WITHDRAWN
            elif before == Case.State.DOCUMENTS:
                case.disposition = Disposition.DOCUMENTS_CLEARED
            else:
                case.disposition = Disposition.NO_EXAMINATION
        case DecisionKind.REQUEST_DOCUMENTS:
            case.state = Case.State.DOCUMENTS
        case DecisionKind.SCAN | DecisionKind.HOLD_AND_REFER:
            case.state = Case.State.REFERRED
        case DecisionKind.PASS_TO_UNIT:
            assert decision.passed_to is not None
            case.working_unit = decision.passed_to
            case.state = Case.State.OPEN
    if decision.lane is not None:
        case.decided_lane = decision.lane


def _release(case: Case) -> None:
    case.claimed_by = None
    case.claimed_until = None


def _saved(
    case: Case,
    kind: CaseEvent.Kind,
    actor: User,
    now: datetime,
    *,
    text: str = "",
    facts: dict[str, str] | None = None,
) -> Case:
    bump(case, at=now)
    case.save()
    event(case, kind, at=now, actor=actor, text=text, facts=facts).save()
    return case
