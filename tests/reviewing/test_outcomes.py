"""What an approved act writes: outcomes that append, and the disposition of the case."""

from __future__ import annotations

from typing import Any

import pytest

from inspections import planning, reviewing
from inspections.models import Inspection, InspectionLine, Sample, Seizure
from inspections.outcomes import effect_of, settle_outcomes
from profiling.cases.errors import InvalidOutcomeError
from profiling.cases.models import Case, CaseEvent, Outcome, Referral
from profiling.cases.outcomes import change_disposition
from tests import factories
from tests import factories_inspections as made


@pytest.fixture
def approve(author, supervisor) -> Any:
    """Submit and approve an act as it stands."""

    def approve(act: Inspection) -> None:
        act.refresh_from_db()
        reviewing.approve(report=reviewing.submit(inspection=act, user=author), reviewer=supervisor)
        act.refresh_from_db()

    return approve


@pytest.fixture
def amended(author, approve) -> Any:
    """Amend an approved act by a change of its rows, and have it approved."""

    def amended(act: Inspection, change: Any) -> None:
        reviewing.amend(inspection=act, user=author, reason="It was wrong.")
        change()
        approve(act)

    return amended


def told() -> list[tuple[str, str, str, bool]]:
    """(result, status, commodity, whether it stands) of every outcome, oldest first."""
    standing = set(Outcome.objects.standing().values_list("pk", flat=True))
    return [(o.result, o.status, o.commodity, o.pk in standing) for o in Outcome.objects.order_by("pk")]


def answer(seizure: Seizure, verdict: str) -> Sample:
    return made.SampleFactory(seizure=seizure, verdict=verdict)


def test_nothing_is_written_before_the_approval(altynkol, author):
    act = made.work(altynkol, author=author)
    reviewing.submit(inspection=act, user=author)
    assert settle_outcomes(inspection=act, user=author) == []
    assert not Outcome.objects.exists()


def test_clean_work_is_confirmed_and_closes_the_case(altynkol, approve):
    act = made.work(altynkol)
    approve(act)
    outcome = Outcome.objects.get()
    assert told() == [("clean", "confirmed", "", True)]
    assert (outcome.source, outcome.told_in, outcome.unit) == ("own_inspection", act.number, altynkol)
    case = Case.objects.get()
    assert (case.state, case.disposition) == ("closed", "inspected_clean")
    assert Referral.objects.get().state == "done"


def test_a_find_is_preliminary_and_names_its_goods_and_the_heaviest_method(altynkol, approve):
    act = made.work(altynkol, result="found")
    methods = {code: {"done": True} for code in ("scan", "partial_devanning", "sampling")}
    InspectionLine.objects.update(methods=methods | {"full_devanning": {"done": False}})
    made.SeizureFactory(line=act.lines.get(), commodity="currency")
    made.SeizureFactory(line=act.lines.get(), commodity="drugs")
    approve(act)
    assert told() == [("found", "preliminary", "drugs", True)]
    assert Outcome.objects.get().method == "partial_devanning"
    assert Case.objects.get().disposition == "inspected_found"


def test_the_laboratory_confirms(altynkol, approve, author):
    act = made.work(altynkol, result="found")
    seizure = made.SeizureFactory(line=act.lines.get(), commodity="drugs")
    waiting = made.SampleFactory(seizure=seizure)
    approve(act)
    answer(seizure, "confirms")
    assert settle_outcomes(inspection=act, user=author) == []
    Sample.objects.filter(pk=waiting.pk).update(verdict="confirms")
    (appended,) = settle_outcomes(inspection=act, user=author)
    assert told() == [("found", "preliminary", "drugs", False), ("found", "confirmed", "drugs", True)]
    assert appended.supersedes.status == "preliminary"
    assert settle_outcomes(inspection=act, user=author) == [], "settling twice writes nothing"
    assert Case.objects.get().disposition == "inspected_found"


def test_the_laboratory_denies_and_nothing_is_left_of_the_find(altynkol, approve, author):
    act = made.work(altynkol, result="found")
    seizure = made.SeizureFactory(line=act.lines.get(), commodity="drugs")
    approve(act)
    answer(seizure, "denies")
    settle_outcomes(inspection=act, user=author)
    assert told() == [("found", "preliminary", "drugs", False), ("found", "withdrawn", "drugs", False)]
    case = Case.objects.get()
    assert (case.state, case.disposition) == ("closed", "inspected_clean")
    changed = case.events.get(kind=CaseEvent.Kind.DISPOSITION_CHANGED)
    assert (changed.facts["before"], changed.facts["disposition"]) == ("inspected_found", "inspected_clean")
    answer(seizure, "confirms")  # another sample says otherwise: one cannot tell
    settle_outcomes(inspection=act, user=author)
    assert told()[-1] == ("found", "preliminary", "drugs", True)
    assert Case.objects.get().disposition == "inspected_found"


def test_one_seizure_denied_leaves_the_other(altynkol, approve, author):
    act = made.work(altynkol, result="found")
    answer(made.SeizureFactory(line=act.lines.get(), commodity="drugs"), "denies")
    made.SeizureFactory(line=act.lines.get(), commodity="currency")
    approve(act)
    assert told() == [("found", "preliminary", "currency", True)]


def test_a_seizure_that_was_taken_out_of_the_act_counts_no_more(altynkol, approve):
    act = made.work(altynkol, result="found")
    made.SeizureFactory(line=act.lines.get(), commodity="drugs", removed_at=factories.NOON)
    made.SeizureFactory(line=act.lines.get(), commodity="tobacco")
    approve(act)
    assert told() == [("found", "preliminary", "tobacco", True)]


def test_an_answer_during_an_amendment_goes_by_what_was_approved(altynkol, approve, author):
    act = made.work(altynkol, result="found")
    seizure = made.SeizureFactory(line=act.lines.get(), commodity="drugs")
    approve(act)
    reviewing.amend(inspection=act, user=author, reason="The count.")
    InspectionLine.objects.update(result="clean")
    answer(seizure, "confirms")
    settle_outcomes(inspection=act, user=author)
    assert told()[-1] == ("found", "confirmed", "drugs", True)


def test_a_find_labels_the_bill_it_was_in_and_none_of_those_beside_it(altynkol, approve):
    act = made.work(altynkol, result="found")
    (visit,), (ours,) = act.case.visits.all(), act.case.consignments.all()
    beside = factories.LoadingFactory(
        visit=visit, version=factories.VersionFactory(consignment__call=ours.call)
    ).version.consignment
    InspectionLine.objects.update(found_in=ours)
    approve(act)
    assert Outcome.objects.get().consignment == ours
    assert not beside.outcomes.exists()


def test_a_find_in_the_bill_beside_ours_labels_that_one(altynkol, approve):
    act = made.work(altynkol, result="found")
    (visit,), (ours,) = act.case.visits.all(), act.case.consignments.all()
    version = factories.VersionFactory(consignment__call=ours.call)
    factories.LoadingFactory(visit=visit, version=version)
    made.SeizureFactory(line=act.lines.get(), consignment=version.consignment)
    approve(act)
    assert Outcome.objects.get().consignment == version.consignment
    assert not ours.outcomes.exists()


def test_where_the_bill_is_not_known_the_container_alone_is_labelled(altynkol, approve):
    act = made.work(altynkol, result="found")
    made.SeizureFactory(line=act.lines.get(), consignment=act.case.consignments.get())
    made.SeizureFactory(line=act.lines.get(), consignment=None)
    approve(act)
    outcome = Outcome.objects.get()
    assert (outcome.consignment, outcome.visit) == (None, act.case.visits.get())


def test_each_line_has_its_own_outcome(altynkol, approve):
    act = made.work(altynkol, boxes=2)
    InspectionLine.objects.filter(pk=act.lines.first().pk).update(result="found", findings="Sheet")
    approve(act)
    assert told() == [("found", "preliminary", "", True), ("clean", "confirmed", "", True)]
    assert Case.objects.get().disposition == "inspected_found"


def test_an_amendment_appends_only_what_differs(altynkol, approve, amended):
    act = made.work(altynkol, boxes=2)
    approve(act)
    amended(act, lambda: InspectionLine.objects.update(weighing_note="Scale 2"))
    assert len(told()) == 2
    first = act.lines.first()
    amended(act, lambda: InspectionLine.objects.filter(pk=first.pk).update(result="found", findings="Sheet"))
    assert told() == [
        ("clean", "confirmed", "", False),
        ("clean", "confirmed", "", True),
        ("found", "preliminary", "", True),
    ]
    case = Case.objects.get()
    assert (case.state, case.disposition) == ("closed", "inspected_found")
    assert case.events.filter(kind=CaseEvent.Kind.CLOSED).count() == 1


def test_equipment_taken_out_of_the_act_loses_its_outcome(altynkol, approve, amended):
    act = made.work(altynkol, boxes=2)
    approve(act)

    def take_out() -> None:
        line = act.lines.last()
        Inspection.objects.filter(pk=act.pk).update(
            left_out={str(line.visit.ref): {"equipment": line.visit.number, "why": "Another act has it."}}
        )
        line.delete()

    amended(act, take_out)
    assert told() == [
        ("clean", "confirmed", "", True),
        ("clean", "confirmed", "", False),
        ("clean", "withdrawn", "", False),
    ]


def test_the_case_waits_for_its_other_examination(altynkol, approve):
    scan = made.work(altynkol)
    other = made.work(altynkol, case=scan.case, result="found")
    approve(scan)
    assert Case.objects.get().state == "referred"
    approve(other)
    case = Case.objects.get()
    assert (case.state, case.disposition) == ("closed", "inspected_found")
    assert len(told()) == 2


def test_the_case_ends_when_the_examination_it_waited_for_is_given_up(altynkol, approve, author):
    find = made.work(altynkol, result="found")
    other = made.work(altynkol, case=find.case)
    approve(find)
    assert Case.objects.get().state == "referred"
    planning.drop(inspection=other, user=author, reason="Nothing is left to open.")
    case = Case.objects.get()
    assert (case.state, case.disposition) == ("closed", "inspected_found")
    assert Referral.objects.get(pk=other.referral_id).state == "withdrawn"
    assert [event.kind for event in CaseEvent.objects.order_by("-pk")[:2]] == ["closed", "exam_dropped"]


def test_a_case_stays_open_while_nothing_was_approved_or_a_third_examination_goes_on(altynkol, approve, author):
    alone = made.work(altynkol)
    planning.drop(inspection=alone, user=author, reason="The crane is broken.")
    assert Case.objects.get().state == "referred"
    approved, dropped = made.work(altynkol, case=alone.case), made.work(altynkol, case=alone.case)
    made.work(altynkol, case=alone.case)
    approve(approved)
    planning.drop(inspection=dropped, user=author, reason="The crane is broken.")
    assert Case.objects.get().state == "referred"


def test_what_approving_would_do_is_what_it_does(altynkol, approve, author, supervisor):
    find, clean = (made.work(altynkol, result=result) for result in ("found", "clean"))
    clean.case = find.case
    clean.lines.update(visit=find.case.visits.get())
    clean.save()
    Referral.objects.filter(pk=clean.referral_id).update(case=find.case)
    for act, closes in ((find, False), (clean, True)):
        report = reviewing.submit(inspection=act, user=author)
        act = Inspection.objects.get(pk=act.pk)
        told = effect_of(inspection=act, content=report.content)
        assert (told.closes, told.disposition) == (closes, "inspected_found")
        reviewing.approve(report=report, reviewer=supervisor)
        case = Case.objects.get(pk=find.case_id)
        assert (case.state == "closed") is closes
        assert {one.visit for one in told.appended} == {
            str(one.visit.ref) for one in Outcome.objects.filter(told_in=act.number)
        }
    assert case.disposition == told.disposition


def test_a_case_that_was_closed_otherwise_ends_as_it_was_examined(altynkol, approve):
    act = made.work(altynkol, referral=None)
    Case.objects.update(state="closed", disposition="no_examination", closed_at=factories.NOON)
    approve(act)
    assert Case.objects.get().disposition == "inspected_clean"


def test_the_disposition_of_an_open_case_is_not_changed(altynkol, author):
    case = factories.case_in(altynkol)
    with pytest.raises(InvalidOutcomeError):
        change_disposition(case=case, user=author, disposition="inspected_clean")
