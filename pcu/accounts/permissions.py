"""API permissions: what a token or a session may call. What it may see is the querysets' business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


class StaffOnly(BasePermission):
    """Signed-in people. Client systems are turned away: the sender may be the smuggler's forwarder."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated and not request.user.is_client)


class StaffOrClient(BasePermission):
    """Signed-in people and client systems, for the few endpoints made for both."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated)
