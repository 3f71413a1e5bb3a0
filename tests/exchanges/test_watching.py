"""A warning becomes lookouts of the unit that was warned, and of nobody else."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exchanges.choices import State
from exchanges.errors import InvalidWarningError, NotNowError
from exchanges.models import Message, PartnerWarning
from exchanges.services import answers, clocks, composing
from exchanges.services.answering import acknowledge
from exchanges.services.sending import recall
from exchanges.services.telling import tell_hits
from exchanges.services.watching import Watchable, lookouts_of, make_lookouts, proposed_action, watchables
from exchanges.tasks import sweep_exchanges
from pcu.accounts.models import Membership
from pcu.accounts.roles import Agency, Role
from profiling.lookouts import previewing
from profiling.lookouts.choices import Action, Kind
from profiling.lookouts.models import Lookout
from tests import factories
from tests import factories_exchanges as made
from tests.factories_lookouts import HitFactory, LookoutFactory
from tests.web.conftest import signed_in
from tests.web.pages import text


@pytest.fixture
def container(warning) -> Watchable:
    return next(one for one in watchables(warning) if one.kind == Kind.CONTAINER)


def until(days=10):
    return timezone.localdate() + timedelta(days=days)


def test_a_warning_names_what_can_be_watched_for_each_once(warning):
    found = watchables(warning)
    assert len(found) == len(set(found)) > 0
    assert {one.value for one in found if one.kind == Kind.CONTAINER} == {
        each["number"] for each in warning.body["equipment"] if each["kind"] == "container"
    }
    assert proposed_action(warning) in Action


def test_lookouts_are_placed_for_the_warned_unit_and_the_warning_counts_as_taken_up(warning, receiver, container):
    (placed,) = make_lookouts(
        warning=warning, user=receiver, chosen=[container], action=Action.MUST_EXAMINE, expires_on=until()
    )
    warning.refresh_from_db()
    assert (warning.state, warning.acknowledged_by) == (State.LOOKOUT, receiver)
    assert (placed.unit, placed.source, placed.source_ref) == (warning.to_unit, "partner", warning.number)
    assert [one.lookout for one in lookouts_of(warning, receiver)] == [placed]
    again = acknowledge(warning=warning, user=receiver)
    assert again.state == State.LOOKOUT


def test_the_sender_does_not_see_them(warning, receiver, liaison, container):
    make_lookouts(warning=warning, user=receiver, chosen=[container], action=Action.INFORM, expires_on=until())
    assert lookouts_of(warning, liaison) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"chosen": []}, "chosen"),
        ({"chosen": [Watchable(Kind.CONTAINER, "MSKU0000001")]}, "chosen"),
        ({"action": "explode"}, "action"),
        ({"expires_on": None}, "expires_on"),
        ({"expires_on": timezone.localdate() - timedelta(days=2)}, "expires_on"),
        ({"expires_on": timezone.localdate() + timedelta(days=800)}, "expires_on"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_placed(warning, receiver, container, change, field):
    asked = {"chosen": [container], "action": Action.INFORM, "expires_on": until(), **change}
    with pytest.raises(InvalidWarningError) as refused:
        make_lookouts(warning=warning, user=receiver, **asked)
    assert field in refused.value.errors
    assert not Lookout.objects.exists()


def test_only_the_warned_unit_and_only_while_the_warning_is_open(warning, liaison, stranger, receiver, container):
    asked = {"chosen": [container], "action": Action.INFORM, "expires_on": until()}
    for user in (liaison, stranger, factories.person(warning.to_unit, Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            make_lookouts(warning=warning, user=user, **asked)
    recall(warning=warning, user=liaison, reason="Wrong train")
    with pytest.raises(NotNowError):
        make_lookouts(warning=warning, user=receiver, **asked)


def test_page_and_api_place_them(client, warning, receiver, stranger, container):
    page = f"/messages/{warning.thread.ref}/lookouts/"
    client.force_login(stranger)
    assert client.get(page).status_code == 404
    client.force_login(receiver)
    assert container.value in client.get(page).content.decode()
    refused = client.post(page, {"chosen": [], "action": "inform", "expires_on": str(until())})
    assert refused.status_code == 422
    done = client.post(page, {"chosen": [container.key], "action": "inform", "expires_on": str(until())})
    assert done.status_code == 302
    body = {
        "chosen": [{"kind": "container", "value": container.value}],
        "action": "open_case",
        "expires_on": str(until(20)),
    }
    api = f"/api/v1/warnings/{warning.ref}/lookouts/"
    told = client.post(api, body, content_type="application/json")
    assert (told.status_code, told.json()["state"]) == (200, "lookout")
    assert Lookout.objects.count() == 2
    assert "lookouts placed by" in client.get(f"/messages/{warning.thread.ref}/").content.decode()


def test_what_was_meant_for_one_agency_stays_with_it(case, chukursay):
    warning = made.warning_to(chukursay, case=case, agency=Agency.POLICE)
    police, customs = factories.person(chukursay), factories.person(chukursay)
    Membership.objects.filter(user=police).update(agency=Agency.POLICE)
    one = next(one for one in watchables(warning) if one.kind == Kind.CONTAINER)
    make_lookouts(warning=warning, user=police, chosen=[one], action=Action.OPEN_CASE, expires_on=until())
    assert len(lookouts_of(warning, factories.person(chukursay))) == 0
    assert len(lookouts_of(warning, police)) == 1
    assert not Lookout.objects.visible_to(customs).exists()


def test_a_hit_is_told_to_both_sides_once_and_names_no_case(warning, receiver, liaison, chukursay, container):
    asked = {"chosen": [container], "action": Action.OPEN_CASE, "expires_on": until()}
    (lookout,) = make_lookouts(warning=warning, user=receiver, **asked)
    own = made.case_to_warn_of(chukursay)
    HitFactory(lookout=lookout, consignment=own.consignments.get())
    HitFactory(lookout=lookout)
    for _each in range(3):
        sweep_exchanges()
    for user in (receiver, liaison):
        (line,) = Message.objects.visible_to(user).filter(facts__event="hit")
        assert line.facts == {"event": "hit", "kind": "container", "value": container.value}
    ours = text(signed_in(liaison).get(reverse("thread", args=[warning.thread.ref])))
    assert "lookout met, container number" in ours
    assert own.number not in ours
    assert lookout.number not in ours


def test_nothing_is_told_of_silent_lookouts_nor_of_those_of_other_units(warning, receiver, dushanbe, container):
    asked = {"chosen": [container], "action": Action.SILENT, "expires_on": until()}
    (lookout,) = make_lookouts(warning=warning, user=receiver, **asked)
    HitFactory(lookout=lookout)
    HitFactory(lookout__unit=dushanbe, lookout__source="partner", lookout__source_ref=warning.number)
    sweep_exchanges()
    assert not Message.objects.filter(facts__event="hit").exists()


def thread_as_told_to(user, warning):
    return text(signed_in(user).get(reverse("thread", args=[warning.thread.ref])))


def test_a_silent_lookout_is_known_to_who_placed_it_alone(warning, receiver, liaison, chukursay, container):
    asked = {"chosen": [container], "action": Action.SILENT, "expires_on": until()}
    (lookout,) = make_lookouts(warning=warning, user=receiver, **asked)
    warning.refresh_from_db()
    assert (warning.state, warning.acknowledged_by) == (State.ACKNOWLEDGED, receiver)
    assert list(Message.objects.values_list("facts__event", flat=True)) == ["acknowledged"]
    assert str(lookout.ref) in thread_as_told_to(receiver, warning)
    colleague = factories.person(chukursay)
    for user in (liaison, colleague):
        page = thread_as_told_to(user, warning)
        assert str(lookout.ref) not in page
        assert "lookout made" not in page.lower()
        assert "lookouts placed" not in page
    placed_too = make_lookouts(warning=warning, user=colleague, **asked)
    assert len(placed_too) == 1, "an answer that it stands already would tell of the other"
    assert make_lookouts(warning=warning, user=receiver, **asked) == []


def test_a_silent_lookout_takes_nothing_from_a_loud_one(warning, receiver, container):
    loud, other = container, next(one for one in watchables(warning) if one.kind == Kind.SEAL)
    make_lookouts(warning=warning, user=receiver, chosen=[loud], action=Action.INFORM, expires_on=until())
    make_lookouts(warning=warning, user=receiver, chosen=[other], action=Action.SILENT, expires_on=until())
    warning.refresh_from_db()
    assert warning.state == State.LOOKOUT
    assert Message.objects.filter(facts__event="lookout").count() == 1


def test_of_what_was_tied_to_a_warning_by_hand_only_what_it_names_is_told(warning, receiver, container):
    asked = {"chosen": [container], "action": Action.INFORM, "expires_on": until()}
    make_lookouts(warning=warning, user=receiver, **asked)
    by_hand = {"unit": warning.to_unit, "source": "partner", "source_ref": warning.number}
    HitFactory(lookout=LookoutFactory(**by_hand, value="OOLU 812345 6"))
    HitFactory(lookout=LookoutFactory(**by_hand, value=container.value, agency="police"))
    sweep_exchanges()
    assert not Message.objects.filter(facts__event="hit").exists()
    HitFactory(lookout=LookoutFactory(**by_hand, value=container.value))
    sweep_exchanges()
    assert Message.objects.get(facts__event="hit").facts["value"] == container.value


def test_hits_are_told_in_few_queries_however_many_there_are(case, chukursay, receiver, liaison):
    def watched():
        warning = made.warning_to(chukursay, case=case, user=liaison)
        chosen = [one for one in watchables(warning) if one.kind in (Kind.CONTAINER, Kind.SEAL)]
        asked = {"action": Action.INFORM, "expires_on": until()}
        for lookout in make_lookouts(warning=warning, user=receiver, chosen=chosen, **asked):
            HitFactory.create_batch(2, lookout=lookout)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            told.append(tell_hits())
        return len(captured)

    told: list[int] = []
    watched()
    few = queries()
    for _each in range(3):
        watched()
    assert queries() == few
    assert told[1] == 3 * told[0] > 0
    assert tell_hits() == 0


@pytest.mark.parametrize(("kind", "watched"), [("swap_body", Kind.CONTAINER), ("chassis", Kind.PLATE)])
def test_every_kind_of_equipment_can_be_watched_for_as_cargo_is(warning, container, kind, watched):
    for one in warning.body["equipment"]:
        one["kind"] = kind
    warning.save()
    assert Watchable(watched, container.value) in watchables(warning)


def test_the_proposed_end_is_one_that_a_lookout_may_have(case, chukursay, liaison, receiver):
    warning = made.warning_to(chukursay, case=case, user=liaison, expires_at=timezone.now() + timedelta(days=365.9))
    page = signed_in(receiver).get(reverse("warning_lookouts", args=[warning.thread.ref]))
    one = watchables(warning)[0]
    asked = {"action": Action.INFORM, "expires_on": page.context["expires_on"]}
    assert make_lookouts(warning=warning, user=receiver, chosen=[one], **asked)


@pytest.mark.django_db(transaction=True)
def test_a_thread_in_use_is_left_to_the_next_sweep_and_holds_none_up(warning, receiver, container):
    asked = {"chosen": [container], "action": Action.INFORM, "expires_on": until()}
    (lookout,) = make_lookouts(warning=warning, user=receiver, **asked)
    HitFactory(lookout=lookout)
    PartnerWarning.objects.update(expires_at=timezone.now())
    told: list[tuple[int, int, int]] = []

    def sweeps():
        try:
            told.append((tell_hits(), clocks.expire(), clocks.remind(now=timezone.now() + timedelta(days=20))))
        finally:
            connection.close()

    for is_held in (True, False):
        sweep = threading.Thread(target=sweeps)
        with transaction.atomic():
            if is_held:
                composing.locked(warning)
            sweep.start()
            sweep.join(20)
            assert not sweep.is_alive()
    assert told == [(0, 0, 0), (1, 1, 0)], "an expired warning reminds of nothing"


def test_a_part_of_the_sweep_that_fails_keeps_no_other_from_its_work(warning, monkeypatch):
    def fails():
        raise RuntimeError("disk full")

    monkeypatch.setattr("exchanges.services.telling.tell_hits", fails)
    PartnerWarning.objects.update(expires_at=timezone.now())
    with pytest.raises(ExceptionGroup):
        sweep_exchanges()
    warning.refresh_from_db()
    assert warning.state == State.EXPIRED


def test_hits_are_counted_without_those_that_one_may_not_see(warning, receiver, chukursay, container):
    asked = {"chosen": [container], "action": Action.INFORM, "expires_on": until()}
    (lookout,) = make_lookouts(warning=warning, user=receiver, **asked)
    HitFactory.create_batch(2, lookout=lookout)
    HitFactory(lookout=lookout, unit=factories.UnitFactory(code="TAS", parent__code="UZ"))
    (placed,) = lookouts_of(warning, receiver)
    assert placed.hits == 2
    assert "2 hits" in thread_as_told_to(receiver, warning)


def test_what_would_match_everything_is_told_and_changes_nothing(monkeypatch, warning, receiver, container, chukursay):
    monkeypatch.setattr(previewing, "FEW", 0)
    now = timezone.now()
    consignment = factories.ConsignmentFactory(call__unit=chukursay, created_at=now, updated_at=now)
    told = factories.VersionFactory(consignment=consignment, received_at=now)
    visit = factories.VisitFactory(call=consignment.call, number=container.value)
    factories.LoadingFactory(version=told, visit=visit)
    asked = {"chosen": [container.key], "action": "inform", "expires_on": str(until())}
    page = signed_in(receiver).post(reverse("warning_lookouts", args=[warning.thread.ref]), asked)
    assert page.status_code == 422
    assert "It would have matched 1 times" in text(page)
    warning.refresh_from_db()
    assert (warning.state, warning.acknowledged_at) == (State.SENT, None)
    assert not Lookout.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("ended", ["recalled", "expired"])
def test_of_a_warning_that_is_over_no_lookouts_are_offered(warning, liaison, receiver, container, ended):
    if ended == "recalled":
        recall(warning=warning, user=liaison, reason="Wrong train")
    else:
        PartnerWarning.objects.update(expires_at=timezone.now())
        sweep_exchanges()
    address = reverse("warning_lookouts", args=[warning.thread.ref])
    asked = {"chosen": [container.key], "action": "inform", "expires_on": str(until())}
    desk = signed_in(receiver)
    for page in (desk.get(address), desk.post(address, asked)):
        assert page.status_code == 409
        assert "cannot be done with warning" in text(page)
        assert 'name="chosen"' not in page.content.decode()
    assert not Lookout.objects.exists()


def test_a_second_click_on_the_page_says_that_they_stand(warning, receiver, container):
    asked = {"chosen": [container.key], "action": "inform", "expires_on": str(until())}
    desk, address = signed_in(receiver), reverse("warning_lookouts", args=[warning.thread.ref])
    assert "1 lookout is placed" in text(desk.post(address, asked, follow=True))
    assert "stand already" in text(desk.post(address, asked, follow=True))
    assert Lookout.objects.count() == 1


def test_an_answered_warning_is_told_of_no_more_hits(warning, receiver, container):
    asked = {"chosen": [container], "action": Action.OPEN_CASE, "expires_on": until()}
    (lookout,) = make_lookouts(warning=warning, user=receiver, **asked)
    answers.give_feedback(warning=warning, user=receiver, told=made.told(warning))
    HitFactory(lookout=lookout)
    sweep_exchanges()
    assert not Message.objects.filter(facts__event="hit").exists()
