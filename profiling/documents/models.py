"""Documents set beside consignments, and the files they came as."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit
from pcu.accounts.scope import TenantQuerySet, scope_of
from pcu.desk import once
from pcu.ids import uuid7
from profiling.cargo.choices import Function
from profiling.cargo.models import Consignment, ConsignmentVersion, Submission
from profiling.cargo.shares import CargoQuerySet
from profiling.documents.choices import Kind, MatchedBy, Reading, Scan, Source
from profiling.documents.core.plain import from_plain
from profiling.formats import records as r


class DocumentFileQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Files of the user's units, of visible documents, and to a client system those it has sent itself."""
        if user.is_authenticated and user.is_client:
            return self.filter(uploaded_by=user.pk)
        shared = Document.objects.visible_to(user).exclude(file=None).values("file")
        return self.filter(Q(unit__in=scope_of(user).units()) | Q(pk__in=shared))


@pghistory.track(model_name="DocumentFileHistory")
class DocumentFile(models.Model):
    """The bytes of one paper as they came, in the store under their SHA-256.

    `pages`: of a PDF its first pages drawn here: [{"sha256", "width", "height"}]. `scan_told`: what the scanner calls
    what it found.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text=_("Of the bytes; also their name in the store."))
    size = models.BigIntegerField(help_text=_("Bytes."))
    media_type = models.CharField(max_length=100, help_text=_("By its content."))
    name = models.CharField(max_length=255, blank=True, help_text=_("As the sender called it; never trusted."))
    page_count = models.PositiveIntegerField(null=True)
    pages = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.UNSCANNED)
    scan_told = models.CharField(max_length=120, blank=True)
    scanned_at = models.DateTimeField(null=True)

    objects = DocumentFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a document")
        verbose_name_plural = _("files of documents")

    def __str__(self) -> str:
        return self.name or self.sha256[:12]

    @property
    def is_open(self) -> bool:
        """It may be given out."""
        return self.scan in (Scan.UNSCANNED, Scan.CLEAN)

    @property
    def is_picture(self) -> bool:
        return self.media_type in ("image/jpeg", "image/png", "image/webp")


class DocumentQuerySet(CargoQuerySet):
    consignment_lookup = "consignment"

    def visible_to(self, user: Any) -> Self:
        """Documents of the user's units, and with shared cargo those that may leave their unit.

        A client system sees what it has sent itself, as it sent it: its uploads, and what came in its messages. What an
        officer says of them in a later version is the unit's own; a later version that a message brought is not.
        """
        if user.is_authenticated and user.is_client:
            own = Q(file__uploaded_by=user.pk) | Q(submission__sender=user.pk)
            return self.filter(own, Q(version=1) | Q(source=Source.MESSAGE))
        own = Q(unit__in=scope_of(user).units())
        return super().visible_to(user).filter(own | ~Q(handling=Handling.UNIT))

    def with_whose_cargo(self, client: Any) -> Self:
        """`is_own_cargo`: whether a client system has declared the consignment that a rule or an officer found."""
        told = ConsignmentVersion.objects.filter(consignment=OuterRef("consignment"), submission__sender=client)
        return self.annotate(is_own_cargo=Exists(told))

    def current(self) -> Self:
        """The newest version of each."""
        return self.filter(is_current=True)

    def unmatched(self) -> Self:
        return self.current().filter(consignment=None)

    def compared(self) -> Self:
        """What is held against its consignment: stated by a message or a person, never a mere proposal."""
        return self.current().exclude(consignment=None).exclude(source=Source.FILE)


@pghistory.track(model_name="DocumentHistory", exclude=["once", "function", "asked"])
class Document(models.Model):
    """One paper: what it says, the file it came as, and the consignment it belongs to (none: unmatched).

    `fields`: `core.plain`. `proposed`: what was read from the file, [{"field", "value", "page", "line"}], for a person
    to confirm. A correction is a new row that replaces this one; what a row says is never changed. `position`: the
    byte offset in its message. `once`: see `pcu.desk.once`. `function`: what the message wanted done with it, empty for
    what no message brought. `asked`: every number that its consignment could be found by, plain
    (`core.matching.Asked`); none until the row is first looked for.
    """

    ref = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    file = models.ForeignKey(DocumentFile, models.PROTECT, null=True, related_name="documents")
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, related_name="papers")
    position = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    is_current = models.BooleanField(default=True)
    kind = models.CharField(max_length=12, choices=Kind)
    number = models.CharField(max_length=70, blank=True)
    issued = models.DateField(null=True)
    fields = models.JSONField(default=dict)
    source = models.CharField(max_length=8, choices=Source)
    reading = models.CharField(max_length=8, choices=Reading, blank=True, default=Reading.NONE)
    proposed = models.JSONField(default=list)
    handling = models.CharField(max_length=10, choices=Handling, default=Handling.RESTRICTED)
    consignment = models.ForeignKey(Consignment, models.PROTECT, null=True, related_name="papers")
    matched_by = models.CharField(max_length=12, choices=MatchedBy, blank=True)
    matched_at = models.DateTimeField(null=True)
    matched_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    once = models.CharField(max_length=once.LENGTH, blank=True, default="", editable=False)
    function = models.CharField(max_length=10, choices=Function, blank=True, default="")
    asked = ArrayField(models.TextField(), null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "position"],
                name="document_once_by_message",
                condition=models.Q(source=Source.MESSAGE),
            ),
            models.CheckConstraint(
                condition=models.Q(file__isnull=False) | ~models.Q(source=Source.FILE), name="bare_document_has_a_file"
            ),
            once.once_only("document_once"),
        ]
        indexes = [
            models.Index(fields=["unit", "updated_at", "id"], name="document_changes"),
            models.Index(fields=["unit", "number"], name="document_by_number"),
            models.Index(
                fields=["unit", "created_at"],
                name="document_unmatched",
                condition=models.Q(consignment=None, is_current=True),
            ),
            GinIndex(
                fields=["asked"],
                name="document_waits_for",
                condition=models.Q(consignment=None, is_current=True),
            ),
            models.Index(
                fields=["unit", "id"],
                name="document_not_yet_asked",
                condition=models.Q(consignment=None, is_current=True, asked=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()

    @property
    def said(self) -> r.Document:
        """What it says, as a record."""
        if not self.fields:
            return r.Document(r.Position(0), r.Span(0, 0), r.DocumentKind(self.kind), self.number)
        return from_plain(self.fields)

    @property
    def is_stated(self) -> bool:
        return self.source != Source.FILE
