"""Rule versions that score together, where they are live, and since when."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import TenantQuerySet, node_queryset
from pcu.ids import uuid7
from profiling.rules.models.lists import NamedListVersion
from profiling.rules.models.nodes import Node
from profiling.rules.models.rules import RuleVersion


@pghistory.track(model_name="ReleaseHistory")
class Release(Node):
    """Rule versions, named lists, thresholds and the sample that score together; unchanged once it was proposed.

    Where it is live is said by its activations; `state` says how far it has come.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        SHADOW = "shadow", _("shadow")
        LIVE = "live", _("live")
        RETIRED = "retired", _("retired")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    versions = models.ManyToManyField(RuleVersion, related_name="releases")
    lists = models.ManyToManyField(NamedListVersion, related_name="releases", blank=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)
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
    shadow_since = models.DateTimeField(null=True, blank=True)
    edit = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    hands = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, help_text=_("Who began it, changed it or proposed it.")
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="release_name_once"),
            models.CheckConstraint(
                condition=models.Q(made_by=None)
                | models.Q(approved_by=None)
                | ~models.Q(approved_by=models.F("made_by")),
                name="maker_never_checks_a_release",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(model_name="ActivationHistory")
class Activation(models.Model):
    """A release scores the cargo of a node and of those below it, from a moment until another takes its place.

    A release of a country may so be activated at one post first. replaced: what was live at the node before, which a
    roll-back starts again.
    """

    release = models.ForeignKey(Release, models.PROTECT, related_name="activations")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    replaced = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.TextField(blank=True)

    objects = node_queryset("unit").as_manager()

    class Meta:
        verbose_name = _("activation")
        verbose_name_plural = _("activations")
        constraints = [
            models.UniqueConstraint(fields=["unit"], name="one_live_activation", condition=models.Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.release.name} @ {self.unit.code}"


@pghistory.track(model_name="CapacityHistory")
class Capacity(Node):
    """How many examinations a node's people can do; the nearest node at or above a unit counts."""

    inspections_per_shift = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    shift_hours = models.PositiveSmallIntegerField(default=12, validators=[MinValueValidator(1), MaxValueValidator(24)])
    shift_starts = models.TimeField(help_text=_("When a shift begins, by the clock of the unit."))
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("capacity")
        verbose_name_plural = _("capacities")
        constraints = [models.UniqueConstraint(fields=["unit"], name="capacity_once")]

    def __str__(self) -> str:
        return f"{self.inspections_per_shift}"


class BackTest(Node):
    """A comparison of two releases over a period that somebody kept; never changed.

    question: {"since", "until", "capacity"}; changes: points and thresholds moved by hand; result: the counted groups,
    as `rules.core.backtest` gives them.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=80)
    release = models.ForeignKey(Release, models.PROTECT, related_name="backtests")
    against = models.ForeignKey(Release, models.PROTECT, related_name="+")
    question = models.JSONField()
    changes = models.JSONField(default=dict)
    result = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    # It counts cargo: read where that came from, not by the neighbours below the same node.
    objects: ClassVar[Any] = TenantQuerySet.as_manager()  # type: ignore[assignment]  # narrower than the node's

    class Meta:
        verbose_name = _("back-test")
        verbose_name_plural = _("back-tests")
        indexes = [models.Index(fields=["unit", "-created_at"], name="backtest_recent")]

    def __str__(self) -> str:
        return self.name
