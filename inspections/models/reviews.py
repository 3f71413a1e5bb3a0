"""Submitted work and what a second pair of eyes said of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.models.inspections import Inspection, of_inspections
from pcu.ids import uuid7


class Report(models.Model):
    """An act as it was submitted: a whole copy, so that two submissions can be laid side by side; never changed, save
    that `given_up` says of a returned one that its amendment went no further.

    `content` is the act as nested plain values (see inspections.reports), `digest` the SHA-256 of its canonical JSON.
    answers: number of the note (as text, from "1") to what the author says to it.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="reports")
    number = models.PositiveSmallIntegerField(help_text=_("First, second … submission."))
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.TextField(blank=True, help_text=_("What the author says to the reviewer."))
    answers = models.JSONField(default=dict, help_text=_("What the author answers to the notes of the last return."))
    blind = models.BooleanField(default=False, help_text=_("Drawn to be reviewed without the author's name."))
    given_up = models.BooleanField(default=False, help_text=_("Returned, and given up with its amendment."))
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    objects = of_inspections("inspection").as_manager()

    class Meta:
        verbose_name = _("submitted act")
        verbose_name_plural = _("submitted acts")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["inspection", "number"], name="report_number_once")]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.number}"


class Review(models.Model):
    """What a supervisor decided of one submitted act; never changed."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    report = models.OneToOneField(Report, models.PROTECT, related_name="review")
    verdict = models.CharField(max_length=8, choices=Verdict)
    note = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    objects = of_inspections("report__inspection").as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["reviewed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.report_id} {self.verdict}"
