"""Nobody reviews what they wrote or took part in, in whatever way it was."""

from __future__ import annotations

from typing import Any

import pghistory
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inspections import acts, reviewing
from inspections.errors import OwnWorkError
from inspections.models import AppliedChange, Inspection, Report
from inspections.participation import Part, part_of, took_part
from pcu.accounts.roles import Role
from profiling.cases.models import CaseEvent
from tests import factories
from tests import factories_inspections as made


@pytest.fixture
def act(altynkol, author) -> Inspection:
    return made.work(altynkol, author=author)


@pytest.fixture
def report(act, author) -> Report:
    return reviewing.submit(inspection=act, user=author)


def test_a_supervisor_of_an_ancestor_may_and_one_of_another_country_may_not(report, head_office, outsider, author):
    for nobody in (outsider, author, factories.person(factories.UnitFactory(code="DOS"), Role.SUPERVISOR)):
        with pytest.raises(PermissionDenied):
            reviewing.approve(report=report, reviewer=nobody)
    assert reviewing.approve(report=report, reviewer=head_office).verdict == "approved"


def _recorded_by(user: Any, change: Any) -> None:
    with pghistory.context(user=user.pk):
        change()


def _custody(act: Inspection, user: Any, **sides: Any) -> None:
    made.HandoverFactory(seizure=made.SeizureFactory(line=act.lines.get()), **sides)


PARTS = {
    "planned it": lambda act, user: Inspection.objects.filter(pk=act.pk).update(created_by=user),
    "began it": lambda act, user: acts.tell(act, CaseEvent.Kind.EXAMINATION_STARTED, at=factories.NOON, actor=user),
    "in the team": lambda act, user: made.TeamMemberFactory(inspection=act, user=user),
    "was in the team": lambda act, user: made.TeamMemberFactory(inspection=act, user=user).delete(),
    "took a photograph": lambda act, user: made.PhotoFactory(inspection=act, uploaded_by=user),
    "took a photograph since removed": lambda act, user: made.PhotoFactory(
        inspection=act, uploaded_by=user, removed_at=factories.NOON
    ),
    "recorded a seizure": lambda act, user: made.SeizureFactory(line=act.lines.get(), created_by=user),
    "gave goods": lambda act, user: _custody(act, user, given_by=user),
    "received goods": lambda act, user: _custody(act, user, received_by=user),
    "recorded a hand-over": lambda act, user: _custody(act, user, recorded_by=user),
    "signed": lambda act, user: made.SignatureFactory(
        handover__seizure=made.SeizureFactory(line=act.lines.get()), user=user
    ),
    "recorded a signature on paper": lambda act, user: made.SignatureFactory(
        handover__seizure=made.SeizureFactory(line=act.lines.get()), recorded_by=user
    ),
    "changed it on a tablet": lambda act, user: AppliedChange.objects.create(
        inspection=act, change_id=act.ref, user=user, at=factories.NOON
    ),
    "changed the act": lambda act, user: _recorded_by(
        user, lambda: Inspection.objects.filter(pk=act.pk).update(place="Shed 3")
    ),
    "changed a line": lambda act, user: _recorded_by(user, lambda: act.lines.update(weighing_note="Scale 1")),
    "wrote a seal": lambda act, user: _recorded_by(user, lambda: made.SealRecordFactory(line=act.lines.get())),
    "wrote who was present": lambda act, user: _recorded_by(user, lambda: made.PersonPresentFactory(inspection=act)),
    "linked a firm": lambda act, user: _recorded_by(
        user, lambda: made.LinkFactory(seizure=made.SeizureFactory(line=act.lines.get()))
    ),
    "took a sample": lambda act, user: _recorded_by(
        user, lambda: made.SampleFactory(seizure=made.SeizureFactory(line=act.lines.get()))
    ),
}


@pytest.mark.parametrize("way", PARTS)
def test_nobody_reviews_what_they_took_part_in(altynkol, author, supervisor, second_supervisor, way):
    act = made.work(altynkol, author=author, result="found")
    PARTS[way](act, supervisor)
    act.refresh_from_db()
    report = reviewing.submit(inspection=act, user=author)
    assert part_of(act, supervisor) is not None
    for decide in (
        lambda: reviewing.approve(report=report, reviewer=supervisor),
        lambda: reviewing.send_back(report=report, reviewer=supervisor, note="Change it."),
    ):
        with pytest.raises(OwnWorkError) as refused:
            decide()
        assert refused.value.code == "own_work"
    assert reviewing.approve(report=report, reviewer=second_supervisor)


def test_a_supervisor_who_submits_does_not_approve(act, supervisor, second_supervisor):
    report = reviewing.submit(inspection=act, user=supervisor)
    with pytest.raises(OwnWorkError, match="you submitted it"):
        reviewing.approve(report=report, reviewer=supervisor)
    reviewing.approve(report=report, reviewer=second_supervisor)


def test_to_have_reviewed_before_is_no_part_in_the_work(act, report, author, supervisor):
    with pghistory.context(user=supervisor.pk):
        reviewing.send_back(report=report, reviewer=supervisor, note="Weigh it.")
    assert part_of(act, supervisor) is None
    with pghistory.context(user=author.pk):
        again = reviewing.submit(inspection=act, user=author)
    with pghistory.context(user=supervisor.pk):
        reviewing.approve(report=again, reviewer=supervisor)
    assert part_of(act, supervisor) is None


def test_whoever_amends_writes(act, report, author, supervisor, second_supervisor):
    reviewing.approve(report=report, reviewer=supervisor)
    reviewing.amend(inspection=act, user=supervisor, reason="The number of the seal.")
    again = reviewing.submit(inspection=act, user=author)
    assert part_of(act, supervisor) == Part.WROTE
    with pytest.raises(OwnWorkError):
        reviewing.approve(report=again, reviewer=supervisor)
    reviewing.approve(report=again, reviewer=second_supervisor)


def test_who_took_part_is_read_for_a_whole_queue_at_once(altynkol):
    def queries(count: int) -> int:
        many = [made.work(altynkol) for _each in range(count)]
        with CaptureQueriesContext(connection) as captured:
            took_part(many)
        return len(captured)

    assert queries(1) == queries(3)
