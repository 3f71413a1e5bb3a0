"""Pages by key: a key of somebody's own making never breaks the page."""

from __future__ import annotations

import base64
import json

import pytest
from django.http import QueryDict

from pcu.desk import paging
from profiling.cases.models import Case
from tests import factories

OLDEST_FIRST = paging.by("opened_at")


def after(key: object) -> QueryDict:
    query = QueryDict(mutable=True)
    query["after"] = base64.urlsafe_b64encode(json.dumps(key).encode()).decode()
    return query


@pytest.mark.parametrize(
    "key",
    [
        ["2020-01-01T00:00:00+18:00", 1],  # PostgreSQL refuses offsets of sixteen hours and more
        ["0001-01-01T00:00:00+10:00", 1],  # before the first year in UTC
        ["2020-01-01T00:00:00", 1],
        [None, 1],
        ["2020-01-01T00:00:00Z"],
        ["2020-01-01T00:00:00Z", 1, 1],
        ["2020-01-01T00:00:00Z", None],
        ["2020-01-01T00:00:00Z", 0],
        [5, 1],
        {"a": 1},
        "no key",
    ],
)
def test_a_strange_key_is_followed_or_is_the_first_page(db, key):
    case = factories.case_in(factories.UnitFactory())
    assert list(paging.page(Case.objects.all(), order=OLDEST_FIRST, query=after(key), size=5).rows) == [case]


@pytest.mark.parametrize(
    "text", [b"[" * 2900, b"[1e400, 1e400]", b"\xff", b'["2020-01-01T00:00:00Z", 99999999999999999999]']
)
def test_an_address_that_holds_no_key_is_a_page_as_any(db, text):
    case = factories.case_in(factories.UnitFactory())
    query = QueryDict(mutable=True)
    query["after"] = base64.urlsafe_b64encode(text).decode()
    assert list(paging.page(Case.objects.all(), order=OLDEST_FIRST, query=query, size=5).rows) == [case]
