"""Units, people and client systems, and the memberships that join them."""

from __future__ import annotations

import zoneinfo
from typing import Any, Self

import pghistory
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from pcu.accounts.roles import Agency, Role
from pcu.accounts.scope import Scope, TenantQuerySet, scope_of
from pcu.ids import uuid7
from pcu.words import in_language


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(pk__in=scope_of(user).units())


def _known_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("%(zone)s is not a time zone."), params={"zone": value})


@pghistory.track(model_name="UnitHistory")
class Unit(models.Model):
    """A node of the tree country › directorate › unit."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("Country")
        DIRECTORATE = "directorate", _("Directorate")
        UNIT = "unit", _("Unit")

    class Post(models.TextChoices):
        RAIL = "rail", _("rail")
        ROAD = "road", _("road")
        SEA = "sea", _("sea")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.UNIT)
    code = models.SlugField(max_length=16, unique=True, help_text=_("Stands in case numbers, e.g. ALT."))
    names = models.JSONField(help_text=_("Name by language code."))
    country = models.CharField(max_length=2, help_text=_("ISO 3166-1 alpha-2."))
    post = models.CharField(max_length=8, choices=Post, blank=True)
    time_zone = models.CharField(max_length=40, default="UTC", validators=[_known_zone])
    history_since = models.DateField(
        null=True,
        blank=True,
        help_text=_(
            "From when on the unit's stored history is complete; indicators that look back further are missing."
        ),
    )
    path = models.CharField(max_length=120, editable=False, db_index=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the path: codes from the root, each closed by a slash, so that a prefix is an ancestor.

        What lies below moves along: left at the old path it would belong to whoever takes that code next.
        """
        with transaction.atomic():
            before = Unit.objects.select_for_update().filter(pk=self.pk).values_list("path", flat=True).first()
            self.path = f"{self.parent.path if self.parent else ''}{self.code}/"
            super().save(*args, **kwargs)
            if before and before != self.path:
                for below in Unit.objects.filter(path__startswith=before).exclude(pk=self.pk).order_by("path"):
                    below.path = self.path + below.path.removeprefix(before)
                    models.Model.save(below, update_fields=["path"])

    def clean(self) -> None:
        """A unit is not below itself."""
        if self.pk and self.parent and self.parent.ancestors_and_self().filter(pk=self.pk).exists():
            raise ValidationError({"parent": _("A unit cannot lie below itself.")})

    @property
    def name(self) -> str:
        return in_language(self.names) or self.code

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def root_code(self) -> str:
        return self.path.split("/", 1)[0]

    def ancestors_and_self(self) -> models.QuerySet[Unit]:
        """From the root down to this unit."""
        codes = self.path.strip("/").split("/")
        return Unit.objects.filter(code__in=codes).order_by("path")


@pghistory.track(exclude=["password", "last_login"], model_name="UserHistory")
class User(AbstractUser):
    """A person who signs in, or a client system that pushes with a token."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        CLIENT = "client", _("Client system")

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PERSON)
    language = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_client(self) -> bool:
        return self.kind == self.Kind.CLIENT

    @property
    def scope(self) -> Scope:
        return scope_of(self)

    @property
    def initials(self) -> str:
        letters = f"{self.first_name[:1]}{self.last_name[:1]}"
        return (letters or self.username[:2]).upper()


class MembershipQuerySet(TenantQuerySet):
    pass


@pghistory.track(model_name="MembershipHistory")
class Membership(models.Model):
    """A role held in a unit, on behalf of an agency."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    agency = models.CharField(max_length=16, choices=Agency, default=Agency.CUSTOMS)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role"], name="one_role_once_per_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"

    def clean(self) -> None:
        """A client system holds nothing but the client role, and a person never holds it."""
        if self.user_id and self.user.is_client != (self.role == Role.CLIENT):
            raise ValidationError(
                {"role": _("A client system holds the client role and no other; a person never does.")}
            )
