"""The pages of messages: what each side reads, what is refused and how, and what they cost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exchanges.models import Feedback, Message, PartnerWarning, Thread
from exchanges.services import answering, answers, clocks, talk
from pcu.accounts.roles import Role
from profiling.cases.models import Outcome
from tests import factories
from tests import factories_exchanges as made
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, queries_of, text

INBOX = reverse("messages")


def page_of(warning, name="thread"):
    return reverse(name, args=[warning.thread.ref])


def form_of(case, **changes):
    said = {
        "to_unit": "CHU",
        "subject": "Plastic ware",
        "grounds": "Seal differs",
        "visits": [str(visit.ref) for visit in case.visits.all()],
        "consignments": [str(one.ref) for one in case.consignments.all()],
        "roles": ["consignee"],
        "with_goods": "on",
        "action": "unload",
        "urgency": "urgent",
        "handling": "restricted",
        "expires_on": (timezone.now() + timedelta(days=20)).date().isoformat(),
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


def test_from_a_case_to_a_draft_to_the_other_side(case, chukursay, liaison, receiver):
    desk = signed_in(liaison)
    shown = text(desk.get(reverse("case", args=[case.ref])))
    assert reverse("case_warn", args=[case.ref]) in shown
    assert "No other unit was warned from this case." in shown
    compose = desk.get(reverse("case_warn", args=[case.ref]))
    assert compose.status_code == 200
    assert not holds_something_inline(compose)
    made_draft = desk.post(reverse("case_warn", args=[case.ref]), form_of(case))
    warning = PartnerWarning.objects.get()
    assert made_draft.headers["Location"] == page_of(warning)
    draft = text(desk.get(page_of(warning)))
    assert "will read exactly this" in draft
    assert signed_in(receiver).get(page_of(warning)).status_code == 404
    desk.post(page_of(warning, "warning_send"))
    warning.refresh_from_db()
    assert warning.state == "sent"
    assert warning.number in text(desk.get(reverse("case", args=[case.ref])))


def test_the_receiver_reads_the_body_and_nothing_of_the_senders_case(warning, case, receiver, altynkol, liaison):
    talk.write(thread=warning.thread, user=liaison, unit=altynkol, text="Ask the informant", kind="note")
    answers.give_feedback(warning=warning, user=receiver, told=made.told(warning))
    theirs = signed_in(receiver).get(page_of(warning))
    assert made.BIN in text(theirs)
    assert not holds_something_inline(theirs)
    for secret in (case.number, str(case.ref), "informant", "R-1", made.IIN, "credited"):
        assert secret not in text(theirs)
    ours = text(signed_in(liaison).get(page_of(warning)))
    for shown in (case.number, "informant", "R-1", "credited"):
        assert shown in ours


def test_the_sender_reads_nothing_of_the_receivers_case(warning, case, chukursay, liaison, receiver):
    own = made.case_to_warn_of(chukursay)
    own.visits.update(number=case.visits.get().number)
    talk.write(thread=warning.thread, user=receiver, unit=chukursay, text="Our source agrees", kind="note")
    assert own.number in text(signed_in(receiver).get(page_of(warning)))
    assert "warned us of this equipment" in text(signed_in(receiver).get(reverse("case", args=[own.ref])))
    ours = text(signed_in(liaison).get(page_of(warning)))
    assert own.number not in ours
    assert "Our source" not in ours


def test_opening_tells_the_sender_and_looking_at_the_list_does_not(warning, receiver, liaison):
    desk = signed_in(receiver)
    assert 'class="newdot"' in text(desk.get(INBOX))
    warning.refresh_from_db()
    assert warning.state == "sent"
    desk.get(page_of(warning))
    warning.refresh_from_db()
    assert (warning.state, warning.read_by) == ("read", receiver)
    assert 'class="newdot"' not in text(desk.get(INBOX))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("to_unit", {"to_unit": None}),
        ("to_unit", {"to_unit": "ALT"}),
        ("grounds", {"grounds": " "}),
        ("expires_on", {"expires_on": "2020-01-01"}),
        ("expires_on", {"expires_on": "soon"}),
        ("action", {"action": "dance"}),
        ("persons_reason", {"with_persons": "on"}),
        ("eta", {"eta": "yesterday"}),
    ],
)
def test_a_fault_of_the_form_stands_beside_its_field_and_what_was_typed_stays(case, chukursay, liaison, field, changes):
    answer = signed_in(liaison).post(reverse("case_warn", args=[case.ref]), form_of(case, **changes))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert "Plastic ware" in text(answer)
    assert not PartnerWarning.objects.exists()


def test_a_draft_for_the_unit_only_says_why_it_is_not_sent(case, chukursay, liaison):
    draft = made.draft_to(chukursay, case=case, user=liaison, handling="unit")
    answer = signed_in(liaison).post(page_of(draft, "warning_send"))
    assert answer.status_code == 422
    assert "What is for this unit only is not sent" in text(answer)


def test_a_draft_is_changed_and_thrown_away_on_its_page(draft, case, chukursay, liaison):
    desk = signed_in(liaison)
    before = desk.get(page_of(draft, "warning_change"))
    assert before.context["form"].initial["visits"] == [str(case.visits.get().ref)]
    desk.post(page_of(draft, "warning_change"), form_of(case, subject="Other words"))
    draft.refresh_from_db()
    assert draft.body["subject"] == "Other words"
    desk.post(page_of(draft, "warning_discard"))
    assert not Thread.objects.exists()


def test_recalling_without_a_reason_is_told_and_with_one_is_read_by_both(warning, liaison, receiver):
    desk = signed_in(liaison)
    assert desk.post(page_of(warning, "warning_recall"), {"reason": ""}).status_code == 422
    desk.post(page_of(warning, "warning_recall"), {"reason": "Wrong container"})
    theirs = signed_in(receiver)
    assert "Wrong container" in text(theirs.get(page_of(warning)))
    refused = theirs.post(page_of(warning, "warning_acknowledge"))
    assert refused.status_code == 409
    assert "recalled" in text(refused)


def feedback_of(warning, **changes):
    said = {
        "located": "yes",
        "result": "found",
        "action": "full_devanning",
        "equipment": [one["number"] for one in warning.body["equipment"]],
        "commodity": "tobacco",
        "quantity": "10 cartons",
        "seized": "on",
        "useful": "yes",
        "new_facts": "Behind two rows",
    }
    return said | changes


def test_feedback_is_given_then_amended_and_a_second_first_one_is_refused(warning, receiver, chukursay):
    desk = signed_in(receiver)
    address = page_of(warning, "warning_feedback")
    fresh = desk.get(address)
    assert not holds_something_inline(fresh)
    assert desk.post(address, feedback_of(warning)).status_code == 302
    twice = signed_in(factories.person(chukursay)).post(address, feedback_of(warning, new_facts="Mine"))
    assert twice.status_code == 409
    assert "Answered already by" in text(twice)
    assert "Mine" in text(twice)
    amends = re.search(r'name="amends"[^>]*value="([^"]+)"', text(desk.get(address)), re.S)[1]
    assert desk.post(address, feedback_of(warning, result="clean", amends=amends)).status_code == 302
    assert [one.result for one in Feedback.objects.order_by("pk")] == ["found", "clean"]
    assert Feedback.objects.latest("pk").commodity == ""
    stale = desk.post(address, feedback_of(warning, amends=amends))
    assert stale.status_code == 409
    assert desk.post(address, feedback_of(warning, amends="rubbish")).status_code == 404


def test_feedback_begins_with_what_the_units_own_case_came_to(warning, case, chukursay, receiver):
    own = made.case_to_warn_of(chukursay)
    visit = own.visits.get()
    own.visits.update(number=case.visits.get().number)
    Outcome.objects.create(
        unit=chukursay,
        case=own,
        visit=visit,
        result="found",
        status="preliminary",
        source="own_inspection",
        method="partial_devanning",
        commodity="tobacco",
        recorded_by=receiver,
        recorded_at=timezone.now(),
    )
    initial = signed_in(receiver).get(page_of(warning, "warning_feedback")).context["form"].initial
    assert initial == {
        "located": "yes",
        "result": "found",
        "equipment": [case.visits.get().number],
        "action": "partial_devanning",
        "commodity": "tobacco",
    }


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_may_not_answer_reads_only(warning, chukursay, role):
    desk = signed_in(factories.person(chukursay, role))
    assert "Acknowledge</button>" not in text(desk.get(page_of(warning)))
    assert desk.post(page_of(warning, "warning_acknowledge")).status_code == 403
    assert desk.get(page_of(warning, "warning_feedback")).status_code == 403
    assert desk.post(page_of(warning, "thread_write"), {"text": "Hm"}).status_code == 403


def test_who_may_not_warn_is_not_offered_it(case, altynkol, chukursay):
    desk = signed_in(factories.person(altynkol))
    assert reverse("case_warn", args=[case.ref]) not in text(desk.get(reverse("case", args=[case.ref])))
    assert desk.get(reverse("case_warn", args=[case.ref])).status_code == 403
    assert desk.get(reverse("message_ask")).status_code == 403


def test_a_third_unit_finds_nothing(warning, draft, case, stranger):
    desk = signed_in(stranger)
    for name in ("thread", "warning_feedback"):
        assert desk.get(page_of(warning, name)).status_code == 404
    posts = ("send", "discard", "recall", "acknowledge")
    for name in (*(f"warning_{one}" for one in posts), "thread_write", "warning_change", "warning_feedback"):
        assert desk.post(page_of(draft, name), {"text": "Hm", "reason": "Hm"}).status_code == 404
    assert desk.get(reverse("case_warn", args=[case.ref])).status_code == 404
    assert warning.number not in text(desk.get(INBOX))


def test_writing_asks_answers_and_keeps_notes(warning, liaison, receiver):
    ours, theirs = signed_in(liaison), signed_in(receiver)
    address = page_of(warning, "thread_write")
    assert ours.post(address, {"text": " ", "kind": "text"}).status_code == 422
    ours.post(address, {"text": "Seen this firm before?", "kind": "question"})
    assert "We cannot say" in text(theirs.get(page_of(warning)))
    theirs.post(address, {"text": "Yes", "kind": "text"})
    assert "We cannot say" not in text(theirs.get(page_of(warning)))
    assert [one.kind for one in Message.objects.exclude(kind="event")] == ["question", "text"]
    bad = ours.post(address, {"text": "Hm", "kind": "event"})
    assert bad.status_code == 422


def test_a_unit_asks_another_apart_from_any_warning(altynkol, chukursay, liaison, receiver, stranger):
    desk = signed_in(liaison)
    empty = desk.post(reverse("message_ask"), {"kind": "question"})
    assert set(empty.context["form"].errors) == {"to_unit", "subject", "text"}
    said = {"to_unit": "CHU", "subject": "Somon Savdo", "text": "Seen in 24 months?", "kind": "question"}
    asked = desk.post(reverse("message_ask"), said)
    assert asked.status_code == 302
    thread = Thread.objects.get()
    assert thread.number.startswith("ALT-M-")
    assert "Seen in 24 months?" in text(signed_in(receiver).get(asked.headers["Location"]))
    assert signed_in(stranger).get(asked.headers["Location"]).status_code == 404


def menu_count(client):
    found = re.search(r'class="n n-hot">(\d+)', text(client.get(INBOX)))
    return int(found[1]) if found else 0


def test_the_menu_counts_what_waits_for_the_unit(warning, liaison, receiver, altynkol):
    ours, theirs = signed_in(liaison), signed_in(receiver)
    assert (menu_count(ours), menu_count(theirs)) == (0, 1)
    answering.acknowledge(warning=warning, user=receiver)
    assert menu_count(theirs) == 0
    clocks.remind(now=warning.sent_at + timedelta(days=3, hours=12))
    assert (menu_count(ours), menu_count(theirs)) == (0, 1)
    answers.give_feedback(warning=warning, user=receiver, told=made.told(warning))
    talk.write(thread=warning.thread, user=receiver, unit=warning.to_unit, text="Again?", kind="question")
    assert (menu_count(ours), menu_count(theirs)) == (1, 0)


def shown_in(client, query=""):
    return set(re.findall(r'data-row="([^"]+)"', text(client.get(f"{INBOX}{query}"))))


def test_boxes_and_filters_say_which_threads(case, chukursay, dushanbe, liaison, receiver):
    one = made.warning_to(chukursay, case=case, user=liaison)
    two = made.warning_to(dushanbe, case=case, user=liaison, urgency="flash", subject="Cigarettes")
    answers.give_feedback(warning=one, user=receiver, told=made.told(one))
    desk = signed_in(liaison)
    first, second = str(one.thread.ref), str(two.thread.ref)
    number = one.body["equipment"][0]["number"]
    assert shown_in(desk) == {second}
    assert shown_in(desk, "?box=done") == {first}
    assert shown_in(desk, "?box=out") == {first, second}
    assert shown_in(desk, "?box=in") == set()
    assert shown_in(desk, "?box=out&q=cigar") == {second}
    assert shown_in(desk, f"?box=out&q={number[:4]} {number[4:]}") == {first, second}
    assert shown_in(desk, "?box=out&partner=CHU") == {first}
    assert shown_in(desk, "?box=out&urgency=flash") == {second}
    assert shown_in(desk, "?box=nonsense&urgency=nonsense&after=xx") == {second}
    assert shown_in(signed_in(receiver), "?box=in") == {first}


def test_the_pages_cost_the_same_however_much_there_is(case, chukursay, liaison):
    desk = signed_in(liaison)
    warning = made.warning_to(chukursay, case=case, user=liaison)
    few = [queries_of(desk, INBOX), queries_of(desk, page_of(warning))]
    for _each in range(4):
        made.warning_to(chukursay, case=case, user=liaison)
        talk.write(thread=warning.thread, user=liaison, unit=case.unit, text="Hm", kind="question")
    assert [queries_of(desk, INBOX), queries_of(desk, page_of(warning))] == few
