"""Warnings to another unit, and the feedback on them."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchanges.choices import Action, Answer, Located, RequestedAction, State, Urgency, WhyNot
from exchanges.models.threads import Thread
from exchanges.reach import of_threads
from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit
from pcu.ids import uuid7
from profiling.cases.choices import Commodity
from profiling.cases.models import Case


@pghistory.track(model_name="WarningHistory")
class PartnerWarning(models.Model):
    """A warning of one unit to another, and the thread that it opens.

    `body` is the message (`exchanges.body.WarningBody`): copied fields only, so that it means the same on another
    installation. `case` and everything else that points into the sender's records is for the sender's side alone.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(max_length=40, unique=True)
    thread = models.OneToOneField(Thread, models.CASCADE, related_name="warning")
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(
        Case, models.PROTECT, related_name="warnings", help_text=_("Of the sender; the other side never sees it.")
    )
    body = models.JSONField()
    urgency = models.CharField(max_length=8, choices=Urgency)
    action = models.CharField(max_length=12, choices=RequestedAction)
    handling = models.CharField(max_length=12, choices=Handling)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    feedback_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    feedback_at = models.DateTimeField(null=True, help_text=_("When the first feedback came."))
    recalled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recalled_at = models.DateTimeField(null=True)
    recall_reason = models.TextField(blank=True)
    expired_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    objects = of_threads("thread").as_manager()

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        indexes = [
            models.Index(fields=["from_unit", "updated_at", "id"], name="warning_out"),
            models.Index(fields=["to_unit", "updated_at", "id"], name="warning_in"),
            models.Index(fields=["expires_at"], name="warning_expiry"),
        ]

    def __str__(self) -> str:
        return self.number


class Feedback(models.Model):
    """What the receiving unit tells of a warning; never changed. An amendment is a later row.

    `equipment`: the numbers the result is about, of those the warning names.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    warning = models.ForeignKey(PartnerWarning, models.CASCADE, related_name="feedback")
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    located = models.CharField(max_length=8, choices=Located)
    located_at = models.DateTimeField(null=True)
    action = models.CharField(max_length=20, choices=Action)
    result = models.CharField(max_length=12, choices=Answer)
    why_not = models.CharField(max_length=16, choices=WhyNot, blank=True)
    equipment = models.JSONField(default=list)
    commodity = models.CharField(max_length=16, choices=Commodity, blank=True)
    quantity = models.CharField(max_length=240, blank=True)
    seized = models.BooleanField(default=False)
    useful = models.BooleanField(null=True)
    new_facts = models.TextField(blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    objects = of_threads("warning__thread").as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["warning"], name="one_first_feedback", condition=models.Q(supersedes__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warning_id} {self.result}"
