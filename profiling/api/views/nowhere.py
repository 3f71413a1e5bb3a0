"""Addresses of the API that lead nowhere, answered in the API's own words."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from pcu.accounts.permissions import StaffOrClient


@extend_schema(exclude=True)
class NowhereView(APIView):
    permission_classes = [StaffOrClient]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404
