"""What came of it: outcomes append, and a case ends in a disposition.

Called by the layers above, which examine and exchange. Every function is one transaction and tells the timeline.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.cargo.models import Consignment, EquipmentVisit, Loading
from profiling.cases.choices import Commodity, Disposition, Method, OutcomeSource, OutcomeStatus, Result
from profiling.cases.errors import (
    CaseClosedError,
    InvalidOutcomeError,
    ReferralGoneError,
    StandingHoldsError,
    UnderExaminationError,
)
from profiling.cases.holding import standing
from profiling.cases.models import Case, CaseEvent, Outcome, Referral
from profiling.cases.remembered import remember
from profiling.cases.timeline import bump, event, locked


@transaction.atomic
def record_outcome(
    *,
    case: Case,
    unit: Unit,
    user: User,
    result: Result | str,
    status: OutcomeStatus | str,
    source: OutcomeSource | str,
    visit: EquipmentVisit | None = None,
    consignment: Consignment | None = None,
    method: Method | str = "",
    commodity: Commodity | str = "",
    told_in: str = "",
    note: str = "",
    supersedes: Outcome | None = None,
) -> Outcome:
    """Append an outcome and tell the case's timeline. The caller has judged who may.

    Raises InvalidOutcomeError: it names neither equipment nor consignment, or nothing of this case, or supersedes a
    row of another case or one that a later row has superseded already.
    """
    case = locked(case)
    if visit is None and consignment is None:
        raise InvalidOutcomeError(_("An outcome names the equipment or the consignment it is about."))
    if visit is not None and not case.visits.filter(pk=visit.pk).exists():
        raise InvalidOutcomeError(_("%(number)s is not part of the case.") % {"number": visit.number})
    if consignment is not None and not _travels_with(case, visit, consignment):
        raise InvalidOutcomeError(_("%(number)s is not part of the case.") % {"number": consignment.document_no})
    if supersedes is not None and (
        supersedes.case_id != case.pk or Outcome.objects.filter(supersedes=supersedes).exists()
    ):
        raise InvalidOutcomeError(_("A later outcome has taken the place of this one already."))
    now = timezone.now()
    outcome = Outcome.objects.create(
        unit=unit,
        case=case,
        visit=visit,
        consignment=consignment,
        result=Result(result),
        status=OutcomeStatus(status),
        source=OutcomeSource(source),
        method=method,
        commodity=commodity,
        told_in=told_in,
        note=note.strip(),
        supersedes=supersedes,
        recorded_by=user,
        recorded_at=now,
    )
    bump(case, at=now)
    case.save(update_fields=["version", "updated_at"])
    facts = {
        "result": outcome.result,
        "status": outcome.status,
        "source": outcome.source,
        "equipment": visit.number if visit else "",
        "document": consignment.document_no if consignment else "",
        "told_in": told_in,
    }
    event(case, CaseEvent.Kind.OUTCOME, at=now, actor=user, text=outcome.note, facts=facts).save()
    remember(outcome)
    return outcome


def _travels_with(case: Case, visit: EquipmentVisit | None, consignment: Consignment) -> bool:
    """Whether a consignment is of the case, or lies in the equipment beside one that is."""
    if case.consignments.filter(pk=consignment.pk).exists():
        return True
    return visit is not None and Loading.objects.filter(visit=visit, version__consignment=consignment).exists()


@transaction.atomic
def close_case(*, case: Case, user: User, disposition: Disposition | str, note: str = "") -> Case:
    """End a case in a disposition. The caller has judged who may; `close_never_arrived` does so for officers.

    Holds that stand are lifted apart. Raises CaseClosedError, StandingHoldsError, UnderExaminationError.
    """
    case = locked(case)
    if case.state == Case.State.CLOSED:
        raise CaseClosedError(case)
    if case.referrals.filter(state=Referral.State.TAKEN).exists():
        raise UnderExaminationError(case)
    now = timezone.now()
    case.referrals.filter(state=Referral.State.OPEN).update(state=Referral.State.WITHDRAWN, updated_at=now)
    case.state = Case.State.CLOSED
    case.disposition = Disposition(disposition)
    case.closed_at = now
    case.claimed_by = case.claimed_until = None
    if case.decided_assessment is None:
        case.decided_assessment = case.assessment
    bump(case, at=now)
    case.save()
    facts = {"disposition": case.disposition}
    event(case, CaseEvent.Kind.CLOSED, at=now, actor=user, text=note.strip(), facts=facts).save()
    return case


@transaction.atomic
def change_disposition(*, case: Case, user: User, disposition: Disposition | str, note: str = "") -> Case:
    """A closed case ended otherwise than was thought, as an amended act or a laboratory says. The same changes nothing.

    The caller has judged who may. Raises InvalidOutcomeError where the case is still open.
    """
    case = locked(case)
    if case.state != Case.State.CLOSED:
        raise InvalidOutcomeError(_("Case %(number)s is still open.") % {"number": case.number})
    before, after = case.disposition, Disposition(disposition)
    if before == after:
        return case
    now = timezone.now()
    case.disposition = after
    bump(case, at=now)
    case.save(update_fields=["disposition", "version", "updated_at"])
    facts = {"disposition": after.value, "before": before}
    event(case, CaseEvent.Kind.DISPOSITION_CHANGED, at=now, actor=user, text=note.strip(), facts=facts).save()
    return case


@transaction.atomic
def close_never_arrived(*, case: Case, user: User, note: str) -> Case:
    """The cargo never came: close with a note that says how one knows.

    Raises InvalidOutcomeError without a note, StandingHoldsError, CaseClosedError, PermissionDenied.
    """
    user.scope.require(Capability.TRIAGE, case.working_unit_id)
    if not note.strip():
        raise InvalidOutcomeError(_("Say how you know that it never arrived."))
    if still := list(standing(case)):
        raise StandingHoldsError(still)
    return close_case(case=case, user=user, disposition=Disposition.NEVER_ARRIVED, note=note)


def _referral(referral: Referral) -> Referral:
    fresh: Referral = Referral.objects.select_for_update().get(pk=referral.pk)
    return fresh


@transaction.atomic
def take_referral(*, referral: Referral) -> Referral:
    """Somebody examines: an open referral is taken, once. Raises ReferralGoneError."""
    locked(referral.case)
    fresh = _referral(referral)
    if fresh.state != Referral.State.OPEN:
        raise ReferralGoneError(fresh)
    return _moved(fresh, Referral.State.TAKEN)


@transaction.atomic
def give_back_referral(*, referral: Referral) -> Referral:
    """The examination was given up before anything was found: the referral is open again."""
    locked(referral.case)
    fresh = _referral(referral)
    return _moved(fresh, Referral.State.OPEN) if fresh.state == Referral.State.TAKEN else fresh


@transaction.atomic
def finish_referral(*, referral: Referral) -> Referral:
    """The examination is over and approved."""
    locked(referral.case)
    fresh = _referral(referral)
    return _moved(fresh, Referral.State.DONE) if fresh.state == Referral.State.TAKEN else fresh


def _moved(referral: Referral, state: Referral.State) -> Referral:
    referral.state = state
    referral.updated_at = timezone.now()
    referral.save(update_fields=["state", "updated_at"])
    return referral
