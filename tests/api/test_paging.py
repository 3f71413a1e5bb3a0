"""Paging in order of change: nothing twice, nothing lost, also where thousands share one moment."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from profiling.cargo.models import EquipmentVisit
from profiling.cases.models import Case
from tests import factories
from tests.factories import NOON


def walk(client, address):
    refs = []
    while address:
        body = client.get(address).json()
        refs += [row["ref"] for row in body["results"]]
        address = body["next"]
    return refs


def test_a_walk_by_cursor_meets_every_row_once_in_order_of_change(api, altynkol, officer):
    call = factories.CallFactory(unit=altynkol)
    for minutes in (5, 0, 0, 0, 0, 3):
        factories.VisitFactory(call=call, updated_at=NOON + timedelta(minutes=minutes))
    expected = [str(ref) for ref in EquipmentVisit.objects.order_by("updated_at", "pk").values_list("ref", flat=True)]
    for size in (1, 2, 6, 500):
        assert walk(api(officer), f"/api/v1/visits/?page_size={size}") == expected


def test_more_rows_of_one_moment_than_any_page_are_all_met(api, altynkol, officer):
    call = factories.CallFactory(unit=altynkol)
    EquipmentVisit.objects.bulk_create(
        factories.VisitFactory.build(call=call, unit=altynkol, number=f"N{n}") for n in range(1200)
    )
    assert len(set(walk(api(officer), "/api/v1/visits/?page_size=500"))) == 1200


@pytest.mark.django_db(transaction=True)
def test_a_change_waits_for_those_that_may_be_dated_before_it(api, altynkol, officer):
    call = factories.CallFactory(unit=altynkol)
    elsewhere = connection.copy()
    try:
        with elsewhere.cursor() as cursor:
            elsewhere.set_autocommit(False)
            cursor.execute("SELECT pg_current_xact_id()")  # it will write, dated about now
            later = factories.VisitFactory(call=call, updated_at=timezone.now() + timedelta(seconds=1))
            before = factories.VisitFactory(call=call, updated_at=timezone.now() - timedelta(minutes=1))
            assert walk(api(officer), "/api/v1/visits/") == [str(before.ref)]
            elsewhere.rollback()
        assert walk(api(officer), "/api/v1/visits/") == [str(before.ref), str(later.ref)]
    finally:
        elsewhere.close()


def test_updated_since_takes_up_where_one_left_off(api, altynkol, officer):
    call = factories.CallFactory(unit=altynkol)
    factories.VisitFactory(call=call, updated_at=NOON)
    later = factories.VisitFactory(call=call, updated_at=NOON + timedelta(minutes=1))
    since = (NOON + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    assert walk(api(officer), f"/api/v1/visits/?updated_since={since}") == [str(later.ref)]


def test_assessments_are_paged_by_when_they_were_made(api, altynkol, officer):
    case = factories.case_in(altynkol)
    older = factories.AssessmentFactory(
        version__consignment=case.consignments.get(), created_at=NOON - timedelta(days=1)
    )
    assert walk(api(officer), "/api/v1/assessments/?page_size=1") == [str(older.ref), str(case.assessment.ref)]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJ4IiwxXQ", "bnVsbA", "%00", "WyIyMDI2LTAxLTAxIiwxXQ"])
def test_a_cursor_of_ones_own_making_is_refused(api, officer, cursor):
    answer = api(officer).get(f"/api/v1/visits/?cursor={cursor}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found")


@pytest.mark.parametrize(("asked", "given"), [("0", 1), ("-5", 1), ("x", 2), ("99999", 2), ("", 2)])
def test_a_page_size_out_of_range_is_brought_into_it(api, altynkol, officer, asked, given):
    call = factories.CallFactory(unit=altynkol)
    factories.VisitFactory.create_batch(2, call=call)
    assert len(api(officer).get(f"/api/v1/visits/?page_size={asked}").json()["results"]) == given


@pytest.mark.parametrize("name", ["updated_since", "due_before"])
def test_a_moment_with_an_offset_that_the_database_refuses_is_compared_in_utc(api, altynkol, officer, name):
    case = factories.case_in(altynkol, due_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    Case.objects.update(updated_at=datetime(2026, 3, 1, 12, tzinfo=UTC))

    def found(moment: str) -> list[str]:
        return [row["ref"] for row in api(officer).get("/api/v1/cases/", {name: moment}).json()["results"]]

    # 07:00 the day after, eighteen hours east of Greenwich, is 13:00 UTC.
    after = found("2026-03-02T07:00:00+18:00")
    assert after == ([str(case.ref)] if name == "due_before" else [])
    assert found("2026-03-02T05:00:00+18:00") == ([] if name == "due_before" else [str(case.ref)])
    assert api(officer).get("/api/v1/cases/", {name: "0001-01-01T00:00:00+10:00"}).status_code == 400


def test_a_cursor_with_such_an_offset_is_followed(api, altynkol, officer):
    case = factories.case_in(altynkol)
    cursor = base64.urlsafe_b64encode(json.dumps(["2020-01-01T00:00:00+18:00", 1]).encode()).decode()
    (row,) = api(officer).get("/api/v1/cases/", {"cursor": cursor}).json()["results"]
    assert row["ref"] == str(case.ref)
