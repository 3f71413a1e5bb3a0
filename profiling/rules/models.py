"""Rules, releases and lanes of a unit tree node, and the assessments made with them."""

from __future__ import annotations

from typing import Any

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import TenantQuerySet, tenant_queryset
from pcu.ids import uuid7
from pcu.words import in_language
from profiling.cargo.models import ConsignmentVersion, EquipmentVisit
from profiling.cargo.shares import cargo_queryset


class Node(models.Model):
    """Belongs to a node of the unit tree and applies to its descendants."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


@pghistory.track(model_name="LaneHistory")
class Lane(Node):
    """What is to be done with cargo of a certain score, as one country words it."""

    class Mark(models.TextChoices):
        """The shape that stands for the lane wherever there is no room for its word."""

        EXAMINE = "e", _("octagon")
        SCAN = "s", _("diamond")
        DOCUMENTS = "d", _("page")
        AUDIT = "a", _("shield")
        NONE = "n", _("ring")

    code = models.CharField(max_length=12)
    mark = models.CharField(max_length=1, choices=Mark)
    rank = models.PositiveSmallIntegerField(help_text=_("1 is looked at first."))
    letters = models.JSONField(help_text=_("Letter in the mark, by language."))
    labels = models.JSONField(help_text=_("By language."))
    actions = models.JSONField(help_text=_("What is to be done, by language."))
    limit_minutes = models.PositiveIntegerField(null=True, blank=True, help_text=_("Time to decide, from receipt."))

    class Meta:
        verbose_name = _("lane")
        verbose_name_plural = _("lanes")
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="lane_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_language(self.labels)

    @property
    def letter(self) -> str:
        return in_language(self.letters)

    @property
    def action(self) -> str:
        return in_language(self.actions)


@pghistory.track(model_name="RuleHistory")
class Rule(Node):
    """A rule's identity. What it says is in its versions."""

    code = models.CharField(max_length=20)
    owner = models.CharField(max_length=120)
    expires_on = models.DateField()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="rule_once")]

    def __str__(self) -> str:
        return self.code


class RuleVersion(models.Model):
    """What a rule says; immutable. The condition is the typed tree of rules.core.conditions."""

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    titles = models.JSONField(help_text=_("By language."))
    shorts = models.JSONField(help_text=_("Why in three words, by language."))
    reasons = models.JSONField(help_text=_("A sentence with {indicator} places, by language."))
    condition = models.JSONField()
    points = models.SmallIntegerField(validators=[MinValueValidator(-100), MaxValueValidator(100)])
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = tenant_queryset("rule__unit").as_manager()

    class Meta:
        verbose_name = _("rule version")
        verbose_name_plural = _("rule versions")
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once")]

    def __str__(self) -> str:
        return f"{self.rule.code} v{self.number}"

    @property
    def title(self) -> str:
        return in_language(self.titles)

    @property
    def short(self) -> str:
        return in_language(self.shorts)

    @property
    def reason(self) -> str:
        return in_language(self.reasons)


@pghistory.track(model_name="ReleaseHistory")
class Release(Node):
    """Rule versions, thresholds and the sample that score together. One is live per node; the nearest applies."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SHADOW = "shadow", _("shadow")
        LIVE = "live", _("live")
        RETIRED = "retired", _("retired")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    versions = models.ManyToManyField(RuleVersion, related_name="releases")
    thresholds = models.JSONField(help_text=_("Lane code to the points from which it applies."))
    sample_rate = models.DecimalField(
        max_digits=6,
        decimal_places=5,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("Share of low-score cargo that is drawn for examination."),
    )
    sample_lane = models.CharField(max_length=12, help_text=_("Lane code that drawn cargo is sent to."))
    live_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="release_name_once"),
            models.UniqueConstraint(fields=["unit"], name="one_live_release", condition=models.Q(state="live")),
        ]

    def __str__(self) -> str:
        return self.name


class Assessment(models.Model):
    """One subject scored by one release, as it stood. Rows are only ever added.

    fired: [{"version": RuleVersion pk, "code", "points", "values": {indicator: value}}] in rule order.
    unknown: codes of rules that could not be judged for lack of facts. indicators: every value as it stood.
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
