"""What is sent from one form twice, or called under one key twice, is there once."""

from __future__ import annotations

import re
import threading

import pytest
from django.db import connection
from django.urls import reverse

from exchanges.models import Message, PartnerWarning, Thread
from exchanges.services import composing, sending, talk
from inspections.models import Inspection
from pcu.accounts.models import User
from pcu.desk import once
from tests import factories_exchanges as made
from tests.exchanges.test_pages import feedback_of
from tests.factories_inspections import seized
from tests.web.conftest import signed_in
from tests.web.pages import text

KEY = re.compile(r'name="form_key" value="([^"]+)"')


def key_on(page) -> str:
    found = KEY.search(text(page))
    assert found
    return found[1]


def test_a_message_sent_by_a_second_click_stands_once(warning, receiver):
    desk, page = signed_in(receiver), reverse("thread", args=[warning.thread.ref])
    said = {"text": "Has it left?", "kind": "question", "form_key": key_on(desk.get(page))}
    write = reverse("thread_write", args=[warning.thread.ref])
    for _click in range(2):
        assert desk.post(write, said).status_code == 302
    assert Message.objects.filter(kind="question").count() == 1
    desk.post(write, said | {"text": "Or stayed?"})
    desk.post(write, said | {"form_key": key_on(desk.get(page))})
    assert Message.objects.filter(kind="question").count() == 3, "other words, or a page seen anew, are meant"


def test_a_key_is_of_one_person(warning, receiver, liaison, altynkol, chukursay):
    for user, unit in ((receiver, chukursay), (liaison, altynkol)):
        talk.write(thread=warning.thread, user=user, unit=unit, text="Yes", form_key="1")
    assert Message.objects.filter(kind="text").count() == 2


def test_without_a_key_everything_is_meant(warning, receiver, chukursay):
    for _each in range(2):
        talk.write(thread=warning.thread, user=receiver, unit=chukursay, text="Yes")
    assert Message.objects.filter(kind="text", once="").count() == 2


def test_a_question_and_a_notice_open_one_thread_each(case, liaison, chukursay):
    desk = signed_in(liaison)
    ask = reverse("message_ask")
    said = {"to_unit": "CHU", "subject": "Wagons", "text": "How many?", "kind": "question"}
    said["form_key"] = key_on(desk.get(ask))
    first, second = desk.post(ask, said), desk.post(ask, said)
    assert (first.status_code, second.url) == (302, first.url)
    seizure = seized(case)
    Inspection.objects.filter(pk=seizure.inspection_id).update(state="approved")
    notice = reverse("seizure_notice", args=[seizure.ref])
    told = {"to_unit": "CHU", "form_key": key_on(desk.get(notice))}
    first, second = desk.post(notice, told), desk.post(notice, told)
    assert (first.status_code, second.url) == (302, first.url)
    assert Thread.objects.count() == 2


def test_a_warning_written_by_a_second_click_is_one_draft_and_sent_by_a_second_call_one_warning(
    case, chukursay, liaison
):
    contents = made.contents(case, chukursay)
    first = composing.compose(case=case, user=liaison, contents=contents, form_key="page")
    assert composing.compose(case=case, user=liaison, contents=contents, form_key="page") == first
    assert KEY.search(text(signed_in(liaison).get(reverse("case_warn", args=[case.ref]))))
    sent = sending.compose_and_send(case=case, user=liaison, contents=contents, form_key="call")
    assert sending.compose_and_send(case=case, user=liaison, contents=contents, form_key="call") == sent
    assert sorted(PartnerWarning.objects.values_list("state", flat=True)) == ["draft", "sent"]


def test_feedback_sent_twice_is_told_clearly_and_kept_once(warning, receiver):
    desk, address = signed_in(receiver), reverse("warning_feedback", args=[warning.thread.ref])
    assert desk.post(address, feedback_of(warning)).status_code == 302
    again = desk.post(address, feedback_of(warning))
    assert again.status_code == 409
    assert "Answered already by" in text(again)
    assert warning.feedback.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_the_second_waits_and_finds_what_the_first_has_made(liaison, altynkol, chukursay):
    start = threading.Barrier(2)
    opened: list[int] = []

    def click() -> None:
        try:
            start.wait(10)
            thread = talk.open_thread(
                user=User.objects.get(pk=liaison.pk),
                from_unit=altynkol,
                to_unit=chukursay,
                subject="Wagons",
                text="How many?",
                form_key=key,
            )
            opened.append(thread.pk)
        finally:
            connection.close()

    key = once.new_key()
    clicks = [threading.Thread(target=click) for _each in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(30)
    assert len(opened) == 2
    assert len(set(opened)) == 1
    assert Thread.objects.count() == 1
    assert Message.objects.count() == 1
