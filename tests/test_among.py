"""Asking with one array finds what asking value by value finds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pcu.accounts.models import Unit, User
from pcu.among import Among
from profiling.cargo.models import Submission
from profiling.parties.models import Party

pytestmark = pytest.mark.django_db

SEEN = datetime(2026, 5, 12, tzinfo=UTC)
KEYS = ["name:KZ:степь", 'name:CN:o\'neill \\ "co"', "tax:KZ:{1,2}", "name::NULL", "name::%s"]


@pytest.fixture
def unit() -> Unit:
    return Unit.objects.create(code="KZ", kind=Unit.Kind.COUNTRY, names={"en": "Kazakhstan"}, country="KZ")


@pytest.fixture
def parties(unit: Unit) -> dict[str, int]:
    return {key: Party.objects.create(unit=unit, key=key, name=key, first_seen_at=SEEN).pk for key in KEYS}


@pytest.mark.parametrize("asked", [[], KEYS[:1], KEYS[1:4], [*KEYS, "name:KZ:nobody"]], ids=len)
def test_texts_and_ids_find_what_in_finds(parties, asked):
    by_key = Party.objects.filter(Among("key", asked, array="text"))
    assert set(by_key) == set(Party.objects.filter(key__in=asked))
    ids = [parties[key] for key in asked if key in parties]
    assert set(Party.objects.filter(Among("pk", ids))) == set(Party.objects.filter(pk__in=ids))


def test_a_foreign_key_and_a_joined_table_are_asked_by_their_names_beside_other_conditions(unit):
    sender = User.objects.create(username="railway")
    made = Submission.objects.create(unit=unit, sender=sender, idempotency_key="1", sha256="0" * 64, size=1)
    asked = Submission.objects.filter(Among("unit", {unit.pk}), Among("unit__code", {"KZ"}, array="text"), size=1)
    assert list(asked.order_by("pk")) == [made]
    assert not asked.filter(Among("sender", [sender.pk + 1])).exists()
    assert not Submission.objects.exclude(Among("unit", {unit.pk})).exists()


def test_a_thousand_values_are_one_parameter(parties):
    with CaptureQueriesContext(connection) as asked:
        list(Party.objects.filter(Among("pk", range(1, 1001))).values_list("pk", flat=True))
    sql = asked.captured_queries[0]["sql"]
    assert sql.count("'{1,2,3,") == sql.count("::bigint[]") == 1
    assert "ARRAY[" not in sql
