"""Conveyance calls: which run of a vessel, train or truck a message is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from pcu.accounts.models import Unit
from profiling.cargo.models import ConveyanceCall
from profiling.cargo.times import moment
from profiling.formats.records import Header, Place
from profiling.parties.core.identity import plain_code

# Train and truck numbers recur within days, voyage numbers within a year: how far apart two arrival times may be
# and still mean the same run.
SAME_RUN = {"rail": timedelta(days=4), "road": timedelta(days=3)}
SAME_VOYAGE = timedelta(days=30)
REFERENCES_KEPT = 200
SAME_DEPARTURE = timedelta(days=1)  # a date without a time, and the zones of two ports


def resolve_call(
    *, unit: Unit, header: Header, received_at: datetime, announced: ConveyanceCall | None = None
) -> ConveyanceCall:
    """Find or make the call, and take over what the message newly says of it. Runs in the caller's transaction.

    announced: the call that the same manifest was said to be on before. A message that replaces or cancels it is
    about that call also where it says no conveyance, or one that is much later now; a replacement may name another.
    """
    said = header.conveyance
    mode = said.mode.value if said.mode else ""
    key = "/".join(plain_code(part)[:70] for part in (said.identifier or said.name, said.voyage))
    is_named = key != "/"
    if not is_named:
        # Nothing names the conveyance: only messages of the same manifest number share this call.
        key = f"manifest/{plain_code(header.manifest_number or header.message_ref)[:70]}"
    eta, eta_said = moment(said.eta, unit.zone)
    etd, etd_said = moment(said.etd, unit.zone)
    with connection.cursor() as cursor:
        # Two messages of one train may come at once; a call made twice could not be mended.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"{mode}/{key}", unit.pk])
    if announced is not None and is_named and not header.function.withdraws:
        announced = announced if (announced.mode, announced.key) == (mode, key) else None
    call = announced if announced is not None and not is_named else _same_run(unit, mode, key, eta or received_at)
    if call is None and etd is not None and not (said.identifier or said.name):
        call = _of_voyage(unit, mode, key, etd)
    call = call or announced or ConveyanceCall(unit=unit, mode=mode, key=key)
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
    if header.counts or header.references:
        call.stated = _stated(call.stated, header)
    call.save()
    return call


def _stated(before: Mapping[str, Any], header: Header) -> dict[str, Any]:
    """What is announced of a call: the newest of each count, and every paper once."""
    papers = {(one["kind"], one["number"]): one for one in before.get("references", ())}
    papers |= {(one.kind, one.number): {"kind": one.kind, "number": one.number} for one in header.references}
    return {
        "counts": {**before.get("counts", {}), **header.counts},
        "references": list(papers.values())[-REFERENCES_KEPT:],
    }


def _same_run(unit: Unit, mode: str, key: str, moment: datetime) -> ConveyanceCall | None:
    """The call of this name nearest to that moment. Where no arrival is known, when it was told stands for it."""
    window = SAME_RUN.get(mode, SAME_VOYAGE)
    around = (moment - window, moment + window)
    calls = ConveyanceCall.objects.of_unit(unit).filter(
        Q(eta__range=around) | Q(eta=None, updated_at__range=around), mode=mode, key=key
    )
    return min(calls.order_by("-pk"), key=lambda call: abs((call.eta or call.updated_at) - moment), default=None)


def _of_voyage(unit: Unit, mode: str, key: str, etd: datetime) -> ConveyanceCall | None:
    """The one call of a voyage that departed then, for messages that name no vessel: house bills of a manifest."""
    calls = ConveyanceCall.objects.of_unit(unit).filter(
        key__endswith=key, etd__range=(etd - SAME_DEPARTURE, etd + SAME_DEPARTURE)
    )
    found = list((calls.filter(mode=mode) if mode else calls)[:2])
    return found[0] if len(found) == 1 else None


def place(said: Place | None) -> tuple[str, str]:
    """Code and name of a place, as wide as the columns are."""
    return (said.code[:25], said.name[:256]) if said else ("", "")
