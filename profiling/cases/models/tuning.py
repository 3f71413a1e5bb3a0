"""What officers say of rules at the case they stand on."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.ids import uuid7
from profiling.cases.models.cases import Case, CaseEventQuerySet
from profiling.rules.models import Rule


@pghistory.track(model_name="TuningRequestHistory")
class TuningRequest(models.Model):
    """Somebody who works on a case says that a rule that fired in it needs tuning; who writes rules closes it.

    One of a person, a case and a rule. answer: what became of it, in words; empty while it is open.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="tuning_requests")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="tuning_requests")
    note = models.TextField(help_text=_("What is wrong with it, as seen at this case."))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, help_text=_("What became of it."))

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for tuning")
        verbose_name_plural = _("requests for tuning")
        constraints = [
            models.UniqueConstraint(fields=["made_by", "case", "rule"], name="tuning_asked_once"),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None, answer="")
                | models.Q(closed_at__isnull=False, closed_by__isnull=False) & ~models.Q(answer=""),
                name="tuning_open_or_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["rule", "-made_at"], name="tuning_open", condition=models.Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.rule_id}"
