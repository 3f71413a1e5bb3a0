"""What the shell of every page needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from pcu.desk.units import current_unit, own_units


def shell(request: HttpRequest) -> dict[str, Any]:
    signed_in = hasattr(request, "user") and request.user.is_authenticated
    return {
        "synthetic_data": settings.SYNTHETIC_DATA,
        "current_unit": current_unit(request) if signed_in else None,
        "own_units": own_units(request) if signed_in else [],
    }
