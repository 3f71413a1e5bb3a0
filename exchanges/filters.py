"""Filters of threads, for the page, and of warnings, for the API."""

from __future__ import annotations

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exchanges.choices import State, Urgency
from exchanges.models import PartnerWarning, Thread
from pcu.accounts.models import Unit
from pcu.desk.filters import MomentFilter
from profiling.parties.core.identity import plain_code


class ThreadFilterSet(filters.FilterSet):
    q = filters.CharFilter(method="by_words", label=_("Number, equipment, subject"))
    partner = filters.ModelChoiceFilter(
        queryset=Unit.objects.filter(kind=Unit.Kind.UNIT).order_by("path"),
        to_field_name="code",
        method="by_partner",
        label=_("Unit"),
        empty_label=_("any"),
    )
    urgency = filters.ChoiceFilter(
        field_name="warning__urgency", choices=Urgency.choices, label=_("Urgency"), empty_label=_("any")
    )

    class Meta:
        model = Thread
        fields: list[str] = []

    def by_words(self, threads: QuerySet[Thread], _name: str, value: str) -> QuerySet[Thread]:
        wanted = Q(number__icontains=value) | Q(subject__icontains=value)
        if number := plain_code(value):
            wanted |= Q(warning__body__equipment__contains=[{"number": number}])
        return threads.filter(wanted)

    def by_partner(self, threads: QuerySet[Thread], _name: str, value: Unit) -> QuerySet[Thread]:
        return threads.filter(Q(from_unit=value) | Q(to_unit=value))


class WarningChanges(filters.FilterSet):
    updated_since = MomentFilter(
        field_name="updated_at",
        lookup_expr="gte",
        label=_("Changed at this time or later (ISO 8601). Take it from the last row you read, not from your clock."),
    )
    from_unit = filters.CharFilter(field_name="from_unit__code", label=_("Code of the unit that warns"))
    to_unit = filters.CharFilter(field_name="to_unit__code", label=_("Code of the unit that is warned"))
    state = filters.MultipleChoiceFilter(choices=State.choices, label=_("State"))
    urgency = filters.MultipleChoiceFilter(choices=Urgency.choices, label=_("Urgency"))

    class Meta:
        model = PartnerWarning
        fields: list[str] = []
