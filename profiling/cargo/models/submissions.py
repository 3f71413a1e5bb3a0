"""Submissions: one push each, with the bytes as they came and every problem told."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import TenantQuerySet, scope_of, tenant_queryset
from pcu.ids import uuid7
from profiling.formats.records import Severity as RecordSeverity


class SubmissionQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Staff see the submissions of their units; a client system sees its own and no other."""
        if user.is_authenticated and user.is_client:
            return self.filter(sender=user)
        return self.filter(unit__in=scope_of(user).units())


@pghistory.track(model_name="SubmissionHistory")
class Submission(models.Model):
    """One push of one file."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("received")
        MAPPING = "mapping", _("waiting for a mapping")
        READING = "reading", _("reading")
        SCORING = "scoring", _("scoring")
        DONE = "done", _("done")
        REJECTED = "rejected", _("rejected")
        FAILED = "failed", _("failed")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    idempotency_key = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, help_text=_("Of the bytes; also their name in the store."))
    size = models.BigIntegerField(help_text=_("Bytes."))
    file_name = models.CharField(max_length=255, blank=True, help_text=_("As the sender called it; never trusted."))
    format = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    atomic = models.BooleanField(default=False)
    dry_run = models.BooleanField(default=False)
    is_history = models.BooleanField(
        default=False, help_text=_("Cargo that came before this installation: kept to compare with, never scored.")
    )
    function = models.CharField(max_length=10, blank=True)
    manifest_numbers = models.JSONField(default=list)
    messages = models.JSONField(
        default=list, help_text=_("Of each message its header, and how many of its records were read and refused.")
    )
    read_count = models.PositiveIntegerField(default=0)
    accepted_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    flagged_count = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True, help_text=_("What went wrong on our side."))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True)

    # Set by intake: this push repeats an earlier one, which is what is answered.
    was_known = False

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [
            models.UniqueConstraint(fields=["sender", "idempotency_key"], name="submission_once_per_key"),
        ]
        indexes = [
            models.Index(fields=["unit", "-created_at", "-id"], name="submission_newest"),
            models.Index(fields=["sender", "updated_at", "id"], name="submission_by_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.ref}"

    @property
    def waits_for_people(self) -> bool:
        """Nothing goes on by itself: somebody of the unit has to say what the columns of the table hold."""
        return self.status == self.Status.MAPPING

    @property
    def is_finished(self) -> bool:
        return self.status in {self.Status.DONE, self.Status.REJECTED, self.Status.FAILED}


class SubmissionProblem(models.Model):
    """One thing wrong with a submission, where it stands and what was received."""

    class Severity(models.TextChoices):
        WARNING = RecordSeverity.WARNING.value, _("warning")
        ERROR = RecordSeverity.ERROR.value, _("error")
        FATAL = RecordSeverity.FATAL.value, _("fatal")

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="problems")
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, choices=Severity)
    field = models.CharField(max_length=120, blank=True)
    document = models.CharField(max_length=70, blank=True)
    position = models.JSONField(default=dict, help_text=_("Byte offset, and segment number or JSON pointer."))
    received = models.CharField(max_length=512, blank=True)
    params = models.JSONField(default=dict)

    objects = tenant_queryset("submission__unit").as_manager()

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.severity} {self.code} {self.document}"
