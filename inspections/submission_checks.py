"""What an act cannot be submitted without."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inspections.errors import Missing
from inspections.models import Inspection, InspectionLine
from pcu.desk.templatetags.desk import container_number
from profiling.cases.choices import Result


def problems(inspection: Inspection) -> list[Missing]:
    """What is missing or does not fit, in the order of the act; empty when it may be submitted. Three queries."""
    found: list[Missing] = []

    def tell(field: str, message: str, line: InspectionLine | None = None) -> None:
        found.append({"line": str(line.ref) if line else "", "field": field, "message": message})

    lines = list(inspection.lines.select_related("visit"))
    of_case = set(inspection.case.visits.values_list("pk", flat=True))
    seized = set(inspection.seizures.filter(removed_at=None).values_list("line", flat=True))
    if inspection.started_at is None:
        tell("started_at", _("Say when it began."))
    if inspection.ended_at is None:
        tell("ended_at", _("Say when it ended."))
    elif inspection.started_at is not None and inspection.ended_at < inspection.started_at:
        tell("ended_at", _("It ends before it begins."))
    if not lines:
        tell("lines", _("Nothing was examined: add the equipment."))
    for line in lines:
        number = {"number": container_number(line.visit.number)}
        if line.visit_id not in of_case:
            tell("visit", _("%(number)s is not part of the case.") % number, line)
        if not line.result:
            tell("result", _("%(number)s: say what it came to.") % number, line)
        elif line.result == Result.CLEAN and line.pk in seized:
            tell("result", _("%(number)s: goods were seized, so it is not clean.") % number, line)
        if not any(done.get("done") for done in line.methods.values()):
            tell("methods", _("%(number)s: say how it was examined.") % number, line)
        if line.result == Result.FOUND and not line.findings.strip():
            tell("findings", _("%(number)s: say what was found and where.") % number, line)
        if _is_more_than_declared(line) and not line.difference_note.strip():
            tell("difference_note", _("%(number)s: say why there is more than declared.") % number, line)
    return found


def _is_more_than_declared(line: InspectionLine) -> bool:
    pairs = ((line.packages_declared, line.packages_found), (line.gross_declared_kg, line.gross_found_kg))
    return any(declared is not None and found is not None and found > declared for declared, found in pairs)
