"""Many lookouts from a CSV: good rows are placed, the others told row by row and given back to be mended."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from pcu.accounts.models import Unit, User
from pcu.desk import once
from pcu.desk.units import current_unit
from profiling.cases.watching import place_lookout
from profiling.lookouts.errors import InvalidLookoutError
from profiling.lookouts.models import Lookout
from profiling.web.lookout_form import LookoutForm, keeping_units
from profiling.web.people import person

COLUMNS = ("kind", "value", "action", "reason", "expires_on")
MORE_COLUMNS = ("valid_from", "source", "source_ref", "handling", "agency", "contact")
MOST_ROWS = 300
MOST_BYTES = 1024 * 1024
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: its line, and what became of it."""

    line: int
    value: str
    lookout: Lookout | None
    errors: tuple[str, ...] = ()


class ImportForm(forms.Form):
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        to_field_name="ref",
        empty_label=None,
        label=gettext_lazy("Watched for in"),
        help_text=gettext_lazy("And in all units below."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"})
    )

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        field: Any = self.fields["unit"]
        field.queryset = Unit.objects.filter(pk__in=[one.pk for one in units]).order_by("path")
        field.initial = units[0].ref if units else None
        field.required = len(units) > 1


@require_http_methods(["GET", "HEAD", "POST"])
def import_lookouts(request: HttpRequest) -> HttpResponse:
    user, unit = person(request), current_unit(request)
    units = keeping_units(user, unit)
    if request.method != "POST":
        return _page(request, ImportForm(units=units))
    if not units:
        raise PermissionDenied(_("Your role does not keep lookouts."))
    form = ImportForm(request.POST, request.FILES, units=units)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    kept_in: Unit = form.cleaned_data["unit"] or units[0]
    form_key = request.POST.get(once.FIELD, "")
    try:
        rows = [_place(line, said, user, kept_in, form_key) for line, said in _read(form.cleaned_data["file"])]
    except ValueError as error:
        form.add_error("file", str(error))
        return _page(request, form, status=UNPROCESSABLE)
    is_whole = all(row.lookout for row in rows)
    again = ImportForm(units=units, initial={"unit": kept_in.ref})
    # the whole file, mended, may come again: under the same key what is in place is not placed a second time
    kept = "" if is_whole else form_key
    status = 200 if is_whole else UNPROCESSABLE
    return _page(request, again, rows=rows, imported_for=kept_in, form_key=kept, status=status)


def _read(file: Any) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows with the line they end on. Raises ValueError, in words, for a file that is no such table."""
    if file.size > MOST_BYTES:
        raise ValueError(_("The file is larger than a megabyte. Split it."))
    try:
        text = file.read().decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError as error:
        raise ValueError(_("The file is not UTF-8 text. Save it as “CSV UTF-8”.")) from error
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",", restval="")
    named = [name.strip().lower() for name in reader.fieldnames or ()]
    reader.fieldnames = named
    if missing := [name for name in COLUMNS if name not in named]:
        raise ValueError(_("The first row lacks: %(columns)s.") % {"columns": ", ".join(missing)})
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ValueError(
            _("The table cannot be read: a quotation mark is not closed, or a cell is too long.")
        ) from error
    if not rows:
        raise ValueError(_("The file has no rows under its head."))
    if len(rows) > MOST_ROWS:
        raise ValueError(_("More than %(count)d rows. Split the file.") % {"count": MOST_ROWS})
    for line, row in rows:
        yield line, {name: (cell or "").strip() for name, cell in row.items() if name in (*COLUMNS, *MORE_COLUMNS)}


def _place(line: int, said: Mapping[str, str], user: User, unit: Unit, form_key: str) -> Row:
    """Place one row, judged as the form would; what a row leaves out is what the form begins with."""
    blank = {"source": "own", "handling": "restricted", "unit": str(unit.ref)}
    form = LookoutForm({**blank, **{name: cell for name, cell in said.items() if cell}}, user=user, unit=unit)
    errors: list[str] = []
    if form.is_valid():
        try:
            placed = place_lookout(user=user, form_key=form_key, **form.cleaned_data)
        except InvalidLookoutError as error:
            errors = [f"{form.fields[name].label}: {message}" for name, message in error.errors.items()]
        else:
            return Row(line, placed.value, placed)
    else:
        errors = [
            f"{form.fields[name].label if name in form.fields else name}: {' '.join(map(str, told))}"
            for name, told in form.errors.items()
        ]
    return Row(line, said.get("value", ""), None, tuple(errors))


def _page(
    request: HttpRequest,
    form: ImportForm,
    *,
    rows: list[Row] | None = None,
    imported_for: Unit | None = None,
    form_key: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = rows or []
    context = {
        "form": form,
        "may_watch": bool(form.units),
        "rows": rows,
        "placed": len({row.lookout.pk for row in rows if row.lookout is not None}),
        "imported_for": imported_for,
        "form_key": form_key,
        "refused": [row for row in rows if row.lookout is None],
        "columns": COLUMNS,
        "more_columns": MORE_COLUMNS,
        "choices": [
            (name, [code for code, _label in LookoutForm.base_fields[name].choices if code])  # type: ignore[attr-defined]  # choice fields
            for name in ("kind", "action", "source", "handling", "agency")
        ],
        "most": MOST_ROWS,
    }
    return render(request, "lookouts/import.html", context, status=status)
