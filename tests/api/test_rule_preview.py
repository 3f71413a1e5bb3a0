"""A rule tried on the past over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from profiling.rules import snapshots
from profiling.rules.models import Assessment
from tests import factories

ADDRESS = "/api/v1/rules/preview/"
HEAVY = {"lhs": "gross_kg", "op": "gt", "value": 500}


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.SNAPSHOT_DIR = str(tmp_path)
    snapshots.CACHE.clear()


@pytest.fixture
def unit(db):
    unit = factories.UnitFactory()
    for kg in (1000.0, 600.0, 100.0):
        case = factories.case_in(unit)
        Assessment.objects.filter(pk=case.assessment_id).update(
            indicators={"gross_kg": kg}, created_at=timezone.now() - timedelta(days=3)
        )
    release = factories.ReleaseFactory(unit=unit.parent)
    release.thresholds = {"red": 60, "yellow": 30, "green": None}
    release.save()
    return unit


def post(user, **body):
    client = APIClient()
    client.force_authenticate(user)
    return client.post(ADDRESS, {"unit": "ALT", "condition": HEAVY, "points": 70, **body}, format="json")


def test_it_says_what_a_rule_would_have_fired_for(unit):
    answer = post(factories.person(unit))
    said = answer.json()
    assert (answer.status_code, said["total"]) == (200, 3)
    assert said["fired"] == {"found": 0, "clean": 0, "never": 2}
    assert said["lanes"] == {"red": 2, "yellow": 0, "green": 0}
    assert (said["inspections_now"], said["inspections_then"]) == (0, 2)
    assert set(said["examples"]) <= {str(ref) for ref in Assessment.objects.values_list("ref", flat=True)}
    assert len(said["examples"]) == 2


def test_what_is_wrong_is_told_at_its_place(unit):
    answer = post(factories.person(unit), condition={"all": []}, exceptions=[{"condition": {"lhs": "nothing"}}])
    assert answer.status_code == 400
    places = {error["attr"] for error in answer.json()["errors"]}
    assert "/condition/all" in places
    assert any(place.startswith("/exceptions/0") for place in places)


def test_another_unit_does_not_exist_and_a_client_is_told_nothing(unit):
    abroad = factories.UnitFactory(code="DSB", parent__code="TJ")
    assert post(factories.person(abroad)).status_code == 404
    assert post(factories.client_system(unit)).status_code in (403, 404)
