"""Filters that every list may use: moments as the database can compare them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError


class MomentField(filters.fields.IsoDateTimeField):
    """An ISO 8601 date and time, in UTC: PostgreSQL refuses offsets of sixteen hours and more, ISO allows them."""

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MomentFilter(filters.IsoDateTimeFilter):
    field_class = MomentField
