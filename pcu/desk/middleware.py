"""The language a person chose, and the zone of the unit they look at."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from pcu.desk.units import current_unit


class UserZoneMiddleware:
    """Activate the person's own language and the chosen unit's time zone. Before sign-in the cookie says the language:
    posts share machines, and a cookie may be somebody else's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        unit = current_unit(request)
        if unit is None:
            return self.get_response(request)
        with timezone.override(unit.zone):
            return self.get_response(request)
