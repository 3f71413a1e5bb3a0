"""Releases: the list, one with what it holds and how it differs, its steps, where it is live, what shadow says."""

from __future__ import annotations

import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.desk import paging
from profiling.rules import activating, releases, shadow
from profiling.rules.differences import release_changes, step_changes
from profiling.rules.drafts import approved
from profiling.rules.errors import InvalidRuleError, RuleError
from profiling.rules.models import Activation, Release, RuleVersion
from profiling.rules.services import NoLiveReleaseError, lanes_of, live_release
from profiling.web.people import person
from profiling.web.rule_tabs import CONFLICT, UNPROCESSABLE, nodes_for, said_number, say, tabs

State = Release.State
SHOWN = 100
DIFFERENCES_SIZE = 50
NEWEST_FIRST = paging.by("created_at", descending=True)


@require_safe
@never_cache
def release_list(request: HttpRequest) -> HttpResponse:
    """Releases of the nodes a person reads, newest first, with where each is live."""
    return _list(request, Release.objects.visible_to(request.user), "releases")


@require_safe
@never_cache
def shadow_list(request: HttpRequest) -> HttpResponse:
    """Releases in shadow, each beside the live one."""
    return _list(request, Release.objects.visible_to(request.user).filter(state=State.SHADOW), "shadow_releases")


def _list(request: HttpRequest, rows: Any, current: str) -> HttpResponse:
    user = person(request)
    found = list(rows.select_related("unit", "made_by", "approved_by").order_by("-created_at")[:SHOWN])
    running = Activation.objects.visible_to(user).filter(release__in=found, ended_at=None).select_related("unit")
    live: dict[int, list[Activation]] = {}
    for one in running:
        live.setdefault(one.release_id, []).append(one)
    compared = {one.pk: shadow.compare(one, user) for one in found} if current == "shadow_releases" else {}
    context = {
        "rows": [(one, live.get(one.pk, []), compared.get(one.pk)) for one in found],
        "is_shadow": current == "shadow_releases",
        "nodes": nodes_for(request, Capability.WRITE_RULES),
        **tabs(request, current),
    }
    return render(request, "rules/releases.html", context)


@require_POST
def new_release(request: HttpRequest) -> HttpResponse:
    """Begin a release of the node that the form names, on top of what is live there."""
    nodes = {str(node.ref): node for node in nodes_for(request, Capability.WRITE_RULES)}
    if not nodes:
        raise PermissionDenied(_("Your role makes no releases."))
    node = nodes.get(say(request, "unit")) or next(iter(nodes.values()))
    made = releases.draft_release(unit=node, user=person(request), note=say(request, "note"))
    return redirect("release", ref=made.ref)


@require_safe
@never_cache
def release(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    return _page(request, _visible(request, ref))


def _visible(request: HttpRequest, ref: uuid.UUID) -> Release:
    rows = Release.objects.visible_to(request.user).select_related("unit", "made_by", "approved_by", "based_on")
    found: Release = get_object_or_404(rows, ref=ref)
    return found


def _live_now(found: Release) -> Release | None:
    try:
        return live_release(found.unit)
    except NoLiveReleaseError:
        return None


def _page(
    request: HttpRequest, found: Release, *, errors: dict[str, str] | None = None, conflict: str = "", status: int = 200
) -> HttpResponse:
    user = person(request)
    live = _live_now(found)
    before = found.based_on if live is None or live.pk == found.pk else live
    activations = Activation.objects.visible_to(user).filter(release=found)
    is_draft = found.state == State.DRAFT
    may_write = user.scope.allows(Capability.WRITE_RULES, found.unit_id)
    context = {
        "release": found,
        "unit": found.unit,
        "before": before,
        "changes": release_changes(before, found),
        "steps": step_changes(before, found),
        "versions": found.versions.select_related("rule__unit").order_by("rule__code"),
        "lists": found.lists.select_related("named_list").order_by("named_list__code"),
        "lanes": [(lane, found.thresholds.get(lane.code)) for lane in lanes_of(found.unit)],
        "activations": activations.select_related("unit", "started_by", "ended_by").order_by("-started_at"),
        "to_take": _to_take(found) if is_draft and may_write else [],
        "may_write": may_write,
        "may_approve": user.scope.allows(Capability.APPROVE_RULES, found.unit_id),
        "may_check": releases.may_check_release(found, user),
        "stages": _stages(request, found),
        "compared": None,
        "sample_percent": f"{(found.sample_rate * 100).normalize():f}",
        "errors": errors or {},
        "posted": request.POST,
        "conflict": conflict,
        **tabs(request, "shadow_releases" if found.state == State.SHADOW else "releases"),
    }
    if found.shadow_since is not None:
        compared = shadow.compare(found, user)
        page = paging.page(
            shadow.differences(found, user), order=NEWEST_FIRST, query=request.GET, size=DIFFERENCES_SIZE
        )
        cells = [
            (one, [(other, compared.matrix.get((one.code, other.code), 0)) for other in compared.lanes])
            for one in compared.lanes
        ]
        context |= {"compared": compared, "cells": cells, "page": page}
    return render(request, "rules/release.html", context, status=status)


def _to_take(found: Release) -> list[RuleVersion]:
    """Approved versions of rules that apply at the node and are not in the draft: the newest of each rule."""
    standing = approved(RuleVersion.objects.filter(rule__unit__in=found.unit.ancestors_and_self()))
    newest = standing.filter(rule__retired_on=None).order_by("rule", "-number").distinct("rule")
    held = set(found.versions.values_list("pk", flat=True))
    rows = [one for one in newest.select_related("rule__unit") if one.pk not in held]
    return sorted(rows, key=lambda one: one.rule.code)


def _stages(request: HttpRequest, found: Release) -> list[Unit]:
    """Where a person may put a release live: its node and those below it, as far as the person approves there."""
    if found.state not in (State.SHADOW, State.LIVE):
        return []
    below = Unit.objects.filter(path__startswith=found.unit.path).order_by("path")
    running = Activation.objects.filter(release=found, ended_at=None).values("unit")
    held = person(request).scope.units(Capability.APPROVE_RULES)
    return list(below.filter(pk__in=held).exclude(pk__in=running))


@require_POST
def release_act(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """Whatever the release's page asks for, as `act` says; `edit` is what the person looked at."""
    found = _visible(request, ref)
    try:
        done = _acted(request, found, say(request, "act"))
    except InvalidRuleError as error:
        return _page(request, _visible(request, ref), errors=error.errors, status=UNPROCESSABLE)
    except RuleError as error:
        return _page(request, _visible(request, ref), conflict=error.message, status=CONFLICT)
    messages.success(request, done)
    return redirect("release", ref=ref)


def _acted(request: HttpRequest, found: Release, act: str) -> str:
    user, edit = person(request), said_number(request, "edit")
    match act:
        case "take" | "leave":
            pk = said_number(request, "version")
            version = get_object_or_404(RuleVersion.objects.visible_to(user).select_related("rule__unit"), pk=pk)
            change = releases.take_version if act == "take" else releases.leave_out
            change(release=found, user=user, version=version, expected_edit=edit)
            return _("Saved.")
        case "steps":
            releases.set_steps(release=found, user=user, expected_edit=edit, **_said_steps(request, found))
            return _("Saved.")
        case "propose":
            releases.propose_release(release=found, user=user, expected_edit=edit)
            return _("Proposed: somebody else decides.")
        case "approve":
            releases.approve_release(release=found, user=user)
            return _("Approved. Let it run in shadow before it goes live.")
        case "refuse":
            releases.refuse_release(release=found, user=user, why=say(request, "why"))
            return _("Refused: it is a draft again.")
        case "shadow":
            releases.start_shadow(release=found, user=user)
            return _("In shadow: it scores what comes, and stops nothing.")
        case "stop_shadow":
            releases.stop_shadow(release=found, user=user)
            return _("Out of shadow.")
        case "retry_shadow":
            shadow.retry_failed(found, user)
            return _("Tried again.")
        case "retire":
            releases.retire_release(release=found, user=user)
            return _("Put away.")
        case "activate":
            stage = next((one for one in _stages(request, found) if str(one.ref) == say(request, "unit")), None)
            if stage is None:
                raise InvalidRuleError({"unit": _("Choose where it goes live.")})
            activating.activate(release=found, unit=stage, user=user, why=say(request, "why"))
            return _("Live: %(unit)s.") % {"unit": stage.name}
        case "roll_back":
            pk = said_number(request, "activation")
            running = Activation.objects.visible_to(user).filter(release=found)
            activating.roll_back(activation=get_object_or_404(running, pk=pk), user=user, why=say(request, "why"))
            return _("Rolled back.")
        case _:
            raise Http404


def _said_steps(request: HttpRequest, found: Release) -> dict[str, Any]:
    """The form of the steps. Raises InvalidRuleError where a number is none."""
    errors: dict[str, str] = {}
    thresholds: dict[str, int | None] = {}
    for lane in lanes_of(found.unit):
        text = say(request, f"lane-{lane.code}")
        if not text:
            # an empty field leaves the lane out; the lowest takes what is under all others
            continue
        try:
            thresholds[lane.code] = int(text)
        except ValueError:
            errors["thresholds"] = _("Points are whole numbers: “%(text)s” is none.") % {"text": text[:20]}
    thresholds[say(request, "below")] = None
    try:
        rate = Decimal(say(request, "sample_rate").replace(",", ".")) / 100
        if not rate.is_finite():
            raise InvalidOperation
        rate = round(rate, 5)
    except InvalidOperation:
        errors["sample_rate"] = _("A number of percent is wanted.")
        rate = Decimal(0)
    if errors:
        raise InvalidRuleError(errors)
    return {
        "thresholds": thresholds,
        "sample_rate": rate,
        "sample_lane": say(request, "sample_lane"),
        "note": say(request, "note"),
    }
