"""What the approved act says came of it, as outcomes of the case, and the disposition that follows.

The approved report and the laboratory speak, never the rows that are being amended. Settling twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from inspections.acts import locked
from inspections.choices import State
from inspections.models import Inspection, Review, Sample
from inspections.reports import approved_report
from pcu.accounts.models import User
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.cases.choices import Commodity, Disposition, Method, OutcomeSource, OutcomeStatus, Result
from profiling.cases.models import Case, Outcome, Referral
from profiling.cases.outcomes import change_disposition, close_case, record_outcome

Verdicts = Mapping[str, Sequence[str]]
"""Ref of a seizure to the verdicts of its samples, "" where the laboratory has not answered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The outcome that one line of an act comes to. `consignment` is a ref or ""; `document` its number."""

    visit: str
    equipment: str
    result: Result
    status: OutcomeStatus
    commodity: str
    consignment: str
    document: str
    method: str

    @property
    def stands(self) -> bool:
        return self.status != OutcomeStatus.WITHDRAWN


def verdicts_of(content: Mapping[str, Any]) -> Verdicts:
    """What the laboratory says by now of the seizures of a report: one query."""
    found: dict[str, list[str]] = {seizure["ref"]: [] for seizure in content["seizures"]}
    for seizure, verdict in Sample.objects.filter(seizure__ref__in=found).values_list("seizure__ref", "verdict"):
        found[str(seizure)].append(verdict)
    return found


def wanted(content: Mapping[str, Any], verdicts: Verdicts) -> list[Wanted]:
    """The outcomes of a report, one for each line that has a result. A find labels the consignment it was in, if that
    is known, and none of those beside it; a seizure that the laboratory denies counts no more."""
    return [_wanted(line, content["seizures"], verdicts) for line in content["lines"] if line["result"]]


@transaction.atomic
def settle_outcomes(*, inspection: Inspection, user: User) -> list[Outcome]:
    """Append what differs from the outcomes that stand, superseding them; gives those appended.

    Nothing before the first approval. Called on approval and whenever a laboratory answers; the caller has judged who
    may. Where the case is closed already, its disposition follows.
    """
    inspection = locked(inspection)
    report = approved_report(inspection)
    if report is None:
        return []
    told = wanted(report.content, verdicts_of(report.content))
    heads = _heads(inspection)
    visits = {str(visit.ref): visit for visit in EquipmentVisit.objects.filter(ref__in=[one.visit for one in told])}
    consignments = {
        str(found.ref): found
        for found in Consignment.objects.filter(ref__in=[one.consignment for one in told if one.consignment])
    }
    appended = []
    for one in told:
        head = heads.pop(one.visit, None)
        if _is_said(head, one):
            continue
        appended.append(
            record_outcome(
                case=inspection.case,
                unit=inspection.unit,
                user=user,
                result=one.result,
                status=one.status,
                source=OutcomeSource.OWN_INSPECTION,
                visit=visits[one.visit],
                consignment=consignments.get(one.consignment),
                method=one.method,
                commodity=one.commodity,
                told_in=inspection.number,
                supersedes=head,
            )
        )
    # equipment that an amendment took out of the act
    gone = [head for head in heads.values() if head.status != OutcomeStatus.WITHDRAWN]
    appended += [_withdrawn(inspection, head, user) for head in gone]
    case = Case.objects.get(pk=inspection.case_id)
    if case.state == Case.State.CLOSED:
        change_disposition(case=case, user=user, disposition=_disposition(case))
    return appended


@dataclass(frozen=True, slots=True)
class Effect:
    """What approving would do: the outcomes it appends, whether the case closes by it, and how the case ends then.

    A closed case stays closed, and ends in what it was found to hold all the same.
    """

    appended: Sequence[Wanted]
    closes: bool
    disposition: Disposition


def effect_of(*, inspection: Inspection, content: Mapping[str, Any]) -> Effect:
    """What approving this content would write, as `settle_outcomes` and `end_case` write it. Five queries."""
    heads = _heads(inspection)
    told = wanted(content, verdicts_of(content))
    beside = _standing(inspection.case).exclude(told_in=inspection.number)
    found = any(one.result == Result.FOUND and one.stands for one in told)
    is_open = inspection.case.state != Case.State.CLOSED
    return Effect(
        appended=[one for one in told if not _is_said(heads.get(one.visit), one)],
        closes=is_open and not _is_examined_elsewhere(inspection),
        disposition=_ending(found=found or beside.filter(result=Result.FOUND).exists()),
    )


@transaction.atomic
def end_case(*, inspection: Inspection, user: User) -> Case:
    """Close the case in what its examinations found once all of them are over: this one approved or given up, and no
    other still to be approved. Where none was approved nothing was examined, and the case stays open.

    Holds that stand are no obstacle: found goods stay held, and clean ones are lifted whenever somebody lifts them.
    """
    inspection = locked(inspection)
    case = Case.objects.get(pk=inspection.case_id)
    approved = Review.objects.filter(report__inspection__case=case, verdict=Review.Verdict.APPROVED)
    if case.state == Case.State.CLOSED or not approved.exists() or _is_examined_elsewhere(inspection):
        return case
    return close_case(case=case, user=user, disposition=_disposition(case))


def _standing(case: Case) -> QuerySet[Outcome]:
    """What our own examinations of a case found, as it stands."""
    rows: QuerySet[Outcome] = Outcome.objects.standing().filter(case=case, source=OutcomeSource.OWN_INSPECTION)
    return rows


def _disposition(case: Case) -> Disposition:
    return _ending(found=_standing(case).filter(result=Result.FOUND).exists())


def _ending(*, found: bool) -> Disposition:
    return Disposition.INSPECTED_FOUND if found else Disposition.INSPECTED_CLEAN


def _wanted(line: Mapping[str, Any], seizures: Sequence[Mapping[str, Any]], verdicts: Verdicts) -> Wanted:
    result = Result(line["result"])
    taken = [seizure for seizure in seizures if seizure["line"] == line["ref"]]
    kept = [seizure for seizure in taken if not _is_denied(verdicts.get(seizure["ref"], ()))]
    consignment = line["found_in"] or _only([seizure["consignment"] for seizure in kept])
    if result == Result.CLEAN:
        status, consignment, kept = OutcomeStatus.CONFIRMED, None, []
    elif taken and not kept:
        status = OutcomeStatus.WITHDRAWN
        consignment = consignment or _only([seizure["consignment"] for seizure in taken])
        kept = taken
    else:
        said = [verdict for seizure in kept for verdict in verdicts.get(seizure["ref"], ())]
        sure = bool(said) and all(verdict == Sample.Verdict.CONFIRMS for verdict in said)
        status = OutcomeStatus.CONFIRMED if sure else OutcomeStatus.PRELIMINARY
    return Wanted(
        visit=line["visit"],
        equipment=line["equipment"],
        result=result,
        status=status,
        commodity=_gravest([seizure["commodity"] for seizure in kept]),
        consignment=consignment["ref"] if consignment else "",
        document=consignment["document"] if consignment else "",
        method=_heaviest(line["methods"]),
    )


def _is_denied(verdicts: Sequence[str]) -> bool:
    return bool(verdicts) and all(verdict == Sample.Verdict.DENIES for verdict in verdicts)


def _only(consignments: Sequence[Any]) -> Any:
    """The consignment that all name, None where they differ or one is not known."""
    return consignments[0] if consignments and all(one == consignments[0] for one in consignments) else None


def _gravest(commodities: Sequence[str]) -> str:
    return next((code for code in Commodity.values if code in commodities), "")


def _heaviest(methods: Mapping[str, Any]) -> str:
    """Taking a sample is the last of the methods, but no way of looking: it counts only alone."""
    done = [code for code in Method.values if methods.get(code, {}).get("done")]
    looked = [code for code in done if code != Method.SAMPLING]
    return (looked or done or [""])[-1]


def _heads(inspection: Inspection) -> dict[str, Outcome]:
    """The last outcome that this act gave to each visit, by the visit's ref."""
    outcomes = Outcome.objects.filter(
        case=inspection.case,
        source=OutcomeSource.OWN_INSPECTION,
        told_in=inspection.number,
        superseded_by=None,
    )
    return {str(head.visit.ref): head for head in outcomes.select_related("visit", "consignment") if head.visit}


def _is_said(head: Outcome | None, one: Wanted) -> bool:
    if head is None:
        return False
    consignment = str(head.consignment.ref) if head.consignment else ""
    said = (head.result, head.status, head.commodity, consignment, head.method)
    return said == (one.result.value, one.status.value, one.commodity, one.consignment, one.method)


def _withdrawn(inspection: Inspection, head: Outcome, user: User) -> Outcome:
    return record_outcome(
        case=inspection.case,
        unit=inspection.unit,
        user=user,
        result=head.result,
        status=OutcomeStatus.WITHDRAWN,
        source=OutcomeSource.OWN_INSPECTION,
        visit=head.visit,
        consignment=head.consignment,
        method=head.method,
        commodity=head.commodity,
        told_in=inspection.number,
        supersedes=head,
    )


def _is_examined_elsewhere(inspection: Inspection) -> bool:
    """Whether another examination of the case is still to be approved. An amendment has been once: it holds nothing."""
    case = inspection.case
    if case.referrals.filter(state=Referral.State.TAKEN).exclude(pk=inspection.referral_id).exists():
        return True
    others = Inspection.objects.filter(case=case).exclude(pk=inspection.pk).exclude(state=State.DROPPED)
    return others.exclude(reports__review__verdict=Review.Verdict.APPROVED).exists()
