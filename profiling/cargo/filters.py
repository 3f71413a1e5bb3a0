"""Filters of submissions, consignments and visits: one FilterSet for the page and the API."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profiling.cargo.choices import EquipmentKind, Mode
from profiling.cargo.models import (
    Consignment,
    ConsignmentVersion,
    ConveyanceCall,
    EquipmentVisit,
    Loading,
    SealObservation,
    Submission,
)
from profiling.parties.core.identity import plain_code
from profiling.parties.models import Party


class DayFilter(filters.DateFilter):
    """A calendar day in the active zone (the chosen unit's): from its first moment, or up to its last.

    Compares the moment itself and not its date, so that the index on it is used.
    """

    def __init__(self, *args: Any, last: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(*args, lookup_expr="lt" if last else "gte", **kwargs)
        self.last = last

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        if value is None:
            return qs
        try:
            day = value + timedelta(days=1) if self.last else value
        except OverflowError:
            return qs  # the last day there is
        start = datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())
        narrowed: QuerySet[Any] = super().filter(qs, start)
        return narrowed


class SubmissionFilterSet(filters.FilterSet):
    status = filters.ChoiceFilter(choices=Submission.Status.choices, label=_("Status"), empty_label=_("any"))
    sender = filters.CharFilter(method="by_sender", label=_("Sender"))
    received_from = DayFilter(field_name="created_at", label=_("Received from"))
    received_to = DayFilter(field_name="created_at", last=True, label=_("to"))

    class Meta:
        model = Submission
        fields: list[str] = []

    def by_sender(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Senders are few and their names short: a part of the user name or of the name is enough."""
        return queryset.filter(
            Q(sender__username__icontains=value)
            | Q(sender__last_name__icontains=value)
            | Q(sender__first_name__icontains=value)
        )


class ConsignmentFilterSet(filters.FilterSet):
    document_no = filters.CharFilter(method="by_document", label=_("Document number"))
    container = filters.CharFilter(method="by_equipment", label=_("Container, wagon, truck"))
    party = filters.CharFilter(method="by_party", label=_("Firm or tax number"))
    conveyance = filters.CharFilter(method="by_conveyance", label=_("Train, voyage, plate"))
    mode = filters.ChoiceFilter(field_name="call__mode", choices=Mode.choices, label=_("Mode"), empty_label=_("any"))
    received_from = DayFilter(field_name="updated_at", label=_("Received from"))
    received_to = DayFilter(field_name="updated_at", last=True, label=_("to"))
    submission = filters.UUIDFilter(method="by_submission", label=_("Submission"), widget=forms.HiddenInput)

    class Meta:
        model = Consignment
        fields: list[str] = []

    def by_document(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """The beginning of a document number, as written or in capitals: both are ranges of the identity's index."""
        return queryset.filter(Q(document_no__startswith=value) | Q(document_no__startswith=value.upper()))

    def by_equipment(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """The beginning of a number, spaces and hyphens left aside; any version may name it."""
        number = plain_code(value)
        if not number:
            return queryset.none()
        visits = EquipmentVisit.objects.filter(number__startswith=number)
        loadings = Loading.objects.filter(visit__in=visits)
        return queryset.filter(pk__in=loadings.values("version__consignment"))

    def by_party(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """A part of the name, or the whole tax number, of a party that any version names."""
        known = Party.objects.filter(Q(name__icontains=value) | Q(tax_id=value))
        versions = ConsignmentVersion.objects.filter(mentions__party__in=known)
        return queryset.filter(pk__in=versions.values("consignment"))

    def by_conveyance(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        calls = ConveyanceCall.objects.filter(
            Q(voyage__istartswith=value) | Q(identifier__istartswith=value) | Q(name__icontains=value)
        )
        return queryset.filter(call__in=calls)

    def by_submission(self, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        versions = ConsignmentVersion.objects.filter(submission__ref=value)
        return queryset.filter(pk__in=versions.values("consignment"))


class VisitFilterSet(filters.FilterSet):
    number = filters.CharFilter(method="by_number", label=_("Container, wagon, truck"))
    kind = filters.ChoiceFilter(choices=EquipmentKind.choices, label=_("Kind"), empty_label=_("any"))
    mode = filters.ChoiceFilter(field_name="call__mode", choices=Mode.choices, label=_("Mode"), empty_label=_("any"))
    seal = filters.CharFilter(method="by_seal", label=_("Seal"))

    class Meta:
        model = EquipmentVisit
        fields: list[str] = []

    def by_number(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """The beginning of a number, spaces and hyphens left aside."""
        number = plain_code(value)
        return queryset.filter(number__startswith=number) if number else queryset.none()

    def by_seal(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """A whole seal number, spaces and hyphens left aside."""
        seals = SealObservation.objects.filter(number=plain_code(value))
        return queryset.filter(pk__in=seals.values("visit"))
