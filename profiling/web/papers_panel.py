"""Documents on the pages of a case and of a consignment: the list, side by side, and the way to add one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from pcu.desk import once
from profiling.cargo.models import Consignment
from profiling.cases.models import Case
from profiling.web.paper_matrix import read_sheets
from profiling.web.papers import upload_context
from profiling.web.people import person


def read(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """Of a case all its consignments; nothing where no document names the equipment."""
    consignments = Consignment.objects.filter(case_links__case=case).select_related("current", "unit").order_by("pk")
    found = list(consignments)
    return papers_of(found, person(request)) if found else None


def papers_of(consignments: Sequence[Consignment], user: Any) -> dict[str, Any]:
    """What `papers/panel.html` wants."""
    sheets = read_sheets(consignments, user)
    return {
        "sheets": [
            (sheet, upload_context(sheet.consignment) | {"form_key": once.new_key()} if sheet.may_add else None)
            for sheet in sheets
        ],
        "count": sum(len(sheet.papers) for sheet in sheets),
        "differing": sum(sheet.differing for sheet in sheets),
        "is_many": len(sheets) > 1,
    }
