"""What goes through COPY comes back as it was, whatever characters are in it."""

from __future__ import annotations

import pytest

from pcu.accounts.models import Unit, User
from pcu.rows import Rows
from profiling.cargo.models import Submission, SubmissionProblem

pytestmark = pytest.mark.django_db

NASTY = ["\\", "\\N", "\\u0000", "\\\\u0000", "a\tb", "a\nb\r", "\\.", '"', "ё\u00a0\u2028", "中\x7f", ""]


@pytest.fixture
def submission() -> Submission:
    unit = Unit.objects.create(code="KZ", kind=Unit.Kind.COUNTRY, names={"en": "Kazakhstan"}, country="KZ")
    sender = User.objects.create(username="railway")
    return Submission.objects.create(unit=unit, sender=sender, idempotency_key="1", sha256="0" * 64, size=1)


def kept(submission: Submission, received: str, params: object) -> SubmissionProblem:
    rows = Rows(SubmissionProblem)
    pk = rows.add(submission_id=submission.pk, code="c", severity="warning", received=received, params=params)
    assert rows.write() == 1
    return SubmissionProblem.objects.get(pk=pk)


@pytest.mark.parametrize("text", NASTY)
def test_odd_texts_come_back(submission, text):
    found = kept(submission, text, {"value": text, text: [text]})
    assert found.received == text
    assert found.params == {"value": text, text: [text]}


def test_what_the_database_cannot_hold_is_left_out(submission):
    found = kept(submission, "a\0b", {"value": "a\0\\\0b"})
    assert found.received == "ab"
    assert found.params == {"value": "a\\b"}


def test_columns_left_out_get_their_default(submission):
    rows = Rows(SubmissionProblem)
    pk = rows.add(submission_id=submission.pk, code="c", severity="warning")
    rows.write()
    found = SubmissionProblem.objects.get(pk=pk)
    assert (found.field, found.position, found.params) == ("", {}, {})


@pytest.mark.parametrize("empty", [[], {}, "", 0, False], ids=repr)
def test_what_is_empty_comes_back_as_empty_as_it_was(submission, empty):
    found = kept(submission, "", empty).params
    assert (found, type(found)) == (empty, type(empty))


def test_a_column_that_is_none_is_an_error(submission):
    with pytest.raises(TypeError, match="SubmissionProblem has no column colour"):
        Rows(SubmissionProblem).add(submission_id=submission.pk, colour="red")
