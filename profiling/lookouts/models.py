"""Lookouts, and where they were met."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit
from pcu.accounts.roles import Agency
from pcu.accounts.scope import TenantQuerySet, reaching, scope_of
from pcu.desk import once
from pcu.ids import uuid7
from profiling.cargo.choices import PartyRole
from profiling.cargo.models import Consignment, EquipmentVisit, Submission
from profiling.cargo.shares import CargoQuerySet
from profiling.lookouts.choices import Action, Kind, Source, Standing
from profiling.lookouts.core.watchlist import CONVEYANCE

SOON = timedelta(days=14)
"""Before its end a lookout is shown as expiring."""


def told_to_all(lookout: str = "") -> models.Q:
    """Lookouts that everybody of the unit may read. `lookout` is the look-up that leads there, with its underscores."""
    return ~models.Q(**{f"{lookout}action": Action.SILENT}) & models.Q(**{f"{lookout}agency": ""})


def of_insider(user: Any, lookout: str = "") -> models.Q:
    """Lookouts that a user placed, and those kept for an agency the user serves where they apply."""
    inside = models.Q(**{f"{lookout}created_by": user.pk})
    for agency, units in scope_of(user).agencies.items():
        inside |= models.Q(reaching(units, f"{lookout}unit"), **{f"{lookout}agency": agency})
    return inside


def grounds_told(user: Any, lookout: str = "") -> models.Q:
    """Lookouts, of those a user may read, whose reason and source the handling code tells the user as well."""
    inside = models.Q(**{f"{lookout}created_by": user.pk}) | models.Q(**{f"{lookout}unit__in": scope_of(user).units()})
    return ~models.Q(**{f"{lookout}handling": Handling.UNIT}) | inside


class LookoutQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Lookouts that apply to the user's units and that the user may read.

        Of one kept for an agency others know nothing, and of a silent one only who placed it, and its agency.
        """
        units = scope_of(user).units()
        if not units:
            return self.none()
        return self.filter(reaching(units)).filter(told_to_all() | of_insider(user))

    def for_unit(self, unit: Unit) -> Self:
        """Lookouts that apply to a unit: its own and those of the nodes above."""
        return self.filter(unit__code__in=unit.path.strip("/").split("/"))

    def active(self, on: date) -> Self:
        return self.filter(withdrawn_at=None, valid_from__lte=on, expires_on__gte=on)

    def standing(self, standing: str, on: date) -> Self:
        """Those that stand so on a day; expiring ones are among the active."""
        match standing:
            case Standing.WITHDRAWN:
                return self.exclude(withdrawn_at=None)
            case Standing.EXPIRED:
                return self.filter(withdrawn_at=None, expires_on__lt=on)
            case Standing.PENDING:
                return self.filter(withdrawn_at=None, valid_from__gt=on)
            case Standing.EXPIRING:
                return self.active(on).filter(expires_on__lt=on + SOON)
            case _:
                return self.active(on)


@pghistory.track(model_name="LookoutHistory", exclude=["searched_at", "once"])
class Lookout(models.Model):
    """Something to watch for in all cargo of a unit and of the units below it. What it says is never changed.

    `key` is the value as it is compared (`core.keys`). `agency`: kept for its people; others who meet a hit are told
    whom to ask and nothing else. `searched_at`: when the cargo stored before had been gone through.
    `once`: see `pcu.desk.once`.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=350, help_text=_("As written."))
    key = models.CharField(max_length=300)
    country = models.CharField(max_length=2, blank=True, help_text=_("Of a tax number, where its kind tells it."))
    action = models.CharField(max_length=12, choices=Action)
    reason = models.TextField()
    source = models.CharField(max_length=12, choices=Source, default=Source.OWN)
    source_ref = models.CharField(max_length=120, blank=True)
    handling = models.CharField(max_length=10, choices=Handling)
    agency = models.CharField(max_length=16, choices=Agency, blank=True)
    contact = models.CharField(max_length=120, blank=True, help_text=_("Whom to ask."))
    valid_from = models.DateField()
    expires_on = models.DateField(help_text=_("The last day."))
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)
    searched_at = models.DateTimeField(null=True)
    once = models.CharField(max_length=once.LENGTH, blank=True, default="", editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = LookoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("lookout")
        verbose_name_plural = _("lookouts")
        indexes = [
            models.Index(fields=["unit", "expires_on"], name="lookout_standing", condition=models.Q(withdrawn_at=None)),
            models.Index(fields=["unit", "updated_at", "id"], name="lookout_changes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__gte=models.F("valid_from")), name="lookout_ends_after_it_begins"
            ),
            once.once_only("lookout_once"),
        ]

    def __str__(self) -> str:
        return self.number

    def standing_on(self, day: date) -> Standing:
        if self.withdrawn_at is not None:
            return Standing.WITHDRAWN
        if self.expires_on < day:
            return Standing.EXPIRED
        if self.valid_from > day:
            return Standing.PENDING
        return Standing.EXPIRING if self.expires_on < day + SOON else Standing.ACTIVE

    @property
    def standing(self) -> Standing:
        """Today, by the clock of the unit that keeps it."""
        return self.standing_on(timezone.localdate(timezone=self.unit.zone))

    def is_active(self, now: datetime) -> bool:
        return self.standing_on(timezone.localdate(now, self.unit.zone)) in (Standing.ACTIVE, Standing.EXPIRING)

    @property
    def is_silent(self) -> bool:
        return self.action == Action.SILENT

    @property
    def is_loud(self) -> bool:
        """It makes a case of what it meets."""
        return self.action in (Action.OPEN_CASE, Action.MUST_EXAMINE)


class LookoutHitQuerySet(CargoQuerySet):
    consignment_lookup = "consignment"
    visit_lookup = "visit"

    def visible_to(self, user: Any) -> Self:
        """Hits on cargo that the user may read, without those of silent lookouts of others.

        One that is kept for another agency is among them: `readable_by` tells those that may be read.
        """
        found = super().visible_to(user)
        if not scope_of(user).units():
            return found.none()
        return found.filter(~models.Q(lookout__action=Action.SILENT) | of_insider(user, "lookout__"))

    def readable_by(self, user: Any) -> Self:
        """Of visible hits those whose lookout the user may know of."""
        return self.visible_to(user).filter(told_to_all("lookout__") | of_insider(user, "lookout__"))

    def notices(self) -> Self:
        """What makes no case and that nobody has marked as seen."""
        return self.filter(seen_at=None, lookout__action__in=[Action.SILENT, Action.INFORM])


@pghistory.track(model_name="LookoutHitHistory")
class LookoutHit(models.Model):
    """A lookout met in one consignment, or in one visit that no bill names; once each.

    `field`: kind of equipment, "seal", "conveyance", or the role of the party; `value` as the cargo has it written.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text=_("Whose cargo it is."))
    lookout = models.ForeignKey(Lookout, models.PROTECT, related_name="hits")
    consignment = models.ForeignKey(Consignment, models.PROTECT, null=True, related_name="lookout_hits")
    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, null=True, related_name="lookout_hits")
    field = models.CharField(max_length=12)
    value = models.CharField(max_length=350)
    at = models.DateTimeField()
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, related_name="+", help_text=_("What brought it; none where it stood.")
    )
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField()

    objects = LookoutHitQuerySet.as_manager()

    class Meta:
        verbose_name = _("lookout hit")
        verbose_name_plural = _("lookout hits")
        constraints = [
            models.UniqueConstraint(
                fields=["lookout", "consignment"],
                name="hit_once_per_consignment",
                condition=models.Q(consignment__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["lookout", "visit"], name="hit_once_per_visit", condition=models.Q(visit__isnull=False)
            ),
            models.CheckConstraint(
                condition=models.Q(consignment=None, visit__isnull=False)
                | models.Q(consignment__isnull=False, visit=None),
                name="hit_in_one_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "updated_at", "id"], name="hit_changes"),
            models.Index(fields=["unit"], name="hit_unseen", condition=models.Q(seen_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.lookout_id}: {self.value}"

    @property
    def field_label(self) -> str:
        """What of the cargo it was."""
        if self.field in PartyRole.values:
            return str(PartyRole(self.field).label)
        return str(_("conveyance") if self.field == CONVEYANCE else self.lookout.get_kind_display())
