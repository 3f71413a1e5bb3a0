"""Conveyance calls: one vessel call, train or truck run at one unit."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import TenantQuerySet
from pcu.ids import uuid7
from profiling.cargo.choices import Mode


@pghistory.track(model_name="ConveyanceCallHistory")
class ConveyanceCall(models.Model):
    """What carries the cargo, this time. Numbers recur; a call is one run.

    `eta_said` and `etd_said` keep what the sender wrote: {"source", "precision", "zone", "zone_source"}.
    `stated`: {"counts": {what: number}, "references": [{"kind", "number"}]}, as `formats.records.Header` has them.
    An ETA given as a date only is stored as the start of that day in the unit's zone, and its precision says so.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    mode = models.CharField(max_length=12, choices=Mode, blank=True)
    key = models.CharField(max_length=160, help_text=_("Identifier and voyage, normalised; recurs."))
    identifier = models.CharField(max_length=70, blank=True)
    identifier_type = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=70, blank=True)
    voyage = models.CharField(max_length=35, blank=True)
    flag = models.CharField(max_length=2, blank=True)
    departure_code = models.CharField(max_length=25, blank=True)
    departure_name = models.CharField(max_length=256, blank=True)
    arrival_code = models.CharField(max_length=25, blank=True)
    arrival_name = models.CharField(max_length=256, blank=True)
    etd = models.DateTimeField(null=True)
    etd_said = models.JSONField(default=dict)
    eta = models.DateTimeField(null=True)
    eta_said = models.JSONField(default=dict)
    stated = models.JSONField(
        default=dict, help_text=_("What was announced of it as a whole: counts, and the papers named.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("conveyance call")
        verbose_name_plural = _("conveyance calls")
        indexes = [
            models.Index(fields=["unit", "mode", "key"], name="call_by_key"),
            models.Index(fields=["unit", "eta"], name="call_by_eta"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What people call it: the train or voyage number with the name or identifier."""
        parts = [self.voyage, self.name or self.identifier]
        return " ".join(dict.fromkeys(part for part in parts if part))
