"""Requests for tuning: who asks, who answers, and what stands open."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from pcu.accounts.roles import Role
from profiling.cases import tuning
from profiling.cases.errors import InvalidTuningError, TuningClosedError
from profiling.cases.models import TuningRequest
from tests import factories


@pytest.fixture
def version(altynkol):
    return factories.RuleVersionFactory(rule=factories.RuleFactory(unit=altynkol.parent, code="R-1"))


@pytest.fixture
def fired(altynkol, version):
    case = factories.case_in(altynkol)
    case.assessment.fired = [{"version": version.pk, "code": "R-1", "points": 40, "values": {}}]
    case.assessment.save()
    return case


def test_one_person_asks_once_at_a_case_and_may_say_it_better(fired, altynkol):
    officer, colleague = factories.person(altynkol), factories.person(altynkol)
    first = tuning.ask(case=fired, user=officer, rule="R-1", note="Fires for every reefer")
    again = tuning.ask(case=fired, user=officer, rule="R-1", note=" Fires for every reefer in July ")
    assert (again.pk, again.note) == (first.pk, "Fires for every reefer in July")
    tuning.ask(case=fired, user=colleague, rule="R-1", note="As he says")
    told = tuning.open_of([altynkol], timezone.now())[first.rule_id]
    assert (told.people, told.count, told.notes[0].note) == (2, 2, "As he says")
    assert tuning.asked_by(officer, fired)["R-1"] == first


@pytest.mark.parametrize(
    ("rule", "note", "field"),
    [("R-1", "  ", "note"), ("R-1", "x" * 1001, "note"), ("R-2", "No such rule fired", "rule")],
)
def test_what_is_missing_is_told_and_nothing_is_kept(fired, altynkol, rule, note, field):
    with pytest.raises(InvalidTuningError) as refused:
        tuning.ask(case=fired, user=factories.person(altynkol), rule=rule, note=note)
    assert set(refused.value.errors) == {field}
    assert not TuningRequest.objects.exists()


def test_who_does_not_work_on_the_case_does_not_ask(fired, altynkol, dostyk, dushanbe):
    for nobody in (
        factories.person(dostyk),
        factories.person(dushanbe),
        factories.person(altynkol, Role.AUDITOR),
        factories.client_system(altynkol),
    ):
        with pytest.raises(PermissionDenied):
            tuning.ask(case=fired, user=nobody, rule="R-1", note="Noise")


def test_who_writes_rules_answers_and_an_answer_is_final(fired, altynkol):
    officer, analyst = factories.person(altynkol), factories.person(altynkol.parent, Role.ANALYST)
    asked = tuning.ask(case=fired, user=officer, rule="R-1", note="Noise")
    everything = TuningRequest.objects.visible_to(analyst)
    with pytest.raises(PermissionDenied):
        tuning.close(requests=everything, rule=asked.rule, user=officer, answer="No")
    with pytest.raises(InvalidTuningError):
        tuning.close(requests=everything, rule=asked.rule, user=analyst, answer=" ")
    assert tuning.close(requests=everything, rule=asked.rule, user=analyst, answer="Reefers are let off") == 1
    asked.refresh_from_db()
    assert (asked.closed_by, asked.answer) == (analyst, "Reefers are let off")
    assert tuning.open_of([altynkol], timezone.now()) == {}
    assert tuning.close(requests=everything, rule=asked.rule, user=analyst, answer="Again") == 0
    with pytest.raises(TuningClosedError, match="Reefers are let off"):
        tuning.ask(case=fired, user=officer, rule="R-1", note="Still noise")
    with pytest.raises(TuningClosedError):
        tuning.close_one(request=asked, user=analyst, answer="Again")


def test_only_what_one_sees_is_answered(fired, altynkol, dostyk):
    asked = tuning.ask(case=fired, user=factories.person(altynkol), rule="R-1", note="Noise")
    analyst = factories.UserFactory(membership=(altynkol.parent, Role.ANALYST))
    neighbour = factories.person(dostyk)
    assert list(TuningRequest.objects.visible_to(analyst)) == [asked]
    assert not TuningRequest.objects.visible_to(neighbour).exists()
    assert not TuningRequest.objects.visible_to(factories.client_system(altynkol)).exists()
