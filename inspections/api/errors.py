"""Exceptions of inspections as answers of the API."""

from __future__ import annotations

from rest_framework.exceptions import APIException, PermissionDenied, ValidationError

from inspections.errors import IncompleteActError, InspectionError, InvalidActError, OwnWorkError
from profiling.api import errors


def register() -> None:
    """Let the API of the layer below answer for these as well."""
    errors.register("inspections", _answer_to)


def _answer_to(exc: Exception) -> APIException | None:
    match exc:
        case InvalidActError():
            return ValidationError({field: [message] for field, message in exc.errors.items()}, code=exc.code)
        case IncompleteActError():
            told: dict[str, list[str]] = {}
            for one in exc.missing:
                told.setdefault(one["field"], []).append(one["message"])
            return ValidationError(told, code=exc.code)
        case OwnWorkError():
            return PermissionDenied(exc.message, code=exc.code)
        case InspectionError():
            return errors.ConflictError(exc.message, code=exc.code)
        case _:
            return None
