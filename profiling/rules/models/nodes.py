"""What belongs to a node of the unit tree, and the lanes of a country."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import NodeQuerySet
from pcu.words import in_language


class Node(models.Model):
    """Belongs to a node of the unit tree and applies to its descendants, whose people read it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    objects = NodeQuerySet.as_manager()

    class Meta:
        abstract = True


@pghistory.track(model_name="LaneHistory")
class Lane(Node):
    """What is to be done with cargo of a certain score, as one country words it."""

    class Mark(models.TextChoices):
        """The shape that stands for the lane wherever there is no room for its word."""

        EXAMINE = "e", _("octagon")
        SCAN = "s", _("diamond")
        DOCUMENTS = "d", _("page")
        AUDIT = "a", _("shield")
        NONE = "n", _("ring")

    code = models.CharField(max_length=12)
    mark = models.CharField(max_length=1, choices=Mark)
    rank = models.PositiveSmallIntegerField(help_text=_("1 is looked at first."))
    letters = models.JSONField(help_text=_("Letter in the mark, by language."))
    labels = models.JSONField(help_text=_("By language."))
    actions = models.JSONField(help_text=_("What is to be done, by language."))
    limit_minutes = models.PositiveIntegerField(null=True, blank=True, help_text=_("Time to decide, from receipt."))

    class Meta:
        verbose_name = _("lane")
        verbose_name_plural = _("lanes")
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="lane_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_language(self.labels)

    @property
    def letter(self) -> str:
        return in_language(self.letters)

    @property
    def action(self) -> str:
        return in_language(self.actions)
