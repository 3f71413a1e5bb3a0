"""Cases: what is flagged, who looks at it, how long there is, and everything that happened."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import TenantQuerySet, scope_of
from pcu.ids import uuid7
from profiling.cargo.models import Consignment, EquipmentVisit
from profiling.cases.choices import Disposition
from profiling.rules.models import Assessment, Lane


class CaseQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Cases of the user's units, and those passed to them."""
        units = scope_of(user).units()
        return self.filter(models.Q(unit__in=units) | models.Q(working_unit__in=units))

    def of_desk(self, unit: Unit) -> Self:
        """Cases a unit has to decide."""
        return self.filter(working_unit=unit)


@pghistory.track(model_name="CaseHistory")
class Case(models.Model):
    """A flag that must end in a disposition.

    `unit` owns it for good; `working_unit` is who decides now, another one after it was passed on.
    `due_source`: "eta" (arrival of the conveyance) or "lane" (time limit of the lane). `version` is the edit lock.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DOCUMENTS = "documents", _("waiting for documents")
        REFERRED = "referred", _("referred")
        CLOSED = "closed", _("closed")

    class Origin(models.TextChoices):
        RULES = "rules", _("rules")
        SAMPLE = "sample", _("random sample")
        LOOKOUT = "lookout", _("lookout")

    class DueSource(models.TextChoices):
        ETA = "eta", _("arrival")
        LANE = "lane", _("time limit of the lane")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    working_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    origin = models.CharField(max_length=8, choices=Origin)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+", help_text=_("The latest."))
    decided_assessment = models.ForeignKey(
        Assessment, models.PROTECT, null=True, related_name="+", help_text=_("The one decided upon.")
    )
    recommended_lane = models.ForeignKey(Lane, models.PROTECT, related_name="+")
    decided_lane = models.ForeignKey(Lane, models.PROTECT, null=True, related_name="+")
    lane_rank = models.PositiveSmallIntegerField(help_text=_("Of the recommended lane; the queue sorts by it."))
    score = models.IntegerField()
    due_at = models.DateTimeField(null=True)
    due_source = models.CharField(max_length=4, choices=DueSource, blank=True)
    # What the queue shows of the cargo, copied when the case is opened or scored anew.
    equipment_number = models.CharField(max_length=35, blank=True)
    equipment_count = models.PositiveIntegerField(default=0)
    consignee = models.CharField(max_length=350, blank=True)
    goods = models.CharField(max_length=350, blank=True)
    conveyance = models.CharField(max_length=110, blank=True)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    changed_since_decision = models.BooleanField(default=False)
    withdrawn = models.BooleanField(default=False, help_text=_("The sender has withdrawn the consignment."))
    disposition = models.CharField(max_length=20, choices=Disposition, blank=True)
    version = models.PositiveIntegerField(default=1)
    consignments = models.ManyToManyField(Consignment, through="CaseConsignment", related_name="cases")
    visits = models.ManyToManyField(EquipmentVisit, through="CaseVisit", related_name="cases")
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(
                fields=["working_unit", "lane_rank", "due_at", "id"],
                name="case_queue",
                condition=~models.Q(state="closed"),
            ),
            models.Index(fields=["working_unit", "updated_at", "id"], name="case_changes"),
            models.Index(fields=["unit", "opened_at"], name="case_by_unit"),
            # those passed on, which are few: their cargo is read by another unit than its own
            models.Index(
                fields=["working_unit"], name="case_passed_on", condition=~models.Q(unit=models.F("working_unit"))
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CaseEventQuerySet(TenantQuerySet):
    """Rows of a case, seen by whoever sees the case."""

    def visible_to(self, user: Any) -> Self:
        units = scope_of(user).units()
        return self.filter(models.Q(case__unit__in=units) | models.Q(case__working_unit__in=units))


class CaseConsignment(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="consignment_links")
    consignment = models.ForeignKey(Consignment, models.PROTECT, related_name="case_links")

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "consignment"], name="case_consignment_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.consignment_id}"


class CaseVisit(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="visit_links")
    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, related_name="case_links")

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "visit"], name="case_visit_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.visit_id}"


class CaseEvent(models.Model):
    """One line of a case's only timeline, written by every layer; never changed."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        RESCORED = "rescored", _("scored anew")
        CHANGED = "changed", _("changed since the decision")
        WITHDRAWN = "withdrawn", _("withdrawn by the sender")
        CLAIMED = "claimed", _("claimed")
        RELEASED = "released", _("claim given back")
        TAKEN_OVER = "taken_over", _("taken over")
        COMMENT = "comment", _("comment")
        DECIDED = "decided", _("decided")
        HOLD_PLACED = "hold_placed", _("hold placed")
        HOLD_NOTIFIED = "hold_notified", _("hold notice read by the operator")
        HOLD_ACKNOWLEDGED = "hold_acknowledged", _("hold acknowledged by the operator")
        HOLD_LIFTED = "hold_lifted", _("hold lifted")
        REFERRED = "referred", _("referred for examination")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        DISPOSITION_CHANGED = "disposition", _("disposition changed")
        OUTCOME = "outcome", _("outcome recorded")
        EXAMINATION_PLANNED = "exam_planned", _("examination planned")
        EXAMINATION_STARTED = "exam_started", _("examination started")
        EXAMINATION_SUBMITTED = "exam_submitted", _("examination submitted for review")
        EXAMINATION_RETURNED = "exam_returned", _("examination returned with notes")
        EXAMINATION_APPROVED = "exam_approved", _("examination approved")
        EXAMINATION_AMENDED = "exam_amended", _("amendment of the examination begun")
        AMENDMENT_DROPPED = "exam_restored", _("amendment of the examination given up")
        EXAMINATION_DROPPED = "exam_dropped", _("examination given up")
        SEIZURE = "seizure", _("seizure recorded")
        SEIZURE_REMOVED = "seizure_removed", _("seizure taken out of the act")
        CUSTODY = "custody", _("seized goods handed over")
        LABORATORY = "laboratory", _("laboratory answered")
        LOOKOUT_HIT = "lookout_hit", _("lookout hit")
        WARNING_SENT = "warning_sent", _("warning sent")
        WARNING_ANSWERED = "warning_answered", _("warning answered")

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    facts = models.JSONField(default=dict)

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("case event")
        verbose_name_plural = _("case events")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["case", "at", "id"], name="case_timeline")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
