"""What a release said of one subject, as it stood."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.ids import uuid7
from profiling.cargo.models import ConsignmentVersion, EquipmentVisit
from profiling.cargo.shares import cargo_queryset
from profiling.rules.models.nodes import Lane
from profiling.rules.models.releases import Release


class Assessment(models.Model):
    """One subject scored by one release, as it stood. Rows are only ever added.

    fired: [{"version": RuleVersion pk, "code", "points", "values": {indicator: value}}] in rule order.
    unknown: codes of rules that could not be judged for lack of facts. suspended: codes of rules that were not asked,
    because somebody had suspended them. indicators: every value as it stood.
    """

    class Trigger(models.TextChoices):
        NEW_VERSION = "new_version", _("new version")
        NEW_VISIT = "new_visit", _("equipment without a bill")
        NEW_MOVEMENT = "new_movement", _("event at a gate or a crane")
        NEW_DOCUMENT = "new_document", _("a document came or was corrected")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    version = models.ForeignKey(ConsignmentVersion, models.PROTECT, null=True, related_name="assessments")
    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, null=True, related_name="assessments")
    release = models.ForeignKey(Release, models.PROTECT, related_name="+")
    trigger = models.CharField(max_length=12, choices=Trigger)
    score = models.IntegerField()
    recommended_lane = models.ForeignKey(Lane, models.PROTECT, related_name="+")
    fired = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    suspended = models.JSONField(default=list)
    indicators = models.JSONField(default=dict)
    faults = models.JSONField(default=list, help_text=_("Indicators that failed and count as missing."))
    sampled = models.BooleanField(default=False)
    sample_stratum = models.CharField(max_length=40, blank=True)
    sample_seed = models.CharField(max_length=32, blank=True, help_text=_("Fingerprint of the secret seed."))
    sample_number = models.FloatField(null=True, help_text=_("Drawn in [0, 1); sampled when below the probability."))
    inclusion_probability = models.DecimalField(max_digits=6, decimal_places=5, null=True)
    created_at = models.DateTimeField()

    objects = cargo_queryset("unit", consignment="version__consignment", visit="visit").as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(version=None, visit__isnull=False) | models.Q(version__isnull=False, visit=None),
                name="assessment_of_one_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "created_at", "id"], name="assessment_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.score} {self.release_id}"

    @property
    def subject(self) -> Any:
        return self.version or self.visit


class ShadowScore(models.Model):
    """What a release in shadow says of an assessment that a live one made, from the same values; it stops nothing.

    fired and unknown as in `Assessment`.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="shadows")
    release = models.ForeignKey(Release, models.PROTECT, related_name="shadow_scores")
    score = models.IntegerField()
    lane = models.ForeignKey(Lane, models.PROTECT, related_name="+")
    fired = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    created_at = models.DateTimeField()

    objects = cargo_queryset(
        "assessment__unit", consignment="assessment__version__consignment", visit="assessment__visit"
    ).as_manager()

    class Meta:
        verbose_name = _("score in shadow")
        verbose_name_plural = _("scores in shadow")
        constraints = [models.UniqueConstraint(fields=["release", "assessment"], name="shadow_score_once")]

    def __str__(self) -> str:
        return f"{self.score} {self.release_id}"
