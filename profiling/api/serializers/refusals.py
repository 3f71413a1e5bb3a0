"""Bodies of the refusals that are not the framework's own, for the schema."""

from __future__ import annotations

from typing import Any

from drf_standardized_errors.openapi_serializers import ClientErrorEnum
from rest_framework import serializers


class RefusalErrorSerializer(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField(help_text="Stable; for programs.")
    detail = serializers.CharField(help_text="In the language of the request; for people.")
    attr = serializers.CharField(allow_null=True)


class RefusalSerializer(serializers.Serializer[dict[str, Any]]):
    type = serializers.ChoiceField(choices=ClientErrorEnum.choices)
    errors = RefusalErrorSerializer(many=True)  # type: ignore[assignment]  # a field of the body, not the framework's


class InvalidRequestSerializer(serializers.Serializer[dict[str, Any]]):
    """attr: the parameter, header or field, "changes.1.line" within lists; null where it is the request as a whole."""

    type = serializers.CharField(help_text="validation_error; client_error for a body that cannot be read.")
    errors = RefusalErrorSerializer(many=True)  # type: ignore[assignment]  # a field of the body, not the framework's
