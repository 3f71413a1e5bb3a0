"""Paging in order of change: nothing twice, nothing lost, also where thousands share one moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from profiling.cargo.models import EquipmentVisit
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
