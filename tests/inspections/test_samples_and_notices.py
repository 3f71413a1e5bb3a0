"""Samples and links of a seizure by service, and the notice that names nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from inspections import links, samples
from inspections.choices import State
from inspections.errors import InvalidActError, NotEditableError
from inspections.models import Inspection, Link
from inspections.samples import Taken
from inspections.seizure_errors import ResultGivenError
from inspections.seizure_notices import notice_text
from pcu.accounts.roles import Role
from profiling.cases.models import CaseEvent
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def at(state) -> None:
    Inspection.objects.update(state=state)


@pytest.fixture
def sample(seizure, officer):
    taken = Taken("KZ-77", "Two packs", laboratory="Almaty", sent_at=NOW, due_on=NOW.date() + timedelta(days=9))
    return samples.add_sample(seizure=seizure, user=officer, taken=taken)


@pytest.mark.parametrize(
    ("taken", "field"),
    [
        (Taken("", "Packs"), "bag"),
        (Taken("x" * 41, "Packs"), "bag"),
        (Taken("KZ-77", "Packs"), "bag"),
        (Taken("KZ-78", " "), "description"),
        (Taken("KZ-78", "Packs", sent_at=NOW), "laboratory"),
        (Taken("KZ-78", "Packs", laboratory="Almaty", sent_at=NOW + timedelta(days=1)), "sent_at"),
        (Taken("KZ-78", "Packs", laboratory="Almaty", sent_at=NOW, due_on=NOW.date() - timedelta(days=3)), "due_on"),
    ],
)
def test_what_is_wrong_with_a_sample_is_told(seizure, officer, sample, taken, field):
    with pytest.raises(InvalidActError) as caught:
        samples.add_sample(seizure=seizure, user=officer, taken=taken)
    assert list(caught.value.errors) == [field]


def test_taking_a_sample_leaves_open_forms_of_the_seizure_alone_and_counts_in_the_act(seizure, officer):
    before = Inspection.objects.get().version
    samples.add_sample(seizure=seizure, user=officer, taken=Taken("B-1", "Powder"))
    seizure.refresh_from_db()
    assert seizure.version == 1
    assert Inspection.objects.get().version == before + 1


def test_a_further_sample_may_follow_approval_and_none_comes_during_review(seizure, officer, sample):
    at(State.SUBMITTED)
    with pytest.raises(NotEditableError):
        samples.add_sample(seizure=seizure, user=officer, taken=Taken("B-2", "Powder"))
    at(State.APPROVED)
    assert samples.add_sample(seizure=seizure, user=officer, taken=Taken("B-2", "Powder")).bag == "B-2"
    with pytest.raises(NotEditableError):
        samples.change_sample(sample=sample, user=officer, taken=Taken("B-3", "Powder"))


def test_a_sample_is_changed_until_its_result_is_there(officer, sample):
    taken = Taken("KZ-79", "Three packs", laboratory="Astana")
    assert samples.change_sample(sample=sample, user=officer, taken=taken).laboratory == "Astana"
    samples.record_result(sample=sample, user=officer, verdict="denies", result="Tea", reported_on=timezone.localdate())
    for again in (
        lambda: samples.change_sample(sample=sample, user=officer, taken=taken),
        lambda: samples.remove_sample(sample=sample, user=officer),
        lambda: samples.record_result(
            sample=sample, user=officer, verdict="confirms", result="No", reported_on=NOW.date()
        ),
    ):
        with pytest.raises(ResultGivenError):
            again()


@pytest.mark.parametrize("state", [State.UNDER_WAY, State.SUBMITTED, State.APPROVED, State.AMENDING])
def test_the_laboratory_answers_whenever_it_does(officer, sample, state):
    at(state)
    today = timezone.localtime(NOW, sample.seizure.unit.zone).date()
    found = samples.record_result(sample=sample, user=officer, verdict="confirms", result="Nicotine", reported_on=today)
    assert found.verdict == "confirms"
    told = CaseEvent.objects.get(kind=CaseEvent.Kind.LABORATORY)
    assert (told.facts["bag"], told.facts["verdict"]) == ("KZ-77", "confirms")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"verdict": "perhaps"}, "verdict"),
        ({"result": " "}, "result"),
        ({"reported_on": None}, "reported_on"),
        ({"reported_on": NOW.date() + timedelta(days=2)}, "reported_on"),
        ({"reported_on": NOW.date() - timedelta(days=2)}, "reported_on"),
    ],
)
def test_a_result_without_what_it_needs_is_refused(officer, sample, told, field):
    sound = {
        "verdict": "confirms",
        "result": "Nicotine",
        "reported_on": timezone.localtime(NOW, sample.seizure.unit.zone).date(),
    }
    with pytest.raises(InvalidActError) as caught:
        samples.record_result(sample=sample, user=officer, **sound | told)
    assert list(caught.value.errors) == [field]


def test_an_analyst_records_no_result(altynkol, sample):
    analyst = factories.person(altynkol, Role.ANALYST)
    with pytest.raises(PermissionDenied):
        samples.record_result(sample=sample, user=analyst, verdict="open", result="?", reported_on=NOW.date())


@pytest.mark.parametrize(
    ("told", "field"),
    [({"kind": "animal"}, "kind"), ({"name": ""}, "name"), ({"name": "x" * 351}, "name"), ({"part": "x" * 81}, "part")],
)
def test_a_link_needs_a_kind_and_a_name(seizure, officer, told, field):
    with pytest.raises(InvalidActError) as caught:
        links.add_link(seizure=seizure, user=officer, **{"kind": "person", "name": "Ivan"} | told)
    assert list(caught.value.errors) == [field]


def test_a_link_to_a_firm_of_another_unit_is_refused(seizure, officer):
    foreign = factories.PartyFactory(unit=factories.UnitFactory(code="DSB", parent__code="TJ"))
    with pytest.raises(InvalidActError):
        links.add_link(seizure=seizure, user=officer, kind="company", name="Firm", party=foreign)


def test_links_belong_to_the_act(seizure, officer):
    link = links.add_link(seizure=seizure, user=officer, kind="company", name="Firm")
    at(State.APPROVED)
    with pytest.raises(NotEditableError):
        links.remove_link(link=link, user=officer)
    with pytest.raises(NotEditableError):
        links.add_link(seizure=seizure, user=officer, kind="company", name="Other")


def test_a_notice_tells_what_and_where_and_names_nobody(seizure, officer):
    seizure.description = "Driver Ivan Petrov opened the wall"
    seizure.declared_as = "Ware of IP Petrov"
    seizure.save()
    for kind, name in (
        (Link.Kind.PERSON, "Ivan Petrov"),
        (Link.Kind.COMPANY, "IP Petrov"),
        (Link.Kind.ROUTE, "Urumqi – Dushanbe"),
    ):
        links.add_link(seizure=seizure, user=officer, kind=kind, name=name)
    notice = notice_text(seizure)
    assert "Petrov" not in notice
    assert str(officer) not in notice
    for told in (seizure.number, "2,240,000 sticks", "Behind a false front wall", "Urumqi – Dushanbe", "Scan image"):
        assert told in notice
    with translation.override("ru"):
        assert "За ложной передней стенкой" in notice_text(seizure)
