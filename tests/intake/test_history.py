"""A unit loads the manifests of its past: they are remembered, and nobody is asked to act upon them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from pcu.accounts import services as accounts
from pcu.accounts.models import User
from pcu.accounts.roles import Role
from profiling.cargo.models import ConsignmentVersion, EquipmentVisit, MovementEvent
from profiling.cases.models import Case
from profiling.parties.models import Party
from profiling.rules.models import Assessment, Release
from tests.intake.conftest import FIXTURES

RAIL = json.loads((FIXTURES / "rail.json").read_text())


@pytest.fixture
def keeper(altynkol) -> User:
    """Who runs the installation."""
    user = accounts.create_person(username="keeper", password="gauge-1520-mm-rail")
    accounts.grant(user=user, unit=altynkol, role=Role.ADMINISTRATOR)
    return user


def train(days_ago: float, number: str = "1204", **changes) -> bytes:
    """The sample train so many days ago."""
    eta = (datetime.now(tz=UTC) - timedelta(days=days_ago)).isoformat(timespec="minutes")
    conveyance = {**RAIL["conveyance"], "identifier": number, "voyage": number, "eta": eta}
    return json.dumps({**RAIL, "conveyance": conveyance, "message_ref": number, **changes}).encode()


def test_history_is_kept_as_of_its_arrival_and_nothing_of_it_is_scored(push, keeper):
    submission = push(train(400), sender=keeper, history=True)
    assert (submission.status, submission.flagged_count) == ("done", 0), submission.failure
    versions = ConsignmentVersion.objects.filter(submission=submission)
    assert versions.count() == submission.accepted_count > 0
    assert {(datetime.now(tz=UTC) - version.received_at).days for version in versions} == {400}
    assert EquipmentVisit.objects.exists()
    assert not Assessment.objects.exists()
    assert not Case.objects.exists()


def test_what_history_tells_is_known_of_cargo_that_comes_now(push, keeper):
    push(train(400), sender=keeper, history=True)
    push(train(-1, "1206", manifest_number="1206"))
    said = Assessment.objects.filter(version__mentions__role="consignee").first().indicators
    assert said["consignee_days_known"] == 400
    assert said["consignee_first_time"] is False


def test_the_oldest_mention_counts_in_whatever_order_history_comes(push, keeper):
    for days in (100, 400, 200):
        push(train(days, f"12{days}", manifest_number=f"12{days}"), sender=keeper, history=True)
    oldest = {(datetime.now(tz=UTC) - seen).days for seen in Party.objects.values_list("first_seen_at", flat=True)}
    assert oldest == {400}


def test_a_sender_cannot_call_its_cargo_history(push, client_system):
    with pytest.raises(PermissionDenied):
        push(train(400), history=True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (train(-1), "history_not_past"),
        (train(400, function="replace"), "history_not_original"),
    ],
)
def test_what_is_no_history_is_rejected_as_such(push, keeper, content, code):
    submission = push(content, sender=keeper, history=True)
    assert submission.status == "rejected"
    assert code in submission.problems.values_list("code", flat=True)
    assert not ConsignmentVersion.objects.exists()


def test_history_changes_nothing_of_what_was_told_before(push, keeper):
    now = push(train(0.1))
    cases = Case.objects.count()
    current = set(EquipmentVisit.objects.values_list("number", "current"))
    again = push(train(0.2), sender=keeper, history=True)
    assert again.problems.filter(code="history_known").count() == now.accepted_count
    assert ConsignmentVersion.objects.exclude(submission=now).count() == 0
    assert set(EquipmentVisit.objects.values_list("number", "current")) == current
    assert Case.objects.count() == cases


def test_events_of_the_past_open_no_case(push, keeper):
    """A gate of years ago tells of equipment that nobody announced: it is kept, and nobody is sent to look for it."""
    Release.objects.update(sample_rate=Decimal(1))
    gate = (FIXTURES / "messages" / "codeco.edi").read_bytes().replace(b"2026102", b"2025102")
    gate = gate.replace(b"NAD+MS+PTITERM'", b"DTM+132:202510240600:203'NAD+MS+PTITERM'")
    told = push(gate, sender=keeper, history=True)
    assert (told.status, told.flagged_count) == ("done", 0)
    assert MovementEvent.objects.count() == 3
    assert not Assessment.objects.exists()
    assert not Case.objects.exists()
