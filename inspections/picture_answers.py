"""Pictures as answers: copies drawn here, never the bytes that came."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from inspections.pictures import kind_of
from profiling.cargo import store


def picture_response(sha256: str) -> HttpResponse:
    """A copy drawn here; what is private stays in this browser. Raises Http404 for bytes that are gone or no copy."""
    try:
        with store.get(sha256) as opened:
            content = opened.read()
    except FileNotFoundError as error:
        raise Http404(_("The bytes are no longer in the store.")) from error
    kind = kind_of(content)
    if not kind:
        raise Http404
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600, immutable"
    return response
