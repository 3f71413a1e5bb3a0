"""Who a page was made for, the language a person chose, and the zone of the unit they look at."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from pcu.desk.units import current_unit


class PageOwnerMiddleware:
    """401 for what a page asks by itself after the person it was made for has signed out.

    Pages name that person in a header and take the newest CSRF token, so that whoever signs in again in another tab
    can send what stands typed in this one. Nobody else can: posts share machines.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        owner = request.headers.get("Page-Owner")
        if owner is not None and owner != str(getattr(request.user, "ref", "")):
            return HttpResponse(status=401)
        return self.get_response(request)


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
