"""The panel beside the editor: what a rule would have fired for, and nothing of anybody else's."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from profiling.cases.models import Outcome
from profiling.cases.tasks import refresh_snapshot
from profiling.rules import snapshots
from profiling.rules.models import Assessment
from tests import factories
from tests import factories_workbench as workbench
from tests.web.conftest import signed_in
from tests.web.pages import holds_something_inline, text

HEAVY = {"lhs": "gross_kg", "op": "gt", "value": 500}


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.SNAPSHOT_DIR = str(tmp_path)
    snapshots.CACHE.clear()


@pytest.fixture
def altynkol(db):
    """Three that were heavy: one found, one clean, one never opened; and one that was light."""
    unit = factories.UnitFactory()
    release = factories.ReleaseFactory(unit=unit.parent, thresholds={"red": 60, "yellow": 30, "green": None})
    rule = factories.RuleFactory(unit=unit.parent, code="R-1")
    release.versions.add(
        factories.RuleVersionFactory(rule=rule, points=40, condition={"lhs": "gross_kg", "op": "gt", "value": 900})
    )
    for kg, result in ((1000, "found"), (800, "clean"), (600, ""), (100, "")):
        case = factories.case_in(unit)
        Assessment.objects.filter(pk=case.assessment_id).update(
            indicators={"gross_kg": float(kg)}, created_at=timezone.now() - timedelta(days=3), release=release
        )
        if result:
            Outcome.objects.create(
                unit=unit, case=case, visit=case.visits.first(), result=result, status="confirmed",
                source="own_inspection", recorded_by=factories.person(unit), recorded_at=timezone.now(),
            )  # fmt: skip
    return unit


def post(client, condition=HEAVY, **fields):
    said = condition if isinstance(condition, str) else json.dumps(condition)
    return client.post("/rules/preview/", {"condition": said, "points": "25", "days": "30", **fields})


def test_the_panel_tells_what_it_would_have_fired_for(altynkol):
    workbench.CapacityFactory(unit=altynkol, inspections_per_shift=8)
    answer = post(signed_in(factories.person(altynkol)))
    said = " ".join(text(answer).split())
    assert answer.status_code == 200
    assert ">3</span>" in said
    assert "of 4 consignments" in said
    assert "1 of 2 inspected" in said
    assert "of 8" in said
    assert "R-1" in said
    assert text(answer).count('href="/consignments/') == 3
    assert not holds_something_inline(answer)


def test_an_edited_rule_is_set_beside_the_version_that_is_live(altynkol):
    said = " ".join(text(post(signed_in(factories.person(altynkol)), code="R-1")).split())
    assert "The version that is live fired for 1. Known finds lost: 0, gained: 0." in said


@pytest.mark.parametrize(
    ("condition", "fields", "told"),
    [
        ("{", {}, "/condition"),
        ({"all": []}, {}, "/condition/all"),
        ({"lhs": "nothing", "op": "eq", "value": 1}, {}, "/condition/lhs"),
        (HEAVY, {"exceptions": '[{"condition": {"all": []}, "until": null}]'}, "/exceptions/0/condition/all"),
        (HEAVY, {"points": "101"}, "/points"),
        (HEAVY, {"points": "many"}, "/points"),
        ("[" * 100_000, {}, "/condition"),
    ],
    ids=["no JSON", "empty group", "no indicator", "exception", "too many points", "no points", "nested"],
)
def test_what_is_wrong_is_told_at_its_place(altynkol, condition, fields, told):
    answer = post(signed_in(factories.person(altynkol)), condition, **fields)
    assert answer.status_code == 422
    assert f'<span class="idn">{told}</span>' in text(answer)


def test_a_stranger_counts_the_own_unit_alone_and_a_client_nothing(altynkol):
    elsewhere = factories.UnitFactory(code="DSB", parent__code="TJ")
    said = " ".join(text(post(signed_in(factories.person(elsewhere)))).split())
    assert "of 0 consignments" in said
    assert 'href="/consignments/' not in said
    assert post(signed_in(factories.client_system(altynkol))).status_code in (403, 404)


def test_a_long_past_is_prepared_by_a_job_and_nobody_waits(altynkol, monkeypatch):
    sent = []
    monkeypatch.setattr("profiling.cases.snapshots.AT_ONCE", 2)
    monkeypatch.setattr("profiling.cases.snapshots.app.send_task", lambda name, args: sent.append((name, args)))
    client = signed_in(factories.person(altynkol))
    assert "is being prepared" in text(post(client))
    [(name, args)] = sent
    assert name == "profiling.cases.tasks.refresh_snapshot"
    refresh_snapshot(*args)
    assert "of 4 consignments" in " ".join(text(post(client)).split())


def test_the_past_is_read_from_the_database_where_its_files_are_lost(altynkol, tmp_path):
    client = signed_in(factories.person(altynkol))
    before = post(client)
    for path in tmp_path.rglob("*.parquet"):
        path.write_bytes(b"broken")
    snapshots.CACHE.clear()
    again = post(client)
    assert text(before).split("rp-errors")[0].count("<b>") == text(again).count("<b>")
    assert "of 4 consignments" in " ".join(text(again).split())
