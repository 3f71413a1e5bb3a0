"""Corrections of boxes kept by units: the nearest node's apply, files pushed to the unit follow them, all is judged."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from pcu.accounts.models import Unit
from pcu.accounts.roles import Role
from profiling.cargo.models import Consignment, GoodsItem
from profiling.formats.note_boxes import BY_CODE, TRAIN_LIST
from profiling.formats.note_corrections import corrected
from profiling.formats.note_template import workbook
from profiling.intake import boxes
from profiling.intake.errors import BoxesChanged, InvalidBoxes
from profiling.intake.models import NoteBoxes
from profiling.intake.train_check import check_train
from tests import factories
from tests.formats.notes import SAMPLES, filled

CMR = BY_CODE["cmr"]
RENAMED = {"notes": {"gross_kg": {"ru": "Вес с паллетами", "en": "Weight with pallets"}}}
SWAPPED = {"notes": {"gross_kg": {"field": "net_kg"}, "net_kg": {"field": "gross_kg"}}}


@pytest.fixture
def supervisor(altynkol):
    return factories.person(altynkol, Role.SUPERVISOR)


@pytest.fixture
def keeper(altynkol):
    """An administrator of the country."""
    return factories.person(altynkol.parent, Role.ADMINISTRATOR)


def test_a_file_with_the_headings_of_the_unit_is_read(push, altynkol, supervisor) -> None:
    note = corrected(CMR, {"note_boxes": {"cmr": RENAMED}})
    sent = workbook(note, *SAMPLES["cmr"])
    unread = push(sent)
    assert "unknown_field" in unread.problems.values_list("code", flat=True)
    boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections=RENAMED)
    read = push(sent, idempotency_key="again")
    assert (read.status, read.accepted_count, list(read.problems.all())) == ("done", 1, [])
    assert Consignment.objects.get().current.gross_kg == Decimal("10770.5")


@pytest.mark.parametrize("form", ["xlsx", "xml", "json"])
def test_both_passes_of_every_form_are_told(push, altynkol, supervisor, form) -> None:
    boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections=SWAPPED)
    assert push(filled("cmr", form)).status == "done"
    nets = sum(net or 0 for net in GoodsItem.objects.values_list("net_kg", flat=True))
    # cells of a workbook stand in boxes; members of JSON and XML name the field itself
    assert (Consignment.objects.get().current.gross_kg, nets) == (
        (None, Decimal("10770.5")) if form == "xlsx" else (Decimal("10770.5"), 0)
    )


def test_other_messages_are_read_as_ever(push, altynkol, supervisor) -> None:
    boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections=SWAPPED)
    assert push(filled("smgs", "xlsx")).accepted_count == 1


def test_the_nearest_node_says_how_it_is(altynkol, keeper, supervisor) -> None:
    country = altynkol.parent
    other = factories.UnitFactory(code="DOS", parent=country)
    abroad = factories.UnitFactory(code="DSB", parent__code="TJ")
    boxes.correct(unit=country, note=CMR, user=keeper, corrections=RENAMED)
    boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections={})
    boxes.correct(unit=country, note=TRAIN_LIST, user=keeper, corrections={"head": {"eta": {"box": "7"}}})
    assert boxes.agreed_boxes(altynkol) == {"note_boxes": {"train": {"head": {"eta": {"box": "7"}}}}}
    assert boxes.agreed_boxes(other)["note_boxes"]["cmr"] == RENAMED
    assert boxes.agreed_boxes(abroad) == {}
    boxes.withdraw(unit=altynkol, note=CMR, user=supervisor)
    assert boxes.agreed_boxes(altynkol)["note_boxes"]["cmr"] == RENAMED


def test_who_leads_the_unit_corrects_and_nobody_else(altynkol, keeper, supervisor) -> None:
    abroad = factories.UnitFactory(code="DSB", parent__code="TJ")
    for user in (
        *(factories.person(altynkol, role) for role in (Role.OFFICER, Role.ANALYST, Role.LIAISON, Role.AUDITOR)),
        factories.client_system(altynkol),
        factories.person(abroad, Role.SUPERVISOR),
    ):
        with pytest.raises(PermissionDenied):
            boxes.correct(unit=altynkol, note=CMR, user=user, corrections=RENAMED)
        with pytest.raises(PermissionDenied):
            boxes.withdraw(unit=altynkol, note=CMR, user=user)
    with pytest.raises(PermissionDenied):
        boxes.correct(unit=altynkol.parent, note=CMR, user=supervisor, corrections=RENAMED)
    boxes.correct(unit=altynkol, note=CMR, user=keeper, corrections=RENAMED)
    assert NoteBoxes.objects.visible_to(supervisor).count() == 1
    assert not NoteBoxes.objects.visible_to(factories.person(abroad)).exists()


def test_what_cannot_be_used_is_refused_whole(altynkol, supervisor) -> None:
    wrong = {"notes": {"hs": {"field": "truck"}, "gross_kg": {"ru": "Вес"}}, "head": {"wings": {}}}
    with pytest.raises(InvalidBoxes) as refused:
        boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections=wrong)
    assert {(one.code, one.where) for one in refused.value.faults} == {
        ("box_field_twice", "notes.hs.field"),
        ("box_unknown", "head.wings"),
    }
    assert not NoteBoxes.objects.exists()


def test_two_who_correct_the_same_boxes_do_not_overwrite_each_other(altynkol, supervisor) -> None:
    first = boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections=RENAMED, version=0)
    for version in (0, 2):
        with pytest.raises(BoxesChanged):
            boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections={}, version=version)
        with pytest.raises(BoxesChanged):
            boxes.withdraw(unit=altynkol, note=CMR, user=supervisor, version=version)
    boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections=SWAPPED, version=first.version)
    assert NoteBoxes.objects.get().version == 2


def test_every_change_is_kept_with_who_made_it(altynkol, keeper, supervisor) -> None:
    boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections=RENAMED)
    boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections=RENAMED)  # the same again changes nothing
    boxes.correct(unit=altynkol, note=CMR, user=keeper, corrections=SWAPPED)
    boxes.withdraw(unit=altynkol, note=CMR, user=supervisor)
    history = NoteBoxes.pgh_event_models["insert"].objects.order_by("pgh_id")
    assert [(one.pgh_label, one.changed_by_id) for one in history] == [
        ("insert", supervisor.pk),
        ("update", keeper.pk),
        ("delete", keeper.pk),
    ]


def test_corrections_that_no_longer_fit_are_told_and_never_guessed_at(push, altynkol, supervisor) -> None:
    kept = boxes.correct(unit=altynkol, note=CMR, user=supervisor, corrections=RENAMED)
    NoteBoxes.objects.filter(pk=kept.pk).update(corrections={"notes": {"gone": {"ru": "x"}}})
    submission = push(filled("cmr", "xlsx"))
    assert (submission.status, submission.problems.get().code) == ("rejected", "boxes_wrong")
    assert boxes.note_of(altynkol, CMR) is CMR


def test_a_train_list_is_checked_with_the_boxes_it_was_read_with(push, altynkol: Unit, supervisor) -> None:
    renamed = {"equipment": {"wagon": {"ru": "Вагон №", "en": "Car"}, "seals": {"ru": "Метки", "en": "Marks"}}}
    boxes.correct(unit=altynkol, note=TRAIN_LIST, user=supervisor, corrections=renamed)
    submission = push(workbook(boxes.note_of(altynkol, TRAIN_LIST), *SAMPLES["train"]))
    boxes.withdraw(unit=altynkol, note=TRAIN_LIST, user=supervisor)
    check = check_train(submission)
    assert check is not None
    assert (check.listed, [one.number for one in check.extra]) == (2, ["94188620"])
