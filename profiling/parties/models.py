"""Parties: the firms and persons behind the names on paper, as far as one unit knows them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.accounts.scope import TenantQuerySet
from pcu.ids import uuid7
from profiling.parties.functions import NumberInKey, PlainName


class Party(models.Model):
    """One firm or person. Identity for now: the tax number, else normalised exact name and country."""

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    key = models.CharField(max_length=400, help_text=_("tax:<country>:<number> or name:<country>:<name>"))
    name = models.CharField(max_length=350, help_text=_("As first written."))
    country = models.CharField(max_length=2, blank=True)
    tax_id = models.CharField(max_length=35, blank=True)
    first_seen_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        constraints = [models.UniqueConstraint(fields=["unit", "key"], name="party_once_per_unit")]
        # Whoever asks for a number or a name does not know the country, or that the firm is known by its number.
        indexes = [
            models.Index(NumberInKey("key"), "unit", name="party_by_number"),
            models.Index(PlainName("name"), "unit", name="party_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class PartyContact(models.Model):
    """A telephone number or e-mail address that a party gave, and when it first did."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="contacts", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, help_text=_("That of the party."))
    key = models.CharField(max_length=120, help_text=_("tel:<last ten digits> or mail:<address>"))
    first_seen_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact of a party")
        verbose_name_plural = _("contacts of parties")
        constraints = [models.UniqueConstraint(fields=["party", "key"], name="party_contact_once")]
        indexes = [models.Index(fields=["unit", "key"], name="party_contact_by_key")]

    def __str__(self) -> str:
        return self.key
