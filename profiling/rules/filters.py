"""Filters by what the rules said: what `cargo.filters` may not know of."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Unit
from profiling.cargo.filters import ConsignmentFilterSet
from profiling.rules.models import Assessment, Lane


class AssessedConsignmentFilterSet(ConsignmentFilterSet):
    """Consignments, also by the lane that is recommended for what they say now.

    ``unit`` gives the lanes to choose from in its own words; without it every lane there is may be named.
    """

    lane = filters.ChoiceFilter(method="by_lane", label=_("Lane"), empty_label=_("any"))

    def __init__(self, *args: Any, unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lanes = Lane.objects.filter(unit__in=unit.ancestors_and_self()) if unit else Lane.objects.all()
        self.filters["lane"].extra["choices"] = list({lane.code: lane.label for lane in lanes}.items())

    def by_lane(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        newest = (
            Assessment.objects.filter(version=OuterRef("current")).order_by("-pk").values("recommended_lane__code")[:1]
        )
        of_lane: QuerySet[Any] = queryset.alias(newest_lane=Subquery(newest)).filter(newest_lane=value)
        return of_lane


class AssessmentFilterSet(filters.FilterSet):
    lane = filters.CharFilter(field_name="recommended_lane__code", label=_("Lane"))
    score_from = filters.NumberFilter(field_name="score", lookup_expr="gte", label=_("Score from"))
    rule = filters.CharFilter(method="by_rule", label=_("Rule that fired"))
    consignment = filters.UUIDFilter(field_name="version__consignment__ref", label=_("Consignment"))
    visit = filters.UUIDFilter(field_name="visit__ref", label=_("Equipment visit"))

    class Meta:
        model = Assessment
        fields: list[str] = []

    def by_rule(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(fired__contains=[{"code": value}])
