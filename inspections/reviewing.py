"""Submitted work and its review: submit, approve, send back, amend.

Every function is one transaction that locks the case and the act, and tells the case's timeline. Nothing here waits
for a hold, and no hold waits for anything here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.acts import locked, tell, touch
from inspections.choices import State
from inspections.completeness import problems
from inspections.errors import (
    AlreadyReviewedError,
    IncompleteActError,
    InvalidActError,
    NoAmendmentError,
    NotAmendableError,
    NotSubmittableError,
    OwnWorkError,
)
from inspections.models import Inspection, Report, Review
from inspections.outcomes import end_case, settle_outcomes
from inspections.participation import part_of
from inspections.reports import approved_report, content, digest
from inspections.restoring import restore
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cases.choices import Result
from profiling.cases.models import CaseEvent
from profiling.cases.outcomes import finish_referral
from profiling.rules.core.sampling import draw

AMENDED = (State.AMENDING, State.RETURNED)
"""In what states an act may be that was approved once and is being changed."""
SUBMITTABLE = (State.UNDER_WAY, State.RETURNED, State.AMENDING)


def notes_of(note: str) -> list[str]:
    """The notes of a return: its lines that say something, numbered from one in this order."""
    return [line.strip() for line in note.splitlines() if line.strip()]


def last_return(inspection: Inspection) -> Review | None:
    """The return that the act goes back to now, or that its waiting submission answers; None after an approval, and of
    an amendment that was given up."""
    reviews = Review.objects.filter(report__inspection=inspection, report__given_up=False).select_related(
        "report", "reviewed_by"
    )
    last: Review | None = reviews.order_by("-report__number").first()
    return last if last is not None and last.verdict == Review.Verdict.RETURNED else None


@transaction.atomic
def submit(*, inspection: Inspection, user: User, note: str = "", answers: Mapping[str, str] | None = None) -> Report:
    """Hand the act to a reviewer as it stands. `answers`: number of a note of the last return to what was done.

    Raises NotSubmittableError, IncompleteActError, PermissionDenied.
    """
    inspection = locked(inspection)
    user.scope.require(Capability.INSPECT, inspection.unit_id)
    if inspection.state not in SUBMITTABLE:
        raise NotSubmittableError(str(inspection.get_state_display()))
    if missing := problems(inspection):
        raise IncompleteActError(missing)
    now = timezone.now()
    told = content(inspection)
    returned = last_return(inspection)
    asked = {str(number) for number, _note in enumerate(notes_of(returned.note), 1)} if returned else set()
    report = Report.objects.create(
        inspection=inspection,
        number=inspection.reports.count() + 1,
        content=told,
        digest=digest(told),
        note=note.strip(),
        answers={number: text.strip() for number, text in (answers or {}).items() if number in asked and text.strip()},
        blind=_is_blind(inspection, told),
        submitted_by=user,
        submitted_at=now,
    )
    _move(inspection, State.SUBMITTED, at=now)
    tell(
        inspection,
        CaseEvent.Kind.EXAMINATION_SUBMITTED,
        at=now,
        actor=user,
        text=report.note,
        facts={"submission": report.number},
    )
    return report


@transaction.atomic
def approve(*, report: Report, reviewer: User, note: str = "") -> Review:
    """The submission is right: it becomes the act, outcomes are written, and the case ends in its disposition.

    Holds that stand are not touched. Raises OwnWorkError, AlreadyReviewedError, PermissionDenied, and what
    profiling.cases.outcomes raises.
    """
    inspection = _to_decide(report, reviewer)
    now = timezone.now()
    review = _decided(report, Review.Verdict.APPROVED, reviewer, note, at=now)
    _move(inspection, State.APPROVED, at=now)
    tell(
        inspection,
        CaseEvent.Kind.EXAMINATION_APPROVED,
        at=now,
        actor=reviewer,
        text=review.note,
        facts={"submission": report.number},
    )
    settle_outcomes(inspection=inspection, user=reviewer)
    if inspection.referral is not None:
        finish_referral(referral=inspection.referral)
    end_case(inspection=inspection, user=reviewer)
    return review


@transaction.atomic
def send_back(*, report: Report, reviewer: User, note: str) -> Review:
    """Something must change: the note says what, one note a line.

    Raises InvalidActError without a note, OwnWorkError, AlreadyReviewedError, PermissionDenied.
    """
    inspection = _to_decide(report, reviewer)
    if not notes_of(note):
        raise InvalidActError({"note": _("Say what should change.")})
    now = timezone.now()
    review = _decided(report, Review.Verdict.RETURNED, reviewer, note, at=now)
    _move(inspection, State.RETURNED, at=now)
    tell(
        inspection,
        CaseEvent.Kind.EXAMINATION_RETURNED,
        at=now,
        actor=reviewer,
        text=review.note,
        facts={"submission": report.number},
    )
    return review


@transaction.atomic
def amend(*, inspection: Inspection, user: User, reason: str) -> Inspection:
    """Open approved work to changes. What was approved stays the act until the amendment is approved.

    Raises InvalidActError without a reason, NotAmendableError, PermissionDenied.
    """
    inspection = locked(inspection)
    user.scope.require(Capability.INSPECT, inspection.unit_id)
    if inspection.state != State.APPROVED:
        raise NotAmendableError(str(inspection.get_state_display()))
    if not reason.strip():
        raise InvalidActError({"reason": _("Say why the act must change.")})
    now = timezone.now()
    _move(inspection, State.AMENDING, at=now)
    tell(inspection, CaseEvent.Kind.EXAMINATION_AMENDED, at=now, actor=user, text=reason.strip())
    return inspection


@transaction.atomic
def give_amendment_up(*, inspection: Inspection, user: User, reason: str) -> Inspection:
    """What was approved stands, and the working copy says it again; also of an amendment that was returned.

    Raises NoAmendmentError, InvalidActError without a reason, SeizedSinceError, PermissionDenied.
    """
    inspection = locked(inspection)
    user.scope.require(Capability.INSPECT, inspection.unit_id)
    approved = approved_report(inspection)
    if approved is None or inspection.state not in AMENDED:
        raise NoAmendmentError(str(inspection.get_state_display()))
    if not reason.strip():
        raise InvalidActError({"reason": _("Say why the amendment is given up.")})
    now = timezone.now()
    restore(inspection, approved.content, at=now)
    inspection.reports.filter(number__gt=approved.number).update(given_up=True)
    _move(inspection, State.APPROVED, at=now)
    tell(inspection, CaseEvent.Kind.AMENDMENT_DROPPED, at=now, actor=user, text=reason.strip())
    return inspection


def may_give_up(inspection: Inspection, user: User) -> bool:
    """Whether an amendment is under way that this person may give up."""
    inspects = user.scope.allows(Capability.INSPECT, inspection.unit_id)
    return inspects and inspection.state in AMENDED and approved_report(inspection) is not None


def _to_decide(report: Report, reviewer: User) -> Inspection:
    """The locked act of a report that this person may decide now."""
    inspection = locked(report.inspection)
    reviewer.scope.require(Capability.REVIEW, inspection.unit_id)
    if part := part_of(inspection, reviewer):
        raise OwnWorkError(str(part.label))
    verdict = Review.objects.filter(report=report).select_related("reviewed_by").first()
    if verdict is not None:
        raise AlreadyReviewedError(
            _("%(person)s was faster: this submission is %(verdict)s.")
            % {"person": verdict.reviewed_by, "verdict": verdict.get_verdict_display()}
        )
    if Report.objects.filter(inspection=inspection, number__gt=report.number).exists():
        raise AlreadyReviewedError(_("A later submission has taken the place of this one."))
    if inspection.state != State.SUBMITTED:
        raise AlreadyReviewedError(
            _("The act does not wait for a review: %(state)s.") % {"state": inspection.get_state_display()}
        )
    return inspection


def _decided(report: Report, verdict: Review.Verdict, reviewer: User, note: str, *, at: datetime) -> Review:
    return Review.objects.create(
        report=report, verdict=verdict, note=note.strip(), reviewed_by=reviewer, reviewed_at=at
    )


def _move(inspection: Inspection, state: State, *, at: datetime) -> None:
    inspection.state = state
    touch(inspection, at=at)


def _is_blind(inspection: Inspection, told: Mapping[str, Any]) -> bool:
    """Whether a clean act is drawn for a blind second look; the same act is drawn the same each time."""
    if any(line["result"] != Result.CLEAN for line in told["lines"]):
        return False
    seed = hashlib.sha256(settings.SAMPLE_SEED.encode()).digest()
    share = Decimal(str(settings.REVIEW_BLIND_SHARE))
    return draw(seed, "blind second look", str(inspection.ref), share).sampled
