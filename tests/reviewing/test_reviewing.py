"""Submitting, reviewing, amending: who may, when, and that of two at once one wins."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inspections import acts, reviewing
from inspections.choices import State
from inspections.errors import (
    AlreadyReviewedError,
    IncompleteActError,
    InspectionError,
    InvalidActError,
    NotAmendableError,
    NotEditableError,
    NotSubmittableError,
)
from inspections.models import Inspection, InspectionLine, Report, Review
from inspections.reports import approved_report, content, digest
from pcu.accounts.roles import Role
from profiling.cases.holding import lift_hold
from profiling.cases.models import Case, CaseEvent, Hold
from tests import factories
from tests import factories_inspections as made


@pytest.fixture
def act(altynkol, author) -> Inspection:
    return made.work(altynkol, author=author)


@pytest.fixture
def report(act, author) -> Report:
    return reviewing.submit(inspection=act, user=author, note="As seen.")


# ---- the copy


def test_a_report_is_a_whole_copy_that_its_digest_proves(altynkol, author):
    act = made.work(altynkol, author=author, result="found")
    line = act.lines.get()
    made.PersonPresentFactory(inspection=act)
    made.PhotoFactory(inspection=act, line=line)
    made.PhotoFactory(inspection=act, removed_at=factories.NOON)
    seizure = made.SeizureFactory(line=line)
    seizure.detections.add(made.ListedWordFactory(list="detection", code="scan", labels={"en": "Scan"}))
    made.LinkFactory(seizure=seizure)
    made.SampleFactory(seizure=seizure)
    made.HandoverFactory(seizure=seizure)
    report = Report.objects.get(pk=reviewing.submit(inspection=act, user=author).pk)
    assert digest(report.content) == report.digest
    told = report.content
    assert [len(told[part]) for part in ("team", "present", "lines", "photos", "seizures")] == [1, 1, 1, 1, 1]
    (seized,) = told["seizures"]
    assert (seized["place"], seized["detections"], seized["custody"]) == ("place:front-wall", ["detection:scan"], 1)
    assert told["words"]["place:front-wall"]["ru"] == "За передней стенкой"
    assert told["lines"][0]["gross_found_kg"] == "13372.000"
    assert len(seized["links"]) == len(seized["samples"]) == len(told["lines"][0]["seals"]) == 1


def test_reading_a_large_act_takes_as_many_queries_as_a_small_one(altynkol):
    def queries(boxes: int) -> int:
        act = made.work(altynkol, result="found", boxes=boxes)
        made.TeamMemberFactory(inspection=act)
        for line in act.lines.all():
            made.PhotoFactory(inspection=act, line=line)
            seizure = made.SeizureFactory(line=line)
            seizure.detections.add(made.ListedWordFactory(list="detection", code="scan"))
            made.LinkFactory(seizure=seizure)
            made.SampleFactory(seizure=seizure)
        with CaptureQueriesContext(connection) as captured:
            content(act)
        return len(captured)

    assert queries(1) == queries(4) == 11


# ---- the states


def put_into(act: Inspection, state: State, author: Any, supervisor: Any) -> None:
    """Lead an act into a state by the services, as far as they lead there."""
    if state in (State.PLANNED, State.DROPPED):
        Inspection.objects.filter(pk=act.pk).update(state=state)
    if state in (State.SUBMITTED, State.RETURNED, State.APPROVED, State.AMENDING):
        report = reviewing.submit(inspection=act, user=author)
        if state == State.RETURNED:
            reviewing.send_back(report=report, reviewer=supervisor, note="Weigh it.")
        if state in (State.APPROVED, State.AMENDING):
            reviewing.approve(report=report, reviewer=supervisor)
        if state == State.AMENDING:
            reviewing.amend(inspection=act, user=author, reason="The laboratory answered.")
    act.refresh_from_db()
    assert act.state == state


def latest(act: Inspection, author: Any) -> Report:
    """The report one would decide; where nothing was submitted, one of another time."""
    return act.reports.order_by("-number").first() or Report.objects.create(
        inspection=act, number=9, content=content(act), digest="", submitted_by=author, submitted_at=factories.NOON
    )


MOVES = {
    "submit": {State.UNDER_WAY: State.SUBMITTED, State.RETURNED: State.SUBMITTED, State.AMENDING: State.SUBMITTED},
    "approve": {State.SUBMITTED: State.APPROVED},
    "send_back": {State.SUBMITTED: State.RETURNED},
    "amend": {State.APPROVED: State.AMENDING},
    "give up": {State.AMENDING: State.APPROVED},
}
MAY = {
    "submit": {Role.OFFICER, Role.SUPERVISOR},
    "amend": {Role.OFFICER, Role.SUPERVISOR},
    "give up": {Role.OFFICER, Role.SUPERVISOR},
    "approve": {Role.SUPERVISOR},
    "send_back": {Role.SUPERVISOR},
}


def move(name: str, act: Inspection, user: Any, author: Any) -> None:
    if name == "submit":
        reviewing.submit(inspection=act, user=user)
    elif name == "amend":
        reviewing.amend(inspection=act, user=user, reason="Mistaken number.")
    elif name == "give up":
        reviewing.give_amendment_up(inspection=act, user=user, reason="It was right.")
    elif name == "approve":
        reviewing.approve(report=latest(act, author), reviewer=user)
    else:
        reviewing.send_back(report=latest(act, author), reviewer=user, note="Weigh it.")


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", MOVES)
def test_every_move_in_every_state_by_every_role(altynkol, author, supervisor, second_supervisor, name, state):
    for role in [role for role in Role if role != Role.CLIENT]:
        act = made.work(altynkol, author=author)
        put_into(act, state, author, supervisor)
        if name in ("approve", "send_back"):
            latest(act, author)
        before = act.version
        user = second_supervisor if role == Role.SUPERVISOR else factories.person(altynkol, role)
        to = MOVES[name].get(state)
        if role in MAY[name] and to is not None:
            move(name, act, user, author)
        else:
            decides = name in ("approve", "send_back")
            expected = (
                PermissionDenied if role not in MAY[name] else AlreadyReviewedError if decides else InspectionError
            )
            with pytest.raises(expected):
                move(name, act, user, author)
        act.refresh_from_db()
        assert act.state == (to if role in MAY[name] and to else state)
        assert (act.version > before) == bool(role in MAY[name] and to)


def test_nothing_submitted_or_approved_can_be_edited(act, author, supervisor):
    for state in State:
        Inspection.objects.filter(pk=act.pk).update(state=state)
        act.refresh_from_db()
        closed = state in (State.SUBMITTED, State.APPROVED, State.DROPPED)
        assert acts.may_edit(act, author) is not closed
        if closed:
            with pytest.raises(NotEditableError):
                acts.require_editable(act, author)
            with pytest.raises(NotSubmittableError):
                reviewing.submit(inspection=act, user=author)
        else:
            acts.require_editable(act, author)


def test_a_second_press_submits_nothing_twice(act, report, author):
    with pytest.raises(NotSubmittableError):
        reviewing.submit(inspection=act, user=author)
    assert act.reports.count() == 1


def test_what_is_missing_is_told_by_line_and_field_and_nothing_is_submitted(altynkol, author):
    act = made.work(altynkol, author=author, boxes=2, ended_at=factories.NOON.replace(hour=1))
    first, second = act.lines.all()
    InspectionLine.objects.filter(pk=first.pk).update(result="", methods={})
    InspectionLine.objects.filter(pk=second.pk).update(packages_found=300, result="found", findings="")
    with pytest.raises(IncompleteActError) as refused:
        reviewing.submit(inspection=act, user=author)
    told = [(one["line"], one["field"]) for one in refused.value.missing]
    assert told == [
        ("", "time"),
        (str(first.ref), "methods"),
        (str(first.ref), "result"),
        (str(second.ref), "difference_note"),
        (str(second.ref), "findings"),
    ]
    act.refresh_from_db()
    assert (act.state, act.reports.count()) == (State.UNDER_WAY, 0)


def test_an_empty_act_and_a_foreign_container_are_not_submitted(altynkol, author):
    empty = made.InspectionFactory(case=factories.case_in(altynkol), created_by=author, started_at=None, ended_at=None)
    with pytest.raises(IncompleteActError) as refused:
        reviewing.submit(inspection=empty, user=author)
    assert [one["field"] for one in refused.value.missing] == ["time", "time", "team", "lines"]
    act = made.work(altynkol, author=author)
    foreign = made.LineFactory(inspection=act, visit=factories.VisitFactory(call__unit=altynkol))
    made.SealRecordFactory(line=foreign)
    made.SeizureFactory(line=foreign)
    with pytest.raises(IncompleteActError) as refused:
        reviewing.submit(inspection=act, user=author)
    assert [one["field"] for one in refused.value.missing] == ["visit", "result"]


def test_a_return_says_what_should_change(report, supervisor):
    for empty in ("", " \n "):
        with pytest.raises(InvalidActError):
            reviewing.send_back(report=report, reviewer=supervisor, note=empty)
    assert not Review.objects.exists()


def test_an_amendment_says_why(act, report, author, supervisor):
    reviewing.approve(report=report, reviewer=supervisor)
    with pytest.raises(InvalidActError):
        reviewing.amend(inspection=act, user=author, reason="  ")
    with pytest.raises(NotAmendableError):
        reviewing.amend(inspection=made.work(act.unit), user=author, reason="Why not")


def test_the_notes_of_a_return_are_numbered_and_answered(act, report, author, supervisor):
    reviewing.send_back(report=report, reviewer=supervisor, note="Weigh it.\n\n 240 or 224?\nNumber in view.")
    assert reviewing.notes_of(reviewing.last_return(act).note) == ["Weigh it.", "240 or 224?", "Number in view."]
    answers = {"1": "Scale 2.", "2": " ", "7": "No such note"}
    again = reviewing.submit(inspection=act, user=author, answers=answers)
    assert (again.number, again.answers) == (2, {"1": "Scale 2."})
    reviewing.approve(report=again, reviewer=supervisor)
    assert reviewing.last_return(act) is None


def test_what_was_approved_stays_the_act_until_the_amendment_is_approved(act, report, author, supervisor):
    reviewing.approve(report=report, reviewer=supervisor)
    reviewing.amend(inspection=act, user=author, reason="Another seal.")
    InspectionLine.objects.filter(inspection=act).update(weighing_note="Scale 9")
    amended = reviewing.submit(inspection=act, user=author)
    assert approved_report(act) == report
    reviewing.send_back(report=amended, reviewer=supervisor, note="Which seal?")
    assert approved_report(act) == report
    last = reviewing.submit(inspection=act, user=author)
    reviewing.approve(report=last, reviewer=supervisor)
    assert approved_report(act) == last
    assert approved_report(act).content["lines"][0]["weighing_note"] == "Scale 9"


def test_the_timeline_tells_each_step_and_who(act, report, author, supervisor):
    reviewing.send_back(report=report, reviewer=supervisor, note="Weigh it.")
    again = reviewing.submit(inspection=act, user=author)
    reviewing.approve(report=again, reviewer=supervisor, note="Good work.")
    reviewing.amend(inspection=act, user=author, reason="Another seal.")
    kinds = CaseEvent.Kind
    told = act.case.events.filter(facts__inspection=str(act.ref)).order_by("pk").values_list("kind", "actor", "text")
    assert list(told) == [
        (kinds.EXAMINATION_SUBMITTED, author.pk, "As seen."),
        (kinds.EXAMINATION_RETURNED, supervisor.pk, "Weigh it."),
        (kinds.EXAMINATION_SUBMITTED, author.pk, ""),
        (kinds.EXAMINATION_APPROVED, supervisor.pk, "Good work."),
        (kinds.EXAMINATION_AMENDED, author.pk, "Another seal."),
    ]


# ---- races


def test_a_decided_and_a_superseded_report_cannot_be_decided(act, report, author, supervisor, second_supervisor):
    reviewing.send_back(report=report, reviewer=supervisor, note="Weigh it.")
    with pytest.raises(AlreadyReviewedError, match="was faster"):
        reviewing.approve(report=report, reviewer=second_supervisor)
    Review.objects.all().delete()
    reviewing.submit(inspection=act, user=author)
    with pytest.raises(AlreadyReviewedError, match="later submission"):
        reviewing.approve(report=report, reviewer=second_supervisor)


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_wins(act, report, supervisor, second_supervisor):
    start = threading.Barrier(2)
    said: list[Any] = []

    def decide(reviewer: Any) -> None:
        try:
            start.wait(10)
            said.append(reviewing.approve(report=report, reviewer=reviewer))
        except AlreadyReviewedError as error:
            said.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[reviewer]) for reviewer in (supervisor, second_supervisor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(type(one).__name__ for one in said) == ["AlreadyReviewedError", "Review"]
    assert Review.objects.count() == 1


# ---- holds


def test_a_hold_is_lifted_while_the_act_waits_for_review(act, author):
    hold = factories.HoldFactory(case=act.case)
    report = reviewing.submit(inspection=act, user=author)
    assert lift_hold(hold=hold, user=author) is True
    assert Hold.objects.get().state == Hold.State.LIFTED
    assert not Review.objects.filter(report=report).exists()


def test_approval_leaves_holds_as_they_stand(altynkol, author, supervisor):
    act = made.work(altynkol, author=author, result="found")
    factories.HoldFactory(case=act.case)
    reviewing.approve(report=reviewing.submit(inspection=act, user=author), reviewer=supervisor)
    assert (Case.objects.get().state, Hold.objects.get().state) == ("closed", "placed")


# ---- the blind second look


def test_a_share_of_clean_work_is_drawn_and_the_same_act_always_the_same(altynkol, author, supervisor, settings):
    settings.REVIEW_BLIND_SHARE = 0.5
    acts_made = [made.work(altynkol, author=author) for _each in range(12)]
    reports = [reviewing.submit(inspection=act, user=author) for act in acts_made]
    drawn = [report.blind for report in reports]
    assert {True, False} == set(drawn)
    for act, report in zip(acts_made, reports, strict=True):
        reviewing.send_back(report=report, reviewer=supervisor, note="Again.")
        assert reviewing.submit(inspection=act, user=author).blind == report.blind
    settings.REVIEW_BLIND_SHARE = 1
    assert reviewing.submit(inspection=made.work(altynkol, author=author), user=author).blind
    found = made.work(altynkol, author=author, result="found")
    assert not reviewing.submit(inspection=found, user=author).blind
