"""A client system reaches no cargo of another unit, and learns from no answer what others have announced."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from pcu.accounts import services as accounts
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Role
from profiling.cargo.models import MovementEvent
from profiling.documents.models import Document
from tests import factories
from tests.formats.messages import MESSAGES
from tests.intake.messages import edited, rows_of

SEA = MESSAGES["sea.edi"]
ABOUT_CARGO = ["codeco.edi", "coarri.edi", "coprar.edi", "vermas.edi", "iftmcs.edi", "cusdec.edi", "baplie_cells.edi"]


def client_of(unit: Unit, name: str) -> User:
    user = accounts.create_client(username=name, name=name.title())
    accounts.grant(user=user, unit=unit, role=Role.CLIENT)
    return user


@pytest.fixture
def dostyk(altynkol) -> Unit:
    return Unit.objects.create(
        code="DST", parent=altynkol.parent, names={"en": "Dostyk"}, country="KZ", post="rail", time_zone="Asia/Almaty"
    )


@pytest.mark.parametrize("name", [*ABOUT_CARGO, "cusrep.edi", "transfer-json"])
def test_what_a_client_of_another_unit_sends_never_touches_this_units_cargo(push, altynkol, dostyk, name):
    push(SEA)
    before = rows_of(altynkol)
    submission = push(MESSAGES[name], unit=dostyk, sender=client_of(dostyk, "terminal"))
    assert submission.status == "done"
    assert rows_of(altynkol) == before
    assert Document.objects.exclude(consignment=None).count() == 0


def told(client: Any, token: str, submission: Any) -> list[Any]:
    """Everything that a client system may ask about what it has sent, without names and times of the push."""
    bearer = {"Authorization": f"Token {token}"}
    ref = str(submission.ref)
    detail = client.get(f"/api/v1/manifests/{ref}/", headers=bearer).json()
    papers = client.get("/api/v1/documents/", headers=bearer).json()["results"]
    assert detail["status"] == "done"
    mine = {"ref", "created_at", "updated_at", "finished_at", "problems_url", "manifest"}
    plain = [{key: value for key, value in one.items() if key not in mine} for one in [detail, *papers]]
    moved = [one["updated_at"] != one["created_at"] for one in papers]
    for one in Document.objects.filter(submission=submission):
        asked = {"unmatched": "true"}, {"unmatched": "false"}, {"updated_since": one.updated_at.isoformat()}
        asked += ({"consignment": one.consignment.ref if one.consignment else uuid.uuid4()},)
        moved += [len(client.get("/api/v1/documents/", each, headers=bearer).json()["results"]) for each in asked]
    return [json.loads(json.dumps(plain)), moved]


@pytest.mark.parametrize("name", ABOUT_CARGO)
def test_no_answer_tells_whether_somebody_has_announced_what_a_message_names(push, altynkol, client, name):
    """The same asked of a unit where all of it stands and was told by others, and of one that knows nothing."""
    empty = Unit.objects.create(
        code="DST", parent=altynkol.parent, names={"en": "Altynkol"}, country="KZ", post="rail", time_zone="Asia/Almaty"
    )
    push(SEA)
    push(MESSAGES[name])
    answers = []
    for unit in (altynkol, empty):
        spy = client_of(unit, f"spy-{unit.code.lower()}")
        submission = push(MESSAGES[name], unit=unit, sender=spy)
        detail, moved = told(client, factories.token_of(spy), submission)
        for one in detail:
            one["unit"] = ""
        answers.append((detail, moved))
    assert answers[0] == answers[1]
    assert answers[0][0][0]["counts"]["accepted"] > 0 or name == "baplie_cells.edi"


def test_an_event_told_under_anothers_name_is_not_answered_otherwise(push, altynkol):
    """The observer is what a message says of itself, so anybody may write the terminal's name."""
    push(SEA)
    push(MESSAGES["codeco.edi"])
    spy = push(MESSAGES["codeco.edi"], sender=client_of(altynkol, "spy"))
    assert not spy.problems.filter(code="movements_known").exists()
    assert MovementEvent.objects.filter(visit__number="PCVU2045185").count() == 2  # each sender's own word


def test_a_client_is_told_of_a_match_with_its_own_consignment(push, client, client_system):
    push(SEA)
    push(MESSAGES["iftmcs.edi"])
    bearer = {"Authorization": f"Token {factories.token_of(client_system)}"}
    (paper,) = client.get("/api/v1/documents/", headers=bearer).json()["results"]
    assert (paper["matched_by"], paper["consignment"]) == ("document_no", str(Document.objects.get().consignment.ref))
    for asked, found in (
        ({"unmatched": "true"}, 0),
        ({"unmatched": "false"}, 1),
        ({"consignment": paper["consignment"]}, 1),
    ):
        assert len(client.get("/api/v1/documents/", asked, headers=bearer).json()["results"]) == found


def test_a_paper_of_another_sender_in_the_same_words_is_kept_beside_the_first(push, altynkol):
    push(MESSAGES["iftmcs.edi"])
    again = push(edited(MESSAGES["iftmcs.edi"]), sender=client_of(altynkol, "forwarder"))
    assert not again.problems.filter(code="documents_known").exists()
    assert Document.objects.count() == 2
