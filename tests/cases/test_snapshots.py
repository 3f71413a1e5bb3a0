"""The past as files: who is in them, what came of them, and that losing them loses nothing."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from profiling.cases import snapshots as building
from profiling.cases.models import CaseConsignment, Outcome
from profiling.rules import snapshots
from profiling.rules.core.groups import Outcome as Came
from tests import factories
from tests import factories_workbench as workbench

NOON = factories.NOON


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.SNAPSHOT_DIR = str(tmp_path)
    snapshots.CACHE.clear()


def rows(unit) -> pl.DataFrame:
    files = snapshots.files_of([unit.pk])
    return pl.concat([pl.read_parquet(file.path) for file in files]).sort("_id") if files else pl.DataFrame()


def outcomes(unit) -> dict[int, int]:
    return dict(rows(unit).select("_subject", "_outcome").iter_rows())


def told(case, result="found", **fields):
    return Outcome.objects.create(
        **{
            "unit": case.unit, "case": case, "visit": case.visits.first(), "result": result, "status": "confirmed",
            "source": "own_inspection", "recorded_by": factories.person(case.unit), "recorded_at": NOON, **fields,
        }
    )  # fmt: skip


def test_a_subject_stands_as_it_was_scored_last(altynkol):
    version = factories.VersionFactory(consignment__call__unit=altynkol)
    factories.AssessmentFactory(version=version, indicators={"gross_kg": 5.0})
    last = factories.AssessmentFactory(
        version=version, score=30, lane="yellow", indicators={"gross_kg": 7.5, "mode": 3}
    )
    assert building.refresh(altynkol).rows == 1
    [row] = rows(altynkol).to_dicts()
    assert (row["_id"], row["_subject"], row["_score"], row["_lane"]) == (last.pk, version.consignment_id, 30, "yellow")
    assert (row["gross_kg"], row["_outcome"], row["_moment"], row["_past"]) == (7.5, 0, NOON, False)


def test_a_subject_that_was_decided_stands_as_it_was_then(altynkol):
    case = factories.case_in(altynkol)
    case.decided_assessment = case.assessment
    case.save()
    factories.AssessmentFactory(version=case.assessment.version, score=5, lane="green")
    building.refresh(altynkol)
    assert rows(altynkol).get_column("_id").to_list() == [case.assessment_id]


def test_found_clean_and_never_inspected_stay_apart(altynkol):
    found, clean, denied, partner, never = (factories.case_in(altynkol) for _ in range(5))
    told(found)
    told(clean, "clean")
    told(denied, status="withdrawn")
    told(partner, source="partner_feedback")
    building.refresh(altynkol)
    by_case = {
        name: outcomes(altynkol)[case.assessment.version.consignment_id]
        for name, case in {"found": found, "clean": clean, "denied": denied, "partner": partner, "never": never}.items()
    }
    assert by_case == {"found": 2, "clean": 1, "denied": 1, "partner": 0, "never": 0}
    credited = rows(altynkol).filter(pl.col("_credited")).get_column("_subject").to_list()
    assert credited == [partner.assessment.version.consignment_id]


def test_a_find_labels_the_consignment_it_was_in_and_never_those_beside_it(altynkol):
    case = factories.case_in(altynkol)
    other = factories.AssessmentFactory(version__consignment__call__unit=altynkol).version.consignment
    CaseConsignment.objects.create(case=case, consignment=other)
    mine = case.assessment.version.consignment
    find = told(case)
    building.refresh(altynkol)
    assert outcomes(altynkol) == {mine.pk: Came.NEVER, other.pk: Came.NEVER}, "nobody said in which of the two"
    told(case, consignment=other, supersedes=find, recorded_at=NOON + timedelta(days=1))
    building.refresh(altynkol)
    assert outcomes(altynkol) == {mine.pk: Came.CLEAN, other.pk: Came.FOUND}
    known = dict(rows(altynkol).select("_subject", "_known_at").iter_rows())
    assert known[other.pk] == NOON + timedelta(days=1)


def test_a_unit_holds_nothing_of_another(altynkol, dushanbe):
    factories.case_in(altynkol)
    foreign = factories.case_in(dushanbe)
    assert building.refresh_all() == 2
    assert len(rows(altynkol)) == len(rows(dushanbe)) == 1
    assert rows(dushanbe).get_column("_id").to_list() == [foreign.assessment_id]


def test_imported_consignments_stand_beside_the_assessed(altynkol):
    factories.case_in(altynkol)
    source = workbench.HistoryImportFactory(unit=altynkol)
    workbench.PastRecordFactory(source=source, result="found", random=True, indicators={"gross_kg": 3.0}, known_at=NOON)
    building.refresh(altynkol)
    [imported] = rows(altynkol).filter(pl.col("_past")).to_dicts()
    assert (imported["_outcome"], imported["_sampled"], imported["gross_kg"]) == (2, True, 3.0)
    assert imported["_subject"] is None


def test_a_refresh_asks_only_for_indicators_that_it_does_not_hold(altynkol, monkeypatch):
    first = factories.case_in(altynkol)
    building.refresh(altynkol)
    assert building.refresh(altynkol).skipped
    asked = []
    real = building._assessed_facts
    monkeypatch.setattr(building, "_assessed_facts", lambda ids: asked.extend(ids) or real(ids))
    second = factories.case_in(altynkol)
    told(first)
    assert building.refresh(altynkol).written == 1
    assert asked == [second.assessment_id]
    assert outcomes(altynkol)[first.assessment.version.consignment_id] == Came.FOUND


@pytest.mark.parametrize("harm", ["deleted", "cut", "nonsense", "folder gone"])
def test_files_that_are_lost_or_broken_come_back_the_same(altynkol, harm):
    for _ in range(3):
        told(factories.case_in(altynkol))
    building.refresh(altynkol)
    before = rows(altynkol)
    [file] = snapshots.files_of([altynkol.pk])
    if harm == "deleted":
        file.path.unlink()
    elif harm == "cut":
        file.path.write_bytes(file.path.read_bytes()[:-40])
    elif harm == "nonsense":
        file.path.write_bytes(b"PAR1 not at all")
    else:
        for each in file.path.parent.iterdir():
            each.unlink()
        file.path.parent.rmdir()
    assert building.refresh(altynkol).written == 1
    assert rows(altynkol).equals(before)


def test_another_catalogue_makes_the_files_anew(altynkol, monkeypatch):
    factories.case_in(altynkol)
    building.refresh(altynkol)
    before = snapshots.root()
    monkeypatch.setattr("profiling.rules.core.snapshot.FORM", 99)
    assert snapshots.root() != before
    assert building.refresh(altynkol).written == 1


def test_who_is_gone_from_the_database_is_gone_from_the_files(altynkol):
    source = workbench.HistoryImportFactory(unit=altynkol)
    records = [workbench.PastRecordFactory(source=source) for _ in range(2)]
    building.refresh(altynkol)
    records[0].delete()
    building.refresh(altynkol)
    assert rows(altynkol).get_column("_id").to_list() == [records[1].pk]
    records[1].delete()
    assert building.refresh(altynkol).removed == 1


def test_files_hold_blocks_so_that_memory_stays_bounded(altynkol, monkeypatch):
    monkeypatch.setattr("profiling.rules.core.snapshot.BLOCK", 2)
    monkeypatch.setattr("profiling.rules.core.snapshot.FETCH", 1)
    source = workbench.HistoryImportFactory(unit=altynkol)
    for _ in range(5):
        workbench.PastRecordFactory(source=source)
    assert building.refresh(altynkol).written >= 3
    assert len(rows(altynkol)) == 5


def test_a_period_by_the_clock_of_the_unit_cuts_a_file(altynkol):
    early, late = (factories.VersionFactory(consignment__call__unit=altynkol) for _ in range(2))
    factories.AssessmentFactory(version=early, created_at=NOON - timedelta(days=3))
    factories.AssessmentFactory(version=late, created_at=NOON)
    building.refresh(altynkol)
    here = NOON.astimezone(altynkol.zone)
    past = snapshots.past([altynkol.pk], here - timedelta(days=1), here + timedelta(days=1))
    [(file, chosen)] = past.spans()
    assert snapshots.columns(file, ["_subject"]).filter(chosen).to_series().to_list() == [late.consignment_id]
