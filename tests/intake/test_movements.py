"""What a gate tells of equipment is held against what was said of it, whether or not a bill names it."""

from __future__ import annotations

from profiling.cargo.models import EquipmentVisit
from profiling.rules.models import Assessment
from tests.intake.conftest import FIXTURES

STOWED = "PCVU2045550"  # 23 700 kg verified, by the stowage plan; no bill names it
GATE = (FIXTURES / "messages" / "codeco.edi").read_text()


def test_equipment_without_a_bill_is_scored_anew_when_it_is_weighed(push):
    push((FIXTURES / "messages" / "baplie_d13b.edi").read_bytes())
    visit = EquipmentVisit.objects.get(number=STOWED)
    assert "gate_weight_gap_kg" not in Assessment.objects.get(visit=visit).indicators
    told = push(GATE.replace("PCVU2045185", STOWED).replace("KGM:22160", "KGM:29000").encode())
    assert told.status == "done"
    newest = Assessment.objects.filter(visit=visit).latest("pk")
    assert (newest.trigger, newest.indicators["gate_weight_gap_kg"]) == ("new_movement", 5300)


def test_an_event_of_a_wagon_that_carries_another_scores_it_by_no_visit_of_its_own(push):
    push((FIXTURES / "rail.json").read_bytes())
    carrying = EquipmentVisit.objects.exclude(carried=None).first()
    assert carrying is not None
    push(GATE.replace("PCVU2045185", carrying.number).encode())
    assert not Assessment.objects.filter(visit=carrying).exists()
