"""The empty files of notes that are handed out: one workbook, XML and JSON sample for each kind of note."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from profiling.formats.note_boxes import BY_CODE, NOTES
from profiling.formats.note_template import json_note, workbook, xml

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: Final = {"xlsx": (workbook, XLSX), "xml": (xml, "application/xml"), "json": (json_note, "application/json")}
# What a note becomes, by what its message is for.
BECOMES: Final = {"cargo": _("Consignments and equipment"), "movements": _("Movements, with the seals seen then")}


@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """Every kind of note with its files."""
    notes = [{"note": note, "becomes": BECOMES[note.purpose]} for note in NOTES]
    return render(request, "profiling/note_templates.html", {"notes": notes, "forms": list(FORMS)})


@require_safe
def template_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """One empty file."""
    note = BY_CODE.get(code)
    if note is None or form not in FORMS:
        raise Http404
    write, content_type = FORMS[form]
    response = HttpResponse(write(note), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="pcu-{note.code}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
