"""What goes through COPY comes back as it was, whatever characters are in it."""

from __future__ import annotations

import json
from collections import OrderedDict
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import psycopg2
import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcu.accounts.models import Unit, User
from pcu.rows import Rows, json_text
from profiling.cargo.models import Submission, SubmissionProblem
from profiling.formats.records import Mode

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


def test_every_row_of_many_gets_an_id_of_its_own_and_the_sequence_is_asked_ever_less_often(submission):
    rows, other = Rows(SubmissionProblem), Rows(SubmissionProblem)
    with CaptureQueriesContext(connection) as asked:
        given = [rows.new_id() for _row in range(7500)]
    assert len(asked) == 4  # 500, 1000, 2000, 4000
    given += [other.new_id() for _row in range(10)]
    assert len(set(given)) == 7510


def test_a_column_that_is_none_is_an_error(submission):
    with pytest.raises(TypeError, match="SubmissionProblem has no column colour"):
        Rows(SubmissionProblem).add(submission_id=submission.pk, colour="red")


@pytest.mark.parametrize(
    "value",
    [
        *({text: [text]} for text in NASTY),
        {"n": [1, -2, 0, 2**53, 2**63, -(2**70), True, False, None]},
        {"x": [0.1, -0.0, 1e-7, 1e16, 1.7976931348623157e308, 123456789.123]},
        {"d": Decimal("1.50"), "at": datetime(2026, 5, 12, 9, 30, 1, 250, tzinfo=UTC), "u": UUID(int=7)},
        {1: "a", None: "b"},
        OrderedDict(b=Mode.SEA, a=(1, 2)),
    ],
    ids=repr,
)
def test_json_says_what_the_encoder_of_django_says(value):
    assert json.loads(json_text(value)) == json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def test_a_number_that_json_does_not_have_is_an_error_and_no_null(submission):
    with pytest.raises(psycopg2.DataError):
        kept(submission, "", {"value": float("nan"), "none": None})
