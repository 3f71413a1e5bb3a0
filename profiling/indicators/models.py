"""What a unit's past is kept as, so that a chunk recalls it by a few indexed look-ups.

Both tables are made from others and hold nothing of their own: results from outcomes (`indicators.results`), peers
from consignments (`indicators.peers`). They say since when a fact was known, for a fact known later is no past.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import TenantQuerySet
from profiling.cargo.models import Consignment


class PriorResult(models.Model):
    """What an examination came to for one consignment, under one thing it may be remembered by.

    subject: "party:<id>", "pair:<shipper>:<consignee>", "heading:<HS4>" or "lane:<origin>:<destination>:<HS4>".
    source: `ref` of the outcome. known_until: when a later outcome took its place, None while it stands.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    consignment = models.ForeignKey(Consignment, models.PROTECT, related_name="+")
    source = models.UUIDField()
    subject = models.CharField(max_length=60)
    found = models.BooleanField()
    own = models.BooleanField(help_text=_("Somebody of this unit or country looked; else a partner told of a find."))
    known_from = models.DateTimeField()
    known_until = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("earlier result")
        verbose_name_plural = _("earlier results")
        constraints = [
            models.UniqueConstraint(fields=["source", "consignment", "subject"], name="prior_result_once"),
        ]
        indexes = [models.Index(fields=["unit", "subject", "known_from"], name="prior_result_of")]

    def __str__(self) -> str:
        return self.subject


class PeerGroup(models.Model):
    """How a measure is spread over a unit's consignments of one kind, in the 24 months before `counted_until`.

    quantiles: of every 5 %, from the least to the most, 21 numbers; empty where only `size` counts.
    """

    class Measure(models.TextChoices):
        ORIGIN = "origin", _("consignments of an HS heading from one country")
        VALUE = "value", _("value of one kilogram")
        DENSITY = "density", _("weight of one cubic metre")
        FREIGHT = "freight", _("freight of one kilogram")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    measure = models.CharField(max_length=8, choices=Measure)
    key = models.CharField(max_length=60, help_text=_("What its members have in common, parted by colons."))
    counted_until = models.DateTimeField()
    size = models.PositiveIntegerField()
    quantiles = ArrayField(models.FloatField(), default=list)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("group of peers")
        verbose_name_plural = _("groups of peers")
        constraints = [
            models.UniqueConstraint(fields=["unit", "measure", "key", "counted_until"], name="peer_group_once"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.key}"
