"""Filters of lookouts and hits: one FilterSet for the page and the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profiling.lookouts.choices import Action, Kind, Source, Standing
from profiling.lookouts.models import LookoutHit, grounds_told
from profiling.parties.core.identity import plain_code, plain_name


class LookoutFilterSet(filters.FilterSet):
    standing = filters.ChoiceFilter(
        choices=Standing.choices, method="by_standing", label=_("Standing"), empty_label=_("any")
    )
    kind = filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"), empty_label=_("any"))
    action = filters.ChoiceFilter(choices=Action.choices, label=_("On a hit"), empty_label=_("any"))
    source = filters.ChoiceFilter(choices=Source.choices, method="by_source", label=_("Source"), empty_label=_("any"))
    q = filters.CharFilter(method="by_words", label=_("Number, value"))

    def by_standing(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """As of today by the clock in use, which on pages is the chosen unit's."""
        standing: QuerySet[Any] = queryset.standing(value, timezone.localdate())  # type: ignore[attr-defined]  # a LookoutQuerySet
        return standing

    def by_source(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Of those whose source the caller may read: to find the others by it would tell it."""
        return queryset.filter(grounds_told(self.request.user), source=value)

    def by_words(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        wanted = Q(number__icontains=value) | Q(value__icontains=value)
        if words := plain_name(value):
            wanted |= Q(kind=Kind.NAME, key__contains=words)
        if code := plain_code(value):
            wanted |= ~Q(kind=Kind.NAME) & Q(key__contains=code)
        return queryset.filter(wanted)


class LookoutHitFilterSet(filters.FilterSet):
    """Hits. What asks for the lookout leaves out those whose lookout the caller must not know of."""

    lookout = filters.UUIDFilter(method="by_lookout", label=_("Lookout"))
    kind = filters.ChoiceFilter(choices=Kind.choices, method="by_kind", label=_("Kind"))
    action = filters.ChoiceFilter(choices=Action.choices, method="by_action", label=_("On a hit"))
    unseen = filters.BooleanFilter(method="by_unseen", label=_("Not seen by anybody"))
    consignment = filters.UUIDFilter(field_name="consignment__ref", label=_("Consignment"))
    visit = filters.UUIDFilter(field_name="visit__ref", label=_("Equipment visit"))

    def by_lookout(self, queryset: QuerySet[Any], _name: str, value: UUID) -> QuerySet[Any]:
        return self._readable(queryset).filter(lookout__ref=value)

    def by_kind(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return self._readable(queryset).filter(lookout__kind=value)

    def by_action(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return self._readable(queryset).filter(lookout__action=value)

    def by_unseen(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        return self._readable(queryset).filter(seen_at__isnull=value)

    def _readable(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=LookoutHit.objects.readable_by(self.request.user).values("pk"))
