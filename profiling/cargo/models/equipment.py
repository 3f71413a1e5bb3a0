"""Equipment visits: one stay of a container, wagon, trailer or truck, what was said of it, and its seals."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.ids import uuid7
from profiling.cargo.choices import EquipmentKind, Fill, SealParty
from profiling.cargo.models.conveyances import ConveyanceCall
from profiling.cargo.models.submissions import Submission
from profiling.cargo.shares import cargo_queryset

KG: dict[str, Any] = {"max_digits": 14, "decimal_places": 3}


class EquipmentVisit(models.Model):
    """One visit: container numbers recur, so everything said of one belongs to the visit."""

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    call = models.ForeignKey(ConveyanceCall, models.PROTECT, related_name="visits")
    kind = models.CharField(max_length=10, choices=EquipmentKind)
    number = models.CharField(max_length=35, help_text=_("Upper case, letters and digits only."))
    number_as_written = models.CharField(max_length=35)
    current = models.ForeignKey("VisitStatement", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = cargo_queryset("unit", visit="pk").as_manager()

    class Meta:
        verbose_name = _("equipment visit")
        verbose_name_plural = _("equipment visits")
        constraints = [models.UniqueConstraint(fields=["unit", "number", "call", "kind"], name="visit_once")]
        indexes = [models.Index(fields=["unit", "updated_at", "id"], name="visit_changes")]

    def __str__(self) -> str:
        return self.number


class VisitStatement(models.Model):
    """What one message said of a visit: type, fill status and weights; immutable, the latest is current.

    `stated`, each where it was told: "dangerous": [{"un_number", "hazard_class", "regime"}]; "from", "to": {"code",
    "name"}, ports of loading and discharge; "documents": numbers; "operator".
    """

    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, related_name="statements")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    size_type = models.CharField(max_length=10, blank=True, help_text=_("ISO 6346 size and type."))
    fill = models.CharField(max_length=6, choices=Fill, blank=True)
    tare_kg = models.DecimalField(null=True, **KG)
    gross_kg = models.DecimalField(null=True, **KG)
    vgm_kg = models.DecimalField(null=True, help_text=_("Verified gross mass (SOLAS VI/2)."), **KG)
    temperature_c = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    stowage = models.CharField(
        max_length=10, blank=True, help_text=_("Stow position on the vessel (ISO 9711), or the place in the train.")
    )
    stated = models.JSONField(
        default=dict, help_text=_("What a stowage plan adds: dangerous goods, ports, bills and operator.")
    )
    received_at = models.DateTimeField()

    objects = cargo_queryset("visit__unit", visit="visit").as_manager()

    class Meta:
        verbose_name = _("visit statement")
        verbose_name_plural = _("visit statements")

    def __str__(self) -> str:
        return f"{self.visit_id} {self.fill}"


class Placement(models.Model):
    """A container on a wagon, trailer or truck, from–to. Apart from the bill, so a gauge change keeps the chain."""

    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, related_name="placements")
    carrier = models.ForeignKey(EquipmentVisit, models.PROTECT, related_name="carried")
    from_code = models.CharField(max_length=25, blank=True)
    from_name = models.CharField(max_length=256, blank=True)
    to_code = models.CharField(max_length=25, blank=True)
    to_name = models.CharField(max_length=256, blank=True)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    objects = cargo_queryset("visit__unit", visit="visit").as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")

    def __str__(self) -> str:
        return f"{self.visit_id} on {self.carrier_id}"


class SealObservation(models.Model):
    """A seal number somebody read: declared on paper, or seen at a gate, a crane or a door."""

    class Event(models.TextChoices):
        DECLARED = "declared", _("declared")
        ARRIVAL = "arrival", _("read on arrival")
        DEPARTURE = "departure", _("read on departure")

    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, related_name="seals")
    number = models.CharField(max_length=35, help_text=_("Upper case, letters and digits only."))
    number_as_written = models.CharField(max_length=35)
    party = models.CharField(max_length=12, choices=SealParty, default=SealParty.UNKNOWN)
    event = models.CharField(max_length=10, choices=Event, default=Event.DECLARED)
    observer = models.CharField(max_length=70, blank=True, help_text=_("Who says so: the sender for a declared seal."))
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, related_name="+")
    observed_at = models.DateTimeField()

    objects = cargo_queryset("visit__unit", visit="visit").as_manager()

    class Meta:
        verbose_name = _("seal observation")
        verbose_name_plural = _("seal observations")
        indexes = [models.Index(fields=["number", "visit"], name="seal_by_number")]

    def __str__(self) -> str:
        return self.number
