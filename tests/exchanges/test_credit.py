"""Feedback becomes the sender's outcome: once, superseded by an amendment, withdrawn with it; and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from exchanges.errors import FeedbackChangedError, InvalidFeedbackError
from exchanges.models import Feedback, Message
from exchanges.services import answers
from exchanges.services.crediting import outcomes_of
from pcu.accounts.roles import Role
from profiling.cases.choices import OutcomeStatus
from profiling.cases.models import Case, CaseEvent, Outcome
from tests import factories
from tests import factories_exchanges as made


@pytest.fixture
def answered(warning, receiver):
    answers.give_feedback(warning=warning, user=receiver, told=made.told(warning))
    return warning


def last(warning):
    return warning.feedback.get(superseded_by=None)


def test_a_seizure_further_on_is_written_once_into_the_senders_case(answered, case, altynkol, receiver):
    outcome = Outcome.objects.get()
    assert (outcome.case, outcome.unit, outcome.visit) == (case, altynkol, case.visits.get())
    assert (outcome.result, outcome.status, outcome.source) == ("found", "preliminary", "downstream_seizure")
    assert (outcome.commodity, outcome.method, outcome.told_in) == ("tobacco", "full_devanning", answered.number)
    assert str(receiver) in outcome.note
    assert "612,000 cigarettes" in outcome.note
    kinds = list(case.events.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == [CaseEvent.Kind.OUTCOME, CaseEvent.Kind.WARNING_ANSWERED]


def test_the_case_stays_open_for_people_to_close(answered, case):
    case.refresh_from_db()
    assert case.state == Case.State.OPEN


def test_a_clean_result_is_feedback_of_a_partner(warning, receiver, case):
    told = made.told(warning, result="clean", commodity="", seized=False, quantity="")
    answers.give_feedback(warning=warning, user=receiver, told=told)
    assert (Outcome.objects.get().result, Outcome.objects.get().source) == ("clean", "partner_feedback")


def test_what_was_not_examined_is_no_outcome(warning, receiver, case):
    told = answers.Told(located="no", action="none", result="not_examined", why_not="never_arrived")
    answers.give_feedback(warning=warning, user=receiver, told=told)
    assert not Outcome.objects.exists()
    assert case.events.filter(kind=CaseEvent.Kind.WARNING_ANSWERED).exists()
    assert not Message.objects.filter(facts__event="credited").exists()


def test_an_amendment_takes_the_place_of_the_first_outcome(answered, receiver):
    first = Outcome.objects.get()
    told = made.told(answered, seized=False, quantity="", new_facts="It was bread")
    answers.amend_feedback(warning=answered, user=receiver, told=told, supersedes=last(answered))
    assert Outcome.objects.count() == 2
    (now,) = outcomes_of(answered)
    assert (now.supersedes, now.source) == (first, "partner_feedback")


def test_what_an_amendment_takes_back_is_withdrawn(answered, receiver):
    told = answers.Told(located="yes", action="none", result="not_examined", why_not="no_capacity")
    answers.amend_feedback(warning=answered, user=receiver, told=told, supersedes=last(answered))
    assert outcomes_of(answered) == []
    assert Outcome.objects.latest("pk").status == OutcomeStatus.WITHDRAWN
    assert Message.objects.filter(facts__event="credit_withdrawn").count() == 1


def test_a_find_labels_the_containers_it_was_made_in_and_no_others(altynkol, chukursay, receiver):
    case = made.case_to_warn_of(altynkol, boxes=3)
    warning = made.warning_to(chukursay, case=case)
    one, two, _three = case.visits.order_by("pk")
    told = made.told(warning, equipment=[one.number])
    first = answers.give_feedback(warning=warning, user=receiver, told=told)
    assert [outcome.visit for outcome in outcomes_of(warning)] == [one]
    told = made.told(warning, equipment=[two.number])
    answers.amend_feedback(warning=warning, user=receiver, told=told, supersedes=first)
    assert [outcome.visit for outcome in outcomes_of(warning)] == [two]
    assert Outcome.objects.get(visit=one, status="withdrawn").supersedes.visit == one


def test_without_equipment_the_document_is_credited(case, chukursay, receiver):
    warning = made.warning_to(chukursay, case=case, visits=[])
    answers.give_feedback(warning=warning, user=receiver, told=made.told(warning))
    assert Outcome.objects.get().consignment == case.consignments.get()


def test_where_nothing_of_the_case_is_named_nothing_is_credited(case, chukursay, receiver):
    warning = made.warning_to(chukursay, case=case, visits=[], consignments=[])
    answers.give_feedback(warning=warning, user=receiver, told=made.told(warning))
    assert not Outcome.objects.exists()


def test_two_amendments_of_one_feedback_leave_one(answered, receiver):
    seen = last(answered)
    answers.amend_feedback(warning=answered, user=receiver, told=made.told(answered), supersedes=seen)
    with pytest.raises(FeedbackChangedError):
        answers.amend_feedback(warning=answered, user=receiver, told=made.told(answered), supersedes=seen)
    assert (Feedback.objects.count(), len(outcomes_of(answered))) == (2, 1)


def test_which_rules_are_credited_is_for_the_sender_alone(answered, liaison, receiver, chukursay):
    line = Message.objects.visible_to(liaison).get(facts__event="credited")
    assert line.facts["rules"] == ["R-1"]
    for user in (receiver, factories.person(chukursay, Role.SUPERVISOR)):
        assert not Message.objects.visible_to(user).filter(facts__event="credited").exists()


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("located", {"located": ""}),
        ("located", {"located": "no"}),
        ("action", {"action": ""}),
        ("action", {"action": "none"}),
        ("result", {"result": "maybe"}),
        ("result", {"result": "clean"}),
        ("located_at", {"located_at": timezone.now() + timedelta(days=3)}),
        ("equipment", {"equipment": []}),
        ("equipment", {"equipment": ["MSKU9999999"]}),
        ("commodity", {"commodity": ""}),
        ("quantity", {"quantity": " "}),
        ("quantity", {"quantity": "x" * 241}),
        ("new_facts", {"new_facts": "x" * 4001}),
        ("why_not", {"why_not": "no_capacity"}),
    ],
)
def test_a_feedback_that_does_not_fit_is_told_by_its_field(warning, receiver, field, changes):
    with pytest.raises(InvalidFeedbackError) as refused:
        answers.give_feedback(warning=warning, user=receiver, told=made.told(warning, **changes))
    assert field in refused.value.errors
    assert not Feedback.objects.exists()
    warning.refresh_from_db()
    assert warning.state == "sent"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("why_not", {"why_not": ""}),
        ("new_facts", {"why_not": "other"}),
        ("action", {"action": "full_devanning"}),
        ("result", {"seized": True}),
        ("result", {"commodity": "drugs"}),
        ("equipment", {"equipment": ["MSKU0000000"]}),
    ],
)
def test_no_examination_needs_a_reason_and_holds_no_find(warning, receiver, field, changes):
    said = {"located": "yes", "action": "none", "result": "not_examined", "why_not": "no_capacity"}
    with pytest.raises(InvalidFeedbackError) as refused:
        answers.give_feedback(warning=warning, user=receiver, told=answers.Told(**said | changes))
    assert set(refused.value.errors) == {field}
