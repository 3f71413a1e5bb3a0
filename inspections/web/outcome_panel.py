"""The panel "Outcome" of the case page: what came of it, and where its examinations stand in review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Prefetch
from django.http import HttpRequest

from inspections.choices import State
from inspections.models import Inspection, Report, Review
from inspections.reviewing import AMENDED, SUBMITTABLE
from inspections.web.review_sheet import Note, notes_beside
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cases.models import Case, Outcome


@dataclass(frozen=True, slots=True)
class Work:
    """One examination of the case with its latest submission and the notes that are to be answered."""

    inspection: Inspection
    report: Report | None
    notes: Sequence[Note]
    may_submit: bool
    may_amend: bool
    may_give_up: bool
    may_review: bool


def read(request: HttpRequest, case: Case) -> Mapping[str, Any] | None:
    """Context of the panel, None where nothing was examined and nothing is known. Five queries."""
    user = cast(User, request.user)
    outcomes = list(
        Outcome.objects.visible_to(user)
        .filter(case=case)
        .select_related("visit", "consignment", "recorded_by", "superseded_by")
        .order_by("-recorded_at", "-pk")
    )
    reports = Report.objects.defer("content").select_related("submitted_by", "review").order_by("-number")
    inspections = (
        Inspection.objects.visible_to(user)
        .filter(case=case)
        .exclude(state=State.DROPPED)
        .select_related("unit")
        .prefetch_related(Prefetch("reports", reports))
        .order_by("pk")
    )
    works = [_work(inspection, user) for inspection in inspections]
    if not outcomes and not works:
        return None
    standing = set(Outcome.objects.standing().filter(case=case).values_list("pk", flat=True))
    return {
        "standing": [outcome for outcome in outcomes if outcome.pk in standing],
        "earlier": [outcome for outcome in outcomes if outcome.pk not in standing],
        "works": works,
    }


def _work(inspection: Inspection, user: User) -> Work:
    latest = next(iter(inspection.reports.all()), None)
    review: Review | None = getattr(latest, "review", None)
    is_returned = (
        inspection.state == State.RETURNED and review is not None and review.verdict == Review.Verdict.RETURNED
    )
    was_approved = any(_verdict(report) == Review.Verdict.APPROVED for report in inspection.reports.all())
    inspects = user.scope.allows(Capability.INSPECT, inspection.unit_id)
    return Work(
        inspection=inspection,
        report=latest,
        notes=notes_beside(review if is_returned else None, {}),
        may_submit=inspects and inspection.state in SUBMITTABLE,
        may_amend=inspects and inspection.state == State.APPROVED,
        may_give_up=inspects and inspection.state in AMENDED and was_approved,
        may_review=inspection.state == State.SUBMITTED and user.scope.allows(Capability.REVIEW, inspection.unit_id),
    )


def _verdict(report: Report) -> str:
    return report.review.verdict if hasattr(report, "review") else ""
