"""The empty files of notes that are handed out: one workbook, XML and JSON sample for each kind of note."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from pcu.desk.units import current_unit
from profiling.formats.note_boxes import BY_CODE, NOTES, Note
from profiling.formats.note_schema import schema
from profiling.formats.note_template import json_note, workbook, xml
from profiling.intake.boxes import note_of
from profiling.web.note_boxes import applied_to

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: Final = {"xlsx": (workbook, XLSX), "xml": (xml, "application/xml"), "json": (json_note, "application/json")}
# What a note becomes, by what its message is for.
BECOMES: Final = {"cargo": _("Consignments and equipment"), "movements": _("Movements, with the seals seen then")}


@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """Every kind of note with its files, made for the chosen unit."""
    unit = current_unit(request)
    applied = applied_to(unit)
    notes = [{"note": note, "becomes": BECOMES[note.purpose], "applied": applied.get(note.code)} for note in NOTES]
    return render(request, "profiling/note_templates.html", {"notes": notes, "forms": list(FORMS), "unit": unit})


@require_safe
def note_schema(request: HttpRequest) -> HttpResponse:
    """The JSON schema of pcu-note."""
    return JsonResponse(schema(), content_type="application/schema+json", json_dumps_params={"ensure_ascii": False})


@require_safe
def template_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """One empty file, with the boxes as the chosen unit corrects them."""
    note = BY_CODE.get(code)
    if note is None or form not in FORMS:
        raise Http404
    write, content_type = FORMS[form]
    response = HttpResponse(write(for_unit(request, note)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="pcu-{note.code}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def for_unit(request: HttpRequest, note: Note) -> Note:
    """A note as the chosen unit has it."""
    unit = current_unit(request)
    return note_of(unit, note) if unit else note
