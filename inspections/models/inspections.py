"""One examination: what was to be done, who did it, and one line for each piece of equipment."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.choices import (
    CountedHow,
    PhotoKind,
    ReasonToInspect,
    SealCondition,
    SealEvent,
    State,
    WeighedHow,
)
from pcu.accounts.models import Unit
from pcu.accounts.roles import Agency
from pcu.accounts.scope import TenantQuerySet, scope_of
from pcu.desk import once
from pcu.ids import uuid7
from profiling.cargo.models import EquipmentVisit
from profiling.cases.choices import Method, Result
from profiling.cases.models import Case, Referral

KG: dict[str, Any] = {"max_digits": 15, "decimal_places": 3}
USVH: dict[str, Any] = {"max_digits": 8, "decimal_places": 3}


class InspectionRows(TenantQuerySet):
    """Rows of an inspection, seen by whoever sees the inspection or its case."""

    path = ""

    def visible_to(self, user: Any) -> Self:
        units = scope_of(user).units()
        reached = ("unit", "case__unit", "case__working_unit")
        wanted = models.Q()
        for lookup in reached:
            wanted |= models.Q(**{f"{self.path}{lookup}__in": units})
        return self.filter(wanted)


def of_inspections(path: str) -> type[InspectionRows]:
    """An InspectionRows for a model whose inspection (or what has its unit and case) is found by `path`."""
    return type("InspectionRows", (InspectionRows,), {"path": f"{path}__" if path else ""})


@pghistory.track(model_name="InspectionHistory", exclude=["once"])
class Inspection(models.Model):
    """An examination of the equipment of a case by a team. `version` is the edit lock of the whole act.

    `once`: see `pcu.desk.once`. left_out: {ref of the equipment: {"equipment": number, "why": text}}.
    These rows and those that hang on them are the working copy. What was submitted and approved stands in the reports,
    as whole copies: an amendment works on the rows again, and the report approved before stays as it was.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="inspections")
    referral = models.ForeignKey(Referral, models.PROTECT, null=True, related_name="inspections")
    reason = models.CharField(max_length=16, choices=ReasonToInspect, default=ReasonToInspect.REFERRAL)
    asked_method = models.CharField(max_length=20, choices=Method)
    instructions = models.TextField(blank=True)
    place = models.CharField(max_length=120, blank=True)
    planned_for = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    remarks = models.TextField(blank=True)
    damage = models.TextField(blank=True, help_text=_("Damage done or found."))
    left_out = models.JSONField(
        default=dict, blank=True, help_text=_("Equipment of the case that is not examined, and why.")
    )
    version = models.PositiveIntegerField(default=1)
    once = models.CharField(max_length=once.LENGTH, blank=True, default="", editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = of_inspections("").as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        indexes = [models.Index(fields=["unit", "updated_at", "id"], name="inspection_changes")]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                name="one_inspection_per_referral",
                condition=~models.Q(state="dropped"),
            ),
            once.once_only("inspection_once"),
        ]

    def __str__(self) -> str:
        return self.number


@pghistory.track(model_name="TeamMemberHistory")
class TeamMember(models.Model):
    """Somebody who takes part, for an agency."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agency = models.CharField(max_length=16, choices=Agency)
    leads = models.BooleanField(default=False)

    objects = of_inspections("inspection").as_manager()

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = [models.UniqueConstraint(fields=["inspection", "user"], name="in_the_team_once")]

    def __str__(self) -> str:
        return f"{self.inspection_id}: {self.user_id}"


@pghistory.track(model_name="PersonPresentHistory")
class PersonPresent(models.Model):
    """Somebody present who is no officer of ours: carrier, declarant, witness, dog handler of another agency."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="present")
    name = models.CharField(max_length=120)
    capacity = models.CharField(max_length=120, help_text=_("Carrier, declarant, witness, interpreter."))

    objects = of_inspections("inspection").as_manager()

    class Meta:
        verbose_name = _("person present")
        verbose_name_plural = _("persons present")

    def __str__(self) -> str:
        return self.name


@pghistory.track(model_name="InspectionLineHistory")
class InspectionLine(models.Model):
    """What was done to one piece of equipment and what it showed.

    methods: {Method: {"done": bool, "started": ISO time or None, "ended": ISO time or None, "device", "serial",
    "handler", "dog", "note"}}; points: {Point: {"state": PointState, "note": text}}; what nobody touched is left out.
    Weights in kilograms, radiation in µSv/h. What is declared is copied when the examination is planned: a later
    message does not change an act.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="lines")
    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, related_name="inspection_lines")
    methods = models.JSONField(default=dict)
    points = models.JSONField(default=dict)
    packages_declared = models.PositiveBigIntegerField(null=True)
    packages_found = models.PositiveBigIntegerField(null=True)
    counted_how = models.CharField(max_length=10, choices=CountedHow, blank=True)
    gross_declared_kg = models.DecimalField(null=True, **KG)
    gross_found_kg = models.DecimalField(null=True, **KG)
    weighed_how = models.CharField(max_length=10, choices=WeighedHow, blank=True)
    weighing_note = models.CharField(max_length=240, blank=True, help_text=_("Which scale; how many packages."))
    difference_note = models.TextField(blank=True, help_text=_("Why there is more or less than declared."))
    radiation_usvh = models.DecimalField(null=True, **USVH)
    radiation_background_usvh = models.DecimalField(null=True, **USVH)
    radiation_device = models.CharField(max_length=80, blank=True)
    findings = models.TextField(blank=True)
    photos_note = models.CharField(max_length=240, blank=True, help_text=_("Why one that is asked for is missing."))
    result = models.CharField(max_length=8, choices=Result, blank=True)
    found_in = models.ForeignKey(
        "cargo.Consignment",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("The consignment the find belongs to, where known."),
    )
    updated_at = models.DateTimeField()

    objects = of_inspections("inspection").as_manager()

    class Meta:
        verbose_name = _("inspection line")
        verbose_name_plural = _("inspection lines")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["inspection", "visit"], name="one_line_per_equipment")]

    def __str__(self) -> str:
        return f"{self.inspection_id}: {self.visit_id}"


@pghistory.track(model_name="SealRecordHistory")
class SealRecord(models.Model):
    """A seal found on the equipment or affixed after the examination."""

    # A tablet names the seals it adds itself, so that what follows of them can be sent before the first is answered.
    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    line = models.ForeignKey(InspectionLine, models.CASCADE, related_name="seals")
    event = models.CharField(max_length=8, choices=SealEvent)
    number = models.CharField(max_length=35, help_text=_("As read."))
    condition = models.CharField(max_length=8, choices=SealCondition, blank=True)
    by = models.CharField(max_length=120, blank=True, help_text=_("Whose seal, or who affixed it."))
    at = models.DateTimeField(null=True)
    note = models.CharField(max_length=240, blank=True)

    objects = of_inspections("line__inspection").as_manager()

    class Meta:
        verbose_name = _("seal found or affixed")
        verbose_name_plural = _("seals found or affixed")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.number


@pghistory.track(model_name="PhotoHistory")
class Photo(models.Model):
    """A photograph or scan image. `sha256` names the bytes as they came; `shown_sha256` a copy drawn anew, without
    metadata, which alone is shown in pages, and `thumb_sha256` a small one. `upload_id` is the id the tablet gave it:
    sent again after a lost answer, it is not stored twice."""

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="photos")
    line = models.ForeignKey(InspectionLine, models.CASCADE, null=True, related_name="photos")
    seal = models.ForeignKey(SealRecord, models.SET_NULL, null=True, related_name="photos")
    kind = models.CharField(max_length=10, choices=PhotoKind)
    caption = models.CharField(max_length=240, blank=True)
    sha256 = models.CharField(max_length=64)
    shown_sha256 = models.CharField(max_length=64)
    thumb_sha256 = models.CharField(max_length=64)
    upload_id = models.UUIDField(default=uuid7)
    size = models.PositiveIntegerField(help_text=_("Bytes as they came."))
    width = models.PositiveIntegerField(help_text=_("Pixels."))
    height = models.PositiveIntegerField(help_text=_("Pixels."))
    taken_at = models.DateTimeField(null=True, help_text=_("As the camera says."))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, help_text=_("Taken out of the act; the bytes stay."))

    objects = of_inspections("inspection").as_manager()

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")
        ordering = ["uploaded_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["inspection", "upload_id"], name="photo_once")]
        indexes = [models.Index(fields=["uploaded_at", "id"], name="photo_changes")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class AppliedChange(models.Model):
    """A change a tablet sent, by the id the tablet gave it: sent again after a lost answer, it is not made twice.

    `tablet` and `turn` order what one tablet wrote into one field, whatever order it arrives in. `answer` is what was
    answered, and is answered again.
    """

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")
        CONFLICT = "conflict", _("conflict")
        SUPERSEDED = "superseded", _("superseded by a later change of the same tablet")

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="changes")
    change_id = models.UUIDField()
    # a line taken away leaves what was written into it on record, for who wrote it took part
    line = models.ForeignKey(InspectionLine, models.SET_NULL, null=True, related_name="+")
    field = models.CharField(max_length=60)
    value = models.JSONField(null=True, help_text=_("As it was sent."))
    tablet = models.UUIDField(null=True)
    turn = models.PositiveBigIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=Outcome)
    answer = models.JSONField(default=dict)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = of_inspections("inspection").as_manager()

    class Meta:
        verbose_name = _("applied change")
        verbose_name_plural = _("applied changes")
        constraints = [models.UniqueConstraint(fields=["inspection", "change_id"], name="change_once")]
        indexes = [
            # who wrote a field last
            models.Index(
                fields=["inspection", "line", "field", "-id"], name="last_change", condition=models.Q(outcome="applied")
            ),
        ]

    def __str__(self) -> str:
        return str(self.change_id)
