"""The head that all pages of the rules share: tabs with what waits behind each, and what a refusal looks like."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from pcu.accounts.models import Unit
from pcu.accounts.roles import Capability
from pcu.desk.units import current_unit
from profiling.rules.models import Proposal, Release, Rule, RuleDraft
from profiling.web.people import person

UNPROCESSABLE, CONFLICT = 422, 409
TEXT = 4000


def tabs(request: HttpRequest, current: str) -> dict[str, Any]:
    """What `rules/tabs.html` wants: names of addresses, words and numbers. Five counts."""
    user = person(request)
    releases = Release.objects.visible_to(user)
    waiting = Proposal.objects.visible_to(user).filter(verdict="").count()
    waiting += releases.filter(state=Release.State.PROPOSED).count()
    shown = [
        ("rule_ledger", _("Ledger"), None),
        ("rule_list", _("All rules"), Rule.objects.visible_to(user).filter(retired_on=None).count()),
        ("rule_drafts", _("Drafts"), RuleDraft.objects.visible_to(user).filter(closed_at=None).count()),
        ("rule_proposals", _("To approve"), waiting),
        ("shadow_releases", _("Shadow"), releases.filter(state=Release.State.SHADOW).count()),
        ("releases", _("Releases"), None),
    ]
    return {"rule_tabs": [(name, label, number, name == current) for name, label, number in shown]}


def nodes_for(request: HttpRequest, capability: Capability) -> list[Unit]:
    """Where a person holds a capability, the nearest to the chosen unit's country first."""
    unit = current_unit(request)
    held = Unit.objects.filter(pk__in=person(request).scope.units(capability)).order_by("path")
    root = unit.root_code if unit else ""
    return sorted(held, key=lambda one: (one.root_code != root, one.path))


def say(request: HttpRequest, name: str) -> str:
    """What a form says in a field, without what no text may hold and no longer than any text is."""
    return request.POST.get(name, "").replace("\0", "").strip()[:TEXT]


def said_day(request: HttpRequest, name: str) -> date | None:
    try:
        return parse_date(say(request, name))
    except ValueError:
        return None


def said_number(request: HttpRequest, name: str) -> int:
    """A count that a hidden field brings back; −1, which nothing has, where it is none."""
    text = say(request, name)
    return int(text) if text.isdecimal() and len(text) < 9 else -1
