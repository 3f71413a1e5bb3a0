"""Conveyance calls: which run of a vessel, train or truck a message is about."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from pcu.accounts.models import Unit
from profiling.cargo.models import ConveyanceCall
from profiling.cargo.times import moment
from profiling.formats.records import Header, Place
from profiling.parties.core.identity import plain_code

# Train and truck numbers recur within days, voyage numbers within a year: how far apart two arrival times may be
# and still mean the same run.
SAME_RUN = {"rail": timedelta(days=4), "road": timedelta(days=3)}
SAME_VOYAGE = timedelta(days=30)


def resolve_call(*, unit: Unit, header: Header) -> ConveyanceCall:
    """Find or make the call, and take over what the message newly says of it. Runs in the caller's transaction."""
    said = header.conveyance
    mode = said.mode.value if said.mode else ""
    key = "/".join(plain_code(part)[:70] for part in (said.identifier or said.name, said.voyage))
    if key == "/":
        # Nothing names the conveyance: only messages of the same manifest number share this call.
        key = f"manifest/{plain_code(header.manifest_number or header.message_ref)[:70]}"
    eta, eta_said = moment(said.eta, unit.zone)
    etd, etd_said = moment(said.etd, unit.zone)
    with connection.cursor() as cursor:
        # Two messages of one train may come at once; a call made twice could not be mended.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"{mode}/{key}", unit.pk])
    window = SAME_RUN.get(mode, SAME_VOYAGE)
    call = None
    for known in ConveyanceCall.objects.of_unit(unit).filter(mode=mode, key=key).order_by("-pk"):
        if eta is None or known.eta is None or abs(known.eta - eta) <= window:
            call = known
            break
    if call is None:
        call = ConveyanceCall(unit=unit, mode=mode, key=key)
    call.identifier = said.identifier[:70] or call.identifier
    call.identifier_type = said.identifier_type[:20] or call.identifier_type
    call.name = said.name[:70] or call.name
    call.voyage = said.voyage[:35] or call.voyage
    call.flag = said.flag[:2] or call.flag
    if said.departure:
        call.departure_code, call.departure_name = place(said.departure)
    if said.arrival:
        call.arrival_code, call.arrival_name = place(said.arrival)
    if eta is not None:
        call.eta, call.eta_said = eta, eta_said
    if etd is not None:
        call.etd, call.etd_said = etd, etd_said
    call.save()
    return call


def place(said: Place | None) -> tuple[str, str]:
    """Code and name of a place, as wide as the columns are."""
    return (said.code[:25], said.name[:256]) if said else ("", "")
