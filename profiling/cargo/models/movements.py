"""Movements: what happened to a piece of equipment, when and where, as a gate, a crane or a railway told it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from profiling.cargo.choices import Fill, MovementKind
from profiling.cargo.models.equipment import EquipmentVisit
from profiling.cargo.models.submissions import Submission
from profiling.cargo.shares import cargo_queryset

KG: dict[str, Any] = {"max_digits": 14, "decimal_places": 3}


class MovementEvent(models.Model):
    """One event of one visit; immutable. `at_said` keeps what the sender wrote, as the times of a call do."""

    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, related_name="movements")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="movements")
    event = models.CharField(max_length=18, choices=MovementKind)
    at = models.DateTimeField(null=True)
    at_said = models.JSONField(default=dict)
    place_code = models.CharField(max_length=25, blank=True)
    place_name = models.CharField(max_length=256, blank=True)
    fill = models.CharField(max_length=6, choices=Fill, blank=True)
    gross_kg = models.DecimalField(null=True, help_text=_("Weighed or stated then."), **KG)
    vgm_kg = models.DecimalField(null=True, help_text=_("Verified gross mass (SOLAS VI/2)."), **KG)
    carried_on = models.CharField(max_length=35, blank=True, help_text=_("Wagon, trailer or truck."))
    seals = models.JSONField(default=list, help_text=_("Numbers read then, as written."))
    documents = models.JSONField(default=list, help_text=_("Bills and bookings named with it."))
    observer = models.CharField(max_length=70, blank=True)
    position = models.JSONField(default=dict)
    received_at = models.DateTimeField(help_text=_("When the message came."))

    objects = cargo_queryset("visit__unit", visit="visit").as_manager()

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        indexes = [models.Index(fields=["visit", "at"], name="movements_of_visit")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.event}"
