"""An examination is planned from a referral, taken once, and may be given up."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from inspections import planning
from inspections.choices import ReasonToInspect, State
from inspections.declared import declared_in
from inspections.errors import InvalidActError, NotEditableError, SeizureStandsError
from inspections.models import Inspection
from inspections.planning import drop, plan, plan_without_referral
from inspections.recording import start
from pcu.accounts.models import Membership
from pcu.accounts.roles import Role
from profiling.cases.errors import CaseClosedError, ReferralGoneError
from profiling.cases.models import Referral
from tests import factories
from tests.factories_recording import member, planned


def test_a_plan_takes_the_referral_and_has_a_line_for_each_container(case, officer, altynkol):
    inspection = planned(case, officer, present=[{"name": " O. Lim ", "capacity": "carrier"}, {"name": ""}])
    assert re.fullmatch(rf"ALT-I-20\d\d-{inspection.pk:05d}", inspection.number)
    assert (inspection.state, inspection.unit, inspection.asked_method) == ("planned", altynkol, "full_devanning")
    assert inspection.instructions == "Look behind the front wall"
    assert {line.visit for line in inspection.lines.all()} == set(case.visits.all())
    assert [(one.user, one.agency, one.leads) for one in inspection.team.all()] == [(officer, "customs", True)]
    assert [one.name for one in inspection.present.all()] == ["O. Lim"]
    assert Referral.objects.get().state == "taken"
    event = case.events.latest("pk")
    assert (event.kind, event.facts["number"]) == ("exam_planned", inspection.number)


def test_a_referral_is_taken_once(case, officer, inspection):
    with pytest.raises(ReferralGoneError):
        plan(referral=Referral.objects.get(), user=officer, team=[member(officer)])
    assert Inspection.objects.count() == 1


@pytest.mark.parametrize(
    ("team", "said"),
    [
        ([], "at least one"),
        ([{"user": "nobody"}], "does not examine"),
        ([{"user": "me", "agency": "police"}], "does not serve"),
        ([{"user": "me", "leads": "yes"}], "neither yes nor no"),
    ],
)
def test_a_team_that_cannot_be_is_refused_and_the_referral_stays_open(case, officer, team, said):
    referral = factories.ReferralFactory(case=case)
    team = [{**one, "user": str(officer.ref) if one["user"] == "me" else one["user"]} for one in team]
    with pytest.raises(InvalidActError, match=said):
        plan(referral=referral, user=officer, team=team)
    referral.refresh_from_db()
    assert referral.state == "open"


def test_only_one_leads(case, officer, colleague):
    referral = factories.ReferralFactory(case=case)
    with pytest.raises(InvalidActError, match="Only one leads"):
        plan(referral=referral, user=officer, team=[member(officer), member(colleague)])


def test_people_of_several_agencies_take_part_each_for_one_they_serve(case, officer, colleague, altynkol):
    Membership.objects.filter(user=colleague).update(agency="drug_control")
    factories.person(altynkol.parent, Role.SUPERVISOR)  # of the country: may take part too
    referral = factories.ReferralFactory(case=case)
    made = plan(
        referral=referral, user=officer, team=[member(officer), member(colleague, leads=False, agency="drug_control")]
    )
    assert {(one.user, one.agency) for one in made.team.all()} == {(officer, "customs"), (colleague, "drug_control")}


def test_who_may_not_examine_plans_nothing_and_is_in_no_team(case, officer, analyst, outsider):
    referral = factories.ReferralFactory(case=case)
    for user in (analyst, outsider):
        with pytest.raises(PermissionDenied):
            plan(referral=referral, user=user, team=[member(officer)])
        with pytest.raises(InvalidActError):
            plan(referral=referral, user=officer, team=[member(user)])


def test_an_examination_on_own_judgement_needs_a_reason_in_words_and_an_open_case(case, officer):
    told = {"case": case, "user": officer, "team": [member(officer)], "method": "scan"}
    with pytest.raises(InvalidActError) as refused:
        plan_without_referral(**told | {"method": "look"}, reason=ReasonToInspect.REFERRAL, why=" ")
    assert refused.value.errors.keys() == {"reason", "why", "method"}
    made = plan_without_referral(**told, reason=ReasonToInspect.INTELLIGENCE, why="A call from the line")
    assert (made.referral, made.instructions) == (None, "A call from the line")
    case.state = "closed"
    case.save()
    with pytest.raises(CaseClosedError):
        plan_without_referral(**told, reason=ReasonToInspect.INTELLIGENCE, why="Again")


def test_a_case_without_equipment_cannot_be_opened(altynkol, officer):
    referral = factories.ReferralFactory(case=factories.case_in(altynkol, boxes=0))
    with pytest.raises(InvalidActError, match="no equipment"):
        plan(referral=referral, user=officer, team=[member(officer)])


class TestDeclared:
    def test_is_the_sum_of_all_bills_in_the_container(self, altynkol):
        first = factories.LoadingFactory(packages=10, gross_kg=100, version__consignment__call__unit=altynkol)
        factories.LoadingFactory(visit=first.visit, packages=6, gross_kg=Decimal("20.5"))
        assert declared_in([first.visit]) == {first.visit.pk: (16, Decimal("120.5"))}

    def test_is_the_current_version_and_no_withdrawn_bill(self, altynkol):
        old = factories.LoadingFactory(packages=10, gross_kg=100, version__consignment__call__unit=altynkol)
        newer = factories.VersionFactory(consignment=old.version.consignment)
        factories.LoadingFactory(version=newer, visit=old.visit, packages=12, gross_kg=110)
        factories.LoadingFactory(visit=old.visit, packages=6, gross_kg=20, version__function="cancel")
        assert declared_in([old.visit]) == {old.visit.pk: (12, Decimal(110))}

    def test_is_the_whole_bill_where_it_has_one_container_and_unknown_where_it_has_two(self, altynkol):
        whole = factories.VersionFactory(consignment__call__unit=altynkol, packages=40, gross_kg=900)
        alone = factories.LoadingFactory(version=whole, packages=None)
        split = factories.VersionFactory(consignment__call__unit=altynkol, packages=40, gross_kg=900)
        half = factories.LoadingFactory(version=split, packages=None)
        other = factories.LoadingFactory(version=split, packages=20, gross_kg=450)
        assert declared_in([alone.visit, half.visit, other.visit]) == {
            alone.visit.pk: (40, Decimal(900)),
            half.visit.pk: (None, None),
            other.visit.pk: (20, Decimal(450)),
        }

    def test_does_not_count_a_master_beside_its_houses(self, altynkol):
        house = factories.LoadingFactory(packages=10, gross_kg=100, version__consignment__call__unit=altynkol)
        master = factories.LoadingFactory(visit=house.visit, packages=10, gross_kg=100)
        house.version.consignment.master = master.version.consignment
        house.version.consignment.save()
        assert declared_in([house.visit]) == {house.visit.pk: (10, Decimal(100))}


def test_starting_twice_starts_once(inspection, officer, colleague, case):
    begun = start(inspection=inspection, user=officer)
    again = start(inspection=inspection, user=colleague)
    assert (begun.state, again.started_at) == (State.UNDER_WAY, begun.started_at)
    assert begun.started_at is not None
    assert case.events.filter(kind="exam_started").count() == 1


def test_what_is_given_up_opens_the_referral_again_with_the_reason_told(inspection, officer, case):
    with pytest.raises(InvalidActError):
        drop(inspection=inspection, user=officer, reason=" ")
    drop(inspection=inspection, user=officer, reason="The crane is broken")
    assert Referral.objects.get().state == "open"
    assert case.events.latest("pk").text == "The crane is broken"
    again = plan(referral=Referral.objects.get(), user=officer, team=[member(officer)])
    assert again.pk != inspection.pk
    with pytest.raises(NotEditableError):
        drop(inspection=inspection, user=officer, reason="Again")


@pytest.mark.parametrize("state", ["submitted", "returned", "approved", "amending"])
def test_what_was_submitted_is_not_given_up(inspection, officer, state):
    Inspection.objects.update(state=state)
    with pytest.raises(NotEditableError):
        drop(inspection=inspection, user=officer, reason="Why not")


def test_where_goods_were_seized_nothing_is_given_up(inspection, officer, monkeypatch):
    monkeypatch.setattr(planning.Inspection, "seizures", Seized(), raising=False)
    with pytest.raises(SeizureStandsError):
        drop(inspection=inspection, user=officer, reason="Why not")


class Seized:
    def filter(self, **_fields):
        return self

    def exists(self):
        return True


def test_who_may_not_examine_neither_starts_nor_drops(inspection, analyst, outsider):
    for user in (analyst, outsider):
        with pytest.raises(PermissionDenied):
            start(inspection=inspection, user=user)
        with pytest.raises(PermissionDenied):
            drop(inspection=inspection, user=user, reason="Why not")
