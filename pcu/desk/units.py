"""The unit a person is looking at: chosen in the top bar, kept in the session."""

from __future__ import annotations

from django.http import HttpRequest

from pcu.accounts.models import Unit

SESSION_KEY = "unit"


def own_units(request: HttpRequest) -> list[Unit]:
    """The working units (leaves) a person may read, in tree order; one query per request."""
    known: list[Unit] | None = getattr(request, "_own_units", None)
    if known is None:
        known = list(Unit.objects.visible_to(request.user).filter(kind=Unit.Kind.UNIT))
        request._own_units = known  # type: ignore[attr-defined]  # kept for this request
    return known


def current_unit(request: HttpRequest) -> Unit | None:
    """The chosen unit, else the first; None for a person without any."""
    units = own_units(request)
    chosen = request.session.get(SESSION_KEY)
    return next((unit for unit in units if str(unit.ref) == chosen), units[0] if units else None)


def choose_unit(request: HttpRequest, ref: str) -> bool:
    """Look at another unit from now on. False when it is not one of the person's."""
    if any(str(unit.ref) == ref for unit in own_units(request)):
        request.session[SESSION_KEY] = ref
        return True
    return False
