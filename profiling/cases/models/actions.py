"""What is done about a case: decisions, holds and referrals."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import TenantQuerySet, scope_of
from pcu.ids import uuid7
from profiling.cargo.models import EquipmentVisit
from profiling.cases.choices import DecisionKind, Method, Reason
from profiling.cases.models.cases import Case, CaseEventQuerySet
from profiling.rules.models import Assessment, Lane


class Decision(models.Model):
    """One decision on a case, as it was taken; a later one is another row."""

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=20, choices=DecisionKind)
    reasons = models.JSONField(help_text=_("Codes of cases.choices.Reason."))
    note = models.TextField(blank=True)
    lane = models.ForeignKey(Lane, models.PROTECT, null=True, related_name="+")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    overrides = models.BooleanField(default=False, help_text=_("Decided another lane than recommended."))
    override_reason = models.TextField(blank=True)
    passed_to = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["decided_at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"

    @property
    def reason_labels(self) -> list[str]:
        return [str(Reason(code).label) for code in self.reasons]


class HoldQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> Self:
        units = scope_of(user).units()
        return self.filter(models.Q(unit__in=units) | models.Q(case__working_unit__in=units))

    def notices_for(self, client: Any) -> Self:
        """Holds on equipment that a client system itself declared; it reads the notice text and nothing else."""
        declared = EquipmentVisit.objects.filter(
            models.Q(statements__submission__sender=client) | models.Q(loadings__version__submission__sender=client)
        )
        return self.filter(visit__in=declared.values("pk"))


@pghistory.track(model_name="HoldHistory")
class Hold(models.Model):
    """Equipment must not leave. The operator reads the notice text; the grounds stay inside."""

    class State(models.TextChoices):
        PLACED = "placed", _("placed")
        NOTIFIED = "notified", _("notified")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        LIFTED = "lifted", _("lifted")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="holds")
    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, related_name="holds")
    authority = models.CharField(max_length=120, help_text=_("On whose authority."))
    grounds = models.TextField(blank=True, help_text=_("Internal; never shown to the operator."))
    notice = models.TextField(help_text=_("What the operator reads."))
    state = models.CharField(max_length=12, choices=State, default=State.PLACED)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=120, blank=True, help_text=_("Who at the operator said so."))
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "visit"], name="one_standing_hold", condition=~models.Q(state="lifted")
            ),
        ]
        indexes = [models.Index(fields=["unit", "updated_at", "id"], name="hold_changes")]

    def __str__(self) -> str:
        return f"{self.visit} {self.state}"


@pghistory.track(model_name="ReferralHistory")
class Referral(models.Model):
    """A request to examine. It does not tell a random draw from a rule: who examines must not know."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("being examined")
        DONE = "done", _("examined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    method = models.CharField(max_length=20, choices=Method)
    note = models.TextField(blank=True, help_text=_("For the inspectors."))
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        indexes = [models.Index(fields=["unit", "updated_at", "id"], name="referral_changes")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.method}"
