"""The page on which somebody says what the columns of a sender's table hold, and sees what comes of it."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.accounts.scope import scope_of
from profiling.cargo import choices
from profiling.cargo.models import Submission
from profiling.cargo.sentences import problem_sentence
from profiling.formats import records as r
from profiling.formats.problems import BrokenFileError
from profiling.formats.table_columns import BY_KEY, FIELDS, GROUPS, MASS_UNITS, VOLUME_UNITS, without_unit
from profiling.formats.table_mapping import DEFAULTS
from profiling.formats.table_mapping import Mapping as ColumnMapping
from profiling.formats.table_proposal import Proposal
from profiling.intake import mapping as mappings
from profiling.intake.errors import InvalidMapping, NotWaiting
from profiling.web.people import person

UNPROCESSABLE = 422
PREVIEW = "preview"  # the part of the page that is swapped alone
# Headings of a table of bills of lading, in the languages that `table_columns` knows.
BILL_HEADING = re.compile(
    r"\b(?:b/?l|bol|h?bl|mbl)\b|bill|коносамент|connaissement|conocimiento|vessel|судно", re.IGNORECASE
)
UNITS = {
    "KGM": gettext_lazy("kilograms"),
    "TNE": gettext_lazy("tonnes"),
    "LBR": gettext_lazy("pounds"),
    "MTQ": gettext_lazy("cubic metres"),
    "FTQ": gettext_lazy("cubic feet"),
    "LTR": gettext_lazy("litres"),
}
SURE = {
    "exact": (gettext_lazy("known heading"), "tg-good", "circle-check"),
    "near": (gettext_lazy("similar heading"), "tg-warn", "alert-triangle"),
    "values": (gettext_lazy("by its values"), "tg-warn", "alert-triangle"),
    "": (gettext_lazy("not known"), "", "help"),
}
DECIMALS = {
    "": gettext_lazy("as each column shows"),
    ",": gettext_lazy("comma: 1.234,5"),
    ".": gettext_lazy("point: 1,234.5"),
}
DATES = {
    "": gettext_lazy("as each date shows"),
    "DMY": gettext_lazy("day, month, year"),
    "MDY": gettext_lazy("month, day, year"),
    "YMD": gettext_lazy("year, month, day"),
}


@dataclass
class Row:
    """One column as the page shows it."""

    place: int
    heading: str
    letter: str
    samples: tuple[str, ...]
    field: str
    sure: Any
    units: list[tuple[str, Any]]
    unit: str
    also: list[str]
    errors: list[str] = dataclasses.field(default_factory=list)
    asks_anew: bool = False  # the form had no unit for it, or one that it no longer has


@dataclass
class Read:
    """One bill as it will be read, or a row that will be refused, with what is wrong of it."""

    bill: r.Consignment | None
    where: str
    problems: list[r.Problem] = dataclasses.field(default_factory=list)

    @property
    def parties(self) -> dict[str, str]:
        return {party.role.value: party.name for party in self.bill.parties} if self.bill else {}


@require_http_methods(["GET", "HEAD", "POST"])
def column_mapping(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Propose, preview and confirm the mapping of a submission's columns."""
    submissions = Submission.objects.visible_to(request.user).select_related("unit", "sender")
    found: Submission = get_object_or_404(submissions, ref=ref)
    try:
        proposed = mappings.proposal_for(found)
    except (NotWaiting, BrokenFileError, FileNotFoundError) as error:
        raise Http404(_("This submission is no table whose columns could be mapped.")) from error
    kept = mappings.kept_for(found, proposed.fingerprint)
    may_confirm = scope_of(request.user).allows(Capability.PUSH, found.unit_id)
    if request.method != "POST":
        said = kept.mapping if kept else proposed.mapping().as_json() | {"defaults": _defaults_of(found.unit, proposed)}
        return _page(request, found, proposed, said, kept=kept, may_confirm=may_confirm)
    if not may_confirm:
        raise PermissionDenied(_("Your role does not push to this unit, so it confirms no mapping."))
    said = _said(request, proposed)
    if "confirm" in request.POST:
        try:
            waiting = mappings.waiting_like(found, proposed.fingerprint).count()
            mappings.confirm(submission=found, actor=person(request), mapping=said)
        except InvalidMapping as error:
            return _page(
                request, found, proposed, said, kept=kept, may_confirm=True, faults=error.faults, status=UNPROCESSABLE
            )
        _tell(request, waiting)
        return redirect("submission", ref=found.ref)
    return _page(request, found, proposed, said, kept=kept, may_confirm=True)


def _defaults_of(unit: Unit, proposed: Proposal) -> dict[str, str]:
    """The kind of document and of transport proposed; where no heading speaks of one, what comes to the post."""
    of_headings = dict(proposed.defaults)
    if of_headings.get("document_type") != r.DocumentType.BILL:
        return of_headings
    if any(BILL_HEADING.search(one.heading) for one in proposed.columns):
        return of_headings
    match unit.post:
        case Unit.Post.RAIL:
            return of_headings | {"document_type": r.DocumentType.SMGS.value, "mode": r.Mode.RAIL.value}
        case Unit.Post.ROAD:
            return of_headings | {"document_type": r.DocumentType.CMR.value, "mode": r.Mode.ROAD.value}
        case _:
            return of_headings


def _tell(request: HttpRequest, waiting: int) -> None:
    if waiting > 1:
        told = _("The mapping is kept. %(count)d submissions that waited for it are read now.") % {"count": waiting}
    elif waiting:
        told = _("The mapping is kept, and the file is read now.")
    else:
        told = _("The mapping is kept for what this sender sends from now on.")
    messages.success(request, told)


def _said(request: HttpRequest, proposed: Proposal) -> dict[str, Any]:
    """The mapping as the form has it; every value is judged by `table_mapping`, nothing here."""
    sent = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
    return {
        "columns": {
            one.key: {
                "field": sent.get(f"field-{place}", ""),
                "unit": _unit(
                    sent.get(f"field-{place}", ""), sent.get(f"unit-{place}") or without_unit(one.heading)[1]
                ),
                "heading": one.heading,
            }
            for place, one in enumerate(proposed.columns)
        },
        "decimal": sent.get("decimal", ""),
        "dates": sent.get("dates", ""),
        "defaults": {name: sent.get(f"default-{name}", "") for name in DEFAULTS},
    }


def _unit(name: str, unit: str) -> str:
    """The unit said; where none of the kind is, as on a column that has just become a weight, the first of its kind."""
    units = _units(name)
    return unit if unit in units else units[0] if units else ""


def _units(name: str) -> tuple[str, ...]:
    kind = BY_KEY[name].kind if name in BY_KEY else ""
    return {"mass": MASS_UNITS, "volume": VOLUME_UNITS}.get(kind, ())


def _page(
    request: HttpRequest,
    found: Submission,
    proposed: Proposal,
    said: dict[str, Any],
    *,
    kept: Any,
    may_confirm: bool,
    faults: Sequence[Any] = (),
    status: int = 200,
) -> HttpResponse:
    try:
        agreed: ColumnMapping | None = mappings.checked(said, proposed)
    except InvalidMapping as error:
        agreed, faults = None, faults or error.faults
    whole = {one.where for one in faults} - {one.key for one in proposed.columns}
    part = bool(request.htmx and request.htmx.target == PREVIEW)  # type: ignore[attr-defined]  # set by django_htmx's middleware
    context = {
        "submission": found,
        "is_part": part,
        "kept": kept,
        "may_confirm": may_confirm,
        "rows": _rows(proposed, said, faults, request.POST),
        "faults": [_sentence(one) for one in faults if one.where in whole],
        "has_faults": bool(faults),
        "groups": _groups(),
        "decimals": DECIMALS.items(),
        "dates": DATES.items(),
        "said": said,
        "defaults": said.get("defaults", {}),
        "document_types": choices.DocumentType.choices,
        "modes": choices.Mode.choices,
        "directions": choices.Direction.choices,
        "functions": choices.Function.choices,
        "proposed": proposed,
        "is_waiting": found.waits_for_people,
        "others": max(mappings.waiting_like(found, proposed.fingerprint).count() - 1, 0)
        if found.waits_for_people
        else 0,
        **(_preview(found, agreed) if agreed else {"read": None}),
    }
    response = render(
        request, f"profiling/column_mapping.html{'#preview' if part else ''}", context, status=200 if part else status
    )
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields to choose from, by group, in words."""
    return [
        (_(label), [(one.key, _(one.label)) for one in FIELDS if one.group == group]) for group, label in GROUPS.items()
    ]


def _rows(proposed: Proposal, said: dict[str, Any], faults: Sequence[Any], sent: Mapping[str, str]) -> list[Row]:
    told: dict[str, list[str]] = {}
    for fault in faults:
        told.setdefault(fault.where, []).append(_sentence(fault))
    rows = []
    for place, one in enumerate(proposed.columns):
        chosen = said["columns"].get(one.key, {})
        name = chosen.get("field", "")
        units, asked = _units(name), sent.get(f"unit-{place}", "")
        rows.append(
            Row(
                place=place,
                heading=one.heading,
                letter=one.letter,
                samples=one.samples,
                field=name,
                sure=SURE[one.sure] if name == one.field else None,
                units=[(unit, UNITS[unit]) for unit in units],
                unit=chosen.get("unit", ""),
                also=[_(BY_KEY[other].label) for other in one.also],
                errors=told.get(one.key, []),
                asks_anew=asked not in units if units else bool(asked),
            )
        )
    return rows


def _sentence(fault: Any) -> str:
    return problem_sentence(fault.code, fault.params)


def _preview(found: Submission, agreed: ColumnMapping) -> dict[str, Any]:
    """The first bills with their problems beside them, what is told of the whole table, and the equipment."""
    read: list[Read] = []
    whole: list[r.Problem] = []
    equipment: list[r.Equipment] = []
    for one in mappings.preview(found, agreed):
        match one:
            case r.Consignment():
                read.append(Read(one, _row_of(one.position)))
            case r.Refused():
                read.append(Read(None, _row_of(one.position)))
            case r.Equipment():
                equipment.append(one)
            case r.Problem() if read:
                read[-1].problems.append(one)
            case r.Problem():
                whole.append(one)
    return {"read": read, "whole": whole, "equipment": equipment}


def _row_of(position: r.Position) -> str:
    return (position.pointer or "").rpartition("/")[2]
