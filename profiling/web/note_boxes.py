"""The page of one note's boxes: number, headings and field as the chosen node has them, corrected by who leads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from pcu.desk.units import current_unit
from profiling.cargo.sentences import problem_sentence
from profiling.formats.note_boxes import BY_CODE, NO_SPECIFICATION, Note
from profiling.formats.note_columns import Column
from profiling.formats.note_corrections import TEXTS, changes, faults, fields_of, sheets_of
from profiling.formats.table_mapping import Fault
from profiling.intake import boxes
from profiling.intake.errors import BoxesChanged, InvalidBoxes
from profiling.intake.models import NoteBoxes
from profiling.web.people import person

CONFLICT, UNPROCESSABLE = 409, 422
ASKED = ("box", "ru", "en", "field")
"""What the form asks of a box; other corrections of it are kept as they are."""
LABELS = {
    "box": gettext_lazy("Number of the box"),
    "ru": gettext_lazy("Heading in Russian"),
    "en": gettext_lazy("Heading in English"),
    "field": gettext_lazy("Is read into"),
}
TABLES = {
    "head": gettext_lazy("The message"),
    "equipment": gettext_lazy("Wagons, vehicles, containers"),
    "notes": gettext_lazy("Notes and their goods"),
}


@dataclass
class Cell:
    """One thing said of a box. was: what the table says where it is corrected, else ""."""

    name: str
    part: str
    label: Any
    value: str
    was: str = ""
    most: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass
class Box:
    column: Column
    cells: list[Cell]
    choices: list[tuple[str, str]]

    @property
    def is_wrong(self) -> bool:
        return any(cell.errors for cell in self.cells)


@dataclass
class Table:
    label: Any
    sheet: str
    rows: list[Box]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def note_boxes(request: HttpRequest, code: str) -> HttpResponse:
    """The boxes of one kind of note; posted: corrected, or as the nodes above have them again (`do`)."""
    note = BY_CODE.get(code)
    if note is None:
        raise Http404
    kept = _nodes(request)
    node = _chosen(request, kept)
    if request.method != "POST":
        return _page(request, note, node, kept)
    if node is None or node not in kept:
        raise PermissionDenied(_("Your role corrects no boxes here."))
    user, version = person(request), _version(request)
    applied = boxes.nearest(node).get(note.code)
    try:
        if request.POST.get("do") == "withdraw":
            boxes.withdraw(unit=node, note=note, user=user, version=version)
            messages.success(request, _("The corrections of %(unit)s are withdrawn.") % {"unit": node.name})
        else:
            said = _said(request, note, applied.corrections if applied else {})
            boxes.correct(unit=node, note=note, user=user, corrections=said, version=version)
            messages.success(request, _("The boxes are kept; files and readings follow them from now on."))
    except InvalidBoxes as error:
        return _page(request, note, node, kept, said=said, wrong=error.faults, status=UNPROCESSABLE)
    except BoxesChanged:
        told = _("Somebody corrected these boxes meanwhile. Look at what stands now and say yours again.")
        return _page(request, note, node, kept, conflict=told, status=CONFLICT)
    return HttpResponseRedirect(f"{reverse('note_boxes', args=[note.code])}?node={node.code}")


def _nodes(request: HttpRequest) -> list[Unit]:
    """The nodes at and above the chosen unit whose boxes the person may correct, from the root down."""
    unit = current_unit(request)
    may = scope_of(request.user).units(Capability.CORRECT_BOXES)
    return [one for one in unit.ancestors_and_self() if one.pk in may] if unit else []


def _chosen(request: HttpRequest, kept: Sequence[Unit]) -> Unit | None:
    """The node asked for, else the chosen unit. Raises Http404 for one that is not the person's to correct."""
    wanted = request.POST.get("node") or request.GET.get("node") or ""
    unit = current_unit(request)
    if not wanted or (unit is not None and wanted == unit.code):
        return unit
    found = next((one for one in kept if one.code == wanted), None)
    if found is None:
        raise Http404
    return found


def _version(request: HttpRequest) -> int:
    """The version the form was made of; a form without one rests on nothing that stands."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _said(request: HttpRequest, note: Note, standing: Mapping[str, Any]) -> dict[str, Any]:
    """The corrections as the form has them; every value is judged by `note_corrections`, nothing here."""
    told: dict[str, Any] = {}
    for table, sheet in sheets_of(note).items():
        before = standing.get(table, {})
        for column in sheet.columns:
            asked = {
                name: text.replace("\0", "").strip()
                for name in ASKED
                if (text := request.POST.get(f"{table}.{column.key}.{name}")) is not None
            }
            unasked = {name: value for name, value in before.get(column.key, {}).items() if name not in asked}
            if said := changes(note, table, column.key, {**unasked, **asked}):
                told.setdefault(table, {})[column.key] = said
    return told


def _page(
    request: HttpRequest,
    note: Note,
    node: Unit | None,
    kept: Sequence[Unit],
    *,
    said: Mapping[str, Any] | None = None,
    wrong: Sequence[Fault] = (),
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    applied = boxes.nearest(node).get(note.code) if node else None
    own = applied if applied is not None and node is not None and applied.unit_id == node.pk else None
    standing = applied.corrections if applied else {}
    if said is None:
        said, wrong = standing, faults(note, standing) if standing else ()
    tables = [Table(TABLES[table], one.name, _rows(note, table, said, wrong)) for table, one in sheets_of(note).items()]
    placed = {cell.name for one in tables for row in one.rows for cell in row.cells}
    source, _mark, unspecified = note.source.partition(f"; {NO_SPECIFICATION}")
    context = {
        "note": note,
        "node": node,
        "unit": current_unit(request),
        "nodes": kept,
        "may_correct": node is not None and node in kept,
        "tables": tables,
        "faults": [problem_sentence(one.code, one.params) for one in wrong if one.where not in placed],
        "has_faults": bool(wrong),
        "conflict": conflict,
        "applied": applied,
        "own": own,
        "version": own.version if own else 0,
        "source": source,
        "is_unspecified": bool(_mark) and not unspecified,
    }
    return render(request, "profiling/note_boxes.html", context, status=status)


def _rows(note: Note, table: str, said: Mapping[str, Any], wrong: Sequence[Fault]) -> list[Box]:
    told: dict[str, list[str]] = {}
    for one in wrong:
        told.setdefault(one.where, []).append(problem_sentence(one.code, one.params))
    fields = [(key, column.heading) for key, column in fields_of(note, table).items()]
    rows = []
    for column in sheets_of(note)[table].columns:
        box = said.get(table, {}).get(column.key, {}) if isinstance(said.get(table, {}), Mapping) else {}
        cells = []
        for part in ASKED:
            standard = column.key if part == "field" else str(getattr(column, part))
            value = str(box.get(part, standard))
            was = (column.heading if part == "field" else standard or "–") if value != standard else ""
            name = f"{table}.{column.key}.{part}"
            cells.append(Cell(name, part, LABELS[part], value, was, TEXTS.get(part, 0), told.get(name, [])))
        rows.append(Box(column, cells, fields))
    return rows


def applied_to(unit: Unit | None) -> dict[str, NoteBoxes]:
    """By note the corrections that a unit's files are made with; none without a unit."""
    return {code: one for code, one in boxes.nearest(unit).items() if one.corrections} if unit else {}
