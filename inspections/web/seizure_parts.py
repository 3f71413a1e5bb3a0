"""What is done on the page of a seizure apart from its account: links, samples, custody, disposal, removal.

Every answer is the whole page; HTMX takes the part it asked from, so that nothing typed elsewhere is lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inspections import custody, links, samples, seizing
from inspections.errors import InspectionError
from inspections.models import Handover, Link, Sample, Seizure, Signature
from inspections.seizure_errors import SeizureChangedError
from inspections.web import seizure_part_forms as parts
from inspections.web.seizure_page import seizure_page
from inspections.web.seizures import visible_seizure
from pcu.accounts.confirmation import confirm
from pcu.desk import once
from profiling.web.people import person


def _answer(
    request: HttpRequest, seizure: Seizure, part: str, form: Form, act: Callable[[], object], failed: Any = None
) -> HttpResponse:
    status = parts.attempt(form, act)
    if status == parts.OK:
        return HttpResponseRedirect(f"{reverse('seizure', args=[seizure.ref])}#{part}")
    again = visible_seizure(request, seizure.ref)
    return seizure_page(request, again.line, again, status=status, **(failed or {}))


def _now(request: HttpRequest, seizure: Seizure, part: str, act: Callable[[], object]) -> HttpResponse:
    """Do what needs no form; a refusal stands above the page."""
    try:
        act()
    except InspectionError as error:
        again = visible_seizure(request, seizure.ref)
        return seizure_page(request, again.line, again, conflict=error.message, status=parts.CONFLICT)
    return HttpResponseRedirect(f"{reverse('seizure', args=[seizure.ref])}#{part}")


@require_POST
def remove(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Take the seizure out of the act, back to the case."""
    found = visible_seizure(request, ref)
    version = _number(request.POST.get("version", ""))
    try:
        seizing.remove_seizure(seizure=found, user=person(request), expected_version=version)
    except InspectionError as error:
        again = visible_seizure(request, ref)
        return seizure_page(request, again.line, again, conflict=error.message, status=parts.CONFLICT)
    messages.success(request, _("Taken out of the act: %(number)s.") % {"number": found.number})
    return HttpResponseRedirect(reverse("case", args=[found.case.ref]))


@require_POST
def disposal(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    found = visible_seizure(request, ref)
    form = parts.DisposalForm(request.POST, auto_id="id_disposal_%s")

    def act() -> object:
        told = form.cleaned_data
        try:
            return seizing.note_disposal(
                seizure=found, user=person(request), disposal=told["disposal"], expected_version=told["version"]
            )
        except SeizureChangedError as error:
            form.rest_on(error.version, visible_seizure(request, ref).disposal)
            raise

    return _answer(request, found, "disposal", form, act, {"disposal": form})


@require_POST
def add_link(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Tie what was typed, or a party of the papers by `mention`."""
    found = visible_seizure(request, ref)
    user = person(request)
    if "mention" in request.POST:
        wanted = request.POST["mention"]
        mention = next((one for one in links.mentioned(found.line, user) if str(one.pk) == wanted), None)
        if mention is None:
            raise Http404
        told = {**parts.of_mention(mention), "form_key": request.POST.get(once.FIELD, "")}
        return _now(request, found, "linked", lambda: links.add_link(seizure=found, user=user, **told))
    form = parts.LinkForm(request.POST, auto_id="id_link_%s")
    return _answer(
        request,
        found,
        "linked",
        form,
        lambda: links.add_link(
            seizure=found, user=user, form_key=request.POST.get(once.FIELD, ""), **form.cleaned_data
        ),
        {"link": form},
    )


@require_POST
def remove_link(request: HttpRequest, ref: uuid.UUID, link: uuid.UUID) -> HttpResponse:
    found = visible_seizure(request, ref)
    tied = get_object_or_404(Link.objects.visible_to(request.user).filter(seizure=found), ref=link)
    return _now(request, found, "linked", lambda: links.remove_link(link=tied, user=person(request)))


@require_POST
def add_sample(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    found = visible_seizure(request, ref)
    form = parts.SampleForm(request.POST, auto_id="id_sample_%s")
    return _answer(
        request,
        found,
        "samples",
        form,
        lambda: samples.add_sample(seizure=found, user=person(request), taken=form.taken()),
        {"sample": form},
    )


def _sample(request: HttpRequest, seizure: Seizure, ref: uuid.UUID) -> Sample:
    rows = Sample.objects.visible_to(request.user).filter(seizure=seizure)
    found: Sample = get_object_or_404(rows.select_related("seizure__inspection"), ref=ref)
    return found


@require_POST
def remove_sample(request: HttpRequest, ref: uuid.UUID, sample: uuid.UUID) -> HttpResponse:
    found = visible_seizure(request, ref)
    taken = _sample(request, found, sample)
    return _now(request, found, "samples", lambda: samples.remove_sample(sample=taken, user=person(request)))


@require_POST
def record_result(request: HttpRequest, ref: uuid.UUID, sample: uuid.UUID) -> HttpResponse:
    found = visible_seizure(request, ref)
    taken = _sample(request, found, sample)
    form = parts.ResultForm(request.POST, auto_id=f"id_%s_{taken.pk}")

    def act() -> object:
        return samples.record_result(sample=taken, user=person(request), **form.cleaned_data)

    return _answer(request, found, "samples", form, act, {"result": (taken, form)})


@require_POST
def hand_over(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    found = visible_seizure(request, ref)
    user = person(request)
    form = parts.HandoverForm(request.POST, seizure=found, chain=custody.chain_of(found), user=user)

    def act() -> object:
        return custody.hand_over(seizure=found, user=user, giver=form.cleaned_data["giver"], transfer=form.transfer())

    return _answer(request, found, "custody", form, act, {"handover": form})


@require_POST
def sign(request: HttpRequest, ref: uuid.UUID, handover: uuid.UUID) -> HttpResponse:
    """Sign one side: by the password of the person named there, by the photograph of a signed paper, or in the place of
    a giver who is gone."""
    found = visible_seizure(request, ref)
    rows = Handover.objects.visible_to(request.user).filter(seizure=found)
    given = get_object_or_404(rows.select_related("given_by", "received_by", "seizure__inspection"), ref=handover)
    side = request.POST.get("side", "")
    if side not in Signature.Side.values:
        raise Http404
    user = person(request)
    photos = found.inspection.photos.filter(removed_at=None)
    form = parts.SignForm(request.POST, handover=given, side=side, photos=photos)

    def act() -> object:
        if form.is_instead:
            told = form.cleaned_data
            return custody.sign_instead(
                handover=given, side=side, user=user, reason=told["reason"], paper=told["paper"]
            )
        if form.signer is None:
            paper = form.cleaned_data["paper"]
            return custody.sign_on_paper(handover=given, side=side, user=user, paper=paper)
        custody.require_hand(user, form.signer, given)
        confirmed = confirm(request, form.signer, form.cleaned_data["password"])
        return custody.sign(handover=given, side=side, signer=confirmed, user=user)

    return _answer(request, found, "custody", form, act, {"sign": form})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
