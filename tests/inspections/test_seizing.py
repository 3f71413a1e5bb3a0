"""Recording, changing and removing a seizure on a line of an act."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from inspections.choices import State
from inspections.errors import InvalidActError, NotEditableError
from inspections.links import add_link
from inspections.lists import retire_word
from inspections.models import Handover, Inspection, Seizure
from inspections.seizing import change_seizure, note_disposal, record_seizure, remove_seizure
from inspections.seizure_errors import InCustodyError, RemovedSeizureError, SeizureChangedError
from pcu.accounts.models import User
from pcu.accounts.roles import Role
from profiling.cases.models import CaseEvent
from tests import factories
from tests.factories_inspections import HandoverFactory
from tests.inspections.conftest import BRANDS, word

pytestmark = pytest.mark.django_db


def at_state(seizure: Seizure, state: State) -> None:
    Inspection.objects.filter(pk=seizure.inspection_id).update(state=state)


def refused(line, officer, account) -> dict[str, str]:
    with pytest.raises(InvalidActError) as caught:
        record_seizure(line=line, user=officer, account=account)
    assert not Seizure.objects.exists()
    return caught.value.errors


def test_a_seizure_is_recorded_on_a_line_numbered_and_told_in_the_timeline(line, officer, tell):
    before = line.inspection.version
    seizure = record_seizure(line=line, user=officer, account=tell())
    year = timezone.localtime(timezone=seizure.unit.zone).year
    assert seizure.number == f"ALT-S-{year}-{seizure.pk:05d}"
    assert (seizure.unit, seizure.case) == (line.inspection.unit, line.inspection.case)
    assert seizure.facts["items"][0]["sticks"] == "1440000"
    assert seizure.template_version == 1
    assert {one.code for one in seizure.detections.all()} == {"scan", "measuring"}
    line.inspection.refresh_from_db()
    assert line.inspection.version == before + 1
    event = CaseEvent.objects.get(kind=CaseEvent.Kind.SEIZURE)
    assert (event.actor, event.facts["number"]) == (officer, seizure.number)


def test_the_quantity_may_be_left_to_the_rows(line, officer, tell):
    seizure = record_seizure(line=line, user=officer, account=tell(quantity=None))
    assert seizure.quantity == 2_240_000


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        ({"commodity": "gold"}, "commodity", "Choose what was seized"),
        (
            {"facts": {"items": [{**BRANDS["items"][0], "brand": ""}]}},
            "facts.items.0.brand",
            "Fill in: Brand on the pack",
        ),
        ({"facts": {}, "quantity": None}, "facts.items", "at least one row: Brand"),
        ({"quantity_unit": "litres"}, "quantity_unit", "are told in: sticks, packs, kg"),
        ({"quantity": Decimal(-5)}, "quantity", "more than zero"),
        ({"quantity": Decimal("0.0001")}, "quantity", "3 behind it"),
        ({"quantity": Decimal(5)}, "quantity", "add up to 2,240,000"),
        ({"quantity": None, "quantity_unit": "kg"}, "quantity", "how much"),
        ({"declared_quantity": Decimal(-1)}, "declared_quantity", "below zero"),
        ({"value": Decimal(-1)}, "value", "below zero"),
        ({"value_currency": "XXQ"}, "value_currency", "three letters"),
        ({"value_basis": " "}, "value_basis", "how the value"),
        ({"value": None}, "value", "worth"),
        ({"place": None}, "place", "where it was hidden"),
        ({"concealment": None}, "concealment", "how it was hidden"),
        ({"detections": ()}, "detections", "how it was detected"),
        ({"seized_at": None}, "seized_at", "when"),
        ({"seized_at": timezone.now() + timedelta(hours=1)}, "seized_at", "still to come"),
        ({"seized_at": timezone.now() - timedelta(days=999)}, "seized_at", "before the examination"),
        ({"seized_at": datetime(226, 11, 24, tzinfo=UTC)}, "seized_at", "before the year 1990"),
        ({"seized_at": datetime(9999, 12, 31, tzinfo=UTC)}, "seized_at", "a year ahead"),
        ({"handling": "secret"}, "handling", "from the list"),
        ({"declared_as": "x" * 351}, "declared_as", "At most 350"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(line, officer, tell, told, field, words):
    errors = refused(line, officer, tell(**told))
    assert list(errors) == [field]
    assert words in errors[field]


def test_words_come_from_the_right_list_of_the_own_country(line, officer, tell, altynkol, supervisor):
    from inspections.lists import install_starter_lists

    tajikistan = factories.UnitFactory(code="DSB", parent__code="TJ")
    install_starter_lists(tajikistan)
    assert list(refused(line, officer, tell(place=word(altynkol, "built_in")))) == ["place"]
    assert list(refused(line, officer, tell(place=word(tajikistan, "floor")))) == ["place"]
    retire_word(word=word(altynkol, "floor"), user=supervisor)
    assert list(refused(line, officer, tell(place=word(altynkol, "floor")))) == ["place"]


def test_a_retired_word_stays_on_the_record_that_names_it(seizure, officer, tell, altynkol, supervisor):
    retire_word(word=word(altynkol, "false_front_wall"), user=supervisor)
    changed = change_seizure(seizure=seizure, user=officer, account=tell(description="Seen"), expected_version=1)
    assert changed.place.label == "Behind a false front wall"


def test_the_consignment_is_one_of_the_equipment(line, officer, tell):
    stranger = factories.ConsignmentFactory(call=line.visit.call)
    assert list(refused(line, officer, tell(consignment=stranger))) == ["consignment"]
    own = line.inspection.case.consignments.get()
    assert record_seizure(line=line, user=officer, account=tell(consignment=own)).consignment == own


def test_a_change_counts_and_a_stale_one_is_refused(seizure, officer, colleague, tell):
    drugs = {"substance": "heroin", "form": "powder", "packaging": "Bags", "kit_result": "positive", "purity": "62,5"}
    account = replace(tell(), commodity="drugs", facts=drugs, quantity=Decimal("1.25"), quantity_unit="kg")
    changed = change_seizure(seizure=seizure, user=officer, account=account, expected_version=1)
    assert (changed.version, changed.commodity, changed.facts["purity"]) == (2, "drugs", "62.5")
    with pytest.raises(SeizureChangedError) as caught:
        change_seizure(seizure=seizure, user=colleague, account=tell(), expected_version=1)
    assert caught.value.version == 2


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED, State.DROPPED])
def test_what_was_submitted_or_approved_is_not_edited(seizure, line, officer, tell, state):
    at_state(seizure, state)
    for attempt in (
        lambda: record_seizure(line=line, user=officer, account=tell()),
        lambda: change_seizure(seizure=seizure, user=officer, account=tell(), expected_version=1),
        lambda: remove_seizure(seizure=seizure, user=officer, expected_version=1),
    ):
        with pytest.raises(NotEditableError):
            attempt()
    assert Seizure.objects.get().version == 1


def test_amending_opens_it_again(seizure, officer, tell):
    at_state(seizure, State.AMENDING)
    assert change_seizure(seizure=seizure, user=officer, account=tell(), expected_version=1).version == 2


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LIAISON, Role.AUDITOR])
def test_who_does_not_inspect_records_nothing(line, altynkol, tell, role):
    with pytest.raises(PermissionDenied):
        record_seizure(line=line, user=factories.person(altynkol, role), account=tell())


def test_a_supervisor_of_another_country_records_nothing(line, outsider, tell):
    with pytest.raises(PermissionDenied):
        record_seizure(line=line, user=outsider, account=tell())


def test_one_recorded_by_mistake_is_taken_out_and_stays_in_the_history(seizure, officer, tell):
    removed = remove_seizure(seizure=seizure, user=officer, expected_version=1)
    assert removed.removed_at is not None
    assert CaseEvent.objects.filter(kind=CaseEvent.Kind.SEIZURE_REMOVED, facts__number=seizure.number).exists()
    with pytest.raises(RemovedSeizureError):
        change_seizure(seizure=seizure, user=officer, account=tell(), expected_version=2)


def test_one_that_was_handed_over_stays_in_the_act(seizure, officer):
    HandoverFactory(seizure=seizure)
    with pytest.raises(InCustodyError):
        remove_seizure(seizure=seizure, user=officer, expected_version=1)
    assert Handover.objects.count() == 1


def test_what_became_of_the_goods_is_told_also_after_approval(seizure, officer):
    at_state(seizure, State.APPROVED)
    told = note_disposal(seizure=seizure, user=officer, disposal=" Destroyed, act 12 ", expected_version=1)
    assert (told.disposal, told.version) == ("Destroyed, act 12", 2)
    with pytest.raises(SeizureChangedError):
        note_disposal(seizure=seizure, user=officer, disposal="Sold", expected_version=1)
    at_state(seizure, State.DROPPED)
    with pytest.raises(NotEditableError):
        note_disposal(seizure=seizure, user=officer, disposal="Sold", expected_version=2)


class TestAFormThatCameTwice:
    """A second click, a lost answer, a browser that sends again."""

    def test_records_one_seizure_and_answers_with_it_also_once_the_act_is_submitted(self, line, officer, tell):
        account = tell()
        first = record_seizure(line=line, user=officer, account=account, form_key="k")
        again = record_seizure(line=line, user=officer, account=account, form_key="k")
        at_state(first, State.SUBMITTED)
        late = record_seizure(line=line, user=officer, account=account, form_key="k")
        assert first == again == late == Seizure.objects.get()
        assert CaseEvent.objects.filter(kind=CaseEvent.Kind.SEIZURE).count() == 1

    def test_records_another_where_it_says_something_else_or_somebody_else_does(self, line, officer, colleague, tell):
        account = tell()
        record_seizure(line=line, user=officer, account=account, form_key="k")
        record_seizure(line=line, user=officer, account=replace(account, description="Other"), form_key="k")
        record_seizure(line=line, user=colleague, account=account, form_key="k")
        record_seizure(line=line, user=officer, account=account, form_key="l")
        record_seizure(line=line, user=officer, account=account)
        record_seizure(line=line, user=officer, account=account)
        assert Seizure.objects.count() == 6

    def test_brings_back_nothing_that_was_taken_out(self, line, officer, tell):
        account = tell()
        seizure = record_seizure(line=line, user=officer, account=account, form_key="k")
        remove_seizure(seizure=seizure, user=officer, expected_version=1)
        with pytest.raises(RemovedSeizureError):
            record_seizure(line=line, user=officer, account=account, form_key="k")

    def test_is_told_nothing_where_the_person_may_not_record(self, line, officer, tell):
        account = tell()
        record_seizure(line=line, user=officer, account=account, form_key="k")
        officer.memberships.all().delete()
        with pytest.raises(PermissionDenied):
            record_seizure(line=line, user=User.objects.get(pk=officer.pk), account=account, form_key="k")

    def test_ties_one_link(self, seizure, officer):
        told = {"seizure": seizure, "user": officer, "kind": "company", "name": "Broker and Sons", "form_key": "k"}
        assert add_link(**told) == add_link(**told)
        assert add_link(**told | {"name": "Another"}) != add_link(**told)
        assert seizure.links.count() == 2


def test_the_database_itself_refuses_a_second_seizure_of_one_form(line, officer, tell):
    seizure = record_seizure(line=line, user=officer, account=tell(), form_key="k")
    seizure.pk, seizure.ref, seizure.number = None, uuid4(), "ALT-S-2"
    with pytest.raises(IntegrityError, match="seizure_once"), transaction.atomic():
        seizure.save(force_insert=True)
