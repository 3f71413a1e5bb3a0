"""Everything the page of a seizure shows, for a record and for one being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inspections import custody, facts, links
from inspections.acts import EDITABLE, may_edit
from inspections.choices import State
from inspections.models import Handover, InspectionLine, Sample, Seizure
from inspections.seizure_missing import PICTURES, points
from inspections.web import seizure_part_forms as parts
from inspections.web.seizure_form import Draft, of_record
from pcu.accounts.models import User
from pcu.accounts.roles import Capability
from profiling.cases.choices import Commodity
from profiling.reference import countries, currencies
from profiling.web.people import person

PHOTOS_SHOWN = 6
ICONS = {
    Commodity.DRUGS: "pill",
    Commodity.PRECURSORS: "flask",
    Commodity.TOBACCO: "smoking",
    Commodity.ARMS: "target",
    Commodity.COUNTERFEIT: "copyright",
    Commodity.CITES: "leaf",
    Commodity.WASTE: "recycle",
    Commodity.CURRENCY: "cash",
    Commodity.MEDICINES: "first-aid-kit",
    Commodity.CULTURAL: "building-monument",
    Commodity.OTHER: "dots",
}


@dataclass(frozen=True, slots=True)
class Hand:
    """A hand-over with the forms of the sides that have not signed. `awaits_supervisor`: the giver is gone, and the
    reader may not sign instead."""

    handover: Handover
    gave: Any
    received: Any
    called_off: Any
    forms: Sequence[parts.SignForm]
    call_off: parts.SignForm | None
    awaits_supervisor: bool


def _hands(chain: Sequence[Handover], seizure: Seizure, user: User, failed: parts.SignForm | None) -> list[Hand]:
    photos = seizure.inspection.photos.filter(removed_at=None)
    may_record = user.scope.allows(Capability.INSPECT, seizure.unit_id)
    found = []
    for handover in chain:
        signed = {signature.side: signature for signature in handover.signatures.all()}
        forms: list[parts.SignForm] = []
        call_off = None
        awaits_supervisor = False
        if custody.is_open(handover) and seizure.inspection.state != State.DROPPED:
            sides = [side for side in (custody.Side.GAVE, custody.Side.RECEIVED) if side not in signed]
            made = {
                side: failed
                if failed is not None and failed.signs == side
                else parts.SignForm(handover=handover, side=side, photos=photos)
                for side in (*sides, custody.Side.CALLED_OFF)
            }
            instead = custody.may_sign_instead(handover, user)
            allowed = {
                side: form
                for side, form in made.items()
                if (instead if form.is_instead else may_record or form.signer == user)
            }
            forms = [allowed[side] for side in sides if side in allowed]
            call_off = allowed.get(custody.Side.CALLED_OFF)
            awaits_supervisor = custody.giver_is_gone(handover) and not instead
        found.append(
            Hand(
                handover,
                signed.get(custody.Side.GAVE),
                signed.get(custody.Side.RECEIVED),
                signed.get(custody.Side.CALLED_OFF),
                forms,
                call_off,
                awaits_supervisor,
            )
        )
    return found


def seizure_page(
    request: HttpRequest,
    line: InspectionLine,
    seizure: Seizure | None,
    *,
    draft: Draft | None = None,
    conflict: str = "",
    status: int = 200,
    **failed: Any,
) -> HttpResponse:
    """The page. `failed` are small forms that were refused, by name, with what was typed in them."""
    user = person(request)
    stands = seizure is None or seizure.removed_at is None
    editable = stands and may_edit(line.inspection, user)
    if draft is None and seizure is not None and editable:
        draft = of_record(seizure)
    language = get_language() or "en"
    context: dict[str, Any] = {
        "line": line,
        "inspection": line.inspection,
        "case": line.inspection.case,
        "unit": line.inspection.unit,
        "seizure": seizure,
        "draft": draft if editable or conflict else None,
        "may_edit": editable,
        "conflict": conflict,
        "commodities": [(code, label, ICONS[Commodity(code)]) for code, label in Commodity.choices],
        "countries": countries.names(language).items() if draft else (),
        "currencies": currencies.names(language).items() if draft else (),
        "photos": line.inspection.photos.filter(kind__in=PICTURES, removed_at=None)[:PHOTOS_SHOWN],
        "seals_found": line.seals.filter(event="found"),
    }
    if seizure is not None:
        context |= _of_record(seizure, user, failed)
    context["sections"] = _sections(context)
    return render(request, "seizures/page.html", context, status=status)


def _of_record(seizure: Seizure, user: User, failed: dict[str, Any]) -> dict[str, Any]:
    chain = custody.chain_of(seizure)
    samples = list(seizure.samples.all())
    state = seizure.inspection.state
    stands = seizure.removed_at is None and state != State.DROPPED
    goes_on = stands and user.scope.allows(Capability.INSPECT, seizure.unit_id)
    refused_result: tuple[Sample, parts.ResultForm] | None = failed.get("result")
    results = [
        (
            sample,
            refused_result[1]
            if refused_result and refused_result[0].pk == sample.pk
            else parts.ResultForm(auto_id=f"id_%s_{sample.pk}"),
        )
        for sample in samples
    ]
    shown = links.shown(list(seizure.links.select_related("party")), user, seizure.unit_id)
    return {
        "told": facts.told(seizure),
        "chain": _hands(chain, seizure, user, failed.get("sign")),
        "holder": custody.holder_of(chain),
        "broken_at": custody.verify_chain(seizure),
        "points": points(seizure, chain, samples),
        "samples": results,
        "links": shown,
        "mentions": links.mentioned(seizure.line, user),
        "goes_on": goes_on,
        "may_sample": goes_on and state in (*EDITABLE, State.APPROVED),
        "may_hand_over": goes_on and not (chain and custody.is_open(chain[-1])),
        "link_form": failed.get("link") or parts.LinkForm(auto_id="id_link_%s"),
        "sample_form": failed.get("sample") or parts.SampleForm(auto_id="id_sample_%s"),
        "handover_form": failed.get("handover") or _handover_form(seizure, chain, user),
        "disposal_form": failed.get("disposal")
        or parts.DisposalForm(
            initial={"version": seizure.version, "disposal": seizure.disposal}, auto_id="id_disposal_%s"
        ),
    }


def _handover_form(seizure: Seizure, chain: list[Handover], user: User) -> parts.HandoverForm:
    return parts.HandoverForm(seizure=seizure, chain=chain, user=user)


def _sections(context: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Anchor, label and state ("done", "open", "later" or none) of the parts of the page."""
    seizure = context["seizure"]
    done = "done" if seizure else ""
    found = [
        ("commodity", _("Commodity"), done),
        ("quantity", _("Quantity and value"), done),
        ("concealment", _("Concealment"), done),
        ("detection", _("Detection"), done),
    ]
    if seizure is None:
        return found
    states = {point.name: point.state for point in context["points"]}
    return [
        *found,
        ("samples", _("Samples"), states.get("laboratory", "")),
        ("linked", _("Linked"), "done" if context["links"] else ""),
        ("custody", _("Custody"), states["custody"] if context["chain"] else ""),
        ("disposal", _("Disposal"), "done" if seizure.disposal else ""),
    ]
