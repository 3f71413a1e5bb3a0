"""The answer to an interchange is an interchange: it tells what was read and refused, and nothing of risk."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydifact.segmentcollection import Interchange

from profiling.formats.generate import generate_cuscar
from profiling.intake import services as intake
from profiling.rules.models import Release
from profiling.rules.services import install_starter
from tests import factories
from tests.intake.conftest import FIXTURES, do_all_jobs


@pytest.fixture
def pushed(altynkol, operator):
    install_starter(unit=altynkol.parent)
    Release.objects.update(sample_rate=Decimal(1))

    def push(content: bytes):
        return do_all_jobs(intake.receive(pieces=[content], sender=operator, unit=altynkol))

    return push


def answer_to(client, submission, **query):
    return client.get(f"/api/v1/manifests/{submission.ref}/answer/", query, headers={"accept": "application/EDIFACT"})


def segments(response) -> list:
    return list(Interchange.from_str(response.content.decode()).segments)


def test_a_manifest_is_answered_by_cusres_with_its_problems(api, operator, pushed):
    submission = pushed((FIXTURES / "sea.edi").read_bytes())
    answer = answer_to(api(operator), submission)
    assert (answer.status_code, answer["content-type"]) == (200, "application/EDIFACT")
    text = answer.content.decode()
    assert "CUSRES" in text
    assert "ALT" in text.split("UNH")[0]


def test_a_cut_interchange_is_answered_by_contrl(api, operator, pushed):
    submission = pushed((FIXTURES / "sea.edi").read_bytes()[:-30])
    assert submission.status == "rejected"
    text = answer_to(api(operator), submission).content.decode()
    assert "CONTRL" in text
    assert "CUSRES" in answer_to(api(operator), submission, message="cusres").content.decode()


def test_the_answer_is_the_same_whatever_is_thought_of_the_cargo(api, operator, pushed):
    submission = pushed(b"".join(generate_cuscar(40)))
    assert submission.flagged_count > 0
    before = answer_to(api(operator), submission).content
    submission.flagged_count = 0
    submission.save()
    assert answer_to(api(operator), submission).content == before
    words = ("lane", "score", "risk", "flag", "lookout", "case", "sample")
    assert not [word for word in words if word in before.decode().lower()]


def test_other_formats_have_their_problems_for_an_answer(api, operator, pushed):
    answer = answer_to(api(operator), pushed((FIXTURES / "rail.json").read_bytes()))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_edifact")


def test_there_is_no_answer_before_it_is_read_and_none_for_a_stranger(api, altynkol, operator, pushed):
    submission = pushed((FIXTURES / "sea.edi").read_bytes())
    assert answer_to(api(factories.client_system(altynkol)), submission).status_code == 404
    for status in ("received", "failed"):
        submission.status = status
        submission.save()
        answer = answer_to(api(operator), submission)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_read")


def test_an_unknown_kind_of_answer_is_refused(api, operator, pushed):
    submission = pushed((FIXTURES / "sea.edi").read_bytes())
    assert answer_to(api(operator), submission, message="aperak").status_code == 400
