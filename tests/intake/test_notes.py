"""Notes and X12 manifests go through the pipeline like any other message: stored, with their equipment and goods."""

from __future__ import annotations

import pytest

from profiling.cargo.models import Consignment, EquipmentVisit
from tests.formats.notes import filled
from tests.formats.x12 import manifest, numbered


@pytest.mark.parametrize("form", ["xlsx", "xml", "json"])
@pytest.mark.parametrize(
    ("code", "document", "units"),
    [
        ("smgs", "21847733", {("94233459", "wagon"), ("TEMU6180477", "container")}),
        ("cmr", "CMR-1", {("777ABC02", "truck"), ("12XYZ02", "trailer")}),
    ],
)
def test_a_note_is_stored_with_what_carries_it(push, code, document, units, form):
    submission = push(filled(code, form))
    assert (submission.status, submission.format, submission.accepted_count) == ("done", f"note-{form}", 1)
    assert Consignment.objects.get().document_no == document
    assert set(EquipmentVisit.objects.values_list("number", "kind")) == units


def test_the_same_note_in_another_form_is_no_second_consignment(push):
    push(filled("cmr", "xlsx"))
    push(filled("cmr", "json"))
    assert Consignment.objects.count() == 1


def test_an_x12_manifest_is_stored_with_its_containers(push):
    submission = push(manifest(*numbered("PCUB1"), *numbered("PCUB2"), "LX*3", "M11*PCUB3*57020*1*CTN*1*K"))
    assert (submission.status, submission.format) == ("done", "x12")
    assert (submission.accepted_count, submission.refused_count) == (2, 1)
    assert set(Consignment.objects.values_list("document_no", flat=True)) == {"PCUB1", "PCUB2"}
    assert set(EquipmentVisit.objects.values_list("number", flat=True)) == {"PCVU1000005", "PCVU1000010"}
