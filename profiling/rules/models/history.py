"""Past consignments of a customs office with what came of them, from before the unit used this system."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.scope import TenantQuerySet, tenant_queryset
from pcu.ids import uuid7
from profiling.rules.models.nodes import Node


class HistoryImport(Node):
    """One file of past consignments, read by a mapping of its columns.

    problems: [{"row", "column", "code", "params"}] of the rows that were refused, up to a limit; refused: their number.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField()
    accepted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    # Cargo, unlike rules: read where it came from, not by the neighbours below the same node.
    objects = TenantQuerySet.as_manager()  # type: ignore[assignment, misc]  # narrower than a node's

    class Meta:
        verbose_name = _("import of history")
        verbose_name_plural = _("imports of history")
        constraints = [models.UniqueConstraint(fields=["unit", "sha256"], name="history_import_once")]

    def __str__(self) -> str:
        return self.name


class PastRecord(models.Model):
    """One past consignment: the indicators as they would have stood at `moment`, and what came of it.

    known_at: when the result was known, from which moment on a fit may learn from it; None where it is not told.
    """

    class Result(models.TextChoices):
        FOUND = "found", _("found")
        CLEAN = "clean", _("clean")
        NEVER = "never", _("never inspected")

    source = models.ForeignKey(HistoryImport, models.PROTECT, related_name="records")
    row = models.PositiveIntegerField(help_text=_("Line of the file, the headings being 1."))
    moment = models.DateTimeField()
    indicators = models.JSONField()
    result = models.CharField(max_length=5, choices=Result)
    random = models.BooleanField(default=False, help_text=_("It was drawn at random."))
    known_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_queryset("source__unit").as_manager()

    class Meta:
        verbose_name = _("past consignment")
        verbose_name_plural = _("past consignments")
        constraints = [models.UniqueConstraint(fields=["source", "row"], name="past_record_once")]
        indexes = [models.Index(fields=["source", "moment"], name="past_record_moment")]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.row}"
