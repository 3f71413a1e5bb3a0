"""The sender's credit: what the other unit found or did not find becomes an outcome of the sender's case.

The outcome is the sender's label, so it stands in the sender's unit and with the equipment of the sender's case, found
there by its number. It stays preliminary until somebody of the sender's side confirms it.
"""

from __future__ import annotations

from exchanges.choices import Answer, Line
from exchanges.models import Feedback, Message, PartnerWarning
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.cases.choices import OutcomeSource, OutcomeStatus
from profiling.cases.models import Outcome
from profiling.cases.outcomes import record_outcome

SOURCES = (OutcomeSource.PARTNER_FEEDBACK, OutcomeSource.DOWNSTREAM_SEIZURE)
METHODS = {
    "documents": "documentary",
    "scan": "scan",
    "dog": "dog",
    "tailgate": "tailgate",
    "partial_devanning": "partial_devanning",
    "full_devanning": "full_devanning",
}


def outcomes_of(warning: PartnerWarning) -> list[Outcome]:
    """What this warning has brought to the sender's case, as it counts now."""
    written = Outcome.objects.filter(case=warning.case_id, told_in=warning.number, source__in=SOURCES)
    return list(written.standing().order_by("pk"))


def credit(feedback: Feedback) -> list[Outcome]:
    """Write the outcomes of a feedback, each in the place of what an earlier one said of the same thing.

    What an amendment no longer says is withdrawn. Where nothing of the case can be named, nothing is written.
    """
    warning = feedback.warning
    before = {(one.visit_id, one.consignment_id): one for one in outcomes_of(warning)}
    written = []
    for visit, consignment in _subjects(feedback):
        key = (visit.pk if visit else None, consignment.pk if consignment else None)
        written.append(
            record_outcome(
                case=warning.case,
                unit=warning.from_unit,
                user=feedback.given_by,
                result=feedback.result,
                status=OutcomeStatus.PRELIMINARY,
                source=OutcomeSource.DOWNSTREAM_SEIZURE if feedback.seized else OutcomeSource.PARTNER_FEEDBACK,
                visit=visit,
                consignment=consignment,
                method=METHODS.get(feedback.action, ""),
                commodity=feedback.commodity,
                told_in=warning.number,
                note=_note(feedback),
                supersedes=before.pop(key, None),
            )
        )
    for gone in before.values():
        record_outcome(
            case=warning.case,
            unit=warning.from_unit,
            user=feedback.given_by,
            result=gone.result,
            status=OutcomeStatus.WITHDRAWN,
            source=gone.source,
            visit=gone.visit,
            consignment=gone.consignment,
            told_in=warning.number,
            note=_note(feedback),
            supersedes=gone,
        )
    if written or before:
        _tell(feedback, written)
    return written


def _subjects(feedback: Feedback) -> list[tuple[EquipmentVisit | None, Consignment | None]]:
    """What of the sender's case the result is about: its equipment by number, without any its documents."""
    if feedback.result == Answer.NOT_EXAMINED:
        return []
    case = feedback.warning.case
    visits = list(case.visits.filter(number__in=feedback.equipment).order_by("pk"))
    if visits:
        return [(visit, None) for visit in visits]
    numbers = [one["number"] for one in feedback.warning.body["documents"]]
    return [(None, one) for one in case.consignments.filter(document_no__in=numbers).order_by("pk")]


def _note(feedback: Feedback) -> str:
    """Who told it, as text: the sender's side may not know the other unit's people."""
    told = f"{feedback.given_by}, {feedback.warning.to_unit.name}"
    return "\n".join(part for part in (told, feedback.quantity, feedback.new_facts) if part)


def _tell(feedback: Feedback, written: list[Outcome]) -> None:
    """A line for the sender alone: which rules are credited is no business of the other side."""
    warning = feedback.warning
    assessment = warning.case.decided_assessment or warning.case.assessment
    facts = {
        "event": "credited" if written else "credit_withdrawn",
        "source": written[0].source if written else "",
        "result": feedback.result,
        "rules": sorted({one["code"] for one in assessment.fired}),
    }
    Message.objects.create(
        thread=warning.thread,
        kind=Line.EVENT,
        only_for=warning.from_unit,
        facts=facts,
        at=feedback.given_at,
    )
