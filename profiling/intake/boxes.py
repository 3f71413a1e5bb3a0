"""Boxes of notes as units correct them: which corrections apply to a unit, and how they are changed.

A node of the tree corrects one kind of note as a whole. What the nearest node at or above a unit says applies to it and
to nothing else of that kind above; where no node says anything, the table of `note_boxes` stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.formats.note_boxes import Note
from profiling.formats.note_corrections import CORRECTIONS, corrected, faults
from profiling.intake.errors import BoxesChanged, InvalidBoxes
from profiling.intake.models import NoteBoxes


def nearest(unit: Unit) -> dict[str, NoteBoxes]:
    """By note the corrections of the nearest node at or above a unit. One query."""
    found = NoteBoxes.objects.filter(unit__in=unit.ancestors_and_self()).select_related("unit", "changed_by")
    return {one.note: one for one in sorted(found, key=lambda one: len(one.unit.path))}


def agreed_boxes(unit: Unit) -> dict[str, Any]:
    """What readers are told of a unit's boxes, {} where nothing is corrected. One query."""
    told = {code: one.corrections for code, one in nearest(unit).items() if one.corrections}
    return {CORRECTIONS: told} if told else {}


def note_of(unit: Unit, note: Note, agreed: Mapping[str, Any] | None = None) -> Note:
    """A note as a unit has it; as in the table where its corrections no longer fit the table. One query, or none."""
    try:
        return corrected(note, agreed_boxes(unit) if agreed is None else agreed)
    except ValueError:
        return note


@transaction.atomic
def correct(*, unit: Unit, note: Note, user: User, corrections: Any, version: int | None = None) -> NoteBoxes:
    """Say how a node has the boxes of one note. {} says: as the table has them, whatever nodes above say.

    version: of the row that the change rests on, 0 for none yet, None for whatever stands. What was pushed before is
    read as it was. Raises PermissionDenied, InvalidBoxes, BoxesChanged.
    """
    user.scope.require(Capability.CORRECT_BOXES, unit.pk)
    wrong = faults(note, corrections)
    if wrong:
        raise InvalidBoxes(wrong)
    standing = _locked(unit, note, version)
    said = {
        table: kept
        for table, boxes in corrections.items()
        if (kept := {key: told for key, told in boxes.items() if told})
    }
    now = timezone.now()
    if standing is None:
        standing = NoteBoxes.objects.create(
            unit=unit, note=note.code, corrections=said, changed_by=user, changed_at=now
        )
    elif standing.corrections != said:
        standing.corrections, standing.changed_by, standing.changed_at = said, user, now
        standing.version += 1
        standing.save(update_fields=["corrections", "changed_by", "changed_at", "version"])
    return standing


@transaction.atomic
def withdraw(*, unit: Unit, note: Note, user: User, version: int | None = None) -> None:
    """Let what the nodes above say apply again. Raises PermissionDenied, BoxesChanged."""
    user.scope.require(Capability.CORRECT_BOXES, unit.pk)
    standing = _locked(unit, note, version)
    if standing is not None:
        standing.delete()


def _locked(unit: Unit, note: Note, version: int | None) -> NoteBoxes | None:
    """The row of a node. Two who change it go one after the other, also where there is none yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"boxes/{note.code}", unit.pk])
    standing: NoteBoxes | None = NoteBoxes.objects.filter(unit=unit, note=note.code).first()
    if version is not None and version != (standing.version if standing else 0):
        raise BoxesChanged
    return standing
