"""A column of values goes to PostgreSQL as one text of an array, and comes back as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcu.arrays import array_text

pytestmark = pytest.mark.django_db

_ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
_AWKWARD = [
    "",
    "NULL",
    "null",
    "{1,2}",
    'the "Ural"',
    "back\\slash",
    "o'neill",
    "a,b",
    " padded ",
    "Степь",
    "%s",
    "\n\t",
]


def _back(values, kind: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [array_text(values)])
        return cursor.fetchone()[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.one_of(st.none(), st.sampled_from(_AWKWARD), _ANY_TEXT)))
def test_any_texts_come_back_as_they_were(values):
    assert _back(values, "text") == values


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))))
def test_whole_numbers_come_back_as_they_were(values):
    assert _back(values, "bigint") == values


def test_moments_keep_their_microseconds_and_their_zone():
    almaty = timezone(timedelta(hours=5))
    moments = [datetime(2026, 5, 12, 9, 30, 1, 250_001, UTC), datetime(2026, 5, 12, 14, 30, tzinfo=almaty)]
    moments.append(datetime(2026, 5, 12, 9, 30, tzinfo=UTC))  # equal to the one before, said in another zone
    assert _back([*moments, None], "timestamptz") == [*moments, None]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("date", [date(2026, 5, 12), None]),
        ("numeric", [Decimal("0.10"), Decimal("-12345678901234567890.5"), None]),
        ("uuid", [UUID(int=7), None]),
        ("boolean", [True, False, None]),
        ("float8", [1.5, -2e300]),
        ("jsonb", ['{"a": ["\\"", "\\\\"]}']),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_other_kinds_come_back_as_the_driver_itself_would_have_sent_them(kind, values):
    with connection.cursor() as cursor:
        plain = [str(value) if isinstance(value, UUID) else value for value in values]
        cursor.execute(f"SELECT %s::{kind}[] IS NOT DISTINCT FROM %s::{kind}[]", [array_text(values), plain])
        assert cursor.fetchone() == (True,)


def test_a_text_longer_than_its_column_is_cut_as_by_any_cast_and_not_refused():
    assert _back(["abcdef", "ab"], "varchar(3)") == ["abc", "ab"]


def test_the_null_character_is_refused_before_it_reaches_the_database():
    with pytest.raises(ValueError, match="NUL"):
        _back(["a\0b"], "text")
