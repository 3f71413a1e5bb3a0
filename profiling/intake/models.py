"""What intake remembers: how the columns of senders' tables are read, and how units correct the boxes of notes."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import tenant_queryset
from pcu.ids import uuid7


@pghistory.track(model_name="ColumnMappingHistory")
class ColumnMapping(models.Model):
    """What somebody of the unit confirmed of the tables of one sender that have one set of headings."""

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of the set of headings."))
    mapping = models.JSONField(help_text=_("As profiling.formats.table_mapping writes it."))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    objects = tenant_queryset("unit").as_manager()

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints = [
            models.UniqueConstraint(fields=["unit", "sender", "fingerprint"], name="mapping_once_per_headings"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.sender_id} {self.fingerprint[:12]}"


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), model_name="NoteBoxesHistory"
)
class NoteBoxes(models.Model):
    """The boxes of one kind of note as a node corrects them; what the nearest node at or above a unit says applies."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    note = models.CharField(max_length=20, help_text=_("Its code in profiling.formats.note_boxes."))
    corrections = models.JSONField(default=dict, help_text=_("As profiling.formats.note_corrections has them."))
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    objects = tenant_queryset("unit").as_manager()

    class Meta:
        verbose_name = _("boxes of a note")
        verbose_name_plural = _("boxes of notes")
        constraints = [models.UniqueConstraint(fields=["unit", "note"], name="note_boxes_once_per_node")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.note}"
