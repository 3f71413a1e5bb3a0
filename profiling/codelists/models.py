"""Code lists and rates as they were loaded, and which file brought them.

They are of the installation, not of a unit: whoever reads cargo reads them. Rows are never deleted, since what stands
on old papers is looked up too; what a newer file gives up is marked.
"""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from pcu.ids import uuid7
from profiling.reference.files.rows import Kind as Table

KINDS: dict[str, Any] = {
    Table.PLACES: _("Places"),
    Table.HS: _("Harmonized System"),
    Table.PACKAGES: _("Package types"),
    Table.UNITS: _("Units of measure"),
    Table.CURRENCIES: _("Currencies"),
    Table.COUNTRIES: _("Countries"),
    Table.OWNERS: _("Container owners"),
    Table.RATES: _("Exchange rates"),
}


class ReferenceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Everything for whoever reads cargo anywhere, nothing for others: client systems, people without a role."""
        return self if scope_of(user).units(Capability.READ) else self.none()


def _in_language(name: str, name_ru: str) -> str:
    """The Russian name for readers of Russian, where the list has one."""
    return name_ru if name_ru and (get_language() or "").startswith("ru") else name or name_ru


@pghistory.track(model_name="LoadHistory")
class Load(models.Model):
    """One file that was loaded. A file that changes nothing leaves no second row.

    edition: what the file says or whoever loaded it; of the Harmonized System always. faults: the first rows that were
    not used, as `services.load` describes them; `refused` counts all.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=KINDS)
    edition = models.CharField(max_length=40, blank=True)
    form = models.CharField(max_length=60, help_text=_("What the file is."))
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(help_text=_("Rows read."))
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    refused = models.PositiveIntegerField(help_text=_("Rows that could not be used."))
    faults = models.JSONField(default=list)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    loaded_at = models.DateTimeField()

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("loaded file")
        verbose_name_plural = _("loaded files")
        indexes = [models.Index(fields=["kind", "-loaded_at"], name="load_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"


class Place(models.Model):
    """A place that papers name by a code: UN/LOCODE, railway station, customs office, border post."""

    class Scheme(models.TextChoices):
        UNLOCODE = "unlocode", "UN/LOCODE"
        STATION = "station", _("railway station")
        CUSTOMS_OFFICE = "customs_office", _("customs office")
        BORDER_POST = "border_post", _("border post")

    scheme = models.CharField(max_length=16, choices=Scheme)
    code = models.CharField(max_length=25)
    name = models.CharField(max_length=256)
    name_ru = models.CharField(max_length=256, blank=True)
    names = models.JSONField(default=list, help_text=_("Other spellings."))
    country = models.CharField(max_length=2, help_text=_("ISO 3166-1 alpha-2."))
    subdivision = models.CharField(max_length=3, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    functions = models.CharField(max_length=8, blank=True)
    status = models.CharField(max_length=2, blank=True)
    latitude = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    is_withdrawn = models.BooleanField(default=False)
    remark = models.CharField(max_length=256, blank=True)
    load = models.ForeignKey(Load, models.PROTECT, related_name="+")

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="place_once")]
        indexes = [models.Index(fields=["code"], name="place_by_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.in_words}"

    @property
    def in_words(self) -> str:
        return _in_language(self.name, self.name_ru)


class Entry(models.Model):
    """One code of a list. edition: of the Harmonized System, of which several stand beside each other; else ""."""

    kind = models.CharField(max_length=12, choices=KINDS)
    edition = models.CharField(max_length=8, blank=True)
    code = models.CharField(max_length=12)
    name = models.TextField(blank=True)
    name_ru = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    is_withdrawn = models.BooleanField(default=False)
    load = models.ForeignKey(Load, models.PROTECT, related_name="+")

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        constraints = [models.UniqueConstraint(fields=["kind", "code", "edition"], name="entry_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.in_words}"

    @property
    def in_words(self) -> str:
        return _in_language(self.name, self.name_ru)


class Rate(models.Model):
    """As a bank published it for a day: `hub_units` of the hub currency are worth `currency_units` of the other."""

    source = models.CharField(max_length=20)
    day = models.DateField()
    hub = models.CharField(max_length=3)
    hub_units = models.DecimalField(max_digits=24, decimal_places=10)
    currency = models.CharField(max_length=3)
    currency_units = models.DecimalField(max_digits=24, decimal_places=10)
    load = models.ForeignKey(Load, models.PROTECT, related_name="+")

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["day", "source", "currency"], name="rate_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(hub_units__gt=0, currency_units__gt=0), name="rate_is_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hub_units} {self.hub} = {self.currency_units} {self.currency}"
