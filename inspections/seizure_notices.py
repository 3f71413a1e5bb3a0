"""What is told of a seizure outside the unit: a notice without the name of any person."""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inspections.facts import unit_label
from inspections.models import Link, Seizure
from pcu.desk.templatetags.desk import container_number, quantity


def amount(seizure: Seizure) -> str:
    """The quantity with its unit."""
    return f"{quantity(seizure.quantity)} {unit_label(seizure.quantity_unit)}".strip()


def notice_text(seizure: Seizure) -> str:
    """A seizure notice in the active language, one statement a line.

    It is made of codes, lists and numbers. Firms and free texts stay out of it, for they may name a person; routes
    are told.
    """
    at = timezone.localtime(seizure.seized_at, seizure.unit.zone)
    lines = [
        (_("Seizure"), seizure.number),
        (_("Unit"), seizure.unit.name),
        (_("When"), date_format(at, "DATE_FORMAT")),
        (_("Equipment"), container_number(seizure.line.visit.number)),
        (_("Conveyance"), f"{seizure.line.visit.call.get_mode_display()} {seizure.line.visit.call.label}".strip()),
        (_("Document"), seizure.consignment.document_no if seizure.consignment else ""),
        (_("Seized"), f"{seizure.get_commodity_display()}, {amount(seizure)}"),
        (_("Where hidden"), seizure.place.label if seizure.place else ""),
        (_("How hidden"), seizure.concealment.label if seizure.concealment else ""),
        (_("Cover load"), _("Yes") if seizure.cover_load else ""),
        (_("How detected"), ", ".join(word.label for word in seizure.detections.all())),
        (_("Route"), "; ".join(link.name for link in seizure.links.all() if link.kind == Link.Kind.ROUTE)),
        (_("Handling"), str(seizure.get_handling_display())),
    ]
    return "\n".join(f"{label}: {text}" for label, text in lines if text)
