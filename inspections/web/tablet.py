"""The page of an act: the tablet at the container door, and the same as plain forms without scripts."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from inspections import acts, lines, planning, recording
from inspections.completeness import ASKED
from inspections.errors import InspectionError, InvalidActError, PictureTooLargeError
from inspections.models import AppliedChange, Inspection, Photo
from inspections.photos import add_photo, remove_photo
from inspections.picture_answers import picture_response
from inspections.web.sheet import Sheet, Typed, words
from inspections.web.typed import changes_typed
from pcu.desk import once, panels
from pcu.desk.uploads import TooManyUploadsError, upload_place
from profiling.cargo import store
from profiling.web.people import person

PIECE = 256 * 1024
FORM_OVERHEAD = 64 * 1024
CONFLICT, UNPROCESSABLE, TOO_LARGE, BUSY = 409, 422, 413, 429
_KEPT = (AppliedChange.Outcome.APPLIED, AppliedChange.Outcome.SUPERSEDED)


def _inspection(request: HttpRequest, ref: uuid.UUID) -> Inspection:
    rows = Inspection.objects.visible_to(request.user).select_related("unit", "case", "referral")
    found: Inspection = get_object_or_404(rows, ref=ref)
    return found


@require_safe
@never_cache
def inspection(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The whole act; `?line=` says which equipment stands open."""
    return _page(request, _inspection(request, ref))


@require_POST
def save(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Keep what was typed. What cannot be kept stays in its box with the reason beside it."""
    found = _inspection(request, ref)
    changes = changes_typed(request.POST)
    try:
        answers = recording.apply_changes(inspection=found, user=person(request), changes=changes) if changes else []
    except InspectionError as error:
        return _page(request, _inspection(request, ref), error=error.message, status=CONFLICT)
    typed: Typed = {
        f"{change.line}|{change.field}": (change.value, answer)
        for change, answer in zip(changes, answers, strict=True)
        if answer["outcome"] not in _KEPT
    }
    if typed:
        message = ngettext("%(n)d entry was not kept.", "%(n)d entries were not kept.", len(typed)) % {"n": len(typed)}
        return _page(request, _inspection(request, ref), typed=typed, error=message, status=UNPROCESSABLE)
    messages.success(request, _("Saved."))
    return _back(request, found)


@require_POST
def start(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    found = _inspection(request, ref)
    try:
        recording.start(inspection=found, user=person(request))
    except InspectionError as error:
        messages.warning(request, error.message)
    return _back(request, found)


@require_POST
def drop(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Give the examination up, with a reason."""
    found = _inspection(request, ref)
    reason = request.POST.get("reason", "").replace("\0", "")
    try:
        planning.drop(inspection=found, user=person(request), reason=reason)
    except InvalidActError as error:
        return _page(request, found, drop_error=error.errors["reason"], status=UNPROCESSABLE)
    except InspectionError as error:
        return _page(request, _inspection(request, ref), error=error.message, status=CONFLICT)
    messages.success(request, _("Given up: %(number)s.") % {"number": found.number})
    return HttpResponseRedirect(reverse("case", args=[found.case.ref]))


@require_POST
def add_line(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Examine another piece of equipment of the case; its line stands open then."""
    found = _inspection(request, ref)
    named = _uuid(request.POST.get("visit", ""))
    if named is None:
        raise Http404
    visit = get_object_or_404(found.case.visits.all(), ref=named)
    try:
        line = lines.add_line(inspection=found, visit=visit, user=person(request))
    except InspectionError as error:
        return _page(request, _inspection(request, ref), error=error.message, status=CONFLICT)
    return HttpResponseRedirect(f"{reverse('inspection', args=[found.ref])}?line={line.ref}")


@require_POST
def leave_out(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Take away a line on which nothing stands, with a reason."""
    found = _inspection(request, ref)
    named = _uuid(request.POST.get("line", ""))
    line = found.lines.filter(ref=named).first() if named else None
    try:
        if line is not None:  # a second click is no error
            lines.leave_out(line=line, user=person(request), reason=request.POST.get("reason", ""))
    except InvalidActError as error:
        return _page(request, _inspection(request, ref), error=error.message, status=UNPROCESSABLE)
    except InspectionError as error:
        return _page(request, _inspection(request, ref), error=error.message, status=CONFLICT)
    return HttpResponseRedirect(reverse("inspection", args=[found.ref]))


# ---- photographs


@csrf_exempt
@require_POST
def add(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """A photograph from a plain form. One past the limit is refused by its announced length, before it is read.

    The check of the form's token reads the whole body, so the length comes first and the token directly after it.
    """
    found = _inspection(request, ref)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_PHOTO + FORM_OVERHEAD:
        return _page(request, found, error=PictureTooLargeError(settings.MAX_PHOTO).message, status=TOO_LARGE)
    try:
        with upload_place():
            return _add(request, found)
    except TooManyUploadsError:
        error = _("Too many files are being uploaded just now. Try it again in a moment; nothing was stored.")
        return _page(request, found, error=error, status=BUSY)


@csrf_protect
def _add(request: HttpRequest, found: Inspection) -> HttpResponse:
    upload = request.FILES.get("photo")
    if upload is None:
        return _page(request, found, error=_("Choose a photograph."), status=UNPROCESSABLE)
    named = _uuid(request.POST.get("line", ""))
    line = found.lines.filter(ref=named).first() if named else None
    try:
        add_photo(
            inspection=found,
            user=person(request),
            pieces=upload.chunks(PIECE),
            kind=request.POST.get("kind", ""),
            line=line,
            seal_ref=_uuid(request.POST.get("seal", "")),
            caption=request.POST.get("caption", "").replace("\0", ""),
            upload_id=_uuid(request.POST.get(once.FIELD, "")),
        )
    except PictureTooLargeError as error:
        return _page(request, found, error=error.message, status=TOO_LARGE)
    except InspectionError as error:
        return _page(request, found, error=error.message, status=UNPROCESSABLE)
    messages.success(request, _("The photograph is stored."))
    return _back(request, found, "photos")


@require_POST
def remove(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Take a photograph out of its act."""
    photo = _photo(request, ref)
    try:
        remove_photo(photo=photo, user=person(request))
    except InspectionError as error:
        messages.warning(request, error.message)
    return _back(request, photo.inspection, "photos")


@require_safe
def image(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The copy that is shown."""
    return picture_response(_photo(request, ref).shown_sha256)


@require_safe
def thumb(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The small copy."""
    return picture_response(_photo(request, ref).thumb_sha256)


@require_safe
def original(request: HttpRequest, ref: uuid.UUID) -> FileResponse:
    """The bytes as they came, as evidence: saved, never shown in the browser."""
    photo = _photo(request, ref)
    try:
        opened = store.get(photo.sha256)
    except FileNotFoundError as error:
        raise Http404(_("The bytes are no longer in the store.")) from error
    response = FileResponse(
        opened, as_attachment=True, filename=f"{photo.ref}.bin", content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _photo(request: HttpRequest, ref: uuid.UUID) -> Photo:
    rows = Photo.objects.visible_to(request.user).select_related("inspection__case", "inspection__unit")
    found: Photo = get_object_or_404(rows, ref=ref)
    return found


# ---- paper and the worker


@require_safe
@never_cache
def act(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The act to print and sign."""
    found = _inspection(request, ref)
    context = {
        "inspection": found,
        "unit": found.unit,
        "sheet": Sheet(found),
        "panels": panels.shown("inspection-act", request, found),
        **words(),
    }
    return render(request, "inspections/act.html", context)


@require_safe
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from below /inspections/ because that is as far as it may reach."""
    path = finders.find("js/inspection_worker.js")
    assert isinstance(path, str)  # it is part of the program
    return HttpResponse(Path(path).read_bytes(), content_type="text/javascript; charset=utf-8")


# ---- the page


def _back(request: HttpRequest, found: Inspection, part: str = "") -> HttpResponse:
    line = request.POST.get("line_open") or request.POST.get("line", "")
    query = f"?line={line}" if _uuid(line) else ""
    return HttpResponseRedirect(reverse("inspection", args=[found.ref]) + query + (f"#{part}" if part else ""))


def _page(
    request: HttpRequest,
    found: Inspection,
    *,
    typed: Typed | None = None,
    error: str = "",
    drop_error: str = "",
    status: int = 200,
) -> HttpResponse:
    sheet = Sheet(found, typed)
    wanted = request.GET.get("line") or request.POST.get("line_open") or request.POST.get("line", "")
    refs = [str(one.line.ref) for one in sheet.lines]
    context: dict[str, Any] = {
        "inspection": found,
        "unit": found.unit,
        "sheet": sheet,
        "open_line": wanted if wanted in refs else (refs[0] if refs else ""),
        "may_edit": acts.may_edit(found, person(request)),
        "may_drop": acts.may_edit(found, person(request)) and found.state in planning.DROPPABLE,
        "more_equipment": lines.without_line(found) if acts.may_edit(found, person(request)) else (),
        "error": error,
        "drop_error": drop_error,
        "limit": settings.MAX_PHOTO,
        "asked": json.dumps({method: list(kinds) for method, kinds in ASKED.items()}),
        "panels": panels.shown("inspection", request, found),
        **words(),
    }
    response = render(request, "inspections/tablet.html", context, status=status)
    response["Kept-For"] = str(person(request).ref)  # the worker keeps pages apart by whose they are
    return response


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
