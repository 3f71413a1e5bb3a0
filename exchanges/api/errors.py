"""Exceptions of exchanges as answers of the API."""

from __future__ import annotations

from rest_framework.exceptions import APIException, ValidationError

from exchanges.errors import ExchangeError, InvalidExchangeError
from profiling.api import errors


def register() -> None:
    """Let the API of the layers below answer for these as well."""
    errors.register("exchanges", _answer_to)


def _answer_to(exc: Exception) -> APIException | None:
    match exc:
        case InvalidExchangeError():
            return ValidationError({field: [message] for field, message in exc.errors.items()}, code=exc.code)
        case ExchangeError():
            return errors.ConflictError(exc.message, code=exc.code)
        case _:
            return None
