"""What came of a case: outcomes, which append."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.ids import uuid7
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.cases.choices import Commodity, Method, OutcomeSource, OutcomeStatus, Result
from profiling.cases.models.cases import Case, CaseEventQuerySet


class OutcomeQuerySet(CaseEventQuerySet):
    def not_superseded(self) -> Self:
        """Not superseded by a later row, withdrawn ones among them: somebody looked, whatever it came to."""
        later = Outcome.objects.filter(supersedes=OuterRef("pk"))
        return self.filter(~Exists(later))

    def standing(self) -> Self:
        """What counts now: neither withdrawn nor superseded by a later row."""
        return self.not_superseded().exclude(status=OutcomeStatus.WITHDRAWN)


class Outcome(models.Model):
    """A label that one examination gave to one visit and, where known, to one consignment; never changed.

    A later row supersedes an earlier one (preliminary, then confirmed or withdrawn). A find in a container labels the
    consignment it was found in, if that is known, and never those that travelled with it.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text=_("Who examined or told of it."))
    case = models.ForeignKey(Case, models.PROTECT, related_name="outcomes")
    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, null=True, related_name="outcomes")
    consignment = models.ForeignKey(Consignment, models.PROTECT, null=True, related_name="outcomes")
    result = models.CharField(max_length=8, choices=Result)
    status = models.CharField(max_length=12, choices=OutcomeStatus)
    source = models.CharField(max_length=20, choices=OutcomeSource)
    method = models.CharField(max_length=20, choices=Method, blank=True, help_text=_("The heaviest that was used."))
    commodity = models.CharField(max_length=16, choices=Commodity, blank=True)
    told_in = models.CharField(max_length=80, blank=True, help_text=_("Number of the act, seizure or warning."))
    note = models.TextField(blank=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["recorded_at", "pk"]
        indexes = [models.Index(fields=["unit", "recorded_at", "id"], name="outcome_changes")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(visit__isnull=False) | models.Q(consignment__isnull=False),
                name="outcome_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.result} {self.status}"
