"""Threads: what two units write to each other, who has read it, and the clocks that run."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchanges.choices import ClockKind, Line
from exchanges.reach import LineRows, of_threads
from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit
from pcu.accounts.roles import Agency
from pcu.desk import once
from pcu.ids import uuid7


@pghistory.track(model_name="ThreadHistory", exclude=["once"])
class Thread(models.Model):
    """A conversation of two units. The other side sees it from `opened_at` on; `agency` narrows who there does."""

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(max_length=40, unique=True)
    subject = models.CharField(max_length=240)
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    agency = models.CharField(max_length=16, choices=Agency, blank=True, help_text=_("Of the other side; blank: all."))
    handling = models.CharField(max_length=12, choices=Handling, default=Handling.RESTRICTED)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    once = models.CharField(max_length=once.LENGTH, blank=True, default="", editable=False)

    objects = of_threads("").as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        indexes = [
            models.Index(fields=["from_unit", "updated_at", "id"], name="thread_out"),
            models.Index(fields=["to_unit", "updated_at", "id"], name="thread_in"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(from_unit=models.F("to_unit")), name="thread_of_two_units"),
            once.once_only("thread_once"),
        ]

    def __str__(self) -> str:
        return self.number

    def other(self, unit_id: int) -> Unit:
        """The side that is not `unit_id`."""
        return self.to_unit if unit_id == self.from_unit_id else self.from_unit


class Message(models.Model):
    """One line of a thread; never changed. `only_for` keeps it with one of the two units.

    Events hold in `facts` what their sentence needs: {"event": code, ...} (see `exchanges.sentences`).
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, choices=Line)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", help_text=_("The side that wrote it."))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    only_for = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    once = models.CharField(max_length=once.LENGTH, blank=True, default="", editable=False)

    objects = LineRows.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["thread", "at", "id"], name="thread_lines")]
        constraints = [once.once_only("message_once")]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.kind}"


class Receipt(models.Model):
    """Who of the other side read a message first, and when."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="receipts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = of_threads("message__thread").as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [models.UniqueConstraint(fields=["message", "unit"], name="read_first_once")]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.unit_id}"


@pghistory.track(model_name="ClockHistory")
class Clock(models.Model):
    """Time that one unit has for one thing. It runs until it is met or void.

    Reminders come at half the time, at the deadline and then daily; `reminded` counts them, missed ones included, and
    `remind_at` is when the next is due.
    """

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=12, choices=ClockKind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text=_("Who is asked."))
    message = models.OneToOneField(Message, models.CASCADE, null=True, related_name="clock")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True)
    reminded = models.PositiveIntegerField(default=0)
    remind_at = models.DateTimeField(null=True)

    objects = of_threads("thread").as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["unit", "due_at"], name="clocks_running", condition=models.Q(remind_at__isnull=False)),
            models.Index(fields=["remind_at"], name="clocks_to_remind", condition=models.Q(remind_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "kind"], name="one_clock_of_a_kind", condition=models.Q(message__isnull=True)
            ),
            models.CheckConstraint(condition=models.Q(due_at__gt=models.F("started_at")), name="clock_has_time"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.kind}"

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.void_at is None
