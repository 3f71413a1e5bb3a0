"""Consignments: an identity, and what each message said of it.

Versions and everything below them are written once, by COPY, and never changed: no audit triggers here.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from pcu.ids import uuid7
from profiling.cargo.choices import Direction, DocumentType, Function, PartyRole
from profiling.cargo.models.conveyances import ConveyanceCall
from profiling.cargo.models.equipment import EquipmentVisit
from profiling.cargo.models.submissions import Submission
from profiling.cargo.shares import cargo_queryset
from profiling.parties.models import Party

KG: dict[str, Any] = {"max_digits": 14, "decimal_places": 3}
MONEY: dict[str, Any] = {"max_digits": 18, "decimal_places": 2}


class Consignment(models.Model):
    """Goods under one transport document on one conveyance call: an identity."""

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    call = models.ForeignKey(ConveyanceCall, models.PROTECT, related_name="consignments")
    issuer = models.CharField(max_length=70, blank=True)
    document_type = models.CharField(max_length=12, choices=DocumentType)
    document_no = models.CharField(max_length=35)
    master_no = models.CharField(max_length=35, blank=True)
    master = models.ForeignKey("self", models.PROTECT, null=True, related_name="houses")
    current = models.ForeignKey("ConsignmentVersion", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = cargo_queryset("unit", consignment="pk").as_manager()

    class Meta:
        verbose_name = _("consignment")
        verbose_name_plural = _("consignments")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "document_no", "document_type", "issuer", "call"], name="consignment_identity"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "updated_at", "id"], name="consignment_changes"),
            models.Index(
                fields=["unit", "master_no"],
                name="orphan_houses",
                condition=models.Q(master=None, master_no__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_document_type_display()} {self.document_no}"

    @property
    def is_withdrawn(self) -> bool:
        """The last message cancels it; select `current` with it."""
        return self.current is not None and self.current.function == Function.CANCEL


class ConsignmentVersion(models.Model):
    """What one message said of a consignment; immutable."""

    consignment = models.ForeignKey(Consignment, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(help_text=_("1 for the first message."))
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="versions")
    function = models.CharField(max_length=10, choices=Function)
    manifest_number = models.CharField(max_length=70, blank=True)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of what it says."))
    position = models.JSONField(default=dict)
    line = models.PositiveIntegerField(null=True)
    direction = models.CharField(max_length=14, choices=Direction, blank=True)
    procedure = models.CharField(max_length=35, blank=True)
    ucr = models.CharField(max_length=70, blank=True)
    loading_code = models.CharField(max_length=25, blank=True)
    loading_name = models.CharField(max_length=256, blank=True)
    discharge_code = models.CharField(max_length=25, blank=True)
    discharge_name = models.CharField(max_length=256, blank=True)
    receipt_code = models.CharField(max_length=25, blank=True)
    receipt_name = models.CharField(max_length=256, blank=True)
    delivery_code = models.CharField(max_length=25, blank=True)
    delivery_name = models.CharField(max_length=256, blank=True)
    origin_country = models.CharField(max_length=2, blank=True)
    destination_country = models.CharField(max_length=2, blank=True)
    gross_kg = models.DecimalField(null=True, **KG)
    packages = models.BigIntegerField(null=True)
    volume_m3 = models.DecimalField(null=True, **KG)
    value = models.DecimalField(null=True, **MONEY)
    currency = models.CharField(max_length=3, blank=True)
    freight = models.DecimalField(null=True, **MONEY)
    freight_currency = models.CharField(max_length=3, blank=True)
    freight_terms = models.CharField(max_length=8, blank=True)
    received_at = models.DateTimeField(help_text=_("When the message came."))

    objects = cargo_queryset("consignment__unit", consignment="consignment").as_manager()

    class Meta:
        verbose_name = _("consignment version")
        verbose_name_plural = _("consignment versions")
        constraints = [models.UniqueConstraint(fields=["consignment", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.consignment_id} v{self.number}"


class GoodsItem(models.Model):
    """One line of goods. The commodity code is (scheme, edition, code): rail notes often carry no HS."""

    version = models.ForeignKey(ConsignmentVersion, models.PROTECT, related_name="items")
    line = models.PositiveIntegerField()
    description = models.TextField(blank=True)
    marks = models.TextField(blank=True)
    packages = models.BigIntegerField(null=True)
    package_code = models.CharField(max_length=10, blank=True)
    package_text = models.CharField(max_length=70, blank=True)
    commodity_scheme = models.CharField(max_length=8, blank=True)
    commodity_edition = models.CharField(max_length=8, blank=True)
    commodity_code = models.CharField(max_length=14, blank=True)
    commodity_source = models.CharField(max_length=10, blank=True)
    other_codes = models.JSONField(
        default=list, help_text=_("Further codes of the same goods: scheme, code and source of each.")
    )
    gross_kg = models.DecimalField(null=True, **KG)
    net_kg = models.DecimalField(null=True, **KG)
    volume_m3 = models.DecimalField(null=True, **KG)
    value = models.DecimalField(null=True, **MONEY)
    currency = models.CharField(max_length=3, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    dangerous = models.JSONField(default=list, help_text=_("UN number, class and regime of each."))

    objects = cargo_queryset("version__consignment__unit", consignment="version__consignment").as_manager()

    class Meta:
        verbose_name = _("goods item")
        verbose_name_plural = _("goods items")
        indexes = [models.Index(Left("commodity_code", 4), name="goods_by_heading")]

    def __str__(self) -> str:
        return self.description[:60]


class PartyMention(models.Model):
    """What the paper said of a party, and whom it was taken for."""

    version = models.ForeignKey(ConsignmentVersion, models.PROTECT, related_name="mentions")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="mentions", db_index=False)
    role = models.CharField(max_length=10, choices=PartyRole)
    name = models.CharField(max_length=350)
    address = models.TextField(blank=True)
    city = models.CharField(max_length=70, blank=True)
    postcode = models.CharField(max_length=17, blank=True)
    country = models.CharField(max_length=2, blank=True)
    tax_id = models.CharField(max_length=35, blank=True)
    code = models.CharField(max_length=35, blank=True)
    contact = models.CharField(max_length=512, blank=True)
    received_at = models.DateTimeField(help_text=_("When the message came, as the version says."))

    objects = cargo_queryset("version__consignment__unit", consignment="version__consignment").as_manager()

    class Meta:
        verbose_name = _("party mention")
        verbose_name_plural = _("party mentions")
        # What a party did before a message came is found without looking at all that the message itself says.
        indexes = [models.Index(fields=["party", "role", "received_at"], name="party_in_time")]

    def __str__(self) -> str:
        return f"{self.role}: {self.name}"


class Loading(models.Model):
    """How much of a consignment is in one container, wagon or trailer."""

    version = models.ForeignKey(ConsignmentVersion, models.PROTECT, related_name="loadings")
    visit = models.ForeignKey(EquipmentVisit, models.PROTECT, related_name="loadings")
    packages = models.BigIntegerField(null=True)
    gross_kg = models.DecimalField(null=True, **KG)

    objects = cargo_queryset("visit__unit", consignment="version__consignment").as_manager()

    class Meta:
        verbose_name = _("loading")
        verbose_name_plural = _("loadings")
        constraints = [models.UniqueConstraint(fields=["version", "visit"], name="loading_once")]

    def __str__(self) -> str:
        return f"{self.version_id} in {self.visit_id}"


class CargoDocument(models.Model):
    """A document that belongs to a consignment: for now, what the message names (invoice, permit, booking)."""

    version = models.ForeignKey(ConsignmentVersion, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=35)
    number = models.CharField(max_length=70)
    dated = models.JSONField(default=dict, help_text=_("Date as written: source, precision."))

    objects = cargo_queryset("version__consignment__unit", consignment="version__consignment").as_manager()

    class Meta:
        verbose_name = _("cargo document")
        verbose_name_plural = _("cargo documents")

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
