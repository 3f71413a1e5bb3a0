"""What was taken: quantities, how it was hidden and found, samples, links, and every hand it went through."""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.models.inspections import Inspection, InspectionLine, of_inspections
from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit
from pcu.accounts.scope import tenant_queryset
from pcu.desk import once
from pcu.ids import uuid7
from pcu.words import in_language
from profiling.cargo.models import Consignment
from profiling.cases.choices import Commodity
from profiling.cases.models import Case
from profiling.parties.models import Party

QUANTITY: dict[str, Any] = {"max_digits": 18, "decimal_places": 3}


@pghistory.track(model_name="ListedWordHistory")
class ListedWord(models.Model):
    """A word of a list that a country keeps: where things are hidden, how, and how they are detected."""

    class List(models.TextChoices):
        PLACE = "place", _("Place of concealment")
        CONCEALMENT = "concealment", _("Method of concealment")
        DETECTION = "detection", _("How detected")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text=_("The country."))
    list = models.CharField(max_length=12, choices=List)
    code = models.SlugField(max_length=40)
    labels = models.JSONField(help_text=_("By language."))
    rank = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_queryset("unit").as_manager()

    class Meta:
        verbose_name = _("word of a list")
        verbose_name_plural = _("words of lists")
        ordering = ["rank", "code"]
        constraints = [models.UniqueConstraint(fields=["unit", "list", "code"], name="listed_word_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_language(self.labels) or self.code


@pghistory.track(model_name="SeizureHistory", exclude=["once"])
class Seizure(models.Model):
    """Goods taken in one examination, of one kind. `facts` are the fields of the commodity's template."""

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="seizures")
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="seizures")
    line = models.ForeignKey(InspectionLine, models.PROTECT, related_name="seizures")
    consignment = models.ForeignKey(Consignment, models.PROTECT, null=True, related_name="+")
    commodity = models.CharField(max_length=16, choices=Commodity)
    template_version = models.PositiveSmallIntegerField(default=1)
    facts = models.JSONField(default=dict)
    declared_as = models.CharField(max_length=350, blank=True)
    declared_quantity = models.DecimalField(null=True, **QUANTITY)
    quantity = models.DecimalField(null=True, **QUANTITY)
    quantity_unit = models.CharField(max_length=12, blank=True, help_text=_("A unit of the template."))
    value = models.DecimalField(null=True, max_digits=18, decimal_places=2)
    value_currency = models.CharField(max_length=3, blank=True, help_text=_("ISO 4217."))
    value_basis = models.CharField(max_length=240, blank=True, help_text=_("How the value was estimated."))
    place = models.ForeignKey(ListedWord, models.PROTECT, null=True, related_name="+")
    concealment = models.ForeignKey(ListedWord, models.PROTECT, null=True, related_name="+")
    cover_load = models.BooleanField(default=False)
    detections = models.ManyToManyField(ListedWord, related_name="+")
    description = models.TextField(blank=True)
    handling = models.CharField(max_length=12, choices=Handling, default=Handling.RESTRICTED)
    seized_at = models.DateTimeField()
    disposal = models.TextField(blank=True, help_text=_("Stored, destroyed, returned, handed to a court."))
    version = models.PositiveIntegerField(default=1)
    once = models.CharField(max_length=once.LENGTH, blank=True, default="", editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, help_text=_("Taken out of the act before it was approved."))

    objects = of_inspections("").as_manager()

    class Meta:
        verbose_name = _("seizure")
        verbose_name_plural = _("seizures")
        ordering = ["pk"]
        indexes = [models.Index(fields=["unit", "updated_at", "id"], name="seizure_changes")]
        constraints = [once.once_only("seizure_once")]

    def __str__(self) -> str:
        return self.number


@pghistory.track(model_name="LinkHistory", exclude=["once"])
class Link(models.Model):
    """A person, company or route tied to a seizure. Persons are named here and nowhere else."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")
        ROUTE = "route", _("Route")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    seizure = models.ForeignKey(Seizure, models.CASCADE, related_name="links")
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=350)
    part = models.CharField(max_length=80, blank=True, help_text=_("Shipper, driver, broker; from–to of a route."))
    identifier = models.CharField(max_length=80, blank=True, help_text=_("Tax number, passport, registration."))
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    once = models.CharField(max_length=once.LENGTH, blank=True, default="", editable=False)

    objects = of_inspections("seizure").as_manager()

    class Meta:
        verbose_name = _("link of a seizure")
        verbose_name_plural = _("links of seizures")
        ordering = ["pk"]
        constraints = [once.once_only("link_once")]

    def __str__(self) -> str:
        return self.name


@pghistory.track(model_name="SampleHistory")
class Sample(models.Model):
    """A sample and what the laboratory says. A result is written once; a later one is another sample row."""

    class Verdict(models.TextChoices):
        CONFIRMS = "confirms", _("confirms")
        DENIES = "denies", _("denies")
        OPEN = "open", _("cannot say")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    seizure = models.ForeignKey(Seizure, models.CASCADE, related_name="samples")
    bag = models.CharField(max_length=40, help_text=_("Number of the sealed bag."))
    description = models.CharField(max_length=240)
    laboratory = models.CharField(max_length=160, blank=True)
    sent_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    result = models.TextField(blank=True)
    reported_on = models.DateField(null=True)

    objects = of_inspections("seizure").as_manager()

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["seizure", "bag"], name="bag_once")]

    def __str__(self) -> str:
        return self.bag


@pgtrigger.register(pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete))
class Handover(models.Model):
    """One link of the chain of custody; the database refuses to change or delete it.

    Giver and receiver are users, or people without a sign-in by name and agency.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    seizure = models.ForeignKey(Seizure, models.PROTECT, related_name="handovers")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=350)
    quantity = models.DecimalField(null=True, **QUANTITY)
    quantity_unit = models.CharField(max_length=12, blank=True)
    seal = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=160)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    giver_name = models.CharField(max_length=160, blank=True, help_text=_("When the giver has no sign-in."))
    giver_agency = models.CharField(max_length=120, blank=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    receiver_name = models.CharField(max_length=160, blank=True, help_text=_("When the receiver has no sign-in."))
    receiver_agency = models.CharField(max_length=120, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, help_text=_("SHA-256 over this hand-over and what was signed before it."))

    objects = of_inspections("seizure").as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["seizure", "number"], name="handover_once")]

    def __str__(self) -> str:
        return f"{self.seizure_id} {self.number}"

    @property
    def giver(self) -> str:
        return str(self.given_by) if self.given_by_id else self.giver_name

    @property
    def receiver(self) -> str:
        return str(self.received_by) if self.received_by_id else self.receiver_name


@pgtrigger.register(pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete))
class Signature(models.Model):
    """A hand-over signed by its giver or its receiver, once each, or called off by its giver; never changed.

    Where the giver can sign no more, a supervisor signs in the giver's place: `name` is the supervisor's, who is
    `recorded_by` as well, and `reason` says why.
    """

    class Side(models.TextChoices):
        GAVE = "gave", _("gave")
        RECEIVED = "received", _("received")
        CALLED_OFF = "off", _("did not take place")

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=8, choices=Side)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=160)
    paper_sha256 = models.CharField(max_length=64, blank=True, help_text=_("Photograph of a paper signature."))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Who recorded a paper signature."),
    )
    reason = models.TextField(blank=True, help_text=_("Why somebody else signed in the giver's place."))
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, help_text=_("SHA-256 over this signature and its hand-over."))

    objects = of_inspections("handover__seizure").as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [models.UniqueConstraint(fields=["handover", "side"], name="signed_once")]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.side}"
