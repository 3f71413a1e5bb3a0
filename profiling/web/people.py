"""Who asks for a page."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from pcu.accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person: LoginRequiredMiddleware lets nobody else reach a page."""
    return cast(User, request.user)
