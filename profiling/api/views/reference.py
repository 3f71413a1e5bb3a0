"""Looking codes up over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from profiling.codelists import search
from profiling.codelists.models import KINDS
from profiling.reference.files.rows import Kind

SEARCHED = [(code, code) for code in KINDS if code != Kind.RATES]


class ReferenceQuerySerializer(serializers.Serializer[Any]):
    q = serializers.CharField(
        min_length=search.SHORTEST, max_length=search.LONGEST, help_text="Beginning of a code, or part of a name."
    )
    kind = serializers.ChoiceField(SEARCHED, required=False, default="", help_text="One list; without it all.")
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)


class CodeSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="The list.")
    code = serializers.CharField()
    name = serializers.CharField(help_text="In English.")
    name_ru = serializers.CharField(allow_blank=True, help_text="In Russian, where the list has it.")
    of = serializers.CharField(
        allow_blank=True, help_text="Scheme of a place, edition of the Harmonized System; else empty."
    )
    country = serializers.CharField(allow_blank=True, help_text="ISO 3166-1 alpha-2.")
    is_withdrawn = serializers.BooleanField(help_text="No longer in use; still found on older papers.")


class ReferenceSerializer(serializers.Serializer[Any]):
    results = CodeSerializer(many=True)


class ReferenceView(APIView):
    """What a code of a place, package, commodity, currency, country or container owner stands for."""

    @extend_schema(parameters=[ReferenceQuerySerializer], responses=ReferenceSerializer)
    def get(self, request: Request) -> Response:
        asked = ReferenceQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        hits = search.search(request.user, told["q"], told["kind"], told["limit"])
        return Response(ReferenceSerializer({"results": hits}).data)
