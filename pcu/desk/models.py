"""Jobs: units of background work that survive their worker, their queue and their broker."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import TenantQuerySet


class JobQuerySet(TenantQuerySet):
    pass


class Job(models.Model):
    """One piece of work, claimed under a lease. `subject` is the ref of what it belongs to."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    subject = models.UUIDField(db_index=True)
    phase = models.PositiveSmallIntegerField(default=0, help_text=_("Jobs of a later phase wait for the earlier."))
    ordinal = models.PositiveIntegerField(default=0)
    payload = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "phase", "ordinal"], name="job_once"),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="job_open_leases",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.phase}.{self.ordinal}"
