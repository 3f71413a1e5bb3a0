"""A back-test on the command line says what the page says."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from profiling.rules import snapshots
from tests import factories
from tests import factories_workbench as workbench

STEPS = {"red": 60, "yellow": 30, "green": None}


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.SNAPSHOT_DIR = str(tmp_path)
    snapshots.CACHE.clear()


@pytest.fixture
def past(altynkol):
    """Ten imported consignments, the three heaviest with finds; the draft flags the four heaviest."""
    live = factories.ReleaseFactory(unit=altynkol.parent, thresholds=STEPS)
    draft = factories.ReleaseFactory(unit=altynkol.parent, name="draft", state="draft", thresholds=STEPS)
    for release, code, kg in ((live, "R-1", 5), (draft, "R-2", 6)):
        rule = factories.RuleFactory(unit=altynkol.parent, code=code)
        condition = {"lhs": "gross_kg", "op": "ge" if release == draft else "lt", "value": kg}
        release.versions.add(factories.RuleVersionFactory(rule=rule, points=70, condition=condition))
    source = workbench.HistoryImportFactory(unit=altynkol)
    for kg in range(10):
        workbench.PastRecordFactory(
            source=source,
            indicators={"gross_kg": float(kg)},
            result="found" if kg >= 7 else "clean",
            moment=timezone.now() - timedelta(days=3),
        )
    return altynkol


def told(*args, **options):
    out = StringIO()
    call_command("backtest", *args, stdout=out, **options)
    return " ".join(out.getvalue().split())


def test_it_tells_what_each_release_catches(past):
    said = told("ALT", "draft", capacity=[4])
    assert "10 subjects, 3 found, 7 clean, 0 never inspected" in said
    assert "draft 3.0 finds (100.0% of known finds), precision 75.0%" in said
    assert "2026.1 0.0 finds (0.0% of known finds)" in said
    assert "known finds won 3.0, lost 0.0" in said
    assert "R-2 +70 new 4 3 of 4 0 3" in said


def test_points_are_moved_and_a_node_counts_what_lies_below_it(past):
    said = told("KZ", "draft", capacity=[4], points=["R-2=-5"])
    assert "10 subjects" in said
    assert "R-2 -5 new" in said
    assert "draft 0.0 finds" in said or "tied at 0 points" in said


@pytest.mark.parametrize(
    ("args", "options", "why"),
    [
        (("NOWHERE", "draft"), {}, "There is no unit NOWHERE"),
        (("ALT", "nothing"), {}, "No release nothing applies to ALT"),
        (("ALT", "draft"), {"points": ["R-2=1000"]}, "outside"),
        (("ALT", "draft"), {"points": ["R-2"]}, "a whole number of points"),
        (("ALT", "draft"), {"lane": ["red=10"]}, "must fall"),
        (("ALT", "draft"), {"since": "2026-02-30", "until": "2026-03-01"}, "A period has a first and a last day"),
    ],
    ids=["unit", "release", "range", "form", "order", "day"],
)
def test_what_cannot_be_asked_is_told(past, args, options, why):
    with pytest.raises(CommandError, match=why):
        told(*args, **options)


def test_the_files_are_refreshed_by_hand(past):
    out = StringIO()
    call_command("refresh_snapshots", "ALT", stdout=out)
    call_command("refresh_snapshots", "ALT", stdout=out)
    assert out.getvalue().split("\n")[:2] == ["ALT: 10 subjects, 1 files written", "ALT: unchanged"]
    with pytest.raises(CommandError, match="There is no unit X"):
        call_command("refresh_snapshots", "X")
